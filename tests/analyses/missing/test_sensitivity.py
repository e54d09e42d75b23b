"""Could the missing overturn it: by hand, beside the other answers, and at the edges."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import hipoutcomes as ho
from hipoutcomes.analyses.groups.characteristics import Characteristic
from hipoutcomes.analyses.missing import readings
from hipoutcomes.analyses.missing.known_start import start_design
from hipoutcomes.analyses.missing.sensitivity_line import (
    sensitivity_line,
    what_missing_could_change,
)
from hipoutcomes.errors import NotEnoughData

MEAN = "mean improvement"


def rows_by_reading(answer, quantity=MEAN, group="all"):
    table = answer.table
    rows = table[(table["group"] == group) & (table["quantity"].str.startswith(quantity))]
    return rows.drop_duplicates("reading").set_index("reading")


#: 48 measured whose pain went from 6 to 4 or 3, and 13 of first score 7 not measured.
FIRST = [6.0] * 48 + [7.0] * 13
LATER = [4.0, 3.0] * 24 + [np.nan] * 13


@pytest.fixture
def forty_eight(hand_clinic, changes):
    return hand_clinic([changes(FIRST, LATER)])


def test_every_reading_is_what_a_reader_can_work_out_by_hand(forty_eight):
    found = rows_by_reading(ho.sensitivity(forty_eight, "pain", n_imputations=5))
    for reading, estimate, assumed in (
        (readings.OBSERVED, 2.5, 2.5),
        (readings.NO_CHANGE, 120 / 61, 0.0),
        (readings.QUARTER, (120 + 13 * 2) / 61, 2.0),
        (readings.TENTH, (120 + 13 * 2) / 61, 2.0),
        (readings.WORST, (120 - 13 * 3) / 61, -3.0),
        (readings.BEST, (120 + 13 * 7) / 61, 7.0),
        (readings.FLIP_THRESHOLD, 2.0, (61 * 2 - 120) / 13),
    ):
        assert found.loc[reading, "estimate"] == pytest.approx(estimate), reading
        assert found.loc[reading, "assumed"] == pytest.approx(assumed), reading
    assert found.loc[readings.FLIP_MEAN, "reason"] == (
        "no scores that those not measured could have had would bring it there"
    )
    assert (found["n_due"] == 61).all()
    assert (found["n_measured"] == 48).all()
    assert (found["n_not_measured"] == 13).all()


def test_the_share_better_is_of_everyone_whose_first_score_left_room(hand_clinic, changes):
    # Two of those measured and one of those missing began at 1 and could not improve by 2.
    first = [6.0] * 40 + [1.0] * 2 + [7.0] * 12 + [1.0]
    later = [4.0] * 30 + [6.0] * 10 + [0.0] * 2 + [np.nan] * 13
    answer = ho.sensitivity(hand_clinic([changes(first, later)]), "pain", n_imputations=5)
    found = rows_by_reading(answer, "share")
    assert (found["n_eligible"] == 52).all()
    for reading, share, assumed in (
        (readings.OBSERVED, 30 / 40, 30 / 40),
        (readings.WORST, 30 / 52, 0.0),
        (readings.BEST, 42 / 52, 1.0),
    ):
        assert found.loc[reading, "estimate"] == pytest.approx(share)
        assert found.loc[reading, "assumed"] == pytest.approx(assumed)
    bounds = answer.supporting["bounds"].set_index("quantity")
    row = bounds.loc["share better by 2 points or more"]
    assert (row["bound_low"], row["bound_high"]) == pytest.approx((30 / 52, 42 / 52))
    assert row["conf_low"] < 30 / 52 < 42 / 52 < row["conf_high"]


def test_words_say_how_many_and_what_would_overturn_it(forty_eight):
    answer = ho.sensitivity(forty_eight, "pain", n_imputations=5)
    assert answer.question == "Could the patients who are missing overturn the change in pain?"
    said = " ".join(answer.words)
    assert said.startswith(
        "48 of the 61 patients whose later score was due were measured again (79%). "
        "Among those measured, mean pain was lower by 2.5 points (95% interval 2.4 to 2.6). "
    )
    for sentence in (
        "Whatever the 13 not measured did, the mean improvement of all 61 due lies between 1.3 and "
        "3.5 points.",
        "If those not measured had not changed at all, mean pain of everyone due would be lower "
        "by 2.0 points (1.7 to 2.3).",
        "No scores that those not measured could have had would bring its interval to no change.",
        "The mean falls under 2.0 points, the change that matters to one patient, if those not "
        "measured improved by less than 0.2 points on average.",
    ):
        assert sentence in said
    assert "effect" not in said
    assert "would have fared alike" in answer.method


def noisy(n=61, n_missing=13, seed=3, shift=2.0):
    rng = np.random.default_rng(seed)
    first = rng.integers(3, 10, n).astype(float)
    final = np.clip(np.rint(first - shift + rng.normal(0, 2, n)), 0, 10)
    gone = rng.permutation(n) < n_missing
    return first, np.where(gone, np.nan, final)


@pytest.fixture
def with_chance(hand_clinic, changes):
    first, final = noisy()
    age = np.random.default_rng(1).integers(30, 80, 61).astype(float)
    return hand_clinic([changes(first, final, age=age, sex=["f", "m", "f"] * 20 + ["m"])])


def test_observed_is_the_answer_of_improvement_and_responders(with_chance):
    answer = ho.sensitivity(with_chance, "pain", n_imputations=5)
    names = ["estimate", "conf_low", "conf_high"]
    mean = ho.improvement(with_chance, "pain").table.iloc[0]
    share = ho.responders(with_chance, "pain").table.iloc[0]
    for quantity, other in ((MEAN, mean), ("share", share)):
        row = rows_by_reading(answer, quantity).loc[readings.OBSERVED]
        assert row[names].astype(float).tolist() == pytest.approx(other[names].tolist())


def test_the_finding_fails_just_under_its_flip_point_and_not_above(with_chance):
    answer = ho.sensitivity(with_chance, "pain", n_imputations=5)
    row = rows_by_reading(answer).loc[readings.FLIP_INTERVAL]
    assert row["conf_low"] == pytest.approx(0, abs=1e-9)
    rows = with_chance.changes("pain").frame
    n_missing = int(rows["final"].isna().sum())
    there = rows["improvement"].dropna().to_numpy()
    for step, fails in ((-0.01, True), (0.01, False)):
        filled = np.concatenate([there, np.full(n_missing, row["assumed"] + step)])
        assert bool(stats.ttest_1samp(filled, 0).confidence_interval().low < 0) is fails
    share = rows_by_reading(answer, "share").loc[readings.FLIP_ALONE]
    if share["reason"] == "":
        assert share["estimate"] == pytest.approx(share["expected_high"])


def test_a_larger_delta_improves_less_until_the_interval_reaches_no_change(with_chance):
    table = ho.sensitivity(with_chance, "pain", n_imputations=20).table
    grid = table[table["reading"].isin([readings.IMPUTED, readings.IMPUTED_LESS])]
    grid = grid[grid["quantity"] == MEAN]
    assert grid["delta"].tolist() == [float(step) for step in range(len(grid))]
    assert grid["estimate"].is_monotonic_decreasing
    assert (grid["conf_low"].iloc[:-1] > 0).all()
    tip = table[table["reading"] == readings.IMPUTED_FLIP].iloc[0]
    assert grid["delta"].iloc[-2] <= tip["delta"] <= grid["delta"].iloc[-1]
    assert tip["conf_low"] == pytest.approx(0, abs=1e-3)


def test_the_callers_deltas_are_all_shown(with_chance):
    table = ho.sensitivity(with_chance, "pain", deltas=[0.5, 10], n_imputations=5).table
    shown = table[table["reading"] == readings.IMPUTED_LESS]
    assert shown["delta"].tolist() == [0.5, 10.0]
    # Ten points less is the worst end of the scale for everyone.
    worst = table[(table["reading"] == readings.WORST) & (table["quantity"] == MEAN)]
    assert shown["estimate"].iloc[1] == pytest.approx(worst["estimate"].iloc[0])


def test_the_seed_decides_what_is_imputed_and_nothing_else(with_chance):
    one, other, third = (
        ho.sensitivity(with_chance, "pain", seed=seed, n_imputations=5).table for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, other)
    lent = one["reading"].str.startswith("imputed")
    pd.testing.assert_frame_equal(
        one[~lent & ~(third["reading"].str.startswith("imputed"))], third[~lent]
    )
    assert (one.loc[lent, "estimate"] != third.loc[lent, "estimate"]).any()


def test_every_reading_of_everyone_lies_inside_the_bounds(demo_clinic):
    answer = ho.sensitivity(demo_clinic, "pain", n_imputations=5)
    row = answer.supporting["bounds"].set_index("quantity").loc[MEAN]
    means = answer.table[(answer.table["quantity"] == MEAN) & answer.table["estimate"].notna()]
    inside = means[~means["reading"].isin([readings.OBSERVED])]
    assert inside["estimate"].between(row["bound_low"] - 1e-9, row["bound_high"] + 1e-9).all()


def test_a_finding_that_scores_got_worse_flips_the_other_way(hand_clinic, changes):
    first, final = noisy(shift=-2.5, n_missing=20)
    first = np.clip(first, 3, 6)
    final = np.where(np.isnan(final), np.nan, np.clip(first + np.arange(61) % 4, 0, 10))
    answer = ho.sensitivity(hand_clinic([changes(first, final)]), "pain", n_imputations=5)
    row = rows_by_reading(answer).loc[readings.FLIP_INTERVAL]
    assert rows_by_reading(answer).loc[readings.OBSERVED, "conf_high"] < 0
    assert row["conf_high"] == pytest.approx(0, abs=1e-9)
    assert row["assumed"] > 0
    assert (
        "only if those not measured improved by more than "
        f"{row['assumed']:.1f} points on average." in " ".join(answer.words)
    )


def test_when_nobody_is_missing_the_bounds_are_the_estimate(hand_clinic, changes):
    first, final = noisy(n_missing=0)
    answer = ho.sensitivity(hand_clinic([changes(first, final)]), "pain")
    found = rows_by_reading(answer)
    assert found.index.tolist() == [readings.OBSERVED, readings.WORST, readings.BEST]
    assert found["estimate"].nunique() == found["conf_low"].nunique() == 1
    row = answer.supporting["bounds"].iloc[0]
    assert row["bound_low"] == row["bound_high"] == row["estimate"]
    assert row["conf_low"] == pytest.approx(found["conf_low"].iloc[0])
    assert "Nobody who was due is missing, so nothing is left that could overturn it." in (
        answer.words
    )
    assert answer.plot().texts[0].get_text().startswith("Nobody is missing")
    assert sensitivity_line(answer.table) == (
        "61 of 61 patients due were measured; nobody is missing who could overturn the result."
    )


def test_when_everyone_is_missing_there_is_no_estimate(hand_clinic, changes):
    answer = ho.sensitivity(hand_clinic([changes([6.0] * 12, [np.nan] * 12)]), "pain")
    assert answer.table["reason"].unique().tolist() == ["no patients; an estimate needs 10"]
    assert answer.words == (
        "0 of the 12 patients whose later score was due were measured again (0%).",
        "There is no estimate: no patients; an estimate needs 10.",
    )
    assert answer.supporting["bounds"]["estimate"].isna().all()


def test_few_measured_get_counts_and_the_reason(hand_clinic, changes):
    answer = ho.sensitivity(hand_clinic([changes([6.0] * 30, [4.0] * 9 + [np.nan] * 21)]), "pain")
    assert answer.table["reason"].unique().tolist() == ["only 9 patients; an estimate needs 10"]
    assert answer.table["n_not_measured"].tolist() == [21, 21]
    assert sensitivity_line(answer.table) == (
        "9 of 30 patients due were measured; there is no estimate: only 9 patients; an estimate "
        "needs 10."
    )


@pytest.mark.parametrize(
    ("first", "final", "weighted", "imputed"),
    [
        (
            [6.0] * 40,
            [4.0, 3.0] * 15 + [np.nan] * 10,
            "nothing known at the start differs between these patients",
            "nothing known at the start differs between these patients",
        ),
        (
            [6.0, 5.0] * 12,
            [4.0, 3.0] * 9 + [np.nan] * 6,
            "weights need 30 patients due, 10 measured and 5 not measured; there are 24, 18 and 6",
            "imputation needs 30 patients due; there are 24",
        ),
        (
            FIRST,
            LATER,
            "what is known at the start tells completely who was measured and who was not, or its "
            "columns determine one another: there are no weights",
            "those measured all began alike, so they cannot tell what the others would have scored",
        ),
        (
            [6.0, 5.0] * 20,
            [4.0, 3.0] * 19 + [np.nan] * 2,
            "weights need 30 patients due, 10 measured and 5 not measured; there are 40, 38 and 2",
            "",
        ),
    ],
)
def test_where_weights_or_imputation_have_nothing_to_go_by_the_row_says_why(
    hand_clinic, changes, first, final, weighted, imputed
):
    answer = ho.sensitivity(hand_clinic([changes(first, final)]), "pain", n_imputations=5)
    for quantity in (MEAN, "share"):
        found = rows_by_reading(answer, quantity)
        assert found.loc[readings.WEIGHTED, "reason"] == weighted
        assert found.loc[readings.IMPUTED, "reason"] == imputed


def test_a_measure_without_threshold_has_no_share(demo_clinic):
    answer = ho.sensitivity(demo_clinic, "hoos_ps", n_imputations=5)
    assert answer.table["quantity"].unique().tolist() == [MEAN]


def test_groups_are_answered_by_themselves_and_compared(hand_clinic, changes):
    first, final = noisy(n=160, n_missing=40)
    technique = np.array(["swedish", "cupping"] * 80, object)
    final = np.where(technique == "swedish", np.clip(final - 1.5, 0, 10).round(), final)
    frame = changes(first, final, technique=technique)
    answer = ho.sensitivity(hand_clinic([frame]), "pain", by="technique", n_imputations=5)
    alone = ho.sensitivity(
        hand_clinic([frame[frame["technique"] == "swedish"].reset_index(drop=True)]),
        "pain",
        n_imputations=5,
    )
    mine = rows_by_reading(answer, group="Swedish")["estimate"]
    pd.testing.assert_series_equal(mine, rows_by_reading(alone)["estimate"])
    made = answer.supporting["comparisons"].set_index("reading")
    assert made["contrast"].unique().tolist() == ["Cupping minus Swedish"]
    there = frame.dropna(subset=["final"]).groupby("technique")["improvement"]
    welch = stats.ttest_ind(*(there.get_group(n) for n in ("cupping", "swedish")), equal_var=False)
    interval = welch.confidence_interval(0.95)
    observed = made.loc[readings.OBSERVED]
    assert observed["df"] == pytest.approx(welch.df)
    assert (observed["conf_low"], observed["conf_high"]) == pytest.approx(
        (interval.low, interval.high)
    )
    theirs = rows_by_reading(answer, group="Cupping")["estimate"]
    worst = made.loc["worst possible for Cupping, best for Swedish"]
    assert worst["estimate"] == pytest.approx(theirs[readings.WORST] - mine[readings.BEST])
    assert worst["bound_low"] == pytest.approx(worst["estimate"])
    flip = made.loc["flip point: Swedish"]
    if flip["reason"] == "":
        assert flip["estimate"] == pytest.approx(0, abs=1e-9)
    assert "Cupping minus Swedish: the observed difference" in " ".join(answer.words)


def test_a_file_of_one_row_per_episode_is_answered_alike(hand_clinic, changes):
    first, final = noisy()
    frames = [changes(first, final)]
    one = ho.sensitivity(hand_clinic(frames, shape="episodes"), "pain", n_imputations=5)
    other = ho.sensitivity(hand_clinic(frames), "pain", n_imputations=5)
    pd.testing.assert_frame_equal(one.table, other.table)


def test_an_ordinal_measure_is_sent_to_shifts(demo_clinic):
    with pytest.raises(NotEnoughData) as caught:
        ho.sensitivity(demo_clinic, "tension")
    assert str(caught.value) == (
        "Muscle tension is rated in categories, which have no mean.\n"
        '  Ask for shifts of category: shifts(clinic, "tension").'
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": 95}, "level must lie between 0 and 1, such as 0.95; it is 95."),
        ({"n_imputations": 1}, "n_imputations must be 2 or more; it is 1."),
        (
            {"deltas": [1, -0.5]},
            "deltas must be 0 or more, in the measure's unit; among them is -0.5.",
        ),
        ({"threshold": 11}, "threshold must lie above 0 and up to 10 points; it is 11."),
    ],
)
def test_a_wrong_option_is_named_with_what_is_allowed(with_chance, options, message):
    with pytest.raises(ValueError) as caught:
        ho.sensitivity(with_chance, "pain", **options)
    assert str(caught.value) == message


def test_the_line_for_a_headline_holds_counts_weighted_mean_bounds_and_flip_point(with_chance):
    answer = ho.sensitivity(with_chance, "pain", n_imputations=5)
    line = sensitivity_line(answer.table)
    found = rows_by_reading(answer)
    assert line.startswith(
        "48 of 61 patients due were measured; weighted to stand for everyone due, mean pain was "
        f"lower by {found.loc[readings.WEIGHTED, 'estimate']:.1f} points ("
    )
    assert "Whatever the 13 not measured did, the mean improvement of all 61 due lies between" in (
        line
    )
    assert "The finding fails (its interval reaches no change) only if those not measured" in line
    with pytest.raises(ValueError) as caught:
        sensitivity_line(answer.table, "Swedish")
    assert str(caught.value) == "The table has no group 'Swedish'; it may be 'all'."


def test_characteristics_enter_in_order_as_far_as_there_are_patients():
    rng = np.random.default_rng(0)
    first = Characteristic("Pain, 0-10", rng.integers(3, 10, 60).astype(float), "points")
    age = Characteristic("Age", np.where(np.arange(60) < 5, np.nan, np.arange(60.0)), "years")
    sex = Characteristic("Sex", np.arange(60) % 2, categories=("f", "m"))
    kinds = Characteristic("Condition", np.repeat([0, 1, 2, -1], [30, 20, 6, 4]),
                           categories=("a", "b", "c"))  # fmt: skip
    whole = start_design([first, age, sex, kinds], 10)
    # First score; age and whether it is missing; sex; condition b, and c with those not recorded.
    assert whole.matrix.shape == (60, 1 + 1 + 2 + 1 + 2)
    assert whole.used == ("pain", "age", "sex", "condition")
    assert whole.matrix[:, -1].sum() == 10
    few = start_design([first, age, sex, kinds], 2)
    assert few.used == ("pain", "sex")
    assert few.left_out == ("age", "condition")
    alike = start_design([Characteristic("Sex", np.zeros(60, int), categories=("f",))], 9)
    assert alike.matrix.shape == (60, 1)
    assert alike.used == alike.left_out == ()


def test_what_is_missing_together_has_one_column_and_what_does_not_vary_where_fitted_none():
    gone = np.arange(60) < 12
    age = Characteristic("Age", np.where(gone, np.nan, np.arange(60.0)), "years")
    sex = Characteristic("Sex", np.where(gone, -1, np.arange(60) % 2), categories=("f", "m"))
    made = start_design([age, sex], 10)
    assert made.matrix.shape == (60, 1 + 2 + 1)
    assert made.used == ("age", "sex")
    assert start_design([age, sex], 10, ~gone).left_out == ("age", "sex")


@pytest.mark.parametrize("seed", range(12))
def test_bounds_contain_the_answer_for_complete_data_however_they_went_missing(
    hand_clinic, changes, seed
):
    rng = np.random.default_rng(seed)
    n = 80
    first = rng.integers(3, 11, n).astype(float)
    final = np.clip(np.rint(first - rng.normal(1.5, 2.5, n)), 0, 10)
    complete = [changes(first, final)]
    # Those who did worst, those who did best, or anyone.
    order = np.argsort((first - final) * (seed % 3 - 1) + rng.random(n))
    gone = np.isin(np.arange(n), order[: 10 + 4 * seed])
    bounds = ho.sensitivity(
        hand_clinic([changes(first, np.where(gone, np.nan, final))]), "pain", n_imputations=2
    ).supporting["bounds"]
    whole = (
        ho.improvement(hand_clinic(complete), "pain").table["estimate"].iloc[0],
        ho.responders(hand_clinic(complete), "pain").table["estimate"].iloc[0],
    )
    for (_, row), truth in zip(bounds.iterrows(), whole, strict=True):
        assert row["bound_low"] - 1e-12 <= truth <= row["bound_high"] + 1e-12


def test_a_small_category_that_was_measured_throughout_is_left_out_by_name(hand_clinic, changes):
    first, final = noisy(n=120, n_missing=30, seed=5)
    condition = np.where(np.arange(120) % 10 == 0, "piriformis", "bursitis").astype(object)
    condition[np.isnan(final)] = "bursitis"
    frame = changes(first, final, condition=condition)
    answer = ho.sensitivity(hand_clinic([frame]), "pain", n_imputations=5)
    assert rows_by_reading(answer).loc[readings.WEIGHTED, "reason"] == ""
    assert (
        "Weights go by what is known at the start: the first score; too few patients, or too much "
        "alike, for condition."
    ) in answer.notes
    assert (
        "Imputation goes by what is known at the start: the first score and condition."
    ) in answer.notes


def test_a_threshold_in_percent_has_a_share_and_no_point_where_re_measuring_would_do(with_chance):
    percent = next(
        record
        for record in ho.THRESHOLDS
        if record.measure == "pain" and record.unit == "percent" and record.level == "individual"
        and record.direction == "improvement"
    )  # fmt: skip
    answer = ho.sensitivity(with_chance, "pain", threshold=percent, n_imputations=5)
    assert readings.FLIP_THRESHOLD not in rows_by_reading(answer).index
    assert rows_by_reading(answer, "share").loc[readings.FLIP_ALONE, "reason"] == (
        "what re-measuring alone would give is not known for these scores"
    )


def test_every_reading_says_what_it_assumes(with_chance):
    answer = ho.sensitivity(with_chance, "pain", n_imputations=2)
    said = answer.supporting["assumptions"].set_index("reading")["assumption"]
    assert set(said.index) == set(answer.table["reading"])
    assert said[readings.NO_CHANGE] == "they did not change on average"


def test_where_nobody_is_due_it_says_so_and_nothing_more(hand_clinic, changes):
    nobody = changes(FIRST, LATER, status="not yet due")
    answer = ho.sensitivity(hand_clinic([nobody]), "pain")
    assert answer.table["estimate"].isna().all()
    assert answer.words[0] == "No patient was due a later score."
    assert what_missing_could_change(answer.table) == ""


def test_where_many_are_due_and_nobody_is_measured_it_says_so(hand_clinic, changes):
    answer = ho.sensitivity(hand_clinic([changes(FIRST, [np.nan] * len(FIRST))]), "pain")
    assert answer.table["estimate"].isna().all()
    assert (
        "0 of the 61 patients whose later score was due were measured again (0%)." in answer.words
    )
    assert what_missing_could_change(answer.table) == ""


def test_what_the_missing_could_change_is_the_line_without_its_counts(forty_eight):
    table = ho.sensitivity(forty_eight, "pain", n_imputations=5).table
    counted, rest = sensitivity_line(table).split("; ", 1)
    assert counted == "48 of 61 patients due were measured"
    assert what_missing_could_change(table) == rest[0].upper() + rest[1:]


def test_no_line_is_kept_where_there_is_no_estimate(changes, hand_clinic):
    frame = changes([6.0] * 4, [3.0] * 4)
    answer = ho.sensitivity(hand_clinic([frame]), "pain", n_imputations=2)
    assert "line" not in answer.supporting
    assert all(len(table) for table in answer.supporting.values())
    answer.plot()
