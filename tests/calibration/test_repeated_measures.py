"""Repeated measures and omnibus tests where the truth is set: scores missing at random, no effect.

The simulated clinics have sessions on any day; planned visits are drawn here instead, from normal
scores, so that the model is right and who is missing depends on the score before, as it allows.
"""

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.least_squares.cluster_robust import cluster_covariance, cluster_test
from hipoutcomes.stats.models.least_squares.linear import least_squares
from hipoutcomes.stats.models.repeated.repeated_measures import (
    repeated_measures_fit,
    repeated_measures_inference,
)

pytestmark = pytest.mark.slow

EXACT, UNDER_THE_NULL = (0.944, 0.956), (0.94, 1.0)
N_EXACT, N_APPROXIMATE = 10_000, 4_000

MEANS = np.array([6.0, 5.0, 4.5])
ROOT = np.linalg.cholesky(np.array([[1.0, 0.6, 0.4], [0.6, 1.5, 0.9], [0.4, 0.9, 2.0]]))


def visits_of(rng, n_patients):
    """Two arms without a difference; the last score is missed by those with pain before it."""
    arm = np.arange(n_patients) % 2
    scores = MEANS + rng.normal(size=(n_patients, 3)) @ ROOT.T
    seen = np.ones((n_patients, 3), dtype=bool)
    seen[:, 1] = rng.random(n_patients) > 0.1
    in_pain = 0.6 / (1 + np.exp(5.5 - scores[:, 1]))
    seen[:, 2] = rng.random(n_patients) > np.where(seen[:, 1], in_pain, 0.2)
    patients, visits = np.nonzero(seen)
    means = np.eye(3)[visits]
    design = np.hstack([means, means * arm[patients, None]])
    return design, scores[seen], patients, visits


@pytest.mark.parametrize("size", [30, 60])
def test_the_mean_and_the_difference_at_the_last_visit(page, size):
    rng, found, rejected = np.random.default_rng(size), [], []
    for _ in range(N_EXACT):
        inference = repeated_measures_inference(repeated_measures_fit(*visits_of(rng, size)))
        found.append(inference.contrasts(np.eye(6)[[2, 5]]))
        rejected.append(inference.test(np.eye(6)[3:]).p_value < 0.05)
    cells = [
        page.covers(
            name,
            "missing at random, a third at the last visit",
            f"{size} patients, 3 visits",
            truth,
            [made.estimate[place] for made in found],
            [made.conf_low[place] for made in found],
            [made.conf_high[place] for made in found],
            EXACT,
        )
        for place, (name, truth) in enumerate(
            [
                ("mean at the last visit, repeated measures", MEANS[2]),
                ("difference at the last visit, repeated measures", 0.0),
            ]
        )
    ]
    cells.append(
        page.share(
            "no difference at any visit, F test scaled as by Kenward and Roger kept",
            "missing at random, a third at the last visit",
            f"{size} patients, 3 visits",
            ~np.array(rejected),
            UNDER_THE_NULL,
        )
    )
    assert all(cell.holds for cell in cells), cells


@pytest.mark.parametrize("n_therapists", [12, 30])
def test_the_omnibus_test_of_techniques_by_therapist(page, n_therapists):
    rng, rejected, refused = np.random.default_rng(n_therapists), [], 0
    for _ in range(N_APPROXIMATE):
        sizes = rng.integers(4, 25, n_therapists)
        therapist = np.repeat(np.arange(n_therapists), sizes)
        lean = rng.dirichlet([1.5] * 4, n_therapists).cumsum(axis=1)
        technique = (rng.random(len(therapist))[:, None] > lean[therapist]).sum(axis=1)
        score = rng.normal(0, 0.5, n_therapists)[therapist] + rng.normal(size=len(therapist))
        fit = least_squares((technique[:, None] == np.arange(4)).astype(float), score)
        try:
            made = cluster_test(fit, cluster_covariance(fit, therapist), np.diff(np.eye(4), axis=0))
            rejected.append(made.p_value < 0.05)
        except NotEnoughData:
            refused += 1
    cell = page.share(
        "no difference between four techniques, CR2 Hotelling test kept",
        f"null, therapists differ ({refused / N_APPROXIMATE:.0%} refused)",
        f"{n_therapists} therapists",
        ~np.array(rejected),
        UNDER_THE_NULL,
    )
    assert cell.holds, cell
