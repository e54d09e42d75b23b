import numpy as np
import pandas as pd
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.categories.logistic import fit_logistic
from hipoutcomes.stats.models.categories.separation import Separated
from hipoutcomes.stats.models.categories.standardised import standardised_means
from hipoutcomes.stats.models.gee.small_clusters import FixedByOneCluster

# See tests/oracles/logistic/script.R: glm runs until its deviance changes by less than 1e-14.
CLOSE = 1e-8

# Its standard errors of risks rest on differences with steps of 1e-5.
DIFFERENCES = 1e-7


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "logistic"


@pytest.fixture(scope="module")
def rows(folder):
    return pd.read_csv(folder / "rows.csv")


def design_of(rows, technique=None):
    technique = rows["technique"] if technique is None else np.repeat(technique, len(rows))
    arms = technique == "stretching", technique == "swedish"
    return np.column_stack([np.ones(len(rows)), *arms, rows["baseline"], rows["age"]])


def std_errors(fit):
    return np.sqrt(np.diag(fit.covariance))


def test_coefficients_are_those_of_glm(folder, rows):
    expected = pd.read_csv(folder / "numbers.csv")
    fit = fit_logistic(design_of(rows), rows["better"])
    np.testing.assert_allclose(fit.beta, expected["estimate"], rtol=CLOSE)
    np.testing.assert_allclose(std_errors(fit), expected["std_error"], rtol=CLOSE)
    assert fit.log_likelihood == pytest.approx(-257.613289016893, rel=1e-12)
    sums = fit.inference.contrasts(np.eye(5), 0.9)
    for name in ("p_value", "conf_low", "conf_high"):
        np.testing.assert_allclose(getattr(sums, name), expected[name], rtol=1e-7)
    assert fit.n_rarer == min(rows["better"].sum(), 400 - rows["better"].sum())
    assert fit.events_per_coefficient == fit.n_rarer / 4


def test_standard_errors_by_cluster_are_those_of_clubsandwich(folder, rows):
    expected = pd.read_csv(folder / "numbers.csv")
    fit = fit_logistic(design_of(rows), rows["better"], rows["therapist"].to_numpy())
    np.testing.assert_allclose(fit.beta, expected["estimate"], rtol=CLOSE)
    np.testing.assert_allclose(std_errors(fit), expected["clustered"], rtol=CLOSE)
    assert (std_errors(fit) > expected["uncorrected"]).all()
    assert fit.inference.contrasts(np.eye(5)).df.tolist() == [35.0] * 5


@pytest.mark.parametrize(("clusters", "column"), [(None, "std_error"), ("therapist", "clustered")])
def test_standardised_risks_are_those_worked_out_from_glm(folder, rows, clusters, column):
    expected = pd.read_csv(folder / "risks.csv").set_index("name")
    given = rows[clusters].to_numpy() if clusters else None
    fit = fit_logistic(design_of(rows), rows["better"], given)
    names = ["cupping", "stretching", "swedish"]
    designs = [design_of(rows, name) for name in names]
    risks, covariance = standardised_means(fit.beta, fit.covariance, designs, "logit")
    np.testing.assert_allclose(risks, expected.loc[names, "estimate"], rtol=CLOSE)
    np.testing.assert_allclose(
        np.sqrt(np.diag(covariance)), expected.loc[names, column], rtol=DIFFERENCES
    )
    difference = np.array([-1.0, 0.0, 1.0])
    row = expected.loc["swedish - cupping"]
    assert risks @ difference == pytest.approx(row["estimate"], rel=CLOSE)
    found = np.sqrt(difference @ covariance @ difference)
    assert found == pytest.approx(row[column], rel=DIFFERENCES)


def test_a_table_of_two_by_two():
    arm = np.repeat([0.0, 1.0], [40, 50])
    better = np.concatenate([np.repeat([1, 0], [10, 30]), np.repeat([1, 0], [30, 20])])
    design = np.column_stack([np.ones(90), arm])
    fit = fit_logistic(design, better)
    assert np.exp(fit.beta[1]) == pytest.approx((30 * 30) / (10 * 20))
    assert fit.covariance[1, 1] == pytest.approx(1 / 10 + 1 / 30 + 1 / 30 + 1 / 20)
    each = [np.column_stack([np.ones(90), np.full(90, float(value))]) for value in (0, 1)]
    risks, covariance = standardised_means(fit.beta, fit.covariance, each, "logit")
    np.testing.assert_allclose(risks, [10 / 40, 30 / 50])
    # With no covariate the delta method gives the binomial variances of the two shares.
    np.testing.assert_allclose(
        covariance, np.diag([0.25 * 0.75 / 40, 0.6 * 0.4 / 50]), rtol=1e-8, atol=1e-15
    )


def test_a_log_link_standardises_counts():
    designs = [np.array([[1.0, 0.0], [1.0, 2.0]])]
    means, covariance = standardised_means(np.log([3.0, 2.0]), np.eye(2), designs, "log")
    assert means[0] == pytest.approx((3 + 12) / 2)
    # Derivatives of the mean: the mean itself, and half of two times twelve.
    assert covariance[0, 0] == pytest.approx(7.5**2 + 12**2)


def test_a_flag_is_an_outcome(rows):
    flag = fit_logistic(design_of(rows), rows["better"].to_numpy() == 1)
    number = fit_logistic(design_of(rows), rows["better"])
    np.testing.assert_array_equal(flag.beta, number.beta)


def test_separation_and_lone_clusters_are_refused(rows):
    design = design_of(rows)
    hidden = np.column_stack([design, (rows["better"] == 1) & (rows["age"] > 55)])
    with pytest.raises(Separated) as caught:
        fit_logistic(hidden, rows["better"])
    assert caught.value.columns == (5,)
    clusters = rows["therapist"].to_numpy() - 1
    alone = np.column_stack([design, clusters == 3])
    with pytest.raises(FixedByOneCluster) as caught:
        fit_logistic(alone, rows["better"], clusters)
    assert caught.value.clusters == (3,)


def test_bad_input_is_named(rows):
    design = design_of(rows)
    with pytest.raises(ValueError) as caught:
        fit_logistic(design, rows["baseline"])
    assert str(caught.value) == "outcome must be 0 or 1; it holds 66 values, from 2.1 to 10."
    with pytest.raises(NotEnoughData, match="The outcome is 1 in all 400 rows"):
        fit_logistic(design, np.ones(400))
    with pytest.raises(NotEnoughData, match="The rows come from 4 clusters; 5 coefficients"):
        fit_logistic(design, rows["better"], np.arange(400) % 4)
    with pytest.raises(ValueError, match="missing"):
        fit_logistic(design, np.where(rows["age"] > 60, np.nan, rows["better"]))
