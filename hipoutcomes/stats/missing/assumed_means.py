"""The mean of everyone under an assumption about those who were not measured."""

import numpy as np
from scipy.special import stdtrit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.intervals import Interval, cluster_mean
from hipoutcomes.stats.inputs import checked_inside, checked_values


def mean_if(measured: np.ndarray, n_missing: int, assumed: float, level: float = 0.95) -> Interval:
    """Mean of everyone, if those not measured improved by `assumed` on average.

    Parameters
    ----------
    measured : ndarray, shape (m,)
        Improvements of those measured.
    n_missing : int
        Patients not measured, k.
    assumed : float
        Their mean improvement, taken as known, in the units of the values.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        With fewer than two patients.

    Notes
    -----
    ``(sum(measured) + k assumed) / (m + k)``: the mean of m + k independent values, those of the
    patients not measured all equal to `assumed`, with the t interval of such a mean. How far those
    patients differ among themselves does not matter to it: their mean is assumed, not estimated.
    Which share is measured is random, and is allowed for. This is a pattern-mixture model with a
    fixed mean [1]_.

    References
    ----------
    .. [1] White IR, Carpenter J, Horton NJ (2018). A mean score method for sensitivity analysis to
       departures from the missing at random assumption. Statistica Sinica 28(4), 1985-2003.

    Examples
    --------
    >>> mean = mean_if(np.array([1.0, 2.0, 3.0, 4.0]), 1, 0.0)
    >>> mean.estimate, mean.df
    (2.0, 4)
    """
    measured = checked_values(measured, "measured")
    everyone = np.concatenate([measured, np.full(n_missing, float(assumed))])
    return cluster_mean(everyone, np.arange(len(everyone)), level)


def least_improved_mean(measured: np.ndarray, share: float) -> float:
    """Mean of the least improved share of the patients measured.

    Parameters
    ----------
    measured : ndarray, shape (m,)
    share : float
        Above 0, up to 1. Where ``share * m`` is no whole number the last patient counts in part.

    Examples
    --------
    >>> least_improved_mean(np.array([4.0, 1.0, 3.0, 0.0, 2.0]), 0.4)
    0.5
    """
    ordered, weights = _least(checked_values(measured, "measured"), share)
    return float(weights @ ordered / weights.sum())


def mean_if_least_improved(
    measured: np.ndarray, n_missing: int, share: float, level: float = 0.95
) -> Interval:
    """Mean of everyone, if those not measured improved like the least improved of those measured.

    Parameters
    ----------
    measured : ndarray, shape (m,)
        Improvements of those measured.
    n_missing : int
        Patients not measured, k.
    share : float
        Which share of those measured they are like: 0.25 for the least improved quarter.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        With fewer than two patients measured.
    ValueError
        When `share` does not lie above 0, up to 1.

    Notes
    -----
    With r = m / n measured, and e the mean of their least improved share a (everyone at or under
    its a-quantile q), the mean is ``r mean(measured) + (1 - r) e``. Its standard error
    is the spread of the influence of each patient, divided by sqrt(n): for those measured
    ``y + (1 - r) / r (q - e + min(y - q, 0) / a)``, for the others e, each less the mean. t on
    m - 1 degrees of freedom.

    References
    ----------
    Expected shortfall and its influence: Brazauskas V, Jones BL, Puri ML, Zitikis R (2008).
    Estimating conditional tail expectation with actuarial applications in view. Journal of
    Statistical Planning and Inference 138(11), 3590-3604.

    Examples
    --------
    >>> mean = mean_if_least_improved(np.array([4.0, 1.0, 3.0, 0.0, 2.0]), 5, 0.4)
    >>> mean.estimate, mean.df
    (1.25, 4)
    """
    checked_inside(level, "level")
    measured = checked_values(measured, "measured")
    m = len(measured)
    if m < 2:
        raise NotEnoughData(f"A mean with an interval needs 2 patients or more; there are {m}.")
    like = least_improved_mean(measured, share)
    ordered, weights = _least(measured, share)
    quantile = ordered[np.flatnonzero(weights)[-1]]
    rate = m / (m + n_missing)
    estimate = rate * measured.mean() + (1 - rate) * like
    tail = quantile - like + np.minimum(measured - quantile, 0) / share
    influence = np.concatenate(
        [measured + (1 - rate) / rate * tail, np.full(n_missing, like)]
    ) - estimate  # fmt: skip
    n = m + n_missing
    std_error = float(np.sqrt((influence**2).sum() / (n - 1) / n))
    reach = float(stdtrit(m - 1, (1 + level) / 2)) * std_error
    return Interval(float(estimate), std_error, estimate - reach, estimate + reach, m - 1)


def _least(measured: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Values in order, and how far each counts among the least improved share."""
    if not 0 < share <= 1:
        raise ValueError(f"share must lie above 0, up to 1; it is {share!r}.")
    weights = np.clip(share * len(measured) - np.arange(len(measured)), 0, 1)
    return np.sort(measured), np.where(weights > 1e-9, weights, 0.0)
