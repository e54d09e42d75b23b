"""Cells of a workbook that look blank to a fast reader but are not.

A fast reader gives an empty text for ``#N/A`` and for a formula whose result was never saved.
Both are looked up in the sheet's own XML, which is read only when it holds such a cell.
"""

import io
import posixpath
import zipfile
import zlib
from xml.etree import ElementTree

from hipoutcomes.ingest.grids.cells import ExcelError

_PACKAGE_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

#: What opening a workbook's parts can raise when they are not whole.
UNREADABLE = (
    *(ElementTree.ParseError, zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(KeyError, ValueError, NotImplementedError, RuntimeError),
)


def unread_cells(data: bytes, sheet: str) -> dict[tuple[int, int], ExcelError]:
    """Error cells and formulas without a saved result, by row and column counted from 0."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = _part_of(archive, sheet)
        xml = archive.read(part) if part else b""
    if not any(mark in xml for mark in (b't="e"', b"t='e'", b"f>", b"<f ", b":f ")):
        return {}
    return _scan(xml)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Name of the part of the archive that holds a sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target") for relation in relations}
    for node in book.iter():
        if _local(node.tag) == "sheet" and node.get("name") == sheet:
            target = targets.get(node.get(_PACKAGE_RELATION) or node.get(_STRICT_RELATION))
            if target is None:
                return None
            return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return None


def _scan(xml: bytes) -> dict[tuple[int, int], ExcelError]:
    """Walk the cells of a sheet; rows and cells without an address follow the one before."""
    found: dict[tuple[int, int], ExcelError] = {}
    row = column = -1
    for event, node in ElementTree.iterparse(io.BytesIO(xml), events=("start", "end")):
        tag = _local(node.tag)
        if event == "start":
            if tag == "row":
                row, column = int(node.get("r") or row + 2) - 1, -1
            elif tag == "c":
                column = _column(node.get("r")) if node.get("r") else column + 1
            continue
        if tag == "c" and (error := _error_of(node)):
            found[row, column] = error
        if tag == "row":
            node.clear()
    return found


def _error_of(cell: ElementTree.Element) -> ExcelError | None:
    """What a cell shows that a fast reader leaves out; None for an ordinary cell."""
    parts = {_local(child.tag): child for child in cell}
    if cell.get("t") == "e":
        shown = parts["v"].text if "v" in parts else None
        return ExcelError(shown or "#ERROR")
    if "f" in parts and cell.get("t") != "str" and not (parts["v"].text if "v" in parts else ""):
        return ExcelError("=" + (parts["f"].text or ""))
    return None


def _column(address: str) -> int:
    """Column of an address such as C7, counted from 0."""
    place = 0
    for letter in address:
        if not letter.isalpha():
            break
        place = place * 26 + ord(letter.upper()) - ord("A") + 1
    return place - 1


def _local(tag: str) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2]
