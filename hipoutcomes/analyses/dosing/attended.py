"""The simple curve, as every clinic draws it: improvement against how often patients came."""

import numpy as np
import pandas as pd

from hipoutcomes.analyses.dosing.visits import Visits
from hipoutcomes.analyses.groups.group_means import clustered_means
from hipoutcomes.stats.models.inference import t_contrasts
from hipoutcomes.stats.models.least_squares.linear import least_squares, robust_covariance

SIMPLE = "mean improvement to the last visit of those who came so often"
SLOPE = "improvement per visit more, along the simple curve"

#: Numbers of visits from which a line can be told from a step.
_FEWEST_NUMBERS = 3


def first_to_last(visits: Visits) -> pd.DataFrame:
    """Improvement from the first to the last score before treatment of each patient with two.

    Columns: `place`, `improvement`, `n_sessions` (visits that the patient came to in all).
    """
    ends = visits.scores.groupby("place")["good"].agg(["first", "last", "size"])
    ends = ends[ends["size"] > 1]
    return pd.DataFrame(
        {
            "place": ends.index.to_numpy(),
            "improvement": (ends["last"] - ends["first"]).to_numpy(),
            "n_sessions": visits.n_sessions[ends.index.to_numpy()],
        }
    )


def simple_curve(visits: Visits, level: float) -> pd.DataFrame:
    """Mean improvement of those who came 2, 3, ... times, and the slope over all of them.

    Notes
    -----
    The estimand: of patients who came exactly n times, the mean change from their first to their
    last score before treatment. It compares people who stopped with people who went on, and says
    nothing of what a further visit brings.
    """
    ends = first_to_last(visits)
    most = len(visits.n_came)
    ends = ends[ends["n_sessions"] <= most]
    code = ends["n_sessions"].to_numpy() - 2
    n_rows = max(most - 1, 1)
    means = clustered_means(
        ends["improvement"].to_numpy(), code, n_rows, ends["place"].to_numpy(), level
    )
    table = means[["estimate", "std_error", "conf_low", "conf_high", "df", "n_patients"]]
    few = table["n_patients"] < visits.minimums.estimate
    table = table.mask(few).assign(n_patients=means["n_patients"])
    table = table.assign(
        quantity=SIMPLE,
        session_number=np.arange(n_rows) + 2,
        group=[f"came {k + 2} times" for k in range(n_rows)],
        reason=[visits.minimums.too_few(int(n)) for n in means["n_patients"]],
    )
    whole = pd.concat([table, _slope(ends, visits, level)], ignore_index=True)
    return whole.assign(unit=visits.measure.unit, level=level)


def _slope(ends: pd.DataFrame, visits: Visits, level: float) -> pd.DataFrame:
    """The straight line through the simple curve, by least squares over patients."""
    row = {"quantity": SLOPE, "group": "all", "n_patients": len(ends), "reason": ""}
    row["reason"] = visits.minimums.too_few(len(ends))
    if not row["reason"] and ends["n_sessions"].nunique() < _FEWEST_NUMBERS:
        row["reason"] = f"patients came fewer than {_FEWEST_NUMBERS} different numbers of times"
    if not row["reason"] and ends["improvement"].nunique() < 2:
        row["reason"] = "every patient improved by the same"
    if row["reason"]:
        return pd.DataFrame([row | {"estimate": np.nan}])
    design = np.column_stack([np.ones(len(ends)), ends["n_sessions"].to_numpy(float)])
    fit = least_squares(design, ends["improvement"].to_numpy())
    line = t_contrasts(fit.beta, robust_covariance(fit, "HC3"), [[0.0, 1.0]], fit.df, level)
    numbers = ("estimate", "std_error", "conf_low", "conf_high", "df")
    return pd.DataFrame([row | {name: float(getattr(line, name)[0]) for name in numbers}])
