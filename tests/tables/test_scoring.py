"""Scoring against vectors from outside, the missing-item rules, and a national data set."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from hipoutcomes.tables.scoring import REASONS, score_items
from hipoutcomes.vocabulary.questionnaires import HOOS_JR_TABLE, HOOS_PS_TABLE

#: Answers and scores published with a scorer of another project, and one more digit where the
#: arithmetic is plain (100 - 25 * 25 / 17).
HOOS = {
    "hoos_symptoms": ("hoos_s", "4 0 4 1 0", 55.0),
    "hoos_pain": ("hoos_p", "0 2 1 2 1 2 1 1 2 1", 67.5),
    "hoos_adl": ("hoos_a", "1 2 3 2 1 2 1 0 1 1 2 2 1 2 1 1 2", 63.235294117647),
    "hoos_sport": ("hoos_sp", "3 1 0 1", 68.75),
    "hoos_qol": ("hoos_q", "1 1 1 1", 75.0),
}


def row(stem, text):
    """One row of answers; "." is missing."""
    return {
        f"{stem}{place}": np.array([np.nan if answer == "." else float(answer)])
        for place, answer in enumerate(text.split(), start=1)
    }


def one(instrument, items, measure=None, rule=None):
    """Score and reason of a single row."""
    scored = score_items(instrument, items, rule)[measure or instrument]
    return scored.score[0], REASONS[scored.reason[0]]


@pytest.mark.parametrize("measure", HOOS)
def test_hoos_subscales(measure):
    stem, answers, score = HOOS[measure]
    assert one("hoos", row(stem, answers), measure) == (pytest.approx(score, abs=1e-9), "")


#: Subscale, items, fewest answers under the rules of 2013 and 2003.
HOOS_RULES = [
    ("hoos_symptoms", "hoos_s", 5, 3, 3),
    ("hoos_pain", "hoos_p", 10, 5, 8),
    ("hoos_adl", "hoos_a", 17, 9, 15),
    ("hoos_sport", "hoos_sp", 4, 2, 2),
    ("hoos_qol", "hoos_q", 4, 2, 2),
]


@pytest.mark.parametrize("rule", [None, "2013", "2003"])
@pytest.mark.parametrize(("measure", "stem", "n", "least_2013", "least_2003"), HOOS_RULES)
def test_hoos_missing_items(measure, stem, n, least_2013, least_2003, rule):
    least = least_2003 if rule == "2003" else least_2013
    for answered in range(n + 1):
        items = row(stem, " ".join(["1"] * answered + ["."] * (n - answered)))
        expected = "no item was answered" if answered == 0 else "too few items were answered"
        if answered >= least:
            assert one("hoos", items, measure, rule) == (75.0, "")
        else:
            score, reason = one("hoos", items, measure, rule)
            assert np.isnan(score) and reason == expected


def test_missing_items_do_not_pull_the_score():
    items = row("hoos_p", "2 2 2 2 2 . . . . .")
    assert one("hoos", items, "hoos_pain") == (50.0, "")


@pytest.mark.parametrize(
    ("answers", "score"),
    [("2 1 1 3 4", 58.3), ("2 2 2 2 2", 62.3), ("0 0 0 0 0", 100.0), ("4 4 4 4 4", 0.0)],
)
def test_hoos_ps(answers, score):
    assert one("hoos_ps", row("hoos_ps_", answers)) == (score, "")


@pytest.mark.parametrize(
    ("answers", "score"), [("2 2 2 3 1 1", 55.985), ("2 2 2 2 1 1", 58.930), ("4 4 4 4 4 3", 8.104)]
)
def test_hoos_jr(answers, score):
    assert one("hoos_jr", row("hoos_jr_", answers)) == (score, "")


def test_hoos_jr_is_not_the_table_of_a_public_sample():
    """HL7 PACIO sample data, EX_jd1_questionnaire-hoosjr.fsh, gives 57.985 for a sum of 10."""
    score, _ = one("hoos_jr", row("hoos_jr_", "2 2 2 2 1 1"))
    assert abs(score - 57.985) > 0.5
    assert HOOS_JR_TABLE[1] != 93.239 and HOOS_JR_TABLE[24] != 2.065


@pytest.mark.parametrize(("table", "length"), [(HOOS_PS_TABLE, 21), (HOOS_JR_TABLE, 25)])
def test_structure_of_the_lookup_tables(table, length):
    assert len(table) == length
    assert np.all(np.diff(table) < 0)
    assert (table[0], table[-1]) == (100.0, 0.0)


def visa_g(answers, **alternatives):
    items = row("visa_g_", answers)
    return items | {f"visa_g_{k}": np.array([float(v)]) for k, v in alternatives.items()}


def test_visa_g():
    assert one("visa_g", visa_g("2 7 2 10 5 5 10", **{"8b": 15})) == (56.0, "")
    assert one("visa_g", visa_g("10 10 10 10 10 10 10", **{"8c": 30})) == (100.0, "")


def test_visa_g_needs_exactly_one_of_the_alternatives():
    answers = "2 7 2 10 5 5 10"
    score, reason = one("visa_g", visa_g(answers, **{"8a": 5, "8b": 15}))
    assert np.isnan(score) and reason == "more than one of the alternative items was answered"
    score, reason = one("visa_g", visa_g(answers))
    assert np.isnan(score) and reason == "too few items were answered"
    score, reason = one("visa_g", visa_g("2 7 . 10 5 5 10", **{"8b": 15}))
    assert np.isnan(score) and reason == "too few items were answered"


def test_visa_g_knows_its_answers():
    score, reason = one("visa_g", visa_g("2 7 3 10 5 5 10", **{"8b": 15}))
    assert np.isnan(score) and reason == "too few items were answered"


def test_oxford_hip_score():
    assert one("oxford_hip_score", row("oxford_", "1 3 2 2 1 0 4 0 4 1 3 1")) == (22.0, "")


def test_oxford_hip_score_with_missing_items():
    two = row("oxford_", "2 2 2 2 2 2 2 2 2 3 . .")
    assert one("oxford_hip_score", two) == (pytest.approx(12 * 21 / 10), "")
    three = row("oxford_", "2 2 2 2 2 2 2 2 2 . . .")
    score, reason = one("oxford_hip_score", three)
    assert np.isnan(score) and reason == "too few items were answered"


@pytest.mark.parametrize(("stem", "n", "least"), [("s", 7, 4), ("p", 10, 5), ("pa", 2, 1)])
def test_hagos_needs_half_of_a_subscale(stem, n, least):
    names = {"s": "hagos_symptoms", "p": "hagos_pain", "pa": "hagos_participation"}
    enough = row(f"hagos_{stem}", " ".join(["1"] * least + ["."] * (n - least)))
    assert one("hagos", enough, names[stem]) == (75.0, "")
    fewer = row(f"hagos_{stem}", " ".join(["1"] * (least - 1) + ["."] * (n - least + 1)))
    assert np.isnan(one("hagos", fewer, names[stem])[0])


def test_hoos12_summary_is_the_mean_of_three_scales():
    items = row("hoos12_p", "0 0 0 0") | row("hoos12_f", "4 4 4 4") | row("hoos12_q", "1 1 . .")
    assert one("hoos12", items, "hoos12_summary") == (pytest.approx((100 + 0 + 75) / 3), "")
    items["hoos12_q2"] = np.array([np.nan])
    score, reason = one("hoos12", items, "hoos12_summary")
    assert np.isnan(score) and reason == "too few items were answered"
    assert "hoos12_summary" not in score_items("hoos12", row("hoos12_p", "0 0 0 0"))


def test_ihot12_is_the_mean_of_nine_answers_or_more():
    assert one("ihot12", row("ihot12_", "50 60 70.5 " + "40 " * 6 + ". . .")) == (
        pytest.approx(420.5 / 9),
        "",
    )
    assert np.isnan(one("ihot12", row("ihot12_", "40 " * 8 + ". . . ."))[0])


def test_lefs_is_a_sum_of_all_its_items():
    assert one("lefs", row("lefs_", "3 4 " * 10)) == (70.0, "")
    assert np.isnan(one("lefs", row("lefs_", "3 4 " * 9 + "3 ."))[0])


def test_psfs_is_the_mean_of_the_activities_there_are():
    assert one("psfs", row("psfs_", "2 4 6.5 . .")) == (pytest.approx(12.5 / 3), "")


def test_rows_do_not_touch_each_other():
    rng = np.random.default_rng(7)
    items = {f"hoos_ps_{k}": rng.integers(0, 6, 70_000).astype(float) for k in range(1, 6)}
    whole = score_items("hoos_ps", items)["hoos_ps"]
    for place in (0, 32_767, 32_768, 69_999):
        alone = {code: answers[place : place + 1] for code, answers in items.items()}
        found = score_items("hoos_ps", alone)["hoos_ps"]
        assert found.score[0] == pytest.approx(whole.score[place], nan_ok=True)
        assert found.reason[0] == whole.reason[place]
    five = np.any([answers == 5 for answers in items.values()], axis=0)
    assert np.array_equal(np.isnan(whole.score), five)
    assert np.array_equal(whole.reason > 0, five)


def test_nothing_is_written_into_the_answers():
    items = row("hoos_ps_", "2 1 9 3 .")
    before = {code: answers.copy() for code, answers in items.items()}
    score_items("hoos_ps", items)
    assert all(np.array_equal(items[c], before[c], equal_nan=True) for c in items)


def test_an_empty_file_scores_to_nothing():
    scored = score_items("hoos_ps", {"hoos_ps_1": np.array([])})["hoos_ps"]
    assert scored.score.shape == scored.reason.shape == (0,)


@pytest.mark.parametrize(
    ("instrument", "items", "rule", "message"),
    [
        ("nprs", {}, None, "'nprs' is no instrument with items; those are psfs, hoos, "),
        ("hoos", {"hoos_x1": [1.0]}, None, "hoos has no items hoos_x1; its items are hoos_s1, "),
        ("hoos", {"hoos_p1": [1.0]}, "2020", "hoos has no rule '2020'; it has '2013', '2003'."),
        ("hoos", {"hoos_p1": [1.0], "hoos_p2": [1.0, 2.0]}, None, "equally many; there are "),
    ],
)
def test_wrong_calls_name_what_is_allowed(instrument, items, rule, message):
    with pytest.raises(ValueError, match=message):
        score_items(instrument, items, rule)


OXFORD = (
    *("Pain", "Sudden Pain", "Night Pain", "Washing", "Transport", "Dressing", "Shopping"),
    *("Walking", "Limping", "Stairs", "Standing", "Work"),
)


def nhs_columns(moment):
    """Twelve items (9 = missing) and the ready score of the public NHS England file 2017/18."""
    path = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "nhs-proms"
    path = path / "hip_provider_1718.csv.gz"
    if not path.exists():
        pytest.skip("the NHS data is not beside this checkout (../shared/data)")
    stem = f"Hip Replacement {moment}-Op Q"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = [*(f"{stem} {item}" for item in OXFORD), f"{stem} Score"]
    return np.array([[float(r[name] or "nan") for name in names] for r in rows])


@pytest.mark.parametrize("moment", ["Pre", "Post"])
def test_oxford_hip_score_equals_the_ready_score_of_a_national_file(moment):
    """The file holds no row with one or two items missing, so it cannot show how these count."""
    columns = nhs_columns(moment)
    given, ready = columns[:, :12], columns[:, 12]
    items = {f"oxford_{k}": given[:, k - 1] for k in range(1, 13)}
    scored = score_items("oxford_hip_score", items)["oxford_hip_score"]
    assert np.isfinite(ready).sum() > 38_000
    assert np.array_equal(scored.score, ready, equal_nan=True)
    n_missing = (given == 9).sum(axis=1)
    assert not np.isin(n_missing, (1, 2)).any()
    assert np.array_equal(scored.reason > 0, n_missing > 2)
