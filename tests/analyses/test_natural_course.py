"""Re-measuring alone as a range, two first scores, published courses apart, no share of a cause."""

import re

import numpy as np
import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.analyses.natural_course import BETWEEN, FROM_TWO, MEAN, natural_course
from hipoutcomes.analyses.responders import responders
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.remeasuring.remeasuring import remeasuring
from hipoutcomes.stats.remeasuring.several_baselines import remeasuring_from_mean
from hipoutcomes.vocabulary.thresholds import thresholds_of

PAIN = {"sign": -1, "lowest": 0, "highest": 10, "step": 1, "threshold": 2}


def people(n=60, seed=5):
    """First and later scores of people who are scored twice and do not change."""
    rng = np.random.default_rng(seed)
    usual = rng.normal(6, 1.5, n)
    first, later = np.clip(np.rint(usual + rng.normal(0, 1.2, (2, n))), 0, 10)
    later[:10] = np.nan
    return first, later


@pytest.fixture
def answer(changes, hand_clinic):
    return natural_course(hand_clinic([changes(*people())]), "pain")


def test_the_range_is_that_of_the_first_scores_of_everyone_who_came(answer):
    first, later = people()
    alone = remeasuring(first, **PAIN, counted=~np.isnan(later))
    mean = answer.table.iloc[0]
    assert mean["quantity"] == MEAN
    assert mean["estimate"] == pytest.approx(np.nanmean(first - later))
    assert mean["expected_low"] == pytest.approx(alone.improvement_low)
    assert mean["expected_high"] == pytest.approx(alone.improvement_high)
    assert (mean["n_patients"], mean["n_due"], mean["n_not_measured"]) == (50, 60, 10)


def test_shares_better_and_worse_are_those_of_responders(answer, changes, hand_clinic):
    row = responders(hand_clinic([changes(*people())]), "pain").table.iloc[0]
    better, worse = answer.table.iloc[1], answer.table.iloc[2]
    for ours, theirs in (
        (better, ("estimate", "conf_low", "conf_high", "expected_low", "expected_high")),
        (
            worse,
            (
                "share_worse",
                "share_worse_low",
                "share_worse_high",
                "expected_worse_low",
                "expected_worse_high",
            ),
        ),
    ):
        names = ("estimate", "conf_low", "conf_high", "expected_low", "expected_high")
        assert ours[list(names)].tolist() == pytest.approx(row[list(theirs)].tolist())
    assert (better["n_patients"], worse["n_patients"]) == (
        row["n_eligible"],
        row["n_room_to_worsen"],
    )


def test_the_range_does_not_move_with_what_treated_patients_changed(changes, hand_clinic):
    first, later = people()
    one = natural_course(hand_clinic([changes(first, later)]), "pain").table
    other = natural_course(hand_clinic([changes(first, np.maximum(later - 3, 0))]), "pain").table
    for name in ("expected_low", "expected_high"):
        assert one[name].tolist() == other[name].tolist()
    assert one["estimate"].iloc[0] < other["estimate"].iloc[0] - 2


def test_whole_sentences(changes, hand_clinic):
    first, later = people()
    table = natural_course(hand_clinic([changes(first, np.maximum(later - 3, 0))]), "pain")
    mean, better, worse = (table.table.iloc[place] for place in range(3))

    def number(value):
        return f"{value + 0:.1f}".replace("-", "−")

    def percent(value):
        return f"{100 * value:.0f}%"

    assert table.words[1:3] == (
        f"Observed: mean pain was lower by {number(mean['estimate'])} points (95% interval "
        f"{number(mean['conf_low'])} to {number(mean['conf_high'])}).",
        "If nothing had changed and the same patients had only been scored again, mean pain would "
        f"have been lower by {number(mean['expected_low'])} to {number(mean['expected_high'])} "
        "points.",
    )
    assert table.words[4] == (
        f"Better by 2 points or more: observed in {percent(better['estimate'])} of the "
        f"{better['n_patients']} patients with room for it ({percent(better['conf_low'])} to "
        f"{percent(better['conf_high'])}); by re-measuring alone it would be "
        f"{percent(better['expected_low'])} to {percent(better['expected_high'])} of them."
    )
    assert table.words[5].startswith(
        f"Worse by 2 points or more: observed in {percent(worse['estimate'])} of the "
    )
    assert table.words[-1] == (
        "2 published courses of other patients, without the care under study, are listed apart, "
        "with their sources."
    )


def test_nothing_is_said_to_be_a_percentage_of_the_change(demo_clinic):
    for outcome in ("pain", "flexion_active", "hoos_ps"):
        told = natural_course(demo_clinic, outcome)
        said = " ".join([*told.words, *told.notes, told.alternative, told.question])
        assert not re.search(r"% of the (observed )?(change|improvement)|natural|due to", said)
        # Percentages belong to intervals, to those measured, or to patients better and worse.
        for sentence in told.words:
            if "%" in sentence.replace("95% interval", ""):
                assert re.match(r"\d+ of the \d+ patients|(Better|Worse) by ", sentence)
        ratios = told.table["estimate"] / told.table["expected_high"]
        assert not [n for n in told.table.select_dtypes(float) if told.table[n].equals(ratios)]


def test_published_courses_stand_apart_with_their_sources(answer):
    courses = answer.supporting["published courses"]
    assert courses["source"].str.len().gt(20).all()
    assert courses["group"].str.startswith("Bennell 2014").any()
    assert courses["reason"].tolist() == ["", "the first score was not at hand"]
    # Not one number of the answer moves when the courses go.
    assert not set(courses["estimate"].dropna()) & set(answer.table["estimate"])
    assert not answer.table["quantity"].str.contains("published").any()


def test_a_measure_without_courses_or_threshold_has_its_mean_and_its_range(demo_clinic):
    told = natural_course(demo_clinic, "hoos_ps")
    assert told.table["quantity"].tolist() == [MEAN]
    assert "published courses" not in told.supporting
    assert any("No size of change sorts single patients here." in note for note in told.notes)


def test_a_threshold_in_percent_has_shares_without_a_range(answer, changes, hand_clinic):
    thirty = next(t for t in thresholds_of("pain") if t.unit == "percent")
    told = natural_course(hand_clinic([changes(*people())]), "pain", threshold=thirty)
    assert told.table["expected_low"].notna().tolist() == [True, False, False]
    assert "A threshold in percent has no range of re-measuring." in told.notes
    assert told.table["estimate"].notna().all()
    mean = ["expected_low", "expected_high"]
    assert told.table.loc[0, mean].tolist() == answer.table.loc[0, mean].tolist()


def test_every_assumption_of_the_range_is_listed(answer):
    grid = answer.supporting["re-measuring"]
    assert len(grid) == 10
    mean = answer.table.iloc[0]
    assert grid["estimate"].min() == mean["expected_low"]
    assert grid["estimate"].max() == mean["expected_high"]


def scored_twice(changes, hand_clinic, n=40, **options):
    """A clinic whose patients were scored nine days before the first treatment and at it."""
    rng = np.random.default_rng(8)
    usual = rng.normal(6, 1.4, n)
    earlier, last, later = np.clip(np.rint(usual + rng.normal(0, 1.1, (3, n))), 0, 10)
    later[:5] = np.nan
    rows = changes(last, later)
    scores = pd.DataFrame(
        {
            "patient_id": np.tile(np.arange(1, n + 1), 2),
            "day": np.repeat([options.get("earlier_day", -9), 0], n),
            "timing": np.repeat(["between", "before"], n),
            "measure": "pain",
            "session_id": np.repeat([np.nan, 1], n),
            "score": np.concatenate([earlier, last]),
        }
    )
    return hand_clinic([rows], scores=scores), earlier, last, later


def test_two_first_scores_are_used_and_said(changes, hand_clinic):
    clinic, earlier, last, later = scored_twice(changes, hand_clinic)
    told = natural_course(clinic, "pain")
    assert told.table["quantity"].tolist()[3:] == [FROM_TWO, BETWEEN]
    from_two, between = told.table.iloc[3], told.table.iloc[4]
    there = ~np.isnan(later)
    both = np.column_stack([earlier, last])
    assert from_two["estimate"] == pytest.approx((both.mean(axis=1) - later)[there].mean())
    alone = remeasuring_from_mean(both, **{**PAIN, "threshold": 1}, counted=there)
    assert from_two["expected_low"] == pytest.approx(alone.improvement_low)
    assert from_two["expected_high"] == pytest.approx(alone.improvement_high)
    assert from_two["n_patients"] == 35
    assert between["estimate"] == pytest.approx((earlier - last).mean())
    assert between["n_patients"] == 40 and np.isnan(between["expected_low"])
    assert from_two["expected_high"] < told.table.loc[0, "expected_high"]
    said = next(s for s in told.words if "had two scores before the first treatment" in s)
    assert said.startswith("40 patients had two scores before the first treatment: from the ")
    agreement = told.supporting["two first scores"].iloc[0]
    assert agreement["group"] == "two scores a median of 9 days apart"
    assert 0 < agreement["conf_low"] < agreement["estimate"] < agreement["conf_high"] < 1


def test_a_score_too_long_before_or_after_the_first_treatment_is_no_first_score(
    changes, hand_clinic
):
    for day in (-15, 3):
        clinic, *_ = scored_twice(changes, hand_clinic, earlier_day=day)
        assert len(natural_course(clinic, "pain").table) == 3


def test_fewer_patients_with_two_first_scores_than_an_estimate_needs_are_left_out(
    changes, hand_clinic
):
    clinic, *_ = scored_twice(changes, hand_clinic, n=14)
    told = natural_course(clinic, "pain")
    assert told.table["quantity"].tolist()[3:] == []
    assert "two first scores" in told.supporting


def test_a_file_with_forms_sent_before_the_first_visit(tmp_path):
    lines = ["date,client,technique,pain before,pain between"]
    rng = np.random.default_rng(3)
    for client in range(1, 25):
        usual = rng.integers(5, 9)
        form, first, later = np.clip(usual + rng.integers(-1, 2, 3), 0, 10)
        lines += [
            f"2025-03-01,C{client},,,{form}",
            f"2025-03-08,C{client},Swedish,{first},",
            f"2025-04-19,C{client},Swedish,{max(later - 2, 0)},",
        ]
    lines.append("2026-03-01,Z,Swedish,5,")
    path = tmp_path / "visits.csv"
    path.write_text("\n".join(lines) + "\n")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[columns]\ndate = "date"\npatient = "client"\ntechnique = "technique"\n'
        '"pain before" = "pain before"\n"pain between" = "pain between"\n'
    )
    clinic = ho.load(path, mapping, date_order="day-first", episode_rule=ho.EpisodeRule(run_in=0))
    told = natural_course(clinic, "pain")
    assert told.table["quantity"].tolist()[3:] == [FROM_TWO, BETWEEN]
    assert told.table["n_patients"].tolist()[3:] == [24, 24]


def test_first_scores_all_alike_have_no_range_and_say_so(changes, hand_clinic):
    told = natural_course(hand_clinic([changes([6.0] * 20, [4.0] * 20)]), "pain")
    assert told.table["expected_low"].isna().all()
    assert told.table["estimate"].notna().all()
    assert "The first scores are all alike or too few, so there is no range to show." in told.notes
    told.plot()


def test_few_patients_get_their_number_and_the_reason(changes, hand_clinic):
    told = natural_course(hand_clinic([changes([6.0, 7, 8], [4.0, 5, 5])]), "pain")
    assert told.table["estimate"].isna().all()
    assert told.table["expected_low"].isna().all()
    assert told.table["reason"].tolist() == ["only 3 patients; an estimate needs 10"] * 3
    assert "There is no estimate: only 3 patients; an estimate needs 10." in told.words
    assert "re-measuring" not in told.supporting
    told.plot()


def test_bad_questions_are_named(changes, hand_clinic, demo_clinic):
    clinic = hand_clinic([changes(*people())])
    with pytest.raises(ValueError, match="There is no measure 'womac'"):
        natural_course(clinic, "womac")
    with pytest.raises(ValueError) as caught:
        natural_course(clinic, "pain", threshold=0)
    assert str(caught.value) == "threshold must lie above 0 and up to 10 points; it is 0."
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        natural_course(clinic, "pain", level=95)
    with pytest.raises(NotEnoughData, match="Muscle tension is rated in categories"):
        natural_course(demo_clinic, "tension")
