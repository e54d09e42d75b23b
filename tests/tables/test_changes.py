"""Changes: which scores count as the start and the outcome, and what became of each episode."""

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.tables.baseline_rules import BaselineRule
from hipoutcomes.tables.changes import measure_change, recorded_change
from hipoutcomes.tables.episodes import EpisodeRule, find_episodes, recorded_episodes
from hipoutcomes.tables.outcome_rules import last, session, week
from hipoutcomes.tables.records import NO_DAY, ScoreField
from hipoutcomes.tables.scores import Scores
from hipoutcomes.tables.sessions import order_of_rows, sessions_from

ENGINES = ("pandas", "duckdb")
LAST_DAY = 1000
_ = np.nan


def changes_of(
    visits, rule=week(6), outcome="pain", timing="before", last_day=LAST_DAY, engine="pandas",
    run_in=0, more=None, baseline=None, **columns,
):  # fmt: skip
    """Changes from rows of (patient, day, kind, score); kind 'visit' or 'form'."""
    rows = pd.DataFrame(visits, columns=["patient_id", "day", "kind", "score"])
    for name in ("side", "condition", "technique", "therapist", "clinic"):
        rows[name] = pd.Categorical(columns.pop(name, [None] * len(rows)))
    rows = rows.assign(**columns)
    rows["is_visit"] = rows["kind"] == "visit"
    rows["file"], rows["row"] = "a.csv", np.arange(len(rows)) + 2
    rows = rows.iloc[order_of_rows(rows)].reset_index(drop=True)
    visit = rows["is_visit"].to_numpy()
    score = rows["score"].to_numpy(float)
    fields = {
        ScoreField(outcome, timing): np.where(visit, score, np.nan),
        ScoreField(outcome, "between"): np.where(visit, np.nan, score),
    }
    fields.update({f: np.asarray(s, float) for f, s in (more or {}).items()})
    sessions = sessions_from(rows)
    scores = Scores(rows, np.where(visit, np.cumsum(visit), 0).astype("int32"), fields)
    episodes, links = find_episodes(sessions, EpisodeRule(run_in=run_in), 0, engine)
    return measure_change(
        scores,
        episodes,
        links,
        outcome,
        rule,
        gap=90,
        last_day=last_day,
        baseline=baseline,
        engine=engine,
    ).frame


def told(frame):
    """Status, start, outcome, improvement and follow-ups, without missing values' types."""
    columns = ["status", "baseline", "final", "improvement", "n_follow_ups"]
    return [
        tuple(None if pd.isna(v) else v for v in row)
        for row in frame[columns].astype(object).itertuples(index=False)
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_score_nearest_week_six_counts_and_lower_pain_is_improvement(engine):
    frame = changes_of(
        [(1, 100, "visit", 7), (1, 121, "visit", 6), (1, 140, "visit", 4), (1, 150, "visit", 1)],
        engine=engine,
    )
    # Target day 142: day 140 is nearer than day 150; two sessions came before it.
    assert told(frame) == [("measured", 7.0, 4.0, 3.0, 1)]
    assert frame["final_day"].tolist() == [140]


@pytest.mark.parametrize("engine", ENGINES)
def test_of_two_equally_near_the_earlier_counts(engine):
    frame = changes_of(
        [(1, 100, "visit", 7), (1, 138, "visit", 5), (1, 146, "visit", 2)], engine=engine
    )
    assert told(frame) == [("measured", 7.0, 5.0, 2.0, 0)]


def test_a_message_sent_after_the_last_visit_counts():
    frame = changes_of([(1, 100, "visit", 7), (1, 107, "visit", 6), (1, 143, "form", 5)])
    assert told(frame) == [("measured", 7.0, 5.0, 2.0, 1)]


def test_a_score_after_treatment_never_counts():
    frame = changes_of(
        [(1, 100, "visit", 7), (1, 142, "visit", _)],
        more={ScoreField("pain", "after"): [3, 1]},
    )
    assert told(frame) == [("not measured again", 7.0, None, None, 0)]


def test_outside_four_to_eight_weeks_nothing_counts():
    # Day 127 is 27 days after the first session, day 157 is 57 days after it.
    frame = changes_of([(1, 100, "visit", 7), (1, 127, "visit", 2), (1, 157, "visit", 2)])
    assert told(frame) == [("not measured again", 7.0, None, None, 1)]
    frame = changes_of([(1, 100, "visit", 7), (1, 128, "visit", 2)])
    assert told(frame) == [("measured", 7.0, 2.0, 5.0, 0)]
    frame = changes_of([(1, 100, "visit", 7), (1, 156, "visit", 3)])
    assert told(frame) == [("measured", 7.0, 3.0, 4.0, 0)]


def test_an_intake_form_up_to_fourteen_days_ahead_is_a_start_and_the_first_visit_beats_it():
    frame = changes_of([(1, 86, "form", 8), (1, 100, "visit", _), (1, 142, "visit", 5)])
    assert told(frame) == [("measured", 8.0, 5.0, 3.0, 0)]
    frame = changes_of([(1, 86, "form", 8), (1, 100, "visit", 6), (1, 142, "visit", 5)])
    assert told(frame) == [("measured", 6.0, 5.0, 1.0, 0)]
    frame = changes_of([(1, 85, "form", 8), (1, 100, "visit", _), (1, 142, "visit", 5)])
    assert told(frame) == [("no first score", None, None, None, 0)]


def test_another_rule_for_the_start_takes_other_scores():
    visits = [(1, 80, "form", 8), (1, 100, "visit", _), (1, 142, "visit", 5)]
    assert told(changes_of(visits, baseline=BaselineRule(20))) == [("measured", 8.0, 5.0, 3.0, 0)]
    assert told(changes_of(visits, baseline=BaselineRule(19)))[0][0] == "no first score"
    with pytest.raises(ValueError, match="0 days or more; it has -1"):
        BaselineRule(-1)


def test_a_form_on_the_day_of_the_first_visit_is_no_start_because_it_may_follow_treatment():
    frame = changes_of([(1, 100, "form", 3), (1, 100, "visit", _), (1, 142, "visit", 5)])
    assert told(frame) == [("no first score", None, None, None, 0)]


def test_a_window_still_open_when_the_file_ends_is_not_missing():
    visits = [(1, 100, "visit", 7), (1, 142, "visit", 5)]
    assert told(changes_of(visits, last_day=155))[0][0] == "not yet due"
    assert told(changes_of(visits, last_day=156))[0][0] == "measured"


def test_scores_of_a_new_complaint_do_not_count_for_the_one_before():
    frame = changes_of(
        [(1, 100, "visit", 7), (1, 140, "visit", 9)],
        new_complaint=pd.array([None, True], dtype="boolean"),
    )
    assert told(frame) == [
        ("not measured again", 7.0, None, None, 0),
        ("not measured again", 9.0, None, None, 0),
    ]


def test_one_episode_per_patient_is_counted_in_a_headline_and_it_is_the_first_that_was_due():
    frame = changes_of(
        [(1, 10, "visit", 7), (1, 300, "visit", 6), (1, 342, "visit", 5), (1, 980, "visit", 4)],
        run_in=90,
    )
    assert frame["status"].tolist() == ["already running", "measured", "not yet due"]
    assert frame["is_headline"].tolist() == [False, True, False]


def test_motion_changes_only_between_readings_taken_alike():
    visits = [(1, 100, "visit", 90), (1, 135, "visit", 110), (1, 142, "visit", 120)]
    alike = {"device": "goniometer", "position": "supine"}
    by_rater = ["Ann", "Ann", "Bob"]
    # Higher is better; Bob's reading is nearer week 6 but does not compare with Ann's.
    frame = changes_of(visits, outcome="flexion_active", rater=by_rater, **alike)
    assert told(frame) == [("measured", 90.0, 110.0, 20.0, 0)]
    frame = changes_of(visits, outcome="flexion_active", rater=["Ann", "Bob", "Bob"], **alike)
    assert told(frame) == [("not comparable", 90.0, None, None, 1)]
    frame = changes_of(visits, outcome="flexion_active", rater=by_rater, device="goniometer")
    assert told(frame) == [("not comparable", 90.0, None, None, 1)]


def test_a_score_of_the_other_hip_does_not_count():
    frame = changes_of(
        [(1, 100, "visit", 7), (1, 142, "visit", _)],
        side=["left", "left"],
        more={ScoreField("pain", "before", "right"): [_, 2]},
    )
    assert told(frame) == [("not measured again", 7.0, None, None, 0)]


def test_the_sixth_session_and_those_who_stopped_before_it():
    visits = [(1, 100 + 7 * k, "visit", 9 - k) for k in range(6)] + [(2, 100, "visit", 8)]
    assert told(changes_of(visits, session(6))) == [
        ("measured", 9.0, 4.0, 5.0, 4),
        ("not measured again", 8.0, None, None, 0),
    ]


def test_the_last_score_counts_whenever_it_was_and_is_due_when_the_episode_has_ended():
    visits = [(1, 100, "visit", 7), (1, 170, "visit", 5), (1, 250, "form", 3)]
    assert told(changes_of(visits, last())) == [("measured", 7.0, 3.0, 4.0, 1)]
    assert told(changes_of(visits, last(), last_day=255))[0][0] == "not yet due"


def test_both_engines_agree_on_a_thousand_random_patients():
    rng = np.random.default_rng(11)
    n = 6000
    visits = list(
        zip(
            rng.integers(1, 1000, n),
            rng.integers(0, 500, n),
            rng.choice(["visit", "form"], n, p=[0.9, 0.1]),
            rng.choice([*map(float, range(11)), np.nan], n),
            strict=True,
        )
    )
    side = rng.choice(["left", "right", "both", None], n)
    for rule in (week(6), session(3), last()):
        frames = [changes_of(visits, rule, side=side, engine=e, run_in=90) for e in ENGINES]
        pd.testing.assert_frame_equal(frames[0], frames[1], rtol=0, atol=1e-9)
        assert (frames[0]["status"] == "measured").sum() > 20


def test_shuffled_rows_give_the_same_changes():
    rng = np.random.default_rng(13)
    n = 600
    visits = pd.DataFrame(
        {
            "patient_id": rng.integers(1, 100, n),
            "day": rng.integers(0, 200, n),
            "kind": rng.choice(["visit", "form"], n),
            "score": rng.integers(0, 11, n).astype(float),
        }
    )
    expected = changes_of(visits.values.tolist())
    shuffled = changes_of(visits.sample(frac=1, random_state=1).values.tolist())
    pd.testing.assert_frame_equal(shuffled, expected)


def test_recorded_changes_are_read_row_by_row():
    rows = pd.DataFrame({"patient_id": [1, 2, 3], "day": NO_DAY, "is_visit": False})
    for name in ("side", "condition", "technique", "therapist", "clinic"):
        rows[name] = pd.Categorical([None] * 3)
    fields = {
        ScoreField("oxford_hip_score", "before"): np.array([20.0, 30.0, _]),
        ScoreField("oxford_hip_score", "between"): np.array([40.0, _, 45.0]),
    }
    scores = Scores(rows, np.zeros(3, "int32"), fields)
    frame = recorded_change(scores, recorded_episodes(rows), "oxford_hip_score").frame
    assert frame["status"].tolist() == ["measured", "not measured again", "no first score"]
    assert frame["improvement"].tolist()[0] == 20.0
    assert frame["improvement"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: week(0), "week.n, within. needs n of 1 or more"),
        (lambda: week(2, within=2), "week.n, within. needs n of 1 or more"),
        (lambda: session(1), "session.k. needs k of 2 or more"),
    ],
)
def test_impossible_rules_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
