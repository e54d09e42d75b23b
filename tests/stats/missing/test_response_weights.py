"""Weights against glm and a stacked sandwich of R, and what they reduce to."""

import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.missing.response_weights import response_weights, weighted_mean

#: Weights of two programs that both went on to machine precision.
SAME = 1e-9

#: The oracle's derivatives are numerical.
NUMERICAL = 1e-6


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def oracle(root):
    folder = root / "tests" / "oracles" / "response_weights"
    rows = rows_of(folder / "patients.csv")
    columns = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    design = np.column_stack([np.ones(len(rows)), columns["first"], columns["age"]])
    made = response_weights(columns["measured"] == 1, design)
    return folder, columns, made


def test_chances_and_weights_are_those_of_glm(oracle):
    folder, columns, made = oracle
    rows = rows_of(folder / "weights.csv")
    chance = [float(row["chance"]) for row in rows]
    assert made.chance == pytest.approx(chance, rel=SAME)
    assert made.weights == pytest.approx([float(row["weight"]) for row in rows], rel=SAME)
    assert made.n_truncated == 0
    assert made.weights[columns["measured"] == 1].mean() == pytest.approx(1.0)


def test_the_weighted_mean_and_its_sandwich_are_those_of_the_stacked_equations(oracle):
    folder, columns, made = oracle
    rows = rows_of(folder / "numbers.csv")
    assert len(rows) == 2
    for row in rows:
        counted = None if row["who"] == "all" else columns["first"] >= 5
        mean = weighted_mean(columns["improvement"], made, counted)
        effective = float(row["effective_n"])
        assert mean.estimate == pytest.approx(float(row["estimate"]), rel=SAME)
        # The package's standard error carries the correction for few patients on top.
        correction = (effective / (effective - 3)) ** 0.5
        assert mean.std_error == pytest.approx(
            float(row["sandwich_error"]) * correction, rel=NUMERICAL
        )
        assert mean.df == pytest.approx(effective - 3, rel=SAME)


def everyone(n=60, n_missing=15):
    measured = np.arange(n) >= n_missing
    return np.random.default_rng(2).permutation(measured)


def test_where_nothing_is_known_the_weighted_mean_is_the_observed_one():
    measured = everyone()
    values = np.arange(60.0) % 7
    made = response_weights(measured, np.ones((60, 1)))
    mean = weighted_mean(values, made)
    assert made.effective_n == pytest.approx(45)
    assert mean.estimate == pytest.approx(values[measured].mean())
    # Of 45 patients, with one column and one degree of freedom for it.
    assert mean.std_error == pytest.approx(values[measured].std(ddof=1) / 45**0.5)
    assert mean.df == pytest.approx(44)


def test_a_factor_weights_each_level_up_to_all_who_were_due():
    level = np.repeat([0.0, 1.0], 40)
    measured = np.concatenate([np.arange(40) < 30, np.arange(40) < 20])
    values = np.where(level == 1, 1.0, 5.0)
    made = response_weights(measured, np.column_stack([np.ones(80), level]))
    assert weighted_mean(values, made).estimate == pytest.approx(3.0)
    assert values[measured].mean() == pytest.approx(3.4)


def test_values_of_those_not_measured_are_never_read():
    measured = everyone()
    made = response_weights(measured, np.ones((60, 1)))
    values = np.where(measured, 2.0, np.nan)
    assert weighted_mean(values, made).estimate == pytest.approx(2.0)


def test_a_patient_who_was_all_but_sure_to_be_missing_is_held_down_and_counted():
    x = np.concatenate([np.zeros(60), np.ones(60)])
    measured = np.concatenate([np.arange(60) < 40, np.arange(60) < 2])
    made = response_weights(measured, np.column_stack([np.ones(120), x]))
    assert made.n_truncated == 2
    assert made.chance.min() == 0.05
    # Two stand for 40 instead of 60, beside the 60 of the others.
    assert weighted_mean(x, made).estimate == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("n", "n_missing", "n_columns", "message"),
    [
        (
            29,
            9,
            1,
            "Weights need 30 patients due, 10 measured and 5 not measured; there are 29, 20 and 9.",
        ),
        (
            40,
            4,
            1,
            "Weights need 30 patients due, 10 measured and 5 not measured; there are 40, 36 and 4.",
        ),
        (
            40,
            31,
            1,
            "Weights need 30 patients due, 10 measured and 5 not measured; there are 40, 9 and 31.",
        ),
        (
            60,
            12,
            3,
            "3 columns known at the start need 5 patients each, measured and not measured; there "
            "are 48 and 12.\n  Leave out columns.",
        ),
    ],
)
def test_too_few_patients_are_refused(n, n_missing, n_columns, message):
    measured = everyone(n, n_missing)
    columns = np.random.default_rng(1).standard_normal((n, n_columns))
    with pytest.raises(NotEnoughData) as caught:
        response_weights(measured, np.column_stack([np.ones(n), columns]))
    assert str(caught.value) == message


@pytest.mark.parametrize("columns", ["separated", "determined"])
def test_separated_and_collinear_columns_are_refused(columns):
    measured = everyone()
    x = measured.astype(float) if columns == "separated" else np.ones(60)
    with pytest.raises(NotEnoughData) as caught:
        response_weights(measured, np.column_stack([np.ones(60), x]))
    assert str(caught.value) == (
        "What is known at the start tells completely who was measured and who was not, or its "
        "columns determine one another: there are no weights.\n  Leave out a column."
    )


def test_a_design_with_a_gap_is_refused():
    design = np.ones((60, 1))
    design[3] = np.nan
    with pytest.raises(ValueError) as caught:
        response_weights(everyone(), design)
    assert str(caught.value) == "design must have 60 rows of finite numbers; its shape is (60, 1)."
