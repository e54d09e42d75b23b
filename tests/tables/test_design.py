import numpy as np
import pandas as pd
import pytest

from hipoutcomes.errors import NotEnoughData, TableError
from hipoutcomes.tables.design_from_formula import design


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "final": [3.0, 4.0, None, 5.0, 2.0, 6.0, 1.0],
            "technique": ["swedish", "cupping", "cupping", "cupping", "swedish", None, "swedish"],
            "therapist": [1, 2, 3, 1, 2, 3, 1],
            "baseline": pd.array([5, 6, None, 8, 4, 7, None], dtype="Int64"),
            "my age": [30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0],
            "sex": [0, 1, 0, 1, 0, 1, 0],
        }
    )


def test_columns_and_rows_by_hand(frame):
    made = design(frame, "final ~ technique + baseline + `my age`")
    assert made.columns == ("Intercept", "technique[T.swedish]", "baseline", "my age")
    expected = [[1, 1, 5, 30], [1, 0, 6, 40], [1, 0, 8, 60], [1, 1, 4, 70]]
    assert made.matrix.tolist() == expected
    assert made.outcome.tolist() == [3, 4, 5, 2]
    assert made.used.tolist() == [True, True, False, True, True, False, False]


def test_every_row_left_out_is_counted_once_and_named(frame):
    made = design(frame, "final ~ technique + baseline")
    assert made.dropped == {"without final": 1, "without technique": 1, "without baseline": 1}
    assert made.missing == {"final": 1, "technique": 1, "baseline": 2}
    assert made.used.sum() + sum(made.dropped.values()) == len(frame)


def test_a_further_column_can_be_required(frame):
    made = design(frame.assign(cluster=["a", None, *"bcdef"]), "final ~ sex", also=("cluster",))
    assert made.dropped == {"without final": 1, "without cluster": 1}
    with pytest.raises(TableError, match="no column 'clutser'"):
        design(frame, "final ~ sex", also=("clutser",))


def test_the_reference_grid_has_means_and_balanced_levels(frame):
    made = design(frame.dropna(), "final ~ technique + baseline + sex")
    levels, rows = made.reference_rows("technique")
    assert levels == ["cupping", "swedish"]
    assert rows.tolist() == [[1, 0, 5.75, 0.5], [1, 1, 5.75, 0.5]]
    assert made.reference_rows("sex")[1].tolist() == [[1, 0.5, 5.75, 0], [1, 0.5, 5.75, 1]]


def test_the_grid_within_another_factor_and_its_sizes(frame):
    rows = frame.dropna().assign(sex=[0, 1, 1, 0])
    made = design(rows, "final ~ technique * sex + baseline")
    levels, grid = made.reference_rows("sex", by="technique")
    assert levels == [("cupping", 0), ("cupping", 1), ("swedish", 0), ("swedish", 1)]
    columns = ["Intercept", "technique[T.swedish]", "sex", "baseline"]
    places = [made.columns.index(name) for name in columns]
    expected = [[1, 0, 0, 5.75], [1, 0, 1, 5.75], [1, 1, 0, 5.75], [1, 1, 1, 5.75]]
    assert grid[:, places].tolist() == expected
    assert made.sizes("sex", by="technique").tolist() == [0, 2, 2, 0]
    assert made.sizes("technique").tolist() == [2, 2]
    with pytest.raises(ValueError, match="another factor than 'sex' itself"):
        made.reference_rows("sex", by="sex")
    with pytest.raises(ValueError, match="'baseline' is not a factor"):
        made.reference_rows("sex", by="baseline")


def test_a_patient_counts_once_at_each_level(frame):
    made = design(frame.dropna(subset="final"), "final ~ sex")
    patients = np.array(["ann", "ann", "ben", "cy", "cy", "cy"])
    sexes = made.rows["sex"].tolist()
    sets = [{p for p, s in zip(patients, sexes, strict=True) if s == level} for level in (0, 1)]
    expected = [[len(one & other) for other in sets] for one in sets]
    assert made.shared_patients("sex", None, patients).tolist() == expected == [[2, 2], [2, 3]]


def test_shared_patients_of_very_many():
    rng = np.random.default_rng(3)
    rows = pd.DataFrame(
        {
            "y": rng.normal(size=60_000),
            "arm": rng.choice(list("abc"), 60_000),
            "visit": rng.choice(["start", "end"], 60_000),
            "patient": rng.integers(0, 25_000, 60_000),
        }
    )
    found = design(rows, "y ~ arm + visit").shared_patients("arm", "visit", rows["patient"])
    there = pd.crosstab(rows["patient"], [rows["visit"], rows["arm"]]).gt(0).astype(int)
    np.testing.assert_array_equal(found, there.T @ there)


def test_terms_are_found_as_written_or_by_their_column(frame):
    made = design(
        pd.concat([frame.dropna()] * 3), "final ~ C(therapist) * `my age` + poly(baseline, 2) + sex"
    )
    columns = {
        term: [made.columns[place] for place in made.term_columns(term)]
        for term in ("therapist", "C(therapist)", "my age:therapist", "`my age`", "baseline", "day")
    }
    assert columns["therapist"] == columns["C(therapist)"] == ["C(therapist)[T.2]"]
    assert columns["my age:therapist"] == ["C(therapist)[T.2]:my age"]
    assert columns["`my age`"] == ["my age"] and columns["day"] == []
    assert columns["baseline"] == ["poly(baseline, 2)[1]", "poly(baseline, 2)[2]"]


def test_numbers_are_a_factor_when_wrapped(frame):
    levels, rows = design(frame, "final ~ C(therapist)").reference_rows("therapist")
    assert levels == [1, 2, 3]
    assert rows.tolist() == [[1, 0, 0], [1, 1, 0], [1, 0, 1]]
    with pytest.raises(ValueError, match=r"its factors are: none. Write C\(therapist\)"):
        design(frame, "final ~ therapist").reference_rows("therapist")


def test_transformed_columns_stand_at_the_mean_of_what_was_recorded(frame):
    made = design(frame, "final ~ sex + log(`my age`)")
    _, rows = made.reference_rows("sex")
    ages = frame.loc[frame["final"].notna(), "my age"]
    np.testing.assert_allclose(rows[:, 2], np.log(ages.mean()))


def test_columns_inside_functions_must_be_there_too(frame):
    made = design(frame, "final ~ center(baseline) + scale(`my age`) * sex")
    assert made.dropped == {"without final": 1, "without baseline": 1}
    assert made.missing == {"final": 1, "baseline": 2, "my age": 0, "sex": 0}
    assert made.products == (("my age", "sex"),)
    with pytest.raises(TableError, match="no column 'basline'"):
        design(frame, "final ~ poly(basline, 2)")
    with pytest.raises(ValueError, match="name 'foo' is not defined"):
        design(frame, "final ~ foo(baseline)")


def test_levels_that_no_used_row_has_are_reported(frame):
    last = frame.assign(technique=[*["swedish", "cupping"] * 3, "hot_stone"])
    made = design(last, "final ~ technique + baseline")
    assert made.emptied == {"technique": ("hot_stone",)}
    kinds = pd.CategoricalDtype(["swedish", "hot_stone", "cupping"])
    made = design(frame.assign(technique=frame["technique"].astype(kinds)), "final ~ technique")
    assert made.emptied == {"technique": ("hot_stone",)}
    assert made.columns == ("Intercept", "technique[T.cupping]")


def test_a_misspelt_column_names_those_there_are(frame):
    with pytest.raises(TableError) as caught:
        design(frame, "final ~ tecnique + baseline")
    assert "no column 'tecnique'" in str(caught.value)
    assert "final, technique, therapist, baseline, my age, sex" in str(caught.value)


def test_names_of_the_program_itself_are_not_columns(frame):
    with pytest.raises(TableError, match="no column 'formula', 'used'"):
        design(frame, "final ~ formula + used")


def test_nobody_with_every_value(frame):
    with pytest.raises(NotEnoughData, match=r"No row of 7") as caught:
        design(frame.assign(baseline=np.nan), "final ~ technique + baseline")
    assert "final in 1; technique in 1; baseline in 7" in str(caught.value)


def test_a_factor_with_one_level(frame):
    with pytest.raises(NotEnoughData, match="Every one of the 6 rows used has technique 'mixed'"):
        design(frame.assign(technique="mixed"), "final ~ technique")
    with pytest.raises(NotEnoughData, match="Every one of the 6 rows used has therapist '2'"):
        design(frame.assign(therapist=2), "final ~ C(therapist) + sex")


def test_numbers_kept_as_objects_are_numbers(frame):
    frame = frame.assign(baseline=[5, 6, None, 8, 4, 7, None]).astype({"baseline": object})
    assert design(frame, "final ~ baseline").columns == ("Intercept", "baseline")


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("final", "one outcome and one right-hand side"),
        ("final ~ sex | baseline", "one outcome and one right-hand side"),
        ("final ~ sex +", "cannot be read"),
        ("technique ~ sex", "one column of numbers"),
        ("final ~ 0", "is empty"),
        ("final ~ log(sex)", r"log\(sex\) in 3 rows"),
        ("final ~ day", "'day' holds dates"),
    ],
)
def test_a_formula_that_cannot_be_used_says_why(frame, formula, says):
    frame = frame.assign(day=pd.Timestamp("2024-05-01"))
    with pytest.raises(ValueError, match=says):
        design(frame, formula)


def test_polars_gives_the_same_design(frame):
    polars = pytest.importorskip("polars", reason="polars comes with the extra 'bench'")
    same = polars.from_pandas(frame)
    formula = "final ~ technique + baseline + C(therapist)"
    np.testing.assert_array_equal(design(same, formula).matrix, design(frame, formula).matrix)
