"""Special cases that have an answer of their own, the search, and the check from the rows."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from hipoutcomes.errors import HipoutcomesError, NotEnoughData
from hipoutcomes.stats.models.least_squares.linear import least_squares
from hipoutcomes.stats.models.mixed.best_predictions import ModelRows
from hipoutcomes.stats.models.mixed.check import checked_from_rows
from hipoutcomes.stats.models.mixed.criterion import Criterion
from hipoutcomes.stats.models.mixed.fit import mixed_fit
from hipoutcomes.stats.models.mixed.optimum import optimum
from hipoutcomes.stats.models.mixed.patient_sums import PatientSums
from hipoutcomes.stats.models.moments.moments import MomentColumns
from hipoutcomes.stats.models.moments.moments_pass import RowBlock, moments_of
from hipoutcomes.tables.design_columns import DesignColumns


def rows_of(n=40, visits=4, seed=1, slope_sd=0.5, own_sd=1.0, gaps=True):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, visits + 1, n) if gaps else np.full(n, visits)
    patient = np.repeat(np.arange(n), sizes)
    starts = np.cumsum(sizes) - sizes
    z = (np.arange(len(patient)) - starts[patient]).astype(float)
    x = rng.normal(size=len(z))
    y = 3 + x - 0.4 * z + rng.normal(0, own_sd, n)[patient]
    y += rng.normal(0, slope_sd, n)[patient] * z + rng.normal(size=len(z))
    return np.column_stack([np.ones(len(z)), x, z]), y, patient, z


def fitted(design, y, patient, z=None, therapist=None, intercept=0, centre=0.0):
    starts = np.flatnonzero(np.diff(patient, prepend=-1))
    k = design.shape[1]
    names = (*(f"x{j}" for j in range(k)), "y")
    centres = (*(0.0,) * (k - 1), centre, 0.0)
    columns = MomentColumns(names, centres, intercept, "" if z is None else "z", centre)
    own = None if therapist is None else therapist[starts]
    labels = () if therapist is None else tuple(map(str, range(therapist.max() + 1)))
    block = RowBlock(np.vstack([design.T, y]).copy(), starts, z, own)
    moments = moments_of([block], columns, labels)
    held = DesignColumns.of_matrix(design)
    rows = ModelRows(held, y, np.append(starts, len(y)), z, own)
    return moments, mixed_fit(moments), rows


def test_a_balanced_one_way_layout_is_its_analysis_of_variance():
    rng = np.random.default_rng(2)
    y = (rng.normal(0, 2, 15)[:, None] + rng.normal(size=(15, 6))).ravel()
    patient = np.repeat(np.arange(15), 6)
    _, fit, _ = fitted(np.ones((90, 1)), y, patient)
    table = y.reshape(15, 6)
    within = table.var(axis=1, ddof=1).mean()
    between = 6 * table.mean(axis=1).var(ddof=1)
    assert fit.residual_variance == pytest.approx(within, rel=1e-9)
    assert fit.patient_covariance[0, 0] == pytest.approx((between - within) / 6, rel=1e-8)
    assert fit.beta[0] == pytest.approx(y.mean())
    assert fit.covariance[0, 0] == pytest.approx(between / 90, rel=1e-9)
    assert fit.inference.contrasts([[1.0]]).df[0] == pytest.approx(14, rel=1e-7)


def test_two_visits_for_all_are_the_paired_t_test():
    rng = np.random.default_rng(3)
    first = rng.normal(6, 1, 30)
    y = np.column_stack([first, first - 1 + rng.normal(size=30)]).ravel()
    patient = np.repeat(np.arange(30), 2)
    second = np.tile([0.0, 1.0], 30)
    _, fit, _ = fitted(np.column_stack([np.ones(60), second]), y, patient)
    difference = np.diff(y.reshape(30, 2)).ravel()
    sums = fit.inference.contrasts([[0.0, 1.0]])
    assert sums.estimate[0] == pytest.approx(difference.mean())
    assert sums.std_error[0] == pytest.approx(difference.std(ddof=1) / 30**0.5, rel=1e-9)
    assert sums.df[0] == pytest.approx(29, rel=1e-6)


def test_without_spread_between_patients_it_is_least_squares():
    design, y, patient, _ = rows_of(own_sd=0.0, slope_sd=0.0, seed=5)
    plain = least_squares(design, y)
    moments, fit, _ = fitted(design, y, patient)
    at_zero = Criterion(PatientSums(moments), len(y)).at(np.array([0.0]))
    np.testing.assert_allclose(at_zero.beta, plain.beta, rtol=1e-10)
    assert at_zero.residual == pytest.approx(plain.sigma**2)
    if fit.at_zero:
        df = fit.inference.contrasts(np.eye(3)).df
        np.testing.assert_allclose(df, plain.df, rtol=1e-9)
        np.testing.assert_allclose(fit.covariance, plain.covariance, rtol=1e-9)


def test_the_weighted_joint_test_of_one_sum_is_its_t_test():
    design, y, patient, z = rows_of()
    _, fit, _ = fitted(design, y, patient, z)
    weights = np.array([[0.0, 1.0, 2.0]])
    sums, joint = fit.inference.contrasts(weights), fit.inference.test(weights)
    assert joint.statistic == pytest.approx(sums.statistic[0] ** 2)
    assert (joint.df, joint.p_value) == pytest.approx((sums.df[0], sums.p_value[0]))
    twice = fit.inference.test(np.vstack([weights, 2 * weights]))
    assert twice.df_numerator == 1
    assert twice.p_value == pytest.approx(sums.p_value[0])
    with pytest.raises(NotEnoughData, match="no spread in any of the sums"):
        fit.inference.test(np.zeros((1, 3)))


@pytest.mark.parametrize("seed", range(3))
def test_no_other_search_finds_a_lower_criterion(seed):
    sizes = {"slope_sd": [0.5, 0.0, 0.02][seed % 3], "own_sd": [1.0, 0.0][seed % 2]}
    design, y, patient, z = rows_of(n=25, seed=seed, **sizes)
    moments, fit, _ = fitted(design, y, patient, z)
    criterion = Criterion(PatientSums(moments), len(y))

    def at(theta):
        a, b, c = theta
        point = criterion.at(np.array([a * a, a * b, b * b + c * c]))
        return 1e9 if point is None else point.criterion

    starts = ([1, 0, 1], [0.1, 0.1, 0.01])
    options = {"xatol": 1e-7, "fatol": 1e-10, "maxfev": 600}
    least = min(minimize(at, s, method="Nelder-Mead", options=options).fun for s in starts)
    assert fit.criterion <= least + 1e-8


@pytest.mark.parametrize("start", [[1e-3, 0, 1e-3], [30.0, -20, 5], [0.0, 0.0, 0.0], [1, 50, 0]])
def test_the_search_ends_at_one_place_from_any_start(start):
    design, y, patient, z = rows_of(n=80, seed=9)
    moments, fit, _ = fitted(design, y, patient, z)
    criterion = Criterion(PatientSums(moments), len(y))
    found = optimum(criterion, np.array(start, dtype=float), with_slope=True)
    assert found.point.criterion == pytest.approx(fit.criterion, abs=1e-8)


@pytest.mark.parametrize("slope", [False, True])
@pytest.mark.parametrize("nested", [False, True])
def test_derivatives_are_those_of_differences(slope, nested):
    design, y, patient, z = rows_of(seed=4)
    therapist = patient % 4 if nested else None
    moments, _, _ = fitted(design, y, patient, z if slope else None, therapist)
    criterion = Criterion(PatientSums(moments), len(y))
    here = np.array([0.7, *([0.1, 0.2] if slope else []), *([0.4] if nested else [])])
    steps = 1e-5 * np.eye(len(here))
    point = criterion.at(here)
    sides = [(criterion.at(here + step), criterion.at(here - step)) for step in steps]
    gradient = [(up.criterion - down.criterion) / 2e-5 for up, down in sides]
    hessian = [(up.gradient - down.gradient) / 2e-5 for up, down in sides]
    np.testing.assert_allclose(point.gradient, gradient, rtol=1e-6)
    np.testing.assert_allclose(point.hessian, hessian, rtol=1e-5)


def test_units_and_origin_of_the_slope_change_only_its_units():
    design, y, patient, z = rows_of(n=80, seed=12)
    _, fit, _ = fitted(design, y, patient, z)
    days = 7 * z + 20_000
    moved = design.copy()
    moved[:, 2] = days
    _, other, rows = fitted(moved, y, patient, days, centre=20_000.0)
    assert checked_from_rows(other, rows).largest < 1e-6
    assert other.criterion == pytest.approx(fit.criterion + 2 * np.log(7), abs=1e-6)
    assert other.patient_covariance[1, 1] == pytest.approx(
        fit.patient_covariance[1, 1] / 49, rel=1e-6
    )
    turn = np.array([[1.0, 20_000 / 7], [0.0, 1 / 7]])
    turn[0, 1] *= -1
    np.testing.assert_allclose(
        other.patient_covariance, turn @ fit.patient_covariance @ turn.T, rtol=1e-5
    )
    assert other.beta[2] * 7 == pytest.approx(fit.beta[2], rel=1e-7)


def test_a_model_without_intercept_is_fitted_too():
    design, y, patient, z = rows_of(n=60, seed=13)
    arm = patient % 2
    halves = np.column_stack([arm == 0, arm == 1, design[:, 1]]).astype(float)
    with_one = np.column_stack([np.ones(len(y)), arm == 1, design[:, 1]]).astype(float)
    _, fit, _ = fitted(halves, y, patient, z, intercept=None)
    _, other, _ = fitted(with_one, y, patient, z)
    assert fit.beta[1] - fit.beta[0] == pytest.approx(other.beta[1], rel=1e-8)
    np.testing.assert_allclose(fit.patient_covariance, other.patient_covariance, rtol=1e-6)


@pytest.mark.parametrize("slope", [False, True])
@pytest.mark.parametrize("nested", [False, True])
def test_the_check_from_the_rows_sees_a_wrong_fit(slope, nested):
    design, y, patient, z = rows_of(seed=14)
    therapist = patient % 4 if nested else None
    _, fit, rows = fitted(design, y, patient, z if slope else None, therapist)
    assert checked_from_rows(fit, rows).largest < 1e-7
    wrong = [
        replace(fit, beta=fit.beta * [1, 0, 1]),  # A coefficient erased, as in the known fault.
        replace(fit, covariance=fit.covariance * 1.01),
        replace(fit, residual_variance=fit.residual_variance * 1.01),
        replace(fit, patient_covariance=fit.patient_covariance * 1.01),
        replace(fit, criterion=fit.criterion + 0.01),
    ]
    if nested and fit.therapist_variance:
        wrong.append(replace(fit, therapist_variance=fit.therapist_variance * 1.1))
    for broken in wrong:
        with pytest.raises(HipoutcomesError, match="The fitted model and its rows disagree"):
            checked_from_rows(broken, rows)


def test_large_models_are_checked_through_their_residuals(monkeypatch):
    design, y, patient, z = rows_of(seed=15)
    _, fit, rows = fitted(design, y, patient, z)
    monkeypatch.setattr("hipoutcomes.stats.models.mixed.check.WHOLE_UP_TO", 10)
    check = checked_from_rows(fit, rows)
    assert np.isnan(check.criterion)
    assert check.largest < 1e-9
    for broken in (
        replace(fit, beta=fit.beta * [1, 0, 1]),
        replace(fit, residual_variance=fit.residual_variance * 1.01),
        replace(fit, patient_covariance=fit.patient_covariance * 1.01),
    ):
        with pytest.raises(HipoutcomesError, match="The fitted model and its rows disagree"):
            checked_from_rows(broken, rows)


def test_many_patients_with_patterns_of_their_own_start_from_a_sample(monkeypatch):
    design, y, patient, z = rows_of(n=300, seed=16)
    z = z + np.random.default_rng(1).normal(0, 0.05, len(z))
    design[:, 2] = z
    _, fit, _ = fitted(design, y, patient, z)
    monkeypatch.setattr("hipoutcomes.stats.models.mixed.fit._MANY_ALONE", 50)
    _, other, _ = fitted(design, y, patient, z)
    assert fit.n_patterns == 300
    np.testing.assert_allclose(other.beta, fit.beta, rtol=1e-8)
    assert other.criterion == pytest.approx(fit.criterion, abs=1e-9)
