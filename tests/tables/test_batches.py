import duckdb
import numpy as np
import pandas as pd
import pytest

from hipoutcomes.errors import TableError
from hipoutcomes.tables.batch_design import batch_design
from hipoutcomes.tables.batches import batches
from hipoutcomes.tables.design_from_formula import design


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(4)
    rows = pd.DataFrame({"who": rng.integers(0, 400, 3000), "pain": rng.normal(size=3000)})
    rows["arm"] = pd.Categorical(rng.choice(list("abc"), 3000))
    rows.loc[[5, 99], "who"] = None
    return rows


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
@pytest.mark.parametrize("rows", [1, 7, 100, 2998, 10_000])
def test_every_row_comes_once_and_no_patient_in_two_batches(frame, engine, rows):
    source = frame if engine == "pandas" else duckdb.from_df(frame)
    parts = list(batches(source, patient="who", rows=rows))
    together = pd.concat(parts)
    assert sorted(together["pain"]) == sorted(frame["pain"])
    seen: set = set()
    for part in parts:
        here = set(part["who"].dropna())
        assert not here & seen
        seen |= here
    assert len(seen) == frame["who"].nunique()
    assert parts[-1]["who"].isna().sum() == 2
    if rows == 100:
        assert len(parts) > 20
        assert max(len(part) for part in parts) <= 130


def test_a_patient_with_more_rows_than_a_batch_comes_whole():
    frame = pd.DataFrame({"who": [1] * 3 + [2] * 50 + [3], "pain": 1.0})
    for source in (frame, duckdb.from_df(frame)):
        sizes = [len(part) for part in batches(source, patient="who", rows=10)]
        assert sum(sizes) == 54
        assert 50 in sizes or max(sizes) > 50


def test_an_empty_source_gives_no_batch():
    empty = pd.DataFrame({"who": pd.Series(dtype=float), "pain": pd.Series(dtype=float)})
    assert list(batches(empty, patient="who")) == []
    assert list(batches(duckdb.from_df(empty), patient="who")) == []


def test_what_batches_cannot_come_from(frame):
    with pytest.raises(TableError) as caught:
        batches(frame, patient="patient")
    assert str(caught.value) == (
        "The source has no column 'patient'.\n"
        "  Its columns are: who, pain, arm.\n"
        "  Correct the name."
    )
    with pytest.raises(ValueError, match=r"rows must be 1 or more; it is 0\."):
        batches(frame, patient="who", rows=0)
    with pytest.raises(ValueError, match="this is a list"):
        batches([1, 2], patient="who")


def people():
    rng = np.random.default_rng(6)
    return pd.DataFrame(
        {
            "pain": rng.normal(size=300),
            "arm": rng.choice(["swedish", "cupping", "trigger"], 300),
            "site": rng.choice([4, 9], 300),
            "my age": rng.normal(50, 9, 300),
            "k": rng.integers(0, 5, 300),
        }
    )


@pytest.mark.parametrize(
    "formula",
    [
        "pain ~ arm * k + C(site) + `my age`",
        "pain ~ arm:C(site) + k",
        "pain ~ 0 + arm + k:`my age`",
        "pain ~ C(site) * arm * k",
        "pain ~ 1",
    ],
)
def test_columns_fixed_before_the_rows_are_those_of_formulaic(formula):
    frame = people()
    levels = {"arm": ("cupping", "swedish", "trigger"), "site": (4, 9)}
    made = batch_design(formula, levels, list(frame))
    expected = design(frame, formula)
    assert made.columns == expected.columns
    columns, outcome = made.read(frame)
    np.testing.assert_array_equal(columns.matrix(), expected.matrix)
    np.testing.assert_array_equal(outcome, frame["pain"])
    beta = np.linspace(1, 2, len(made.columns))
    np.testing.assert_allclose(columns.times(beta), expected.matrix @ beta, rtol=1e-12)
    np.testing.assert_allclose(columns.crossed(outcome), expected.matrix.T @ outcome, atol=1e-10)
    part = frame[frame["arm"] == "trigger"].head(9)
    assert made.read(part)[0].matrix().tolist() == expected.matrix[part.index].tolist()


def test_a_design_in_batches_must_be_plain_and_know_its_levels():
    frame = people()
    levels = {"arm": ("cupping", "swedish")}
    with pytest.raises(ValueError, match="cannot be used in batches: a column of it depends on"):
        batch_design("pain ~ center(k)", levels, list(frame))
    with pytest.raises(TableError, match="The source has no column 'week'"):
        batch_design("pain ~ week", levels, list(frame))
    with pytest.raises(TableError) as caught:
        batch_design("pain ~ arm", levels, list(frame)).read(frame)
    assert str(caught.value) == (
        "arm has trigger in these rows.\n"
        "  The design knows: cupping, swedish.\n"
        "  Give every level that any part of the rows has."
    )
