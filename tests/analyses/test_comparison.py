"""Comparisons of like patients: what is adjusted, what is refused, and what may be said."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.analyses.comparison import comparison
from hipoutcomes.charts.love_plot import love_plot
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.simulate import SCENARIOS
from hipoutcomes.vocabulary.columns import ESTIMATE_NAMES

#: What no sentence of a comparison may say.
FORBIDDEN = re.compile(
    r"\b(effects?|effective\w*|works?|because of|caus(es?|ed)|best|better|worst|worse|winner|"
    r"outperform\w*|superior|significant\w*|due to|led to|benefit\w*|number needed)\b",
    re.IGNORECASE,
)


def made(changes, hand_clinic, n=240, arms=("swedish", "deep_tissue", "trigger_point"), seed=1,
         gain=0.0, tilt=0.0, **columns):  # fmt: skip
    """A clinic of one row per episode with therapists who each give everything."""
    rng = np.random.default_rng(seed)
    baseline = np.clip(np.rint(rng.normal(5.5, 1.8, n)), 3, 10)
    liking = np.zeros((n, len(arms)))
    liking[:, 1] = tilt * (baseline - 5.5)
    technique = np.array(arms, object)[(liking + rng.gumbel(size=liking.shape)).argmax(axis=1)]
    change = 0.5 * (baseline - 3) + gain * (technique == arms[1]) + rng.normal(0, 1.5, n)
    given = {
        "technique": technique,
        "therapist": rng.choice(["Ann", "Ben", "Cy"], n),
        "condition": rng.choice(["bursitis", "osteoarthritis", "piriformis"], n),
        "age": np.rint(rng.normal(55, 12, n)),
        "sex": rng.choice(["female", "male"], n),
    } | columns
    return hand_clinic([changes(baseline, baseline - change, **given)], shape="episodes")


@pytest.fixture(scope="module")
def clinics(tmp_path_factory):
    """Simulated clinics by scenario and size, loaded once each."""
    loaded, folder = {}, tmp_path_factory.mktemp("clinics")
    scenarios = {
        **SCENARIOS,
        "hidden": replace(
            SCENARIOS["null"], name="hidden", confounding_hidden=1.2, reliability=0.6
        ),
    }

    def load(name, n_patients, seed=5, **options):
        key = name, n_patients, seed
        if key not in loaded:
            simulated = ho.simulate_clinic(
                n_patients, seed=seed, scenario=scenarios[name], **options
            )
            loaded[key] = ho.load(simulated.write_csv(folder / f"{name}{n_patients}{seed}.csv"))
        return loaded[key]

    return load


def row_of(answer, contrast):
    return answer.table.set_index("contrast").loc[contrast]


def reading(answer, quantity, contrast):
    rows = answer.supporting["readings"]
    return rows[(rows["quantity"] == quantity) & (rows["contrast"] == contrast)].iloc[0]


def said(answer, part):
    return [sentence for sentence in answer.words if part in sentence]


# What is estimated


def test_the_adjusted_differences_are_those_of_the_researchers_door(changes, hand_clinic):
    clinic = made(changes, hand_clinic, gain=1.0)
    answer = comparison(clinic, "pain", resamples=0)
    frame = clinic.changes("pain").frame
    labels = {
        "swedish": "Swedish",
        "deep_tissue": "Deep tissue",
        "trigger_point": "Trigger point therapy",
    }
    formula = "improvement ~ technique + baseline + age + sex + condition + therapist"
    model = ho.ancova(frame.assign(technique=frame["technique"].map(labels)), formula)
    expected = model.contrasts("technique").table.set_index("contrast")
    for contrast in answer.table["contrast"]:
        found = row_of(answer, contrast)
        turned = contrast not in expected.index
        other = expected.loc[" - ".join(reversed(contrast.split(" - "))) if turned else contrast]
        sign, ends = (-1, ("conf_high", "conf_low")) if turned else (1, ("conf_low", "conf_high"))
        assert found["estimate"] == pytest.approx(sign * other["estimate"])
        assert found["conf_low"] == pytest.approx(sign * other[ends[0]])
        assert found["conf_high"] == pytest.approx(sign * other[ends[1]])
        for name in ("std_error", "df", "p_value", "p_adjusted"):
            assert found[name] == pytest.approx(other[name])


def test_two_arms_alone_are_tested_once_and_the_omnibus_is_the_pair(changes, hand_clinic):
    clinic = made(changes, hand_clinic, arms=("swedish", "deep_tissue"), gain=0.6)
    answer = comparison(clinic, "pain", resamples=0)
    pair, omnibus = answer.table.iloc[0], answer.supporting["omnibus"].iloc[0]
    assert omnibus["p_value"] == pytest.approx(pair["p_value"])
    assert omnibus["statistic"] == pytest.approx(pair["statistic"] ** 2)
    assert pair["p_adjusted"] == pytest.approx(pair["p_value"])


def test_without_covariates_and_therapists_unadjusted_is_the_difference_of_means(
    changes, hand_clinic
):
    clinic = made(changes, hand_clinic, therapist=None)
    answer = comparison(clinic, "pain", adjust=[], resamples=0)
    frame = clinic.changes("pain").frame
    means = frame.groupby("technique")["improvement"].mean()
    plain = reading(
        answer, "unadjusted difference in improvement", answer.table["contrast"].iloc[0]
    )
    first, second = (
        {"Swedish": "swedish", "Deep tissue": "deep_tissue", "Trigger point therapy":
         "trigger_point"}[name] for name in plain["contrast"].split(" - ")
    )  # fmt: skip
    assert plain["estimate"] == pytest.approx(means[first] - means[second])
    assert "No therapist was recorded" in " ".join(answer.notes)


def test_every_reading_is_there_for_every_pair_and_in_the_glossary(changes, hand_clinic):
    answer = comparison(made(changes, hand_clinic), "pain", resamples=100)
    assert len(answer.supporting["readings"]) == 5 * len(answer.table)
    for table in (answer.table, *answer.supporting.values()):
        assert set(table) <= ESTIMATE_NAMES
        assert isinstance(table.index, pd.RangeIndex)
    readings = answer.supporting["readings"]
    assert (readings["estimate"].notna() == (readings["reason"] == "")).all()
    known = readings.dropna(subset="estimate")
    assert (known["conf_low"] <= known["estimate"]).all()
    assert (known["estimate"] <= known["conf_high"]).all()


def test_many_therapists_carry_the_intervals_and_few_do_not(changes, hand_clinic):
    few = comparison(made(changes, hand_clinic), "pain", resamples=0)
    assert "t intervals for patients who are independent" in few.method
    names = np.random.default_rng(2).choice([f"T{i:02d}" for i in range(12)], 240)
    many = comparison(made(changes, hand_clinic, therapist=names), "pain", resamples=0)
    assert "CR2" in many.method
    assert (many.table["df"] < 13).all()


def test_the_same_seed_gives_the_same_intervals_and_another_gives_others(changes, hand_clinic):
    clinic = made(changes, hand_clinic, n=180)
    one, again, other = (
        comparison(clinic, "pain", resamples=100, seed=seed).supporting["readings"]
        for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, again)
    assert not np.allclose(one["conf_low"].iloc[-3:], other["conf_low"].iloc[-3:])


def test_the_order_of_arms_is_by_size_and_no_order_of_results(changes, hand_clinic):
    clinic = made(changes, hand_clinic, gain=-2.0)
    sizes = clinic.changes("pain").frame["technique"].value_counts()
    answer = comparison(clinic, "pain", resamples=0)
    groups = answer.supporting["means"]["group"].iloc[:3].str.lower().str.replace(" therapy", "")
    assert groups.str.replace(" ", "_").tolist() == sizes.index.tolist()


# Who is compared


def test_mixed_and_missing_techniques_are_counted_and_never_an_arm(changes, hand_clinic):
    clinic = made(changes, hand_clinic)
    frame = clinic.changes("pain").frame
    frame.loc[:6, "technique"] = "mixed"
    frame.loc[7:9, "technique"] = None
    answer = comparison(clinic, "pain", resamples=0)
    assert answer.sample["technique mixed"] == 7
    assert answer.sample["technique not recorded"] == 3
    assert answer.sample["compared"] == 230
    assert not any("ixed" in name for name in answer.table["contrast"])
    assert said(answer, "Set aside: 7 (technique mixed) and 3 (technique not recorded).")


def test_a_number_that_is_missing_sets_aside_and_a_word_becomes_a_category(changes, hand_clinic):
    clinic = made(changes, hand_clinic)
    frame = clinic.changes("pain").frame
    frame.loc[:4, "age"] = np.nan
    frame.loc[5:40, "sex"] = None
    answer = comparison(clinic, "pain", resamples=0)
    assert answer.sample["without age"] == 5
    assert answer.sample["compared"] == 235
    notes = " ".join(answer.notes)
    assert "Patients without sex are kept, as a category of their own." in notes
    assert "Patients without age are set aside and counted" in notes
    assert "not recorded" in answer.supporting["balance"]["category"].tolist()


def test_an_age_that_hardly_anyone_has_is_left_out_and_said(changes, hand_clinic):
    age = np.where(np.arange(240) < 100, 50.0 + np.arange(240) % 7, np.nan)
    answer = comparison(made(changes, hand_clinic, age=age), "pain", resamples=0)
    assert answer.sample["compared"] == 240
    assert (
        "Age is not adjusted for: it is recorded for 42% of the patients measured again."
        in answer.notes
    )


def test_what_everyone_shares_is_not_adjusted_for_and_said(changes, hand_clinic):
    answer = comparison(made(changes, hand_clinic, condition="bursitis"), "pain", resamples=0)
    assert any(note.startswith("Condition is Hip bursitis") for note in answer.notes)


def test_only_what_is_known_at_the_start_may_be_adjusted_for(changes, hand_clinic):
    clinic = made(changes, hand_clinic)
    for name in ("n_follow_ups", "n_sessions", "final", "improvement", "aftercare_followed"):
        with pytest.raises(ValueError) as caught:
            comparison(clinic, "pain", adjust=["age", name])
        assert str(caught.value) == (
            f"adjust names {name!r}, which is known only after the start: holding it alike would "
            "take part of the difference away, or make one. Known at the start: baseline, age, "
            "sex and condition."
        )
    with pytest.raises(ValueError) as caught:
        comparison(clinic, "pain", adjust="colour")
    assert str(caught.value) == (
        "adjust names 'colour', which is nothing known at the start. Known are: baseline, age, "
        "sex and condition."
    )
    with pytest.raises(ValueError, match="adjust names 'technique', which is what is compared"):
        comparison(clinic, "pain", adjust="technique")


def test_what_was_not_recorded_cannot_be_adjusted_for(changes, hand_clinic):
    with pytest.raises(NotEnoughData) as caught:
        comparison(made(changes, hand_clinic), "pain", adjust=["duration_weeks"])
    assert str(caught.value) == (
        "These records do not hold 'duration_weeks' for the patients measured again.\n"
        "  They can be adjusted for baseline, age, sex and condition."
    )


def test_naming_first_score_and_therapist_asks_for_nothing_more(changes, hand_clinic):
    clinic = made(changes, hand_clinic)
    named = comparison(clinic, "pain", adjust=["baseline", "therapist", "age"], resamples=0)
    plain = comparison(clinic, "pain", adjust=["age"], resamples=0)
    pd.testing.assert_frame_equal(named.table, plain.table)


def test_the_first_score_of_another_measure_can_be_held_alike(changes, hand_clinic):
    clinic = made(changes, hand_clinic, n=200)
    function = np.random.default_rng(4).normal(60, 15, 200)
    clinic._changes["hoos_ps"] = changes(function, function, "hoos_ps")
    clinic.measures = ("pain", "hoos_ps")
    answer = comparison(clinic, "pain", adjust=["hoos_ps"], resamples=0)
    assert any("HOOS" in name for name in answer.supporting["balance"]["characteristic"])


# What cannot be compared


def test_a_therapist_who_gave_one_technique_only_does_not_carry_a_comparison(changes, hand_clinic):
    clinic = made(changes, hand_clinic, arms=("swedish", "deep_tissue"))
    technique = clinic.changes("pain").frame["technique"]
    alone = np.where(technique == "swedish", "Ann", "Ben")
    clinic.changes("pain").frame["therapist"] = alone
    answer = comparison(clinic, "pain")
    assert answer.table["estimate"].isna().all()
    names = answer.table["contrast"].iloc[0].split(" - ")
    assert answer.table["reason"].tolist() == [
        f"no therapist gave both {names[0]} and {names[1]} to 5 patients or more; a comparison "
        "needs 2 who did"
    ]
    assert answer.words[1] == (
        "The records can describe how pain changed; they cannot compare techniques."
    )
    assert answer.words[-1].startswith("To see a difference of 1 point between two groups takes")
    assert answer.table["n_needed"].iloc[0] > 20
    by_therapist = answer.supporting["technique by therapist"].pivot(
        index="therapist", columns="group", values="n_patients"
    )
    assert (by_therapist.to_numpy() == 0).sum() == 2


def test_one_therapist_with_both_is_not_enough(changes, hand_clinic):
    therapist = np.where(np.arange(240) < 120, "Ann", "Ben")
    clinic = made(changes, hand_clinic, arms=("swedish", "deep_tissue"), therapist=therapist)
    frame = clinic.changes("pain").frame
    frame.loc[120:, "technique"] = "swedish"
    reason = comparison(clinic, "pain").table["reason"].iloc[0]
    assert reason.startswith("only one therapist gave both")


def test_patients_nobody_else_is_like_cannot_be_compared(changes, hand_clinic):
    clinic = made(changes, hand_clinic, arms=("swedish", "deep_tissue"), condition=None)
    frame = clinic.changes("pain").frame
    frame["age"] = np.where(frame["technique"] == "swedish", 30.0, 70.0) + np.arange(240) % 5
    reason = comparison(clinic, "pain").table["reason"].iloc[0]
    assert reason.startswith("hardly any patients in")
    assert reason.endswith("tell about as much as 0 and 0 would; it takes 10 of each")


def test_pairs_that_can_be_compared_are_and_the_others_say_why(changes, hand_clinic):
    clinic = made(changes, hand_clinic)
    frame = clinic.changes("pain").frame
    few = frame.index[frame["technique"] == "trigger_point"][15:]
    frame.loc[few, "technique"] = "swedish"
    answer = comparison(clinic, "pain", resamples=0)
    assert answer.table["estimate"].notna().sum() == 1
    assert row_of(answer, "Swedish - Trigger point therapy")["reason"] == (
        "only 15 patients in Trigger point therapy; a comparison needs 20 in each"
    )
    assert answer.sample["compared"] == 225
    assert said(answer, "15 in techniques that cannot be compared")
    assert said(answer, "Too few patients were measured again in Trigger point therapy (15) to")


def test_everyone_missing_or_in_one_group_is_an_answer(changes, hand_clinic):
    nobody = hand_clinic(
        [changes([5.0] * 40, [np.nan] * 40, technique="swedish", therapist="Ann")],
        shape="episodes",
    )
    answer = comparison(nobody, "pain")
    assert answer.table["reason"].iloc[0] == (
        "there are no two techniques to compare: no patient measured again is in any"
    )
    single = made(changes, hand_clinic, technique="swedish")
    answer = comparison(single, "pain")
    assert answer.table["reason"].iloc[0] == (
        "there are no two techniques to compare: 240 patients measured again are all in Swedish"
    )
    assert answer.table["n_patients"].tolist() == [240]


def test_an_outcome_that_never_varies_is_refused_by_name(changes, hand_clinic):
    clinic = made(changes, hand_clinic)
    frame = clinic.changes("pain").frame
    frame["final"], frame["improvement"] = frame["baseline"] - 1, 1.0
    with pytest.raises(NotEnoughData) as caught:
        comparison(clinic, "pain")
    assert str(caught.value) == (
        "Improvement in pain is 1 for all 240 patients compared: there is no difference to look "
        "for.\n  Check that the right outcome and outcome rule were chosen."
    )


def test_columns_that_fix_one_another_are_named_when_asked_for_and_left_out_else(
    changes, hand_clinic
):
    clinic = made(changes, hand_clinic)
    frame = clinic.changes("pain").frame
    frame["sex"] = np.where(frame["therapist"] == "Ann", "female", "male")
    with pytest.raises(NotEnoughData) as caught:
        comparison(clinic, "pain", adjust=["sex"])
    message = str(caught.value)
    assert message.startswith("What is to be held alike has no single answer in these records: Sex")
    assert message.endswith("Leave one of them out of adjust.")
    answer = comparison(clinic, "pain", resamples=0)
    assert any(note.startswith("Left out of the adjustment") for note in answer.notes)
    assert answer.table["estimate"].notna().all()


def test_wrong_options_name_what_is_allowed(changes, hand_clinic):
    clinic = made(changes, hand_clinic)
    for options, message in (
        ({"by": "side"}, "'technique', 'condition', 'procedure' or 'clinic'"),
        ({"by": "therapist"}, "therapists see different patients and are held alike instead"),
        ({"trim": 0.5}, "trim must lie between 0 and 0.5"),
        ({"resamples": 7}, "resamples must be 0, or 100 or more; it is 7"),
        ({"level": 95}, "level must lie between 0 and 1"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            comparison(clinic, "pain", **options)


# Weights


def test_weights_bring_the_arms_into_balance_and_say_how_many_are_left(changes, hand_clinic):
    clinic = made(changes, hand_clinic, n=400, tilt=0.7)
    answer = comparison(clinic, "pain", resamples=100)
    balance = answer.supporting["balance"].set_index("characteristic")
    start = balance.loc["Pain, 0-10"]
    assert start["std_difference"] > 0.5
    assert start["std_difference_weighted"] < 0.1
    assert said(answer, "patients who could have had any of these techniques")
    love_plot(answer.supporting["balance"])
    weighted = answer.supporting["effective n"]
    assert (weighted["effective_n"] < weighted["n_patients"]).all()


def test_what_weighting_leaves_out_of_balance_is_said(changes, hand_clinic):
    answer = comparison(made(changes, hand_clinic, n=400, tilt=0.7), "pain", resamples=0)
    after = answer.supporting["balance"]["std_difference_weighted"]
    assert bool(said(answer, "After weighting they still differ in")) == (after > 0.1).any()
    clinic = made(changes, hand_clinic, arms=("swedish", "deep_tissue"), tilt=0.3)
    two = comparison(clinic, "pain", resamples=0)
    assert (two.supporting["balance"]["std_difference_weighted"] < 1e-4).all()
    assert not said(two, "After weighting they still differ in")


def test_trimming_is_counted_and_named_as_another_population(changes, hand_clinic):
    clinic = made(changes, hand_clinic, n=400, tilt=0.7)
    answer = comparison(clinic, "pain", trim=0.1, resamples=0)
    sentence = said(answer, "could have had any of these")[0]
    found = re.search(r"set aside from this population: (\d+) with a chance of some .* under 0.1",
                      sentence)  # fmt: skip
    assert int(found[1]) > 10
    readings = answer.supporting["readings"]
    weighted = readings[readings["quantity"].str.startswith("weighted")]
    assert (weighted["n_patients"] == 400 - int(found[1])).all()


def test_too_little_left_after_weighting_is_a_reason_and_no_estimate(changes, hand_clinic):
    clinic = made(changes, hand_clinic, n=80, tilt=0.6)
    answer = comparison(clinic, "pain", adjust=[], resamples=0)
    readings = answer.supporting["readings"]
    weighted = readings[readings["quantity"].str.startswith("weighted")]
    assert weighted["estimate"].isna().all()
    assert weighted["reason"].str.contains("20 are needed in each").all()
    assert said(answer, "No weighted reading is given")


# What is said


def test_nothing_is_claimed_and_nobody_is_ahead(clinics, changes, hand_clinic):
    for answer in (
        comparison(clinics("null", 300), "pain", resamples=100),
        comparison(clinics("null", 30), "pain"),
        comparison(made(changes, hand_clinic, gain=2.0), "pain", resamples=0),
        comparison(clinics("null", 300), "pain", by="condition", resamples=0),
    ):
        for sentence in (*answer.words, answer.question, answer.method):
            assert not FORBIDDEN.search(sentence.replace("positive where better", "")), sentence
        assert answer.question.endswith("?")
        assert all(sentence.endswith(".") and "nan" not in sentence for sentence in answer.words)


def test_no_pair_is_named_before_the_test_of_all_together(changes, hand_clinic):
    flat = comparison(made(changes, hand_clinic, seed=3), "pain", resamples=0)
    assert flat.supporting["omnibus"]["p_value"].iloc[0] > 0.05
    assert said(flat, "by no more than chance alone could make it")
    assert not said(flat, "improved by")
    assert not said(flat, "E-value")
    planted = comparison(made(changes, hand_clinic, gain=1.5), "pain", resamples=0)
    assert planted.supporting["omnibus"]["p_value"].iloc[0] < 0.001
    pair = said(planted, "improved by")
    assert len(pair) == 2
    assert all("who began with Deep tissue improved by" in sentence for sentence in pair)
    assert len(said(planted, "E-value")) == 1


def test_the_e_value_is_that_of_the_limit_nearest_no_difference(changes, hand_clinic):
    answer = comparison(made(changes, hand_clinic, gain=1.5), "pain", resamples=0)
    known = answer.table
    crosses = (known["conf_low"] <= 0) & (known["conf_high"] >= 0)
    assert (known.loc[crosses, "e_value_limit"] == 1).all()
    assert (known.loc[~crosses, "e_value_limit"] > 1).all()
    assert (known["e_value"] >= known["e_value_limit"]).all()


def test_where_the_readings_agree_that_is_said(changes, hand_clinic):
    answer = comparison(made(changes, hand_clinic, seed=3), "pain", resamples=0)
    assert said(answer, "agree within their uncertainty")
    assert not said(answer, "Two readings disagree")


def test_a_pair_that_cannot_be_compared_is_drawn_inside_the_figure(changes, hand_clinic):
    clinic = made(changes, hand_clinic)
    frame = clinic.changes("pain").frame
    few = frame.index[frame["technique"] == "trigger_point"][15:]
    frame.loc[few, "technique"] = "swedish"
    ax = comparison(clinic, "pain", resamples=0).plot()
    assert [text.get_text() for text in ax.texts].count("cannot be compared") == 2
    ax.figure.draw_without_rendering()
    drawn, page = ax.figure.get_tightbbox(), ax.figure.bbox_inches.padded(0.01)
    assert page.contains(drawn.x0, drawn.y0)
    assert page.contains(drawn.x1, drawn.y1)


def test_names_that_hold_a_dash_are_told_apart(changes, hand_clinic):
    names = ("North - East", "South", "West - End")
    rng = np.random.default_rng(6)
    clinic = made(changes, hand_clinic, n=300, clinic=rng.choice(names, 300))
    frame = clinic.changes("pain").frame
    frame["improvement"] += 2.0 * (frame["clinic"] == "West - End")
    answer = comparison(clinic, "pain", by="clinic", resamples=0)
    pairs = said(answer, "improved by")
    assert {re.search(r"more than like patients of (.*) \(95", line)[1] for line in pairs} == {
        "North - East",
        "South",
    }
    assert all(line.startswith("Patients of West - End improved by") for line in pairs)
    assert "clinic by therapist" not in answer.supporting


def test_the_chart_draws_the_pairs(changes, hand_clinic):
    ax = comparison(made(changes, hand_clinic), "pain", resamples=0).plot()
    names = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    assert len(names) == 3
    assert all(" - " in name for name in names)
    assert ax.get_xlabel().replace("\n", " ") == (
        "Adjusted difference in improvement in pain (points on 0-10; right: the first named "
        "improved more)"
    )


# Co-use


def test_co_use_counts_the_same_session_and_later_ones_before_the_outcome(changes, hand_clinic):
    n = 48
    technique = np.where(np.arange(n) % 2, "swedish", "deep_tissue")
    frame = changes([6.0] * n, 5.0 - np.arange(n) % 3, technique=technique,
                    therapist=np.where(np.arange(n) % 4 < 2, "Ann", "Ben"),
                    n_sessions_before=2)  # fmt: skip
    links = pd.DataFrame(
        [(e, 10 * e + s, s) for e in range(1, n + 1) for s in (1, 2, 3)],
        columns=["episode_id", "session_id", "episode_seq"],
    )
    treatments = [(10 * e + s, t) for e, t in zip(range(1, n + 1), technique, strict=True)
                  for s in (1, 2, 3)]  # fmt: skip
    # Episode 2 had cupping in its first session, 4 in its second, 6 in its third: too late.
    treatments += [(21, "cupping"), (42, "cupping"), (63, "cupping"), (42, "deep_tissue")]
    clinic = hand_clinic([frame], links=links)
    clinic.treatments = SimpleNamespace(
        frame=pd.DataFrame(treatments, columns=["session_id", "technique"])
    )
    answer = comparison(clinic, "pain", adjust=[], resamples=0)
    table = answer.supporting["co-use"].set_index(["group", "category"])
    assert table.loc[("Swedish", "Cupping")].tolist() == [24, 1, 1]
    assert table.loc[("Swedish", "Deep tissue")].tolist() == [24, 0, 1]
    assert table.loc[("Deep tissue", "Cupping")].tolist() == [24, 0, 0]
    assert said(answer, "46 of the 48 patients (96%) had no other technique before")


# Read again, judged together, and within conditions


LABELS = {
    "swedish": "Swedish",
    "deep_tissue": "Deep tissue",
    "trigger_point": "Trigger point therapy",
}


def labelled(clinic):
    frame = clinic.changes("pain").frame
    conditions = {
        "bursitis": "Hip bursitis / greater trochanteric pain",
        "osteoarthritis": "Osteoarthritis",
        "piriformis": "Piriformis syndrome",
    }
    return frame.assign(
        technique=frame["technique"].map(LABELS), condition=frame["condition"].map(conditions)
    )


def contrast_of(table, contrast):
    """Rows of a contrast, whichever way round it was taken, and the sign that turns it."""
    if contrast in set(table["contrast"]):
        return table[table["contrast"] == contrast], 1
    turned = " - ".join(reversed(contrast.split(" - ")))
    return table[table["contrast"] == turned], -1


def test_the_mixed_reading_is_the_mixed_model_with_a_level_for_each_therapist(changes, hand_clinic):
    rng = np.random.default_rng(12)
    therapist = rng.integers(0, 9, 240)
    clinic = made(changes, hand_clinic, therapist=np.array([f"T{t}" for t in therapist]))
    frame = clinic.changes("pain").frame
    frame["improvement"] += rng.normal(0, 1, 9)[therapist]
    answer = comparison(clinic, "pain", resamples=0)
    formula = "improvement ~ technique + baseline + age + sex + condition"
    model = ho.mixed_model(labelled(clinic), formula, patient="therapist").table.set_index("term")
    for other in ("Swedish", "Trigger point therapy"):
        expected = model.loc[f"technique[T.{other}]"]
        rows = answer.supporting["readings"]
        rows = rows[rows["quantity"] == "adjusted difference in improvement, mixed model"]
        found, sign = contrast_of(rows, f"{other} - Deep tissue")
        found = found.iloc[0]
        assert found["estimate"] == pytest.approx(sign * expected["estimate"], rel=1e-6)
        assert found["std_error"] == pytest.approx(expected["std_error"], rel=1e-6)
        assert found["df"] == pytest.approx(expected["df"], rel=1e-4)


def test_readings_that_lie_further_apart_than_chance_are_named(changes, hand_clinic):
    # Deep tissue helps those who began high and harms the others: weights and adjustment differ.
    clinic = made(changes, hand_clinic, n=1500, arms=("swedish", "deep_tissue"), tilt=0.9)
    frame = clinic.changes("pain").frame
    deep = (frame["technique"] == "deep_tissue").to_numpy()
    bend = (frame["baseline"] - 5.5).clip(lower=0) ** 2 - 1
    frame["improvement"] += np.where(deep, bend, 0.0)
    answer = comparison(clinic, "pain", adjust=[], resamples=0)
    agreement = answer.supporting["agreement"]
    weighted = agreement[agreement["quantity"].str.contains("weighted")].iloc[0]
    assert weighted["p_value"] < 0.01
    assert said(answer, "quote neither without the other")


def test_means_judged_together_lie_closer_and_every_place_is_an_interval(changes, hand_clinic):
    answer = comparison(made(changes, hand_clinic, seed=3), "pain", resamples=0)
    own, shrunken = answer.supporting["means"].iloc[:3], answer.supporting["shrunken"]
    assert np.ptp(shrunken["estimate"]) < np.ptp(own["estimate"])
    assert (shrunken["place_low"] <= shrunken["place_high"]).all()
    assert shrunken["place_low"].min() == 1
    assert shrunken["place_high"].max() == 3
    assert len(said(answer, "this is no ranking of techniques")) == 1
    two = comparison(made(changes, hand_clinic, arms=("swedish", "deep_tissue")), "pain",
                     resamples=0)  # fmt: skip
    assert "shrunken" not in two.supporting


def test_differences_within_conditions_are_those_of_a_model_with_products(changes, hand_clinic):
    clinic = made(changes, hand_clinic, n=400)
    answer = comparison(clinic, "pain", within="condition", resamples=0)
    formula = "improvement ~ technique * condition + baseline + age + sex + therapist"
    model = ho.ancova(labelled(clinic), formula)
    test = model.test("technique:condition").table.iloc[0]
    found = answer.supporting["interaction"].iloc[0]
    assert found["statistic"] == pytest.approx(test["statistic"])
    assert found["df_numerator"] == test["df_numerator"] == 4
    assert found["p_value"] == pytest.approx(test["p_value"])
    expected = model.contrasts("technique", by="condition").table
    own = answer.supporting["each by itself"]
    assert len(own) == 9
    for row in own.itertuples():
        other, sign = contrast_of(expected[expected["within"].str.contains(row.group.split(" /")[0],
                                                                          regex=False)],
                                  row.contrast)  # fmt: skip
        assert row.estimate == pytest.approx(sign * other["estimate"].iloc[0])
        assert row.std_error == pytest.approx(other["std_error"].iloc[0])


def test_pooling_brings_the_conditions_of_a_pair_closer(changes, hand_clinic):
    clinic = made(changes, hand_clinic, n=400)
    answer = comparison(clinic, "pain", within="condition", resamples=0)
    own, pooled = answer.supporting["each by itself"], answer.table
    assert (pooled["quantity"] == "partially pooled difference in improvement").all()
    for contrast in pooled["contrast"].unique():
        spread = [np.ptp(t.loc[t["contrast"] == contrast, "estimate"]) for t in (pooled, own)]
        assert spread[0] < spread[1]
    assert set(pooled) <= ESTIMATE_NAMES
    assert said(answer, "nothing here says that the answer depends on the condition")
    assert not said(answer, "improved by")
    names = [label.get_text() for label in answer.plot().get_yticklabels()]
    assert len(names) == 9


def test_a_difference_that_belongs_to_one_condition_is_found_there(changes, hand_clinic):
    clinic = made(changes, hand_clinic, n=600)
    frame = clinic.changes("pain").frame
    there = (frame["technique"] == "deep_tissue") & (frame["condition"] == "piriformis")
    frame["improvement"] += np.where(there, 2.5, 0.0)
    answer = comparison(clinic, "pain", within="condition", resamples=0)
    assert answer.supporting["interaction"]["p_value"].iloc[0] < 0.001
    found = said(answer, "improved by")
    assert found
    assert all(sentence.startswith("Piriformis syndrome: patients who began with Deep tissue")
               for sentence in found)  # fmt: skip
    assert not [sentence for sentence in answer.words if FORBIDDEN.search(sentence)]


def test_conditions_with_too_few_say_so_and_where_none_has_enough_it_cannot_be_asked(
    changes, hand_clinic
):
    few = np.where(np.arange(240) < 12, "impingement", "bursitis")
    clinic = made(changes, hand_clinic, condition=few)
    answer = comparison(clinic, "pain", within="condition", resamples=0)
    assert said(answer, "cannot be asked: only one condition has 20 patients of two techniques.")
    assert "interaction" not in answer.supporting
    reasons = answer.table.set_index("group")["reason"]
    assert reasons["Hip impingement (FAI)"].str.startswith("only ").all()
    assert (
        reasons["Hip bursitis / greater trochanteric pain"]
        == "only 1 condition to pool over; 3 are needed"
    ).all()
    own = answer.supporting["each by itself"]
    assert own["estimate"].notna().sum() == 3


def test_within_is_for_conditions_of_techniques(changes, hand_clinic):
    clinic = made(changes, hand_clinic)
    with pytest.raises(ValueError) as caught:
        comparison(clinic, "pain", by="condition", within="condition")
    assert str(caught.value) == (
        "within='condition' does not go with by='condition'; within may be 'condition', for "
        "by='technique' or 'procedure'."
    )
    nameless = made(changes, hand_clinic, condition=None)
    with pytest.raises(NotEnoughData) as caught:
        comparison(nameless, "pain", within="condition")
    assert str(caught.value) == (
        "These records hold no condition to compare within.\n  Leave out within='condition'."
    )


# Clinics whose truth is known


def lived_twice():
    """Points at week 6 had everyone had deep tissue, less had nobody; scores stop at 0."""
    codes = ("swedish", "deep_tissue", "trigger_point", "myofascial_release")
    scores = [
        ho.simulate_clinic(
            12_000, seed=1, scenario=replace(SCENARIOS["planted"], technique_extra=extra)
        ).truth["score_week_6_if_asked"].mean()
        for extra in ({}, dict.fromkeys(codes, 0.8))
    ]  # fmt: skip
    return scores[0] - scores[1]


def test_a_planted_difference_is_found(clinics):
    truth = lived_twice()
    assert 0.65 < truth < 0.8
    answer = comparison(clinics("planted", 6000), "pain", resamples=0)
    rows = answer.table[answer.table["contrast"].str.contains("Deep tissue")]
    sign = np.where(rows["contrast"].str.startswith("Deep tissue"), 1, -1)
    assert ((sign * rows["estimate"]) > 0.5).all()
    low = np.where(sign > 0, rows["conf_low"], -rows["conf_high"])
    high = np.where(sign > 0, rows["conf_high"], -rows["conf_low"])
    assert ((low < truth) & (truth < high)).all()
    others = answer.table[~answer.table["contrast"].str.contains("Deep tissue")]
    assert (others["p_adjusted"] > 0.05).all()


def test_where_an_unrecorded_severity_chose_the_readings_disagree_and_say_so(clinics):
    answer = comparison(clinics("hidden", 1500), "pain", resamples=0)
    assert said(answer, "Two readings disagree by more than chance")
    assert said(answer, "These records cannot tell.")


@pytest.mark.slow
def test_where_the_recorded_score_chose_the_adjusted_difference_has_a_tenth_of_the_bias(clinics):
    answer = comparison(clinics("confounded", 20_000, seed=9), "pain", resamples=0)
    rows = answer.table[answer.table["contrast"].str.startswith("Deep tissue")]
    for contrast, adjusted in zip(rows["contrast"], rows["estimate"], strict=True):
        simple = reading(answer, "unadjusted difference in improvement", contrast)["estimate"]
        assert abs(adjusted) < abs(simple) / 10


# What an owner reads


def test_pairs_that_share_a_reason_are_told_together(changes, hand_clinic):
    clinic = made(changes, hand_clinic)
    frame = clinic.changes("pain").frame
    rare = (frame["technique"] == "trigger_point").to_numpy()
    frame["therapist"] = np.where(rare, "Dee", frame["therapist"])
    answer = comparison(clinic, "pain", resamples=0)
    told = said(answer, "cannot be compared in these records")
    arms = answer.table["contrast"].str.split(" - ")
    names = [" and ".join(pair) for pair in arms if "Trigger point therapy" in pair]
    assert told == [
        f"{names[0]}; and {names[1]} cannot be compared in these records: of each pair, no "
        "therapist gave both to 5 patients or more; a comparison needs 2 who did."
    ]


def test_groups_that_are_too_small_are_named_once(changes, hand_clinic):
    clinic = made(changes, hand_clinic, n=45)
    answer = comparison(clinic, "pain")
    sizes = clinic.changes("pain").frame["technique"].value_counts()
    assert (sizes < 20).all()
    told = said(answer, "Too few patients")
    assert len(told) == 1
    assert told[0].endswith("to compare with any other: a comparison needs 20 in each group.")
    assert all(f"({n})" in told[0] for n in sizes)
    assert not said(answer, "cannot be compared in these records")


def test_so_few_as_nobody_would_compare_are_never_said_to_be_enough(changes, hand_clinic):
    clinic = made(changes, hand_clinic)
    frame = clinic.changes("pain").frame
    frame["improvement"] = np.where(np.arange(240) % 2, 1.0, 1.1)
    answer = comparison(clinic, "pain", resamples=0)
    assert (answer.table["n_needed"] == 20).all()


def test_one_patient_is_spoken_of_as_one(changes, hand_clinic):
    alone = changes([6.0], [3.0], technique="swedish", therapist="Ann")
    answer = comparison(hand_clinic([alone], shape="episodes"), "pain")
    assert answer.table["reason"].iloc[0] == (
        "there are no two techniques to compare: 1 patient measured again is in Swedish"
    )


def test_no_spread_is_made_of_a_group_with_too_few_patients(changes, hand_clinic):
    pair = changes([6.0, 4.0], [3.0, 3.0], technique=["swedish", "deep_tissue"], therapist="Ann")
    answer = comparison(hand_clinic([pair], shape="episodes"), "pain")
    assert answer.table["std_difference"].isna().all()


def test_nothing_changed_is_zero_and_not_minus_zero(changes, hand_clinic):
    still = changes([5.0] * 60, [5.0] * 60, technique=["swedish", "deep_tissue"] * 30)
    still["improvement"] = -0.0
    with pytest.raises(NotEnoughData, match="Improvement in pain is 0 for all 60 patients"):
        comparison(hand_clinic([still], shape="episodes"), "pain")


def test_nobody_chooses_a_condition_and_clinics_are_adjusted(changes, hand_clinic):
    clinic = made(changes, hand_clinic, clinic=np.resize(["North", "South"], 240))
    by_condition = " ".join(comparison(clinic, "pain", "condition", resamples=0).notes)
    assert "nobody can be given another condition" in by_condition
    assert "what a choice brings" not in by_condition
    by_clinic = " ".join(comparison(clinic, "pain", "clinic", resamples=0).notes)
    assert "adjusted for what is held alike and for nothing else" in by_clinic
    assert "not adjusted" not in by_clinic


def test_which_side_of_zero_is_whose_is_said_where_readings_disagree(clinics):
    answer = comparison(clinics("hidden", 1_500), "pain", resamples=0)
    told = said(answer, "Two readings disagree by more than chance")[0]
    first, second = re.search(r"improvement with (.+) minus that with (.+) is ", told).groups()
    row = row_of(answer, f"{first} - {second}")
    assert f" is {row['estimate']:.1f} (".replace("-", "−") in told


def test_kinds_that_not_every_technique_had_are_spoken_of_in_the_word_of_the_grouping(
    changes, hand_clinic
):
    clinic = made(changes, hand_clinic, n=90, therapist=None)
    frame = clinic.changes("pain").frame
    rare = (frame["technique"] == "trigger_point").to_numpy()
    frame["condition"] = np.where(rare & (np.arange(90) % 2 > 0), "piriformis", "bursitis")
    told = said(comparison(clinic, "pain", resamples=0), "No weighted reading is given")
    assert re.fullmatch(
        r"No weighted reading is given: patients of kinds that every technique had are only "
        r"\d+ in Trigger point therapy; 20 are needed in each\.", told[0],
    )  # fmt: skip


def test_more_groups_than_can_be_set_against_one_another_are_refused(changes, hand_clinic):
    clinic = made(changes, hand_clinic, n=13 * 25)
    clinic.changes("pain").frame["clinic"] = [f"Clinic {k % 13}" for k in range(13 * 25)]
    with pytest.raises(NotEnoughData) as caught:
        comparison(clinic, "pain", "clinic")
    assert str(caught.value) == (
        "There are 13 clinics with enough patients to compare; each would be set against all "
        "others.\n  A comparison of like patients takes 12 clinics at most.\n  Keep some of them "
        "with clinic.where(...), or describe all with ho.improvement(clinic, 'pain', by='clinic')."
    )


def test_resamples_do_not_depend_on_the_order_of_the_file(changes, hand_clinic):
    clinic = made(changes, hand_clinic)
    shuffled = clinic.changes("pain").frame.sample(frac=1, random_state=3).reset_index(drop=True)
    shuffled["episode_id"] = shuffled["patient_id"] = np.arange(1, 241)
    other = hand_clinic([shuffled], shape="episodes")
    first, second = (comparison(c, "pain", resamples=100).supporting["readings"]
                     for c in (clinic, other))  # fmt: skip
    weighted = first["quantity"].str.startswith("weighted")
    assert first.loc[weighted, "conf_low"].notna().all()
    pd.testing.assert_frame_equal(first, second, rtol=1e-9)


def test_the_balance_is_drawn_where_it_is_asked_for(demo_clinic):
    from matplotlib.figure import Figure

    answer = ho.comparison(demo_clinic, "pain", resamples=0)
    axes = Figure().subplots()
    assert answer.plot(ax=axes, reading="balance") is axes
    drawn = [label.get_text() for label in axes.get_yticklabels()]
    assert len(drawn) == len(answer.supporting["balance"]) > 5
    with pytest.raises(ValueError) as caught:
        answer.plot(reading="other")
    assert str(caught.value) == "reading must be one of differences, balance; it is 'other'."
