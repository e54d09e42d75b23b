"""The accepted rows of one file as typed columns, before files are put together."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from hipoutcomes.errors import MappingError
from hipoutcomes.ingest.parsing.parse_times import minutes_of
from hipoutcomes.ingest.planning.plan import Plan
from hipoutcomes.ingest.planning.targets import TIMINGS
from hipoutcomes.ingest.rows.column_read import ColumnRead
from hipoutcomes.ingest.rows.fates import RowFates
from hipoutcomes.ingest.rows.score_columns import Scores, by_mode, scores_of
from hipoutcomes.ingest.rows.techniques import of_whole_visit, treatments_of
from hipoutcomes.tables.between import between_visits
from hipoutcomes.tables.records import NO_DAY
from hipoutcomes.tables.treatments import main_technique
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES
from hipoutcomes.vocabulary.measures import MEASURES

_DAYS_OF_A_YEAR = 365.2425
_WORDS = (
    *("therapist", "clinic", "sex", "side", "pressure", "history", "aftercare_advised"),
    *("aftercare_followed", "procedure", "rater", "device", "position", "visit_id"),
)
_FLAGS = (
    *("first_visit", "new_complaint", "pressure_adjusted", "earlier_injuries"),
    "follow_up_advised",
)
_NUMBERS = {"age": "age", "minutes": "minutes", "duration": "duration_weeks"}
_ALWAYS = ("side", "condition", "therapist", "clinic")


@dataclass(frozen=True, eq=False)
class Part:
    """The accepted rows of one file.

    Attributes
    ----------
    places : ndarray of int, shape (n,)
        Place of each row among the data rows of the file; rows of a later day repeat a place.
    patient : Categorical, length n
        The file's own id; missing where each row is a patient.
    rows : DataFrame, n rows
        As `Records.rows`, without `patient_id`.
    scores : dict of ScoreField to ndarray, shape (n,)
    treatments : DataFrame
    extra : dict of str to ndarray, shape (n,)
    n_accepted : int
        Rows of the file among the n; the others hold scores of a later day.
    shared : ndarray of int
        Rows that share patient and day with another.
    """

    places: np.ndarray
    patient: pd.Categorical | None
    rows: pd.DataFrame
    scores: Scores
    treatments: pd.DataFrame
    extra: dict[str, np.ndarray] = field(default_factory=dict)
    n_accepted: int = 0
    shared: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))


class _Typed:
    """Columns of one file by field, each with the codes of the accepted rows."""

    def __init__(self, plan: Plan, columns: list[ColumnRead], places: np.ndarray, n_rows: int):
        self.plan, self.n = plan, len(places)
        all_rows = len(places) == n_rows
        self.by_name: dict[str, list[tuple[ColumnRead, np.ndarray]]] = {}
        for column in columns:
            codes = column.cells.codes if all_rows else column.cells.codes[places]
            target = column.plan.target
            name = "score" if target.score else "use" if target.technique else target.field
            self.by_name.setdefault(name, []).append((column, codes))

    def all(self, name: str) -> list[tuple[ColumnRead, np.ndarray]]:
        """Every column of a field, with its codes."""
        return self.by_name.get(name, [])

    def numbers(self, name: str) -> np.ndarray | None:
        """A column of numbers; None where the file has none."""
        return next((column.numbers(codes) for column, codes in self.all(name)), None)

    def words(self, name: str) -> pd.Categorical | None:
        """A column of words, else the constant of that name; None where there is neither."""
        made = [column.words(codes) for column, codes in self.all(name)]
        if len(made) > 1:
            return _joined(made)
        if made:
            return made[0]
        if name in self.plan.constants:
            told = pd.Index([self.plan.constants[name]], dtype="str")
            return pd.Categorical.from_codes(np.zeros(self.n, np.int8), categories=told)
        return None


def part_of(
    plan: Plan, columns: list[ColumnRead], fates: RowFates, row_numbers: np.ndarray
) -> Part:
    """Put the accepted rows of one file into typed columns.

    Parameters
    ----------
    plan : Plan
    columns : list of ColumnRead
        As `plan.read`.
    fates : RowFates
    row_numbers : ndarray of int, shape (n rows,)
    """
    places = fates.accepted
    typed = _Typed(plan, columns, places, len(row_numbers))
    scores, later = scores_of(typed.all("score"))
    mode = typed.words("mode")
    if mode is not None:
        scores = by_mode(scores, mode)
    treatments, length = _treatments(typed)
    day = fates.day[places]
    is_visit = _visits(plan, fates, places, scores, treatments)
    columns_read = {"day": day, "is_visit": is_visit, **_columns(typed, day), **length}
    rows = _rows(typed, columns_read, treatments, row_numbers[places])
    rows = _with_settings(rows, scores)
    if plan.shape == "sessions":
        scores = between_visits(scores, is_visit)
    else:
        for moved in later.values():
            scores = {**moved, **scores}
        later = {}
    expected = typed.numbers("expected")
    part = Part(
        places,
        None if fates.patient is None else fates.patient.take(places),
        rows,
        scores,
        treatments,
        {} if expected is None else {"expected": expected},
        len(places),
        np.searchsorted(places, fates.shared),
    )
    for days, moved in later.items():
        part = _with_later_day(part, days, moved)
    return part


def _rows(
    typed: _Typed, columns: dict, treatments: pd.DataFrame, row_numbers: np.ndarray
) -> pd.DataFrame:
    """Columns of rows, with the main technique and the place each row came from."""
    file = pd.Index([typed.plan.file], dtype="str")
    return pd.DataFrame(
        {
            **columns,
            "technique": main_technique(treatments, typed.n),
            "file": pd.Categorical.from_codes(np.zeros(typed.n, np.int8), categories=file),
            "row": row_numbers.astype(np.int32),
        }
    )


def _visits(
    plan: Plan, fates: RowFates, places: np.ndarray, scores: Scores, treatments: pd.DataFrame
) -> np.ndarray:
    """Which rows are visits: not those that say otherwise, nor those with a score between only."""
    if plan.shape == "episodes":
        return np.zeros(len(places), bool)
    has = {timing: np.zeros(len(places), bool) for timing in TIMINGS}
    for score_field, values in scores.items():
        has[score_field.timing] |= ~np.isnan(values)
    treated = np.zeros(len(places), bool)
    treated[treatments["record"].to_numpy()] = True
    only_between = has["between"] & ~(has["before"] | has["during"] | has["after"] | treated)
    return ~fates.says_score[places] & (fates.says_visit[places] | ~only_between)


def _treatments(typed: _Typed) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Techniques of each row; and the length of each visit, where service names tell it."""
    treatments = _given(typed)
    if not typed.plan.minutes_are_of_visit or typed.all("minutes"):
        return treatments, {}
    treatments, minutes = of_whole_visit(treatments, typed.n)
    return treatments, {"minutes": minutes}


def _given(typed: _Typed) -> pd.DataFrame:
    """Techniques of each row; a technique told once for the file goes to every row."""
    treatments = treatments_of(typed.all("technique"), typed.all("use"), typed.n)
    told = typed.plan.constants.get("technique")
    if told and not typed.all("technique") and not typed.all("use"):
        names = treatments["technique"].cat.categories
        code = names.get_loc(_code("technique", told, TECHNIQUES))
        technique = pd.Categorical.from_codes(np.full(typed.n, code), categories=names)
        return pd.DataFrame(
            {"record": np.arange(typed.n), "technique": technique, "minutes": np.nan}
        )
    return treatments


def _columns(typed: _Typed, day: np.ndarray) -> dict:
    """Columns of `Records.rows` that the file holds; those always there may be all missing."""
    columns: dict = {}
    for name in _WORDS:
        if (words := typed.words(name)) is not None:
            columns[name] = words
    condition = typed.words("condition")
    if condition is not None and not typed.all("condition"):
        told = _code("condition", typed.plan.constants["condition"], CONDITIONS)
        condition = condition.rename_categories(pd.Index([told], dtype="str"))
    columns["condition"] = condition
    for name in _ALWAYS:
        if columns.get(name) is None:
            columns[name] = pd.Categorical.from_codes(
                np.full(typed.n, -1, np.int8), categories=pd.Index([], dtype="str")
            )
    for name, column_name in _NUMBERS.items():
        if (numbers := typed.numbers(name)) is not None:
            columns[column_name] = numbers
    for name in _FLAGS:
        for column, codes in typed.all(name):
            columns[name] = column.flags(codes)
    _derived(typed, day, columns)
    return columns


def _start(typed: _Typed) -> np.ndarray | None:
    """Start of each visit in minutes since midnight; None where the file has no times."""
    start = typed.numbers("time")
    if start is not None:
        return start
    for column, codes in typed.all("date"):
        if column.has_times:
            minutes = [minutes_of(value) for value in column.cells.values]
            return np.array([*minutes, None], float)[codes]
    return None


def _derived(typed: _Typed, day: np.ndarray, columns: dict) -> None:
    """Age from the year of birth, the first visit from its number, start and day of onset."""
    born = typed.numbers("birth_year")
    if born is not None and "age" not in columns:
        age = np.floor((day.astype(float) - born) / _DAYS_OF_A_YEAR)
        columns["age"] = np.where((day != NO_DAY) & (age >= 0), age, np.nan)
    number = typed.numbers("visit_number")
    if number is not None and "first_visit" not in columns:
        columns["first_visit"] = pd.arrays.BooleanArray(number == 1, np.isnan(number))
    if (start := _start(typed)) is not None:
        columns["start"] = start
    onset = typed.numbers("onset")
    if onset is not None:
        columns["onset_day"] = pd.arrays.IntegerArray(
            np.nan_to_num(onset).astype(np.int32), np.isnan(onset)
        )


def _with_settings(rows: pd.DataFrame, scores: Scores) -> pd.DataFrame:
    """Say who measured: the rater, else the therapist; only where a measure needs it."""
    if not any(f.measure in MEASURES and MEASURES[f.measure].needs_setting for f in scores):
        return rows.drop(columns=["rater", "device", "position"], errors="ignore")
    if "rater" not in rows:
        return rows.assign(rater=rows["therapist"])
    if rows["rater"].isna().any():
        filled = rows["rater"].astype(object).fillna(rows["therapist"].astype(object))
        return rows.assign(rater=filled.astype("category"))
    return rows


def _with_later_day(part: Part, days: int, scores: Scores) -> Part:
    """Add a row that is no visit, so many days later, wherever a score belongs there."""
    n_before = len(part.rows)
    there = np.zeros(part.n_accepted, bool)
    for values in scores.values():
        there |= ~np.isnan(values)
    at = np.flatnonzero(there)
    added = part.rows.iloc[at].assign(is_visit=False)
    added["day"] = (added["day"] + days).astype(np.int32)
    added["technique"] = pd.Categorical([None] * len(at), dtype=part.rows["technique"].dtype)
    for name in ("first_visit", "new_complaint"):
        if name in added:
            added[name] = pd.array([pd.NA] * len(at), dtype="boolean")
    whole = {f: np.r_[v, np.full(len(at), np.nan)] for f, v in part.scores.items()}
    for score_field, values in scores.items():
        empty = np.full(n_before, np.nan)
        column = whole.get(score_field, np.r_[empty, np.full(len(at), np.nan)])
        column[n_before:] = values[at]
        whole[score_field] = column
    return replace(
        part,
        places=np.r_[part.places, part.places[at]],
        patient=None if part.patient is None else part.patient.take(np.r_[np.arange(n_before), at]),
        rows=pd.concat([part.rows, added], ignore_index=True),
        scores=whole,
        extra={name: np.r_[v, np.full(len(at), np.nan)] for name, v in part.extra.items()},
    )


def _code(name: str, told: str, codelist) -> str:
    """Code of a term told once for the file."""
    code = told if told in codelist.terms else codelist.find(told)
    if code is None:
        raise MappingError(
            f"The {name} told for the whole file is {told!r}, which is not in our list.",
            f"The list has: {', '.join(codelist.terms)}.",
        )
    return code


def _joined(columns: list[pd.Categorical]) -> pd.Categorical:
    """Several columns of one thing as one, joined by ';' pair by pair."""
    joined = columns[0]
    for other in columns[1:]:
        n_other = len(other.categories) + 1
        pair = (joined.codes.astype(np.int64) + 1) * n_other + other.codes + 1
        pairs, place = np.unique(pair, return_inverse=True)
        first, second = ([None, *c.categories] for c in (joined, other))
        texts = [
            ";".join(t for t in (first[p // n_other], second[p % n_other]) if t) or None
            for p in pairs.tolist()
        ]
        joined = pd.Categorical(np.array(texts, object)[place])
    return joined
