"""Every way to read a text as a date; never more than the text says."""

import re
from dataclasses import dataclass
from datetime import date

from hipoutcomes.ingest.parsing.parsed import tidy

_MONTH_NAMES = (
    "jan january janvier janv", "feb february fevrier fev f\u00e9vrier f\u00e9vr", "mar march mars",
    "apr april avril avr", "may mai", "jun june juin", "jul july juillet juil",
    "aug august aout ao\u00fbt", "sep sept september septembre", "oct october octobre",
    "nov november novembre", "dec december decembre d\u00e9c d\u00e9cembre",
)  # fmt: skip
_MONTHS = {name: n for n, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_WEEKDAY = re.compile(r"^(mon|tues?|wed(nes)?|thu(rs?)?|fri|sat(ur)?|sun)(day)?\.?,?\s+(?=\w)")
_CLOCK = r"\d{1,2}(?::\d{2}){1,2}(?:\.\d{1,9})?\s*(?:[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?"
_ZONE = r"z|utc|gmt(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2}|\(?[a-z]{2,5}\)?"
_TIME = re.compile(rf"[ t,]+(?:at )?(?:{_CLOCK})\s*(?P<zone>{_ZONE})?$")
_YEAR_FIRST = re.compile(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_NUMERIC = re.compile(r"(\d{1,2})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})")
_DAY_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?(?: of)?[-/., ]*([^\W\d]{3,9})\.?[-/., ]*(\d{4}|\d{2})"
)
_MONTH_NAMED = re.compile(
    r"([^\W\d]{3,9})\.?[-/., ]*(\d{1,2})(?:st|nd|rd|th)?[-/., ]+(\d{4}|'?\d{2})"
)
_YEAR_NAMED = re.compile(r"(\d{4})[-/., ]*([^\W\d]{3,9})\.?[-/., ]*(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Read:
    """A text read as a date with the day first, and with the month first; None: impossible."""

    day_first: date | None = None
    month_first: date | None = None
    utc: bool = False

    @property
    def one(self) -> date | None:
        """The date, where both readings agree."""
        return self.day_first if self.day_first == self.month_first else None


def read_date(raw: str, today: date) -> Read | None:
    """Every way to read a text as a date; None when there is none."""
    text = _WEEKDAY.sub("", tidy(raw))
    utc = False
    if found := _TIME.search(text):
        utc = found["zone"] in ("z", "utc")
        text = text[: found.start()]
    text = text.strip(" ,")
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = (int(part) for part in found.groups() if part.isdigit())
        return _only(_day(year, month, day), utc)
    if found := _NUMERIC.fullmatch(text):
        a, b, year = int(found[1]), int(found[3]), _year(found[4], today)
        return Read(_day(year, b, a), _day(year, a, b), utc)
    if found := _DAY_NAMED.fullmatch(text):
        return _named(found[3], found[2], found[1], today, utc)
    if found := _MONTH_NAMED.fullmatch(text):
        return _named(found[3], found[1], found[2], today, utc)
    if found := _YEAR_NAMED.fullmatch(text):
        return _named(found[1], found[2], found[3], today, utc)
    return None


def _only(day: date | None, utc: bool) -> Read:
    """A date that reads one way."""
    return Read(day, day, utc)


def _named(year: str, month: str, day: str, today: date, utc: bool) -> Read | None:
    """A date with the month by name."""
    number = _MONTHS.get(month)
    if number is None:
        return None
    return _only(_day(_year(year.lstrip("'"), today), number, int(day)), utc)


def _year(text: str, today: date) -> int:
    """A year; two digits are of this century up to next year, of the last one beyond."""
    if len(text) == 4:
        return int(text)
    year = today.year // 100 * 100 + int(text)
    return year if year <= today.year + 1 else year - 100


def _day(year: int, month: int, day: int) -> date | None:
    """A date of the calendar, None where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
