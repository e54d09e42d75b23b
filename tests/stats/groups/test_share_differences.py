"""Newcombe's interval against Epi, the paper's own examples, and a published trial."""

import csv

import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.share_differences import share_difference


def test_intervals_are_those_of_epi(root):
    path = root / "tests" / "oracles" / "share_differences" / "numbers.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 24
    for row in rows:
        counts = (int(row[name]) for name in ("successes", "n", "other_successes", "other_n"))
        told = share_difference(*counts, level=float(row["level"]))
        for name in ("estimate", "conf_low", "conf_high"):
            assert getattr(told, name) == pytest.approx(float(row[name]), abs=1e-11)


# Newcombe (1998), table II, method 10: examples a, b, c and d, four decimals.
@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
    ],
)
def test_intervals_are_the_published_ones(counts, low, high):
    told = share_difference(*counts)
    assert (round(told.conf_low, 4), round(told.conf_high, 4)) == (low, high)


def test_the_headache_responders_differ_by_the_published_22_percent():
    # Responders at 12 months: 87 of 161 and 45 of 140; difference 22 percent (11 to 33),
    # which the trial published by the usual interval without Wilson's: a point's leeway.
    told = share_difference(87, 161, 45, 140)
    assert round(100 * told.estimate) == 22
    assert 100 * told.conf_low == pytest.approx(11, abs=1)
    assert 100 * told.conf_high == pytest.approx(33, abs=1)


def test_the_order_of_groups_turns_the_difference_round():
    one, other = share_difference(5, 20, 9, 30), share_difference(9, 30, 5, 20)
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.conf_low == pytest.approx(-other.conf_high)
    assert one.conf_high == pytest.approx(-other.conf_low)


def test_it_stays_inside_minus_one_to_one_where_shares_are_extreme():
    told = share_difference(10, 10, 0, 10)
    assert told.estimate == 1 and 0.6 < told.conf_low < 0.61 and told.conf_high == 1


def test_bad_input_is_named():
    with pytest.raises(NotEnoughData) as caught:
        share_difference(0, 0, 3, 8)
    assert str(caught.value) == (
        "A difference of shares needs patients in both groups; there are 0 and 8."
    )
    with pytest.raises(ValueError, match="level must lie between 0 and 1; it is 95"):
        share_difference(1, 9, 3, 8, level=95)
