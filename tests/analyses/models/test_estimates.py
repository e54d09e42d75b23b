import numpy as np
import pandas as pd
import pytest

from hipoutcomes.analyses.models.ancova import ancova
from hipoutcomes.vocabulary.columns import ESTIMATE_NAMES


@pytest.fixture(scope="module")
def oracles(root):
    return root / "tests" / "oracles"


@pytest.fixture(scope="module")
def emmeans_rows(oracles):
    return pd.read_csv(oracles / "emmeans" / "rows.csv")


@pytest.fixture
def frame():
    rng = np.random.default_rng(12)
    n = 240
    frame = pd.DataFrame(
        {
            "technique": rng.choice(["cupping", "stretching", "swedish"], n),
            "sex": rng.choice(["f", "m"], n),
            "baseline": rng.normal(6, 1.5, n).round(1),
            "therapist": rng.integers(0, 30, n),
        }
    )
    return frame.assign(
        final=0.6 * frame["baseline"] - (frame["technique"] == "swedish") + rng.normal(size=n)
    )


FORMULAS = {
    "additive": "final ~ technique + baseline + age + sex + C(therapist)",
    "crossed": "final ~ technique * C(therapist) + baseline * sex",
}


def same(table, expected, names, rel=1e-6):
    assert len(table) == len(expected)
    for name in names:
        np.testing.assert_allclose(table[name], expected[name], rtol=rel, err_msg=name)


def sizes(rows):
    used = rows.dropna(subset=["final", "age", "baseline"])
    return used.groupby(["therapist", "technique"]).size()


def test_means_within_another_factor_are_those_of_emmeans(oracles, emmeans_rows):
    for model, expected in pd.read_csv(oracles / "emmeans_by" / "means.csv").groupby("model"):
        found = ancova(emmeans_rows, FORMULAS[model]).means("technique", by="therapist").table
        assert found["group"].tolist() == expected["level"].tolist()
        assert found["within"].tolist() == expected["within"].astype(str).tolist()
        given = (found["n_rows"] >= 10).to_numpy()
        assert given.sum() >= 6
        names = ("estimate", "std_error", "df", "conf_low", "conf_high")
        same(found[given], expected[given], names)
        assert (found.loc[~given, "reason"] != "").all()
        if model == "additive":
            assert found["n_rows"].tolist() == sizes(emmeans_rows).tolist()


@pytest.mark.parametrize("model", FORMULAS)
@pytest.mark.parametrize("kind", ["pairs", "reference"])
def test_contrasts_within_another_factor_are_those_of_emmeans(oracles, emmeans_rows, model, kind):
    # every row twice, so that no cell is under the minimum of 20: estimates are the same, and the
    # standard errors larger by a factor that the oracle does not know
    rows = pd.concat([emmeans_rows] * 2)
    expected = pd.read_csv(oracles / "emmeans_by" / "numbers.csv")
    expected = expected.query("model == @model and kind == @kind")
    reference = "swedish" if kind == "reference" else None
    single, double = ancova(emmeans_rows, FORMULAS[model]), ancova(rows, FORMULAS[model])
    alone = expected.query("family == 'whole' and adjust == 'none'")
    found = double.contrasts("technique", reference, "none", by="therapist").table
    assert found["contrast"].tolist() == alone["contrast"].tolist()
    assert found["within"].tolist() == alone["within"].astype(str).tolist()
    given = found["reason"].eq("").to_numpy()
    assert given.sum() >= 3
    same(found[given], alone[given], ["estimate"])
    larger = (double.fit.sigma / single.fit.sigma) / np.sqrt(2)
    np.testing.assert_allclose(
        found["std_error"][given], alone["std_error"][given] * larger, rtol=1e-6
    )


def test_the_family_of_adjusted_p_values_is_the_whole_table(oracles, emmeans_rows, monkeypatch):
    monkeypatch.setattr("hipoutcomes.analyses.models.estimates.CONTRAST", 0)
    expected = pd.read_csv(oracles / "emmeans_by" / "numbers.csv")
    for (model, kind, adjust), rows in expected.query("family == 'whole'").groupby(
        ["model", "kind", "adjust"]
    ):
        reference = "swedish" if kind == "reference" else None
        model = ancova(emmeans_rows, FORMULAS[model])
        found = model.contrasts("technique", reference, adjust, by="therapist")
        rows = rows.rename(columns={"p_value": "p_adjusted"})
        same(found.table, rows, ("estimate", "std_error", "df", "p_adjusted"))
        assert f"{len(rows)} contrasts" in " ".join(found.notes)
        if adjust == "holm":
            # emmeans left to itself adjusts within each level of the other factor alone
            narrower = expected.query("family == 'within' and adjust == 'holm' and kind == @kind")
            narrower = narrower[narrower["model"] == rows["model"].iloc[0]]
            larger = found.table["p_adjusted"].to_numpy() - narrower["p_value"].to_numpy()
            assert (larger >= -1e-12).all() and (larger > 1e-6).any()


@pytest.mark.parametrize("kind", ["classical", "HC3", "clustered"])
def test_joint_tests_are_those_of_r(oracles, kind):
    rows = pd.read_csv(oracles / "joint_tests" / "rows.csv")
    numbers = pd.read_csv(oracles / "joint_tests" / "numbers.csv").query("kind == @kind")
    asked = {"HC3": {"robust": "HC3"}, "clustered": {"cluster": "cluster"}}.get(kind, {})
    for formula, expected in numbers.groupby("formula", sort=False):
        answer = ancova(rows, formula, **asked).test(*expected["term"])
        assert answer.table["term"].tolist() == expected["term"].tolist()
        same(answer.table, expected, ("statistic", "df_numerator", "df", "p_value"))
        assert set(answer.table) <= ESTIMATE_NAMES
        assert not answer.table["reason"].any()
    method = "Tipton & Pustejovsky 2015" if kind == "clustered" else "tested by an F test of all"
    assert method in answer.method


def test_a_test_asks_its_question_in_words(frame):
    model = ancova(frame, "final ~ technique * baseline + sex")
    answer = model.test("technique", "baseline:technique", "sex")
    assert answer.name == "test-technique-baseline-technique-sex"
    words = answer.words
    assert words[0].startswith("technique: do its 3 levels differ in final? F = ")
    assert words[1].startswith(
        "baseline:technique: is any of its 2 coefficients other than zero? F = "
    )
    assert " on 2 and 233 degrees of freedom, P " in words[1]
    notes = model.test("technique").notes
    assert notes[0] == (
        "Differences between levels of technique depend on baseline in this model; what is tested "
        "is their average over the reference grid."
    )
    assert model.test("baseline").notes[0] == (
        "The formula multiplies baseline with technique: what is tested holds where those are zero "
        "or at their first level."
    )
    with pytest.raises(ValueError, match="has no chart"):
        model.test("technique").plot()


def test_a_term_that_is_not_there_names_those_that_are(frame):
    model = ancova(frame, "final ~ technique * baseline + C(sex)")
    with pytest.raises(ValueError) as caught:
        model.test("technique:sex")
    assert str(caught.value) == (
        "'final ~ technique * baseline + C(sex)' has no term 'technique:sex'; its terms are: "
        "technique, baseline, C(sex), technique:baseline."
    )
    with pytest.raises(ValueError, match="Name a term to test; the formula has technique, base"):
        model.test()


def test_too_few_clusters_for_a_joint_test_give_the_reason(frame):
    few = frame.assign(therapist=frame["therapist"] % 6)
    row = ancova(few, "final ~ technique + baseline", cluster="therapist").test("technique")
    [found] = row.table.to_dict("records")
    assert np.isnan(found["statistic"]) and np.isnan(found["p_value"])
    assert found["reason"].startswith("only ") and "from 6 clusters" in found["reason"]
    assert row.words[0].startswith("technique: no test (only ")


def test_what_is_within_is_in_words_and_in_the_chart(frame):
    model = ancova(frame, "final ~ technique * sex + baseline")
    means, contrasts = (
        model.means("technique", by="sex"),
        model.contrasts("technique", "swedish", by="sex"),
    )
    assert means.name == "means-technique-within-sex"
    assert means.words[0].startswith("f: cupping: adjusted mean ")
    assert contrasts.words[-1].startswith("m: stretching - swedish: adjusted difference ")
    assert "within each level of sex" in contrasts.question
    assert not any("average over the reference grid" in note for note in contrasts.notes)
    assert any("depend on sex" in note for note in model.contrasts("technique").notes)
    shown = means.plot().get_yticklabels()[0].get_text()
    assert shown.startswith("f: cupping (n = ")
    for answer in (means, contrasts):
        assert set(answer.table) <= ESTIMATE_NAMES
        assert "P-values are adjusted over the 4 contrasts" in contrasts.notes[0]


def test_by_must_be_another_factor(frame):
    model = ancova(frame, "final ~ technique + baseline + sex")
    with pytest.raises(ValueError, match="by must be another factor than 'technique' itself"):
        model.means("technique", by="technique")
    with pytest.raises(ValueError, match=r"'baseline' is not a factor .* are: technique, sex"):
        model.contrasts("technique", by="baseline")


def test_a_cell_without_rows_gets_the_reason(frame):
    gone = frame[(frame["technique"] != "cupping") | (frame["sex"] != "m")]
    model = ancova(gone, "final ~ technique + baseline + sex")
    means = model.means("technique", by="sex").table.set_index(["within", "group"])
    assert means.loc[("m", "cupping"), "reason"] == (
        "no rows at 'cupping'; an adjusted mean needs 10"
    )
    contrasts = model.contrasts("technique", "cupping", by="sex").table
    assert contrasts.loc[contrasts["within"] == "m", "estimate"].isna().all()
    assert contrasts.loc[contrasts["within"] == "f", "estimate"].notna().all()
