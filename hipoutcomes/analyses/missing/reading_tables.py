"""Tables of readings, of bounds, of the chart's line, and of differences between groups."""

import numpy as np
import pandas as pd

from hipoutcomes.analyses.groups.grouping import Groups
from hipoutcomes.analyses.missing import readings
from hipoutcomes.analyses.missing.comparisons import MOST_GROUPS, differences
from hipoutcomes.analyses.missing.due_patients import DuePatients
from hipoutcomes.analyses.missing.mean_readings import mean_readings, observed_mean, without
from hipoutcomes.analyses.missing.share_readings import share_counts, share_readings
from hipoutcomes.analyses.question import Question
from hipoutcomes.analyses.shares.responder_words import threshold_in_words
from hipoutcomes.stats.groups.proportions import agresti_coull
from hipoutcomes.stats.missing.assumed_means import mean_if
from hipoutcomes.stats.missing.bounds import Bounds, mean_bounds, share_bounds
from hipoutcomes.vocabulary.thresholds import Threshold

#: The quantity that every answer has.
MEAN = "mean improvement"

#: Points of the chart's line.
_POINTS = 41

#: What the chart calls the readings it marks.
_MARKS = {
    readings.WORST: "worst possible",
    readings.FLIP_INTERVAL: "interval reaches no change",
    readings.NO_CHANGE: "none of them changed",
    readings.OBSERVED: "same mean as those measured",
    readings.BEST: "best possible",
}

_NUMBERS = (
    "assumed",
    "delta",
    "estimate",
    "std_error",
    "df",
    "conf_low",
    "conf_high",
    "expected_low",
    "expected_high",
    "effective_n",
)
_COUNTS = ("n_truncated", "n_eligible")


def reading_table(
    question: Question,
    groups: Groups,
    parts: list[DuePatients],
    threshold: Threshold | None,
    deltas: list[float] | None,
    level: float,
) -> pd.DataFrame:
    """One row per group, quantity and reading.

    Parameters
    ----------
    question : Question
    groups : Groups
        Of all rows of the question.
    parts : list of DuePatients
        Of each group.
    threshold : Threshold, optional
        Without one there is no share.
    deltas : list of float, optional
    level : float
    """
    found = []
    for place, due in enumerate(parts):
        few = question.minimums.too_few(due.n_measured)
        nothing = [without(readings.OBSERVED, few)]
        means = nothing if few else mean_readings(due, threshold, deltas, level)
        found.append(_block(question, groups, place, due, MEAN, means))
        if threshold is not None:
            shares = nothing if few else share_readings(due, threshold, level)
            made = _block(question, groups, place, due, _share_of(threshold), shares)
            found.append(made.assign(threshold=threshold.value, operator=threshold.operator))
    table = pd.concat(found, ignore_index=True).assign(level=level)
    kinds = dict.fromkeys(_NUMBERS, float) | dict.fromkeys(_COUNTS, "Int64")
    table = table.astype(kinds)
    reason = table.pop("reason")
    return table.assign(reason=reason)


def bounds_table(
    question: Question,
    groups: Groups,
    parts: list[DuePatients],
    threshold: Threshold | None,
    level: float,
) -> pd.DataFrame:
    """Least and greatest possible mean and share of each group, with an interval for it.

    Parameters
    ----------
    question, groups, parts, threshold, level
        As in `reading_table`.
    """
    found = []
    for place, due in enumerate(parts):
        few = question.minimums.too_few(due.n_measured)
        made = [(MEAN, np.nan, None)]
        if not few:
            bounds = mean_bounds(due.improvement, due.worst, due.best, level)
            made = [(MEAN, observed_mean(due, level).estimate, bounds)]
            if threshold is not None and (counts := share_counts(due, threshold)).n_measured:
                share = agresti_coull(counts.n_better, counts.n_measured, level).estimate
                bounds = share_bounds(counts.n_better, counts.n_measured, counts.n_missing, level)
                made.append((_share_of(threshold), share, bounds))
        for quantity, estimate, bounds in made:
            numbers = {"estimate": estimate, **_bounds(bounds), "reason": few}
            block = _block(question, groups, place, due, quantity, [numbers])
            found.append(block[[name for name in block if name not in _LEFT_OUT]])
    return pd.concat(found, ignore_index=True).assign(level=level)


#: Columns of readings that bounds do not have.
_LEFT_OUT = {"reading", *_NUMBERS, *_COUNTS} - {"estimate", "conf_low", "conf_high"}


def line_table(
    question: Question, due: DuePatients, table: pd.DataFrame, level: float
) -> pd.DataFrame:
    """The mean of everyone for every mean assumed of those not measured, and marked readings.

    Parameters
    ----------
    question : Question
    due : DuePatients
    table : DataFrame
        Of `reading_table`, of one group.
    level : float

    Notes
    -----
    Marked readings of which the mean is not the line's own (the ends of the scale differ from
    patient to patient) are drawn on the line.
    """
    columns = ["assumed", "estimate", "conf_low", "conf_high", "reading"]
    rows = []
    if due.n_missing and not question.minimums.too_few(due.n_measured):
        means = table[(table["quantity"] == MEAN) & table["estimate"].notna()]
        marked = means[means["reading"].isin(list(_MARKS))]
        points = [(float(x), "") for x in np.linspace(due.worst.mean(), due.best.mean(), _POINTS)]
        points += [(row.assumed, _MARKS[row.reading]) for row in marked.itertuples()]
        for assumed, reading in points:
            mean = mean_if(due.improvement, due.n_missing, assumed, level)
            rows.append((assumed, mean.estimate, mean.conf_low, mean.conf_high, reading))
    line = pd.DataFrame(rows, columns=columns).sort_values("assumed", kind="stable")
    measure = question.measure
    return line.reset_index(drop=True).assign(
        outcome=measure.code,
        outcome_label=measure.label,
        unit=measure.unit,
        level=level,
        n_due=len(due),
        n_not_measured=due.n_missing,
    )


def assumption_table(table: pd.DataFrame) -> pd.DataFrame:
    """What each reading of a table takes to be true of those not measured.

    Parameters
    ----------
    table : DataFrame
        Of `reading_table`.
    """
    names = table["reading"].drop_duplicates().tolist()
    return pd.DataFrame(
        {"reading": names, "assumption": [readings.ASSUMPTIONS[name] for name in names]}
    )


def comparison_table(
    question: Question,
    groups: Groups,
    parts: list[DuePatients],
    table: pd.DataFrame,
    level: float,
) -> pd.DataFrame | None:
    """Differences between groups large enough for one; None where there are not two, or too many.

    Parameters
    ----------
    question, groups, parts, level
        As in `reading_table`.
    table : DataFrame
        Of `reading_table`.
    """
    large = {
        name: due
        for name, due in zip(groups.table["group"], parts, strict=True)
        if due.n_measured >= question.minimums.contrast
    }
    if not 2 <= len(large) <= MOST_GROUPS:
        return None
    made = differences(large, table[table["quantity"] == MEAN], level)
    measure = question.measure
    about = pd.DataFrame(
        {
            "outcome": measure.code,
            "outcome_label": measure.label,
            "quantity": "difference of mean improvements",
            "unit": measure.unit,
        },
        index=made.index,
    )
    return pd.concat([about, made.assign(level=level)], axis=1)


def _block(
    question: Question,
    groups: Groups,
    place: int,
    due: DuePatients,
    quantity: str,
    rows: list[dict],
) -> pd.DataFrame:
    """Rows of one quantity in one group, with what they are about before their numbers."""
    measure = question.measure
    about = {
        "outcome": measure.code,
        "outcome_label": measure.label,
        "quantity": quantity,
        "unit": measure.unit if quantity == MEAN else "share",
        **groups.table.iloc[place],
    }
    counts = {
        "n_patients": due.n_measured,
        "n_due": len(due),
        "n_measured": due.n_measured,
        "n_not_measured": due.n_missing,
    }
    empty = {"reading": "", **dict.fromkeys(_NUMBERS, np.nan), **dict.fromkeys(_COUNTS, pd.NA)}
    return pd.DataFrame([{**about, **empty, **counts, **row} for row in rows])


def _bounds(bounds: Bounds | None) -> dict[str, float]:
    """Bounds and their interval as columns; missing where there are none."""
    if bounds is None:
        names = ("bound_low", "bound_high", "conf_low", "conf_high")
        return dict.fromkeys(names, np.nan)
    return {
        "bound_low": bounds.low,
        "bound_high": bounds.high,
        "conf_low": bounds.conf_low,
        "conf_high": bounds.conf_high,
    }


def _share_of(threshold: Threshold) -> str:
    """What a share counts."""
    return f"share better by {threshold_in_words(threshold)}"
