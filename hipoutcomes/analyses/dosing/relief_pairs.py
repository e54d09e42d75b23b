"""Sessions scored before and after treatment, each with the score at the patient's next visit."""

from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.question import measure_over_visits
from hipoutcomes.analyses.trajectory_points import curve_episodes, points_at_sessions
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.vocabulary.instruments import Measure


def relief_pairs(clinic: Any, outcome: str) -> tuple[pd.DataFrame, Measure, dict[str, int]]:
    """Each session with all three scores, and how many sessions there were at each step.

    Returns
    -------
    pairs : DataFrame
        `place` (patient), `session_number`, `days` (to the next visit), `before`, `after`, `next`
        (scores), and, positive where better: `relief` (before to after), `kept` (before to next),
        `lost` (after to next; positive is worse).
    measure : Measure
    sample : dict of str to int

    Raises
    ------
    ValueError
        When the outcome is no measure.
    NotEnoughData
        When too few patients have such a session, or the records cannot have one; the message says
        what to record.
    """
    measure = measure_over_visits(clinic, outcome, "What changes from visit to visit")
    episodes = curve_episodes(clinic)
    before, after = (
        points_at_sessions(clinic, outcome, episodes, timing).scores.rename(columns={"score": name})
        for timing, name in (("before", "before"), ("after", "after"))
    )
    following = before.rename(columns={"before": "next", "day": "next_day"})
    following = following.assign(point=following["point"] - 1)
    alike = ["place", "point", "setting"]
    both = before[before["setting"] >= 0].merge(after.drop(columns="day"), on=alike)
    pairs = both.merge(following, on=alike).sort_values(["place", "point"])
    sample = {
        "patients whose care began within the records": len(episodes),
        "sessions with a score before": len(before),
        "sessions with a score before and after": len(both),
        "of those, followed by a scored visit": len(pairs),
        "patients with such a session": int(pairs["place"].nunique()),
    }
    _check(sample, measure, clinic.minimums.estimate)
    sign = measure.sign
    return (
        pd.DataFrame(
            {
                "place": pairs["place"].to_numpy(np.int64),
                "session_number": pairs["point"].to_numpy(np.int64) + 1,
                "days": (pairs["next_day"] - pairs["day"]).to_numpy(np.int64),
                **{name: pairs[name].to_numpy(float) for name in ("before", "after", "next")},
                "relief": sign * (pairs["after"] - pairs["before"]).to_numpy(float),
                "kept": sign * (pairs["next"] - pairs["before"]).to_numpy(float),
                "lost": sign * (pairs["after"] - pairs["next"]).to_numpy(float),
            }
        ),
        measure,
        sample,
    )


def _check(sample: dict[str, int], measure: Measure, least: int) -> None:
    """Refuse records in which relief cannot be followed to the next visit."""
    n_both = sample["sessions with a score before and after"]
    if n_both == 0:
        raise NotEnoughData(
            f"No session has a score of {measure.noun} both before and after treatment.",
            f"{sample['sessions with a score before']:,} have one before treatment.",
            "Ask again when treatment ends, and record it in a column of its own, such as "
            f"'{measure.code} after'.",
        )
    n_patients = sample["patients with such a session"]
    if n_patients < least:
        raise NotEnoughData(
            "Too few patients have a session scored before and after treatment and a next visit "
            f"scored before; an estimate needs {least}.",
            f"{sentences.counted(n_both, 'session')} "
            f"{sentences.verb(n_both, 'has', 'have')} a score before and after.",
            f"Record {measure.noun} before and after treatment at every visit.",
        )
