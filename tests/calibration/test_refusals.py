"""The smallest numbers of the page: an answer at each, and a refusal or a reason just below it."""

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.bootstrap import bootstrap_differences, bootstrap_means
from hipoutcomes.stats.groups.shrinkage import shrunken_means
from hipoutcomes.stats.missing import imputation
from hipoutcomes.stats.missing.response_weights import (
    FEWEST_DUE,
    FEWEST_MEASURED,
    FEWEST_MISSING,
    response_weights,
)
from hipoutcomes.stats.models.categories.logistic import fit_logistic
from hipoutcomes.stats.models.gee.gaussian import gaussian_gee
from hipoutcomes.stats.models.gee.gee import FEWEST_CLUSTERS, FEWEST_DF
from hipoutcomes.stats.models.least_squares import cluster_robust
from hipoutcomes.stats.models.least_squares.linear import least_squares
from hipoutcomes.stats.models.mixed.fit import mixed_fit
from hipoutcomes.stats.models.mixed.refusals import FEWEST_PATIENTS
from hipoutcomes.stats.models.moments.moments import MomentColumns
from hipoutcomes.stats.models.moments.moments_pass import RowBlock, moments_of
from hipoutcomes.stats.models.repeated.repeated_measures import repeated_measures_fit


def scores(n: int) -> np.ndarray:
    """Scores that vary, the same at every call."""
    return np.random.default_rng(n).normal(5, 2, n)


def by_weights(n: int, n_missing: int):
    return response_weights(np.arange(n) >= n_missing, np.ones((n, 1)))


def by_imputation(n_measured: int):
    return imputation.matched_imputations(
        scores(n_measured), np.ones((n_measured, 1)), np.ones((20, 1)), n_imputations=2, seed=1
    )


def by_clusters(n: int):
    """The mean of n clusters of one row each has n - 1 degrees of freedom."""
    fit = least_squares(np.ones((n, 1)), scores(n))
    covariance = cluster_robust.cluster_covariance(fit, np.arange(n))
    return cluster_robust.cluster_contrasts(fit, covariance, [[1.0]])


def by_equations(n: int, n_columns: int):
    codes = np.repeat(np.arange(n), 6)
    design = np.random.default_rng(1).normal(size=(len(codes), n_columns))
    design[:, 0] = 1
    return gaussian_gee(design, scores(len(codes)), codes)


def by_log_odds(n: int):
    return fit_logistic(np.ones((4 * n, 1)), np.arange(4 * n) % 3 == 0, np.repeat(np.arange(n), 4))


def by_patients(n: int):
    block = RowBlock(np.vstack([np.ones(4 * n), scores(4 * n)]), 4 * np.arange(n))
    return mixed_fit(moments_of([block], MomentColumns(("intercept", "pain"), (0.0, 0.0))))


def by_visits(n: int):
    """Three means and six variances and covariances of three visits."""
    patients, visits = np.repeat(np.arange(n), 3), np.tile(np.arange(3), n)
    return repeated_measures_fit(np.eye(3)[visits], scores(3 * n), patients, visits)


def by_groups(n: int):
    return shrunken_means(scores(n), np.ones(n), seed=1, n_draws=50)


# What is asked, the smallest numbers that are answered, numbers below, and how it is refused.
@pytest.mark.parametrize(
    ("answer", "smallest", "below", "found"),
    [
        (by_weights, (FEWEST_DUE, 10), (FEWEST_DUE - 1, 10), "there are 29, 19 and 10"),
        (by_weights, (30, FEWEST_MISSING), (30, FEWEST_MISSING - 1), "there are 30, 26 and 4"),
        (by_weights, (30, 30 - FEWEST_MEASURED), (30, 31 - FEWEST_MEASURED), "are 30, 9 and 21"),
        (by_imputation, (imputation.FEWEST_MEASURED,), (imputation.FEWEST_MEASURED - 1,),
         "Imputation needs 10 patients measured"),
        (by_clusters, (int(cluster_robust.FEWEST_DF) + 1,), (int(cluster_robust.FEWEST_DF),),
         "An interval needs 4; there are 4 clusters"),
        (by_equations, (FEWEST_CLUSTERS, 2), (FEWEST_CLUSTERS - 1, 2), "come from 9 clusters"),
        (by_equations, (8 + FEWEST_DF, 8), (7 + FEWEST_DF, 8), "4 more than coefficients"),
        (by_log_odds, (FEWEST_CLUSTERS,), (FEWEST_CLUSTERS - 1,), "9 clusters"),
        (by_patients, (FEWEST_PATIENTS,), (FEWEST_PATIENTS - 1,), "needs 5 of them or more"),
        (by_visits, (9,), (8,), "8 patients are too few"),
        (by_groups, (3,), (2,), "needs 3 groups or more; there are 2"),
    ],
)  # fmt: skip
def test_the_smallest_number_is_answered_and_fewer_are_refused(answer, smallest, below, found):
    assert answer(*smallest) is not None
    with pytest.raises(NotEnoughData, match=found):
        answer(*below)


def test_fewer_than_can_be_resampled_have_no_interval():
    sizes = [30, 29]  # as the page tells its reader
    groups, values = np.repeat([0, 1], sizes), scores(sum(sizes))
    made = bootstrap_means(values, groups=groups, seed=1, n_resamples=50)
    assert np.isfinite(made.estimate).all()
    assert np.isnan(made.conf_low).tolist() == [False, True]
    for arm in sizes:
        arms = np.repeat([0, 1], [30, arm])
        made = bootstrap_differences(scores(len(arms)), arms, seed=1, n_resamples=50)
        assert np.isnan(made.conf_low[0]) == (arm < 30)
