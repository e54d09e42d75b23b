"""Who changed by more than error of measurement, under each formula and plausible reliability."""

import numpy as np
import pandas as pd

from hipoutcomes.analyses.question import Question
from hipoutcomes.analyses.shares.improved_enough import sort_patients
from hipoutcomes.stats.groups.proportions import agresti_coull
from hipoutcomes.stats.remeasuring.reliable_change import (
    CRITERION,
    METHODS,
    change_classes,
    reliable_change,
)
from hipoutcomes.vocabulary.thresholds import Threshold, thresholds_of

#: Reliabilities over some weeks at which the first formula is shown, and the one for the others.
RELIABILITIES, MIDDLE = (0.4, 0.6, 0.8), 0.6

NOTE = (
    "Reliable change depends on the formula and on how steady scores are (reliability 0.4 to 0.8 "
    "over some weeks is assumed; the spread is that of first scores here, which entry at bad "
    "moments narrows): read its shares as a range."
)

_SURGERY = ("hip replacement", "hip arthroscopy")
_OPERATORS = {">=": np.greater_equal, ">": np.greater, "<=": np.less_equal, "<": np.less}


def reliable_classes(question: Question, level: float) -> pd.DataFrame:
    """One row per formula and reliability: how many changed reliably, and in which class.

    Parameters
    ----------
    question : Question
    level : float

    Returns
    -------
    DataFrame
        Five classes where a state that patients accept is known for the measure after
        conservative care (`n_recovered` of those better came into it, `n_left_state` of those
        worse left it), else three. No rows where too few were measured or first scores are alike.

    Notes
    -----
    Published detectable changes of the measure have rows of their own, without a reliability.
    """
    there, rows = question.measured, question.rows
    known = rows["baseline"].dropna().to_numpy(float)
    if there.sum() < question.minimums.estimate or np.ptp(known) == 0:
        return pd.DataFrame()
    first, second = (rows[name].to_numpy(float)[there] for name in ("baseline", "final"))
    state = _accepted_state(question.measure.code)
    options = {
        "sign": question.measure.sign,
        "mean": float(known.mean()),
        "std_dev": float(known.std(ddof=1)),
    }
    found = []
    for formula, r in [(METHODS[0], r) for r in RELIABILITIES] + [(m, MIDDLE) for m in METHODS[1:]]:
        told = reliable_change(first, second, reliability=r, method=formula, **options)
        size = CRITERION * told.std_error if formula == METHODS[0] else np.nan
        about = {
            "group": f"{formula.title()}, reliability {r:g}",
            "formula": formula,
            "reliability": r,
            "threshold": size,
            "operator": ">",
        }
        found.append(about | _counts(told.better, told.worse, first, second, state, level))
    for record in thresholds_of(question.measure.code):
        if record.kind == "MDC" and record.level == "individual":
            told = sort_patients(question, record)
            about = {
                "group": record.label(),
                "formula": "published detectable change",
                "reliability": np.nan,
                "threshold": record.value,
                "operator": record.operator,
            }
            found.append(about | _counts(told.better, told.worse, first, second, state, level))
    return _table(found, question, level, state)


def _accepted_state(measure: str) -> Threshold | None:
    """The state that patients accept after conservative care; None where none is known."""
    states = [r for r in thresholds_of(measure) if r.kind == "PASS" and r.direction == "state"]
    return next((r for r in states if r.treatment not in _SURGERY), None)


def _counts(better, worse, first, second, state: Threshold | None, level: float) -> dict:
    """Patients in each class, and the share better with its interval."""
    inside = [None, None]
    if state is not None:
        inside = [_OPERATORS[state.operator](scores, state.value) for scores in (first, second)]
    n = np.bincount(change_classes(better, worse, *inside), minlength=5)
    share = agresti_coull(int(n[0] + n[1]), len(first), level)
    classes = {"n_better": n[0] + n[1], "n_same": n[2], "n_worse": n[3] + n[4]}
    if state is not None:
        classes |= {"n_recovered": n[0], "n_left_state": n[4]}
    return {
        "estimate": share.estimate,
        "conf_low": share.conf_low,
        "conf_high": share.conf_high,
        "n_patients": len(first),
        **{name: int(count) for name, count in classes.items()},
    }


def _table(
    rows: list[dict], question: Question, level: float, state: Threshold | None
) -> pd.DataFrame:
    """The rows under what they are about."""
    source = "" if state is None else f"state: {state.label()}"
    made = pd.DataFrame(rows)
    about = {
        "outcome": question.measure.code,
        "outcome_label": question.measure.label,
        "quantity": "share reliably better",
        "unit": "share",
    }
    made = made.assign(**about, level=level, source=source)
    return made[[*about, *made.columns.drop(list(about))]]
