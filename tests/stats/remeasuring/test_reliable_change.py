"""Reliable change against R, published examples, and the limits of the family."""

import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.remeasuring.reliable_change import (
    METHODS,
    change_classes,
    reliable_change,
)


def test_indices_are_those_of_r(root):
    path = root / "tests" / "oracles" / "reliable_change" / "numbers.csv"
    with path.open(newline="") as file:
        numbers = [{k: v.strip() for k, v in row.items()} for row in csv.DictReader(file)]
    cases = sorted({(row["set"], row["method"]) for row in numbers})
    assert len(cases) == 15
    for case in cases:
        own = [row for row in numbers if (row["set"], row["method"]) == case]
        first, second, index = (
            np.array([float(row[name]) for row in own]) for name in ("first", "second", "index")
        )
        known = {name: float(own[0][name]) for name in ("mean", "std_dev", "reliability")}
        for sign in (1, -1):
            told = reliable_change(first, second, sign=sign, method=case[1], **known)
            np.testing.assert_allclose(told.index, sign * index, rtol=1e-9, atol=1e-9)
            assert told.std_error == pytest.approx(float(own[0]["std_error"]), rel=1e-9)


def test_spread_and_mean_come_from_the_first_scores_unless_told():
    first, second = np.array([4.0, 6, 7, 9]), np.array([3.0, 3, 8, 5])
    for method in METHODS:
        given = reliable_change(
            first,
            second,
            reliability=0.7,
            sign=-1,
            method=method,
            mean=float(np.mean(first)),
            std_dev=float(np.std(first, ddof=1)),
        )
        found = reliable_change(first, second, reliability=0.7, sign=-1, method=method)
        np.testing.assert_allclose(given.index, found.index)


def test_the_published_vector():
    # SD 5, reliability 0.8, changes of -8, -4, 0, 4, 8: measures of one textbook example.
    change = np.array([-8.0, -4, 0, 4, 8])
    told = reliable_change(np.full(5, 20.0), 20 + change, reliability=0.8, sign=1, std_dev=5)
    expected = [-2.5298, -1.2649, 0, 1.2649, 2.5298]
    np.testing.assert_allclose(told.index, expected, atol=5e-5)
    assert told.std_error == pytest.approx(3.1622777, abs=5e-8)
    assert told.better.tolist() == [False] * 4 + [True]
    assert told.worse.tolist() == [True] + [False] * 4


def test_jacobson_and_truaxs_own_example():
    # Jacobson & Truax (1991), p. 14: 32.5 before and 47.5 after, S1 = 7.5, r = .80, RC = 3.16.
    told = reliable_change([32.5], [47.5], reliability=0.80, sign=1, std_dev=7.5)
    assert round(float(told.index[0]), 2) == 3.16
    assert told.better.all()


def test_without_reliability_of_chance_the_regressed_methods_agree():
    # At r = 0 the first score says nothing: three of the five divide the same by the same.
    rng = np.random.default_rng(1)
    first, second = rng.normal(6, 2, (2, 50))
    told = {
        name: reliable_change(first, second, reliability=0.0, sign=-1, method=name).index
        for name in METHODS
    }
    np.testing.assert_allclose(told["gulliksen-lord-novick"], told["edwards-nunnally"])
    np.testing.assert_allclose(told["gulliksen-lord-novick"], told["nunnally-kotsch"])


def test_beyond_the_mean_change_of_all_the_index_has_mean_zero():
    rng = np.random.default_rng(2)
    first = rng.normal(6, 2, 80)
    second = first - 2 + rng.normal(0, 1, 80)
    told = reliable_change(first, second, reliability=0.8, sign=-1, method="hsu-linn-lord")
    assert told.index.mean() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("method", METHODS[:4])
def test_people_without_change_seldom_change_reliably(method):
    # Scores of 200,000 people who do not change: jacobson-truax, gulliksen-lord-novick and
    # hsu-linn-lord find 5 in 100; edwards-nunnally, with its narrower band, finds more.
    rng = np.random.default_rng(3)
    usual = rng.normal(0, np.sqrt(0.7), 200_000)
    first, second = usual + rng.normal(0, np.sqrt(0.3), (2, 200_000))
    told = reliable_change(first, second, reliability=0.7, sign=1, method=method)
    share = (told.better | told.worse).mean()
    if method == "edwards-nunnally":
        assert 0.10 < share < 0.15
    else:
        assert share == pytest.approx(0.05, abs=0.003)


def test_the_criterion_itself_does_not_count_and_can_be_told():
    found = {
        criterion: reliable_change(
            [10.0], [14.0], reliability=0.5, sign=1, std_dev=2.0, criterion=criterion
        ).better[0]
        for criterion in (1.99, 2.0)
    }
    assert found == {1.99: True, 2.0: False}


def test_classes_are_five_with_a_state_and_three_without():
    better = np.array([True, True, True, False, False, False, False])
    worse = np.array([False, False, False, False, True, True, True])
    before = np.array([False, False, True, False, True, True, False])
    after = np.array([True, False, True, True, False, True, False])
    assert change_classes(better, worse).tolist() == [1, 1, 1, 2, 3, 3, 3]
    assert change_classes(better, worse, before, after).tolist() == [0, 1, 1, 2, 4, 3, 3]


@pytest.mark.parametrize(
    ("told", "error", "message"),
    [
        (
            {"second": [1.0]},
            ValueError,
            "first and second must be of the same people; they have 3 and 1 scores.",
        ),
        (
            {"reliability": 1.0},
            ValueError,
            "reliability must lie from 0 to below 1; it is 1.0.",
        ),
        ({"sign": 0}, ValueError, "sign must be 1 or -1; it is 0."),
        (
            {"method": "JT"},
            ValueError,
            "method must be one of jacobson-truax, gulliksen-lord-novick, edwards-nunnally, "
            "hsu-linn-lord, nunnally-kotsch; it is 'JT'.",
        ),
        ({"std_dev": -1.0}, ValueError, "std_dev must lie between 0 and inf; it is -1.0."),
        ({"criterion": 0}, ValueError, "criterion must lie between 0 and inf; it is 0."),
        (
            {"first": [1.0, float("nan"), 2]},
            ValueError,
            "first holds 1 missing or infinite numbers of 3; leave them out first, and count them.",
        ),
        (
            {"first": [4.0, 4, 4]},
            NotEnoughData,
            "Reliable change needs the spread of first scores, and there are 3, all alike.\n"
            "  Give std_dev from a source.",
        ),
    ],
)
def test_bad_input_is_named(told, error, message):
    options = {"first": [4.0, 6, 8], "second": [3.0, 3, 9], "reliability": 0.8, "sign": -1}
    with pytest.raises(error) as caught:
        reliable_change(**{**options, **told})
    assert str(caught.value) == message


def test_nobody_is_both_and_a_state_is_known_at_both_times_or_neither():
    with pytest.raises(ValueError) as caught:
        change_classes([True], [True])
    assert str(caught.value) == "Nobody can be reliably better and reliably worse at once."
    with pytest.raises(ValueError) as caught:
        change_classes([True], [False], [True])
    assert str(caught.value) == "Give the state at both times, or at neither."
