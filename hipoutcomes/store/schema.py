"""The tables of the store, their version, and how an older store becomes a newer one."""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from hipoutcomes.errors import StoreError

#: Version of the tables below; written into the file as its `user_version`.
SCHEMA_VERSION = 1
#: Marks a file as ours ("hipo"), where SQLite has a place for it.
APPLICATION_ID = 0x6869706F

#: Columns of one row of a file beside client, day and kind: name -> SQL type.
COLUMNS: Mapping[str, str] = {
    "start": "REAL",
    "visit_id": "TEXT",
    "side": "TEXT",
    "condition": "TEXT",
    "therapist": "TEXT",
    "clinic": "TEXT",
    "age": "REAL",
    "sex": "TEXT",
    "minutes": "REAL",
    "first_visit": "INTEGER",
    "new_complaint": "INTEGER",
    "onset_day": "INTEGER",
    "duration_weeks": "REAL",
    "earlier_injuries": "INTEGER",
    "pressure": "TEXT",
    "pressure_adjusted": "INTEGER",
    "aftercare_advised": "TEXT",
    "aftercare_followed": "TEXT",
    "follow_up_advised": "INTEGER",
    "procedure": "TEXT",
    "rater": "TEXT",
    "device": "TEXT",
    "position": "TEXT",
}

_TABLES = f"""
-- `state` is a mark of everything the records say, so that a snapshot knows whether it is current.
CREATE TABLE store (id TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE import_file (
    import_id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    family TEXT NOT NULL, mapping TEXT NOT NULL, tool_version TEXT NOT NULL,
    imported_at TEXT NOT NULL, first_day INTEGER, last_day INTEGER,
    blank_overwrites INTEGER NOT NULL, overwrites INTEGER NOT NULL, tells TEXT NOT NULL,
    accounting TEXT NOT NULL
);
-- One row for each distinct content under one key; the current one is what the records say.
CREATE TABLE version (
    version_id INTEGER PRIMARY KEY, row_key BLOB NOT NULL, content BLOB NOT NULL,
    is_current INTEGER NOT NULL, is_merged INTEGER NOT NULL, client TEXT NOT NULL,
    day INTEGER NOT NULL, is_visit INTEGER NOT NULL,
    {", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())}
);
CREATE UNIQUE INDEX version_key ON version (row_key, content);
CREATE TABLE score (
    version_id INTEGER NOT NULL REFERENCES version ON DELETE CASCADE,
    measure TEXT NOT NULL, timing TEXT NOT NULL, side TEXT NOT NULL, item TEXT NOT NULL,
    value REAL NOT NULL, PRIMARY KEY (version_id, measure, timing, side, item)
) WITHOUT ROWID;
CREATE TABLE technique (
    version_id INTEGER NOT NULL REFERENCES version ON DELETE CASCADE,
    place INTEGER NOT NULL, technique TEXT NOT NULL, minutes REAL,
    PRIMARY KEY (version_id, place)
) WITHOUT ROWID;
-- Which file brought which content, in which of its rows.
CREATE TABLE sighting (
    version_id INTEGER NOT NULL REFERENCES version ON DELETE CASCADE,
    import_id INTEGER NOT NULL REFERENCES import_file ON DELETE CASCADE,
    row INTEGER NOT NULL, PRIMARY KEY (version_id, import_id)
) WITHOUT ROWID;
CREATE INDEX sighting_import ON sighting (import_id);
CREATE TABLE issue (
    import_id INTEGER NOT NULL REFERENCES import_file ON DELETE CASCADE,
    row INTEGER NOT NULL, field TEXT NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
    action TEXT NOT NULL
);
CREATE TABLE quarantine (
    quarantine_key TEXT NOT NULL, import_id INTEGER NOT NULL REFERENCES import_file
    ON DELETE CASCADE, code TEXT NOT NULL, PRIMARY KEY (quarantine_key, import_id)
);
CREATE TABLE resolution (
    quarantine_key TEXT NOT NULL, import_id INTEGER NOT NULL REFERENCES import_file
    ON DELETE CASCADE, fate TEXT NOT NULL, PRIMARY KEY (quarantine_key, import_id)
);
CREATE TABLE client_alias (old TEXT PRIMARY KEY, new TEXT NOT NULL, since TEXT NOT NULL);
CREATE TABLE forgotten (mark BLOB PRIMARY KEY);
CREATE VIEW session AS SELECT * FROM version WHERE is_current AND is_visit;
"""

#: Version -> what brings a store of that version to the next one. There is none so far.
MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = {}


def create_tables(connection: sqlite3.Connection, store_id: str) -> None:
    """Make the tables of a new store, in one transaction."""
    connection.executescript(
        f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; {_TABLES}"
        f"PRAGMA user_version = {SCHEMA_VERSION};"
        f"INSERT INTO store VALUES ('{store_id}', ''); COMMIT;"
    )


def migrate(
    connection: sqlite3.Connection,
    backups: Path,
    *,
    to: int = SCHEMA_VERSION,
    migrations: Mapping[int, Callable[[sqlite3.Connection], None]] = MIGRATIONS,
) -> Path | None:
    """Bring an older store to a version, one step at a time, after a backup.

    Parameters
    ----------
    connection : Connection
    backups : path
        Folder for the backup.
    to : int
    migrations : mapping of int to callable
        What brings a store of each version to the next one.

    Returns
    -------
    Path or None
        The backup; None where nothing had to be done.

    Raises
    ------
    StoreError
        When the store is newer than this program, or no step leads on from its version.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == to:
        return None
    if version > to:
        raise StoreError(
            f"These records were written by a newer hipoutcomes (tables of version {version}).",
            f"This one knows tables up to version {to}.",
            "Update with: pip install --upgrade hipoutcomes. Nothing was changed.",
        )
    if missing := [step for step in range(version, to) if step not in migrations]:
        raise StoreError(
            f"These records have tables of version {missing[0]}, which cannot be brought on.",
            remedy="Open them with the version of hipoutcomes that wrote them.",
        )
    backups.mkdir(parents=True, exist_ok=True)
    backup = backups / f"version-{version}-{datetime.now(UTC):%Y%m%d-%H%M%S}.db"
    connection.execute("VACUUM INTO ?", (str(backup),))
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in range(version, to):
            migrations[step](connection)
            connection.execute(f"PRAGMA user_version = {step + 1}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return backup
