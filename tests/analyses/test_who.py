"""Who the patients are, who is missing, and what the records can compare."""

import numpy as np
import pytest

from hipoutcomes.analyses.comparability import can_compare
from hipoutcomes.analyses.completeness import completeness
from hipoutcomes.analyses.table_one import table_one
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.vocabulary.columns import STATUSES


@pytest.fixture
def thirty(changes):
    """Thirty patients of four therapists, half of them measured again; women begin worse."""
    sex = np.array(["female", "male"] * 15)
    baseline = np.where(sex == "female", 7.0, 5.0) + np.tile([0, 0, 1, -1, 0], 6)
    return changes(
        baseline,
        np.where(np.arange(30) < 15, baseline - 2, np.nan),
        sex=sex,
        age=np.r_[np.full(29, 50.0), np.nan],
        technique=np.tile(["swedish", "deep_tissue", "mixed"], 10),
        therapist=np.tile(["Ada", "Ben", "Cleo", "Dev", "Dev"], 6),
    )


def test_the_flow_has_every_status_in_order_and_adds_up(thirty, hand_clinic):
    frame = thirty.copy()
    frame.loc[28:29, "status"] = ["already running", "no first score"]
    answer = completeness(hand_clinic([frame]), "pain")
    assert answer.table["status"].tolist() == list(STATUSES)
    assert answer.table["n_patients"].tolist() == [1, 0, 1, 13, 0, 15]
    assert answer.table["n_patients"].sum() == answer.sample["patients seen"]
    assert answer.words[:2] == (
        "15 of the 28 patients whose later score was due were measured again (54%).",
        "Not counted among them: 1 who may have been coming before the records begin and 1 without "
        "a first score.",
    )


def test_those_not_measured_again_are_described_beside_those_measured(thirty, hand_clinic):
    frame = thirty.assign(baseline=np.r_[[4.0, 6.0] * 7, 5.0, [5.0, 7.0] * 7, 6.0])
    answer = completeness(hand_clinic([frame]), "pain")
    start = answer.supporting["differences"].query("characteristic == 'Pain, 0-10'")
    assert start["estimate"].tolist() == [5.0, 6.0]
    # Both standard deviations are 1 (variance 14/14), so one point is one standard deviation.
    assert start["std_difference"].tolist() == pytest.approx([1.0, 1.0])
    assert answer.words[1] == (
        "Those not measured again began with a mean pain of 6.0, those measured with 5.0 "
        "(standardised difference 1.00)."
    )


def test_with_few_on_one_side_nothing_is_said_of_how_they_differ(thirty, hand_clinic):
    answer = completeness(hand_clinic([thirty.iloc[:20]]), "pain")
    assert answer.words[-1] == (
        "There are too few on one side (15 measured, 5 not) to say how the two differ."
    )


def test_table_one_counts_shares_means_and_what_is_missing(thirty, hand_clinic):
    table = table_one(hand_clinic([thirty])).table.set_index(["characteristic", "category"])
    assert table.loc[("Pain, 0-10", ""), "estimate"] == 6.0
    assert table.loc[("Age", ""), ["n_patients", "n_missing"]].tolist() == [29, 1]
    assert table.loc[("Sex", "female"), ["n_patients", "estimate"]].tolist() == [15, 0.5]
    assert not any("p_value" in name for name in table)


def test_table_one_by_group_has_the_largest_standardised_difference(thirty, hand_clinic):
    answer = table_one(hand_clinic([thirty]), by="sex")
    pain = answer.table.query("characteristic == 'Pain, 0-10'")
    assert pain["estimate"].tolist() == [7.0, 5.0]
    # Within each sex: three values at the mean of five, so variance 6/14 of fifteen.
    assert pain["std_difference"].tolist() == pytest.approx([2 / np.sqrt(6 / 14)] * 2)
    assert "Sex" not in set(answer.table["characteristic"])
    assert answer.words[1].startswith("The groups differ most at the start in pain (3.06)")


def test_a_small_group_of_table_one_shows_counts_and_no_mean(thirty, hand_clinic):
    table = table_one(hand_clinic([thirty]), by="therapist").table
    pain = table.query("characteristic == 'Pain, 0-10'").set_index("therapist")
    assert pain.loc["Ada", "reason"] == "only 6 patients; an estimate needs 10"
    assert np.isnan(pain.loc["Ada", "estimate"])
    assert pain.loc["Dev", "n_patients"] == 12


def test_table_one_knows_no_follow_ups(thirty, hand_clinic):
    with pytest.raises(ValueError, match="is no grouping; it may be 'technique', 'condition'"):
        table_one(hand_clinic([thirty]), by="n_follow_ups")


def test_thirty_patients_of_four_therapists_can_be_described_and_not_compared(thirty, hand_clinic):
    answer = can_compare(hand_clinic([thirty]), "pain")
    assert answer.words == (
        "The records can describe how pain changed; they cannot compare techniques or therapists.",
        "Techniques: 0 of 2 have at least 20 patients measured again; a comparison needs two.",
        "Therapists: 0 of 4 have at least 20 patients measured again; a comparison needs two.",
        "To see a difference of 1 point between two groups takes about 64 patients measured again "
        "in each.",
    )
    assert answer.table["n_large_enough"].tolist() == [0, 0]
    # 64 a group: R, power.t.test(delta = 1, sd = 2, power = 0.8), n = 63.77.
    assert answer.table["n_needed"].tolist() == [64, 64]
    assert answer.table["estimate"].isna().all()


def test_groups_of_twenty_may_stand_side_by_side_and_are_still_not_like_for_like(
    changes, hand_clinic
):
    improved = np.tile([0.0, 4.0], 25)
    frame = changes(
        np.full(50, 6.0),
        6 - improved,
        technique=["swedish"] * 25 + ["cupping"] * 20 + ["mixed"] * 5,
    )
    answer = can_compare(hand_clinic([frame]), "pain", "technique")
    assert answer.table[["n_groups", "n_large_enough", "n_second_largest"]].iloc[0].tolist() == [
        2,
        2,
        20,
    ]
    assert answer.words[0] == (
        "The records can describe how pain changed, and some groups are large enough to be put "
        "side by side."
    )
    assert "These are not like-for-like" in answer.words[-1]
    groups = answer.supporting["groups"].set_index("group")
    assert groups.loc["Mixed (no main technique)", "reason"] == "not one side of a comparison"


def test_a_grouping_that_was_not_recorded_is_left_out_unless_there_is_no_other(thirty, hand_clinic):
    clinic = hand_clinic([thirty.assign(therapist=None)])
    assert can_compare(clinic, "pain").table["group"].tolist() == ["technique"]
    with pytest.raises(NotEnoughData, match="group by therapist"):
        can_compare(clinic, "pain", "therapist")


def test_a_grouping_is_no_characteristic_of_its_own_groups(demo_clinic):
    table = table_one(demo_clinic, by="technique").table
    assert not table["characteristic"].str.startswith("Technique").any()
    assert np.isfinite(table["std_difference"].dropna()).all()
