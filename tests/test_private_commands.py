"""Commands about one client, exports, old files, the key and the issues of a clinic's records."""

import io
import os
import time

import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.privacy.key import load_or_make_key
from tests.command_line import run
from tests.privacy.byte_search import found_in

HEADINGS = "client,client name,date,pain before,technique,therapist,notes\n"
ROWS = "".join(
    f"{1000 + i % 12},Tove Aldermoor{i % 12},2026-01-{i % 28 + 1:02d},{i % 11},Swedish,Ada,"
    f"felt {'much' if i % 2 else 'no'} better after the last long walk along the harbour today\n"
    for i in range(48)
)
WRONG = "1000,Tove Aldermoor0,2026-02-01,7-4,Swedish,Ada,\n"


@pytest.fixture
def export(tmp_path):
    (tmp_path / "january.csv").write_text(HEADINGS + ROWS + WRONG)
    return tmp_path / "january.csv"


@pytest.fixture
def store(tmp_path, export, capsys):
    code, said = run(capsys, "import", export, "--store", tmp_path / "clinic")
    assert code == 3, said
    return tmp_path / "clinic"


def test_an_import_says_which_columns_it_left_out(tmp_path, export, capsys):
    _, said = run(capsys, "import", export, "--store", tmp_path / "other")
    assert "Left out, since they say who somebody is: 'client name' (names), 'notes'" in said
    assert "Aldermoor" not in said


def test_forgetting_removes_a_client_everywhere_and_keeps_them_out(store, export, capsys):
    n_before = len(ho.load_store(store).sessions)
    code, said = run(capsys, "clients", "forget", "1003", "--store", store, "--yes")
    assert code == 0
    assert "From the records: 4 rows with 4 scores of 1 imports" in said
    assert "From the folder 'private': 1 line of the table of clients" in said
    clinic = ho.load_store(store, clients=True)
    assert len(clinic.sessions) == n_before - 4
    assert "1003" not in clinic.patients
    # How the file was read is still known, so that the rest can be corrected.
    assert (store / "private/plans/import-1.toml").exists()
    assert (store / "private/fix/quarantine-1.xlsx").exists()
    export.write_text(HEADINGS + ROWS + WRONG + "1001,x,2026-02-02,3,Swedish,Ada,\n")
    _, said = run(capsys, "import", export, "--store", store)
    assert "4 rows of clients who were forgotten stay out" in said
    assert "1003" not in ho.load_store(store, clients=True).patients
    assert run(capsys, "clients", "forget", "9999", "--store", store, "--yes")[0] == 5


def test_forgetting_asks_first(store, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    code, _ = run(capsys, "clients", "forget", "1003", "--store", store)
    assert code == 1
    assert "1003" in ho.load_store(store, clients=True).patients


def test_merging_makes_two_numbers_one_client(store, capsys):
    code, said = run(capsys, "clients", "merge", "1003", "1004", "--store", store)
    assert code == 0
    assert said == "4 rows of the old number count for the new one now.\n"
    clinic = ho.load_store(store)
    assert len(set(clinic.sessions.frame["patient_id"])) == 11


def test_an_export_holds_tidy_tables_and_no_name(store, tmp_path, capsys):
    code, said = run(capsys, "export", "--store", store, "-o", tmp_path / "out", "--safe-harbor")
    assert code == 0, said
    assert said.startswith("Without the identifiers of Safe Harbor (days relative)")
    assert "12 clients" in said
    assert "Which number is which stays here" in said
    sessions = pd.read_csv(tmp_path / "out" / "sessions.csv")
    assert sessions["day"].min() == 0
    assert not found_in(tmp_path / "out", ["Aldermoor", "2026-01-0", "january.csv", "harbour"])
    code, said = run(capsys, "export", "--store", store, "-o", tmp_path / "out")
    assert code == 2
    assert "holds something already" in said


def test_files_are_exported_without_records(export, tmp_path, capsys):
    code, said = run(capsys, "export", export, "-o", tmp_path / "out", "--dates", "shifted")
    assert code == 0, said
    assert said.startswith("Coded, limited (dates shifted)")
    assert "Which number" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("-o", "x"),
        ("-o", "x", "--store", "s", "--safe-harbor", "--dates", "shifted"),
        ("a.csv", "-o", "x", "--store", "s"),
    ],
)
def test_exports_that_cannot_be_are_refused(arguments, capsys):
    assert run(capsys, "export", *arguments)[0] == 2


def test_purging_removes_old_files_only(store, capsys):
    folder = store / "private" / "fix"
    folder.mkdir(exist_ok=True)
    for name, days in (("old.xlsx", 100), ("new.xlsx", 1)):
        (folder / name).write_bytes(b"x")
        written = time.time() - days * 86_400
        os.utime(folder / name, (written, written))
    n_before = len(list(folder.iterdir()))
    code, said = run(capsys, "purge", "--store", store, "--older-than", "90d")
    assert (code, said) == (0, "1 files older than 90 days removed from the private folder.\n")
    assert len(list(folder.iterdir())) == n_before - 1
    assert (store / "private" / "key.json").exists()
    assert run(capsys, "purge", "--store", store, "--older-than", "soon")[0] == 2


def test_a_lost_key_comes_back_from_its_printed_copy(store, tmp_path, capsys):
    _, copy = run(capsys, "key", "print", "--store", store)
    (tmp_path / "typed.txt").write_text(copy)
    code, said = run(capsys, "key", "restore", tmp_path / "typed.txt", "--store", store)
    assert code == 5
    assert "There is a key already" in said
    key = load_or_make_key(store / "private")
    (store / "private" / "key.json").unlink()
    code, said = run(capsys, "key", "restore", tmp_path / "typed.txt", "--store", store)
    assert (code, said) == (0, f"The key {key.id} is back.\n")
    assert load_or_make_key(store / "private") == key
    assert run(capsys, "key", "restore", tmp_path / "none.txt", "--store", store)[0] == 2


def test_issues_are_listed_by_reason_with_places_and_no_values(store, tmp_path, capsys):
    code, said = run(
        capsys,
        "issues",
        "--store",
        store,
        "--csv",
        tmp_path / "i.csv",
        "--json",
        tmp_path / "i.jsonl",
    )
    assert code == 0
    assert "1 × two-scores (reject): There are two different scores in one cell." in said
    assert "january.csv, row 50" in said
    assert "7-4" not in said
    written = pd.read_csv(tmp_path / "i.csv")
    assert written["code"].tolist().count("two-scores") == 1
    assert len((tmp_path / "i.jsonl").read_text().splitlines()) == len(written)


def test_what_is_kept_of_a_client_can_be_shown(store, capsys):
    code, said = run(capsys, "clients", "show", "1003", "--store", store)
    assert code == 0
    assert said.splitlines()[0] == "2026-01-04  visit, import 1, january.csv"
    assert len(said.splitlines()) == 4
    assert run(capsys, "clients", "show", "9999", "--store", store)[0] == 5


def test_a_strict_import_writes_nothing_where_anything_is_questioned(tmp_path, export, capsys):
    code, said = run(capsys, "import", export, "--store", tmp_path / "strict", "--strict")
    assert code == 6
    assert "With --strict there may be none; nothing was written." in said
    assert not (tmp_path / "strict").exists()
