import gzip
import hashlib

import pytest

from hipoutcomes.errors import FileError, MappingError
from hipoutcomes.ingest.grids.grid import read_grid

KNOWN = {"Patient", "Date", "Pain before", "Pain after", "Technique", "Notas", "Größe"}
is_heading = KNOWN.__contains__


def grid_of(tmp_path, data, name="clinic.csv", **options):
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_grid(path, is_heading=is_heading, **options)


def table(grid):
    """Row numbers with their cells as typed."""
    return [
        (int(row), *(column.text(i) for column in grid.columns)) for i, row in enumerate(grid.rows)
    ]


def balanced(grid):
    parts = ("preamble", "header", "blank", "footer")
    rest = sum(grid.counts[part] for part in parts)
    return grid.counts["rows_in_file"] == len(grid) + len(grid.ragged) + rest


PLAIN = "Patient,Date,Pain before\nA1,2026-03-05,7\nA2,2026-03-06,\n"
ROWS = [(2, "A1", "2026-03-05", "7"), (3, "A2", "2026-03-06", "")]


def test_a_plain_file(tmp_path):
    grid = grid_of(tmp_path, PLAIN)
    assert grid.file == "clinic.csv"
    assert grid.sheet == ""
    assert grid.sha256 == hashlib.sha256(PLAIN.encode()).hexdigest()
    assert grid.headers == ("Patient", "Date", "Pain before")
    assert table(grid) == ROWS
    assert grid.columns[2].codes.tolist() == [0, -1]
    assert grid.counts == {"rows_in_file": 3, "preamble": 0, "header": 1, "blank": 0, "footer": 0}
    assert grid.dialect == {"encoding": "utf-8", "delimiter": "comma", "heading row": "1"}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_one_table_in_every_dress_gives_one_grid(tmp_path, codec, sign, line_end):
    text = 'Patient,Date,Notas\nA1,2026-03-05,Muñoz\nA2,2026-03-06,"añ"\n'
    dressed = text.replace(",", sign).replace("\n", line_end).encode(codec)
    grid = grid_of(tmp_path, dressed)
    assert grid.headers == ("Patient", "Date", "Notas")
    assert table(grid) == [(2, "A1", "2026-03-05", "Muñoz"), (3, "A2", "2026-03-06", "añ")]


def test_a_packed_file(tmp_path):
    packed = gzip.compress(PLAIN.encode())
    grid = grid_of(tmp_path, packed, "clinic.csv.gz")
    assert table(grid) == ROWS
    assert grid.sha256 == hashlib.sha256(packed).hexdigest()


def test_preamble_footer_and_blank_rows_are_counted_and_rows_keep_their_numbers(tmp_path):
    lines = [
        "sep=;",
        "Appointment Report",
        "",
        "Clinic: Hips; From 1 March, to 31 March",
        "Patient;Date;Pain before;Pain after",
        "A1;2026-03-05;7;3",
        "",
        ";;;",
        "A2;2026-03-06;3,5",
        "  ; ;;",
        "Total;;2;",
        "Printed on 2026-04-01",
        "",
    ]
    grid = grid_of(tmp_path, "\n".join(lines))
    assert table(grid) == [(6, "A1", "2026-03-05", "7", "3"), (9, "A2", "2026-03-06", "3,5", "")]
    assert grid.counts == {"rows_in_file": 12, "preamble": 4, "header": 1, "blank": 3, "footer": 2}
    assert balanced(grid)
    assert grid.dialect["heading row"] == "5"
    assert grid.dialect["delimiter"] == "semicolon"
    assert grid.dialect["short rows"] == "1 row ends early; its last cells were read as blank"


def test_a_patient_named_like_a_total_is_kept_where_rows_are_full(tmp_path):
    text = "Patient,Date,Pain before\nA1,2026-03-05,7\nTotal Recall,2026-03-06,\n"
    assert len(grid_of(tmp_path, text)) == 2
    text = "Patient,Date,Pain before\nA1,2026-03-05,7\nTotal,2026-03-06,4\n"
    assert len(grid_of(tmp_path, text)) == 2
    text = "Patient,Date,Pain before\nA1,2026-03-05,7\nTotal:,,7\n"
    assert len(grid_of(tmp_path, text)) == 1


def test_a_cell_over_several_lines_is_one_row(tmp_path):
    text = 'Patient,Date,Notas\nA1,2026-03-05,"first\nsecond, line"\nA2,2026-03-06,x\n'
    grid = grid_of(tmp_path, text)
    assert table(grid) == [
        (2, "A1", "2026-03-05", "first\nsecond, line"),
        (3, "A2", "2026-03-06", "x"),
    ]


def test_an_unclosed_quote_swallows_no_rows(tmp_path):
    text = 'Patient,Date,Notas\nA1,2026-03-05,"good\nA2,2026-03-06,x\nA3,2026-03-07,5" scar\n'
    grid = grid_of(tmp_path, text)
    assert table(grid) == [
        (2, "A1", "2026-03-05", '"good'),
        (3, "A2", "2026-03-06", "x"),
        (4, "A3", "2026-03-07", '5" scar'),
    ]
    assert "not closed" in grid.dialect["quotes"]


def test_an_unclosed_quote_closed_by_another_swallows_no_rows(tmp_path):
    text = 'Patient,Date,Notas\nA1,2026-03-05,"good\nA2,2026-03-06,"bad\nA3,2026-03-07,x\n'
    assert [row[1] for row in table(grid_of(tmp_path, text))] == ["A1", "A2", "A3"]


def test_two_stray_quotes_swallow_no_rows(tmp_path):
    text = (
        "Patient,Date,Pain before,Notas\n"
        'A1,2026-03-05,7,"good\nA2,2026-03-06,6,x\nA3,2026-03-07,5,fine"\n'
    )
    grid = grid_of(tmp_path, text)
    assert [row[1] for row in table(grid)] == ["A1", "A2", "A3"]
    assert "not closed" in grid.dialect["quotes"]


def test_ragged_rows_are_listed_and_trailing_blanks_are_not_ragged(tmp_path):
    text = "Patient,Date,Notas\nA1,2026-03-05,sore, stiff\nA2,2026-03-06,x,,\nA3\n"
    grid = grid_of(tmp_path, text)
    assert grid.ragged == [(2, "A1,2026-03-05,sore, stiff")]
    assert table(grid) == [(3, "A2", "2026-03-06", "x"), (4, "A3", "", "")]
    assert balanced(grid)


def test_headings_are_kept_as_they_are(tmp_path):
    text = 'Patient, Date ,"Pain\nbefore",Pain before,,\nA1,2026-03-05,7,8,note,\n'
    grid = grid_of(tmp_path, text)
    assert grid.headers == ("Patient", "Date", "Pain before", "Pain before", "")
    assert table(grid) == [(2, "A1", "2026-03-05", "7", "8", "note")]


def test_cells_are_never_changed(tmp_path):
    text = "Patient,Date,Notas\n00123,NA, x \nnull,nan,None\n1e5,-0,+1\n"
    grid = grid_of(tmp_path, text)
    assert table(grid) == [
        (2, "00123", "NA", " x "), (3, "null", "nan", "None"), (4, "1e5", "-0", "+1"),
    ]  # fmt: skip


def test_a_file_of_headings_alone_is_an_empty_grid(tmp_path):
    for text in ("Patient,Date", "Patient,Date\n", "Patient,Date\n\n"):
        grid = grid_of(tmp_path, text)
        assert grid.headers == ("Patient", "Date")
        assert len(grid) == 0
        assert [len(column) for column in grid.columns] == [0, 0]
        assert balanced(grid)


def test_the_fuller_row_of_headings_is_the_heading_row(tmp_path):
    text = "Date,2026-03-31\nPatient,Date,Pain before\nA1,2026-03-05,7\n"
    assert grid_of(tmp_path, text).counts["preamble"] == 1


def test_dialect_can_be_told(tmp_path):
    text = "Patient,Date;Pain before,Notas\nA1,2026-03-05;7,x\n"
    assert len(grid_of(tmp_path, text, delimiter=",").headers) == 3
    assert grid_of(tmp_path, text, delimiter="comma").dialect["delimiter"] == "comma"
    mac = "Patient,Date,Größe\nA1,2026-03-05,ü\n".encode("mac_roman")
    assert table(grid_of(tmp_path, mac, encoding="mac_roman"))[0][3] == "ü"
    with pytest.raises(ValueError) as caught:
        grid_of(tmp_path, text, delimiter="#")
    assert str(caught.value) == "'#' is not a delimiter; use comma, semicolon, tab, pipe."


def test_a_file_without_known_headings_lists_what_it_has(tmp_path):
    with pytest.raises(MappingError) as caught:
        grid_of(tmp_path, "Name,Colour,Size\nx,red,3\n")
    assert str(caught.value) == (
        "clinic.csv has no column heading that we know. Its fullest row reads: Name, Colour, Size."
        "\n  We look for headings such as Patient, Date, Pain before, Pain after, Technique."
        "\n  Rename the headings, or name your own in a mapping file (--mapping mapping.toml)."
    )


@pytest.mark.parametrize("letters", ["%PDF-1.4", "", "\n\n", "{\\rtf1"])
def test_what_is_not_a_table_is_an_error_of_the_file(tmp_path, letters):
    with pytest.raises(FileError):
        grid_of(tmp_path, letters)


def test_a_cell_too_long_to_be_one_is_an_error_of_the_file(tmp_path):
    with pytest.raises(FileError, match=r"^clinic\.csv has a cell of more than 131,072 letters\."):
        grid_of(tmp_path, "Patient,Date\nA1," + "x" * 200_000 + "\n")
