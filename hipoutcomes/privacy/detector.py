"""Columns that say who somebody is, found by their headings and by what is in them.

The detector warns; it is not what keeps persons out. Only columns that were mapped to something
enter the records at all, and only in the forms that `admitted` allows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hipoutcomes.privacy.birth_dates import days_of, looks_like_birth_dates
from hipoutcomes.privacy.people_names import looks_like_names
from hipoutcomes.privacy.personal_headings import kind_of_heading
from hipoutcomes.privacy.personal_text import kind_of_bare_number, kind_of_text

#: So many distinct values of a column are looked at.
LOOKED_AT = 20_000
#: A column of bare digits is one of telephone or health numbers when almost all of them pass.
_ALMOST_ALL, _FEWEST_NUMBERS = 0.9, 5
#: A column is free text when so many words stand together in this share of its values.
_LONG, _SHARE_LONG, _FEWEST_LONG = 8, 0.2, 3

#: Kinds that are words: "Note" over numbers is a score, in French.
_WORDS = ("notes", "name", "signature")

#: What each kind is called where people read it.
KINDS = {
    "name": "names",
    "email": "e-mail addresses",
    "phone": "telephone numbers",
    "birth date": "dates of birth",
    "address": "addresses",
    "postcode": "postcodes",
    "health number": "health or insurance numbers",
    "national number": "numbers of a person",
    "ip address": "addresses of computers",
    "location": "places on a map",
    "notes": "free text",
    "insurance": "insurance",
    "signature": "signatures or pictures",
    "web address": "web addresses",
    "employer": "employers or occupations",
}


class Column(Protocol):
    """A column with each distinct raw value once, and how many rows hold it."""

    @property
    def values(self) -> Sequence:
        """Distinct raw values."""

    @property
    def counts(self) -> np.ndarray:
        """Rows that hold each of them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One column that seems to say who somebody is.

    Attributes
    ----------
    place : int
        Of the column in its file, from 0.
    heading : str
    kind : str
        A key of `KINDS`.
    n : int
        Filled cells, where the heading or the column as a whole says it; else cells that say it.
    mapped : bool
        Whether the column was read. One that was not is left out of everything.
    """

    place: int
    heading: str
    kind: str
    n: int
    mapped: bool

    @property
    def told(self) -> str:
        """The finding in words, without any value.

        Examples
        --------
        >>> Finding(3, "Contact", "email", 212, False).told
        "'Contact' seems to hold e-mail addresses (212 cells); it was left out."
        """
        cells = "1 cell" if self.n == 1 else f"{self.n:,} cells"
        done = (
            "it was read as the mapping says, and nothing of it is kept in the clear"
            if self.mapped
            else "it was left out"
        )
        return f"{self.heading!r} seems to hold {KINDS[self.kind]} ({cells}); {done}."


def detect(
    headers: Sequence[str], columns: Sequence[Column], mapped: set[int] | frozenset[int]
) -> list[Finding]:
    """Find the columns of a file that say who somebody is.

    Parameters
    ----------
    headers : sequence of str
    columns : sequence
        Raw cells of each, such as `ingest.grids.cells.Cells`.
    mapped : set of int
        Places of the columns that were read.

    Returns
    -------
    list of Finding
        In the order of the columns, at most one of each.

    Examples
    --------
    >>> from hipoutcomes.ingest.grids.cells import Cells
    >>> columns = [Cells.of(["C1", "C2"]), Cells.of(["mika@example.org", ""])]
    >>> [(f.heading, f.kind, f.n, f.mapped) for f in detect(["Client", "Contact"], columns, {0})]
    [('Contact', 'email', 1, False)]
    """
    days = [days_of(column.values[:LOOKED_AT]) for column in columns]
    latest = max((float(np.nanmax(d)) for d in days if np.isfinite(d).any()), default=np.nan)
    found = []
    for place, (heading, column) in enumerate(zip(headers, columns, strict=True)):
        counts = np.asarray(column.counts)
        if not counts.sum():
            continue
        kind, n = _kind_of_column(heading, column, counts, days[place], latest)
        if kind:
            found.append(Finding(place, heading, kind, n, place in mapped))
    return found


def _kind_of_column(heading: str, column: Column, counts, days, latest: float) -> tuple[str, int]:
    """What a column holds of persons, and in how many cells."""
    filled = int(counts.sum())
    texts = [_shown(value) for value in column.values[:LOOKED_AT]]
    kind, n = _kind_of_cells(texts, counts)
    by_heading = kind_of_heading(heading)
    if by_heading in _WORDS and _are_numbers(texts):
        by_heading = ""
    if kind and not (by_heading and 2 * n < filled):
        return kind, n
    if by_heading:
        return by_heading, filled
    if looks_like_birth_dates(days, latest):
        return "birth date", filled
    if looks_like_names(texts):
        return "name", filled
    return ("notes", filled) if _is_free_text(texts) else ("", 0)


def _shown(value: object) -> str:
    """A raw value as text; Python turns no whole number of thousands of digits into text."""
    try:
        return str(value).strip()
    except ValueError:
        return ""


def _kind_of_cells(texts: list[str], counts: np.ndarray) -> tuple[str, int]:
    """The kind that most cells say by themselves, and how many cells say any."""
    cells: Counter[str] = Counter()
    for text, n in zip(texts, counts.tolist(), strict=False):
        if kind := kind_of_text(text):
            cells[kind] += n
    if cells:
        return cells.most_common(1)[0][0], sum(cells.values())
    digits = [text.removesuffix(".0") for text in texts]
    bare = [kind_of_bare_number(text) for text in digits if text.isdecimal()]
    if len(bare) < max(_FEWEST_NUMBERS, _ALMOST_ALL * len(texts)):
        return "", 0
    kind, n = Counter(bare).most_common(1)[0]
    return (kind, int(counts.sum())) if kind and n >= _ALMOST_ALL * len(bare) else ("", 0)


def _are_numbers(texts: list[str]) -> bool:
    """Whether nearly all values are short numbers."""
    n_numbers = sum(len(text) <= 6 and text.replace(".", "", 1).isdecimal() for text in texts)
    return n_numbers >= _ALMOST_ALL * len(texts)


def _is_free_text(texts: list[str]) -> bool:
    """Whether people wrote sentences; lists of short things are none."""
    n_long = sum(_longest_run(text) >= _LONG for text in texts if len(text) > 2 * _LONG)
    return n_long >= max(_FEWEST_LONG, _SHARE_LONG * len(texts))


def _longest_run(text: str) -> int:
    """Most words that stand together between commas, semicolons and the like."""
    for mark in ";/+|&\n":
        text = text.replace(mark, ",")
    return max(len(part.split()) for part in text.split(","))
