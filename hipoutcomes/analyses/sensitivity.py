"""Whether the patients who are missing could overturn what those measured show."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.groups.characteristics import in_sentence
from hipoutcomes.analyses.groups.grouping import By, Groups, group_rows, groupings_named
from hipoutcomes.analyses.missing.comparisons import MOST_GROUPS
from hipoutcomes.analyses.missing.due_patients import DuePatients, due_patients
from hipoutcomes.analyses.missing.known_start import start_of
from hipoutcomes.analyses.missing.missing_words import comparison_words, mean_words, share_words
from hipoutcomes.analyses.missing.reading_tables import (
    MEAN,
    assumption_table,
    bounds_table,
    comparison_table,
    line_table,
    reading_table,
)
from hipoutcomes.analyses.missing.sensitivity_line import sensitivity_line
from hipoutcomes.analyses.question import Question, asked, level_of
from hipoutcomes.analyses.shares.chosen_threshold import chosen_threshold
from hipoutcomes.analyses.shares.responder_words import threshold_in_words
from hipoutcomes.charts.alternatives import describe_assumption, describe_forest
from hipoutcomes.charts.assumption import assumption
from hipoutcomes.charts.forest import forest
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.results import Estimates
from hipoutcomes.tables.outcome_rules import OutcomeRule
from hipoutcomes.vocabulary.thresholds import Threshold

_METHOD = (
    "The estimand is the mean improvement (and the share better) at that time of everyone who was "
    "due, measured or not. Observed: those not measured would have fared alike. Weighted and "
    "imputed: they would have fared like patients alike at the start. Weights are the inverse of "
    "the chance of being measured, by logistic regression, with a sandwich standard error that "
    "knows they were estimated (Lunceford and Davidian 2004). Imputation lends the later score of "
    "a patient predicted alike, {n_imputations} times with coefficients and spread drawn anew "
    "(predictive mean matching, Little 1988), pooled by Rubin's rules with the degrees of freedom "
    "of Barnard and Rubin (1999); seed {seed}. Worst and best: each at the end of the scale "
    "(Manski 2003). Flip points: what those not measured would have to have done. {level} "
    "throughout; that of the bounds holds the mean itself (Imbens and Manski 2004)."
)

#: More groups than this are left to the table.
_MOST_SENTENCES = 10

_NEVER_KNOWN = (
    "Which reading is right cannot be known from these records: weights and imputation assume that "
    "what is known at the start says all there is to say of who is missing. Who they are, and how "
    "they differ at the start, is the answer of `completeness`."
)


def sensitivity(
    clinic: Any,
    outcome: str,
    *,
    by: By = None,
    rule: OutcomeRule | None = None,
    threshold: Threshold | float | None = None,
    deltas: Iterable[float] | None = None,
    level: float = 0.95,
    seed: int = 20240611,
    n_imputations: int = 50,
) -> Estimates:
    """Mean improvement and share better of everyone due, under each reading of those missing.

    The estimand: the mean improvement at the outcome rule (and the share better by the threshold,
    of those whose first score left room for it) of everyone who was due a later score and has a
    first one, measured or not, in these records or in each group. One row per reading of those not
    measured; ``supporting["assumptions"]`` says what each takes to be true.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure.
    by : str or several, optional
        Names from `vocabulary.groupings.GROUPINGS`; each group is answered by itself, and pairs of
        groups are compared in ``supporting["comparisons"]``.
    rule : OutcomeRule, optional
        Which score counts as the outcome and when it is due.
    threshold : Threshold or float, optional
        The change that counts as better; by default the measure's own, and no share without one.
    deltas : iterable of float, optional
        For the sceptic: how much less than imputed those not measured improved, 0 or more, in the
        measure's unit; by default tenths of the scale until the interval reaches no change. Scores
        are held within the scale.
    level : float
        Confidence level of the intervals.
    seed : int
        Of the random imputations.
    n_imputations : int
        Completed data sets, 2 or more.

    Returns
    -------
    Estimates
        ``supporting["assumptions"]``: each reading in words; ``supporting["bounds"]``: least and
        greatest possible value with an interval for it;
        ``supporting["line"]`` (one group, some of it missing): the mean of everyone for any
        assumed mean;
        ``supporting["comparisons"]`` (several groups): differences, and what overturns them.

    Raises
    ------
    ValueError
        When the outcome, a grouping, the threshold, a delta, `level` or `n_imputations` is none
        that can be.
    NotEnoughData
        When the outcome or the grouping was not recorded, or the outcome is rated in categories.

    Notes
    -----
    With m measured of n due: worst and best are ``(sum(y) + sum(ends of the scale)) / n``, and the
    mean of complete data always lies between them. A flip point is the mean improvement d of those
    not measured at which ``(sum(y) + (n - m) d) / n``, or the end of its interval, meets no
    change; or, of the share, what re-measuring alone could give. Weights need 30 patients due, 10
    measured and 5 not measured, imputation 30 due and 10 measured: with fewer the row says so. From
    there on 95 % intervals of both held the mean in 93 to 97.5 % of simulated samples with outcomes
    missing at random given the first score. First score, age, sex and condition go into both, in
    this order, as far as there are patients for them; the notes name what was left out.

    References
    ----------
    Manski CF (2003). Partial Identification of Probability Distributions. Springer. Imbens GW,
    Manski CF (2004). Econometrica 72(6), 1845-1857. Seaman SR, White IR (2013). Statistical Methods
    in Medical Research 22(3), 278-295. Rubin DB (1987). Multiple Imputation for Nonresponse in
    Surveys. Wiley. National Research Council (2010). The Prevention and Treatment of Missing Data
    in Clinical Trials. National Academies Press.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.sensitivity(ho.load("data/demo_sessions.csv"), "pain")
    >>> means = answer.table[answer.table["quantity"] == "mean improvement"]
    >>> means["reading"].tolist()[:2]
    ['observed', 'weighted by the chance of being measured']
    """
    level_of(level)
    groupings_named(by)
    question = asked(clinic, outcome, rule)
    chosen = chosen_threshold(question, threshold)
    deltas = _checked_deltas(deltas)
    if n_imputations < 2:
        raise ValueError(f"n_imputations must be 2 or more; it is {n_imputations!r}.")
    groups = group_rows(question.rows, by, question.due)
    known = start_of(clinic, question.rows, question.measure)
    parts = [
        due_patients(question, groups.codes == code, known, n_imputations, seed)
        for code in range(len(groups))
    ]
    table = reading_table(question, groups, parts, chosen, deltas, level)
    bounds = bounds_table(question, groups, parts, chosen, level)
    supporting = _supporting(question, groups, parts, table, bounds, level)
    chart, alternative = _drawn(supporting)
    noun = question.measure.noun
    name = f"{100 * level:g}% intervals"
    return Estimates(
        name=f"sensitivity-{outcome.replace('_', '-')}{groups.suffix}{question.suffix}",
        question=f"Could the patients who are missing overturn the change in {noun}"
        f"{groups.question}?",
        words=_words(question, groups, table, supporting, chosen, level),
        table=table,
        method=f"{question.method_by(groups.names)} "
        f"{_METHOD.format(n_imputations=n_imputations, seed=seed, level=name)}",
        sample=question.sample,
        notes=(_NEVER_KNOWN, *_models(parts), *question.notes, *_of_groups(groups)),
        supporting={name: made for name, made in supporting.items() if len(made)},
        chart=chart,
        alternative=alternative,
    )


def _checked_deltas(deltas: Iterable[float] | None) -> list[float] | None:
    """Deltas that can be used, or None where the grid is to be found."""
    if deltas is None:
        return None
    deltas = [float(delta) for delta in deltas]
    if bad := [delta for delta in deltas if not 0 <= delta < np.inf]:
        raise ValueError(
            f"deltas must be 0 or more, in the measure's unit; among them is {bad[0]:g}."
        )
    return deltas


def _supporting(
    question: Question,
    groups: Groups,
    parts: list[DuePatients],
    table: pd.DataFrame,
    bounds: pd.DataFrame,
    level: float,
) -> dict[str, pd.DataFrame]:
    """Further tables: the line of one group, or the comparisons of several."""
    supporting = {"assumptions": assumption_table(table), "bounds": bounds}
    if not groups.groupings:
        supporting["line"] = line_table(question, parts[0], table, level)
    elif (made := comparison_table(question, groups, parts, table, level)) is not None:
        supporting["comparisons"] = made
    return supporting


def _drawn(supporting: dict[str, pd.DataFrame]):
    """The chart that fits one group or several, and what it shows in words."""
    if "line" in supporting:
        line = supporting["line"]
        return partial(_line_of, line), describe_assumption(line)
    bounds = supporting["bounds"]
    return partial(_forest_of, bounds), describe_forest(_means(bounds))


def _line_of(line: pd.DataFrame, table: pd.DataFrame, *, ax=None, **options):
    """Draw the mean of everyone against what is assumed of those not measured."""
    return assumption(line, ax=ax, **options)


def _forest_of(bounds: pd.DataFrame, table: pd.DataFrame, *, ax=None, **options):
    """Draw the observed mean of each group in the interval for its bounds."""
    return forest(_means(bounds), ax=ax, **options)


def _means(bounds: pd.DataFrame) -> pd.DataFrame:
    """The bounds of the means, named for what a chart of them shows."""
    means = bounds[bounds["quantity"] == MEAN].reset_index(drop=True)
    noun = in_sentence(means["outcome_label"].iloc[0])
    return means.assign(quantity=f"observed improvement in {noun}, within all the missing allow")


def _models(parts: list[DuePatients]) -> tuple[str, ...]:
    """What weights and imputation were made from, and what there were too few patients for."""
    said = []
    for due in parts[:1] if len(parts) == 1 else []:
        for lead, asked_of in (("Weights go", "weights"), ("Imputation goes", "imputed")):
            try:
                _, design = getattr(due, asked_of)
            except NotEnoughData:
                continue
            few = sentences.listed(design.left_out)
            rest = f"; too few patients, or too much alike, for {few}" if few else ""
            used = sentences.listed(_first_score(name, due) for name in design.used)
            said.append(f"{lead} by what is known at the start: {used}{rest}.")
    return tuple(said)


def _first_score(name: str, due: DuePatients) -> str:
    """What is known at the start, in words: the measure itself is its first score."""
    return "the first score" if name == due.question.measure.noun else name


def _of_groups(groups: Groups) -> tuple[str, ...]:
    """What must be said where groups stand side by side."""
    if not groups.groupings:
        return ()
    return (
        *groups.cautions,
        sentences.NOT_LIKE_FOR_LIKE,
        "Every group is weighted and imputed by itself, from as much as there are patients for.",
    )


def _words(
    question: Question,
    groups: Groups,
    table: pd.DataFrame,
    supporting: dict[str, pd.DataFrame],
    threshold: Threshold | None,
    level: float,
) -> tuple[str, ...]:
    """The answer in sentences."""
    sample = question.sample
    said = [sentences.measured_of_due(sample), sentences.elsewhere(sample)]
    if n_other := sample["not comparable"]:
        said.append(
            f"{n_other:,} of the others {sentences.verb(n_other, 'has', 'have')} a later score "
            "that was not measured alike; they count as not measured."
        )
    means = table[table["quantity"] == MEAN]
    if not groups.groupings:
        said += mean_words(means, question.measure, level)
        if threshold is not None:
            shares = table[table["quantity"] != MEAN]
            said += share_words(shares, threshold_in_words(threshold))
        return tuple(filter(None, said))
    names = groups.table["group"].tolist()
    if len(names) > _MOST_SENTENCES:
        said.append(f"The table holds every reading of {len(names):,} groups.")
    else:
        said += [f"{name}: {sensitivity_line(means, name)}" for name in names]
    said.append("The order of the groups says nothing about their results.")
    if "comparisons" in supporting:
        said += comparison_words(supporting["comparisons"], question.measure)
    elif len(names) > MOST_GROUPS:
        said.append(f"Differences are not taken between more than {MOST_GROUPS} groups.")
    return tuple(filter(None, said))
