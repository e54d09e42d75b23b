"""A process that is killed while it imports leaves records and snapshot of before or of after."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from importing_process import complete, files

from hipoutcomes.store.store import LEDGER, SNAPSHOT, Store

PROGRAM = Path(__file__).with_name("importing_process.py")
STORE_ID = "0" * 16


def new_store(folder: Path) -> Path:
    """An empty store of a known id, so that snapshots can be compared."""
    Store(folder, create=True).close()
    with sqlite3.connect(folder / LEDGER) as connection:
        connection.execute("UPDATE store SET id = ?", (STORE_ID,))
    connection.close()
    return folder


def killed_after(folder: Path, share: float, whole: float) -> bool:
    """Start an import and kill it after a share of the time a whole one takes; whether it ended."""
    with subprocess.Popen([sys.executable, PROGRAM, folder], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        time.sleep(share * whole)
        os.kill(process.pid, signal.SIGKILL)
        return process.stdout.read() == b"done\n"


def time_of_a_whole_import(folder: Path) -> float:
    """Seconds from a program that is ready to its end."""
    with subprocess.Popen([sys.executable, PROGRAM, folder], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        started = time.perf_counter()
        assert process.stdout.readline() == b"done\n"
        return time.perf_counter() - started


def kill_often(tmp_path: Path, times: int, seed: int) -> None:
    undisturbed = complete(new_store(tmp_path / "undisturbed"))
    snapshots = {None: 0, **snapshots_on_the_way(tmp_path)}
    whole = min(time_of_a_whole_import(new_store(tmp_path / f"timed{i}")) for i in range(2))
    stages = []
    for place, share in enumerate(np.random.default_rng(seed).uniform(0, 1.0, times)):
        folder = new_store(tmp_path / f"killed{place}")
        killed_after(folder, share, whole)
        snapshot = folder / SNAPSHOT
        shown = snapshots[snapshot.read_bytes() if snapshot.exists() else None]
        with Store(folder) as store:  # opens, is whole, and holds whole files only
            kept = len(store.imports())
            assert kept - shown in (0, 1)
            assert len(store.records()[0].rows) == (0, 500, 800, 900)[kept]
            assert store.snapshot_is_current() == (kept == shown and snapshot.exists())
            if snapshot.exists():
                assert len(store.read_snapshot().rows) == (0, 500, 800, 900)[shown]
        stages.append((kept, shown))
        assert complete(folder) == undisturbed
        assert not list(folder.glob("*-journal"))
    assert len(set(stages)) > 3, f"the kills did not hit enough moments: {stages}"


def snapshots_on_the_way(tmp_path: Path) -> dict[bytes, int]:
    """Snapshot of the store after each file -> how many files."""
    found = {}
    with Store(new_store(tmp_path / "stages")) as store:
        for n_files, file in enumerate(files(), start=1):
            store.add(file)
            found[store.write_snapshot(store.records()[0]).read_bytes()] = n_files
    return found


@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_killed_at_ten_moments(tmp_path):
    kill_often(tmp_path, 10, seed=41)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_killed_at_a_hundred_moments(tmp_path):
    kill_often(tmp_path, 100, seed=42)


@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_killed_while_the_store_is_made(tmp_path):
    whole = time_of_a_whole_import(tmp_path / "timed")
    for place, share in enumerate(np.random.default_rng(43).uniform(0, 0.05, 3)):
        folder = tmp_path / f"killed{place}"
        killed_after(folder, share, whole)
        complete(folder)
        with Store(folder) as store:
            assert len(store.records()[0].rows) == 900
