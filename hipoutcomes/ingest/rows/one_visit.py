"""Exports that write one visit on several lines, or a cancellation into some cell of its line."""

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
    shared: np.ndarray, patient: np.ndarray, day: np.ndarray, therapist: ColumnRead | None
) -> np.ndarray:
    """Rows that are further lines of a visit whose first line came before.

    Parameters
    ----------
    shared : ndarray of int
        Rows that share patient and day with another, in order.
    patient, day : ndarray of int, shape (n rows,)
    therapist : ColumnRead, optional
        Lines with another therapist are another visit.
    """
    by = np.zeros(len(shared), np.int64)
    if therapist is not None:
        by = therapist.words(therapist.cells.codes[shared]).codes
    key = np.stack([patient[shared], day[shared], by], axis=1).astype(np.int64)
    first = np.unique(key, axis=0, return_index=True)[1]
    return np.delete(shared, first)
