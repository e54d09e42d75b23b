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
from hipoutcomes.ingest.rows.one_visit import further_lines, marked_cancelled
from hipoutcomes.ingest.rows.visits import EXAMPLE, NOT_A_VISIT, SCORE, VISIT, parse_row_type
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
    fate, says_visit, says_score = _row_types(plan, columns, len(grid.rows))
    by_name = {str(column.plan.target): column for column in columns}
    if plan.cancelled_marker:
        fate[marked_cancelled(grid, plan.cancelled_marker)] = SKIPPED
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
        code = "duplicate-row"
        if plan.same_day_is_one_visit:
            both = np.union1d(shared, repeated)
            repeated = further_lines(both, ids.codes, day, columns)
            shared, code = np.setdiff1d(both, repeated), "same-visit"
        _duplicates(fate, code, repeated, patient, grid, log)
    return RowFates(fate, says_visit, says_score, ids, day, shared)


def _row_types(
    plan: Plan, columns: list[ColumnRead], n_rows: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fate of each row by what it says it is; and which say visit, and score between visits."""
    fate = np.zeros(n_rows, np.int8)
    says_visit = np.zeros(n_rows, bool)
    says_score = np.full(n_rows, plan.constants.get("row_type") == SCORE_ROWS)
    for column in columns:
        if column.plan.target.kind not in ("row type", "attendance", "cancellation"):
            continue
        said = np.array([*(p.value or "" for p in column.parsed), _of_blank(column)], object)
        codes = column.cells.codes
        fate[(said == NOT_A_VISIT)[codes]] = SKIPPED
        if column.plan.target.kind == "row type":
            says_visit |= (said == VISIT)[codes]
            says_score = (said == SCORE)[codes]
    return fate, says_visit, says_score


def _of_blank(column: ColumnRead) -> str:
    """What an empty cell says, where the mapping gives it a meaning."""
    meaning = column.plan.values.get("", "")
    return parse_row_type(meaning).value if meaning else ""


def _duplicates(
    fate: np.ndarray,
    code: str,
    repeated: np.ndarray,
    patient: ColumnRead,
    grid: Grid,
    log: IssueLog,
) -> None:
    """Leave out rows whose visit is there already."""
    fate[repeated] = DUPLICATE
    log.rows(
        code,
        grid.rows[repeated],
        column=patient.plan.heading,
        field="patient",
        values=[patient.cells.text(i) for i in repeated],
        action="row_skipped",
    )


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
