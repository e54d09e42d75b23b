"""The fix file: rows that were set aside, with their problems, for a person to correct."""

import io
from collections.abc import Sequence

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from hipoutcomes.ingest.fixfile_rows import RowToFix
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES

ROWS, SUMMARY, TERMS, BEFORE, LISTS = (
    *("Fix these rows", "Summary", "Terms", "As they were", "Lists"),
)
KEY, FILE, SHEET, ROW, PROBLEM, SUGGESTION, ACTION = (
    *("_row_key", "_file", "_sheet", "_row", "_problem", "_suggestion", "_action"),
)
OWN = (KEY, FILE, SHEET, ROW, PROBLEM, SUGGESTION, ACTION)
#: Cells of a row beyond its last heading.
TOO_MANY = "_too_many"
#: What a person can say of a row instead of correcting it.
DROP, MISSING = "drop", "missing"
FIELD, WORD, CELLS, MEANS = "Field", "Word", "Cells", "Means"

_TEXT = "@"
_HEADING = PatternFill("solid", fgColor="1F4E5F")
_GREY = PatternFill("solid", fgColor="E7E6E6")
_WRONG = PatternFill("solid", fgColor="F8D7C8")
_OF_FIELD = {"technique": TECHNIQUES, "condition": CONDITIONS}


def fix_file(
    file: str, sheet: str, headers: Sequence[str], rows: Sequence[RowToFix], terms: pd.DataFrame
) -> bytes:
    """The bytes of a workbook with rows to correct: every cell text, wrong ones shaded.

    Parameters
    ----------
    file, sheet : str
        Where the rows are from.
    headers : sequence of str
        Headings of the file, in its order.
    rows : sequence of RowToFix
    terms : DataFrame
        As `terms_to_review`.
    """
    book = Workbook()
    page = book.active
    page.title = ROWS
    columns = [*OWN, *headers, TOO_MANY]
    _fill_headings(page, columns)
    before = book.create_sheet(BEFORE)
    before.sheet_state = "hidden"
    before.append(columns)
    for place, row in enumerate(rows, 2):
        cells = _cells(file, sheet, row, len(headers))
        _fill_row(page, place, cells)
        _fill_row(before, place, cells)
        _shade(page, place, row, headers)
    _offer(page, columns.index(ACTION) + 1, len(rows))
    page.freeze_panes = page.cell(2, len(OWN) + 1)
    _fill_summary(book.create_sheet(SUMMARY, 0), file, rows)
    if len(terms):
        _fill_terms(book, terms)
    book.active = 1
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cells(file: str, sheet: str, row: RowToFix, width: int) -> list[str]:
    """One row as its cells in the fix file."""
    problems = [
        f"{heading}: {message}" if heading else message for heading, message, _ in row.problems
    ]
    suggestions = dict.fromkeys(said for _, _, said in row.problems if said)
    inside = [*row.cells[:width], *[""] * (width - len(row.cells))]
    about = (row.key, file, sheet, str(row.row), " ".join(problems), " ".join(suggestions), "")
    return [*about, *inside, " | ".join(row.cells[width:])]


def _fill_headings(page: Worksheet, columns: Sequence[str]) -> None:
    """The headings, ours grey and the file's own dark."""
    for place, name in enumerate(columns, 1):
        cell = page.cell(1, place, name)
        cell.data_type = "s"
        ours = name in OWN or name == TOO_MANY
        cell.fill = _GREY if ours else _HEADING
        cell.font = Font(bold=True, color="000000" if ours else "FFFFFF")
        width = 50 if name in (PROBLEM, SUGGESTION) else max(10, min(24, len(name) + 2))
        page.column_dimensions[get_column_letter(place)].width = width
    page.column_dimensions[get_column_letter(1)].hidden = True


def _fill_row(page: Worksheet, place: int, cells: Sequence[str]) -> None:
    """The cells of one row as text."""
    for column, text in enumerate(cells, 1):
        cell = page.cell(place, column)
        cell.number_format = _TEXT
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if text:
            cell.value = _writable(text)
            cell.data_type = "s"


def _writable(text: str) -> str:
    """A text without the signs that no workbook can hold."""
    return "".join(sign for sign in text[:32_000] if sign >= " " or sign in "\t\n\r")


def _shade(page: Worksheet, place: int, row: RowToFix, headers: Sequence[str]) -> None:
    """Shade the cells that are wrong, each with its reason as a comment."""
    for heading, message, suggestion in row.problems:
        for column, name in enumerate(headers, len(OWN) + 1):
            if heading and name == heading:
                cell = page.cell(place, column)
                cell.fill = _WRONG
                cell.comment = Comment(f"{message}\n{suggestion}".strip(), "hipoutcomes")
                cell.comment.width, cell.comment.height = 320, 90


def _offer(page: Worksheet, column: int, n_rows: int) -> None:
    """A drop-down of what can be said instead of correcting a row."""
    rule = DataValidation("list", formula1=f'"{DROP},{MISSING}"', allow_blank=True)
    rule.prompt = (
        "Leave blank where you corrected the row. drop: leave the row out for good. missing: keep "
        "the row, without the shaded cells."
    )
    rule.promptTitle, rule.showInputMessage = "Instead of correcting", True
    page.add_data_validation(rule)
    letter = get_column_letter(column)
    rule.add(f"{letter}2:{letter}{n_rows + 1}")


def _fill_summary(page: Worksheet, file: str, rows: Sequence[RowToFix]) -> None:
    """What to do, and how often each problem occurs."""
    counts: dict[str, int] = {}
    for row in rows:
        for _, message, _ in row.problems:
            counts[message] = counts.get(message, 0) + 1
    lines = [
        f"Rows of {file} to correct",
        "",
        f"1. Go to '{ROWS}'. Shaded cells are wrong; their comment says why. Correct them there.",
        f"2. Where a row cannot be corrected, choose under {ACTION}: '{DROP}' leaves it out for "
        f"good, '{MISSING}' keeps it without the shaded cells. Rows left alone stay set aside.",
        "3. Save, and import this file as you imported the first. Twice changes nothing.",
        "",
        *(f"{n:,} × {message}" for message, n in sorted(counts.items(), key=lambda c: -c[1])),
        "",
        "This file quotes your records: it is not for sharing.",
    ]
    page.column_dimensions["A"].width = 110
    for place, line in enumerate(lines, 1):
        cell = page.cell(place, 1, line)
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True)
        cell.font = Font(bold=place == 1, size=14 if place == 1 else 11)


def _fill_terms(book: Workbook, terms: pd.DataFrame) -> None:
    """Words that are in no list, one line each, with a drop-down of those that are."""
    page, lists = book.create_sheet(TERMS), book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    _fill_headings(page, (FIELD, WORD, CELLS, MEANS))
    page.column_dimensions["A"].hidden = False
    rules = {}
    for column, (field, codelist) in enumerate(_OF_FIELD.items(), 1):
        labels = [term.label for term in codelist.terms.values()]
        for place, label in enumerate(labels, 1):
            lists.cell(place, column, label)
        letter = get_column_letter(column)
        rules[field] = DataValidation(
            "list", formula1=f"{LISTS}!${letter}$1:${letter}${len(labels)}", allow_blank=True
        )
        page.add_data_validation(rules[field])
    for place, term in enumerate(terms.itertuples(), 2):
        _fill_row(page, place, (str(term.field), str(term.value), str(term.n), ""))
        if str(term.field) in rules:
            rules[str(term.field)].add(f"D{place}")
