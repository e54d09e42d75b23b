import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hipoutcomes.analyses.models.ancova import ancova
from hipoutcomes.errors import NotEnoughData, TableError
from hipoutcomes.stats.groups.proportions import agresti_caffo
from hipoutcomes.vocabulary.columns import ESTIMATE_NAMES

NUMBERS = ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")


@pytest.fixture(scope="module")
def oracles(root):
    return root / "tests" / "oracles"


@pytest.fixture(scope="module")
def headache(real_data):
    path = real_data / "vickers-headache" / "acupuncture.csv"
    if not path.exists():
        pytest.skip("the headache trial is not beside this checkout")
    return pd.read_csv(path, encoding="utf-8-sig")


@pytest.fixture
def frame():
    rng = np.random.default_rng(12)
    n = 120
    technique = rng.choice(["cupping", "stretching", "swedish"], n)
    baseline = rng.normal(6, 1.5, n).round(1)
    return pd.DataFrame(
        {
            "final": 0.6 * baseline - (technique == "swedish") + rng.normal(size=n),
            "technique": technique,
            "baseline": baseline,
            "therapist": rng.integers(0, 15, n),
        }
    )


def same(table, expected, names, rel=1e-6):
    assert len(table) == len(expected)
    for name in names:
        np.testing.assert_allclose(table[name], expected[name], rtol=rel, err_msg=name)


@pytest.mark.parametrize(("model", "cluster"), [("classical", None), ("clustered", "therapist")])
def test_coefficients_are_those_of_lm_and_clubsandwich(oracles, model, cluster):
    rows = pd.read_csv(oracles / "ancova" / "rows.csv")
    expected = pd.read_csv(oracles / "ancova" / "numbers.csv").query("model == @model")
    formula = "final ~ technique * baseline + age"
    found = ancova(rows, formula, cluster=cluster, level=0.9).table.set_index("term")
    assert not found["reason"].any()
    named = expected["term"].str.replace("(Intercept)", "Intercept", regex=False)
    named = named.str.replace(r"technique(\w+)", r"technique[T.\1]", regex=True)
    same(found.loc[named], expected, NUMBERS)


FORMULAS = {
    "plain": "final ~ technique + baseline + age + sex + C(therapist)",
    "product": "final ~ technique * baseline + age + sex",
    "crossed": "final ~ technique * C(therapist) + baseline",
    "curved": "final ~ technique + poly(baseline, 2) + log(age)",
}


@pytest.mark.parametrize("model", FORMULAS)
def test_adjusted_means_and_contrasts_are_those_of_emmeans(oracles, model):
    rows = pd.read_csv(oracles / "emmeans" / "rows.csv")
    means = pd.read_csv(oracles / "emmeans" / "means.csv").query("model == @model")
    contrasts = pd.read_csv(oracles / "emmeans" / "numbers.csv").query("model == @model")
    fitted = ancova(rows, FORMULAS[model])
    found = fitted.means("technique").table
    assert found["group"].tolist() == means["level"].tolist()
    same(found, means, ("estimate", "std_error", "df", "conf_low", "conf_high"))
    for (kind, adjust), expected in contrasts.groupby(["kind", "adjust"]):
        reference = "swedish" if kind == "reference" else None
        found = fitted.contrasts("technique", reference, adjust).table
        assert found["contrast"].tolist() == expected["contrast"].tolist()
        expected = expected.rename(columns={"p_value": "p_adjusted"})
        same(found, expected, ("estimate", "std_error", "df", "p_adjusted"))


COVARIATES = "age + sex + migraine + chronicity + C(acupuncturist)"


def favours_acupuncture(frame, formula):
    """Estimate and interval for the treated, positive for fewer symptoms."""
    row = ancova(frame, formula).table.set_index("term").loc["group"]
    return -row["estimate"], -row["conf_high"], -row["conf_low"]


@pytest.mark.parametrize(
    ("outcome", "baseline", "expected", "digits"),
    [
        ("pk5", "pk1", (4.604, 2.16, 7.05), (3, 2, 2)),
        ("pk2", "pk1", (3.943, 1.60, 6.29), (3, 2, 2)),
        ("f5", "f1", (1.8, 0.6, 2.9), (1, 1, 1)),
        ("f2", "f1", (1.8, 0.7, 2.9), (1, 1, 1)),
    ],
)
def test_the_headache_trial_as_published(headache, outcome, baseline, expected, digits):
    # f2 and f5 are 0 for drop-outs, so rows are chosen by the scores; the published figures at
    # 3 months are of patients who also have the score at 12 months
    there = headache.dropna(subset=["pk2", "pk5"] if outcome.endswith("2") else ["pk5"])
    found = favours_acupuncture(there, f"{outcome} ~ group + {baseline} + {COVARIATES}")
    assert [round(v, d) for v, d in zip(found, digits, strict=True)] == list(expected)


@pytest.mark.parametrize(("migraine", "n", "expected"), [(1, 284, 4.924), (0, 17, 1.054)])
def test_the_headache_trial_by_diagnosis(headache, migraine, n, expected):
    rows = headache[headache["migraine"] == migraine]
    formula = "pk5 ~ group + pk1 + age + sex + chronicity + C(acupuncturist)"
    assert favours_acupuncture(rows, formula)[0] == pytest.approx(expected, abs=0.0005)
    assert ancova(rows, formula).sample["rows used"] == n


def test_the_headache_trial_by_baseline_and_its_flow(headache):
    model = ancova(headache, f"pk5 ~ group * pk1 + {COVARIATES}")
    p_value = model.table.set_index("term").loc["group:pk1", "p_value"]
    assert round(p_value, 4) == 0.0038
    assert dict(model.sample) == {"rows": 401, "without pk5": 100, "rows used": 301}
    assert any("acupuncturist has one row only at 12" in note for note in model.notes)
    assert round(model.test("group:pk1").table["p_value"].iloc[0], 4) == 0.0038
    difference = model.contrasts("group")
    assert "depend on pk1" in difference.notes[0]


def test_the_headache_trial_by_responders(headache):
    scored = headache.dropna(subset=["pk5"])
    better = ((scored["pk1"] - scored["pk5"]) / scored["pk1"] >= 0.35).astype(float)
    counts = better.groupby(scored["group"]).agg(["sum", "count"])
    assert counts.to_numpy().tolist() == [[45, 140], [87, 161]]
    model = ancova(scored.assign(better=better), "better ~ group", robust="HC0")
    row = model.contrasts("group", reference=0).table.iloc[0]
    shown = [round(100 * row[name]) for name in ("estimate", "conf_low", "conf_high")]
    assert shown == [22, 11, 33]
    assert round(1 / row["estimate"], 2) == 4.57
    shares = agresti_caffo(87, 161, 45, 140)
    assert row["estimate"] == pytest.approx(float(shares.estimate))
    assert row["conf_low"] == pytest.approx(float(shares.conf_low), abs=0.005)


def test_robust_standard_errors_are_those_of_sandwich(oracles):
    rows = pd.read_csv(oracles / "linear" / "rows.csv")
    numbers = pd.read_csv(oracles / "linear" / "numbers.csv").query("row == column")
    plain = ancova(rows, "y ~ x + z")
    for kind in ("HC0", "HC1", "HC2", "HC3"):
        model = ancova(rows, "y ~ x + z", robust=kind)
        expected = numbers.loc[numbers["kind"] == kind, "value"].to_numpy()
        np.testing.assert_allclose(model.table["std_error"] ** 2, expected, rtol=1e-9)
        pd.testing.assert_series_equal(model.table["estimate"], plain.table["estimate"])
        assert (model.table["df"] == len(rows) - 3).all()
        assert f"differ from row to row ({kind}, " in model.method


def test_robust_and_cluster_exclude_one_another(frame):
    with pytest.raises(ValueError) as caught:
        ancova(frame, "final ~ technique", cluster="therapist", robust="HC3")
    assert str(caught.value) == (
        "Give cluster='therapist' or robust='HC3', not both: standard errors that let rows of one "
        "cluster agree also let the spread differ from row to row."
    )
    with pytest.raises(ValueError, match="HC0, HC1, HC2, HC3; it is 'HC5'"):
        ancova(frame, "final ~ technique", robust="HC5")


def test_a_level_with_one_row_has_no_hc3(frame):
    frame.loc[0, "technique"] = "hot_stone"
    with pytest.raises(NotEnoughData) as caught:
        ancova(frame, "final ~ technique + baseline", robust="HC3")
    assert str(caught.value).split("\n  ") == [
        "HC3 cannot be computed: 'final ~ technique + baseline' goes exactly through the final of "
        "1 row.",
        "technique has one row only at hot_stone: the model fits that row exactly, and learns "
        "nothing else from it. Merge the level with another, or leave it out.",
        "Merge levels that one row alone has, or use robust='HC1'.",
    ]
    assert ancova(frame, "final ~ technique + baseline", robust="HC1").table["std_error"].all()


def test_without_covariates_it_is_the_t_test(frame):
    two = frame[frame["technique"] != "cupping"]
    found = ancova(two, "final ~ technique").contrasts("technique").table.iloc[0]
    groups = [two.loc[two["technique"] == name, "final"] for name in ("stretching", "swedish")]
    expected = stats.ttest_ind(*groups)
    assert found["contrast"] == "stretching - swedish"
    assert found["statistic"] == pytest.approx(expected.statistic)
    assert found["p_value"] == found["p_adjusted"] == pytest.approx(expected.pvalue)
    low, high = expected.confidence_interval()
    assert (found["conf_low"], found["conf_high"]) == pytest.approx((low, high))


@pytest.mark.parametrize("cluster", [None, "therapist"])
def test_tables_keep_to_the_glossary_and_charts_draw(frame, cluster):
    model = ancova(frame, "final ~ technique + baseline", cluster=cluster)
    answers = [model, model.means("technique"), model.contrasts("technique")]
    for answer in answers:
        assert set(answer.table.columns) <= ESTIMATE_NAMES
        assert "effect only if" in answer.summary() and "Formula: final ~" in answer.summary()
    assert answers[1].plot().get_yticklabels()[0].get_text().startswith("cupping (n = ")
    assert len(answers[2].plot().get_yticklabels()) == 3
    with pytest.raises(ValueError, match="has no chart"):
        model.plot()


def test_the_frame_is_left_as_it_was(frame):
    before = frame.copy()
    ancova(frame, "final ~ technique + baseline", cluster="therapist").contrasts("technique")
    pd.testing.assert_frame_equal(frame, before)


def test_collinear_columns_are_named(frame):
    frame = frame.assign(change=frame["baseline"] * 2 + 1)
    with pytest.raises(NotEnoughData, match="change is fixed by a constant and baseline") as caught:
        ancova(frame, "final ~ technique + baseline + change")
    assert "Leave out one" in str(caught.value)
    frame = frame.assign(room=np.where(frame["technique"] == "swedish", "large", "small"))
    with pytest.raises(NotEnoughData, match=r"room\[T.small\] is fixed by .*technique\[T.swedish"):
        ancova(frame, "final ~ technique + room")


def test_an_outcome_that_does_not_vary_or_is_among_the_columns(frame):
    with pytest.raises(NotEnoughData, match="final is 3 in all 120 rows"):
        ancova(frame.assign(final=3.0), "final ~ technique")
    with pytest.raises(NotEnoughData, match="reproduces final exactly"):
        ancova(frame.assign(copy=frame["final"] * 2), "final ~ technique + copy")


def test_nobody_measured_a_misspelt_column_and_too_few_rows(frame):
    with pytest.raises(NotEnoughData, match="final in 120"):
        ancova(frame.assign(final=np.nan), "final ~ technique")
    with pytest.raises(TableError, match="final, technique, baseline, therapist"):
        ancova(frame, "final ~ technique + basline")
    with pytest.raises(TableError, match="no column 'therapst'"):
        ancova(frame, "final ~ technique", cluster="therapst")
    with pytest.raises(NotEnoughData, match="4 coefficients and 4 rows used") as caught:
        few = frame.iloc[:5].assign(final=[1.0, 3.0, 2.0, 5.0, np.nan])
        ancova(few, "final ~ baseline + therapist + log(baseline)")
    assert "{'without final': 1}" in str(caught.value)


def test_a_level_with_one_row_is_said_and_gets_no_estimate(frame):
    frame.loc[0, "technique"] = "hot_stone"
    model = ancova(frame, "final ~ technique + baseline")
    assert any("one row only at hot_stone" in n and "Merge the level" in n for n in model.notes)
    means = model.means("technique").table.set_index("group")
    assert means.loc["hot_stone", "reason"] == (
        "only 1 row at 'hot_stone'; an adjusted mean needs 10"
    )
    assert np.isnan(means.loc["hot_stone", "estimate"])
    answer = model.contrasts("technique")
    assert answer.table["reason"].ne("").sum() == 3
    assert answer.table["p_adjusted"].notna().sum() == 3
    assert "the 3 contrasts" in " ".join(answer.notes)
    assert "cupping - hot_stone: no estimate (only 1 row at 'hot_stone'; " in answer.words[0]


def test_too_few_clusters(frame):
    few = frame.assign(therapist=frame["therapist"] % 3)
    with pytest.raises(NotEnoughData, match="3 clusters are too few") as caught:
        ancova(few, "final ~ technique + baseline", cluster="therapist")
    assert "Collect more clusters" in str(caught.value)
    with pytest.raises(NotEnoughData, match="2 clusters or more"):
        ancova(few.assign(therapist="ann"), "final ~ technique", cluster="therapist")


def test_a_coefficient_that_few_clusters_carry_gives_the_reason(frame):
    frame = frame.assign(room=np.where(frame["therapist"] < 2, "large", "small"))
    table = ancova(frame, "final ~ room + baseline", cluster="therapist").table.set_index("term")
    assert "degrees of freedom from the clusters" in table.loc["room[T.small]", "reason"]
    assert np.isnan(table.loc["room[T.small]", "estimate"])
    assert table.loc["baseline", "reason"] == "" and table.loc["baseline", "df"] > 4


def test_rows_without_a_cluster_are_counted(frame):
    frame = frame.assign(therapist=frame["therapist"].astype(object).where(frame.index > 3))
    sample = ancova(frame, "final ~ technique", cluster="therapist").sample
    assert dict(sample) == {"rows": 120, "without therapist": 4, "rows used": 116}


def test_wrong_words_name_the_right_ones(frame):
    model = ancova(frame, "final ~ technique + baseline")
    with pytest.raises(ValueError, match="its factors are: technique"):
        model.means("baseline")
    with pytest.raises(ValueError, match="its levels are: cupping, stretching, swedish"):
        model.contrasts("technique", reference="sweedish")
    with pytest.raises(ValueError, match="holm, bh, none"):
        model.contrasts("technique", adjust="tukey")
    with pytest.raises(ValueError, match="level must lie between"):
        ancova(frame, "final ~ technique", level=95)
