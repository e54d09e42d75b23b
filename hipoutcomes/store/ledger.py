"""One file into the ledger, in one transaction; and out of it again."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
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

#: Keys of which taking an import back may change the row: it alone told of what they say, or files
#: differ on them.
_TOUCHED = """
SELECT DISTINCT v.row_key FROM sighting s JOIN version v USING (version_id)
WHERE s.import_id = ? AND (
    NOT EXISTS (SELECT 1 FROM sighting o
                WHERE o.version_id = s.version_id AND o.import_id <> s.import_id)
    OR EXISTS (SELECT 1 FROM version w
               WHERE w.row_key = v.row_key AND w.version_id <> v.version_id))
"""
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
    known, before, differing = _known(connection, rows, places) if n_before else ({}, {}, set())
    version_ids = _write_versions(connection, rows, places, known, before)
    line = incoming.records.rows["row"].to_numpy()[stays].tolist()
    connection.executemany(
        "INSERT OR IGNORE INTO sighting VALUES (?, ?, ?)",
        zip(version_ids, repeat(import_id), line, strict=False),
    )
    fold(connection, sorted(differing))
    after = _current(connection, differing)
    changed = sum(before[key] != after.get(key) for key in differing)
    distinct = len({rows.keys[place] for place in places})
    return ImportOutcome(
        import_id,
        n_new=distinct - len(before),
        n_changed=changed,
        n_unchanged=len(before) - changed,
        n_gone=_gone(connection, rows, import_id, incoming.family),
        n_forgotten=len(stays) - len(places),
        is_stale=bool(differing) and _is_stale(connection, rows, last_day),
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
    keys = {key for (key,) in connection.execute(_TOUCHED, (import_id,))}
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
) -> tuple[dict[tuple[bytes, bytes], int], dict[bytes, bytes], set[bytes]]:
    """What is there of some rows already.

    Returns
    -------
    dict of (bytes, bytes) to int
        Versions, by key and content.
    dict of bytes to bytes
        Current content, by key.
    set of bytes
        Keys on which files differ, these rows among them.
    """
    arriving = {rows.keys[place]: rows.contents[place] for place in places}
    ask(connection, sorted(arriving))
    found = connection.execute(
        "SELECT v.row_key, v.content, v.version_id, v.is_current "
        "FROM asked JOIN version v USING (row_key)"
    )
    known, before, differing = {}, {}, set()
    for key, content, version_id, is_current in found:
        known[key, content] = version_id
        if is_current:
            before[key] = content
        if content != arriving[key]:
            differing.add(key)
    return known, before, differing


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
    told: Mapping[bytes, bytes],
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
        zip(known[mark] for mark in zip(rows.keys, rows.contents, strict=True) if mark in known),
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


def _cells(
    rows: StoreRows, places: list[int], next_id: int, told: Mapping[bytes, bytes]
) -> Iterator[tuple]:
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
