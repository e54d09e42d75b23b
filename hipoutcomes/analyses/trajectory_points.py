"""The points of a trajectory: which score of which patient stands at which session or week."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.tables.scores import SIDES, TIMINGS

#: Weeks after the first session beyond which nothing is shown.
MOST_WEEKS = 26

_FAR = 2**30


@dataclass(frozen=True, eq=False)
class Points:
    """Scores in the order of sessions or weeks.

    Attributes
    ----------
    scores : DataFrame
        One row per patient and point: `place` (row of the episodes), `point` (from 0), `day`
        (since the first session), `score` and `setting` (equal numbers were measured alike; -1
        where that is not known).
    n_due : ndarray of int, shape (n points,)
        Patients who could have a score.
    n_coming : ndarray of int, shape (n points,)
        Patients who came to this session, or were still coming in this week.
    reach : ndarray of int, shape (n episodes,)
        Last point at which each patient could have a score, had they gone on coming.
    """

    scores: pd.DataFrame
    n_due: np.ndarray
    n_coming: np.ndarray
    reach: np.ndarray

    def __len__(self) -> int:
        return len(self.n_due)


def curve_episodes(clinic: Any) -> pd.DataFrame:
    """The first episode of each patient that did not begin before the records.

    Returns
    -------
    DataFrame
        `Episodes.frame` with `side_number` (0 not recorded), and `after_day` and `until_day`:
        scores on or beyond these days belong to other episodes of the same side.

    Raises
    ------
    NotEnoughData
        When every episode may have begun before the records.
    """
    episodes = clinic.episodes.frame
    whole = episodes.assign(
        until_day=episodes["next_first_day"].fillna(_FAR).to_numpy(np.int64),
        after_day=episodes["previous_last_day"].fillna(-_FAR).to_numpy(np.int64),
        side_number=pd.Categorical(episodes["side"], categories=list(SIDES)).codes + 1,
    )
    whole = whole[~whole["already_running"].to_numpy(bool)]
    whole = whole.sort_values(["patient_id", "first_day", "episode_id"])
    whole = whole.drop_duplicates("patient_id").reset_index(drop=True)
    if whole.empty:
        raise NotEnoughData(
            "Every episode may have begun before the records do.",
            "A course over time needs the first session of each episode.",
            "Mark first visits in the file, or load it with a shorter run-in: "
            "EpisodeRule(run_in=0).",
        )
    return whole


def points_at_sessions(
    clinic: Any, outcome: str, episodes: pd.DataFrame, timing: str = "before"
) -> Points:
    """Scores before (or after) treatment at each session; everyone who came was due."""
    links = clinic.episode_sessions.frame
    row = pd.Series(np.arange(len(episodes)), index=episodes["episode_id"])
    at = links["episode_id"].map(row)
    links = links[at.notna()].assign(place=at[at.notna()].astype(np.int64))
    joined = _joined(clinic, outcome, episodes, (timing,))
    joined = joined.merge(links[["place", "session_id", "episode_seq"]], on=["place", "session_id"])
    joined = joined.sort_values(["place", "episode_seq", "unsided", "occasion"])
    joined = joined.drop_duplicates(["place", "episode_seq"])
    n_coming = np.bincount(links["episode_seq"])[1:]
    n_points = max(int((n_coming >= clinic.minimums.estimate).sum()), 1)
    scores = joined[joined["episode_seq"] <= n_points]
    scores = pd.DataFrame(
        {
            "place": scores["place"],
            "point": scores["episode_seq"].astype(np.int64) - 1,
            "day": scores["day"],
            "score": scores["score"],
            "setting": scores["setting"],
        }
    )
    n_coming = n_coming[:n_points]
    return Points(scores, n_coming, n_coming, np.full(len(episodes), n_points - 1))


def points_in_weeks(clinic: Any, outcome: str, episodes: pd.DataFrame) -> Points:
    """Scores nearest to each week; due are those whose week the records cover."""
    joined = _joined(clinic, outcome, episodes, ("before", "between"))
    joined["point"] = np.floor_divide(joined["day"] + 3, 7)
    first = episodes["first_day"].to_numpy(np.int64)
    lasted = episodes["last_day"].to_numpy(np.int64) - first
    covered = int(clinic.last_day) - first
    in_time = joined["point"].between(0, MOST_WEEKS) & joined["day"].ge(0)
    in_time &= 7 * joined["point"] + 3 <= covered[joined["place"].to_numpy()]
    joined = joined[in_time]
    joined = joined.assign(away=(joined["day"] - 7 * joined["point"]).abs())
    joined = joined.sort_values(
        ["place", "point", "away", "day", "between", "unsided", "occasion"]
    ).drop_duplicates(["place", "point"])
    weeks = np.arange(MOST_WEEKS + 1)[:, None]
    due = 7 * weeks + 3 <= covered
    n_due, n_coming = due.sum(axis=1), (due & (lasted >= 7 * weeks - 3)).sum(axis=1)
    n_measured = np.bincount(joined["point"], minlength=MOST_WEEKS + 1)
    enough = np.flatnonzero(np.maximum(n_measured, n_coming) >= clinic.minimums.estimate)
    n_points = int(enough.max(initial=0)) + 1
    scores = joined.loc[joined["point"] < n_points, ["place", "point", "day", "score", "setting"]]
    return Points(scores, n_due[:n_points], n_coming[:n_points], (covered - 3) // 7)


def _joined(clinic: Any, outcome: str, episodes: pd.DataFrame, timings: tuple) -> pd.DataFrame:
    """Scores of the side and days of each patient's episode; `place` is the episode's row."""
    arrays = clinic.scores.arrays(outcome, timings)
    place = np.full(max(arrays["patient_id"].max(initial=0), episodes["patient_id"].max()) + 1, -1)
    place[episodes["patient_id"].to_numpy(np.int64)] = np.arange(len(episodes))
    at = place[arrays["patient_id"]]
    kept = np.flatnonzero(at >= 0)
    at = at[kept]
    side, day = arrays["side"][kept], arrays["day"][kept].astype(np.int64)
    fits = (side == 0) | (side == episodes["side_number"].to_numpy()[at])
    fits &= (day < episodes["until_day"].to_numpy()[at]) & (
        day > episodes["after_day"].to_numpy()[at]
    )
    kept, at = kept[fits], at[fits]
    return pd.DataFrame(
        {
            "place": at,
            "day": arrays["day"][kept].astype(np.int64) - episodes["first_day"].to_numpy()[at],
            "session_id": arrays["session_id"][kept],
            "unsided": (arrays["side"][kept] == 0).astype(int),
            "between": (arrays["timing"][kept] == TIMINGS.index("between")).astype(int),
            "occasion": arrays["occasion"][kept],
            "score": arrays["score"][kept],
            "setting": arrays["setting"][kept],
        }
    )
