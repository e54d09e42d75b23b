"""How scores move over sessions and weeks, and how many patients are still measured."""

from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.groups.group_means import clustered_means, described, means_and_spreads
from hipoutcomes.analyses.question import level_of, measure_over_visits
from hipoutcomes.analyses.trajectory_points import (
    Points,
    curve_episodes,
    points_at_sessions,
    points_in_weeks,
)
from hipoutcomes.charts.alternatives import describe_trajectory
from hipoutcomes.charts.trajectory import trajectory as trajectory_chart
from hipoutcomes.results import Estimates
from hipoutcomes.vocabulary.instruments import Measure
from hipoutcomes.vocabulary.minimums import Minimums

Axis = Literal["session", "week"]

#: Words follow the curve as long as so large a share of those measured first still is.
_STILL_MANY = 0.25

_COLUMN = {"session": "session_number", "week": "week"}
_SELECTION = (
    "The people measured later are not all the people who began: some stop because they are well, "
    "some because they are discouraged. `baseline_mean` is the first score of just those measured "
    "at each point."
)


def trajectory(
    clinic: Any, outcome: str, *, axis: Axis = "session", level: float = 0.95
) -> Estimates:
    """Mean score at each session, or in each week, with how many are measured and still coming.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure.
    axis : {"session", "week"}
        Scores before treatment at the first, second, ... session of the episode; or scores before
        treatment and between visits, nearest to each week since the first session.
    level : float
        Confidence level of the intervals.

    Raises
    ------
    ValueError
        When the outcome, the axis or the level is not one that exists.
    NotEnoughData
        When the outcome was not recorded, is rated in categories, or there are no sessions.

    Notes
    -----
    One episode a patient, of those that did not begin before the records. In a week, patients
    count as due when the records cover its last day. Points go on as long as the
    clinic's minimum of patients comes (10 unless told).

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.trajectory(ho.load("data/demo_sessions.csv"), "pain")
    >>> int(answer.table["session_number"].iloc[0])
    1
    """
    level_of(level)
    if axis not in get_args(Axis):
        raise ValueError(f"axis must be 'session' or 'week'; it is {axis!r}.")
    measure = measure_over_visits(clinic, outcome, "A course over time")
    episodes = curve_episodes(clinic)
    placed = points_at_sessions if axis == "session" else points_in_weeks
    points = placed(clinic, outcome, episodes)
    least = clinic.minimums
    table = _table(points, measure, axis, level, least)
    return Estimates(
        name=f"trajectory-{outcome.replace('_', '-')}-by-{axis}",
        question=f"How does {measure.noun} go from {axis} to {axis}?",
        words=_words(table, measure, axis, least),
        table=table,
        method=_method(axis, level),
        sample={
            "patients seen": int(clinic.episodes.frame["patient_id"].nunique()),
            "already running": _n_running(clinic, episodes),
            "in the curve": len(episodes),
            "with any score": int(points.scores["place"].nunique()),
        },
        notes=(_SELECTION, sentences.OBSERVED, sentences.REGRESSION),
        supporting={"selection": _selection(table, points, measure, axis, least)},
        chart=trajectory_chart,
        alternative=describe_trajectory(table),
    )


def _n_running(clinic: Any, episodes: pd.DataFrame) -> int:
    """Patients without an episode that began within the records."""
    return int(clinic.episodes.frame["patient_id"].nunique()) - len(episodes)


def _table(
    points: Points, measure: Measure, axis: Axis, level: float, minimums: Minimums
) -> pd.DataFrame:
    """One row per point."""
    scores, n_points = points.scores, len(points)
    point = scores["point"].to_numpy(np.int64)
    numbers = clustered_means(
        scores["score"].to_numpy(float), point, n_points, scores["place"].to_numpy(), level
    )
    start = scores["place"].map(_first_scores(scores)).to_numpy(float)
    known = ~np.isnan(start)
    numbers["baseline_mean"] = means_and_spreads(start[known], point[known], n_points)[0]
    numbers["n_due"] = points.n_due
    numbers["n_measured"] = numbers["n_patients"]
    numbers["n_still_coming"] = points.n_coming
    ordinal = np.arange(n_points) + (axis == "session")
    groups = pd.DataFrame({"group": [f"{axis} {k}" for k in ordinal], "axis": axis})
    groups[_COLUMN[axis]] = ordinal
    return described(numbers, groups, measure, f"mean {measure.noun}", level, minimums)


def _first_scores(scores: pd.DataFrame) -> pd.Series:
    """Each patient's score at the first point."""
    return scores[scores["point"] == 0].set_index("place")["score"]


def _selection(
    table: pd.DataFrame, points: Points, measure: Measure, axis: Axis, minimums: Minimums
) -> pd.DataFrame:
    """First scores of those measured at each point, and of those due or gone who are not."""
    first = _first_scores(points.scores)
    reach = points.reach[first.index]
    rows = []
    for point, number in enumerate(table[_COLUMN[axis]]):
        at_point = points.scores.loc[points.scores["point"] == point, "place"]
        there = first.index.isin(at_point)
        gone = ~there & (reach >= point)
        for status, part in (("measured", first[there]), ("not measured", first[gone])):
            enough = len(part) >= minimums.estimate
            rows.append(
                {
                    "outcome": measure.code,
                    "axis": axis,
                    _COLUMN[axis]: number,
                    "status": status,
                    "n_patients": len(part),
                    "baseline_mean": float(part.mean()) if enough else np.nan,
                    "baseline_sd": float(part.std()) if enough else np.nan,
                    "reason": minimums.too_few(len(part)),
                }
            )
    return pd.DataFrame(rows)


def _words(
    table: pd.DataFrame, measure: Measure, axis: Axis, minimums: Minimums
) -> tuple[str, ...]:
    """Where the curve begins and ends, and who is left at its end."""
    shown = table[table["estimate"].notna()]
    if shown.empty:
        return (f"At no {axis} were {minimums.estimate} patients measured.",)
    first, last = shown.iloc[0], shown.iloc[-1]
    many = shown[shown["n_measured"] >= first["n_measured"] * _STILL_MANY]
    later = many.iloc[-1]
    said = [f"At {first['group']}, mean {measure.noun} was {_mean(first)}."]
    if len(many) > 1:
        said.append(f"At {later['group']}, it was {_mean(later)}.")
        said.append(
            f"The {int(later['n_measured']):,} measured at {later['group']} are not all the "
            f"{int(first['n_measured']):,} measured at {first['group']}" + _own_start(later, first)
        )
    if last["group"] != later["group"]:
        said.append(
            f"The curve goes on to {last['group']}, where {int(last['n_measured']):,} were "
            "measured."
        )
    return tuple(said)


def _mean(row: pd.Series) -> str:
    """One mean with its interval and n of N."""
    return (
        f"{sentences.number(row['estimate'])} ({sentences.confidence(row['level'])} "
        f"{sentences.number(row['conf_low'])} to {sentences.number(row['conf_high'])}; "
        f"{int(row['n_measured']):,} of {int(row['n_due']):,} due measured, "
        f"{int(row['n_still_coming']):,} still coming)"
    )


def _own_start(last: pd.Series, first: pd.Series) -> str:
    """Where those measured at the last point began."""
    if pd.isna(last["baseline_mean"]):
        return "."
    return f": at {first['group']} their own mean was {sentences.number(last['baseline_mean'])}."


def _method(axis: Axis, level: float) -> str:
    """How the points were made."""
    what = (
        "scores before treatment at each session"
        if axis == "session"
        else "scores before treatment or between visits in each week since the first session, for "
        "each patient the one nearest to its day (at most 3 days away)"
    )
    return (
        f"Means of {what}; one episode a patient; {sentences.confidence(level)}s from the t "
        "distribution between patients."
    )
