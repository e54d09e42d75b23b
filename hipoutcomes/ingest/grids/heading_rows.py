"""Files with several rows of headings: the rows under the first are no data."""

from dataclasses import replace

from hipoutcomes.ingest.grids.cells import as_typed
from hipoutcomes.ingest.grids.grid import Grid

#: The last row of headings is among so many rows under the first.
_MOST = 3


def with_heading_rows(grid: Grid, mark: str) -> Grid:
    """Take the rows below the headings for headings too, down to the last one.

    Which row the reader took for the headings does not matter: that with names or that with
    questions.

    Parameters
    ----------
    grid : Grid
        Whose reader took one row of headings.
    mark : str
        How the first filled cell of the last row of headings begins; empty where there is one row.
        The row above the last holds the questions in words.
    """
    below = _below(grid, mark) if mark else 0
    if below < 1:
        return grid
    asked = (column.text(below - 2) if below > 1 else "" for column in grid.columns)
    return replace(
        grid,
        columns=tuple(column.take(slice(below, None)).compact() for column in grid.columns),
        rows=grid.rows[below:],
        counts={**grid.counts, "header": grid.counts["header"] + below},
        questions=tuple(" ".join(text.split()) for text in asked),
    )


def _below(grid: Grid, mark: str) -> int:
    """Number of rows of headings under the first."""
    for place in range(min(_MOST, len(grid.rows))):
        cells = (column.raw(place) for column in grid.columns)
        first = next((cell for cell in cells if cell is not None), "")
        if as_typed(first).strip().startswith(mark):
            return place + 1
    return 0
