"""A client who is forgotten is in no byte of the store's folder."""

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records_for_tests import bytes_of, file_of, random_lines, said, saved

from hipoutcomes.errors import StoreError
from hipoutcomes.store.schema import migrate
from hipoutcomes.store.store import BACKUPS, LEDGER, SNAPSHOT, Store

WHO = "client000003q"


def traces(folder, *names: str) -> list[str]:
    """Files that hold any of the names, in any common coding; a snapshot also as it reads."""
    coded = [name.encode(how) for name in names for how in ("utf-8", "utf-16-le", "utf-16-be")]
    found = []
    for place, content in bytes_of(folder).items():
        if place.endswith(".parquet"):
            content += str(pq.read_table(folder / place).to_pylist()).encode()
        if any(name in content for name in coded):
            found.append(place)
    return found


@pytest.fixture
def folder(tmp_path):
    """A store of several imports with changes, a merged client, a backup and a snapshot."""
    import pandas as pd

    lines = random_lines(600, 21)
    issues = pd.DataFrame(
        {"row": range(2, 602), "field": "pain", "code": "odd", "severity": "warning",
         "action": "kept"}
    )  # fmt: skip
    with Store(tmp_path / "store", create=True) as store:
        store.add(file_of(lines, "first", issues=issues))
        changed = [{**line, "pain": 1.5, "side": "left"} for line in lines[::3]]
        store.add(file_of(changed, "second"))
        store.add(file_of([{**line, "pain": None} for line in lines[::2]], "third"))
        store.merge_clients("client000004q", WHO)
        saved(store)
        nothing = {1: lambda connection: None}
        migrate(store._connection, tmp_path / "store" / BACKUPS, to=2, migrations=nothing)
        store._connection.execute("PRAGMA user_version = 1")
        (tmp_path / "store" / SNAPSHOT).with_name(".sessions.parquet.new").write_text(WHO)
    return tmp_path / "store"


@pytest.mark.parametrize("name", [WHO, "client000004q"])
def test_no_byte_remains(folder, name):
    both = (WHO, "client000004q")
    assert {LEDGER, SNAPSHOT} < set(traces(folder, WHO))
    assert any(place.startswith(BACKUPS) for place in traces(folder, WHO))
    with Store(folder) as store:
        others = [line for line in said(store) if line["client"] not in both]
        n_rows = len(said(store)) - len(others)
        n_issues = len(store.issues())
        done = store.forget_client(name)
        assert (done.n_rows, done.n_imports, done.n_backups) == (n_rows, 3, 1)
        assert done.n_scores > n_rows
        assert len(store.issues()) == n_issues - n_rows
        assert traces(folder, *both) == []
        assert not store.snapshot_is_current()
        saved(store)
        assert traces(folder, *both) == []
        assert said(store) == others
        assert store.history(WHO).empty
    assert traces(folder, *both) == []


def test_later_imports_keep_the_client_out(folder):
    lines = random_lines(600, 21)
    n_own = sum(line["client"] in (WHO, "client000004q") for line in lines)
    with Store(folder) as store:
        store.forget_client(WHO)
        n_others = len(said(store))
        done = store.add(file_of(lines, "the first again, exported anew"))
        assert done.n_forgotten == n_own
        assert done.n_new == 0
        assert len(said(store)) == n_others
        store.undo(done.import_id)
        store.undo(1)
        saved(store)
    assert traces(folder, WHO, "client000004q") == []


def test_an_interrupted_forgetting_is_completed_by_the_next(folder, monkeypatch):
    import sqlite3

    with Store(folder) as store:
        reader = sqlite3.connect(folder / LEDGER, isolation_level=None)
        store._connection.execute("PRAGMA busy_timeout = 50")
        removing = Store._remove_copies

        def read_on(self):
            """Another program begins to read just before the file is written anew."""
            store._connection.set_trace_callback(
                lambda sql: (
                    reader.execute("BEGIN") and reader.execute("SELECT * FROM version")
                    if sql == "VACUUM"
                    else None
                )
            )
            return removing(self)

        monkeypatch.setattr(Store, "_remove_copies", read_on)
        with pytest.raises(StoreError, match="forget the same client again") as told:
            store.forget_client(WHO)
        assert told.value.exit_code == 5
        reader.close()
        monkeypatch.undo()
        store._connection.set_trace_callback(None)
        assert not [line for line in said(store) if line["client"] == WHO]
        assert store.forget_client(WHO).n_rows == 0
    assert traces(folder, WHO, "client000004q") == []


def test_a_backup_that_cannot_be_removed_stops_the_forgetting(folder, monkeypatch):
    from pathlib import Path

    def held(self, missing_ok=False):
        raise PermissionError(13, "The process cannot access the file", str(self))

    with Store(folder) as store:
        before = said(store)
        monkeypatch.setattr(Path, "unlink", held)
        with pytest.raises(StoreError, match="not forgotten yet"):
            store.forget_client(WHO)
        monkeypatch.undo()
        assert said(store) == before
        store.forget_client(WHO)
    assert traces(folder, WHO) == []


def test_a_client_nobody_knows(folder):
    before = bytes_of(folder)
    with Store(folder) as store, pytest.raises(StoreError, match="no such client"):
        store.forget_client("client999999q")
    assert bytes_of(folder) == before


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(2, 80))
def test_no_byte_remains_in_any_store(seed, n):
    import tempfile
    from pathlib import Path

    lines = random_lines(n, seed)
    who = lines[seed % n]["client"]
    with tempfile.TemporaryDirectory() as folder:
        with Store(Path(folder), create=True) as store:
            store.add(file_of(lines, "first"))
            store.add(file_of([{**line, "pain": 3.25} for line in lines[1::2]], "second"))
            saved(store)
            store.forget_client(who)
            saved(store)
        assert traces(Path(folder), who) == []
