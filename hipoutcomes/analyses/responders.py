"""What share of patients improve enough to matter, and what share worsen as much."""

from dataclasses import replace
from typing import Any

import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.groups.group_means import described
from hipoutcomes.analyses.groups.grouping import By, Groups, group_rows, groupings_named
from hipoutcomes.analyses.question import Question, asked, level_of
from hipoutcomes.analyses.shares.chosen_threshold import (
    chosen_threshold,
    sorts_patients,
    tried_sizes,
)
from hipoutcomes.analyses.shares.cumulative_shares import cumulative_shares
from hipoutcomes.analyses.shares.improved_enough import shares_by_group, with_room
from hipoutcomes.analyses.shares.reliable_classes import NOTE, reliable_classes
from hipoutcomes.analyses.shares.responder_words import responder_words, threshold_in_words
from hipoutcomes.analyses.shares.scale_ends import (
    MOST_AT_AN_END,
    at_the_ends,
    end_notes,
    ordinal_contrasts,
)
from hipoutcomes.analyses.shares.share_contrasts import CAUTION, ONE_GROUP, share_contrasts
from hipoutcomes.charts.alternatives import describe_cumulative, describe_shares
from hipoutcomes.charts.cumulative import cumulative
from hipoutcomes.charts.shares import shares
from hipoutcomes.results import Estimates
from hipoutcomes.tables.outcome_rules import OutcomeRule
from hipoutcomes.vocabulary.thresholds import (
    Threshold,
    thresholds_of,
    why_no_threshold,
)

_RANGE = (
    "The range of re-measuring is what two scores of each person would show if nothing had changed "
    "between them (reliability 0.4 to 0.8; recovery by itself is not included)."
)

_METHOD = (
    "Better: an improvement of {size}; worse: a worsening as large. Shares are of patients whose "
    "first score left room for it, with {level}s of Agresti & Coull (1998)."
)


def responders(
    clinic: Any,
    outcome: str,
    *,
    by: By = None,
    threshold: Threshold | float | None = None,
    rule: OutcomeRule | None = None,
    contrast: bool = False,
    level: float = 0.95,
) -> Estimates:
    """Share of patients better by a threshold, beside the share worse by as much.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure.
    by : str or several, optional
        Names from `vocabulary.groupings.GROUPINGS`.
    threshold : Threshold or float, optional
        A record from `vocabulary.thresholds`, or a size of improvement in the measure's unit; by
        default the measure's default threshold. A measure without one is answered by the
        cumulative curve alone, which is then the table.
    rule : OutcomeRule, optional
        Which score counts as the outcome.
    contrast : bool
        Put every pair of groups against each other, in `supporting["differences"]`.
    level : float
        Confidence level of the intervals.

    Raises
    ------
    ValueError
        When the outcome, a grouping or the level is not one that exists, the threshold is not for
        changes of single patients on this measure, or a contrast is asked for without groups.
    NotEnoughData
        When the outcome or the grouping was not recorded, or the outcome is rated in categories.

    Notes
    -----
    Whether the threshold itself counts is part of its record. Patients whose first score was too
    good to get better by as much are counted as ineligible, not as failures. One episode a
    patient. `supporting` holds the whole cumulative curve; the shares at every published
    threshold of the measure and at sizes from half to twice the one chosen; "reliable change" by
    formula and reliability; "at the ends", the share of later scores at either end of the scale;
    with `by`, where that share is above 15%, the "ordinal" reading; and with `contrast` the
    "differences" of shares between groups of 20 patients or more.

    References
    ----------
    Agresti A, Coull BA (1998). Approximate is better than "exact" for interval estimation of
    binomial proportions. The American Statistician 52(2), 119-126. Agresti A, Caffo B (2000). The
    American Statistician 54(4), 280-288. Jacobson NS, Truax P (1991). Clinical significance.
    Journal of Consulting and Clinical Psychology 59(1), 12-19. Terwee CB et al. (2007). Quality
    criteria for health status questionnaires. Journal of Clinical Epidemiology 60(1), 34-42.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.responders(ho.load("data/demo_sessions.csv"), "pain")
    >>> answer.table["threshold"].tolist()
    [2.0]
    """
    level_of(level)
    if contrast and not groupings_named(by):
        raise ValueError(
            "contrast=True puts groups against each other; say which, as by='technique'."
        )
    question = asked(clinic, outcome, rule)
    chosen = chosen_threshold(question, threshold)
    groups = group_rows(question.rows, by, question.measured)
    curve = cumulative_shares(question, groups, level)
    if chosen is None:
        return _without_threshold(question, groups, curve)
    table = _table(question, groups, chosen, level)
    size, ends = threshold_in_words(chosen), at_the_ends(question, groups, level)
    further = _further(question, groups, ends, level)
    pairs = share_contrasts(table, groups, question, level) if contrast else ()
    checked = () if chosen.verified else (f"The threshold is not verified: {chosen.label()}.",)
    return Estimates(
        name=f"responders-{outcome.replace('_', '-')}{groups.suffix}{question.suffix}",
        question=f"What share of patients got better by {size}{groups.question}?",
        words=responder_words(table, question, groups, chosen, level),
        table=table,
        method=f"{question.method_by(groups.names)} "
        f"{_METHOD.format(size=size, level=sentences.confidence(level))} "
        f"Threshold: {chosen.label()}.",
        sample=question.sample,
        notes=(
            *(_RANGE, *checked, *end_notes(ends)),
            *([NOTE] if "reliable change" in further else []),
            *([CAUTION if len(pairs) else ONE_GROUP] if contrast else []),
            *(*question.notes, *groups.cautions, *_likeness(groups)),
        ),
        supporting={
            "cumulative": curve,
            "thresholds": _sweep(question, chosen, level),
            **further,
            **({"differences": pairs} if contrast and len(pairs) else {}),
        },
        chart=shares,
        alternative=describe_shares(table),
    )


def _table(question: Question, groups: Groups, threshold: Threshold, level: float) -> pd.DataFrame:
    """One row per group."""
    numbers = shares_by_group(question, groups, threshold, level)
    about = groups.table.assign(threshold=threshold.value, operator=threshold.operator)
    measure = replace(question.measure, unit="share")
    quantity = f"share better by {threshold_in_words(threshold)}"
    table = described(numbers, about, measure, quantity, level, question.minimums)
    return with_room(table, question.minimums)


def _sweep(question: Question, chosen: Threshold, level: float) -> pd.DataFrame:
    """The shares of everyone at the chosen threshold, every published one, and sizes around it."""
    records = [r for r in thresholds_of(question.measure.code) if sorts_patients(r)]
    records = [chosen, *(record for record in records if record != chosen)]
    everyone = group_rows(question.rows)
    named = [(record.label(), record) for record in records]
    named += [
        (f"{threshold_in_words(t)} (tried)", t) for t in tried_sizes(question, chosen, records)
    ]
    parts = [_table(question, everyone, record, level) for _, record in named]
    for part, (name, _) in zip(parts, named, strict=True):
        part["group"] = name
    return pd.concat(parts, ignore_index=True)


def _further(
    question: Question, groups: Groups, ends: pd.DataFrame, level: float
) -> dict[str, pd.DataFrame]:
    """Reliable change, scores at the ends of the scale and, where they are many, ordered odds."""
    tables = {"reliable change": reliable_classes(question, level), "at the ends": ends}
    if groups.groupings and (ends["estimate"] > MOST_AT_AN_END).any():
        tables["ordinal"] = ordinal_contrasts(question, groups, level)
    return {name: table for name, table in tables.items() if len(table)}


def _without_threshold(question: Question, groups: Groups, curve: pd.DataFrame) -> Estimates:
    """The answer where no size of change is known to matter: the whole curve, and why."""
    noun, code = question.measure.noun, question.measure.code
    return Estimates(
        name=f"responders-{code.replace('_', '-')}{groups.suffix}{question.suffix}",
        question=f"How many patients improved by how much in {noun}{groups.question}?",
        words=(
            sentences.measured_of_due(question.sample),
            f"No size of change in {noun} is known to matter to a single patient, so nobody is "
            f"called better or worse here. {why_no_threshold(code)} The curve shows the share who "
            "improved by at least any amount.",
        ),
        table=curve,
        method=f"{question.method} Shares with intervals of Agresti & Coull (1998).",
        sample=question.sample,
        notes=(*question.notes, *groups.cautions, *_likeness(groups)),
        supporting={"cumulative": curve},
        chart=cumulative,
        alternative=describe_cumulative(curve),
    )


def _likeness(groups: Groups) -> tuple[str, ...]:
    """What must be said where groups stand side by side."""
    return (sentences.NOT_LIKE_FOR_LIKE,) if groups.groupings else ()
