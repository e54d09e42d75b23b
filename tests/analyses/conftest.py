"""Clinics made by hand: only what an analysis reads, from frames a reader can check by eye."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.tables.baseline_rules import BaselineRule
from hipoutcomes.tables.exposure_rules import first_session
from hipoutcomes.tables.scores import TIMINGS
from hipoutcomes.vocabulary.columns import STATUSES
from hipoutcomes.vocabulary.instruments import MEASURES
from hipoutcomes.vocabulary.minimums import Minimums


class HandClinic:
    """Stands for a Clinic whose tables were written by hand."""

    def __init__(
        self,
        changes=(),
        *,
        shape="sessions",
        left_out=(),
        last_day=1000,
        minimums=Minimums(),
        **tables,
    ):
        self._changes = {frame["measure"].iloc[0]: frame for frame in changes}
        self.shape, self.left_out, self.last_day = shape, left_out, last_day
        self.baseline_rule, self.exposure_rule = BaselineRule(), first_session()
        self.minimums = minimums
        first = next(iter(self._changes.values()), pd.DataFrame({"patient_id": []}))
        episodes = tables.get("episodes", first)
        self.episodes = SimpleNamespace(frame=episodes)
        self.sessions = SimpleNamespace(frame=tables.get("sessions", pd.DataFrame()))
        self.episode_sessions = SimpleNamespace(frame=tables.get("links", pd.DataFrame()))
        names = ["patient_id", "day", "timing", "measure", "session_id", "score"]
        self.scores = HandScores(tables.get("scores", pd.DataFrame(columns=names)))
        recorded = {*self._changes, *self.scores.frame["measure"]}
        self.measures = tuple(code for code in MEASURES if code in recorded)

    def changes(self, outcome, rule=None):
        return SimpleNamespace(frame=self._changes[outcome])


class HandScores:
    """Scores in long form, given as arrays."""

    def __init__(self, frame):
        self.frame = frame

    def arrays(self, measure, timings=TIMINGS):
        rows = self.frame[(self.frame["measure"] == measure) & self.frame["timing"].isin(timings)]
        rows = rows.sort_values(["patient_id", "day"])
        return {
            "patient_id": rows["patient_id"].to_numpy(np.int32),
            "day": rows["day"].to_numpy(np.int32),
            "timing": rows["timing"].map(TIMINGS.index).to_numpy(np.int32),
            "side": np.zeros(len(rows), np.int32),
            "occasion": np.ones(len(rows), np.int32),
            "session_id": rows["session_id"].fillna(0).to_numpy(np.int32),
            "setting": np.zeros(len(rows), np.int32),
            "score": rows["score"].to_numpy(float),
        }


def rows_of_changes(baseline, final, measure="pain", **columns):
    """Changes of one episode a patient; a missing later score means not measured again."""
    baseline, final = np.array(baseline, float), np.array(final, float)
    change = final - baseline
    frame = pd.DataFrame(
        {
            "episode_id": np.arange(1, len(baseline) + 1),
            "patient_id": np.arange(1, len(baseline) + 1),
            "measure": measure,
            "side": None,
            "status": np.where(np.isnan(final), "not measured again", "measured"),
            "is_headline": True,
            "first_day": 0,
            "baseline": baseline,
            "final": final,
            "final_day": np.where(np.isnan(final), np.nan, 42.0),
            "change": change,
            "improvement": MEASURES[measure].sign * change,
            "n_sessions_before": 3,
            "n_follow_ups": 2,
            "n_sessions": 4,
            "technique": None,
            "condition": None,
            "therapist": None,
            "clinic": None,
            "already_running": False,
            "previous_last_day": pd.array([pd.NA] * len(baseline), dtype="Int32"),
            "next_first_day": pd.array([pd.NA] * len(baseline), dtype="Int32"),
        }
    ).assign(**columns)
    frame["status"] = pd.Categorical(frame["status"], list(STATUSES), ordered=True)
    return frame


@pytest.fixture
def changes():
    """Writes a frame of changes from lists of scores."""
    return rows_of_changes


@pytest.fixture
def hand_clinic():
    """Makes a clinic from frames written by hand."""
    return HandClinic
