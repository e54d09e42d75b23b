"""Who is compared: patients measured again, in an arm, with what is known of them at the start."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparing.covariates import Covariate, covariates_of, in_words
from hipoutcomes.analyses.groups.grouping import NOT_RECORDED, group_rows
from hipoutcomes.analyses.question import Question
from hipoutcomes.analyses.row_order import order_by_values
from hipoutcomes.tables.exposure_rules import FirstSession
from hipoutcomes.tables.treatments import MIXED
from hipoutcomes.vocabulary.groupings import GROUPINGS, Grouping

#: Groupings that can be compared, and their plurals.
COMPARED_BY = {
    "technique": "techniques",
    "condition": "conditions",
    "procedure": "procedures",
    "clinic": "clinics",
}

#: Groupings that somebody chooses, patient or therapist.
CHOSEN = ("technique", "procedure", "clinic")

#: Groupings that a therapist chooses: each pair needs therapists who gave both.
CHOSEN_BY_THERAPISTS = ("technique", "procedure")


@dataclass(frozen=True, eq=False)
class Compared:
    """n patients in arms, and what is held alike.

    Attributes
    ----------
    question : Question
    grouping : Grouping
        What is compared.
    arms : tuple of str
        In words, in the order in which they are shown: by size, never by result.
    codes : ndarray of int, shape (n,)
        Arm of each patient.
    rows : DataFrame, n rows
        Of `Changes`.
    covariates : tuple of Covariate
        Beside the first score.
    therapist : ndarray of str, shape (n,), or None
        None where no therapist was recorded, or is not adjusted for.
    sample : dict of str to int
        The flow, and who was set aside.
    notes : tuple of str
    """

    question: Question
    grouping: Grouping
    arms: tuple[str, ...]
    codes: np.ndarray
    rows: pd.DataFrame
    covariates: tuple[Covariate, ...]
    therapist: np.ndarray | None
    sample: dict[str, int]
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def plural(self) -> str:
        """What the arms are."""
        return COMPARED_BY[self.grouping.name]

    @property
    def n_patients(self) -> np.ndarray:
        """Patients in each arm."""
        return np.bincount(self.codes, minlength=len(self.arms))

    @property
    def improvement(self) -> np.ndarray:
        """Improvement of each patient."""
        return self.rows["improvement"].to_numpy(float)

    @property
    def baseline(self) -> np.ndarray:
        """First score of each patient."""
        return self.rows["baseline"].to_numpy(float)

    @property
    def held_alike(self) -> list[str]:
        """What is held alike, for a sentence."""
        names = ["first score", *(each.noun for each in self.covariates)]
        return names if self.therapist is None else [*names, "therapist"]

    def of(self, chosen: np.ndarray) -> "Compared":
        """The same of some of the patients (a mask, or positions); arms keep their codes."""
        return replace(
            self,
            codes=self.codes[chosen],
            rows=self.rows.loc[chosen].reset_index(drop=True),
            covariates=tuple(each.of(chosen) for each in self.covariates),
            therapist=None if self.therapist is None else self.therapist[chosen],
        )

    def in_arms(self, kept: Iterable[int]) -> "Compared":
        """Only the patients of some arms, which are numbered anew in their order."""
        kept = sorted(kept)
        number = np.full(len(self.arms), -1)
        number[kept] = np.arange(len(kept))
        some = self.of(number[self.codes] >= 0)
        return replace(
            some, arms=tuple(self.arms[place] for place in kept), codes=number[some.codes]
        )


def compared_patients(
    clinic: Any, question: Question, by: str, adjust: Iterable[str] | None
) -> Compared:
    """The patients of a comparison, with everyone who is left out counted.

    Parameters
    ----------
    clinic : Clinic
    question : Question
    by : str
        A name from `COMPARED_BY`.
    adjust : iterable of str, optional

    Raises
    ------
    ValueError
        When something to adjust for is not known at the start.
    NotEnoughData
        When the grouping, or something to adjust for, was not recorded.
    """
    grouping, rows = GROUPINGS[by], question.rows
    groups = group_rows(rows, by, question.measured)
    covariates, notes = covariates_of(clinic, question, by, adjust)
    kept, sample = question.measured, dict(question.sample)
    values = groups.table[by].to_numpy(object)[groups.codes]
    reasons = {
        f"{grouping.label.lower()} mixed": values == MIXED,
        f"{grouping.label.lower()} not recorded": pd.isna(values),
        **{f"without {each.noun}": np.isnan(each.values) for each in covariates if each.is_number},
    }
    for reason, gone in reasons.items():
        if n := int((kept & gone).sum()):
            sample[reason] = n
        kept = kept & ~gone
    covariates, alike = _varying([each.of(kept) for each in covariates])
    numbers = {f"without {each.noun}" for each in covariates if each.is_number} & sample.keys()
    arms = sorted(set(groups.codes[kept].tolist()))
    compared = Compared(
        question=question,
        grouping=grouping,
        arms=tuple(groups.table["group"].iloc[arms]),
        codes=np.searchsorted(arms, groups.codes[kept]),
        rows=rows[kept].reset_index(drop=True),
        covariates=covariates,
        therapist=_therapists(rows, kept, by),
        sample=sample,
        notes=(*notes, *alike, *_exposure_note(clinic, by), *_missing_note(covariates, numbers)),
    )
    return compared.of(_order(compared))


def _order(compared: Compared) -> np.ndarray:
    """Positions that put patients in an order that the file has no say in."""
    recorded = [compared.codes, compared.baseline, compared.improvement]
    recorded += [each.values for each in compared.covariates]
    if compared.therapist is not None:
        recorded.append(compared.therapist)
    return order_by_values(recorded)


def _varying(covariates: list[Covariate]) -> tuple[tuple[Covariate, ...], tuple[str, ...]]:
    """Covariates in which patients differ, and a note on the others."""
    kept, notes = [], []
    for each in covariates:
        values = each.values[~np.isnan(each.values)] if each.is_number else each.values
        if len(set(values.tolist())) > 1:
            kept.append(each)
        elif len(values):
            shown = f"{values[0]:g}" if each.is_number else values[0]
            notes.append(f"{each.label} is {shown} for everyone compared: nothing to adjust for.")
    return tuple(kept), tuple(notes)


def _therapists(rows: pd.DataFrame, kept: np.ndarray, by: str) -> np.ndarray | None:
    """Therapist of each patient; None where nobody recorded one, or the clinics are compared."""
    if by == "clinic" or "therapist" not in rows or rows.loc[kept, "therapist"].isna().all():
        return None
    return in_words(rows.loc[kept, "therapist"], "therapist")


def _exposure_note(clinic: Any, by: str) -> tuple[str, ...]:
    """A caution where patients are counted under what came after the first session."""
    rule = getattr(clinic, "exposure_rule", None)
    if by != "technique" or rule is None or isinstance(rule, FirstSession):
        return ()
    return (
        f"Patients are counted under the {rule.label}: how they fared may have chosen it, so this "
        "is not a comparison of like patients. Load with first_session() for one that is closer.",
    )


def _missing_note(covariates: tuple[Covariate, ...], numbers: set[str]) -> tuple[str, ...]:
    """How patients without a covariate are handled."""
    notes = []
    if words := [each.noun for each in covariates
                 if not each.is_number and (each.values == NOT_RECORDED).any()]:  # fmt: skip
        notes.append(
            f"Patients without {sentences.listed(words, 'or')} are kept, as a category of their "
            "own."
        )
    if numbers:
        notes.append(
            f"Patients {sentences.listed(sorted(numbers))} are set aside and counted; the answer "
            "takes them to be like those compared."
        )
    return tuple(notes)
