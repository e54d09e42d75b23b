"""What a caseload could show: now, needed, how many more, how long, and shared therapists."""

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.analyses.precision import precision
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.precision import smallest_difference

#: Improvements of mean 2 and standard deviation 2: half stand 2 above and half 2 below, but for the
#: factor that makes the sample's own standard deviation 2.
_APART = 2 * np.sqrt(79 / 80)


def frame_of(changes, **columns):
    """80 patients, 50 of them Swedish, who began care evenly over twenty months."""
    improvement = 2 + _APART * np.tile([1.0, -1.0], 40)
    frame = changes(np.full(80, 6.0), np.full(80, 4.0))
    days = np.linspace(0, 20 * 365.25 / 12, 80).round().astype(int)
    return frame.assign(
        improvement=improvement,
        technique=np.repeat(["swedish", "cupping"], [50, 30]),
        first_day=days,
        **columns,
    )


def test_now_needed_and_more_for_the_published_plans(changes, hand_clinic):
    # SD 2, 80 percent power: 64 in each group for 1 point, 699 for 0.3 (R: power.t.test).
    for difference, needed in ((1.0, 64), (0.3, 699)):
        told = precision(hand_clinic([frame_of(changes)]), "pain", difference=difference)
        row = told.table.iloc[1]
        assert (row["std_dev"], row["difference"]) == (pytest.approx(2), difference)
        assert (row["n_patients"], row["n_other"], row["n_needed"]) == (50, 30, needed)
        assert row["n_more"] == needed - 50 + needed - 30
        # R's pwr: 2 * pwr.t2n.test(50, 30, power = .8)$d = 1.310201.
        assert row["estimate"] == pytest.approx(1.310201, abs=5e-6)


def test_months_are_those_of_the_slower_group(changes, hand_clinic):
    row = precision(hand_clinic([frame_of(changes)]), "pain").table.iloc[1]
    # Thirty in twenty months is 1.5 a month; 34 more are needed.
    assert row["months"] == pytest.approx(34 / 1.5, rel=1e-3)


def test_the_mean_of_everyone_comes_first(changes, hand_clinic):
    mean = precision(hand_clinic([frame_of(changes)]), "pain").table.iloc[0]
    # R: qt(.975, 79) * 2 / sqrt(80) = 0.44508; least n with qt(.975, n - 1) * 2 / sqrt(n) <= 1: 18.
    assert mean["estimate"] == pytest.approx(0.44508, abs=5e-5)
    assert (mean["n_patients"], mean["n_needed"], mean["n_more"]) == (80, 18, 0)


def test_without_a_grouping_there_is_the_mean_alone(changes, hand_clinic):
    told = precision(hand_clinic([frame_of(changes)]), "pain", None)
    assert len(told.table) == 1
    assert told.words[-1].startswith("The mean change in pain of everyone is known to within 0.4")


def test_shared_therapists_ask_for_more_patients(changes, hand_clinic):
    therapist = np.r_[np.tile(list("abcdefghij"), 5), np.tile(list("klm"), 10)]
    table = precision(hand_clinic([frame_of(changes, therapist=therapist)]), "pain").table
    alone, shared = table.iloc[1], table.iloc[2]
    assert (alone["correlation"], shared["correlation"]) == (0.0, 0.05)
    # Five patients a therapist: 50 / 1.2 = 41; ten a therapist: 30 / 1.45 = 20.
    assert shared["estimate"] == pytest.approx(smallest_difference(41, 2.0, n_other=20), rel=1e-6)
    # 64 independent ones from three therapists cannot be had: three are worth at most 60.
    assert pd.isna(shared["n_needed"]) and pd.isna(shared["n_more"]) and np.isnan(shared["months"])
    assert alone["n_needed"] == 64
    told = precision(hand_clinic([frame_of(changes, therapist=therapist)]), "pain")
    assert told.words[-1] == (
        "If patients of one therapist fare alike (correlation 0.05), 1 of 1 pair could not show it "
        "with the therapists there are, however many patients they bring."
    )


def test_therapists_compared_with_each_other_are_not_clusters_too(changes, hand_clinic):
    frame = frame_of(changes, therapist=np.repeat(["a", "b"], 40))
    table = precision(hand_clinic([frame]), "pain", "therapist").table
    assert table["correlation"].tolist()[1:] == [0.0]


def test_small_groups_have_no_estimate_but_what_they_need(changes, hand_clinic):
    frame = frame_of(changes)
    frame["technique"] = np.repeat(["swedish", "cupping"], [61, 19])
    row = precision(hand_clinic([frame]), "pain").table.iloc[1]
    assert np.isnan(row["estimate"])
    assert row["reason"] == "a contrast needs 20 patients in each group"
    assert (row["n_needed"], row["n_more"]) == (64, 3 + 45)


def test_a_large_difference_still_needs_the_minimum_for_a_contrast(changes, hand_clinic):
    row = precision(hand_clinic([frame_of(changes)]), "pain", difference=5).table.iloc[1]
    assert (row["n_needed"], row["n_more"], row["months"]) == (20, 0, 0.0)


def test_whole_sentences(changes, hand_clinic):
    told = precision(hand_clinic([frame_of(changes)]), "pain")
    assert told.words == (
        "80 of the 80 patients whose later score was due were measured again (100%).",
        "The mean change in pain of everyone is known to within 0.4 points either way.",
        "0 of 1 pair of groups are large enough to show a difference of 1 point.",
        "The smallest difference that a pair could show is 1.3 points.",
        "A difference of 1 point takes about 64 patients measured again in each of two groups.",
        "At the present rate of measured patients that is 23 months away.",
    )
    assert told.supporting["groups"]["group"].tolist() == ["Swedish", "Cupping"]


def test_without_dates_the_months_are_not_known(changes, hand_clinic):
    frame = frame_of(changes)
    frame["first_day"] = pd.array([pd.NA] * 80, dtype="Int32")
    told = precision(hand_clinic([frame]), "pain")
    assert np.isnan(told.table["months"].iloc[1])
    assert not any("months" in said for said in told.words)


def test_bad_questions_are_named(changes, hand_clinic):
    clinic = hand_clinic([frame_of(changes)])
    with pytest.raises(ValueError) as caught:
        precision(clinic, "pain", difference=0)
    assert str(caught.value) == "difference must be positive; it is 0."
    with pytest.raises(ValueError, match="by='colour' is no grouping"):
        precision(clinic, "pain", "colour")
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        precision(clinic, "pain", level=95)
    with pytest.raises(NotEnoughData, match="These records do not hold what is needed to group by"):
        precision(clinic, "pain", "condition")
