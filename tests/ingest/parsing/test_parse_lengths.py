import datetime as dt

import pytest

from hipoutcomes.ingest.parsing.parse_lengths import parse_duration, parse_minutes


@pytest.mark.parametrize(
    ("cell", "minutes", "code"),
    [
        ("60", 60, ""), (60, 60, ""), ("60 min", 60, ""), ("60mins", 60, ""), ("90'", 90, ""),
        ("60-min", 60, ""), ("1h", 60, ""), ("1 hr", 60, ""), ("1.5 hours", 90, ""),
        ("1h15", 75, ""), ("1 hr 15 min", 75, ""), ("1 hour and 15 minutes", 75, ""),
        ("1:15", 75, ""), ("1:15:00", 75, ""), ("an hour", 60, ""), ("1,5 h", 90, ""),
        (dt.time(1, 15), 75, ""), (dt.timedelta(minutes=75), 75, ""),
        ("60-90", None, "two-scores"), ("0", None, "range"), ("600", None, "range"),
        ("long", None, "type-error"), (True, None, "type-error"),
        (dt.date(2026, 1, 15), None, "excel-date"), ("", None, "missing-cell"),
        ("-", None, "not-recorded"), ("999", None, "not-recorded"),
    ],
)  # fmt: skip
def test_minutes(cell, minutes, code):
    parsed = parse_minutes(cell, sentinels=(999,))
    assert (parsed.value, parsed.code) == (minutes, code)


# A year is 365.25 days: 52.18 weeks; a month 4.348 weeks.
@pytest.mark.parametrize(
    ("cell", "weeks", "code"),
    [
        ("3 weeks", 3, ""), ("3w", 3, ""), ("3 wks", 3, ""), ("10 days", 1.43, ""),
        ("6 mo", 26.09, ""), ("6 months", 26.09, ""), ("2 yrs", 104.36, ""), ("1 year", 52.18, ""),
        ("1 year 6 months", 78.27, ""), ("2 years and 3 months", 117.4, ""), ("a week", 1, ""),
        ("two months", 8.7, ""), ("a fortnight", 2, ""), ("3 weeks ago", 3, ""),
        ("for 2 weeks", 2, ""), ("1.5 years", 78.27, ""), ("1,5 years", 78.27, ""),
        ("2-3 weeks", 2.5, "range-of-values"), ("~3 weeks", 3, "approximate"),
        ("about 6 months", 26.09, "approximate"), ("> 1 year", None, "censored"),
        ("more than a year", None, "censored"), ("3-2 weeks", None, "two-scores"),
        ("3", None, "unknown-unit"), (3, None, "unknown-unit"), ("chronic", None, "type-error"),
        ("years", None, "type-error"), ("3 hugs", None, "type-error"),
        ("200 years", None, "range"), (dt.date(2026, 3, 2), None, "excel-date"),
        (True, None, "type-error"), (dt.timedelta(days=21), 3, ""), ("", None, "missing-cell"),
        ("unknown", None, "not-recorded"),
    ],
)  # fmt: skip
def test_durations(cell, weeks, code):
    parsed = parse_duration(cell)
    assert parsed.code == code
    assert parsed.value == (None if weeks is None else pytest.approx(weeks, abs=0.006))


@pytest.mark.parametrize(
    ("unit", "weeks"), [("weeks", 6), ("days", 0.857), ("months", 26.09), ("Years", 313.07)]
)
def test_a_bare_number_counts_what_the_heading_says(unit, weeks):
    assert parse_duration("6", unit).value == pytest.approx(weeks, abs=0.006)
    assert parse_duration(6, unit).value == pytest.approx(weeks, abs=0.006)
