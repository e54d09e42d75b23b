"""A plan before results: what it may say, and what it says of itself."""

from datetime import date

import pytest

from hipoutcomes.tables.analysis_plan import (
    AnalysisPlan,
    day_in_words,
    rule_from_text,
    rule_in_text,
)
from hipoutcomes.tables.outcome_rules import last, recorded, session, week


@pytest.mark.parametrize("rule", [week(6, 2), week(12, 3), session(4), last(), recorded()])
def test_every_rule_can_be_written_and_read(rule):
    assert rule_from_text(rule_in_text(rule)) == rule


def test_a_week_without_a_window_has_the_usual_one():
    assert rule_from_text("week 6") == week(6)
    assert rule_from_text("  WEEK  6   within 1 ") == week(6, 1)


@pytest.mark.parametrize("text", ["six weeks", "week", "week 6 within", "", "session four"])
def test_a_rule_that_is_none_is_refused(text):
    with pytest.raises(ValueError) as caught:
        rule_from_text(text)
    assert str(caught.value) == (
        "A plan's rule is written as 'week 6 within 2', 'session 6', 'last' or 'recorded'; it is "
        f"{text!r}."
    )


def test_a_rule_with_impossible_numbers_says_why():
    with pytest.raises(ValueError, match=r"week\(n, within\) needs n of 1 or more"):
        rule_from_text("week 2 within 2")


class Own:
    name = "my-own"


def test_a_rule_of_a_callers_own_cannot_be_written():
    with pytest.raises(ValueError, match="A plan's rule is written as"):
        rule_in_text(Own())


def test_labels_in_words():
    assert AnalysisPlan("pain").label == (
        "pain, outcome by the usual rule; no comparisons; written on a day not given"
    )
    crossed = AnalysisPlan(
        "pain", session(6), 1, (("technique", "condition"), ("n_follow_ups",)), date(2026, 3, 1)
    )
    assert crossed.label == (
        "pain, score before treatment at session 6; better by 1 point or more; compared by "
        "technique and condition, follow ups; written on 1 March 2026"
    )


def test_it_was_written_before_the_last_day_or_on_it():
    plan = AnalysisPlan("pain", written=date(2026, 1, 15))
    day = (date(2026, 1, 15) - date(1970, 1, 1)).days
    assert day_in_words(day) == "15 January 2026"
    assert [plan.written_before(d) for d in (day - 1, day, day + 1)] == [False, True, True]
    assert not AnalysisPlan("pain").written_before(day)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (
            {"outcome": "womac"},
            "A plan needs an outcome, such as 'pain'; it has 'womac', which is no measure.",
        ),
        (
            {"threshold": 11},
            "A plan's threshold for 'pain' must lie above 0 and up to 10 points; it is 11.",
        ),
        (
            {"threshold": 0},
            "A plan's threshold for 'pain' must lie above 0 and up to 10 points; it is 0.",
        ),
        (
            {"comparisons": (("colour",),)},
            "A plan compares by 'technique', 'condition', 'n_follow_ups', 'therapist', 'clinic', "
            "'procedure', 'sex', 'age_band', 'side'; it names 'colour'.",
        ),
    ],
)
def test_what_does_not_exist_is_refused(told, message):
    with pytest.raises(ValueError) as caught:
        AnalysisPlan(**{"outcome": "pain", **told})
    assert str(caught.value) == message
