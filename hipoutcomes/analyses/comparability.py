"""What the records can describe, cannot compare, and how many patients a comparison needs."""

from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.groups.arms import arms
from hipoutcomes.analyses.groups.grouping import Groups, group_rows, groupings_named
from hipoutcomes.analyses.question import Question, asked
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.results import Estimates
from hipoutcomes.stats.groups.precision import patients_needed, smallest_difference
from hipoutcomes.tables.outcome_rules import OutcomeRule
from hipoutcomes.vocabulary.instruments import Measure
from hipoutcomes.vocabulary.minimums import Minimums
from hipoutcomes.vocabulary.thresholds import default_threshold

#: Chance of seeing a difference that is there.
POWER = 0.8

#: Patients from which on the records' own standard deviation is steady enough to plan with.
SPREAD_FROM = 30

#: Standard deviation of improvement as a share of the scale, where the records are too few: 2
#: points of pain on 0-10.
_USUAL_SPREAD = 0.2

_NOUNS = {
    "technique": "techniques",
    "condition": "conditions",
    "therapist": "therapists",
    "clinic": "clinics",
    "procedure": "procedures",
    "sex": "sexes",
    "age_band": "age groups",
    "side": "sides",
    "n_follow_ups": "numbers of follow-ups",
}


def can_compare(
    clinic: Any,
    outcome: str,
    by: str | list[str] = ("technique", "therapist"),
    *,
    rule: OutcomeRule | None = None,
    difference: float | None = None,
) -> Estimates:
    """Whether the records are enough to compare groups on one measure, before anyone compares.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure.
    by : str or several
        Groupings to judge, each by itself; those that were not recorded are left out.
    rule : OutcomeRule, optional
        Which score counts as the outcome.
    difference : float, optional
        Difference between two groups that would be worth knowing, in the measure's unit; by
        default half of the change that counts as better (1 point of pain).

    Raises
    ------
    ValueError
        When the outcome or a grouping is not one that exists, or the difference is not positive.
    NotEnoughData
        When the outcome, or every grouping, was not recorded.

    Notes
    -----
    Patients needed in each of two groups: two-sided t test, 80% power, level 95%, with the
    standard deviation of improvement in the records (from 30 patients on). It holds for patients
    assigned to groups by chance; patients who were not need more, and adjustment besides.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.can_compare(ho.load("data/demo_sessions.csv"), "pain", "technique")
    >>> answer.table["group"].tolist()
    ['technique']
    """
    names = [by] if isinstance(by, str) else list(by)
    groupings_named(names)
    question = asked(clinic, outcome, rule)
    size = worth_knowing(question, difference)
    spread, is_own = spread_of(question)
    needed = patients_needed(size, spread, power=POWER)
    divided = _divided(question, names)
    table = _table(divided, question, size, spread, needed)
    return Estimates(
        name=f"comparability-{outcome.replace('_', '-')}",
        question="What can these records compare?",
        words=_words(table, question, size, needed),
        table=table,
        method=(
            f"Patients needed in each of two groups for a difference of "
            f"{size_in_words(size, question)}: two-sided t test, 80% power, level "
            f"95%, standard deviation {sentences.number(spread)} "
            f"({'of improvement in these records' if is_own else 'as is usual for this scale'})."
        ),
        sample=question.sample,
        notes=(
            sentences.NOT_LIKE_FOR_LIKE,
            "The numbers needed hold for patients assigned by chance. Nobody was assigned here, so "
            "even with as many patients a difference would not show what brought it about.",
        ),
        supporting={"groups": _sizes(divided, question)},
    )


def worth_knowing(question: Question, difference: float | None) -> float:
    """The difference asked about."""
    if difference is not None:
        if not difference > 0:
            raise ValueError(f"difference must be positive; it is {difference!r}.")
        return float(difference)
    threshold = default_threshold(question.measure.code)
    if threshold is not None and threshold.unit == question.measure.unit:
        return threshold.value / 2
    return spread_of(question)[0] / 2


def spread_of(question: Question) -> tuple[float, bool]:
    """Standard deviation of improvement, and whether it is from these records."""
    improvement = question.rows.loc[question.measured, "improvement"].to_numpy(float)
    if len(improvement) >= SPREAD_FROM and improvement.std(ddof=1) > 0:
        return float(improvement.std(ddof=1)), True
    return _usual_spread(question.measure), False


def _usual_spread(measure: Measure) -> float:
    """A fifth of the scale."""
    return _USUAL_SPREAD * (measure.highest - measure.lowest)


def _divided(question: Question, names: list[str]) -> dict[str, Groups]:
    """Groups of each grouping that was recorded."""
    divided, missing = {}, []
    for name in names:
        try:
            divided[name] = group_rows(question.rows, name, question.measured)
        except NotEnoughData as error:
            missing.append(error)
    if not divided:
        raise missing[0]
    return divided


def _table(
    divided: dict[str, Groups], question: Question, size: float, spread: float, needed: int
) -> pd.DataFrame:
    """One row per grouping: groups, how many are large enough, patients needed in each."""
    rows, least = [], question.minimums.contrast
    for name, groups in divided.items():
        n = np.sort(groups.count(question.measured)[arms(groups)])[::-1]
        second = int(n[1]) if len(n) > 1 else 0
        rows.append(
            {
                "outcome": question.measure.code,
                "outcome_label": question.measure.label,
                "quantity": "smallest difference that could be seen",
                "unit": question.measure.unit,
                "group": name,
                "estimate": smallest_difference(second, spread, power=POWER)
                if second >= least
                else np.nan,
                "std_dev": spread,
                "n_patients": int(question.measured.sum()),
                "n_groups": len(n),
                "n_large_enough": int((n >= least).sum()),
                "n_second_largest": second,
                "n_needed": needed,
                "difference": size,
                "reason": _why_not(len(n), second, least),
            }
        )
    return pd.DataFrame(rows)


def _why_not(n_groups: int, second: int, least: int) -> str:
    """Why two groups cannot be put against each other; empty where they are large enough."""
    if n_groups < 2:
        return "there is only one group"
    if second < least:
        return f"no two groups have {least} measured patients each"
    return ""


def _sizes(divided: dict[str, Groups], question: Question) -> pd.DataFrame:
    """Measured patients in every group."""
    parts, least = [], question.minimums.contrast
    for name, groups in divided.items():
        n = groups.count(question.measured)
        arm = arms(groups)
        reasons = np.where(n < least, f"under {least} patients", "")
        parts.append(
            pd.DataFrame(
                {
                    "characteristic": name,
                    "group": groups.table["group"],
                    "n_patients": n,
                    "reason": np.where(arm, reasons, "not one side of a comparison"),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _words(table: pd.DataFrame, question: Question, size: float, needed: int) -> tuple[str, ...]:
    """What the records can and cannot do."""
    noun = question.measure.noun
    can = f"The records can describe how {noun} changed"
    said = []
    too_small = table[table["reason"] != ""]
    if len(too_small):
        names = sentences.listed((_NOUNS[name] for name in too_small["group"]), "or")
        said.append(f"{can}; they cannot compare {names}.")
    else:
        said.append(f"{can}, and some groups are large enough to be put side by side.")
    said += [_of_grouping(row, question.minimums) for _, row in table.iterrows()]
    said.append(
        f"To see a difference of {size_in_words(size, question)} between two groups takes about "
        f"{sentences.counted(needed)} measured again in each."
    )
    if len(too_small) < len(table):
        said.append(
            "These are not like-for-like: nobody was assigned by chance, and nothing here adjusts "
            "for how the groups differed at the start."
        )
    return tuple(said)


def size_in_words(size: float, question: Question) -> str:
    """The difference asked about; whole numbers without a decimal."""
    return sentences.in_unit(size, question.measure.unit, 0 if size == round(size) else 1)


def _of_grouping(row: pd.Series, minimums: Minimums) -> str:
    """One grouping: how many groups there are and how many are large enough."""
    name = _NOUNS[row["group"]]
    if row["n_groups"] < 2:
        return f"{sentences.opening(name)}: only one is recorded among those measured again."
    said = (
        f"{sentences.opening(name)}: {row['n_large_enough']} of {row['n_groups']} have at least "
        f"{minimums.contrast} patients measured again"
    )
    if row["reason"]:
        return f"{said}; a comparison needs two."
    return (
        f"{said}; two such groups could show a difference of "
        f"{sentences.in_unit(row['estimate'], row['unit'])} or more, no smaller."
    )
