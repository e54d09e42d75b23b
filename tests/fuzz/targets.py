"""What the fuzzer feeds, and what must hold whatever it feeds.

Each target takes bytes and returns quietly when they were read, or refused with one of our own
messages. Anything else that is raised is a fault.
"""

import tempfile
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

from hipoutcomes.errors import HipoutcomesError
from hipoutcomes.ingest.accounting import CELL_FATES, ROW_FATES
from hipoutcomes.ingest.checks import CHECKS
from hipoutcomes.ingest.parsing.parse_dates import ORDERS, parse_date
from hipoutcomes.ingest.parsing.parse_degrees import parse_degrees
from hipoutcomes.ingest.parsing.parse_lengths import parse_duration, parse_minutes
from hipoutcomes.ingest.parsing.parse_plain import parse_number, parse_pressure
from hipoutcomes.ingest.parsing.parse_scores import parse_score
from hipoutcomes.ingest.parsing.parse_terms import (
    parse_sex,
    parse_side,
    parse_terms,
    parse_treatments,
    parse_yes_no,
)
from hipoutcomes.ingest.parsing.parse_times import parse_time
from hipoutcomes.ingest.parsing.parsed import Parsed
from hipoutcomes.ingest.parsing.scales import Scale
from hipoutcomes.ingest.planning.mapping import parse_mapping
from hipoutcomes.ingest.planning.mapping_text import mapping_text
from hipoutcomes.ingest.read import read_files
from hipoutcomes.ingest.rows.visits import parse_attendance, parse_cancellation, parse_row_type
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES

TODAY = date(2026, 11, 25)

#: Headings under which the target `cells` puts its cells.
HEADINGS = (
    *("Pain before", "Pain after", "Date", "Client", "Technique", "Condition", "Side", "Minutes"),
    *("Flexion before (degrees)", "Age", "Sex", "Status", "Row type", "Onset", "Date of birth"),
    *("First visit", "Time", "Visit id", "Aftercare advised", "Pressure", "HOOS-PS between"),
    *("Duration of complaint", "Muscle tension before", "Visit number", "Cancelled", "Mode"),
)
#: Endings under which the target `structured` writes its file.
KINDS = (".json", ".ndjson", ".csv")
_SCALES = (Scale(0, 10), Scale(0, 100, step=0.0, none_means="zero"), Scale(-7, 7, better="higher"))
_SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    b'main"><sheetData><row r="1"><c t="inlineStr"><is><t>Client</t></is></c><c t="inlineStr"><is>'
    b"<t>Date</t></is></c><c t='inlineStr'><is><t>Pain before</t></is></c></row>"
)
_TABLE = (
    b'<?xml version="1.0"?><office:document-content'
    b' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    b' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    b' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    b' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    b'<office:body><office:spreadsheet><table:table table:name="S"><table:table-row>'
    b'<table:table-cell office:value-type="string"><text:p>Client</text:p></table:table-cell>'
    b'<table:table-cell office:value-type="string"><text:p>Date</text:p></table:table-cell>'
    b'<table:table-cell office:value-type="string"><text:p>Pain before</text:p></table:table-cell>'
    b"</table:table-row>"
)
_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest'
    ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry'
    ' manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    "</manifest:manifest>"
)


def text(data: bytes) -> None:
    """The bytes as a text file."""
    _read(data, "file.csv")


def cells(data: bytes) -> None:
    """Lines of the bytes as the cells of one column, beside a client and a date."""
    heading = HEADINGS[data[0] % len(HEADINGS)] if data else HEADINGS[0]
    lines = data[1:].replace(b'"', b"'").replace(b"\r", b" ").replace(b"\x00", b"").split(b"\n")
    rows = [b'C%d,2026-03-%02d,"%s"' % (i, i % 28 + 1, line) for i, line in enumerate(lines)]
    _read(b"\n".join([b"Patient id,Visit date," + heading.encode(), *rows]), "cells.csv")


def workbook(data: bytes) -> None:
    """The bytes as a workbook or an archive, whatever they are."""
    _read(data, "file.xlsx")


def sheet(data: bytes) -> None:
    """The bytes as the rows of a sheet's own XML, in an otherwise good workbook."""
    with tempfile.SpooledTemporaryFile() as packed:
        with zipfile.ZipFile(packed, "w") as archive:
            for name, part in _PARTS.items():
                archive.writestr(name, part)
            archive.writestr("xl/worksheets/sheet1.xml", _SHEET + data)
        packed.seek(0)
        _read(packed.read(), "sheet.xlsx")


def table(data: bytes) -> None:
    """The bytes as the rows of a table's own XML, in an otherwise good OpenDocument workbook."""
    with tempfile.SpooledTemporaryFile() as packed:
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("META-INF/manifest.xml", _MANIFEST)
            archive.writestr("content.xml", _TABLE + data)
        packed.seek(0)
        _read(packed.read(), "table.ods")


def structured(data: bytes) -> None:
    """The bytes as an export of a system with a form of its own."""
    kind = KINDS[data[0] % len(KINDS)] if data else KINDS[0]
    with tempfile.TemporaryDirectory(dir=_MEMORY) as folder:
        path = Path(folder, f"export{kind}")
        path.write_bytes(data[1:])
        try:
            reading = read_files([path], today=TODAY, timezone="America/Vancouver")
        except HipoutcomesError as refused:
            str(refused)
            return
    _hold_accounts(reading.accounting)


def mapping(data: bytes) -> None:
    """The bytes as a mapping file, and a small file read under it."""
    said = data.decode("utf-8", "replace")
    try:
        told = parse_mapping(said, "mapping.toml")
    except HipoutcomesError:
        return
    plan = _read(b"Client,Date,Pain before,Technique\nA,2026-03-05,6,Swedish\n", "m.csv", told)
    if plan is not None:
        parse_mapping(mapping_text(plan), "mapping.toml")


def parsers(data: bytes) -> None:
    """The bytes as one cell, for every reader of cells."""
    raw = data.decode("utf-8", "surrogateescape" if data[:1] == b"\xff" else "replace")
    values = [raw, len(data), float(len(data)) / 7]
    with suppress(ValueError):
        values.append(float(raw))
    for value in values:
        for parsed in _every_reading(value):
            assert isinstance(parsed, Parsed), type(parsed)
            assert not parsed.code or parsed.code in CHECKS, parsed.code


def _every_reading(value: object):
    """One cell through every reader."""
    yield from (parse_date(value, order, today=TODAY) for order in ORDERS)
    for scale in _SCALES:
        yield parse_score(value, scale)
        yield parse_degrees(value, scale)
    yield from (parse_terms(value, TECHNIQUES), parse_terms(value, CONDITIONS))
    yield from (parse_treatments(value, TECHNIQUES), parse_side(value), parse_sex(value))
    yield from (parse_yes_no(value), parse_minutes(value), parse_duration(value))
    yield from (parse_number(value), parse_pressure(value), parse_time(value))
    yield from (parse_row_type(value), parse_attendance(value), parse_cancellation(value))


def _read(data: bytes, name: str, told=None):
    """Read a file of these bytes; the accounts must add up. Its plan, or None when refused."""
    with tempfile.TemporaryDirectory(dir=_MEMORY) as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            reading = read_files([path], mapping=told, today=TODAY)
        except HipoutcomesError as refused:
            str(refused)
            return None
    _hold_accounts(reading.accounting)
    (account,) = reading.accounting.files
    accepted = reading.records.rows.loc[:, "row"].nunique()
    assert accepted == account.rows["accepted"], (accepted, account.rows)
    return reading.plans[0]


def _hold_accounts(accounting) -> None:
    """Rows and cells of every file add up."""
    for account in accounting.files:
        assert account.rows["rows_in_file"] == sum(account.rows[fate] for fate in ROW_FATES)
        assert account.cells["cells_in_mapped_columns"] == sum(
            account.cells[fate] for fate in CELL_FATES
        )


_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
_PARTS = {
    "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/'
    'package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
    'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/'
    'xml"/></Types>',
    "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/'
    'spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.'
    'openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.'
    'openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"'
    "/></Relationships>",
}

#: Every target by name.
TARGETS = {
    f.__name__: f for f in (text, cells, workbook, sheet, table, structured, mapping, parsers)
}
