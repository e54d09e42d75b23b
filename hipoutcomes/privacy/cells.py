"""Text that a spreadsheet would run as a formula, made harmless before a person opens it."""

import re

import pandas as pd

#: First characters that make a spreadsheet take text for a formula or a command (CWE-1236; OWASP,
#: "CSV Injection", with the full-width forms that some programs fold to the plain ones).
_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: Control characters that some programs drop, and so lay bare what follows.
_DROPPED = "\t\r\n\x00"
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?%?")


def safe_text(value: object) -> object:
    """A cell that no spreadsheet runs: an apostrophe goes before text that could be a formula.

    Numbers stay numbers, also as text, so that a change of -3 stays -3. Spaces and marks without
    width at the front do not hide a formula. Applying it twice changes nothing more.

    Parameters
    ----------
    value : object
        Anything but text comes back as it is.

    Examples
    --------
    >>> safe_text("=HYPERLINK(1)"), safe_text(" @SUM(A1)"), safe_text("-3"), safe_text(-3.0)
    ("'=HYPERLINK(1)", "' @SUM(A1)", '-3', -3.0)
    >>> safe_text("Deep tissue"), safe_text("+1+cmd")
    ('Deep tissue', "'+1+cmd")
    """
    if not isinstance(value, str) or not value:
        return value
    if value[0] in _DROPPED:
        return "'" + value
    bare = value.lstrip(" \u00a0\u200b\u200e\u200f\u2060\ufeff\t\r\n\x00\x0b\x0c")
    if not bare.startswith(_STARTS) or _NUMBER.fullmatch(value):
        return value
    return "'" + value


def safe_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A table of which every text, headings too, has gone through `safe_text`.

    Examples
    --------
    >>> table = safe_frame(pd.DataFrame({"@note": ["=1+1", "fine"], "change": [-3.0, 2.0]}))
    >>> list(table.columns), table["'@note"].tolist(), table["change"].tolist()
    (["'@note", 'change'], ["'=1+1", 'fine'], [-3.0, 2.0])
    """
    made = {place: _safe_column(frame.iloc[:, place]) for place in range(frame.shape[1])}
    safe = pd.DataFrame(made, index=frame.index)
    safe.columns = [safe_text(name) for name in frame.columns]
    return safe


def _safe_column(column: pd.Series) -> pd.Series:
    """One column, each distinct text looked at once."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        if not any(isinstance(name, str) for name in column.cat.categories):
            return column
        return _safe_column(column.astype(object))
    if column.dtype == object or pd.api.types.is_string_dtype(column.dtype):
        distinct = column.dropna().unique()
        changed = {v: safe_text(v) for v in distinct if isinstance(v, str) and safe_text(v) != v}
        return column.map(lambda v: changed.get(v, v), na_action="ignore") if changed else column
    return column
