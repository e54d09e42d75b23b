"""How the answer changes where an episode of care ends after a shorter or a longer gap."""

from dataclasses import replace
from typing import Any

import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.improvement import improvement
from hipoutcomes.analyses.question import measure_of
from hipoutcomes.charts.alternatives import describe_forest
from hipoutcomes.charts.forest import forest
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.results import Estimates
from hipoutcomes.tables.outcome_rules import OutcomeRule

#: Days without a session after which a new episode begins, shown beside each other.
GAPS = (60, 90, 180)


def episode_gaps(
    clinic: Any,
    outcome: str,
    *,
    gaps: tuple[int, ...] = GAPS,
    rule: OutcomeRule | None = None,
    level: float = 0.95,
) -> Estimates:
    """Mean improvement under several rules for when an episode of care ends.

    Parameters
    ----------
    clinic : Clinic
        Filters of `Clinic.where` are not applied: every rule is asked of all sessions.
    outcome : str
        Code of a measure.
    gaps : tuple of int
        Days without a session after which a new episode begins.
    rule : OutcomeRule, optional
        By default `week(6, within=2)`.
    level : float
        Confidence level of the intervals.

    Raises
    ------
    ValueError
        When the outcome is no measure, or a gap is below one day.
    NotEnoughData
        When the outcome was not recorded, or the file holds one row per episode.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.episode_gaps(ho.load("data/demo_sessions.csv"), "pain")
    >>> answer.table["group"].tolist()
    ['60 days', '90 days', '180 days']
    """
    measure = measure_of(clinic, outcome)
    if clinic.shape == "episodes":
        raise NotEnoughData(
            "These records hold one row per episode, without its sessions.",
            "Other rules for episodes need the sessions.",
        )
    answers = [
        improvement(
            clinic.regrouped(replace(clinic.episode_rule, gap=gap)), outcome, rule=rule, level=level
        )
        for gap in gaps
    ]
    table = pd.concat([answer.table for answer in answers], ignore_index=True)
    table["group"] = [f"{gap} days" for gap in gaps]
    table["group_order"] = range(len(gaps))
    table["quantity"] = "mean improvement of the same patients under each gap"
    return Estimates(
        name=f"episode-gaps-{outcome.replace('_', '-')}",
        question=f"Does the change in {measure.noun} depend on when an episode of care ends?",
        words=_words(table, measure.noun),
        table=table,
        method=(
            "Mean improvement of one episode a patient, asked again with other gaps: a new episode "
            "begins after so many days without a session."
        ),
        sample=answers[0].sample,
        notes=(sentences.OBSERVED,),
        chart=forest,
        alternative=describe_forest(table),
    )


def _words(table: pd.DataFrame, noun: str) -> tuple[str, ...]:
    """How far the answers lie apart."""
    there = table["estimate"].dropna()
    if len(there) < len(table):
        return ("Too few patients were measured for an estimate under every gap.",)
    counts = table["n_measured"]
    people = (
        f"{counts.min():,} patients" if counts.nunique() == 1
        else f"{counts.min():,} to {counts.max():,} patients"
    )  # fmt: skip
    spread = (
        f"the mean improvement in {noun} is {sentences.number(there.iloc[0])} under each of them"
        if there.round(1).nunique() == 1
        else f"the mean improvement in {noun} lies between "
        f"{sentences.number(there.min())} and {sentences.number(there.max())}"
    )
    return (
        f"With gaps of {sentences.listed(list(table['group']))}, {spread} ({people} measured).",
    )
