"""Weights, imputation and bounds on simulated clinics from which patients are taken away."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.simulate import SCENARIOS
from hipoutcomes.stats.missing.bounds import mean_bounds
from hipoutcomes.stats.missing.imputation import matched_imputations
from hipoutcomes.stats.missing.pooling import pooled
from hipoutcomes.stats.missing.response_weights import response_weights, weighted_mean

pytestmark = pytest.mark.slow

APPROXIMATE, SHOWN_ONLY, ALWAYS = (0.93, 0.975), (0.0, 1.0), (1.0, 1.0)
N_CLINICS, SETS = 2_000, 20

#: Everyone is asked around week 6, so that all who are missing were taken away here.
ASKED = {"never_measured": 0.0, "missing": 0.0, "text_share": 1.0}

#: Log odds of being measured at a first score of 6 and for each point above it.
LOST = {"a quarter lost, the worse likelier": (1.0, -0.5),
        "four in ten lost, the better likelier": (0.5, 0.4)}  # fmt: skip


@pytest.fixture(scope="module")
def everyone(patients):
    """First score and improvement of patients of whom nobody is missing."""
    rows = patients(replace(SCENARIOS["default"], **ASKED), seed=1)
    rows = rows[rows["status"].eq("measured")]
    return rows[["baseline", "improvement"]].reset_index(drop=True)


def by_weights(first, improvement, measured, seed):
    made = response_weights(measured, np.column_stack([np.ones(len(first)), first]))
    mean = weighted_mean(improvement, made)
    return mean.estimate, mean.conf_low, mean.conf_high


def by_imputation(first, improvement, measured, seed):
    design, n = np.column_stack([np.ones(len(first)), first]), len(first)
    lent = matched_imputations(
        (first - improvement)[measured], design[measured], design[~measured],
        n_imputations=SETS, seed=seed,
    )  # fmt: skip
    complete = np.tile(improvement, (SETS, 1))
    complete[:, ~measured] = first[~measured] - lent
    mean = pooled(complete.mean(axis=1), complete.var(axis=1, ddof=1) / n, n - 1)
    return mean.estimate, mean.conf_low, mean.conf_high


def samples(everyone, drawn, size, odds):
    """First score, improvement and who was measured, clinic after clinic."""
    rng = np.random.default_rng(size)
    for part in drawn(everyone, size, N_CLINICS, seed=size):
        first, improvement = part.to_numpy(float).T
        yield first, improvement, rng.random(size) < expit(odds[0] + odds[1] * (first - 6))


@pytest.mark.parametrize("size", [30, 60, 200])
@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("answer", [by_weights, by_imputation])
def test_lost_by_what_is_known_at_the_start(page, everyone, drawn, answer, lost, size):
    made = []
    for seed, (first, improvement, there) in enumerate(
        samples(everyone, drawn, size, LOST[lost])
    ):  # fmt: skip
        try:
            made.append(answer(first, improvement, there, seed))
        except NotEnoughData:
            continue
    name = {"by_weights": "mean, weighted for who is measured", "by_imputation": "mean, imputed"}
    cell = page.covers(
        name[answer.__name__], lost, f"{size} due", everyone["improvement"].mean(),
        *np.array(made).T, APPROXIMATE,
    )  # fmt: skip
    # Of 30 patients one clinic in ten has fewer than five missing, and is refused.
    assert len(made) >= (0.85 if size == 30 else 0.99) * N_CLINICS
    assert cell.holds, cell


@pytest.mark.parametrize("lost", LOST)
def test_bounds_hold_the_answer_of_complete_data(page, everyone, drawn, lost):
    held = []
    for first, improvement, there in samples(everyone, drawn, 60, LOST[lost]):
        best = first[~there]
        bounds = mean_bounds(improvement[there], best - 10, best)
        held.append(bounds.low - 1e-9 <= improvement.mean() <= bounds.high + 1e-9)
    cell = page.share("bounds, against complete data", lost, "60 due", held, ALWAYS)
    assert all(held)
    assert cell.holds, cell


@pytest.mark.parametrize("answer", [by_weights, by_imputation])
def test_lost_as_the_simulator_loses_them_is_shown(page, patients, drawn, answer):
    # Who stops coming depends on relief that nobody recorded: no reading of those left can know.
    rows = patients(SCENARIOS["default"], seed=1)
    due = rows[rows["status"].isin(["measured", "not measured again"])]
    truth = (due["baseline"] - due["score_week_6_if_asked"]).mean()
    frame = due[["baseline", "improvement"]].assign(there=due["status"].eq("measured"))
    made = []
    for seed, part in enumerate(drawn(frame, 200, N_CLINICS // 4, seed=200)):
        first, improvement, there = part.to_numpy(float).T
        there = there == 1
        filled = np.where(there, improvement, 0.0)
        made.append(answer(first, filled, there, seed))
    name = {"by_weights": "mean, weighted for who is measured", "by_imputation": "mean, imputed"}
    cell = page.covers(
        name[answer.__name__], "default, lost by unrecorded relief (shown, not judged)", "200 due",
        truth, *np.array(made).T, SHOWN_ONLY,
    )  # fmt: skip
    assert cell.holds
