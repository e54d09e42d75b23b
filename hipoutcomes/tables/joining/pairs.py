"""Which rows of several sources are one visit."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class Told:
    """Something to tell the owner about some rows.

    Attributes
    ----------
    code : str
        As in the list of reasons.
    rows : ndarray of int
    note : str
        What is particular to these rows.
    """

    code: str
    rows: np.ndarray
    note: str = ""


@dataclass(eq=False)
class Pairs:
    """Which rows are one visit.

    Attributes
    ----------
    head : ndarray of int, shape (n,)
        The row that each row is part of: itself, or an appointment.
    moved : ndarray of bool, shape (n,)
        Rows that are no visits of their own, since the appointments of their day lack them.
    told : list of Told
    none_fits : bool
        Whether rows with scores could have fitted an appointment, and none did.
    """

    head: np.ndarray
    moved: np.ndarray
    told: list[Told] = field(default_factory=list)
    none_fits: bool = False


def find_pairs(rows: pd.DataFrame, source: np.ndarray, planned: np.ndarray) -> Pairs:
    """Find the appointment of each visit that another source tells of.

    Parameters
    ----------
    rows : DataFrame, n rows
        `Records.rows`.
    source : ndarray of int, shape (n,)
    planned : ndarray of bool, shape (n,)
        Rows of lists of appointments.
    """
    pairs = Pairs(np.arange(len(rows)), np.zeros(len(rows), bool))
    visits = rows["is_visit"].to_numpy()
    contradicted = np.zeros(len(rows), bool)
    if "visit_id" in rows:
        contradicted = _by_number(pairs, rows, source, planned, visits)
    appointments = np.flatnonzero(planned & visits & (pairs.head == np.arange(len(rows))))
    if len(appointments) == 0:
        return pairs
    written = visits & ~planned & (pairs.head == np.arange(len(rows)))
    days = rows["day"].to_numpy()[appointments]
    day = rows["day"].to_numpy()
    covered = (day >= days.min()) & (day <= days.max())
    for one in np.unique(source[written]):
        ours = np.flatnonzero(written & (source == one) & ~contradicted)
        # A row that was joined by its number went where that other row went.
        taken = pairs.head[pairs.head][(source == one) & ~planned]
        _by_day(pairs, rows, ours, np.setdiff1d(appointments, taken), covered)
    pairs.head = pairs.head[pairs.head]
    pairs.moved |= contradicted
    n_fitting = np.count_nonzero(pairs.head[~planned & visits] != np.flatnonzero(~planned & visits))
    pairs.none_fits = bool(n_fitting == 0 and pairs.moved.any())
    return pairs


def _by_number(pairs: Pairs, rows, source, planned, visits) -> np.ndarray:
    """Join rows with one visit number and client; which rows contradict an appointment's number."""
    number = rows["visit_id"].cat.codes.to_numpy()
    at = np.flatnonzero(visits & (number >= 0))
    frame = pd.DataFrame(
        {
            "row": at,
            "number": number[at],
            "patient": rows["patient_id"].to_numpy()[at],
            "day": rows["day"].to_numpy()[at],
            "source": source[at],
            "planned": planned[at],
        }
    )
    frame = frame[frame.groupby("number")["source"].transform("nunique") > 1]
    contradicted = np.zeros(len(rows), bool)
    if frame.empty:
        return contradicted
    is_plan = frame["planned"].to_numpy()
    key = ["number", "patient"]
    together = frame.groupby(key)
    several = (together["source"].transform("nunique") > 1).to_numpy()
    one_each = (
        together["row"].transform("size") == together["source"].transform("nunique")
    ).to_numpy()
    one_day = (together["day"].transform("nunique") == 1).to_numpy()
    one_plan = (together["planned"].transform("sum") == 1).to_numpy()
    fits = several & one_each & (one_day | one_plan)
    fitting = frame[fits].sort_values([*key, "planned", "row"], ascending=[True, True, False, True])
    first = fitting.groupby(key)["row"].transform("first")
    pairs.head[fitting["row"]] = first
    has_plan = frame.groupby("number")["planned"].transform("any").to_numpy()
    written = ~is_plan & has_plan
    other_client = written & ~several
    _tell(pairs, "join-conflict", frame["row"][other_client], "the number is another client's")
    _tell(pairs, "join-ambiguous", frame["row"][written & several & ~one_each])
    other_day = fits & ~is_plan & ~one_day
    _tell(pairs, "join-conflict", frame["row"][other_day], "date; the appointment's was used")
    contradicted[frame["row"][other_client | (written & several & ~one_each)]] = True
    return contradicted


def _by_day(pairs: Pairs, rows, ours: np.ndarray, theirs: np.ndarray, covered: np.ndarray) -> None:
    """Join the rows of one source with appointments of the same client and day."""
    key = rows["patient_id"].to_numpy().astype(np.int64) << 32
    key = key + rows["day"].to_numpy()
    ours, theirs = _matched(pairs, key, ours, theirs)
    if "start" in rows and len(ours):
        at = rows["start"].to_numpy(float)
        timed = [part[~np.isnan(at[part])] for part in (ours, theirs)]
        both = pd.DataFrame({"key": key, "at": at}).groupby(["key", "at"]).ngroup().to_numpy()
        _matched(pairs, both, *timed)
        ours = ours[pairs.head[ours] == ours]
        theirs = np.setdiff1d(theirs, pairs.head[timed[0]])
        ours, theirs = _matched(pairs, key, ours, theirs)
    unclear = np.isin(key[ours], key[theirs])
    near = np.isin(key[ours] - 1, key[theirs]) | np.isin(key[ours] + 1, key[theirs])
    inside = covered[ours]
    pairs.moved[ours[unclear | inside]] = True
    _tell(pairs, "join-ambiguous", ours[unclear])
    _tell(pairs, "join-near", ours[~unclear & inside & near])
    _tell(pairs, "no-appointment", ours[~unclear & inside & ~near])
    _tell(pairs, "outside-appointments", ours[~unclear & ~inside])


def _matched(pairs: Pairs, key: np.ndarray, ours, theirs) -> tuple[np.ndarray, np.ndarray]:
    """Join rows whose key one row of each side has; the rows of both sides that are left."""
    single = [_single(key[part]) for part in (ours, theirs)]
    common, place, their_place = np.intersect1d(
        key[ours[single[0]]], key[theirs[single[1]]], assume_unique=True, return_indices=True
    )
    if len(common) == 0:
        return ours, theirs
    mine, other = ours[single[0]][place], theirs[single[1]][their_place]
    pairs.head[mine] = other
    return np.setdiff1d(ours, mine), np.setdiff1d(theirs, other)


def _single(key: np.ndarray) -> np.ndarray:
    """Whether each key occurs once."""
    return ~pd.Series(key).duplicated(keep=False).to_numpy()


def _tell(pairs: Pairs, code: str, rows, note: str = "") -> None:
    """Tell about rows, where there are any."""
    if len(rows):
        pairs.told.append(Told(code, np.sort(np.asarray(rows)), note))
