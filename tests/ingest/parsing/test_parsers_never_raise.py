"""Whatever a cell holds, every reader answers with a `Parsed` whose code has a record."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipoutcomes.ingest.checks import CHECKS
from hipoutcomes.ingest.grids.cells import Cells, ExcelError
from hipoutcomes.ingest.parsing.parse_dates import date_evidence, parse_date
from hipoutcomes.ingest.parsing.parse_degrees import parse_degrees
from hipoutcomes.ingest.parsing.parse_lengths import parse_duration, parse_minutes
from hipoutcomes.ingest.parsing.parse_plain import parse_number, parse_pressure
from hipoutcomes.ingest.parsing.parse_scores import parse_score, scale_evidence
from hipoutcomes.ingest.parsing.parse_terms import (
    parse_sex,
    parse_side,
    parse_terms,
    parse_treatments,
    parse_yes_no,
)
from hipoutcomes.ingest.parsing.parsed import Parsed
from hipoutcomes.ingest.parsing.scales import Scale
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES

TODAY = dt.date(2026, 11, 23)
_PIECES = (
    "0 3 7 10 11 62 100 180 6.5 3,5 . , - – → -> / ; | + & and to ~ < > ≥ ? % ° mm cm deg min h wk "
    "years L R left right Jun 2026 26 T Z : #N/A none no pain mild Swedish MFR ½ ٣ ² ( ) = \t \n x "
    "approx ish out of w/ 99 NaN inf 1e5 today"
)
PIECES = _PIECES.split(" ")

texts = st.one_of(
    st.text(max_size=12),
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join),
)
cells = st.one_of(
    texts,
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(10**400, 10**401),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.builds(ExcelError, st.text(max_size=5)),
    st.binary(max_size=3),
    st.lists(st.integers(), max_size=2),
    st.builds(object),
)
scales = st.sampled_from(
    [
        Scale(0, 10),
        Scale(0, 100, step=0.0, none_means="zero"),
        Scale(-7, 7, better="higher", noun="change", none_means="missing"),
        Scale(0, 180, unit="degrees", soft_high=150, sentinels=(-99, "999")),
        Scale(0, 600, unit="seconds", soft_low=4, step=0.0),
    ]
)


def check(parsed):
    assert isinstance(parsed, Parsed)
    assert parsed.code == "" or parsed.code in CHECKS
    assert isinstance(parsed.note, str)
    if parsed.code == "":
        assert parsed.value is not None
    else:
        severity = CHECKS[parsed.code].severity
        assert (parsed.value is None) == (severity != "warning")


@settings(deadline=None)
@given(cells, scales)
def test_scores_and_degrees(raw, scale):
    for reader in (parse_score, parse_degrees):
        parsed = reader(raw, scale)
        check(parsed)
        if parsed.value is not None:
            assert type(parsed.value) is float
            assert scale.lowest <= parsed.value <= scale.highest


@settings(deadline=None)
@given(cells, st.sampled_from(["day-first", "month-first", "iso"]))
def test_dates(raw, order):
    parsed = parse_date(raw, order, today=TODAY)
    check(parsed)
    if parsed.value is not None:
        assert dt.date(1990, 1, 1) <= parsed.value <= TODAY


@settings(deadline=None)
@given(cells)
def test_terms(raw):
    for codelist in (TECHNIQUES, CONDITIONS):
        parsed = parse_terms(raw, codelist)
        check(parsed)
        assert parsed.value is None or all(
            code == "other" or code in codelist.terms for code in parsed.value
        )
        check(parse_treatments(raw, codelist))


@pytest.mark.parametrize(
    "reader",
    [
        parse_side,
        parse_yes_no,
        parse_sex,
        parse_pressure,
        parse_minutes,
        parse_duration,
        parse_number,
    ],
)
@settings(deadline=None)
@given(raw=cells)
def test_other_readers(reader, raw):
    check(reader(raw))


@settings(deadline=None)
@given(st.lists(st.one_of(texts, st.dates(), st.floats(), st.integers()), max_size=6))
def test_evidence_counts_every_filled_cell_once(column):
    column = Cells.of(column)
    found = scale_evidence(column)
    assert (
        found.n_up_to_10 + found.n_above_10 + found.n_above_100 + found.n_other == column.n_filled
    )
    dates = date_evidence(column, today=TODAY)
    counted = (
        dates.n_iso + dates.n_day_first_only + dates.n_month_first_only + dates.n_ambiguous
        + dates.n_typed + dates.n_unreadable
    )  # fmt: skip
    assert counted <= column.n_filled
