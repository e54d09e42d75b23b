"""Sheets with a cell far away from their table are refused before anything lays them out.

A reader lays a sheet out from its first cell to its last. One stray cell in the last row and column
would make that seventeen thousand million cells.
"""

import io
import re
from xml.etree import ElementTree

import numpy as np

from hipoutcomes.errors import FileError

#: Rows times columns that we lay out.
MOST_CELLS = 60_000_000

#: With columns of one letter only, no sheet can be too large.
_MANY_COLUMNS = re.compile(rb'r="[A-Za-z][A-Za-z]')
_ADDRESS = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""", re.IGNORECASE)
_CELL = re.compile(rb"<(?:\w+:)?c[ >/]")
_ROW = re.compile(rb"<(?:\w+:)?row[ >/]")


def need_near_cells(xml: bytes, name: str, sheet: str) -> None:
    """Refuse a sheet of an .xlsx workbook that is too large to lay out.

    Parameters
    ----------
    xml : bytes
        Of the sheet.
    name, sheet : str
        For messages.

    Raises
    ------
    FileError
        Naming the sheet and the extent of its cells.
    """
    if _MANY_COLUMNS.search(xml) or b"='" in xml:
        addresses = _ADDRESS.findall(xml)
        if not addresses:
            return
        n_rows = int(max(np.array([row for _, row in addresses], dtype="S7").astype(np.int64)))
        letters = max((letters for letters, _ in addresses), key=lambda text: (len(text), text))
        need_fewer_cells(n_rows, column_number(letters.decode()) + 1, name, sheet)
    cells = [found.start() for found in _CELL.finditer(xml)] if b"<c>" in xml else []
    if cells:  # cells without addresses follow one another
        starts = [found.start() for found in _ROW.finditer(xml)]
        widest = int(np.diff(np.searchsorted(cells, [*starts, len(xml)])).max(initial=0))
        need_fewer_cells(len(starts), widest, name, sheet)


def need_fewer_repeats(xml: bytes, name: str) -> None:
    """Refuse an OpenDocument spreadsheet whose repeated cells are too many to lay out.

    Raises
    ------
    FileError
        Naming the extent of its cells.
    """
    n_rows = n_columns = of_row = 0
    for _, node in ElementTree.iterparse(io.BytesIO(xml)):
        tag = node.tag.rpartition("}")[2]
        if tag == "table-cell":
            if len(node) or any(key.endswith("}value") for key in node.attrib):
                of_row += repeats(node, "number-columns-repeated")
        elif tag == "table-row":
            n_rows += repeats(node, "number-rows-repeated") if of_row else 0
            n_columns, of_row = max(n_columns, of_row), 0
            node.clear()
            need_fewer_cells(n_rows, n_columns, name, "")
        elif tag == "table":
            n_rows = n_columns = 0


def need_fewer_cells(n_rows: int, n_columns: int, name: str, sheet: str) -> None:
    """Refuse a sheet of too many rows and columns."""
    if n_rows * n_columns > MOST_CELLS:
        raise FileError(
            f"{name}: the cells of {f'the sheet {sheet!r}' if sheet else 'a sheet'} reach to row "
            f"{n_rows:,} and column {n_columns:,}.",
            f"We lay out up to {MOST_CELLS:,} cells; a stray cell may stand far from the table.",
            "Copy the table alone into a new workbook, and read that.",
        )


def column_number(letters: str) -> int:
    """Number of a column, counted from 0.

    Examples
    --------
    >>> column_number("A"), column_number("AB")
    (0, 27)
    """
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def repeats(node: ElementTree.Element, name: str) -> int:
    """How often a row or cell is repeated."""
    said = next((v for key, v in node.attrib.items() if key.endswith(name)), "1")
    return int(said) if said.isdigit() else 1
