"""Share of patients still without an event over time, when not everybody is followed to the end."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from hipoutcomes.stats.inputs import checked_inside
from hipoutcomes.stats.survival.event_counts import EventCounts, event_counts

#: A survival this near to a half is a half; sums of shares are not exact.
_NEAR = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve:
    """The share of one group still without the event, at each time when somebody left.

    Attributes
    ----------
    times : ndarray, shape (t,)
        Times when anybody in the group had the event or was last seen, ascending.
    n_at_risk, n_events, n_censored : ndarray of int, shape (t,)
        Patients followed until at least this time; those with the event; those last seen.
    survival : ndarray, shape (t,)
        Share without the event just after this time, 0 to 1.
    std_error : ndarray, shape (t,)
        Greenwood's standard error of the share.
    conf_low, conf_high : ndarray, shape (t,)
        Limits on the log-log scale; missing (NaN) where the share is 0 or 1.
    median, median_low, median_high : float
        First time at which half have had the event, with its interval; missing (NaN) where the
        curve, or its limit, does not fall to a half while anybody is followed.
    level : float
    """

    times: np.ndarray
    n_at_risk: np.ndarray
    n_events: np.ndarray
    n_censored: np.ndarray
    survival: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    median: float
    median_low: float
    median_high: float
    level: float


def kaplan_meier(
    days: np.ndarray, event: np.ndarray, groups: np.ndarray | None = None, *, level: float = 0.95
) -> tuple[SurvivalCurve, ...]:
    """Share of each group without the event over time, by the estimator of Kaplan and Meier.

    The estimand is the share of patients like these who would not yet have had the event so long
    after their start, had all been followed; it is that only if those lost to follow-up were as
    likely to have the event as those who stayed. Where something else can end a patient's time for
    good (stopping care before improving), `cumulative_incidence` answers instead.

    Parameters
    ----------
    days : ndarray, shape (n,)
        Time from the start to the event, or to the end of follow-up: one per patient, in days or
        sessions, 0 or more.
    event : ndarray, shape (n,)
        1 or True where the event was seen, 0 where follow-up ended without it.
    groups : ndarray of int, shape (n,), optional
        Group codes from 0; without them everybody is in one group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    tuple of SurvivalCurve
        One per group code, in order.

    Raises
    ------
    NotEnoughData
        When there is nobody, or a group has nobody.
    ValueError
        When a time is missing or negative, an event is neither 0 nor 1, or lengths differ.

    Notes
    -----
    With d events among n at risk at each time, ``S(t) = prod(1 - d / n)`` up to and with t [1]_,
    and its variance is ``S(t)**2 sum(d / (n (n - d)))`` (Greenwood); the limits are
    ``S(t)**exp(+-z s)`` with ``s = std_error / (S log S)``. On one day events come before the ends
    of follow-up. The median is the first time with S at most a half, or the middle of the stretch
    where S is a half; its limits are where the limits of S fall to a half [2]_.

    References
    ----------
    .. [1] Kaplan EL, Meier P (1958). Nonparametric estimation from incomplete observations.
       Journal of the American Statistical Association 53(282), 457-481.
    .. [2] Brookmeyer R, Crowley J (1982). A confidence interval for the median survival time.
       Biometrics 38(1), 29-41.

    Examples
    --------
    >>> (curve,) = kaplan_meier([2, 3, 3, 5, 8], [1, 1, 0, 1, 0])
    >>> curve.times, curve.survival
    (array([2, 3, 5, 8]), array([0.8, 0.6, 0.3, 0.3]))
    >>> curve.std_error.round(4), curve.median
    (array([0.1789, 0.2191, 0.2387, 0.2387]), 5.0)
    """
    checked_inside(level, "level")
    counts = event_counts(days, event, groups)
    if (n_causes := len(counts[0].n_events)) > 1:
        raise ValueError(
            f"event must be 0 or 1; it reaches {n_causes}. "
            "For several causes use cumulative_incidence."
        )
    return tuple(_curve(group, level) for group in counts)


def survival_with_error(n_at_risk: np.ndarray, n_events: np.ndarray) -> tuple[np.ndarray, ...]:
    """Share without the event after each time, and Greenwood's standard error of it.

    Parameters
    ----------
    n_at_risk, n_events : ndarray of int, shape (t,)

    Examples
    --------
    >>> survival_with_error(np.array([4, 2]), np.array([1, 2]))
    (array([0.75, 0.  ]), array([0.21650635, 0.        ]))
    """
    left = n_at_risk - n_events
    survival = np.cumprod(left / n_at_risk)
    # Where nobody is left the share is 0, and the formula's limit is 0.
    relative = np.cumsum(n_events / (n_at_risk * np.maximum(left, 1)))
    return survival, survival * np.sqrt(relative)


def log_log_limits(
    share: np.ndarray, std_error: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Limits of shares that stay inside 0 to 1; missing (NaN) where a share is 0 or 1.

    Parameters
    ----------
    share, std_error : ndarray, any shape
    level : float

    Examples
    --------
    >>> low, high = log_log_limits(np.array([0.5, 1.0]), np.array([0.1, 0.0]), 0.95)
    >>> low.round(3), high.round(3)
    (array([0.295,   nan]), array([0.675,   nan]))
    """
    inside = np.where((share > 0) & (share < 1), share, np.nan)
    reach = ndtri((1 + level) / 2) * std_error / (inside * np.log(inside))
    return inside ** np.exp(-reach), inside ** np.exp(reach)


def _curve(counts: EventCounts, level: float) -> SurvivalCurve:
    """The curve of one group from its counts."""
    times, n_events = counts.times, counts.n_events[0]
    survival, std_error = survival_with_error(counts.n_at_risk, n_events)
    low, high = log_log_limits(survival, std_error, level)
    return SurvivalCurve(
        times=times,
        n_at_risk=counts.n_at_risk,
        n_events=n_events,
        n_censored=counts.n_censored,
        survival=survival,
        std_error=std_error,
        conf_low=low,
        conf_high=high,
        median=_half_time(times, survival),
        median_low=_half_time(times, low),
        median_high=_half_time(times, high),
        level=level,
    )


def _half_time(times: np.ndarray, curve: np.ndarray) -> float:
    """First time at which a falling curve is at most a half, or the middle of its stretch there."""
    reached = np.flatnonzero(curve < 0.5 + _NEAR)
    if not len(reached):
        return float("nan")
    first = reached[0]
    below = np.flatnonzero(curve < 0.5 - _NEAR)
    if curve[first] > 0.5 - _NEAR and len(below):
        return float((times[first] + times[below[0]]) / 2)
    return float(times[first])
