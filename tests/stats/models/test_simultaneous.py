"""Bands over several contrasts: against mvtnorm and multcomp, and where the answer is known."""

import csv

import numpy as np
import pytest
from scipy import stats

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.inference import Inference
from hipoutcomes.stats.models.least_squares.linear import least_squares
from hipoutcomes.stats.models.simultaneous import largest_t, simultaneous_band


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "simultaneous"


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def correlation_named(folder, name):
    cells = [row for row in rows_of(folder / "correlations.csv") if row["name"] == name]
    size = max(int(row["i"]) for row in cells)
    found = np.empty((size, size))
    for row in cells:
        found[int(row["i"]) - 1, int(row["j"]) - 1] = float(row["r"])
    return found


def of_known_df(covariance, beta, df):
    return Inference(np.asarray(beta, float), covariance, lambda w: np.full(len(w), float(df)))


def test_chances_are_those_of_mvtnorm(folder):
    # tests/oracles/simultaneous/script.R; 50,000 directions leave an error of about 0.001.
    rows = rows_of(folder / "below.csv")
    assert len(rows) == 60
    for row in rows:
        df = float(row["df"]) or np.inf
        found = largest_t(correlation_named(folder, row["name"]), df, seed=7)
        assert found.below(float(row["critical"])) == pytest.approx(float(row["share"]), abs=0.003)


def test_band_and_adjusted_p_values_are_those_of_multcomp(folder):
    data = rows_of(folder / "rows.csv")
    visit = np.array([int(row["visit"]) for row in data])
    score = np.array([float(row["score"]) for row in data])
    fit = least_squares(np.eye(5)[visit - 1], score)
    model = of_known_df(fit.covariance, fit.beta, fit.df)
    steps = np.eye(5)[1:] - np.eye(5)[:-1]
    band = simultaneous_band(model, steps, seed=3)
    known = rows_of(folder / "numbers.csv")
    assert band.critical[0] == pytest.approx(float(known[0]["critical"]), abs=0.01)
    for place, row in enumerate(known):
        assert band.alone.estimate[place] == pytest.approx(float(row["estimate"]), rel=1e-9)
        assert band.alone.std_error[place] == pytest.approx(float(row["std_error"]), rel=1e-9)
        assert band.conf_low[place] == pytest.approx(float(row["conf_low"]), abs=0.007)
        assert band.conf_high[place] == pytest.approx(float(row["conf_high"]), abs=0.007)
        assert band.p_adjusted[place] == pytest.approx(float(row["p_adjusted"]), abs=0.005)


@pytest.mark.parametrize("df", [6.0, np.inf])
def test_one_contrast_alone_has_the_usual_t_interval_exactly(df):
    model = of_known_df(np.array([[4.0]]), [3.0], df)
    band = simultaneous_band(model, np.eye(1), seed=1)
    quantile = stats.norm.ppf(0.975) if np.isinf(df) else stats.t.ppf(0.975, df)
    assert band.critical[0] == pytest.approx(quantile, rel=1e-9)
    assert band.p_adjusted[0] == pytest.approx(band.alone.p_value[0], rel=1e-9)


def test_multiples_of_one_contrast_cost_nothing():
    model = of_known_df(np.array([[4.0]]), [3.0], 9)
    band = simultaneous_band(model, np.array([[1.0], [-2.0], [5.0]]), seed=1)
    np.testing.assert_allclose(band.critical, stats.t.ppf(0.975, 9), rtol=1e-9)


@pytest.mark.parametrize("m", [2, 5, 10])
def test_independent_normal_contrasts_have_the_value_of_sidak(m):
    critical = largest_t(np.eye(m), np.inf, seed=5).quantile(0.95)
    assert critical == pytest.approx(stats.norm.ppf((1 + 0.95 ** (1 / m)) / 2), abs=0.008)


def test_the_critical_value_lies_between_one_t_and_bonferroni_and_sits_still_over_seeds():
    steps = np.diag(np.ones(6)) + np.diag(np.full(5, -0.5), 1) + np.diag(np.full(5, -0.5), -1)
    found = [largest_t(steps, 20, seed=seed).quantile(0.95) for seed in range(5)]
    assert stats.t.ppf(0.975, 20) < min(found)
    assert max(found) < stats.t.ppf(1 - 0.025 / 6, 20)
    assert np.ptp(found) < 0.01
    assert largest_t(steps, 20, seed=3).quantile(0.95) == found[3]


def test_where_degrees_of_freedom_differ_each_limit_has_its_own():
    # Independent normal sums with their own denominators: the joint chance is the product.
    df = np.array([8.0, 20.0, np.inf])
    model = Inference(np.array([2.0, 1.0, 0.5]), np.eye(3), lambda w: df)
    band = simultaneous_band(model, np.eye(3), seed=2)
    joint = np.prod(2 * stats.t.cdf(band.critical, df) - 1)
    assert joint == pytest.approx(0.95, abs=0.001)
    assert (np.diff(band.critical) < 0).all()
    alone = 2 * stats.t.sf(np.array([2.0, 1.0, 0.5]), df)
    np.testing.assert_allclose(band.p_adjusted, 1 - (1 - alone) ** 3, atol=0.003)


def test_a_contrast_without_spread_is_a_point_and_takes_no_part():
    covariance = np.diag([1.0, 0.0])
    band = simultaneous_band(of_known_df(covariance, [1.0, 2.0], 8), np.eye(2), seed=1)
    assert band.critical[0] == pytest.approx(stats.t.ppf(0.975, 8), rel=1e-9)
    assert (band.conf_low[1], band.conf_high[1]) == (2.0, 2.0)
    assert np.isnan(band.p_adjusted[1])


def test_contrasts_that_all_lack_spread_are_refused():
    with pytest.raises(NotEnoughData) as refused:
        simultaneous_band(of_known_df(np.zeros((2, 2)), [1.0, 2.0], 8), np.eye(2), seed=1)
    assert str(refused.value) == (
        "No band over these contrasts: nothing is left to see their spread by."
    )
    with pytest.raises(ValueError, match=r"level must lie between 0 and 1; it is 1\.5"):
        simultaneous_band(of_known_df(np.eye(2), [1.0, 2.0], 8), np.eye(2), 1.5, seed=1)


def test_the_band_holds_all_means_at_once_as_often_as_it_says():
    # 2,000 samples of 4 means of 8 with a shared spread; Monte-Carlo error of 95 % is 0.5 %.
    rng = np.random.default_rng(11)
    design = np.repeat(np.eye(4), 8, axis=0)
    steps = np.eye(4)[1:] - np.eye(4)[:-1]
    critical = largest_t(np.array([[1, -0.5, 0], [-0.5, 1, -0.5], [0, -0.5, 1]]), 28, seed=1)
    reach = critical.quantile(0.95)
    y = rng.normal(size=(2000, 32))
    means = y @ design / 8
    sigma = np.sqrt(((y - means @ design.T) ** 2).sum(axis=1) / 28)
    held = (np.abs(means @ steps.T) <= reach * sigma[:, None] * np.sqrt(2 / 8)).all(axis=1)
    assert held.mean() == pytest.approx(0.95, abs=0.016)
