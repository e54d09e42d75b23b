import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.summaries import group_summaries, standardised_response_mean, summary

#: R prints fifteen digits.
FIFTEEN_DIGITS = 1e-13
NAMES = ("mean", "std_dev", "quartile_low", "median", "quartile_high")


@pytest.fixture(scope="module")
def oracle(root):
    """Sets of scores and R's numbers for them, from tests/oracles/summaries/."""
    with (root / "tests" / "oracles" / "summaries" / "numbers.csv").open(newline="") as file:
        return [
            (
                np.array(row["values"].split(), dtype=float),
                [float(row[name].replace("NA", "nan")) for name in NAMES],
            )
            for row in csv.DictReader(file)
        ]


def test_summary_is_that_of_r(oracle):
    assert len(oracle) == 5
    for values, expected in oracle:
        told = summary(values)
        assert told.n == len(values)
        assert [getattr(told, name) for name in NAMES] == pytest.approx(
            expected, rel=FIFTEEN_DIGITS, nan_ok=True
        )


def test_groups_at_once_are_those_of_r_in_any_order(oracle):
    values = np.concatenate([values for values, _ in oracle])
    groups = np.repeat(np.arange(len(oracle)), [len(values) for values, _ in oracle])
    order = np.random.default_rng(4).permutation(len(values))
    told = group_summaries(values[order], groups[order], n_groups=len(oracle) + 1)
    for place, (_, expected) in enumerate(oracle):
        assert [getattr(told, name)[place] for name in NAMES] == pytest.approx(
            expected, rel=FIFTEEN_DIGITS, nan_ok=True
        )
    assert told.n[-1] == 0
    assert np.isnan([getattr(told, name)[-1] for name in NAMES]).all()


def test_an_empty_group_may_stand_anywhere():
    told = group_summaries([5.0, 7.0], [1, 1], n_groups=3)
    np.testing.assert_array_equal(told.median, [np.nan, 6.0, np.nan])
    nothing = group_summaries([], [], n_groups=2)
    assert np.isnan(nothing.quartile_low).all()


def test_nothing_has_no_summary():
    with pytest.raises(NotEnoughData, match=r"A summary needs one score or more; there are none\."):
        summary([])


def test_standardised_response_mean():
    # Changes 1, 2, 3, 6: mean 3; squares 4 + 1 + 0 + 9 = 14, so SD sqrt(14 / 3) = 2.160247.
    assert standardised_response_mean([1, 2, 3, 6]) == pytest.approx(3 / 2.160247, rel=1e-6)
    assert np.isnan(standardised_response_mean([2.0, 2.0]))
    with pytest.raises(NotEnoughData, match=r"needs 2 changes or more; there are 1\."):
        standardised_response_mean([2.0])
