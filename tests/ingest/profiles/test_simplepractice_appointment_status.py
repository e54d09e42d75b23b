"""SimplePractice's Appointment Status report: clients by name, a row for each billing code."""

import pytest

from hipoutcomes.ingest.read import read_files

TODAY = "2026-11-01"
HEADS = (
    "Date of Service,Client,Clinician,Billing Code,Rate Per Unit,Units,Total Fee,"
    "Progress Note Status,Client Payment Status,Charge,Uninvoiced,Paid,Unpaid"
)
MONEY = "40,2,80,Locked,Paid,80,0,80,0"
ROWS = [
    f"03/02/2026,Cleo Brackwater,Ann Sallow,97124,{MONEY}",
    f"03/02/2026,Cleo Brackwater,Ann Sallow,97140,{MONEY}",
    f"03/02/2026,Noor Dunmarsh,Ann Sallow,97124,{MONEY}",
    # Another therapist on the same day is another visit.
    f"03/02/2026,Noor Dunmarsh,Bo Tarn,97124,{MONEY}",
    f"03/16/2026,Cleo Brackwater,Ann Sallow,97124,{MONEY}",
    # The same code twice: the same row twice, and one visit all the same.
    f"03/16/2026,Cleo Brackwater,Ann Sallow,97124,{MONEY}",
    f",Noor Dunmarsh,Ann Sallow,97124,{MONEY}",
]


@pytest.fixture
def reading(tmp_path):
    path = tmp_path / "status.csv"
    path.write_text("\n".join([HEADS, *ROWS]) + "\n")
    return read_files(path, today=TODAY)


def test_rows_of_one_visit_are_one_visit(reading):
    assert reading.plans[0].profile == "simplepractice-appointment-status"
    account = reading.accounting.rows
    assert account["accepted"] == 4
    assert account["duplicates"] == 2
    assert account["quarantined"] == 1
    rows = reading.records.rows
    days = rows["day"].to_numpy().astype("datetime64[D]").astype(str).tolist()
    assert days == ["2026-03-02"] * 3 + ["2026-03-16"]
    assert rows["therapist"].tolist() == ["Ann Sallow", "Ann Sallow", "Bo Tarn", "Ann Sallow"]
    lines = reading.issues[reading.issues["code"] == "same-visit"]
    assert lines["row"].tolist() == [3, 7]
    assert set(lines["severity"]) == {"note"}
    assert set(lines["action"]) == {"row_skipped"}


def test_billing_codes_claim_no_technique_and_money_is_not_read(reading):
    assert len(reading.records.treatments) == 0
    assert reading.records.rows["technique"].isna().all()
    assert set(reading.plans[0].columns.values()) == {"date", "patient", "therapist"}
    assert len(reading.plans[0].ignored) == 10


def test_two_clients_may_share_a_name(reading):
    about = reading.issues[reading.issues["code"] == "clients-by-name"]
    assert about["severity"].tolist() == ["warning"]


def test_no_score_that_somebody_added_to_a_line_is_lost(tmp_path):
    lines = [
        f"03/02/2026,Cleo Brackwater,Ann Sallow,97124,{MONEY},",
        f"03/02/2026,Cleo Brackwater,Ann Sallow,97140,{MONEY},6",
        f"03/16/2026,Cleo Brackwater,Ann Sallow,97124,{MONEY},5",
        f"03/16/2026,Cleo Brackwater,Ann Sallow,97140,{MONEY},4",
    ]
    path = tmp_path / "status.csv"
    path.write_text("\n".join([f"{HEADS},Pain before", *lines]) + "\n")
    reading = read_files(path, today=TODAY)
    (scores,) = reading.records.scores.values()
    # The line with the score stands for its visit; two lines with two scores are asked about.
    assert scores.tolist() == [6, 5, 4]
    codes = reading.issues.set_index("row")["code"].astype(str)
    assert codes[2] == "same-visit"
    assert codes[5] == "two-visits-one-day"


def test_a_report_in_which_every_visit_has_one_line(tmp_path):
    path = tmp_path / "status.csv"
    path.write_text("\n".join([HEADS, ROWS[0], ROWS[2]]) + "\n")
    account = read_files(path, today=TODAY, date_order="month-first").accounting.rows
    assert (account["accepted"], account["duplicates"]) == (2, 0)
