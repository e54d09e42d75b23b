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
