"""An export of appointments and a score sheet, read together."""

import pytest

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.ingest.read import read_files
from hipoutcomes.tables.records import ScoreField

APPOINTMENTS = """Appointment ID,Client,Date,Time,Status,Treatment,Therapist
71,A1,2026-03-02,09:00,arrived,Swedish,Dana
72,A1,2026-03-09,09:00,arrived,Swedish,Dana
73,B2,2026-03-03,10:00,arrived,Deep tissue,Eli
74,B2,2026-03-10,10:00,no show,Deep tissue,Eli
75,B2,2026-03-24,10:00,arrived,Deep tissue,Eli
"""
SCORES = """Client,Date,Pain before,Pain after
A1,2026-03-02,7,5
A1,2026-03-09,5,4
B2,2026-03-03,6,6
B2,2026-03-10,4,
B2,2026-03-23,3,2
"""
TODAY = "2026-11-01"


@pytest.fixture
def read(tmp_path):
    """Read named texts as files, in the order given."""

    def reading(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return read_files([tmp_path / f"{name}.csv" for name in texts], today=TODAY)

    return reading


def test_each_visit_is_one_row_with_its_scores(read):
    reading = read(appointments=APPOINTMENTS, scores=SCORES)
    rows = reading.records.rows
    assert int(rows["is_visit"].sum()) == 4
    before = reading.records.scores[ScoreField("pain")]
    assert before[rows["is_visit"].to_numpy()].tolist()[:3] == [7, 5, 6]
    assert rows["technique"].tolist()[:3] == ["swedish", "swedish", "deep_tissue"]
    accounts = {account.file: account for account in reading.accounting.files}
    assert accounts["appointments.csv"].rows["skipped_not_a_visit"] == 1
    assert accounts["appointments.csv"].n_joined == 0
    assert accounts["scores.csv"].rows["accepted"] == 5
    assert accounts["scores.csv"].n_joined == 3
    assert "3  of them joined to an appointment" in str(reading.accounting)


def test_scores_without_an_appointment_are_told_by_their_row(read):
    issues = read(appointments=APPOINTMENTS, scores=SCORES).issues
    found = {(str(i.code), str(i.file), i.row) for i in issues.itertuples()}
    assert found == {("no-appointment", "scores.csv", 5), ("join-near", "scores.csv", 6)}


def test_the_order_of_the_files_changes_nothing_but_the_order(read):
    one = read(appointments=APPOINTMENTS, scores=SCORES).records
    other = read(scores=SCORES, appointments=APPOINTMENTS).records

    def said(records):
        pain = records.scores[ScoreField("pain")]
        names = records.patients[records.rows["patient_id"] - 1]
        columns = (records.rows["day"], records.rows["is_visit"], records.rows["therapist"], pain)
        return sorted(map(str, zip(names, *columns, strict=True)))

    assert said(one) == said(other)


def test_files_of_other_clients_are_a_question(read):
    with pytest.raises(DecisionNeeded, match="No row with scores belongs to an appointment"):
        read(appointments=APPOINTMENTS, scores=SCORES.replace("A1", "901").replace("B2", "902"))


def test_rows_that_files_share_are_found_where_minutes_are_missing(read):
    text = "Client,Date,Technique,Pain before\nA1,2026-03-02,Swedish; Deep tissue,7\n"
    reading = read(one=text, two=text + "A1,2026-03-09,Swedish,5\n")
    assert reading.accounting.rows["duplicates"] == 1
