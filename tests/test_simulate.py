"""Simulated clinics: the same from the same seed, and true to what the scenario says."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.errors import OutputError
from hipoutcomes.simulate import SCENARIOS, Scenario, simulate_clinic, write_demo

N = 12_000


@pytest.fixture(scope="module")
def clinics():
    """One large clinic of each scenario, without messes."""
    return {name: simulate_clinic(N, seed=11, scenario=name) for name in SCENARIOS}


def improvement_if_asked(clinic) -> pd.Series:
    return clinic.truth["first_score"] - clinic.truth["score_week_6_if_asked"]


def pain(clinic, column="Pain before") -> pd.Series:
    return pd.to_numeric(clinic.sessions[column])


def test_same_seed_same_file_and_another_seed_another():
    one, again = (simulate_clinic(40, seed=5, mess=0.05, ask=True) for _ in range(2))
    pd.testing.assert_frame_equal(one.sessions, again.sessions)
    pd.testing.assert_frame_equal(one.truth, again.truth)
    assert dict(one.planted) == dict(again.planted)
    assert not one.sessions.equals(simulate_clinic(40, seed=6, mess=0.05, ask=True).sessions)


@pytest.mark.parametrize("n", [1, 2, 37, 300])
def test_every_patient_asked_for_has_a_visit_in_the_file(n):
    clinic = simulate_clinic(n, seed=2)
    visits = clinic.sessions[clinic.sessions["Row type"] == "Visit"]
    assert visits["Client"].nunique() == n
    assert set(clinic.truth["client"]) == set(visits["Client"])


def test_every_cell_is_text_or_missing():
    sessions = simulate_clinic(60, seed=3, mess=0.1).sessions
    assert all(isinstance(cell, str) for cell in sessions.stack().dropna())
    assert (sessions.dtypes == "str").all()


def test_dates_lie_in_the_file_and_never_on_a_sunday():
    clinic = simulate_clinic(500, seed=4, first_day="2025-03-01", last_day="2025-12-31")
    visits = clinic.sessions[clinic.sessions["Row type"] == "Visit"]
    days = pd.to_datetime(visits["Date"])
    assert days.between("2025-03-01", "2025-12-31").all()
    assert (days.dt.day_of_week < 6).all()
    assert days.is_monotonic_increasing


def test_dates_are_typed_as_asked():
    clinic = simulate_clinic(30, seed=4, date_format="%d/%m/%Y")
    assert clinic.sessions["Date"].str.fullmatch(r"\d{2}/\d{2}/202[56]").all()


def test_first_scores_are_as_the_default_scenario_says(clinics):
    first = clinics["default"].truth["first_score"]
    assert first.min() == 3
    assert first.mean() == pytest.approx(5.5, abs=0.07)
    assert first.std() == pytest.approx(1.8, abs=0.06)


def test_change_varies_as_much_as_in_trials(clinics):
    assert 2.2 <= improvement_if_asked(clinics["default"]).std() <= 2.6


def test_null_gives_the_responders_that_remeasuring_alone_gives(clinics):
    # facts, section 3, fact 3: mean 5, SD 2, entry at 4 or more, reliability 0.6: 24.6 % improve
    # by 2 points, 18.6 % by 30 %, 8 % by half, 14 % worsen by 2. Four standard errors: 1.6 %.
    first = clinics["null"].truth["first_score"]
    better = improvement_if_asked(clinics["null"])
    assert first.min() == 4
    assert np.mean(better >= 2) == pytest.approx(0.246, abs=0.016)
    assert np.mean(better >= 0.3 * first) == pytest.approx(0.186, abs=0.016)
    assert np.mean(better >= 0.5 * first) == pytest.approx(0.08, abs=0.012)
    assert np.mean(better <= -2) == pytest.approx(0.14, abs=0.014)


def test_null_typed_scores_of_later_visits_do_not_drift(clinics):
    sessions = clinics["null"].sessions.assign(pain=pain(clinics["null"]))
    visits = sessions[sessions["Row type"] == "Visit"]
    number = visits.groupby("Client").cumcount()
    second, third = (visits.loc[number == k, "pain"].mean() for k in (1, 2))
    assert visits.loc[number == 0, "pain"].mean() - second > 0.15
    assert third == pytest.approx(second, abs=0.25)


def test_null_has_nothing_to_find(clinics):
    truth = clinics["null"].truth
    assert (truth[["benefit_week_6", "natural_course", "specific_benefit"]] == 0).all(axis=None)
    pd.testing.assert_series_equal(
        truth["true_pain_week_6"], truth["true_severity"].clip(0, 10), check_names=False
    )
    after, before = pain(clinics["null"], "Pain after"), pain(clinics["null"])
    assert (after - before).mean() == pytest.approx(0, abs=0.05)


def test_natural_course_follows_condition(clinics):
    by_condition = clinics["default"].truth.groupby("condition")["natural_course"].mean()
    for condition, points in SCENARIOS["default"].natural_course.items():
        assert by_condition[condition] == pytest.approx(points, abs=0.25)


def test_benefit_is_whole_after_four_sessions_and_absent_before_the_second(clinics):
    truth = clinics["default"].truth
    many, one = truth[truth["n_sessions"] >= 8], truth[truth["n_sessions"] == 1]
    np.testing.assert_allclose(many["benefit_week_6"], many["specific_benefit"])
    assert many["specific_benefit"].mean() == pytest.approx(0.8, abs=0.3)
    np.testing.assert_allclose(one["benefit_week_6"], one["specific_benefit"] / 4)


def test_planted_difference_is_there_and_nowhere_else(clinics):
    truth = clinics["planted"].truth
    mean = truth.groupby("technique")["true_pain_week_6"].mean()
    assert mean.drop("deep_tissue").mean() - mean["deep_tissue"] == pytest.approx(0.8, abs=0.2)
    assert np.ptp(mean.drop("deep_tissue")) < 0.25
    first = truth.groupby("technique")["first_score"].mean()
    assert np.ptp(first) < 0.2


def test_confounding_gives_deep_tissue_to_the_severe_without_working_better(clinics):
    truth = clinics["confounded"].truth.assign(better=improvement_if_asked(clinics["confounded"]))
    mean = truth.groupby("technique").mean(numeric_only=True)
    deep, others = mean.loc["deep_tissue"], mean.drop("deep_tissue").mean()
    assert deep["specific_benefit"] == pytest.approx(others["specific_benefit"], abs=0.05)
    assert deep["first_score"] - others["first_score"] > 1.5
    assert deep["better"] - others["better"] > 0.6
    like = truth[truth["first_score"] == 6].groupby("technique")["better"].mean()
    assert like["deep_tissue"] == pytest.approx(like.drop("deep_tissue").mean(), abs=0.35)


def test_a_severity_that_nobody_recorded_can_choose_the_technique():
    hidden = replace(SCENARIOS["null"], name="hidden", confounding_hidden=1.0)
    truth = simulate_clinic(N, seed=11, scenario=hidden).truth
    like = truth[truth["first_score"] == 6].groupby("technique")["true_severity"].mean()
    assert like["deep_tissue"] - like.drop("deep_tissue").max() > 0.3


def test_who_stopped_when_well_is_better_than_who_was_discouraged(clinics):
    clinic = clinics["informative_stopping"]
    truth = clinic.truth.assign(better=improvement_if_asked(clinic))
    mean = truth.groupby("stopped")[["better", "true_pain_week_6"]].mean()
    assert mean.loc["well", "better"] - mean.loc["discouraged", "better"] > 1.5
    assert mean.loc["well", "true_pain_week_6"] < mean.loc["discouraged", "true_pain_week_6"] - 1
    assert {"at random", "plan finished", "file ended"} <= set(mean.index)


def test_who_stops_for_a_relief_nobody_records_is_well_and_never_said_so(clinics):
    clinic = clinics["hidden_stopping"]
    truth = clinic.truth.query("episode == 1 and not began_before_file")
    mean = truth.groupby("stopped")["true_pain_week_6"].mean()
    assert {"unseen relief", "plan finished", "at random"} <= set(mean.index)
    assert "well" not in mean.index
    assert mean["unseen relief"] < mean["plan finished"] - 1.5
    assert (clinics["informative_stopping"].truth["stopped"] != "unseen relief").all()
    visits = clinic.sessions.assign(pain=pain(clinic)).query("`Row type` == 'Visit'")
    last = visits.groupby("Client")["pain"].last()
    gone = truth.loc[(truth["stopped"] == "unseen relief") & ~truth["never_measured"], "client"]
    later = truth.set_index("client").loc[gone, "score_week_6_if_asked"]
    assert np.nanmean(last[gone].to_numpy() - later.to_numpy()) > 0.8


def test_last_visit_flatters_those_who_stop_when_well(clinics):
    clinic = clinics["informative_stopping"]
    visits = clinic.sessions.assign(pain=pain(clinic)).query("`Row type` == 'Visit'")
    last = visits.groupby("Client")["pain"].last()
    truth = clinic.truth.query("episode == 1").set_index("client")
    well = truth.index[(truth["stopped"] == "well") & ~truth["never_measured"]]
    later = truth.loc[well, "score_week_6_if_asked"].mean()
    assert last.reindex(well).mean() < later - 0.5


def test_texts_reach_people_who_stopped_coming(clinics):
    clinic = clinics["default"]
    texts = clinic.sessions[clinic.sessions["Row type"] == "Text message"]
    share = texts["Client"].nunique() / N
    assert share == pytest.approx(SCENARIOS["default"].text_share, abs=0.04)
    assert texts["Pain before"].isna().all()
    assert texts["Technique"].isna().all()
    stopped = clinic.truth[clinic.truth["n_sessions"] <= 2]["client"]
    assert texts["Client"].isin(stopped).sum() > 500


def test_some_are_never_measured_again(clinics):
    clinic = clinics["default"]
    never = clinic.truth.query("never_measured and episode == 1 and not began_before_file")
    assert len(never) / N == pytest.approx(0.08, abs=0.02)
    only = never[~never["client"].duplicated()]["client"]
    twice = clinic.truth.query("episode == 2")["client"]
    rows = clinic.sessions[clinic.sessions["Client"].isin(set(only) - set(twice))]
    later = rows[rows["First visit"].isna()]
    assert len(later) > 500
    assert later[["Pain before", "Pain after", "Pain between visits"]].isna().all(axis=None)


def test_pain_falls_more_within_a_session_than_it_stays(clinics):
    sessions = clinics["default"].sessions
    before, after = (pd.to_numeric(sessions[f"Pain {when}"]) for when in ("before", "after"))
    assert (before - after).mean() > 1.1
    assert clinics["default"].truth["benefit_week_6"].mean() < 0.85


def test_deep_pressure_hurts_more(clinics):
    sessions = clinics["default"].sessions
    hurt = pd.to_numeric(sessions["Discomfort"]).groupby(sessions["Technique"]).mean()
    assert hurt["Deep tissue"] > hurt["Swedish"] + 1
    deep = sessions[sessions["Pressure"] == "deep"]["Technique"]
    assert (deep == "Deep tissue").mean() > 0.5


def test_motion_gains_little_and_raters_differ_in_rotation(clinics):
    sessions = clinics["default"].sessions.query("Device == 'goniometer' and Position == 'supine'")
    flexion = pd.to_numeric(sessions["Flexion active before"])
    first = sessions["First visit"].notna()
    assert flexion[~first].mean() - flexion[first].mean() == pytest.approx(1.3, abs=1.2)
    rotation = pd.to_numeric(sessions["Internal rotation active before"])
    by_rater = rotation.groupby(sessions["Rater"]).mean()
    assert by_rater.std() > 2


def test_first_visits_are_marked_and_running_episodes_are_not(clinics):
    clinic = clinics["default"]
    marked = clinic.sessions[clinic.sessions["First visit"].notna()]
    assert (marked["First visit"] == "yes").all()
    begun = clinic.truth[~clinic.truth["began_before_file"]]
    pd.testing.assert_series_equal(
        marked.groupby("Client").size(), begun.groupby("client").size(), check_names=False
    )
    running = clinic.truth[clinic.truth["began_before_file"]]
    assert 0.015 < len(running) / N < 0.06
    assert (running["first_day"] < "2025-01-06").all()


def test_second_complaints_come_after_a_long_gap(clinics):
    truth = clinics["default"].truth
    second = truth[truth["episode"] == 2].set_index("client")
    assert 0.02 < len(second) / N < 0.06
    gap = second["first_day"] - truth[truth["episode"] == 1].set_index("client")["last_day"]
    assert gap.dropna().min() > pd.Timedelta(days=90)


def test_some_are_treated_for_both_hips(clinics):
    first = clinics["default"].truth.query("episode == 1")
    assert (first["side"] == "both").mean() == pytest.approx(0.03, abs=0.008)


def test_some_episodes_begin_too_late_to_be_due(clinics):
    late = clinics["default"].truth["first_day"] > pd.Timestamp("2026-09-11") - pd.Timedelta(
        weeks=8
    )
    assert 0.03 < late.mean() < 0.2


def test_therapists_vary_as_much_as_asked():
    scenario = replace(SCENARIOS["default"], therapist_icc=0.1, specific_benefit=0.0)
    truth = simulate_clinic(3000, seed=1, scenario=scenario, n_therapists=300).truth
    between = truth.groupby("therapist")["specific_benefit"].first().std()
    assert between == pytest.approx(scenario.therapist_sd, rel=0.15)
    assert between > 0.6


def test_technique_differences_have_the_spread_asked_for():
    scenario = replace(SCENARIOS["null"], technique_sd=0.15)
    found = [
        simulate_clinic(60, seed=seed, scenario=scenario)
        .truth.groupby("technique")["specific_benefit"]
        .first()
        for seed in range(25)
    ]
    assert np.concatenate(found).std() == pytest.approx(0.15, rel=0.25)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scenario": "nul"}, "scenario must be one of default, null, planted"),
        ({"n_patients": 0}, "n_patients must be 1 or more; it is 0"),
        ({"n_therapists": 0}, "n_therapists must be 1 or more; it is 0"),
        ({"mess": 0.7}, "mess must lie between 0 and 0.5; it is 0.7"),
        ({"last_day": "2025-02-01"}, "at least 120 days after first_day"),
    ],
)
def test_wrong_options_are_refused_in_words(options, message):
    with pytest.raises(ValueError, match=message):
        simulate_clinic(**{"n_patients": 10, "seed": 1, **options})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reliability": 1.2}, "reliability must lie between 0 and 1; it is 1.2"),
        ({"entry_minimum": 9}, "entry_minimum must be 0 to 8; it is 9"),
        ({"pain_mean": 0.0, "pain_sd": 1.0}, "Hardly anyone would book"),
        ({"benefit_sessions": 0}, "benefit_sessions must be 1 or more"),
        ({"benefit_gone_by": 6.0}, r"benefit_gone_by \(6.0\) must come after"),
        ({"technique_extra": {"reiki": 1}}, "technique_extra names reiki; the simulator knows"),
        ({"natural_course": {"gout": 1}}, "natural_course names gout; the simulator knows"),
    ],
)
def test_impossible_scenarios_are_refused_in_words(change, message):
    with pytest.raises(ValueError, match=message):
        Scenario(**change)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("a file, not a directory")
    with pytest.raises(OutputError, match=r"taken.* cannot be written"):
        write_demo(taken / "demo")
    with pytest.raises(OutputError, match=r"here.csv cannot be written"):
        simulate_clinic(5, seed=1).write_csv(tmp_path / "nowhere" / "here.csv")
