"""Sessions until a change that two scores in a row confirm, with stopping as the other end."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hipoutcomes.analyses.dosing.visits import Visits
from hipoutcomes.analyses.shares.responder_words import threshold_in_words
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.remeasuring.confirmed_change import confirmed_change
from hipoutcomes.stats.remeasuring.remeasuring import RELIABILITIES, SHARES_ENTERING
from hipoutcomes.stats.survival.competing import cumulative_incidence
from hipoutcomes.vocabulary.thresholds import Threshold

CONFIRMED, STOPPED = 1, 2

#: Two scores that differ by less than this are one score: float noise, below any step.
_NOISE = 1e-9

#: Visit of the second of the two later scores that a confirmed change needs, at the earliest.
_EARLIEST = 3


@dataclass(frozen=True, eq=False)
class Followed:
    """Patients followed over visits until a confirmed change, or until they stopped.

    Attributes
    ----------
    first : ndarray, shape (n,)
        First score, of patients with one.
    has_room : ndarray of bool, shape (n,)
        The first score left room for the change.
    end : ndarray of int, shape (n,)
        Visit at which the patient was last seen.
    is_over : ndarray of bool, shape (n,)
        The course ended there, as far as the records show.
    confirmed_at : ndarray of int, shape (n,)
        Visit of the second good score in a row; 0 for none.
    n_scored : ndarray of int, shape (n, visits + 1)
        Later scores up to each visit, from visit 0.
    """

    first: np.ndarray
    has_room: np.ndarray
    end: np.ndarray
    is_over: np.ndarray
    confirmed_at: np.ndarray
    n_scored: np.ndarray


def confirmed_quantity(threshold: Threshold) -> str:
    """What the share is of."""
    return f"share better by {threshold_in_words(threshold)} at two visits in a row"


def sessions_until_better(visits: Visits, threshold: Threshold, level: float) -> pd.DataFrame:
    """Share with a confirmed change by each visit, and what scores that only vary would give.

    Notes
    -----
    The estimand: of patients whose first score left room for the change, the share who by visit k
    had two scored visits in a row better than their first by the threshold, where stopping without
    it ends the course (Aalen-Johansen over visits; patients still coming when the records end are
    followed until then). Beside it the same share where nothing changes but what varies from day
    to day, for the same first scores, scored visits and ends.
    """
    found = _followed(visits, threshold)
    n, n_visits = int(found.has_room.sum()), len(visits.n_came)
    numbers = np.arange(_EARLIEST, max(n_visits, _EARLIEST) + 1)
    table = pd.DataFrame({"session_number": numbers, "group": [f"visit {k}" for k in numbers]})
    table = table.assign(
        quantity=confirmed_quantity(threshold),
        unit="share",
        threshold=threshold.value,
        operator=threshold.operator,
        level=level,
        n_patients=n,
        n_ineligible=int((~found.has_room).sum()),
    )
    names = ["estimate", "conf_low", "conf_high", "expected_low", "expected_high", "share_stopped"]
    if reason := visits.minimums.too_few(n):
        return table.assign(**dict.fromkeys(names, np.nan), n_still_coming=0, reason=reason)
    numbers_at = _incidence(found, numbers, level)
    low, high = _by_noise(visits, found, threshold, numbers)
    table = table.assign(**numbers_at, expected_low=low, expected_high=high)
    few = table["n_still_coming"] < visits.minimums.estimate
    table[names] = table[names].mask(few)
    return table.assign(
        reason=[
            f"only {int(k)} still coming without it; an estimate needs {visits.minimums.estimate}"
            if is_few
            else ""
            for k, is_few in zip(table["n_still_coming"], few, strict=True)
        ]
    )


def _followed(visits: Visits, threshold: Threshold) -> Followed:
    """Follow each patient with a first score over the visits."""
    rows, n_visits = visits.scores, len(visits.n_came)
    start = rows[rows["session_number"] == 1]
    place = start["place"].to_numpy()
    wide = np.full((len(visits.episodes), n_visits + 1), np.nan)
    wide[rows["place"], rows["session_number"]] = rows["good"]
    wide = wide[place]
    first = start["score"].to_numpy(float)
    size = np.full(len(first), threshold.value)
    if threshold.unit == "percent":
        size = threshold.value / 100 * np.abs(first)
    measure = visits.measure
    best = max(measure.sign * measure.lowest, measure.sign * measure.highest)
    gain = wide - wide[:, [1]]
    room = (best - measure.sign * first)[:, None]
    n_sessions = visits.n_sessions[place]
    return Followed(
        first=first,
        has_room=_reaches(room, size, threshold)[:, 0],
        end=np.minimum(n_sessions, n_visits),
        is_over=visits.is_over[place] & (n_sessions <= n_visits),
        confirmed_at=_first_confirmed(gain, _reaches(gain, size, threshold)),
        n_scored=np.cumsum(~np.isnan(wide) & (np.arange(n_visits + 1) > 1), axis=1),
    )


def _reaches(change: np.ndarray, size: np.ndarray, threshold: Threshold) -> np.ndarray:
    """Whether changes, shape (n, any), meet the threshold of each patient."""
    size = size[:, None]
    with np.errstate(invalid="ignore"):
        exceeded = change > size + _NOISE
        met = exceeded if threshold.operator == ">" else change >= size - _NOISE
    return met & (size > 0)


def _first_confirmed(gain: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Visit of the second good score in a row; visits without a score are passed over."""
    found, was_good = np.zeros(len(gain), np.int64), np.zeros(len(gain), bool)
    for visit in range(2, gain.shape[1]):
        scored = ~np.isnan(gain[:, visit])
        found = np.where((found == 0) & was_good & good[:, visit], visit, found)
        was_good = np.where(scored, good[:, visit], was_good)
    return found


def _incidence(found: Followed, numbers: np.ndarray, level: float) -> dict[str, np.ndarray]:
    """Shares confirmed and stopped by each visit, with how many were still at risk of either."""
    room = found.has_room
    confirmed, end = found.confirmed_at[room], found.end[room]
    time = np.where(confirmed > 0, confirmed, end)
    cause = np.where(confirmed > 0, CONFIRMED, np.where(found.is_over[room], STOPPED, 0))
    # One patient more, last seen at time 0, gives every visit a time before it and changes nothing.
    (curves,) = cumulative_incidence(np.append(time, 0), np.append(cause, 0), level=level)
    at = np.searchsorted(curves.times, numbers, side="right") - 1

    def of(values: np.ndarray, cause: int) -> np.ndarray:
        """One cause's curve at the visits; none where it never happened."""
        return values[cause - 1][at] if len(values) >= cause else np.zeros(len(numbers))

    return {
        "estimate": of(curves.incidence, CONFIRMED),
        "conf_low": of(curves.conf_low, CONFIRMED),
        "conf_high": of(curves.conf_high, CONFIRMED),
        "share_stopped": of(curves.incidence, STOPPED),
        "n_still_coming": (time[:, None] >= numbers).sum(axis=0),
    }


def _by_noise(
    visits: Visits, found: Followed, threshold: Threshold, numbers: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest share that scores without any real change would give by each visit."""
    nothing = (np.full(len(numbers), np.nan),) * 2
    measure = visits.measure
    if threshold.unit == "percent":
        return nothing
    curves = []
    for share, reliability in [(s, r) for s in SHARES_ENTERING for r in RELIABILITIES]:
        try:
            alone = confirmed_change(
                found.first,
                int(found.n_scored[:, -1].max()),
                threshold=threshold.value,
                operator=threshold.operator,
                sign=measure.sign,
                lowest=measure.lowest,
                highest=measure.highest,
                step=measure.step,
                reliabilities=(reliability,),
                shares_entering=(share,),
            )
        except NotEnoughData:
            return nothing
        curve = _expected_incidence(found, alone.chance[0])
        curves.append(curve[numbers.clip(max=len(curve) - 1)])
    return np.min(curves, axis=0), np.max(curves, axis=0)


def _expected_incidence(found: Followed, chance: np.ndarray) -> np.ndarray:
    """Aalen-Johansen from expected counts: chances of each patient, with their own visits and end.

    `chance` has the chance of each patient, row by row, after 0, 1, ... later scores.
    """
    room = found.has_room
    by_visit = np.take_along_axis(chance[room], found.n_scored[room], axis=1)
    end, is_over = found.end[room], found.is_over[room]
    incidence, event_free = np.zeros(by_visit.shape[1]), 1.0
    for visit in range(1, by_visit.shape[1]):
        here = end >= visit
        without = 1 - by_visit[:, visit - 1]
        at_risk = without[here].sum()
        new = (by_visit[here, visit] - by_visit[here, visit - 1]).sum()
        stopping = (1 - by_visit[(end == visit) & is_over, visit]).sum()
        if at_risk > 0:
            incidence[visit] = incidence[visit - 1] + event_free * new / at_risk
            event_free *= 1 - (new + stopping) / at_risk
        else:
            incidence[visit] = incidence[visit - 1]
    return incidence
