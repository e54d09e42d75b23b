"""Files with several rows of headings: the rows under the first are no data."""

from dataclasses import replace

from hipoutcomes.ingest.grids.grid import Grid


def with_heading_rows(grid: Grid, n: int) -> Grid:
    """Take the rows right below the headings for headings too.

    Parameters
    ----------
    grid : Grid
        Whose reader took one row of headings.
    n : int
        Rows of headings that the file has; the second holds the questions in words.
    """
    below = min(n - 1, len(grid.rows))
    if below < 1:
        return grid
    questions = tuple(" ".join(column.text(0).split()) for column in grid.columns)
    return replace(
        grid,
        columns=tuple(column.take(slice(below, None)).compact() for column in grid.columns),
        rows=grid.rows[below:],
        counts={**grid.counts, "header": grid.counts["header"] + below},
        questions=questions,
    )
