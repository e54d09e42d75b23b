import numpy as np
import pandas as pd
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.categories.multinomial import fit_multinomial
from hipoutcomes.stats.models.categories.ordinal import fit_ordinal
from hipoutcomes.stats.models.categories.proportional_odds import cut_logits, same_at_every_cut
from hipoutcomes.stats.models.categories.separation import Separated

# See tests/oracles/ordinal/script.R: clm's gradient is under 1e-12.
CLOSE = 1e-7

# Its standard errors of probabilities rest on differences with steps of 1e-5.
DIFFERENCES = 1e-6

CATEGORIES = ["none", "mild", "moderate", "severe"]


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "ordinal"


@pytest.fixture(scope="module")
def rows(folder):
    return pd.read_csv(folder / "rows.csv", keep_default_na=False)


def design_of(rows, technique=None):
    technique = rows["technique"] if technique is None else np.repeat(technique, len(rows))
    return np.column_stack(
        [technique == "stretching", technique == "swedish", rows["baseline"], rows["age"]]
    ).astype(float)


def codes_of(rows):
    return rows["tension"].map(CATEGORIES.index).to_numpy()


@pytest.fixture(scope="module")
def fit(rows):
    return fit_ordinal(design_of(rows), codes_of(rows))


def test_cuts_and_odds_ratios_are_those_of_clm(folder, fit):
    expected = pd.read_csv(folder / "numbers.csv")
    found = np.concatenate([fit.cuts, fit.beta])
    np.testing.assert_allclose(found, expected["estimate"], rtol=CLOSE)
    std_errors = np.sqrt(np.diag(fit.covariance))
    np.testing.assert_allclose(std_errors, expected["std_error"], rtol=CLOSE)
    assert fit.log_likelihood == pytest.approx(-397.404349392818, rel=1e-12)
    assert fit.gradient < 1e-11


def test_standardised_probabilities_are_those_worked_out_from_clm(folder, rows, fit):
    expected = pd.read_csv(folder / "probabilities.csv", keep_default_na=False)
    names = expected["technique"].unique()
    shares, covariance = fit.standardised(design_of(rows, name) for name in names)
    np.testing.assert_allclose(shares.ravel(), expected["estimate"], rtol=CLOSE)
    std_errors = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(std_errors, expected["std_error"], rtol=DIFFERENCES)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    # Probabilities of one level add to one, so their errors cancel.
    np.testing.assert_allclose(covariance.reshape(3, 4, 3, 4).sum(axis=(1, 3)), 0, atol=1e-15)


def test_the_test_of_proportional_odds_is_that_of_brant(folder, rows):
    expected = pd.read_csv(folder / "brant.csv")
    design = np.column_stack([np.ones(len(rows)), design_of(rows)])
    cuts = cut_logits(design, codes_of(rows))
    asked = [[1, 2, 3, 4], [1], [2], [3], [4]]
    for columns, (_, row) in zip(asked, expected.iterrows(), strict=True):
        found = cuts.test(same_at_every_cut(columns, 5, 3))
        assert found.df_numerator == row["df"]
        assert found.statistic * found.df_numerator == pytest.approx(row["statistic"], rel=1e-7)
        assert found.p_value == pytest.approx(row["p_value"], rel=1e-6)


def test_odds_that_differ_from_cut_to_cut_are_seen():
    rng = np.random.default_rng(5)
    arm = rng.integers(0, 2, 2000)
    shares = np.array([[0.4, 0.2, 0.4], [0.2, 0.6, 0.2]])
    codes = (rng.random(2000)[:, None] > shares[arm].cumsum(axis=1)).sum(axis=1)
    cuts = cut_logits(np.column_stack([np.ones(2000), arm]), codes)
    assert cuts.test(same_at_every_cut([1], 2, 2)).p_value < 1e-10


def test_turning_the_order_turns_the_signs(rows, fit):
    turned = fit_ordinal(design_of(rows), 3 - codes_of(rows))
    np.testing.assert_allclose(turned.beta, -fit.beta, rtol=1e-8)
    np.testing.assert_allclose(turned.cuts, -fit.cuts[::-1], rtol=1e-8)
    np.testing.assert_allclose(turned.probabilities, fit.probabilities[:, ::-1], rtol=1e-8)


def test_without_differences_the_probabilities_are_the_shares():
    codes = np.repeat([0, 1, 2, 0, 1, 2], [10, 20, 30, 10, 20, 30])
    arm = np.repeat([[0.0], [1.0]], 60, axis=0)
    fit = fit_ordinal(arm, codes)
    assert fit.beta[0] == pytest.approx(0, abs=1e-10)
    np.testing.assert_allclose(fit.probabilities[0], [1 / 6, 1 / 3, 1 / 2])
    same = fit_multinomial(np.ones((120, 1)), codes)
    np.testing.assert_allclose(fit.probabilities, same.probabilities)


def test_separation_is_refused_with_the_column(rows):
    codes = codes_of(rows)
    design = np.column_stack([design_of(rows), (codes == 3) & (rows["age"] > 60)])
    with pytest.raises(Separated) as caught:
        fit_ordinal(design, codes)
    assert caught.value.columns == (4,)


def test_bad_input_is_named(rows):
    design, codes = design_of(rows), codes_of(rows)
    with pytest.raises(NotEnoughData) as caught:
        fit_ordinal(design, (codes > 1).astype(int))
    assert str(caught.value) == (
        "There are 2 categories; an order needs 3 or more.\n  Use logistic regression."
    )
    with pytest.raises(NotEnoughData, match="No row is of category 2"):
        fit_ordinal(design, np.where(codes == 2, 1, codes))
    with pytest.raises(NotEnoughData, match="column 5 is determined by columns 0"):
        fit_ordinal(np.column_stack([design, np.ones(len(rows))]), codes)
    with pytest.raises(ValueError, match="missing or infinite"):
        fit_ordinal(np.where(design > 60, np.nan, design), codes)
