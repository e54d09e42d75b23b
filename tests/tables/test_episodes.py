"""Episodes: where one ends and the next begins."""

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.tables.episodes import EpisodeRule, find_episodes, recorded_episodes
from hipoutcomes.tables.records import NO_DAY
from hipoutcomes.tables.sessions import order_of_rows, sessions_from

ENGINES = ("pandas", "duckdb")


def rows_of(*visits, **columns):
    """Rows of visits given as (patient, day, side, condition)."""
    frame = pd.DataFrame(visits, columns=["patient_id", "day", "side", "condition"])
    frame["patient_id"] = frame["patient_id"].astype("int32")
    frame["day"] = frame["day"].astype("int32")
    for name, value in {"technique": "swedish", "therapist": "Ann", "clinic": None}.items():
        frame[name] = pd.Categorical([value] * len(frame))
    for name in ("side", "condition"):
        frame[name] = pd.Categorical(frame[name])
    frame["is_visit"] = True
    frame["file"] = pd.Categorical(["a.csv"] * len(frame))
    frame["row"] = np.arange(2, len(frame) + 2)
    return frame.assign(**columns)


def episodes_of(rows, rule=EpisodeRule(run_in=0), first_day=0, engine="pandas"):
    ordered = rows.iloc[order_of_rows(rows)].reset_index(drop=True)
    return find_episodes(sessions_from(ordered), rule, first_day, engine)


def spans(episodes):
    frame = episodes.frame
    return [
        (int(p), None if pd.isna(s) else s, int(a), int(b), int(n))
        for p, s, a, b, n in frame[
            ["patient_id", "side", "first_day", "last_day", "n_sessions"]
        ].itertuples(index=False)
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_ninety_days_without_a_session_continue_and_ninety_one_begin_anew(engine):
    rows = rows_of((1, 100, None, "bursitis"), (1, 190, None, None), (1, 281, None, None))
    episodes, _ = episodes_of(rows, engine=engine)
    assert spans(episodes) == [(1, None, 100, 190, 2), (1, None, 281, 281, 1)]


@pytest.mark.parametrize("engine", ENGINES)
def test_two_hips_are_two_episodes_and_a_session_for_both_belongs_to_each(engine):
    rows = rows_of((1, 100, "left", None), (1, 107, "right", None), (1, 114, "both", None))
    episodes, links = episodes_of(rows, engine=engine)
    assert spans(episodes) == [(1, "left", 100, 114, 2), (1, "right", 107, 114, 2)]
    assert links.frame[["episode_id", "session_id", "episode_seq"]].values.tolist() == [
        [1, 1, 1], [1, 3, 2], [2, 2, 1], [2, 3, 2],
    ]  # fmt: skip


def test_a_blank_side_takes_the_side_before_it_or_else_after_it():
    rows = rows_of((1, 100, None, None), (1, 107, "left", None), (1, 114, None, None),
                   (2, 100, None, None))  # fmt: skip
    episodes, _ = episodes_of(rows)
    assert spans(episodes) == [(1, "left", 100, 114, 3), (2, None, 100, 100, 1)]


def test_a_reworded_condition_starts_nothing_and_the_first_one_named_describes_the_episode():
    rows = rows_of(
        (1, 100, None, None), (1, 107, None, "bursitis"), (1, 114, None, "osteoarthritis")
    )
    episodes, _ = episodes_of(rows)
    assert spans(episodes) == [(1, None, 100, 114, 3)]
    assert episodes.frame["condition"].tolist() == ["bursitis"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_marked_new_complaint_starts_an_episode_within_the_gap(engine):
    rows = rows_of((1, 100, None, None), (1, 110, None, None), (1, 120, None, None))
    rows["new_complaint"] = pd.array([None, True, None], dtype="boolean")
    episodes, _ = episodes_of(rows, engine=engine)
    assert spans(episodes) == [(1, None, 100, 100, 1), (1, None, 110, 120, 2)]


def test_an_episode_in_the_run_in_may_have_been_running_unless_it_is_marked_as_first():
    rows = rows_of(
        (1, 10, None, None), (2, 10, None, None), (3, 99, None, None), (4, 100, None, None)
    )
    rows["first_visit"] = pd.array([None, True, None, None], dtype="boolean")
    episodes, _ = episodes_of(rows, EpisodeRule(gap=90, run_in=90), first_day=10)
    assert episodes.frame["already_running"].tolist() == [True, False, True, False]


def test_shuffled_rows_give_the_same_episodes_even_with_two_visits_on_one_day():
    rows = rows_of((1, 100, None, "bursitis"), (1, 100, None, "tendinopathy"), (1, 130, None, None),
                   (2, 50, "left", None), (2, 60, "left", None))  # fmt: skip
    expected = episodes_of(rows)[0].frame
    for seed in range(5):
        shuffled = rows.sample(frac=1, random_state=seed).reset_index(drop=True)
        pd.testing.assert_frame_equal(episodes_of(shuffled)[0].frame, expected)


def test_both_engines_agree_on_a_thousand_random_patients():
    rng = np.random.default_rng(7)
    n = 6000
    rows = rows_of(
        *zip(
            rng.integers(1, 1000, n),
            rng.integers(0, 700, n),
            rng.choice(["left", "right", "both", None], n),
            rng.choice(["bursitis", "osteoarthritis", None], n),
            strict=True,
        )
    )
    first, links = episodes_of(rows, engine="pandas")
    second, links_2 = episodes_of(rows, engine="duckdb")
    pd.testing.assert_frame_equal(first.frame, second.frame)
    pd.testing.assert_frame_equal(links.frame, links_2.frame)


def test_one_row_per_episode_needs_no_days():
    rows = rows_of((1, NO_DAY, "left", "osteoarthritis"), (2, NO_DAY, None, None))
    frame = recorded_episodes(rows).frame
    assert frame["episode_id"].tolist() == [1, 2]
    assert frame["first_day"].isna().all()
    assert not frame["already_running"].any()


@pytest.mark.parametrize("faults", [{"gap": 0}, {"run_in": -1}])
def test_an_impossible_rule_is_refused(faults):
    with pytest.raises(ValueError, match="An episode rule needs a gap of 1 day or more"):
        EpisodeRule(**faults)
