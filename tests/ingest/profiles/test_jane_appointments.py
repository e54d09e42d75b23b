"""Jane's appointments report: kept bookings are visits; local days; nobody's name."""

import openpyxl
import pytest
from typer.testing import CliRunner

from hipoutcomes.cli.main import app
from hipoutcomes.ingest.planning.targets import Target
from hipoutcomes.ingest.read import read_files
from hipoutcomes.simulate import simulate_clinic
from hipoutcomes.simulate_exports import (
    APPOINTMENT_COLUMNS,
    appointments_of,
    client_number,
    write_appointments,
)

TODAY = "2026-11-01"
NAMES = ("Mika", "Tove", "Aldermoor", "Brackwater", "back room", "unpaid", "fell ill")


def booking(number, start, client, service, state, **cells):
    """One line of the report."""
    line = dict.fromkeys(APPOINTMENT_COLUMNS, "")
    return line | {
        "id": str(number), "location_name": "Harbour Street", "start_at": start,
        "end_at": start, "patient_guid": f"20111-{client}" if client else "",
        "patient_number": client, "patient_first_name": "Mika" if client else "",
        "patient_last_name": "Aldermoor" if client else "", "treatment_name": service,
        "staff_member_name": "Cleo Quist", "state": state, "first_visit": "true",
        "booked_at": "2026-01-01 09:00:00 -0800", "insurance_state": "unpaid", **cells,
    }  # fmt: skip


LINES = [
    booking(1, "2026-09-01 08:30:00 -0700", "1350", "60 min Deep Tissue", "arrived"),
    # Late in the evening: the next day by universal time.
    booking(2, "2026-09-08 23:30:00 -0700", "1350", "45 min Swedish", "arrived",
            notes_text="back room"),
    booking(3, "2026-09-09 08:30:00 -0700", "1350", "60 min Deep Tissue", "cancelled",
            cancelled_at="2026-09-08 10:00:00 -0700", cancelled_reason="fell ill"),
    booking(4, "2026-09-10 08:30:00 -0700", "1351", "60 min Deep Tissue", "no_show"),
    booking(5, "2026-09-10 09:30:00 -0700", "1351", "60 min Deep Tissue", "rescheduled"),
    booking(6, "2026-12-10 09:30:00 -0800", "1351", "60 min Deep Tissue", "booked"),
    booking(7, "2026-09-11 09:30:00 -0700", "1351", "60 min Deep Tissue", "archived"),
    booking(8, "2026-09-11 09:30:00 -0700", "", "60 min Deep Tissue", "never_booked"),
    booking(9, "2026-09-11 12:00:00 -0700", "", "Break", ""),
    booking(10, "2026-09-11 12:00:00 -0700", "", "Break", "break"),
    booking(11, "2026-09-12 12:00:00 -0700", "1351", "90 minute Hot Stone", "arrived"),
    # Odd: no client; a service that is in no list.
    booking(12, "2026-09-12 13:00:00 -0700", "", "60 min Swedish", "arrived"),
    booking(13, "2026-09-14 13:00:00 -0700", "1351", "30 min Consultation", "arrived"),
]  # fmt: skip


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "appointments.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Export"
    sheet.append(list(APPOINTMENT_COLUMNS))
    for line in LINES:
        sheet.append([cell or None for cell in line.values()])
    book.save(path)
    return path


def test_arrived_bookings_are_visits_and_the_others_are_counted(report):
    reading = read_files(report, today=TODAY)
    plan, account = reading.plans[0], reading.accounting.rows
    assert plan.profile == "jane-appointments"
    assert any("5 of 5 required headings and 21 known ones; next best" in e for e in plan.evidence)
    assert account["accepted"] == 4
    assert account["skipped_not_a_visit"] == 8
    assert account["quarantined"] == 1
    rows, treatments = reading.records.rows, reading.records.treatments
    assert rows["is_visit"].all()
    days = (rows["day"].to_numpy().astype("datetime64[D]")).astype(str).tolist()
    assert days == ["2026-09-01", "2026-09-08", "2026-09-12", "2026-09-14"]
    assert rows["start"].tolist() == [510, 1410, 720, 780]
    assert rows["technique"].tolist() == ["deep_tissue", "swedish", "hot_stone", "other"]
    assert treatments["minutes"].tolist() == [60, 45, 90, 30]
    assert rows["minutes"].tolist() == [60, 45, 90, 30]
    assert list(reading.records.patients) == ["1350", "1351"]
    assert rows["visit_id"].tolist() == ["1", "2", "11", "13"]
    assert set(rows["therapist"]) == {"Cleo Quist"}
    assert set(rows["clinic"]) == {"Harbour Street"}
    assert "first_visit" not in rows


def test_the_first_visit_at_the_clinic_and_names_are_not_read(report):
    reading = read_files(report, today=TODAY)
    ignored = reading.plans[0].ignored
    assert {"first_visit", "patient_first_name", "patient_last_name", "notes_text"} <= set(ignored)
    assert reading.plans[0].find("visit_id").target == Target("visit_id")
    kept = "\n".join([
        reading.records.rows.to_csv(), reading.issues.to_csv(), " ".join(reading.records.patients),
        repr(reading.plans[0]),
    ])  # fmt: skip
    assert not [name for name in NAMES if name in kept]


@pytest.mark.parametrize("state", ["No Show", "No_Show", "Never Booked", "Cancelled", "Break"])
def test_states_in_other_spellings_are_no_visits_either(tmp_path, state):
    path = tmp_path / "appointments.csv"
    lines = [LINES[0], booking(2, "2026-09-08 08:30:00 -0700", "1350", "60 min Swedish", state)]
    text = [",".join(APPOINTMENT_COLUMNS), *(",".join(line.values()) for line in lines)]
    path.write_text("\n".join(text) + "\n")
    reading = read_files(path, today=TODAY)
    assert reading.accounting.rows["accepted"] == 1
    assert reading.accounting.rows["skipped_not_a_visit"] == 1
    assert len(reading.issues) == 0


def test_columns_of_scores_that_somebody_added_are_read(tmp_path):
    heads = [*APPOINTMENT_COLUMNS, "Pain before", "Pain after"]
    lines = [[*LINES[0].values(), "7", "4"], [*LINES[1].values(), "6", "3"]]
    path = tmp_path / "appointments.csv"
    path.write_text("\n".join(",".join(line) for line in [heads, *lines]) + "\n")
    reading = read_files(path, today=TODAY)
    assert reading.plans[0].profile == "jane-appointments"
    scores = {f"{f.measure} {f.timing}": v.tolist() for f, v in reading.records.scores.items()}
    assert scores == {"pain before": [7, 6], "pain after": [4, 3]}


def test_inspect_says_how_the_report_would_be_read(report):
    done = CliRunner().invoke(app, ["inspect", str(report)])
    assert done.exit_code == 0, done.output
    for words in (
        "profile: jane-appointments", "sheet: Export", "8 skipped not a visit",
        "Would accept 4 of 13 rows and quarantine 1; 8 are no visits that took place.",
        "'patient_first_name'", "Consultation",
    ):  # fmt: skip
        assert words in done.output
    assert not [name for name in NAMES if name in done.output]


def test_a_whole_clinic_comes_out_as_it_went_in(tmp_path):
    clinic = simulate_clinic(seed=5)
    sessions = clinic.sessions[clinic.sessions["Row type"] == "Visit"]
    appointments = appointments_of(clinic.sessions, seed=5)
    path = write_appointments(appointments, tmp_path / "appointments.xlsx")
    reading = read_files(path, today="2030-01-01")
    rows, patients = reading.records.rows, reading.records.patients
    assert reading.plans[0].profile == "jane-appointments"
    assert len(rows) == len(sessions)
    assert reading.accounting.rows["skipped_not_a_visit"] == len(appointments) - len(sessions)
    days = rows["day"].to_numpy().astype("datetime64[D]").astype(str)
    read = sorted(zip(patients[rows["patient_id"] - 1], days, rows["minutes"], strict=True))
    typed = sorted(
        zip(sessions["Client"].map(client_number), sessions["Date"],
            sessions["Minutes"].astype(float), strict=True)
    )  # fmt: skip
    assert read == typed
