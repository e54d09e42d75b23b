"""One file into the ledger, in one transaction; and out of it again."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import repeat

import numpy as np

from hipoutcomes.errors import StoreError
from hipoutcomes.store.fold import ask, fold
from hipoutcomes.store.forgetting import forgotten_among
from hipoutcomes.store.incoming import ImportOutcome, Incoming, UndoOutcome
from hipoutcomes.store.rows import StoreRows, name_of, store_rows
from hipoutcomes.store.schema import COLUMNS
from hipoutcomes.tables.records import Records

_N_CELLS = 8 + len(COLUMNS)


def write_import(connection: sqlite3.Connection, incoming: Incoming) -> ImportOutcome:
    """Add one file to the ledger; the caller opened the transaction and ends it.

    Raises
    ------
    StoreError
        For rows that could not be known again: those of a file of one row per episode.
    """
    if incoming.records.shape != "sessions":
        raise StoreError(
            f"{incoming.name} has one row per course of care.",
            "Records that are kept from month to month hold visits, each with its day.",
            "Report on the file by itself: hipoutcomes report FILE",
        )
    rows = store_rows(incoming.records, incoming.family)
    stays = ~forgotten_among(connection, rows.clients)
    days = rows.days[stays]
    last_day = int(days.max()) if len(days) else None
    import_id = _write_file(connection, incoming, int(days.min()) if len(days) else None, last_day)
    n_before = _count(connection)
    places = np.flatnonzero(stays).tolist()
    known, told_before = _known(connection, rows, places) if n_before else ({}, set())
    before = _current(connection, told_before)
    version_ids = _write_versions(connection, rows, places, known, told_before)
    line = incoming.records.rows["row"].to_numpy()[stays].tolist()
    connection.executemany(
        "INSERT OR IGNORE INTO sighting VALUES (?, ?, ?)",
        zip(version_ids, repeat(import_id), line, strict=False),
    )
    fold(connection, sorted(told_before))
    after = _current(connection, told_before)
    changed = sum(before[key] != after.get(key) for key in told_before)
    distinct = len({rows.keys[place] for place in places})
    return ImportOutcome(
        import_id,
        n_new=distinct - len(told_before),
        n_changed=changed,
        n_unchanged=len(told_before) - changed,
        n_gone=_gone(connection, rows, import_id, incoming.family),
        n_forgotten=len(stays) - len(places),
        is_stale=bool(told_before) and _is_stale(connection, rows, last_day),
    )


def take_back(connection: sqlite3.Connection, import_id: int) -> UndoOutcome:
    """Take one import out as if its file had never come; the caller owns the transaction.

    Raises
    ------
    StoreError
        When there is no such import.
    """
    found = connection.execute("SELECT 1 FROM import_file WHERE import_id = ?", (import_id,))
    if found.fetchone() is None:
        raise StoreError(
            f"There is no import {import_id}.", remedy="List them with: hipoutcomes imports"
        )
    keys = {
        key
        for (key,) in connection.execute(
            "SELECT v.row_key FROM version v JOIN sighting s USING (version_id) "
            "WHERE s.import_id = ?",
            (import_id,),
        )
    }
    before = _current(connection, keys)
    connection.execute("DELETE FROM import_file WHERE import_id = ?", (import_id,))
    connection.execute(
        "DELETE FROM version WHERE NOT is_merged AND version_id NOT IN "
        "(SELECT version_id FROM sighting)"
    )
    fold(connection, sorted(keys))
    after = _current(connection, keys)
    removed = sum(key not in after for key in before)
    restored = sum(key in after and after[key] != content for key, content in before.items())
    return UndoOutcome(removed, restored)


def _count(connection: sqlite3.Connection) -> int:
    """Whether there is any row yet: 0 or 1."""
    return connection.execute("SELECT EXISTS (SELECT 1 FROM version)").fetchone()[0]


def _write_file(connection, incoming: Incoming, first_day, last_day) -> int:
    """The line of the file itself, its issues and what it set aside or settled."""
    (import_id,) = connection.execute(
        "SELECT COALESCE(MAX(import_id), 0) + 1 FROM import_file"
    ).fetchone()
    connection.execute(
        "INSERT INTO import_file VALUES (" + ", ".join("?" * 13) + ")",
        (
            *(import_id, incoming.sha256, incoming.name, incoming.family, incoming.mapping),
            *(incoming.tool_version, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"),
            *(first_day, last_day, incoming.blank_overwrites, incoming.overwrites),
            json.dumps(_told_of(incoming.records)),
            json.dumps(dict(incoming.accounting)),
        ),
    )
    if incoming.issues is not None and len(incoming.issues):
        names = ("row", "field", "code", "severity", "action")
        lists = [incoming.issues[name].astype(object).tolist() for name in names]
        connection.executemany(
            "INSERT INTO issue VALUES (?, ?, ?, ?, ?, ?)", zip(repeat(import_id), *lists)
        )
    connection.executemany(
        "INSERT INTO quarantine VALUES (?, ?, ?)",
        [(key, import_id, code) for key, code in incoming.quarantined.items()],
    )
    connection.executemany(
        "INSERT INTO resolution VALUES (?, ?, ?)",
        [(key, import_id, fate) for key, fate in incoming.resolved.items()],
    )
    return import_id


def _told_of(records: Records) -> list[str]:
    """Names of what a file has columns for."""
    scores = [name_of(field) for field in records.scores]
    techniques = ["technique"] if len(records.treatments) else []
    return sorted([*(name for name in COLUMNS if name in records.rows), *scores, *techniques])


def _known(
    connection: sqlite3.Connection, rows: StoreRows, places: Sequence[int]
) -> tuple[dict[tuple[bytes, bytes], int], set[bytes]]:
    """Versions that are there already, by key and content; and the keys that are there."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS arriving (row_key BLOB, content BLOB)")
    connection.execute("DELETE FROM arriving")
    connection.executemany(
        "INSERT INTO arriving VALUES (?, ?)",
        [(rows.keys[place], rows.contents[place]) for place in places],
    )
    known = {
        (key, content): version_id
        for key, content, version_id in connection.execute(
            "SELECT row_key, content, version_id FROM arriving JOIN version "
            "USING (row_key, content)"
        )
    }
    told = {
        key
        for (key,) in connection.execute(
            "SELECT DISTINCT row_key FROM arriving WHERE row_key IN (SELECT row_key FROM version)"
        )
    }
    connection.execute("DELETE FROM arriving")
    return known, told


def _current(connection: sqlite3.Connection, keys: set[bytes]) -> dict[bytes, bytes]:
    """Current content of some keys."""
    if not keys:
        return {}
    ask(connection, keys)
    found = connection.execute(
        "SELECT v.row_key, v.content FROM version v JOIN asked USING (row_key) WHERE v.is_current"
    )
    return dict(found.fetchall())


def _write_versions(
    connection: sqlite3.Connection,
    rows: StoreRows,
    places: list[int],
    known: dict[tuple[bytes, bytes], int],
    told: set[bytes],
) -> list[int]:
    """Write content that is new, and give the version of each row."""
    (next_id,) = connection.execute(
        "SELECT COALESCE(MAX(version_id), 0) + 1 FROM version"
    ).fetchone()
    version_ids, new, seen = [], [], {}
    for place in places:
        mark = (rows.keys[place], rows.contents[place])
        version_id = known.get(mark) or seen.get(mark)
        if version_id is None:
            version_id = seen[mark] = next_id + len(new)
            new.append(place)
        version_ids.append(version_id)
    # Content that a fold had made, and that a file now tells as it is, is a file's own from here.
    connection.executemany(
        "UPDATE version SET is_merged = 0 WHERE version_id = ? AND is_merged",
        zip(set(known.values())),
    )
    connection.executemany(
        f"INSERT INTO version VALUES ({', '.join('?' * _N_CELLS)})",
        _cells(rows, new, next_id, told),
    )
    _write_scores(connection, rows, new, next_id)
    version_of = dict(zip(new, range(next_id, next_id + len(new)), strict=True))
    connection.executemany(
        "INSERT INTO technique VALUES (?, ?, ?, ?)",
        (
            (version_of[row], place, technique, minutes)
            for row, place, technique, minutes in rows.techniques
            if row in version_of
        ),
    )
    return version_ids


def _cells(rows: StoreRows, places: list[int], next_id: int, told: set[bytes]) -> Iterator[tuple]:
    """Every cell of some rows, in the order of the table; a key nobody told of is current."""
    whole = len(places) == len(rows)

    def some(values) -> list:
        values = values if isinstance(values, list) else values.tolist()
        return values if whole else [values[place] for place in places]

    keys = some(rows.keys)
    n_told = len(places)
    return zip(
        range(next_id, next_id + n_told),
        keys,
        some(rows.contents),
        [key not in told for key in keys] if told else repeat(True, n_told),
        repeat(False, n_told),
        some(rows.clients),
        some(rows.days),
        some(rows.is_visit),
        *(
            some(rows.columns[name]) if name in rows.columns else repeat(None, n_told)
            for name in COLUMNS
        ),
        strict=True,
    )


def _write_scores(connection, rows: StoreRows, places: list[int], next_id: int) -> None:
    """The scores of some rows, in the order of the table."""
    fields = sorted(rows.scores, key=lambda f: (f.measure, f.timing, f.side, f.item))
    if not fields:
        return
    at = np.array(places, np.int64)
    values = np.column_stack([rows.scores[field][at] for field in fields])
    row, column = np.nonzero(~np.isnan(values))
    names = [(f.measure, f.timing, f.side, f.item) for f in fields]
    scored = values[row, column].tolist()
    connection.executemany(
        "INSERT INTO score VALUES (?, ?, ?, ?, ?, ?)",
        (
            (next_id + r, *names[c], value)
            for r, c, value in zip(row.tolist(), column.tolist(), scored, strict=True)
        ),
    )


def _gone(connection: sqlite3.Connection, rows: StoreRows, import_id: int, family: str) -> int:
    """Rows of earlier files of a family within the days of this one, which it does not have."""
    first_day, last_day, tells = connection.execute(
        "SELECT first_day, last_day, tells FROM import_file WHERE import_id = ?", (import_id,)
    ).fetchone()
    # A sheet of scores does not miss what a list of appointments has: files of no profile are
    # compared with those that have the same columns.
    found = connection.execute(
        "SELECT import_id FROM import_file WHERE import_id <> ? AND family = ? "
        "AND first_day <= ? AND last_day >= ? AND (family <> 'generic' OR tells = ?)",
        (import_id, family, last_day, first_day, tells),
    )
    told: set[bytes] = set()
    for (other,) in found.fetchall():
        keys = connection.execute(
            "SELECT v.row_key FROM sighting s JOIN version v USING (version_id) "
            "WHERE s.import_id = ? AND v.day BETWEEN ? AND ?",
            (other, first_day, last_day),
        )
        told.update(key for (key,) in keys)
    return len(told.difference(rows.keys)) if told else 0


def _is_stale(connection: sqlite3.Connection, rows: StoreRows, last_day: int | None) -> bool:
    """Whether a newer file told something else of any of these rows; `asked` holds their keys."""
    newer = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM import_file WHERE last_day > ?)", (last_day,)
    ).fetchone()[0]
    if not newer:
        return False
    own = dict(zip(rows.keys, rows.contents, strict=True))
    told = connection.execute(
        "SELECT v.row_key, v.content FROM asked JOIN version v USING (row_key) "
        "JOIN sighting s USING (version_id) JOIN import_file f USING (import_id) "
        "WHERE f.last_day > ?",
        (last_day,),
    )
    return any(own.get(key) != content for key, content in told)
