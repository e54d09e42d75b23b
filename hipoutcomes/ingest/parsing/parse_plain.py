"""Raw cells become plain numbers with a unit, and the pressure used."""

import re
from collections.abc import Collection
from datetime import date, time, timedelta

from hipoutcomes.ingest.parsing import score_patterns as pattern
from hipoutcomes.ingest.parsing.parsed import Parsed, absent, number_of, shown, tidy
from hipoutcomes.ingest.parsing.scales import Scale, likely_original, refused, within

_PRESSURE = {
    "light": "light gentle soft superficial l very-light feather",
    "medium": "medium moderate med mod m normal average",
    "firm": "firm strong hard f heavy",
    "deep": "deep d very-deep very-firm",
}
_PRESSURES = {word: level for level, words in _PRESSURE.items() for word in words.split()}
#: The five levels of Walton's pressure scale (Walton 2011, Medical Conditions and Massage Therapy).
_WALTON = {1: "light", 2: "light", 3: "medium", 4: "firm", 5: "deep"}


def parse_pressure(raw: object, sentinels: Collection = ()) -> Parsed:
    """Read ``light``, ``medium``, ``firm`` or ``deep``; 1 to 5 as on Walton's scale; never raises.

    Examples
    --------
    >>> parse_pressure("Firm").value, parse_pressure(5).value, parse_pressure(5).code
    ('firm', 'deep', 'rescaled')
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    text = re.sub(r"\s*\bpressure\b", "", tidy(raw)).strip().replace("very ", "very-")
    if text in _PRESSURES:
        return Parsed(_PRESSURES[text])
    text = re.sub(r"\s*/\s*5$|^level\s*", "", text)
    if text in ("1", "2", "3", "4", "5"):
        level = _WALTON[int(text)]
        return Parsed(level, "rescaled", f"{text} of 5 read as {level}")
    parts = [_PRESSURES.get(part.strip()) for part in re.split(r"-|/|\bto\b|,|\band\b", text)]
    if len(parts) > 1 and all(parts):
        return refused("two-scores", "name one pressure")
    return refused("type-error", "use light, medium, firm or deep")


def parse_number(
    raw: object,
    unit: str = "",
    *,
    sentinels: Collection = (),
    lowest: float = 0.0,
    highest: float = 1e6,
    whole: bool = False,
) -> Parsed:
    """Read a plain number, such as an age or a visit number; never raises.

    Parameters
    ----------
    raw : object
    unit : str
        Unit that may stand with the number, such as ``years``.
    lowest, highest : float
        Numbers outside are refused.
    whole : bool
        Whether only whole numbers are allowed.

    Examples
    --------
    >>> parse_number("45 yrs", "years", highest=120).value
    45.0
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    scale = Scale(lowest, highest, step=0.0, unit=unit)
    number = number_of(raw)
    if number is None:
        if isinstance(raw, date | time | timedelta):
            return refused("excel-date", likely_original(raw))
        if not isinstance(raw, str):
            return refused("type-error", "not a number")
        number = _typed_number(tidy(raw), unit)
    if number is None:
        return refused("type-error", "not a number")
    if whole and not float(number).is_integer():
        return refused("type-error", f"{shown(number)} is not a whole number")
    return within(number, scale)


def _typed_number(text: str, unit: str) -> float | None:
    """A number as typed, with or without its unit."""
    words = {unit, unit.rstrip("s"), unit[:1], unit[:3], f"{unit[:3]}s"}
    words |= {"yo", "y/o", "yr", "yrs", "years old", "ans"} if unit == "years" else set()
    found = re.fullmatch(r"(.*?\d)\s*([^\d.,]+)\.?", text)
    if found and found[2].strip() in words:
        text = found[1]
    pointed = pattern.decimal_points(text)
    return float(pointed.replace(" ", "")) if pattern.SIGNED.fullmatch(pointed) else None
