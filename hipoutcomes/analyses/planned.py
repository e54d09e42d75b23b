"""What was planned before results were seen, what was not, and what looking around costs."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses.groups.grouping import By, groupings_named
from hipoutcomes.stats.models.multiplicity import adjusted_p_values
from hipoutcomes.tables.analysis_plan import AnalysisPlan, day_in_words
from hipoutcomes.tables.outcome_rules import OutcomeRule, recorded, week
from hipoutcomes.tables.records import NO_DAY
from hipoutcomes.vocabulary.instruments import MEASURES
from hipoutcomes.vocabulary.thresholds import Threshold, default_threshold

#: What an answer can be stamped with.
STAMPS = ("planned", "planned, but written after the data", "exploratory")

#: Stands beside whatever was not planned.
EXPLORATORY = (
    "This was not planned before results were seen. Among many such looks some differences appear "
    "by chance: take it as a question for new records, not as an answer."
)


def is_planned(
    clinic: Any,
    outcome: str,
    by: By = None,
    rule: OutcomeRule | None = None,
    threshold: Threshold | float | None = None,
) -> bool:
    """Whether a question was written down before the last day of the records.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure.
    by : str or several, optional
        Groupings; without one, everybody together.
    rule : OutcomeRule, optional
        The usual rule without one.
    threshold : Threshold or float, optional
        What sorts patients in the answer; None where nothing does.

    Raises
    ------
    ValueError
        When the outcome or a grouping is not one that exists.

    Notes
    -----
    True only where the plan names this outcome, window, threshold and comparison, and gives a day
    no later than the last of the records. Nobody can check that day: it is what its writer says.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> is_planned(ho.load("data/demo_sessions.csv"), "pain")
    False
    """
    return stamp_of(clinic, outcome, by, rule, threshold) == STAMPS[0]


def stamp_of(
    clinic: Any,
    outcome: str,
    by: By = None,
    rule: OutcomeRule | None = None,
    threshold: Threshold | float | None = None,
) -> str:
    """The word that an answer is stamped with, one of `STAMPS`.

    Parameters, and what they raise, are those of `is_planned`.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> plan = ho.AnalysisPlan("pain", comparisons=(("technique",),))
    >>> clinic = ho.load("data/demo_sessions.csv", analysis_plan=plan)
    >>> stamp_of(clinic, "pain", "technique"), stamp_of(clinic, "pain", "therapist")
    ('planned, but written after the data', 'exploratory')
    """
    if outcome not in MEASURES:
        raise ValueError(f"There is no measure {outcome!r}.")
    groupings = {grouping.name for grouping in groupings_named(by)}
    plan = clinic.analysis_plan
    if plan is None or not _names(plan, clinic.shape, outcome, groupings, rule, threshold):
        return STAMPS[2]
    return STAMPS[0] if plan.written_before(clinic.last_day) else STAMPS[1]


def _names(
    plan: AnalysisPlan,
    shape: str,
    outcome: str,
    groupings: set[str],
    rule: OutcomeRule | None,
    threshold: Threshold | float | None,
) -> bool:
    """Whether a plan names this question, whenever it was written."""
    usual = recorded() if shape == "episodes" else week(6, within=2)
    return (
        plan.outcome == outcome
        and (plan.rule or usual) == (rule or usual)
        and (not groupings or groupings in [set(names) for names in plan.comparisons])
        and (threshold is None or _size(outcome, threshold) == _size(outcome, plan.threshold))
    )


def _size(outcome: str, threshold: Threshold | float | None) -> tuple[float, str, str] | None:
    """Size, unit and operator of a threshold; the measure's default without one."""
    chosen = default_threshold(outcome) if threshold is None else threshold
    if chosen is None:
        return None
    if isinstance(chosen, Threshold):
        return chosen.value, chosen.unit, chosen.operator
    return float(chosen), MEASURES[outcome].unit, ">="


def plan_notes(clinic: Any) -> tuple[str, ...]:
    """What a reader must know about the plan: what it says, and when it was written.

    Parameters
    ----------
    clinic : Clinic

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> plan_notes(ho.load("data/demo_sessions.csv"))
    ('No plan was written before results were seen, so everything here is exploratory.',)
    """
    plan = clinic.analysis_plan
    if plan is None:
        return ("No plan was written before results were seen, so everything here is exploratory.",)
    said = [f"The plan: {plan.label}."]
    if plan.written is None:
        said.append(
            "The plan gives no day, so it counts as written after the data, and everything here as "
            "exploratory."
        )
    elif clinic.last_day == NO_DAY:
        said.append(
            "The records hold no dates, so nobody can tell whether the plan came before them; it "
            "counts as written after the data, and everything here as exploratory."
        )
    elif not plan.written_before(clinic.last_day):
        said.append(
            f"The plan was written after the data: the records end on "
            f"{day_in_words(clinic.last_day)}. Everything here counts as exploratory."
        )
    else:
        said.append(
            f"The records run to {day_in_words(clinic.last_day)}. That the plan was written when "
            "it says cannot be checked here."
        )
    if plan.outcome not in clinic.measures:
        said.append(f"The records hold no scores of {plan.outcome!r}, which was planned.")
    return tuple(said)


def exploratory_comparisons(tables: Iterable[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """Every exploratory p-value of a report, allowing for all the others.

    Parameters
    ----------
    tables : iterable of (str, DataFrame)
        Name of each exploratory answer, and its table with a column `p_value`; rows without a
        p-value are left out, and tables without the column have none.

    Returns
    -------
    DataFrame
        One row per comparison, in the order given: `answer`, what the row was about, `p_value`
        alone, and `p_adjusted` by Benjamini-Hochberg over all rows.

    Notes
    -----
    Of the comparisons with `p_adjusted` at most q, on average at most the share q are false, where
    tests are independent or depend positively. Planned comparisons are not among them: leave them
    out of `tables`.

    References
    ----------
    Benjamini Y, Hochberg Y (1995). Controlling the false discovery rate. Journal of the Royal
    Statistical Society B 57(1), 289-300.

    Examples
    --------
    >>> looked = exploratory_comparisons([
    ...     ("a", pd.DataFrame({"contrast": ["x - y", "x - z"], "p_value": [0.01, 0.04]})),
    ...     ("b", pd.DataFrame({"contrast": ["u - v"], "p_value": [0.03]}))])
    >>> looked["p_adjusted"].tolist()
    [0.03, 0.04, 0.04]
    """
    kept = ("outcome", "outcome_label", "quantity", "group", "contrast", "term", "estimate", "unit")
    parts = []
    for name, table in tables:
        if "p_value" not in table:
            continue
        there = table[table["p_value"].notna()]
        part = there[[*(column for column in kept if column in there), "p_value"]]
        parts.append(part.assign(answer=name))
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame({"answer": [], "p_value": np.empty(0), "p_adjusted": np.empty(0)})
    whole = pd.concat(filled, ignore_index=True)
    whole["p_adjusted"] = adjusted_p_values(whole["p_value"].to_numpy(float), "bh")
    return whole[["answer", *whole.columns.drop("answer")]]
