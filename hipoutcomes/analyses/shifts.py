"""Shifts of category between two ratings by the same rater: for measures without a mean."""

from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.question import Question, asked
from hipoutcomes.charts.alternatives import describe_shifts
from hipoutcomes.charts.shifts import shifts as shifts_chart
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.results import Estimates
from hipoutcomes.stats.groups.proportions import agresti_coull
from hipoutcomes.tables.outcome_rules import OutcomeRule
from hipoutcomes.vocabulary.instruments import MEASURES

_RATER = (
    "Only ratings by the same therapist are put side by side: two therapists rate the same muscle "
    "differently. The therapist who rates is the one who treats, and knows what came before."
)


def shifts(
    clinic: Any, outcome: str = "tension", *, rule: OutcomeRule | None = None, level: float = 0.95
) -> Estimates:
    """How many patients moved from which category to which, as the same rater saw it.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of an ordinal measure, such as ``tension`` or ``tension_piriformis``.
    rule : OutcomeRule, optional
        Which rating counts as the outcome.
    level : float
        Confidence level of the intervals of shares.

    Raises
    ------
    ValueError
        When the outcome is not one that exists.
    NotEnoughData
        When the outcome was not recorded, or is not rated in categories.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.shifts(ho.load("data/demo_sessions.csv"), "tension")
    >>> int(answer.table["n_patients"].sum()) == answer.sample["measured"]
    True
    """
    question = asked(clinic, outcome, rule, means=False)
    if not question.measure.ordinal:
        ordinal = [code for code in clinic.measures if MEASURES[code].ordinal]
        raise NotEnoughData(
            f"{sentences.opening(question.measure.noun)} is a number, not a category.",
            f"Rated in categories here: {sentences.listed(ordinal) or 'nothing'}.",
            f'Ask for improvement(clinic, "{outcome}").',
        )
    table, counts = _table(question), _counts(question, level)
    return Estimates(
        name=f"shifts-{outcome.replace('_', '-')}{question.suffix}",
        question=f"How did {question.measure.noun} shift, as the same therapist rated it?",
        words=_words(question, counts.iloc[0], level),
        table=table,
        method=(
            f"First rating against the {question.rule.label}, by the same rater; counts of "
            f"patients, with Agresti-Coull {sentences.confidence(level)}s of shares."
        ),
        sample=question.sample,
        notes=(_RATER, *question.notes),
        supporting={"counts": counts},
        chart=shifts_chart,
        alternative=describe_shifts(table),
    )


def _table(question: Question) -> pd.DataFrame:
    """One row per first and later category that occur together."""
    pairs = question.rows.loc[question.measured, ["baseline", "final"]]
    table = pairs.groupby(["baseline", "final"]).size().reset_index(name="n_patients")
    return pd.DataFrame(
        {
            "outcome": question.measure.code,
            "outcome_label": question.measure.label,
            "quantity": "patients by first and later category",
            "baseline": table["baseline"],
            "final": table["final"],
            "baseline_label": [f"{category:g}" for category in table["baseline"]],
            "final_label": [f"{category:g}" for category in table["final"]],
            "n_patients": table["n_patients"],
        }
    )


def _counts(question: Question, level: float) -> pd.DataFrame:
    """Better, same and worse in one row, with intervals where patients are enough."""
    improvement = question.rows.loc[question.measured, "improvement"].to_numpy(float)
    n, better, worse = len(improvement), (improvement > 0).sum(), (improvement < 0).sum()
    enough = n >= question.minimums.estimate
    shares = [agresti_coull(int(count), n, level) if enough else None for count in (better, worse)]
    numbers = [
        (share.estimate, share.conf_low, share.conf_high) if share else (np.nan,) * 3
        for share in shares
    ]
    return pd.DataFrame(
        {
            "outcome": [question.measure.code],
            "outcome_label": question.measure.label,
            "quantity": "share in a better category",
            "unit": "share",
            "group": "all",
            "estimate": numbers[0][0],
            "conf_low": numbers[0][1],
            "conf_high": numbers[0][2],
            "level": level,
            "n_patients": n,
            "n_better": better,
            "n_same": n - better - worse,
            "n_worse": worse,
            "share_better": numbers[0][0],
            "share_worse": numbers[1][0],
            "share_worse_low": numbers[1][1],
            "share_worse_high": numbers[1][2],
            "reason": question.minimums.too_few(n),
        }
    )


def _words(question: Question, counts: pd.Series, level: float) -> tuple[str, ...]:
    """How many moved which way."""
    sample, noun = question.sample, question.measure.noun
    n = int(counts["n_patients"])
    said = [sentences.measured_of_due(sample), sentences.elsewhere(sample)]
    if sample["not comparable"]:
        n_other = sample["not comparable"]
        said.append(
            f"{n_other:,} {sentences.verb(n_other, 'was', 'were')} rated again, but not by the "
            f"same known therapist, and {sentences.verb(n_other)} not counted."
        )
    if counts["reason"]:
        said.append(f"There are no shares: {counts['reason']}.")
    else:
        said.append(
            f"Of {sentences.counted(n)} rated twice by the same therapist, "
            f"{int(counts['n_better']):,} had less {noun} "
            f"({sentences.percent(counts['share_better'])}, {sentences.confidence(level)} "
            f"{_range(counts, 'conf_low', 'conf_high')}), {int(counts['n_same']):,} the same, and "
            f"{int(counts['n_worse']):,} more ({sentences.percent(counts['share_worse'])}, "
            f"{_range(counts, 'share_worse_low', 'share_worse_high')})."
        )
    return tuple(filter(None, said))


def _range(counts: pd.Series, low: str, high: str) -> str:
    """An interval of a share."""
    return sentences.percents(counts[low], counts[high])
