"""The current rows of the ledger, as records."""

import sqlite3
from operator import ne

import numpy as np
import pandas as pd

from hipoutcomes.errors import StoreError
from hipoutcomes.store.forgetting import aliases
from hipoutcomes.store.rows import contents_of
from hipoutcomes.store.schema import COLUMNS
from hipoutcomes.store.state import state_of
from hipoutcomes.tables.records import Records, ScoreField
from hipoutcomes.tables.treatments import main_technique
from hipoutcomes.vocabulary.codelists import TECHNIQUES

#: Columns that records always have, recorded or not.
_ALWAYS = ("side", "condition", "therapist", "clinic")
#: Columns of the store before those of a row of a file.
_FIRST = ("version_id", "client", "day", "is_visit")
#: What a row of the store says where a row of a file names it.
_ORIGIN = "records"


def current_records(connection: sqlite3.Connection) -> tuple[Records, np.ndarray]:
    """What the ledger says now, row by row, and the family of files each row came from.

    Returns
    -------
    Records
        Sorted by client, day and key, so that equal ledgers give equal records; clients go by the
        number they have now.
    ndarray of int, shape (n,)
        Family of files that told of each row, as its place in alphabetical order.

    Raises
    ------
    StoreError
        When a row does not say what was written, as on a disk that fails.
    """
    told = _told(connection)
    n_rows = len(told["version_id"])
    version_id = np.array(told["version_id"], np.int64)
    place_of = _places(version_id)
    treatments = _treatments(connection, place_of)
    clients, patients = pd.factorize(np.array(told["client"], object))
    rows = pd.DataFrame(
        {
            "patient_id": (clients + 1).astype(np.int32),
            "day": np.array(told["day"], np.int32),
            "is_visit": np.array(told["is_visit"], bool),
            **{name: _column(name, told[name]) for name in COLUMNS if _is_there(name, told[name])},
            "technique": main_technique(treatments, n_rows),
            "file": pd.Categorical.from_codes(
                np.zeros(n_rows, np.int8), categories=pd.Index([_ORIGIN], dtype="str")
            ),
            "row": np.arange(1, n_rows + 1, dtype=np.int32),
        }
    )
    scores = _scores(connection, place_of, n_rows)
    records = Records(rows, scores, treatments, patients.astype(str), "sessions")
    _check(connection, told, records)
    return records, _families(connection, place_of, n_rows)


def _told(connection: sqlite3.Connection) -> dict[str, tuple]:
    """Columns of the current rows in order, each client by the number it goes by now."""
    names = (*_FIRST, *COLUMNS, "content", "client AS told_client")
    found = connection.execute(
        f"SELECT {', '.join(names)} FROM version WHERE is_current "
        "ORDER BY client, day, start, row_key"
    ).fetchall()
    found = _merged(connection, found)
    lists = list(zip(*found, strict=True)) if found else [() for _ in names]
    return dict(zip((*_FIRST, *COLUMNS, "content", "told_client"), lists, strict=True))


def _check(connection, told: dict[str, tuple], records: Records) -> None:
    """Compare every row, and all rows together, with the marks made when they were written."""
    columns = {name: told[name] for name in COLUMNS}
    clients = np.array(told["told_client"], object)
    days, is_visit = records.rows["day"].to_numpy(), records.rows["is_visit"].to_numpy()
    said = contents_of(clients, days, is_visit, columns, records)
    n_damaged = sum(map(ne, said, told["content"]))
    (written,) = connection.execute("SELECT state FROM store").fetchone()
    if n_damaged or written != state_of(connection):
        raise StoreError(
            f"The records are damaged: {n_damaged or 'some'} rows do not say what was written.",
            "They were left as they are.",
            "Bring the folder back from your own copy, or import your files into a new one.",
        )


def _merged(connection: sqlite3.Connection, found: list[tuple]) -> list[tuple]:
    """Rows with each client by the pseudonym it goes by now, still in order."""
    told = aliases(connection)
    if not told:
        return found
    at = len(_FIRST) + tuple(COLUMNS).index("start")
    now = [(row[0], told.get(row[1], row[1]), *row[2:]) for row in found]
    return sorted(now, key=lambda row: (row[1], row[2], -1.0 if row[at] is None else row[at]))


def _places(version_id: np.ndarray) -> np.ndarray:
    """Row of each version id; -1 where it is not current."""
    place = np.full(version_id.max(initial=0) + 1, -1)
    place[version_id] = np.arange(len(version_id))
    return place


def _is_there(name: str, values: tuple) -> bool:
    """Whether any row has a value, or records always have the column."""
    return name in _ALWAYS or any(value is not None for value in values)


def _column(name: str, values: tuple) -> pd.Series | pd.Categorical:
    """One column as records hold it."""
    kind = COLUMNS[name]
    if kind == "REAL":
        return np.array(values, float)
    if kind == "INTEGER":
        missing = np.array([value is None for value in values], bool)
        filled = np.array([value or 0 for value in values])
        if name == "onset_day":
            return pd.arrays.IntegerArray(filled.astype(np.int32), missing)
        return pd.arrays.BooleanArray(filled.astype(bool), missing)
    codes, names = pd.factorize(np.array(values, object), sort=True)
    return pd.Categorical.from_codes(codes, categories=pd.Index(names, dtype="str"))


def _scores(connection, place_of: np.ndarray, n_rows: int) -> dict[ScoreField, np.ndarray]:
    """Scores of the current rows."""
    fields = connection.execute(
        "SELECT DISTINCT measure, timing, side, item FROM score ORDER BY 1, 2, 3, 4"
    ).fetchall()
    scores = {}
    for names in fields:
        found = connection.execute(
            "SELECT version_id, value FROM score "
            "WHERE measure = ? AND timing = ? AND side = ? AND item = ?",
            names,
        ).fetchall()
        ids, values = (np.array(part) for part in zip(*found, strict=True))
        known = ids < len(place_of)
        place = place_of[ids[known]]
        column = np.full(n_rows, np.nan)
        column[place[place >= 0]] = values[known][place >= 0]
        if not np.isnan(column).all():
            scores[ScoreField(*names)] = column
    return scores


def _treatments(connection: sqlite3.Connection, place_of: np.ndarray) -> pd.DataFrame:
    """Techniques of the current rows."""
    found = connection.execute(
        "SELECT version_id, technique, minutes FROM technique ORDER BY version_id, place"
    ).fetchall()
    ids, names, minutes = zip(*found, strict=True) if found else ((), (), ())
    ids = np.array(ids, np.int64)
    place = np.where(ids < len(place_of), place_of[np.minimum(ids, len(place_of) - 1)], -1)
    order = np.argsort(place, kind="stable")
    order = order[place[order] >= 0]
    known = [*TECHNIQUES.terms, *sorted(set(names) - set(TECHNIQUES.terms))]
    return pd.DataFrame(
        {
            "record": place[order],
            "technique": pd.Categorical(np.array(names, object)[order], categories=known),
            "minutes": np.array(minutes, float)[order],
        }
    )


def _families(connection: sqlite3.Connection, place_of: np.ndarray, n_rows: int) -> np.ndarray:
    """Family of files that told of each row."""
    (n_families,) = connection.execute("SELECT COUNT(DISTINCT family) FROM import_file").fetchone()
    if n_families < 2:
        return np.zeros(n_rows, np.int64)
    found = connection.execute(
        "SELECT v.version_id, MIN(f.family) FROM version v "
        "JOIN version w ON w.row_key = v.row_key JOIN sighting s ON s.version_id = w.version_id "
        "JOIN import_file f USING (import_id) WHERE v.is_current GROUP BY v.version_id"
    ).fetchall()
    family = np.zeros(n_rows, np.int64)
    if found:
        ids, names = zip(*found, strict=True)
        codes, _ = pd.factorize(np.array(names, object), sort=True)
        family[place_of[np.array(ids)]] = codes
    return family
