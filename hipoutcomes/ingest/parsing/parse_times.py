"""Raw cells become a time of day."""

import re
from collections.abc import Collection
from datetime import datetime, time, timedelta

from hipoutcomes.ingest.parsing.parsed import Parsed, absent, tidy

_MINUTES_OF_A_DAY = 24 * 60
_CLOCK = re.compile(
    r"(?<![\d:+-])(?P<hour>\d{1,2})[:.h](?P<minute>[0-5]\d)(?:[:.][0-5]\d(?:\.\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?(?![\d:])"
)
_HOUR_ONLY = re.compile(r"(?P<hour>\d{1,2})(?P<minute>)\s*(?P<half>[ap]\.?m\.?)")


def parse_time(raw: object, sentinels: Collection = ()) -> Parsed:
    """Read a time of day as minutes since midnight; never raises.

    Examples
    --------
    >>> parse_time("2:30 pm").value, parse_time("14h30").value, parse_time("half past two").code
    (870.0, 870.0, 'type-error')
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    minutes = minutes_of(raw)
    if minutes is None and isinstance(raw, str):
        minutes = _minutes(_HOUR_ONLY.fullmatch(tidy(raw)))
    if minutes is None:
        return Parsed(None, "type-error", "expected a time such as 14:30")
    return Parsed(minutes)


def minutes_of(raw: object) -> float | None:
    """Minutes since midnight in a time, or in a date with one; None where there is none.

    Examples
    --------
    >>> minutes_of("2026-09-01 08:30:00 -0700"), minutes_of("2026-09-01"), minutes_of("5.3.2026")
    (510.0, None, None)
    """
    if isinstance(raw, datetime | time):
        return raw.hour * 60.0 + raw.minute
    if isinstance(raw, timedelta):
        minutes = raw.total_seconds() // 60
        return minutes if 0 <= minutes < _MINUTES_OF_A_DAY else None
    if isinstance(raw, float) and 0 < raw < 1:
        return float(round(raw * _MINUTES_OF_A_DAY))
    if not isinstance(raw, str) or len(raw) > 60:
        return None
    text = tidy(raw)
    found = _CLOCK.search(re.sub(r"(?<=\d)t(?=\d)", " ", text))
    if found and "." in found.group() and not _stands_alone(found, text):
        return None
    return _minutes(found)


def _stands_alone(found: re.Match, text: str) -> bool:
    """Whether a time written with points is the whole cell: 8.30 may be part of a date."""
    return found.group().strip() == text and (found["half"] is not None or ":" in text)


def _minutes(found: re.Match | None) -> float | None:
    """Minutes of a clock time, with its half of the day."""
    if found is None:
        return None
    hour, half = int(found["hour"]), (found["half"] or "")[:1]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour * 60.0 + int(found["minute"] or 0) if hour < 24 else None
