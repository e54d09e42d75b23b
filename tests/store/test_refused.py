"""A store that cannot be opened is told in one message with exit code 5, and left as it is."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from records_for_tests import bytes_of, file_of, random_lines, said, saved

from hipoutcomes.errors import StoreError
from hipoutcomes.store.schema import SCHEMA_VERSION
from hipoutcomes.store.store import LEDGER, SNAPSHOT, Store


@pytest.fixture
def folder(tmp_path):
    """A store with one file and a snapshot."""
    with Store(tmp_path / "store", create=True) as store:
        store.add(file_of(random_lines(300, 5)))
        saved(store)
    return tmp_path / "store"


@pytest.fixture(autouse=True)
def little_patience(monkeypatch):
    """Nobody waits five seconds in a test."""
    monkeypatch.setattr("hipoutcomes.store.opening.PATIENCE", 0.1)


def cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def flipped(whole: bytes) -> bytes:
    """The heads of some pages in the middle of the file turned over."""
    spoiled = bytearray(whole)
    for page in range(2, 12):
        for place in range(page * 4096, page * 4096 + 12):
            spoiled[place] ^= 0xFF
    return bytes(spoiled)


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize(
    "spoil",
    [
        cut,
        flipped,
        lambda whole: b"",
        lambda whole: b"Dear reader, this is a letter.\n" * 40,
        lambda whole: whole[:50],
        lambda whole: bytes(len(whole)),
    ],
    ids=["cut", "flipped", "empty", "letter", "head only", "zeros"],
)
def test_damaged(folder, spoil, create):
    ledger = folder / LEDGER
    ledger.write_bytes(spoil(ledger.read_bytes()))
    before = bytes_of(folder)
    with pytest.raises(StoreError, match="damaged") as told:
        Store(folder, create=create)
    assert told.value.exit_code == 5
    assert bytes_of(folder) == before


def test_any_damage_is_told_or_does_no_harm(folder):
    whole = (folder / LEDGER).read_bytes()
    rng = np.random.default_rng(11)
    n_told = 0
    with Store(folder) as store:
        before = said(store)
    for length in [1, 8, 64] * 20:
        spoiled = bytearray(whole)
        start = int(rng.integers(0, len(whole) - length))
        spoiled[start : start + length] = rng.bytes(length)
        (folder / LEDGER).write_bytes(spoiled)
        try:
            with Store(folder) as store:
                store.imports()
                assert said(store) == before
        except StoreError as problem:
            assert problem.exit_code == 5
            n_told += 1
        assert (folder / LEDGER).read_bytes() == spoiled
    assert n_told > 10


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE score SET value = value + 1 WHERE version_id = 7",
        "UPDATE version SET is_current = 0 WHERE version_id = 7",
        "UPDATE version SET day = day + 1 WHERE version_id = 7",
        "DELETE FROM technique WHERE version_id IN (SELECT version_id FROM technique LIMIT 1)",
    ],
)
def test_rows_that_do_not_say_what_was_written_are_told(folder, change):
    with sqlite3.connect(folder / LEDGER) as connection:
        assert connection.execute(change).rowcount > 0
    connection.close()
    with Store(folder) as store, pytest.raises(StoreError, match="do not say what was written"):
        store.records()


def test_newer(folder):
    with sqlite3.connect(folder / LEDGER) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    before = bytes_of(folder)
    with pytest.raises(StoreError, match="newer hipoutcomes") as told:
        Store(folder)
    assert told.value.exit_code == 5
    assert bytes_of(folder) == before


def test_another_program_s_database(folder):
    (folder / LEDGER).unlink()
    with sqlite3.connect(folder / LEDGER) as connection:
        connection.execute("CREATE TABLE song (name TEXT)")
    connection.close()
    before = bytes_of(folder)
    with pytest.raises(StoreError, match="not one that hipoutcomes made"):
        Store(folder, create=True)
    assert bytes_of(folder) == before


def test_a_second_writer_is_told_and_readers_read_on(folder):
    before = bytes_of(folder)
    file = file_of(random_lines(20, 6), "second")
    with Store(folder) as first, Store(folder) as second:
        with first._writing():
            for what in (
                lambda: second.add(file),
                lambda: second.preview(file),
                lambda: second.undo(1),
            ):
                with pytest.raises(StoreError, match="in use by another program") as told:
                    what()
                assert told.value.exit_code == 5
            assert len(second.read_snapshot().rows) == 300
            assert len(said(second)) == 300
        assert bytes_of(folder) == before
        assert second.add(file).n_changed == 20


def test_locked_whole(folder):
    other = sqlite3.connect(folder / LEDGER, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    before = bytes_of(folder)
    with pytest.raises(StoreError, match="in use by another program"):
        Store(folder)
    assert bytes_of(folder) == before
    other.execute("ROLLBACK")
    other.close()
    Store(folder).close()


@pytest.mark.parametrize("links", [True, False])
def test_of_two_programs_that_begin_at_once_neither_loses_anything(tmp_path, monkeypatch, links):
    from hipoutcomes.store import opening

    making = opening.create_tables
    if not links:
        monkeypatch.setattr("os.link", lambda *places: (_ for _ in ()).throw(OSError(95, "no")))

    def while_another_is_quicker(connection, store_id):
        monkeypatch.setattr(opening, "create_tables", making)
        monkeypatch.setattr(opening.os, "getpid", lambda: 1)
        with Store(tmp_path / "store", create=True) as quicker:
            quicker.add(file_of(random_lines(20, 6)))
        monkeypatch.setattr(opening.os, "getpid", os.getpid)
        making(connection, store_id)

    monkeypatch.setattr(opening, "create_tables", while_another_is_quicker)
    with Store(tmp_path / "store", create=True) as store:
        assert len(said(store)) == 20
    assert list(bytes_of(tmp_path / "store")) == [LEDGER]


def test_nothing_there(tmp_path):
    with pytest.raises(StoreError, match="no records"):
        Store(tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "store").write_text("a note")
    with pytest.raises(StoreError):
        Store(tmp_path / "store", create=True)
    assert (tmp_path / "store").read_text() == "a note"


READ_ONLY = """
import os, sys
sys.path[:0] = sys.argv[2:]
from records_for_tests import file_of, random_lines
from hipoutcomes.errors import StoreError
from hipoutcomes.store.store import Store
from pathlib import Path
if os.getuid() == 0:
    os.setuid(65534)
with Store(Path(sys.argv[1])) as store:
    assert len(store.records()[0].rows) == 300
    for what in (
        lambda: store.add(file_of(random_lines(20, 6), "second")),
        lambda: store.undo(1),
        lambda: store.write_snapshot(store.records()[0]),
    ):
        try:
            what()
        except StoreError as problem:
            print(problem.exit_code, problem)
try:
    Store(Path(sys.argv[1]).parent / "other", create=True)
except StoreError as problem:
    print(problem.exit_code, problem)
"""


@pytest.mark.skipif(os.name != "posix", reason="permissions of a POSIX system")
def test_a_folder_that_cannot_be_written_to(folder):
    places = [folder.parent, folder, folder / LEDGER, folder / "snapshot", folder / SNAPSHOT]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    opened_up = [parent for parent in folder.parents if parent.stat().st_uid == os.getuid()]
    modes = {parent: parent.stat().st_mode for parent in opened_up if parent != Path("/")}
    for parent, mode in modes.items():
        parent.chmod(mode | 0o055)
    before = bytes_of(folder)
    try:
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, folder, Path(__file__).parent, *sys.path],
            capture_output=True,
            text=True,
            cwd="/",
        )
    finally:
        for parent, mode in modes.items():
            parent.chmod(mode)
        for place in places:
            place.chmod(0o755 if place.is_dir() else 0o644)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert [line[:2] for line in lines] == ["5 "] * 4, done.stdout
    assert bytes_of(folder) == before


def test_a_snapshot_that_another_program_holds(folder, monkeypatch):
    before = bytes_of(folder)

    def held(self, target):
        raise PermissionError(13, "The process cannot access the file")

    with Store(folder) as store:
        monkeypatch.setattr(Path, "replace", held)
        with pytest.raises(StoreError, match="Close it in other programs"):
            store.write_snapshot(store.records()[0])
    assert bytes_of(folder) == before


@pytest.mark.parametrize("spoil", [cut, lambda whole: b"", lambda whole: b"letter" * 100])
def test_a_damaged_snapshot_is_told_and_made_again(folder, spoil):
    path = folder / SNAPSHOT
    whole = path.read_bytes()
    path.write_bytes(spoil(whole))
    with Store(folder) as store:
        assert not store.snapshot_is_current()
        with pytest.raises(StoreError, match="damaged"):
            store.read_snapshot()
        assert saved(store) == whole
        assert store.snapshot_is_current()


def test_a_disk_that_fills_up_changes_nothing(folder):
    with Store(folder) as store:
        before = said(store)
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreError, match="disk is full"):
            store.add(file_of(random_lines(2000, 9), "large"))
        assert said(store) == before
    with Store(folder) as store:
        assert store.add(file_of(random_lines(2000, 9), "large")).n_new == 1700
