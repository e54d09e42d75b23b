"""Sessions: visits with treatment, in the order of each patient's days."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from hipoutcomes.tables.records import NO_DAY, ScoreField
from hipoutcomes.tables.table import Table
from hipoutcomes.vocabulary.columns import SESSIONS


class Sessions(Table):
    """One row per visit with treatment; `session_id` follows patient, day and place in the day."""

    columns = SESSIONS
    key = ("session_id",)


def order_of_rows(
    rows: pd.DataFrame, scores: Mapping[ScoreField, np.ndarray] = MappingProxyType({})
) -> np.ndarray:
    """Row numbers by patient, then day, then content where a patient has one day twice.

    Parameters
    ----------
    rows : DataFrame
        `Records.rows`.
    scores : mapping of ScoreField to ndarray
        `Records.scores`.

    Returns
    -------
    ndarray of int64, shape (n,)
        The same for any order of the rows in the file, so that shuffling changes no number.
    """
    day = rows["day"].to_numpy(np.int64)
    key = rows["patient_id"].to_numpy(np.int64) << 32
    key += day - (day.min() if len(day) else 0)
    order = np.argsort(key)
    in_order = key[order]
    same = np.flatnonzero(in_order[1:] == in_order[:-1])
    if len(same) == 0:
        return order
    places = np.union1d(same, same + 1)
    tied = order[places]
    names = sorted(set(rows.columns) - {"row", "patient_id", "day", "start"})
    content = [_rank(rows[name].iloc[tied]) for name in names]
    content += [scores[f][tied] for f in sorted(scores, key=str)]
    if "start" in rows:  # the time of day goes before any other content
        content.append(rows["start"].to_numpy(float)[tied])
    order[places] = tied[np.lexsort([*content, in_order[places]])]
    return order


def _rank(column: pd.Series) -> np.ndarray:
    """Numbers that sort as a column's content does, whatever order its categories are in."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return pd.factorize(column, sort=True)[0]
    categories = column.cat.categories.astype(str)
    rank = np.argsort(np.argsort(categories.to_numpy(str)))
    return np.append(rank, -1)[column.cat.codes.to_numpy()]


def sessions_from(rows: pd.DataFrame) -> Sessions:
    """Number the visits among ordered rows.

    Parameters
    ----------
    rows : DataFrame
        `Records.rows` in the order of `order_of_rows`.
    """
    visits = rows[rows["is_visit"].to_numpy()]
    patient = visits["patient_id"].to_numpy()
    place = np.arange(len(visits))
    first = np.r_[True, patient[1:] != patient[:-1]] if len(visits) else np.zeros(0, bool)
    seq = place - np.maximum.accumulate(np.where(first, place, 0)) + 1
    numbered = visits.assign(
        session_id=(place + 1).astype(np.int32),
        seq=seq.astype(np.int32),
    )
    return Sessions(numbered, key_is_checked=True)


def days_covered(rows: pd.DataFrame, is_visit: np.ndarray) -> tuple[int, int]:
    """First day with a visit and last day with any row; no day where the file has no dates."""
    day = rows["day"].to_numpy()
    if not (day != NO_DAY).any():
        return NO_DAY, NO_DAY
    visits = day[is_visit & (day != NO_DAY)]
    return int(visits.min() if len(visits) else day[day != NO_DAY].min()), int(day.max())
