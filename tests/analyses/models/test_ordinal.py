import numpy as np
import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.analyses.models.ordinal import ordinal
from hipoutcomes.errors import NotEnoughData, TableError
from hipoutcomes.vocabulary.columns import ESTIMATE_NAMES

FORMULA = "tension ~ technique + baseline + age"
CATEGORIES = ["none", "mild", "moderate", "severe"]

# See tests/oracles/ordinal/script.R.
CLOSE = 1e-6


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "ordinal"


@pytest.fixture
def frame(folder):
    rows = pd.read_csv(folder / "rows.csv", keep_default_na=False)
    return rows.astype({"tension": pd.CategoricalDtype(CATEGORIES, ordered=True)})


def test_cuts_and_odds_ratios_are_those_of_clm(folder, frame):
    expected = pd.read_csv(folder / "numbers.csv")
    model = ordinal(frame, FORMULA)
    assert model.table["term"].tolist() == [
        "above none",
        "above mild",
        "above moderate",
        "technique[T.stretching]",
        "technique[T.swedish]",
        "baseline",
        "age",
    ]
    # clm's cuts are log odds of lying at or under; ours of lying above.
    sign = np.array([-1, -1, -1, 1, 1, 1, 1])
    np.testing.assert_allclose(model.table["estimate"], sign * expected["estimate"], rtol=CLOSE)
    np.testing.assert_allclose(model.table["std_error"], expected["std_error"], rtol=CLOSE)
    assert model.table["quantity"].tolist() == ["log odds"] * 3 + ["log odds ratio"] * 4
    ratios = model.supporting["ratios"].set_index("term")
    assert ratios.loc["baseline", "estimate"] == pytest.approx(np.exp(0.64263473777178), rel=CLOSE)


def test_shares_in_each_category_are_those_worked_out_from_clm(folder, frame):
    expected = pd.read_csv(folder / "probabilities.csv", keep_default_na=False)
    table = ordinal(frame, FORMULA).means("technique").table
    assert table["group"].tolist() == expected["technique"].tolist()
    assert table["category"].tolist() == expected["category"].tolist()
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=CLOSE)
    np.testing.assert_allclose(table["std_error"], expected["std_error"], rtol=CLOSE)
    inside = (table["conf_low"] > 0) & (table["conf_high"] < 1)
    assert (inside & (table["conf_low"] < table["estimate"])).all()
    # 0.2250 with standard error 0.0293: on the logit scale -1.237, 0.168.
    words = ordinal(frame, FORMULA).means("technique").words[0]
    assert words == "cupping: 23% lie in none (95% interval 17% to 29%)."


def test_contrasts_are_differences_of_log_odds(folder, frame):
    expected = pd.read_csv(folder / "numbers.csv").set_index("term")
    table = ordinal(frame, FORMULA).contrasts("technique", reference="cupping").table
    rows = expected.loc[["techniquestretching", "techniqueswedish"]]
    np.testing.assert_allclose(table["estimate"], rows["estimate"], rtol=CLOSE)
    np.testing.assert_allclose(table["std_error"], rows["std_error"], rtol=CLOSE)
    assert set(table["quantity"]) == {"adjusted difference in log odds"}


def test_the_test_of_proportional_odds_is_that_of_brant(folder, frame):
    expected = pd.read_csv(folder / "brant.csv")
    model = ordinal(frame, FORMULA)
    table = model.supporting["proportional_odds"]
    np.testing.assert_allclose(table["p_value"], expected["p_value"], rtol=1e-5)
    assert table["term"].iloc[0] == "all columns"
    assert model.words[-1] == (
        "No sign that odds ratios differ from cut to cut of tension (Brant's test, p = 0.734); in "
        "few rows a difference would go unseen."
    )


def test_odds_that_differ_from_cut_to_cut_are_said():
    rng = np.random.default_rng(5)
    arm = rng.integers(0, 2, 2000)
    shares = np.array([[0.4, 0.2, 0.4], [0.2, 0.6, 0.2]])
    score = (rng.random(2000)[:, None] > shares[arm].cumsum(axis=1)).sum(axis=1)
    model = ordinal(pd.DataFrame({"score": score, "arm": arm}), "score ~ arm")
    assert model.words[-1] == (
        "Odds ratios differ from cut to cut of score (most of all those of arm) (Brant's test, p < "
        "0.001): each row of the table is then a mixture over the cuts; read "
        ".supporting['by_cut']."
    )
    table = model.supporting["by_cut"].query("term == 'arm'").set_index("category")["estimate"]
    # Cut by cut with one column of two values: the log odds ratios of the two tables.
    for cut, name in enumerate(["above 0", "above 1"]):
        odds = [(score[arm == a] > cut).mean() for a in (0, 1)]
        ratio = odds[1] / (1 - odds[1]) / (odds[0] / (1 - odds[0]))
        assert table[name] == pytest.approx(np.log(ratio), rel=1e-8)


def test_scores_are_categories_in_their_own_order(frame):
    scores = frame.assign(tension=frame["tension"].cat.codes * 2.5)
    by_name, by_score = ordinal(frame, FORMULA), ordinal(scores, FORMULA)
    np.testing.assert_allclose(by_score.table["estimate"], by_name.table["estimate"], rtol=1e-9)
    assert by_score.categories == ("0", "2.5", "5", "7.5")


def test_a_category_that_nobody_has_is_said(frame):
    kind = pd.CategoricalDtype(["no record", *CATEGORIES], ordered=True)
    model = ordinal(frame.astype({"tension": kind}), FORMULA)
    assert model.notes[0] == "tension has no row used at no record: not part of the model."
    assert model.categories == tuple(CATEGORIES)


def test_missing_categories_are_counted(frame):
    frame.loc[:6, "tension"] = None
    sample = ordinal(frame, FORMULA).sample
    assert dict(sample) == {"rows": 320, "without tension": 7, "rows used": 313}


def test_tables_keep_to_the_glossary_and_the_frame_stays(frame):
    before = frame.copy()
    assert ho.ordinal is ordinal
    model = ordinal(frame, "tension ~ technique * baseline")
    answers = [model, model.means("technique"), model.contrasts("technique")]
    answers.append(model.test("technique"))
    for answer in answers:
        tables = [answer.table, *answer.supporting.values()]
        assert all(set(table.columns) <= ESTIMATE_NAMES for table in tables)
        assert "effect only if" in answer.summary()
    assert len(answers[2].plot().get_yticklabels()) == 3
    pd.testing.assert_frame_equal(frame, before)


def test_shares_within_another_factor(frame):
    frame = frame.assign(older=np.where(frame["age"] > 48, "older", "younger"))
    table = ordinal(frame, "tension ~ technique + older").means("technique", by="older").table
    assert len(table) == 2 * 3 * 4
    sums = table.groupby(["within", "group"])["estimate"].sum()
    np.testing.assert_allclose(sums, 1)


def test_a_level_that_is_too_small_gets_no_share(frame):
    frame.loc[:6, "technique"] = "hot_stone"
    model = ordinal(frame, "tension ~ technique")
    table = model.means("technique").table.query("group == 'hot_stone'")
    assert table["estimate"].isna().all() and table["conf_low"].isna().all()
    assert set(table["reason"]) == {"only 7 rows at 'hot_stone'; an adjusted share needs 10"}


def test_a_cut_that_cannot_be_fitted_alone_is_said(frame):
    # Whoever had hot stone never was without tension, but lies on both sides of the other cuts.
    codes = frame["tension"].cat.codes
    frame.loc[codes[(codes > 0)].index[:12], "technique"] = "hot_stone"
    model = ordinal(frame, FORMULA)
    assert model.words[-1] == (
        "Whether one odds ratio holds at every cut of tension cannot be checked: at some cut alone "
        "technique[T.hot_stone] leaves one side empty."
    )
    assert set(model.supporting) == {"ratios"}


def test_separated_categories_are_refused_in_words(frame):
    frame.loc[frame.index[frame["tension"] == "severe"][:12], "technique"] = "hot_stone"
    with pytest.raises(NotEnoughData) as caught:
        ordinal(frame, FORMULA)
    assert str(caught.value).startswith("technique[T.hot_stone] separates tension in 'tension ~")
    assert str(caught.value).endswith("Leave the column out, merge levels, or collect more rows.")


def test_outcomes_without_order_are_refused_with_the_way_out(frame):
    words = frame.astype({"tension": str})
    with pytest.raises(ValueError) as caught:
        ordinal(words, FORMULA)
    assert str(caught.value) == (
        "tension holds 'mild', 'moderate', 'none', 'severe', in no known order. Make it an ordered "
        "categorical: frame['tension'] = pd.Categorical(frame['tension'], [lowest, ..., highest], "
        "ordered=True)."
    )
    with pytest.raises(ValueError) as caught:
        ordinal(frame, "age ~ technique")
    assert "up to 21 can be categories. Use ho.ancova for a number" in str(caught.value)
    with pytest.raises(TableError, match="no column 'tensoin'"):
        ordinal(frame, "tensoin ~ technique")
    with pytest.raises(ValueError, match="must be one column of the frame"):
        ordinal(frame, "log(age) ~ technique")
    with pytest.raises(ValueError, match="leaves out the intercept"):
        ordinal(frame, "tension ~ 0 + baseline")
    with pytest.raises(ValueError, match="has no column to explain tension with"):
        ordinal(frame, "tension ~ 1")
    two = frame[frame["tension"].isin(["none", "mild"])]
    with pytest.raises(NotEnoughData, match=r"there are 2 categories; an order needs 3 or more"):
        ordinal(two, FORMULA)
    with pytest.raises(NotEnoughData, match="years is fixed by a constant and age"):
        ordinal(frame.assign(years=frame["age"] - 18), "tension ~ technique + age + years")
