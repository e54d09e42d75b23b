"""Imputed scores against mice within Monte-Carlo error, and what they must keep."""

import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.missing.imputation import _lent, matched_imputations

#: As many data sets as the oracle has.
SETS = 4_000

#: Standard errors of the difference of two Monte-Carlo answers that ten numbers stay within.
WITHIN = 4.0


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def oracle(root):
    folder = root / "tests" / "oracles" / "imputation"
    rows = rows_of(folder / "patients.csv")
    number = {name: np.array([float(row[name] or "nan") for row in rows]) for name in rows[0]}
    design = np.column_stack([np.ones(len(rows)), number["first"], number["age"]])
    return rows_of(folder / "numbers.csv"), design, number["first"], number["later"]


def test_pooled_mean_share_and_their_spread_are_those_of_mice(oracle):
    numbers, design, first, later = oracle
    there = ~np.isnan(later)
    drawn = matched_imputations(
        later[there], design[there], design[~there], n_imputations=SETS, seed=12
    )
    complete = np.tile(later, (SETS, 1))
    complete[:, ~there] = drawn
    change = first - complete
    means, better = change.mean(axis=1), (change >= 2).mean(axis=1)
    got = {
        "mean": means.mean(),
        "between": means.var(ddof=1),
        "within": (change.var(axis=1, ddof=1) / len(first)).mean(),
        "share": better.mean(),
        "share_between": better.var(ddof=1),
    }
    assert len(numbers) == len(got)
    for row in numbers:
        difference = abs(got[row["quantity"]] - float(row["value"]))
        assert difference <= WITHIN * 2**0.5 * float(row["error"]), row


def few(n=20, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.integers(3, 10, n).astype(float)
    design = np.column_stack([np.ones(n), x])
    return np.clip(np.rint(0.5 * x + rng.normal(0, 1.5, n)), 0, 10), design


def test_matched_scores_are_scores_that_someone_gave():
    outcome, design = few()
    lent = matched_imputations(outcome, design, design[:7], n_imputations=50, seed=3)
    assert lent.shape == (50, 7)
    assert set(lent.ravel()) <= set(outcome)


def test_one_donor_is_the_nearest_prediction():
    outcome = np.arange(12.0) ** 2
    design = np.column_stack([np.ones(12), np.arange(12.0)])
    rng = np.random.default_rng(0)
    got = _lent(outcome, design[:, 1], np.array([-3.0, 4.2, 6.9, 40.0]), 1, rng)
    assert got.tolist() == [0.0, 16.0, 49.0, 121.0]


def test_ties_are_broken_at_random():
    outcome = np.arange(40.0)
    design = np.column_stack([np.ones(40), np.repeat([0.0, 1.0], 20)])
    lent = matched_imputations(outcome, design, design[:1], n_imputations=2_000, seed=4)
    counts = np.array([(lent == score).sum() for score in range(40)])
    assert (counts[:20] > 0).sum() == 20


def test_the_seed_decides():
    outcome, design = few()
    one, other, third = (
        matched_imputations(outcome, design, design[:7], n_imputations=9, seed=seed)
        for seed in (5, 5, 6)
    )
    assert (one == other).all()
    assert (one != third).any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"n": 9},
            "Imputation needs 10 patients measured, and 10 for each column known at the start; "
            "there are 9 for 1.\n  Leave out columns.",
        ),
        (
            {"alike": True},
            "The outcome is 4 in all 20 rows: there is nothing to explain.\n"
            "  Check that the right outcome column was chosen.",
        ),
    ],
)
def test_too_few_or_all_alike_is_refused(change, message):
    outcome, design = few(change.get("n", 20))
    if change.get("alike"):
        outcome = np.full(len(outcome), 4.0)
    with pytest.raises(NotEnoughData) as caught:
        matched_imputations(outcome, design, design[:3], n_imputations=5, seed=1)
    assert str(caught.value) == message


def test_one_data_set_is_refused():
    outcome, design = few()
    with pytest.raises(ValueError) as caught:
        matched_imputations(outcome, design, design[:3], n_imputations=1, seed=1)
    assert str(caught.value) == "n_imputations must be 2 or more; it is 1."
