import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hipoutcomes.analyses.models.repeated import repeated_measures
from hipoutcomes.errors import NotEnoughData, TableError
from hipoutcomes.vocabulary.columns import ESTIMATE_NAMES

FEV = "FEV1 ~ RACE + SEX + ARMCD*AVISIT"


@pytest.fixture(scope="module")
def fev(real_data):
    path = real_data / "fev-mmrm" / "fev_data.csv"
    if not path.exists():
        pytest.skip("the repeated-measures data is not beside this checkout")
    return pd.read_csv(path)


@pytest.fixture(scope="module")
def fev_model(fev):
    # the published coefficients take women against men
    sexes = pd.CategoricalDtype(["Male", "Female"])
    return repeated_measures(
        fev.assign(SEX=fev["SEX"].astype(sexes)), FEV, patient="USUBJID", visit="AVISIT"
    )


@pytest.fixture(scope="module")
def course(root):
    rows = pd.read_csv(root / "tests" / "oracles" / "repeated" / "rows.csv")
    visits = pd.CategoricalDtype(["start", "week 2", "week 6", "week 12"])
    return rows.assign(visit=rows["visit"].astype(visits))


def fitted(frame, formula="pain ~ arm * visit + age", **options):
    return repeated_measures(frame, formula, patient="patient", visit="visit", **options)


def test_the_artificial_trial_as_sas_and_mmrm_give_it(fev_model):
    assert dict(fev_model.sample) == {
        "rows": 800, "without FEV1": 263, "rows used": 537, "patients": 197,
    }  # fmt: skip
    assert round(fev_model.fit.deviance, 2) == 3386.45
    table = fev_model.table.set_index("term")
    expected = {
        "Intercept": (30.77741, 0.88657),
        "RACE[T.Black or African American]": (1.53061, 0.62445),
        "RACE[T.White]": (5.64358, 0.66558),
        "SEX[T.Female]": (0.32601, 0.53193),
        "ARMCD[T.TRT]": (3.77440, 1.07417),
        "AVISIT[T.VIS2]": (4.83960, 0.80174),
        "AVISIT[T.VIS3]": (10.34217, 0.82269),
        "AVISIT[T.VIS4]": (15.05379, 1.31288),
        "ARMCD[T.TRT]:AVISIT[T.VIS2]": (-0.04206, 1.12935),
        "ARMCD[T.TRT]:AVISIT[T.VIS3]": (-0.69379, 1.18764),
        "ARMCD[T.TRT]:AVISIT[T.VIS4]": (0.62413, 1.85096),
    }
    assert set(table.index) == set(expected)
    for term, (estimate, std_error) in expected.items():
        assert table.loc[term, "estimate"] == pytest.approx(estimate, abs=5e-5), term
        assert table.loc[term, "std_error"] == pytest.approx(std_error, abs=5e-5), term
    treated = table.loc["ARMCD[T.TRT]"]
    assert treated["df"] == pytest.approx(145.55, rel=0.01)
    assert round(treated["statistic"], 3) == 3.514


def test_differences_at_each_visit_as_sas_gives_them(fev_model):
    table = fev_model.contrasts("ARMCD", reference="PBO", by="AVISIT").table.set_index("within")
    expected = {
        "VIS1": (3.7745, 1.0741),
        "VIS2": (3.7322, 0.8588),
        "VIS3": (3.0806, 0.6896),
        "VIS4": (4.3985, 1.6805),
    }
    for visit, (estimate, std_error) in expected.items():
        assert table.loc[visit, "estimate"] == pytest.approx(estimate, abs=5e-4), visit
        assert table.loc[visit, "std_error"] == pytest.approx(std_error, abs=5e-4), visit
    last = table.loc["VIS4"]
    assert last["df"] == pytest.approx(133, rel=0.01)
    assert (last["conf_low"], last["conf_high"]) == pytest.approx((1.0746, 7.7225), abs=5e-4)
    assert last["n_patients"] == 134


def test_the_door_gives_the_numbers_of_the_oracle(root, course):
    folder = root / "tests" / "oracles" / "repeated"
    model = fitted(course)
    expected = pd.read_csv(folder / "numbers.csv")
    pieces = expected["term"].str.replace(r"(arm|visit)([\w ]+)", r"\1[T.\2]", regex=True)
    found = model.table.set_index("term").loc[pieces.replace("(Intercept)", "Intercept")]
    for name, rel in {"estimate": 1e-6, "std_error": 1e-6, "df": 1e-3, "p_value": 1e-4}.items():
        np.testing.assert_allclose(found[name], expected[name], rtol=rel, err_msg=name)
    tests = pd.read_csv(folder / "tests.csv").query("kind == 'kenward_roger'")
    answer = model.test(*tests["term"]).table
    for name in ("statistic", "df_numerator", "df", "p_value"):
        np.testing.assert_allclose(answer[name], tests[name], rtol=1e-4, err_msg=name)
    assert answer["n_patients"].eq(96).all()


def test_the_covariance_of_the_visits_is_a_tidy_table(root, course):
    oracle = pd.read_csv(root / "tests" / "oracles" / "repeated" / "covariance.csv")
    oracle = oracle.set_index(["row", "column"])
    model = fitted(course)
    for quantity in ("covariance", "correlation"):
        table = model.supporting[quantity]
        assert set(table) <= ESTIMATE_NAMES
        pairs = list(zip(table["visit"], table["other_visit"], strict=True))
        assert len(pairs) == (10 if quantity == "covariance" else 6)
        np.testing.assert_allclose(table["estimate"], oracle.loc[pairs, quantity], rtol=1e-6)
    scored = course.dropna(subset="pain")
    both = set(scored.loc[scored["visit"] == "week 2", "patient"])
    both &= set(scored.loc[scored["visit"] == "week 12", "patient"])
    row = table.query("visit == 'week 2' and other_visit == 'week 12'").iloc[0]
    assert row["n_patients"] == len(both)
    covariance = model.supporting["covariance"]
    assert (covariance["quantity"] == "variance").sum() == 4


def test_words_notes_and_tables_keep_to_the_contract(course):
    model = fitted(course)
    text = model.summary()
    assert "had nobody's score been missing, if scores are missing at random" in text
    assert "over the 4 levels of visit that each patient has or misses" in text
    assert "Rows left out are taken to be like" not in text
    assert "effect only if" in text and "not in the formula" not in text
    for answer in (model, model.means("arm", by="visit"), model.contrasts("visit", by="arm")):
        assert set(answer.table) <= ESTIMATE_NAMES
        assert (answer.table["n_patients"] <= 96).all()
    assert model.means("arm", by="visit").plot().get_yticklabels()[0].get_text().startswith("start")


def test_minimums_count_patients_and_not_rows(course):
    rows = course.dropna(subset="pain")
    few = rows[(rows["arm"] != "swedish") | (rows["patient"].isin(rows["patient"].unique()[:30]))]
    model = fitted(few, "pain ~ arm + visit")
    means = model.means("arm").table.set_index("group")
    small = few.loc[few["arm"] == "swedish", "patient"].nunique()
    assert means.loc["swedish", "n_patients"] == small < 20 < means.loc["swedish", "n_rows"]
    table = model.contrasts("arm", "control").table.set_index("contrast")
    assert table.loc["swedish - control", "reason"] == (
        f"only {small} patients at 'swedish'; a contrast needs 20 at each level"
    )
    visits = model.contrasts("visit", "start").table
    everyone = few["patient"].nunique()
    assert visits["n_patients"].eq(everyone).all() and (visits["n_rows"] > everyone).all()


def test_two_complete_visits_are_the_paired_t_test():
    rng = np.random.default_rng(3)
    before, after = rng.normal(6, 1, 24), rng.normal(5, 2, 24)
    frame = pd.DataFrame(
        {
            "patient": [f"p{i}" for i in range(24)] * 2,
            "visit": np.repeat([1, 6], 24),
            "pain": np.concatenate([before, after]),
        }
    ).sample(frac=1, random_state=1)
    row = fitted(frame, "pain ~ visit", level=0.9).contrasts("visit", reference=1).table.iloc[0]
    expected = stats.ttest_rel(after, before)
    assert row["statistic"] == pytest.approx(expected.statistic)
    assert row["p_value"] == pytest.approx(expected.pvalue)
    low, high = expected.confidence_interval(0.9)
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((low, high))
    assert row["n_patients"] == 24 and row["n_rows"] == 48


def test_visits_of_numbers_words_and_categories_are_the_same_model(course):
    numbers = course.assign(visit=course["visit"].cat.codes)
    words = course.assign(visit=course["visit"].astype(str))
    found = [
        fitted(course, "pain ~ age + visit").fit,
        fitted(numbers, "pain ~ age + C(visit)").fit,
        fitted(words, "pain ~ age + visit").fit,
    ]
    for fit in found[1:]:
        assert fit.deviance == pytest.approx(found[0].deviance, abs=1e-8)
    assert fitted(numbers, "pain ~ age").supporting["covariance"]["visit"].iloc[-1] == "3"


def test_rows_missing_altogether_and_rows_without_a_score_are_the_same(course):
    whole, short = fitted(course), fitted(course.dropna(subset="pain"))
    pd.testing.assert_frame_equal(whole.table, short.table)
    assert whole.sample["without pain"] == course["pain"].isna().sum()


def test_a_visit_outside_the_formula_is_said(course):
    notes = fitted(course, "pain ~ arm + age").notes
    assert any(note.startswith("visit is not in the formula: the mean is taken") for note in notes)


def test_the_frame_is_left_as_it_was(course):
    before = course.copy()
    fitted(course).contrasts("arm", by="visit")
    pd.testing.assert_frame_equal(course, before)


def test_polars_gives_the_same(course):
    polars = pytest.importorskip("polars", reason="polars comes with the extra 'bench'")
    words = course.assign(visit=course["visit"].astype(str))
    pd.testing.assert_frame_equal(fitted(polars.from_pandas(words)).table, fitted(words).table)


def test_what_cannot_be_fitted_names_columns_and_visits(course):
    twice = pd.concat([course, course[course["visit"] == "week 6"].dropna().head(3)])
    with pytest.raises(NotEnoughData) as caught:
        fitted(twice)
    assert str(caught.value).split("\n  ")[0] == (
        "3 patients have two rows or more at one visit, for example at 'week 6'."
    )
    with pytest.raises(NotEnoughData, match="Every row is of one visit, 'start'"):
        fitted(course[course["visit"] == "start"], "pain ~ arm")
    apart = course[(course["patient"] % 2 == 0) ^ (course["visit"] == "week 12")]
    with pytest.raises(NotEnoughData, match="at both start and week 12; nor at both week 2 and"):
        fitted(apart)
    with pytest.raises(NotEnoughData, match="20 patients are too few: the model has 13 coeff"):
        fitted(course[course["patient"] <= 20])
    with pytest.raises(NotEnoughData, match="half is fixed by age"):
        fitted(course.assign(half=course["age"] / 2), "pain ~ visit + age + half")
    with pytest.raises(NotEnoughData, match=r"pain is 3 in all 384 rows used"):
        fitted(course.assign(pain=3.0))
    with pytest.raises(TableError, match="no column 'vist'"):
        repeated_measures(course, "pain ~ arm", patient="patient", visit="vist")
    with pytest.raises(ValueError, match="level must lie between"):
        fitted(course, level=95)
