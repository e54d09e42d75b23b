"""Days as people type them into the options of a command."""

from datetime import date

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
