"""Records as rows of the store: a key by which a row is known again, and its content as a mark."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import repeat

import numpy as np
import pandas as pd

from hipoutcomes.store.schema import COLUMNS
from hipoutcomes.tables.records import Records, ScoreField

_MARK_BYTES = 16
#: Stands between the parts of a text of which a mark is made.
_BETWEEN = "\x1f"


@dataclass(frozen=True, eq=False)
class StoreRows:
    """The rows of one file as the store writes them.

    Attributes
    ----------
    keys, contents : list of bytes, length n
        By what each row is known again, and a mark of everything it says.
    clients : ndarray of str, shape (n,)
        Pseudonyms.
    days : ndarray of int, shape (n,)
    is_visit : ndarray of bool, shape (n,)
    columns : dict of str to list, each length n
        As `schema.COLUMNS`; None where blank.
    scores : dict of ScoreField to ndarray, each shape (n,)
    techniques : list of tuple, each (row, place, technique, minutes)
    """

    keys: list[bytes]
    contents: list[bytes]
    clients: np.ndarray
    days: np.ndarray
    is_visit: np.ndarray
    columns: dict[str, list]
    scores: dict[ScoreField, np.ndarray]
    techniques: list[tuple[int, int, str, float | None]]

    def __len__(self) -> int:
        return len(self.keys)


def store_rows(records: Records, family: str) -> StoreRows:
    """Give every row its key and the mark of its content.

    A row is known again by the visit's own number within a family of files; without one, by
    client, day and start; without a start, by its place among the client's rows of that day, which
    follows their content, so that the order of a file changes nothing. Marks are made of text, so
    they outlive versions of every library.

    Parameters
    ----------
    records : Records
        Of sessions; patients are pseudonyms.
    family : str
        Kind of file within which visit ids are one series.
    """
    rows = records.rows
    clients = records.patients[rows["patient_id"].to_numpy() - 1]
    days, is_visit = rows["day"].to_numpy(), rows["is_visit"].to_numpy()
    columns = {name: _plain(rows[name]) for name in COLUMNS if name in rows}
    techniques = _techniques(records)
    texts = _texts(clients, days, is_visit, columns, records.scores, techniques)
    contents = _marks(texts)
    keys = _keys(clients, days, is_visit, columns, texts, family)
    return StoreRows(keys, contents, clients, days, is_visit, columns, records.scores, techniques)


def content_of(
    client: str, day: int, is_visit: bool, columns: dict, scores: dict, techniques: tuple
) -> bytes:
    """Mark of the content of one row, as `store_rows` makes it."""
    (text,) = _texts(
        np.array([client], object),
        np.array([day]),
        np.array([is_visit]),
        {name: [value] for name, value in columns.items()},
        {field: np.array([value]) for field, value in scores.items()},
        [(0, place, name, minutes) for place, (name, minutes) in enumerate(techniques)],
    )
    return _marks([text])[0]


def contents_of(
    clients: np.ndarray, days: np.ndarray, is_visit: np.ndarray, columns: dict, records: Records
) -> list[bytes]:
    """Marks of rows as the store has them, to tell whether they still say what was written.

    Parameters
    ----------
    clients, days, is_visit : ndarray, shape (n,)
    columns : dict of str to sequence
        Cells as SQL gives them.
    records : Records
        Of the same rows; only scores and treatments are used.
    """
    techniques = _techniques(records)
    return _marks(_texts(clients, days, is_visit, columns, records.scores, techniques))


def _plain(column: pd.Series) -> list:
    """A column as plain Python values, None where blank."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = np.array([*map(str, column.cat.categories), None], object)
        return names[column.cat.codes.to_numpy()].tolist()
    if column.dtype == "boolean":
        return [None if value is pd.NA else int(value) for value in column.tolist()]
    if pd.api.types.is_integer_dtype(column.dtype):
        return [None if value is pd.NA else int(value) for value in column.tolist()]
    if pd.api.types.infer_dtype(column, skipna=True) == "string":
        return [
            None if missing else text for text, missing in zip(column, column.isna(), strict=True)
        ]
    values = column.to_numpy(float)
    return np.where(np.isnan(values), None, values.astype(object)).tolist()


def _techniques(records: Records) -> list[tuple[int, int, str, float | None]]:
    """Techniques row by row, each with its place among those of its row."""
    frame = records.treatments
    record = frame["record"].to_numpy()
    order = np.argsort(record, kind="stable")
    record = record[order]
    start = np.r_[True, record[1:] != record[:-1]] if len(record) else np.zeros(0, bool)
    counting = np.arange(len(record))
    place = counting - np.maximum.accumulate(np.where(start, counting, 0))
    names = _plain(frame["technique"].iloc[order])
    minutes = _plain(frame["minutes"].iloc[order].astype(float))
    return list(zip(record.tolist(), place.tolist(), names, minutes, strict=True))


def _texts(clients, days, is_visit, columns, scores, techniques) -> list[str]:
    """Everything a row says as one text; blank cells say nothing."""
    n = len(is_visit)
    parts: list[Iterable[str]] = [
        np.where(is_visit, f"visit{_BETWEEN}", f"score{_BETWEEN}").tolist(),
        clients.tolist(),
        [f"{_BETWEEN}{day}" for day in days.tolist()],
    ]
    for name in sorted(columns):
        if any(value is not None for value in columns[name]):
            parts.append(_named(name, columns[name]))
    for field in sorted(scores, key=name_of):
        parts.append(_numbers(name_of(field), scores[field]))
    if techniques:
        said = [""] * n
        for row, _, technique, minutes in techniques:
            said[row] += f"{_BETWEEN}{technique}={'' if minutes is None else repr(minutes)}"
        parts.append(said)
    return list(map("".join, zip(*parts, strict=True)))


def name_of(field: ScoreField) -> str:
    """Name of a score, as texts and lists of columns write it."""
    return "|".join((field.measure, field.timing, field.side, field.item))


def _named(name: str, values: list) -> list[str]:
    """One column as text, each distinct value written once."""
    known = {None: ""}
    said = []
    for value in values:
        text = known.get(value)
        if text is None:
            shown = repr(float(value)) if isinstance(value, int | float) else value
            text = known[value] = f"{_BETWEEN}{name}={shown}"
        said.append(text)
    return said


def _numbers(name: str, values: np.ndarray) -> list[str]:
    """One column of scores as text."""
    distinct, place = np.unique(values + 0.0, return_inverse=True)  # no -0.0
    shown = ["" if np.isnan(v) else f"{_BETWEEN}{name}={float(v)!r}" for v in distinct]
    return np.array(shown, object)[place].tolist()


def _marks(texts: Iterable[str]) -> list[bytes]:
    """A mark of each text."""
    return [blake2b(text.encode(), digest_size=_MARK_BYTES).digest() for text in texts]


def _keys(clients, days, is_visit, columns, said, family: str) -> list[bytes]:
    """By what each row is known again."""
    n = len(said)
    visit_id = columns.get("visit_id") or [None] * n
    start = columns.get("start") or [None] * n
    kind = np.where(is_visit, "visit", "score").tolist()
    by_day = list(
        map(_BETWEEN.join, zip(clients.tolist(), map(str, days.tolist()), kind, strict=True))
    )
    texts = [
        f"id{_BETWEEN}{family}{_BETWEEN}{number}{_BETWEEN}{what}"
        if number is not None
        else f"day{_BETWEEN}{day}{_BETWEEN}{'' if at is None else at!r}"
        for number, what, day, at in zip(visit_id, kind, by_day, start, strict=True)
    ]
    return _marks(map("".join, zip(texts, _ordinals(texts, said), strict=True)))


def _ordinals(texts: list[str], contents: list[str]) -> Iterable[str]:
    """Place of each row among those of one text, by what it says; empty for the first.

    What a row says begins with therapist, side and the like, and ends with scores: two visits of
    one day keep their places when a score is corrected.
    """
    if len(set(texts)) == len(texts):
        return repeat("", len(texts))
    groups: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        groups.setdefault(text, []).append(row)
    ordinals = [""] * len(texts)
    for rows in groups.values():
        for place, row in enumerate(sorted(rows, key=contents.__getitem__)):
            ordinals[row] = f"{_BETWEEN}{place}" if place else ""
    return ordinals
