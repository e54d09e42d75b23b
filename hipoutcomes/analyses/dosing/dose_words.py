"""What changes with follow-up sessions, in sentences; none says how many sessions are best."""

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.dosing import attended, next_visit, stopping, weeks
from hipoutcomes.analyses.shares.responder_words import threshold_in_words
from hipoutcomes.vocabulary.instruments import Measure
from hipoutcomes.vocabulary.thresholds import Threshold

#: More steps from visit to visit than this are left to the table.
_MOST_STEPS = 3

#: How those who stopped can be known about.
_ASK = "To know, send the score sheet at week six to everyone, also to those who stopped coming."
_MEASURE = "To know, measure everyone again at week six, also those who stopped coming."

CHOSEN = (
    "Nobody was told how often to come: people stop because they are well, because they are "
    "discouraged, or for reasons nobody wrote down. So none of these numbers is what sessions "
    "bring, and none says how many a patient needs."
)

STAYED = (
    "Changes among those who came back are about them alone. Changes had everyone come back take "
    "those who stopped to have fared like those with the same scores so far; where people stop for "
    "a relief that was never written down, that is wrong, and the change is understated."
)

UNSCORED = (
    "A patient who was not scored at two later visits cannot be better at two in a row, and counts "
    "as one who was not."
)

FIRST_STEP = (
    "The change to the second visit flatters most: people tend to come when it is at its worst, "
    "so the score after the first tends to be better even where nothing has changed."
)


def of_simple_curve(table: pd.DataFrame, measure: Measure) -> list[str]:
    """The two ends of the simple curve, and what it cannot say."""
    curve = table[(table["quantity"] == attended.SIMPLE) & table["estimate"].notna()]
    if len(curve) < 2:
        return ["Too few patients came so differently often that a simple curve could be drawn."]
    first, last = curve.iloc[0], curve.iloc[-1]
    ends = sentences.listed(
        f"{sentences.moved(measure, row['estimate'])} among the "
        f"{sentences.counted(row['n_patients'])} who {row['group']}"
        for row in (first, last)
    )
    return [
        f"The simple curve, as it is usually drawn: at their last visit {measure.noun} was {ends}. "
        "It compares people who stopped with people who went on, so it cannot say what a further "
        "visit brings."
    ]


def of_next_visit(table: pd.DataFrame, measure: Measure) -> list[str]:
    """The first steps from visit to visit, and the same had everyone come back."""
    steps = table[table["quantity"] == next_visit.RETURNED]
    if steps["reason"].iloc[0] == next_visit.ALIKE:
        return [f"No fairer reading: {next_visit.ALIKE}."]
    steps = steps[steps["estimate"].notna()]
    if steps.empty:
        return ["Too few patients were scored at two visits in a row for a fairer reading."]
    said = [
        f"A fairer reading: {measure.noun} since the visit before, among those who came back (in "
        f"brackets the {sentences.confidence(steps['level'].iloc[0])} that holds for all visits at "
        "once):"
    ]
    said += [_step(row, measure) for _, row in steps.head(_MOST_STEPS).iterrows()]
    if len(steps) > _MOST_STEPS:
        said.append(f"The table goes on to visit {int(steps['session_number'].iloc[-1])}.")
    everyone = table[(table["quantity"] == next_visit.EVERYONE) & table["estimate"].notna()]
    if len(everyone):
        row = everyone.iloc[0]
        said.append(
            f"Had everyone come back, {measure.noun} would have been "
            f"{sentences.moved(measure, row['estimate'])} at visit 2 "
            f"({sentences.interval_of(row['estimate'], row['band_low'], row['band_high'])}), if "
            "those who stopped fared like those with the same scores so far."
        )
    return said


def _step(row: pd.Series, measure: Measure) -> str:
    """One step from visit to visit."""
    opening = sentences.opening(row["group"])
    band = sentences.interval_of(row["estimate"], row["band_low"], row["band_high"])
    return (
        f"{opening}: {sentences.moved(measure, row['estimate'])} ({band}); "
        f"{int(row['n_patients']):,} of the {int(row['n_still_coming']):,} who came back were "
        "scored both times."
    )


def of_weeks(table: pd.DataFrame, measure: Measure) -> list[str]:
    """Whether visits can be told from weeks."""
    rows = table.set_index("quantity")
    together = rows.loc[weeks.TOGETHER, "estimate"]
    if not np.isfinite(together):
        return []
    r = sentences.number(together, 2)
    if np.isfinite(rows.loc[weeks.PER_VISIT, "estimate"]):
        each = sentences.listed(
            f"{measure.noun} {sentences.moved(measure, rows.loc[name, 'estimate'])} ({interval})"
            f" with a {what}"
            for name, what in (
                (weeks.PER_VISIT, "visit more at equal weeks"),
                (weeks.PER_WEEK, "week more at equal visits"),
            )
            for interval in [_interval(rows.loc[name])]
        )
        return [
            f"Visits and weeks do not quite move together in these records (correlation {r} within "
            f"patients). Held side by side, each patient against themselves: {each}. When to come "
            "again was the patient's choice, so this too is no answer to what a visit brings."
        ]
    return [
        f"Visits and weeks move together in these records (correlation {r} within patients): what "
        "changes from visit to visit cannot be told from what the weeks bring by themselves."
    ]


def _interval(row: pd.Series) -> str:
    """The interval of a row, in the direction of the estimate."""
    return sentences.interval_of(row["estimate"], row["conf_low"], row["conf_high"])


def of_confirmed(table: pd.DataFrame, threshold: Threshold | None) -> list[str]:
    """The share with a confirmed change by the last visit shown, beside stopping and noise."""
    if threshold is None:
        return []
    rows = table[table["threshold"].notna()]
    shown = rows[rows["estimate"].notna()]
    size = threshold_in_words(threshold)
    if shown.empty:
        return [f"No share better by {size} at two visits in a row: {rows['reason'].iloc[0]}."]
    row = shown.iloc[-1]
    low, high = row["conf_low"], row["conf_high"]
    span = "" if np.isnan(low) else f" ({sentences.percents(low, high)})"
    noise = ""
    if not np.isnan(row["expected_low"]):
        noise = (
            "; scores that only vary from day to day would show "
            f"{sentences.percents(row['expected_low'], row['expected_high'])}"
        )
    return [
        f"By visit {int(row['session_number'])}, {sentences.percent(row['estimate'])}{span} of "
        f"{sentences.counted(row['n_patients'])} were better by {size} at two visits in a row, and "
        f"{sentences.percent(row['share_stopped'])} had stopped without that{noise}."
    ]


def of_stopping(table: pd.DataFrame, measure: Measure) -> list[str]:
    """Going on against stopping, where those who stopped were asked; else how to know."""
    rows = table[table["quantity"] == stopping.GOING_ON]
    shown = rows[rows["estimate"].notna()]
    if len(shown):
        said = [
            "Going on against stopping, among patients alike in their scores so far: "
            f"{measure.noun} by week 6 of those who went on, against those who stopped."
        ]
        said += [
            f"{sentences.opening(row['group'])}: {sentences.moved(measure, row['estimate'])} "
            f"({_interval(row)}); {int(row['n_patients'] - row['n_other']):,} who went on and "
            f"{int(row['n_other']):,} of the {int(row['n_due']):,} who stopped were scored."
            for _, row in shown.iterrows()
        ]
        return said
    went_on = (rows["n_patients"] > rows["n_other"]).to_numpy(bool)
    rows = rows[went_on] if went_on.any() else rows
    n_scored, n_stopped = int(rows["n_measured"].sum()), int(rows["n_due"].sum())
    how = _MEASURE if measure.needs_setting else _ASK
    opening = "Did going on bring more than stopping? This cannot be answered:"
    if n_stopped == 0:
        return [f"{opening} nobody is known to have stopped before week 4."]
    if n_scored == 0:
        return [f"{opening} nobody is asked after they stop (0 of {n_stopped:,}). {how}"]
    too_few = rows["reason"].str.startswith(stopping.TOO_FEW) | (rows["n_measured"] == 0)
    if not too_few.all():
        return [f"{opening} {rows.loc[~too_few, 'reason'].iloc[0]}. {how}"]
    return [
        f"{opening} too few are asked after they stop ({n_scored:,} of the {n_stopped:,} who "
        f"stopped before week 4). {how}"
    ]
