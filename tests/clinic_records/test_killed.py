"""An import killed at any moment: what was there is there, and a later import completes it."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import hipoutcomes as ho
from hipoutcomes.clinic_records.fixing import open_rows
from hipoutcomes.privacy.key import load_or_make_key
from hipoutcomes.privacy.private_folder import open_private_folder

HEADINGS = "Client,Visit date,Pain before,Pain after,Technique,Therapist\n"
TODAY = {"today": "2026-11-01"}


def lines(first, last):
    """Visits of some days of the year, two a day, some with a score that cannot be read."""
    return "".join(
        f"{1000 + n % 40},{np.datetime64('2026-01-01') + n // 2},"
        f"{'7-4' if n % 97 == 0 else n % 11},{n % 7},Swedish,Ada\n"
        for n in range(2 * first, 2 * last)
    )


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """A clinic with one import, three further files, and what all of them make together."""
    folder = tmp_path_factory.mktemp("killed")
    for number, days in enumerate(((0, 60), (40, 120), (100, 200), (180, 280))):
        (folder / f"export{number}.csv").write_text(HEADINGS + lines(*days))
    load_or_make_key(open_private_folder(folder / "clinic").path)
    ho.import_files(folder / "export0.csv", folder / "clinic", **TODAY)
    shutil.copytree(folder / "clinic", folder / "whole")
    ho.import_files(further(folder), folder / "whole", **TODAY)
    return folder


def further(folder):
    return [folder / f"export{number}.csv" for number in (1, 2, 3)]


def said(clinic: Path):
    """What the records of a clinic say."""
    found = ho.load_store(clinic, clients=True)
    scores = found.scores.frame[["patient_id", "day", "timing", "measure", "score"]]
    names = found.patients[scores["patient_id"] - 1]
    return sorted(
        map(str, zip(names, *scores.iloc[:, 1:].astype(object).to_numpy().T, strict=True))
    )


def kill_an_import(folder: Path, clinic: Path, wait: float) -> bool:
    """Import the further files in a process, and kill it after a while; whether it had ended."""
    command = (sys.executable, "-m", "hipoutcomes.cli", "import", *further(folder))
    process = subprocess.Popen(
        [str(part) for part in (*command, "--store", clinic)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(wait)
    ended = process.poll() is not None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return ended


def hold_after_kills(start, tmp_path, n_kills, seed):
    """Kill imports at random moments; each leaves records that can be read and completed."""
    rng = np.random.default_rng(seed)
    began = time.perf_counter()
    shutil.copytree(start / "clinic", tmp_path / "timed")
    kill_an_import(start, tmp_path / "timed", 0.0)
    subprocess.run(
        [sys.executable, "-m", "hipoutcomes.cli", "import", *map(str, further(start)),
         "--store", str(tmp_path / "timed")], check=False, capture_output=True,
    )  # fmt: skip
    longest = time.perf_counter() - began
    first, whole, n_cut = said(start / "clinic"), said(start / "whole"), 0
    for number in range(n_kills):
        clinic = tmp_path / str(number)
        shutil.copytree(start / "clinic", clinic)
        n_cut += not kill_an_import(start, clinic, float(rng.uniform(0, longest)))
        assert set(first) <= set(said(clinic)) <= set(whole)
        ho.import_files(further(start), clinic, **TODAY)
        assert said(clinic) == whole
        waiting = open_rows(clinic)
        assert waiting["path"].notna().all()
        assert waiting["n_rows"].sum() == open_rows(start / "whole")["n_rows"].sum()
        shutil.rmtree(clinic)
    assert n_cut > 0


def test_a_few_kills(start, tmp_path):
    hold_after_kills(start, tmp_path, 3, seed=1)


@pytest.mark.slow
def test_many_kills(start, tmp_path):
    hold_after_kills(start, tmp_path, 50, seed=2)
