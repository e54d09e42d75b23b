"""Best and worst a mean or a share can be, whatever those not measured did."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, stdtr, stdtrit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.intervals import Interval, cluster_mean
from hipoutcomes.stats.groups.proportions import agresti_coull
from hipoutcomes.stats.inputs import checked_inside, checked_values


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most that a mean or a share can be, and an interval for it.

    Attributes
    ----------
    low, high : float
        Least and greatest possible value in these patients, in the units of the values.
    conf_low, conf_high : float
        Interval that holds the value itself (not the whole range) with the level asked for.
    critical : float
        Standard errors by which the interval reaches beyond each bound.
    """

    low: float
    high: float
    conf_low: float
    conf_high: float
    critical: float


def mean_bounds(
    measured: np.ndarray, worst: np.ndarray, best: np.ndarray, level: float = 0.95
) -> Bounds:
    """Bounds of the mean of everyone, when some were not measured.

    The estimand is the mean improvement of everyone who was due, measured or not; nothing is
    assumed about those not measured except that their scores lie on the scale.

    Parameters
    ----------
    measured : ndarray, shape (m,)
        Improvements of those measured.
    worst, best : ndarray, shape (k,)
        The smallest and the largest improvement that each of those not measured could show,
        given the first score.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        With fewer than two patients.
    ValueError
        When a number is missing, or a worst lies above its best.

    Notes
    -----
    ``low = (sum(measured) + sum(worst)) / n`` and high likewise with the best, n = m + k [1]_: the
    mean of everyone, had they been measured, always lies between them. Each bound is the mean of
    n values with its standard error s; the interval runs from ``low - c s_low`` to
    ``high + c s_high``, with c from ``T(c + (high - low) / max(s)) - T(-c) = level`` [2]_: it
    covers the mean, which can be near one bound only, and so is narrower than an interval that
    covers both. T is Student's t on n - 1 degrees of freedom (the paper has the normal), so that
    the ordinary t interval is left where nobody is missing.

    References
    ----------
    .. [1] Manski CF (2003). Partial Identification of Probability Distributions. Springer, ch. 1.
    .. [2] Imbens GW, Manski CF (2004). Confidence intervals for partially identified parameters.
       Econometrica 72(6), 1845-1857, equations 6 and 7.

    Examples
    --------
    >>> bounds = mean_bounds(np.array([1.0, 2.0, 3.0, 4.0]), np.array([-2.0]), np.array([5.0]))
    >>> bounds.low, bounds.high
    (1.6, 3.0)
    >>> round(bounds.conf_low, 2), round(bounds.conf_high, 2)
    (-0.81, 4.66)
    """
    checked_inside(level, "level")
    measured = checked_values(measured, "measured")
    worst, best = checked_possible(worst, best)
    everyone = np.arange(len(measured) + len(worst))
    low, high = (
        cluster_mean(np.concatenate([measured, end]), everyone, level) for end in (worst, best)
    )
    return interval_of_bounds(low, high, level)


def interval_of_bounds(low: Interval, high: Interval, level: float = 0.95) -> Bounds:
    """Two bounds that were estimated, with the interval for what lies between them.

    Parameters
    ----------
    low, high : Interval
        Of the lower and of the upper bound; the fewer degrees of freedom are taken.
    level : float
        Confidence level, between 0 and 1.

    Notes
    -----
    See `mean_bounds`.

    Examples
    --------
    >>> low, high = Interval(1.0, 0.3, 0.4, 1.6, 60), Interval(3.0, 0.2, 2.6, 3.4, 60)
    >>> bounds = interval_of_bounds(low, high)
    >>> round(bounds.conf_low, 3), round(bounds.conf_high, 3)
    (0.499, 3.334)
    """
    width, error = high.estimate - low.estimate, max(low.std_error, high.std_error)
    critical = _critical(width, error, min(low.df, high.df), level)
    return Bounds(
        low=low.estimate,
        high=high.estimate,
        conf_low=low.estimate - critical * low.std_error,
        conf_high=high.estimate + critical * high.std_error,
        critical=critical,
    )


def share_bounds(n_better: int, n_measured: int, n_missing: int, level: float = 0.95) -> Bounds:
    """Bounds of the share of patients who are better, when some were not measured.

    The estimand is the share better of everyone due whose first score left room for it; nothing
    is assumed about those not measured.

    Parameters
    ----------
    n_better, n_measured : int
        Those better, of those measured.
    n_missing : int
        Those not measured.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        With no patient at all.
    ValueError
        When a count is below zero, or more are better than measured.

    Notes
    -----
    None of those not measured is better, or all of them are. The interval reaches from the lower
    Agresti-Coull limit of the first share to the upper one of the second [1]_, both with the c of
    `mean_bounds` (T the normal) in the place of the usual quantile; where nobody is missing it is
    the Agresti-Coull interval.

    References
    ----------
    .. [1] Agresti A, Coull BA (1998). Approximate is better than "exact" for interval estimation
       of binomial proportions. The American Statistician 52(2), 119-126.

    Examples
    --------
    >>> bounds = share_bounds(24, 48, 13)
    >>> round(bounds.low, 3), round(bounds.high, 3)
    (0.393, 0.607)
    >>> round(bounds.conf_low, 3), round(bounds.conf_high, 3)
    (0.297, 0.703)
    """
    checked_inside(level, "level")
    if not 0 <= n_better <= n_measured or n_missing < 0:
        raise ValueError(
            "Counts must have 0 <= better <= measured and 0 or more missing; they are "
            f"{n_better} better of {n_measured} measured and {n_missing} missing."
        )
    n = n_measured + n_missing
    if n == 0:
        raise NotEnoughData("A share needs one patient or more; there are none.")
    shares = np.array([n_better, n_better + n_missing]) / n
    error = float(np.sqrt(shares * (1 - shares) / n).max())
    critical = _critical(float(shares[1] - shares[0]), error, np.inf, level)
    reach = max(2 * float(ndtr(critical)) - 1, 1e-12)
    return Bounds(
        low=float(shares[0]),
        high=float(shares[1]),
        conf_low=agresti_coull(n_better, n, reach).conf_low,
        conf_high=agresti_coull(n_better + n_missing, n, reach).conf_high,
        critical=critical,
    )


def checked_possible(worst: np.ndarray, best: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The worst and the best possible of each patient not measured, as finite floats in order.

    Raises
    ------
    ValueError
        When a number is missing, or a worst lies above its best.

    Examples
    --------
    >>> checked_possible([-2], [5])
    (array([-2.]), array([5.]))
    """
    worst, best = checked_values(worst, "worst"), checked_values(best, "best")
    if worst.shape != best.shape or (worst > best).any():
        raise ValueError("Each of those not measured needs a worst that is not above its best.")
    return worst, best


def _critical(width: float, std_error: float, df: float, level: float) -> float:
    """Standard errors to reach beyond each bound: between the one- and the two-sided quantile."""
    one_sided, two_sided = stdtrit(df, max(level, 0.5)), stdtrit(df, (1 + level) / 2)
    if width <= 0:
        return float(two_sided)
    if std_error == 0:
        return float(one_sided)
    ratio = width / std_error

    def missed(critical: float) -> float:
        """How far the coverage at one bound is from the level."""
        return stdtr(df, critical + ratio) - stdtr(df, -critical) - level

    if missed(one_sided) >= 0:
        return float(one_sided)
    return float(brentq(missed, one_sided, two_sided))
