"""100,000 rows of a workbook read, planned, parsed and checked, beside calamine's reading alone.

Run with ``python -m pytest -m slow tests/benchmarks/test_workbooks.py -s``.
"""

import io
import time
from datetime import date, timedelta

import numpy as np
import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from hipoutcomes.ingest.read import read_files

N_ROWS = 100_000
#: The most that reading may take, in units of calamine's own time.
MOST = 2.0
HEADINGS = (
    *("Client", "Date", "Therapist", "Technique", "Minutes", "Condition", "Side"),
    *("Pain before (0-10)", "Pain after (0-10)", "Discomfort during massage (0-10)"),
    *("Active flexion before (degrees)", "Age"),
)


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    """Twelve columns of text, dates and numbers, as an export would have them."""
    rng = np.random.default_rng(20261125)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    sheet.append(HEADINGS)
    words = [rng.choice(options, N_ROWS).tolist() for options in (
        ("Ann", "Bob", "Cy"), ("Swedish", "Deep tissue"), ("bursitis", "osteoarthritis"),
        ("left", "right"),
    )]  # fmt: skip
    numbers = [rng.integers(0, high, N_ROWS).tolist() for high in (11, 11, 6, 121)]
    for row, (therapist, technique, condition, side, *scores) in enumerate(
        zip(*words, *numbers, strict=True)
    ):
        day = date(2020, 1, 1) + timedelta(days=7 * (row % 12) + row // 2000)
        first = (f"C{row // 12:05d}", day, therapist, technique, 60, condition, side)
        sheet.append((*first, *scores, 30 + row // 12 % 50))
    path = tmp_path_factory.mktemp("workbook") / "export.xlsx"
    book.save(path)
    return path


def quickest(function, n=5):
    """Least seconds of some runs, the first of which warms up."""
    times = []
    for _ in range(n):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


@pytest.mark.slow
def test_a_workbook_is_read_within_twice_calamines_time(workbook, capsys):
    def by_calamine():
        book = CalamineWorkbook.from_filelike(io.BytesIO(workbook.read_bytes()))
        return book.get_sheet_by_name("Export").to_python()

    def by_us():
        return read_files(workbook, today="2026-11-01")

    assert len(by_calamine()) == N_ROWS + 1
    assert by_us().accounting.rows["accepted"] == N_ROWS
    theirs, ours = quickest(by_calamine), quickest(by_us)
    with capsys.disabled():
        print(f"\ncalamine {theirs:.2f} s, hipoutcomes {ours:.2f} s, ratio {ours / theirs:.2f}")
    assert ours <= MOST * theirs
