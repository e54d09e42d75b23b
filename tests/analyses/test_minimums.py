"""Every analysis follows the minimums of the clinic that it is asked of."""

import pandas as pd
import pytest

from hipoutcomes.analyses.comparability import can_compare
from hipoutcomes.analyses.completeness import completeness
from hipoutcomes.analyses.immediate import immediate
from hipoutcomes.analyses.improvement import improvement
from hipoutcomes.analyses.responders import responders
from hipoutcomes.analyses.shifts import shifts
from hipoutcomes.analyses.table_one import table_one
from hipoutcomes.analyses.trajectory import trajectory
from hipoutcomes.vocabulary.minimums import Minimums

FIVE = Minimums(estimate=5, contrast=5)
BEFORE, AFTER = [6.0, 7.0, 5.0, 8.0, 4.0], [4.0, 4.0, 5.0, 5.0, 3.0]


def scores(n_patients):
    """Scores of pain before and after treatment at two weekly sessions."""
    return pd.DataFrame(
        [
            {"patient_id": p, "day": 7 * week, "measure": "pain", "timing": timing,
             "score": 6.0 - week - after + p % 2, "session_id": 2 * p + week - 1}
            for p in range(1, n_patients + 1)
            for week in (0, 1)
            for after, timing in enumerate(("before", "after"))
        ]
    )  # fmt: skip


@pytest.fixture
def clinic_of(changes, hand_clinic):
    """A clinic of a few patients under the minimums asked for."""

    def made(minimums, n_patients=5):
        frame = changes(BEFORE[:n_patients], AFTER[:n_patients])
        visits = scores(n_patients).drop_duplicates("session_id")
        visits = visits.drop(columns=["measure", "timing", "score"])
        return hand_clinic(
            [frame],
            minimums=minimums,
            scores=scores(n_patients),
            episodes=frame.assign(last_day=7),
            sessions=visits,
            links=visits.assign(
                episode_id=visits["patient_id"], episode_seq=visits["day"] // 7 + 1
            ),
        )

    return made


ASKED = {
    "improvement": lambda c: improvement(c, "pain").table,
    "responders": lambda c: responders(c, "pain").table,
    "trajectory": lambda c: trajectory(c, "pain").table,
    "trajectory in weeks": lambda c: trajectory(c, "pain", axis="week").table.head(2),
    "immediate": lambda c: immediate(c, "pain").table,
    "table one": lambda c: table_one(c).table.head(1),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_groups_of_the_least_size_get_an_estimate_and_smaller_ones_the_reason(ask, clinic_of):
    assert ask(clinic_of(FIVE))["estimate"].notna().all()
    usual = ask(clinic_of(Minimums()))
    assert usual["estimate"].isna().all()
    assert set(usual["reason"]) == {"only 5 patients; an estimate needs 10"}
    smaller = ask(clinic_of(FIVE, n_patients=4))
    assert smaller["estimate"].isna().all()
    assert set(smaller["reason"]) == {"only 4 patients; an estimate needs 5"}


def test_shifts_have_shares_from_the_least_size_on(changes, hand_clinic):
    frame = changes([3.0] * 5, [2.0] * 5, "tension")
    counts = [
        shifts(hand_clinic([frame], minimums=minimums)).supporting["counts"].iloc[0]
        for minimums in (FIVE, Minimums())
    ]
    assert [row["share_better"] for row in counts] == [
        1.0,
        pytest.approx(float("nan"), nan_ok=True),
    ]
    assert counts[1]["reason"] == "only 5 patients; an estimate needs 10"


def test_charts_draw_the_means_that_the_answer_has(clinic_of):
    answer = improvement(clinic_of(FIVE), "pain")
    assert answer.plot().lines[0].get_ydata().tolist() == [6.0, 4.2]
    assert answer.alternative.endswith("mean 6.0 at first, 4.2 later.")
    assert improvement(clinic_of(Minimums()), "pain").alternative.endswith("too few for a mean.")
    answer = trajectory(clinic_of(FIVE), "pain")
    drawn = next(line for line in answer.plot().lines if line.get_marker() == "o")
    assert drawn.get_ydata().tolist() == answer.table["estimate"].tolist()
    assert "Session 2: mean 5.6, 5 measured" in answer.alternative
    assert trajectory(clinic_of(FIVE, n_patients=4), "pain").words == (
        "At no session were 5 patients measured.",
    )


def test_the_curve_and_the_comparison_follow_them_too(changes, hand_clinic):
    frame = changes(BEFORE * 2, AFTER * 2, technique=["swedish"] * 5 + ["cupping"] * 5)
    five, usual = (hand_clinic([frame], minimums=minimums) for minimums in (FIVE, Minimums()))
    curve = responders(five, "pain", by="technique").supporting["cumulative"]
    assert set(curve["group"]) == {"Swedish", "Cupping"}
    curve = responders(usual, "pain", by="technique").supporting["cumulative"]
    assert curve["estimate"].isna().all()
    assert curve["reason"].str.startswith("only ").all()
    answer = can_compare(five, "pain", "technique")
    row = answer.table.iloc[0]
    assert row[["n_large_enough", "reason"]].tolist() == [2, ""]
    assert answer.words[1].startswith(
        "Techniques: 2 of 2 have at least 5 patients measured again; two such groups could show"
    )
    row = can_compare(usual, "pain", "technique").table.iloc[0]
    assert row["reason"] == "no two groups have 20 measured patients each"


def test_those_lost_are_described_from_the_least_size_on(changes, hand_clinic):
    frame = changes(BEFORE * 2, [*AFTER, *[None] * 5])
    said = [
        completeness(hand_clinic([frame], minimums=minimums), "pain").words[-1]
        for minimums in (FIVE, Minimums())
    ]
    assert said == [
        "Those not measured again began with a mean pain of 6.0, those measured with 6.0 "
        "(standardised difference 0.00).",
        "There are too few on one side (5 measured, 5 not) to say how the two differ.",
    ]
