"""What changes from visit to visit, where stopping depends on what is recorded, or is not.

A band holds where it holds every true change at once. In both scenarios a visit brings nothing.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.analyses.dosing.next_visit import steps_among_returned, steps_of_everyone
from hipoutcomes.analyses.dosing.visits import Visits, visits_of
from hipoutcomes.simulate import SCENARIOS

pytestmark = pytest.mark.slow

APPROXIMATE, SHOWN = (0.93, 0.975), (0.0, 1.0)
N_CLINICS = 400

#: By intervening: nobody stops, and everything is written down. Therapists are alike throughout,
#: for otherwise every simulated file has another truth.
STAY = {"stop_well": 0.0, "stop_discouraged": 0.0, "stop_random": 0.0, "stop_hidden": 0.0}
STAY |= {"never_measured": 0.0, "missing": 0.0, "running": 0.0, "second_episode": 0.0}
STAY |= {"therapist_icc": 0.0}

NAMES = {
    "informative_stopping": "stopping by recorded scores",
    "hidden_stopping": "stopping by unrecorded relief",
}


@pytest.fixture(scope="module")
def pool(read_back):
    """The visits of many patients of a scenario."""
    kept = {}

    def of(name, seed=7):
        if name not in kept:
            scenario = replace(SCENARIOS[name], therapist_icc=0.0)
            ((clinic, _),) = read_back(scenario, 40_000, seed=seed)
            kept[name] = visits_of(clinic, "pain")
        return kept[name]

    return of


@pytest.fixture(scope="module")
def had_nobody_stopped(read_back):
    """Mean change at each visit from the second on."""
    scenario = replace(SCENARIOS["informative_stopping"], name="nobody stops", **STAY)
    ((clinic, _),) = read_back(scenario, 40_000, seed=99)
    means = visits_of(clinic, "pain").scores.groupby("session_number")["good"].mean()
    return pd.Series(np.diff(means), index=means.index[1:])


def drawn_visits(pool: Visits, n: int, rng: np.random.Generator) -> Visits:
    """A clinic of n patients of the pool, drawn with replacement."""
    chosen = rng.integers(0, len(pool.episodes), n)
    n_scores = np.bincount(pool.scores["place"], minlength=len(pool.episodes))
    starts = np.r_[0, np.cumsum(n_scores)[:-1]]
    size = n_scores[chosen]
    rows = np.repeat(starts[chosen] - np.r_[0, np.cumsum(size)[:-1]], size) + np.arange(size.sum())
    episodes = pool.episodes.iloc[chosen].reset_index(drop=True)
    n_sessions = episodes["n_sessions"].to_numpy()
    came = np.array([(n_sessions >= k).sum() for k in range(1, n_sessions.max() + 1)])
    came = came[came >= pool.minimums.estimate]
    scores = pool.scores.iloc[rows].assign(place=np.repeat(np.arange(n), size))
    scores = scores[scores["session_number"] <= len(came)].reset_index(drop=True)
    return replace(
        pool, episodes=episodes, scores=scores, n_came=came, is_over=pool.is_over[chosen]
    )


def judged(page, pool, truth, n, reading, words, band):
    """Judge bands against a truth; bias and width are those of the change at the second visit."""
    rng, held, bias, width = np.random.default_rng(1_000 + n), [], [], []
    for _ in range(N_CLINICS):
        rows = reading(drawn_visits(pool, n, rng)).dropna(subset=["estimate"])
        rows = rows.set_index("session_number")
        true = truth.reindex(rows.index)
        held.append(((rows["band_low"] <= true) & (true <= rows["band_high"])).all())
        bias.append(rows["estimate"].iloc[0] - true.iloc[0])
        width.append(rows["band_high"].iloc[0] - rows["band_low"].iloc[0])
    cell = page.share(
        *words, f"{n} patients", held, band,
        truth="every visit", bias=float(np.mean(bias)), width=float(np.mean(width)),
    )  # fmt: skip
    assert cell.holds, cell
    return cell


def among_returned(visits):
    return steps_among_returned(visits, 0.95, 1)


def of_everyone(visits):
    return steps_of_everyone(visits, 0.95, 1)[0]


@pytest.mark.parametrize("name", list(NAMES))
@pytest.mark.parametrize("n", [60, 300])
def test_changes_among_those_who_came_back(page, pool, name, n):
    # Their own truth: what all patients of the scenario who came back changed by.
    whole = pool(name)
    truth = whole.steps.groupby("session_number")["change"].mean()
    words = ("change since the visit before, among those who came back, band", NAMES[name])
    judged(page, whole, truth, n, among_returned, words, APPROXIMATE)


@pytest.mark.parametrize("name", list(NAMES))
@pytest.mark.parametrize("n", [60, 300])
def test_changes_had_everyone_come_back(page, pool, had_nobody_stopped, name, n):
    # Where people stop for a relief that nobody records the bias is shown, and nothing promised.
    band = APPROXIMATE if name == "informative_stopping" else SHOWN
    words = ("change since the visit before, had everyone come back, band", NAMES[name])
    judged(page, pool(name), had_nobody_stopped, n, of_everyone, words, band)


def test_the_bias_where_relief_is_not_recorded(page, pool, had_nobody_stopped):
    # In a clinic so large that chance plays no part: the change by visit 5, all steps together.
    truth = had_nobody_stopped.loc[2:5].sum()
    for name, most in (("informative_stopping", 0.2), ("hidden_stopping", -0.2)):
        rows = of_everyone(pool(name)).set_index("session_number").loc[2:5]
        bias = float(rows["estimate"].sum() - truth)
        page.share(
            "change by visit 5, had everyone come back, bias alone", NAMES[name],
            "40000 patients", [True], SHOWN, truth=f"{truth:.3f}", bias=bias,
        )  # fmt: skip
        assert bias < most if most < 0 else abs(bias) < most, bias
