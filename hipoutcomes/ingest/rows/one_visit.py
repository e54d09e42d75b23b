"""Exports that write one visit on several lines, or a cancellation into some cell of its line."""

from collections.abc import Sequence

import numpy as np

from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.rows.column_read import ColumnRead


def marked_cancelled(grid: Grid, marker: str) -> np.ndarray:
    """Rows with this text in any of their cells, used or not; shape (n rows,), bool.

    Parameters
    ----------
    grid : Grid
    marker : str
        Such as ``[(Canceled)]``; capitals do not matter.
    """
    marked = np.zeros(len(grid.rows), bool)
    wanted = marker.casefold()
    for cells in grid.columns:
        has = [isinstance(value, str) and wanted in value.casefold() for value in cells.values]
        if any(has):
            marked |= np.array([*has, False])[cells.codes]
    return marked


def further_lines(
    shared: np.ndarray, patient: np.ndarray, day: np.ndarray, columns: Sequence[ColumnRead]
) -> np.ndarray:
    """Rows that are further lines of a visit, and say nothing that its fullest line does not.

    Parameters
    ----------
    shared : ndarray of int
        Rows that share patient and day with another, in order.
    patient, day : ndarray of int, shape (n rows,)
    columns : sequence of ColumnRead
        The columns that are used. Lines with another therapist are another visit, and a line with
        a score or a word of its own stays.
    """
    if len(shared) == 0:
        return shared
    codes = np.array([column.cells.codes[shared] for column in columns])
    therapists = [column for column in columns if column.plan.target.field == "therapist"]
    by = [column.words(column.cells.codes[shared]).codes for column in therapists]
    visits = np.stack([patient[shared], day[shared], *by], axis=1).astype(np.int64)
    visit = np.unique(visits, axis=0, return_inverse=True)[1].reshape(-1)
    fullest_first = np.lexsort((np.arange(len(shared)), -(codes >= 0).sum(axis=0), visit))
    starts = np.unique(visit[fullest_first], return_index=True)[1]
    fullest = fullest_first[starts][visit]
    adds_nothing = ((codes == codes[:, fullest]) | (codes < 0)).all(axis=0)
    return shared[adds_nothing & (fullest != np.arange(len(shared)))]
