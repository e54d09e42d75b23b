"""Moments in a system's time become the day and time on the clinic's own wall."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.ingest.structured.json_text import words

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Clock:
    """The clinic's wall clock.

    Parameters
    ----------
    timezone : str, optional
        Name such as ``America/Vancouver``. Without it, moments in UTC cannot be told to a day.

    Raises
    ------
    ValueError
        When there is no time zone of that name.

    Examples
    --------
    >>> Clock("America/Vancouver").local("2026-03-06T02:00:00Z", "notes.json")
    ('2026-03-05', '18:00')
    >>> Clock().local("2026-03", "bundle.json")
    ('2026-03', '')
    """

    def __init__(self, timezone: str | None = None):
        self.zone = None
        if timezone:
            try:
                self.zone = ZoneInfo(timezone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise ValueError(
                    f"timezone must be a name such as 'America/Vancouver'; it is {timezone!r}."
                ) from None

    def local(self, raw: object, file: str) -> tuple[str, str]:
        """Day and time of a moment; a moment that is no whole day stays as it was written.

        Raises
        ------
        DecisionNeeded
            When a moment is in UTC and no time zone was told.
        """
        text = words(raw)
        if len(text) <= 10 or not (moment := _moment(text)):
            return text, ""
        if moment.tzinfo is not None:
            if self.zone is not None:
                try:
                    moment = moment.astimezone(self.zone)
                except OverflowError:
                    return text, ""
            elif moment.utcoffset() == timedelta(0):
                raise _ask_zone(file)
        return moment.strftime("%Y-%m-%d").rjust(10, "0"), moment.strftime("%H:%M")


def is_day(text: str) -> bool:
    """Whether a text is a whole day such as 2026-03-05."""
    return bool(_DAY.fullmatch(text))


def minutes_between(start: object, end: object) -> int | None:
    """Whole minutes from one moment to a later one within a day; None where that is not so."""
    first, last = _moment(words(start)), _moment(words(end))
    if first is None or last is None or (first.tzinfo is None) != (last.tzinfo is None):
        return None
    minutes = int((last - first).total_seconds() // 60)
    return minutes if 0 < minutes < 24 * 60 else None


def _moment(text: str) -> datetime | None:
    """A moment written as ISO 8601 says."""
    if len(text) > 40:
        return None
    try:
        moment = datetime.fromisoformat(text)
        # Offsets of a day or more, and days at the ends of the calendar, fail only when used.
        if moment.tzinfo is not None:
            moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


def _ask_zone(file: str) -> DecisionNeeded:
    return DecisionNeeded(
        f"The times in {file} are in UTC, so that an evening visit may fall on the next day.",
        "The day of a visit is the day at the clinic.",
        "Say where the clinic is, such as --timezone America/Vancouver (or --timezone UTC).",
    )
