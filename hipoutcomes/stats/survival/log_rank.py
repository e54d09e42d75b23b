"""Whether groups differ in when their events come."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.survival.event_counts import EventCounts, event_counts


@dataclass(frozen=True, slots=True, eq=False)
class LogRank:
    """A test that the events of k groups come at the same rate.

    Attributes
    ----------
    statistic : float
        Chi-squared statistic.
    df : int
        Groups at risk when an event came, minus one.
    p_value : float
    observed, expected : ndarray, shape (k,)
        Events of each group, and those it would have had at the rate of all groups together.
    """

    statistic: float
    df: int
    p_value: float
    observed: np.ndarray
    expected: np.ndarray


def log_rank(days: np.ndarray, event: np.ndarray, groups: np.ndarray) -> LogRank:
    """Test whether events come at the same rate in all groups, over the whole of follow-up.

    The estimand: whether, among patients still without the event, it comes at the same rate in all
    groups at every time; what ends follow-up is taken to have nothing to do with the event.

    Parameters
    ----------
    days : ndarray, shape (n,)
        Time from the start to the event, or to the end of follow-up: one per patient, in days or
        sessions, 0 or more.
    event : ndarray, shape (n,)
        1 or True where the event was seen, 0 where follow-up ended without it.
    groups : ndarray of int, shape (n,)
        Group codes from 0; two groups or more.

    Raises
    ------
    NotEnoughData
        When there are fewer than two groups, a group has nobody, there is no event, only one group
        was at risk when events came, or everybody still there had the event at once.
    ValueError
        When a time is missing or negative, an event is neither 0 nor 1, or lengths differ.

    Notes
    -----
    With d events among n at risk at each time, and n_g of them in group g, the expected events
    are ``E_g = sum(d n_g / n)`` and the covariance of the observed ones
    ``sum(d (n - d) / (n - 1) (n_g / n) ([g = h] - n_h / n))`` [1]_. The statistic is the quadratic
    form of observed minus expected in the inverse of all groups but one. The test sees best a
    difference that keeps its direction; curves that cross may escape it.

    References
    ----------
    .. [1] Mantel N (1966). Evaluation of survival data and two new rank order statistics arising
       in its consideration. Cancer Chemotherapy Reports 50(3), 163-170.

    Examples
    --------
    >>> test = log_rank([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1])
    >>> round(test.statistic, 3), test.df, round(test.p_value, 3), test.expected.round(2)
    (5.052, 1, 0.025, array([1.15, 3.85]))
    """
    counts = event_counts(days, event, groups)
    if (n_causes := len(counts[0].n_events)) > 1:
        raise ValueError(f"event must be 0 or 1; it reaches {n_causes}.")
    if len(counts) < 2:
        raise NotEnoughData("A log-rank test needs 2 groups or more; there is 1.")
    n_at_risk, d = _at_events(counts)
    observed = np.array([group.n_events.sum() for group in counts])
    if not observed.any():
        raise NotEnoughData("A log-rank test needs an event; nobody had one.")
    n = n_at_risk.sum(axis=0)
    share = n_at_risk / n
    expected = share @ d
    spread = share * (d * (n - d) / np.maximum(n - 1, 1))
    covariance = np.diag(spread.sum(axis=1)) - spread @ share.T
    statistic, df = _quadratic(observed - expected, covariance, expected > 0)
    return LogRank(statistic, df, float(chdtrc(df, statistic)), observed, expected)


def _at_events(counts: tuple[EventCounts, ...]) -> tuple[np.ndarray, np.ndarray]:
    """At each time of an event, patients at risk in each group and events in all."""
    own = [group.times[group.n_events[0] > 0] for group in counts]
    # A stable sort merges runs that are already in order.
    times = np.sort(np.concatenate(own), kind="stable")
    times = times[np.append(True, times[1:] != times[:-1])[: len(times)]]
    n_at_risk = np.zeros((len(counts), len(times)))
    n_events = np.zeros(len(times))
    for row, group, at in zip(n_at_risk, counts, own, strict=True):
        n_events[np.searchsorted(times, at)] += group.n_events[0][group.n_events[0] > 0]
        row[:] = np.append(group.n_at_risk, 0)[np.searchsorted(group.times, times)]
    return n_at_risk, n_events


def _quadratic(gap: np.ndarray, covariance: np.ndarray, there: np.ndarray) -> tuple[float, int]:
    """Statistic and degrees of freedom over the groups that were at risk at an event, but one."""
    kept = np.flatnonzero(there)[1:]
    part = covariance[np.ix_(kept, kept)]
    if not len(kept):
        raise NotEnoughData(
            "A log-rank test needs 2 groups at risk when an event comes; there is only 1."
        )
    if not part.any():
        raise NotEnoughData(
            "A log-rank test needs events at different times; all who were there had it at once."
        )
    return float(gap[kept] @ np.linalg.solve(part, gap[kept])), len(kept)
