"""One column after reading: every distinct value once, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from hipoutcomes.ingest.checks import CHECKS
from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.ingest.parsing.parsed import Parsed
from hipoutcomes.ingest.planning.plan import ColumnPlan

#: What became of a value, as numbers; the order of `accounting.CELL_FATES`.
PARSED, MISSING, FLAGGED, REFUSED = range(4)
#: So many dates are looked at for times.
_LOOKED_AT = 1000


@dataclass(frozen=True, eq=False)
class ColumnRead:
    """One column whose distinct values have been read.

    Attributes
    ----------
    plan : ColumnPlan
    cells : Cells
    parsed : list of Parsed
        One for each distinct value of `cells`.
    """

    plan: ColumnPlan
    cells: Cells
    parsed: list[Parsed]

    @property
    def values(self) -> list:
        """Value of each distinct raw value; None where missing or refused."""
        return [parsed.value for parsed in self.parsed]

    def fates(self) -> np.ndarray:
        """What became of each distinct value, and last of an empty cell; shape (n values + 1,)."""
        return np.array([*(fate_of(p) for p in self.parsed), MISSING], np.int8)

    def numbers(self, codes: np.ndarray) -> np.ndarray:
        """Values as numbers for rows with these codes; NaN where missing or refused."""
        table = np.full(len(self.parsed) + 1, np.nan)
        for i, parsed in enumerate(self.parsed):
            if parsed.value is not None:
                table[i] = float(parsed.value)
        return table[codes]

    def there(self, codes: np.ndarray) -> np.ndarray:
        """Whether each row has a value that was read; shape (n,), bool."""
        table = np.array([*(p.value is not None for p in self.parsed), False])
        return table[codes]

    @property
    def has_times(self) -> bool:
        """Whether any of the first values of a column of dates carries a time of day."""
        return any(
            isinstance(value, datetime) or (isinstance(value, str) and ":" in value)
            for value in self.cells.values[:_LOOKED_AT]
        )

    def flags(self, codes: np.ndarray) -> pd.arrays.BooleanArray:
        """Values as yes and no, with missing ones."""
        values = np.array([*(bool(p.value) for p in self.parsed), False])
        return pd.arrays.BooleanArray(values[codes], ~self.there(codes))

    def words(self, codes: np.ndarray) -> pd.Categorical:
        """Values as categories, the same in capitals and small letters being one.

        Parameters
        ----------
        codes : ndarray of int, shape (n,)
        """
        place: dict[str, int] = {}
        names: list[str] = []
        table = np.full(len(self.parsed) + 1, -1, np.int32)
        for i, parsed in enumerate(self.parsed):
            if parsed.value is None:
                continue
            name = str(parsed.value)
            if (at := place.setdefault(name.casefold(), len(names))) == len(names):
                names.append(name)
            table[i] = at
        return pd.Categorical.from_codes(table[codes], categories=pd.Index(names, dtype="str"))


class CleanColumn(ColumnRead):
    """A column of very many distinct texts, all of them plain: nothing is read one by one."""

    @property
    def values(self) -> list:
        """Value of each distinct raw value: itself."""
        return self.cells.values

    def fates(self) -> np.ndarray:
        """All read, and last the empty cell."""
        fates = np.full(len(self.cells.values) + 1, PARSED, np.int8)
        fates[-1] = MISSING
        return fates

    def there(self, codes: np.ndarray) -> np.ndarray:
        """Whether each row has a value."""
        return codes >= 0

    def words(self, codes: np.ndarray) -> pd.Categorical:
        """Values as categories."""
        return pd.Categorical.from_codes(codes, categories=pd.Index(self.cells.values, dtype="str"))


#: Digits become d, letters and their like a, line ends stay, everything else becomes x.
_KINDS = bytes(
    ord("d") if chr(i).isdigit() and i < 128
    else ord("a") if i < 128 and (chr(i).isalnum() or chr(i) in "_-")
    else i if chr(i) == "\n"
    else ord("x")
    for i in range(256)
)  # fmt: skip


def is_plain(values: list) -> bool:
    """Whether all texts are letters and digits that end in a digit, apart in small letters too.

    Such a text is no mark for "missing", no number with decimals, and needs no tidying.

    Examples
    --------
    >>> is_plain(["C12", "C13"]), is_plain(["C12", "c12"]), is_plain(["1.0"]), is_plain(["", "1"])
    (True, False, False, False)
    """
    try:
        text = "\n".join(values)
    except TypeError:
        return False
    kinds = text.encode("utf-8", "replace").translate(_KINDS)
    if not kinds.endswith(b"d") or kinds.startswith(b"\n"):
        return False
    if b"x" in kinds or b"a\n" in kinds or b"\n\n" in kinds:
        return False
    return len(set(text.lower().split("\n"))) == len(values)


def fate_of(parsed: Parsed) -> int:
    """What became of one value: read, missing, read with a question, or refused."""
    if not parsed.code:
        return MISSING if parsed.value is None else PARSED
    check = CHECKS[parsed.code]
    if check.severity == "reject":
        return REFUSED
    if parsed.value is None:
        return MISSING
    return FLAGGED if check.severity == "warning" else PARSED
