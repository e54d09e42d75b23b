import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.comparing.agreement import agreement, influence_of_sums
from hipoutcomes.stats.comparing.augmented import augmented_means, resampled_means
from hipoutcomes.stats.comparing.propensity import orthonormal_columns
from hipoutcomes.stats.models.least_squares.linear import least_squares, robust_covariance

#: The Jacobian of the script is numerical.
SAME = 1e-6


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def patients(root):
    rows = rows_of(root / "tests" / "oracles" / "overlap_weights" / "patients.csv")
    names = ("baseline", "age", "sex", "arm", "improvement")
    table = np.array([[float(row[name]) for name in names] for row in rows])
    return orthonormal_columns(table[:, :3]), table[:, 3].astype(int), table[:, 4]


def kept(patients, n_arms):
    columns, arms, outcome = patients
    chosen = arms < n_arms
    columns = columns if n_arms == 4 else orthonormal_columns(columns[chosen, 1:])
    return columns, arms[chosen], outcome[chosen]


@pytest.mark.parametrize(("problem", "n_arms"), [("four arms", 4), ("two arms", 2)])
def test_means_and_their_covariance_are_those_of_the_stacked_equations(root, patients, problem,
                                                                       n_arms):  # fmt: skip
    found = augmented_means(*kept(patients, n_arms))
    rows = rows_of(root / "tests" / "oracles" / "doubly_robust" / "numbers.csv")
    rows = [row for row in rows if row["problem"] == problem]
    assert len(rows) == n_arms + n_arms**2
    for row in rows:
        place = int(row["row"]), int(row["column"])
        value = found.means[place[0]] if row["what"] == "mean" else found.covariance[place]
        assert value == pytest.approx(float(row["value"]), rel=SAME), row


def test_the_sum_of_squared_influences_is_the_covariance(patients):
    found = augmented_means(*patients)
    np.testing.assert_allclose(found.influence.T @ found.influence, found.covariance)
    np.testing.assert_allclose(found.influence.sum(axis=0), 0, atol=1e-8)


def test_resamples_spread_as_the_sandwich_says_and_come_again_with_the_seed(patients):
    columns, arms, outcome = patients
    found = augmented_means(*patients)
    start = found.propensity.beta
    many = resampled_means(columns, arms, outcome, resamples=600, seed=3, start=start)
    pair = np.array([1.0, -1.0, 0, 0])
    assert (many @ pair).std(ddof=1) == pytest.approx(
        np.sqrt(pair @ found.covariance @ pair), rel=0.15
    )
    again = resampled_means(columns, arms, outcome, resamples=5, seed=3, start=start)
    np.testing.assert_array_equal(again, many[:5])
    cold = resampled_means(columns, arms, outcome, resamples=5, seed=3)
    np.testing.assert_allclose(cold, again, atol=1e-5)


def test_a_resample_of_every_patient_once_is_the_estimate(patients, monkeypatch):
    class Once:
        def multinomial(self, n, shares):
            return np.ones(n, int)

    monkeypatch.setattr(np.random, "default_rng", lambda seed: Once())
    once = resampled_means(*patients, resamples=1, seed=0)
    np.testing.assert_allclose(once[0], augmented_means(*patients).means, atol=1e-7)


def test_without_covariates_the_means_are_plain_means():
    arms, outcome = np.arange(12) % 3, np.arange(12.0) ** 2
    found = augmented_means(np.ones((12, 1)), arms, outcome)
    np.testing.assert_allclose(found.means, [outcome[arms == j].mean() for j in range(3)])


def test_the_right_outcome_model_rescues_a_wrong_model_of_the_arms():
    # Arms chosen by the square of x; the model of arms knows x only, the outcome is linear in x.
    rng = np.random.default_rng(8)
    x = rng.normal(size=4000)
    arms = (rng.random(4000) < 1 / (1 + np.exp(1 - x**2 - x))).astype(int)
    outcome = 2 * x + 0.5 * arms + rng.normal(size=4000)
    found = augmented_means(orthonormal_columns(x[:, None]), arms, outcome)
    assert found.means[1] - found.means[0] == pytest.approx(0.5, abs=0.12)


def test_the_right_model_of_the_arms_rescues_a_wrong_outcome_model():
    # The outcome bends in x, which the outcome model does not know; arms are logistic in x.
    rng = np.random.default_rng(9)
    x = rng.normal(size=20_000)
    arms = (rng.random(20_000) < 1 / (1 + np.exp(-1 - 1.2 * x))).astype(int)
    outcome = np.exp(x) + 0.5 * arms + rng.normal(size=20_000)
    found = augmented_means(orthonormal_columns(x[:, None]), arms, outcome)
    plain = least_squares(np.column_stack([np.ones_like(x), x, arms]), outcome).beta[2]
    assert abs(plain - 0.5) > 0.15
    assert found.means[1] - found.means[0] == pytest.approx(0.5, abs=0.06)


def test_more_coefficients_than_patients_are_refused():
    columns = orthonormal_columns(np.random.default_rng(1).normal(size=(6, 5)))
    with pytest.raises(NotEnoughData, match="coefficients need more than"):
        augmented_means(columns, np.array([0, 0, 0, 1, 1, 1]), np.arange(6.0))


def test_influences_of_least_squares_are_the_hc1_covariance():
    rng = np.random.default_rng(2)
    design = np.column_stack([np.ones(40), rng.normal(size=(40, 2))])
    fit = least_squares(design, rng.normal(size=40))
    own = influence_of_sums(fit, np.eye(3))
    np.testing.assert_allclose(own.T @ own, robust_covariance(fit, "HC1"))


def test_a_reading_agrees_with_itself_and_a_shared_error_is_left_out():
    rng = np.random.default_rng(3)
    shared, own = rng.normal(size=(50, 1)), 0.01 * rng.normal(size=(50, 1))
    same = agreement(np.array([1.0]), np.array([1.0]), shared, shared)
    assert same.p_value.tolist() == [1.0]
    near = agreement(np.array([1.0]), np.array([1.3]), shared, shared + own)
    assert near.std_error[0] == pytest.approx(np.sqrt((own**2).sum()))
    assert near.p_value[0] < 0.001
    with pytest.raises(ValueError, match="same patients and contrasts"):
        agreement(np.array([1.0]), np.array([1.0]), shared, own[:5])
