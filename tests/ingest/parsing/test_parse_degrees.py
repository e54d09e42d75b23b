import datetime as dt

import pytest

from hipoutcomes.ingest.parsing.parse_degrees import parse_degrees
from hipoutcomes.ingest.parsing.scales import Scale

FLEXION = Scale(0, 180, noun="hip flexion", unit="degrees", better="higher", soft_high=150)

TYPED = [
    ("120", 120, ""),
    (120, 120, ""),
    ("120°", 120, ""),
    ("120 º", 120, ""),
    ("120 deg", 120, ""),
    ("120deg.", 120, ""),
    ("120 degrees", 120, ""),
    ("112.5", 112.5, ""),
    ("112,5", 112.5, "decimal-comma"),
    ("0-120", 120, "arc"),
    ("0-120°", 120, "arc"),
    ("0° - 120°", 120, "arc"),
    ("0 to 120 degrees", 120, "arc"),
    ("10-95", 95, "arc"),
    ("115-120", 117.5, "range-of-values"),
    ("60-120", None, "two-scores"),
    ("90→110", None, "two-scores"),
    ("110-90", None, "two-scores"),
    ("5-0-30", None, "two-scores"),
    ("L 90 R 110", None, "two-sides"),
    ("160", 160, "soft-range"),
    ("181", None, "range"),
    ("-5", None, "range"),
    ("~90", 90, "approximate"),
    ("90+", 90, "approximate"),
    ("<90", None, "censored"),
    ("WNL", None, "not-degrees"),
    ("full", None, "not-degrees"),
    ("Full ROM", None, "not-degrees"),
    ("restricted", None, "not-degrees"),
    ("75%", None, "not-degrees"),
    ("3/4", None, "not-degrees"),
    ("none", None, "not-degrees"),
    ("12 cm", None, "unknown-unit"),
    ("N/A", None, "not-recorded"),
    ("", None, "missing-cell"),
    ("#VALUE!", None, "excel-error"),
    (dt.date(2026, 6, 7), None, "excel-date"),
    ("07-Jun", None, "excel-date"),
    (True, None, "type-error"),
    ("hello", None, "type-error"),
    (object(), None, "type-error"),
]


@pytest.mark.parametrize(("raw", "value", "code"), TYPED)
def test_degrees(raw, value, code):
    parsed = parse_degrees(raw, FLEXION)
    assert (parsed.value, parsed.code) == (value, code)


def test_codes_for_missing_are_missing():
    parsed = parse_degrees("999", Scale(0, 180, unit="degrees", sentinels=(999,)))
    assert (parsed.value, parsed.code) == (None, "not-recorded")


def test_the_note_of_an_arc_says_what_was_read():
    assert parse_degrees("0-120", FLEXION).note == "0 to 120, read as 120"
