"""What a caseload of this size could show, and how many more patients a question needs."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparability import POWER, size_in_words, spread_of, worth_knowing
from hipoutcomes.analyses.groups.arms import arms
from hipoutcomes.analyses.groups.grouping import By, Groups, group_rows
from hipoutcomes.analyses.precision_arms import Arm, arm_of
from hipoutcomes.analyses.question import Question, asked, level_of
from hipoutcomes.results import Estimates
from hipoutcomes.stats.groups.planning import half_width, patients_for_half_width
from hipoutcomes.stats.groups.precision import patients_needed, smallest_difference
from hipoutcomes.tables.outcome_rules import OutcomeRule

#: Correlation of two patients of one therapist: none, and the upper end of what is assumed in
#: trials of hands-on care (observed near 0 in back pain, 0.0017 among 11 acupuncturists).
CORRELATIONS = (0.0, 0.05)

_HALF_WIDTH = "half-width of the interval of the mean improvement"
_SMALLEST = "smallest difference that could be seen"
_CHANCE = (
    "The numbers hold for patients assigned by chance and measured. Nobody was assigned here: even "
    "with as many patients a difference would not show what brought it about."
)
_CLUSTERS = (
    "Patients of one therapist may fare alike; the correlation is assumed (0 and 0.05), not "
    "estimated. Where a number needed is missing, so few therapists can never be enough, however "
    "many patients each of them brings."
)


def precision(
    clinic: Any,
    outcome: str,
    by: By = "technique",
    *,
    rule: OutcomeRule | None = None,
    difference: float | None = None,
    level: float = 0.95,
) -> Estimates:
    """Smallest difference that this caseload could show, and what a difference would need.

    The estimand: for each pair of groups, the true difference in mean improvement that a study
    with as many measured patients, assigned by chance, would see four times in five.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure.
    by : str or several, optional
        Groupings whose groups are compared; None for the mean of everyone alone.
    rule : OutcomeRule, optional
        Which score counts as the outcome.
    difference : float, optional
        Difference worth knowing, in the measure's unit; by default half of the change that counts
        as better (1 point of pain).
    level : float
        Confidence level of the two-sided interval that must leave out zero.

    Raises
    ------
    ValueError
        When the outcome, a grouping or the level is not one that exists, or the difference is not
        positive.
    NotEnoughData
        When the outcome or the grouping was not recorded.

    Notes
    -----
    80% power by the noncentral t of groups of n1 and n2, with the standard deviation of improvement
    in the records (from 30 patients on; else as is usual for the scale). With therapists recorded
    and not themselves compared, each pair has a second row, in which n of each group is divided by
    its design effect ``1 + (sum(m**2) / sum(m) - 1) r``, m being patients of each therapist and
    r = 0.05, and the patients needed allow for the therapists there are. `n_more` counts both
    groups; `months` is how long the slower one takes at the rate at which patients with a measured
    outcome began care.

    References
    ----------
    Cohen J (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd ed. Lawrence
    Erlbaum. Hemming K et al. (2011). Sample size calculations for cluster randomised controlled
    trials with a fixed number of clusters. BMC Medical Research Methodology 11, 102.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.precision(ho.load("data/demo_sessions.csv"), "pain")
    >>> answer.table["quantity"].unique().tolist()
    ['half-width of the interval of the mean improvement', 'smallest difference that could be seen']
    """
    level_of(level)
    question = asked(clinic, outcome, rule)
    size = worth_knowing(question, difference)
    spread, is_own = spread_of(question)
    groups = group_rows(question.rows, by, question.measured)
    table = _table(question, groups, size, spread, level)
    return Estimates(
        name=f"precision-{outcome.replace('_', '-')}{groups.suffix}{question.suffix}",
        question=f"What could these records show about {question.measure.noun}?",
        words=_words(table, question, size),
        table=table,
        method=(
            f"{question.method} Two-sided t test, {100 * POWER:g}% power, level {100 * level:g}%, "
            f"for a difference of {size_in_words(size, question)}; standard deviation "
            f"{sentences.number(spread)} "
            f"({'of improvement in these records' if is_own else 'as is usual for this scale'})."
        ),
        sample=question.sample,
        notes=(
            *([_CHANCE] if groups.groupings else []),
            *([_CLUSTERS] if (table["correlation"] > 0).any() else []),
            *(groups.cautions if groups.groupings else ()),
        ),
        supporting={"groups": _groups(question, groups, size, spread, level)},
    )


def _table(
    question: Question, groups: Groups, size: float, spread: float, level: float
) -> pd.DataFrame:
    """The mean of everyone first, then every pair of groups, without and with shared therapists."""
    n = int(question.measured.sum())
    rows = [{"group": "all", **_of_mean(n, question, size, spread, level)}]
    sides = np.flatnonzero(arms(groups)) if groups.groupings else []
    made = {code: arm_of(question, groups, code) for code in sides}
    known = question.rows["therapist"].notna().to_numpy(bool)[question.measured].any()
    shared = known and "therapist" not in groups.names
    for one, other in combinations(sides, 2):
        for correlation in CORRELATIONS if shared else CORRELATIONS[:1]:
            pair = (made[one], made[other])
            rows.append(_of_pair(pair, question, size, spread, level, correlation))
    return _finished(pd.DataFrame(rows), question, size, spread, level)


def _of_mean(n: int, question: Question, size: float, spread: float, level: float) -> dict:
    """How sure one mean is, and the patients for it to be as sure as the difference asked about."""
    reason = question.minimums.too_few(n)
    needed = patients_for_half_width(size, spread, level=level)
    return {
        "contrast": "",
        "correlation": np.nan,
        "quantity": _HALF_WIDTH,
        "estimate": np.nan if reason else half_width(n, spread, level=level),
        "n_patients": n,
        "n_needed": max(needed, question.minimums.estimate),
        "n_more": max(0, max(needed, question.minimums.estimate) - n),
        "reason": reason,
    }


def _of_pair(
    pair: tuple[Arm, Arm],
    question: Question,
    size: float,
    spread: float,
    level: float,
    correlation: float,
) -> dict:
    """One pair of groups under one correlation within therapists."""
    least = question.minimums.contrast
    worth = [arm.worth(correlation) for arm in pair]
    few = min(arm.n for arm in pair) < least or min(worth) < 2
    independent = max(patients_needed(size, spread, power=POWER, level=level), least)
    needed = [arm.needed(independent, correlation) for arm in pair]
    never = None in needed
    more = [0 if never else max(0, n - arm.n) for n, arm in zip(needed, pair, strict=True)]
    return {
        "group": "",
        "contrast": f"{pair[0].name} - {pair[1].name}",
        "quantity": _SMALLEST,
        "estimate": np.nan
        if few
        else smallest_difference(worth[0], spread, n_other=worth[1], power=POWER, level=level),
        "correlation": correlation,
        "n_patients": pair[0].n,
        "n_other": pair[1].n,
        "n_needed": pd.NA if never else max(needed),
        "n_more": pd.NA if never else sum(more),
        "months": np.nan
        if never
        else max(arm.months(n) for arm, n in zip(pair, more, strict=True)),
        "reason": f"a contrast needs {least} patients in each group" if few else "",
    }


def _groups(
    question: Question, groups: Groups, size: float, spread: float, level: float
) -> pd.DataFrame:
    """How sure the mean of each group is."""
    n = groups.count(question.measured).tolist()
    rows = [
        {"group": name, **_of_mean(each, question, size, spread, level)}
        for name, each in zip(groups.table["group"], n, strict=True)
    ]
    return _finished(pd.DataFrame(rows), question, size, spread, level)


def _finished(
    rows: pd.DataFrame, question: Question, size: float, spread: float, level: float
) -> pd.DataFrame:
    """Columns in their order, whole counts, and what all rows share."""
    counts = [name for name in rows if name.startswith("n_")]
    rows = rows.astype(dict.fromkeys(counts, "Int64"))
    about = {
        "outcome": question.measure.code,
        "outcome_label": question.measure.label,
        "unit": question.measure.unit,
    }
    rows = rows.assign(
        **about,
        difference=size,
        std_dev=spread,
        level=level,
    )
    first = [*about, "quantity", "group", "contrast"]
    return rows[[*first, *rows.columns.drop([*first, "reason"]), "reason"]]


def _words(table: pd.DataFrame, question: Question, size: float) -> tuple[str, ...]:
    """What the caseload can show, and what it lacks."""
    mean, pairs = table.iloc[0], table[table["contrast"] != ""]
    unit, noun = question.measure.unit, question.measure.noun
    said = [sentences.measured_of_due(question.sample)]
    if mean["reason"]:
        said.append(f"The mean change of everyone has no estimate: {mean['reason']}.")
    else:
        said.append(
            f"The mean change in {noun} of everyone is known to within "
            f"{sentences.in_unit(mean['estimate'], unit)} either way."
        )
    if pairs.empty:
        return tuple(said)
    plain = pairs[pairs["correlation"] == 0]
    seen = plain[plain["estimate"].notna()]
    asked_for = size_in_words(size, question)
    enough = int((seen["estimate"] <= size).sum())
    verb = sentences.verb(enough)
    said.append(
        f"{enough:,} of {sentences.counted(len(plain), 'pair')} of groups {verb} large enough to "
        f"show a difference of {asked_for}."
    )
    if len(seen):
        low, high = (sentences.number(seen["estimate"].agg(end)) for end in ("min", "max"))
        ends = low if low == high else f"{low} to {high}"
        said.append(f"The smallest difference that a pair could show is {ends} {unit}.")
    said.append(
        f"A difference of {asked_for} takes about {int(plain['n_needed'].max()):,} patients "
        "measured again in each of two groups."
    )
    return (*said, *_of_waiting(plain, pairs))


def _of_waiting(plain: pd.DataFrame, pairs: pd.DataFrame) -> list[str]:
    """How long it would take, and what patients who share a therapist add."""
    said = []
    waits = plain.loc[plain["n_more"] > 0, "months"]
    waits = waits[np.isfinite(waits)]
    if len(waits):
        low, high = (sentences.number(waits.agg(end), 0) for end in ("min", "max"))
        ends = low if low == high else f"{low} to {high}"
        said.append(f"At the present rate of measured patients that is {ends} months away.")
    clustered = pairs[pairs["correlation"] > 0]
    if len(clustered):
        never = int(clustered["n_needed"].isna().sum())
        most = clustered["n_needed"].max()
        if never:
            said.append(
                f"If patients of one therapist fare alike (correlation 0.05), {never:,} of "
                f"{sentences.counted(len(clustered), 'pair')} could not show it with the "
                "therapists there are, however many patients they bring."
            )
        elif pd.notna(most):
            said.append(
                "If patients of one therapist fare alike (correlation 0.05), it takes up to "
                f"{int(most):,} in a group."
            )
    return said
