"""read_files(): files become typed records, issues, and accounts that add up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from hipoutcomes.errors import DecisionNeeded, FileError, NothingUsable
from hipoutcomes.ingest.accounting import CELL_FATES, Accounting, FileAccount
from hipoutcomes.ingest.checks import CHECKS
from hipoutcomes.ingest.grids.grid import Grid, read_grid
from hipoutcomes.ingest.issue_log import IssueLog, sorted_issues
from hipoutcomes.ingest.planning.assign import unknown_headings
from hipoutcomes.ingest.planning.headings import recognise
from hipoutcomes.ingest.planning.mapping import Mapping as FileMapping
from hipoutcomes.ingest.planning.mapping import find_mapping
from hipoutcomes.ingest.planning.plan import Plan, is_known, make_plan
from hipoutcomes.ingest.questions import question_ids, set_aside
from hipoutcomes.ingest.rows.column_read import ColumnRead
from hipoutcomes.ingest.rows.combine import Combined, combine
from hipoutcomes.ingest.rows.fates import (
    ACCEPTED,
    DUPLICATE,
    QUARANTINED,
    SKIPPED,
    RowFates,
    row_fates,
)
from hipoutcomes.ingest.rows.part import Part, part_of
from hipoutcomes.ingest.rows.read_columns import read_column
from hipoutcomes.ingest.sources import Source
from hipoutcomes.tables.analysis_plan import AnalysisPlan
from hipoutcomes.tables.records import Records


@dataclass(frozen=True, eq=False)
class Reading:
    """What reading some files gave.

    Attributes
    ----------
    records : Records
    issues : DataFrame
        Every refused or questioned cell and row; columns `vocabulary.columns.ISSUES`.
    accounting : Accounting
        Checked: rows and cells add up.
    plans : tuple of Plan
        How each file was read.
    sources : tuple of Source
    analysis_plan : AnalysisPlan, optional
        What was meant to be asked before results were seen, where the mapping holds it.
    files : tuple of FileRead
        Each file on its way: raw cells, plan, what became of columns and rows.
    """

    records: Records
    issues: pd.DataFrame
    accounting: Accounting
    plans: tuple[Plan, ...]
    sources: tuple[Source, ...]
    analysis_plan: AnalysisPlan | None = None
    files: tuple["FileRead", ...] = ()


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


def read_files(
    paths: str | Path | Iterable[str | Path],
    *,
    mapping: "str | Path | FileMapping | None" = None,
    date_order: str | None = None,
    scale: str | None = None,
    shape: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    today: date | str | None = None,
    constants: Mapping[str, str] | None = None,
    none_means: str | None = None,
) -> Reading:
    """Read files of visits, or of one row per episode.

    Parameters
    ----------
    paths : path or several
        Text files and workbooks. One patient id in two files is one patient.
    mapping : path, str or Mapping, optional
        A mapping file, or the name of a profile such as ``nhs-proms``.
    date_order : {"day-first", "month-first"}, optional
        For dates that can be read both ways.
    scale : {"0-10", "0-100"}, optional
        Of all pain scores.
    shape : {"sessions", "episodes"}, optional
        Whether each row is a visit, or a whole episode of care.
    encoding, delimiter, sheet : str, optional
        Where those we find are wrong.
    today : date or str, optional
        Later dates are refused; the day of the computer's clock unless told.
    constants : dict, optional
        What holds for every row, such as ``{"device": "goniometer"}``.
    none_means : {"zero", "missing"}, optional
        What a bare "none" among scores stands for.

    Raises
    ------
    FileError
        When a file is missing, empty, damaged, or holds headings only.
    MappingError
        When headings or a mapping do not say what is needed.
    DecisionNeeded
        When only the owner of the file can say how to read it.
    NothingUsable
        When no row could be used.
    ValueError
        When a keyword has a value that is not allowed.
    """
    paths = [paths] if isinstance(paths, str | Path) else list(paths)
    if not paths:
        raise ValueError("Name at least one file to read.")
    day = date.fromisoformat(today) if isinstance(today, str) else today or date.today()
    told = (find_mapping(mapping) or FileMapping()).told(
        constants, date_order=date_order, scale=scale, shape=shape, none_means=none_means
    )
    # Bytes become grids of raw cells; headings and evidence become plans.
    grids = _grids(paths, told, encoding=encoding, delimiter=delimiter, sheet=sheet)
    unknown_headings(grids, told)
    plans = [make_plan(grid, told) for grid in grids]
    _one_shape(plans)
    # Cells become values; rows are accepted, or set aside with their reason.
    files = [_read_file(grid, plan, day) for grid, plan in zip(grids, plans, strict=True)]
    _need_usable(files)
    # Files become one; every row and cell is accounted for.
    combined = combine([file.part for file in files], plans[0].shape)
    accounting = _settle(files, combined)
    accounting.check()
    return Reading(
        combined.records,
        sorted_issues([file.log.frame() for file in files]),
        accounting,
        tuple(plans),
        tuple(Source(g.file, g.sha256, len(g.rows) + len(g.ragged)) for g in grids),
        told.analysis_plan,
        tuple(files),
    )


def _grids(paths: Sequence[str | Path], told: FileMapping, **reading) -> list[Grid]:
    """The raw cells of each file, under names that tell the files apart."""

    def known(heading: str) -> bool:
        return recognise(heading) is not None or is_known(heading, told)

    grids = [read_grid(path, is_heading=known, **reading) for path in paths]
    _need_rows(grids)
    names = _names(paths, grids)
    return [replace(grid, file=name) for grid, name in zip(grids, names, strict=True)]


def _read_file(grid: Grid, plan: Plan, today: date) -> FileRead:
    """Read the columns of one file and decide about its rows."""
    log = IssueLog(grid.file, grid.sheet)
    for row, line in grid.ragged:
        log.rows("extra-cell", np.array([row]), values=line)
    columns = [read_column(column, grid.columns[column.place], today) for column in plan.read]
    fates = row_fates(grid, plan, columns, log)
    for column in columns:
        log.cells(column, grid.rows, fates.fate == ACCEPTED)
    question_ids(columns, log)
    part = part_of(plan, columns, fates, grid.rows)
    if plan.requires:
        part = set_aside(plan, columns, part, log)
    return FileRead(grid, plan, columns, fates, log, part)


def _settle(files: Sequence[FileRead], combined: Combined) -> Accounting:
    """Log what only shows when files are together, and write the accounts."""
    for i, file in enumerate(files):
        about = {"column": "", "field": "patient"}
        if (repeated := combined.repeated[i]).size:
            file.fates.fate[repeated] = DUPLICATE
            rows = file.grid.rows[repeated]
            file.log.rows("duplicate-row", rows, action="row_skipped", **about)
        if (twice := combined.place[combined.twice[combined.part[combined.twice] == i]]).size:
            column = next(c for c in file.columns if c.plan.target.field == "date")
            file.log.rows(
                "two-visits-one-day",
                file.grid.rows[twice],
                column=column.plan.heading,
                field="date",
                values=[column.cells.text(place) for place in twice],
            )
    return Accounting(tuple(_account(file) for file in files))


def _account(file: FileRead) -> FileAccount:
    """Rows and cells of one file."""
    counts, n_ragged = file.grid.counts, len(file.grid.ragged)
    by_fate = np.bincount(file.fates.fate, minlength=4)
    n_quarantined = int(by_fate[QUARANTINED]) + n_ragged
    rows = {
        "rows_in_file": int(counts["rows_in_file"]),
        "accepted": int(by_fate[ACCEPTED]),
        "quarantined": n_quarantined,
        "skipped_not_a_visit": int(by_fate[SKIPPED]),
        "duplicates": int(by_fate[DUPLICATE]),
        **{name: int(counts[name]) for name in ("blank", "preamble", "header", "footer")},
    }
    accepted = file.fates.accepted
    cells = np.zeros(len(CELL_FATES), np.int64)
    for column in file.columns:
        codes = column.cells.codes
        codes = codes if len(accepted) == len(codes) else codes[accepted]
        n_each = np.bincount(codes + 1, minlength=len(column.parsed) + 1)
        fates = np.roll(column.fates(), 1)
        cells += np.bincount(fates, weights=n_each, minlength=len(cells)).astype(np.int64)
    cells[-1] += n_quarantined * len(file.columns)
    total = len(file.columns) * (len(accepted) + n_quarantined)
    named = dict(zip(CELL_FATES, cells.tolist(), strict=True))
    return FileAccount(file.grid.file, rows, {"cells_in_mapped_columns": total, **named})


def _names(paths: Sequence[str | Path], grids: Sequence[Grid]) -> list[str]:
    """Names of the files; where two are equal, with their folder or number."""
    names = [grid.file for grid in grids]
    if len(set(names)) < len(names):
        names = [
            f"{Path(p).resolve().parent.name}/{name}" for p, name in zip(paths, names, strict=True)
        ]
    if len(set(names)) < len(names):
        names = [f"{name} ({i})" for i, name in enumerate(names, 1)]
    return names


def _need_rows(grids: Sequence[Grid]) -> None:
    """Refuse files that hold headings only."""
    for grid in grids:
        if not len(grid.rows) and not grid.ragged:
            raise FileError(
                f"{grid.file} has headings ({', '.join(h for h in grid.headers if h)}) and no rows "
                "below them.",
                "We need one row for each visit.",
                "Check that the export is complete.",
            )


def _one_shape(plans: Sequence[Plan]) -> None:
    """Refuse files of different shapes in one reading."""
    if len({plan.shape for plan in plans}) > 1:
        each = ", ".join(f"{plan.file}: {plan.shape}" for plan in plans)
        raise DecisionNeeded(
            f"The files are of different shapes ({each}).",
            "Files read together hold either one row per visit, or one row per episode.",
            "Read them one by one, or say --shape sessions or --shape episodes for all.",
        )


def _need_usable(files: Sequence[FileRead]) -> None:
    """Refuse files of which no row could be used, naming the most frequent reasons."""
    if any(len(file.fates.accepted) for file in files):
        return
    issues = sorted_issues([file.log.frame() for file in files])
    n_rows = sum(len(file.grid.rows) + len(file.grid.ragged) for file in files)
    n_skipped = sum(int(np.count_nonzero(file.fates.fate == SKIPPED)) for file in files)
    reasons = {
        CHECKS[code].message: int(n)
        for code, n in issues.loc[issues["row"] > 0, "code"].value_counts().head(3).items()
        if n
    }
    if n_skipped:
        reasons[CHECKS["not-a-visit"].message] = n_skipped
    most = sorted(reasons.items(), key=lambda reason: -reason[1])
    listed = " ".join(f"{n:,} {'row' if n == 1 else 'rows'}: {message}" for message, n in most)
    names = ", ".join(file.grid.file for file in files)
    raise NothingUsable(
        f"No row of {names} could be used ({n_rows:,} rows).",
        f"Most frequent reasons. {listed}",
        f"See how it was read with: hipoutcomes inspect {names.split(', ')[0]}",
    )
