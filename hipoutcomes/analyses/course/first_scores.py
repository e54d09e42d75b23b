"""Patients who were scored twice before their first treatment, before anything was done."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses.question import Question
from hipoutcomes.tables.outcome_rules import FAR
from hipoutcomes.tables.scores import SIDES, TIMINGS

_BETWEEN = TIMINGS.index("between")


@dataclass(frozen=True, eq=False)
class TwoFirstScores:
    """The last two scores, on different days, up to the first treatment.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        Rows of the question that have both.
    earlier, last : ndarray of float, shape (n,)
        The two scores; the last is the one from which improvement counts.
    days : ndarray of int, shape (n,)
        Days between them.
    """

    rows: np.ndarray
    earlier: np.ndarray
    last: np.ndarray
    days: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def both(self) -> np.ndarray:
        """Both scores of each patient, shape (n, 2)."""
        return np.column_stack([self.earlier, self.last])


def two_first_scores(clinic: Any, question: Question) -> TwoFirstScores:
    """Find the patients with two scores before their first treatment.

    Parameters
    ----------
    clinic : Clinic
    question : Question

    Notes
    -----
    Both scores lie in the days that the clinic's rule for the first score allows, after the last
    session of the patient's complaint before; on the day of the first treatment only a score from
    before it counts. Motion and tension must have been measured alike both times.
    """
    nothing = np.empty(0)
    if clinic.shape == "episodes":
        return TwoFirstScores(nothing.astype(int), nothing, nothing, nothing.astype(int))
    found = _candidates(clinic, question).sort_values(["row", "preference"], kind="stable")
    last = found.drop_duplicates("row").set_index("row")
    of_last = last[["day", "setting"]].add_suffix("_last")
    found = found.merge(of_last, left_on="row", right_index=True)
    alike = found["setting"].eq(found["setting_last"]) & found["setting"].ge(0)
    earlier = found[found["day"].lt(found["day_last"]) & alike].drop_duplicates("row")
    rows = earlier["row"].to_numpy(int)
    return TwoFirstScores(
        rows=rows,
        earlier=earlier["score"].to_numpy(float),
        last=last.loc[rows, "score"].to_numpy(float),
        days=(earlier["day_last"] - earlier["day"]).to_numpy(int),
    )


def _candidates(clinic: Any, question: Question) -> pd.DataFrame:
    """Scores that may be a first score of a row, the last day preferred."""
    arrays = clinic.scores.arrays(question.measure.code, ("before", "between"))
    names = ("patient_id", "day", "timing", "side", "occasion", "setting", "score")
    scores = pd.DataFrame({name: arrays[name] for name in names})
    rows = question.rows
    spans = pd.DataFrame(
        {
            "row": np.arange(len(rows)),
            "patient_id": rows["patient_id"].to_numpy(np.int64),
            "own_side": pd.Categorical(rows["side"], categories=list(SIDES)).codes + 1,
            "first_day": rows["first_day"].to_numpy(np.int64),
            "after_day": _previous_last_day(clinic, rows),
        }
    )[rows["baseline"].notna().to_numpy()]
    found = scores.merge(spans, on="patient_id")
    is_between = found["timing"].eq(_BETWEEN)
    ahead = found["first_day"] - found["day"]
    unsided = found["side"].eq(0)
    kept = (
        (ahead >= is_between)
        & (ahead <= clinic.baseline_rule.days)
        & (found["day"] > found["after_day"])
        & (unsided | found["side"].eq(found["own_side"]))
    )
    kind = (ahead * 2 + is_between) * 2 + unsided
    found = found.assign(preference=kind * 1000 + found["occasion"])
    return found.loc[kept, ["row", "day", "setting", "score", "preference"]]


def _previous_last_day(clinic: Any, rows: pd.DataFrame) -> np.ndarray:
    """Last day of the patient's complaint before, by row; far away where there was none."""
    episodes = clinic.episodes.frame.set_index("episode_id")["previous_last_day"]
    return rows["episode_id"].map(episodes).fillna(-FAR).to_numpy(np.int64)
