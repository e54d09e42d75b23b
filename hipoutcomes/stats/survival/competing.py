"""Shares of patients who had each of several events over time, when one of them ends the others."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.stats.inputs import checked_inside
from hipoutcomes.stats.survival.event_counts import EventCounts, event_counts
from hipoutcomes.stats.survival.kaplan_meier import log_log_limits, survival_with_error


@dataclass(frozen=True, slots=True, eq=False)
class IncidenceCurves:
    """The shares of one group that had each of j events, at each time when somebody left.

    Attributes
    ----------
    times : ndarray, shape (t,)
        Times when anybody in the group had an event or was last seen, ascending.
    n_at_risk, n_censored : ndarray of int, shape (t,)
        Patients followed until at least this time; those last seen then without an event.
    n_events : ndarray of int, shape (j, t)
        Patients with each event at this time.
    event_free : ndarray, shape (t,)
        Share without any of the events just after this time; with `incidence` it adds up to 1.
    event_free_std_error : ndarray, shape (t,)
        Greenwood's standard error of it.
    incidence : ndarray, shape (j, t)
        Share that had this event, and had it first, by this time.
    std_error : ndarray, shape (j, t)
    conf_low, conf_high : ndarray, shape (j, t)
        Limits on the log-log scale; missing (NaN) where the share is 0 or 1.
    level : float
    """

    times: np.ndarray
    n_at_risk: np.ndarray
    n_censored: np.ndarray
    n_events: np.ndarray
    event_free: np.ndarray
    event_free_std_error: np.ndarray
    incidence: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    level: float


def cumulative_incidence(
    days: np.ndarray, cause: np.ndarray, groups: np.ndarray | None = None, *, level: float = 0.95
) -> tuple[IncidenceCurves, ...]:
    """Share of each group that had each event first, over time, by Aalen and Johansen.

    The estimand is the share of patients like these in whom this event, and none of the others
    before it, would have come so long after their start, had none been lost to follow-up: such as
    the share who improve, where stopping care without having improved is the other end. One minus
    a Kaplan-Meier curve that counts the other events as censored is larger than that: it answers
    for patients who cannot have the other events.

    Parameters
    ----------
    days : ndarray, shape (n,)
        Time from the start to the first event, or to the end of follow-up: one per patient, in days
        or sessions, 0 or more.
    cause : ndarray of int, shape (n,)
        0 where follow-up ended without an event; the events are coded from 1.
    groups : ndarray of int, shape (n,), optional
        Group codes from 0; without them everybody is in one group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    tuple of IncidenceCurves
        One per group code, in order; all have the same events, seen in the group or not.

    Raises
    ------
    NotEnoughData
        When there is nobody, or a group has nobody.
    ValueError
        When a time is missing or negative, a cause is not a whole number from 0, or lengths differ.

    Notes
    -----
    With d_j events of cause j among n at risk, ``F_j(t) = sum(S(s-) d_j / n)`` over times s up to
    t, S the share free of all events [1]_. The variance lets the increments at each time be
    multinomial: ``sum(u**2 p_j (1 - p_j) - 2 u D p_j + D**2 p / (1 - p)) / n`` with
    ``u = S(s-)``, ``p_j = d_j / n``, p their sum and ``D = F_j(t) - F_j(s)`` [2]_; with one cause
    it is Greenwood's. The limits of a share F are ``F**exp(+-z s)``, ``s = std_error / (F log F)``.
    On one day events come before the ends of follow-up.

    References
    ----------
    .. [1] Aalen OO, Johansen S (1978). An empirical transition matrix for non-homogeneous Markov
       chains based on censored observations. Scandinavian Journal of Statistics 5(3), 141-150.
    .. [2] Andersen PK, Borgan O, Gill RD, Keiding N (1993). Statistical Models Based on Counting
       Processes, section IV.4.4. Springer.

    Examples
    --------
    >>> (curves,) = cumulative_incidence([2, 3, 3, 5, 8], [1, 2, 0, 1, 2])
    >>> curves.incidence.round(6)
    array([[0.2, 0.2, 0.5, 0.5],
           [0. , 0.2, 0.2, 0.5]])
    >>> curves.event_free.round(6)
    array([0.8, 0.6, 0.3, 0. ])
    """
    checked_inside(level, "level")
    return tuple(_curves(group, level) for group in event_counts(days, cause, groups))


def _curves(counts: EventCounts, level: float) -> IncidenceCurves:
    """The curves of one group from its counts."""
    n_at_risk, n_events = counts.n_at_risk, counts.n_events
    of_any_cause = n_events.sum(axis=0)
    event_free, event_free_error = survival_with_error(n_at_risk, of_any_cause)
    before = np.append(1.0, event_free[:-1])
    incidence = np.cumsum(before * n_events / n_at_risk, axis=1)
    std_error = np.array(
        [
            _std_error(share, before, events / n_at_risk, of_any_cause, n_at_risk)
            for share, events in zip(incidence, n_events, strict=True)
        ]
    )
    low, high = log_log_limits(incidence, std_error, level)
    return IncidenceCurves(
        times=counts.times,
        n_at_risk=n_at_risk,
        n_censored=counts.n_censored,
        n_events=n_events,
        event_free=event_free,
        event_free_std_error=event_free_error,
        incidence=incidence,
        std_error=std_error,
        conf_low=low,
        conf_high=high,
        level=level,
    )


def _std_error(
    share: np.ndarray,
    before: np.ndarray,
    hazard: np.ndarray,
    n_events: np.ndarray,
    n_at_risk: np.ndarray,
) -> np.ndarray:
    """Standard error of one incidence at each time, from sums over the times before it."""
    own = before**2 * hazard * (1 - hazard) / n_at_risk
    shared = before * hazard / n_at_risk
    # Where everybody left has an event nothing can come later, and the term is nothing.
    left = np.maximum(n_at_risk - n_events, 1)
    later = n_events / (left * n_at_risk)
    variance = (
        np.cumsum(own)
        - 2 * (share * np.cumsum(shared) - np.cumsum(shared * share))
        + share**2 * np.cumsum(later)
        - 2 * share * np.cumsum(later * share)
        + np.cumsum(later * share**2)
    )
    return np.sqrt(np.maximum(variance, 0.0))
