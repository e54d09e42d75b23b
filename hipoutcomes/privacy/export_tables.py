"""Sessions, treatments and scores as a researcher gets them: tidy, without names."""

import secrets
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from hipoutcomes.privacy.dates import DateRule, first_days, in_words, shifted, years_of
from hipoutcomes.privacy.rare_words import pooled, pooled_lists, shared_words
from hipoutcomes.privacy.study_ids import study_ids
from hipoutcomes.tables.records import NO_DAY

#: Columns of sessions that may leave, in order; whatever is not named here stays.
_SESSION = (
    *("side", "condition", "technique", "therapist", "clinic", "age", "sex", "first_visit"),
    *("new_complaint", "minutes", "onset_day", "duration_weeks", "earlier_injuries", "pressure"),
    *("pressure_adjusted", "aftercare_advised", "aftercare_followed", "follow_up_advised"),
)
_SCORE = ("timing", "measure", "side", "occasion", "score", "rater", "device", "position")
_STAFF, _LISTS = ("therapist", "rater"), ("aftercare_advised", "aftercare_followed")
#: Columns whose words are pooled where few clients share them.
_RARE = ("condition", "device", "position", "sex", "pressure")
#: Not in a Safe Harbor export: geography, and one more date.
_NOT_SAFE_HARBOR = ("clinic", "onset_day")
_OLDEST = 90
OLD = "90+"


class Frame(Protocol):
    """One table."""

    @property
    def frame(self) -> pd.DataFrame:
        """Its rows."""


class ClinicTables(Protocol):
    """What is exported, such as a `Clinic`: its tables, and the id of patient 1, 2, ..."""

    sessions: Frame
    treatments: Frame
    scores: Frame
    patients: np.ndarray


@dataclass(frozen=True, eq=False)
class ExportTables:
    """Tables that may leave, and what stays to turn their numbers back.

    Attributes
    ----------
    sessions, treatments, scores : DataFrame
        One row per visit, per visit and technique, per score; joined by `study_id` and `visit`.
    clients, staff : dict of str to str
        Number in the export -> name in the records; never exported.
    """

    sessions: pd.DataFrame
    treatments: pd.DataFrame
    scores: pd.DataFrame
    clients: dict[str, str]
    staff: dict[str, str]


def export_frames(
    clinic: ClinicTables,
    *,
    dates: DateRule,
    safe_harbor: bool,
    secret: bytes | None,
    least_clients: int,
) -> ExportTables:
    """Make the tables of an export.

    Parameters
    ----------
    clinic : ClinicTables
    dates : {"exact", "shifted", "relative"}
    safe_harbor : bool
    secret : bytes, optional
        For numbers that are the same in every export; without it they are random.
    least_clients : int
        Words that fewer clients share become 'other'.
    """
    sessions, scores = clinic.sessions.frame, clinic.scores.frame
    names = np.array(list(map(str, clinic.patients)), object)
    clients = study_ids(names, "client", secret)
    days = _Days(sessions, scores, names, dates, secret or secrets.token_bytes(32))
    staff = study_ids(_distinct(sessions, scores, _STAFF), "staff", secret)
    staff |= study_ids(_distinct(sessions, scores, ("clinic",)), "site", secret)
    visit = sessions.set_index("session_id")[["patient_id", "seq"]]
    treatments = clinic.treatments.frame
    given = visit.loc[treatments["session_id"]].reset_index(drop=True)
    technique = treatments["technique"].reset_index(drop=True)
    shared = shared_words(technique, given["patient_id"], least_clients)

    def start(patient: pd.Series, seq) -> pd.DataFrame:
        ids = np.array([clients[name] for name in names], object)
        return pd.DataFrame({"study_id": ids[patient.to_numpy() - 1], "visit": seq})

    made = start(sessions["patient_id"], sessions["seq"].array)
    made = _with(made, days.columns(sessions))
    made = _with(made, _session_columns(sessions, staff, days, safe_harbor, least_clients))
    if "technique" in made:
        made["technique"] = pooled(made["technique"], shared | {"mixed"})
    told = start(given["patient_id"], given["seq"].array)
    told["technique"] = pooled(technique, shared).array
    told["minutes"] = treatments["minutes"].to_numpy()
    seq = visit["seq"].reindex(scores["session_id"].astype("Int64")).astype("Int64")
    scored = _with(start(scores["patient_id"], seq.array), days.columns(scores))
    scored = _with(scored, _score_columns(scores, staff, least_clients))
    tables = (_sorted(made), _sorted(told), _sorted(scored))
    return ExportTables(*tables, _turned(clients), _turned(staff))


class _Days:
    """How days are written in one export."""

    def __init__(self, sessions, scores, names: np.ndarray, rule: DateRule, secret: bytes):
        self.rule, self._names, self._secret = rule, names, secret
        patient = np.r_[sessions["patient_id"], scores["patient_id"]] - 1
        days = np.r_[_as_days(sessions["day"]), _as_days(scores["day"])]
        is_visit = np.arange(len(days)) < len(sessions)
        self._first = np.full(len(names), np.nan)
        self._first[patient] = first_days(days, patient, is_visit)

    def columns(self, frame: pd.DataFrame) -> dict:
        """The date columns of a table."""
        patient = frame["patient_id"].to_numpy() - 1
        told = self.of(frame["day"], patient)
        if self.rule != "relative":
            return {"date": told}
        # The year of the first visit alone: a year beside every visit would tell the turn of it.
        return {"day": told, "first_year": _whole(years_of(self._first)[patient])}

    def of(self, days: pd.Series, patient: np.ndarray):
        """Days as this export writes them."""
        if self.rule == "relative":
            return _whole(_as_days(days) - self._first[patient])
        told = _as_days(days)
        if self.rule == "shifted":
            told = shifted(told, self._names[patient], self._secret)
        return in_words(told).array


def _session_columns(sessions, staff, days: _Days, safe_harbor: bool, least: int) -> dict:
    """What sessions say beside client, visit and day."""
    made = {}
    patient = sessions["patient_id"]
    for name in _SESSION:
        if name not in sessions or (safe_harbor and name in _NOT_SAFE_HARBOR):
            continue
        column = sessions[name]
        if name in (*_STAFF, "clinic"):
            made[name] = column.astype(object).map(staff, na_action="ignore")
        elif name in _RARE:
            made[name] = pooled(column, shared_words(column, patient, least))
        elif name in _LISTS:
            made[name] = pooled_lists(column, patient, least)
        elif name == "onset_day":
            made["onset"] = days.of(column, patient.to_numpy() - 1)
        elif name == "age" and safe_harbor:
            made[name] = _age_at_first(sessions)
        else:
            made[name] = column
    return made


def _score_columns(scores: pd.DataFrame, staff: dict, least: int) -> dict:
    """What scores say beside client, visit and day."""
    made = {}
    for name in _SCORE:
        if name not in scores:
            continue
        if name in _STAFF:
            made[name] = scores[name].astype(object).map(staff, na_action="ignore")
        elif name in _RARE:
            shared = shared_words(scores[name], scores["patient_id"], least)
            made[name] = pooled(scores[name], shared)
        else:
            made[name] = scores[name]
    return made


def _age_at_first(sessions: pd.DataFrame) -> np.ndarray:
    """Age at the first visit on every visit; '90+' for whoever was ever so old."""
    by_patient = sessions.groupby("patient_id")["age"]
    first, oldest = by_patient.transform("first"), by_patient.transform("max")
    said = np.floor(first).astype("Int64").astype(object).to_numpy()
    return np.where(oldest.to_numpy() >= _OLDEST, OLD, said)


def _distinct(sessions, scores, columns: tuple[str, ...]) -> list[str]:
    """Every word of these columns, in an order that tells nothing."""
    words = {
        str(word)
        for frame in (sessions, scores)
        for name in columns
        if name in frame
        for word in frame[name].dropna().unique()
    }
    return sorted(words)


def _with(made: pd.DataFrame, columns: dict) -> pd.DataFrame:
    """A table with more columns, by place."""
    more = {name: getattr(column, "array", column) for name, column in columns.items()}
    return made.assign(**more)


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    """By study id, so that the order of the file, which is that of first visits, is gone."""
    return table.sort_values(["study_id", "visit"], kind="stable", ignore_index=True)


def _turned(numbers: dict[str, str]) -> dict[str, str]:
    """Number -> name."""
    return {number: name for name, number in numbers.items()}


def _as_days(days: pd.Series) -> np.ndarray:
    """Days as floats, NaN where there is none."""
    told = pd.to_numeric(days).astype("Float64").to_numpy(float, na_value=np.nan)
    return np.where(told == NO_DAY, np.nan, told)


def _whole(numbers: np.ndarray) -> pd.arrays.IntegerArray:
    """Whole numbers, missing where NaN."""
    return pd.array(np.round(numbers), dtype="Int64")
