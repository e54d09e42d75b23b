"""Improvement: numbers by hand, sentences whole, small groups silent, speed."""

import time

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.analyses.improvement import improvement
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.tables.outcome_rules import session
from hipoutcomes.vocabulary.groupings import GROUPINGS

#: Ten patients: five improve by 1, five by 3. Mean 2, variance 10/9, standard error 1/3.
TEN = ([6.0] * 10, [5.0] * 5 + [3.0] * 5)

#: 97.5% point of t on 9 degrees of freedom, from any printed table.
T_9 = 2.262


def test_mean_interval_and_counts_of_ten_patients(changes, hand_clinic):
    table = improvement(hand_clinic([changes(*TEN)]), "pain").table
    row = table.iloc[0]
    assert (row["group"], row["quantity"], row["unit"]) == ("all", "mean improvement", "points")
    assert row["estimate"] == 2.0
    assert row["std_error"] == pytest.approx(1 / 3)
    assert row["conf_low"] == pytest.approx(2 - T_9 / 3, abs=5e-4)
    assert row["conf_high"] == pytest.approx(2 + T_9 / 3, abs=5e-4)
    assert (row["df"], row["n_patients"]) == (9, 10)
    assert (row["baseline_mean"], row["final_mean"]) == (6.0, 4.0)
    assert row["standardised_mean"] == pytest.approx(2 / np.sqrt(10 / 9))
    assert (row["n_improved"], row["n_unchanged"], row["n_worsened"]) == (10, 0, 0)
    assert row["reason"] == ""


def test_the_sentences_of_ten_measured_out_of_sixteen(changes, hand_clinic):
    frame = changes([*TEN[0], *[7.0] * 4, np.nan, 5.0], [*TEN[1], *[np.nan] * 6])
    frame.loc[14, "status"] = "no first score"
    frame.loc[15, "status"] = "not yet due"
    answer = improvement(hand_clinic([frame]), "pain")
    assert answer.words == (
        "10 of the 14 patients whose later score was due were measured again (71%).",
        "Not counted among them: 1 whose later score is not yet due and 1 without a first score.",
        "Their mean pain went from 6.0 to 4.0: lower by 2.0 points (95% interval 1.2 to 2.8).",
        "Of the 10, 10 improved, 0 did not change and 0 worsened, counting a change of any size.",
    )
    assert answer.sample == {
        "patients seen": 16,
        "already running": 0,
        "not yet due": 1,
        "no first score": 1,
        "due": 14,
        "measured": 10,
        "not measured again": 4,
        "not comparable": 0,
    }
    assert answer.question == "How much did pain change?"
    assert answer.name == "improvement-pain"


def test_worse_is_said_to_be_worse_in_the_direction_of_the_measure(changes, hand_clinic):
    worse = improvement(hand_clinic([changes(TEN[1], TEN[0])]), "pain").words[1]
    assert worse == (
        "Their mean pain went from 4.0 to 6.0: higher (worse) by 2.0 points (95% interval 1.2 to "
        "2.8)."
    )
    better = improvement(hand_clinic([changes(TEN[1], TEN[0], "lefs")]), "lefs").words[1]
    assert better == (
        "Their mean LEFS function went from 4.0 to 6.0: higher by 2.0 points (95% interval 1.2 to "
        "2.8)."
    )


def test_an_interval_that_holds_no_change_says_so(changes, hand_clinic):
    said = improvement(hand_clinic([changes([5.0] * 10, [6.0] * 5 + [4.0] * 5)]), "pain").words[1]
    assert said == (
        "Their mean pain went from 5.0 to 5.0: the same (95% interval −0.8 to 0.8, so no change is "
        "among the likely values)."
    )


def test_nine_patients_get_their_number_and_the_reason(changes, hand_clinic):
    answer = improvement(hand_clinic([changes(TEN[0][:9], TEN[1][:9])]), "pain")
    row = answer.table.iloc[0]
    assert row[["n_patients", "n_due"]].tolist() == [9, 9]
    assert row["reason"] == "only 9 patients; an estimate needs 10"
    silent = ["estimate", "conf_low", "std_dev", "baseline_mean", "final_mean", "n_improved"]
    assert row[silent].isna().all()
    assert answer.words[-1] == "There is no estimate: only 9 patients; an estimate needs 10."


def test_nobody_measured_is_an_answer_too(changes, hand_clinic):
    answer = improvement(hand_clinic([changes([5.0] * 3, [np.nan] * 3)]), "pain")
    assert answer.words == (
        "0 of the 3 patients whose later score was due were measured again (0%).",
        "There is no estimate: no patients; an estimate needs 10.",
    )
    assert answer.plot() is not None


def test_each_technique_in_one_sentence_with_n_of_n_due_and_in_no_order_of_merit(
    changes, hand_clinic
):
    frame = changes(
        [*TEN[0], *TEN[0], 6.0, 6.0, 6.0],
        [*TEN[1], *[6.0] * 10, 5.0, np.nan, np.nan],
        technique=["swedish"] * 10 + ["deep_tissue"] * 10 + ["cupping", "swedish", None],
    )
    answer = improvement(hand_clinic([frame]), "pain", by="technique")
    assert answer.words[1:] == (
        "Observed change in pain from first to later score, with its 95% interval, group by group:",
        "Deep tissue: the same (0.0 to 0.0, so no change is among the likely values); 10 of 10 due "
        "measured.",
        "Swedish: lower by 2.0 points (1.2 to 2.8); 10 of 11 due measured.",
        "Cupping: no estimate, only 1 patient; an estimate needs 10 (1 of 1 due measured).",
        "Technique not recorded: no estimate, no patients; an estimate needs 10 (0 of 1 due "
        "measured).",
        "The order of the groups says nothing about their results.",
    )
    assert answer.table["n_due"].sum() == answer.sample["due"] == 23
    assert answer.table["n_measured"].sum() == answer.sample["measured"] == 21
    assert GROUPINGS["technique"].caution in answer.notes


def test_by_follow_ups_counts_who_was_still_coming_and_brings_the_caution(changes, hand_clinic):
    frame = changes(
        *TEN,
        n_follow_ups=2,
        n_sessions_before=3,
        n_sessions=[3, 3, 3, 4, 4, 5, 5, 5, 6, 9],
    )
    answer = improvement(hand_clinic([frame]), "pain", by="n_follow_ups")
    assert answer.table["n_still_coming"].tolist() == [7]
    assert answer.words[-1] == (
        "2 follow-ups: lower by 2.0 points (1.2 to 2.8); 10 of 10 due measured, 7 still coming "
        "then."
    )
    assert GROUPINGS["n_follow_ups"].caution in answer.notes


def test_a_headline_counts_one_episode_a_patient_and_all_counts_every_one(changes, hand_clinic):
    frame = changes([*TEN[0], 6.0], [*TEN[1], 1.0])
    frame.loc[10, "patient_id"] = 1
    frame.loc[10, "is_headline"] = False
    clinic = hand_clinic([frame])
    first = improvement(clinic, "pain").table.iloc[0]
    every = improvement(clinic, "pain", episodes="all")
    assert (first["n_episodes"], first["n_patients"]) == (10, 10)
    assert every.table[["n_episodes", "n_patients"]].iloc[0].tolist() == [11, 10]
    assert every.sample["episodes seen"] == 11
    assert (
        every.words[0]
        == "11 of the 11 episodes whose later score was due were measured again (100%)."
    )


def test_first_and_later_scores_are_there_to_draw_without_a_sign_of_who_it_was(
    changes, hand_clinic
):
    pairs = improvement(hand_clinic([changes(*TEN)]), "pain").supporting["pairs"]
    assert pairs["final"].tolist() == [3.0] * 5 + [5.0] * 5
    assert "patient_id" not in pairs


def test_every_answer_says_what_it_is_not(changes, hand_clinic):
    notes = improvement(hand_clinic([changes(*TEN)]), "pain").notes
    assert notes[0].startswith("This is observed change, not the effect of care")


def test_what_the_caller_left_out_is_said(changes, hand_clinic):
    clinic = hand_clinic([changes(*TEN)], left_out=(("age 60 or more", 12, 1),))
    assert improvement(clinic, "pain").notes[-1] == (
        "Left out by choice (age 60 or more): 12 patients and 1 session."
    )


def test_another_rule_is_named(changes, hand_clinic):
    answer = improvement(hand_clinic([changes(*TEN)]), "pain", rule=session(4))
    assert answer.name == "improvement-pain-session-4"
    assert "score before treatment at session 4" in answer.method


def test_an_unknown_outcome_is_refused_with_those_recorded(changes, hand_clinic):
    clinic = hand_clinic([changes(*TEN), changes(*TEN, "lefs")])
    with pytest.raises(ValueError) as refused:
        improvement(clinic, "happiness")
    assert str(refused.value) == (
        "There is no measure 'happiness'; these records hold pain and lefs."
    )
    with pytest.raises(NotEnoughData) as absent:
        improvement(clinic, "tug")
    assert str(absent.value) == "These records hold no scores of 'tug'.\n  They hold pain and lefs."


def test_tension_has_no_mean(changes, hand_clinic):
    with pytest.raises(NotEnoughData) as refused:
        improvement(hand_clinic([changes(*TEN, "tension")]), "tension")
    assert str(refused.value) == (
        "Muscle tension is rated in categories, which have no mean.\n"
        '  Ask for shifts of category: shifts(clinic, "tension").'
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"episodes": "some"}, "episodes must be 'first' or 'all'; it is 'some'."),
        ({"level": 95}, "level must lie between 0 and 1, such as 0.95; it is 95."),
    ],
)
def test_wrong_options_are_refused(changes, hand_clinic, wrong, said):
    with pytest.raises(ValueError) as refused:
        improvement(hand_clinic([changes(*TEN)]), "pain", **wrong)
    assert str(refused.value) == said


def test_four_hundred_groups_of_a_hundred_thousand_patients_take_no_time(changes, hand_clinic):
    rng = np.random.default_rng(1)
    n = 167_000
    frame = changes(rng.integers(3, 11, n), rng.integers(0, 11, n))
    frame["clinic"] = pd.Categorical.from_codes(
        rng.integers(0, 400, n), [f"clinic {i}" for i in range(400)]
    )
    clinic = hand_clinic([frame])
    improvement(clinic, "pain", by="clinic")
    took = []
    for _ in range(3):
        start = time.perf_counter()
        table = improvement(clinic, "pain", by="clinic").table
        took.append(time.perf_counter() - start)
    assert len(table) == 400
    # About 0.06 s when this was written; wide, for machines that are busy.
    assert min(took) < 0.3
