"""Store: many imports become one record, in a folder of its own."""

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from hipoutcomes.errors import StoreError
from hipoutcomes.store.forgetting import aliases_of, forget, merge
from hipoutcomes.store.incoming import ForgetOutcome, ImportOutcome, Incoming, UndoOutcome
from hipoutcomes.store.ledger import take_back, write_import
from hipoutcomes.store.opening import damaged, opened, refused
from hipoutcomes.store.reading import current_records
from hipoutcomes.store.schema import SCHEMA_VERSION
from hipoutcomes.store.snapshot import description, read_snapshot, write_snapshot
from hipoutcomes.store.state import record_state
from hipoutcomes.tables.records import Records

LEDGER, SNAPSHOT, BACKUPS = "hipoutcomes.db", "snapshot/sessions.parquet", "backups"


class Store:
    """A clinic's records: a ledger of every import, and a snapshot for analysis.

    The ledger is a SQLite file that any SQL tool opens. Whatever writes to it does so in one
    transaction, so that a power cut leaves the records of before or of after.

    Parameters
    ----------
    folder : path
        Holds `hipoutcomes.db`, `snapshot/` and `backups/`.
    create : bool
        Whether to make a new store where there is none.

    Raises
    ------
    StoreError
        When there is no store, or it is locked, damaged, or of a newer version; it is then left
        as it is.
    """

    def __init__(self, folder: str | Path, *, create: bool = False):
        self.folder = Path(folder)
        self._connection = opened(
            self.folder / LEDGER, self.folder / BACKUPS, secrets.token_hex(8) if create else ""
        )

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *problem) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def import_of(self, sha256: str) -> int | None:
        """Number of the import that brought a file of this hash; None where none did."""
        found = self._connection.execute(
            "SELECT import_id FROM import_file WHERE sha256 = ?", (sha256,)
        ).fetchone()
        return found and found[0]

    def mapping_of(self, import_id: int) -> str:
        """How the file of an import was read, as the text of a mapping file."""
        (text,) = self._connection.execute(
            "SELECT mapping FROM import_file WHERE import_id = ?", (import_id,)
        ).fetchone()
        return text

    def add(self, incoming: Incoming) -> ImportOutcome:
        """Add one file in one transaction; a file that is there already changes nothing."""
        with self._writing():
            if (import_id := self.import_of(incoming.sha256)) is not None:
                return ImportOutcome(import_id, already=True)
            return write_import(self._connection, incoming)

    def preview(self, incoming: Incoming) -> ImportOutcome:
        """What adding a file would do; nothing is written."""
        if (import_id := self.import_of(incoming.sha256)) is not None:
            return ImportOutcome(import_id, already=True)
        self._begin()
        try:
            return replace(write_import(self._connection, incoming), import_id=0)
        except sqlite3.Error as problem:
            raise _cannot_write(problem) from None
        finally:
            self._roll_back()

    def undo(self, import_id: int) -> UndoOutcome:
        """Take one import out, as if its file had never come."""
        with self._writing():
            return take_back(self._connection, import_id)

    def imports(self) -> pd.DataFrame:
        """One row per import: its number, file, family, day and what became of its rows."""
        return self._frame(
            "SELECT import_id, name, family, imported_at, first_day, last_day, sha256, accounting "
            "FROM import_file ORDER BY import_id"
        )

    def issues(self) -> pd.DataFrame:
        """Every cell and row that was refused or questioned: places and codes, no values."""
        return self._frame(
            "SELECT import_id, name AS file, row, field, code, severity, action FROM issue "
            "JOIN import_file USING (import_id) ORDER BY import_id, row, field"
        )

    def quarantine(self) -> pd.DataFrame:
        """What was ever set aside: key, import and code."""
        return self._frame("SELECT quarantine_key, import_id, code FROM quarantine")

    def open_quarantine(self) -> pd.DataFrame:
        """What was set aside and not settled since: key, import and code."""
        return self._frame(
            "SELECT quarantine_key, import_id, code FROM quarantine WHERE quarantine_key NOT IN "
            "(SELECT quarantine_key FROM resolution) ORDER BY import_id, quarantine_key"
        )

    def history(self, client: str) -> pd.DataFrame:
        """Every content that files have told of a client's rows, oldest import first."""
        return self._frame(
            "SELECT v.day, v.is_visit, f.import_id, f.name AS file, v.is_current, s.version_id "
            "FROM version v JOIN sighting s USING (version_id) JOIN import_file f USING "
            "(import_id) WHERE v.client IN (SELECT value FROM json_each(?)) "
            "ORDER BY v.day, v.row_key, f.import_id",
            (json.dumps([client, *aliases_of(self._connection, client)]),),
        )

    def records(self) -> tuple[Records, np.ndarray]:
        """What the ledger says now, and the family of files of each row; before any joining."""
        with _reading():
            return current_records(self._connection)

    def merge_clients(self, old: str, new: str) -> int:
        """Say that two clients are one; how many rows now count for the new number."""
        with self._writing():
            return merge(self._connection, old, new)

    def forget_client(self, client: str) -> ForgetOutcome:
        """Remove one client everywhere: rows, history, issues, aliases, backups and free pages.

        The snapshot goes too; `write_snapshot` makes it again from what is left.
        """
        with self._writing():
            outcome = forget(self._connection, client)
            # Copies go first: if this is cut short, the client is still there to be forgotten.
            n_backups = self._remove_copies()
        try:
            self._connection.execute("VACUUM")
        except sqlite3.Error:
            raise StoreError(
                "The client is forgotten, but the file could not be written anew without gaps.",
                "Traces may remain in its unused parts.",
                "Close it in other programs, and forget the same client again.",
            ) from None
        return replace(outcome, n_backups=n_backups)

    def _remove_copies(self) -> int:
        """Remove backups and snapshot; how many backups there were."""
        backups = sorted((self.folder / BACKUPS).glob("*.db"))
        snapshot = self.folder / SNAPSHOT
        try:
            for copy in (*backups, *snapshot.parent.glob(f"*{snapshot.name}*")):
                copy.unlink()
        except OSError as problem:
            raise StoreError(
                f"{Path(problem.filename).name} cannot be removed: {problem.strerror}.",
                "The client was not forgotten yet.",
                "Close it in other programs, and run the command again.",
            ) from None
        return len(backups)

    def write_snapshot(self, joined: Records) -> Path:
        """Write the records as analysis reads them."""
        return write_snapshot(joined, self.folder / SNAPSHOT, self._about())

    def snapshot_is_current(self) -> bool:
        """Whether the snapshot shows what the ledger says now."""
        return description(self.folder / SNAPSHOT) == self._about()

    def read_snapshot(self) -> Records:
        """The records as analysis reads them."""
        return read_snapshot(self.folder / SNAPSHOT)[0]

    def _about(self) -> dict[str, str]:
        """What the snapshot says of itself: it changes whenever the ledger does, and back."""
        with _reading():
            found = self._connection.execute("SELECT id, state FROM store").fetchone()
        return {"store": found[0], "tables": str(SCHEMA_VERSION), "state": found[1]}

    def _frame(self, sql: str, values: tuple = ()) -> pd.DataFrame:
        """The answer to a question as a frame."""
        with _reading():
            found = self._connection.execute(sql, values)
            names = [column[0] for column in found.description]
            return pd.DataFrame.from_records(found.fetchall(), columns=names)

    def _begin(self) -> None:
        """Begin to write, or say that someone else does."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as problem:
            raise _cannot_write(problem) from None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction: all of it, or nothing."""
        self._begin()
        try:
            yield
            record_state(self._connection)
            self._connection.execute("COMMIT")
        except sqlite3.Error as problem:
            self._roll_back()
            raise _cannot_write(problem) from None
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        """End a transaction that did not come to its end; SQLite may have ended it already."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


@contextmanager
def _reading() -> Iterator[None]:
    """What is found damaged on reading is told as such."""
    try:
        yield
    except sqlite3.Error as problem:
        raise refused(Path(LEDGER), problem) from None
    except (ValueError, TypeError, OverflowError):  # a cell of a kind that was never written
        raise damaged(Path(LEDGER)) from None


def _cannot_write(problem: sqlite3.Error) -> StoreError:
    """The error of records that cannot be written to now."""
    if isinstance(problem, sqlite3.OperationalError) and "full" in str(problem):
        return StoreError(
            "The disk is full.", remedy="Make room and run it again. Nothing was changed."
        )
    return refused(Path(LEDGER), problem)
