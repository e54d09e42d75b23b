"""A mark of everything the records say: equal records have equal marks, in whatever order made."""

import sqlite3
from hashlib import blake2b


def record_state(connection: sqlite3.Connection) -> None:
    """Write the mark of what the records say now, within the transaction that changed them."""
    connection.execute("UPDATE store SET state = ?", (state_of(connection),))


def state_of(connection: sqlite3.Connection) -> str:
    """The mark of what the records say now.

    It follows from current rows, the files that told of them and the numbers clients go by. So it
    is the same in any order of imports, and an import that is taken back sets it back.
    """
    mark = blake2b(digest_size=16)
    rows = connection.execute(
        "SELECT row_key, content FROM version WHERE is_current ORDER BY row_key"
    )
    while some := rows.fetchmany(10_000):
        mark.update(b"".join(key + content for key, content in some))
    for question in (
        "SELECT sha256, family FROM import_file ORDER BY sha256",
        "SELECT old, new FROM client_alias ORDER BY old",
    ):
        mark.update(repr(connection.execute(question).fetchall()).encode())
    return mark.hexdigest()
