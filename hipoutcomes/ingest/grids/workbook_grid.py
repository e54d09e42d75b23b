"""Workbooks (.xlsx, .xls, .ods), laid out as a table."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time

from python_calamine import CalamineError, PasswordError

from hipoutcomes.errors import DecisionNeeded, FileError, HipoutcomesError
from hipoutcomes.ingest.grids.cells import as_typed, is_blank
from hipoutcomes.ingest.grids.contents import damaged_workbook, locked_workbook
from hipoutcomes.ingest.grids.heading_groups import grouped_headings
from hipoutcomes.ingest.grids.layout import Table, find_header, lay_out, no_heading
from hipoutcomes.ingest.grids.new_workbook import NewWorkbook
from hipoutcomes.ingest.grids.old_workbook import OldWorkbook
from hipoutcomes.ingest.grids.second_look import SecondLook
from hipoutcomes.ingest.grids.workbook_parts import UNREADABLE

#: What calamine raises where it did not foresee the damage; its class cannot be imported.
_PANIC = "PanicException"

IsHeading = Callable[[str], bool]


def read_workbook(
    data: bytes, name: str, is_heading: IsHeading, sheet: str | None = None
) -> tuple[Table, dict[str, str], str]:
    """Table of one sheet of a workbook, how it was read, and the name of the sheet.

    Parameters
    ----------
    data : bytes
    name : str
        Name of the file, for messages.
    is_heading : callable
        Whether a text is a heading we know; the visible sheet with most of them is read.
    sheet : str, optional
        Name of the sheet, given by the owner of the file.

    Raises
    ------
    FileError
        When the workbook is damaged, locked or empty, or has no sheet of that name.
    DecisionNeeded
        When two sheets could be the one.
    MappingError
        When no sheet has a heading we know.

    Notes
    -----
    Cells that show an error such as ``#N/A``, and formulas whose result was never saved, come
    back as `ExcelError`, never as blanks.
    """
    try:
        with _paused_collection():
            book = NewWorkbook(data, name) if _is_new(data) else OldWorkbook(data)
            sheets = _sheets_to_read(book, name, sheet)
            chosen = _choose(sheets, name, is_heading)
            seen = book.look(chosen, any("" in row for row in sheets[chosen]))
    except HipoutcomesError:
        raise
    except PasswordError:
        raise locked_workbook(name) from None
    except (CalamineError, *UNREADABLE):
        raise damaged_workbook(name) from None
    except BaseException as problem:
        # Neither reader foresees every damage; calamine then raises what cannot be imported.
        if _is_new(data) and type(problem).__name__ != _PANIC:
            raise
        if isinstance(problem, KeyboardInterrupt | SystemExit):
            raise
        if "encrypted" in str(problem):
            raise locked_workbook(name) from None
        raise damaged_workbook(name) from None
    records = sheets[chosen]
    _correct(records, seen)
    while records and all(map(is_blank, records[-1])):
        records.pop()
    place, _ = find_header(records, is_heading)
    headings = grouped_headings(records, place, is_heading)
    table = lay_out(records, place, lambda record: "\t".join(map(as_typed, record)), headings)
    columns = tuple(column.mapped(_as_entered) for column in table.columns)
    dialect = {"sheet": chosen, "heading row": str(place + 1), **_left_aside(book, chosen, seen)}
    return replace(table, columns=columns), dialect, chosen


def _is_new(data: bytes) -> bool:
    """Whether a workbook is packed, as those since 2007 are."""
    return data.startswith(b"PK")


@contextmanager
def _paused_collection() -> Iterator[None]:
    """Keep Python from walking through a million new cells in search of garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _correct(records: list[list], seen: SecondLook) -> None:
    """Write into the rows what the second look found: errors for blanks, and zeros shown."""
    for (row, column), error in seen.unread.items():
        if row < len(records):
            cells = records[row]
            cells.extend([""] * (column + 1 - len(cells)))
            if cells[column] in ("", error.text):
                cells[column] = error
    for (row, column), digits in seen.digits.items():
        if row < len(records) and column < len(records[row]):
            cell = records[row][column]
            if cell.__class__ in (int, float) and cell == cell // 1 and 0 <= cell < 1e15:
                records[row][column] = str(int(cell)).zfill(digits)


def _left_aside(book: NewWorkbook | OldWorkbook, chosen: str, seen: SecondLook) -> dict[str, str]:
    """What the owner may not expect: other sheets, hidden rows, macros."""
    said = {}
    if others := [title for title in book.sheet_names if title != chosen]:
        said["sheets not read"] = ", ".join(others)
    if seen.n_hidden_rows:
        n = seen.n_hidden_rows
        said["hidden rows"] = f"{n:,} {'row is' if n == 1 else 'rows are'} hidden, and read too"
    if seen.has_macros:
        said["macros"] = "the workbook has some; they were not run"
    return said


def _sheets_to_read(
    book: NewWorkbook | OldWorkbook, name: str, sheet: str | None
) -> dict[str, list]:
    """Rows of the sheet that was asked for, or of every visible sheet."""
    visible = book.visible
    if sheet is not None:
        if sheet not in book.sheet_names:
            raise FileError(
                f"{name} has no sheet named {sheet!r}.",
                f"Its sheets are {', '.join(book.sheet_names)}.",
                "Name one of these with --sheet.",
            )
        visible = [sheet]
    return {title: book.rows(title) for title in visible}


def _as_entered(cell: object) -> object:
    """A whole number as int, and midnight as a date: what a person typed."""
    if cell.__class__ is float and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if cell.__class__ is datetime and cell.time() == time(0):
        return cell.date()
    return cell


def _choose(sheets: dict[str, list], name: str, is_heading: IsHeading) -> str:
    """Name of the sheet with most known headings."""
    filled = {
        title: rows
        for title, rows in sheets.items()
        if any(not is_blank(cell) for row in rows for cell in row)
    }
    if not filled:
        raise FileError(
            f"{name} is empty: its visible sheets hold no cells.",
            "We need a heading row and rows below it.",
            "Check that it is the right file; unhide the sheet if it is hidden.",
        )
    known = {title: find_header(rows, is_heading) for title, rows in filled.items()}
    most = max(count for _, count in known.values())
    best = [title for title, (_, count) in known.items() if count == most]
    if most == 0:
        fullest = max(best, key=lambda title: len(filled[title]))
        raise no_heading(name, _heading_cells(filled[fullest], known[fullest][0]))
    if len(best) > 1:
        raise DecisionNeeded(
            f"{name} has {len(best)} sheets that could be the one: {', '.join(best)}.",
            f"Each has {most} headings that we know.",
            f"Say which with --sheet, for example --sheet {best[0]!r}.",
        )
    return best[0]


def _heading_cells(rows: Sequence[Sequence], place: int) -> Sequence:
    """The fullest row near the top."""
    return rows[place]
