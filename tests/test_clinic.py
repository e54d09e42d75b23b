"""load() and Clinic: filters, outcome rules that do not fit, engines that agree."""

import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.errors import NotEnoughData


def test_what_a_filter_leaves_out_is_counted(demo_clinic):
    older = demo_clinic.where(age_from=60)
    ((words, n_patients, n_sessions),) = older.left_out
    assert words == "age 60 or more"
    assert older.episodes.frame["age"].min() >= 60
    everyone = demo_clinic.episodes.frame["patient_id"].nunique()
    assert older.episodes.frame["patient_id"].nunique() + n_patients == everyone
    assert len(older.sessions) + n_sessions == len(demo_clinic.sessions)


def test_filters_add_up_one_after_another(demo_clinic):
    therapist = demo_clinic.episodes.frame["therapist"].iloc[0]
    at_once = demo_clinic.where(therapist=therapist, date_from="2025-06-01", date_to="2026-03-31")
    in_turn = (
        demo_clinic.where(therapist=therapist)
        .where(date_from="2025-06-01")
        .where(date_to="2026-03-31")
    )
    pd.testing.assert_frame_equal(at_once.episodes.frame, in_turn.episodes.frame)
    assert [words for words, *_ in at_once.left_out] == [
        "begun on or after 2025-06-01",
        "begun on or before 2026-03-31",
        f"therapist {therapist}",
    ]
    assert {words for words, *_ in in_turn.left_out} == {words for words, *_ in at_once.left_out}
    gone = sum(n for _, n, _ in at_once.left_out)
    everyone = demo_clinic.episodes.frame["patient_id"].nunique()
    assert at_once.episodes.frame["patient_id"].nunique() == everyone - gone


def test_a_filter_changes_no_number_of_the_episodes_it_keeps(demo_clinic):
    kept = demo_clinic.where(date_to="2026-01-31")
    columns = ["episode_id", "status", "baseline", "final", "improvement", "n_follow_ups"]
    found = kept.changes("pain").frame[columns]
    everyone = demo_clinic.changes("pain").frame[columns]
    expected = everyone[everyone["episode_id"].isin(kept.episodes.frame["episode_id"])]
    pd.testing.assert_frame_equal(found, expected.reset_index(drop=True))
    assert len(found) < len(everyone)


def test_under_a_filter_each_patient_still_has_one_headline_episode(demo_clinic):
    later = demo_clinic.where(date_from="2026-01-01").changes("pain").frame
    assert later.groupby("patient_id")["is_headline"].sum().eq(1).all()


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"therapist": "Nobody"}, "No episode has therapist 'Nobody'; the records hold "),
        ({"condition": "gout"}, "No episode has condition 'gout'; the records hold "),
        ({"date_from": "31/03/2026"}, "date_from must be a day such as '2026-03-31'; it is "),
        ({"procedure": "x"}, "These records hold no procedure to filter by."),
    ],
)
def test_a_filter_that_cannot_be_met_says_what_there_is(demo_clinic, wanted, message):
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        demo_clinic.where(**wanted)


def test_a_measure_that_was_not_recorded_is_refused_with_those_that_were(demo_clinic):
    with pytest.raises(NotEnoughData, match=r"hold no scores of 'lefs'\.\s+They hold pain"):
        demo_clinic.changes("lefs")


def test_a_rule_for_recorded_episodes_does_not_fit_sessions(demo_clinic):
    with pytest.raises(ValueError, match="'recorded' does not fit records of one row per session"):
        demo_clinic.changes("pain", ho.recorded())


def test_pandas_and_duckdb_give_the_same_clinic(demo_clinic, root):
    other = ho.load(root / "data" / "demo_sessions.csv", engine="duckdb")
    pd.testing.assert_frame_equal(other.episodes.frame, demo_clinic.episodes.frame)
    pd.testing.assert_frame_equal(other.episode_sessions.frame, demo_clinic.episode_sessions.frame)
    for measure in demo_clinic.measures:
        pd.testing.assert_frame_equal(
            other.changes(measure).frame, demo_clinic.changes(measure).frame, rtol=0, atol=1e-9
        )


def test_an_engine_that_does_not_exist_is_refused_by_name(root):
    with pytest.raises(ValueError, match="engine must be one of pandas, duckdb; it is 'spark'"):
        ho.load(root / "data" / "demo_sessions.csv", engine="spark")


def test_longer_gaps_join_episodes(root):
    short = ho.load(root / "data" / "demo_sessions.csv", episode_rule=ho.EpisodeRule(gap=5))
    long = ho.load(root / "data" / "demo_sessions.csv", episode_rule=ho.EpisodeRule(gap=90))
    assert len(short.episodes) > len(long.episodes)
    assert short.episodes.frame["n_sessions"].sum() == long.episodes.frame["n_sessions"].sum()


def test_another_rule_for_the_technique_changes_groups_and_says_so(demo_clinic, root):
    other = ho.load(root / "data" / "demo_sessions.csv", exposure_rule=ho.most_used())
    first, most = (ho.improvement(c, "pain", by="technique") for c in (demo_clinic, other))
    assert first.table["n_patients"].sum() == most.table["n_patients"].sum()
    assert first.table["n_patients"].tolist() != most.table["n_patients"].tolist()
    assert "counted under the main technique of the first session" in first.method
    assert "counted under the technique with most minutes" in most.method


def test_smaller_minimums_give_estimates_of_smaller_groups_and_say_so(demo_clinic, root):
    path = root / "data" / "demo_sessions.csv"
    clinic = ho.load(path, minimums=ho.Minimums(estimate=5))
    assert clinic.where(age_from=30).minimums == clinic.regrouped(ho.EpisodeRule()).minimums
    assert clinic.where(age_from=30).minimums.estimate == 5
    usual, other = (
        ho.improvement(c, "pain", by=["technique", "condition"]) for c in (demo_clinic, clinic)
    )
    n = other.table["n_patients"]
    assert n.between(5, 9).any()
    assert other.table["estimate"].notna().tolist() == n.ge(5).tolist()
    assert usual.table["estimate"].notna().tolist() == n.ge(10).tolist()
    four = other.table[n == 4].iloc[0]
    assert four["reason"] == "only 4 patients; an estimate needs 5"
    n_groups = int(n.ge(5).sum())
    assert (
        f"{n_groups} of {len(n)} groups have the 5 patients that an estimate needs; the table "
        "lists them all."
    ) in other.words


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"estimate": 1}, "estimate=1, contrast=20 and disclosure_inside=5"),
        ({"estimate": 30}, "estimate=30, contrast=20 and disclosure_inside=5"),
        ({"contrast": 9}, "estimate=10, contrast=9 and disclosure_inside=5"),
        ({"disclosure_inside": 11}, "estimate=10, contrast=20 and disclosure_inside=11"),
        ({"disclosure_inside": 0}, "estimate=10, contrast=20 and disclosure_inside=0"),
    ],
)
def test_impossible_minimums_are_refused_with_what_they_are(asked, found):
    with pytest.raises(ValueError) as caught:
        ho.Minimums(**asked)
    assert str(caught.value) == (
        "Minimums need 2 patients or more for an estimate (an interval needs two), as many or more "
        "in each group of a contrast, and from 1 to as many as an estimate needs for disclosure "
        f"inside the clinic; they have {found}."
    )


def test_the_least_possible_minimums_are_taken():
    assert ho.Minimums(estimate=2, contrast=2, disclosure_inside=1).too_few(1) == (
        "only 1 patient; an estimate needs 2"
    )


def test_a_repr_shows_no_patient(demo_clinic):
    shown = " ".join(
        map(repr, [demo_clinic, demo_clinic.sessions, demo_clinic.scores, demo_clinic.issues])
    )
    assert not any(name in shown for name in demo_clinic.patients)
