import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.cov_struct import Exchangeable
from statsmodels.genmod.families import Binomial, Poisson
from statsmodels.genmod.generalized_estimating_equations import GEE

import hipoutcomes as ho
from hipoutcomes.analyses.models.gee import gee
from hipoutcomes.errors import NotEnoughData, TableError
from hipoutcomes.vocabulary.columns import ESTIMATE_NAMES

FORMULA = "final ~ technique + baseline"


@pytest.fixture
def frame():
    rng = np.random.default_rng(31)
    n, m = 360, 24
    therapist = rng.integers(0, m, n)
    technique = rng.choice(["cupping", "stretching", "swedish"], n)
    baseline = rng.normal(6, 1.5, n).round(1)
    own = rng.normal(0, 0.7, m)[therapist]
    at = 0.5 * (baseline - 6) - (technique == "swedish") + own
    return pd.DataFrame(
        {
            "final": at + rng.normal(size=n),
            "better": (rng.random(n) < 1 / (1 + np.exp(at))).astype(int),
            "visits": rng.poisson(np.exp(0.8 + 0.2 * at)),
            "technique": technique,
            "baseline": baseline,
            "therapist": [f"t{code:02d}" for code in therapist],
        }
    )


def design_of(frame, technique=None):
    technique = frame["technique"] if technique is None else np.repeat(technique, len(frame))
    arms = technique == "stretching", technique == "swedish"
    return np.column_stack([np.ones(len(frame)), *arms, frame["baseline"]])


def peer(frame, outcome, family):
    codes = pd.factorize(frame["therapist"])[0]
    model = GEE(frame[outcome], design_of(frame), codes, family=family, cov_struct=Exchangeable())
    return model.fit(cov_type="bias_reduced", ctol=1e-9)


@pytest.mark.parametrize(
    ("covariance", "std_error"), [("naive", 1.257), ("robust", 1.580), ("bias-reduced", 1.708)]
)
def test_the_headache_trial_by_practice(real_data, covariance, std_error):
    path = real_data / "vickers-headache" / "acupuncture.csv"
    if not path.exists():
        pytest.skip("the headache trial is not beside this checkout")
    trial = pd.read_csv(path, encoding="utf-8-sig")
    model = gee(trial, "pk5 ~ group + pk1", cluster="practice_id", covariance=covariance)
    row = model.table.set_index("term").loc["group"]
    assert round(row["estimate"], 3) == -4.626
    assert round(row["std_error"], 3) == std_error
    assert (row["df"], row["n_clusters"], row["n_rows"]) == (31, 34, 301)
    assert dict(model.sample) == {"rows": 401, "without pk5": 100, "rows used": 301}
    assert model.notes[0] == (
        "Two rows of one practice_id correlate -0.014, beyond what the columns explain; 34 "
        "clusters, the largest of 31 rows."
    )


def test_numbers_are_those_of_statsmodels_and_the_default_is_bias_reduced(frame):
    shuffled = frame.sample(frac=1, random_state=1)
    model, expected = gee(shuffled, FORMULA, cluster="therapist"), peer(frame, "final", None)
    np.testing.assert_allclose(model.table["estimate"], expected.params, rtol=1e-8)
    np.testing.assert_allclose(model.table["std_error"], expected.bse, rtol=1e-8)
    assert "Mancl & DeRouen 2001" in model.method
    difference = model.contrasts("technique", reference="cupping").table
    np.testing.assert_allclose(difference["estimate"], expected.params.iloc[1:3], rtol=1e-8)
    np.testing.assert_allclose(difference["std_error"], expected.bse.iloc[1:3], rtol=1e-8)
    assert difference["df"].tolist() == [20.0, 20.0]


@pytest.mark.parametrize(
    ("family", "outcome", "peers"),
    [("binomial", "better", Binomial()), ("poisson", "visits", Poisson())],
)
def test_shares_and_counts_are_standardised_over_the_rows(frame, family, outcome, peers):
    model = gee(frame, f"{outcome} ~ technique + baseline", cluster="therapist", family=family)
    expected = peer(frame, outcome, peers)
    np.testing.assert_allclose(model.table["estimate"], expected.params, rtol=1e-7)
    np.testing.assert_allclose(model.table["std_error"], expected.bse, rtol=1e-7)
    # What statsmodels predicts for every row at each technique, and its slope by differences.
    names = ["cupping", "stretching", "swedish"]

    def mean(params):
        designs = [design_of(frame, name) for name in names]
        return np.array([peers.link.inverse(design @ params).mean() for design in designs])

    params = expected.params.to_numpy()
    steps = np.eye(4) * 1e-6
    slopes = np.array([(mean(params + step) - mean(params - step)) / 2e-6 for step in steps])
    covariance = slopes.T @ expected.cov_params().to_numpy() @ slopes
    means = model.means("technique").table
    assert means["group"].tolist() == names
    np.testing.assert_allclose(means["estimate"], mean(params), rtol=1e-7)
    np.testing.assert_allclose(means["std_error"], np.sqrt(np.diag(covariance)), rtol=1e-6)
    assert (means["conf_low"] > 0).all() and "p_value" not in means
    row = model.contrasts("technique", reference="cupping").table.iloc[1]
    assert row["contrast"] == "swedish - cupping"
    assert row["estimate"] == pytest.approx(mean(params)[2] - mean(params)[0], rel=1e-6)
    turn = np.array([-1.0, 0.0, 1.0])
    assert row["std_error"] == pytest.approx(np.sqrt(turn @ covariance @ turn), rel=1e-6)
    ratios = model.supporting["ratios"]
    np.testing.assert_allclose(ratios["estimate"], np.exp(params), rtol=1e-7)
    quantity = {"binomial": "odds ratio", "poisson": "ratio of means"}[family]
    assert ratios["quantity"].tolist()[1:] == [quantity] * 3
    assert model.table["quantity"].tolist()[1:] == [f"log {quantity}"] * 3


@pytest.mark.parametrize("family", ["gaussian", "binomial", "poisson"])
def test_tables_keep_to_the_glossary_and_charts_draw(frame, family):
    outcome = {"gaussian": "final", "binomial": "better", "poisson": "visits"}[family]
    formula = f"{outcome} ~ technique * baseline"
    model = gee(frame, formula, cluster="therapist", family=family)
    answers = [model, model.means("technique"), model.contrasts("technique")]
    answers.append(model.test("technique"))
    for answer in answers:
        tables = [answer.table, *answer.supporting.values()]
        assert all(set(table.columns) <= ESTIMATE_NAMES for table in tables)
        assert "effect only if" in answer.summary() and formula in answer.summary()
    over = "the reference grid" if family == "gaussian" else "the rows used"
    assert f"their average over {over}" in answers[1].notes[0]
    assert len(answers[1].plot().get_yticklabels()) == 3
    assert len(answers[2].plot().get_yticklabels()) == 3


def test_it_is_a_public_name_and_leaves_the_frame(frame):
    before = frame.copy()
    assert ho.gee is gee
    gee(frame, FORMULA, cluster="therapist").means("technique")
    pd.testing.assert_frame_equal(frame, before)


def test_too_few_clusters_are_counted_by_name(frame):
    few = frame[frame["therapist"] < "t06"]
    with pytest.raises(NotEnoughData) as caught:
        gee(few, FORMULA, cluster="therapist")
    assert str(caught.value) == (
        f"'{FORMULA}' by therapist: the rows come from 6 clusters; 4 coefficients are to be "
        "estimated.\n"
        "  There must be 10 clusters or more, and 4 more than coefficients.\n"
        "  Collect more clusters; or ask for fewer columns."
    )


def test_a_cluster_that_alone_settles_a_coefficient_is_named(frame):
    frame = frame.assign(room=np.where(frame["therapist"] == "t07", "large", "small"))
    with pytest.raises(NotEnoughData) as caught:
        gee(frame, "final ~ technique + room", cluster="therapist")
    assert str(caught.value) == (
        "therapist 't07' alone settles a coefficient of 'final ~ technique + room', which then has "
        "no standard error.\n"
        "  Every coefficient needs two clusters of therapist or more.\n"
        "  Leave out the column that varies in this cluster only, or merge levels."
    )


def test_collinear_columns_and_a_constant_outcome_are_named(frame):
    frame = frame.assign(half=frame["baseline"] / 2, same=4.0)
    with pytest.raises(NotEnoughData, match=r"half is fixed by baseline.*") as caught:
        gee(frame, "final ~ technique + baseline + half", cluster="therapist")
    assert "Leave out one of those columns." in str(caught.value)
    with pytest.raises(NotEnoughData, match="same is 4 in all 360 rows used"):
        gee(frame, "same ~ technique", cluster="therapist")


def test_rows_without_a_cluster_are_counted(frame):
    frame.loc[:4, "therapist"] = None
    sample = gee(frame, FORMULA, cluster="therapist").sample
    assert dict(sample) == {"rows": 360, "without therapist": 5, "rows used": 355}


def test_wrong_words_name_the_right_ones(frame):
    with pytest.raises(ValueError) as caught:
        gee(frame, FORMULA, cluster="therapist", family="normal")
    assert str(caught.value) == (
        "family must be one of gaussian, binomial, poisson; it is 'normal'."
    )
    with pytest.raises(ValueError, match="covariance must be one of bias-reduced, robust, naive"):
        gee(frame, FORMULA, cluster="therapist", covariance="HC3")
    with pytest.raises(TableError, match="no column 'practice'"):
        gee(frame, FORMULA, cluster="practice")
    with pytest.raises(ValueError, match="visits must be 0 or 1; it holds"):
        gee(frame, "visits ~ technique", cluster="therapist", family="binomial")
    with pytest.raises(ValueError, match="whole numbers from 0"):
        gee(frame, FORMULA, cluster="therapist", family="poisson")
