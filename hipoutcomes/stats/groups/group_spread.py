"""How far the true means of groups lie apart, beyond what chance alone would show."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, chdtri

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside, checked_values

SpreadMethod = Literal["REML", "PM"]

#: Points of the first search for the largest restricted likelihood.
_SEARCHED = 400

#: Roots are found to relative precision; the solver wants an absolute one too.
_EXACT = 1e-300


@dataclass(frozen=True, slots=True)
class GroupSpread:
    """What m estimates say of the groups they come from.

    Attributes
    ----------
    mean, mean_std_error : float
        Mean of the true means, each estimate weighted by its precision and the spread.
    std_dev : float
        Standard deviation of the true means, 0 where chance alone explains the estimates.
    std_dev_low, std_dev_high : float
        Its interval.
    statistic, df, p_value : float
        Cochran's Q: a test that all true means are the same.
    """

    mean: float
    mean_std_error: float
    std_dev: float
    std_dev_low: float
    std_dev_high: float
    statistic: float
    df: int
    p_value: float


def group_spread(
    estimates: np.ndarray,
    std_errors: np.ndarray,
    *,
    method: SpreadMethod = "REML",
    level: float = 0.95,
) -> GroupSpread:
    """Standard deviation of the true means of groups, from their estimates and standard errors.

    Parameters
    ----------
    estimates : ndarray, shape (m,)
        One per group: a mean, or an adjusted mean.
    std_errors : ndarray, shape (m,)
        In the same units, above 0. Errors of different groups are taken as independent.
    method : {"REML", "PM"}
        Restricted likelihood, or Paule and Mandel's, which asks no normal distribution.
    level : float
        Confidence level of the interval, between 0 and 1.

    Raises
    ------
    NotEnoughData
        With fewer than three groups.
    ValueError
        When an estimate is missing, a standard error is not above 0, or `method` is another word.

    Notes
    -----
    With weights ``w = 1 / (s**2 + T)`` and ``mean = sum(w y) / sum(w)``, REML takes the variance T
    at least 0 with the largest ``-(sum(log(s**2 + T)) + log(sum(w)) + Q(T)) / 2``, where
    ``Q(T) = sum(w (y - mean)**2)``; Paule and Mandel the T at which ``Q(T) = m - 1`` [1]_. The test
    compares ``Q(0)`` with chi-squared on m - 1; the limits of T are where Q(T) is its outer
    quantiles [2]_.

    References
    ----------
    .. [1] Paule RC, Mandel J (1982). Consensus values and weighting factors. Journal of Research of
       the National Bureau of Standards 87(5), 377-385.
    .. [2] Viechtbauer W (2007). Confidence intervals for the amount of heterogeneity in
       meta-analysis. Statistics in Medicine 26(1), 37-52.

    Examples
    --------
    >>> found = group_spread([1.0, 2.0, 6.0], [1.0, 1.0, 1.0])
    >>> found.mean, round(found.std_dev**2, 6), found.statistic
    (3.0, 6.0, 14.0)
    """
    checked_inside(level, "level")
    y, variances = checked_estimates(estimates, std_errors)
    if method not in get_args(SpreadMethod):
        raise ValueError(
            f"method must be one of {', '.join(get_args(SpreadMethod))}; it is {method!r}."
        )
    df = len(y) - 1
    variance = _restricted(y, variances) if method == "REML" else _at_excess(y, variances, df)
    mean, precision, _ = weighted_mean(y, variances, variance)
    statistic = _excess(y, variances, 0.0)
    tails = [(1 + level) / 2, (1 - level) / 2]
    high, low = (_at_excess(y, variances, chdtri(df, tail)) for tail in tails)
    return GroupSpread(
        mean=mean,
        mean_std_error=precision**-0.5,
        std_dev=variance**0.5,
        std_dev_low=low**0.5,
        std_dev_high=high**0.5,
        statistic=statistic,
        df=df,
        p_value=float(chdtrc(df, statistic)),
    )


def checked_estimates(estimates, std_errors) -> tuple[np.ndarray, np.ndarray]:
    """Estimates of three groups or more and their sampling variances.

    Raises
    ------
    NotEnoughData
        With fewer than three groups.
    ValueError
        When an estimate is missing, or a standard error is missing or not above 0.

    Examples
    --------
    >>> checked_estimates([1, 2, 3], [1, 1, 2])
    (array([1., 2., 3.]), array([1., 1., 4.]))
    """
    y = checked_values(estimates, "estimates")
    std_errors = checked_values(std_errors, "std_errors")
    if y.shape != std_errors.shape:
        raise ValueError(
            f"std_errors must have shape {y.shape} like the estimates; it has {std_errors.shape}."
        )
    if len(y) < 3:
        raise NotEnoughData(
            f"The spread between groups needs 3 groups or more; there are {len(y)}."
        )
    if (std_errors <= 0).any():
        raise ValueError(
            f"std_errors must be above 0; {int((std_errors <= 0).sum())} of {len(y)} are not."
        )
    return y, std_errors**2


def weighted_mean(
    y: np.ndarray, variances: np.ndarray, between: float | np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean of groups, its precision, and each group's weight, for a variance between them.

    Parameters
    ----------
    y, variances : ndarray, shape (m,)
    between : float or ndarray of shape (q, 1)

    Examples
    --------
    >>> weighted_mean(np.array([1.0, 4.0]), np.array([1.0, 0.5]), 0.0)
    (3.0, 3.0, array([1., 2.]))
    """
    weights = 1 / (variances + between)
    precision = weights.sum(axis=-1)
    mean = (weights * y).sum(axis=-1) / precision
    if np.ndim(between) == 0:
        return float(mean), float(precision), weights
    return mean, precision, weights


def restricted_log_likelihood(
    y: np.ndarray, variances: np.ndarray, between: np.ndarray
) -> np.ndarray:
    """Log likelihood of variances between groups, the mean integrated out, but for a constant.

    Parameters
    ----------
    y, variances : ndarray, shape (m,)
    between : ndarray, shape (q,)

    Examples
    --------
    >>> restricted_log_likelihood(np.array([0.0, 2.0]), np.ones(2), np.array([0.0, 1.0])).round(4)
    array([-1.3466, -1.1931])
    """
    mean, precision, weights = weighted_mean(y, variances, between[:, None])
    squares = (weights * (y - mean[:, None]) ** 2).sum(axis=1)
    return (np.log(weights).sum(axis=1) - np.log(precision) - squares) / 2


def _excess(y: np.ndarray, variances: np.ndarray, between: float) -> float:
    """Weighted squares about the mean: m - 1 on average at the true variance between groups."""
    mean, _, weights = weighted_mean(y, variances, between)
    return float(np.sum(weights * (y - mean) ** 2))


def _at_excess(y: np.ndarray, variances: np.ndarray, wanted: float) -> float:
    """Variance between groups at which the weighted squares come to what is wanted, at least 0."""
    if _excess(y, variances, 0.0) <= wanted:
        return 0.0
    high = float(np.sum((y - y.mean()) ** 2) / wanted)

    def beyond(between: float) -> float:
        return _excess(y, variances, between) - wanted

    return float(brentq(beyond, 0.0, high, xtol=_EXACT, rtol=1e-14))


def _restricted(y: np.ndarray, variances: np.ndarray) -> float:
    """Variance between groups of the largest restricted likelihood, at least 0."""

    def slope(between: float) -> float:
        mean, precision, weights = weighted_mean(y, variances, between)
        squares = np.sum(weights**2 * (y - mean) ** 2)
        return float(squares - precision + np.sum(weights**2) / precision)

    highest = 2 * float(np.ptp(y))
    grid = np.linspace(0.0, highest, _SEARCHED) ** 2
    best = int(np.argmax(restricted_log_likelihood(y, variances, grid)))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, _SEARCHED - 1)]
    if best == 0 and slope(0.0) <= 0:
        return 0.0
    return float(brentq(slope, low, high, xtol=_EXACT, rtol=1e-14))
