"""Rows that were set aside go out as a workbook, and come back corrected."""

import resource
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hipoutcomes as ho
from hipoutcomes.clinic_records.fixing import open_rows
from hipoutcomes.clinic_records.importing import import_files, undo_import
from hipoutcomes.errors import FileError, HipoutcomesError
from hipoutcomes.ingest.fixfile import ACTION, BEFORE, KEY, MEANS, OWN, PROBLEM, ROWS, TERMS
from hipoutcomes.ingest.fixfile_read import is_fix_file
from hipoutcomes.store.store import Store
from tests.command_line import run
from tests.privacy.byte_search import found_in

HEADINGS = "Client,Visit date,Pain before,Pain after,Technique,Remark\n"
GOOD = "".join(f"C{i},2026-01-{i:02d},{i % 11},{i % 5},Swedish,fine\n" for i in range(1, 21))
#: Two scores in a cell; no date; a score out of range; a word that is in no list.
BAD = (
    "C21,2026-01-21,7-4,2,Swedish,=secretremark\n"
    "C22,no idea,5,2,Swedish,\n"
    "C23,2026-01-23,55,3,Swedish,\n"
    "C24,2026-01-24,6,2,Hot stnes,\n"
)
TODAY = {"today": "2026-11-01", "most_set_aside": 0.5}


@pytest.fixture
def clinic(tmp_path):
    (tmp_path / "visits.csv").write_text(HEADINGS + GOOD + BAD)
    folder = tmp_path / "clinic"
    (result,) = import_files(tmp_path / "visits.csv", folder, **TODAY)
    assert result.fix_file == folder / "private/fix/quarantine-1.xlsx"
    return folder


def rows_of(path):
    """Rows of a fix file by the value of their client."""
    page = openpyxl.load_workbook(path)[ROWS]
    headings = [cell.value for cell in page[1]]
    rows = [dict(zip(headings, row, strict=True)) for row in page.iter_rows(2, values_only=True)]
    return {row["Client"]: row for row in rows}


def correct(path, to, changes):
    """Save a fix file under another name with cells changed as a person would."""
    book = openpyxl.load_workbook(path)
    page = book[ROWS]
    place = {cell.value: cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        for heading, value in changes.get(page.cell(row, place["Client"]).value, {}).items():
            page.cell(row, place[heading], value)
    book.save(to)
    return to


def test_the_workbook_shows_what_is_wrong_and_where(clinic):
    path = clinic / "private/fix/quarantine-1.xlsx"
    assert path.stat().st_mode & 0o077 == 0
    rows = rows_of(path)
    assert list(rows) == ["C21", "C22", "C23"]
    assert rows["C21"][PROBLEM].startswith("Pain before: There are two different scores")
    assert rows["C21"]["_row"] == "22"
    assert rows["C22"][PROBLEM].startswith("Visit date: ")
    assert rows["C21"]["Remark"] == "=secretremark"
    book = openpyxl.load_workbook(path)
    page = book[ROWS]
    headings = [cell.value for cell in page[1]]
    assert headings[: len(OWN)] == list(OWN)
    assert headings[len(OWN) : -1] == HEADINGS.strip().split(",")
    wrong = [c.coordinate for row in page.iter_rows(2) for c in row if c.comment]
    assert wrong == ["J2", "I3", "J4"]
    assert {c.number_format for row in page.iter_rows(2) for c in row} == {"@"}
    assert {c.data_type for row in page.iter_rows(2) for c in row if c.value} == {"s"}
    assert book[BEFORE].sheet_state == "hidden"
    assert [row[1].value for row in book[TERMS].iter_rows(2)] == ["Hot stnes"]
    assert "not for sharing" in str([row[0].value for row in book["Summary"].iter_rows()])


def test_corrected_rows_take_their_place_and_twice_changes_nothing(clinic, tmp_path):
    changes = {
        "C21": {"Pain before": "7"}, "C22": {"Visit date": "2026-01-22"}, "C23": {"Pain before": 5},
    }  # fmt: skip
    path = correct(clinic / "private/fix/quarantine-1.xlsx", tmp_path / "done.xlsx", changes)
    assert len(ho.load_store(clinic).sessions) == 23
    (result,) = import_files(path, clinic, **TODAY)
    assert "3 corrected settled of import 1; 0 rows are still set aside" in result.told[-1]
    kept = ho.load_store(clinic, clients=True)
    assert len(kept.sessions) == 24
    (tmp_path / "right.csv").write_text(
        (HEADINGS + GOOD + BAD)
        .replace("7-4", "7")
        .replace("no idea", "2026-01-22")
        .replace(",55,", ",5,")
    )
    right = ho.load(tmp_path / "right.csv", today="2026-11-01")
    assert said(kept) == said(right)
    assert open_rows(clinic).empty
    snapshot = (clinic / "store/snapshot/sessions.parquet").read_bytes()
    (again,) = import_files(path, clinic, **TODAY)
    assert again.outcome.already
    assert (clinic / "store/snapshot/sessions.parquet").read_bytes() == snapshot
    undo_import(2, clinic)
    assert len(ho.load_store(clinic).sessions) == 23
    assert open_rows(clinic)["n_rows"].tolist() == [3]


def said(clinic):
    """Clients' days and scores."""
    scores = clinic.scores.of("pain")
    names = clinic.patients[scores["patient_id"] - 1]
    return sorted(
        map(str, zip(names, scores["day"], scores["timing"], scores["score"], strict=True))
    )


def test_dropping_and_keeping_without_a_cell_are_said_and_last(clinic, tmp_path):
    changes = {"C21": {ACTION: "drop"}, "C22": {ACTION: "missing"}, "C23": {ACTION: "missing"}}
    path = correct(clinic / "private/fix/quarantine-1.xlsx", tmp_path / "done.xlsx", changes)
    (result,) = import_files(path, clinic, **TODAY)
    # A row without a date cannot be kept: it stays set aside.
    assert "1 dropped, 1 kept without the cell settled of import 1; 1 rows" in result.told[-1]
    assert open_rows(clinic)["n_rows"].tolist() == [1]
    assert len(ho.load_store(clinic).sessions) == 23


def test_what_is_left_alone_or_still_wrong_stays_set_aside(clinic, tmp_path):
    path = correct(clinic / "private/fix/quarantine-1.xlsx", tmp_path / "done.xlsx",
                   {"C21": {"Pain before": "99"}})  # fmt: skip
    (result,) = import_files(path, clinic, **TODAY)
    assert "no row settled of import 1; 3 rows are still set aside" in result.told[-1]
    assert open_rows(clinic)["n_rows"].tolist() == [3]


def test_a_word_that_was_decided_is_known_from_then_on(clinic, tmp_path):
    path = clinic / "private/fix/quarantine-1.xlsx"
    book = openpyxl.load_workbook(path)
    headings = [cell.value for cell in book[TERMS][1]]
    book[TERMS].cell(2, headings.index(MEANS) + 1, "Hot stone")
    book.save(tmp_path / "done.xlsx")
    (result,) = import_files(tmp_path / "done.xlsx", clinic, **TODAY)
    assert "1 words are known from now on" in result.told[-1]
    (tmp_path / "february.csv").write_text(
        (HEADINGS + GOOD)
        .replace("-01-", "-02-")
        .replace("C20,2026-02-20,9,0,Swedish", "C20,2026-02-20,9,0,Hot stnes")
    )
    import_files(tmp_path / "february.csv", clinic, **TODAY)
    treatments = ho.load_store(clinic).treatments.frame["technique"].astype(str)
    assert "hot_stone" in set(treatments)


@pytest.mark.parametrize("change", ["heading", "key", "action"])
def test_a_fix_file_that_was_taken_apart_is_refused(clinic, tmp_path, change):
    book = openpyxl.load_workbook(clinic / "private/fix/quarantine-1.xlsx")
    page = book[ROWS]
    place = {cell.value: cell.column for cell in page[1]}
    if change == "heading":
        page.cell(1, place[KEY], "something")
    for row in range(2, page.max_row + 1):
        if change == "key":
            page.cell(row, place[KEY], "0" * 20)
        if change == "action":
            page.cell(row, place[ACTION], "perhaps")
    book.save(tmp_path / "done.xlsx")
    n_before = len(ho.load_store(clinic).sessions)
    with pytest.raises(FileError):
        import_files(tmp_path / "done.xlsx", clinic, **TODAY)
    assert len(ho.load_store(clinic).sessions) == n_before


def test_rows_that_are_too_long_come_out_with_all_their_cells(tmp_path):
    (tmp_path / "visits.csv").write_text(HEADINGS + GOOD + "C9,2026-03-01,7,2,Swedish,late,today\n")
    (result,) = import_files(tmp_path / "visits.csv", tmp_path / "clinic", **TODAY)
    row = rows_of(result.fix_file)["C9"]
    assert row["_too_many"] == "today"
    path = correct(result.fix_file, tmp_path / "done.xlsx", {"C9": {"_too_many": None}})
    import_files(path, tmp_path / "clinic", **TODAY)
    assert len(ho.load_store(tmp_path / "clinic").sessions) == 21


def test_nothing_of_a_fix_file_gets_into_the_records(clinic, tmp_path):
    path = correct(clinic / "private/fix/quarantine-1.xlsx", tmp_path / "done.xlsx",
                   {"C21": {"Pain before": "7"}})  # fmt: skip
    import_files(path, clinic, **TODAY)
    assert not found_in(clinic / "store", ["secretremark", "visits.csv", "done.xlsx"])


def test_the_command_line_says_where_the_rows_are(tmp_path, capsys):
    (tmp_path / "visits.csv").write_text(HEADINGS + GOOD + BAD)
    store = tmp_path / "clinic"
    code, said_ = run(
        capsys, "import", tmp_path / "visits.csv", "--store", store, "--max-bad", "0.5"
    )
    assert code == 3
    path = store / "private/fix/quarantine-1.xlsx"
    assert f"To correct: {path}; then: hipoutcomes import {path} --store {store}" in said_
    code, said_ = run(capsys, "fix", "--store", store)
    assert code == 0
    assert f"Import 1: 3 rows to correct: {path}" in said_
    done = correct(
        path, tmp_path / "done.xlsx", {c: {ACTION: "drop"} for c in ("C21", "C22", "C23")}
    )
    code, said_ = run(capsys, "import", done, "--store", store)
    assert code == 0
    assert "done.xlsx: 3 dropped settled of import 1; 0 rows are still set aside." in said_
    assert run(capsys, "fix", "--store", store)[1] == "No row waits to be corrected.\n"


cells = st.sampled_from(["7", "7-4", "", "55", "none of it", "2026-01-22", "=1+1", "C5", None])
edits = st.dictionaries(
    st.sampled_from(["C21", "C22", "C23"]),
    st.dictionaries(
        st.sampled_from(["Client", "Visit date", "Pain before", "Pain after", "Technique", ACTION]),
        cells,
        max_size=4,
    ),
    max_size=3,
)


@settings(
    max_examples=12, derandomize=True, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(edits)
def test_whatever_is_typed_no_row_is_lost(tmp_path_factory, edits):
    folder = tmp_path_factory.mktemp("fix")
    (folder / "visits.csv").write_text(HEADINGS + GOOD + BAD)
    (first,) = import_files(folder / "visits.csv", folder / "clinic", **TODAY)
    for changes in edits.values():
        if changes.get(ACTION) not in (None, ""):
            changes[ACTION] = {"7": "drop", "55": "missing"}.get(changes[ACTION], "")
    n_open = int(open_rows(folder / "clinic")["n_rows"].sum())
    done = correct(first.fix_file, folder / "done.xlsx", edits)
    try:
        (result,) = import_files(done, folder / "clinic", none_means="missing", **TODAY)
    except HipoutcomesError:
        assert int(open_rows(folder / "clinic")["n_rows"].sum()) == n_open
        return
    with Store(folder / "clinic/store") as store:
        assert len(store.quarantine()) == n_open
        n_left = len(store.open_quarantine())
    assert result.account.rows["accepted"] <= n_open - n_left
    assert len(ho.load_store(folder / "clinic").sessions) >= 23


def test_a_workbook_is_known_for_a_fix_file_without_unpacking_it(clinic, tmp_path):
    packed = clinic / "private/fix/quarantine-1.xlsx"
    assert is_fix_file(packed)
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"0" * 300_000_000)
        archive.writestr("xl/workbook.xml", b"<workbook>")
    began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not is_fix_file(bomb)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - began < 100_000
    assert not is_fix_file(tmp_path / "none.xlsx")
    (tmp_path / "text.csv").write_text(GOOD)
    assert not is_fix_file(tmp_path / "text.csv")
