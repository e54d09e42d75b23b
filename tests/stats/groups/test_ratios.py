"""The ratio of two means: against t tests in R, and where it is known."""

import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.intervals import cluster_mean
from hipoutcomes.stats.groups.ratios import ratio_of_means


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_limits_are_where_paired_t_tests_of_r_just_reject(root):
    # tests/oracles/ratios/script.R
    folder = root / "tests" / "oracles" / "ratios"
    patients, known = rows_of(folder / "patients.csv"), rows_of(folder / "numbers.csv")
    assert len(known) == 4
    for row in known:
        mine = [p for p in patients if p["n"] == row["n"]]
        found = ratio_of_means(
            [float(p["numerator"]) for p in mine],
            [float(p["denominator"]) for p in mine],
            float(row["level"]),
        )
        for name in ("estimate", "std_error", "conf_low", "conf_high"):
            assert getattr(found, name) == pytest.approx(float(row[name]), rel=1e-7), name
        assert found.df == int(row["n"]) - 1


def test_over_a_constant_it_is_the_interval_of_a_mean():
    values = np.array([1.0, 2.0, 2.5, 4.0, 4.5])
    ratio, mean = ratio_of_means(values, np.full(5, 2.0)), cluster_mean(values, np.arange(5))
    for name in ("estimate", "std_error", "conf_low", "conf_high"):
        assert getattr(ratio, name) == pytest.approx(getattr(mean, name) / 2, rel=1e-12)


def test_of_a_number_over_itself_it_is_one():
    values = np.array([1.0, 2.0, 4.0])
    same = ratio_of_means(values, values, 0.5)
    assert (same.conf_low, same.estimate, same.conf_high) == pytest.approx((1.0, 1.0, 1.0))


def test_signs_cancel():
    up = ratio_of_means([1.0, 2.0, 2.5], [3.0, 4.0, 6.0])
    down = ratio_of_means([-1.0, -2.0, -2.5], [-3.0, -4.0, -6.0])
    assert up.conf_low == pytest.approx(down.conf_low)
    assert up.conf_high == pytest.approx(down.conf_high)


@pytest.mark.parametrize(
    ("numerator", "denominator", "error", "message"),
    [
        ([1.0], [2.0], NotEnoughData,
         "A ratio with an interval needs 2 patients or more; there are 1."),
        ([1.0, 2.0, 0.5], [1.0, -1.0, 0.2], NotEnoughData,
         "The mean that would be divided by cannot be told from zero, so there is no ratio."),
        ([1.0, 2.0], [1.0], ValueError,
         "denominator must have as many numbers as numerator, 2; it has 1."),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_words(numerator, denominator, error, message):
    with pytest.raises(error) as refused:
        ratio_of_means(np.array(numerator), np.array(denominator))
    assert str(refused.value) == message
