"""Whether sessions can be told from weeks, and the same changes against weeks."""

import numpy as np
import pandas as pd

from hipoutcomes.analyses.dosing.visits import Visits
from hipoutcomes.analyses.groups.group_means import clustered_means, without_few
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.least_squares.cluster_robust import (
    cluster_covariance,
    clustered_inference,
)
from hipoutcomes.stats.models.least_squares.linear import least_squares

TOGETHER = "correlation of visit number and weeks, within patients"
AGAINST_WEEKS = "mean improvement since the first visit, in this week"
PER_VISIT = "change per visit more, at equal weeks"
PER_WEEK = "change per week more, at equal visits"

#: Beyond this correlation within patients, visits and weeks are not told apart: the variance of
#: either slope would be more than five times what it is alone.
TOLD_APART = 0.9


def visits_and_weeks(visits: Visits, level: float) -> pd.DataFrame:
    """How far visits and weeks move together, and a model with both where they do not.

    Notes
    -----
    The correlation is between visit number and weeks since the first visit, each less the
    patient's own mean. The model holds each patient against themselves: least squares of the score
    on both, all less the patient's own means, with standard errors over patients (CR2).
    """
    rows, n_patients = _within(visits)
    table = pd.DataFrame({"quantity": [TOGETHER, PER_VISIT, PER_WEEK], "n_patients": n_patients})
    table["unit"] = ["", visits.measure.unit, visits.measure.unit]
    table["estimate"], table["group"], table["level"] = np.nan, "all", level
    reason = visits.minimums.too_few(n_patients)
    if reason:
        return table.assign(reason=reason)
    both = rows[["session_number", "week"]].to_numpy(float)
    together = float(np.corrcoef(both, rowvar=False)[0, 1]) if both.any(axis=0).all() else np.nan
    table.loc[0, "estimate"] = together
    table["reason"] = ["" if np.isfinite(together) else "visits have no days apart", "", ""]
    why_not = _not_told_apart(together)
    if not why_not:
        try:
            return _with_slopes(table, rows, level)
        except NotEnoughData as cannot:
            why_not = cannot.found
    table.loc[1:, "reason"] = why_not
    return table


def improvement_in_weeks(visits: Visits, level: float) -> pd.DataFrame:
    """Mean improvement since the first visit, by week, up to the last week with enough patients."""
    rows = visits.scores
    start = rows[rows["session_number"] == 1].set_index("place")["good"]
    later = rows[(rows["session_number"] > 1) & rows["place"].isin(start.index)]
    week = ((later["day"].to_numpy() + 3) // 7).astype(np.int64)
    change = later["good"].to_numpy() - start[later["place"]].to_numpy()
    n_weeks = int(week.max(initial=0)) + 1
    means = clustered_means(change, week, n_weeks, later["place"].to_numpy(), level)
    means = without_few(means.drop(columns="std_dev"), visits.minimums.estimate)
    about = {"quantity": AGAINST_WEEKS, "unit": visits.measure.unit, "axis": "week"}
    table = means.assign(**about, week=np.arange(n_weeks), level=level)
    table["reason"] = [visits.minimums.too_few(int(n)) for n in table["n_patients"]]
    enough = np.flatnonzero(table["reason"] == "").max(initial=0)
    return table[(table["n_patients"] > 0) & (table.index <= max(enough, 1))].reset_index(drop=True)


def _within(visits: Visits) -> tuple[pd.DataFrame, int]:
    """Visit number, weeks and score less each patient's own means; how many patients have two."""
    rows = visits.scores.assign(week=visits.scores["day"] / 7)
    several = rows.groupby("place")["good"].transform("size") > 1
    rows = rows[several]
    names = ["session_number", "week", "good"]
    centred = rows[names] - rows.groupby("place")[names].transform("mean")
    return centred.assign(place=rows["place"]), int(rows["place"].nunique())


def _not_told_apart(together: float) -> str:
    """Why there is no model with both; empty where there can be one."""
    if not np.isfinite(together):
        return "visits have no days apart"
    if abs(together) > TOLD_APART:
        return (
            f"visits and weeks move together (correlation {together:.2f}); up to {TOLD_APART:g} "
            "they can be told apart"
        )
    return ""


def _with_slopes(table: pd.DataFrame, rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """The table with both slopes."""
    fit = least_squares(rows[["session_number", "week"]].to_numpy(float), rows["good"].to_numpy())
    covariance = cluster_covariance(fit, rows["place"].to_numpy())
    slopes = clustered_inference(fit, covariance).contrasts(np.eye(2), level)
    if not (slopes.df >= 4).all():
        raise NotEnoughData("too few patients carry the two slopes")
    for name in ("estimate", "std_error", "conf_low", "conf_high", "df", "p_value"):
        if name not in table:
            table[name] = np.nan
        table.loc[1:, name] = getattr(slopes, name)
    return table
