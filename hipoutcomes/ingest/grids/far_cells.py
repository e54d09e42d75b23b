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
MOST_CELLS = 25_000_000
#: Columns of a table, as many as a sheet of Excel has.
MOST_COLUMNS = 16_384

#: A cell that is not in one of the first 26 columns and 999,999 rows, or does not say so plainly.
_NOT_NEAR = re.compile(rb"""<c(?=[\s/>])(?! r="[A-Z]\d{1,6}")""")
_NOT_PLAIN = re.compile(rb"""<c(?=[\s/>])(?! r="[A-Z]{1,3}\d{1,7}")""")
_ADDRESS = re.compile(rb"""<c r="([A-Z]{1,3})(\d{1,7})\"""")
_LETTERS_AND_DIGITS = re.compile(r"([A-Za-z]+)(\d+)")
#: Farther than any cell of a workbook.
_NOWHERE = 1 << 32


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
    if not _NOT_NEAR.search(xml) and b":c" not in xml:
        return
    if not _NOT_PLAIN.search(xml) and b":c" not in xml:
        addresses = _ADDRESS.findall(xml)
        letters = max((letters for letters, _ in addresses), key=lambda text: (len(text), text))
        n_rows = int(np.array([row for _, row in addresses], dtype="S7").astype(np.int64).max())
        n_columns = column_number(letters.decode()) + 1
    else:
        n_rows, n_columns = _extent(xml)
    need_fewer_cells(n_rows, n_columns, name, sheet)


def _extent(xml: bytes) -> tuple[int, int]:
    """Last row and column of a sheet, however its cells say where they are.

    Rows and cells without an address follow the one before.
    """
    last_row = last_column = row = column = 0
    for event, node in ElementTree.iterparse(io.BytesIO(xml), events=("start", "end")):
        tag = node.tag.rpartition("}")[2]
        if event == "end":
            if tag == "row":
                node.clear()
        elif tag == "row":
            said = node.get("r") or ""
            row, column = int(said) if said.isdecimal() else row + 1, 0
        elif tag == "c":
            at = _LETTERS_AND_DIGITS.fullmatch(node.get("r") or "")
            column = column_number(at[1]) + 1 if at else column + 1
            row = int(at[2]) if at else row
        last_row, last_column = max(last_row, row), max(last_column, column)
    return last_row, last_column


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
    if n_rows * n_columns > MOST_CELLS or n_columns > MOST_COLUMNS:
        raise FileError(
            f"{name}: the cells of {f'the sheet {sheet!r}' if sheet else 'a sheet'} reach to row "
            f"{n_rows:,} and column {n_columns:,}.",
            f"We lay out up to {MOST_CELLS:,} cells; a stray cell may stand far from the table.",
            "Copy the table alone into a new workbook, and read that.",
        )


def need_fewer_columns(n_columns: int, name: str) -> None:
    """Refuse a text of more columns than any table has.

    Raises
    ------
    FileError
        Naming their number.
    """
    if n_columns > MOST_COLUMNS:
        raise FileError(
            f"{name} has {n_columns:,} columns in its heading row.",
            f"A table has up to {MOST_COLUMNS:,}.",
            "Check that it is the right file, and name what separates its cells with --delimiter.",
        )


def column_number(letters: str) -> int:
    """Number of a column, counted from 0.

    Examples
    --------
    >>> column_number("A"), column_number("AB")
    (0, 27)

    More letters than any column has stand for one farther than all.
    """
    if len(letters) > 6:
        return _NOWHERE
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def repeats(node: ElementTree.Element, name: str) -> int:
    """How often a row or cell is repeated."""
    said = next((v for key, v in node.attrib.items() if key.endswith(name)), "1")
    return int(said) if said.isdigit() else 1
