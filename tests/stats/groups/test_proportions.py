import csv

import numpy as np
import pytest
from scipy import stats

from hipoutcomes.stats.groups.proportions import agresti_caffo, agresti_coull, wilson

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


@pytest.fixture(scope="module")
def statsmodels(root):
    """What statsmodels gives, from tests/oracles/adjusted_proportions/."""

    def read(name):
        path = root / "tests" / "oracles" / "adjusted_proportions" / f"{name}.csv"
        with path.open(newline="") as file:
            return [{k: float(text) for k, text in row.items()} for row in csv.DictReader(file)]

    return read


def test_adjusted_shares_and_differences_are_those_of_statsmodels(statsmodels):
    shares, differences = statsmodels("shares"), statsmodels("differences")
    assert (len(shares), len(differences)) == (39, 15)
    for row in shares:
        share = agresti_coull(row["successes"], row["n"], row["level"])
        assert share.estimate == row["successes"] / row["n"]
        # statsmodels lets limits leave 0 to 1; a share does not.
        assert share.conf_low == pytest.approx(max(row["conf_low"], 0), abs=1e-14)
        assert share.conf_high == pytest.approx(min(row["conf_high"], 1), abs=1e-14)
    for row in differences:
        names = ("successes", "n", "other_successes", "other_n", "level")
        gap = agresti_caffo(*(row[name] for name in names))
        assert gap.conf_low == pytest.approx(max(row["conf_low"], -1), abs=1e-14)
        assert gap.conf_high == pytest.approx(min(row["conf_high"], 1), abs=1e-14)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
def test_an_adjusted_interval_holds_wilsons_and_the_share_itself(level):
    for n in (1, 2, 7, 40):
        counts = np.arange(n + 1)
        inner, outer = (f(counts, np.full(n + 1, n), level) for f in (wilson, agresti_coull))
        assert (outer.conf_low <= inner.conf_low + 1e-15).all()
        assert (outer.conf_high >= inner.conf_high - 1e-15).all()
        gap = agresti_caffo(counts[:, None], n, counts[None], n, level)
        assert (gap.conf_low <= gap.estimate).all()
        assert (gap.conf_high >= gap.estimate).all()
        assert np.abs(gap.conf_low).max() <= 1
        assert np.abs(gap.conf_high).max() <= 1


def test_a_difference_with_nobody_in_a_group_is_missing():
    gap = agresti_caffo(0, 0, 3, 10)
    assert np.isnan([gap.estimate, gap.conf_low, gap.conf_high]).all()
    with pytest.raises(ValueError, match=r"^successes must lie between 0 and n for every share\.$"):
        agresti_caffo(1, 2, 5, 4)


def test_a_published_difference_of_responders():
    # Vickers AJ et al. (2004), BMJ 328:744: 87 of 161 against 45 of 140 better by 35 %, difference
    # 22 % (11 to 33); their interval is the plain Wald one, within a point of this.
    gap = agresti_caffo(87, 161, 45, 140)
    assert round(100 * gap.estimate) == 22
    assert 100 * gap.conf_low == pytest.approx(11, abs=1)
    assert 100 * gap.conf_high == pytest.approx(33, abs=1)
