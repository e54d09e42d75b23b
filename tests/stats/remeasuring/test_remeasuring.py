import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.remeasuring.remeasuring import remeasuring
from hipoutcomes.stats.remeasuring.second_scores import (
    FirstScores,
    Population,
    Scale,
    second_scores,
)

#: Seven places inside a step stand for an integral; this is well below a tenth of a percent.
PLACES = 2e-5

#: The closed form for the mean neglects rounding at the bounds.
UNROUNDED = 2e-3

PAIN = {"threshold": 2, "sign": -1, "lowest": 0, "highest": 10, "step": 1}


def read(root, name):
    with (root / "tests" / "oracles" / "remeasuring" / name).open(newline="") as file:
        return [{key: float(text) for key, text in row.items()} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def cases(root):
    """R's integrals and their first scores, from tests/oracles/remeasuring/."""
    firsts = read(root, "first_scores.csv")
    return [
        (
            row,
            FirstScores(
                np.array([each["score"] for each in firsts if each["case"] == place]),
                np.array([each["share"] for each in firsts if each["case"] == place]),
            ),
        )
        for place, row in enumerate(read(root, "numbers.csv"))
    ]


@pytest.mark.parametrize(
    ("operator", "better", "worse"),
    [(">=", "better", "worse"), (">", "better_beyond", "worse_beyond")],
)
def test_second_scores_are_those_of_numerical_integration(cases, operator, better, worse):
    assert len(cases) == 8
    for row, first in cases:
        population = Population(row["mu"], row["sigma"], row["cut"])
        told = second_scores(
            first, Scale(0, 10, 1), population, row["r"], row["threshold"], operator
        )
        assert told[:2] == pytest.approx((row[better], row[worse]), abs=PLACES)
        assert told[2] == pytest.approx(row["improvement"], abs=UNROUNDED)


def test_population_behind_its_worst_share_is_found_again(root):
    rows = read(root, "worst_share.csv")
    assert len(rows) == 4
    for row in rows:
        told = Population.behind(row["mean"], row["std_dev"], row["share"])
        assert (told.mean, told.std_dev, told.cut) == pytest.approx((5, 2, row["cut"]), rel=1e-8)


def baselines_of(first: FirstScores, n: int = 100_000) -> np.ndarray:
    return np.repeat(first.scores, np.rint(first.shares * n).astype(int))


def test_range_holds_what_nothing_gives_at_every_reliability(cases):
    # Population mean 5, SD 2, entry at 4 and over: 24.6 % better and 14.3 % worse at 0.6.
    for row, first in cases[:5]:
        alone = remeasuring(baselines_of(first), **PAIN)
        assert alone.better_low < row["better"] < alone.better_high
        assert alone.worse_low < row["worse"] < alone.worse_high
        assert alone.improvement_low < row["improvement"] < alone.improvement_high


def test_range_is_no_wider_than_it_must_be(cases):
    # The range does not reach the shares that a recovery of 2 points would bring (63 %).
    alone = remeasuring(baselines_of(cases[2][1]), **PAIN)
    assert 0.40 < alone.better_high < 0.50
    assert 0.15 < alone.worse_high < 0.20
    assert alone.entry_cut == pytest.approx(4, abs=0.3)


def test_range_runs_over_every_reliability_and_share(cases):
    alone = remeasuring(baselines_of(cases[2][1]), **PAIN)
    assert alone.better.shape == alone.worse.shape == alone.improvement.shape == (2, 5)
    assert alone.better_low == alone.better[0, 4] == alone.better.min()
    assert alone.better_high == alone.better[1, 0] == alone.better.max()
    for row in alone.better:
        assert (np.diff(row) < 0).all()
    assert alone.improvement[0] == pytest.approx(np.zeros(5), abs=0.01)
    assert (alone.improvement[1] > 0.3).all()


def test_higher_is_better_is_the_mirror():
    rng = np.random.default_rng(5)
    pain = np.clip(np.rint(rng.normal(6, 2, 80)), 0, 10)
    one = remeasuring(pain, **PAIN)
    other = remeasuring(10 - pain, **{**PAIN, "sign": 1})
    assert other.better == pytest.approx(one.better, abs=1e-12)
    assert other.worse == pytest.approx(one.worse, abs=1e-12)
    assert other.improvement == pytest.approx(one.improvement, abs=1e-12)
    assert other.entry_cut == pytest.approx(10 - one.entry_cut, abs=1e-12)


def test_a_scale_ten_times_as_long_gives_the_same_shares():
    pain = np.clip(np.rint(np.random.default_rng(6).normal(6, 2, 80)), 0, 10)
    one = remeasuring(pain, **PAIN)
    ten = remeasuring(10 * pain, **{**PAIN, "threshold": 20, "highest": 100, "step": 10})
    assert ten.better == pytest.approx(one.better, abs=1e-12)
    assert ten.improvement == pytest.approx(10 * one.improvement, abs=1e-11)


def test_whether_the_threshold_counts_matters_on_whole_scores_only():
    scores = np.clip(np.rint(np.random.default_rng(7).normal(50, 15, 200)), 0, 100)
    whole = {**PAIN, "highest": 100}
    at, beyond = (remeasuring(scores, **whole, operator=op) for op in (">=", ">"))
    next_one = remeasuring(scores, **{**whole, "threshold": 3})
    assert (beyond.better < at.better).all()
    assert beyond.better == pytest.approx(next_one.better, abs=1e-12)
    any_number = {**whole, "step": 0}
    at, beyond = (remeasuring(scores, **any_number, operator=op) for op in (">=", ">"))
    assert beyond.better == pytest.approx(at.better, abs=1e-9)


def test_patients_who_cannot_reach_the_threshold_are_not_expected_to():
    pain = np.array([0.0, 1.0] * 20 + [5.0, 6.0, 7.0] * 10)
    low = remeasuring(pain, **PAIN, counted=pain < 2)
    assert low.better_high == 0.0
    assert low.worse_low > 0.0
    assert low.n_patients == 40
    high = remeasuring(10 - pain, **PAIN, counted=pain < 2)
    assert high.worse_high == 0.0


def test_those_counted_are_averaged_over_and_all_show_who_comes():
    pain = np.array([4.0, 5, 5, 6, 7, 9, 10, 4, 5, 8])
    counted = np.arange(10) % 2 == 0
    halves = [remeasuring(pain, **PAIN, counted=half) for half in (counted, ~counted)]
    everyone = remeasuring(pain, **PAIN)
    mean = (halves[0].better + halves[1].better) / 2
    assert everyone.better == pytest.approx(mean, abs=1e-12)
    assert halves[0].entry_cut == everyone.entry_cut


def test_very_many_distinct_scores_are_binned_without_moving_the_shares():
    scores = np.clip(np.random.default_rng(8).normal(45, 15, 3_000), 0, 100)
    scale = Scale(0, 100, 0)
    binned = FirstScores.of(scores, scale)
    each = FirstScores(*np.unique(scores, return_counts=True))
    each = FirstScores(each.scores, each.shares / each.shares.sum())
    assert len(binned.scores) <= 501 < len(each.scores)
    population = Population.behind(45, 15, 0.5)
    one, other = (second_scores(f, scale, population, 0.6, 10, ">=") for f in (binned, each))
    assert one == pytest.approx(other, abs=1e-4)


def test_scores_off_the_steps_are_compared_with_scores_that_can_be_given():
    # 4.5 less 2 is 2.5: a whole second score must be 2 or less.
    first = FirstScores(np.array([4.5]), np.array([1.0]))
    scale, population = Scale(0, 10, 1), Population(5, 2, 4)
    half = second_scores(first, scale, population, 0.6, 2.0, ">=")
    more = second_scores(first, scale, population, 0.6, 2.5, ">=")
    assert half[0] == pytest.approx(more[0], abs=1e-12)


@pytest.mark.parametrize("baseline", [[], [5.0], [5.0, 5.0, 5.0]])
def test_baselines_that_do_not_differ_say_nothing(baseline):
    with pytest.raises(NotEnoughData) as error:
        remeasuring(baseline, **PAIN)
    assert str(error.value) == (
        "What re-measuring alone would give needs first scores that differ; "
        f"there are {len(baseline)}, all alike."
    )


def test_someone_must_be_counted():
    with pytest.raises(NotEnoughData, match=r"needs a patient to count\."):
        remeasuring([4.0, 5.0], **PAIN, counted=[False, False])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"operator": ">>"}, r"operator must be one of >=, >; it is '>>'"),
        ({"sign": 0}, r"sign must be 1 or -1; it is 0"),
        ({"threshold": 0}, r"threshold must lie between 0 and inf; it is 0"),
        ({"lowest": 10}, r"lowest must lie below highest; they are 10 and 10"),
        ({"step": -1}, r"step must be 0 or more; it is -1"),
        ({"highest": 5}, r"baselines must lie from 0 to 5; they run from 4 to 7"),
        ({"reliabilities": (0.4, 1.0)}, r"reliabilities must lie from 0 to below 1"),
        ({"reliabilities": ()}, r"reliabilities must lie from 0 to below 1"),
        ({"shares_entering": (0.0, 1.0)}, r"shares_entering must lie above 0, up to 1"),
        ({"counted": [True]}, r"counted must have shape \(3,\); it has \(1,\)"),
    ],
)
def test_wrong_options_are_named(asked, message):
    with pytest.raises(ValueError, match=message):
        remeasuring([4.0, 5.0, 7.0], **{**PAIN, **asked})
