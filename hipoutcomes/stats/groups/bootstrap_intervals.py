"""From the estimates of many resamples to an interval: percentile, and corrected for bias."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside, checked_values

#: Ways from resampled estimates to limits.
METHODS = ("BCa", "percentile")

#: Estimates nearer than this share of their size are the same.
_SAME = 1e-12


@dataclass(frozen=True, slots=True)
class BootstrapInterval:
    """An estimate with the interval that its resamples give it.

    Attributes
    ----------
    estimate, conf_low, conf_high : float
        In the units of the statistic.
    std_error : float
        Standard deviation of the resampled estimates.
    bias : float
        Mean of the resampled estimates minus the estimate; the limits allow for it, the estimate
        is left as it is.
    n_resamples : int
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    bias: float
    n_resamples: int


def percentile_interval(
    estimates: np.ndarray, estimate: float, *, level: float = 0.95
) -> BootstrapInterval:
    """Interval between two quantiles of the resampled estimates.

    Parameters
    ----------
    estimates : ndarray, shape (n_resamples,)
        The statistic in each resample.
    estimate : float
        The statistic in the sample itself.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        With fewer than two resamples.
    ValueError
        When the statistic is missing or infinite in the sample or in a resample.

    Notes
    -----
    The quantiles ``(1 - level) / 2`` and ``(1 + level) / 2``, between neighbours by straight lines.
    Of a skewed statistic the interval covers less than it says; `bca_interval` mends most of that.

    References
    ----------
    Efron B, Tibshirani RJ (1993). An Introduction to the Bootstrap, chapter 13. Chapman & Hall.

    Examples
    --------
    >>> found = percentile_interval(np.arange(101.0), 50.0, level=0.9)
    >>> round(found.conf_low, 9), round(found.conf_high, 9), found.bias
    (5.0, 95.0, 0.0)
    """
    checked_inside(level, "level")
    estimates = _checked_estimates(estimates, estimate)
    return _between(estimates, estimate, (1 - level) / 2, (1 + level) / 2)


def bca_interval(
    estimates: np.ndarray,
    estimate: float,
    jackknife: np.ndarray | Sequence[np.ndarray],
    *,
    level: float = 0.95,
) -> BootstrapInterval:
    """Interval between two quantiles moved for bias and for a spread that changes with the truth.

    Parameters
    ----------
    estimates : ndarray, shape (n_resamples,)
        The statistic in each resample.
    estimate : float
        The statistic in the sample itself.
    jackknife : ndarray of shape (n_patients,), or one such array per stratum
        The statistic in the sample without each patient (or cluster) in turn. Where strata were
        resampled each by itself, as two arms are, one array for each.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        With fewer than two resamples, or when every resample lies on one side of the estimate, so
        that its bias cannot be told.
    ValueError
        When the statistic is missing or infinite in the sample, in a resample or in the jackknife.

    Notes
    -----
    With ``z0 = ndtri(share of resamples under the estimate)``, those equal to it counted half, the
    lower limit is the quantile ``ndtr(z0 + (z0 + z) / (1 - a (z0 + z)))`` for
    ``z = ndtri((1 - level) / 2)``, and the upper likewise [1]_. The acceleration is
    ``a = sum(U**3) / (6 sum(U**2)**1.5)`` with ``U = (n - 1) (mean of the jackknife - jackknife)``;
    over strata the cubes are divided by their n**3 and the squares by their n**2 before they are
    added [2]_. Where no resample differs from the estimate the interval has no width.

    References
    ----------
    .. [1] Efron B (1987). Better bootstrap confidence intervals. Journal of the American
       Statistical Association 82(397), 171-185.
    .. [2] Davison AC, Hinkley DV (1997). Bootstrap Methods and their Application, section 5.3.
       Cambridge University Press.

    Examples
    --------
    >>> skewed = np.arange(101.0) ** 2 / 100
    >>> found = bca_interval(skewed, 30.0, [1.0, 2.0, 6.0], level=0.9)
    >>> round(found.conf_low, 2), round(found.conf_high, 2)
    (0.34, 91.43)
    """
    checked_inside(level, "level")
    estimates = _checked_estimates(estimates, estimate)
    # Sums taken in another order differ in their last digits, and are the same number.
    same = _SAME * max(abs(estimate), float(np.abs(estimates).max()))
    above, below = estimates > estimate + same, estimates < estimate - same
    share = float(1 + below.mean() - above.mean()) / 2
    if share in (0.0, 1.0):
        side = "above" if share == 0 else "below"
        raise NotEnoughData(
            f"All {len(estimates)} resamples lie {side} the estimate {estimate:g}: "
            "its bias cannot be told.",
            remedy="Use more resamples, or the percentile interval.",
        )
    acceleration = jackknife_acceleration(jackknife)
    low, high = _corrected_shares(ndtri(share), acceleration, level)
    return _between(estimates, estimate, low, high)


def jackknife_acceleration(jackknife: np.ndarray | Sequence[np.ndarray]) -> float:
    """How fast the standard error of a statistic changes with its true value; 0 without spread.

    Parameters
    ----------
    jackknife : ndarray of shape (n_patients,), or one such array per stratum
        As for `bca_interval`, which gives the formula.

    Raises
    ------
    ValueError
        When a number is missing or infinite.

    Examples
    --------
    >>> round(jackknife_acceleration([1.0, 2.0, 6.0]), 4)
    -0.0573
    """
    parts = [jackknife] if np.ndim(jackknife[0]) == 0 else jackknife
    cubes = squares = 0.0
    for part in parts:
        part = checked_values(part, "the jackknife")
        n = len(part)
        pull = (n - 1) / n * (part.mean() - part)
        cubes += float(np.sum(pull**3))
        squares += float(np.sum(pull**2))
    return cubes / (6 * squares**1.5) if squares > 0 else 0.0


def checked_options(n_resamples: int, method: str, level: float) -> None:
    """Refuse options that give no interval, before anything is drawn.

    Raises
    ------
    ValueError
        When an option is not allowed; the message names what is.

    Examples
    --------
    >>> checked_options(5000, "BCa", 0.95)
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}; it is {method!r}.")
    if n_resamples < 2:
        raise ValueError(f"n_resamples must be 2 or more; it is {n_resamples!r}.")
    checked_inside(level, "level")


def _checked_estimates(estimates: np.ndarray, estimate: float) -> np.ndarray:
    """Resampled estimates, two or more, each of them a number."""
    if not np.isfinite(estimate):
        raise ValueError("The statistic is missing or infinite in the sample itself.")
    estimates = checked_values(estimates, "the resampled estimates")
    if len(estimates) < 2:
        raise NotEnoughData(
            f"An interval needs 2 resamples or more, and 1,000 to be steady; "
            f"there are {len(estimates)}."
        )
    return estimates


def _corrected_shares(shift: float, acceleration: float, level: float) -> tuple[float, float]:
    """Shares of the resamples below each limit, from the median bias and the acceleration."""
    moved = shift + ndtri([(1 - level) / 2, (1 + level) / 2])
    slowed = np.maximum(1 - acceleration * moved, np.finfo(float).tiny)
    low, high = ndtr(shift + moved / slowed)
    return float(low), float(high)


def _between(estimates: np.ndarray, estimate: float, low: float, high: float) -> BootstrapInterval:
    """The interval between two quantiles of the resampled estimates."""
    conf_low, conf_high = np.quantile(estimates, [low, high])
    return BootstrapInterval(
        estimate=float(estimate),
        std_error=float(estimates.std(ddof=1)),
        conf_low=float(conf_low),
        conf_high=float(conf_high),
        bias=float(estimates.mean() - estimate),
        n_resamples=len(estimates),
    )
