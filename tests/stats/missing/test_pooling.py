"""Rubin's rules against mice, and shares pooled by Wilson's interval."""

import csv

import numpy as np
import pytest

from hipoutcomes.stats.groups.proportions import wilson
from hipoutcomes.stats.missing.pooling import pooled, share_limits

#: The same arithmetic on numbers kept to fifteen digits.
SAME = 1e-10


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_pooled_numbers_are_those_of_mice(root):
    folder = root / "tests" / "oracles" / "rubin"
    sets = rows_of(folder / "sets.csv")
    numbers = rows_of(folder / "numbers.csv")
    assert len(numbers) == 5
    for row in numbers:
        mine = [each for each in sets if each["name"] == row["name"]]
        got = pooled(
            np.array([float(each["estimate"]) for each in mine]),
            np.array([float(each["variance"]) for each in mine]),
            float(mine[0]["df_complete"]),
        )
        for name in set(row) - {"name"}:
            assert getattr(got, name) == pytest.approx(float(row[name]), rel=SAME), (row, name)


def test_a_share_in_a_plain_sample_has_wilsons_interval():
    share, n = 0.3, 50
    interval = wilson(15, 50)
    limits = share_limits(share, (share * (1 - share) / n) ** 0.5, np.inf, n)
    assert limits == pytest.approx((interval.conf_low, interval.conf_high), abs=1e-12)


def test_a_share_of_nobody_or_everybody_takes_the_effective_number():
    for share, successes in ((0.0, 0), (1.0, 40)):
        interval = wilson(successes, 40)
        limits = share_limits(share, 0.0, np.inf, 40)
        assert limits == pytest.approx((interval.conf_low, interval.conf_high), abs=1e-12)


def test_fewer_degrees_of_freedom_widen_a_share():
    wide, narrow = (share_limits(0.3, 0.08, df, 30) for df in (5, 500))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_a_single_degree_of_freedom_leaves_a_share_all_but_open():
    low, high = share_limits(0.4, 0.1, 1.0, 20)
    assert 0 < low < 0.13
    assert 0.7 < high < 1


@pytest.mark.parametrize("variances", [[0.1], [0.1, -0.1]])
def test_too_few_sets_or_negative_variances_are_refused(variances):
    with pytest.raises(ValueError) as caught:
        pooled(np.ones(len(variances)), np.array(variances), 10)
    assert str(caught.value) == (
        "Pooling needs 2 completed data sets or more, each with an estimate and a variance of 0 "
        f"or more; there are {len(variances)} estimates and {len(variances)} variances."
    )
