"""What may enter the records, and in what form: anything that is not named here stays out."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePath
from types import MappingProxyType

import numpy as np
import pandas as pd

from hipoutcomes.privacy.clinical_words import is_clinical
from hipoutcomes.privacy.codes import is_client_code, is_short_code, is_visit_code
from hipoutcomes.privacy.key import Key
from hipoutcomes.privacy.links import Links
from hipoutcomes.privacy.pseudonyms import recoded
from hipoutcomes.tables.records import Records
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES

_OTHER = "other"
_NUMBERS = ("patient_id", "day", "row", "start", "age", "minutes", "duration_weeks", "onset_day")
_FLAGS = ("is_visit", "first_visit", "new_complaint", "earlier_injuries", "pressure_adjusted")
_FLAGS += ("follow_up_advised",)
_LISTED = MappingProxyType(
    {
        "side": ("left", "right", "both"),
        "sex": ("female", "male", _OTHER),
        "pressure": ("light", "medium", "firm", "deep"),
        "condition": (*CONDITIONS.codes, _OTHER),
        "technique": (*TECHNIQUES.codes, _OTHER, "mixed"),
    }
)
_CODED: MappingProxyType[str, Callable[[str], bool]] = MappingProxyType(
    {"therapist": is_short_code, "rater": is_short_code, "visit_id": is_visit_code}
)
#: Words of the clinic's own: in the clear where they are words of this field, else as codes.
_WORDS = ("device", "position", "procedure", "clinic")
_LISTS = ("aftercare_advised", "aftercare_followed")
_SEPARATOR = ";"
#: Of the issues: places and codes.
_ISSUES = ("row", "field", "code", "severity", "action")
_KNOWN_ENDINGS = (
    *(".csv", ".tsv", ".txt", ".gz", ".xlsx", ".xlsm", ".xls", ".ods"),
    *(".json", ".ndjson", ".zip", ".parquet"),
)
_PLAIN_FIELD = re.compile(r"[a-z0-9_|]+(?: [a-z0-9_|]+){0,7}")


@dataclass(frozen=True, slots=True)
class Admitted:
    """Records as the store may hold them.

    Attributes
    ----------
    records : Records
    left_out : tuple of str
        Columns of the rows that were left out.
    n_other : int
        Cells whose word is on no list, and that became 'other'.
    """

    records: Records
    left_out: tuple[str, ...]
    n_other: int


def admit(records: Records, key: Key, links: Links, file_name: str) -> Admitted:
    """Let into the records what is a number, a date, a flag, a listed word or a code.

    Free text never enters. Words of the clinic's own (places, devices, positions, procedures,
    aftercare) enter in the clear where each of their words is a word of massage and hips; any other
    becomes a code such as ``clinic-7f3k2a``, which `links` turns back. The form of a cell depends
    on the cell alone, so that files that overlap agree, whatever else is in them.

    Parameters
    ----------
    records : Records
        As `pseudonymise` gives them.
    key : Key
    links : Links
        Codes of words are added.
    file_name : str
        Name of the file in the store, from `name_in_store`.

    Raises
    ------
    ValueError
        When clients, therapists or visits are not codes yet: nothing may enter then.
    """
    if not all(is_client_code(str(code)) for code in records.patients):
        raise ValueError("Clients must be codes before records enter the store.")
    rows, left_out, n_other = {}, [], 0
    for name in records.rows.columns:
        column = records.rows[name]
        if name in _NUMBERS or name in _FLAGS:
            rows[name] = _numbers(name, column)
        elif name in _LISTED:
            rows[name], lost = _listed(column, _LISTED[name])
            n_other += lost
        elif name in _CODED:
            rows[name] = _coded(name, column)
        elif name in _WORDS:
            rows[name] = recoded(column, lambda own, kind=name: _word(key, links, kind, own))
        elif name in _LISTS:
            rows[name] = recoded(column, lambda own: _list(key, links, own))
        elif name == "file":
            rows[name] = recoded(column, lambda own: file_name)
        else:
            left_out.append(str(name))
    treatments, lost = _treatments(records.treatments)
    extra = {name: a for name, a in records.extra.items() if np.asarray(a).dtype.kind in "biuf"}
    made = pd.DataFrame(rows, index=records.rows.index)
    admitted = replace(records, rows=made, treatments=treatments, extra=extra)
    return Admitted(admitted, tuple(left_out), n_other + lost)


def admitted_issues(issues: pd.DataFrame) -> pd.DataFrame:
    """Issues as the store may hold them: row, field, code, severity and action.

    Values, headings and messages stay out, since they can quote cells; the message of a code is in
    `ingest.checks`.
    """
    kept = issues[list(_ISSUES)].astype(dict.fromkeys(_ISSUES[1:], object)).copy()
    fields = kept["field"].astype(str)
    plain = {text: text if _PLAIN_FIELD.fullmatch(text) else "" for text in fields.unique()}
    return kept.assign(field=fields.map(plain)).reset_index(drop=True)


def name_in_store(file_name: str, sha256: str, links: Links) -> str:
    """Name of a file in the store: names of files can be names of clients.

    Parameters
    ----------
    file_name : str
        Its own name, which is added to `links`.
    sha256 : str
        Of its bytes.
    links : Links

    Examples
    --------
    >>> name_in_store("Jane Doe scores.xlsx", "3f9a1c2b77", Links())
    'file-3f9a1c2b77.xlsx'
    """
    path = PurePath(file_name)
    endings = "".join(e for e in map(str.lower, path.suffixes) if e in _KNOWN_ENDINGS)
    name = f"file-{sha256[:12]}{endings}"
    links.add("files", name, path.name)
    return name


def _numbers(name: str, column: pd.Series) -> pd.Series:
    """A column of numbers or flags, or an error where it holds anything else."""
    if not (pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column)):
        raise ValueError(f"The column {name!r} must hold numbers before records enter the store.")
    return column


def _listed(column: pd.Series, allowed: tuple[str, ...]) -> tuple[pd.Categorical, int]:
    """A column of listed words, and how many cells became 'other'."""
    column = column.astype("category")
    strange = [name for name in column.cat.categories if str(name) not in allowed]
    n_strange = int(column.isin(strange).sum()) if strange else 0
    return recoded(column, lambda own: own if own in allowed else _OTHER), n_strange


def _coded(name: str, column: pd.Series) -> pd.Categorical:
    """A column of codes, or an error where one is not."""
    made = recoded(column, str)
    if not all(_CODED[name](code) for code in made.categories):
        raise ValueError(f"The column {name!r} must hold codes before records enter the store.")
    return made


def _word(key: Key, links: Links, kind: str, own: str) -> str:
    """A word in the clear, or its code."""
    plain = " ".join(own.split()).lower()
    if kind != "clinic" and is_clinical(plain):
        return plain
    return links.short(key, "words", kind, own)


def _list(key: Key, links: Links, own: str) -> str:
    """A list of words, each in the clear or as its code."""
    words = [word.strip() for word in own.split(_SEPARATOR) if word.strip()]
    return _SEPARATOR.join(_word(key, links, "aftercare", word) for word in words)


def _treatments(treatments: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Techniques of every row: codes of the list, their row and their minutes."""
    technique, n_other = _listed(treatments["technique"], _LISTED["technique"])
    kept = treatments[["record", "minutes"]].assign(technique=technique)
    return kept[["record", "technique", "minutes"]], n_other
