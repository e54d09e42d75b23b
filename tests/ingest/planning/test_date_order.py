"""Order of day and month: one order for the whole column, or a question with its evidence."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.ingest.planning.plan import make_plan

TODAY = date(2026, 11, 1)
DAY_ONLY, MONTH_ONLY, EITHER, ISO, BAD = (
    "25/02/2026", "02/25/2026", "05/03/2026", "2026-03-05", "31/31/2026",
)  # fmt: skip


def grid_of(**columns):
    """A grid with these columns; `_` in a name stands for a space."""
    cells = {name.replace("_", " "): Cells.of(values) for name, values in columns.items()}
    n = len(columns["Date"])
    counts = {"rows_in_file": n + 1, "preamble": 0, "header": 1, "blank": 0, "footer": 0}
    rows = np.arange(2, n + 2)
    return Grid("clinic.csv", "", "0" * 64, tuple(cells), tuple(cells.values()), rows, counts)


def plan_of(dates, told="", **columns):
    n = len(dates)
    clients = [f"C{i % 3}" for i in range(n)]
    grid = grid_of(Client=clients, Date=dates, Pain_pre=["5"] * n, **columns)
    return make_plan(grid, Mapping(date_order=told), TODAY)


# D: dates only possible with the day first; M: with the month first; A: with either.
@pytest.mark.parametrize(
    ("dates", "order"),
    [
        ([DAY_ONLY, EITHER, EITHER], "day-first"),
        ([MONTH_ONLY, EITHER, EITHER], "month-first"),
        ([DAY_ONLY, ISO, BAD], "day-first"),
        ([ISO, ISO, ISO], "iso"),
        ([ISO, "5 March 2026", "07/07/2026"], "iso"),
        ([ISO, "", "n/a"], "iso"),
        ([DAY_ONLY, MONTH_ONLY, EITHER], "conflict"),
        ([DAY_ONLY, MONTH_ONLY, ISO], "conflict"),
        ([EITHER, EITHER, EITHER], "ambiguous"),
        ([EITHER, ISO, ISO], "ambiguous"),
        ([EITHER, BAD, "07/07/2026"], "ambiguous"),
        (["5/3/26", "4/2/26", "1.2.2026"], "ambiguous"),
    ],
)
def test_the_rule_for_a_column(dates, order):
    if order in ("day-first", "month-first", "iso"):
        assert plan_of(dates).date_order == order
        return
    with pytest.raises(DecisionNeeded) as asked:
        plan_of(dates)
    said = str(asked.value)
    assert "--date-order day-first or --date-order month-first" in said
    assert ("set aside" in said) == (order == "conflict")
    assert not any(text in said for text in dates if text), "dates of clients stay in the file"
    for told in ("day-first", "month-first"):
        assert plan_of(dates, told).date_order == told


def test_a_question_offers_sundays_future_dates_and_the_order_of_rows():
    # Mondays to Wednesdays of the first weeks of 2026, typed with the day first.
    days = [date(2026, m, d) for m, d in ((1, 5), (2, 2), (3, 3), (4, 1), (5, 4), (6, 2), (7, 1))]
    dates = [f"{day.day:02d}/{day.month:02d}/{day.year}" for day in days]
    swapped = [date(day.year, day.day, day.month) for day in days]
    forward = sum(a <= b for a, b in pairwise(swapped))
    with pytest.raises(DecisionNeeded) as asked:
        plan_of(dates)
    said = str(asked.value)
    facts = "no date lies in the future and the dates run forward in"
    assert f"Day first, {facts} 6 of 6 steps, 0 on a Sunday" in said
    sundays = sum(day.weekday() == 6 for day in swapped)
    assert sundays > 0
    assert f"month first, {facts} {forward} of 6 steps, {sundays} on a Sunday" in said


def test_many_dates_tell_the_days_on_which_the_clinic_is_closed():
    # Every day but Sundays of the first twelve days of ten months.
    days = [date(2025, m, d) for m in range(1, 11) for d in range(1, 13)]
    days = [day for day in days if day.weekday() != 6]
    with pytest.raises(
        DecisionNeeded, match=r"(?s)Day first, .*, on no Sunday; month first, .*"
    ) as e:
        plan_of([f"{day.day:02d}/{day.month:02d}/{day.year}" for day in days])
    assert "on all days of the week." in str(e.value)


def test_future_dates_speak_against_an_order():
    with pytest.raises(
        DecisionNeeded, match=r"Day first, no date lies in the future .*first, 2 dates lie in"
    ):
        plan_of(["12/01/2026", "12/02/2026", "01/03/2026"])


def test_contradicting_dates_name_rows_and_the_column_that_parts_them():
    dates = [DAY_ONLY, MONTH_ONLY, "26/02/2026", "02/26/2026"]
    with pytest.raises(DecisionNeeded) as asked:
        plan_of(dates, Therapist=["Ann", "Bob", "Ann", "Bob"])
    said = str(asked.value)
    assert "Day first only: rows 2, 4; month first only: rows 3, 5." in said
    assert "'Therapist' tells them apart" in said
    assert "Ann" not in said
    with pytest.raises(DecisionNeeded, match="They part at row 4: split the file there"):
        plan_of([dates[0], dates[2], dates[1], dates[3]], Therapist=["Ann"] * 4)


def test_dates_that_stand_for_missing_are_no_evidence():
    told = Mapping(missing_years=(2995, 2999))
    grid = grid_of(
        Client=["A", "B", "C"], Date=["25-02-2026", "01-13-2999", "05-03-2026"],
        Pain_pre=["5", "6", "7"],
    )  # fmt: skip
    assert make_plan(grid, told, TODAY).date_order == "day-first"
