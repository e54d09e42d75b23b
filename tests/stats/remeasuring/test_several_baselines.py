"""One more score after the mean of several first scores, when nothing has changed."""

import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.remeasuring.regression_to_mean import regression_to_mean
from hipoutcomes.stats.remeasuring.remeasuring import remeasuring
from hipoutcomes.stats.remeasuring.several_baselines import remeasuring_from_mean

#: A scale without steps, so wide that its bounds do nothing.
WIDE = {"sign": -1, "lowest": -100.0, "highest": 100.0, "step": 0.0, "threshold": 2.0}
PAIN = {"sign": -1, "lowest": 0.0, "highest": 10.0, "step": 1.0, "threshold": 2.0}


@pytest.fixture(scope="module")
def oracle(root):
    folder = root / "tests" / "oracles" / "several_baselines"
    with (folder / "numbers.csv").open(newline="") as file:
        numbers = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
    with (folder / "worse_half.csv").open(newline="") as file:
        half = np.array([float(row["z"]) for row in csv.DictReader(file)])
    return numbers, half


def test_movement_and_shares_are_those_of_numerical_integration(oracle):
    numbers, half = oracle
    assert len(numbers) == 12
    for row in numbers:
        means = 4 + row["sd_of_mean"] * half
        baselines = np.repeat(means[:, None], int(row["k"]), axis=1)
        alone = remeasuring_from_mean(
            baselines, reliabilities=(row["r"],), shares_entering=(0.5,), **WIDE
        )
        # 4,000 quantiles stand for the whole curve.
        assert alone.improvement_low == pytest.approx(row["movement"], rel=2e-3)
        assert alone.better_low == pytest.approx(row["better"], rel=5e-3)
        assert alone.worse_low == pytest.approx(row["worse"], rel=5e-3)


def test_movement_is_barnetts_for_one_and_two_baselines(oracle):
    _, half = oracle
    for k, published in ((1, 0.64), (2, 0.36)):
        means = 4 + 2 * np.sqrt(0.6 + 0.4 / k) * half
        alone = remeasuring_from_mean(
            np.repeat(means[:, None], k, axis=1),
            reliabilities=(0.6,),
            shares_entering=(0.5,),
            **WIDE,
        )
        assert round(alone.improvement_low, 2) == published
        assert regression_to_mean(4, 2, 4, 0.6, n_baselines=k) == pytest.approx(
            alone.improvement_low, rel=2e-3
        )


def test_one_baseline_without_steps_is_remeasuring():
    scores = np.random.default_rng(1).normal(6, 1.5, 60).round(2)
    options = {**WIDE, "lowest": 0.0, "highest": 12.0}
    one, same = remeasuring_from_mean(scores[:, None], **options), remeasuring(scores, **options)
    for name in ("better", "worse", "improvement"):
        np.testing.assert_allclose(getattr(one, name), getattr(same, name), atol=1e-12)
    assert one.entry_cut == pytest.approx(same.entry_cut)


def test_a_second_baseline_narrows_the_range_and_a_higher_scale_turns_it_round():
    rng = np.random.default_rng(2)
    usual = rng.normal(6, 1.4, 80)
    scores = np.clip(np.rint(usual[:, None] + rng.normal(0, 1.2, (80, 2))), 0, 10)
    two = remeasuring_from_mean(scores, **PAIN)
    one = remeasuring(scores[:, 1], **PAIN)
    assert 0 <= two.improvement_low < two.improvement_high < one.improvement_high
    turned = remeasuring_from_mean(10 - scores, **{**PAIN, "sign": 1})
    np.testing.assert_allclose(turned.improvement, two.improvement, atol=1e-12)
    np.testing.assert_allclose(turned.worse, two.worse, atol=1e-12)
    assert turned.entry_cut == pytest.approx(10 - two.entry_cut)


#: Standard errors, three, of the mean improvement of everyone simulated.
KNOWN_TO = 0.01


def everyone(come):
    """Pairs of whole first scores of those who come, and their mean improvement by one more."""
    rng = np.random.default_rng(7)
    usual = rng.standard_normal(400_000) * np.sqrt(0.6)
    scores = 5 + 2 * (usual[:, None] + np.sqrt(0.4) * rng.standard_normal((400_000, 3)))
    scores = np.clip(np.rint(scores), 0, 10)
    here = come(scores)
    pairs = scores[here][:, :2]
    fall = pairs.mean(axis=1) - scores[here][:, 2]
    return pairs, fall.mean(), (fall >= 2).mean(), (fall <= -2).mean()


@pytest.mark.slow
@pytest.mark.parametrize(
    "come",
    [
        lambda s: s[:, :2].mean(axis=1) >= 5,
        lambda s: s[:, 1] >= 5,
        lambda s: s[:, 1] > -1,
    ],
    ids=["by the mean of both", "by the last", "always"],
)
def test_the_range_holds_what_is_expected(come):
    pairs, improvement, better, worse = everyone(come)
    rng = np.random.default_rng(11)
    held = []
    for _ in range(500):
        sample = pairs[rng.integers(0, len(pairs), 40)]
        alone = remeasuring_from_mean(sample, **PAIN)
        held.append(
            (
                alone.improvement_low - KNOWN_TO
                <= improvement
                <= alone.improvement_high + KNOWN_TO,
                alone.better_low <= better <= alone.better_high,
                alone.worse_low <= worse <= alone.worse_high,
            )
        )
    shares = np.mean(held, axis=0)
    # What was found, less four standard errors; the docstring tells its reader the same.
    assert (shares >= [0.98, 0.98, 0.86]).all(), shares


@pytest.mark.parametrize(
    ("baselines", "error", "message"),
    [
        (np.array([5.0, 6]), ValueError, "baselines must have shape (people, scores); it is (2,)."),
        (
            np.empty((0, 2)),
            NotEnoughData,
            "What re-measuring alone would give needs a patient to count.",
        ),
        (
            np.full((3, 2), 6.0),
            NotEnoughData,
            "What re-measuring alone would give needs first scores that differ; there are 3, all "
            "alike.",
        ),
        (
            np.array([[5.0, np.nan], [6, 7]]),
            ValueError,
            "baselines holds 1 missing or infinite numbers of 4; leave them out first, and count "
            "them.",
        ),
        (
            np.array([[5.0, 12], [9, 12]]),
            ValueError,
            "baselines must lie from 0 to 10; they run from 8.5 to 10.5.",
        ),
    ],
)
def test_bad_input_is_named(baselines, error, message):
    with pytest.raises(error) as caught:
        remeasuring_from_mean(baselines, **PAIN)
    assert str(caught.value) == message
