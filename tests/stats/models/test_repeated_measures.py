import csv

import numpy as np
import pytest
from scipy import stats

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.joint_tests import satterthwaite_test
from hipoutcomes.stats.models.repeated.repeated_measures import (
    repeated_measures_fit,
    repeated_measures_inference,
)
from hipoutcomes.stats.models.repeated.sums import (
    reml_criterion,
    reml_derivatives,
    symmetric_units,
    visit_patterns,
)

VISITS = ("start", "week 2", "week 6", "week 12")


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "repeated"


@pytest.fixture(scope="module")
def arrays(folder):
    rows = [row for row in rows_of(folder / "rows.csv") if row["pain"]]
    visit = np.array([VISITS.index(row["visit"]) for row in rows])
    arm = np.array([row["arm"] for row in rows])
    arms = [(arm == name).astype(float) for name in ("cupping", "swedish")]
    later = [(visit == place).astype(float) for place in (1, 2, 3)]
    products = [a * v for v in later for a in arms]
    age = np.array([float(row["age"]) for row in rows])
    design = np.column_stack([np.ones(len(rows)), *arms, *later, age, *products])
    pain = np.array([float(row["pain"]) for row in rows])
    return design, pain, np.array([int(row["patient"]) for row in rows]), visit


@pytest.fixture(scope="module")
def fit(arrays):
    return repeated_measures_fit(*arrays)


def with_missing(seed=1, n=80, n_visits=4, share=0.25):
    rng = np.random.default_rng(seed)
    patients = np.repeat(np.arange(n), n_visits)
    visits = np.tile(np.arange(n_visits), n)
    y = rng.normal(size=n)[patients] + rng.normal(size=n * n_visits) * (1 + visits / 3)
    design = np.column_stack([np.ones(len(y)), visits == 1, visits == 2, rng.normal(size=len(y))])
    kept = rng.random(len(y)) > share
    return design[kept], y[kept], patients[kept], visits[kept]


def complete(seed, n, n_visits):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n_visits, n_visits))
    scores = rng.normal(size=(n, n_visits)) @ root + np.arange(n_visits)
    design = np.tile(np.eye(n_visits), (n, 1))
    patients, visits = np.repeat(np.arange(n), n_visits), np.tile(np.arange(n_visits), n)
    return scores, (design, scores.ravel(), patients, visits)


def test_coefficients_and_degrees_of_freedom_are_those_at_the_minimum_of_nlme(folder, fit):
    sums = repeated_measures_inference(fit).contrasts(np.eye(len(fit.beta)))
    numbers = rows_of(folder / "numbers.csv")
    assert len(numbers) == len(fit.beta) == 13
    tolerances = {"estimate": 1e-7, "std_error": 1e-7, "df": 1e-4, "statistic": 1e-7}
    for name, rel in tolerances.items():
        expected = [float(row[name]) for row in numbers]
        np.testing.assert_allclose(getattr(sums, name), expected, rtol=rel, err_msg=name)
    # gls itself stops short of the minimum, at a higher deviance
    gls = [float(row["gls_estimate"]) for row in numbers]
    np.testing.assert_allclose(sums.estimate, gls, rtol=2e-5)


def test_the_covariance_of_the_visits_and_the_deviance_are_those_of_nlme(folder, fit):
    for row in rows_of(folder / "covariance.csv"):
        place = VISITS.index(row["row"]), VISITS.index(row["column"])
        assert fit.visit_covariance[place] == pytest.approx(float(row["covariance"]), rel=1e-7)
        assert fit.correlation[place] == pytest.approx(float(row["correlation"]), rel=1e-7)
    [deviance] = rows_of(folder / "fit.csv")
    assert fit.deviance == pytest.approx(float(deviance["value"]), abs=1e-8)


def test_joint_tests_are_those_of_kenward_and_roger_and_of_fai_and_cornelius(folder, fit):
    places = {"arm:visit": range(7, 13), "age": [6]}
    for row in rows_of(folder / "tests.csv"):
        weights = np.eye(13)[list(places[row["term"]])]
        if row["kind"] == "kenward_roger":
            found = repeated_measures_inference(fit).test(weights)
        else:
            found = satterthwaite_test(fit.beta, fit.covariance, weights, fit.degrees_of_freedom)
        for name in ("statistic", "df_numerator", "df", "p_value"):
            assert getattr(found, name) == pytest.approx(float(row[name]), rel=1e-4), name


def test_it_is_a_minimum_and_the_rows_agree_with_the_sums(fit):
    assert fit.largest_gap < 1e-9
    assert np.linalg.eigvalsh(fit.bend)[0] > 0
    assert fit.n_patterns == 7 and fit.n_patients == 96
    assert fit.pair_counts[0, 0] == 96 and fit.pair_counts[1, 2] < 96


def test_derivatives_are_those_of_finite_differences_and_of_dense_matrices():
    design, y, patients, visits = with_missing()
    patterns = visit_patterns(np.column_stack([design, y]), patients, visits)
    root = np.random.default_rng(2).normal(size=(4, 4))
    at = root @ root.T / 4 + np.eye(4)
    units, step = symmetric_units(4), 1e-5

    def both(place):
        criterion = reml_criterion(patterns, place)
        return criterion, reml_derivatives(patterns, place, criterion)

    found = both(at)[1]
    for unit, slope, bend, turn in zip(
        units, found.gradient, found.observed, found.slopes, strict=True
    ):
        (up, up_slopes), (down, down_slopes) = both(at + step * unit), both(at - step * unit)
        assert slope == pytest.approx((up.deviance - down.deviance) / (2 * step), abs=1e-6)
        change = (up_slopes.gradient - down_slopes.gradient) / (2 * step)
        np.testing.assert_allclose(bend, change, atol=1e-6)
        np.testing.assert_allclose(turn, (up.inverse - down.inverse) / (2 * step), atol=1e-9)
    same = patients[:, None] == patients
    dense = np.where(same, at[np.ix_(visits, visits)], 0.0)
    weight = np.linalg.inv(dense)
    inner = np.linalg.inv(design.T @ weight @ design)
    projected = weight - weight @ design @ inner @ design.T @ weight
    turned = [projected @ np.where(same, unit[np.ix_(visits, visits)], 0.0) for unit in units]
    expected = [[np.trace(one @ other) for other in turned] for one in turned]
    np.testing.assert_allclose(found.expected, expected, atol=1e-9)


def test_complete_visits_with_a_mean_each_are_the_sample_moments():
    scores, data = complete(3, 40, 4)
    fit = repeated_measures_fit(*data)
    np.testing.assert_allclose(fit.beta, scores.mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(fit.visit_covariance, np.cov(scores.T), rtol=1e-8)
    np.testing.assert_allclose(fit.covariance, np.cov(scores.T) / 40, rtol=1e-8)
    np.testing.assert_allclose(fit.degrees_of_freedom(np.eye(4)), 39, rtol=1e-8)
    assert fit.n_patterns == 1


def test_two_complete_visits_are_the_paired_t_test():
    scores, data = complete(4, 25, 2)
    sums = repeated_measures_inference(repeated_measures_fit(*data)).contrasts([[-1, 1]], 0.9)
    expected = stats.ttest_rel(scores[:, 1], scores[:, 0])
    assert sums.statistic[0] == pytest.approx(expected.statistic)
    assert sums.df[0] == pytest.approx(24)
    assert sums.p_value[0] == pytest.approx(expected.pvalue)
    low, high = expected.confidence_interval(0.9)
    assert (sums.conf_low[0], sums.conf_high[0]) == pytest.approx((low, high))


def test_two_groups_with_complete_visits_are_the_t_test_at_each_visit():
    scores, (design, y, patients, visits) = complete(5, 30, 3)
    group = (np.arange(30) % 2)[patients]
    design = np.column_stack([design, design * group[:, None]])
    fit = repeated_measures_fit(design, y, patients, visits)
    sums = repeated_measures_inference(fit).contrasts(np.eye(6)[3:])
    expected = stats.ttest_ind(scores[1::2], scores[::2])
    np.testing.assert_allclose(sums.statistic, expected.statistic)
    np.testing.assert_allclose(sums.df, 28, rtol=1e-8)


def test_no_change_over_complete_visits_is_the_test_of_hotelling():
    scores, data = complete(6, 30, 3)
    found = repeated_measures_inference(repeated_measures_fit(*data)).test([[-1, 1, 0], [-1, 0, 1]])
    later = scores[:, 1:] - scores[:, :1]
    squared = later.mean(axis=0) @ np.linalg.solve(np.cov(later.T) / 30, later.mean(axis=0))
    assert found.statistic == pytest.approx(squared * 28 / (2 * 29))
    assert (found.df_numerator, found.df) == pytest.approx((2, 28))


def test_groups_compared_over_complete_visits_are_the_analysis_of_variance():
    scores, (design, y, patients, visits) = complete(18, 36, 3)
    groups = (np.arange(36) % 3)[patients]
    design = np.hstack([design * (groups == place)[:, None] for place in range(3)])
    inference = repeated_measures_inference(repeated_measures_fit(design, y, patients, visits))
    average = np.kron(np.array([[1, -1, 0], [0, 1, -1]]), np.full(3, 1 / 3))
    found = inference.test(average)
    expected = stats.f_oneway(*(scores[place::3].mean(axis=1) for place in range(3)))
    assert (found.statistic, found.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    assert (found.df_numerator, found.df) == pytest.approx((2, 33))


def test_one_sum_is_tested_as_its_t_statistic(fit):
    weights = np.eye(13)[[12]]
    inference = repeated_measures_inference(fit)
    alone, joint = inference.contrasts(weights), inference.test(weights)
    assert joint.statistic == pytest.approx(alone.statistic[0] ** 2)
    assert (joint.df, joint.p_value) == pytest.approx((alone.df[0], alone.p_value[0]))


def test_order_of_rows_and_scale_change_nothing_but_units():
    design, y, patients, visits = with_missing(7)
    plain = repeated_measures_fit(design, y, patients, visits)
    mixed = np.random.default_rng(8).permutation(len(y))
    other = repeated_measures_fit(
        design[mixed] * [1, 1, 1, 1e6], 1e-4 * y[mixed] + 7, 99 - patients[mixed], visits[mixed]
    )
    scale = 1e-4 / np.array([1, 1, 1, 1e6])
    shift = np.array([7.0, 0, 0, 0])
    np.testing.assert_allclose(other.beta, plain.beta * scale + shift, rtol=1e-8)
    np.testing.assert_allclose(other.visit_covariance, 1e-8 * plain.visit_covariance, rtol=1e-6)
    df = [fit.degrees_of_freedom(np.eye(4)[1:]) for fit in (plain, other)]
    np.testing.assert_allclose(*df, rtol=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_the_search_ends_at_a_minimum_from_sparse_data(seed):
    design, y, patients, visits = with_missing(20 + seed, n=60, n_visits=4, share=0.4)
    fit = repeated_measures_fit(design, y, patients, visits)
    columns = np.column_stack([design, y])
    patterns = visit_patterns(columns, np.unique(patients, return_inverse=True)[1], visits)
    least = reml_criterion(patterns, fit.visit_covariance).deviance
    rng = np.random.default_rng(seed)
    for _ in range(20):
        nudge = rng.normal(size=(4, 4)) * 0.02
        there = reml_criterion(patterns, fit.visit_covariance + nudge + nudge.T)
        assert there is None or there.deviance > least


def test_a_patient_with_one_visit_twice_is_refused_without_an_id():
    design, y, patients, visits = with_missing(9, share=0.0)
    visits = np.where((patients == 61) & (visits == 3), 2, visits)
    with pytest.raises(NotEnoughData) as caught:
        repeated_measures_fit(design, y, patients, visits, VISITS)
    assert str(caught.value).split("\n  ") == [
        "1 patient has two rows or more at one visit, for example at 'week 6'.",
        "A patient is measured once at each planned visit.",
        "Keep one row of each, or give a column of visits that tells them apart.",
    ]


def test_visits_that_no_patient_has_both_of_are_named():
    design, y, patients, visits = with_missing(10, share=0.0)
    kept = np.where(patients % 2 == 0, visits != 3, visits != 1)
    with pytest.raises(NotEnoughData) as caught:
        repeated_measures_fit(*(part[kept] for part in (design, y, patients, visits)), VISITS)
    assert str(caught.value).split("\n  ") == [
        "No patient was measured at both week 2 and week 12.",
        "The covariance of two visits can be seen only in patients who have both.",
        "Leave out a visit, merge visits, or use mixed_model.",
    ]


def test_too_few_patients_one_visit_and_too_many_visits_are_refused():
    design, y, patients, visits = with_missing(11, n=13, share=0.0)
    with pytest.raises(NotEnoughData) as caught:
        repeated_measures_fit(design, y, patients, visits, VISITS)
    assert str(caught.value).split("\n  ") == [
        "13 patients are too few: the model has 4 coefficients and 10 variances and covariances "
        "of 4 visits.",
        "There must be 14 patients or more.",
        "Leave out columns or visits, or use mixed_model, which has fewer parameters.",
    ]
    with pytest.raises(NotEnoughData, match="Every row is of one visit, 'start'"):
        one = visits == 0
        repeated_measures_fit(design[one], y[one], patients[one], visits[one], VISITS[:1])
    with pytest.raises(NotEnoughData, match="There are 31 visits"):
        repeated_measures_fit(*complete(12, 40, 31)[1])


def test_scores_that_repeat_another_visit_are_refused_with_the_way_out():
    _, (design, y, patients, visits) = complete(13, 30, 3)
    y = np.where(visits == 2, np.roll(y, 1) + 1, y)
    with pytest.raises(NotEnoughData) as caught:
        repeated_measures_fit(design, y, patients, visits, VISITS[:3])
    first, second, third = str(caught.value).split("\n  ")
    assert first == (
        "The covariance of the visits cannot be estimated from these patients: the best fit lets "
        "the scores of some visits fix those of another."
    )
    assert second == "Fewest patients, 30, have both start and week 2."
    assert third.startswith("Leave out a visit that few patients have or whose scores repeat")


def test_a_visit_without_spread_is_named():
    _, (design, y, patients, visits) = complete(19, 30, 3)
    with pytest.raises(NotEnoughData, match="is 5 for all 30 patients at 'week 2'"):
        y = np.where(visits == 1, 5.0, y)
        repeated_measures_fit(design, y, patients, visits, VISITS[:3])


def test_two_patients_at_a_visit_are_too_few_for_its_covariance():
    _, (design, y, patients, visits) = complete(3, 40, 3)
    kept = (visits < 2) | (patients < 2)
    with pytest.raises(NotEnoughData, match="Fewest patients, 2, have both start and week 6"):
        repeated_measures_fit(design[kept], y[kept], patients[kept], visits[kept], VISITS[:3])


def test_patients_too_sparse_for_a_covariance_are_refused():
    data = with_missing(24, n=45, share=0.45)
    with pytest.raises(NotEnoughData, match="fix those of another") as caught:
        repeated_measures_fit(*data)
    assert "Fewest patients, 8, have both 1 and 3." in str(caught.value)


def test_two_columns_that_almost_determine_one_another_are_still_checked_from_the_rows():
    design, y, patients, visits = with_missing(15)
    close = design[:, 3] + 1e-7 * np.random.default_rng(16).normal(size=len(y))
    plain = repeated_measures_fit(design, y, patients, visits)
    both = repeated_measures_fit(np.column_stack([design, close]), y, patients, visits)
    assert both.largest_gap < 1e-6 and plain.largest_gap < 1e-9
    with pytest.raises(NotEnoughData, match="column 4 is determined by columns 3"):
        repeated_measures_fit(np.column_stack([design, design[:, 3]]), y, patients, visits)


def test_many_patients_are_quick_and_recover_the_truth():
    rng = np.random.default_rng(17)
    n, n_visits = 20_000, 4
    truth = 0.5 ** np.abs(np.subtract.outer(np.arange(4), np.arange(4))) * 2
    patients, visits = np.repeat(np.arange(n), n_visits), np.tile(np.arange(n_visits), n)
    arm = (rng.random(n) < 0.5)[patients]
    y = (rng.normal(size=(n, 4)) @ np.linalg.cholesky(truth).T).ravel() - 0.5 * arm * visits
    kept = rng.random(len(y)) > 0.2 * (visits > 0)
    design = np.column_stack([visits == place for place in range(4)] + [arm * visits])
    fit = repeated_measures_fit(design[kept], y[kept], patients[kept], visits[kept])
    np.testing.assert_allclose(fit.visit_covariance, truth, atol=0.06)
    assert abs(fit.beta[4] + 0.5) < 4 * np.sqrt(fit.covariance[4, 4]) < 0.1
    assert fit.n_steps <= 8
