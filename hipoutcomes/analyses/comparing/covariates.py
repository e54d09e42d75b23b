"""What patients were like at the start: the columns that a comparison holds alike."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.groups.characteristics import in_sentence
from hipoutcomes.analyses.groups.grouping import NOT_RECORDED
from hipoutcomes.analyses.question import Question
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES
from hipoutcomes.vocabulary.instruments import MEASURES

#: Adjusted for where nobody says, beside the first score: as far as they were recorded.
USUAL = ("age", "sex", "condition")

#: Everything of `Changes` and of the first session that is known at the start, and its label.
AT_START = {
    "age": "Age",
    "sex": "Sex",
    "condition": "Condition",
    "side": "Side",
    "technique": "Technique",
    "procedure": "Procedure",
    "clinic": "Clinic",
    "duration_weeks": "Duration of the complaint",
    "earlier_injuries": "Earlier injuries of the hip",
}

#: Recorded after the first session, or only known later: adjusting for them spoils a comparison.
AFTER_START = (
    "final",
    "final_day",
    "change",
    "improvement",
    "status",
    "n_sessions",
    "n_sessions_before",
    "n_follow_ups",
    "last_day",
    "next_first_day",
    "aftercare_advised",
    "aftercare_followed",
    "follow_up_advised",
    "pressure",
    "pressure_adjusted",
    "minutes",
)

#: A number that fewer patients than this share have is left out unless it is asked for by name.
KNOWN_FOR = 0.8

_NUMBERS = ("age", "duration_weeks")
_OF_FIRST_SESSION = ("duration_weeks", "earlier_injuries")
_CODELISTS = {"condition": CONDITIONS, "technique": TECHNIQUES}


@dataclass(frozen=True, eq=False)
class Covariate:
    """One thing known of n patients at the start.

    Attributes
    ----------
    name, label : str
    values : ndarray, shape (n,)
        Floats with NaN where missing, or words, among them 'not recorded'.
    """

    name: str
    label: str
    values: np.ndarray

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers."""
        return self.values.dtype.kind == "f"

    @property
    def noun(self) -> str:
        """The label for the middle of a sentence."""
        return in_sentence(self.label)

    def of(self, chosen: np.ndarray) -> "Covariate":
        """The same of some of the patients."""
        return replace(self, values=self.values[chosen])


def covariates_of(
    clinic: Any, question: Question, by: str, adjust: Iterable[str] | None
) -> tuple[list[Covariate], tuple[str, ...]]:
    """What is held alike beside the first score, for every row of the question; and notes on it.

    Parameters
    ----------
    clinic : Clinic
    question : Question
    by : str
        The grouping that is compared.
    adjust : iterable of str, optional
        Names that the caller gave.

    Raises
    ------
    ValueError
        When a name is not known at the start; the message lists those that are.
    NotEnoughData
        When something asked for was not recorded.
    """
    if adjust is None:
        return _usual(clinic, question, by)
    names = [adjust] if isinstance(adjust, str) else list(dict.fromkeys(adjust))
    # The first score and the therapist are always held alike; naming them asks for nothing more.
    names = [name for name in names if name not in ("baseline", "therapist", question.measure.code)]
    for name in names:
        _refuse(name, clinic, question, by)
    found = [_covariate(clinic, question, name) for name in names]
    for each in found:
        if each is None or not _known(each)[question.measured].any():
            missing = names[found.index(each)]
            raise NotEnoughData(
                f"These records do not hold {missing!r} for the patients measured again.",
                f"They can be adjusted for {sentences.listed(_recorded(clinic, question, by))}.",
            )
    return found, ()


def _usual(clinic: Any, question: Question, by: str) -> tuple[list[Covariate], tuple[str, ...]]:
    """Age, sex and condition, as far as they were recorded often enough."""
    kept, notes = [], []
    for name in USUAL:
        if name == by or (found := _covariate(clinic, question, name)) is None:
            continue
        share = _known(found)[question.measured].mean() if question.measured.any() else 0.0
        if share == 0:
            continue
        if found.is_number and share < KNOWN_FOR:
            notes.append(
                f"{found.label} is not adjusted for: it is recorded for "
                f"{sentences.percent(share)} of the patients measured again."
            )
            continue
        kept.append(found)
    return kept, tuple(notes)


def _refuse(name: str, clinic: Any, question: Question, by: str) -> None:
    """Refuse a name that is not known at the start."""
    known = sentences.listed(_recorded(clinic, question, by))
    if name == by:
        raise ValueError(f"adjust names {name!r}, which is what is compared.")
    if name in AFTER_START:
        raise ValueError(
            f"adjust names {name!r}, which is known only after the start: holding it alike would "
            f"take part of the difference away, or make one. Known at the start: {known}."
        )
    if name not in AT_START and name not in MEASURES:
        raise ValueError(
            f"adjust names {name!r}, which is nothing known at the start. Known are: {known}."
        )


def _recorded(clinic: Any, question: Question, by: str) -> list[str]:
    """Names that can be adjusted for in these records."""
    found = [
        name
        for name in AT_START
        if name != by and (each := _covariate(clinic, question, name)) is not None
        and _known(each).any()
    ]  # fmt: skip
    others = [code for code in clinic.measures if code != question.measure.code]
    return ["baseline", *found, *(code for code in others if not MEASURES[code].ordinal)]


def _covariate(clinic: Any, question: Question, name: str) -> Covariate | None:
    """One covariate of every row of the question; None where there is no such column."""
    rows = question.rows
    if name in MEASURES:
        return _first_score(clinic, question, name) if name in clinic.measures else None
    late = name in _OF_FIRST_SESSION
    column = _of_first_session(clinic, rows, name) if late else rows.get(name)
    if column is None:
        return None
    if name in _NUMBERS:
        return Covariate(
            name, AT_START[name], column.astype("Float64").to_numpy(float, na_value=np.nan)
        )
    return Covariate(name, AT_START[name], in_words(column, name))


def in_words(column: pd.Series, name: str) -> np.ndarray:
    """A column of words as people read it, with 'not recorded' where it is missing."""
    codelist = _CODELISTS.get(name)
    there = column.notna().to_numpy()
    words = np.full(len(column), NOT_RECORDED, object)
    values = column[there].astype(str)
    if name == "earlier_injuries":
        values = column[there].astype(bool).map({True: "yes", False: "no"})
    words[there] = [codelist.label(value) for value in values] if codelist else values
    return words


def _of_first_session(clinic: Any, rows: pd.DataFrame, name: str) -> pd.Series | None:
    """What was recorded at the first session of each episode."""
    sessions = clinic.sessions.frame
    if name not in sessions:
        return None
    links = clinic.episode_sessions.frame
    first = links.loc[links["episode_seq"] == 1, ["episode_id", "session_id"]]
    first = first.merge(sessions[["session_id", name]], on="session_id")
    return rows[["episode_id"]].merge(first, on="episode_id", how="left")[name]


def _first_score(clinic: Any, question: Question, code: str) -> Covariate:
    """First score of another measure."""
    scores = clinic.changes(code, question.rule).frame[["episode_id", "baseline"]]
    merged = question.rows[["episode_id"]].merge(scores, on="episode_id", how="left")
    return Covariate(code, MEASURES[code].label, merged["baseline"].to_numpy(float))


def _known(covariate: Covariate) -> np.ndarray:
    """For whom it was recorded."""
    if covariate.is_number:
        return ~np.isnan(covariate.values)
    return covariate.values != NOT_RECORDED
