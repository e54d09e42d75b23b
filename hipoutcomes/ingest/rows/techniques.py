"""Techniques and their minutes, from one cell or from a column for each technique."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hipoutcomes.ingest.rows.column_read import ColumnRead
from hipoutcomes.vocabulary.codelists import TECHNIQUES


def treatments_of(
    cells: Sequence[tuple[ColumnRead, np.ndarray]],
    uses: Sequence[tuple[ColumnRead, np.ndarray]],
    n_rows: int,
) -> pd.DataFrame:
    """Techniques of every row, each once, with minutes where they were said.

    Parameters
    ----------
    cells : sequence of (ColumnRead, codes)
        Columns of techniques, and the code of each row's value.
    uses : sequence of (ColumnRead, codes)
        Columns of one technique's use or minutes.
    n_rows : int

    Returns
    -------
    DataFrame
        `record`, `technique` (category), `minutes`; sorted by record.
    """
    names = list(TECHNIQUES.terms)
    parts = [_unfolded(column, codes, names) for column, codes in cells]
    for column, codes in uses:
        minutes = column.numbers(codes)
        rows = np.flatnonzero(~np.isnan(minutes))
        technique = np.full(len(rows), names.index(column.plan.target.technique), np.int32)
        said = minutes[rows]
        parts.append((rows, technique, np.where(said > 0, said, np.nan)))
    if not parts:
        parts = [(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0))]
    record, technique, minutes = (np.concatenate(p) for p in zip(*parts, strict=True))
    if len(parts) > 1 or any(_repeats(column) for column, _ in cells):
        record, technique, minutes = _each_once(record, technique, minutes, len(names))
    return pd.DataFrame(
        {
            "record": record,
            "technique": pd.Categorical.from_codes(
                technique, categories=pd.Index(names, dtype="str")
            ),
            "minutes": minutes,
        }
    )


def of_whole_visit(treatments: pd.DataFrame, n_rows: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Take the minutes beside techniques for the length of the visit: "60 min Swedish + cups".

    Parameters
    ----------
    treatments : DataFrame
        As `treatments_of` gives it.
    n_rows : int

    Returns
    -------
    DataFrame
        Minutes only where a visit had one technique.
    ndarray of float, shape (n_rows,)
        Length of each visit; NaN where none was named.

    Examples
    --------
    >>> treatments = pd.DataFrame({"record": [0, 0, 1, 2], "minutes": [60, np.nan, 45, np.nan]})
    >>> alone, length = of_whole_visit(treatments, 3)
    >>> alone["minutes"].tolist(), length.tolist()
    ([nan, nan, 45.0, nan], [60.0, 45.0, nan])
    """
    record, minutes = treatments["record"].to_numpy(), treatments["minutes"].to_numpy(float)
    named = ~np.isnan(minutes)
    total = np.bincount(record[named], weights=minutes[named], minlength=n_rows)
    length = np.where(np.bincount(record[named], minlength=n_rows) > 0, total, np.nan)
    is_alone = np.bincount(record, minlength=n_rows)[record] == 1
    return treatments.assign(minutes=np.where(is_alone, minutes, np.nan)), length


def _unfolded(
    column: ColumnRead, codes: np.ndarray, names: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, technique and minutes of every technique in one column, in the order of rows."""
    terms = [p.value or () for p in column.parsed] + [()]
    lengths = np.array([len(t) for t in terms])
    starts = np.r_[0, np.cumsum(lengths)[:-1]]
    flat = [term for value in terms for term in value]
    technique = np.array([names.index(term.code) for term in flat], np.int32)
    minutes = np.array([np.nan if t.minutes is None else t.minutes for t in flat], float)
    of_row = lengths[codes]
    record = np.repeat(np.arange(len(codes)), of_row)
    within = np.arange(len(record)) - np.repeat(np.cumsum(of_row) - of_row, of_row)
    at = starts[codes][record] + within
    return record, technique[at], minutes[at]


def _repeats(column: ColumnRead) -> bool:
    """Whether some value names one technique twice, such as two that are in no list."""
    return any(len({term.code for term in value}) < len(value) for value in column.values if value)


def _each_once(
    record: np.ndarray, technique: np.ndarray, minutes: np.ndarray, n_names: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each technique of a row once, with the most minutes that were said."""
    key = record.astype(np.int64) * n_names + technique
    unique, place = np.unique(key, return_inverse=True)
    most = np.full(len(unique), -1.0)
    np.maximum.at(most, place, np.nan_to_num(minutes, nan=-1.0))
    return unique // n_names, (unique % n_names).astype(np.int32), np.where(most < 0, np.nan, most)
