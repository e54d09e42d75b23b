"""The ledger: every row and every cell is accounted for, whatever happens to a file."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hipoutcomes.errors import HipoutcomesError
from hipoutcomes.ingest.accounting import CELL_FATES, ROW_FATES, Accounting, FileAccount
from hipoutcomes.ingest.read import read_files
from hipoutcomes.tables.table import Table
from hipoutcomes.vocabulary.columns import ISSUES

HEADINGS = (
    "Client", "Visit date", "Row type", "Technique", "Side", "Pain before", "Pain after",
    "Flexion active before", "HOOS-PS 1", "Age", "Notes",
)  # fmt: skip
CLEAN = [
    [
        f"C{i % 5}", f"2026-0{1 + i % 9}-{10 + i % 18}", "visit", "Swedish; cupping", "left",
        str(i % 11), str(i % 7), str(90 + i % 30), str(i % 5), "44", "",
    ]
    for i in range(16)
]  # fmt: skip

cells = st.one_of(
    st.sampled_from(
        ["", " ", "?", "none", "12", "-1", "7/10", "6-7", "<2", "no pain", "#N/A", "999", "1e400",
         "31/31/2026", "05/03/2026", "2026-02-30", "Total", "cancelled", "text message", "L 6 R 3",
         "Swedish 30 + hot stone", '"', "=1+1", "\x00", "\u2028", "٣", "½", "Client", "C1", "NaN"]
    ),
    st.text(max_size=12),
)  # fmt: skip
damage = st.one_of(
    st.tuples(st.just("cell"), st.integers(0, 30), st.integers(0, 10), cells),
    st.tuples(st.just("delete"), st.integers(0, 30)),
    st.tuples(st.just("repeat"), st.integers(0, 30)),
    st.tuples(st.just("blank"), st.integers(0, 30)),
    st.tuples(st.just("longer"), st.integers(0, 30), cells),
    st.tuples(st.just("shorter"), st.integers(0, 30), st.integers(1, 9)),
    st.tuples(st.just("swap"), st.integers(0, 30), st.integers(0, 30)),
)


def damaged(rows, changes):
    """Rows with every change made to them, in order."""
    rows = [list(row) for row in rows]
    for kind, at, *more in changes:
        if not rows:
            break
        at %= len(rows)
        if kind == "cell" and rows[at]:
            rows[at][more[0] % len(rows[at])] = more[1]
        elif kind == "delete":
            del rows[at]
        elif kind == "repeat":
            rows.append(list(rows[at]))
        elif kind == "blank":
            rows.insert(at, [""] * len(HEADINGS))
        elif kind == "longer":
            rows[at] = [*rows[at], more[0]]
        elif kind == "shorter":
            rows[at] = rows[at][: more[0]]
        elif kind == "swap":
            other = more[0] % len(rows)
            rows[at], rows[other] = rows[other], rows[at]
    return rows


class Issues(Table):
    columns = ISSUES
    key = ("file", "sheet", "row", "column", "code")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(damage, max_size=12))
def test_rows_and_cells_add_up_under_any_damage(tmp_path_factory, changes):
    rows = damaged(CLEAN, changes)
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    path = tmp_path_factory.mktemp("damage") / "clinic.csv"
    path.write_text(text.getvalue(), encoding="utf-8", errors="surrogatepass", newline="")
    try:
        reading = read_files(path, none_means="missing", scale="0-10", today="2026-11-01")
    except HipoutcomesError as stopped:
        assert str(stopped)
        return
    account = reading.accounting
    assert account.rows["rows_in_file"] == sum(account.rows[fate] for fate in ROW_FATES)
    assert account.cells["cells_in_mapped_columns"] == sum(account.cells[f] for f in CELL_FATES)
    assert account.rows["accepted"] == len(reading.records.rows)
    issues = Issues(reading.issues).frame
    actions = issues["action"].astype(str)
    # A row is quarantined for one reason or two, never for none.
    assert issues.loc[actions == "row_quarantined", "row"].nunique() == account.rows["quarantined"]
    assert (actions == "cell_missing").sum() == account.cells["quarantined"] - account.rows[
        "quarantined"
    ] * len(reading.plans[0].columns)
    assert (reading.records.rows["patient_id"] <= len(reading.records.patients)).all()


def account(rows=None, cells=None):
    """An account with these counts and zeros otherwise."""
    all_rows = {"rows_in_file": 0, **dict.fromkeys(ROW_FATES, 0), **(rows or {})}
    all_cells = {"cells_in_mapped_columns": 0, **dict.fromkeys(CELL_FATES, 0), **(cells or {})}
    return FileAccount("clinic.csv", all_rows, all_cells)


def test_accounts_that_add_up_pass():
    Accounting((account({"rows_in_file": 3, "accepted": 2, "header": 1}),)).check()


@pytest.mark.parametrize(
    ("rows", "cells", "what"),
    [
        ({"rows_in_file": 3, "accepted": 2}, {}, "rows"),
        ({}, {"cells_in_mapped_columns": 5, "parsed": 6}, "cells"),
        ({"accepted": 1, "footer": -1}, {}, "rows"),
    ],
)
def test_accounts_that_do_not_add_up_are_refused(rows, cells, what):
    with pytest.raises(HipoutcomesError, match=f"The {what} of clinic.csv do not add up"):
        Accounting((account(rows, cells),)).check()


def test_accounts_of_several_files_are_added_and_told():
    first = account({"rows_in_file": 3, "accepted": 2, "header": 1}, {})
    second = account({"rows_in_file": 2, "blank": 1, "header": 1}, {})
    both = Accounting((first, second))
    assert both.rows["rows_in_file"] == 5
    assert both.rows["header"] == 2
    assert both.lines()[0] == "clinic.csv: 3 rows"
    assert "          2  accepted" in both.lines()
