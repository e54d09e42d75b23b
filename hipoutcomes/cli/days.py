"""Days as people type and read them."""

from datetime import date, timedelta

import typer


def a_day(text: str | None, option: str) -> date | None:
    """The day that an option names; None where it was not given.

    Raises
    ------
    BadParameter
        When it is no day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{option} is a day, written as 2026-11-25.") from None


def date_of(day: float) -> str:
    """A day since 1970-01-01 as a date; a dash where there is none.

    Examples
    --------
    >>> date_of(20_517), date_of(float("nan"))
    ('2026-03-05', '-')
    """
    return "-" if day != day else str(date(1970, 1, 1) + timedelta(days=int(day)))
