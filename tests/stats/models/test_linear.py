import csv

import numpy as np
import pytest
from scipy import stats

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.least_squares.cluster_robust import (
    cluster_contrasts,
    cluster_covariance,
)
from hipoutcomes.stats.models.least_squares.linear import (
    dependencies,
    least_squares,
    linear_contrasts,
    robust_covariance,
)
from hipoutcomes.stats.models.multiplicity import adjusted_p_values

#: Digits that two programs may round differently on well-conditioned problems.
SAME = 1e-9


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def columns_of(path):
    rows = rows_of(path)
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def with_intercept(*columns):
    return np.column_stack([np.ones(len(columns[0])), *columns])


def nist_problem(name, folder):
    if name.startswith("wampler"):
        x = np.arange(21.0)
        powers = np.column_stack([x**power for power in range(6)])
        beta = 10.0 ** -np.arange(6) if name == "wampler2" else np.ones(6)
        times = {"wampler3": 1, "wampler4": 100, "wampler5": 10_000}.get(name, 0)
        departure = columns_of(folder / "wampler.csv")["departure"]
        return powers, powers @ beta + times * departure
    data = columns_of(folder / f"{name}.csv")
    y = data.pop("y")
    if name == "filip":
        return np.column_stack([data["x"] ** power for power in range(11)]), y
    return with_intercept(*data.values()), y


@pytest.fixture(scope="module")
def linear_folder(root):
    return root / "tests" / "oracles" / "linear"


WAMPLER = [f"wampler{number}" for number in range(1, 6)]


@pytest.mark.parametrize("name", ["norris", "longley", "filip", *WAMPLER])
def test_coefficients_are_the_certified_ones_of_nist(linear_folder, name):
    fit = least_squares(*nist_problem(name, linear_folder))
    got = {
        "beta": fit.beta,
        "std_error": np.sqrt(np.diag(fit.covariance)),
        "sigma": np.array([fit.sigma]),
    }
    certified = [r for r in rows_of(linear_folder / "certified.csv") if r["problem"] == name]
    assert len(certified) >= 5
    for row in certified:
        assert got[row["quantity"]][int(row["position"])] == pytest.approx(
            float(row["value"]), rel=float(row["tolerance"])
        )


def test_a_power_too_many_for_double_precision_is_refused_by_its_place(linear_folder):
    # the eleven columns of Filip are within reach; twenty are not, and nothing is dropped silently
    powers, y = nist_problem("filip", linear_folder)
    x = powers[:, 1]
    with pytest.raises(NotEnoughData, match=r"column 1[6-9] is determined by columns 0, 1, 2"):
        least_squares(np.column_stack([x**power for power in range(20)]), y)


def test_covariances_are_those_of_lm_sandwich_and_clubsandwich(linear_folder):
    data = columns_of(linear_folder / "rows.csv")
    fit = least_squares(with_intercept(data["x"], data["z"]), data["y"])
    got = {"classical": fit.covariance}
    got |= {kind: robust_covariance(fit, kind) for kind in ("HC0", "HC1", "HC2", "HC3")}
    got |= {k: cluster_covariance(fit, data["cluster"], k).matrix for k in ("CR0", "CR1")}
    got |= {"beta": fit.beta[:, None], "sigma": np.array([[fit.sigma]])}
    numbers = rows_of(linear_folder / "numbers.csv")
    assert {row["kind"] for row in numbers} == set(got)
    for row in numbers:
        value = got[row["kind"]][int(row["row"]), int(row["column"])]
        assert value == pytest.approx(float(row["value"]), rel=SAME), row


@pytest.mark.parametrize("model", ["between", "within"])
def test_cr2_and_its_degrees_of_freedom_are_those_of_clubsandwich(root, model):
    folder = root / "tests" / "oracles" / "cr2"
    rows = rows_of(folder / "rows.csv")
    cluster = np.array([int(row["cluster"]) for row in rows])
    keep = np.full(len(rows), True) if model == "between" else np.bincount(cluster)[cluster] > 1
    y, base, given = (
        np.array([float(row[name]) for row in rows])[keep] for name in ("y", "base", "given")
    )
    arm, cluster = np.array([row["arm"] for row in rows])[keep], cluster[keep]
    last = [given] if model == "between" else [cluster == c for c in np.unique(cluster)[1:]]
    fit = least_squares(with_intercept(arm == "b", arm == "c", base, *last), y)
    covariance = cluster_covariance(fit, cluster)
    k = len(fit.beta)
    weights = np.eye(k) if model == "between" else np.eye(k)[1:4]
    pairs = np.zeros((2, k))
    pairs[:, 1:4] = [[-1, 1, 0], [0.5, 0.5, -1]]
    weights = np.vstack([weights, pairs])
    df = covariance.degrees_of_freedom(weights)
    sums = linear_contrasts(fit, weights, covariance=covariance.matrix, df=df)
    numbers = [row for row in rows_of(folder / "numbers.csv") if row["model"] == model]
    assert len(numbers) == len(weights)
    for name in ("estimate", "std_error", "df", "conf_low", "conf_high"):
        expected = [float(row[name]) for row in numbers]
        np.testing.assert_allclose(getattr(sums, name), expected, rtol=1e-8)


def test_two_groups_are_the_t_test():
    rng = np.random.default_rng(3)
    y, arm = rng.normal(size=31), np.arange(31) % 2
    fit = least_squares(with_intercept(arm), y)
    found = linear_contrasts(fit, [[0, 1]], level=0.9)
    expected = stats.ttest_ind(y[arm == 1], y[arm == 0])
    assert found.statistic[0] == pytest.approx(expected.statistic)
    assert found.p_value[0] == pytest.approx(expected.pvalue)
    low, high = expected.confidence_interval(0.9)
    assert (found.conf_low[0], found.conf_high[0]) == pytest.approx((low, high))


def test_hc2_of_two_groups_is_the_welch_standard_error():
    rng = np.random.default_rng(4)
    arm = np.repeat([0, 1], [12, 25])
    y = rng.normal(scale=1.0 + 3 * arm)
    covariance = robust_covariance(least_squares(with_intercept(arm), y), "HC2")
    welch = y[arm == 0].var(ddof=1) / 12 + y[arm == 1].var(ddof=1) / 25
    assert covariance[1, 1] == pytest.approx(welch)


@pytest.mark.parametrize(("clustered", "plain"), [("CR0", "HC0"), ("CR2", "HC2")])
def test_one_row_per_cluster_is_the_robust_covariance(clustered, plain):
    rng = np.random.default_rng(5)
    fit = least_squares(with_intercept(rng.normal(size=(40, 2))), rng.normal(size=40))
    found = cluster_covariance(fit, rng.permutation(40), clustered).matrix
    np.testing.assert_allclose(found, robust_covariance(fit, plain), rtol=1e-10)


def test_the_mean_of_equal_clusters_has_clusters_minus_one_degrees_of_freedom():
    y = np.random.default_rng(6).normal(size=(9, 4))
    fit = least_squares(np.ones((36, 1)), y.ravel())
    found = cluster_contrasts(fit, cluster_covariance(fit, np.repeat(np.arange(9), 4)), [[1.0]])
    assert found.df[0] == pytest.approx(8)
    assert found.std_error[0] == pytest.approx(stats.sem(y.mean(axis=1)))


def test_scale_and_place_of_a_column_change_nothing_but_its_units():
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(50, 2)), rng.normal(size=50)
    plain = least_squares(with_intercept(x), y)
    large = least_squares(with_intercept(x * [1e12, 1e-12] + [0, 1e-9]), y)
    np.testing.assert_allclose(large.beta[1:] * [1e12, 1e-12], plain.beta[1:], rtol=1e-9)
    assert large.sigma == pytest.approx(plain.sigma, rel=1e-12)


def test_a_hundred_thousand_rows_in_thousands_of_clusters():
    rng = np.random.default_rng(8)
    cluster = rng.integers(0, 4000, 100_000)
    x = rng.normal(size=(100_000, 5))
    y = x @ np.arange(5.0) + rng.normal(size=4000)[cluster] + rng.normal(size=100_000)
    fit = least_squares(with_intercept(x), y)
    few, many = (cluster_covariance(fit, cluster, kind).matrix for kind in ("CR0", "CR2"))
    np.testing.assert_allclose(np.diag(many), np.diag(few), rtol=0.01)
    assert np.sqrt(few[0, 0]) == pytest.approx(np.sqrt(1 / 4000 + 1 / 100_000), rel=0.1)


def test_collinear_columns_are_named_by_position():
    x = np.random.default_rng(9).normal(size=(20, 2))
    design = with_intercept(x, x[:, 0] - x[:, 1] + 2, np.zeros(20))
    assert dependencies(design) == {3: (0, 1, 2), 4: ()}
    with pytest.raises(NotEnoughData, match=r"column 3 is determined by columns 0, 1, 2") as caught:
        least_squares(design, x[:, 0])
    assert "column 4 is determined in advance: all zeros" in str(caught.value)


def test_what_cannot_be_fitted_says_why():
    with pytest.raises(NotEnoughData, match="is 7 in all 4 rows"):
        least_squares(np.ones((4, 1)), [7.0] * 4)
    with pytest.raises(NotEnoughData, match="2 coefficients need more than 2 rows"):
        least_squares(np.eye(2), [1.0, 2.0])
    with pytest.raises(ValueError, match="1 missing or infinite"):
        least_squares(np.ones((3, 1)), [1.0, np.nan, 2.0])
    with pytest.raises(ValueError, match=r"shape \(3, k\)"):
        least_squares(np.ones((4, 1)), [1.0, 4.0, 2.0])


def test_a_row_fitted_exactly_has_no_hc3():
    fit = least_squares(with_intercept([0, 0, 0, 1]), [1.0, 2.0, 4.0, 9.0])
    with pytest.raises(NotEnoughData, match="the outcome of row 3"):
        robust_covariance(fit, "HC3")
    assert np.isfinite(robust_covariance(fit, "HC1")).all()
    with pytest.raises(ValueError, match="HC0, HC1, HC2, HC3"):
        robust_covariance(fit, "HC4")


def test_too_few_clusters_are_refused():
    rng = np.random.default_rng(10)
    fit = least_squares(with_intercept(np.repeat([0, 1], 12)), rng.normal(size=24))
    covariance = cluster_covariance(fit, np.repeat(np.arange(6), 4))
    assert covariance.degrees_of_freedom([[0, 1]])[0] == pytest.approx(4)
    assert cluster_contrasts(fit, covariance, [[0, 1]]).df[0] == pytest.approx(4)
    with pytest.raises(NotEnoughData, match=r"0 \(2\.0\)") as caught:
        cluster_contrasts(fit, covariance, [[1, 0], [0, 1]])
    assert "there are 6 clusters" in str(caught.value)
    with pytest.raises(NotEnoughData, match="2 clusters or more; there are 1"):
        cluster_covariance(fit, np.zeros(24))
    with pytest.raises(ValueError, match="CR0, CR1, CR2"):
        cluster_covariance(fit, np.arange(24), "CR3")


def test_adjusted_p_values_are_those_of_r():
    # R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm"); the same with "BH"
    p = [0.04, 0.01, 0.05, 0.02, 0.03]
    np.testing.assert_allclose(adjusted_p_values(p, "holm"), [0.09, 0.05, 0.09, 0.08, 0.09])
    np.testing.assert_allclose(adjusted_p_values(p, "bh"), [0.05] * 5)
    np.testing.assert_allclose(adjusted_p_values([0.9, np.nan, 0.6]), [1.0, np.nan, 1.0])
    with pytest.raises(ValueError, match="holm, bh, none"):
        adjusted_p_values(p, "bonferroni")
