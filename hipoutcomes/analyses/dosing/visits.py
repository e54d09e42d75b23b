"""The visits of each patient's course of care, and the score before treatment at each of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.question import measure_over_visits
from hipoutcomes.analyses.trajectory_points import curve_episodes, points_at_sessions
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.vocabulary.instruments import Measure
from hipoutcomes.vocabulary.minimums import Minimums


@dataclass(frozen=True, eq=False)
class Visits:
    """One course of care a patient, with the score before treatment at each visit.

    Attributes
    ----------
    measure : Measure
    episodes : DataFrame
        One row per patient, from `curve_episodes`.
    scores : DataFrame
        One row per score: `place` (row of the episodes), `session_number` (from 1), `day` (since
        the first session), `score` and `good` (the score turned so that more is better). Sorted by
        place and session; visits to which fewer patients came than an estimate needs are left out.
    n_came : ndarray of int, shape (n points,)
        Patients who came to the first, second, ... of those visits.
    is_over : ndarray of bool, shape (n episodes,)
        No further visit can belong to the course: it has ended, as far as the records show.
    n_unlike : int
        Scores left out because they were not measured as the patient's first one was.
    minimums : Minimums
    """

    measure: Measure
    episodes: pd.DataFrame
    scores: pd.DataFrame
    n_came: np.ndarray
    is_over: np.ndarray
    n_unlike: int
    minimums: Minimums

    @property
    def n_sessions(self) -> np.ndarray:
        """Sessions that each patient came to, in all."""
        return self.episodes["n_sessions"].to_numpy(np.int64)

    @property
    def steps(self) -> pd.DataFrame:
        """Each two visits in a row that were both scored.

        Columns: `place`, `session_number` (of the second), `change` (positive is better), `days`.
        """
        rows = self.scores
        before = rows.shift(1)
        follows = (rows["place"] == before["place"]) & (
            rows["session_number"] == before["session_number"] + 1
        )
        made = pd.DataFrame(
            {
                "place": rows["place"],
                "session_number": rows["session_number"],
                "change": rows["good"] - before["good"],
                "days": rows["day"] - before["day"],
            }
        )
        return made[follows].reset_index(drop=True)


def visits_of(clinic: Any, outcome: str) -> Visits:
    """The visits of each patient's first course of care that began within the records.

    Raises
    ------
    ValueError
        When the outcome is no measure.
    NotEnoughData
        When it was not recorded, is rated in categories, was never scored before treatment at a
        second visit, or all its scores are alike; or when the records have no sessions.
    """
    measure = measure_over_visits(clinic, outcome, "What changes from visit to visit")
    episodes = curve_episodes(clinic)
    points = points_at_sessions(clinic, outcome, episodes)
    every = points.scores.sort_values(["place", "point"], ignore_index=True)
    scores = measured_alike(every, measure)
    n_unlike = len(every) - len(scores)
    scores = pd.DataFrame(
        {
            "place": scores["place"].to_numpy(np.int64),
            "session_number": scores["point"].to_numpy(np.int64) + 1,
            "day": scores["day"].to_numpy(np.int64),
            "score": scores["score"].to_numpy(float),
            "good": measure.sign * scores["score"].to_numpy(float),
        }
    )
    over = clinic.last_day - episodes["last_day"].to_numpy(np.int64) > clinic.episode_rule.gap
    over |= episodes["next_first_day"].notna().to_numpy(bool)
    found = Visits(measure, episodes, scores, points.n_coming, over, n_unlike, clinic.minimums)
    _check(found)
    return found


def measured_alike(scores: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """The scores measured as each patient's first of them was, where the measure depends on it.

    Parameters
    ----------
    scores : DataFrame
        `Points.scores`, sorted by patient and visit.
    measure : Measure
        Range of motion and tension depend on rater, device and position, which must be known.
    """
    if not measure.needs_setting:
        return scores
    first = scores.groupby("place")["setting"].transform("first")
    return scores[(scores["setting"] == first) & (scores["setting"] >= 0)].reset_index(drop=True)


def _check(visits: Visits) -> None:
    """Refuse records in which nothing can be seen from one visit to the next."""
    rows, noun, least = visits.scores, visits.measure.noun, visits.minimums.estimate
    twice = int((rows.groupby("place").size() > 1).sum())
    if twice < least:
        n_several = int((visits.n_sessions > 1).sum())
        raise NotEnoughData(
            f"Too few patients have a score of {noun} before treatment at two visits or more; an "
            f"estimate needs {least}.",
            f"{n_several:,} of the {sentences.counted(len(visits.episodes))} whose care began "
            "within the records came more than once.",
            f"Ask for {noun} before treatment at every visit, the first included.",
        )
    if rows["score"].min() == rows["score"].max():
        raise NotEnoughData(
            f"Every score of {noun} before treatment is {rows['score'].iloc[0]:g}.",
            "What changes from visit to visit needs scores that differ.",
        )
