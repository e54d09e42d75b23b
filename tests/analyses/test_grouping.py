"""Rows become groups: names, order, what was not recorded, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.analyses.groups.grouping import group_rows
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.vocabulary.groupings import GROUPINGS


def test_without_a_grouping_all_rows_are_one_group():
    groups = group_rows(pd.DataFrame({"technique": ["swedish", "cupping"]}))
    assert groups.table.to_dict("list") == {"group": ["all"]}
    assert groups.codes.tolist() == [0, 0]
    assert groups.cautions == ()


def test_techniques_stand_by_size_with_mixed_and_not_recorded_last():
    frame = pd.DataFrame(
        {"technique": ["mixed", "mixed", "mixed", "cupping", "swedish", "swedish", None]}
    )
    groups = group_rows(frame, "technique")
    assert groups.table["group"].tolist() == [
        "Swedish",
        "Cupping",
        "Mixed (no main technique)",
        "Technique not recorded",
    ]
    assert groups.table["technique"].tolist() == ["swedish", "cupping", "mixed", None]
    assert groups.codes.tolist() == [2, 2, 2, 1, 0, 0, 3]


def test_size_is_counted_among_the_rows_that_were_measured():
    frame = pd.DataFrame({"condition": ["piriformis"] * 3 + ["bursitis"]})
    measured = np.array([False, False, False, True])
    words = group_rows(frame, "condition", measured).table["group"].tolist()
    assert words == ["Hip bursitis / greater trochanteric pain", "Piriformis syndrome"]


def test_therapists_stand_in_alphabetical_order_however_many_patients_they_have():
    frame = pd.DataFrame({"therapist": ["Zoe", "Zoe", "ben", "Ada"]})
    assert group_rows(frame, "therapist").table["group"].tolist() == ["Ada", "ben", "Zoe"]


def test_numbers_of_follow_ups_keep_their_order_and_the_last_bin_is_open():
    frame = pd.DataFrame({"n_follow_ups": pd.array([9, 0, 1, 6, None, 1], dtype="Int32")})
    groups = group_rows(frame, "n_follow_ups")
    assert groups.table["group"].tolist() == [
        "0 follow-ups",
        "1 follow-up",
        "6 or more follow-ups",
        "Follow-up sessions before the later score not recorded",
    ]
    assert groups.table["n_follow_ups"].tolist() == ["0", "1", "6 or more", None]
    assert groups.table["group_order"].tolist() == [1, 2, 3, 4]
    assert groups.codes.tolist() == [2, 0, 1, 2, 3, 1]


def test_age_is_cut_at_the_lowest_value_of_each_band():
    frame = pd.DataFrame({"age": [39.9, 40.0, 59.0, 60.0, 75.0, np.nan]})
    groups = group_rows(frame, "age_band")
    assert groups.table["group"].tolist()[:4] == [
        "under 40",
        "40 to 59",
        "60 to 74",
        "75 and over",
    ]
    assert groups.codes.tolist() == [0, 1, 1, 2, 3, 4]


def test_two_groupings_give_the_combinations_that_occur_first_grouping_first():
    frame = pd.DataFrame(
        {
            "technique": ["swedish", "cupping", "swedish", "swedish"],
            "condition": ["piriformis", "piriformis", "osteoarthritis", "piriformis"],
        }
    )
    groups = group_rows(frame, ["technique", "condition"])
    assert groups.table["group"].tolist() == [
        "Swedish · Piriformis syndrome",
        "Swedish · Osteoarthritis",
        "Cupping · Piriformis syndrome",
    ]
    assert groups.codes.tolist() == [0, 2, 1, 0]
    assert groups.suffix == "-by-technique-and-condition"
    assert groups.question == " by technique and by condition"


def test_the_caution_of_every_grouping_comes_from_the_vocabulary():
    frame = pd.DataFrame({"technique": ["swedish"], "therapist": ["Ada"]})
    assert group_rows(frame, ["technique", "therapist"]).cautions == (
        GROUPINGS["technique"].caution,
        GROUPINGS["therapist"].caution,
    )


def test_an_unknown_grouping_is_refused_with_all_that_are_known():
    with pytest.raises(ValueError) as refused:
        group_rows(pd.DataFrame({"technique": ["swedish"]}), "masseur")
    assert str(refused.value) == (
        "by='masseur' is no grouping; it may be 'technique', 'condition', 'n_follow_ups', "
        "'therapist', 'clinic', 'procedure', 'sex', 'age_band', 'side', or a list of them."
    )


def test_a_grouping_named_twice_is_refused():
    with pytest.raises(ValueError, match="names a grouping twice"):
        group_rows(pd.DataFrame({"technique": ["swedish"]}), ["technique", "technique"])


@pytest.mark.parametrize(
    "frame", [{"technique": ["swedish"]}, {"technique": ["swedish"], "sex": [None]}]
)
def test_a_grouping_that_was_not_recorded_is_refused_with_those_that_were(frame):
    with pytest.raises(NotEnoughData) as refused:
        group_rows(pd.DataFrame(frame), "sex")
    assert str(refused.value) == (
        "These records do not hold what is needed to group by sex.\n"
        "  They can be grouped by 'technique'."
    )
