"""A name for each row of each file, by which it is known again when it comes back corrected."""

from collections.abc import Iterable
from hashlib import sha256

_LETTERS = 20


def row_key(file_hash: str, sheet: str, row: int) -> str:
    """Name of one row.

    Parameters
    ----------
    file_hash : str
        Of the file's bytes.
    sheet : str
        Empty for text files.
    row : int
        As a spreadsheet shows it.

    Examples
    --------
    >>> row_key("3f9a", "", 7) == row_key("3f9a", "", 7), row_key("3f9a", "", 8)
    (True, 'b87a896edb7076793ad0')
    """
    return sha256(f"{file_hash}|{sheet}|{row}".encode()).hexdigest()[:_LETTERS]


def row_keys(file_hash: str, sheet: str, rows: Iterable[int]) -> list[str]:
    """Names of several rows."""
    return [row_key(file_hash, sheet, row) for row in rows]
