"""Rows of a private table that are about one client, taken out of CSV files and workbooks."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from hipoutcomes.privacy.codes import client_code
from hipoutcomes.privacy.key import Key
from hipoutcomes.privacy.private_folder import write_private
from hipoutcomes.vocabulary.fields import ALIASES, squash

_CLIENT = "patient"
#: The headings stand within the first rows of a sheet.
_HEADING_ROWS = 20
#: Text of cells is looked at whole, so that "7" of a score is not taken for client 7 where a
#: column is known to hold the clients.
_TEXT_ENDINGS, _BOOK_ENDINGS = (".csv", ".tsv", ".txt"), (".xlsx", ".xlsm")


def rows_of(table: Sequence[Sequence], codes: frozenset[str], key: Key) -> list[int]:
    """Places of the rows that are about a client.

    Where a heading says which column holds the clients, that column decides; without one, any cell
    that could be the client's number does.

    Parameters
    ----------
    table : sequence of rows
        Raw cells.
    codes : frozenset of str
        Every code by which the client goes.
    key : Key
    """
    columns = None
    for row in table[:_HEADING_ROWS]:
        named = [at for at, cell in enumerate(row) if ALIASES.get(squash(_text(cell))) == _CLIENT]
        if named:
            columns = named
            break
    known: dict[str, bool] = {}

    def is_client(cell: object) -> bool:
        text = _text(cell)
        if text not in known:
            known[text] = bool(text.strip()) and client_code(key, text) in codes
        return known[text]

    return [
        at
        for at, row in enumerate(table)
        if any(is_client(cell) for place, cell in enumerate(row) if _counts(place, columns))
    ]


def without_client(path: Path, codes: frozenset[str], key: Key) -> int:
    """Take a client's rows out of a file of the private folder.

    Returns
    -------
    int
        Rows taken out; -1 where the file could not be read, and is left as it is.
    """
    ending = path.suffix.lower()
    if ending in _TEXT_ENDINGS:
        return _without_in_text(path, codes, key)
    return _without_in_book(path, codes, key) if ending in _BOOK_ENDINGS else -1


def _without_in_text(path: Path, codes: frozenset[str], key: Key) -> int:
    """Take rows out of a delimited text file."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        first = text.split("\n", 1)[0]
        delimiter = max(",;\t|", key=first.count)
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (OSError, UnicodeDecodeError, csv.Error):
        return -1
    gone = set(rows_of(table, codes, key))
    if gone:
        kept = io.StringIO(newline="")
        lines = csv.writer(kept, delimiter=delimiter, lineterminator="\r\n")
        lines.writerows(row for at, row in enumerate(table) if at not in gone)
        write_private(path, kept.getvalue().encode("utf-8-sig"))
    return len(gone)


def _without_in_book(path: Path, codes: frozenset[str], key: Key) -> int:
    """Take rows out of every sheet of a workbook; what is written holds no trace of them."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(path)
    except Exception:  # whatever a damaged workbook raises, it is told as one that cannot be read
        return -1
    n_gone = 0
    for sheet in book.worksheets:
        table = [list(row) for row in sheet.iter_rows(values_only=True)]
        gone = rows_of(table, codes, key)
        for at in reversed(gone):
            sheet.delete_rows(at + 1)
        n_gone += len(gone)
    if n_gone:
        written = io.BytesIO()
        book.save(written)
        write_private(path, written.getvalue())
    return n_gone


def _text(cell: object) -> str:
    """A raw cell as text."""
    return "" if cell is None else str(cell)


def _counts(place: int, columns: list[int] | None) -> bool:
    """Whether a column can say whom a row is about."""
    return columns is None or place in columns
