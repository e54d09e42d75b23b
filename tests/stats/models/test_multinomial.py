import numpy as np
import pandas as pd
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.categories.multinomial import fit_multinomial
from hipoutcomes.stats.models.categories.separation import Separated

# See tests/oracles/multinomial/script.R: nnet's optimiser stops within 1e-7 of the maximum.
CLOSE = 1e-6


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "multinomial"


@pytest.fixture(scope="module")
def rows(folder):
    return pd.read_csv(folder / "rows.csv")


def design_of(rows):
    return np.column_stack([np.ones(len(rows)), rows[["age", "baseline", "female"]]])


@pytest.fixture(scope="module")
def fit(rows):
    return fit_multinomial(design_of(rows), rows["chosen"].to_numpy())


def test_coefficients_and_probabilities_are_those_of_nnet(folder, fit):
    expected = pd.read_csv(folder / "numbers.csv")
    np.testing.assert_allclose(fit.beta.ravel(), expected["estimate"], rtol=CLOSE)
    std_errors = np.sqrt(np.diag(fit.covariance))
    np.testing.assert_allclose(std_errors, expected["std_error"], rtol=CLOSE)
    probabilities = pd.read_csv(folder / "probabilities.csv").to_numpy()
    np.testing.assert_allclose(fit.probabilities[: len(probabilities)], probabilities, rtol=CLOSE)
    assert fit.log_likelihood == pytest.approx(-291.812224016265, rel=1e-12)


def test_scores_add_to_nothing_and_probabilities_to_one(rows, fit):
    assert fit.gradient < 1e-10
    np.testing.assert_allclose(fit.scores.sum(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(fit.probabilities.sum(axis=1), 1, rtol=1e-14)
    # Marginal totals are reproduced, as for every logit model with an intercept.
    counts = np.bincount(rows["chosen"])
    np.testing.assert_allclose(fit.probabilities.sum(axis=0), counts, rtol=1e-9)
    np.testing.assert_allclose(fit.predict(design_of(rows)), fit.probabilities, atol=1e-12)


def test_a_start_from_elsewhere_ends_at_the_same_place(rows, fit):
    again = fit_multinomial(
        design_of(rows),
        rows["chosen"].to_numpy(),
        start=fit.beta + np.array([0.2, 0.01, 0.05, -0.1]),
    )
    np.testing.assert_allclose(again.beta, fit.beta, rtol=1e-8)


def test_units_and_origins_of_columns_do_not_matter(rows, fit):
    design = design_of(rows)
    design[:, 1] = design[:, 1] * 365.25 + 700_000
    moved = fit_multinomial(design, rows["chosen"].to_numpy())
    np.testing.assert_allclose(moved.probabilities, fit.probabilities, rtol=1e-7)
    np.testing.assert_allclose(moved.beta[:, 1] * 365.25, fit.beta[:, 1], rtol=1e-6)


def test_one_binary_column_gives_the_log_odds_ratio_of_the_table():
    table = np.array([[10, 20, 5], [8, 4, 16]])
    arm = np.repeat([0, 1], table.sum(axis=1))
    codes = np.concatenate([np.repeat(np.arange(3), row) for row in table])
    fit = fit_multinomial(np.column_stack([np.ones(len(arm)), arm]), codes)
    ratios = table[1, 1:] * table[0, 0] / (table[0, 1:] * table[1, 0])
    np.testing.assert_allclose(np.exp(fit.beta[:, 1]), ratios, rtol=1e-9)
    variance = np.diag(fit.covariance).reshape(2, 2)[:, 1]
    np.testing.assert_allclose(variance, (1 / table[:, 1:] + 1 / table[:, :1]).sum(axis=0))


def test_probabilities_far_from_even_are_no_separation():
    codes = np.repeat([0, 1], [200_000, 1])
    fit = fit_multinomial(np.ones((200_001, 1)), codes)
    assert fit.probabilities[0, 1] == pytest.approx(1 / 200_001, rel=1e-9)


@pytest.mark.parametrize("kind", ["complete", "one level", "two columns"])
def test_separation_is_refused_with_the_positions_of_the_columns(rows, kind):
    codes, design = rows["chosen"].to_numpy(), design_of(rows)
    extra = {
        "complete": (codes == 2) * 3.0 + design[:, 1] / 100,
        "one level": ((codes == 2) & (design[:, 1] > 50)).astype(float),
        "two columns": design[:, 2] + 50 * (codes == 1),
    }[kind]
    with pytest.raises(Separated) as caught:
        fit_multinomial(np.column_stack([design, extra]), codes)
    assert 4 in caught.value.columns and 0 not in caught.value.columns
    if kind == "one level":
        assert caught.value.columns == (4,)
        assert str(caught.value) == (
            "column 4 separates the categories: some values occur with one side only.\n"
            "  Log odds then have no finite estimate.\n"
            "  Leave the column out, merge levels, or collect more rows."
        )


def test_bad_input_is_named(rows):
    codes, design = rows["chosen"].to_numpy(), design_of(rows)
    with pytest.raises(NotEnoughData) as caught:
        fit_multinomial(design, np.where(codes == 2, 4, codes))
    assert str(caught.value) == (
        "No row is of category 2.\n"
        "  The 5 categories need rows, each.\n"
        "  Leave out the categories that do not occur."
    )
    with pytest.raises(NotEnoughData, match="All 240 rows are of one category"):
        fit_multinomial(design, np.zeros(len(codes), int))
    with pytest.raises(NotEnoughData, match="column 4 is determined by columns 0, 1"):
        fit_multinomial(np.column_stack([design, 2 * design[:, 1] + 3]), codes)
    with pytest.raises(NotEnoughData, match="column 4 is all zeros"):
        fit_multinomial(np.column_stack([design, 0 * design[:, 1]]), codes)
    with pytest.raises(NotEnoughData, match="4 coefficients need more than 4 rows; there are 4"):
        fit_multinomial(design[:4], np.array([0, 1, 0, 1]))
    with pytest.raises(ValueError, match="missing or infinite"):
        fit_multinomial(np.where(design == design[3, 1], np.nan, design), codes)
    with pytest.raises(ValueError, match=r"design must have shape \(240, k\)"):
        fit_multinomial(design[1:], codes)
    with pytest.raises(ValueError, match="whole-number codes"):
        fit_multinomial(design, codes / 2)
