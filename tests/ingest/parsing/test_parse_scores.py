import datetime as dt

import pytest

from hipoutcomes.ingest.grids.cells import Cells, ExcelError
from hipoutcomes.ingest.parsing.parse_scores import parse_score, scale_evidence
from hipoutcomes.ingest.parsing.scales import Scale

NPRS = Scale(0, 10)
VAS = Scale(0, 100, step=0.0)

# What was typed in a 0-10 column, the score, the code.
ON_0_TO_10 = [
    ("7", 7, ""),
    (" 7 ", 7, ""),
    ("0", 0, ""),
    ("10", 10, ""),
    (7, 7, ""),
    (7.0, 7, ""),
    ("7/10", 7, ""),
    ("7 / 10", 7, ""),
    ("7 out of 10", 7, ""),
    ("7 pts", 7, ""),
    ("70/100", 7, "rescaled"),
    ("3/5", None, "unknown-scale"),
    ("12/10", None, "unknown-scale"),
    ("6-7", 6.5, "range-of-values"),
    ("6–7", 6.5, "range-of-values"),
    ("6 to 7", 6.5, "range-of-values"),
    ("6-7/10", 6.5, "range-of-values"),
    ("9-11", None, "range"),
    ("7-4", None, "two-scores"),
    ("7→4", None, "two-scores"),
    ("7 -> 4", None, "two-scores"),
    ("7 > 4", None, "two-scores"),
    ("7, 4", None, "two-scores"),
    ("7,10", None, "two-scores"),
    ("3,5", 3.5, "decimal-comma"),
    ("<2", None, "censored"),
    (">8", None, "censored"),
    ("≥ 8", None, "censored"),
    ("less than 2", None, "censored"),
    ("8+", 8, "approximate"),
    ("~6", 6, "approximate"),
    ("6ish", 6, "approximate"),
    ("about 6/10", 6, "approximate"),
    ("62 mm", 6.2, "unit"),
    ("6.2cm", 6.2, "unit"),
    ("6,2 cm", 6.2, "unit"),
    ("60%", None, "unknown-unit"),
    ("7 kg", None, "unknown-unit"),
    ("90°", None, "unknown-unit"),
    ("no pain", 0, "zero-in-words"),
    ("Pain free", 0, "zero-in-words"),
    ("none", None, "ambiguous-none"),
    ("Nil", None, "ambiguous-none"),
    ("", None, "missing-cell"),
    ("   ", None, "missing-cell"),
    (None, None, "missing-cell"),
    ("N/A", None, "not-recorded"),
    ("n.a.", None, "not-recorded"),
    ("-", None, "not-recorded"),
    ("—", None, "not-recorded"),
    ("?", None, "not-recorded"),
    ("did not ask", None, "not-recorded"),
    (dt.date(2026, 6, 7), None, "excel-date"),
    (dt.datetime(2026, 7, 10), None, "excel-date"),
    (dt.time(7, 10), None, "excel-date"),
    (dt.timedelta(hours=7), None, "excel-date"),
    ("07-Jun", None, "excel-date"),
    ("Jun-07", None, "excel-date"),
    ("2026-06-07", None, "excel-date"),
    ("6/7/2026", None, "excel-date"),
    ("7:10", None, "excel-date"),
    ("11", None, "range"),
    (11, None, "range"),
    ("-1", None, "range"),
    (46086, None, "range"),
    (True, None, "type-error"),
    ("TRUE", None, "type-error"),
    ("6.5", 6.5, "half-point"),
    ("6½", 6.5, "half-point"),
    (6.5, 6.5, "half-point"),
    (ExcelError("#N/A"), None, "excel-error"),
    ("#DIV/0!", None, "excel-error"),
    (ExcelError("=B2+C2"), None, "formula-no-value"),
    ("mild", None, "word-score"),
    ("much better", None, "word-score"),
    ("L 6 R 3", None, "two-sides"),
    ("L6/R3", None, "two-sides"),
    ("6 (L), 3 (R)", None, "two-sides"),
    ("pain 7", None, "type-error"),
    ("7 bananas and 3 apples", None, "type-error"),
    ("1e400", None, "type-error"),
    (float("nan"), None, "type-error"),
    (float("inf"), None, "type-error"),
    (object(), None, "type-error"),
]


@pytest.mark.parametrize(("raw", "value", "code"), ON_0_TO_10)
def test_scores_on_0_to_10(raw, value, code):
    parsed = parse_score(raw, NPRS)
    assert (parsed.value, parsed.code) == (value, code)


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("62", 62, ""),
        ("62.5", 62.5, ""),
        ("62/100", 62, ""),
        ("7/10", 70, "rescaled"),
        ("62 mm", 62, "unit"),
        ("6.2 cm", 62, "unit"),
        ("85%", 85, "unit"),
        ("62,5", 62.5, "decimal-comma"),
        ("62,55", 62.55, "decimal-comma"),
        ("101", None, "range"),
    ],
)
def test_scores_on_0_to_100(raw, value, code):
    parsed = parse_score(raw, VAS)
    assert (parsed.value, parsed.code) == (value, code)


@pytest.mark.parametrize(
    ("raw", "scale", "value", "code"),
    [
        ("52/80", Scale(0, 80, noun="function", better="higher"), 52, ""),
        ("5/10", Scale(0, 80, noun="function", better="higher"), None, "unknown-scale"),
        ("no pain", Scale(0, 48, noun="function", better="higher"), None, "type-error"),
        ("no tension", Scale(0, 3, noun="tension"), 0, "zero-in-words"),
        ("-3", Scale(-7, 7, noun="change", better="higher"), -3, ""),
        ("+3", Scale(-7, 7, noun="change", better="higher"), 3, ""),
        ("12.4 s", Scale(0, 600, step=0, noun="time", unit="seconds"), 12.4, ""),
        ("12.4 mm", Scale(0, 600, step=0, noun="time", unit="seconds"), None, "unknown-unit"),
        ("14 reps", Scale(0, 60, noun="stands", unit="repetitions", better="higher"), 14, ""),
        ("170", Scale(0, 180, step=0, soft_high=150), 170, "soft-range"),
        ("150", Scale(0, 180, step=0, soft_high=150), 150, ""),
        ("1,200", Scale(0, 5000, step=0), 1200, ""),
    ],
)
def test_scores_on_other_scales(raw, scale, value, code):
    parsed = parse_score(raw, scale)
    assert (parsed.value, parsed.code) == (value, code)


def test_an_excel_date_names_what_was_probably_typed():
    parsed = parse_score(dt.date(2026, 6, 7), NPRS)
    assert parsed.note == "looks like 6-7 or 7-6 (or 6/7, 7/6) turned into a date"
    assert parse_score("07-Jun", NPRS).note == parsed.note
    assert "2026-03-05" in parse_score(46086, NPRS).note


@pytest.mark.parametrize("raw", [-99, "-99", "-99.0", -99.0, "999", " 999 ", "NASK"])
def test_codes_for_missing_are_missing(raw):
    coded = Scale(0, 10, sentinels=frozenset({-99, "999", "nask"}))
    parsed = parse_score(raw, coded)
    assert (parsed.value, parsed.code) == (None, "not-recorded")


def test_a_code_within_the_scale_is_missing_only_where_it_was_named():
    assert parse_score("9", Scale(0, 10, sentinels=("9",))).value is None
    assert parse_score("9", NPRS).value == 9


@pytest.mark.parametrize(
    ("means", "better", "value", "code"),
    [
        ("", "lower", None, "ambiguous-none"),
        ("zero", "lower", 0, "zero-in-words"),
        ("missing", "lower", None, "not-recorded"),
        ("zero", "higher", None, "ambiguous-none"),
        ("missing", "higher", None, "not-recorded"),
    ],
)
def test_none_means_what_the_owner_says(means, better, value, code):
    parsed = parse_score("None", Scale(0, 10, better=better, none_means=means))
    assert (parsed.value, parsed.code) == (value, code)


def test_an_unknown_meaning_of_none_is_refused():
    with pytest.raises(ValueError, match=r"none_means is .0.; use .zero. or .missing.\."):
        Scale(none_means="0")


@pytest.mark.parametrize(
    ("column", "verdict"),
    [
        (["3", "7", "0", "10"], "0-10"),
        (["3"] * 19 + ["11"], "0-10"),
        (["72", "35", "48", "90", "15"], "0-100"),
        (["72", "35", "48", "90", "4"], "0-100"),
        (["70", "35", "45", "90", "0", "5", "10"], "0-100"),
        (["70", "35", "4", "7", "3"], "mixed"),
        (["3"] * 8 + ["70", "65"], "mixed"),
        (["", "N/A", "mild"], "none"),
        ([], "none"),
        ([3.0, 7, 5], "0-10"),
    ],
)
def test_the_scale_is_decided_by_the_whole_column(column, verdict):
    assert scale_evidence(Cells.of(column)).verdict == verdict


def test_scale_evidence_counts_rows():
    found = scale_evidence(Cells.of(["3", "3", "70", "999", "mild", "", "-99"]), (-99,))
    assert (found.n_up_to_10, found.n_above_10, found.n_above_100, found.n_other) == (2, 1, 1, 2)
    assert found.examples == ("70", "3")
