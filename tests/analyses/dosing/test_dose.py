"""What changes with follow-up sessions, on clinics small enough to count by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hipoutcomes.analyses.carry_over import carry_over
from hipoutcomes.analyses.dose import dose
from hipoutcomes.analyses.dosing import attended, next_visit, stopping, until_better, weeks
from hipoutcomes.analyses.dosing.visits import visits_of
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.vocabulary.columns import ESTIMATE_NAMES
from hipoutcomes.vocabulary.thresholds import default_threshold

LEVEL = 0.95


def of(table, quantity):
    rows = table[table["quantity"] == quantity]
    return rows.set_index("session_number")


@pytest.fixture
def weekly(visit_clinic):
    """Forty patients who come weekly: scores fall unevenly, half stop after visit 2, half after 4.

    First scores 4 to 8; those who stop early fell by 3, the others by 1 a visit.
    """
    scores = {}
    for patient in range(40):
        start = 4 + patient % 5
        wobble = (patient // 2) % 2
        if patient % 2:
            scores[patient] = [start, start - 3 - wobble]
        else:
            scores[patient] = [start, start - 1 - wobble, start - 2, start - 3 + wobble]
    return visit_clinic(scores)


def test_the_simple_curve_is_the_mean_of_those_who_came_so_often(weekly):
    rows = of(attended.simple_curve(visits_of(weekly, "pain"), LEVEL), attended.SIMPLE)
    assert rows["n_patients"].tolist() == [20, 0, 20]
    assert rows.loc[2, "estimate"] == pytest.approx(3.5)
    assert rows.loc[4, "estimate"] == pytest.approx(2.5)
    fallen = np.r_[[3.0] * 10, [4.0] * 10]
    low, high = stats.t.interval(LEVEL, 19, 3.5, stats.sem(fallen))
    assert (rows.loc[2, "conf_low"], rows.loc[2, "conf_high"]) == pytest.approx((low, high))
    assert rows.loc[3, "reason"] == "no patients; an estimate needs 10"


def test_changes_among_those_who_came_back_are_of_pairs_of_visits(weekly):
    rows = of(
        next_visit.steps_among_returned(visits_of(weekly, "pain"), LEVEL, 1), next_visit.RETURNED
    )
    assert rows["n_patients"].tolist() == [40, 20, 20]
    assert rows["n_still_coming"].tolist() == [40, 20, 20]
    assert rows["estimate"].tolist() == pytest.approx([2.5, 0.5, 0.5])
    fallen = np.repeat([3.0, 4.0, 1.0, 2.0], 10)
    assert rows.loc[2, "std_error"] == pytest.approx(stats.sem(fallen))
    assert (rows["band_low"] < rows["conf_low"]).all()
    assert (rows["band_high"] > rows["conf_high"]).all()
    assert (rows["p_adjusted"] >= rows["p_value"]).all()


def test_with_everyone_back_the_mixed_model_gives_the_paired_changes(visit_clinic):
    # Complete records: the contrasts of a mixed model with one mean a visit are the mean changes.
    rng = np.random.default_rng(3)
    scores = {p: np.clip(np.rint(rng.normal([7, 6, 4, 4], 1.3)), 0, 10) for p in range(30)}
    visits = visits_of(visit_clinic(scores), "pain")
    paired = next_visit.steps_among_returned(visits, LEVEL, 1)
    model, note = next_visit.steps_of_everyone(visits, LEVEL, 1)
    np.testing.assert_allclose(model["estimate"], paired["estimate"], atol=1e-7)
    assert note.startswith("The mixed model has one mean a visit, and each patient has a level")


def test_those_who_stopped_count_in_the_mixed_model_as_their_scores_say(weekly):
    visits = visits_of(weekly, "pain")
    paired = next_visit.steps_among_returned(visits, LEVEL, 1).set_index("session_number")
    model = next_visit.steps_of_everyone(visits, LEVEL, 1)[0].set_index("session_number")
    assert model.loc[2, "estimate"] == pytest.approx(paired.loc[2, "estimate"], abs=1e-6)
    assert (model["n_patients"] == paired["n_patients"]).all()
    assert not np.isclose(model.loc[3, "estimate"], paired.loc[3, "estimate"], atol=1e-3)


def test_equal_seeds_give_equal_limits_and_the_band_depends_on_nothing_else(weekly):
    one, again, other = (
        next_visit.steps_among_returned(visits_of(weekly, "pain"), LEVEL, seed)
        for seed in (4, 4, 5)
    )
    pd.testing.assert_frame_equal(one, again)
    np.testing.assert_allclose(one["band_low"], other["band_low"], atol=0.02)


def test_confirmed_changes_are_counted_with_stopping_as_the_other_end(visit_clinic):
    # Ten confirm at visit 3, ten at visit 4, ten stop after visit 3 without, ten after visit 5.
    paths = [[7, 5, 5, 6, 6], [7, 6, 5, 4, 6], [7, 4, 6], [7, 5, 6, 5, 6]]
    clinic = visit_clinic({10 * k + i: path for k, path in enumerate(paths) for i in range(10)})
    table = until_better.sessions_until_better(
        visits_of(clinic, "pain"), default_threshold("pain"), LEVEL
    ).set_index("session_number")
    assert table["estimate"].tolist() == pytest.approx([0.25, 0.5, 0.5])
    assert table["share_stopped"].tolist() == pytest.approx([0.25, 0.25, 0.5])
    assert table["n_still_coming"].tolist() == [40, 20, 10]
    assert (table["n_patients"] == 40).all()
    # First scores all alike: what re-measuring alone would give cannot be said.
    assert table["expected_low"].isna().all()


def test_a_visit_without_a_score_is_passed_over_and_a_first_score_without_room_left_out(
    visit_clinic,
):
    paths = {i: [7, 5, None, 5] for i in range(12)} | {12 + i: [1, 0, 0, 0] for i in range(10)}
    table = until_better.sessions_until_better(
        visits_of(visit_clinic(paths), "pain"), default_threshold("pain"), LEVEL
    ).set_index("session_number")
    assert table["estimate"].tolist() == pytest.approx([0.0, 1.0])
    assert table["n_patients"].tolist() == [12, 12]
    assert table["n_ineligible"].tolist() == [10, 10]


def test_patients_still_coming_when_the_records_end_are_followed_until_then(visit_clinic):
    paths = {i: [7, 5, 5] for i in range(10)} | {10 + i: [7, 6] for i in range(10)}
    over = visits_of(visit_clinic(paths), "pain")
    running = visits_of(visit_clinic(paths, last_day=20), "pain")
    share = [
        until_better.sessions_until_better(v, default_threshold("pain"), LEVEL)["estimate"].iloc[-1]
        for v in (over, running)
    ]
    # Ten of twenty; then ten of the ten who were seen at visit 3 at all.
    assert share == pytest.approx([0.5, 1.0])


def test_noise_has_the_visits_and_ends_of_the_patients(visit_clinic):
    rng = np.random.default_rng(5)
    path = rng.normal(6, 1, (60, 1)) + rng.normal(0, 1.2, (60, 5))
    whole = {p: np.clip(np.rint(row), 0, 10) for p, row in enumerate(path)}
    short = {p: row[: 2 + p % 4] for p, row in whole.items()}
    threshold = default_threshold("pain")
    long_table, short_table = (
        until_better.sessions_until_better(visits_of(visit_clinic(s), "pain"), threshold, LEVEL)
        for s in (whole, short)
    )
    assert (long_table["expected_low"] < long_table["expected_high"]).all()
    assert (np.diff(long_table["expected_high"]) > 0).all()
    assert short_table["expected_high"].iloc[-1] < long_table["expected_high"].iloc[-1]


def test_the_correlation_of_visits_and_weeks_is_said_and_decides_whether_both_are_modelled(
    visit_clinic,
):
    rng = np.random.default_rng(8)
    days = {p: np.r_[0, np.cumsum(rng.choice([2, 10, 60], 5))] for p in range(60)}
    scores = {
        p: np.clip(np.rint(8 - 0.6 * np.arange(6) - 0.2 * d / 7 + rng.normal(0, 0.7, 6)), 0, 10)
        for p, d in days.items()
    }
    apart = weeks.visits_and_weeks(
        visits_of(visit_clinic(scores, days=days), "pain"), LEVEL
    ).set_index("quantity")
    assert apart.loc[weeks.TOGETHER, "estimate"] < weeks.TOLD_APART
    for name, truth in ((weeks.PER_VISIT, 0.6), (weeks.PER_WEEK, 0.2)):
        assert apart.loc[name, "conf_low"] < truth < apart.loc[name, "conf_high"]
        assert apart.loc[name, "conf_high"] - apart.loc[name, "conf_low"] < 0.4
    together = weeks.visits_and_weeks(visits_of(visit_clinic(scores), "pain"), LEVEL).set_index(
        "quantity"
    )
    assert together.loc[weeks.TOGETHER, "estimate"] == pytest.approx(1.0)
    assert together.loc[weeks.PER_VISIT, "reason"] == (
        "visits and weeks move together (correlation 1.00); up to 0.9 they can be told apart"
    )


def asked_after(visit_clinic, n_stopped, n_asked, gain=0.0, n_went_on=60, seed=1):
    """Patients who stop after visit 2 or go on to visit 4, some asked on day 42 as well."""
    rng = np.random.default_rng(seed)
    n = n_stopped + n_went_on
    usual = rng.normal(6, 1, n)
    scores, between = {}, {}
    for p in range(n):
        stops = p < n_stopped
        path = usual[p] - 0.5 * np.arange(4) + rng.normal(0, 0.8, 4)
        scores[p] = np.clip(np.rint(path[: 2 if stops else 4]), 0, 10)
        if not stops or p < n_asked:
            later = usual[p] - 2 - (0 if stops else gain) + rng.normal(0, 0.8)
            between[p] = float(np.clip(np.rint(later), 0, 10))
    return visit_clinic(scores, between=between)


def test_going_on_is_compared_where_those_who_stopped_were_asked(visit_clinic):
    clinic = asked_after(visit_clinic, n_stopped=50, n_asked=45, gain=1.5)
    row = of(
        stopping.going_on_or_stopping(clinic, visits_of(clinic, "pain"), LEVEL), stopping.GOING_ON
    ).loc[2]
    assert (row["n_due"], row["n_measured"], row["n_other"]) == (50, 45, 45)
    assert row["n_patients"] == 105
    assert row["conf_low"] < 1.5 < row["conf_high"]
    assert row["conf_high"] - row["conf_low"] < 1.5
    assert row["reason"] == ""


@pytest.mark.parametrize(
    ("n_asked", "reason", "sentence"),
    [
        (
            0,
            "nobody of the 50 who stopped here was asked after stopping",
            "Did going on bring more than stopping? This cannot be answered: nobody is asked after "
            "they stop (0 of 50). To know, send the score sheet at week six to everyone, also to "
            "those who stopped coming.",
        ),
        (
            19,
            "too few of those who stopped here were asked after stopping: 19 of 50; it needs 20, "
            "and half of them",
            "Did going on bring more than stopping? This cannot be answered: too few are asked "
            "after they stop (19 of the 50 who stopped before week 4). To know, send the score "
            "sheet at week six "
            "to everyone, also to those who stopped coming.",
        ),
        (
            24,
            "too few of those who stopped here were asked after stopping: 24 of 50; it needs 20, "
            "and half of them",
            None,
        ),
    ],
)
def test_without_asking_those_who_stopped_it_cannot_be_answered(
    visit_clinic, n_asked, reason, sentence
):
    clinic = asked_after(visit_clinic, n_stopped=50, n_asked=n_asked)
    answer = dose(clinic, "pain")
    row = of(answer.table, stopping.GOING_ON).loc[2]
    assert np.isnan(row["estimate"])
    assert row["reason"] == reason
    if sentence:
        assert answer.words[-1] == sentence


def test_no_sentence_says_how_many_sessions_are_best(demo_clinic, weekly):
    for answer in (dose(demo_clinic, "pain"), dose(weekly, "pain")):
        said = " ".join((*answer.words, *answer.notes)).lower()
        for word in ("best", "optimal", "enough", "effect of session", "should come", "recommend"):
            assert word not in said.replace("not the effect of care", "")
        assert "cannot say what a further visit brings" in said
        assert "none says how many a patient needs" in said


def test_words_of_the_demo_clinic_hold_their_numbers(demo_clinic):
    answer = dose(demo_clinic, "pain")
    first = of(answer.table, next_visit.RETURNED).loc[2]
    assert answer.words[2].startswith(f"Visit 1 to 2: lower by {first['estimate']:.1f} points (")
    assert (
        f"{first['n_patients']} of the {first['n_still_coming']} who came back" in answer.words[2]
    )
    assert any("move together in these records (correlation 0.98" in said for said in answer.words)


def test_the_chart_draws_either_reading_and_refuses_another(demo_clinic):
    from matplotlib.figure import Figure

    answer = dose(demo_clinic, "pain")
    by_visit, confirmed, by_week = Figure().subplots(1, 3)
    answer.plot(ax=by_visit)
    answer.plot(ax=confirmed, reading="confirmed")
    assert by_visit.get_ylabel().startswith("Improvement in pain")
    assert confirmed.get_ylabel() == "Share of patients, by this visit"
    answer.plot(ax=by_week, reading="weeks")
    assert by_week.get_xlabel() == "Weeks since the first visit"
    known = answer.supporting["weeks"]["estimate"].to_numpy()
    np.testing.assert_allclose(by_week.get_lines()[0].get_ydata(), known)
    with pytest.raises(ValueError) as refused:
        answer.plot(reading="days")
    assert str(refused.value) == ("reading must be one of visits, confirmed, weeks; it is 'days'.")


def test_a_measure_without_a_threshold_has_the_other_readings(demo_clinic):
    answer = dose(demo_clinic, "hoos_ps")
    assert not answer.table["quantity"].str.startswith("share better").any()
    assert (answer.table["quantity"] == next_visit.RETURNED).any()


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (
            {p: [6.0 + p % 3] for p in range(30)},
            "Too few patients have a score of pain before treatment at two visits or more; an "
            "estimate needs 10.\n"
            "  0 of the 30 patients whose care began within the records came more than once.\n"
            "  Ask for pain before treatment at every visit, the first included.",
        ),
        (
            {p: [6.0 + p, 5.0 - p] for p in range(4)},
            "Too few patients have a score of pain before treatment at two visits or more; an "
            "estimate needs 10.\n"
            "  4 of the 4 patients whose care began within the records came more than once.\n"
            "  Ask for pain before treatment at every visit, the first included.",
        ),
        (
            {p: [6.0, None, None] for p in range(30)},
            "Too few patients have a score of pain before treatment at two visits or more; an "
            "estimate needs 10.\n"
            "  30 of the 30 patients whose care began within the records came more than once.\n"
            "  Ask for pain before treatment at every visit, the first included.",
        ),
        (
            {p: [5.0, 5.0, 5.0] for p in range(30)},
            "Every score of pain before treatment is 5.\n"
            "  What changes from visit to visit needs scores that differ.",
        ),
    ],
    ids=["one visit each", "too few", "never scored again", "all alike"],
)
def test_records_that_cannot_answer_are_refused_in_words(visit_clinic, scores, message):
    with pytest.raises(NotEnoughData) as refused:
        dose(visit_clinic(scores), "pain")
    assert str(refused.value) == message


def test_scores_that_all_change_by_the_same_are_said_to(visit_clinic):
    answer = dose(visit_clinic({p: [6 + p % 3, 5 + p % 3, 4 + p % 3] for p in range(30)}), "pain")
    row = of(answer.table, next_visit.RETURNED).loc[2]
    assert row["reason"] == next_visit.ALIKE
    assert of(answer.table, attended.SIMPLE).loc[3, "estimate"] == 2.0


def test_other_bad_input_is_refused_in_words(visit_clinic, changes, hand_clinic, demo_clinic):
    clinic = visit_clinic({p: [6, 5 - p % 2] for p in range(30)})
    with pytest.raises(ValueError, match="There is no measure 'pian'; these records hold pain"):
        dose(clinic, "pian")
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        dose(clinic, "pain", level=95)
    with pytest.raises(ValueError, match="threshold must lie above 0 and up to 10 points"):
        dose(clinic, "pain", threshold=20)
    with pytest.raises(NotEnoughData, match="rated in categories, which have no mean"):
        dose(demo_clinic, "tension")
    with pytest.raises(NotEnoughData) as refused:
        dose(hand_clinic([changes([6.0], [4.0])], shape="episodes"), "pain")
    assert str(refused.value) == (
        "These records hold one row per episode, without its sessions.\n"
        "  What changes from visit to visit needs one row per visit."
    )


def test_motion_is_followed_only_between_readings_taken_alike(demo_clinic):
    # Raters read rotation some eight degrees apart: only readings taken as the first one count.
    clinic_scores = demo_clinic.scores.arrays("internal_rotation_active", ("before",))
    visits = visits_of(demo_clinic, "internal_rotation_active")
    answer = dose(demo_clinic, "internal_rotation_active")
    assert visits.n_unlike > 20
    assert answer.words[-1].endswith(
        "To know, measure everyone again at week six, also those who stopped coming."
    )
    assert answer.sample["scores left out, not measured as the first"] == visits.n_unlike
    assert len(visits.scores) + visits.n_unlike <= len(clinic_scores["score"])
    assert visits_of(demo_clinic, "pain").n_unlike == 0


def test_what_a_filter_left_out_is_said_beside_both_answers(demo_clinic):
    older = demo_clinic.where(age_from=60)
    for answer in (dose(older, "pain"), carry_over(older, "pain")):
        assert any(
            note.startswith("Left out by choice (age 60 or more): ") for note in answer.notes
        )
        assert answer.sample != dose(demo_clinic, "pain").sample


def test_changes_that_are_all_alike_at_each_visit_are_a_reason_and_no_error(visit_clinic):
    answer = dose(visit_clinic({k: [4 + k % 5, 2 + k % 5, 2 + k % 5] for k in range(30)}), "pain")
    rows = of(answer.table, next_visit.RETURNED)
    assert rows["reason"].tolist() == [next_visit.ALIKE] * 2
    assert f"No fairer reading: {next_visit.ALIKE}." in answer.words
    reasons = of(answer.table, next_visit.EVERYONE)["reason"]
    assert reasons.tolist() == [next_visit.ALIKE] * 2


def test_every_column_is_in_the_glossary_where_going_on_is_compared(visit_clinic):
    scores = {k: [4 + k % 5, 3 + (k // 5) % 4] + [2 + k % 3] * (2 * (k % 2)) for k in range(240)}
    later = {k: float(1 + (k // 7) % 4) for k in range(240)}
    answer = dose(visit_clinic(scores, between=later), "pain")
    rows = answer.table[answer.table["quantity"] == stopping.GOING_ON]
    assert rows["estimate"].notna().any()
    assert set(answer.table) <= ESTIMATE_NAMES
