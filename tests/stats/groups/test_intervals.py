import csv

import numpy as np
import pytest
from scipy import stats

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.intervals import cluster_mean, group_cluster_means

#: The printed numbers have fifteen digits; two programs round the last few differently.
FIFTEEN_DIGITS = 1e-12


@pytest.fixture(scope="module")
def oracle(root):
    """Data and R's numbers, from tests/oracles/intervals/ (sandwich and clubSandwich)."""
    folder = root / "tests" / "oracles" / "intervals"
    with (folder / "values.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "numbers.csv").open(newline="") as file:
        numbers = list(csv.DictReader(file))
    values = np.array([float(row["value"]) for row in rows])
    patients = np.array([row["patient"] for row in rows])
    groups = np.array([int(row["group"]) for row in rows])
    return values, patients, groups, numbers


def test_mean_and_interval_are_those_of_sandwich_and_clubsandwich(oracle):
    values, patients, groups, numbers = oracle
    assert len(numbers) == 8
    for row in numbers:
        there = np.ones(len(values), bool) if row["group"] == "all" else groups == int(row["group"])
        mean = cluster_mean(values[there], patients[there], float(row["level"]))
        for name in ("estimate", "std_error", "conf_low", "conf_high"):
            assert getattr(mean, name) == pytest.approx(float(row[name]), rel=FIFTEEN_DIGITS)
        assert mean.df == int(row["df"])


def test_many_groups_at_once_are_those_of_sandwich(oracle):
    values, patients, groups, numbers = oracle
    means = group_cluster_means(values, patients, groups, 0.9)
    rows = [row for row in numbers if row["group"] != "all" and float(row["level"]) == 0.9]
    for name in ("estimate", "std_error", "conf_low", "conf_high", "df"):
        expected = [float(row[name]) for row in rows]
        np.testing.assert_allclose(getattr(means, name), expected, rtol=FIFTEEN_DIGITS)
    assert means.n_values.tolist() == [int(row["n_values"]) for row in rows]


def test_one_value_per_patient_is_the_ordinary_t_interval():
    values = np.random.default_rng(1).normal(2.0, 3.0, 41)
    mean = cluster_mean(values, np.arange(41), 0.9)
    low, high = stats.t.interval(0.9, 40, values.mean(), stats.sem(values))
    assert mean.estimate == pytest.approx(values.mean(), rel=1e-12)
    assert (mean.conf_low, mean.conf_high) == pytest.approx((low, high), rel=1e-12)
    assert mean.std_error == pytest.approx(stats.sem(values), rel=1e-12)


def test_equal_clusters_are_the_t_interval_of_their_means():
    values = np.random.default_rng(2).normal(size=(12, 3))
    means = values.mean(axis=1)
    mean = cluster_mean(values.ravel(), np.repeat(np.arange(12), 3))
    low, high = stats.t.interval(0.95, 11, means.mean(), stats.sem(means))
    assert (mean.conf_low, mean.conf_high) == pytest.approx((low, high), rel=1e-12)


def test_repeating_every_value_of_a_patient_changes_nothing():
    values, patients = np.array([1.0, 4.0, 2.0, 9.0]), np.array(["a", "b", "c", "d"])
    once = cluster_mean(values, patients)
    thrice = cluster_mean(np.tile(values, 3), np.tile(patients, 3))
    assert thrice.conf_low == pytest.approx(once.conf_low, rel=1e-12)
    assert thrice.df == once.df == 3


def test_names_and_order_of_patients_do_not_matter(oracle):
    values, patients, groups, _ = oracle
    order = np.random.default_rng(3).permutation(len(values))
    renamed = np.char.add("client ", patients[order])
    one = group_cluster_means(values, patients, groups)
    other = group_cluster_means(values[order], renamed, groups[order])
    np.testing.assert_allclose(other.conf_high, one.conf_high, rtol=1e-12)


def test_a_small_group_does_not_silence_the_others():
    means = group_cluster_means(
        [1.0, 3.0, 5.0, 5.0], ["ann", "ben", "cy", "cy"], [0, 0, 2, 2], n_groups=4
    )
    np.testing.assert_array_equal(means.estimate, [2, np.nan, 5, np.nan])
    np.testing.assert_array_equal(means.std_error, [1, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(np.isnan(means.conf_low), [False, True, True, True])
    assert means.n_clusters.tolist() == [2, 0, 1, 0]
    assert means.n_values.tolist() == [2, 0, 2, 0]


def test_no_values_at_all_are_groups_without_numbers():
    means = group_cluster_means([], [], [], n_groups=2)
    assert np.isnan(means.estimate).all()
    assert means.n_clusters.tolist() == [0, 0]


@pytest.mark.parametrize(("values", "patients"), [([1.0, 2.0], ["ann", "ann"]), ([], [])])
def test_fewer_than_two_patients_have_no_interval(values, patients):
    n_patients = len(set(patients))
    with pytest.raises(NotEnoughData) as error:
        cluster_mean(values, patients)
    assert str(error.value) == (
        f"A mean with an interval needs 2 patients or more; there are {n_patients}."
    )


def test_a_missing_value_is_refused():
    with pytest.raises(ValueError, match=r"values holds 1 missing or infinite numbers of 2"):
        cluster_mean([1.0, np.nan], [0, 1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"groups": [0, -1]}, r"group codes must lie in 0 to 0; they run from -1 to 0"),
        (
            {"groups": [0, 2], "n_groups": 2},
            r"group codes must lie in 0 to 1; they run from 0 to 2",
        ),
        ({"groups": [0.0, 1.0]}, r"groups must be whole-number codes from 0; they are float64"),
        ({"groups": [0]}, r"groups must have shape \(2,\) like the values; it has \(1,\)"),
        ({"clusters": [0]}, r"clusters must have shape \(2,\) like the values; it has \(1,\)"),
        ({"level": 95}, r"level must lie between 0 and 1; it is 95"),
        ({"values": [[1.0, 2.0]]}, r"values must have one dimension; it has 2"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change, message):
    asked = {"values": [1.0, 2.0], "clusters": [0, 1], "groups": [0, 0], **change}
    with pytest.raises(ValueError, match=message):
        group_cluster_means(**asked)


@pytest.mark.slow
def test_interval_covers_as_often_as_it_says():
    # 2,000 clinics of 40 patients with 1 to 6 scores each, which agree within a patient: four
    # standard errors of a share of 95 % are 1.9 points.
    rng = np.random.default_rng(20240611)
    n_patients, held = 40, []
    for _ in range(2_000):
        patients = np.repeat(np.arange(n_patients), rng.integers(1, 7, n_patients))
        own = rng.normal(0, 1.5, n_patients)
        values = 2.0 + own[patients] + rng.normal(0, 1, len(patients))
        mean = cluster_mean(values, patients)
        held.append(mean.conf_low <= 2.0 <= mean.conf_high)
    assert 0.93 <= np.mean(held) <= 0.97
