"""What a column of a shown table is, and the columns that many tables share."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.plain_numbers import between, count, score, share

_SHARES = ("share", "proportion")


@dataclass(frozen=True, slots=True)
class Shown:
    """One column of the page.

    Attributes
    ----------
    heading : str
    cell : callable
        From a row as a dict to what is written.
    numeric : bool
    """

    heading: str
    cell: Callable[[dict], str]
    numeric: bool = True


def estimate_column(rows: pd.DataFrame) -> Shown:
    """The estimate with its interval, or why there is none."""
    quantities = rows["quantity"].dropna().unique() if "quantity" in rows else ()
    heading = str(quantities[0]) if len(quantities) == 1 else "Estimate"
    units = rows["unit"].dropna().unique() if "unit" in rows else ()
    if len(units) == 1 and units[0] not in (*_SHARES, ""):
        heading += f", {units[0]}"
    if "conf_low" in rows and rows["conf_low"].notna().any():
        heading += " (likely range)"
    heading = in_owner_words(heading)
    return Shown(heading[:1].upper() + heading[1:], _estimate)


def _estimate(row: dict) -> str:
    """One estimate in words."""
    if number_of(row, "estimate") is None:
        return reason_of(row)
    return interval(row, number_of(row, "conf_low"), number_of(row, "conf_high"))


def interval(row: dict, low: float | None, high: float | None) -> str:
    """An estimate with its interval in its own unit.

    Examples
    --------
    >>> interval({"estimate": 2.06, "unit": "points"}, 1.66, 2.46)
    '2.1 (1.7 to 2.5)'
    >>> interval({"estimate": 0.58, "unit": "share"}, 0.44, 0.71)
    '58% (44% to 71%)'
    """
    said = share if row.get("unit") in _SHARES else lambda x: score(x, digits_of(row))
    value = said(row["estimate"])
    return value if low is None or high is None else f"{value} ({between(said(low), said(high))})"


def number_of(row: dict, name: str) -> float | None:
    """A number of a row, None where it is missing."""
    value = row.get(name)
    return None if value is None or pd.isna(value) else float(value)


def digits_of(row: dict) -> int:
    """Decimals: none where numbers are large, else one."""
    largest = max(abs(number_of(row, n) or 0) for n in ("estimate", "baseline_mean", "final_mean"))
    return 0 if largest >= 100 else 1


def of_whole(row: dict, part: str, whole: str) -> str:
    """So many of so many; empty where it is not known."""
    if number_of(row, part) is None or number_of(row, whole) is None:
        return ""
    return f"{count(number_of(row, part))} of {count(number_of(row, whole))}"


def range_cell(low: str, high: str) -> Callable[[dict], str]:
    """A range in the unit of the row."""

    def cell(row: dict) -> str:
        said = share if row.get("unit") in (*_SHARES, None) else lambda x: score(x, digits_of(row))
        ends = [said(number_of(row, name)) for name in (low, high)]
        return between(*ends) if all(ends) else ""

    return cell


def reason_of(row: dict) -> str:
    """Why a row has no numbers."""
    reason = row.get("reason")
    return "" if reason is None or pd.isna(reason) else in_owner_words(str(reason))


def group_of(row: dict) -> str:
    """The name of a group."""
    name = "" if pd.isna(row.get("group")) else str(row["group"])
    return "All clients" if name == "all" else name or "Not recorded"
