import csv

import numpy as np
import pytest

from hipoutcomes.stats.remeasuring.regression_to_mean import regression_to_mean, tail_density

#: R's integrals were asked for twelve digits, and printed with twelve.
INTEGRATED = 1e-9


def test_movement_is_that_of_numerical_integration(root):
    folder = root / "tests" / "oracles" / "remeasuring"
    with (folder / "regression_to_mean.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 13
    for row in rows:
        mean, std_dev, cut, reliability = (float(row[name]) for name in ("mu", "sigma", "cut", "r"))
        told = regression_to_mean(
            mean, std_dev, cut, reliability, n_baselines=int(row["k"]), chosen=row["chosen"]
        )
        assert told == pytest.approx(float(row["movement"]), rel=INTEGRATED, abs=INTEGRATED)


# Barnett, van der Pols & Dobson (2005): SD 15, mean 60, chosen below 40; three decimals.
@pytest.mark.parametrize(
    ("reliability", "movement"),
    [(0, 26.972), (0.3, 18.880), (0.5, 13.486), (0.7, 8.092), (0.9, 2.697), (1, 0)],
)
def test_movement_is_barnetts(reliability, movement):
    told = regression_to_mean(60, 15, 40, reliability, chosen="below")
    assert told == pytest.approx(movement, abs=5e-4)


def test_a_second_baseline_about_halves_it():
    told = [regression_to_mean(4, 2, 4, 0.6, n_baselines=n) for n in (1, 2)]
    assert [round(each, 2) for each in told] == [0.64, 0.36]


def test_far_tails_do_not_underflow():
    # Beyond 50 standard deviations the tail lies within 1/50 of its cut.
    assert tail_density(50.0) == pytest.approx(50.02, abs=1e-3)
    assert np.isfinite(regression_to_mean(0, 1, 60, 0.5))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"std_dev": 0}, r"std_dev must lie between 0 and inf; it is 0"),
        ({"reliability": 1.2}, r"reliability must lie from 0 to 1; it is 1\.2"),
        ({"n_baselines": 0}, r"n_baselines must be 1 or more; it is 0"),
        ({"chosen": "high"}, r"chosen must be one of above, below; it is 'high'"),
    ],
)
def test_wrong_options_are_named(asked, message):
    options = {"mean": 4, "std_dev": 2, "cut": 4, "reliability": 0.6, **asked}
    with pytest.raises(ValueError, match=message):
        regression_to_mean(**options)
