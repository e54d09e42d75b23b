"""What a fast reader of workbooks does not tell: errors, unsaved formulas, zeros, hidden rows.

It gives an empty text for ``#N/A`` and for a formula whose result was never saved, and 457 for a
cell that shows 00457. All three are looked up in the sheet's own XML, which is only walked through
when it holds such a cell.
"""

import io
import re
from dataclasses import dataclass
from xml.etree import ElementTree

from hipoutcomes.ingest.grids.cells import ExcelError
from hipoutcomes.ingest.grids.far_cells import column_number
from hipoutcomes.ingest.grids.workbook_parts import local

_MARKS = (b'"e"', b"'e'", b"<f", b":f")
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*\bhidden=["'](?:1|true)["']""")
_LETTERS = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, eq=False)
class SecondLook:
    """What a fast reader does not tell of a sheet.

    Attributes
    ----------
    unread : dict of (row, column) to ExcelError
        Error cells and formulas without a saved result; counted from 0.
    digits : dict of (row, column) to int
        Digits that a number is filled up to with zeros where it is shown.
    n_hidden_rows : int
    has_macros : bool
    """

    unread: dict[tuple[int, int], ExcelError]
    digits: dict[tuple[int, int], int]
    n_hidden_rows: int
    has_macros: bool = False


def look_again(xml: bytes, zeros: dict[str, int], has_blanks: bool = True) -> SecondLook:
    """Look at a sheet's XML for what a fast reader left out.

    Parameters
    ----------
    xml : bytes
    zeros : dict of str to int
        As `workbook_parts.WorkbookParts.zeros`.
    has_blanks : bool
        Whether any cell looks blank; only such cells can be errors.
    """
    n_hidden = len(_HIDDEN_ROW.findall(xml)) if b"hidden" in xml else 0
    has_zeros = any(f's="{style}"'.encode() in xml for style in zeros)
    if not has_zeros and not (has_blanks and any(mark in xml for mark in _MARKS)):
        return SecondLook({}, {}, n_hidden)
    unread, digits = _scan(xml, zeros if has_zeros else {})
    return SecondLook(unread, digits, n_hidden)


def _scan(xml: bytes, zeros: dict[str, int]) -> tuple[dict, dict]:
    """Walk the cells of a sheet; rows and cells without an address follow the one before."""
    unread: dict[tuple[int, int], ExcelError] = {}
    digits: dict[tuple[int, int], int] = {}
    row = column = -1
    for event, node in ElementTree.iterparse(io.BytesIO(xml), events=("start", "end")):
        tag = local(node.tag)
        if event == "start":
            if tag == "row":
                row, column = int(node.get("r") or row + 2) - 1, -1
            elif tag == "c":
                column = _column(node.get("r")) if node.get("r") else column + 1
            continue
        if tag == "c":
            if error := _error_of(node):
                unread[row, column] = error
            elif (n := zeros.get(node.get("s"))) is not None:
                digits[row, column] = n
        if tag == "row":
            node.clear()
    return unread, digits


def _error_of(cell: ElementTree.Element) -> ExcelError | None:
    """What a cell shows that a fast reader leaves out; None for an ordinary cell."""
    parts = {local(child.tag): child for child in cell}
    if cell.get("t") == "e":
        shown = parts["v"].text if "v" in parts else None
        return ExcelError(shown or "#ERROR")
    if "f" in parts and cell.get("t") != "str" and not (parts["v"].text if "v" in parts else ""):
        return ExcelError("=" + (parts["f"].text or ""))
    return None


def _column(address: str) -> int:
    """Column of an address such as C7, counted from 0."""
    letters = _LETTERS.match(address)
    return column_number(letters.group()) if letters else -1
