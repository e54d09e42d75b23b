"""What the records say of a row that several files have told of, whatever order they came in.

Files are laid over one another from the oldest to the newest, cell by cell. A blank takes nothing
away, unless its file was imported with that meaning. How old a file is, its own last day tells;
of two that end on one day, the one imported later is newer.
"""

import json
import sqlite3
from collections.abc import Iterable

from hipoutcomes.store.rows import content_of, name_of
from hipoutcomes.store.schema import COLUMNS
from hipoutcomes.tables.records import ScoreField

_NAMES = tuple(COLUMNS)
_COLUMNS = ", ".join(f"v.{name}" for name in _NAMES)
_VERSIONS = f"""
SELECT v.version_id, f.blank_overwrites, f.tells, v.client, v.day, v.is_visit, {_COLUMNS}
FROM version v JOIN sighting s USING (version_id) JOIN import_file f USING (import_id)
WHERE v.row_key = ? AND NOT v.is_merged
ORDER BY f.overwrites, f.last_day, f.import_id, v.version_id
"""
_ASKED = "row_key IN (SELECT row_key FROM asked)"


def fold(connection: sqlite3.Connection, keys: Iterable[bytes]) -> None:
    """Make the current content of each key what its files say together.

    Parameters
    ----------
    connection : Connection
        Within a transaction.
    keys : iterable of bytes
        Row keys; those that no file has told of any more end without a row.
    """
    ask(connection, keys)
    connection.execute(f"DELETE FROM version WHERE is_merged AND {_ASKED}")
    several = connection.execute(
        f"SELECT row_key FROM version WHERE {_ASKED} GROUP BY row_key HAVING COUNT(*) > 1 "
        "ORDER BY row_key"
    ).fetchall()
    connection.execute(f"UPDATE version SET is_current = 1 WHERE NOT is_current AND {_ASKED}")
    for (key,) in several:
        connection.execute("UPDATE version SET is_current = 0 WHERE row_key = ?", (key,))
        _make_current(connection, key, connection.execute(_VERSIONS, (key,)).fetchall())


def ask(connection: sqlite3.Connection, keys: Iterable[bytes]) -> None:
    """Put row keys into the passing table `asked`, for questions about all of them at once."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS asked (row_key BLOB PRIMARY KEY)")
    connection.execute("DELETE FROM asked")
    connection.executemany("INSERT INTO asked VALUES (?)", zip(keys))


def _make_current(connection: sqlite3.Connection, key: bytes, versions: list[tuple]) -> None:
    """Lay the versions over one another; the outcome is one of them, or a new one."""
    cells: dict[str, object] = {}
    scores: dict[ScoreField, float] = {}
    techniques: tuple = ()
    for version_id, blank_overwrites, tells, _, _, _, *columns in versions:
        if blank_overwrites:  # what the file has a column for is taken away first
            gone = set(json.loads(tells))
            cells = {name: value for name, value in cells.items() if name not in gone}
            scores = {field: value for field, value in scores.items() if name_of(field) not in gone}
            techniques = () if "technique" in gone else techniques
        told = zip(_NAMES, columns, strict=True)
        cells |= {name: value for name, value in told if value is not None}
        scores |= _scores(connection, version_id)
        techniques = _techniques(connection, version_id) or techniques
    client, day, is_visit = versions[-1][3:6]
    content = content_of(client, day, bool(is_visit), cells, scores, techniques)
    found = connection.execute(
        "UPDATE version SET is_current = 1 WHERE row_key = ? AND content = ?", (key, content)
    )
    if found.rowcount == 0:
        row = (key, content, True, True, client, day, is_visit)
        _write_merged(connection, row, cells, scores, techniques)


def _scores(connection: sqlite3.Connection, version_id: int) -> dict[ScoreField, float]:
    """Scores of one version."""
    rows = connection.execute(
        "SELECT measure, timing, side, item, value FROM score WHERE version_id = ?", (version_id,)
    )
    return {ScoreField(*names): value for *names, value in rows}


def _techniques(connection: sqlite3.Connection, version_id: int) -> tuple:
    """Techniques of one version, in their order."""
    return tuple(
        connection.execute(
            "SELECT technique, minutes FROM technique WHERE version_id = ? ORDER BY place",
            (version_id,),
        )
    )


def _write_merged(connection, row, cells, scores, techniques) -> None:
    """Write content that no file has told of as it is."""
    marks = ", ".join("?" * (len(row) + len(_NAMES)))
    version_id = connection.execute(
        "INSERT INTO version (row_key, content, is_current, is_merged, client, day, is_visit, "
        f"{', '.join(_NAMES)}) VALUES ({marks})",
        (*row, *(cells.get(name) for name in _NAMES)),
    ).lastrowid
    connection.executemany(
        "INSERT INTO score VALUES (?, ?, ?, ?, ?, ?)",
        [(version_id, f.measure, f.timing, f.side, f.item, v) for f, v in scores.items()],
    )
    connection.executemany(
        "INSERT INTO technique VALUES (?, ?, ?, ?)",
        [(version_id, place, name, minutes) for place, (name, minutes) in enumerate(techniques)],
    )
