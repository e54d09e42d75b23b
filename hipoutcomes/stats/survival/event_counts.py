"""Who left follow-up when, and why: the counts that every estimate of time to an event rests on."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_groups, checked_values

#: Whole times are counted on a grid of days while it has at most so many cells, or as many as
#: there are patients; beyond that they are sorted.
_GRID = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class EventCounts:
    """Patients of one group at risk, with events and leaving, at each of t times.

    Attributes
    ----------
    times : ndarray, shape (t,)
        Times at which anybody in the group left follow-up, ascending.
    n_at_risk : ndarray of int, shape (t,)
        Patients followed until at least this time.
    n_events : ndarray of int, shape (j, t)
        Events of each of j causes at this time.
    n_censored : ndarray of int, shape (t,)
        Patients whose follow-up ended at this time without an event.
    """

    times: np.ndarray
    n_at_risk: np.ndarray
    n_events: np.ndarray
    n_censored: np.ndarray


def event_counts(
    days: np.ndarray, cause: np.ndarray, groups: np.ndarray | None = None
) -> tuple[EventCounts, ...]:
    """Count who left follow-up at each time, by group and cause.

    At one time, events come before the ends of follow-up: who is censored on a day was at risk on
    that day.

    Parameters
    ----------
    days : ndarray, shape (n,)
        Time from the start to the event, or to the end of follow-up: one per patient, in days or
        sessions, 0 or more.
    cause : ndarray, shape (n,)
        0 where follow-up ended without an event; causes are coded from 1. True and False will do.
    groups : ndarray of int, shape (n,), optional
        Group codes from 0; without them everybody is in one group.

    Returns
    -------
    tuple of EventCounts
        One per group code, in order; all with the same causes, seen in the group or not.

    Raises
    ------
    NotEnoughData
        When there is nobody, or a group has nobody.
    ValueError
        When a time is missing or negative, a cause is not a whole number from 0, or lengths differ.

    Notes
    -----
    Whole times take one pass of counting; other times are sorted.

    Examples
    --------
    >>> (counts,) = event_counts([2, 3, 3, 5], [1, 0, 1, 0])
    >>> counts.times, counts.n_at_risk, counts.n_events, counts.n_censored
    (array([2, 3, 5]), array([4, 3, 1]), array([[1, 1, 0]]), array([0, 1, 1]))
    """
    days = _checked_times(days)
    cause, n_causes = _checked_cause(cause, len(days))
    groups, n_groups = (None, 1) if groups is None else checked_groups(groups, len(days))
    length = int(days.max()) + 1
    on_a_grid = days.dtype.kind in "iu" and length * n_groups <= max(_GRID, len(days))
    tallied = _tallied_on_a_grid if on_a_grid else _tallied_by_sorting
    found = tallied(days, cause, n_causes, groups, n_groups)
    if empty := [str(group) for group, (times, _) in enumerate(found) if not len(times)]:
        raise NotEnoughData(f"Nobody was followed in group {', '.join(empty)}.")
    return tuple(_counted(times, tally) for times, tally in found)


def _tallied_on_a_grid(days, cause, n_causes: int, groups, n_groups: int) -> list[tuple]:
    """Times of each group and how many left then, by cause from 0, by one count of cells."""
    shape = (n_groups, int(days.max()) + 1, n_causes + 1)
    cell = days.astype(np.intp) * shape[2]
    cell += cause
    if groups is not None:
        cell += groups * (shape[1] * shape[2])
    tally = np.bincount(cell, minlength=shape[0] * shape[1] * shape[2]).reshape(shape)
    seen = [np.flatnonzero(part.any(axis=1)) for part in tally]
    return [(times, part[times].T) for times, part in zip(seen, tally, strict=True)]


def _tallied_by_sorting(days, cause, n_causes: int, groups, n_groups: int) -> list[tuple]:
    """Times of each group and how many left then, by cause from 0, for times of any kind."""
    order = np.argsort(days)
    days, cause = days[order], cause[order]
    groups = np.zeros(len(days), dtype=np.intp) if groups is None else groups[order]
    found = []
    for group in range(n_groups):
        members = np.flatnonzero(groups == group)
        times, causes = days[members], cause[members]
        first = np.flatnonzero(np.append(True, times[1:] != times[:-1])[: len(times)])
        place = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(times))))
        tally = np.bincount(
            causes * len(first) + place, minlength=(n_causes + 1) * len(first)
        ).reshape(n_causes + 1, len(first))
        found.append((times[first], tally))
    return found


def _counted(times: np.ndarray, tally: np.ndarray) -> EventCounts:
    """Counts of one group, from how many left at each time by cause from 0."""
    leaving = tally.sum(axis=0)
    return EventCounts(times, np.cumsum(leaving[::-1])[::-1], tally[1:], tally[0])


def _checked_times(days: np.ndarray) -> np.ndarray:
    """Times of somebody, none missing or negative; as whole numbers where all of them are."""
    days = np.asarray(days)
    if days.ndim != 1 or days.dtype.kind not in "iu":
        days = checked_values(days, "days")
    if not len(days):
        raise NotEnoughData("Nobody was followed: there are no times.")
    if (earliest := days.min()) < 0:
        raise ValueError(
            f"days holds {int((days < 0).sum())} negative times of {len(days)}, "
            f"the earliest {earliest:g}; time runs from 0, the start of each patient."
        )
    if days.dtype.kind == "f" and days.max() < 2**53:
        whole = days.astype(np.int64)
        return whole if np.array_equal(whole, days) else days
    return days


def _checked_cause(cause: np.ndarray, n: int) -> tuple[np.ndarray, int]:
    """Codes of causes from 0, one per time, and the highest of them, at least 1."""
    cause = np.asarray(cause)
    if cause.dtype.kind not in "biu":
        values = checked_values(cause, "the events")
        cause = values.astype(np.int64)
        if not np.array_equal(cause, values):
            raise ValueError("Events must be coded 0 for none and from 1 by cause.")
    codes, n_codes = checked_groups(cause.astype(np.intp), n, name="events")
    return codes, max(n_codes - 1, 1)
