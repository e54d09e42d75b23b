import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.comparing.overlap import largest_differences, overlap_weights
from hipoutcomes.stats.comparing.propensity import fit_propensity, orthonormal_columns
from hipoutcomes.stats.models.categories.multinomial import fit_multinomial

#: nnet::multinom stops by the size of its steps, about here.
NNET = 2e-6


def rows_of(folder, name):
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(file))


def numbers_of(rows, *names):
    return np.array([[float(row[name]) for name in names] for row in rows])


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "overlap_weights"


@pytest.fixture(scope="module")
def patients(folder):
    rows = rows_of(folder, "patients.csv")
    arms = numbers_of(rows, "arm")[:, 0].astype(int)
    return numbers_of(rows, "baseline", "age", "sex"), arms


def test_probabilities_tilts_and_weights_are_those_of_r(folder, patients):
    covariates, arms = patients
    fitted = fit_propensity(orthonormal_columns(covariates), arms)
    found = overlap_weights(fitted.probabilities, arms)
    rows = rows_of(folder, "weights.csv")
    assert fitted.settled
    expected = numbers_of(rows, "X0", "X1", "X2", "X3")
    np.testing.assert_allclose(fitted.probabilities, expected, rtol=NNET)
    np.testing.assert_allclose(found.tilt, numbers_of(rows, "tilt")[:, 0], rtol=NNET)
    np.testing.assert_allclose(found.weight, numbers_of(rows, "weight")[:, 0], rtol=NNET)


def test_effective_numbers_and_differences_are_those_of_r(folder, patients):
    covariates, arms = patients
    fitted = fit_propensity(orthonormal_columns(covariates), arms)
    weights = overlap_weights(fitted.probabilities, arms)
    got = {
        "n_effective": weights.n_effective,
        "before": largest_differences(covariates, arms),
        "after": largest_differences(covariates, arms, weights.weight),
    }
    names = {"baseline": 0, "age": 1, "sex": 2}
    rows = rows_of(folder, "numbers.csv")
    assert len(rows) == 10
    for row in rows:
        place = names.get(row["name"])
        value = got[row["what"]][int(row["name"]) if place is None else place]
        assert value == pytest.approx(float(row["value"]), rel=2e-5), row


def test_the_fast_fit_is_the_careful_one(patients):
    covariates, arms = patients
    columns = orthonormal_columns(covariates)
    fast, careful = fit_propensity(columns, arms), fit_multinomial(columns, arms)
    np.testing.assert_allclose(fast.beta, careful.beta, atol=1e-7)
    np.testing.assert_allclose(fast.probabilities, careful.probabilities, atol=1e-8)
    np.testing.assert_allclose(np.linalg.inv(fast.information), careful.covariance, rtol=1e-6)


def test_counting_a_patient_twice_is_having_two_of_them(patients):
    covariates, arms = patients
    columns = orthonormal_columns(covariates)
    counts = np.random.default_rng(1).integers(0, 3, len(arms))
    counted = fit_propensity(columns, arms, counts=counts)
    repeated = fit_propensity(np.repeat(columns, counts, axis=0), np.repeat(arms, counts))
    np.testing.assert_allclose(counted.beta, repeated.beta, atol=1e-6)


def test_two_arms_are_weighted_by_the_chance_of_the_other_and_balance_exactly(patients):
    covariates, arms = patients[0][patients[1] < 2], patients[1][patients[1] < 2]
    fitted = fit_propensity(orthonormal_columns(covariates), arms)
    found = overlap_weights(fitted.probabilities, arms)
    np.testing.assert_allclose(found.weight, fitted.probabilities[range(len(arms)), 1 - arms])
    np.testing.assert_allclose(largest_differences(covariates, arms, found.weight), 0, atol=1e-5)


def test_equal_chances_leave_every_patient_alike():
    found = overlap_weights(np.full((6, 3), 1 / 3), np.array([0, 0, 1, 1, 2, 2]))
    np.testing.assert_allclose(found.weight, found.weight[0])
    np.testing.assert_allclose(found.n_effective, 2)


def test_columns_that_say_nothing_more_are_left_out():
    age = np.arange(9.0)
    columns = orthonormal_columns(np.column_stack([age, 2 * age + 1, np.full(9, 4.0)]))
    assert columns.shape == (9, 2)
    np.testing.assert_allclose(columns.T @ columns / 9, np.eye(2), atol=1e-12)


def test_arms_of_different_patients_do_not_settle_and_leave_no_one():
    age = np.r_[np.linspace(20, 40, 30), np.linspace(60, 80, 30)]
    arms = np.repeat([0, 1], 30)
    fitted = fit_propensity(orthonormal_columns(age[:, None]), arms)
    assert not fitted.settled
    assert np.isfinite(fitted.probabilities).all()
    assert (overlap_weights(fitted.probabilities, arms).tilt < 0.05).all()


def test_an_arm_without_a_patient_is_refused():
    with pytest.raises(NotEnoughData) as caught:
        fit_propensity(np.ones((4, 1)), np.array([0, 0, 2, 2]))
    assert str(caught.value) == (
        "An arm without a patient has no probability.\n  Patients in each arm: [2, 0, 2]."
    )


def test_differences_where_nothing_varies_are_none_or_without_end():
    flat = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    assert largest_differences(flat, np.array([0, 0, 1, 1])).tolist() == [0.0, np.inf]
    assert np.isnan(largest_differences(flat, np.zeros(4, int))).all()
