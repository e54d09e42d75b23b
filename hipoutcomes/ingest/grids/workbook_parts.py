"""The parts of an .xlsx workbook: the XML of each sheet, and the formats of its cells."""

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from xml.etree import ElementTree

_PACKAGE_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
#: A format that fills a number up with zeros.
ZEROS = re.compile(r"0{2,}")

#: What opening a workbook's parts can raise when they are not whole.
UNREADABLE = (
    *(ElementTree.ParseError, zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(KeyError, ValueError, NotImplementedError, RuntimeError),
)


@dataclass(frozen=True, eq=False)
class WorkbookParts:
    """The parts of a workbook that a fast reader gives no account of.

    Attributes
    ----------
    sheets : dict of str to bytes
        XML of each sheet, by its name.
    zeros : dict of str to int
        Cell format -> number of digits, for formats that fill up with zeros, such as 00000.
    has_macros : bool
        Whether the workbook carries a program; nothing ever runs it.
    """

    sheets: dict[str, bytes]
    zeros: dict[str, int]
    has_macros: bool


def workbook_parts(data: bytes) -> WorkbookParts:
    """Take a workbook apart.

    Raises
    ------
    Exception
        One of `UNREADABLE`, when the workbook is not whole.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {relation.get("Id"): relation.get("Target") for relation in relations}
        sheets = {}
        for node in book.iter():
            part = _part_of(node, targets) if local(node.tag) == "sheet" else ""
            if part and part.startswith("xl/worksheets/") and part in names:
                sheets[node.get("name")] = archive.read(part)
        styles = archive.read("xl/styles.xml") if "xl/styles.xml" in names else b""
    return WorkbookParts(sheets, _zeros(styles), "xl/vbaProject.bin" in names)


def local(tag: str) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2]


def _part_of(sheet: ElementTree.Element, targets: dict[str, str]) -> str:
    """Name of the part that holds a sheet; empty when the workbook does not say."""
    target = targets.get(sheet.get(_PACKAGE_RELATION) or sheet.get(_STRICT_RELATION))
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/") if target else ""


def _zeros(styles: bytes) -> dict[str, int]:
    """Cell formats that fill up with zeros, by their number."""
    if b"00" not in styles:
        return {}
    formats: dict[str, int] = {}
    found: dict[str, int] = {}
    for node in ElementTree.fromstring(styles).iter():
        tag = local(node.tag)
        if tag == "numFmt" and ZEROS.fullmatch(code := node.get("formatCode") or ""):
            formats[node.get("numFmtId")] = len(code)
        elif tag == "cellXfs":
            for place, cell_format in enumerate(node):
                if (digits := formats.get(cell_format.get("numFmtId"))) is not None:
                    found[str(place)] = digits
    return found
