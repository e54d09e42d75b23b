"""The blank score sheet: written, filled, and read back with nothing asked."""

import openpyxl
import pytest

from hipoutcomes.errors import OutputError
from hipoutcomes.ingest.planning.headings import recognise
from hipoutcomes.ingest.read import read_files
from hipoutcomes.ingest.sheet import N_ROWS, write_sheet
from hipoutcomes.ingest.sheet_columns import sheet_columns
from hipoutcomes.tables.records import ScoreField

TODAY = "2026-11-01"


@pytest.fixture
def blank(tmp_path):
    return write_sheet(tmp_path / "sheet.xlsx")


def fill(path, rows):
    """Type rows under the example, by heading."""
    book = openpyxl.load_workbook(path)
    sheet = book["Sessions"]
    places = {cell.value: cell.column for cell in sheet[1]}
    for number, row in enumerate(rows, 3):
        for heading, value in row.items():
            sheet.cell(number, places[heading], value)
    book.save(path)
    return path


def test_every_heading_is_recognised():
    assert all(recognise(column.heading) for column in sheet_columns())


def test_a_filled_sheet_is_read_with_nothing_asked(blank):
    visits = [
        {
            "Client": f"{100 + i // 3}", "Date": f"2026-03-{10 + i:02d}", "Row type": "visit",
            "First visit for this complaint": "yes" if i % 3 == 0 else "no", "Therapist": "AB",
            "Technique": "Swedish" if i % 2 else "Swedish 20; Deep tissue 40", "Minutes": "60",
            "Condition": "Osteoarthritis", "Side": "left", "Pain before (0-10)": str(8 - i % 3),
            "Pain after (0-10)": "4", "Discomfort during massage (0-10)": "2",
            "Active flexion before (degrees)": "105", "Device": "goniometer", "Position": "supine",
            "Aftercare advised": "hydration; stretching", "Age": "52", "Sex": "F",
            "Next visit advised": "yes",
        }
        for i in range(9)
    ]  # fmt: skip
    later = [
        {"Client": f"{100 + i}", "Date": f"2026-04-{20 + i}", "Row type": "score between visits",
         "Pain before (0-10)": str(3 + i)}
        for i in range(3)
    ]  # fmt: skip
    reading = read_files(fill(blank, visits + later), today=TODAY)
    assert len(reading.issues) == 0
    assert reading.accounting.rows == {
        "rows_in_file": 14, "accepted": 12, "quarantined": 0, "skipped_not_a_visit": 1,
        "duplicates": 0, "blank": 0, "preamble": 0, "header": 1, "footer": 0,
    }  # fmt: skip
    assert reading.plans[0].ignored == {}
    records = reading.records
    assert list(records.patients) == ["100", "101", "102"]
    assert records.rows["is_visit"].tolist() == [True] * 9 + [False] * 3
    assert records.rows["technique"].tolist()[:2] == ["deep_tissue", "swedish"]
    assert records.scores[ScoreField("pain", "before")].tolist()[:3] == [8, 7, 6]
    assert records.scores[ScoreField("pain", "between")].tolist()[9:] == [3, 4, 5]
    assert records.scores[ScoreField("flexion_active", "before")].tolist()[0] == 105
    assert records.rows["rater"].tolist()[0] == "AB"


def test_every_cell_is_text_and_scores_are_chosen_from_0_to_10(blank):
    book = openpyxl.load_workbook(blank)
    sheet = book["Sessions"]
    assert {cell.number_format for row in sheet.iter_rows(min_row=2) for cell in row} == {"@"}
    assert sheet.max_row == N_ROWS + 1
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    pain = next(cell for cell in sheet[1] if cell.value == "Pain before (0-10)").column_letter
    assert rules[f"{pain}2"].formula1 == f"Lists!${pain}$1:${pain}$11"
    assert [book["Lists"][f"{pain}{i}"].value for i in (1, 11)] == ["0", "10"]
    assert book["Lists"].sheet_state == "hidden"
    assert book["About"]["A1"].value == "Score sheet for hip pain"


def test_drop_downs_offer_the_words_of_the_lists(blank):
    book = openpyxl.load_workbook(blank)
    places = {cell.value: cell.column for cell in book["Sessions"][1]}
    for heading, word in (
        ("Technique", "Myofascial release"), ("Condition", "Piriformis syndrome"),
        ("Side", "both"), ("Next visit advised", "no"), ("Row type", "score between visits"),
    ):  # fmt: skip
        column = book["Lists"].iter_cols(places[heading], places[heading], values_only=True)
        assert word in next(column)


@pytest.mark.parametrize("name", ["sheet.csv", "no/such/sheet.xlsx"])
def test_a_place_that_cannot_be_written_to(tmp_path, name):
    with pytest.raises(OutputError):
        write_sheet(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
