"""One file on its way from raw cells to typed rows."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from hipoutcomes.ingest.agreement import question_agreement
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.issue_log import IssueLog
from hipoutcomes.ingest.planning.plan import Plan
from hipoutcomes.ingest.questions import question_headings, question_ids, set_aside
from hipoutcomes.ingest.rows.column_read import ColumnRead
from hipoutcomes.ingest.rows.fates import ACCEPTED, RowFates, row_fates
from hipoutcomes.ingest.rows.part import Part, part_of
from hipoutcomes.ingest.rows.read_columns import read_column


@dataclass(frozen=True, eq=False)
class FileRead:
    """One file on its way from raw cells to typed rows.

    Attributes
    ----------
    grid : Grid
        Raw cells.
    plan : Plan
    columns : list of ColumnRead
        As `plan.read`.
    fates : RowFates
        What became of each data row.
    log : IssueLog
    part : Part
        The accepted rows as typed columns.
    """

    grid: Grid
    plan: Plan
    columns: list[ColumnRead]
    fates: RowFates
    log: IssueLog
    part: Part


def read_file(grid: Grid, plan: Plan, today: date) -> FileRead:
    """Read the columns of one file and decide about its rows.

    Parameters
    ----------
    grid : Grid
    plan : Plan
    today : date
        Dates after it lie in the future.
    """
    log = IssueLog(grid.file, grid.sheet)
    for row, line in grid.ragged:
        log.rows("extra-cell", np.array([row]), values=line)
    columns = [read_column(column, grid.columns[column.place], today) for column in plan.read]
    fates = row_fates(grid, plan, columns, log)
    for column in columns:
        log.cells(column, grid.rows, fates.fate == ACCEPTED)
    question_ids(columns, log)
    question_headings(columns, log)
    part = part_of(plan, columns, fates, grid.rows)
    question_agreement(columns, part, grid.rows, log)
    if plan.requires:
        part = set_aside(plan, columns, part, log)
    return FileRead(grid, plan, columns, fates, log, part)
