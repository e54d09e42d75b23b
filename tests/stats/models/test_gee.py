import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.cov_struct import Exchangeable
from statsmodels.genmod.families import Binomial, Gaussian, Poisson
from statsmodels.genmod.generalized_estimating_equations import GEE

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.categories.separation import Separated
from hipoutcomes.stats.models.gee.families import family_gee
from hipoutcomes.stats.models.gee.gaussian import gaussian_gee
from hipoutcomes.stats.models.gee.gee import COVARIANCES
from hipoutcomes.stats.models.gee.small_clusters import FixedByOneCluster, corrected_scores
from hipoutcomes.stats.models.least_squares.linear import least_squares

# statsmodels uses the same moments, so only its stopping rule separates the two.
SAME = 1e-8

OUTCOMES = {"gaussian": "final", "binomial": "better", "poisson": "visits"}
FAMILIES = {"gaussian": Gaussian, "binomial": Binomial, "poisson": Poisson}


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "gee"


@pytest.fixture(scope="module")
def rows(folder):
    return pd.read_csv(folder / "rows.csv")


def design_of(rows):
    return np.column_stack([np.ones(len(rows)), rows[["arm", "baseline", "age"]]])


def fitted(rows, family, covariance="robust"):
    given = design_of(rows), rows[OUTCOMES[family]].to_numpy(), rows["therapist"].to_numpy()
    if family == "gaussian":
        return gaussian_gee(*given, covariance=covariance)
    return family_gee(*given, family, covariance=covariance)


def std_errors(fit):
    return np.sqrt(np.diag(fit.covariance))


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("family", OUTCOMES)
def test_estimates_and_standard_errors_are_those_of_statsmodels(rows, family, covariance):
    peer = GEE(
        rows[OUTCOMES[family]].to_numpy(float),
        design_of(rows),
        rows["therapist"].to_numpy(),
        family=FAMILIES[family](),
        cov_struct=Exchangeable(),
    ).fit(cov_type=covariance.replace("-", "_"), ctol=1e-8)
    found = fitted(rows, family, covariance)
    np.testing.assert_allclose(found.beta, peer.params, rtol=SAME)
    np.testing.assert_allclose(std_errors(found), peer.bse, rtol=SAME)
    assert found.correlation == pytest.approx(peer.cov_struct.dep_params, rel=SAME)
    assert found.scale == pytest.approx(peer.scale, rel=SAME)
    assert (found.n_clusters, found.df) == (60, 56)


@pytest.mark.parametrize("family", OUTCOMES)
def test_geepack_agrees_as_far_as_its_own_moments_allow(folder, rows, family):
    expected = pd.read_csv(folder / "numbers.csv").query("family == @family")
    found = fitted(rows, family)
    off = np.abs(found.beta - expected["estimate"]) / expected["std_error"]
    assert off.max() < 0.003
    np.testing.assert_allclose(std_errors(found), expected["std_error"], rtol=1e-3)
    assert found.correlation == pytest.approx(expected["correlation"].iloc[0], abs=0.003)


def test_the_correction_for_few_clusters_is_that_of_clubsandwich(folder, rows):
    expected = pd.read_csv(folder / "independent.csv")
    design, codes = design_of(rows), rows["therapist"].to_numpy() - 1
    fit = least_squares(design, rows["final"].to_numpy())
    parts = [design[codes == code] for code in range(60)]
    information = np.array([part.T @ part for part in parts])
    scores = np.array([design[codes == c].T @ fit.residuals[codes == c] for c in range(60)])
    bread = np.linalg.inv(design.T @ design)
    raised = corrected_scores(bread, information, scores)
    found = np.sqrt(np.diag(bread @ raised.T @ raised @ bread))
    np.testing.assert_allclose(found, expected["std_error"], rtol=1e-8)


@pytest.mark.parametrize(
    ("covariance", "std_error"), [("naive", 1.257), ("robust", 1.580), ("bias-reduced", 1.708)]
)
def test_the_headache_trial_by_practice(real_data, covariance, std_error):
    path = real_data / "vickers-headache" / "acupuncture.csv"
    if not path.exists():
        pytest.skip("the headache trial is not beside this checkout")
    trial = pd.read_csv(path, encoding="utf-8-sig").dropna(subset=["pk5"])
    design = np.column_stack([np.ones(len(trial)), trial[["group", "pk1"]]])
    practice = pd.factorize(trial["practice_id"])[0]
    found = gaussian_gee(design, trial["pk5"].to_numpy(), practice, covariance=covariance)
    assert round(found.beta[1], 3) == -4.626
    assert round(std_errors(found)[1], 3) == std_error
    assert (found.n_clusters, found.df) == (34, 31)


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_order_names_and_units_do_not_matter(rows, covariance):
    found = fitted(rows, "gaussian", covariance)
    shuffled = rows.sample(frac=1, random_state=4)
    shuffled = shuffled.assign(therapist=(7 * shuffled["therapist"]) % 61 + 5)
    design = design_of(shuffled)
    design[:, 3] = design[:, 3] * 365.25 + 700_000
    outcome = 100 * shuffled["final"].to_numpy() + 3
    again = gaussian_gee(design, outcome, shuffled["therapist"].to_numpy(), covariance=covariance)
    np.testing.assert_allclose(again.beta[1:3] / 100, found.beta[1:3], rtol=1e-9)
    np.testing.assert_allclose(std_errors(again)[1:3] / 100, std_errors(found)[1:3], rtol=1e-9)
    np.testing.assert_allclose(again.beta[3] * 3.6525, found.beta[3], rtol=1e-7)
    assert again.correlation == pytest.approx(found.correlation, rel=1e-9)


def test_nearly_collinear_columns_keep_their_digits(rows):
    design, outcome = design_of(rows), rows["final"].to_numpy()
    close = design.copy()
    close[:, 3] = 1e5 * close[:, 2] + close[:, 3]
    clusters = rows["therapist"].to_numpy()
    plain, found = (gaussian_gee(each, outcome, clusters) for each in (design, close))
    np.testing.assert_allclose(found.beta[3], plain.beta[3], rtol=1e-8)
    np.testing.assert_allclose(std_errors(found)[3], std_errors(plain)[3], rtol=1e-8)


def test_equal_clusters_and_a_mean_alone_give_the_mean_of_cluster_means():
    rng = np.random.default_rng(2)
    clusters = np.repeat(np.arange(25), 6)
    outcome = rng.normal(size=25)[clusters] + rng.normal(size=150)
    means = outcome.reshape(25, 6).mean(axis=1)
    found = gaussian_gee(np.ones((150, 1)), outcome, clusters)
    assert found.beta[0] == pytest.approx(means.mean(), rel=1e-12)
    # Mancl & DeRouen: each cluster's deviation over 1 - 1/m; no correction: the plain mean square.
    spread = np.sqrt(np.sum((means - means.mean()) ** 2)) / 25
    assert std_errors(found)[0] == pytest.approx(spread / (1 - 1 / 25), rel=1e-10)
    robust = gaussian_gee(np.ones((150, 1)), outcome, clusters, covariance="robust")
    assert std_errors(robust)[0] == pytest.approx(spread, rel=1e-10)


def test_a_fit_is_ready_for_tables(rows):
    fit = fitted(rows, "gaussian", "bias-reduced")
    sums = fit.inference.contrasts(np.eye(4), 0.9)
    np.testing.assert_allclose(sums.std_error, std_errors(fit))
    assert sums.df.tolist() == [56.0] * 4
    assert fit.inference.n_clusters == 60


def test_too_few_clusters_are_refused(rows):
    few = rows[rows["therapist"] <= 9]
    with pytest.raises(NotEnoughData) as caught:
        fitted(few, "gaussian")
    assert str(caught.value) == (
        "The rows come from 9 clusters; 4 coefficients are to be estimated.\n"
        "  There must be 10 clusters or more, and 4 more than coefficients.\n"
        "  Collect more clusters; or ask for fewer columns."
    )
    design = np.column_stack([design_of(rows), np.random.default_rng(1).normal(size=(480, 7))])
    twelve = (rows["therapist"] % 12).to_numpy()
    with pytest.raises(NotEnoughData, match="12 clusters; 11 coefficients"):
        gaussian_gee(design, rows["final"].to_numpy(), twelve)


def test_clusters_of_one_row_have_no_correlation(rows):
    with pytest.raises(NotEnoughData) as caught:
        gaussian_gee(design_of(rows), rows["final"].to_numpy(), np.arange(480))
    assert str(caught.value) == (
        "Only 0 pairs of rows share a cluster, for 4 coefficients.\n"
        "  The correlation within clusters needs more pairs than coefficients.\n"
        "  Leave the cluster out if no cluster has several rows."
    )


@pytest.mark.parametrize("family", OUTCOMES)
def test_a_correlation_that_clusters_cannot_have_is_refused(rows, family):
    # In every cluster half the rows stand opposite the other half, and one cluster is twice as big.
    clusters = np.minimum(np.repeat(np.arange(24), 20), 22)
    sign = np.where(np.arange(480) % 2, 1.0, -1.0)
    outcome = {"gaussian": sign, "binomial": sign > 0, "poisson": 2 + sign}[family]
    design = np.column_stack([np.ones(480), np.random.default_rng(3).normal(size=(480, 3))])
    with pytest.raises(NotEnoughData, match=r"comes out at -0\.0[45]") as caught:
        if family == "gaussian":
            gaussian_gee(design, outcome, clusters)
        else:
            family_gee(design, outcome, clusters, family)
    assert "With up to 40 rows in a cluster it must lie between -0.026 and 1." in str(caught.value)


@pytest.mark.parametrize("covariance", ["bias-reduced", "robust"])
@pytest.mark.parametrize("family", OUTCOMES)
def test_a_column_that_one_cluster_alone_settles_is_refused(rows, family, covariance):
    design = np.column_stack([design_of(rows), rows["therapist"] == 7])
    given = design, rows[OUTCOMES[family]].to_numpy(), rows["therapist"].to_numpy() - 1
    with pytest.raises(FixedByOneCluster) as caught:
        if family == "gaussian":
            gaussian_gee(*given, covariance=covariance)
        else:
            family_gee(*given, family, covariance=covariance)
    assert caught.value.clusters == (6,)
    assert str(caught.value) == (
        "Cluster 6 alone settles a coefficient, which then has no standard error.\n"
        "  Every coefficient needs two clusters or more.\n"
        "  Leave out the column that varies in this cluster only, or merge levels."
    )


@pytest.mark.parametrize("family", ["binomial", "poisson"])
def test_separated_outcomes_name_the_column(rows, family):
    outcome = rows[OUTCOMES[family]].to_numpy()
    extra = (outcome == 0) & (np.arange(480) % 3 == 0)
    design = np.column_stack([design_of(rows), extra])
    with pytest.raises(Separated) as caught:
        family_gee(design, outcome, rows["therapist"].to_numpy(), family)
    assert caught.value.columns == (4,)


def test_bad_input_is_named(rows):
    design, outcome = design_of(rows), rows["final"].to_numpy()
    clusters = rows["therapist"].to_numpy()
    with pytest.raises(ValueError) as caught:
        gaussian_gee(design, outcome, clusters, covariance="sandwich")
    assert str(caught.value) == (
        "covariance must be one of bias-reduced, robust, naive; it is 'sandwich'."
    )
    with pytest.raises(NotEnoughData, match="column 4 is determined by columns 0, 2"):
        gaussian_gee(np.column_stack([design, 10 - design[:, 2]]), outcome, clusters)
    with pytest.raises(NotEnoughData, match="The outcome is 4 in all 480 rows: nothing to explain"):
        gaussian_gee(design, np.full(480, 4.0), clusters)
    with pytest.raises(NotEnoughData, match="The columns reproduce the outcome exactly"):
        gaussian_gee(design, design @ [1.0, 2.0, 3.0, 4.0], clusters)
    with pytest.raises(ValueError, match="outcome holds 1 missing"):
        gaussian_gee(design, np.where(np.arange(480) == 3, np.nan, outcome), clusters)
    with pytest.raises(ValueError, match=r"design must have shape \(480, k\)"):
        gaussian_gee(design[:-1], outcome, clusters)
    with pytest.raises(ValueError, match="groups must have shape"):
        gaussian_gee(design, outcome, clusters[:-1])
    with pytest.raises(ValueError) as caught:
        family_gee(design, outcome, clusters, "binomial")
    assert str(caught.value).startswith("A binomial outcome must be 0 or 1; ")
    with pytest.raises(ValueError, match="A poisson outcome must be whole numbers from 0"):
        family_gee(design, outcome, clusters, "poisson")
    with pytest.raises(ValueError, match="family must be one of binomial, poisson; it is 'gamma'"):
        family_gee(design, outcome, clusters, "gamma")
