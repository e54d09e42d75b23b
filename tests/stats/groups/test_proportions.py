import csv

import numpy as np
import pytest
from scipy import stats

from hipoutcomes.stats.groups.proportions import wilson

#: R prints fifteen digits; near 0 and 1 its subtraction keeps a few less.
FIFTEEN_DIGITS = 1e-12


@pytest.fixture(scope="module")
def oracle(root):
    """R's prop.test without correction, from tests/oracles/proportions/."""
    with (root / "tests" / "oracles" / "proportions" / "numbers.csv").open(newline="") as file:
        return [{name: float(text) for name, text in row.items()} for row in csv.DictReader(file)]


def test_interval_is_that_of_prop_test(oracle):
    assert len(oracle) == 48
    for row in oracle:
        share = wilson(row["successes"], row["n"], row["level"])
        for name in ("estimate", "conf_low", "conf_high"):
            assert getattr(share, name) == pytest.approx(row[name], abs=FIFTEEN_DIGITS)


# Newcombe RG (1998), Statistics in Medicine 17, 857-872, table I, method 3: four decimals.
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_interval_is_the_published_one(successes, n, low, high):
    share = wilson(successes, n)
    assert (round(share.conf_low, 4), round(share.conf_high, 4)) == (low, high)


def test_many_at_once_are_each_alone():
    successes, n = np.array([0, 3, 9, 10]), np.array([4, 7, 9, 12])
    together = wilson(successes, n)
    for place in range(4):
        alone = wilson(int(successes[place]), int(n[place]))
        assert together.conf_low[place] == alone.conf_low
        assert together.conf_high[place] == alone.conf_high


def test_turning_better_into_worse_turns_the_interval():
    share, other = wilson(3, 17), wilson(14, 17)
    assert share.conf_low == pytest.approx(1 - other.conf_high, abs=1e-15)


def test_none_and_all_reach_the_ends():
    assert wilson(0, 9).conf_low == 0.0
    assert wilson(9, 9).conf_high == 1.0


def test_no_patients_have_no_share():
    share = wilson([0, 1], [0, 1])
    np.testing.assert_array_equal(np.isnan(share.estimate), [True, False])
    np.testing.assert_array_equal(np.isnan(share.conf_low), [True, False])
    alone = wilson(0, 0)
    assert np.isnan([alone.estimate, alone.conf_low, alone.conf_high]).all()


@pytest.mark.parametrize(("successes", "n"), [(3, 2), (-1, 2), (float("nan"), 2)])
def test_impossible_counts_are_refused(successes, n):
    with pytest.raises(ValueError, match=r"successes must lie between 0 and n for every share"):
        wilson(successes, n)


@pytest.mark.parametrize("n", [10, 20, 50, 100, 400])
def test_interval_covers_as_often_as_it_says(n):
    # By enumeration: every count that can come, with its probability, for shares 5 % to 95 %.
    shares = np.linspace(0.05, 0.95, 181)
    counts = np.arange(n + 1)
    interval = wilson(counts, np.full(n + 1, n))
    holds = (interval.conf_low[:, None] <= shares) & (shares <= interval.conf_high[:, None])
    coverage = (stats.binom.pmf(counts[:, None], n, shares) * holds).sum(axis=0)
    assert 0.94 <= coverage.mean() <= 0.96
    # Known to dip where a bound jumps, for shares near 0 and 1 of few patients.
    inner = (shares >= 0.2) & (shares <= 0.8)
    assert coverage[inner].min() >= 0.92
