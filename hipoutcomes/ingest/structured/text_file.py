"""Bytes of a text file, read once, with the beginning by which its kind is told."""

import csv
import hashlib
import zlib
from collections.abc import Collection
from functools import cached_property
from pathlib import Path

from hipoutcomes.ingest.grids.cells import as_typed
from hipoutcomes.ingest.grids.contents import file_bytes, likely_encodings, text_of, unpacked
from hipoutcomes.ingest.grids.layout import Table
from hipoutcomes.ingest.grids.text_grid import read_text

_HEAD = 1 << 16
_PACKED = b"\x1f\x8b"
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"PAR1")


class TextFile:
    """One file of text; only its beginning is read until more is asked for.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path):
        self.path = path

    @property
    def name(self) -> str:
        """Name without the folder."""
        return self.path.name

    @cached_property
    def head(self) -> bytes:
        """The beginning, without the packing; empty for what cannot be opened or is no text."""
        try:
            with self.path.open("rb") as file:
                start = file.read(_HEAD)
            if start.startswith(_PACKED):
                start = zlib.decompressobj(wbits=31).decompress(start, _HEAD)
        except (OSError, ValueError, zlib.error):
            return b""
        return b"" if start.startswith(_NOT_TEXT) else start

    @cached_property
    def data(self) -> bytes:
        """Bytes as they lie on the disk; raises FileError when the file cannot be opened."""
        return file_bytes(self.path)

    @cached_property
    def contents(self) -> bytes:
        """Bytes without the packing."""
        return unpacked(self.data, self.name)

    @cached_property
    def sha256(self) -> str:
        """Of the bytes on the disk."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def text(self) -> str:
        """The whole text; raises FileError when the bytes are none."""
        return text_of(self.contents, self.name)[0]

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """Cells of the first line, as a table; empty when there are none."""
        line = self.head.decode(likely_encodings(self.head)[0], "replace").lstrip("\ufeff")
        rows = [_first_row(line, delimiter) for delimiter in (",", ";", "\t")]
        return tuple(cell.strip() for cell in max(rows, key=len))

    @cached_property
    def looks_like_json(self) -> bool:
        """Whether it is named or begins as JSON does."""
        if self.name.casefold().removesuffix(".gz").endswith((".json", ".ndjson", ".jsonl")):
            return True
        start = self.head[:256].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        return start.startswith((b'{"', b"{ ", b"{\n", b"{\r", b"[{", b"[\n", b"[\r", b"[ {"))

    def table(self, known: Collection[str]) -> tuple[Table, dict[str, str]]:
        """The text as a table whose headings are `known`."""
        names = set(known)
        return read_text(self.contents, self.name, names.__contains__)


def rows_of(table: Table) -> list[dict[str, str]]:
    """Each row of a table as text by heading, headings in lower case."""
    names = [heading.casefold() for heading in table.headers]
    texts = []
    for column in table.columns:
        typed = [*(as_typed(value).strip() for value in column.values), ""]
        texts.append([typed[code] for code in column.codes])
    return [dict(zip(names, row, strict=True)) for row in zip(*texts, strict=True)]


def _first_row(text: str, delimiter: str) -> list[str]:
    """The first row of a text; empty when it is none."""
    try:
        return next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        return []
