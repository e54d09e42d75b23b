"""What becomes of each row of one file: accepted, quarantined, skipped, or a repeat."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.issue_log import IssueLog
from hipoutcomes.ingest.planning.mapping import ROW_TYPES
from hipoutcomes.ingest.planning.plan import Plan
from hipoutcomes.ingest.rows.column_read import MISSING, ColumnRead
from hipoutcomes.ingest.rows.duplicates import repeats, same_day_rows
from hipoutcomes.ingest.rows.visits import EXAMPLE, NOT_A_VISIT, SCORE, VISIT
from hipoutcomes.tables.records import NO_DAY

SCORE_ROWS = ROW_TYPES[1]
ACCEPTED, QUARANTINED, SKIPPED, DUPLICATE = range(4)


@dataclass(frozen=True, eq=False)
class RowFates:
    """What becomes of each data row of one file.

    Attributes
    ----------
    fate : ndarray of int8, shape (n rows,)
        ACCEPTED, QUARANTINED, SKIPPED or DUPLICATE.
    says_visit, says_score : ndarray of bool, shape (n rows,)
        Whether the row says that it is a visit, or a score between visits.
    patient : Categorical, length n rows, or None
        The file's own id; None where it has none.
    day : ndarray of int32, shape (n rows,)
        Days since 1970-01-01; NO_DAY where there is none.
    shared : ndarray of int
        Places of the accepted rows that share patient and day with another, in order.
    """

    fate: np.ndarray
    says_visit: np.ndarray
    says_score: np.ndarray
    patient: pd.Categorical | None
    day: np.ndarray
    shared: np.ndarray

    @property
    def accepted(self) -> np.ndarray:
        """Places of the accepted rows."""
        return np.flatnonzero(self.fate == ACCEPTED)


def row_fates(grid: Grid, plan: Plan, columns: list[ColumnRead], log: IssueLog) -> RowFates:
    """Decide what becomes of each row; rows that are set aside are logged.

    Parameters
    ----------
    grid : Grid
    plan : Plan
    columns : list of ColumnRead
        As `plan.read`.
    log : IssueLog
    """
    fate = np.zeros(len(grid.rows), np.int8)
    says_visit = np.zeros(len(fate), bool)
    says_score = np.zeros(len(fate), bool)
    by_name = {str(column.plan.target): column for column in columns}
    for column in columns:
        if column.plan.target.kind in ("row type", "attendance", "cancellation"):
            said = np.array([*(p.value or "" for p in column.parsed), ""], object)
            codes = column.cells.codes
            fate[(said == NOT_A_VISIT)[codes]] = SKIPPED
            if column.plan.target.kind == "row type":
                says_visit |= (said == VISIT)[codes]
                says_score |= (said == SCORE)[codes]
    if "row_type" not in by_name:
        says_score |= plan.constants.get("row_type") == SCORE_ROWS
    if plan.cancelled_marker:
        fate[_marked(grid, plan.cancelled_marker)] = SKIPPED
    if (patient := by_name.get("patient")) is not None:
        if EXAMPLE in patient.cells.values:
            fate[patient.cells.codes == patient.cells.values.index(EXAMPLE)] = SKIPPED
        _quarantine(fate, patient, "no-patient", grid, log)
    if plan.shape == "sessions":
        _quarantine(fate, by_name["date"], "no-date", grid, log)
    ids = None if patient is None else patient.words(patient.cells.codes)
    day = _days(by_name.get("date"), len(fate))
    shared = np.zeros(0, np.int64)
    if ids is not None:
        shared, repeated = _repeats(fate, columns, ids, day)
        fate[repeated] = DUPLICATE
        log.rows(
            "duplicate-row",
            grid.rows[repeated],
            column=patient.plan.heading,
            field="patient",
            values=[patient.cells.text(i) for i in repeated],
            action="row_skipped",
        )
    return RowFates(fate, says_visit, says_score, ids, day, shared)


def _marked(grid: Grid, marker: str) -> np.ndarray:
    """Rows that hold a text in any of their cells."""
    marked = np.zeros(len(grid.rows), bool)
    wanted = marker.casefold()
    for cells in grid.columns:
        holds = [isinstance(v, str) and wanted in v.casefold() for v in cells.values]
        marked |= np.array([*holds, False])[cells.codes]
    return marked


def _quarantine(fate: np.ndarray, column: ColumnRead, code: str, grid: Grid, log: IssueLog) -> None:
    """Set aside the rows in which a column that every row needs has no value."""
    codes = column.cells.codes
    lacking = (fate == ACCEPTED) & ~column.there(codes)
    if not lacking.any():
        return
    fate[lacking] = QUARANTINED
    about = {"column": column.plan.heading, "field": str(column.plan.target)}
    blank = column.fates() == MISSING
    rows = np.flatnonzero(lacking & blank[codes])
    log.rows(code, grid.rows[rows], values=[column.cells.text(i) for i in rows], **about)
    unread = np.flatnonzero(lacking & ~blank[codes])
    for value in np.unique(codes[unread]):
        rows = unread[codes[unread] == value]
        parsed = column.parsed[value]
        log.rows(
            parsed.code,
            grid.rows[rows],
            values=column.cells.text(rows[0]),
            note=parsed.note,
            action="row_quarantined",
            **about,
        )


def _days(column: ColumnRead | None, n_rows: int) -> np.ndarray:
    """Day of each row since 1970-01-01; NO_DAY where there is none."""
    if column is None:
        return np.full(n_rows, NO_DAY, np.int32)
    days = column.numbers(column.cells.codes)
    return np.where(np.isnan(days), NO_DAY, np.nan_to_num(days)).astype(np.int32)


def _repeats(
    fate: np.ndarray, columns: list[ColumnRead], patient: pd.Categorical, day: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Accepted rows that share patient and day, and those that repeat an earlier one exactly."""
    accepted = np.flatnonzero(fate == ACCEPTED)
    shared = same_day_rows(patient.codes[accepted], day[accepted])
    rows = accepted[shared]
    repeated = repeats([column.cells.codes[rows] for column in columns])
    return rows[~repeated], rows[repeated]
