import csv

import numpy as np
import pytest

from hipoutcomes.stats.groups.balance import standardised_difference

#: R prints fifteen digits; inverting a matrix costs a few.
FIFTEEN_DIGITS = 1e-11


@pytest.fixture(scope="module")
def oracle(root):
    """Patients and R's differences, from tests/oracles/balance/ (stats::mahalanobis)."""
    folder = root / "tests" / "oracles" / "balance"
    with (folder / "patients.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "numbers.csv").open(newline="") as file:
        numbers = list(csv.DictReader(file))
    patients = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return patients, numbers


def characteristic_of(patients, name):
    values = patients[name].astype(float) if name == "age" else patients[name]
    return values, patients["group"].astype(int), name != "age"


def test_two_groups_differ_as_r_says(oracle):
    patients, numbers = oracle
    assert len(numbers) == 9
    for row in numbers:
        values, groups, categorical = characteristic_of(patients, row["characteristic"])
        there = np.isin(groups, [int(row["first"]), int(row["second"])])
        told = standardised_difference(values[there], groups[there], categorical=categorical)
        assert told == pytest.approx(float(row["difference"]), rel=FIFTEEN_DIGITS)


@pytest.mark.parametrize("name", ["age", "sex", "condition"])
def test_three_groups_give_the_largest_of_their_differences(oracle, name):
    patients, numbers = oracle
    values, groups, categorical = characteristic_of(patients, name)
    largest = max(float(row["difference"]) for row in numbers if row["characteristic"] == name)
    told = standardised_difference(values, groups, categorical=categorical)
    assert told == pytest.approx(largest, rel=FIFTEEN_DIGITS)


def test_names_of_categories_do_not_matter(oracle):
    patients, _ = oracle
    values, groups, _ = characteristic_of(patients, "condition")
    turned = np.array([name[::-1] for name in values])
    one, other = (standardised_difference(v, groups, categorical=True) for v in (values, turned))
    assert other == pytest.approx(one, rel=1e-12)


def test_yes_no_is_the_difference_of_two_shares():
    # 3 of 4 against 1 of 4: 0.5 / sqrt((0.1875 + 0.1875) / 2) = 1.154701
    values = [True, True, True, False, True, False, False, False]
    told = standardised_difference(values, [0] * 4 + [1] * 4, categorical=True)
    assert told == pytest.approx(1.154701, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "categorical", "expected"),
    [
        ([5, 5, 5, 5], False, 0.0),
        ([5, 5, 6, 6], False, np.inf),
        (["a", "a", "a", "a"], True, 0.0),
        (["a", "a", "b", "b"], True, np.inf),
        (["a", "b", "b", "a"], True, 0.0),
        (["a", "b", "c", "c"], True, np.inf),
    ],
)
def test_groups_that_do_not_vary(values, categorical, expected):
    assert standardised_difference(values, [0, 0, 1, 1], categorical=categorical) == expected


def test_groups_too_small_are_not_compared():
    assert np.isnan(standardised_difference([1.0, 2.0, 3.0], [0, 0, 1]))
    assert np.isnan(standardised_difference(["a", "b"], [1, 1], categorical=True))
    assert np.isnan(standardised_difference([], []))


def test_a_missing_category_is_refused():
    with pytest.raises(ValueError, match=r"values hold missing categories"):
        standardised_difference(np.array(["a", np.nan], object), [0, 1], categorical=True)
