"""A blank score sheet that is read back with no mapping."""

from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from hipoutcomes.errors import OutputError
from hipoutcomes.ingest.rows.visits import EXAMPLE
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES
from hipoutcomes.vocabulary.measures import MEASURES

#: Rows that are ready to be filled.
N_ROWS = 500
SESSIONS_SHEET, ABOUT_SHEET, LISTS_SHEET = "Sessions", "About", "Lists"
VISIT, BETWEEN = "visit", "score between visits"

_TEXT = "@"
_HEADING = PatternFill("solid", fgColor="1F4E5F")
_GREY = PatternFill("solid", fgColor="E7E6E6")
_YES_NO = ("yes", "no")
_NPRS = tuple(str(score) for score in range(11))


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of the sheet.

    Attributes
    ----------
    heading : str
        Recognised by `ingest.headings`.
    example : str
    help : str
        Shown when a cell is chosen.
    choices : tuple of str
        Drop-down; empty for free text.
    lowest, highest : float
        For numbers that are not chosen from a list.
    strict : bool
        Whether anything that is not in the list is refused, or only asked about.
    """

    heading: str
    example: str
    help: str
    choices: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    strict: bool = True


def _labels(codelist) -> tuple[str, ...]:
    """The labels of a list, as a person reads them."""
    return tuple(term.label for term in codelist.terms.values())


def _degrees(heading: str, measure: str, example: str) -> SheetColumn:
    """A column of one active motion, on the side of the row."""
    record = MEASURES[measure]
    return SheetColumn(
        heading,
        example,
        "In degrees, before treatment, on the side named in this row.",
        lowest=record.lowest,
        highest=record.highest,
    )


def sheet_columns() -> tuple[SheetColumn, ...]:
    """The columns of the sheet, in order."""
    tension = MEASURES["tension"]
    steps = tuple(str(n) for n in range(int(tension.lowest), int(tension.highest) + 1))
    return (
        SheetColumn("Client", EXAMPLE, "The client's number or code. No names."),
        SheetColumn("Date", "2026-03-05", "Year first: 2026-03-05."),
        SheetColumn(
            "Row type",
            VISIT,
            "For a score asked by text, phone or form, choose 'score between visits' and write it "
            "under 'Pain before'.",
            (VISIT, BETWEEN),
        ),
        SheetColumn("First visit for this complaint", "yes", "", _YES_NO),
        SheetColumn("Therapist", "AB", "Initials or number."),
        SheetColumn(
            "Technique",
            "Swedish 40; Deep tissue 20",
            "Choose one, or type several with their minutes: Swedish 40; Deep tissue 20.",
            _labels(TECHNIQUES),
            strict=False,
        ),
        SheetColumn("Minutes", "60", "Length of the session.", lowest=1, highest=480),
        SheetColumn("Condition", "Osteoarthritis", "", _labels(CONDITIONS), strict=False),
        SheetColumn("Side", "left", "", ("left", "right", "both")),
        SheetColumn("Pain before (0-10)", "6", "0 no pain, 10 worst pain. Ask on arrival.", _NPRS),
        SheetColumn("Pain after (0-10)", "4", "Asked at the end of the session.", _NPRS),
        SheetColumn("Discomfort during massage (0-10)", "2", "", _NPRS),
        _degrees("Active flexion before (degrees)", "flexion_active", "105"),
        _degrees("Active internal rotation before (degrees)", "internal_rotation_active", "30"),
        SheetColumn(
            f"Muscle tension before (0-{steps[-1]})", "2", "0 none. One therapist's rating.", steps
        ),
        SheetColumn("Device", "goniometer", "", ("goniometer", "inclinometer", "phone app")),
        SheetColumn("Position", "supine", "", ("supine", "prone", "seated")),
        SheetColumn("Aftercare advised", "hydration; stretching", "Several: separate with ;"),
        SheetColumn("Aftercare followed", "stretching", "Since the last visit; or 'no'."),
        SheetColumn("Age", "52", "In years.", lowest=0, highest=120),
        SheetColumn("Sex", "F", "", ("F", "M", "X")),
        SheetColumn("Next visit advised", "yes", "", _YES_NO),
    )


def write_sheet(path: str | Path) -> Path:
    """Write a blank score sheet for a clinic.

    Every cell is text, so that no program turns "6-7" into a date; scores are chosen from 0 to 10;
    one grey row shows how to fill a row, and is left out when the sheet is read.

    Parameters
    ----------
    path : path
        An .xlsx file; written over if it is there.

    Raises
    ------
    OutputError
        When the place cannot be written to, or the name does not end in .xlsx.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise OutputError(
            f"A score sheet is an Excel workbook; {path.name} does not end in .xlsx.",
            remedy=f"Name it {path.stem}.xlsx.",
        )
    book = Workbook()
    sheet = book.active
    sheet.title = SESSIONS_SHEET
    _fill_about(book.create_sheet(ABOUT_SHEET))
    lists = book.create_sheet(LISTS_SHEET)
    lists.sheet_state = "hidden"
    columns = sheet_columns()
    for place, column in enumerate(columns, 1):
        _fill_column(sheet, lists, place, column)
    sheet.freeze_panes = "C2"
    try:
        book.save(path)
    except OSError as problem:
        raise OutputError(
            f"{path} cannot be written: {problem.strerror or problem}.",
            remedy="Name another place, or close the file where it is open.",
        ) from None
    return path


def _fill_column(sheet: Worksheet, lists: Worksheet, place: int, column: SheetColumn) -> None:
    """Heading, example, text format and validation of one column."""
    letter = get_column_letter(place)
    sheet.column_dimensions[letter].width = max(12, min(24, len(column.heading) + 2))
    heading = sheet.cell(1, place, column.heading)
    heading.font, heading.fill = Font(bold=True, color="FFFFFF"), _HEADING
    heading.alignment = Alignment(wrap_text=True, vertical="top")
    for row in range(2, N_ROWS + 2):
        sheet.cell(row, place).number_format = _TEXT
    example = sheet.cell(2, place)
    example.value, example.font, example.fill = column.example, Font(italic=True), _GREY
    example.number_format = _TEXT
    if rule := _validation(lists, place, column):
        rule.prompt, rule.promptTitle = (column.help or None), column.heading[:32]
        rule.showInputMessage = bool(column.help)
        sheet.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{N_ROWS + 1}")


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


def _fill_about(sheet: Worksheet) -> None:
    """What the sheet is for, and the few rules of filling it."""
    lines = (
        "Score sheet for hip pain",
        "",
        "One row for each visit. Only Client and Date are needed; leave blank what was not asked.",
        "Ask for pain (0 none, 10 worst) on arrival, before any treatment, at every visit.",
        "Ask again about six weeks after the first visit, also those who stopped coming: by text, "
        "phone or form. Give that score a row of its own, with 'score between visits' as its row "
        "type and the score under 'Pain before'.",
        "Write client numbers, not names. Dates with the year first: 2026-03-05.",
        "Measure range of motion in degrees, the same person with the same device and position.",
        f"The grey row ({EXAMPLE}) shows how to fill a row; it is left out when the sheet is read.",
        "",
        "Then:  hipoutcomes report this-file.xlsx",
    )
    sheet.column_dimensions["A"].width = 110
    for row, line in enumerate(lines, 1):
        cell = sheet.cell(row, 1, line)
        cell.alignment = Alignment(wrap_text=True)
        cell.font = Font(bold=row == 1, size=14 if row == 1 else 11)
