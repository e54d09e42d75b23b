import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest

from hipoutcomes.errors import DecisionNeeded, FileError, MappingError
from hipoutcomes.ingest.grids.cells import ExcelError
from hipoutcomes.ingest.grids.grid import read_grid

KNOWN = {"Patient", "Date", "Pain before", "Pain after", "Technique"}
HEADINGS = ("Patient", "Date", "Pain before")


def workbook(**sheets):
    """A workbook with these rows on each sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def saved(book, path):
    book.save(path)
    return path


def read(path, **options):
    return read_grid(path, is_heading=KNOWN.__contains__, **options)


def raw_rows(grid):
    return [
        (int(row), *(column.raw(i) for column in grid.columns)) for i, row in enumerate(grid.rows)
    ]


def test_typed_values_and_row_numbers(tmp_path):
    rows = [
        ("Clinic report",),
        (),
        HEADINGS,
        ("00457", dt.date(2026, 3, 5), 7),
        (458, dt.datetime(2026, 3, 6, 9, 30), 6.5),
        (None, None, None),
        ("A3", "2026-03-07", "7/10"),
        ("A4", True, dt.time(7, 10)),
        ("Total", None, 20.5),
    ]
    grid = read(saved(workbook(Export=rows), tmp_path / "clinic.xlsx"))
    assert grid.sheet == "Export"
    assert grid.headers == HEADINGS
    assert raw_rows(grid) == [
        (4, "00457", dt.date(2026, 3, 5), 7),
        (5, 458, dt.datetime(2026, 3, 6, 9, 30), 6.5),
        (7, "A3", "2026-03-07", "7/10"),
        (8, "A4", True, dt.time(7, 10)),
    ]
    assert type(grid.columns[0].raw(1)) is int
    assert grid.counts == {"rows_in_file": 9, "preamble": 2, "header": 1, "blank": 1, "footer": 1}
    assert grid.dialect == {"sheet": "Export", "heading row": "3"}


def test_error_cells_are_never_blank(tmp_path):
    rows = [
        HEADINGS,
        ("A1", "#N/A", 7),
        ("A2", "2026-03-06", "#DIV/0!"),
        ("A3", "2026-03-07", None),
    ]
    path = saved(workbook(Scores=rows), tmp_path / "clinic.xlsx")
    grid = read(path)
    assert raw_rows(grid) == [
        (2, "A1", ExcelError("#N/A"), 7),
        (3, "A2", "2026-03-06", ExcelError("#DIV/0!")),
        (4, "A3", "2026-03-07", None),
    ]


def test_a_formula_without_a_saved_result_is_never_blank(tmp_path):
    rows = [HEADINGS, ("A1", "2026-03-05", "=B1+C1"), ("A2", "2026-03-06", 5)]
    grid = read(saved(workbook(Scores=rows), tmp_path / "clinic.xlsx"))
    assert grid.columns[2].values == [ExcelError("=B1+C1"), 5]


def test_a_formula_with_a_saved_result_reads_as_its_result(tmp_path):
    rows = [HEADINGS, ("A1", "2026-03-05", "=3+4"), ("A2", "2026-03-06", '=""')]
    path = saved(workbook(Scores=rows), tmp_path / "clinic.xlsx")

    def with_results(xml):
        xml = re.sub(rb"<f>3\+4</f><v ?/?>(</v>)?", b"<f>3+4</f><v>7</v>", xml)
        return re.sub(rb'<c r="C3"([^>]*)>', rb'<c r="C3" t="str"\1>', xml)

    rewrite(path, "xl/worksheets/sheet1.xml", with_results)
    assert read(path).columns[2].values == [7]


def rewrite(path, part, change):
    """Change one part of a workbook."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    path.write_bytes(packed.getvalue())


def test_error_cells_are_found_in_sheets_without_addresses(tmp_path):
    rows = [HEADINGS, ("A1", "2026-03-05", "#N/A"), ("A2", "#REF!", 3)]
    path = saved(workbook(Scores=rows), tmp_path / "clinic.xlsx")
    unaddressed = re.compile(rb' r="[A-Z]*\d+"')
    rewrite(path, "xl/worksheets/sheet1.xml", lambda xml: unaddressed.sub(b"", xml))
    grid = read(path)
    assert grid.columns[1].values == ["2026-03-05", ExcelError("#REF!")]
    assert grid.columns[2].values == [ExcelError("#N/A"), 3]


def test_the_visible_sheet_with_most_known_headings_is_read(tmp_path):
    book = workbook(
        Notes=[("Patient", "Colour"), ("A0", "red")],
        Visits=[HEADINGS, ("A1", "2026-03-05", 7)],
        Old=[(*HEADINGS, "Pain after"), ("A9", "2020-03-05", 7, 3)],
    )
    book["Old"].sheet_state = "hidden"
    path = saved(book, tmp_path / "clinic.xlsx")
    grid = read(path)
    assert (grid.sheet, grid.columns[0].values) == ("Visits", ["A1"])
    assert grid.dialect["sheets not read"] == "Notes, Old"
    assert read(path, sheet="Notes").columns[0].values == ["A0"]
    assert read(path, sheet="Old").columns[0].values == ["A9"]


def test_two_equal_sheets_are_a_question(tmp_path):
    book = workbook(March=[HEADINGS, ("A1", "2026-03-05", 7)], April=[HEADINGS, ("A2", 1, 2)])
    path = saved(book, tmp_path / "clinic.xlsx")
    with pytest.raises(DecisionNeeded) as caught:
        read(path)
    assert str(caught.value) == (
        "clinic.xlsx has 2 sheets that could be the one: March, April.\n"
        "  Each has 3 headings that we know.\n"
        "  Say which with --sheet, for example --sheet 'March'."
    )
    assert read(path, sheet="April").columns[0].values == ["A2"]


def test_an_unknown_sheet_lists_those_there_are(tmp_path):
    path = saved(workbook(March=[HEADINGS], April=[HEADINGS]), tmp_path / "clinic.xlsx")
    with pytest.raises(FileError) as caught:
        read(path, sheet="May")
    assert str(caught.value) == (
        "clinic.xlsx has no sheet named 'May'.\n  Its sheets are March, April.\n"
        "  Name one of these with --sheet."
    )


def test_a_workbook_without_cells_is_empty(tmp_path):
    with pytest.raises(
        FileError, match=r"^clinic\.xlsx is empty: its visible sheets hold no cells"
    ):
        read(saved(workbook(Sheet=[]), tmp_path / "clinic.xlsx"))


def test_a_workbook_without_known_headings_lists_what_it_has(tmp_path):
    path = saved(workbook(Sheet=[("Name", "Colour"), ("x", "red")]), tmp_path / "clinic.xlsx")
    with pytest.raises(MappingError, match=r"Its fullest row reads: Name, Colour\."):
        read(path)


def test_damaged_workbooks_are_errors_of_the_file(tmp_path):
    whole = saved(workbook(Visits=[HEADINGS, ("A1", 1, 2)]), tmp_path / "whole.xlsx").read_bytes()
    path = tmp_path / "clinic.xlsx"
    for damaged in (whole[: len(whole) // 2], whole[:-20], whole[:100]):
        path.write_bytes(damaged)
        with pytest.raises(FileError, match=r"^clinic\.xlsx is damaged: "):
            read(path)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"]
)
@pytest.mark.parametrize("contents", [b"", b"<not xml", b"<a/>"])
def test_workbooks_with_a_broken_part_are_errors_of_the_file(tmp_path, part, contents):
    rows = [HEADINGS, ("A1", "#N/A", 7)]
    path = saved(workbook(Visits=rows), tmp_path / "clinic.xlsx")
    rewrite(path, part, lambda _: contents)
    with pytest.raises(FileError, match=r"^clinic\.xlsx is (damaged|empty)"):
        read(path)


def test_what_a_workbook_and_a_text_file_hold_alike_reads_alike(tmp_path):
    rows = [HEADINGS, ("A1", "2026-03-05", "7"), ("A2", "", "6-7"), ("A1", "2026-03-07", "")]
    path = saved(workbook(Visits=rows), tmp_path / "clinic.xlsx")
    text = tmp_path / "clinic.csv"
    text.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    one, other = read(path), read(text)
    assert one.headers == other.headers
    assert one.rows.tolist() == other.rows.tolist()
    assert one.counts == other.counts
    for a, b in zip(one.columns, other.columns, strict=True):
        assert (a.values, a.codes.tolist()) == (b.values, b.codes.tolist())
