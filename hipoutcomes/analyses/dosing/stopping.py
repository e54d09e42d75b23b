"""Going on against stopping after a visit, where those who stopped were asked again."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from hipoutcomes.analyses.dosing.visits import Visits
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.comparing.augmented import augmented_means
from hipoutcomes.stats.comparing.propensity import orthonormal_columns
from hipoutcomes.tables.outcome_rules import week

GOING_ON = "improvement by week 6 of those who went on, minus those who stopped after this visit"

#: The outcome: a score four to eight weeks after the first visit, come or not.
OUTCOME = week(6, within=2)

#: Of those who stopped after a visit, this share at least must have been scored afterwards.
SCORED_SHARE = 0.5

#: How the reason begins where those who stopped were not asked often enough.
TOO_FEW = "too few"


def going_on_or_stopping(clinic: Any, visits: Visits, level: float) -> pd.DataFrame:
    """After each visit before week 4, those who went on against those who stopped there.

    Notes
    -----
    The estimand: among patients seen at visit k who might have done either (overlap weights), the
    mean improvement by week 6 had all of them come again before that score, minus had none come
    again. Assumed: among patients alike in their first score, their score at visit k and its day,
    who goes on, and who is scored, has nothing to do with how they fare later.
    """
    after = _courses(clinic, visits)
    rows = [_after_visit(visits, after, k, level) for k in range(1, len(visits.n_came) + 1)]
    table = pd.DataFrame([row for row in rows if row is not None])
    return table.assign(quantity=GOING_ON, unit=visits.measure.unit, level=level)


def _courses(clinic: Any, visits: Visits) -> pd.DataFrame:
    """Each patient's course with the outcome at week 6, of those whose outcome was due."""
    changes = clinic.changes(visits.measure.code, OUTCOME).frame
    names = ["episode_id", "status", "final", "final_day", "n_sessions_before"]
    episodes = visits.episodes[["episode_id", "first_day", "n_sessions"]]
    courses = episodes.assign(place=np.arange(len(episodes)), is_over=visits.is_over)
    courses = courses.merge(changes[names], on="episode_id", how="left")
    courses = courses.assign(
        opens=courses["first_day"] + 7 * (OUTCOME.n - OUTCOME.within),
        final_good=visits.measure.sign * courses["final"].astype(float),
        is_scored=(courses["status"] == "measured").to_numpy(bool),
        final_day=courses["final_day"].astype(float),
        n_sessions_before=courses["n_sessions_before"].astype(float),
    )
    return courses[courses["status"].astype(str) != "not yet due"]


def _after_visit(visits: Visits, courses: pd.DataFrame, k: int, level: float) -> dict | None:
    """The row of one visit; None where nobody was seen there before week 4."""
    seen = _seen_at(visits, courses, k)
    if seen.empty:
        return None
    over = seen["is_over"].to_numpy(bool)
    stopped = ((seen["n_sessions"] == k) & over).to_numpy(bool)
    went_on = (seen["n_sessions"] > k).to_numpy(bool)
    scored = seen["is_scored"].to_numpy(bool) & (seen["final_day"] > seen["day"]).to_numpy(bool)
    # Who came again only on the day of the outcome, or later, had not gone on when it was scored.
    in_time = (seen["n_sessions_before"] > k).to_numpy(bool)
    compared = scored & (stopped | (went_on & in_time))
    n_stopped, n_scored = int(stopped.sum()), int((stopped & scored).sum())
    n_other = int((compared & went_on).sum())
    row = {
        "session_number": k,
        "group": f"after visit {k}",
        "n_patients": int(compared.sum()),
        "n_other": n_scored,
        "n_due": n_stopped,
        "n_measured": n_scored,
        "estimate": np.nan,
    }
    row["reason"] = _why_not(n_stopped, n_scored, n_other, visits.minimums.contrast)
    if row["reason"]:
        return row
    return row | _compared(seen[compared], stopped[compared], k, level, visits.minimums.contrast)


def _seen_at(visits: Visits, courses: pd.DataFrame, k: int) -> pd.DataFrame:
    """Patients seen at visit k before the outcome could be scored, with both scores until then."""
    rows = visits.scores
    at = rows[rows["session_number"] == k].set_index("place")
    first = rows[rows["session_number"] == 1].set_index("place")["good"]
    seen = courses[courses["place"].isin(at.index) & courses["place"].isin(first.index)]
    seen = seen.assign(
        good_first=first[seen["place"]].to_numpy(),
        good_now=at.loc[seen["place"], "good"].to_numpy(),
        days=at.loc[seen["place"], "day"].to_numpy(),
    )
    seen = seen.assign(day=seen["first_day"] + seen["days"])
    return seen[seen["day"] < seen["opens"]]


def _why_not(n_stopped: int, n_scored: int, n_other: int, least: int) -> str:
    """Why those who stopped cannot be compared; empty where they can."""
    if n_stopped == 0:
        return "nobody is known to have stopped here"
    if n_scored == 0:
        return f"nobody of the {n_stopped} who stopped here was asked after stopping"
    if n_scored < least or n_scored < SCORED_SHARE * n_stopped:
        return (
            f"{TOO_FEW} of those who stopped here were asked after stopping: {n_scored} of "
            f"{n_stopped}; it needs {least}, and half of them"
        )
    if n_other < least:
        return f"only {n_other} who went on were scored after a further visit; it needs {least}"
    return ""


def _compared(
    seen: pd.DataFrame, stopped: np.ndarray, k: int, level: float, least: int
) -> dict[str, object]:
    """Estimate and interval, or why the two are too different."""
    known = ["good_first"] if k == 1 else ["good_first", "good_now", "days"]
    gained = (seen["final_good"] - seen["good_first"]).to_numpy(float)
    if np.ptp(gained) == 0:
        return {"reason": "every patient improved by the same"}
    try:
        found = augmented_means(
            orthonormal_columns(seen[known].to_numpy(float)), (~stopped).astype(np.int64), gained
        )
    except NotEnoughData as cannot:
        return {"reason": cannot.found}
    effective = float(found.weights.n_effective.min())
    if not found.propensity.settled or effective < least:
        return {
            "reason": "those who stopped and those who went on are too different in their scores "
            f"so far ({effective:.0f} patients' worth are alike; it needs {least})"
        }
    difference = found.means[1] - found.means[0]
    weights = np.array([-1.0, 1.0])
    std_error = float(np.sqrt(weights @ found.covariance @ weights))
    reach = float(stdtrit(effective - 1, (1 + level) / 2)) * std_error
    return {
        "estimate": float(difference),
        "std_error": std_error,
        "conf_low": float(difference - reach),
        "conf_high": float(difference + reach),
        "df": effective - 1,
        "effective_n": effective,
    }
