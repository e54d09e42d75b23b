"""The inputs a fuzzer starts from: python tests/fuzz/seeds.py FOLDER writes them by target."""

import io
import sys
from pathlib import Path

from openpyxl import Workbook

_ROWS = (
    ("Client", "Date", "Pain before", "Technique", "Side", "Flexion before (degrees)"),
    ("C1", "05/13/2026", "6-7", "Swedish 40; deep tissue", "L", "105°"),
    ("C2", "2026-03-06", "70/100", "MFR + trigger pt", "both", "0-120"),
    ("00457", "2026-03-07T18:05:00Z", "3,5", "other stuff", "right", "WNL"),
    ("C2", "", "none", "", "", ""),
)
_CELLS = (
    (0, "7/10\n6-7\n<2\n8+\n62 mm\nno pain\nnone\nN/A\n11\n7→4\n3/5\nTRUE\n=1+1\n½\n٣"),
    (
        2,
        "05/03/2026\n13/03/2026\n2026-03\n46086\nMarch 5th, 2026\n5.3.26\n2026-03-05 18:00Z",
    ),
    (4, "Swedish\nDT/MFR\nSwedish/relaxation\ndeep tisue\n60 min Deep Tissue\nx, y & z\n97124"),
    (8, "105\n0-120\nWNL\n3/4\n75%\n110 deg\nL 90 R 80\n200"),
    (11, "arrived\nno_show\ncancelled\n[(Canceled)]\nbreak\nattended"),
    (13, "3 weeks\nsince March\n2020\n6 months"),
)
_MAPPING = """[file]
shape = "sessions"
date_order = "day-first"
[columns]
patient = "Client"
date = "Date"
"pain before" = "Pain before"
[missing]
"pain before" = [99]
[values.technique]
"DT" = "deep tissue"
[constants]
device = "goniometer"
"""
_ROW = (
    b'<row r="2"><c r="A2" t="inlineStr"><is><t>C1</t></is></c><c r="B2" s="0"><v>46086</v></c>'
    b'<c r="C2"><f>1+1</f><v></v></c></row><row r="3" hidden="1"><c r="A3" t="e"><v>#N/A</v></c>'
    b'</row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>'
)


_TABLE_ROW = (
    b'<table:table-row table:visibility="filter"><table:table-cell office:value-type="string">'
    b"<text:p>C1</text:p></table:table-cell><table:table-cell table:number-columns-repeated='2'"
    b' office:value-type="date" office:date-value="2026-03-05"><text:p>2026-03-05</text:p>'
    b'</table:table-cell><table:table-cell table:formula="of:=NA()" calcext:value-type="error">'
    b"<text:p>#N/A</text:p></table:table-cell></table:table-row><table:table-row"
    b' table:number-rows-repeated="9"><table:table-cell table:number-columns-repeated="9"/>'
    b"</table:table-row></table:table></office:spreadsheet></office:body>"
    b"</office:document-content>"
)


_STRUCTURED = (
    (
        0,
        '{"individual_appointments": [{"id": "11", "starts_at": "2026-03-06T02:00:00Z",'
        ' "patient_arrived": true, "cancelled_at": null, "patient": {"links": {"self":'
        ' "https://api.example/v1/patients/901"}}}], "total_entries": 1}',
    ),
    (
        0,
        '{"treatment_notes": [{"id": 21, "created_at": "2026-03-06T03:00:00Z", "draft": false,'
        ' "content": {"sections": [{"name": "Today", "questions": [{"name": "Pain before", "type":'
        ' "text", "answer": "<div>7</div>"}]}]}, "patient": {"links": {"self":'
        ' "https://api.example/v1/patients/901"}}}]}',
    ),
    (
        0,
        '{"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType":'
        ' "Observation", "status": "final", "subject": {"reference": "Patient/p1"},'
        ' "effectiveDateTime": "2026-03-05T10:05:00-08:00", "code": {"coding": [{"system":'
        ' "http://loinc.org", "code": "72514-3"}]}, "valueInteger": 7}}]}',
    ),
    (
        1,
        '{"resourceType": "Encounter", "id": "e1", "status": "finished", "subject": {"reference":'
        ' "Patient/p1"}, "period": {"start": "2026-03-05T10:00:00-08:00"}}\n{"resourceType":'
        ' "Observation", "status": "final"}',
    ),
    (
        2,
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,visit_date,pain_before,"
        "technique___1,visit_complete\nP1,visit,1,2026-03-05,7,1,2\nP1,visit,2,12-03-2026,ASKU,0,0",
    ),
    (
        2,
        "measurement_id,person_id,measurement_concept_id,measurement_date,operator_concept_id,"
        "value_as_number,measurement_source_value\n1,7,3,2026-03-05,4172703,5,72514-3",
    ),
)


def seeds() -> dict[str, list[bytes]]:
    """Inputs by target."""
    lines = [",".join(row) for row in _ROWS]
    text = "\n".join(["Report of March", "", *lines, "Total,4", ""])
    return {
        "text": [
            text.encode(),
            text.replace(",", ";").encode("utf-16"),
            ("sep=\t\r\n" + "\r\n".join(lines).replace(",", "\t")).encode("cp1252", "replace"),
            '"Client","Date","Pain\nbefore"\n"C""1","2026-03-05","7"\n"C2,2026'.encode("utf-8-sig"),
        ],
        "cells": [bytes([place]) + said.encode() for place, said in _CELLS],
        "workbook": [_workbook(), _old_workbook()],
        "table": [_TABLE_ROW],
        "structured": [bytes([kind]) + text.encode() for kind, text in _STRUCTURED],
        "sheet": [_ROW],
        "mapping": [_MAPPING.encode()],
        "parsers": [line.encode() for _, said in _CELLS for line in said.split("\n")],
    }


def _old_workbook() -> bytes:
    """An .xls workbook of the same rows."""
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("Visits")
    for row, cells in enumerate(_ROWS):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _workbook() -> bytes:
    """A small workbook."""
    book, packed = Workbook(), io.BytesIO()
    for row in _ROWS:
        book.active.append(row)
    book.save(packed)
    return packed.getvalue()


def main() -> None:
    """Write every seed as a file of its own."""
    for target, inputs in seeds().items():
        folder = Path(sys.argv[1], target)
        folder.mkdir(parents=True, exist_ok=True)
        for place, data in enumerate(inputs):
            (folder / f"seed-{place:02d}").write_bytes(data)


if __name__ == "__main__":
    main()
