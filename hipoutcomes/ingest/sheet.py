"""The score sheet: blank, or with one row for each visit of a list of appointments."""

from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from hipoutcomes.errors import OutputError
from hipoutcomes.ingest.rows.visits import EXAMPLE
from hipoutcomes.ingest.sheet_columns import APPOINTMENT, TIME, SheetColumn, sheet_columns

#: Rows that are ready to be filled, below those that stand there.
N_ROWS = 500
SESSIONS_SHEET, ABOUT_SHEET, LISTS_SHEET = "Sessions", "About", "Lists"

_TEXT = "@"
_HEADING = PatternFill("solid", fgColor="1F4E5F")
_GREY = PatternFill("solid", fgColor="E7E6E6")


def write_sheet(path: str | Path, visits: pd.DataFrame | None = None) -> Path:
    """Write a score sheet for a clinic, which is read back with no mapping.

    Every cell is text, so that no program turns "6-7" into a date; scores are chosen from 0 to 10.
    In a blank sheet one grey row shows how to fill a row, and is left out when the sheet is read.

    Parameters
    ----------
    path : path
        An .xlsx file that is not there yet: a filled sheet is never written over.
    visits : DataFrame, optional
        Rows that stand in the sheet already, as `visits_to_fill` gives them: columns go by their
        headings. A blank sheet without it.

    Raises
    ------
    OutputError
        When the file is there already, the place cannot be written to, or the name does not end
        in .xlsx.
    """
    columns = sheet_columns()
    if visits is not None:
        columns = (*(c for c in (APPOINTMENT, TIME) if c.heading in visits), *columns)
    return fill_sheet(path, columns, visits, _about(visits is not None))


def fill_sheet(
    path: str | Path,
    columns: tuple[SheetColumn, ...],
    rows: pd.DataFrame | None,
    about: tuple[str, ...],
) -> Path:
    """Write a sheet of some columns, with the rows that are known, and what to do with it.

    Parameters
    ----------
    path : path
        As of `write_sheet`.
    columns : tuple of SheetColumn
    rows : DataFrame, optional
        One grey example without it.
    about : tuple of str
        Lines of the sheet that explains, the title first.

    Raises
    ------
    OutputError
        As `write_sheet`.
    """
    path = _new_workbook(Path(path))
    book = Workbook()
    sheet = book.active
    sheet.title = SESSIONS_SHEET
    _fill_about(book.create_sheet(ABOUT_SHEET), about)
    lists = book.create_sheet(LISTS_SHEET)
    lists.sheet_state = "hidden"
    n_rows = N_ROWS + (0 if rows is None else len(rows))
    for place, column in enumerate(columns, 1):
        _fill_column(sheet, place, column, n_rows)
        _validate(sheet, lists, place, column, n_rows)
        if rows is None:
            _fill_example(sheet.cell(2, place), column)
        elif column.heading in rows:
            _fill_values(sheet, place, rows[column.heading])
    sheet.freeze_panes = sheet.cell(2, 1 + [c.heading for c in columns].index("Row type"))
    return save_workbook(book, path)


def _new_workbook(path: Path) -> Path:
    """A place for a workbook at which nothing is yet."""
    if path.suffix.lower() != ".xlsx":
        raise OutputError(
            f"A score sheet is an Excel workbook; {path.name} does not end in .xlsx.",
            remedy=f"Name it {path.stem}.xlsx.",
        )
    if path.exists():
        raise OutputError(
            f"{path} is there already, and may hold scores; it was left as it is.",
            remedy="Name another file.",
        )
    return path


def save_workbook(book: Workbook, path: Path) -> Path:
    """Save a workbook, or say why not.

    Raises
    ------
    OutputError
        When the place cannot be written to.
    """
    try:
        book.save(path)
    except OSError as problem:
        raise OutputError(
            f"{path} cannot be written: {problem.strerror or problem}.",
            remedy="Name another place, or close the file where it is open.",
        ) from None
    return path


def _fill_column(sheet: Worksheet, place: int, column: SheetColumn, n_rows: int) -> None:
    """Heading, width and text format of one column."""
    letter = get_column_letter(place)
    sheet.column_dimensions[letter].width = max(12, min(24, len(column.heading) + 2))
    heading = sheet.cell(1, place, column.heading)
    heading.font, heading.fill = Font(bold=True, color="FFFFFF"), _HEADING
    heading.alignment = Alignment(wrap_text=True, vertical="top")
    for row in range(2, n_rows + 2):
        sheet.cell(row, place).number_format = _TEXT


def _fill_example(cell, column: SheetColumn) -> None:
    """The grey example of one column."""
    cell.value, cell.font, cell.fill = column.example, Font(italic=True), _GREY


def _fill_values(sheet: Worksheet, place: int, values: pd.Series) -> None:
    """Values that are known already; text that looks like a formula stays text."""
    for row, value in enumerate(values.tolist(), 2):
        if value:
            cell = sheet.cell(row, place, value)
            cell.data_type = "s"


def _validate(
    sheet: Worksheet, lists: Worksheet, place: int, column: SheetColumn, n_rows: int
) -> None:
    """Limit what may be typed into one column, and explain it where a cell is chosen."""
    if rule := _validation(lists, place, column):
        rule.prompt, rule.promptTitle = (column.help or None), column.heading[:32]
        rule.showInputMessage = bool(column.help)
        sheet.add_data_validation(rule)
        letter = get_column_letter(place)
        rule.add(f"{letter}2:{letter}{n_rows + 1}")


def _validation(lists: Worksheet, place: int, column: SheetColumn) -> DataValidation | None:
    """What may be typed into a column; cells are text, so numbers are tested as such."""
    letter = get_column_letter(place)
    if column.choices:
        for row, choice in enumerate(column.choices, 1):
            lists.cell(row, place, choice).number_format = _TEXT
        where = f"{LISTS_SHEET}!${letter}$1:${letter}${len(column.choices)}"
        rule = DataValidation("list", formula1=where, allow_blank=True, showErrorMessage=True)
        rule.error = f"Choose one of: {', '.join(column.choices)}."[:250]
    elif column.lowest is not None:
        number = f"VALUE({letter}2)"
        limits = f"{number}>={column.lowest:g},{number}<={column.highest:g}"
        rule = DataValidation(
            "custom", formula1=f"AND(ISNUMBER({number}),{limits})", allow_blank=True,
            showErrorMessage=True,
        )  # fmt: skip
        rule.error = f"A number from {column.lowest:g} to {column.highest:g}."
    else:
        if not column.help:
            return None
        return DataValidation(None, allow_blank=True)
    rule.errorTitle = column.heading[:32]
    rule.errorStyle = "stop" if column.strict else "warning"
    return rule


def _about(has_visits: bool) -> tuple[str, ...]:
    """What the sheet is for, and the few rules of filling it."""
    return (
        "Score sheet for hip pain",
        "",
        "One row for each visit that took place. Leave blank what was not asked; delete no row."
        if has_visits
        else "One row for each visit. Only Client and Date are needed; leave blank what was not "
        "asked.",
        "Ask for pain (0 none, 10 worst) on arrival, before any treatment, at every visit.",
        "Ask again about six weeks after the first visit, also those who stopped coming: by text, "
        "phone or form. Give that score a row of its own, with 'score between visits' as its row "
        "type and the score under 'Pain before'.",
        "Write client numbers, not names. Dates with the year first: 2026-03-05.",
        "Measure range of motion in degrees, the same person with the same device and position.",
        "Correct the technique and minutes where something else was given than was booked."
        if has_visits
        else f"The grey row ({EXAMPLE}) shows how to fill a row; it is left out when the sheet is "
        "read.",
        "",
        "Then:  hipoutcomes report appointments.xlsx this-file.xlsx"
        if has_visits
        else "Then:  hipoutcomes report this-file.xlsx",
    )


def _fill_about(sheet: Worksheet, lines: tuple[str, ...]) -> None:
    """The sheet that explains."""
    sheet.column_dimensions["A"].width = 110
    for row, line in enumerate(lines, 1):
        cell = sheet.cell(row, 1, line)
        cell.alignment = Alignment(wrap_text=True)
        cell.font = Font(bold=row == 1, size=14 if row == 1 else 11)
