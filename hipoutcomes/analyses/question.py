"""The arguments that questions share, checked once, and the rows a question is about."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.tables.outcome_rules import OutcomeRule, recorded, week
from hipoutcomes.vocabulary.columns import STATUSES
from hipoutcomes.vocabulary.instruments import MEASURES, Measure
from hipoutcomes.vocabulary.minimums import Minimums

Episodes = Literal["first", "all"]

#: What became of those whose outcome was due and whose start is known.
DUE = ("not measured again", "not comparable", "measured")


@dataclass(frozen=True, eq=False)
class Question:
    """One outcome under one rule, and the rows of `Changes` that an answer is about.

    Attributes
    ----------
    measure : Measure
    rule : OutcomeRule
    is_usual_rule : bool
        The rule is the one that nobody asked for.
    rows : DataFrame
        One row per patient, or per episode.
    noun : {"patient", "episode"}
        What one row is.
    baseline, exposure : str
        The rules for the start and for the technique, in words.
    left_out : tuple of (str, int, int)
        What `Clinic.where` left out: in words, patients, sessions.
    minimums : Minimums
        From how many patients on there is an estimate or a comparison.
    """

    measure: Measure
    rule: OutcomeRule
    is_usual_rule: bool
    rows: pd.DataFrame
    noun: str
    baseline: str = ""
    exposure: str = ""
    left_out: tuple[tuple[str, int, int], ...] = ()
    minimums: Minimums = field(default_factory=Minimums)

    @property
    def measured(self) -> np.ndarray:
        """Which rows have both scores."""
        return (self.rows["status"] == "measured").to_numpy(bool)

    @property
    def due(self) -> np.ndarray:
        """Which rows were due an outcome and have a first score."""
        return self.rows["status"].isin(DUE).to_numpy(bool)

    @property
    def sample(self) -> dict[str, int]:
        """Who the numbers are about and where the others went, in the order of the flow."""
        return flow_of(self.rows["status"], self.noun)

    @property
    def suffix(self) -> str:
        """End of a file-safe name where the rule is not the usual one."""
        return "" if self.is_usual_rule else f"-{self.rule.name}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What must stand beside every change of a score."""
        return (sentences.OBSERVED, sentences.REGRESSION, *left_out_notes(self.left_out))

    @property
    def method(self) -> str:
        """How start, outcome and improvement were found."""
        counted = "one episode a patient" if self.noun == "patient" else "every episode"
        start = f" ({self.baseline})" if self.baseline else ""
        return (
            f"Improvement is the change from the first score{start} to the {self.rule.label}, "
            f"positive where better; {counted}."
        )

    def method_by(self, groupings: Iterable[str]) -> str:
        """The same, with the rule for the technique where answers are divided by it."""
        if "technique" in groupings and self.exposure:
            return f"{self.method} A {self.noun} is counted under the {self.exposure}."
        return self.method


def asked(
    clinic: Any,
    outcome: str,
    rule: OutcomeRule | None = None,
    episodes: Episodes = "first",
    *,
    means: bool = True,
) -> Question:
    """Check what was asked and find the rows it is about.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure.
    rule : OutcomeRule, optional
        By default `week(6, within=2)`, and `recorded()` for a file of one row per episode.
    episodes : {"first", "all"}
        One episode a patient, as headlines count, or all.
    means : bool
        The answer takes means, which an ordinal measure does not have.

    Raises
    ------
    ValueError
        When the outcome is no measure, or `episodes` is neither.
    NotEnoughData
        When the outcome was not recorded, or is ordinal and means were asked for.
    """
    measure = measure_with_means(clinic, outcome) if means else measure_of(clinic, outcome)
    if episodes not in get_args(Episodes):
        raise ValueError(f"episodes must be 'first' or 'all'; it is {episodes!r}.")
    usual = recorded() if clinic.shape == "episodes" else week(6, within=2)
    rows = clinic.changes(outcome, rule or usual).frame
    if episodes == "first":
        rows = rows[rows["is_headline"].to_numpy(bool)]
    return Question(
        measure=measure,
        rule=rule or usual,
        is_usual_rule=rule is None or rule == usual,
        rows=rows.reset_index(drop=True),
        noun="patient" if episodes == "first" else "episode",
        baseline="" if clinic.shape == "episodes" else clinic.baseline_rule.label,
        exposure="" if clinic.shape == "episodes" else clinic.exposure_rule.label,
        left_out=tuple(clinic.left_out),
        minimums=clinic.minimums,
    )


def left_out_notes(left_out: Iterable[tuple[str, int, int]]) -> tuple[str, ...]:
    """What `Clinic.where` left out, one sentence for each condition.

    Examples
    --------
    >>> left_out_notes([("age 60 or more", 12, 1)])
    ('Left out by choice (age 60 or more): 12 patients and 1 session.',)
    """
    return tuple(
        f"Left out by choice ({what}): {sentences.counted(n_patients)} and "
        f"{sentences.counted(n_sessions, 'session')}."
        for what, n_patients, n_sessions in left_out
    )


def measure_of(clinic: Any, outcome: str) -> Measure:
    """The measure of an outcome that was recorded.

    Raises
    ------
    ValueError
        When there is no such measure; the message lists those recorded.
    NotEnoughData
        When there is, and nothing was recorded for it.
    """
    there = sentences.listed(clinic.measures) or "no scores at all"
    if outcome not in MEASURES:
        raise ValueError(f"There is no measure {outcome!r}; these records hold {there}.")
    if outcome not in clinic.measures:
        raise NotEnoughData(
            f"These records hold no scores of {outcome!r}.",
            f"They hold {there}.",
        )
    return MEASURES[outcome]


def measure_with_means(clinic: Any, outcome: str) -> Measure:
    """The measure of an outcome that was recorded and is not rated in categories.

    Raises
    ------
    ValueError
        When there is no such measure; the message lists those recorded.
    NotEnoughData
        When nothing was recorded for it, or it is rated in categories.
    """
    measure = measure_of(clinic, outcome)
    if measure.ordinal:
        raise NotEnoughData(
            f"{sentences.opening(measure.noun)} is rated in categories, which have no mean.",
            remedy=f'Ask for shifts of category: shifts(clinic, "{outcome}").',
        )
    return measure


def measure_over_visits(clinic: Any, outcome: str, asks: str) -> Measure:
    """The same, where the records hold sessions.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
    asks : str
        What needs one row per visit: "A course over time".

    Raises
    ------
    ValueError
        When there is no such measure.
    NotEnoughData
        When it has no means, or the records hold one row per episode.
    """
    measure = measure_with_means(clinic, outcome)
    if clinic.shape == "episodes":
        raise NotEnoughData(
            "These records hold one row per episode, without its sessions.",
            f"{asks} needs one row per visit.",
        )
    return measure


def level_of(level: float) -> float:
    """A confidence level that can be used.

    Raises
    ------
    ValueError
        When it does not lie between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, such as 0.95; it is {level!r}.")
    return level


def flow_of(status: pd.Series, noun: str = "patient") -> dict[str, int]:
    """Count rows by what became of them, in the order of the flow.

    Examples
    --------
    >>> flow_of(pd.Series(["measured", "measured", "not yet due"]))["due"]
    2
    """
    found = status.astype(pd.CategoricalDtype(list(STATUSES), ordered=True)).cat.codes
    counts = dict(zip(STATUSES, np.bincount(found, minlength=len(STATUSES)).tolist(), strict=True))
    return {
        f"{noun}s seen": len(status),
        **{name: counts[name] for name in ("already running", "not yet due", "no first score")},
        "due": sum(counts[name] for name in DUE),
        **{name: counts[name] for name in ("measured", "not measured again", "not comparable")},
    }
