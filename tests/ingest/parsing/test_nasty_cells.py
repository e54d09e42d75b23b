"""Cells that go wrong in known ways, each with what becomes of it."""

from datetime import date, datetime

import pytest

from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.ingest.parsing.parse_dates import date_evidence, parse_date
from hipoutcomes.ingest.parsing.parse_degrees import parse_degrees
from hipoutcomes.ingest.parsing.parse_scores import parse_score, scale_evidence
from hipoutcomes.ingest.parsing.parse_terms import parse_side, parse_terms, parse_treatments
from hipoutcomes.ingest.parsing.scales import Scale
from hipoutcomes.vocabulary.codelists import TECHNIQUES
from hipoutcomes.vocabulary.measures import MEASURES

TODAY = date(2026, 11, 1)
PAIN, FLEXION = Scale.of(MEASURES["pain"]), Scale.of(MEASURES["flexion_active"])
ROTATION = Scale.of(MEASURES["internal_rotation_active"])


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("7/10", 7, ""), ("70/100", 7, "rescaled"), ("3/5", None, "unknown-scale"),
        ("6-7", 6.5, "range-of-values"), ("7-4", None, "two-scores"), ("7→4", None, "two-scores"),
        ("3,5", 3.5, "decimal-comma"), ("<2", None, "censored"), ("8+", 8, "approximate"),
        ("~6", 6, "approximate"), ("6ish", 6, "approximate"), ("62 mm", 6.2, "unit"),
        ("6.2cm", 6.2, "unit"), ("no pain", 0, "zero-in-words"), ("none", None, "ambiguous-none"),
        ("nil", None, "ambiguous-none"), ("N/A", None, "not-recorded"), ("-", None, "not-recorded"),
        ("?", None, "not-recorded"), ("", None, "missing-cell"), ("11", None, "range"),
        (True, None, "type-error"), (date(2026, 6, 7), None, "excel-date"),
        (datetime(2026, 7, 10), None, "excel-date"), ("-99", None, "range"),
    ],
)  # fmt: skip
def test_scores(raw, value, code):
    parsed = parse_score(raw, PAIN)
    assert parsed.value == (value if value is None else pytest.approx(value))
    assert parsed.code == code


def test_a_date_in_a_column_of_scores_names_what_was_probably_typed():
    assert "6-7" in parse_score(date(2026, 6, 7), PAIN).note
    assert "7/10" in parse_score(date(2026, 7, 10), PAIN).note.replace("7-10", "7/10")


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("105°", 105, ""), ("105 deg", 105, ""), ("105 degrees", 105, ""), ("105º", 105, ""),
        ("0-120", 120, "arc"), ("WNL", None, "not-degrees"), ("full", None, "not-degrees"),
        ("restricted", None, "not-degrees"), ("75%", None, "not-degrees"),
        ("3/4", None, "not-degrees"), ("150", 150, "soft-range"), ("200", None, "range"),
    ],
)  # fmt: skip
def test_ranges_of_motion(raw, value, code):
    parsed = parse_degrees(raw, FLEXION)
    assert (parsed.value, parsed.code) == (value, code)


def test_rotation_has_limits_of_its_own():
    assert parse_degrees("75", ROTATION).code in ("soft-range", "range")
    assert parse_degrees("35", ROTATION).code == ""


@pytest.mark.parametrize("raw", ["L 6 R 3", "R 100, L 90"])
def test_two_sides_in_a_cell(raw):
    assert parse_score(raw, PAIN).code == "two-sides"
    assert parse_side(raw).code == "two-sides"


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (["3", "7", "10", "55"] + ["4"] * 20, "0-10"),
        (["35", "62", "88", "7"] + ["41"] * 20, "0-100"),
        (["3", "7", "62", "88"], "mixed"),
    ],
)
def test_the_scale_is_a_fact_of_the_column(values, verdict):
    assert scale_evidence(Cells.of(values)).verdict == verdict


@pytest.mark.parametrize("text", ["7/10", "6-7", "8", "120"])
def test_what_a_guessing_reader_takes_for_a_date_is_none(text):
    for order in ("day-first", "month-first"):
        assert parse_date(text, order, today=TODAY).value is None


@pytest.mark.parametrize(
    ("dates", "verdict"),
    [
        (["25/02/2026", "05/03/2026"], "day-first"),
        (["02/25/2026", "05/03/2026"], "month-first"),
        (["05/03/2026", "04/02/2026"], "ambiguous"),
        (["25/02/2026", "02/26/2026"], "conflict"),
    ],
)
def test_the_order_of_dates_is_decided_by_all_of_them(dates, verdict):
    assert date_evidence(Cells.of(dates), TODAY).verdict == verdict


def test_a_date_of_the_other_order_is_refused_and_not_turned_round():
    assert parse_date("02/25/2026", "day-first", today=TODAY).code == "date-order"


@pytest.mark.parametrize(
    ("raw", "day", "code"),
    [
        ("05.03.2026", date(2026, 3, 5), ""), ("5/3/26", date(2026, 3, 5), ""),
        ("31/12/89", None, "old-date"), ("05/03/2027", None, "future-date"),
        (46_086, date(2026, 3, 5), "excel-serial"), ("2999-01-01", None, "future-date"),
        ("31/04/2026", None, "type-error"),
    ],
)  # fmt: skip
def test_single_dates(raw, day, code):
    parsed = parse_date(raw, "day-first", today=TODAY)
    assert (parsed.value, parsed.code) == (day, code)


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        ("Swedish/relaxation", ("swedish",)), ("Swedish; cupping", ("swedish", "cupping")),
        ("swedish + deep tissue", ("swedish", "deep_tissue")),
        ("Swedish & cupping", ("swedish", "cupping")),
        ("Swedish and cupping", ("swedish", "cupping")),
        ("deep tissue w/ cupping", ("deep_tissue", "cupping")),
        ("Swedish\ncupping", ("swedish", "cupping")),
    ],
)  # fmt: skip
def test_terms_are_looked_up_whole_before_they_are_split(raw, codes):
    assert parse_terms(raw, TECHNIQUES).value == codes


@pytest.mark.parametrize("raw", ["deepish", "cuppa", "TrPt work", "MFX", "MTE"])
def test_likeness_decides_nothing(raw):
    parsed = parse_treatments(raw, TECHNIQUES)
    assert [(term.code, term.text) for term in parsed.value] == [("other", raw)]
    assert parsed.code == "unknown-term"


def test_a_misspelt_word_is_kept_and_asked_about():
    parsed = parse_treatments("Sweedish", TECHNIQUES)
    assert [(term.code, term.text, term.suggestion) for term in parsed.value] == [
        ("other", "Sweedish", "swedish")
    ]
    assert "did you mean" in parsed.note


@pytest.mark.parametrize("raw", ["MFQ", "MTX", "DTQ", "TPX"])
def test_short_words_are_never_suggested_by_likeness(raw):
    (term,) = parse_treatments(raw, TECHNIQUES).value
    assert (term.code, term.suggestion) == ("other", "")
