"""300,000 sessions into a store, beside plain `sqlite3` writing the same rows into the same tables.

Plain `sqlite3` is given lists of tuples that are ready to write, and uses `executemany` in one
transaction. We begin with records, find out by what each row is known again, and mark its content.

Run with ``python -m pytest -m slow tests/benchmarks/test_store.py -s``.
"""

import sqlite3
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.store.incoming import Incoming
from hipoutcomes.store.schema import create_tables
from hipoutcomes.store.store import LEDGER, Store
from hipoutcomes.tables.records import Records, ScoreField
from hipoutcomes.vocabulary.codelists import TECHNIQUES

N_SESSIONS = 300_000
#: The most that an import may take, in units of plain sqlite3's time.
MOST = 3.0
#: The most that reading the snapshot may take, in seconds.
MOST_READING = 1.0
TABLES = ("store", "import_file", "version", "score", "technique", "sighting")


def codes(rng: np.random.Generator, n: int) -> np.ndarray:
    """Random codes of 26 letters, as clients and visits have them in a store."""
    letters = rng.integers(ord("a"), ord("z") + 1, (n, 26), dtype=np.uint32)
    return letters.view("U26").ravel()


def made_up_records(n: int, seed: int) -> Records:
    """Sessions of 11 columns, three scores with 3 % of cells missing, and a technique each."""
    rng = np.random.default_rng(seed)

    def one_of(*names):
        return pd.Categorical.from_codes(rng.integers(-1, len(names), n), pd.Index(names))

    terms = list(TECHNIQUES.terms)
    technique = rng.integers(0, len(terms), n)
    n_patients = n // 6
    rows = pd.DataFrame(
        {
            "patient_id": rng.integers(1, n_patients + 1, n).astype(np.int32),
            "day": rng.integers(19_000, 20_700, n).astype(np.int32),
            "is_visit": np.ones(n, bool),
            "visit_id": pd.Categorical.from_codes(np.arange(n), pd.Index(codes(rng, n))),
            "start": rng.integers(32, 76, n) * 15.0,
            "side": one_of("left", "right", "both"),
            "condition": one_of("bursitis", "osteoarthritis", "piriformis", "tendinopathy"),
            "therapist": one_of(*(f"T{i}" for i in range(12))),
            "clinic": one_of("C1", "C2", "C3"),
            "age": rng.integers(18, 90, n).astype(float),
            "sex": one_of("female", "male"),
            "minutes": rng.choice([30.0, 45.0, 60.0, 90.0], n),
            "technique": pd.Categorical.from_codes(technique, pd.Index(terms)),
            "file": pd.Categorical.from_codes(np.zeros(n, np.int8), pd.Index(["a.csv"])),
            "row": np.arange(2, n + 2, dtype=np.int32),
        }
    )
    scores = {
        field: np.where(rng.random(n) < 0.03, np.nan, rng.integers(0, 11, n))
        for field in (ScoreField("pain"), ScoreField("pain", "after"), ScoreField("tension"))
    }
    treatments = pd.DataFrame(
        {"record": np.arange(n), "technique": rows["technique"], "minutes": rows["minutes"]}
    )
    patients = codes(rng, n_patients)
    return Records(rows, scores, treatments, patients)


def rows_written(ledger) -> dict[str, list[tuple]]:
    """Every row of the tables of a store, ready to write."""
    with sqlite3.connect(ledger) as connection:
        rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
    connection.close()
    return rows


def plain_sqlite(ledger, rows: dict[str, list[tuple]]) -> float:
    """Seconds that `executemany` takes for the same rows in one transaction."""
    connection = sqlite3.connect(ledger, isolation_level=None)
    create_tables(connection, "")
    started = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    for name, some in rows.items():
        connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(some[0]))})", some)
    connection.execute("COMMIT")
    seconds = time.perf_counter() - started
    connection.close()
    return seconds


def timed(what) -> tuple[float, object]:
    """Seconds, and the answer."""
    started = time.perf_counter()
    answer = what()
    return time.perf_counter() - started, answer


@pytest.mark.slow
def test_an_import_takes_at_most_three_times_what_plain_sqlite_takes(tmp_path):
    records = made_up_records(N_SESSIONS, seed=2026)
    file = Incoming(records, "file", "first", family="jane")
    ours, plain = [], []
    for run in range(3):
        with Store(tmp_path / f"ours{run}", create=True) as store:
            seconds, outcome = timed(lambda: store.add(file))
            assert outcome.n_new == N_SESSIONS
        ours.append(seconds)
        rows = rows_written(tmp_path / f"ours{run}" / LEDGER)
        plain.append(plain_sqlite(tmp_path / f"plain{run}.db", rows))
        assert rows_written(tmp_path / f"plain{run}.db")["version"] == rows["version"]
        del rows
    ratio = min(ours) / min(plain)
    megabytes = (tmp_path / "ours0" / LEDGER).stat().st_size / 2**20
    print(f"\nplain sqlite3 {min(plain):.2f} s, import {min(ours):.2f} s, ratio {ratio:.2f}; ")
    print(f"ledger of {megabytes:.0f} MB")
    opening, store = timed(lambda: Store(tmp_path / "ours0"))
    with store:
        again, outcome = timed(lambda: store.add(replace(file, sha256="exported anew")))
        assert outcome.n_unchanged == N_SESSIONS
        current, (told, _) = timed(store.records)
        writing, path = timed(lambda: store.write_snapshot(told))
        reading, back = timed(store.read_snapshot)
        undoing, _ = timed(lambda: store.undo(2))
    assert len(back.rows) == N_SESSIONS
    print(f"opening {opening:.2f} s, the same rows again {again:.2f} s, undo {undoing:.2f} s")
    print(f"records {current:.2f} s, snapshot written {writing:.2f} s, read {reading:.2f} s, ")
    print(f"snapshot of {path.stat().st_size / 2**20:.1f} MB")
    assert ratio <= MOST
    assert reading <= MOST_READING
