"""Columns made from codes are those of formulaic, and what is not plain is left to formulaic."""

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.tables import design_from_formula as design_module
from hipoutcomes.tables.design_from_formula import design
from hipoutcomes.tables.formula_columns import parsed_formula
from hipoutcomes.tables.plain_columns import plain_columns


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(5)
    n = 600
    return pd.DataFrame(
        {
            "pain": rng.normal(size=n),
            "arm": pd.Categorical(rng.choice(list("bca"), n), list("cabz")),
            "site": rng.choice(["north", "south", "west"], n),
            "therapist": rng.choice([3, 11, 20], n),
            "sex": rng.integers(0, 2, n),
            "seen": rng.random(n) < 0.4,
            "my age": rng.normal(50, 9, n),
            "k": pd.array(rng.integers(0, 6, n), dtype="Int32"),
        }
    )


PLAIN = [
    "pain ~ arm",
    "pain ~ arm * k + site + `my age`",
    "pain ~ arm:site + C(therapist)",
    "pain ~ 0 + arm + k:arm",
    "pain ~ arm * site * k",
    "pain ~ C(therapist) * sex + k:`my age`",
    "pain ~ 1",
    "k ~ arm + sex",
]
NOT_PLAIN = [
    "pain ~ poly(k, 2) + arm",
    "pain ~ center(k)",
    "log(k + 1) ~ arm",
    "pain ~ seen",
    "pain ~ C(site, contr.sum)",
    "pain ~ k + I(k ** 2)",
]


@pytest.mark.parametrize("formula", PLAIN)
def test_plain_columns_are_those_of_formulaic(monkeypatch, frame, formula):
    slow = design(frame, formula)
    monkeypatch.setattr(design_module, "MANY_ROWS", 10)
    quick = design(frame, formula)
    assert plain_columns(parsed_formula(formula), quick.rows.assign(pain=1.0, k=1)) is not None
    assert quick.columns == slow.columns
    np.testing.assert_array_equal(quick.matrix, slow.matrix)
    np.testing.assert_array_equal(quick.outcome, slow.outcome)
    assert (quick.outcome_name, dict(quick.middles)) == (slow.outcome_name, dict(slow.middles))
    assert {k: v.to_dict() for k, v in quick.levels.items()} == {
        k: v.to_dict() for k, v in slow.levels.items()
    }
    for factor in slow.levels:
        one, other = quick.reference_rows(factor), slow.reference_rows(factor)
        assert one[0] == other[0]
        np.testing.assert_array_equal(one[1], other[1])
    beta = np.linspace(-1, 2, len(slow.columns))
    np.testing.assert_allclose(quick.held.times(beta), slow.matrix @ beta, atol=1e-10)
    np.testing.assert_allclose(
        quick.held.crossed(slow.outcome), slow.matrix.T @ slow.outcome, atol=1e-9
    )


@pytest.mark.parametrize("formula", NOT_PLAIN)
def test_other_formulas_are_left_to_formulaic(monkeypatch, frame, formula):
    rows = frame.assign(arm=frame["arm"].cat.remove_unused_categories())
    assert plain_columns(parsed_formula(formula), rows) is None
    slow = design(frame, formula)
    monkeypatch.setattr(design_module, "MANY_ROWS", 10)
    np.testing.assert_array_equal(design(frame, formula).matrix, slow.matrix)


def test_an_infinite_number_is_named_whoever_makes_the_columns(monkeypatch, frame):
    monkeypatch.setattr(design_module, "MANY_ROWS", 10)
    broken = frame.assign(dose=np.where(frame.index == 4, np.inf, 1.0 + frame.index))
    with pytest.raises(ValueError) as caught:
        design(broken, "pain ~ arm + dose")
    assert str(caught.value) == (
        "The formula 'pain ~ arm + dose' gives a number that is not finite: dose in 1 rows. "
        "Look for the logarithm of zero, or a division by it."
    )


def test_a_level_that_only_the_last_row_has_is_found(monkeypatch, frame):
    monkeypatch.setattr(design_module, "MANY_ROWS", 10)
    monkeypatch.setattr("hipoutcomes.tables.plain_columns._HEAD", 50)
    late = frame.assign(site=np.where(frame.index == 599, "zeeland", frame["site"]))
    made = design(late, "pain ~ site")
    assert made.columns[-1] == "site[T.zeeland]"
    assert made.matrix[:, -1].nonzero()[0].tolist() == [599]
