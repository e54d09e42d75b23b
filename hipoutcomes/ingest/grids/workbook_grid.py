"""Excel workbooks, laid out as a table."""

import io
from collections.abc import Callable, Sequence
from datetime import datetime, time

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from hipoutcomes.errors import DecisionNeeded, FileError
from hipoutcomes.ingest.grids.cells import as_typed, is_blank
from hipoutcomes.ingest.grids.contents import damaged_workbook, locked_workbook
from hipoutcomes.ingest.grids.layout import Table, find_header, lay_out, no_heading
from hipoutcomes.ingest.grids.workbook_errors import UNREADABLE, unread_cells

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
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = _sheets_to_read(book, name, sheet)
    except PasswordError:
        raise locked_workbook(name) from None
    except (CalamineError, OSError, ValueError):
        raise damaged_workbook(name) from None
    chosen = _choose(sheets, name, is_heading)
    records = sheets[chosen]
    place, _ = find_header(records, is_heading)
    try:
        unread = unread_cells(data, chosen)
    except UNREADABLE:
        raise damaged_workbook(name) from None
    for (row, column), error in unread.items():
        if row < len(records) and column < len(records[row]) and records[row][column] == "":
            records[row][column] = error
    table = lay_out(records, place, lambda record: "\t".join(map(as_typed, record)))
    dialect = {"sheet": chosen, "heading row": str(place + 1)}
    if others := [title for title in book.sheet_names if title != chosen]:
        dialect["sheets not read"] = ", ".join(others)
    return table, dialect, chosen


def _sheets_to_read(book: CalamineWorkbook, name: str, sheet: str | None) -> dict[str, list]:
    """Rows of the sheet that was asked for, or of every visible sheet."""
    visible = [
        about.name
        for about in book.sheets_metadata
        if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible
    ]
    if sheet is not None:
        if sheet not in book.sheet_names:
            raise FileError(
                f"{name} has no sheet named {sheet!r}.",
                f"Its sheets are {', '.join(book.sheet_names)}.",
                "Name one of these with --sheet.",
            )
        visible = [sheet]
    return {title: _rows(book, title) for title in visible}


def _rows(book: CalamineWorkbook, title: str) -> list[list]:
    """Rows of a sheet from its first, without the blank rows below the last."""
    rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
    while rows and all(map(is_blank, rows[-1])):
        rows.pop()
    return [[_whole(cell) for cell in row] for row in rows]


def _whole(cell: object) -> object:
    """A whole number as int, and midnight as a date: what a person typed."""
    if cell.__class__ is float and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if cell.__class__ is datetime and cell.time() == time(0):
        return cell.date()
    return cell


def _choose(sheets: dict[str, list], name: str, is_heading: IsHeading) -> str:
    """Name of the sheet with most known headings."""
    filled = {title: rows for title, rows in sheets.items() if rows}
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
