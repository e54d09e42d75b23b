"""Where dates with the day first end and dates with the month first begin, in one column."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.parsing.date_text import read_date

#: So many rows are named at most.
_NAMED = 3


def where_they_part(grid: Grid, place: int, others: Sequence[tuple[str, int]], today: date) -> str:
    """Where dates with the day first end and dates with the month first begin.

    Parameters
    ----------
    grid : Grid
    place : int
        Of the column of dates.
    others : sequence of (heading, place)
        Columns that may tell the two kinds of dates apart, such as the therapist.
    today : date

    Returns
    -------
    str
        Rows of both kinds, and the column or the row that parts them, where there is one.
    """
    cells = grid.columns[place]
    read = [read_date(value, today) if isinstance(value, str) else None for value in cells.values]
    day_only = [one is not None and not one.month_first and bool(one.day_first) for one in read]
    month_only = [one is not None and not one.day_first and bool(one.month_first) for one in read]
    days = np.flatnonzero(np.array([*day_only, False])[cells.codes])
    months = np.flatnonzero(np.array([*month_only, False])[cells.codes])
    if not len(days) or not len(months):
        return ""
    rows = np.asarray(grid.rows)
    said = f"Day first only: {_rows(rows[days])}; month first only: {_rows(rows[months])}."
    for heading, at in others:
        codes = grid.columns[at].codes
        if not set(codes[days].tolist()) & set(codes[months].tolist()):
            return f"{said} {heading!r} tells them apart: give a file for each, with its order."
    if days.max() < months.min() or months.max() < days.min():
        at = rows[max(days.min(), months.min())]
        return f"{said} They part at row {at}: split the file there, and say the order of each."
    return said


def _rows(rows: np.ndarray) -> str:
    """The first rows by number."""
    named = ", ".join(str(row) for row in rows[:_NAMED])
    more = f" and {len(rows) - _NAMED:,} more" if len(rows) > _NAMED else ""
    return f"row{'s' if len(rows) > 1 else ''} {named}{more}"
