"""Trajectory and immediate change: who is at each point, and relief kept apart."""

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.analyses.immediate import immediate
from hipoutcomes.analyses.trajectory import trajectory
from hipoutcomes.errors import NotEnoughData

#: Twelve patients who come on days 0, 7, ..., fall by one point a week, and stop after session 3,
#: except the first ten.
SESSIONS = [(patient, week) for patient in range(1, 13) for week in range(4 if patient < 11 else 3)]


@pytest.fixture
def weekly(changes, hand_clinic):
    """The clinic of SESSIONS; patients 11 and 12 begin at 9, the others at 6."""
    patient, week = np.array(SESSIONS).T
    start = np.where(patient > 10, 9, 6)
    session_id = np.arange(1, len(SESSIONS) + 1)
    links = pd.DataFrame(
        {
            "episode_id": patient,
            "session_id": session_id,
            "patient_id": patient,
            "day": 7 * week,
            "episode_seq": week + 1,
        }
    )
    before = pd.DataFrame(
        {
            "patient_id": patient,
            "day": 7 * week,
            "timing": "before",
            "measure": "pain",
            "session_id": session_id,
            "score": start - week,
        }
    )
    after = before.assign(timing="after", score=before["score"] - 1 - (patient == 1))
    between = pd.DataFrame(
        {
            "patient_id": [11, 12],
            "day": [30, 80],
            "timing": "between",
            "measure": "pain",
            "session_id": np.nan,
            "score": [2.0, 1.0],
        }
    )
    episodes = changes([6.0] * 10 + [9.0] * 2, [4.0] * 12).assign(
        last_day=[21] * 10 + [14] * 2, n_sessions=[4] * 10 + [3] * 2
    )
    sessions = links.assign(technique=np.where(week == 0, "swedish", "cupping"), seq=week + 1)

    def made(last_day=1000, **more):
        scores = pd.concat([before, after, between], ignore_index=True)
        tables = {"episodes": episodes, "links": links, "scores": scores, "sessions": sessions}
        return hand_clinic([episodes], last_day=last_day, **(tables | more))

    return made


def test_means_at_each_session_with_the_own_start_of_those_still_measured(weekly):
    table = trajectory(weekly(), "pain").table
    assert table["session_number"].tolist() == [1, 2, 3, 4]
    assert table["estimate"].tolist() == [6.5, 5.5, 4.5, 3.0]
    assert table["n_measured"].tolist() == table["n_still_coming"].tolist() == [12, 12, 12, 10]
    assert table["baseline_mean"].tolist() == [6.5, 6.5, 6.5, 6.0]


def test_sentences_warn_that_the_people_at_the_end_are_not_those_at_the_start(weekly):
    words = trajectory(weekly(), "pain").words
    assert words[0].startswith("At session 1, mean pain was 6.5 (95% interval ")
    assert words[0].endswith("; 12 of 12 due measured, 12 still coming).")
    assert words[1] == (
        "At session 4, it was 3.0 (95% interval 3.0 to 3.0; 10 of 10 due measured, 10 still "
        "coming)."
    )
    assert words[2] == (
        "The 10 measured at session 4 are not all the 12 measured at session 1: at session 1 their "
        "own mean was 6.0."
    )


def test_weeks_take_scores_between_visits_and_say_who_was_due(weekly):
    table = trajectory(weekly(), "pain", axis="week").table
    assert table["week"].tolist() == [0, 1, 2, 3]
    assert table["n_measured"].tolist() == [12, 12, 12, 10]
    assert table["n_still_coming"].tolist() == [12, 12, 12, 10]
    assert table["n_due"].tolist() == [12] * 4


def test_a_week_that_the_records_do_not_cover_is_not_due(weekly):
    table = trajectory(weekly(last_day=16), "pain", axis="week").table
    assert table["week"].tolist() == [0, 1]


def test_points_of_fewer_than_ten_have_no_mean(weekly, hand_clinic):
    clinic = weekly()
    kept = clinic.scores.frame
    clinic.scores.frame = kept[(kept["patient_id"] < 9) | (kept["day"] == 0)]
    table = trajectory(clinic, "pain").table
    assert table["estimate"].notna().tolist() == [True, False, False, False]
    assert table["session_number"].tolist() == [1, 2, 3, 4]
    assert table["reason"].iloc[1] == "only 8 patients; an estimate needs 10"


def test_selection_holds_the_first_scores_of_those_who_left(weekly):
    selection = trajectory(weekly(), "pain").supporting["selection"]
    last = selection[selection["session_number"] == 4].set_index("status")
    assert last["n_patients"].to_dict() == {"measured": 10, "not measured": 2}
    assert last.loc["measured", "baseline_mean"] == 6.0
    assert last.loc["not measured", "reason"] == "only 2 patients; an estimate needs 10"


def test_episodes_that_were_already_running_are_not_in_the_curve(weekly):
    clinic = weekly()
    clinic.episodes.frame = clinic.episodes.frame.assign(already_running=[True] + [False] * 11)
    answer = trajectory(clinic, "pain")
    assert answer.sample == {
        "patients seen": 12,
        "already running": 1,
        "in the curve": 11,
        "with any score": 11,
    }
    assert answer.table["n_measured"].tolist() == [11, 11, 11]


def test_a_score_of_a_later_complaint_is_not_a_point_of_this_curve(weekly):
    clinic = weekly()
    episodes = clinic.episodes.frame
    episodes.loc[0, "next_first_day"] = 20
    later = episodes.iloc[[0]].assign(episode_id=99, first_day=20, last_day=20)
    clinic.episodes.frame = pd.concat([episodes, later], ignore_index=True)
    assert trajectory(clinic, "pain", axis="week").table["n_measured"].tolist()[:4] == [
        12,
        12,
        12,
        9,
    ]


def test_wrong_axis_and_records_without_sessions_are_refused(weekly, changes, hand_clinic):
    with pytest.raises(ValueError) as refused:
        trajectory(weekly(), "pain", axis="month")
    assert str(refused.value) == "axis must be 'session' or 'week'; it is 'month'."
    with pytest.raises(NotEnoughData, match="one row per episode, without its sessions"):
        trajectory(hand_clinic([changes([6.0], [4.0])], shape="episodes"), "pain")


def test_every_patient_counts_once_whatever_the_number_of_sessions(weekly):
    answer = immediate(weekly(), "pain")
    row = answer.table.iloc[0]
    # Patient 1 falls by 2 in each of four sessions, the eleven others by 1.
    assert row["estimate"] == pytest.approx((2 + 11) / 12)
    assert (row["n_patients"], row["n_sessions"], row["df"]) == (12, 46, 11)
    assert answer.words == (
        "46 of 46 sessions with a score of pain before treatment also have one just after it.",
        "Within a session, pain was lower by 1.1 points (95% interval 0.9 to 1.3; 12 patients, 46 "
        "sessions).",
        "This is the change of that hour, not a lasting one.",
    )


def test_immediate_change_by_the_technique_of_the_session(weekly):
    table = immediate(weekly(), "pain", by="technique").table.set_index("technique")
    assert table["n_sessions"].to_dict() == {"cupping": 34, "swedish": 12}
    assert table["n_patients"].tolist() == [12, 12]


def test_immediate_change_needs_scores_after_treatment(weekly):
    clinic = weekly()
    clinic.scores.frame = clinic.scores.frame[clinic.scores.frame["timing"] == "before"]
    with pytest.raises(NotEnoughData) as refused:
        immediate(clinic, "pain")
    assert str(refused.value) == (
        "No session has a score of pain both before and after treatment.\n"
        "  46 have one before treatment.\n"
        "  Ask again when treatment ends, and record it in a column of its own, such as 'pain "
        "after'."
    )


def test_follow_ups_are_no_grouping_of_a_session(weekly):
    with pytest.raises(ValueError, match="by='n_follow_ups' is no grouping; it may be 'technique'"):
        immediate(weekly(), "pain", by="n_follow_ups")
