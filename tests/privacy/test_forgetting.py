"""Forgetting one client in the private folder, and clearing it by age."""

import os

import openpyxl
import pytest

from hipoutcomes.privacy.codes import client_code
from hipoutcomes.privacy.forgetting import Removed, forget_client, purge
from hipoutcomes.privacy.key import load_or_make_key
from hipoutcomes.privacy.links import Links, read_table, write_table
from hipoutcomes.privacy.private_folder import write_private

GONE, STAYS = "Jane Doe", "Mika Vale"


@pytest.fixture
def clinic(private):
    """A private folder with traces of two clients, and its key."""
    key = load_or_make_key(private)
    gone, stays = client_code(key, GONE), client_code(key, STAYS)
    links = Links()
    links.add("clients", gone, GONE)
    links.add("clients", stays, STAYS)
    links.add("words", "device-aaaaaa", "Jane's phone")
    links.add("words", "device-bbbbbb", "old goniometer")
    links.add("files", "file-1.csv", "jane doe scores.csv")
    links.add("files", "file-2.csv", "march.csv")
    links.save(private)
    book = openpyxl.Workbook()
    book.active.append(["_row_key", "_problem", "Client", "Date", "Pain"])
    book.active.append(["k1", "type-error", "JANE  DOE ", "2026-03-05", "six-ish"])
    book.active.append(["k2", "type-error", STAYS, "2026-03-05", "ask Ravi"])
    (private / "fix").mkdir()
    book.save(private / "fix" / "quarantine-1.xlsx")
    write_private(
        private / "fix" / "rows.csv", f"Client;Pain\r\n{GONE};x\r\n{STAYS};y\r\n".encode()
    )
    write_private(private / "raw" / "a.csv", f"Client,Pain\n{GONE},3\n{STAYS},4\n".encode())
    write_private(private / "raw" / "b.csv", f"Client,Pain\n{STAYS},4\n".encode())
    write_table(private / "exports" / "e1" / "clients.csv", "x", {"c-1": gone, "c-2": stays})
    write_table(private / "exports" / "e2" / "clients.csv", "x", {"c-1": GONE, "c-2": STAYS})
    return private, key, gone


def traces(private, word: str) -> list[str]:
    """Files in which a word is left, also inside workbooks."""
    found = []
    for path in private.rglob("*"):
        if not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".xlsx":
            sheet = openpyxl.load_workbook(path).active
            text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
        if word.lower() in text.lower():
            found.append(path.name)
    return found


def test_nothing_of_the_client_is_left_and_the_other_stays(clinic):
    private, key, gone = clinic
    removed = forget_client(private, gone, key, words_in_use=["device-bbbbbb"])
    assert removed == Removed(
        n_links=1, n_words=1, n_fix_rows=2, n_files=1, n_export_links=2, n_file_names=1
    )
    assert traces(private, "jane") == [] and traces(private, gone) == []
    assert sorted(traces(private, "Mika Vale")) == [
        *("b.csv", "clients.csv", "clients.csv", "quarantine-1.xlsx", "rows.csv")
    ]
    assert set(Links.load(private).own_ids("words")) == {"device-bbbbbb"}
    assert read_table(private / "exports" / "e1" / "clients.csv").keys() == {"c-2"}
    assert "Jane" not in removed.told and "2 rows to fix" in removed.told


def test_forgetting_twice_removes_nothing_more(clinic):
    private, key, gone = clinic
    forget_client(private, gone, key)
    assert forget_client(private, gone, key) == Removed()


def test_older_codes_of_a_merged_client_go_too(clinic):
    private, key, gone = clinic
    removed = forget_client(private, [gone, client_code(key, STAYS)], key)
    assert removed.n_links == 2 and traces(private, "Mika Vale") == []


def test_files_stay_closed_to_others(clinic):
    private, key, gone = clinic
    forget_client(private, gone, key)
    wide = [path for path in private.rglob("*.csv") if path.stat().st_mode & 0o077]
    assert os.name != "posix" or wide == []


def test_a_score_is_not_taken_for_a_client(clinic):
    private, key, _ = clinic
    code = client_code(key, "7")
    write_private(private / "fix" / "n.csv", b"Client,Pain\r\n7,3\r\n8,7\r\n007.0,1\r\n")
    assert forget_client(private, code, key).n_fix_rows == 2
    assert (private / "fix" / "n.csv").read_bytes() == b"\xef\xbb\xbfClient,Pain\r\n8,7\r\n"


def test_without_a_known_heading_any_cell_may_be_the_client(clinic):
    private, key, gone = clinic
    write_private(private / "fix" / "n.csv", f"who,what\r\n{GONE},3\r\nelse,4\r\n".encode())
    assert forget_client(private, gone, key).n_fix_rows == 3


@pytest.mark.parametrize("name", ["broken.xlsx", "binary.csv", "scan.pdf"])
def test_a_file_that_cannot_be_read_is_removed_whole(clinic, name):
    private, key, gone = clinic
    write_private(private / "fix" / name, b"\xff\xfe\x00PK broken")
    assert forget_client(private, gone, key).n_files == 2
    assert not (private / "fix" / name).exists()


def test_purging_takes_old_copies_and_never_the_key_or_the_tables(clinic):
    private, _, _ = clinic
    now = 1_800_000_000.0
    for path in private.rglob("*"):
        if path.is_file():
            os.utime(path, (now - 100 * 86400, now - 100 * 86400))
    os.utime(private / "fix" / "rows.csv", (now - 5 * 86400, now - 5 * 86400))
    assert purge(private, 101, now=now) == 0
    assert purge(private, 90, now=now) == 3
    left = {path.name for path in private.rglob("*") if path.is_file()}
    assert {"key.json", "clients.csv", "words.csv", "files.csv", "rows.csv"} <= left
    assert not {"a.csv", "b.csv", "quarantine-1.xlsx"} & left
    with pytest.raises(ValueError, match="0 or more"):
        purge(private, -1)


def test_an_empty_folder_has_nothing_to_forget(private):
    key = load_or_make_key(private)
    removed = forget_client(private, client_code(key, "x"), key)
    assert removed == Removed() and "held nothing" in removed.told
    assert purge(private, 0) == 0
