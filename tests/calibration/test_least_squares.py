"""Means, adjusted differences and cluster-robust intervals, over thousands of simulated clinics."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.simulate import SCENARIOS
from hipoutcomes.stats.groups.intervals import cluster_mean
from hipoutcomes.stats.models.least_squares.cluster_robust import (
    cluster_covariance,
    clustered_inference,
)
from hipoutcomes.stats.models.least_squares.linear import classical_inference, least_squares

pytestmark = pytest.mark.slow

EXACT, APPROXIMATE = (0.944, 0.956), (0.93, 0.975)
N_EXACT, N_APPROXIMATE = 10_000, 4_000

CONDITIONS = ("tendinopathy", "osteoarthritis", "piriformis", "impingement", "nonspecific")

#: Everyone is asked around week 6, so that who is measured plays no part.
ASKED = {"never_measured": 0.0, "missing": 0.0, "text_share": 1.0}


def asked(name: str, **fields):
    """A scenario in which everyone is asked, and therapists do not differ unless told."""
    return replace(SCENARIOS[name], **{**ASKED, "therapist_icc": 0.0, **fields})


def design_of(rows: pd.DataFrame) -> np.ndarray:
    """Intercept, deep tissue, first score, and the conditions that occur."""
    columns = [np.ones(len(rows)), rows["technique"].eq("deep_tissue"), rows["baseline"]]
    columns += [rows["condition"].eq(code) for code in CONDITIONS]
    matrix = np.column_stack(columns).astype(float)
    return matrix[:, matrix.any(axis=0)]


def measured(rows: pd.DataFrame) -> pd.DataFrame:
    """Those with both scores, a known technique and a known condition."""
    there = rows["status"].eq("measured") & rows["technique"].notna() & rows["condition"].notna()
    return rows[there]


def deep_tissue_less_others(patients, name: str) -> float:
    """Had everyone had deep tissue, less had nobody: the same people, lived through twice."""
    extra = SCENARIOS[name].technique_extra.get("deep_tissue", 0.0)
    codes = ("swedish", "deep_tissue", "trigger_point", "myofascial_release")
    had = patients(asked(name, technique_extra=dict.fromkeys(codes, extra)), seed=1)
    not_had = patients(asked(name, technique_extra={}), seed=1)
    means = [rows["score_week_6_if_asked"].mean() for rows in (not_had, had)]
    return float(means[0] - means[1])


@pytest.mark.parametrize("size", [20, 60, 200])
def test_mean_improvement(page, patients, drawn, size):
    rows = measured(patients(SCENARIOS["default"], seed=1))
    made = [
        cluster_mean(part["improvement"].to_numpy(), np.arange(size))
        for part in drawn(rows, size, N_EXACT, seed=size)
    ]
    cell = page.covers(
        "mean improvement, t interval",
        "default",
        f"{size} measured",
        rows["improvement"].mean(),
        [m.estimate for m in made],
        [m.conf_low for m in made],
        [m.conf_high for m in made],
        EXACT,
    )
    assert cell.holds, cell


@pytest.mark.parametrize("size", [60, 200])
@pytest.mark.parametrize("name", ["null", "planted"])
def test_adjusted_difference(page, patients, drawn, name, size):
    rows = measured(patients(asked(name), seed=1))
    truth = deep_tissue_less_others(patients, name)
    made = []
    for part in drawn(rows, size, N_EXACT, seed=size + 1):
        fit = least_squares(design_of(part), part["improvement"].to_numpy())
        made.append(classical_inference(fit).contrasts(np.eye(len(fit.beta))[1:2]))
    cell = page.covers(
        "adjusted difference, ANCOVA",
        name,
        f"{size} measured",
        truth,
        [m.estimate[0] for m in made],
        [m.conf_low[0] for m in made],
        [m.conf_high[0] for m in made],
        EXACT,
    )
    assert cell.holds, cell


@pytest.mark.parametrize("n_therapists", [8, 15, 30])
def test_cluster_robust_difference(page, patients, n_therapists):
    # Whole therapists are drawn, of very unequal size; deep tissue is each patient's own.
    scenario = asked("planted", therapist_icc=0.05)
    rows = measured(patients(scenario, 60_000, seed=2, n_therapists=4_000, part=60_000))
    rows = rows[rows["therapist"].notna()]
    by_therapist = [part for _, part in rows.groupby("therapist", observed=True) if len(part) > 2]
    truth = deep_tissue_less_others(patients, "planted")
    rng, made, refused = np.random.default_rng(n_therapists), [], 0
    while len(made) < N_APPROXIMATE:
        chosen = [by_therapist[k] for k in rng.integers(0, len(by_therapist), n_therapists)]
        part = pd.concat(chosen)
        codes = np.repeat(np.arange(n_therapists), [len(each) for each in chosen])
        fit = least_squares(design_of(part), part["improvement"].to_numpy())
        inference = clustered_inference(fit, cluster_covariance(fit, codes))
        sums = inference.contrasts(np.eye(len(fit.beta))[1:2])
        if sums.df[0] < inference.fewest_df:
            refused += 1
            assert refused < N_APPROXIMATE
            continue
        made.append(sums)
    cell = page.covers(
        "adjusted difference, CR2 by therapist",
        f"planted, therapists differ ({refused / (refused + len(made)):.0%} refused)",
        f"{n_therapists} therapists",
        truth,
        [m.estimate[0] for m in made],
        [m.conf_low[0] for m in made],
        [m.conf_high[0] for m in made],
        APPROXIMATE,
    )
    assert cell.holds, cell


@pytest.mark.parametrize("name", ["the recorded score chose", "an unrecorded severity chose"])
def test_bias_of_the_simple_and_the_adjusted_difference(page, patients, name):
    # Nothing differs in truth; in a clinic so large that chance plays hardly any part.
    recorded = {"scenario": asked("confounded")}
    hidden = {"scenario": replace(asked("null"), name="hidden", confounding_hidden=1.2)}
    scenario = (recorded if name == "the recorded score chose" else hidden)["scenario"]
    rows = measured(patients(scenario, seed=7))
    deep, improvement = rows["technique"].eq("deep_tissue"), rows["improvement"].to_numpy()
    fit = least_squares(design_of(rows), improvement)
    simple = improvement[deep].mean() - improvement[~deep].mean()
    biases = {
        "simple difference, bias alone": simple,
        "adjusted difference, bias alone": fit.beta[1],
    }
    for estimator, bias in biases.items():
        page.share(
            estimator, name, f"{len(rows)} measured", [True], (0.0, 1.0), truth="0.000",
            bias=float(bias),
        )  # fmt: skip
    if name == "the recorded score chose":
        assert abs(fit.beta[1]) < abs(simple) / 10
    else:
        assert abs(fit.beta[1] - simple) > 0.5
