import csv
import re

import numpy as np
import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.errors import NotEnoughData, TableError
from hipoutcomes.stats.models.mixed.best_predictions import ModelRows, best_predictions
from hipoutcomes.tables.design_columns import DesignColumns
from hipoutcomes.vocabulary.columns import ESTIMATE_NAMES

MODELS = [
    ("balanced", "intercept"),
    ("balanced", "slope"),
    ("gaps", "intercept"),
    ("gaps", "slope"),
    ("gaps", "slope on days"),
    ("gaps", "therapist"),
    ("few", "intercept"),
    ("few", "slope"),
    ("zero", "intercept"),
    ("flat", "slope"),
    ("nested", "therapist"),
    ("nested", "slope, therapist"),
]


WITH_ARMS = [model for model in MODELS if model[0] != "few"]


@pytest.fixture(scope="module")
def oracle(root):
    return root / "tests" / "oracles" / "mixed"


@pytest.fixture(scope="module")
def rows(oracle):
    return pd.read_csv(oracle / "rows.csv")


@pytest.fixture(scope="module")
def numbers(oracle):
    with (oracle / "numbers.csv").open(newline="") as file:
        return [{**row, "value": float(row["value"])} for row in csv.DictReader(file)]


@pytest.fixture(scope="module", params=MODELS, ids=" ".join)
def case(request, rows, numbers):
    """A fitted model, and R's numbers of it by source, quantity and name."""
    data, model = request.param
    along = "day" if "days" in model else "k"
    fitted = ho.mixed_model(
        rows[rows["data"] == data],
        "pain ~ k + base" if data == "few" else f"pain ~ arm * {along} + base",
        patient="patient",
        slope=along if "slope" in model else None,
        therapist="therapist" if "therapist" in model else None,
    )
    theirs: dict = {}
    for row in numbers:
        if (row["data"], row["model"]) == request.param:
            theirs.setdefault((row["source"], row["quantity"]), {})[row["name"]] = row["value"]
    return fitted, theirs


def as_ours(name):
    return re.sub(r"arm(swedish|trigger)", r"arm[T.\1]", name).replace("(Intercept)", "Intercept")


def test_coefficients_and_their_errors_are_those_of_lme4_and_nlme(case):
    fitted, theirs = case
    table = fitted.table.set_index("term")
    for source in ("lmerTest", "nlme"):
        if (source, "estimate") not in theirs:
            continue
        for name, value in theirs[source, "estimate"].items():
            row = table.loc[as_ours(name)]
            # A coefficient near zero is as near as its own standard error lets one say.
            room = 1e-6 * max(abs(value), row["std_error"])
            assert row["estimate"] == pytest.approx(value, abs=room, rel=0), name
    for name, value in theirs["lmerTest", "std_error"].items():
        assert table.loc[as_ours(name), "std_error"] == pytest.approx(value, rel=1e-6), name


def test_variance_components_are_those_of_lme4_and_nlme(case):
    fitted, theirs = case
    fit = fitted.fit
    got = {
        "patient (Intercept)": fit.patient_covariance[0, 0],
        "Residual": fit.residual_variance,
        "therapist (Intercept)": fit.therapist_variance,
    }
    if len(fit.patient_covariance) == 2:
        for along in ("k", "day"):
            got[f"patient {along}"] = fit.patient_covariance[1, 1]
            got[f"patient (Intercept) {along}"] = fit.patient_covariance[0, 1]
    for source in ("lmerTest", "nlme"):
        for name, value in theirs.get((source, "variance"), {}).items():
            # Where a slope hardly varies, bobyqa itself stops a little more than 1e-6 off.
            assert got[name] == pytest.approx(value, rel=2e-6, abs=1e-12), name
        if (source, "criterion") in theirs:
            assert fit.criterion <= theirs[source, "criterion"]["REML"] + 1e-9
            assert fit.criterion == pytest.approx(theirs[source, "criterion"]["REML"], abs=1e-6)


def test_degrees_of_freedom_are_those_of_lmertest(case):
    fitted, theirs = case
    table = fitted.table.set_index("term")
    for name, value in theirs["lmerTest", "df"].items():
        assert table.loc[as_ours(name), "df"] == pytest.approx(value, rel=1e-5), name


@pytest.mark.parametrize(
    ("data", "model"),
    [("gaps", "slope"), ("gaps", "slope on days"), ("nested", "slope, therapist")],
)
def test_predicted_effects_are_those_of_lme4(rows, numbers, data, model):
    part = rows[rows["data"] == data].sort_values("patient")
    along = "day" if "days" in model else "k"
    nested = "therapist" in model
    therapist = "therapist" if nested else None
    fitted = ho.mixed_model(
        part, f"pain ~ arm * {along} + base", patient="patient", slope=along, therapist=therapist
    )
    names, starts = np.unique(part["patient"], return_index=True)
    labels, codes = np.unique(part["therapist"], return_inverse=True)
    found = best_predictions(
        fitted.fit,
        ModelRows(
            DesignColumns.of_matrix(fitted.design.matrix),
            part["pain"].to_numpy(),
            np.append(starts, len(part)),
            part[along].to_numpy(dtype=float),
            codes[starts] if nested else None,
        ),
    )
    got = {
        "own patient (Intercept)": dict(zip(map(str, names), found.patients[0], strict=True)),
        f"own patient {along}": dict(zip(map(str, names), found.patients[1], strict=True)),
    }
    if nested:
        got["own therapist (Intercept)"] = dict(zip(labels, found.therapists, strict=True))
    asked = [
        row
        for row in numbers
        if (row["data"], row["model"]) == (data, model) and row["quantity"].startswith("own")
    ]
    assert len(asked) == sum(map(len, got.values())) > 100
    for row in asked:
        assert got[row["quantity"]][row["name"]] == pytest.approx(row["value"], rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("case", WITH_ARMS, ids=" ".join, indirect=True)
def test_adjusted_means_and_contrasts_are_those_of_emmeans(case):
    fitted, theirs = case
    levels, weights = fitted.design.reference_rows("arm")
    assert levels == list(theirs["emmeans", "means estimate"])
    pairs = np.array([weights[i] - weights[j] for i, j in ((0, 1), (0, 2), (1, 2))])
    for kind, asked in (("means", weights), ("pairs", pairs)):
        sums = fitted.inference.contrasts(asked)
        for name in ("estimate", "std_error", "df"):
            expected = list(theirs["emmeans", f"{kind} {name}"].values())
            np.testing.assert_allclose(getattr(sums, name), expected, rtol=1e-6)


@pytest.mark.parametrize("case", WITH_ARMS, ids=" ".join, indirect=True)
def test_joint_tests_are_those_of_lmertest(case):
    fitted, theirs = case
    places = [fitted.design.columns.index(f"arm[T.{arm}]") for arm in ("swedish", "trigger")]
    joint = fitted.inference.test(np.eye(len(fitted.design.columns))[places])
    assert joint.statistic == pytest.approx(theirs["lmerTest", "contest F"]["both arms"], rel=1e-6)
    assert joint.df == pytest.approx(theirs["lmerTest", "contest df"]["both arms"], rel=1e-5)
    assert joint.df_numerator == 2


def test_type_three_tests_of_single_columns_are_those_of_anova(case):
    fitted, theirs = case
    table = fitted.table.set_index("term")
    assert table.loc["base", "statistic"] ** 2 == pytest.approx(
        theirs["lmerTest", "F"]["base"], rel=1e-5
    )
    assert table.loc["base", "df"] == pytest.approx(theirs["lmerTest", "F df"]["base"], rel=1e-5)


def test_a_second_computation_from_the_rows_agrees(case):
    fitted, _ = case
    check = fitted.supporting["check"].set_index("quantity")["estimate"]
    assert check.filter(like="largest").max() < 1e-6
    assert check["difference of the criterion from the covariance of the rows"] < 1e-9
    assert check["patterns of Z'Z"] == fitted.fit.n_patterns


def test_the_answer_keeps_its_columns_counts_and_words(rows):
    part = rows[rows["data"] == "gaps"].copy()
    part.loc[part.index[:3], "pain"] = np.nan
    part.loc[part.index[3:5], "patient"] = np.nan
    fitted = ho.mixed_model(part, "pain ~ arm * k + base", patient="patient", slope="k")
    for table in (fitted.table, *fitted.supporting.values()):
        assert set(table) <= ESTIMATE_NAMES
        assert isinstance(table.index, pd.RangeIndex)
    assert (fitted.table["n_patients"] == 70).all()
    assert dict(fitted.sample) == {
        "rows": len(part),
        "without pain": 3,
        "without patient": 2,
        "rows used": len(part) - 5,
        "patients": 70,
    }
    assert "3 without pain, 2 without patient" in fitted.words[0]
    components = fitted.supporting["variance components"]
    assert components["term"].tolist() == [
        "patient: intercept", "patient: intercept", "patient: k", "patient: k",
        "patient: intercept and k", "residual", "residual",
    ]  # fmt: skip
    assert "along k, a slope of their own" in fitted.method
    means = fitted.means("arm").table
    assert means["n_patients"].sum() == 70
    assert fitted.test("arm").table["df_numerator"].tolist() == [2]


@pytest.mark.parametrize("slope", [None, "k", "day"])
def test_the_order_of_rows_and_the_names_of_patients_change_nothing(rows, slope):
    part = rows[rows["data"] == "gaps"]
    shuffled = part.sample(frac=1, random_state=1)
    shuffled = shuffled.assign(patient=("patient " + shuffled["patient"].astype(str)).to_numpy())
    one, other = (
        ho.mixed_model(f, "pain ~ arm * k + base", patient="patient", slope=slope)
        for f in (part, shuffled)
    )
    for name in ("estimate", "std_error", "df"):
        np.testing.assert_allclose(one.table[name], other.table[name], rtol=1e-9)


def test_polars_and_pandas_frames_are_one(rows):
    polars = pytest.importorskip("polars")
    part = rows[rows["data"] == "nested"]
    one, other = (
        ho.mixed_model(f, "pain ~ k", patient="patient", therapist="therapist")
        for f in (part, polars.from_pandas(part))
    )
    np.testing.assert_allclose(one.table["estimate"], other.table["estimate"], rtol=1e-12)


def many_rows(n_patients=4000, seed=5):
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(n_patients), 4)
    frame = pd.DataFrame(
        {
            "patient": patient,
            "k": np.tile(np.arange(4), n_patients),
            "arm": pd.Categorical(rng.choice(list("abc"), n_patients)[patient], list("cabd")),
            "site": rng.choice([3, 5, 9], n_patients)[patient],
            "age": rng.normal(50, 9, n_patients)[patient],
        }
    )
    own = rng.normal(size=n_patients)[patient]
    frame["pain"] = 6 - 0.3 * frame["k"] + 0.5 * (frame["arm"] == "b") + own
    frame["pain"] += rng.normal(size=len(frame))
    return frame.drop(rng.choice(len(frame), 500, replace=False)).sample(frac=1, random_state=2)


@pytest.mark.parametrize("slope", [None, "k", "age"])
def test_columns_from_codes_give_what_formulaic_gives(monkeypatch, slope):
    frame = many_rows()
    if slope == "age":
        frame["age"] += frame["k"] + frame["age"] % 0.1  # One pattern per patient.
    formula = "pain ~ arm * k + C(site) + age"
    quick = ho.mixed_model(frame, formula, patient="patient", slope=slope)
    monkeypatch.setattr("hipoutcomes.tables.design_from_formula.MANY_ROWS", len(frame) + 1)
    slow = ho.mixed_model(frame, formula, patient="patient", slope=slope)
    assert quick.design.columns == slow.design.columns
    for name in ("estimate", "std_error", "df"):
        np.testing.assert_allclose(quick.table[name], slow.table[name], rtol=1e-8)
    by = frame.groupby("patient")
    shapes = by.size() if slope is None else by[slope].agg(lambda values: tuple(sorted(values)))
    assert quick.fit.n_patterns == slow.fit.n_patterns == shapes.nunique()
    assert quick.design.emptied == {"arm": ("d",)}


def technique_by_therapist(spread, seed):
    """24 therapists of one technique each, 12 patients a therapist: statsmodels' issue 10239."""
    rng = np.random.default_rng(seed)
    therapist = np.repeat(np.arange(24), 12)
    technique = therapist % 2
    pain = 5 + technique + rng.normal(0, spread, 24)[therapist] + rng.normal(size=288)
    return pd.DataFrame({"therapist": therapist, "technique": technique, "pain": pain})


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_the_difference_between_techniques_is_never_erased(spread):
    for seed in range(30):
        frame = technique_by_therapist(spread, seed)
        fitted = ho.mixed_model(frame, "pain ~ technique", patient="therapist")
        # With equal numbers the generalised answer is the difference of means at any variance.
        means = frame.groupby("technique")["pain"].mean()
        row = fitted.table.set_index("term").loc["technique"]
        assert row["estimate"] == pytest.approx(means[1] - means[0], rel=1e-9)
        assert row["estimate"] != 0
        between = frame.groupby("therapist")["pain"].mean()
        if fitted.fit.at_zero:
            assert fitted.fit.at_zero == ("intercept",)
            assert row["df"] == pytest.approx(286)
        else:
            # The t test of the 24 means, which is exact here.
            by = between.groupby(np.arange(24) % 2)
            pooled = (by.var().sum() / 2 * 2 / 12) ** 0.5
            assert row["std_error"] == pytest.approx(pooled, rel=1e-6)
            assert row["df"] == pytest.approx(22, rel=1e-4)


def test_a_variance_of_zero_is_said():
    frame = next(
        f
        for f in (technique_by_therapist(0.0, seed) for seed in range(20))
        if ho.mixed_model(f, "pain ~ technique", patient="therapist").fit.at_zero
    )
    fitted = ho.mixed_model(frame, "pain ~ technique", patient="therapist")
    assert fitted.notes[0] == (
        "The variance between therapists is estimated at zero: rows of one therapist are no more "
        "alike than those of several; degrees of freedom take it as known."
    )
    plain = ho.ancova(frame, "pain ~ technique")
    for name in ("estimate", "std_error", "df", "p_value"):
        np.testing.assert_allclose(fitted.table[name], plain.table[name], rtol=1e-9)


def small():
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "patient": np.repeat(np.arange(12), 3),
            "visit": np.tile([1, 2, 3], 12),
            "arm": np.repeat(list("ab"), 18),
            "therapist": np.repeat(list("uvwx"), 9),
            "pain": rng.normal(size=36).round(2),
        }
    )


def refused(frame, formula="pain ~ visit", error=NotEnoughData, **asked):
    with pytest.raises(error) as caught:
        ho.mixed_model(frame, formula, **{"patient": "patient", **asked})
    return str(caught.value)


def test_what_cannot_be_fitted_says_why():
    frame = small()
    assert refused(frame.drop_duplicates("patient"), "pain ~ arm") == (
        "Each of the 12 patients has one row only.\n"
        "  A patient's own level cannot be told from the residual without a second row.\n"
        "  Use ancova for one row per patient."
    )
    assert refused(frame[frame["patient"] < 4]) == (
        "Only 4 patients have pain and every column of the model.\n"
        "  The spread between patients needs 5 of them or more.\n"
        "  Collect more patients, or describe these without a model."
    )
    assert refused(frame.assign(first=frame["patient"] * 1.5), slope="first") == (
        "first does not vary within any of the 12 patients.\n"
        "  A patient's own slope needs two values of it in some patients.\n"
        "  Leave out slope='first'."
    )
    assert refused(frame[frame["visit"] < 3], slope="visit") == (
        "No patient has more than two rows, or more than one at each visit.\n"
        "  A patient's own level and slope cannot be told from the residual by two rows.\n"
        "  Leave out slope='visit', or add patients with three rows or more."
    )
    assert refused(frame.assign(week=2 * frame["visit"] + 1), "pain ~ visit + week") == (
        "The model has no single answer in these rows: week is fixed by visit.\n"
        "  Leave out one of those columns."
    )
    assert refused(frame.assign(pain=4.0)) == (
        "pain is 4 in all 36 rows used: nothing to explain.\n"
        "  Check that the right outcome was chosen."
    )
    assert refused(frame.assign(pain=2 * frame["visit"] + 1)) == (
        "pain is reproduced exactly in all 36 rows by the model.\n"
        "  Check whether the outcome, or a part of it, is among the columns."
    )
    assert refused(frame.assign(pain=np.nan)) == (
        "No row of 36 has a value in every column of 'pain ~ visit'.\n"
        "  Missing: pain in 36; visit in 0; patient in 0.\n"
        "  Leave out the columns that are missing most, or record them."
    )


def test_therapists_that_cannot_be_modelled_say_why():
    frame = small()
    moved = frame.assign(therapist=np.where(frame.index % 18 == 0, "x", frame["therapist"]))
    moved.loc[35, "therapist"] = "u"
    assert refused(moved, therapist="therapist") == (
        "3 of 12 values of patient have rows with two or more values of therapist.\n"
        "  A level of each therapist's own needs every patient to have one only.\n"
        "  Keep one therapist for each, or write C(therapist) in the formula instead."
    )
    assert refused(frame.assign(therapist="u"), therapist="therapist") == (
        "All rows used have therapist 'u'.\n"
        "  The spread between them needs two or more.\n"
        "  Leave out therapist='therapist'."
    )


def test_wrong_columns_and_options_are_named():
    frame = small()
    assert refused(frame, error=TableError, slope="arm") == (
        "slope='arm' is not a column of numbers but of str.\n"
        "  A slope runs along a number such as the session or the day."
    )
    assert refused(frame, error=TableError, slope="session").startswith(
        "The frame has no column 'session'."
    )
    assert "level must lie between 0 and 1" in refused(frame, error=ValueError, level=95)
