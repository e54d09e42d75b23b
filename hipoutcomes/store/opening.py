"""Open the ledger, or say plainly why it cannot be opened; whatever is refused stays untouched."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from hipoutcomes.errors import StoreError
from hipoutcomes.store.schema import APPLICATION_ID, create_tables, migrate
from hipoutcomes.store.state import record_state

#: Seconds to wait for another program that is writing.
PATIENCE = 5.0


def opened(path: Path, backups: Path, new_id: str = "") -> sqlite3.Connection:
    """A connection to a ledger of this version, checked.

    The journal is SQLite's rollback journal, also on a local disk: there is one writer, readers
    read the snapshot, and a folder without side files is easier to copy whole.

    Parameters
    ----------
    path : path
        The ledger.
    backups : path
        Folder for a copy before older tables are brought on.
    new_id : str
        Id of the store to make where there is none; empty to refuse.

    Raises
    ------
    StoreError
        When there is none, or it is locked, damaged, of a newer version, or not ours.
    """
    if not path.exists():
        if not new_id:
            raise StoreError(
                f"There are no records in {path.parent.parent}.",
                "A folder that 'hipoutcomes import' has made is needed.",
                "Import a file first: hipoutcomes import FILE --store FOLDER",
            )
        _make(path, new_id)
    if path.stat().st_size == 0:
        raise damaged(path)
    try:
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=PATIENCE, isolation_level=None
        )
    except sqlite3.OperationalError as problem:
        raise refused(path, problem) from None
    try:
        _check(connection, path)
        migrate(connection, backups)
        return _set_up(connection)
    except BaseException as problem:
        connection.close()
        if isinstance(problem, sqlite3.DatabaseError):
            raise refused(path, problem) from None
        raise


def _make(path: Path, store_id: str) -> None:
    """Make a new ledger beside its place, so that it is there whole or not at all.

    Of two programs that begin at once, the second uses what the first has made.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        connection = sqlite3.connect(beside, isolation_level=None)
        create_tables(connection, store_id)
        record_state(connection)
        connection.close()
        _put_in_place(beside, path)
    except (OSError, sqlite3.Error) as problem:
        with suppress(OSError):
            beside.unlink()
        raise StoreError(
            f"Records cannot be kept in {path.parent.parent}: {problem}.",
            remedy="Name another folder with --store.",
        ) from None


def _put_in_place(beside: Path, path: Path) -> None:
    """Give a new ledger its name, unless there is one by now."""
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    except OSError:  # a disk without links, as many memory sticks are
        if not path.exists():
            beside.replace(path)
    with suppress(FileNotFoundError):
        beside.unlink()


def _set_up(connection: sqlite3.Connection) -> sqlite3.Connection:
    """What holds for every connection: references are kept, and what is deleted is wiped."""
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Whether the file is ours and whole."""
    (ours,) = connection.execute("PRAGMA application_id").fetchone()
    (checked,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if checked != "ok":
        raise damaged(path)
    if ours != APPLICATION_ID:
        raise StoreError(
            f"{path.name} is a database, but not one that hipoutcomes made.",
            remedy="Name another folder with --store. Nothing was changed.",
        )


def refused(path: Path, problem: sqlite3.DatabaseError) -> StoreError:
    """The error of a ledger that SQLite will not open."""
    said = str(problem)
    if "locked" in said or "busy" in said:
        return StoreError(
            "These records are in use by another program.",
            remedy="Wait until it is done, and run the command again. Nothing was changed.",
        )
    if "malformed" in said or "not a database" in said or "corrupt" in said or "encrypted" in said:
        return damaged(path)
    return StoreError(
        f"The records cannot be opened or written to: {said}.",
        remedy="Check the permissions of the folder. Nothing was changed.",
    )


def damaged(path: Path) -> StoreError:
    """The error of a ledger that is not whole."""
    return StoreError(
        f"{path.name} is damaged, or is no database.",
        "It was left as it is.",
        f"Bring it back from your own copy, or from {path.parent / 'backups'}, or move it away and "
        "import your files again.",
    )
