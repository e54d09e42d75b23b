import csv

import numpy as np
import pytest
from scipy import stats

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.joint_tests import (
    hotelling_test,
    independent_sums,
    pooled_degrees_of_freedom,
    satterthwaite_test,
)
from hipoutcomes.stats.models.least_squares.cluster_robust import (
    cluster_covariance,
    cluster_test,
    clustered_inference,
)
from hipoutcomes.stats.models.least_squares.linear import (
    classical_inference,
    least_squares,
    robust_inference,
)

MATRICES = {
    "technique": lambda d: [*d["technique"], *d["given"], d["base"]],
    "given": lambda d: [*d["given"], *d["technique"], d["base"]],
    "base": lambda d: [d["base"], *d["given"], *d["technique"]],
    "technique:base": lambda d: [*(t * d["base"] for t in d["technique"]), *d["technique"],
                                 d["base"], *d["given"]],
    "technique:given": lambda d: [*(t * g for t in d["technique"] for g in d["given"]),
                                  *d["technique"], *d["given"], d["base"]],
    "poly(base, 3)": lambda d: [d["base"], d["base"] ** 2, d["base"] ** 3, *d["technique"]],
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "joint_tests"


@pytest.fixture(scope="module")
def data(folder):
    with (folder / "rows.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    made = {name: np.array([float(r[name]) for r in rows]) for name in ("final", "base", "cluster")}
    for name in ("technique", "given"):
        values = np.array([row[name] for row in rows])
        made[name] = [(values == level).astype(float) for level in np.unique(values)[1:]]
    return made


def oracle(folder, kind):
    with (folder / "numbers.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] == kind]


def first_sums(n_sums, n_columns):
    return np.eye(n_columns)[1 : 1 + n_sums]


def same(found, row, rel=1e-8):
    for name in ("statistic", "df_numerator", "df", "p_value"):
        assert getattr(found, name) == pytest.approx(float(row[name]), rel=rel), name


def fitted(data, term):
    columns = MATRICES[term](data)
    return least_squares(np.column_stack([np.ones(len(data["final"])), *columns]), data["final"])


def test_cluster_robust_tests_are_those_of_clubsandwich(folder, data):
    rows = oracle(folder, "clustered")
    assert {row["term"] for row in rows} == set(MATRICES)
    for row in rows:
        fit = fitted(data, row["term"])
        covariance = cluster_covariance(fit, data["cluster"])
        weights = first_sums(int(row["df_numerator"]), len(fit.beta))
        same(cluster_test(fit, covariance, weights), row)
        same(clustered_inference(fit, covariance).test(weights), row)


def test_the_hc3_test_is_that_of_sandwich(folder, data):
    [row] = oracle(folder, "HC3")
    fit = fitted(data, "technique")
    same(robust_inference(fit, "HC3").test(first_sums(3, len(fit.beta))), row)


def test_sums_that_others_determine_and_their_order_change_nothing(data):
    fit = fitted(data, "technique")
    covariance = cluster_covariance(fit, data["cluster"])
    weights = first_sums(3, len(fit.beta))
    plain = cluster_test(fit, covariance, weights)
    mixed = np.random.default_rng(1).normal(size=(5, 3)) @ weights
    again = cluster_test(fit, covariance, mixed)
    assert (again.statistic, again.df, again.p_value) == pytest.approx(
        (plain.statistic, plain.df, plain.p_value), rel=1e-8
    )
    assert again.df_numerator == 3


def test_one_sum_is_its_t_test_squared(data):
    fit = fitted(data, "base")
    covariance = cluster_covariance(fit, data["cluster"])
    weights = first_sums(1, len(fit.beta))
    single = clustered_inference(fit, covariance).contrasts(weights)
    found = cluster_test(fit, covariance, weights)
    assert found.statistic == pytest.approx(single.statistic[0] ** 2)
    assert (found.df, found.p_value) == pytest.approx((single.df[0], single.p_value[0]))


def test_a_one_way_layout_is_the_analysis_of_variance():
    rng = np.random.default_rng(2)
    arm = np.repeat(np.arange(3), [12, 20, 9])
    y = rng.normal(size=41) + 0.3 * arm
    fit = least_squares((arm[:, None] == np.arange(3)).astype(float), y)
    found = classical_inference(fit).test([[1, -1, 0], [0, 1, -1]])
    expected = stats.f_oneway(*(y[arm == place] for place in range(3)))
    assert (found.statistic, found.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    assert (found.df_numerator, found.df) == (2, 38)


def test_equal_clusters_have_a_wishart_matrix_in_truth():
    # with m clusters of one row each and a mean for every coordinate, S is Wishart on m - 1
    m, q = 15, 3
    y = np.random.default_rng(3).normal(size=(m, q))
    fit = least_squares(np.kron(np.ones((m, 1)), np.eye(q)), y.ravel())
    covariance = cluster_covariance(fit, np.repeat(np.arange(m), q))
    found = cluster_test(fit, covariance, np.eye(q))
    mean, spread = y.mean(axis=0), np.cov(y.T) / m
    squared = mean @ np.linalg.solve(spread, mean)
    assert (found.df_numerator, found.df) == pytest.approx((q, m - q))
    assert found.statistic == pytest.approx((m - q) / (q * (m - 1)) * squared)


def test_too_few_clusters_are_refused_with_their_degrees_of_freedom(data):
    fit = fitted(data, "technique:given")
    few = cluster_covariance(fit, data["cluster"] % 9)
    with pytest.raises(NotEnoughData) as caught:
        cluster_test(fit, few, first_sums(6, len(fit.beta)))
    message = str(caught.value)
    assert message.startswith("only ")
    assert message.endswith(
        "degrees of freedom from 9 clusters to test 6 sums at once; a test needs 4."
    )


def test_a_direction_without_variance_is_refused():
    rng = np.random.default_rng(4)
    arm, cluster = np.repeat([0, 1, 2], 8), np.repeat(np.arange(12), 2)
    cluster[arm == 2] = 99
    fit = least_squares((arm[:, None] == np.arange(3)).astype(float), rng.normal(size=24))
    covariance = cluster_covariance(fit, cluster)
    with pytest.raises(NotEnoughData, match="no degrees of freedom from 9 clusters to test 3 sums"):
        cluster_test(fit, covariance, np.eye(3))
    with pytest.raises(NotEnoughData, match="leave their covariance singular"):
        hotelling_test(np.ones(2), np.ones((2, 2)), np.eye(2), 20.0)


def test_pooled_degrees_of_freedom():
    # two n of 8 and 12: E = 8/6 + 12/10, 2E / (E - 2); with an n of 2 or less there is no E
    assert pooled_degrees_of_freedom([8, 12]) == pytest.approx(2 * (38 / 15) / (38 / 15 - 2))
    assert pooled_degrees_of_freedom([9, 9, 9]) == pytest.approx(9)
    assert pooled_degrees_of_freedom([1.5, 30]) == 2
    assert pooled_degrees_of_freedom([np.inf, np.inf]) == np.inf


def test_satterthwaite_tests_do_not_depend_on_the_contrasts_that_spell_them_out():
    rng = np.random.default_rng(5)
    root = rng.normal(size=(4, 4))
    covariance, beta = root @ root.T, rng.normal(size=4)
    pairs = np.array([[1.0, -1, 0, 0], [0, 1, -1, 0], [1, 0, -1, 0]])

    def df(sums):
        return 5 + 10 * np.einsum("ij,jk,ik->i", sums, covariance, sums)

    found = [satterthwaite_test(beta, covariance, w, df) for w in (pairs, pairs[:2], pairs[1:])]
    for other in found[1:]:
        assert (other.statistic, other.df) == pytest.approx((found[0].statistic, found[0].df))
    assert found[0].df_numerator == 2 and len(independent_sums(pairs)) == 2
    with pytest.raises(NotEnoughData, match="no spread"):
        satterthwaite_test(beta, np.zeros((4, 4)), pairs, df)
