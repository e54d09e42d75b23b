"""Responders read further: differences, reliable change, ends of the scale, ordered odds."""

import csv

import numpy as np
import pytest

from hipoutcomes.analyses.responders import responders
from hipoutcomes.analyses.shares.reliable_classes import NOTE
from hipoutcomes.analyses.shares.share_contrasts import CAUTION
from hipoutcomes.stats.remeasuring.reliable_change import METHODS, reliable_change
from hipoutcomes.vocabulary.columns import ESTIMATE_NAMES

KEPT = ("reliable change", "at the ends", "ordinal", "differences", "thresholds")


def headache(changes):
    """161 and 140 people, of whom 87 and 45 improve by two points or more."""
    better = np.r_[np.arange(161) < 87, np.arange(140) < 45]
    technique = np.repeat(["swedish", "cupping"], [161, 140])
    return changes(np.full(301, 6.0), np.where(better, 3.0, 6.0), technique=technique)


def test_differences_of_shares_are_the_published_ones(changes, hand_clinic):
    answer = responders(hand_clinic([headache(changes)]), "pain", by="technique", contrast=True)
    row = answer.supporting["differences"].iloc[0]
    assert row["contrast"] == "Swedish - Cupping"
    assert (row["n_patients"], row["n_other"], row["reason"]) == (161, 140, "")
    # The trial: 22 percent (11 to 33); statsmodels, "agresti-caffo": 0.1074 to 0.3245.
    assert round(100 * row["estimate"]) == 22
    assert row["conf_low"] == pytest.approx(0.107402778952, abs=1e-9)
    assert row["conf_high"] == pytest.approx(0.324464498331, abs=1e-9)
    assert CAUTION in answer.notes


def test_a_contrast_is_for_groups_of_twenty_and_for_groups_that_were_recorded(changes, hand_clinic):
    technique = np.repeat(["swedish", "cupping", "hot_stone", "mixed", None], [30, 25, 19, 30, 30])
    frame = changes(np.full(134, 6.0), np.tile([3.0, 6.0], 67), technique=technique)
    answer = responders(hand_clinic([frame]), "pain", by="technique", contrast=True)
    pairs = answer.supporting["differences"].set_index("contrast")
    assert len(pairs) == 3
    for name, row in pairs.iterrows():
        small = "Hot stone" in name
        assert (row["reason"] == "a contrast needs 20 patients in each group") is small
        assert np.isnan(row["estimate"]) == small


def test_without_being_asked_there_are_no_differences_and_never_numbers_to_treat(
    changes, hand_clinic
):
    clinic = hand_clinic([headache(changes)])
    assert "differences" not in responders(clinic, "pain", by="technique").supporting
    with pytest.raises(ValueError) as caught:
        responders(clinic, "pain", contrast=True)
    assert str(caught.value) == (
        "contrast=True puts groups against each other; say which, as by='technique'."
    )
    answer = responders(clinic, "pain", by="technique", contrast=True)
    assert "NNT" not in answer.summary() and "number needed" not in answer.summary()


def scores(n=60, highest=10):
    rng = np.random.default_rng(4)
    first = np.clip(np.rint(rng.normal(0.6, 0.17, n) * highest), 0, highest)
    return first, np.clip(
        np.rint(first - 0.2 * highest + rng.normal(0, 0.2, n) * highest), 0, highest
    )


def test_reliable_change_by_formula_and_reliability(changes, hand_clinic):
    first, later = scores()
    answer = responders(hand_clinic([changes(first, later)]), "pain")
    table = answer.supporting["reliable change"]
    of = table.set_index(["formula", "reliability"])
    for formula, r in [(METHODS[0], 0.4), (METHODS[0], 0.8), *((m, 0.6) for m in METHODS[1:])]:
        told = reliable_change(first, later, reliability=r, sign=-1, method=formula)
        row = of.loc[(formula, r)]
        assert (row["n_better"], row["n_worse"]) == (told.better.sum(), told.worse.sum())
        assert row["n_same"] == 60 - row["n_better"] - row["n_worse"]
    # The smallest reliable change: 1.96 * SD * sqrt(2 * (1 - r)), from R: sd() of the same scores.
    assert of.loc[(METHODS[0], 0.8), "threshold"] == pytest.approx(
        1.96 * np.std(first, ddof=1) * 0.6324555, rel=1e-6
    )
    assert "n_recovered" not in table
    assert NOTE in answer.notes
    published = table[table["formula"] == "published detectable change"]
    assert published["group"].str.contains("Alghadir 2018").all() and len(published) == 1


def test_where_a_state_is_known_there_are_five_classes(changes, hand_clinic):
    first, later = scores(highest=100)
    table = responders(hand_clinic([changes(first, later, "pain_vas")]), "pain_vas").supporting[
        "reliable change"
    ]
    row = table.iloc[2]
    told = reliable_change(first, later, reliability=0.8, sign=-1)
    assert row["n_recovered"] == (told.better & (first > 35) & (later <= 35)).sum() > 0
    assert row["n_left_state"] == (told.worse & (first <= 35) & (later > 35)).sum()
    assert row["source"].startswith("state: a score of 35 points or less (Tubach 2005")
    hoos = responders(hand_clinic([changes(first, later, "hoos_pain")]), "hoos_pain")
    assert "n_recovered" not in hoos.supporting["reliable change"]


def test_first_scores_all_alike_have_no_reliable_change(changes, hand_clinic):
    answer = responders(hand_clinic([changes([6.0] * 20, [3.0] * 20)]), "pain")
    assert "reliable change" not in answer.supporting
    assert NOTE not in answer.notes


def test_scores_at_an_end_are_counted_and_named_above_fifteen_percent(changes, hand_clinic):
    few, many = (
        responders(hand_clinic([changes([6.0, 7.0] * 10, [0.0] * n + [4.0] * (20 - n))]), "pain")
        for n in (3, 4)
    )
    ends = many.supporting["at the ends"]
    assert ends["quantity"].tolist() == [
        "share of later scores at the best end of the scale (0)",
        "share of later scores at the worst end of the scale (10)",
    ]
    assert ends["estimate"].tolist() == [0.2, 0.0]
    note = (
        "More than 15% of later scores stand at an end of the scale (share of later scores at the "
        "best end of the scale (0): 20%), where no further change can show: read the shares and "
        "the curve rather than a mean."
    )
    assert note in many.notes
    assert not any("More than 15%" in said for said in few.notes)
    assert "ordinal" not in many.supporting


def test_the_best_end_of_a_scale_on_which_more_is_better(changes, hand_clinic):
    frame = changes([40.0, 60.0] * 10, [100.0] * 5 + [70.0] * 15, "hoos_pain")
    ends = responders(hand_clinic([frame]), "hoos_pain").supporting["at the ends"]
    assert ends["quantity"].iloc[0].endswith("at the best end of the scale (100)")
    assert ends["estimate"].tolist() == [0.25, 0.0]


def test_ordered_odds_between_groups_are_those_of_clm(root, changes, hand_clinic):
    folder = root / "tests" / "oracles" / "responder_odds"
    with (folder / "rows.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    first, later = ([float(row[name]) for row in rows] for name in ("first", "later"))
    frame = changes(first, later, technique=[row["group"] for row in rows])
    table = responders(hand_clinic([frame]), "pain", by="technique").supporting["ordinal"]
    names = {"swedish": "Swedish", "deep_tissue": "Deep tissue", "cupping": "Cupping"}
    with (folder / "numbers.csv").open(newline="") as file:
        expected = {
            f"{names[row['group']]} / {names[row['reference']]}": row
            for row in csv.DictReader(file)
        }
    assert len(table) == 3
    for _, row in table.iterrows():
        for name in ("estimate", "conf_low", "conf_high"):
            assert row[name] == pytest.approx(float(expected[row["contrast"]][name]), rel=1e-5)


def test_ordered_odds_that_cannot_be_had_say_why(changes, hand_clinic):
    technique = np.repeat(["swedish", "cupping"], [30, 12])
    frame = changes(np.tile([6.0, 7.0], 21), np.tile([0.0, 4.0], 21), technique=technique)
    row = responders(hand_clinic([frame]), "pain", by="technique").supporting["ordinal"].iloc[0]
    assert row["reason"] == "No two groups have 20 measured patients each"
    assert np.isnan(row["estimate"])


def test_columns_come_from_the_glossary(changes, hand_clinic):
    first, later = scores(90)
    frame = changes(
        first, np.maximum(later - 1, 0), technique=np.repeat(["swedish", "cupping"], 45)
    )
    answer = responders(hand_clinic([frame]), "pain", by="technique", contrast=True)
    assert set(KEPT) <= set(answer.supporting)
    for name in KEPT:
        assert set(answer.supporting[name]) <= ESTIMATE_NAMES, name


def test_too_few_first_scores_with_room_give_a_reason_and_no_share(changes, hand_clinic):
    frame = changes([1.0] * 20 + [6.0] * 4, [1.0] * 20 + [2.0] * 4)
    answer = responders(hand_clinic([frame]), "pain", threshold=2)
    row = answer.table.iloc[0]
    assert row["reason"] == "only 4 first scores left room for it; an estimate needs 10"
    assert np.isnan(row["estimate"])
    assert np.isnan(row["share_better"])
    assert (row["n_eligible"], row["n_better"]) == (4, 4)
    assert f"There is no estimate: {row['reason']}." in answer.words
    nobody = responders(hand_clinic([changes([1.0] * 20, [0.0] * 20)]), "pain", threshold=2)
    assert nobody.table["reason"].tolist() == ["no first score left room for it"]
    assert "Nobody's first score left room to get better by 2 points or more." in nobody.words


def test_too_few_with_room_to_worsen_are_counted_without_a_share(changes, hand_clinic):
    frame = changes([10.0] * 20 + [5.0] * 4, [8.0] * 20 + [7.0] * 4)
    row = responders(hand_clinic([frame]), "pain", threshold=2).table.iloc[0]
    assert (row["n_room_to_worsen"], row["n_worse"]) == (4, 4)
    assert np.isnan(row["share_worse"])
    assert row["reason"] == ""


def test_without_a_threshold_and_with_few_patients_the_table_says_why(changes, hand_clinic):
    frame = changes([40.0] * 3, [60.0] * 3, measure="hoos_ps")
    table = responders(hand_clinic([frame]), "hoos_ps").table
    assert table["reason"].tolist() == ["only 3 patients; an estimate needs 10"]
    assert table[["estimate", "n_better"]].isna().all(axis=None)


def test_one_group_has_nothing_to_be_put_against(changes, hand_clinic):
    frame = changes([6.0] * 30, [3.0] * 30, technique="swedish")
    answer = responders(hand_clinic([frame]), "pain", by="technique", contrast=True)
    assert "differences" not in answer.supporting
    assert any(note.startswith("There are no two groups") for note in answer.notes)
