"""Differences between groups against Welch's test of SciPy, and their bounds."""

import numpy as np
import pytest
from scipy import stats

from hipoutcomes.stats.groups.intervals import Interval, cluster_mean
from hipoutcomes.stats.missing.bounds import mean_bounds
from hipoutcomes.stats.missing.differences import difference_bounds, difference_of


def mean_of(values):
    return cluster_mean(values, np.arange(len(values)))


def test_the_difference_of_two_observed_means_is_welchs():
    rng = np.random.default_rng(8)
    ours, theirs = rng.normal(2, 1, 25), rng.normal(1, 3, 40)
    made = difference_of(mean_of(ours), mean_of(theirs), 0.9)
    welch = stats.ttest_ind(ours, theirs, equal_var=False)
    interval = welch.confidence_interval(0.9)
    assert made.df == pytest.approx(welch.df)
    assert made.estimate / made.std_error == pytest.approx(welch.statistic)
    # The groups' own intervals were at 95 %; only their standard errors count.
    assert (made.conf_low, made.conf_high) == pytest.approx((interval.low, interval.high))


def test_against_a_group_of_known_mean_the_bounds_are_those_of_the_mean_itself():
    rng = np.random.default_rng(9)
    measured, best = rng.normal(2, 1, 30), np.full(10, 6.0)
    ends = [mean_of(np.concatenate([measured, end])) for end in (best - 10, best)]
    known = Interval(0.5, 0.0, 0.5, 0.5, 1e12)
    made = difference_bounds(tuple(ends), (known, known))
    alone = mean_bounds(measured, best - 10, best)
    for name in ("low", "high", "conf_low", "conf_high"):
        assert getattr(made, name) == pytest.approx(getattr(alone, name) - 0.5)


def test_complete_data_of_both_groups_always_lie_inside():
    rng = np.random.default_rng(10)
    for _ in range(50):
        groups = []
        for n in (20, 30):
            first = rng.integers(3, 11, n).astype(float)
            improvement = first - rng.integers(0, 11, n)
            gone = rng.random(n) < 0.4
            ends = tuple(
                mean_of(np.concatenate([improvement[~gone], end]))
                for end in (first[gone] - 10, first[gone])
            )
            groups.append((improvement.mean(), ends))
        (ours, one), (theirs, other) = groups
        bounds = difference_bounds(one, other)
        assert bounds.low <= ours - theirs <= bounds.high
        assert bounds.conf_low < bounds.low
        assert bounds.conf_high > bounds.high


def test_two_means_without_spread_differ_by_a_number():
    one, other = Interval(2.0, 0.0, 2.0, 2.0, 10), Interval(1.0, 0.0, 1.0, 1.0, 10)
    made = difference_of(one, other)
    assert (made.estimate, made.conf_low, made.conf_high) == (1.0, 1.0, 1.0)
