"""Clients who are forgotten, and clients who turn out to be one."""

import sqlite3
from datetime import UTC, datetime
from hashlib import blake2b

import numpy as np
import pandas as pd

from hipoutcomes.errors import StoreError
from hipoutcomes.store.incoming import ForgetOutcome


def forget(connection: sqlite3.Connection, client: str) -> ForgetOutcome:
    """Remove everything about one client, in the transaction of the caller.

    A mark that cannot be turned back keeps the client's rows out of later imports. A client who
    was forgotten already can be forgotten again, which wipes what an interruption left.

    Raises
    ------
    StoreError
        When the store has no such client.
    """
    client = _final(aliases(connection), client)
    names = [client, *aliases_of(connection, client)]
    marks = ", ".join("?" * len(names))
    chosen = f"client IN ({marks})"
    counts = [
        connection.execute(sql, names).fetchone()[0]
        for sql in (
            f"SELECT COUNT(*) FROM version WHERE {chosen} AND is_current",
            f"SELECT COUNT(*) FROM score WHERE version_id IN "
            f"(SELECT version_id FROM version WHERE {chosen} AND is_current)",
            f"SELECT COUNT(DISTINCT import_id) FROM sighting WHERE version_id IN "
            f"(SELECT version_id FROM version WHERE {chosen})",
        )
    ]
    if not counts[0] and forgotten_among(connection, np.array([client], object))[0]:
        return ForgetOutcome(0, 0, 0, 0)
    if not counts[0]:
        raise StoreError("These records have no such client.", remedy="Check the number.")
    connection.execute(
        "DELETE FROM issue WHERE (import_id, row) IN (SELECT import_id, s.row FROM sighting s "
        f"JOIN version USING (version_id) WHERE {chosen})",
        names,
    )
    connection.execute(f"DELETE FROM version WHERE {chosen}", names)
    connection.execute(
        f"DELETE FROM client_alias WHERE old IN ({marks}) OR new IN ({marks})", (*names, *names)
    )
    connection.executemany(
        "INSERT OR IGNORE INTO forgotten VALUES (?)", [(_mark(name),) for name in names]
    )
    return ForgetOutcome(counts[0], counts[1], counts[2], 0)


def forgotten_among(connection: sqlite3.Connection, clients: np.ndarray) -> np.ndarray:
    """Which rows are of clients who were forgotten, shape (n,), bool."""
    marks = {mark for (mark,) in connection.execute("SELECT mark FROM forgotten")}
    if not marks:
        return np.zeros(len(clients), bool)
    place, names = pd.factorize(clients)
    return np.array([_mark(name) in marks for name in names], bool)[place]


def merge(connection: sqlite3.Connection, old: str, new: str) -> int:
    """Say that two clients are one, who goes by the new number from here on; rows stay as told.

    Returns
    -------
    int
        Rows that now count for `new`.

    Raises
    ------
    StoreError
        When either is unknown, or they are one already.
    """
    for name in (old, new):
        found = connection.execute("SELECT 1 FROM version WHERE client = ? LIMIT 1", (name,))
        if found.fetchone() is None:
            raise StoreError(
                "These records have no client of one of these numbers.", remedy="Check both."
            )
    new = _final(aliases(connection), new)
    if old == new or _final(aliases(connection), old) == new:
        raise StoreError("These two numbers are one client already.")
    connection.execute(
        "INSERT OR REPLACE INTO client_alias VALUES (?, ?, ?)",
        (old, new, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"),
    )
    (n_rows,) = connection.execute(
        "SELECT COUNT(*) FROM version WHERE client = ? AND is_current", (old,)
    ).fetchone()
    return n_rows


def aliases(connection: sqlite3.Connection) -> dict[str, str]:
    """Old pseudonym -> the one it goes by now."""
    told = dict(connection.execute("SELECT old, new FROM client_alias").fetchall())
    return {old: _final(told, old) for old in told}


def aliases_of(connection: sqlite3.Connection, client: str) -> list[str]:
    """Every older pseudonym of a client."""
    return [old for old, new in aliases(connection).items() if new == client]


def _final(told: dict[str, str], name: str) -> str:
    """Follow aliases to their end."""
    seen = {name}
    while (following := told.get(name)) is not None and following not in seen:
        name = following
        seen.add(name)
    return name


def _mark(client: str) -> bytes:
    """A mark from which the pseudonym cannot be had back."""
    return blake2b(client.encode(), digest_size=16, person=b"hipo/forgotten").digest()
