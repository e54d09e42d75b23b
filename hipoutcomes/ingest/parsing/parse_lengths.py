"""Raw cells become lengths of time: minutes of a session, weeks of a complaint."""

import re
from collections.abc import Collection
from datetime import date, time, timedelta

from hipoutcomes.ingest.parsing import score_patterns as pattern
from hipoutcomes.ingest.parsing.parsed import Parsed, absent, number_of, shown, tidy
from hipoutcomes.ingest.parsing.scales import Scale, likely_original, refused, within

#: No session is longer, in minutes.
LONGEST_SESSION = 480.0
#: No complaint has lasted longer, in weeks.
LONGEST_COMPLAINT = 80 * 365.25 / 7

_MINUTES = Scale(1.0, LONGEST_SESSION, step=0.0, unit="minutes")
_WEEKS = Scale(0.0, LONGEST_COMPLAINT, step=0.0, unit="weeks")
_PER_WEEK = {
    "day": 1 / 7, "week": 1.0, "fortnight": 2.0, "month": 365.25 / 12 / 7, "year": 365.25 / 7,
}  # fmt: skip
_UNIT_WORDS = {
    "day": "d day days", "week": "w wk wks week weeks", "fortnight": "fortnight fortnights",
    "month": "m mo mos mth mths month months", "year": "y yr yrs year years",
}  # fmt: skip
_UNITS = {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}
_WORD_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "half a": 0.5,
}  # fmt: skip
_HOURS = re.compile(
    rf"{pattern.NUMBER}\s*(?:h|hr|hrs|hours?)\.?(?:\s*(?:and\s*)?(\d{{1,2}})\s*(?:m|mins?|minutes?)?\.?)?"
)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_MINUTE_TEXT = re.compile(rf"{pattern.NUMBER}\s*(?:m|mins?|minutes?|'|-?min(?:ute)?)?\.?")
_PART = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)\s*-?\s*([a-z]+)\.?")
_SPREAD = re.compile(rf"{pattern.NUMBER}\s*(?:-|to|or)\s*{pattern.NUMBER}\s*([a-z]+)\.?")
_ABOUT = re.compile(r"^(?:~|about|approx\.?|around|circa|nearly|almost|roughly)\s*|\s*\+$|\s*ish$")


def parse_minutes(raw: object, sentinels: Collection = ()) -> Parsed:
    """Read the length of a session in minutes; never raises.

    Examples
    --------
    >>> parse_minutes("1h 15").value, parse_minutes("90'").value, parse_minutes("1:15").value
    (75.0, 90.0, 75.0)
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    if isinstance(raw, bool):
        return refused("type-error", "TRUE and FALSE are no minutes")
    if (number := number_of(raw)) is not None:
        return within(number, _MINUTES)
    if isinstance(raw, time):
        return within(raw.hour * 60.0 + raw.minute, _MINUTES)
    if isinstance(raw, timedelta):
        return within(raw.total_seconds() / 60, _MINUTES)
    if isinstance(raw, date):
        return refused("excel-date", likely_original(raw))
    if not isinstance(raw, str):
        return refused("type-error", "not a number of minutes")
    return _minutes(tidy(raw))


def parse_duration(raw: object, unit: str = "", sentinels: Collection = ()) -> Parsed:
    """Read how long a complaint has lasted, in weeks; never raises.

    Parameters
    ----------
    raw : object
    unit : str
        ``days``, ``weeks``, ``months`` or ``years``: what a bare number counts, where the heading
        says so. A month is a twelfth of 365.25 days.

    Examples
    --------
    >>> parse_duration("3 weeks").value, round(parse_duration("6 mo").value, 1)
    (3.0, 26.1)
    >>> parse_duration("3").code, parse_duration(3, "months").code
    ('unknown-unit', '')
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    default = _UNITS.get(unit.strip().casefold(), "")
    if isinstance(raw, bool):
        return refused("type-error", "TRUE and FALSE are no lengths of time")
    if isinstance(raw, date | time):
        return refused("excel-date", likely_original(raw))
    if isinstance(raw, timedelta):
        return within(raw.total_seconds() / 604800, _WEEKS)
    if (number := number_of(raw)) is not None:
        return _weeks(number, default)
    if not isinstance(raw, str):
        return refused("type-error", "not a length of time")
    return _duration(tidy(raw), default)


def _minutes(text: str) -> Parsed:
    """Minutes typed as text."""
    text = pattern.decimal_points(text)
    if found := _CLOCK.fullmatch(text):
        return within(int(found[1]) * 60.0 + int(found[2]), _MINUTES)
    if found := _HOURS.fullmatch(text):
        return within(float(found[1]) * 60 + float(found[2] or 0), _MINUTES)
    if text in ("hour", "an hour", "one hour"):
        return within(60.0, _MINUTES)
    if found := _MINUTE_TEXT.fullmatch(text):
        return within(float(found[1]), _MINUTES)
    if pattern.BETWEEN.fullmatch(text.removesuffix("min").strip()):
        return refused("two-scores", "two lengths of time")
    return refused("type-error", "not a number of minutes")


def _duration(text: str, default: str) -> Parsed:
    """A length of time typed as text."""
    if re.match(r"[<>\u2264\u2265]|(more|less|over|under|at least|up to)\b", text):
        return refused("censored", "a limit, not a length of time")
    text = re.sub(r"\s+ago$|^(for|since)\s+", "", text)
    plain = _ABOUT.sub("", text)
    code = ("approximate", "read without 'about'") if plain != text else ("", "")
    plain = pattern.decimal_points(plain)
    if pattern.SIGNED.fullmatch(plain):
        return _weeks(float(plain.replace(" ", "")), default, *code)
    if (found := _SPREAD.fullmatch(plain)) and found[3] in _UNITS:
        low, high = float(found[1]), float(found[2])
        if low > high:
            return refused("two-scores", "two lengths of time")
        note = f"{shown(low)} to {shown(high)} {found[3]}"
        return _weeks((low + high) / 2, _UNITS[found[3]], "range-of-values", note)
    for word in sorted(_WORD_NUMBERS, key=len, reverse=True):
        plain = re.sub(rf"^{word}\b", str(_WORD_NUMBERS[word]), plain)
    parts = _PART.findall(plain)
    left = re.sub(r"and|[\s,+&]", "", _PART.sub("", plain))
    if not parts or left or any(name not in _UNITS for _, name in parts):
        return refused("type-error", "write a number and days, weeks, months or years")
    weeks = sum(float(number) * _PER_WEEK[_UNITS[name]] for number, name in parts)
    return within(weeks, _WEEKS, *code)


def _weeks(number: float, unit: str, code: str = "", note: str = "") -> Parsed:
    """A number of days, weeks, months or years as weeks."""
    if not unit:
        return refused("unknown-unit", "days, weeks, months or years?")
    return within(number * _PER_WEEK[unit], _WEEKS, code, note)
