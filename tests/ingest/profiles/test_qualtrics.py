"""Qualtrics: three rows of headings, previews left out, nobody's address read."""

import csv
import json

import pytest

from hipoutcomes.ingest.planning.mapping_text import write_mapping
from hipoutcomes.ingest.read import read_files
from hipoutcomes.tables.records import ScoreField

TODAY = "2026-11-01"
NAMES = (
    *("StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)"),
    *("Finished", "RecordedDate", "ResponseId", "RecipientLastName", "RecipientFirstName"),
    *("RecipientEmail", "ExternalReference", "LocationLatitude", "LocationLongitude"),
    *("DistributionChannel", "UserLanguage"),
)
TEXTS = (
    *("Start Date", "End Date", "Response Type", "IP Address", "Progress"),
    *("Duration (in seconds)", "Finished", "Recorded Date", "Response ID", "Recipient Last Name"),
    *("Recipient First Name", "Recipient Email", "External Data Reference", "Location Latitude"),
    *("Location Longitude", "Distribution Channel", "User Language"),
)
PERSONAL = ("192.0.2.7", "Aldermoor", "Mika", "mika@example.org", "49.2827", "-123.1207")


def answer(day, status, client, *answers):
    """One row of the export."""
    return [
        f"{day} 18:00:00", f"{day} 18:02:00", status, "192.0.2.7", "100", "120", "True",
        f"{day} 18:02:01", "R_1a2b3c", "Aldermoor", "Mika", "mika@example.org", client, "49.2827",
        "-123.1207", "email", "EN", *answers,
    ]  # fmt: skip


def survey(path, names, texts, answers, import_ids=True):
    """Write an export; the third row of headings is JSON."""
    heads = [*NAMES, *names]
    ids = [json.dumps({"ImportId": name}) for name in heads]
    rows = [heads, [*TEXTS, *texts], *([ids] if import_ids else []), *answers]
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)
    return path


ANSWERS = [
    answer("2026-08-20", "IP Address", "1350", "4", "8"),
    answer("2026-08-21", "Survey Preview", "1350", "9", "9"),
    answer("2026-09-20", "IP Address", "1350", "3", ""),
    answer("2026-09-21", "0", "1351", "lots", "7"),
    answer("2026-09-22", "Spam", "1351", "0", "0"),
    answer("2026-09-23", "IP Address", "", "5", "5"),
]


@pytest.fixture
def export(tmp_path):
    texts = ["Pain right now (0-10)", "How is the\nweather?"]
    return survey(tmp_path / "survey.csv", ["Q1", "Q2"], texts, ANSWERS)


def test_three_rows_are_headings_and_previews_are_counted(export):
    reading = read_files(export, today=TODAY)
    plan, account = reading.plans[0], reading.accounting.rows
    assert plan.profile == "qualtrics"
    assert account["header"] + account["preamble"] == 3
    assert account["accepted"] == 3
    assert account["skipped_not_a_visit"] == 2
    assert account["quarantined"] == 1
    rows = reading.records.rows
    assert not rows["is_visit"].any()
    pain = reading.records.scores[ScoreField("pain", "between")]
    assert pain[:2].tolist() == [4, 3]
    assert list(reading.records.patients) == ["1350", "1351"]
    days = rows["day"].to_numpy().astype("datetime64[D]").astype(str).tolist()
    assert days == ["2026-08-20", "2026-09-20", "2026-09-21"]
    # Rows keep the numbers that a spreadsheet shows: the first answer stands in row 4.
    assert rows["row"].tolist() == [4, 6, 7]


def test_a_question_is_read_by_its_words_in_the_second_row(export):
    used = read_files(export, today=TODAY).plans[0].columns
    assert "pain between" in used.values()
    assert len(used) == 4


def test_addresses_and_places_are_never_read(export):
    reading = read_files(export, today=TODAY)
    kept = reading.records.rows.to_csv() + reading.issues.to_csv() + repr(reading.plans[0])
    assert not [word for word in PERSONAL if word in kept]


def test_an_own_question_for_the_client_goes_before_the_external_reference(tmp_path):
    answers = [answer("2026-08-20", "IP Address", "panel 7", "1350", "4")]
    path = survey(tmp_path / "s.csv", ["client", "pain_now"], ["Your number", "Now"], answers)
    assert list(read_files(path, today=TODAY).records.patients) == ["1350"]


def test_a_kept_mapping_reads_the_three_rows_again(export, tmp_path):
    first = read_files(export, today=TODAY)
    kept = write_mapping(first.plans[0], tmp_path / "mapping.toml")
    again = read_files(export, mapping=kept, today=TODAY)
    assert again.records.rows.equals(first.records.rows)
    assert again.accounting.rows == first.accounting.rows


def test_either_row_of_headings_may_be_known_better_and_no_answer_is_lost(tmp_path):
    """With two questions known by their words, the second row knows more than the first."""
    answers = [answer("2026-08-20", "IP Address", "", "1350", "4"),
               answer("2026-08-21", "Survey Preview", "", "1350", "9"),
               answer("2026-08-22", "IP Address", "", "1351", "5")]  # fmt: skip
    texts = ["Client number", "Pain right now (0-10)"]
    path = survey(tmp_path / "s.csv", ["Q1", "Q2"], texts, answers)
    reading = read_files(path, today=TODAY)
    account = reading.accounting.rows
    assert reading.plans[0].profile == "qualtrics"
    assert account["preamble"] + account["header"] == 3
    assert (account["accepted"], account["skipped_not_a_visit"]) == (2, 1)
    assert list(reading.records.patients) == ["1350", "1351"]
    assert reading.records.rows["row"].tolist() == [4, 6]
    kept = reading.records.rows.to_csv() + reading.issues.to_csv() + repr(reading.plans[0])
    assert not [word for word in PERSONAL if word in kept]


def test_an_export_with_one_row_of_headings_loses_no_answer(tmp_path):
    path = tmp_path / "s.csv"
    rows = [[*NAMES, "Client number", "Pain right now"], answer("2026-08-20", "0", "", "1350", "4")]
    path.write_text("\n".join(",".join(row) for row in rows) + "\n")
    reading = read_files(path, today=TODAY)
    assert reading.plans[0].profile == "qualtrics"
    assert reading.accounting.rows["accepted"] == 1
