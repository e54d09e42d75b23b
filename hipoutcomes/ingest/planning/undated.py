"""Scores of a whole course of care in a file of visits: they do not say on which day."""

from collections.abc import Sequence

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.planning.assign import Assigned


def ask_day(grid: Grid, columns: Sequence[Assigned]) -> None:
    """Ask when a later score was given that stands beside the scores of a visit.

    Parameters
    ----------
    grid : Grid
    columns : sequence of Assigned
        Columns of a file of one row per visit. One that a mapping file told is not asked about.

    Raises
    ------
    DecisionNeeded
        For a column such as "week 6 pain" with scores on rows that hold a score of that visit too;
        the day of the row would be the wrong day.
    """
    visit = [c for c in columns if c.target.timing in ("before", "during", "after")]
    for column in columns:
        of_course = column.said is not None and column.said.family == "course"
        if not of_course or column.target.timing != "between":
            continue
        filled = grid.columns[column.place].codes >= 0
        beside = [c for c in visit if (filled & (grid.columns[c.place].codes >= 0)).any()]
        if beside:
            told = column.target
            raise DecisionNeeded(
                f"{grid.file} has one row per visit, and {column.heading!r} stands on the same "
                f"rows as {beside[0].heading!r}: it does not say on which day it was given.",
                "A score between visits needs the day of its own row, or a number of days after "
                "the visit.",
                "Give it a row of its own with its date, or say in a mapping file:  [columns]  "
                f'"{told} +42 days" = "{column.heading}"',
            )
