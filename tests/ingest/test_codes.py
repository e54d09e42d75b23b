"""Every reason for which a cell or row is refused or questioned, shown by a file of its own."""

from datetime import date

import openpyxl
import pytest

from hipoutcomes.ingest.checks import CHECKS
from hipoutcomes.ingest.planning.mapping import parse_mapping
from hipoutcomes.ingest.read import read_files
from hipoutcomes.privacy.findings import personal_columns

TODAY = "2026-11-01"
HEADINGS = (
    *("Client", "Visit date", "Pain before", "Pain after", "Flexion active before (degrees)"),
    *("Technique", "Condition", "Side", "Date of birth", "Row type", "Minutes"),
)
PLAIN = ("C1", "2026-03-05", "6", "4", "100", "Swedish", "Bursitis", "left", "", "visit", "60")


def row(**cells):
    """A good row with some cells changed; headings by their first word in small letters."""
    names = [heading.split()[0].lower() for heading in HEADINGS]
    places = {"before": 2, "after": 3, "visit": 1, "birth": 8, "kind": 9}
    made = list(PLAIN)
    for name, cell in cells.items():
        made[places.get(name, names.index(name) if name in names else 0)] = cell
    return made


#: Code -> (the third row of a file, heading of the cell that is told; empty for the whole row).
CELLS = {
    "type-error": (row(before="x!7"), "Pain before"),
    "range": (row(before="17"), "Pain before"),
    "censored": (row(before="<2"), "Pain before"),
    "two-scores": (row(before="7→4"), "Pain before"),
    "two-sides": (row(side="L 6 R 3"), "Side"),
    "unknown-scale": (row(before="3/5"), "Pain before"),
    "unknown-unit": (row(flexion="100 kg"), HEADINGS[4]),
    "word-score": (row(before="quite bad"), "Pain before"),
    "not-degrees": (row(flexion="WNL"), HEADINGS[4]),
    "excel-error": (row(before="#N/A"), "Pain before"),
    "encoding-error": (row(technique="Sw\ufffddish"), "Technique"),
    "future-date": (row(visit="2027-03-05"), "Visit date"),
    "old-date": (row(visit="1890-03-05"), "Visit date"),
    "no-patient": (row(client=""), "Client"),
    "no-date": (row(visit=""), "Visit date"),
    "range-of-values": (row(before="6-7"), "Pain before"),
    "approximate": (row(before="~6"), "Pain before"),
    "decimal-comma": (row(before="3,5"), "Pain before"),
    "unit": (row(before="6.2 cm"), "Pain before"),
    "rescaled": (row(before="70/100"), "Pain before"),
    "zero-in-words": (row(before="no pain"), "Pain before"),
    "half-point": (row(before="6.5"), "Pain before"),
    "soft-range": (row(flexion="150"), HEADINGS[4]),
    "arc": (row(flexion="0-100"), HEADINGS[4]),
    "utc-time": (row(visit="2026-03-07T18:05:00Z"), "Visit date"),
    "unknown-term": (row(technique="Zzz work"), "Technique"),
    "unknown-row-type": (row(kind="phase 2b"), "Row type"),
    "several-terms": (row(condition="Bursitis; osteoarthritis"), "Condition"),
    "constraint-error": (row(birth="2026-03-09"), "Date of birth"),
}


def read(tmp_path, rows, headings=HEADINGS, name="clinic", **options):
    """A text file of some rows, read."""
    path = tmp_path / f"{name}.csv"
    quoted = ['"{}"'.format('","'.join(line)) for line in (headings, *rows)]
    path.write_text("\n".join(quoted) + "\n", encoding="utf-8")
    return read_files(path, today=TODAY, **options)


def told(reading):
    """Code, row and heading of every issue."""
    issues = reading.issues
    columns = (issues["code"].astype(str), issues["row"], issues["column"])
    return {(code, int(number), heading) for code, number, heading in zip(*columns, strict=True)}


@pytest.mark.parametrize("code", CELLS)
def test_a_cell_is_told_with_its_place(tmp_path, code):
    spoiled, heading = CELLS[code]
    if spoiled[1] == PLAIN[1]:
        spoiled[1] = "2026-03-07"
    rows = [PLAIN, row(visit="2026-03-12"), spoiled, row(visit="2026-03-19")]
    reading = read(tmp_path, rows, scale="0-10")
    assert told(reading) == {(code, 4, heading)}
    issue = reading.issues.iloc[0]
    check = CHECKS[code]
    assert issue["severity"] == check.severity
    assert str(issue["message"]).startswith(check.message.rstrip("."))
    assert issue["suggestion"] == check.suggestion


def workbook(tmp_path, change):
    """A workbook of three rows, one cell of which is changed."""
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    for line in (PLAIN, row(visit="2026-03-12"), row(visit="2026-03-19")):
        book.active.append(line)
    change(book.active)
    book.save(tmp_path / "clinic.xlsx")
    return read_files(tmp_path / "clinic.xlsx", today=TODAY)


def a_cell(address, value):
    def change(sheet):
        sheet[address] = value

    return change


@pytest.mark.parametrize(
    ("code", "address", "value", "heading"),
    [
        ("excel-date", "C3", date(2026, 7, 6), "Pain before"),
        ("excel-error", "C3", "#DIV/0!", "Pain before"),
        ("formula-no-value", "C3", "=1+1", "Pain before"),
        ("excel-serial", "B3", 46_093, "Visit date"),
    ],
)
def test_a_cell_of_a_workbook_is_told_with_its_place(tmp_path, code, address, value, heading):
    reading = workbook(tmp_path, a_cell(address, value))
    assert told(reading) == {(code, 3, heading)}
    if code == "excel-date":
        assert "6-7" in reading.issues["message"][0] or "7-6" in reading.issues["message"][0]


def test_dates_in_the_other_order_are_told(tmp_path):
    rows = [row(visit="25/02/2026"), row(visit="26/02/2026"), row(visit="02/27/2026")]
    reading = read(tmp_path, rows, date_order="day-first")
    assert told(reading) == {("date-order", 4, "Visit date")}


def test_a_bare_none_is_told_where_it_cannot_be_zero(tmp_path):
    headings = (*HEADINGS[:2], "LEFS before")
    reading = read(tmp_path, [("C1", "2026-03-05", "40"), ("C1", "2026-03-12", "none")],
                   headings, none_means="zero")  # fmt: skip
    assert told(reading) == {("ambiguous-none", 3, "LEFS before")}


def test_rows_are_told(tmp_path):
    later = row(visit="2026-03-12")
    reading = read(tmp_path, [PLAIN, PLAIN, [*later, "one too many"], row(visit="2026-03-19")])
    assert told(reading) == {("duplicate-row", 3, "Client"), ("extra-cell", 4, "")}


def test_two_visits_of_one_day_are_told(tmp_path):
    reading = read(tmp_path, [PLAIN, row(technique="Deep tissue")])
    assert told(reading) == {("two-visits-one-day", 3, "Visit date")}


def test_whole_columns_are_told(tmp_path):
    headings = ("Client", "Visit date", "Technique", "Technique", "Pain before")
    rows = [
        ("007", "2026-03-05", "Swedish", "", "6"), ("7", "2026-03-12", "Swedish", "Cupping", "4"),
    ]  # fmt: skip
    assert told(read(tmp_path, rows, headings)) == {
        ("duplicate-label", 0, "Technique"), ("id-zeros-lost", 0, "Client"),
    }  # fmt: skip
    named = [("Tove Alder", "2026-03-05", "Swedish", "", "6")]
    reading = read(tmp_path, named, (*headings[:3], "Technique 2", "Pain before"))
    assert told(reading) == {("id-looks-like-name", 0, "Client")}


def test_clients_known_by_name_alone_are_told(tmp_path):
    mapping = parse_mapping("[file]\nclients_by_name = true\n", "m.toml")
    assert told(read(tmp_path, [PLAIN], mapping=mapping)) == {("clients-by-name", 0, "Client")}


def test_scores_that_lack_what_a_mapping_requires_are_told(tmp_path):
    mapping = parse_mapping('[requires]\n"pain before" = ["pain after"]\n', "m.toml")
    reading = read(tmp_path, [PLAIN, row(visit="2026-03-12", after="")], mapping=mapping)
    assert told(reading) == {("score-set-aside", 0, "Pain before")}


def test_forms_with_too_few_answers_are_told(tmp_path):
    headings = ("Client", "Visit date", *(f"HOOS-PS {i}" for i in range(1, 6)))
    rows = [("C1", "2026-03-05", "1", "1", "1", "1", "1"), ("C1", "2026-03-12", "1", *[""] * 4)]
    reading = read(tmp_path, rows, headings)
    assert told(reading) == {("item-missing", 0, "HOOS Physical Function Short-form (HOOS-PS)")}


LINES_OF_A_BILL = (
    "Date of Service,Client,Clinician,Billing Code,Rate Per Unit,Units,Total Fee,"
    "Progress Note Status,Client Payment Status,Charge,Uninvoiced,Paid,Unpaid\n"
    "09/15/2026,C1,Dana,97124,40,2,80,Locked,Paid,80,0,80,0\n"
    "09/15/2026,C1,Dana,97140,30,1,30,Locked,Paid,30,0,30,0\n"
)


def test_further_lines_of_one_visit_are_told(tmp_path):
    (tmp_path / "status.csv").write_text(LINES_OF_A_BILL)
    reading = read_files(tmp_path / "status.csv", today=TODAY)
    assert ("same-visit", 3) in {(code, number) for code, number, _ in told(reading)}


APPOINTMENTS = (
    "Appointment ID,Client,Date,Status,Treatment\n71,A1,2026-03-02,arrived,Swedish\n"
    "72,A1,2026-03-20,arrived,Swedish\n73,A2,2026-03-04,arrived,Swedish\n"
    "74,A2,2026-03-04,arrived,Swedish\n75,A3,2026-03-10,arrived,Swedish\n"
)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",A1,2026-03-12,5", "no-appointment"),
        (",A3,2026-03-11,5", "join-near"),
        (",A2,2026-03-04,5", "join-ambiguous"),
        ("75,A1,2026-03-15,5", "join-conflict"),
        (",A1,2026-04-12,5", "outside-appointments"),
        (",A3,2026-03-10,9", "join-scores-differ"),
    ],
)
def test_scores_without_their_appointment_are_told(tmp_path, line, code):
    texts = {
        "appointments": APPOINTMENTS,
        "scores": f"Appointment ID,Client,Visit date,Pain before\n71,A1,2026-03-02,6\n{line}\n",
        "again": "Appointment ID,Client,Visit date,Pain before\n75,A3,2026-03-10,4\n",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text)
    reading = read_files([tmp_path / f"{name}.csv" for name in texts], today=TODAY)
    found = {
        (c, str(f))
        for c, f in zip(reading.issues["code"].astype(str), reading.issues["file"], strict=True)
    }
    assert code in {c for c, _ in found}
    if code != "join-scores-differ":
        assert (code, "scores.csv") in found


def test_columns_that_hold_persons_are_told():
    from hipoutcomes.ingest.grids.cells import Cells

    columns = [Cells.of(["C1", "C2"]), Cells.of(["tove@example.org", "noor@example.org"])]
    lines, fields = personal_columns(
        ["Client", "Condition"], columns, {0: "patient", 1: "condition"}
    )
    assert fields == ["condition"]
    assert "nothing of it is kept in the clear" in lines[0]


#: Counted in the accounts, and in no list.
IN_THE_ACCOUNTS = {
    "missing-cell": ("cells", "missing"), "not-recorded": ("cells", "missing"),
    "not-a-visit": ("rows", "skipped_not_a_visit"), "blank-row": ("rows", "blank"),
    "footer": ("rows", "footer"),
}  # fmt: skip


def test_what_needs_no_action_is_counted(tmp_path):
    path = tmp_path / "clinic.csv"
    lines = [HEADINGS, PLAIN, row(visit="2026-03-12", before="", after="N/A"), row(kind="no-show")]
    text = "\n".join(",".join(line) for line in lines)
    path.write_text(
        f"{text}\n,,,,,,,,,,\n{','.join(PLAIN).replace('05', '19', 1)}\nTotal: 4 rows\n"
    )
    accounting = read_files(path, today=TODAY).accounting
    for book, fate in IN_THE_ACCOUNTS.values():
        assert getattr(accounting, book)[fate] > 0, fate


SHOWN = {
    *CELLS, *IN_THE_ACCOUNTS,
    *("excel-date", "formula-no-value", "excel-serial", "date-order", "ambiguous-none"),
    *("duplicate-row", "extra-cell", "two-visits-one-day", "duplicate-label", "id-zeros-lost"),
    *("id-looks-like-name", "clients-by-name", "score-set-aside", "item-missing", "same-visit"),
    *("no-appointment", "join-near", "join-ambiguous", "join-conflict", "outside-appointments"),
    *("join-scores-differ", "looks-personal"),
}  # fmt: skip


def test_every_code_is_shown_by_a_file():
    assert set(CHECKS) == SHOWN
    assert 45 <= len(CHECKS) <= 60


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.code)
def test_what_can_be_done_about_it_is_said(check):
    assert bool(check.suggestion) or check.severity == "note"
