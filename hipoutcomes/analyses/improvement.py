"""How much patients improve, by any grouping."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.groups.group_means import mean_improvements
from hipoutcomes.analyses.groups.grouping import By, Groups, group_rows, groupings_named
from hipoutcomes.analyses.question import Episodes, Question, asked, level_of
from hipoutcomes.charts.alternatives import describe_forest, describe_heatmap, describe_slopes
from hipoutcomes.charts.forest import forest
from hipoutcomes.charts.heatmap import heatmap
from hipoutcomes.charts.slopes import slopes
from hipoutcomes.results import Estimates
from hipoutcomes.tables.outcome_rules import OutcomeRule

#: More groups than this are left to the table; a sentence each would not be read.
MOST_SENTENCES = 10

_METHOD = (
    "Means with {level:g}% t intervals in which values of one patient may agree (Liang and Zeger "
    "1986)."
)


def improvement(
    clinic: Any,
    outcome: str,
    *,
    by: By = None,
    rule: OutcomeRule | None = None,
    episodes: Episodes = "first",
    level: float = 0.95,
) -> Estimates:
    """Mean improvement on one measure, overall or in each group.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure, such as ``pain``.
    by : str or several, optional
        Names from `vocabulary.groupings.GROUPINGS`, such as ``technique`` or
        ``["technique", "condition"]``.
    rule : OutcomeRule, optional
        Which score counts as the outcome; by default `week(6, within=2)`, and `recorded()` for a
        file of one row per episode.
    episodes : {"first", "all"}
        One episode a patient, as headlines count, or all of them.
    level : float
        Confidence level of the intervals.

    Raises
    ------
    ValueError
        When the outcome, a grouping, `episodes` or `level` is not one that exists.
    NotEnoughData
        When the outcome or the grouping was not recorded, or the outcome is rated in categories.

    Notes
    -----
    The change is observed: without a comparison group it is not the effect of care. Groups under
    the clinic's minimum (10 patients unless told) get no estimate. By number of follow-ups, only
    sessions before the outcome score count, and `n_still_coming` counts those who came again after
    it.

    References
    ----------
    Liang K-Y, Zeger SL (1986). Longitudinal data analysis using generalized linear models.
    Biometrika 73(1), 13-22.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.improvement(ho.load("data/demo_sessions.csv"), "pain", by="technique")
    >>> answer.table["quantity"].unique().tolist()
    ['mean improvement']
    """
    level_of(level)
    groupings_named(by)
    question = asked(clinic, outcome, rule, episodes)
    groups = group_rows(question.rows, by, question.measured)
    table = mean_improvements(question, groups, level)
    if "n_follow_ups" in table:
        table = _with_still_coming(table, question, groups)
    pairs = None if groups.groupings else _pairs(question)
    chart, alternative = _drawn(table, groups, pairs, question.minimums.estimate)
    return Estimates(
        name=f"improvement-{outcome.replace('_', '-')}{groups.suffix}{question.suffix}",
        question=f"How much did {question.measure.noun} change{groups.question}?",
        words=_words(table, question, groups, level),
        table=table,
        method=f"{question.method_by(groups.names)} {_METHOD.format(level=100 * level)}",
        sample=question.sample,
        notes=(*question.notes, *groups.cautions, *_likeness(groups)),
        supporting={} if pairs is None else {"pairs": pairs},
        chart=chart,
        alternative=alternative,
    )


def _with_still_coming(table: pd.DataFrame, question: Question, groups: Groups) -> pd.DataFrame:
    """Add how many of those measured came to a session on the day of the outcome or later."""
    rows = question.rows
    later = rows["n_sessions"].astype("Int64") > rows["n_sessions_before"].astype("Int64")
    coming = later.fillna(False).to_numpy(bool) & question.measured
    return table.assign(n_still_coming=groups.count(coming))


def _pairs(question: Question) -> pd.DataFrame:
    """First and later score of everyone measured, in an order that tells nobody who it was."""
    scores = question.rows.loc[question.measured, ["baseline", "final"]].to_numpy(float)
    scores = scores[np.lexsort((scores[:, 1], scores[:, 0]))]
    return pd.DataFrame(
        {
            "outcome": question.measure.code,
            "outcome_label": question.measure.label,
            "unit": question.measure.unit,
            "group": "all",
            "baseline": scores[:, 0],
            "final": scores[:, 1],
        }
    )


def _drawn(table: pd.DataFrame, groups: Groups, pairs: pd.DataFrame | None, minimum: int):
    """The chart that fits the grouping, and what it shows in words."""
    names = {grouping.name for grouping in groups.groupings}
    if names == {"technique", "condition"}:
        return heatmap, describe_heatmap(table)
    if names:
        return forest, describe_forest(table)
    return partial(_slopes_of, pairs, minimum=minimum), describe_slopes(pairs, minimum=minimum)


def _slopes_of(pairs: pd.DataFrame, table: pd.DataFrame, *, ax=None, **options):
    """Draw the pairs that a table of one row was made from."""
    return slopes(pairs, ax=ax, **options)


def _likeness(groups: Groups) -> tuple[str, ...]:
    """What must be said where groups stand side by side."""
    return (sentences.NOT_LIKE_FOR_LIKE,) if groups.groupings else ()


def _words(
    table: pd.DataFrame, question: Question, groups: Groups, level: float
) -> tuple[str, ...]:
    """The answer in sentences."""
    noun = question.noun
    said = [sentences.measured_of_due(question.sample, noun), sentences.elsewhere(question.sample)]
    if not groups.groupings:
        return tuple(filter(None, [*said, *_overall(table.iloc[0], question, level)]))
    if len(table) <= MOST_SENTENCES:
        name = sentences.confidence(level)
        said.append(
            f"Observed change in {question.measure.noun} from first to later score, with its "
            f"{name}, group by group:"
        )
        said += [sentences.of_group(row, question.measure) for _, row in table.iterrows()]
    else:
        n_estimates = int(table["estimate"].notna().sum())
        said.append(
            f"{n_estimates:,} of {len(table):,} groups have the {question.minimums.estimate} "
            "patients that an estimate needs; the table lists them all."
        )
    return tuple(filter(None, [*said, _order(groups)]))


def _overall(row: pd.Series, question: Question, level: float) -> list[str]:
    """The mean change and how many moved which way, or why there is no mean."""
    if row["reason"]:
        return [f"There is no estimate: {row['reason']}."]
    measure = question.measure
    ends = f"from {sentences.number(row['baseline_mean'])} to {sentences.number(row['final_mean'])}"
    return [
        f"Their mean {measure.noun} went {ends}: {sentences.moved(measure, row['estimate'])} "
        f"({sentences.confidence(level)} "
        f"{sentences.interval_of(row['estimate'], row['conf_low'], row['conf_high'])}).",
        sentences.any_change(row),
    ]


def _order(groups: Groups) -> str:
    """What the order of the groups means."""
    if all(grouping.bins for grouping in groups.groupings):
        return ""
    return "The order of the groups says nothing about their results."
