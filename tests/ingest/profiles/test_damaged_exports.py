"""Exports of known systems with cells taken out, exchanged and repeated: all rows add up."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipoutcomes.errors import HipoutcomesError
from hipoutcomes.ingest.read import read_files
from tests.ingest.profiles.exports import EXPORTS

TODAY = "2026-11-01"
ODD = (
    "",
    "  ",
    "?",
    "-99",
    "31/31/2026",
    "01-01-2999",
    "[(Canceled)]",
    "none",
    "=1/0",
    "\u75db\u307f",
)

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["cell", "exchange", "repeat", "drop"]),
        st.integers(0, 1000),
        st.integers(0, 1000),
        st.sampled_from(ODD),
    ),
    max_size=12,
)


def changed(text, changes):
    """The export with some cells and rows of its data changed."""
    rows = list(csv.reader(io.StringIO(text)))
    width = max(map(len, rows))
    first = next(i for i, row in enumerate(rows) if len(row) == width) + 1
    for kind, at, other, odd in changes:
        if len(rows) - first < 2:
            break
        row = first + at % (len(rows) - first)
        place = other % max(len(rows[row]), 1)
        if kind == "cell" and rows[row]:
            rows[row][place] = odd
        elif kind == "exchange" and rows[row]:
            rows[row][place], rows[row][0] = rows[row][0], rows[row][place]
        elif kind == "repeat":
            rows.insert(row, list(rows[row]))
        elif kind == "drop":
            del rows[row]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue(), len(rows)


@pytest.mark.parametrize("name", EXPORTS)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(changes=CHANGES)
def test_every_row_is_accounted_for_or_the_file_is_refused_in_words(name, changes):
    text, n_rows = changed(EXPORTS[name], changes)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_text(text, encoding="utf-8")
        try:
            reading = read_files(path, today=TODAY)
        except HipoutcomesError as refused:
            assert len(str(refused).splitlines()) <= 3
            return
    reading.accounting.check()
    account = reading.accounting.rows
    # A record of a text file is one row.
    assert account["rows_in_file"] == n_rows
    own = reading.records.rows["row"]
    assert own.is_unique and own.max() <= n_rows
    assert len(own) == account["accepted"]
