"""Better, same and worse: operators, who could not reach it, ranges beside both, refusals."""

from dataclasses import replace

import numpy as np
import pytest

from hipoutcomes.analyses.responders import responders
from hipoutcomes.stats.remeasuring.remeasuring import remeasuring
from hipoutcomes.vocabulary.thresholds import default_threshold, thresholds_of

#: Twenty patients: ten better by 2, two by 4, three by 1, three the same, two worse by 3; and
#: one who began at 1 and cannot improve by 2.
BASELINE = [6.0] * 15 + [5.0] * 5 + [1.0]
FINAL = [4.0] * 10 + [2.0] * 2 + [5.0] * 3 + [5.0] * 3 + [8.0] * 2 + [1.0]


def test_better_same_and_worse_add_up_to_everyone_measured(changes, hand_clinic):
    row = responders(hand_clinic([changes(BASELINE, FINAL)]), "pain").table.iloc[0]
    assert (row["n_better"], row["n_same"], row["n_worse"]) == (12, 7, 2)
    assert (row["n_patients"], row["n_eligible"], row["n_ineligible"]) == (21, 20, 1)
    assert row["share_better"] == row["estimate"] == 0.6
    assert (row["n_room_to_worsen"], row["share_worse"]) == (21, pytest.approx(2 / 21))
    assert (row["threshold"], row["operator"], row["unit"]) == (2.0, ">=", "share")
    # statsmodels: proportion_confint(12, 20, method="agresti_coull").
    assert row["conf_low"] == pytest.approx(0.3860, abs=5e-5)
    assert row["conf_high"] == pytest.approx(0.7817, abs=5e-5)


def test_the_operator_of_the_threshold_decides_at_the_threshold(changes, hand_clinic):
    clinic = hand_clinic([changes(BASELINE, FINAL)])
    more_than = replace(default_threshold("pain"), operator=">")
    row = responders(clinic, "pain", threshold=more_than).table.iloc[0]
    assert (row["n_better"], row["n_worse"], row["operator"]) == (2, 2, ">")
    assert row["n_eligible"] == 20


def test_a_change_that_is_the_threshold_but_for_float_noise_meets_it(changes, hand_clinic):
    frame = changes([0.3] * 12, [0.1] * 12, "psfs")
    frame["improvement"] = 0.3 - 0.1
    row = responders(hand_clinic([frame]), "psfs", threshold=0.2).table.iloc[0]
    assert row["n_better"] == 12


def test_whole_sentences(changes, hand_clinic):
    frame = changes([*BASELINE, 5.0], [*FINAL, np.nan])
    answer = responders(hand_clinic([frame]), "pain")
    low, high = answer.table.loc[0, ["expected_low", "expected_high"]]
    worse_low, worse_high = answer.table.loc[0, ["expected_worse_low", "expected_worse_high"]]
    assert answer.words == (
        "21 of the 22 patients whose later score was due were measured again (95%).",
        "12 of the 20 patients whose first score left room for it were better by 2 points or more "
        f"(60%, 95% interval 39% to 78%); re-measuring alone would give {100 * low:.0f}% to "
        f"{100 * high:.0f}%.",
        "2 of the 21 with room to worsen were worse by as much (10%, 95% interval 1% to 30%); "
        f"re-measuring alone would give {100 * worse_low:.0f}% to {100 * worse_high:.0f}%.",
        "1 patient began too well to get better by as much, and stands apart.",
        "The share better may be no more than scores going up and down by themselves.",
    )


def test_a_share_beyond_the_range_is_still_not_put_down_to_care(changes, hand_clinic):
    frame = changes([6.0] * 30 + [7.0] * 30, [1.0] * 60)
    said = responders(hand_clinic([frame]), "pain").words[-1]
    assert said == (
        "The share better is beyond that range; recovery by itself, care, or both may be behind "
        "the rest, and these records cannot tell them apart."
    )


def test_the_range_is_for_those_who_count_given_all_who_came(changes, hand_clinic):
    rng = np.random.default_rng(2)
    baseline = rng.integers(1, 11, 300).astype(float)
    final = np.where(rng.random(300) < 0.6, rng.integers(0, 11, 300), np.nan)
    technique = rng.choice(["swedish", "cupping", "hot_stone"], 300)
    clinic = hand_clinic([changes(baseline, final, technique=technique)])
    table = responders(clinic, "pain", by="technique").table.set_index("technique")
    for name in ("swedish", "cupping", "hot_stone"):
        counted = ~np.isnan(final) & (technique == name)
        for which, room in (("better", baseline >= 2), ("worse", baseline <= 8)):
            alone = remeasuring(
                baseline, threshold=2, sign=-1, lowest=0, highest=10, step=1, counted=counted & room
            )
            column = "expected" if which == "better" else "expected_worse"
            for end in ("low", "high"):
                expected = getattr(alone, f"{which}_{end}")
                assert table.loc[name, f"{column}_{end}"] == pytest.approx(expected, rel=1e-9)


def test_more_groups_than_scores_give_the_same_ranges(changes, hand_clinic):
    """The model runs once per first score where groups are many, and once per group otherwise."""
    rng = np.random.default_rng(3)
    n = 1200
    baseline = rng.integers(4, 7, n).astype(float)
    frame = changes(baseline, rng.integers(0, 11, n), clinic=rng.integers(0, 40, n).astype(str))
    many = responders(hand_clinic([frame]), "pain", by="clinic").table.set_index("clinic")
    few = frame[frame["clinic"].isin(["7", "8"])]
    alone = remeasuring(
        baseline,
        threshold=2,
        sign=-1,
        lowest=0,
        highest=10,
        step=1,
        counted=(frame["clinic"] == "7").to_numpy(),
    )
    assert len(few) > 20
    assert many.loc["7", "expected_high"] == pytest.approx(alone.better_high, rel=1e-9)
    assert many.loc["7", "expected_worse_low"] == pytest.approx(alone.worse_low, rel=1e-9)


def test_a_small_group_shows_its_number_and_the_reason(changes, hand_clinic):
    frame = changes([*BASELINE, 6.0], [*FINAL, 1.0], technique=["swedish"] * 21 + ["cupping"])
    answer = responders(hand_clinic([frame]), "pain", by="technique")
    row = answer.table.iloc[1]
    assert row["reason"] == "only 1 patient; an estimate needs 10"
    assert row[["estimate", "n_better", "n_worse", "expected_low", "share_worse"]].isna().all()
    assert row["threshold"] == 2.0
    assert (
        answer.words[-2]
        == "Cupping: no estimate, only 1 patient; an estimate needs 10 (1 of 1 due measured)."
    )
    assert answer.words[-3].startswith("Swedish: 12 of 20 better (60%, 39% to 78%; by re-measuring")


def test_the_cumulative_curve_by_hand(changes, hand_clinic):
    answer = responders(hand_clinic([changes(BASELINE, FINAL)]), "pain")
    curve = answer.supporting["cumulative"]
    assert curve["threshold"].tolist() == [-3.0, 0.0, 1.0, 2.0, 4.0]
    assert curve["n_better"].tolist() == [21, 19, 15, 12, 2]
    assert curve["estimate"].tolist() == pytest.approx([1, 19 / 21, 15 / 21, 12 / 21, 2 / 21])
    assert (curve["conf_low"] <= curve["estimate"]).all()


def test_a_curve_of_very_many_sizes_has_a_hundred_and_keeps_both_ends(changes, hand_clinic):
    frame = changes(np.full(1000, 50.0), np.linspace(0, 99.9, 1000), "lefs")
    curve = responders(hand_clinic([frame]), "lefs").supporting["cumulative"]
    assert len(curve) <= 100
    assert curve["threshold"].iloc[[0, -1]].tolist() == pytest.approx([-50.0, 49.9])
    at_zero = curve[curve["threshold"].abs() < 0.6].iloc[0]
    improved = np.linspace(0, 99.9, 1000) - 50
    assert at_zero["estimate"] == (improved >= at_zero["threshold"] - 1e-6).mean()


def test_the_sweep_has_every_threshold_that_sorts_single_patients(changes, hand_clinic):
    answer = responders(hand_clinic([changes(BASELINE, FINAL)]), "pain")
    sweep = answer.supporting["thresholds"]
    assert sweep["group"].iloc[0] == default_threshold("pain").label()
    assert set(sweep["group"]) == {
        *(
            record.label()
            for record in thresholds_of("pain")
            if record.level == "individual" and record.direction != "state"
        ),
        *("1 point or more (tried)", "3 points or more (tried)", "4 points or more (tried)"),
    }
    tried = sweep[sweep["group"].str.endswith("(tried)")]
    assert tried["n_better"].tolist() == [15, 2, 2]
    assert tried["threshold"].tolist() == [1.0, 3.0, 4.0]


def test_percent_of_the_first_score(changes, hand_clinic):
    thirty = next(r for r in thresholds_of("pain") if r.unit == "percent")
    frame = changes([10.0] * 5 + [5.0] * 5 + [0.0], [7.0] * 5 + [4.0] * 5 + [3.0])
    row = responders(hand_clinic([frame]), "pain", threshold=thirty).table.iloc[0]
    assert (row["n_better"], row["n_eligible"], row["n_ineligible"]) == (5, 10, 1)
    assert np.isnan(row["expected_low"])


def test_a_measure_without_a_threshold_is_answered_by_the_curve(changes, hand_clinic):
    frame = changes(np.full(20, 50.0), np.r_[np.full(10, 60.0), np.full(10, 45.0)], "visa_g")
    answer = responders(hand_clinic([frame]), "visa_g")
    assert answer.table["threshold"].tolist() == [-5.0, 10.0]
    assert answer.table["estimate"].tolist() == [1.0, 0.5]
    assert answer.words[1].startswith(
        "No size of change in VISA-G is known to matter to a single patient, so nobody is called "
        "better or worse here. No trustworthy threshold was found"
    )
    assert answer.plot() is not None


def test_a_threshold_nobody_checked_says_so(changes, hand_clinic):
    answer = responders(hand_clinic([changes(BASELINE, FINAL)]), "pain", threshold=3)
    assert (
        "The threshold is not verified: 3 points or more (chosen for this question; not verified)."
        in answer.notes
    )
    assert answer.table["n_better"].tolist() == [2]


def test_thresholds_that_do_not_sort_patients_are_refused(changes, hand_clinic):
    clinic = hand_clinic([changes(BASELINE, FINAL)])
    of_groups = next(r for r in thresholds_of("pain") if r.level == "group")
    with pytest.raises(ValueError, match="does not sort single patients by their change in 'pain'"):
        responders(clinic, "pain", threshold=of_groups)
    with pytest.raises(ValueError, match="usable: 2 points or more"):
        responders(clinic, "pain", threshold=default_threshold("lefs"))
    with pytest.raises(ValueError) as refused:
        responders(clinic, "pain", threshold=11)
    assert str(refused.value) == "threshold must lie above 0 and up to 10 points; it is 11."
