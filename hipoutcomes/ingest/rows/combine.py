"""The parts of several files become one set of records."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from hipoutcomes.ingest.rows.duplicates import repeats, same_day_rows
from hipoutcomes.ingest.rows.part import Part
from hipoutcomes.tables.joining.join import join_visits
from hipoutcomes.tables.joining.merge import records_at
from hipoutcomes.tables.records import Records, Shape
from hipoutcomes.tables.treatments import treatment_texts


@dataclass(frozen=True, eq=False)
class Combined:
    """Records of several files, and where each row came from.

    Attributes
    ----------
    records : Records
    part : ndarray of int, shape (n,)
        File of each row, by its place among the files.
    place : ndarray of int, shape (n,)
        Place of each row among the data rows of its file.
    repeated : tuple of ndarray
        For each file, the places of rows that repeat a row of an earlier file.
    twice : ndarray of int
        Rows that are a further visit of the same patient on the same day.
    joined : tuple of ndarray
        For each file, the places of rows that went into an appointment of another file.
    told : tuple of (str, str, ndarray, ndarray)
        Code and note of what joining found, with file and place of the rows.
    none_fits : bool
        Whether there are appointments and scores of the same days, and not one pair.
    """

    records: Records
    part: np.ndarray
    place: np.ndarray
    repeated: tuple[np.ndarray, ...]
    twice: np.ndarray
    joined: tuple[np.ndarray, ...] = ()
    told: tuple[tuple[str, str, np.ndarray, np.ndarray], ...] = ()
    none_fits: bool = False


def combine(parts: Sequence[Part], shape: Shape) -> Combined:
    """Put parts together, number the patients, and leave out rows that files share.

    Parameters
    ----------
    parts : sequence of Part
        One per file.
    shape : {"sessions", "episodes"}
    """
    part = np.repeat(np.arange(len(parts)), [len(p.rows) for p in parts])
    place = np.concatenate([p.places for p in parts])
    own = np.concatenate([np.arange(len(p.rows)) < p.n_accepted for p in parts])
    patient_id, patients = _numbered(parts)
    rows = _rows(parts)
    rows.insert(0, "patient_id", patient_id)
    records = Records(rows, _scores(parts), _treatments(parts), patients, shape, _extra(parts))
    shared = parts[0].shared
    gone = shared[:0]
    if len(parts) > 1 and all(p.patient is not None for p in parts):
        shared = same_day_rows(patient_id, rows["day"].to_numpy())
        gone = _shared_rows(records, shared, part)
    repeated = tuple(place[gone[(part[gone] == i) & own[gone]]] for i in range(len(parts)))
    if len(gone):
        kept = np.setdiff1d(np.arange(len(rows)), gone)
        records, part, place = records_at(records, kept), part[kept], place[kept]
        shared = np.searchsorted(kept, np.setdiff1d(shared, gone))
    joined = join_visits(records, part)
    if len(joined.joined):
        shared = np.searchsorted(joined.kept, np.setdiff1d(shared, joined.joined))
    return Combined(
        joined.records,
        part[joined.kept],
        place[joined.kept],
        repeated,
        _second_visits(joined.records, shared),
        tuple(place[joined.joined[part[joined.joined] == i]] for i in range(len(parts))),
        tuple((told.code, told.note, part[told.rows], place[told.rows]) for told in joined.told),
        joined.none_fits,
    )


def _second_visits(records: Records, shared: np.ndarray) -> np.ndarray:
    """Visits that are not the first of their patient on their day."""
    if records.shape == "episodes":
        return shared[:0]
    visits = shared[records.rows["is_visit"].to_numpy()[shared]]
    return visits[repeats([records.rows[n].to_numpy()[visits] for n in ("patient_id", "day")])]


def _shared_rows(records: Records, shared: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Rows that equal a row of an earlier file, among those that share patient and day."""
    frame = pd.DataFrame(dict(enumerate(_contents(records, shared))))
    content = frame.groupby(list(frame.columns), dropna=False, sort=False).ngroup()
    earliest = pd.Series(part[shared]).groupby(content).transform("min").to_numpy()
    return shared[earliest < part[shared]]


def _numbered(parts: Sequence[Part]) -> tuple[np.ndarray, np.ndarray]:
    """Number of each row's patient, by first appearance, and the ids in that order."""
    if any(p.patient is None for p in parts):
        names = [
            f"{p.rows['file'].iloc[0]} row {row}" if len(parts) > 1 else f"row {row}"
            for p in parts
            for row in p.rows["row"].tolist()
        ]
        return np.arange(1, len(names) + 1, dtype=np.int32), np.array(names, dtype=str)
    names, code = _one_list([part.patient for part in parts])
    first = np.full(len(names), len(code))
    first[code[::-1]] = np.arange(len(code))[::-1]
    order = np.argsort(first, kind="stable")
    number = np.empty(len(names), np.int32)
    number[order] = np.arange(1, len(names) + 1, dtype=np.int32)
    present = order[first[order] < len(code)]
    return number[code], names[present].astype(str)


def _one_list(ids: Sequence[pd.Categorical]) -> tuple[np.ndarray, np.ndarray]:
    """Ids of all files in one list, capitals or not, and each row's place in it."""
    if len(ids) == 1:
        return ids[0].categories.to_numpy(object), ids[0].codes
    place: dict[str, int] = {}
    names = []
    codes = []
    for part in ids:
        table = np.empty(len(part.categories), np.int32)
        for i, name in enumerate(part.categories):
            if (at := place.setdefault(name.casefold(), len(names))) == len(names):
                names.append(name)
            table[i] = at
        codes.append(table[part.codes])
    return np.array(names, object), np.concatenate(codes)


def _rows(parts: Sequence[Part]) -> pd.DataFrame:
    """Rows of all parts; a column that a file lacks is missing there."""
    if len(parts) == 1:
        return parts[0].rows
    names = dict.fromkeys(name for part in parts for name in part.rows.columns)
    whole = {}
    for name in names:
        have = [p.rows.get(name) for p in parts]
        like = next(column for column in have if column is not None)
        pieces = [
            _absent(like, len(part.rows)) if column is None else column
            for part, column in zip(parts, have, strict=True)
        ]
        if isinstance(like.dtype, pd.CategoricalDtype):
            whole[name] = union_categoricals([_of_texts(piece) for piece in pieces])
        else:
            whole[name] = pd.concat(pieces, ignore_index=True)
    return pd.DataFrame(whole)


def _of_texts(column: pd.Series) -> pd.Categorical:
    """A column of categories that are text, also where it has none."""
    column = pd.Categorical(column)
    return column.rename_categories(pd.Index(column.categories.map(str), dtype="str"))


def _absent(like: pd.Series, n: int) -> pd.Series:
    """A column of nothing, of the same kind as another."""
    if isinstance(like.dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical.from_codes(np.full(n, -1), categories=like.cat.categories))
    return pd.Series([np.nan if like.dtype == float else pd.NA] * n, dtype=like.dtype)


def _scores(parts: Sequence[Part]) -> dict:
    """Scores of all parts; NaN where a file lacks the column."""
    if len(parts) == 1:
        return parts[0].scores
    fields = dict.fromkeys(f for part in parts for f in part.scores)
    return {
        f: np.concatenate([p.scores.get(f, np.full(len(p.rows), np.nan)) for p in parts])
        for f in fields
    }


def _extra(parts: Sequence[Part]) -> dict[str, np.ndarray]:
    """Further arrays of all parts."""
    names = dict.fromkeys(name for part in parts for name in part.extra)
    return {
        name: np.concatenate([p.extra.get(name, np.full(len(p.rows), np.nan)) for p in parts])
        for name in names
    }


def _treatments(parts: Sequence[Part]) -> pd.DataFrame:
    """Treatments of all parts, with records counted on."""
    if len(parts) == 1:
        return parts[0].treatments
    starts = np.cumsum([0, *(len(p.rows) for p in parts)])
    moved = [
        p.treatments.assign(record=p.treatments["record"] + start)
        for p, start in zip(parts, starts[:-1], strict=True)
    ]
    return pd.concat(moved, ignore_index=True)


def _contents(records: Records, shared: np.ndarray) -> list[np.ndarray]:
    """Everything in which rows must agree to be one and the same, for some of the rows."""
    rows = records.rows.drop(columns=["file", "row"]).iloc[shared]
    treatments = records.treatments[np.isin(records.treatments["record"], shared)]
    return [
        treatment_texts(treatments).reindex(shared).to_numpy(object, na_value=""),
        *(rows[name].to_numpy(object, na_value=None) for name in rows),
        *(values[shared] for values in records.scores.values()),
    ]
