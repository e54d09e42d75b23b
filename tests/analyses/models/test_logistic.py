import numpy as np
import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.analyses.models.logistic import logistic
from hipoutcomes.errors import NotEnoughData, TableError
from hipoutcomes.vocabulary.columns import ESTIMATE_NAMES

FORMULA = "better ~ technique + baseline + age"

# See tests/oracles/logistic/script.R.
CLOSE = 1e-7


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "logistic"


@pytest.fixture
def frame(folder):
    return pd.read_csv(folder / "rows.csv")


def test_coefficients_and_ratios_are_those_of_glm(folder, frame):
    expected = pd.read_csv(folder / "numbers.csv")
    model = logistic(frame, FORMULA, level=0.9)
    for name in ("estimate", "std_error", "p_value", "conf_low", "conf_high"):
        np.testing.assert_allclose(model.table[name], expected[name], rtol=CLOSE, err_msg=name)
    ratios = model.supporting["ratios"]
    for name in ("estimate", "conf_low", "conf_high"):
        np.testing.assert_allclose(ratios[name], np.exp(expected[name]), rtol=CLOSE)
    assert model.table["quantity"].tolist() == ["log odds", *["log odds ratio"] * 4]
    assert ratios["quantity"].tolist() == ["odds", *["odds ratio"] * 4]


def test_standard_errors_by_cluster_are_those_of_clubsandwich(folder, frame):
    expected = pd.read_csv(folder / "numbers.csv")
    table = logistic(frame, FORMULA, cluster="therapist").table
    np.testing.assert_allclose(table["std_error"], expected["clustered"], rtol=CLOSE)
    assert table["df"].tolist() == [35.0] * 5
    assert table["n_clusters"].tolist() == [40] * 5


@pytest.mark.parametrize(("cluster", "column"), [(None, "std_error"), ("therapist", "clustered")])
def test_risks_and_their_differences_are_those_worked_out_from_glm(folder, frame, cluster, column):
    expected = pd.read_csv(folder / "risks.csv").set_index("name")
    model = logistic(frame, FORMULA, cluster=cluster)
    means = model.means("technique").table
    row = expected.loc[means["group"]]
    np.testing.assert_allclose(means["estimate"], row["estimate"], rtol=CLOSE)
    np.testing.assert_allclose(means["std_error"], row[column], rtol=CLOSE)
    differences = model.contrasts("technique", reference="cupping").table
    asked = expected.loc[differences["contrast"]]
    np.testing.assert_allclose(differences["estimate"], asked["estimate"], rtol=CLOSE)
    np.testing.assert_allclose(differences["std_error"], asked[column], rtol=CLOSE)
    if cluster is None:
        for table, numbers in ((means, row), (differences, asked)):
            for name in ("conf_low", "conf_high"):
                np.testing.assert_allclose(table[name], numbers[name], rtol=1e-6)


def test_by_another_factor_the_shares_within_it(frame):
    frame = frame.assign(older=(frame["age"] > 48).astype(int))
    model = logistic(frame, "better ~ technique * older")
    table = model.means("technique", by="older").table
    # A saturated model gives the shares themselves.
    shares = frame.groupby(["older", "technique"])["better"].mean()
    np.testing.assert_allclose(table["estimate"], shares, rtol=1e-9)
    assert table["within"].tolist() == ["0"] * 3 + ["1"] * 3


def test_standardised_shares_follow_the_rows(frame):
    # With products the shares are averaged over the ages of the rows, not over a grid.
    model = logistic(frame, "better ~ technique * age")
    share = model.means("technique").table.set_index("group").loc["swedish", "estimate"]
    terms = model.table.set_index("term")["estimate"]
    at = terms["Intercept"] + terms["technique[T.swedish]"]
    slope = terms["age"] + terms["technique[T.swedish]:age"]
    assert share == pytest.approx((1 / (1 + np.exp(-at - slope * frame["age"]))).mean(), rel=1e-9)
    assert "their average over the rows used" in model.means("technique").notes[0]


def test_categoricals_flags_and_expressions(frame):
    plain = logistic(frame, FORMULA)
    kind = pd.CategoricalDtype(["swedish", "cupping", "stretching", "hot_stone"])
    other = frame.astype({"technique": kind, "better": bool})
    model = logistic(other, FORMULA)
    assert model.means("technique").table["group"].tolist() == ["swedish", "cupping", "stretching"]
    np.testing.assert_allclose(
        model.means("technique").table.set_index("group")["estimate"].sort_index(),
        plain.means("technique").table.set_index("group")["estimate"].sort_index(),
        rtol=1e-9,
    )
    assert any("no row used at hot_stone" in note for note in model.notes)
    cut = logistic(frame.assign(score=frame["better"] * 4), "I(score >= 2) ~ technique")
    np.testing.assert_allclose(
        cut.table["estimate"], logistic(frame, "better ~ technique").table["estimate"]
    )


@pytest.mark.parametrize("cluster", [None, "therapist"])
def test_tables_keep_to_the_glossary_and_charts_draw(frame, cluster):
    model = logistic(frame, FORMULA, cluster=cluster)
    answers = [model, model.means("technique"), model.contrasts("technique"), model.test("age")]
    for answer in answers:
        tables = [answer.table, *answer.supporting.values()]
        assert all(set(table.columns) <= ESTIMATE_NAMES for table in tables)
        assert "effect only if" in answer.summary() and FORMULA in answer.summary()
    assert answers[1].plot().get_yticklabels()[0].get_text().startswith("cupping (n = ")
    assert len(answers[2].plot().get_yticklabels()) == 3
    # 0.3786 and 0.0845 in tests/oracles/logistic.
    assert answers[1].words[0].startswith("cupping: adjusted share 38% (95% interval ")
    assert (
        answers[2]
        .words[0]
        .startswith(
            "cupping - stretching: adjusted difference in share 8 percentage points (95% interval "
        )
    )
    assert answers[1].question == (
        "What would the share with better be at each level of technique, all else being equal?"
    )
    with pytest.raises(ValueError, match="has no chart"):
        model.plot()


def test_it_is_a_public_name_and_leaves_the_frame(frame):
    before = frame.copy()
    assert ho.logistic is logistic
    logistic(frame, FORMULA, cluster="therapist").contrasts("technique")
    pd.testing.assert_frame_equal(frame, before)


def test_few_events_are_said(frame):
    rare = frame.assign(better=(np.arange(400) % 20 == 0).astype(int))
    model = logistic(rare, FORMULA)
    assert model.notes[0] == (
        "Only 20 rows have the rarer outcome, for 4 coefficients: with fewer than 10 for each, "
        "odds ratios lie too far from 1 and intervals are unsure (Peduzzi et al. 1996). Leave out "
        "columns, or merge levels."
    )
    assert "rarer outcome" not in " ".join(logistic(frame, FORMULA).notes)


def test_a_level_that_is_too_small_gets_no_share(frame):
    frame.loc[:5, "technique"] = "hot_stone"
    model = logistic(frame, "better ~ technique")
    means = model.means("technique").table.set_index("group")
    assert means.loc["hot_stone", "reason"] == (
        "only 6 rows at 'hot_stone'; an adjusted share needs 10"
    )
    assert np.isnan(means.loc["hot_stone", ["estimate", "conf_low"]].astype(float)).all()


def test_separated_outcomes_are_refused_in_words(frame):
    frame.loc[:15, "technique"] = "hot_stone"
    frame.loc[:15, "better"] = 1
    with pytest.raises(NotEnoughData) as caught:
        logistic(frame, FORMULA)
    assert str(caught.value) == (
        "technique[T.hot_stone] separates better in 'better ~ technique + baseline + age': better "
        "is 1 in all 16 rows where technique[T.hot_stone] is 1.\n"
        "  An odds ratio then has no finite estimate.\n"
        "  Leave the column out, merge levels, or collect more rows."
    )
    with pytest.raises(
        NotEnoughData, match=r"copy separates better .*: their values fix the outcome"
    ):
        logistic(frame.assign(copy=frame["better"] * 5 + frame["age"] / 100), "better ~ copy")


def test_collinear_columns_and_constant_outcomes_are_named(frame):
    frame = frame.assign(years=frame["age"] - 18, same=1)
    with pytest.raises(NotEnoughData, match="years is fixed by a constant and age"):
        logistic(frame, "better ~ technique + age + years")
    with pytest.raises(NotEnoughData, match="same is 1 in all 400 rows used"):
        logistic(frame, "same ~ technique")
    few = frame.assign(therapist=frame["therapist"] % 5)
    with pytest.raises(NotEnoughData, match="by therapist: the rows come from 5 clusters"):
        logistic(few, FORMULA, cluster="therapist")


def test_outcomes_of_other_kinds_are_refused_with_the_way_out(frame):
    frame = frame.assign(status=np.where(frame["better"] == 1, "better", "same"))
    with pytest.raises(ValueError) as caught:
        logistic(frame, "status ~ technique")
    assert str(caught.value) == (
        "status holds words: 'better', 'same'. An outcome must be 0 or 1: write "
        "I(status == 'same') ~ ... in the formula."
    )
    found = logistic(frame, "I(status == 'better') ~ technique").table["estimate"]
    np.testing.assert_allclose(found, logistic(frame, "better ~ technique").table["estimate"])
    with pytest.raises(ValueError) as caught:
        logistic(frame, "age ~ technique")
    assert "age must be 0 or 1; it holds" in str(caught.value)
    assert "Write a cut in the formula: I(age >= " in str(caught.value)
    with pytest.raises(TableError, match="no column 'bettr'"):
        logistic(frame, "bettr ~ technique")
