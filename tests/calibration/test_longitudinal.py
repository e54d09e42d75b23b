"""Mixed models and repeated measures over visits, some of which patients do not come to."""

from dataclasses import replace

import numpy as np
import pytest

from hipoutcomes.simulate import SCENARIOS
from hipoutcomes.stats.models.mixed.fit import mixed_fit
from hipoutcomes.stats.models.moments.moments import MomentColumns
from hipoutcomes.stats.models.moments.moments_pass import RowBlock, moments_of
from hipoutcomes.stats.models.repeated.repeated_measures import (
    repeated_measures_fit,
    repeated_measures_inference,
)

pytestmark = pytest.mark.slow

EXACT, APPROXIMATE = (0.944, 0.956), (0.93, 0.975)
N_EXACT, N_APPROXIMATE = 10_000, 4_000
N_VISITS = 4

#: Nobody stops; cells are blank for no reason.
STAY = {"stop_well": 0.0, "stop_discouraged": 0.0, "stop_random": 0.0, "never_measured": 0.0}
STAY |= {"running": 0.0, "second_episode": 0.0, "therapist_icc": 0.0, "missing": 0.0}

#: People do not come because of a bad day, and time treats them alike: a level of their own is all.
OWN_LEVEL = {**STAY, "entry_minimum": 0, "natural_sd": 0.0, "pain_mean": 5.5, "pain_sd": 2.0}


def rows_of(table: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Design (a column per visit), scores, patients and visits of the scores that are there."""
    patients, at = np.nonzero(~np.isnan(table))
    return np.eye(N_VISITS)[at], table[patients, at], patients, at


def mixed(table: np.ndarray):
    """Random intercept; each visit with a mean of its own."""
    design, scores, patients, _ = rows_of(table)
    starts = np.flatnonzero(np.r_[True, patients[1:] != patients[:-1]])
    names = (*(f"visit {k + 1}" for k in range(N_VISITS)), "pain")
    columns = MomentColumns(names, (0.0,) * (N_VISITS + 1))
    return mixed_fit(
        moments_of([RowBlock(np.vstack([design.T, scores]), starts)], columns)
    ).inference


def repeated(table: np.ndarray):
    """Every two visits with a covariance of their own."""
    return repeated_measures_inference(repeated_measures_fit(*rows_of(table)))


def last_less_first(page, table, truth, fitted, words, size, n_clinics, band):
    """Judge the interval of the mean change from the first to the last of the visits."""
    rng, weights = np.random.default_rng(size), np.zeros((1, N_VISITS))
    weights[0, [0, -1]] = -1, 1
    made = []
    for _ in range(n_clinics):
        part = table[rng.integers(0, len(table), size)]
        made.append(fitted(part[~np.isnan(part).all(axis=1)]).contrasts(weights))
    cell = page.covers(
        *words,
        f"{size} patients",
        truth,
        [m.estimate[0] for m in made],
        [m.conf_low[0] for m in made],
        [m.conf_high[0] for m in made],
        band,
    )
    assert cell.holds, cell


def change(table: np.ndarray) -> float:
    """Mean change from the first to the last visit of those who have both."""
    return float(np.nanmean(table[:, -1] - table[:, 0]))


@pytest.mark.parametrize("size", [30, 100])
@pytest.mark.parametrize("blank", [0.0, 0.15])
def test_random_intercept(page, visits, size, blank):
    scenario = replace(SCENARIOS["default"], **{**OWN_LEVEL, "missing": blank})
    whole = visits(replace(SCENARIOS["default"], **OWN_LEVEL), N_VISITS, seed=1)
    table = visits(scenario, N_VISITS, seed=1)
    name = "own level only, " + (f"{blank:.0%} of scores blank" if blank else "complete")
    words = ("change over visits, random intercept", name)
    last_less_first(page, table, change(whole), mixed, words, size, N_EXACT, EXACT)


@pytest.mark.parametrize("size", [30, 100])
def test_repeated_measures_complete(page, visits, size):
    table = visits(replace(SCENARIOS["default"], **STAY), N_VISITS, seed=1)
    table = table[~np.isnan(table).any(axis=1)]
    words = ("change over visits, repeated measures", "default, nobody stops")
    last_less_first(page, table, change(table), repeated, words, size, N_EXACT, EXACT)


@pytest.mark.parametrize("size", [60, 200])
def test_repeated_measures_where_stopping_follows_the_scores(page, visits, size):
    # The truth by intervening: the same kind of people, none of whom stops.
    stays = replace(SCENARIOS["default"], **STAY)
    stops = replace(
        stays, **{k: getattr(SCENARIOS["default"], k) for k in STAY if k.startswith("stop")}
    )
    table = visits(stops, N_VISITS, seed=1)
    truth = change(visits(stays, N_VISITS, seed=1))
    words = ("change over visits, repeated measures", "default, stopping by recorded scores")
    last_less_first(page, table, truth, repeated, words, size, N_APPROXIMATE, APPROXIMATE)
