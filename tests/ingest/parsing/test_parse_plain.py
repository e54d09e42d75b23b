import datetime as dt

import pytest

from hipoutcomes.ingest.parsing.parse_plain import parse_number, parse_pressure


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("light", "light", ""), ("Gentle", "light", ""), ("med", "medium", ""),
        ("Moderate pressure", "medium", ""), ("firm", "firm", ""), ("strong", "firm", ""),
        ("DEEP", "deep", ""), ("very deep", "deep", ""),
        ("1", "light", "rescaled"), (3, "medium", "rescaled"), ("4/5", "firm", "rescaled"),
        (5.0, "deep", "rescaled"), ("level 2", "light", "rescaled"),
        ("light-medium", None, "two-scores"), ("medium to firm", None, "two-scores"),
        ("6", None, "type-error"), ("lovely", None, "type-error"), ("", None, "missing-cell"),
        ("?", None, "not-recorded"),
    ],
)  # fmt: skip
def test_pressure(cell, value, code):
    parsed = parse_pressure(cell)
    assert (parsed.value, parsed.code) == (value, code)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("45", 45, ""), (45, 45, ""), (45.0, 45, ""), ("45 years", 45, ""), ("45y", 45, ""),
        ("45 y/o", 45, ""), ("45 yrs.", 45, ""), ("45,5", 45.5, ""), ("150", None, "range"),
        ("-1", None, "range"), ("forty", None, "type-error"), ("45 kg", None, "type-error"),
        (True, None, "type-error"), (dt.date(1981, 4, 5), None, "excel-date"),
        ("", None, "missing-cell"), ("n/a", None, "not-recorded"), ("999", None, "not-recorded"),
    ],
)  # fmt: skip
def test_numbers(cell, value, code):
    parsed = parse_number(cell, "years", highest=120, sentinels=("999",))
    assert (parsed.value, parsed.code) == (value, code)


def test_whole_numbers():
    assert parse_number("3", whole=True).value == 3
    assert parse_number("3.5", whole=True).code == "type-error"
