"""A value written in any accepted way is read as that value."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipoutcomes.ingest.parsing.parse_dates import parse_date
from hipoutcomes.ingest.parsing.parse_degrees import parse_degrees
from hipoutcomes.ingest.parsing.parse_lengths import parse_duration, parse_minutes
from hipoutcomes.ingest.parsing.parse_scores import parse_score
from hipoutcomes.ingest.parsing.parse_terms import (
    parse_sex,
    parse_side,
    parse_treatments,
    parse_yes_no,
)
from hipoutcomes.ingest.parsing.parse_times import minutes_of, parse_time
from hipoutcomes.ingest.parsing.scales import Scale
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES
from hipoutcomes.vocabulary.measures import MEASURES

TODAY = date(2026, 11, 25)
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
days = st.dates(date(1990, 1, 2), TODAY)


def padded(text):
    """The same with what people leave around it."""
    return st.sampled_from([text, f" {text}", f"{text} ", f"\u00a0{text}\t"])


DATES = {
    "iso": lambda d: (f"{d:%Y-%m-%d}", "iso"),
    "slashes, year first": lambda d: (f"{d:%Y/%m/%d}", "iso"),
    "day first": lambda d: (f"{d.day}/{d.month}/{d.year}", "day-first"),
    "day first with points": lambda d: (f"{d.day:02d}.{d.month:02d}.{d.year}", "day-first"),
    "month first": lambda d: (f"{d.month}/{d.day}/{d.year}", "month-first"),
    "month by name": lambda d: (f"{d.day} {MONTHS[d.month - 1]} {d.year}", "day-first"),
    "month by short name": lambda d: (f"{MONTHS[d.month - 1][:3]} {d.day}, {d.year}", "iso"),
    "with a local time": lambda d: (f"{d:%Y-%m-%d} 18:30:00 -0700", "iso"),
}


@pytest.mark.parametrize("form", DATES)
@given(day=days, data=st.data())
@settings(max_examples=60, derandomize=True)
def test_dates(form, day, data):
    text, order = DATES[form](day)
    assert parse_date(data.draw(padded(text)), order, today=TODAY).value == day


@given(st.integers(0, 24 * 60 - 1))
@settings(max_examples=60, derandomize=True)
def test_times(minutes):
    hour, minute = divmod(minutes, 60)
    half = f"{hour % 12 or 12}:{minute:02d} {'am' if hour < 12 else 'pm'}"
    for text in (f"{hour:02d}:{minute:02d}", f"{hour}:{minute:02d}:00", half):
        assert parse_time(text).value == minutes == minutes_of(text)


SCORES = {
    "plain": lambda n: str(n),
    "out of ten": lambda n: f"{n}/10",
    "in words": lambda n: f"{n} out of 10",
    "about": lambda n: f"~{n}",
    "with a point": lambda n: f"{n}.0",
    "of a hundred": lambda n: f"{n * 10}/100",
    "centimetres": lambda n: f"{n} cm",
    "millimetres": lambda n: f"{n * 10} mm",
}


@pytest.mark.parametrize("form", SCORES)
@given(score=st.integers(0, 10), data=st.data())
@settings(max_examples=30, derandomize=True)
def test_scores_of_0_to_10(form, score, data):
    assert parse_score(data.draw(padded(SCORES[form](score))), Scale(0, 10)).value == score


@given(st.integers(0, 100))
@settings(max_examples=50, derandomize=True)
def test_scores_of_0_to_100(score):
    for text in (str(score), f"{score}/100", f"{score} mm"):
        assert parse_score(text, Scale(0, 100, step=0.0)).value == score


@given(st.integers(0, 99), st.integers(0, 9))
@settings(max_examples=50, derandomize=True)
def test_decimal_points_and_commas(whole, tenth):
    for sign in ".,":
        parsed = parse_score(f"{whole}{sign}{tenth}", Scale(0, 100, step=0.0))
        assert parsed.value == pytest.approx(whole + tenth / 10)


@given(st.integers(0, 160))
@settings(max_examples=50, derandomize=True)
def test_degrees(angle):
    scale = Scale.of(MEASURES["flexion_active"])
    for text in (str(angle), f"{angle}°", f"{angle} deg", f"{angle} degrees", f"{angle}º"):
        assert parse_degrees(text, scale).value == angle
    assert parse_degrees(f"0-{angle}", scale).value == angle or angle == 0


@given(st.integers(1, 300))
@settings(max_examples=50, derandomize=True)
def test_lengths_of_visits(minutes):
    for text in (str(minutes), f"{minutes} min", f"{minutes} minutes", f"{minutes}m"):
        assert parse_minutes(text).value == minutes


@given(st.integers(1, 40))
@settings(max_examples=40, derandomize=True)
def test_lengths_of_complaints(n):
    for text, weeks in ((f"{n} weeks", n), (f"{n} wk", n), (f"{n * 7} days", n)):
        assert parse_duration(text).value == pytest.approx(weeks)


@pytest.mark.parametrize("codelist", [TECHNIQUES, CONDITIONS], ids=lambda c: c.name)
@given(data=st.data())
@settings(max_examples=80, derandomize=True)
def test_terms_by_label_in_any_case(codelist, data):
    code = data.draw(st.sampled_from([c for c in codelist.terms if c != "other"]))
    label = codelist.label(code)
    text = data.draw(st.sampled_from([label, label.upper(), label.lower(), f"  {label}. "]))
    assert [term.code for term in parse_treatments(text, codelist).value] == [code]


@given(st.data())
@settings(max_examples=80, derandomize=True)
def test_several_techniques_with_their_minutes(data):
    codes = data.draw(
        st.lists(
            st.sampled_from(["swedish", "deep_tissue", "trigger_point", "myofascial_release"]),
            min_size=1,
            max_size=3,
            unique=True,
        )
    )
    minutes = [data.draw(st.integers(5, 90)) for _ in codes]
    sign = data.draw(st.sampled_from(["; ", ", ", " + ", "\n"]))
    pairs = zip(codes, minutes, strict=True)
    text = sign.join(f"{TECHNIQUES.label(code)} {n}" for code, n in pairs)
    read = parse_treatments(text, TECHNIQUES).value
    assert [(term.code, term.minutes) for term in read] == list(zip(codes, minutes, strict=True))


@pytest.mark.parametrize(
    ("parse", "forms"),
    [
        (
            parse_side,
            {"left": "left L lt Left-hip", "right": "right R rt", "both": "both bilateral"},
        ),
        (parse_yes_no, {True: "yes Y true 1 x", False: "no N false 0"}),
        (parse_sex, {"female": "F female woman", "male": "M male man", "other": "X other"}),
    ],
)
def test_words_of_a_short_list(parse, forms):
    for value, texts in forms.items():
        for text in texts.split():
            assert parse(text.replace("-", " ")).value == value, text


def test_workbook_dates_are_themselves():
    for n in range(0, 9_000, 97):
        day = date(2001, 1, 1) + timedelta(days=n)
        assert parse_date(day, "iso", today=TODAY).value == day
