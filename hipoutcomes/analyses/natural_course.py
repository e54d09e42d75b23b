"""What would have been seen without care, as far as records of treated patients can say."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.course.alone import alone_from_one, alone_from_two, assumptions_table
from hipoutcomes.analyses.course.course_words import course_words
from hipoutcomes.analyses.course.first_scores import TwoFirstScores, two_first_scores
from hipoutcomes.analyses.course.published import published_courses
from hipoutcomes.analyses.groups.group_means import without_few
from hipoutcomes.analyses.groups.grouping import group_rows
from hipoutcomes.analyses.question import Question, asked, level_of
from hipoutcomes.analyses.shares.chosen_threshold import chosen_threshold
from hipoutcomes.analyses.shares.improved_enough import shares_by_group
from hipoutcomes.analyses.shares.responder_words import threshold_in_words
from hipoutcomes.charts.alternatives import describe_natural_course
from hipoutcomes.charts.natural_course import natural_course as drawn
from hipoutcomes.results import Estimates
from hipoutcomes.stats.groups.intervals import cluster_mean
from hipoutcomes.stats.remeasuring.reliability import intraclass_correlation
from hipoutcomes.stats.remeasuring.remeasuring import Remeasuring
from hipoutcomes.tables.outcome_rules import OutcomeRule
from hipoutcomes.vocabulary.thresholds import Threshold, why_no_threshold

#: Quantities of the rows that are means, in their order.
MEAN = "mean improvement"
FROM_TWO = "mean improvement from the mean of two first scores"
BETWEEN = "mean improvement between two first scores, before any treatment"

_RANGE = (
    "The range of re-measuring holds for correlations of two scores of one person from 0.4 to 0.8, "
    "and for people who come at any moment or only in the worse half of their moments. Neither can "
    "be learned from these records, and recovery by itself is not in it."
)
_NO_SHARE = (
    "How much of the change would have come anyway is not known from these records: they hold "
    "nobody who was left without care, so no part of the change may be put down to care or to "
    "chance."
)
_OTHERS = (
    "Published courses are of other patients, chosen and measured in other ways. They stand apart: "
    "nothing is added to them or taken from them."
)


def natural_course(
    clinic: Any,
    outcome: str,
    *,
    threshold: Threshold | float | None = None,
    rule: OutcomeRule | None = None,
    level: float = 0.95,
) -> Estimates:
    """What re-measuring alone would give, beside what was observed.

    The estimand: of the patients measured at both times, the mean improvement and the shares
    better and worse that a second score alone would bring, had nothing changed, for the same
    window and size of change; as a range over what cannot be known.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure.
    threshold : Threshold or float, optional
        Size of change that counts as better, and as worse; by default the measure's own. A measure
        without one is answered by means alone.
    rule : OutcomeRule, optional
        Which score counts as the outcome.
    level : float
        Confidence level of the intervals of what was observed.

    Raises
    ------
    ValueError
        When the outcome, the threshold or the level is not one that exists.
    NotEnoughData
        When the outcome was not recorded, or is rated in categories.

    Notes
    -----
    ``expected_low`` and ``expected_high`` are the range (`stats.remeasuring`); it is found from
    first scores alone, never from the change of treated patients, and the answer gives no part of
    the change a cause. Where 10 patients or more were scored twice before the first treatment,
    their change before it and the range from the mean of both stand beside it. `supporting` holds
    "published courses" of other patients, with their sources, where any are known.

    References
    ----------
    Barnett AG, van der Pols JC, Dobson AJ (2005). Regression to the mean: what it is and how to
    deal with it. International Journal of Epidemiology 34(1), 215-220.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.natural_course(ho.load("data/demo_sessions.csv"), "pain")
    >>> answer.table["quantity"].tolist()
    ['mean improvement', 'share better by 2 points or more', 'share worse by 2 points or more']
    """
    level_of(level)
    question = asked(clinic, outcome, rule)
    chosen = chosen_threshold(question, threshold)
    pairs = two_first_scores(clinic, question)
    alone = alone_from_one(question, chosen, question.measured)
    table = pd.concat(
        [
            _mean_row(question, alone, level),
            *([] if chosen is None else [_share_rows(question, chosen, level)]),
            *_rows_of_pairs(question, pairs, level),
        ],
        ignore_index=True,
    )
    table = _finished(table, question, level)
    courses = published_courses(question.measure)
    return Estimates(
        name=f"natural-course-{outcome.replace('_', '-')}{question.suffix}",
        question=f"How much would {question.measure.noun} have changed by re-measuring alone?",
        words=course_words(table, courses, question, chosen, level),
        table=table,
        method=_method(question, chosen, level),
        sample=question.sample,
        notes=_notes(question, chosen, alone, courses),
        supporting=_supporting(question, alone, pairs, courses, level),
        chart=partial(_with_courses, courses),
        alternative=describe_natural_course(table, courses=courses),
    )


def _with_courses(courses: pd.DataFrame, table: pd.DataFrame, *, ax=None):
    """Draw a table of means with the published courses apart."""
    return drawn(table, courses=courses, ax=ax)


def _mean(values: np.ndarray, level: float) -> dict[str, float]:
    """Mean of one value per patient with its t interval; nothing where there are too few."""
    if len(values) < 2:
        return {"estimate": np.nan, "conf_low": np.nan, "conf_high": np.nan}
    told = cluster_mean(values, np.arange(len(values)), level)
    return {"estimate": told.estimate, "conf_low": told.conf_low, "conf_high": told.conf_high}


def _mean_row(question: Question, alone: Remeasuring | None, level: float) -> pd.DataFrame:
    """Mean improvement of everyone measured beside its range."""
    improvement = question.rows["improvement"].to_numpy(float)[question.measured]
    return pd.DataFrame(
        [
            {
                "quantity": MEAN,
                "unit": question.measure.unit,
                **_mean(improvement, level),
                **_expected(alone),
                "n_patients": len(improvement),
                "n_due": int(question.due.sum()),
                "n_measured": len(improvement),
                "n_not_measured": int(question.due.sum()) - len(improvement),
            }
        ]
    )


def _expected(alone: Remeasuring | None) -> dict[str, float]:
    """The range of mean improvement; missing where there is none."""
    if alone is None:
        return {"expected_low": np.nan, "expected_high": np.nan}
    return {"expected_low": alone.improvement_low, "expected_high": alone.improvement_high}


def _share_rows(question: Question, threshold: Threshold, level: float) -> pd.DataFrame:
    """Share better and share worse, each beside its range."""
    found = shares_by_group(question, group_rows(question.rows), threshold, level).iloc[0]
    size = threshold_in_words(threshold)
    kept = ("n_due", "n_measured", "n_not_measured")
    better = {
        "quantity": f"share better by {size}",
        **found[["estimate", "conf_low", "conf_high", "expected_low", "expected_high"]],
        "n_patients": found["n_eligible"],
    }
    worse = {
        "quantity": f"share worse by {size}",
        "estimate": found["share_worse"],
        "conf_low": found["share_worse_low"],
        "conf_high": found["share_worse_high"],
        "expected_low": found["expected_worse_low"],
        "expected_high": found["expected_worse_high"],
        "n_patients": found["n_room_to_worsen"],
    }
    rows = pd.DataFrame([{**row, **found[list(kept)]} for row in (better, worse)])
    return rows.assign(unit="share", threshold=threshold.value, operator=threshold.operator)


def _rows_of_pairs(question: Question, pairs: TwoFirstScores, level: float) -> list[pd.DataFrame]:
    """What two first scores add; nothing where too few patients have them."""
    there = question.measured[pairs.rows]
    if there.sum() < question.minimums.estimate:
        return []
    sign = question.measure.sign
    final = question.rows["final"].to_numpy(float)[pairs.rows][there]
    from_two = sign * (final - pairs.both.mean(axis=1)[there])
    before = sign * (pairs.last - pairs.earlier)
    alone = alone_from_two(question, None, pairs, there)
    rows = [
        {
            "quantity": FROM_TWO,
            **_mean(from_two, level),
            **_expected(alone),
            "n_patients": len(from_two),
        },
        {"quantity": BETWEEN, **_mean(before, level), "n_patients": len(before)},
    ]
    return [pd.DataFrame(rows).assign(unit=question.measure.unit)]


def _finished(table: pd.DataFrame, question: Question, level: float) -> pd.DataFrame:
    """Columns in their order, whole counts, and a reason where there is no estimate."""
    counts = [name for name in table if name.startswith("n_")]
    table = table.astype(dict.fromkeys(counts, "Int64"))
    words = table.columns.intersection(("quantity", "unit", "threshold", "operator"))
    numbers = without_few(table.drop(columns=words), question.minimums.estimate)
    table = pd.concat([table[words], numbers], axis=1)
    about = {"outcome": question.measure.code, "outcome_label": question.measure.label}
    reasons = [question.minimums.too_few(int(n)) for n in table["n_patients"]]
    table = table.assign(**about, group="all", level=level, reason=reasons)
    first = ["outcome", "outcome_label", "quantity", "unit", "group"]
    return table[[*first, *table.columns.difference(first, sort=False)]]


def _method(question: Question, threshold: Threshold | None, level: float) -> str:
    """How the numbers were made."""
    size = "" if threshold is None else f" Threshold: {threshold.label()}."
    return (
        f"{question.method} Means with t intervals and shares with Agresti-Coull intervals, each a "
        f"{sentences.confidence(level)}; the range of re-measuring from the first scores alone "
        f"(Barnett, van der Pols & Dobson 2005).{size}"
    )


def _notes(
    question: Question, threshold: Threshold | None, alone: Remeasuring | None, courses
) -> tuple[str, ...]:
    """What must stand beside it."""
    said = [_RANGE, _NO_SHARE, _OTHERS if len(courses) else ""]
    if alone is None:
        said.append("The first scores are all alike or too few, so there is no range to show.")
    if threshold is None:
        why = why_no_threshold(question.measure.code)
        said.append(f"No size of change sorts single patients here. {why}")
    elif threshold.unit == "percent":
        said.append("A threshold in percent has no range of re-measuring.")
    elif not threshold.verified:
        said.append(f"The threshold is not verified: {threshold.label()}.")
    return (*filter(None, said), *question.notes)


def _supporting(question, alone, pairs, courses, level) -> dict[str, pd.DataFrame]:
    """Published courses, the range under each assumption, and how two first scores agree."""
    tables = {"published courses": courses} if len(courses) else {}
    if alone is not None and alone.n_patients >= question.minimums.estimate:
        tables["re-measuring"] = assumptions_table(question, alone)
    if len(pairs) >= question.minimums.estimate and np.ptp(pairs.both) > 0:
        told = intraclass_correlation(pairs.both, form="agreement", level=level)
        row = {
            "outcome": question.measure.code,
            "outcome_label": question.measure.label,
            "quantity": "agreement of two first scores (intraclass correlation)",
            "unit": "",
            "group": f"two scores a median of {np.median(pairs.days):g} days apart",
            "estimate": told.estimate,
            "conf_low": told.conf_low,
            "conf_high": told.conf_high,
            "level": level,
            "n_patients": len(pairs),
        }
        tables["two first scores"] = pd.DataFrame([row])
    return tables
