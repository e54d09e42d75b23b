"""An older store becomes a newer one after a backup, wholly or not at all."""

import sqlite3

import pytest
from records_for_tests import bytes_of

from hipoutcomes.errors import StoreError
from hipoutcomes.store.schema import migrate


@pytest.fixture
def older(tmp_path):
    """A ledger of version 0, from before sides were kept."""
    connection = sqlite3.connect(tmp_path / "hipoutcomes.db", isolation_level=None)
    connection.executescript(
        "CREATE TABLE visit (client TEXT, day INTEGER);"
        "INSERT INTO visit VALUES ('ANN', 20001), ('BEN', 20002);"
    )
    yield connection
    connection.close()


def add_side(connection) -> None:
    connection.execute("ALTER TABLE visit ADD COLUMN side TEXT")


def rename(connection) -> None:
    connection.execute("ALTER TABLE visit RENAME TO session")


def fail(connection) -> None:
    connection.execute("DROP TABLE visit")
    raise RuntimeError("a step that does not work out")


def test_steps_run_one_after_another_after_a_backup(older, tmp_path):
    backup = migrate(older, tmp_path / "backups", to=2, migrations={0: add_side, 1: rename})
    assert older.execute("SELECT * FROM session").fetchall() == [
        ("ANN", 20001, None),
        ("BEN", 20002, None),
    ]
    assert older.execute("PRAGMA user_version").fetchone() == (2,)
    copy = sqlite3.connect(backup)
    assert copy.execute("SELECT * FROM visit").fetchall() == [("ANN", 20001), ("BEN", 20002)]
    assert copy.execute("PRAGMA user_version").fetchone() == (0,)
    copy.close()
    assert migrate(older, tmp_path / "backups", to=2, migrations={}) is None


def test_a_step_that_fails_leaves_the_ledger_as_it_was(older, tmp_path):
    before = bytes_of(tmp_path)["hipoutcomes.db"]
    with pytest.raises(RuntimeError):
        migrate(older, tmp_path / "backups", to=2, migrations={0: add_side, 1: fail})
    assert older.execute("SELECT * FROM visit").fetchall() == [("ANN", 20001), ("BEN", 20002)]
    assert older.execute("PRAGMA user_version").fetchone() == (0,)
    assert bytes_of(tmp_path)["hipoutcomes.db"] == before


def test_a_version_that_no_step_leads_on_from_is_refused(older, tmp_path):
    before = bytes_of(tmp_path)
    with pytest.raises(StoreError, match="version 1, which cannot be brought on"):
        migrate(older, tmp_path / "backups", to=2, migrations={0: add_side})
    assert bytes_of(tmp_path) == before
