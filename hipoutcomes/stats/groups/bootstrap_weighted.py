"""A bootstrap interval of any statistic that can be computed with a weight for each patient."""

from collections.abc import Callable, Iterable

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.bootstrap_intervals import (
    BootstrapInterval,
    bca_interval,
    checked_options,
    percentile_interval,
)
from hipoutcomes.stats.groups.bootstrap_resamples import resampled_counts


def bootstrap_weighted(
    statistic: Callable[[np.ndarray], float],
    n_patients: int,
    *,
    seed: int,
    strata: np.ndarray | None = None,
    n_resamples: int = 2000,
    method: str = "BCa",
    level: float = 0.95,
) -> BootstrapInterval:
    """Any statistic of weighted patients, with an interval from resampling the patients.

    The estimand is whatever the statistic estimates, for patients like these.

    Everything that was estimated from the data belongs inside the statistic: a model of who gets
    which technique is refitted in every resample, with the weights.

    Parameters
    ----------
    statistic : callable
        Takes how often each patient counts, whole numbers of shape (n_patients,), and gives one
        number. With all ones it is the estimate.
    n_patients : int
        Patients, or therapists, whichever is resampled whole.
    seed : int
    strata : ndarray of int, shape (n_patients,), optional
        Codes from 0 of strata that keep their numbers in every resample, as arms of fixed size do.
    n_resamples : int
    method : {"BCa", "percentile"}
        "BCa" asks for the statistic without each patient in turn as well, `n_patients` times more.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        With fewer than two patients, or when the statistic cannot be had in some of the resamples
        (it gives a missing number, or raises `NotEnoughData` itself).
    ValueError
        When there is not one stratum code per patient, or an option is not allowed.

    References
    ----------
    Efron B, Tibshirani RJ (1993). An Introduction to the Bootstrap. Chapman & Hall, chapters 13
    and 14.

    Examples
    --------
    >>> pain = np.array([1.0, 2.0, 4.0, 9.0, 5.0, 3.0])
    >>> found = bootstrap_weighted(lambda counts: np.average(pain, weights=counts), 6, seed=1)
    >>> found.estimate, bool(found.conf_low < 4 < found.conf_high)
    (4.0, True)
    """
    checked_options(n_resamples, method, level)
    resamples = resampled_counts(n_patients, n_resamples, seed, strata=strata)
    estimate = float(statistic(np.ones(n_patients, dtype=np.intp)))
    estimates = _evaluated(statistic, resamples, n_resamples, "resamples")
    if method == "percentile":
        return percentile_interval(estimates, estimate, level=level)
    without = (np.where(np.arange(n_patients) == i, 0, 1) for i in range(n_patients))
    jackknife = _evaluated(statistic, without, n_patients, "samples without one patient")
    if strata is not None:
        strata = np.asarray(strata)
        jackknife = [jackknife[strata == stratum] for stratum in np.unique(strata)]
    return bca_interval(estimates, estimate, jackknife, level=level)


def _evaluated(
    statistic: Callable[[np.ndarray], float],
    weights: Iterable[np.ndarray],
    n_weights: int,
    name: str,
) -> np.ndarray:
    """The statistic at each set of weights; all of them, or an error that counts the failures."""
    found = np.full(n_weights, np.nan)
    for place, counts in enumerate(weights):
        try:
            found[place] = statistic(counts)
        except NotEnoughData:
            continue
    if n_failed := int((~np.isfinite(found)).sum()):
        raise NotEnoughData(
            f"The statistic could not be had in {n_failed:,} of {n_weights:,} {name}.",
            "An interval from the others would leave out the samples that are hardest to estimate.",
            "Join groups that are too small, or ask a simpler question.",
        )
    return found
