"""One column of a file as it was typed, each distinct value stored once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from itertools import compress

import numpy as np

_NUMBERS = frozenset((bool, int, float))

#: Python turns no longer whole number into text.
MOST_DIGITS = 4300


@dataclass(frozen=True, slots=True)
class ExcelError:
    """A cell that holds a workbook error such as ``#N/A``, or a formula without a saved result.

    Attributes
    ----------
    text : str
        What the cell shows, or the formula (it starts with ``=``) when no result was saved.
    """

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, eq=False)
class Cells:
    """One column, each distinct raw value once, so that reading it costs per distinct value.

    Attributes
    ----------
    codes : ndarray of int32, shape (n rows,)
        Place of each row's value in `values`; -1 where the cell is empty or only white space.
    values : list
        Distinct raw values in the order they first appear. Text files give text exactly as typed;
        workbooks also give int, float, bool, date, datetime, time, timedelta and `ExcelError`.

    Examples
    --------
    >>> cells = Cells.of(["7", "", "N/A", "7"])
    >>> cells.codes.tolist(), cells.values
    ([0, -1, 1, 0], ['7', 'N/A'])
    """

    codes: np.ndarray
    values: list

    @classmethod
    def of(cls, raw: Iterable) -> "Cells":
        """Encode a column; blanks become -1, and 1, 1.0, True and "1" stay apart."""
        column = raw if isinstance(raw, list | tuple) else list(raw)
        if len(_NUMBERS.intersection(map(type, column))) > 1:
            keys = [
                value if value.__class__ is str else (value.__class__, value) for value in column
            ]
            distinct = [key if key.__class__ is str else key[1] for key in dict.fromkeys(keys)]
        else:  # only numbers of different types can be equal and not the same
            keys = column
            distinct = list(dict.fromkeys(column))
        filled = [not is_blank(value) for value in distinct]
        places = np.where(filled, np.cumsum(filled) - 1, -1).tolist()
        place_of = dict(zip(dict.fromkeys(keys), places, strict=True))
        codes = np.fromiter(map(place_of.__getitem__, keys), np.int32, len(keys))
        return cls(codes, list(compress(distinct, filled)))

    def __len__(self) -> int:
        return len(self.codes)

    def raw(self, i: int) -> object | None:
        """Raw value of row `i`, None where it is empty."""
        code = self.codes[i]
        return None if code < 0 else self.values[code]

    def text(self, i: int) -> str:
        """Value of row `i` as a person would see it typed; empty where it is empty."""
        return as_typed(self.raw(i))

    def take(self, rows: np.ndarray) -> "Cells":
        """The same column for some rows (places or a mask); `values` stay as they are."""
        return Cells(self.codes[rows], self.values)

    def compact(self) -> "Cells":
        """The same column without values that no row holds."""
        used = self.counts > 0
        if used.all():
            return self
        places = np.append(np.where(used, np.cumsum(used) - 1, -1), -1).astype(np.int32)
        return Cells(places[self.codes], [self.values[k] for k in np.flatnonzero(used)])

    def mapped(self, function: Callable[[object], object]) -> "Cells":
        """The same column with every distinct value put through a function; equal ones are one."""
        values = [function(value) for value in self.values]
        again = Cells.of(values)
        if len(again.values) == len(values):
            return Cells(self.codes, values)
        return Cells(np.append(again.codes, -1).astype(np.int32)[self.codes], again.values)

    @property
    def counts(self) -> np.ndarray:
        """Number of rows that hold each value, shape (number of values,)."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))

    @property
    def n_filled(self) -> int:
        """Number of rows whose cell is not empty."""
        return int(np.count_nonzero(self.codes >= 0))


def is_blank(value: object) -> bool:
    """Whether a raw value is an empty cell: None, or text of nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def as_typed(value: object | None) -> str:
    """A raw value as text: what a person would see in the cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time(0) and value.tzinfo is None:
        return str(value.date())
    try:
        return str(value)
    except ValueError:
        return f"a number of more than {MOST_DIGITS} digits"
