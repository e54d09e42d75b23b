"""Workbooks that go wrong in known ways: nothing in them is lost, guessed or run."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from hipoutcomes.errors import FileError
from hipoutcomes.ingest.grids import packed_size
from hipoutcomes.ingest.grids.cells import ExcelError
from hipoutcomes.ingest.grids.far_cells import need_fewer_repeats, need_near_cells
from hipoutcomes.ingest.grids.grid import read_grid
from hipoutcomes.ingest.planning.headings import recognise

ROWS = (
    ("Client", "Date", "Pain before", "Therapist"),
    ("C1", date(2026, 3, 5), 7, "Zoë"),
    ("C2", date(2026, 3, 6), 3.5, None),
    ("C3", date(2026, 3, 7), None, "João"),
)
ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
 office:version="1.2"><office:body><office:spreadsheet><table:table table:name="Visits">{}
</table:table></office:spreadsheet></office:body></office:document-content>"""
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/"
 manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>"""
EMPTY_BELOW = (
    '<table:table-row table:number-rows-repeated="1048000">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def ods_cell(value, attributes=""):
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, date):
        about = f'office:value-type="date" office:date-value="{value}"'
    elif isinstance(value, int | float):
        about = f'office:value-type="float" office:value="{value}"'
    else:
        about = 'office:value-type="string"'
    return f"<table:table-cell {about} {attributes}><text:p>{value}</text:p></table:table-cell>"


def ods_rows(rows):
    return "".join(
        f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows
    )


def write_ods(path, rows_xml):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS.format(rows_xml))
    return path


def write_xls(path, rows):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Visits")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if value is not None:
                sheet.write(i, j, value, *([day] if isinstance(value, date) else []))
    book.save(str(path))
    return path


def write_xlsx(path, rows, change=lambda book: None):
    book = openpyxl.Workbook()
    book.active.title = "Visits"
    for row in rows:
        book.active.append(row)
    change(book)
    book.save(path)
    return path


def read(path, **options):
    return read_grid(path, is_heading=lambda text: recognise(text) is not None, **options)


def cells(grid):
    """Every row as raw values, with its number."""
    return [
        (int(number), [column.raw(i) for column in grid.columns])
        for i, number in enumerate(grid.rows)
    ]


def test_one_table_in_every_kind_of_workbook_gives_one_grid(tmp_path):
    grids = [
        read(write_xlsx(tmp_path / "a.xlsx", ROWS)),
        read(write_xls(tmp_path / "a.xls", ROWS)),
        read(write_ods(tmp_path / "a.ods", ods_rows(ROWS) + EMPTY_BELOW)),
    ]
    for grid in grids:
        assert grid.headers == ROWS[0]
        assert cells(grid) == [(i, list(row)) for i, row in enumerate(ROWS[1:], 2)]
        assert grid.counts == grids[0].counts


def test_errors_of_excel_are_never_blank(tmp_path):
    error = ods_cell("#N/A", 'table:formula="of:=NA()" calcext:value-type="error"')
    row = f"<table:table-row>{ods_cell('C1')}{error}</table:table-row>"
    grid = read(write_ods(tmp_path / "a.ods", ods_rows([("Client", "Pain before")]) + row))
    assert grid.columns[1].raw(0) == ExcelError("#N/A")
    path = write_xlsx(tmp_path / "a.xlsx", [("Client", "Pain before"), ("C1", "#DIV/0!")])
    assert read(path).columns[1].raw(0) == ExcelError("#DIV/0!")


def test_errors_of_an_old_workbook_are_never_blank(tmp_path):
    # xlwt writes no error cells, but a cell of yes or no has the same record.
    path = write_xls(tmp_path / "a.xls", [("Client", "Pain before"), ("C1", True)])
    data = path.read_bytes()
    # BOOLERR: type 0x0205, length 8, row 1, column 1, format, value 1, kind 0 (boolean).
    at = data.index(b"\x05\x02\x08\x00\x01\x00\x01\x00")
    data = data[: at + 10] + bytes([0x2A, 1]) + data[at + 12 :]  # kind 1: an error, 2A: #N/A
    path.write_bytes(data)
    assert read(path).columns[1].raw(0) == ExcelError("#N/A")


def test_a_formula_of_an_ods_without_a_result_is_never_blank(tmp_path):
    formula = '<table:table-cell table:formula="of:=[.A2]+1"/>'
    rows = f"<table:table-row>{ods_cell('C1')}{formula}</table:table-row>"
    grid = read(write_ods(tmp_path / "a.ods", ods_rows([("Client", "Pain before")]) + rows))
    assert grid.columns[1].raw(0) == ExcelError("=[.A2]+1")


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_zeros_that_a_format_shows_are_read(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    if kind == "xlsx":

        def as_five_digits(book):
            book.active["A2"].number_format = "00000"

        write_xlsx(path, [("Client", "Date"), (457, date(2026, 3, 5)), (458, None)], as_five_digits)
    else:
        book = xlwt.Workbook()
        sheet = book.add_sheet("Visits")
        for place, heading in enumerate(("Client", "Date")):
            sheet.write(0, place, heading)
        sheet.write(1, 0, 457, xlwt.easyxf(num_format_str="00000"))
        sheet.write(2, 0, 458)
        book.save(str(path))
    assert [read(path).columns[0].raw(i) for i in (0, 1)] == ["00457", 458]


def test_hidden_rows_are_read_and_said(tmp_path):
    def hide(book):
        book.active.row_dimensions[3].hidden = True

    grid = read(write_xlsx(tmp_path / "a.xlsx", ROWS, hide))
    assert [number for number, _ in cells(grid)] == [2, 3, 4]
    assert grid.dialect["hidden rows"] == "1 row is hidden, and read too"


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_not_read_and_are_named(tmp_path, state):
    def add(book):
        book.create_sheet("Old").append(ROWS[0])
        book["Old"].append(("X", date(2020, 1, 1), 1, "Q"))
        book["Old"].sheet_state = state

    grid = read(write_xlsx(tmp_path / "a.xlsx", ROWS, add))
    assert len(grid) == 3
    assert grid.dialect["sheets not read"] == "Old"
    assert len(read(tmp_path / "a.xlsx", sheet="Old")) == 1


def test_days_of_a_workbook_that_counts_from_1904(tmp_path):
    def from_1904(book):
        book.epoch = CALENDAR_MAC_1904

    grid = read(write_xlsx(tmp_path / "a.xlsx", ROWS, from_1904))
    assert grid.columns[1].raw(0) == date(2026, 3, 5)


def test_merged_groups_above_the_headings_tell_repeated_ones_apart(tmp_path):
    rows = [
        ("Hip clinic", None, None, None, None, None),
        (None, None, "Before", None, "After", None),
        ("Client", "Date", "Pain", "Flexion", "Pain", "Flexion"),
        ("C1", date(2026, 3, 5), 7, 100, 5, 110),
    ]

    def merge(book):
        book.active.merge_cells("C2:D2")
        book.active.merge_cells("E2:F2")

    grid = read(write_xlsx(tmp_path / "a.xlsx", rows, merge))
    assert grid.headers[2:] == ("Pain Before", "Flexion Before", "Pain After", "Flexion After")
    assert (grid.counts["preamble"], grid.counts["header"]) == (1, 2)
    assert cells(grid)[0][0] == 4
    text = "".join(",".join("" if c is None else str(c) for c in row) + "\n" for row in rows)
    (tmp_path / "a.csv").write_text(text)
    assert read(tmp_path / "a.csv").headers == grid.headers


def test_macros_are_said_and_never_run(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", ROWS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    assert read(path.rename(tmp_path / "a.xlsm")).dialect["macros"].endswith("were not run")


def test_a_sheet_with_a_stray_cell_far_away_is_refused_at_once(tmp_path):
    def stray(book):
        book.active["XFD1048576"] = "x"

    path = write_xlsx(tmp_path / "a.xlsx", ROWS, stray)
    with pytest.raises(FileError, match=r"reach to row 1,048,576 and column 16,384") as refused:
        read(path)
    assert "Copy the table alone" in str(refused.value)


def test_a_sheet_whose_cells_have_no_addresses_can_be_too_large_as_well():
    rows = b"<row><c><v>1</v></c></row>" * 70_000
    wide = b"<row>" + b"<c><v>1</v></c>" * 1_000 + b"</row>"
    need_near_cells(b"<sheetData>" + rows + b"</sheetData>", "a.xlsx", "S")
    with pytest.raises(FileError, match="column 1,000"):
        need_near_cells(b"<sheetData>" + rows + wide + b"</sheetData>", "a.xlsx", "S")


def test_an_ods_that_repeats_a_filled_cell_a_million_times_is_refused():
    bomb = (
        '<table:table-row table:number-rows-repeated="1048576">'
        '<table:table-cell table:number-columns-repeated="16384"><text:p>1</text:p>'
        "</table:table-cell></table:table-row>"
    )
    with pytest.raises(FileError, match="reach to row 1,048,576"):
        need_fewer_repeats(ODS.format(bomb).encode(), "a.ods")
    need_fewer_repeats(ODS.format(ods_rows(ROWS) + EMPTY_BELOW).encode(), "a.ods")


def packed(n_bytes, declared=None):
    """A zip archive with one part of zeros, which may say that it is smaller."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * n_bytes)
    data = bytearray(made.getvalue())
    if declared is not None:
        entry = data.index(b"PK\x01\x02")
        data[entry + 24 : entry + 28] = declared.to_bytes(4, "little")
        data[22:26] = declared.to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize("declared", [None, 100])
def test_an_archive_that_unpacks_to_far_too_much_is_refused(tmp_path, monkeypatch, declared):
    monkeypatch.setattr(packed_size, "MOST_BYTES", 1_000_000)
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(3_000_000, declared))
    with pytest.raises(FileError, match="unpacks to more than"):
        read(path)


def test_a_gzip_file_that_unpacks_to_far_too_much_is_refused(tmp_path, monkeypatch):
    import gzip

    monkeypatch.setattr(packed_size, "MOST_BYTES", 1_000_000)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"0" * 3_000_000))
    with pytest.raises(FileError, match="unpacks to more than"):
        read(tmp_path / "a.csv.gz")


def test_a_workbook_of_very_many_parts_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(packed_size, "MOST_PARTS", 5)
    with pytest.raises(FileError, match="very many parts"):
        read(write_xlsx(tmp_path / "a.xlsx", ROWS))


def test_a_web_page_that_calls_itself_a_workbook_is_named(tmp_path):
    (tmp_path / "a.xls").write_text("<html><table><tr><td>Client</td></tr></table></html>")
    with pytest.raises(FileError, match="a web page, whatever its name says"):
        read(tmp_path / "a.xls")


def test_an_old_document_is_no_workbook(tmp_path):
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(FileError, match="an older Office file, and no workbook"):
        read(tmp_path / "a.doc")


@pytest.mark.parametrize("cut", [600, 2000])
def test_an_old_workbook_that_breaks_off_is_damaged(tmp_path, cut):
    path = write_xls(tmp_path / "a.xls", ROWS * 50)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(FileError):
        read(path)


def test_a_text_of_very_many_columns_is_refused_at_once(tmp_path):
    (tmp_path / "a.csv").write_text("Client,Date" + "," * 300_000 + "\nC1,2026-03-05\n")
    with pytest.raises(FileError, match="has 300,002 columns"):
        read(tmp_path / "a.csv")


def test_a_last_row_of_errors_alone_is_a_row(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [("Client", "Date"), ("C1", "x"), ("#N/A", "#N/A")])
    assert cells(read(path)) == [(2, ["C1", "x"]), (3, [ExcelError("#N/A")] * 2)]
