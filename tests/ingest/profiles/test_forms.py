"""Answers to online forms: scores between visits, unless a question speaks of a visit."""

from datetime import datetime

import openpyxl
import pytest

from hipoutcomes.errors import DecisionNeeded, MappingError
from hipoutcomes.ingest.read import read_files
from hipoutcomes.tables.records import ScoreField

TODAY = "2026-11-01"
PAIN_BETWEEN = ScoreField("pain", "between")
MICROSOFT = ("ID", "Start time", "Completion time", "Email", "Name", "Last modified time")


def microsoft_form(path, questions, answers):
    """The workbook of a form; each answer has its time and the cells of the questions."""
    book = openpyxl.Workbook()
    book.active.append([*MICROSOFT, *questions])
    for number, (moment, *cells) in enumerate(answers, 1):
        who = ["mika@example.org", "Mika Aldermoor"]
        book.active.append([number, moment, moment, *who, None, *cells])
    book.save(path)
    return path


def test_microsoft_forms_between_visits(tmp_path):
    path = microsoft_form(
        tmp_path / "form.xlsx",
        ["Client number", "Pain right now (0-10)", "What did you do since the last visit?"],
        [
            (datetime(2026, 8, 20, 12, 51, 45), "1350", "4", "Stretching;Heat;"),
            (datetime(2026, 9, 20, 23, 30), "1350", "3", ""),
            (datetime(2026, 9, 21, 8, 0), "1351", "ask me", ""),
            (datetime(2026, 9, 22, 8, 0), None, "5", ""),
        ],
    )
    reading = read_files(path, today=TODAY)
    plan = reading.plans[0]
    assert plan.profile == "microsoft-forms"
    assert plan.columns == {
        "Completion time": "date", "Client number": "patient",
        "Pain right now (0-10)": "pain between",
    }  # fmt: skip
    assert "rows: scores between visits (no heading speaks of a visit)" in plan.evidence
    rows = reading.records.rows
    assert not rows["is_visit"].any()
    assert reading.records.scores[PAIN_BETWEEN].tolist()[:2] == [4, 3]
    assert rows["day"].tolist()[0] == (datetime(2026, 8, 20) - datetime(1970, 1, 1)).days
    assert reading.accounting.rows["accepted"] == 3
    assert reading.accounting.rows["quarantined"] == 1
    assert reading.accounting.cells["quarantined"] >= 1
    assert {"Email", "Name", "ID"} <= set(plan.ignored)
    assert "visit_id" not in rows
    assert "Mika" not in rows.to_csv() + reading.issues.to_csv() + repr(plan)


def test_microsoft_forms_of_a_visit_with_choices_and_its_own_date(tmp_path):
    path = microsoft_form(
        tmp_path / "form.xlsx",
        ["Client", "Date of visit", "Techniques used", "Pain before", "Pain after"],
        [
            (datetime(2026, 9, 20, 19), "1350", datetime(2026, 9, 18), "Swedish;Cupping;", 6, 4),
            (datetime(2026, 9, 20, 19), "1351", datetime(2026, 9, 19), "Deep tissue;", 7, 5),
        ],
    )
    reading = read_files(path, today=TODAY)
    assert reading.plans[0].profile == "microsoft-forms"
    assert "rows: visits, for 'Techniques used' is about a visit" in reading.plans[0].evidence
    rows = reading.records.rows
    assert rows["is_visit"].all()
    days = rows["day"].to_numpy().astype("datetime64[D]").astype(str).tolist()
    assert days == ["2026-09-18", "2026-09-19"]
    techniques = reading.records.treatments["technique"].tolist()
    assert techniques == ["swedish", "cupping", "deep_tissue"]
    assert reading.records.scores[ScoreField("pain", "before")].tolist() == [6, 7]


def test_a_form_that_asks_for_no_client_is_refused(tmp_path):
    path = microsoft_form(tmp_path / "form.xlsx", ["Pain now"], [(datetime(2026, 9, 20), "4")])
    with pytest.raises(MappingError, match="no column that says who was seen"):
        read_files(path, today=TODAY)


def google_form(path, questions, answers):
    path.write_text("\n".join([",".join(["Timestamp", *questions]), *answers]) + "\n")
    return path


@pytest.mark.parametrize(
    ("advice", "moment"),
    [
        ("stretching;heat", "2026/08/20 2:30:00 PM GMT-8"),
        ('"stretching, heat"', "8/20/2026 14:30:00"),
    ],
)
def test_google_forms_with_both_ways_to_write_choices(tmp_path, advice, moment):
    path = google_form(
        tmp_path / "form.csv",
        ["Email Address", "Client number", "Pain now (0-10)", "Aftercare followed"],
        [f"{moment},mika@example.org,1350,4,{advice}", f"{moment},x@example.org,1351,6,"],
    )
    reading = read_files(path, today=TODAY)
    assert reading.plans[0].profile == "google-forms"
    rows = reading.records.rows
    assert not rows["is_visit"].any()
    assert rows["aftercare_followed"].tolist()[0] == "stretching;heat"
    assert reading.records.scores[PAIN_BETWEEN].tolist() == [4, 6]
    assert rows["day"].tolist()[0] == (datetime(2026, 8, 20) - datetime(1970, 1, 1)).days
    assert "example.org" not in rows.to_csv() + reading.issues.to_csv()


def test_google_forms_whose_timestamps_read_both_ways_are_asked_about(tmp_path):
    path = google_form(
        tmp_path / "form.csv", ["Client number", "Pain now"],
        ["05/03/2026 14:30:00,1350,4", "06/03/2026 14:30:00,1351,4"],
    )  # fmt: skip
    with pytest.raises(DecisionNeeded, match="--date-order"):
        read_files(path, today=TODAY)


@pytest.mark.parametrize("second", ["Pain after", "Discomfort during massage"])
def test_a_sheet_of_visits_with_a_timestamp_is_one_of_visits(tmp_path, second):
    path = google_form(
        tmp_path / "sheet.csv", ["Client", "Pain before", second],
        ["2026-03-05 14:30:00,1350,6,4", "2026-03-06 14:30:00,1351,7,4"],
    )  # fmt: skip
    assert read_files(path, today=TODAY).records.rows["is_visit"].all()
