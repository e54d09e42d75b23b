"""Whether relief lasts, on clinics small enough to count by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import hipoutcomes as ho
from hipoutcomes.analyses import carry_over as module
from hipoutcomes.analyses.carry_over import carry_over
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.simulate import SCENARIOS, simulate_clinic


@pytest.fixture
def relieved(visit_clinic):
    """Twenty patients of three visits: a session takes 3 points, or 2; one is left a week later."""
    before = {p: [8.0, 7.0, 6.0] for p in range(20)}
    after = {p: [5.0 + p % 2, 4.0 + p % 2, 3.0] for p in range(20)}
    return visit_clinic(before, after=after)


def by_quantity(answer):
    return answer.table.set_index("quantity")


def test_relief_what_is_kept_and_its_share_are_means_of_patients(relieved):
    answer = carry_over(relieved, "pain")
    rows = by_quantity(answer)
    assert rows.loc[module.RELIEF, "estimate"] == 2.5
    assert rows.loc[module.KEPT, "estimate"] == 1.0
    assert rows.loc[module.SHARE, "estimate"] == pytest.approx(0.4)
    low, high = stats.t.interval(0.95, 19, 2.5, stats.sem([3.0, 2.0] * 10))
    found = rows.loc[module.RELIEF, ["conf_low", "conf_high"]].tolist()
    assert found == pytest.approx([low, high])
    # With the same kept by everyone, the share lies between one over the limits of the relief.
    share = rows.loc[module.SHARE]
    assert (share["conf_low"], share["conf_high"]) == pytest.approx((1 / high, 1 / low))
    assert set(answer.table["n_patients"]) == {20}
    assert set(answer.table["n_sessions"]) == {40}
    points = answer.supporting["points"].set_index("timing")["estimate"]
    assert points.to_dict() == pytest.approx({"before": 7.5, "after": 5.0, "next visit": 6.5})


def test_the_last_session_is_not_counted_for_nobody_came_back_after_it(relieved):
    sample = carry_over(relieved, "pain").sample
    assert sample == {
        "patients whose care began within the records": 20,
        "sessions with a score before": 60,
        "sessions with a score before and after": 60,
        "of those, followed by a scored visit": 40,
        "patients with such a session": 20,
    }


def test_a_patient_with_many_sessions_counts_once(visit_clinic):
    before = {p: [6.0, 5.0] for p in range(19)} | {19: [8.0] * 41}
    after = {p: [4.0, 4.0] for p in range(19)} | {19: [3.0] * 41}
    clinic = visit_clinic(before, after=after)
    clinic.minimums = ho.Minimums()
    rows = by_quantity(carry_over(clinic, "pain"))
    assert rows.loc[module.RELIEF, "estimate"] == pytest.approx((19 * 2 + 5) / 20)


def test_how_it_fades_is_the_slope_on_weeks_between(visit_clinic):
    rng = np.random.default_rng(4)
    days = {p: np.r_[0, np.cumsum(rng.choice([4, 7, 14, 28], 4))] for p in range(60)}
    before, after = {}, {}
    for p, day in days.items():
        after[p] = rng.normal(4, 0.5, 5).clip(0, 10)
        gap = np.r_[7, np.diff(day)] / 7
        before[p] = np.clip(
            np.r_[6.0, after[p][:-1] + 0.4 * gap[1:]] + rng.normal(0, 0.3, 5), 0, 10
        )
    answer = carry_over(visit_clinic(before, after=after, days=days), "pain")
    fading = by_quantity(answer).loc[module.FADING]
    assert fading["conf_low"] < 0.4 < fading["conf_high"]
    assert fading["conf_high"] - fading["conf_low"] < 0.15
    assert fading["unit"] == "points per week"
    assert answer.words[-1].startswith("Where the next visit was a week later, 0.4 points more had")
    binned = answer.supporting["days between"]
    assert binned["n_sessions"].sum() == 240
    assert binned["group"].tolist()[:2] == ["1 to 4 days", "5 to 9 days"]
    assert np.diff(binned["estimate"].dropna()).min() > 0


def test_the_reasons_where_a_row_cannot_be_said(visit_clinic, relieved):
    weekly = by_quantity(carry_over(relieved, "pain"))
    assert weekly.loc[module.FADING, "reason"] == (
        "the days between visits are nearly always the same"
    )
    rng = np.random.default_rng(2)
    flat = {p: rng.integers(4, 8, 3).astype(float) for p in range(20)}
    noise = {p: flat[p] + rng.choice([-1.0, 1.0], 3) for p in range(20)}
    answer = carry_over(visit_clinic(flat, after=noise), "pain")
    share = by_quantity(answer).loc[module.SHARE]
    assert np.isnan(share["estimate"])
    assert share["reason"] == "the relief within a session cannot be told from none"
    assert (
        "What share of the relief that is cannot be said: the relief within a session cannot be "
        "told from none."
    ) in answer.words


def test_words_and_notes_say_who_came_back_and_that_one_score_is_counted_twice(relieved):
    answer = carry_over(relieved, "pain")
    assert answer.question == "Does relief of pain last until the next visit?"
    assert answer.words[0] == (
        "Within a session, pain was lower by 2.5 points (2.3 to 2.7); 20 patients and 40 sessions "
        "after which they came back, in brackets the 95% interval."
    )
    assert answer.words[1] == (
        "At the next visit, mostly about 7 days later, it was lower by 1.0 points (1.0 to 1.0) "
        "against before that session."
    )
    assert answer.words[2] == (
        "That is 40% of the change within the session (36% to 44%); it holds what would have got "
        "better by itself, too."
    )
    assert "came back and was scored" in answer.notes[0]
    assert "counted from the same score before treatment" in answer.notes[1]


def test_without_scores_after_treatment_it_says_what_to_record(visit_clinic):
    with pytest.raises(NotEnoughData) as refused:
        carry_over(visit_clinic({p: [6.0, 5.0] for p in range(30)}), "pain")
    assert str(refused.value) == (
        "No session has a score of pain both before and after treatment.\n"
        "  60 have one before treatment.\n"
        "  Ask again when treatment ends, and record it in a column of its own, such as 'pain "
        "after'."
    )


def test_too_few_who_came_back_are_refused_in_words(visit_clinic):
    before = {p: [6.0, 5.0] if p < 9 else [6.0] for p in range(30)}
    after = {p: [4.0] * len(path) for p, path in before.items()}
    with pytest.raises(NotEnoughData) as refused:
        carry_over(visit_clinic(before, after=after), "pain")
    assert str(refused.value) == (
        "Too few patients have a session scored before and after treatment and a next visit scored "
        "before; an estimate needs 10.\n"
        "  30 sessions have a score before and after.\n"
        "  Record pain before and after treatment at every visit."
    )


def test_other_bad_input_is_refused_in_words(relieved, changes, hand_clinic, demo_clinic):
    with pytest.raises(ValueError, match="There is no measure 'pian'"):
        carry_over(relieved, "pian")
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        carry_over(relieved, "pain", level=1.0)
    with pytest.raises(NotEnoughData, match="rated in categories, which have no mean"):
        carry_over(demo_clinic, "tension")
    with pytest.raises(NotEnoughData, match="one row per episode, without its sessions"):
        carry_over(hand_clinic([changes([6.0], [4.0])], shape="episodes"), "pain")
    with pytest.raises(NotEnoughData) as refused:
        carry_over(demo_clinic, "flexion_active")
    assert "No session has a score of active hip flexion both before and after" in str(
        refused.value
    )


@pytest.mark.slow
def test_where_nothing_lasts_what_seems_kept_is_what_would_have_come_by_itself(tmp_path):
    # In the simulator relief is gone by the next visit: whatever is "kept" is recovery and
    # regression to the mean. Without recovery and without selection, nothing is.
    scenario = replace(
        SCENARIOS["null"],
        entry_minimum=0, immediate_drop=1.5, stop_well=0.0, stop_discouraged=0.0,
    )  # fmt: skip
    simulate_clinic(4000, seed=3, scenario=scenario).write_csv(tmp_path / "a.csv")
    rows = by_quantity(carry_over(ho.load(tmp_path / "a.csv"), "pain"))
    assert rows.loc[module.RELIEF, "estimate"] > 1.2
    assert rows.loc[module.SHARE, "conf_low"] < 0 < rows.loc[module.SHARE, "conf_high"]
    assert rows.loc[module.SHARE, "conf_high"] - rows.loc[module.SHARE, "conf_low"] < 0.1
    selected = replace(scenario, entry_minimum=4)
    simulate_clinic(4000, seed=3, scenario=selected).write_csv(tmp_path / "b.csv")
    rows = by_quantity(carry_over(ho.load(tmp_path / "b.csv"), "pain"))
    assert rows.loc[module.KEPT, "conf_low"] > 0
