"""What reading one cell gives: a value, or the reason there is none; and what all readers share."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from hipoutcomes.ingest.grids.cells import ExcelError, as_typed, is_blank


@dataclass(frozen=True, slots=True)
class Parsed:
    """One cell after reading.

    Attributes
    ----------
    value : object or None
        The value; None when the cell is missing or was refused.
    code : str
        Empty when the cell was clean; otherwise the code of a record in `checks.CHECKS`, whose
        severity says whether the value was kept (note, warning) or refused (reject). A blank
        cell has the code ``missing-cell``, one marked N/A or with a missing code ``not-recorded``.
    note : str
        What is particular to this cell: the likely original, the ends of a range, a suggestion.
    """

    value: object | None
    code: str = ""
    note: str = ""


_MARKS = """
    - | -- | --- | . | .. | ... | ? | ?? | ??? | * | / | n/a | na | n.a. | n.a | n\\a | n-a | nan
    | null | unknown | unk | unsure | missing | blank | empty | tbd | tba | tbc | refused | declined
    | deferred | skipped | pending | nr | n/r | n.r. | nd | n/d | n/t | not recorded | not asked
    | not measured | not assessed | not tested | not taken | not done | not known | not applicable
    | not available | not given | not stated | not sure | no data | no answer | no response
    | no record | no score | did not ask | didn't ask | don't know | dont know | do not know
    | prefer not to say | forgot | to be confirmed | could not test | unable to test
    | unable to assess
"""
#: Ways of writing that nothing was recorded.
MISSING_MARKS = frozenset(mark.strip() for mark in _MARKS.split("|"))

_ERROR_TEXT = re.compile(r"#(N/A|DIV/0!|VALUE!|REF!|NAME\?|NUM!|NULL!|SPILL!|CALC!|####*)", re.I)
_PLAIN = str.maketrans(
    {
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ", "\ufeff": "", "\u200b": "",
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u2019": "'", "\u2018": "'", "\u2032": "'", "\u201c": '"', "\u201d": '"',
    }
)  # fmt: skip


def tidy(raw: object) -> str:
    """A raw value as lower-case text with plain dashes, quotes and single spaces."""
    return " ".join(as_typed(raw).translate(_PLAIN).casefold().split())


def number_of(raw: object) -> float | None:
    """A number typed as such in a workbook; None for text, TRUE and everything else."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        number = float(raw)
    except OverflowError:
        return None
    return number if abs(number) < 1e15 else None


def shown(number: float) -> str:
    """A number as a person writes it: 7, 6.5."""
    return f"{number:.10g}"


def is_sentinel(raw: object, sentinels: Collection) -> bool:
    """Whether a value is one of the column's codes for missing, as text or as a number."""
    if not sentinels:
        return False
    text = tidy(raw)
    number = _as_number(text)
    for code in sentinels:
        code_text = tidy(code)
        if text == code_text or (number is not None and number == _as_number(code_text)):
            return True
    return False


def absent(raw: object, sentinels: Collection = ()) -> Parsed | None:
    """Why there is nothing to read in a cell: blank, marked missing, or an Excel error.

    Every reader begins here; None means that the cell holds something.
    """
    if is_blank(raw):
        return Parsed(None, "missing-cell", "blank")
    if isinstance(raw, ExcelError):
        code = "formula-no-value" if raw.text.startswith("=") else "excel-error"
        return Parsed(None, code, f"the cell shows {raw.text}")
    if is_sentinel(raw, sentinels):
        return Parsed(
            None, "not-recorded", f"{as_typed(raw).strip()} is this column's missing code"
        )
    if isinstance(raw, str):
        if _ERROR_TEXT.fullmatch(raw.strip()):
            return Parsed(None, "excel-error", f"the cell shows {raw.strip()}")
        if tidy(raw) in MISSING_MARKS:
            return Parsed(None, "not-recorded", f"marked {raw.strip()}")
    return None


def _as_number(text: str) -> float | None:
    """Text as a finite number, None where it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None
