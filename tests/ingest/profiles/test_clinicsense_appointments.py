"""ClinicSense's appointment report: lines above, totals below, a marker inside cancelled rows."""

import pytest

from hipoutcomes.ingest.read import read_files

TODAY = "2026-11-01"
PREAMBLE = [
    "Appointment Report", "Tidal Massage", "12 Quay Road", "", "From: 03/01/2026",
    "To: 04/30/2026", "All practitioners",
]  # fmt: skip
HEADS = "Date,Client,Practitioner,Primary Service,Reference Number,Payment Method,Amount"
ROWS = [
    "03/02/2026 2:00 PM,Cleo Brackwater,Ann Sallow,60 min Deep Tissue,AB12,Visa,$95.00",
    "03/16/2026 2:00 PM,Cleo Brackwater [(Canceled)],Ann Sallow,60 min Deep Tissue,,,",
    "03/17/2026 9:30 AM,Noor Dunmarsh,Ann Sallow,90 min Swedish + Cupping,AB12,Visa,$95.00",
    "[(Canceled)] 03/18/2026 9:30 AM,Noor Dunmarsh,Bo Tarn,45 min Swedish,,Cash,",
    "03/23/2026 2:00 PM,Cleo Brackwater,Bo Tarn,Swedish,,,$0.00",
    # No date: set aside.
    ",Cleo Brackwater,Bo Tarn,Swedish,,,$0.00",
]
TOTAL = "Total,,,,,,$285.00"


@pytest.fixture(params=[7, 9])
def report(tmp_path, request):
    above = [*PREAMBLE, "Sorted by date", ""][: request.param]
    path = tmp_path / "appointments.csv"
    path.write_text("\n".join([*above, HEADS, *ROWS, "", TOTAL]) + "\n")
    return path, request.param


def test_visits_are_read_and_the_rest_is_counted(report):
    path, n_above = report
    reading = read_files(path, today=TODAY)
    assert reading.plans[0].profile == "clinicsense-appointments"
    account = reading.accounting.rows
    assert account["preamble"] == n_above
    assert account["accepted"] == 3
    assert account["skipped_not_a_visit"] == 2
    assert account["quarantined"] == 1
    assert account["footer"] == 1
    rows = reading.records.rows
    days = rows["day"].to_numpy().astype("datetime64[D]").astype(str).tolist()
    assert days == ["2026-03-02", "2026-03-17", "2026-03-23"]
    assert rows["start"].tolist() == [840, 570, 840]
    assert rows["minutes"].isna().tolist() == [False, False, True]
    assert rows["minutes"].tolist()[:2] == [60, 90]
    treatments = reading.records.treatments
    assert treatments["technique"].tolist() == ["deep_tissue", "swedish", "cupping", "swedish"]
    # Ninety minutes are of the whole visit; how much of it was cupping was not written down.
    assert treatments["minutes"].isna().tolist() == [False, True, True, True]


def test_a_number_that_two_visits_share_is_no_number_of_a_visit(report):
    reading = read_files(report[0], today=TODAY)
    assert "visit_id" not in reading.records.rows
    assert reading.plans[0].ignored["Reference Number"] == 2


def test_clients_are_told_apart_by_name_only_with_a_warning(report):
    reading = read_files(report[0], today=TODAY)
    about = reading.issues[reading.issues["code"] == "clients-by-name"]
    assert about["column"].tolist() == ["Client"]
    assert not any("Brackwater" in str(text) for text in about.to_numpy().ravel())
