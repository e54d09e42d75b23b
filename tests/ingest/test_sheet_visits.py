"""A score sheet with one row for each visit of a list of appointments."""

import openpyxl
import pytest

from hipoutcomes.errors import OutputError
from hipoutcomes.ingest.planning.headings import recognise
from hipoutcomes.ingest.read import read_files
from hipoutcomes.ingest.sheet import write_sheet
from hipoutcomes.ingest.sheet_columns import APPOINTMENT, TIME
from hipoutcomes.ingest.sheet_visits import visits_to_fill
from hipoutcomes.tables.records import ScoreField

TODAY = "2026-11-01"
APPOINTMENTS = """Appointment ID,Client,Client name,Date,Time,Status,Treatment,Minutes,Therapist
71,A1,Made Upname,2026-03-09,14:30,arrived,Swedish,60,=Dana
72,00457,Other Upname,2026-03-09,09:00,arrived,Swedish 40; Deep tissue 20,60,Eli
73,A1,Made Upname,2026-03-16,14:30,cancelled,Swedish,60,Dana
74,A1,Made Upname,2026-04-01,08:05,arrived,Cupping and care,60,Dana
"""


@pytest.fixture
def appointments(tmp_path):
    (tmp_path / "appointments.csv").write_text(APPOINTMENTS, encoding="utf-8")
    return tmp_path / "appointments.csv"


def cells(path):
    """The rows of a sheet as dictionaries, and its columns' letters."""
    sheet = openpyxl.load_workbook(path)["Sessions"]
    headings = [cell.value for cell in sheet[1]]
    rows = [dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(2, values_only=True)]
    return [row for row in rows if row["Client"]]


def test_the_sheet_lists_what_took_place_by_day_and_time(appointments, tmp_path):
    records = read_files(appointments, today=TODAY).records
    rows = cells(write_sheet(tmp_path / "scores.xlsx", visits_to_fill(records)))
    assert [row["Appointment ID"] for row in rows] == ["72", "71", "74"]
    assert [row["Time"] for row in rows] == ["09:00", "14:30", "08:05"]
    assert [row["Client"] for row in rows] == ["00457", "A1", "A1"]
    assert [row["Date"] for row in rows] == ["2026-03-09", "2026-03-09", "2026-04-01"]
    assert {row["Row type"] for row in rows} == {"visit"}
    assert [row["Technique"] for row in rows][:2] == ["Swedish 40; Deep tissue 20", "Swedish"]
    assert rows[1]["Therapist"] == "=Dana"
    assert {row["Pain before (0-10)"] for row in rows} == {None}


def test_no_clients_name_gets_into_the_sheet(appointments, tmp_path):
    records = read_files(appointments, today=TODAY).records
    path = write_sheet(tmp_path / "scores.xlsx", visits_to_fill(records))
    book = openpyxl.load_workbook(path)
    told = [c for s in book for row in s.iter_rows(values_only=True) for c in row if c]
    assert not [cell for cell in told if "Upname" in str(cell)]


def test_a_cell_that_looks_like_a_formula_stays_text(appointments, tmp_path):
    records = read_files(appointments, today=TODAY).records
    path = write_sheet(tmp_path / "scores.xlsx", visits_to_fill(records))
    sheet = openpyxl.load_workbook(path)["Sessions"]
    kinds = {cell.data_type for row in sheet.iter_rows(2) for cell in row if cell.value}
    assert kinds == {"s"}


def test_a_filled_sheet_and_its_appointments_are_one_row_per_visit(appointments, tmp_path):
    records = read_files(appointments, today=TODAY).records
    path = write_sheet(tmp_path / "scores.xlsx", visits_to_fill(records))
    book = openpyxl.load_workbook(path)
    sheet = book["Sessions"]
    place = {cell.value: cell.column for cell in sheet[1]}
    for row, score in ((2, "7"), (3, "5"), (4, "2")):
        sheet.cell(row, place["Pain before (0-10)"], score)
    typed = {"Client": "A1", "Date": "2026-04-20", "Pain before (0-10)": "1",
             "Row type": "score between visits"}  # fmt: skip
    for heading, value in typed.items():
        sheet.cell(5, place[heading], value)
    book.save(path)
    reading = read_files([appointments, path], today=TODAY)
    rows, scores = reading.records.rows, reading.records.scores
    assert int(rows["is_visit"].sum()) == 3
    by_visit = dict(zip(rows["visit_id"], scores[ScoreField("pain")], strict=True))
    assert [by_visit[number] for number in ("71", "72", "74")] == [5, 7, 2]
    between = scores[ScoreField("pain", "between")]
    assert between[~rows["is_visit"].to_numpy()].tolist() == [1]
    assert set(reading.issues["code"].astype(str)) == {"unknown-term"}


def test_visits_before_a_day_are_left_out(appointments):
    records = read_files(appointments, today=TODAY).records
    assert visits_to_fill(records, "2026-03-10")["Appointment ID"].tolist() == ["74"]


def test_headings_of_appointments_are_recognised():
    assert str(recognise(APPOINTMENT.heading)) == "visit_id"
    assert str(recognise(TIME.heading)) == "time"


def test_a_sheet_that_is_there_is_never_written_over(tmp_path):
    path = tmp_path / "scores.xlsx"
    path.write_bytes(b"scores of a month")
    with pytest.raises(OutputError, match="is there already"):
        write_sheet(path)
    assert path.read_bytes() == b"scores of a month"


def test_appointments_without_a_single_length_are_listed_too(tmp_path):
    (tmp_path / "appointments.csv").write_text(
        "Client,Visit date,Technique\nA1,2026-03-09,Swedish\n"
    )
    records = read_files(tmp_path / "appointments.csv", today=TODAY).records
    assert visits_to_fill(records)["Minutes"].tolist() == [""]
