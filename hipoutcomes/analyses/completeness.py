"""Who is missing from the numbers, and how they differ at the start."""

from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.groups.characteristics import (
    describe_patients,
    in_sentence,
    known_at_start,
)
from hipoutcomes.analyses.groups.grouping import Groups
from hipoutcomes.analyses.question import DUE, Question, asked
from hipoutcomes.charts.alternatives import describe_flow
from hipoutcomes.charts.flow import flow
from hipoutcomes.results import Estimates
from hipoutcomes.tables.outcome_rules import OutcomeRule
from hipoutcomes.vocabulary.columns import STATUSES

#: Standardised differences larger than this are named in words (Austin 2009).
NOTABLE = 0.1

#: In groups smaller than this, differences of that size are as likely as not by chance.
_MANY = 100

_GROUPS = ("measured", "not measured again")

_MISSING = (
    "Those not measured again may have done better or worse than the others; nothing here can "
    "tell, and the averages of those measured may not hold for them."
)


def completeness(clinic: Any, outcome: str, *, rule: OutcomeRule | None = None) -> Estimates:
    """Who is due a later score, who has one and who has not, and how they differ at the start.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure.
    rule : OutcomeRule, optional
        Which score counts as the outcome and when it is due.

    Raises
    ------
    ValueError
        When the outcome is not one that exists.
    NotEnoughData
        When the outcome was not recorded.

    Notes
    -----
    The standardised difference is the difference of two means or shares divided by the standard
    deviation within groups; above 0.1 it is usually called notable.

    References
    ----------
    Austin PC (2009). Balance diagnostics for comparing the distribution of baseline covariates
    between treatment groups. Statistics in Medicine 28(25), 3083-3107.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.completeness(ho.load("data/demo_sessions.csv"), "pain")
    >>> int(answer.table["n_patients"].sum()) == answer.sample["patients seen"]
    True
    """
    question = asked(clinic, outcome, rule, means=False)
    table = pd.DataFrame(
        {
            "outcome": outcome,
            "outcome_label": question.measure.label,
            "quantity": "patients",
            "status": list(STATUSES),
            "n_patients": [question.sample[status] for status in STATUSES],
        }
    )
    differences = _differences(clinic, question)
    return Estimates(
        name=f"completeness-{outcome.replace('_', '-')}{question.suffix}",
        question=f"Who is missing from the numbers on {question.measure.noun}?",
        words=_words(question, differences),
        table=table,
        method=(
            f"Every patient is counted once, by what became of the {question.rule.label}. "
            "Differences at the start are standardised: divided by the standard deviation within "
            "groups (Austin 2009)."
        ),
        sample=question.sample,
        notes=(_MISSING, *question.notes[2:]),
        supporting={"differences": differences},
        chart=flow,
        alternative=describe_flow(table),
    )


def _differences(clinic: Any, question: Question) -> pd.DataFrame:
    """Characteristics at the start of those measured and those not measured again."""
    due = question.rows[question.rows["status"].isin(DUE)]
    lost = (due["status"] != "measured").to_numpy()
    known = known_at_start(clinic, due, outcomes=(question.measure.code,))
    groups = pd.DataFrame({"group": list(_GROUPS)})
    return describe_patients(known, Groups(lost.astype(int), groups), question.minimums)


def _words(question: Question, differences: pd.DataFrame) -> tuple[str, ...]:
    """How many are missing, and how they differ."""
    sample = question.sample
    said = [sentences.measured_of_due(sample), sentences.elsewhere(sample)]
    n_lost = sample["due"] - sample["measured"]
    if sample["not comparable"]:
        n_other = sample["not comparable"]
        said.append(
            f"{n_other:,} {sentences.verb(n_other, 'has', 'have')} a later score that was not "
            "measured alike (rater, device or position differ or are not known) and cannot be "
            "compared."
        )
    if n_lost and min(n_lost, sample["measured"]) < question.minimums.estimate:
        said.append(
            f"There are too few on one side ({sample['measured']:,} measured, {n_lost:,} not) to "
            "say how the two differ."
        )
    elif n_lost:
        said += _how_they_differ(differences, question)
    return tuple(filter(None, said))


def _standardised(difference: float) -> str:
    """A standardised difference in brackets, where it is a number."""
    if not np.isfinite(difference):
        return ""
    return f" (standardised difference {sentences.number(difference, 2)})"


def _how_they_differ(differences: pd.DataFrame, question: Question) -> list[str]:
    """First scores of both, and the characteristics that differ notably."""
    noun = question.measure.noun
    said = []
    start = differences[differences["characteristic"] == question.measure.label]
    if len(start) == 2 and start["estimate"].notna().all() and not question.measure.ordinal:
        measured, lost = (sentences.number(mean) for mean in start["estimate"])
        said.append(
            f"Those not measured again began with a mean {noun} of {lost}, those measured with "
            f"{measured}{_standardised(start['std_difference'].iloc[0])}."
        )
    others = differences[differences["characteristic"] != question.measure.label]
    notable = others[others["std_difference"] > NOTABLE].drop_duplicates("characteristic")
    names = notable.sort_values("std_difference", ascending=False)["characteristic"]
    if len(names):
        smaller = min(
            question.sample["measured"], question.sample["due"] - question.sample["measured"]
        )
        by_chance = ", as groups of this size do by chance" if smaller < _MANY else ""
        listed = sentences.listed(map(in_sentence, names))
        said.append(
            f"They also differ in {listed}, by more than {NOTABLE} standard deviations{by_chance}."
        )
    return said
