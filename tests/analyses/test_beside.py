"""Discomfort, aftercare and tension: described, never averaged over raters, never a cause."""

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.analyses.associations import associations
from hipoutcomes.analyses.shifts import shifts
from hipoutcomes.errors import NotEnoughData


@pytest.fixture
def visits():
    """Thirty patients with sessions on days 0, 14 and 42."""
    patient = np.repeat(np.arange(1, 31), 3)
    day = np.tile([0, 14, 42], 30)
    return pd.DataFrame(
        {
            "episode_id": patient,
            "patient_id": patient,
            "session_id": np.arange(1, 91),
            "day": day,
            "episode_seq": np.tile([1, 2, 3], 30),
        }
    )


@pytest.fixture
def frame(changes):
    """Fifteen improve by 2 and fifteen by 1."""
    return changes([6.0] * 30, [4.0] * 15 + [5.0] * 15)


def test_discomfort_counts_only_sessions_before_the_later_score(visits, frame, hand_clinic):
    felt = np.where(visits["patient_id"] <= 15, 2.0, 5.0)
    felt = np.where(visits["day"] == 42, 10.0, felt)
    scores = visits.assign(timing="during", measure="discomfort", score=felt)
    answer = associations(hand_clinic([frame], links=visits, scores=scores), "pain")
    assert answer.table["group"].tolist() == [
        "Mild discomfort (1 to below 4)",
        "Moderate discomfort (4 to below 7)",
    ]
    assert answer.table["estimate"].tolist() == [2.0, 1.0]
    assert "not as its cause" in answer.notes[0]


def test_those_without_discomfort_recorded_are_counted(visits, frame, hand_clinic):
    scores = visits[visits["patient_id"] <= 20].assign(
        timing="during", measure="discomfort", score=0.0
    )
    table = associations(hand_clinic([frame], links=visits, scores=scores), "pain").table
    assert table["group"].tolist() == [
        "No or hardly any discomfort (below 1)",
        "Discomfort not recorded",
    ]
    assert table["n_patients"].tolist() == [20, 10]


def test_aftercare_is_followed_not_followed_or_not_recorded(visits, frame, hand_clinic):
    said = np.where(visits["patient_id"] <= 10, "stretching;rest", None).astype(object)
    said[(visits["patient_id"] > 10) & (visits["patient_id"] <= 20)] = "hydration"
    # What is noted at the first visit was before any care, and is not aftercare followed.
    said[(visits["patient_id"] == 30) & (visits["day"] == 0)] = "stretching"
    sessions = visits.assign(aftercare_followed=said)
    clinic = hand_clinic([frame], links=visits, sessions=sessions)
    table = associations(clinic, "pain", "aftercare").table.set_index("group")
    assert table["n_patients"].to_dict() == {
        "Any aftercare: followed": 20,
        "Any aftercare: not recorded": 10,
        "Hydration: followed": 10,
        "Hydration: not followed": 10,
        "Rest: followed": 10,
        "Rest: not followed": 10,
        "Stretching: followed": 10,
        "Stretching: not followed": 10,
    }
    assert table.loc["Stretching: followed", "estimate"] == 2.0
    assert table.loc["Stretching: not followed", "estimate"] == 1.5


@pytest.mark.parametrize("practice", ["discomfort", "aftercare"])
def test_a_practice_that_was_not_recorded_says_how_to_record_it(
    visits, frame, hand_clinic, practice
):
    clinic = hand_clinic([frame], links=visits, sessions=visits)
    with pytest.raises(NotEnoughData, match=r"These records hold no .*\n  Ask "):
        associations(clinic, "pain", practice)


def test_an_unknown_practice_is_refused(frame, hand_clinic):
    with pytest.raises(ValueError) as refused:
        associations(hand_clinic([frame]), "pain", "diet")
    assert str(refused.value) == "practice must be 'discomfort' or 'aftercare'; it is 'diet'."


def test_shifts_of_tension_are_counts_of_patients(changes, hand_clinic):
    frame = changes([3.0] * 8 + [2.0] * 4 + [1.0], [2.0] * 8 + [2.0] * 3 + [3.0, np.nan], "tension")
    frame.loc[12, "status"] = "not comparable"
    answer = shifts(hand_clinic([frame]))
    pairs = answer.table.set_index(["baseline", "final"])["n_patients"].to_dict()
    assert pairs == {(2.0, 2.0): 3, (2.0, 3.0): 1, (3.0, 2.0): 8}
    assert not {"estimate", "std_dev", "baseline_mean"} & set(answer.table)
    assert answer.words == (
        "12 of the 13 patients whose later score was due were measured again (92%).",
        "1 was rated again, but not by the same known therapist, and is not counted.",
        "Of 12 patients rated twice by the same therapist, 8 had less muscle tension (67%, 95% "
        "interval 39% to 86%), 3 the same, and 1 more (8%, 0% to 38%).",
    )


def test_what_is_measured_in_numbers_has_no_shifts(frame, changes, hand_clinic):
    clinic = hand_clinic([frame, changes([3.0], [2.0], "tension")])
    with pytest.raises(NotEnoughData) as refused:
        shifts(clinic, "pain")
    assert str(refused.value) == (
        "Pain is a number, not a category.\n"
        "  Rated in categories here: tension.\n"
        '  Ask for improvement(clinic, "pain").'
    )
