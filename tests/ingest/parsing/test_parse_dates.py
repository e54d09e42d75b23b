import datetime as dt

import pytest

from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.ingest.parsing.parse_dates import date_evidence, parse_date

TODAY = dt.date(2026, 11, 23)
MARCH_5 = dt.date(2026, 3, 5)
MAY_3 = dt.date(2026, 5, 3)

# What was typed; the date read with the day first; with the month first (or the code).
TYPED = [
    ("2026-03-05", MARCH_5, MARCH_5),
    ("2026/03/05", MARCH_5, MARCH_5),
    ("2026-3-5", MARCH_5, MARCH_5),
    ("20260305", MARCH_5, MARCH_5),
    ("05/03/2026", MARCH_5, MAY_3),
    ("5.3.2026", MARCH_5, MAY_3),
    ("5. 3. 2026", MARCH_5, MAY_3),
    ("05-03-26", MARCH_5, MAY_3),
    ("5/3/26 2:30 PM", MARCH_5, MAY_3),
    ("25/02/2026", dt.date(2026, 2, 25), "date-order"),
    ("02/25/2026", "date-order", dt.date(2026, 2, 25)),
    ("05/05/2026", dt.date(2026, 5, 5), dt.date(2026, 5, 5)),
    ("05 Mar 2026", MARCH_5, MARCH_5),
    ("5-Mar-26", MARCH_5, MARCH_5),
    ("5th of March 2026", MARCH_5, MARCH_5),
    ("March 5, 2026", MARCH_5, MARCH_5),
    ("Mar 5 2026", MARCH_5, MARCH_5),
    ("2026 Mar 5", MARCH_5, MARCH_5),
    ("Thu 5 Mar 2026", MARCH_5, MARCH_5),
    ("Thursday, March 5, 2026", MARCH_5, MARCH_5),
    ("5 mars 2026", MARCH_5, MARCH_5),
    ("2026-03-05 23:30:00 -0700", MARCH_5, MARCH_5),
    ("2026/03/05 11:30:00 PM GMT-8", MARCH_5, MARCH_5),
    ("2026-03-05T23:30:00+11:00", MARCH_5, MARCH_5),
    ("2026-03-05 9:15 am", MARCH_5, MARCH_5),
    (MARCH_5, MARCH_5, MARCH_5),
    (dt.datetime(2026, 3, 5, 23, 59), MARCH_5, MARCH_5),
    ("31/02/2026", "type-error", "type-error"),
    ("2026-13-01", "type-error", "type-error"),
    ("7/10", "type-error", "type-error"),
    ("6-7", "type-error", "type-error"),
    ("8", "type-error", "type-error"),
    ("120", "type-error", "type-error"),
    ("March 2026", "type-error", "type-error"),
    ("yesterday", "type-error", "type-error"),
    ("46086", "type-error", "type-error"),
    (7, "type-error", "type-error"),
    (True, "type-error", "type-error"),
    (dt.time(9, 30), "type-error", "type-error"),
    ("2027-01-01", "future-date", "future-date"),
    (dt.date(2026, 11, 24), "future-date", "future-date"),
    ("1985-01-01", "old-date", "old-date"),
    (dt.date(1900, 1, 1), "old-date", "old-date"),
    ("", "missing-cell", "missing-cell"),
    ("n/a", "not-recorded", "not-recorded"),
    ("#N/A", "excel-error", "excel-error"),
]


@pytest.mark.parametrize(("raw", "day_first", "month_first"), TYPED)
def test_dates_in_the_order_of_their_column(raw, day_first, month_first):
    for order, expected in (("day-first", day_first), ("month-first", month_first)):
        parsed = parse_date(raw, order, today=TODAY)
        if isinstance(expected, str):
            assert (parsed.value, parsed.code) == (None, expected)
        else:
            assert (parsed.value, parsed.code) == (expected, "")
            assert type(parsed.value) is dt.date


@pytest.mark.parametrize("order", ["iso", "typed", "ambiguous", "conflict", ""])
def test_without_an_order_only_plain_dates_are_read(order):
    assert parse_date("2026-03-05", order, today=TODAY).value == MARCH_5
    parsed = parse_date("05/03/2026", order, today=TODAY)
    assert (parsed.value, parsed.code) == (None, "date-order")
    assert parsed.note == "could be 2026-03-05 or 2026-05-03"


def test_todays_visit_is_not_in_the_future():
    assert parse_date("2026-11-23", "iso", today=TODAY).value == TODAY


@pytest.mark.parametrize(
    ("text", "year"), [("1/1/27", 2027), ("1/1/28", 1928), ("1/1/00", 2000), ("1/1/99", 1999)]
)
def test_two_digit_years_turn_after_next_year(text, year):
    parsed = parse_date(
        text, "day-first", today=dt.date(2026, 11, 23), earliest=dt.date(1900, 1, 1)
    )
    assert str(year) in (parsed.note if parsed.code else str(parsed.value))


@pytest.mark.parametrize("number", [46086, 46086.0, 46086.75])
def test_a_number_in_a_workbook_is_counted_as_excel_counts(number):
    # Excel shows 46086 formatted as a date as 2026-03-05.
    parsed = parse_date(number, "iso", today=TODAY)
    assert (parsed.value, parsed.code) == (MARCH_5, "excel-serial")


def test_universal_time_is_questioned():
    parsed = parse_date("2026-03-05T01:30:00Z", "iso", today=TODAY)
    assert (parsed.value, parsed.code) == (MARCH_5, "utc-time")


def test_a_date_of_the_other_order_names_what_it_would_be():
    parsed = parse_date("02/25/2026", "day-first", today=TODAY)
    assert parsed.note == "not possible day-first; 2026-02-25 the other way"


def test_earlier_dates_are_allowed_where_the_column_allows_them():
    parsed = parse_date("1950-06-01", "iso", today=TODAY, earliest=dt.date(1900, 1, 1))
    assert parsed.value == dt.date(1950, 6, 1)


@pytest.mark.parametrize(
    ("column", "verdict"),
    [
        (["2026-03-05", "2026-04-02"], "iso"),
        (["05 Mar 2026"], "iso"),
        (["05/05/2026"], "iso"),
        (["05/03/2026", "04/02/2026"], "ambiguous"),
        (["05/03/2026", "25/02/2026"], "day-first"),
        (["05/03/2026", "02/25/2026"], "month-first"),
        (["25/02/2026", "02/25/2026"], "conflict"),
        (["2026-03-05", "05/03/2026"], "ambiguous"),
        ([MARCH_5, MAY_3], "typed"),
        ([46086, 46087], "typed"),
        ([MARCH_5, "25/02/2026"], "day-first"),
        (["", "n/a"], "none"),
        (["soon"], "none"),
        ([], "none"),
    ],
)
def test_the_order_is_decided_by_the_whole_column(column, verdict):
    assert date_evidence(Cells.of(column), today=TODAY).verdict == verdict


def test_date_evidence_counts_rows():
    column = ["05/03/2026", "05/03/2026", "25/02/2026", "2026-01-01", "x", "", MARCH_5, "02/13/26"]
    found = date_evidence(Cells.of(column), today=TODAY)
    assert (found.n_iso, found.n_day_first_only, found.n_month_first_only) == (1, 1, 1)
    assert (found.n_ambiguous, found.n_typed, found.n_unreadable) == (2, 1, 1)
    assert found.examples == ("25/02/2026", "02/13/26")


def test_typed_dates_that_excel_may_have_exchanged_are_a_conflict():
    typed = [dt.date(2026, month, day) for month in (3, 4) for day in range(1, 13)]
    found = date_evidence(Cells.of([*typed, "25/03/2026"]), today=TODAY)
    assert found.verdict == "conflict"
    assert "exchanged" in found.note
    later = date_evidence(Cells.of([*typed, dt.date(2026, 3, 28), "25/03/2026"]), today=TODAY)
    assert (later.verdict, later.note) == ("day-first", "")
