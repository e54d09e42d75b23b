"""Columns of dates that are so much older than the rest of a file that they are birthdays."""

import re
from collections.abc import Sequence
from datetime import date, datetime

import numpy as np

_YEAR = 365.25
#: Birthdays lie at least so many years before the latest date of the file, and as many apart.
_YOUNGEST, _OLDEST, _SPREAD = 10, 115, 10
_SHARE, _FEWEST = 0.8, 5
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2}|[A-Za-zéû]{3,9}\.?)[-/., ]{1,2}(\d{4})(?: .*)?")


def days_of(values: Sequence) -> np.ndarray:
    """Roughly the day of each raw value, NaN where it is no date, shape (number of values,).

    The year is sure; day and month may be taken one for the other, which does not matter to a
    difference of ten years.

    Examples
    --------
    >>> days_of(["1970-01-02", "05/03/1971", "7/10", 6.0]).round(0)
    array([  1., 489.,  nan,  nan])
    """
    return np.array([_day_of(value) for value in values], float)


def _day_of(value: object) -> float:
    """Roughly the day of one raw value."""
    if isinstance(value, date | datetime):
        return (value.year - 1970) * _YEAR + value.timetuple().tm_yday - 1
    if not isinstance(value, str):
        return np.nan
    text = value.strip()
    if found := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _YEAR_LAST.fullmatch(text):
        year = int(found[3])
        month, day = (int(found[1]), int(found[2])) if found[2].isdecimal() else (6, int(found[1]))
        month = month if month <= 12 else day
    else:
        return np.nan
    if not (1850 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= 31):
        return np.nan
    return (year - 1970) * _YEAR + (month - 1) * _YEAR / 12 + day - 1


def looks_like_birth_dates(days: np.ndarray, latest: float) -> bool:
    """Whether dates imply ages of people.

    Parameters
    ----------
    days : ndarray of float
        Of the distinct values of one column; NaN where a value is no date.
    latest : float
        Latest day of the whole file.
    """
    known = days[np.isfinite(days)]
    if len(known) < max(_FEWEST, _SHARE * len(days)):
        return False
    ages = (latest - known) / _YEAR
    aged = ages[(ages >= _YOUNGEST) & (ages <= _OLDEST)]
    if len(aged) < _SHARE * len(known):
        return False
    return bool(np.ptp(np.quantile(aged, (0.1, 0.9))) >= _SPREAD)
