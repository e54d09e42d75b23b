"""Rows of several sources become one row per visit: appointments, and the scores beside them."""

from dataclasses import dataclass, field, replace

import numpy as np

from hipoutcomes.tables.between import between_visits
from hipoutcomes.tables.joining.merge import merge_rows, records_at
from hipoutcomes.tables.joining.pairs import Told, find_pairs
from hipoutcomes.tables.records import Records


@dataclass(frozen=True, eq=False)
class Joined:
    """Records with one row per visit, and what became of the rows they were made from.

    Attributes
    ----------
    records : Records
    kept : ndarray of int, shape (n,)
        The row each row of `records` stood in before.
    joined : ndarray of int
        Rows that went into another row.
    told : tuple of Told
        What the owner should know, by rows as they were before.
    none_fits : bool
        Whether there are appointments and scores of the same days, and not one pair.
    """

    records: Records
    kept: np.ndarray
    joined: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    told: tuple[Told, ...] = ()
    none_fits: bool = False


def join_visits(records: Records, source: np.ndarray) -> Joined:
    """Join visits that several sources tell of; the order of sources and rows changes nothing.

    A source with visits and without a single score is a list of appointments. A row with scores
    belongs to the appointment with its visit number; else to the one of the same client and day,
    and time where there are several. A visit of a day that the appointments cover, and that they
    do not have, becomes scores between visits. One day apart is no match, only a hint. Of two
    different scores for one moment neither is used.

    Parameters
    ----------
    records : Records
        One row per visit or score between visits.
    source : ndarray of int, shape (n,)
        Where each row came from, numbered from 0.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from hipoutcomes.tables.records import Records, ScoreField
    >>> rows = pd.DataFrame({"patient_id": [1, 1, 1], "day": [20_000, 20_007, 20_000],
    ...     "is_visit": True, "technique": pd.Categorical([None] * 3)})
    >>> treatments = pd.DataFrame({"record": [0], "technique": pd.Categorical(["swedish"]),
    ...     "minutes": [60.0]})
    >>> pain = {ScoreField("pain"): np.array([np.nan, np.nan, 6.0])}
    >>> joined = join_visits(Records(rows, pain, treatments, np.array(["A1"])), np.array([0, 0, 1]))
    >>> joined.records.scores[ScoreField("pain")].tolist(), joined.kept.tolist()
    ([6.0, nan], [0, 1])
    """
    whole = np.arange(len(records.rows))
    if records.shape != "sessions" or len(np.unique(source)) < 2:
        return Joined(records, whole)
    is_plan = plans(records, source)
    pairs = find_pairs(records.rows, source, is_plan[source])
    joined = np.flatnonzero(pairs.head != whole)
    told = list(pairs.told)
    if len(joined):
        records, differing = merge_rows(records, pairs.head, is_plan[source])
        told += differing
    if pairs.moved.any():
        is_visit = records.rows["is_visit"].to_numpy() & ~pairs.moved
        records = replace(
            records,
            rows=records.rows.assign(is_visit=is_visit),
            scores=between_visits(records.scores, is_visit),
        )
    kept = np.flatnonzero(pairs.head == whole)
    if len(joined):
        records = records_at(records, kept)
    return Joined(records, kept, joined, tuple(told), pairs.none_fits)


def plans(records: Records, source: np.ndarray) -> np.ndarray:
    """Which sources are lists of appointments: visits, and not a single score.

    Returns
    -------
    ndarray of bool, shape (number of sources,)
    """
    n = int(source.max()) + 1
    scored = np.zeros(len(source), bool)
    for values in records.scores.values():
        scored |= ~np.isnan(values)
    has_scores = np.bincount(source[scored], minlength=n) > 0
    visits = records.rows["is_visit"].to_numpy()
    return (np.bincount(source[visits], minlength=n) > 0) & ~has_scores
