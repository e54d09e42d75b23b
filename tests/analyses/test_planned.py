"""Planned or exploratory: what must match, when it was written, and what looking around costs."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.analyses.planned import (
    exploratory_comparisons,
    is_planned,
    plan_notes,
    stamp_of,
)
from hipoutcomes.tables.analysis_plan import AnalysisPlan
from hipoutcomes.tables.outcome_rules import recorded, session, week
from hipoutcomes.tables.records import NO_DAY
from hipoutcomes.vocabulary.columns import ESTIMATE_NAMES
from hipoutcomes.vocabulary.thresholds import default_threshold, thresholds_of

END = (date(2026, 6, 30) - date(1970, 1, 1)).days
PLAN = AnalysisPlan(
    "pain", None, None, (("technique",), ("technique", "condition")), date(2026, 1, 15)
)


@pytest.fixture
def clinic(changes, hand_clinic):
    """A clinic with a plan."""

    def make(plan=PLAN, last_day=END, shape="sessions"):
        made = hand_clinic([changes([6.0], [4.0])], last_day=last_day, shape=shape)
        made.analysis_plan = plan
        return made

    return make


@pytest.mark.parametrize(
    ("asked", "planned"),
    [
        ({}, True),
        ({"by": "technique"}, True),
        ({"by": ["condition", "technique"]}, True),
        ({"by": "condition"}, False),
        ({"by": "therapist"}, False),
        ({"rule": week(6, within=2)}, True),
        ({"rule": week(6, within=1)}, False),
        ({"rule": session(6)}, False),
        ({"threshold": 2}, True),
        ({"threshold": default_threshold("pain")}, True),
        ({"threshold": replace(default_threshold("pain"), operator=">")}, False),
        ({"threshold": next(t for t in thresholds_of("pain") if t.unit == "percent")}, False),
        ({"threshold": 3}, False),
        ({"outcome": "flexion_active"}, False),
    ],
)
def test_only_what_the_plan_names_is_planned(clinic, asked, planned):
    assert is_planned(clinic(), **{"outcome": "pain", **asked}) is planned
    stamp = stamp_of(clinic(), **{"outcome": "pain", **asked})
    assert stamp == ("planned" if planned else "exploratory")


def test_a_threshold_in_the_plan_takes_the_place_of_the_default(clinic):
    own = clinic(replace(PLAN, threshold=3))
    assert is_planned(own, "pain", threshold=3)
    assert not is_planned(own, "pain", threshold=2)
    assert is_planned(own, "pain")


def test_without_a_plan_everything_is_exploratory(clinic):
    assert stamp_of(clinic(None), "pain") == "exploratory"
    assert plan_notes(clinic(None)) == (
        "No plan was written before results were seen, so everything here is exploratory.",
    )


@pytest.mark.parametrize(
    ("written", "note"),
    [
        (
            None,
            "The plan gives no day, so it counts as written after the data, and everything here "
            "as exploratory.",
        ),
        (
            date(2026, 7, 1),
            "The plan was written after the data: the records end on 30 June 2026. Everything "
            "here counts as exploratory.",
        ),
    ],
)
def test_a_plan_without_a_day_or_after_the_last_is_written_after_the_data(clinic, written, note):
    late = clinic(replace(PLAN, written=written))
    assert stamp_of(late, "pain", "technique") == "planned, but written after the data"
    assert not is_planned(late, "pain", "technique")
    assert stamp_of(late, "pain", "therapist") == "exploratory"
    assert plan_notes(late)[1] == note


def test_a_plan_in_time_says_what_cannot_be_checked(clinic):
    assert plan_notes(clinic()) == (
        f"The plan: {PLAN.label}.",
        "The records run to 30 June 2026. That the plan was written when it says cannot be "
        "checked here.",
    )


def test_records_without_dates_cannot_tell(clinic):
    dateless = clinic(replace(PLAN, rule=recorded()), NO_DAY, "episodes")
    assert not is_planned(dateless, "pain", "technique")
    assert plan_notes(dateless)[1].startswith("The records hold no dates, so nobody can tell")


def test_an_outcome_that_was_planned_and_never_recorded_is_named(clinic):
    assert plan_notes(clinic(replace(PLAN, outcome="ihot12")))[-1] == (
        "The records hold no scores of 'ihot12', which was planned."
    )


def test_questions_about_what_does_not_exist_are_refused(clinic):
    with pytest.raises(ValueError, match="There is no measure 'womac'"):
        is_planned(clinic(), "womac")
    with pytest.raises(ValueError, match="by='colour' is no grouping"):
        is_planned(clinic(), "pain", "colour")


def test_all_exploratory_p_values_are_adjusted_together():
    # Benjamini & Hochberg (1995), section 4: of fifteen p-values four are found at 5 percent.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
         0.5719, 0.6528, 0.7590, 1.0000]  # fmt: skip
    first = pd.DataFrame({"contrast": list("abcdefgh"), "p_value": [*p[:7], np.nan]})
    second = pd.DataFrame({"term": list("ijklmnop"), "p_value": p[7:], "n_patients": 9})
    without = pd.DataFrame({"group": ["all"], "estimate": [2.0]})
    looked = exploratory_comparisons([("one", first), ("none", without), ("two", second)])
    assert looked["answer"].tolist() == ["one"] * 7 + ["two"] * 8
    assert (looked["p_adjusted"] <= 0.05).sum() == 4
    assert looked["p_value"].tolist() == p
    # R: p.adjust(p, "BH")[c(1, 4, 5, 15)].
    np.testing.assert_allclose(
        looked["p_adjusted"].iloc[[0, 3, 4, 14]], [0.0015, 0.035625, 0.0603, 1.0]
    )
    assert set(looked) <= ESTIMATE_NAMES


def test_without_comparisons_there_is_nothing_to_adjust():
    assert len(exploratory_comparisons([])) == 0
    assert len(exploratory_comparisons([("one", pd.DataFrame({"p_value": [np.nan]}))])) == 0
