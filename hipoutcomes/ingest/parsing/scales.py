"""What a column of scores can hold, and whether a number fits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hipoutcomes.ingest.parsing.parsed import Parsed, shown

NONE_MEANS = ("", "zero", "missing")


@dataclass(frozen=True, slots=True)
class Scale:
    """What a column of scores can hold.

    Attributes
    ----------
    lowest, highest : float
        Hard limits of the score as the column writes it.
    step : float
        1 where the scale has whole numbers only, 0 where it is continuous.
    noun : str
        What is scored: "no pain" is then read as the lowest score.
    unit : str
        ``points``, ``seconds``, ``repetitions`` or ``degrees``.
    better : {"lower", "higher"}
    soft_low, soft_high : float, optional
        Limits of what is usually seen.
    sentinels : collection of str or number
        The column's codes for missing.
    none_means : {"", "zero", "missing"}
        What a bare "none" stands for; empty where the owner has not said.

    Examples
    --------
    >>> within(11, Scale(0, 10))
    Parsed(value=None, code='range', note='11 is outside 0 to 10')
    """

    lowest: float = 0.0
    highest: float = 10.0
    step: float = 1.0
    noun: str = "pain"
    unit: str = "points"
    better: str = "lower"
    soft_low: float | None = None
    soft_high: float | None = None
    sentinels: Collection = frozenset()
    none_means: str = ""

    def __post_init__(self):
        if self.none_means not in NONE_MEANS:
            raise ValueError(f"none_means is {self.none_means!r}; use 'zero' or 'missing'.")

    @classmethod
    def of(cls, measure, *, sentinels: Collection = frozenset(), none_means: str = "") -> "Scale":
        """The scale of a measure of `vocabulary.instruments`."""
        return cls(
            float(measure.lowest), float(measure.highest), float(measure.step),
            measure.noun, measure.unit, measure.better, measure.soft_low, measure.soft_high,
            sentinels, none_means,
        )  # fmt: skip


def within(number: float, scale: Scale, code: str = "", note: str = "") -> Parsed:
    """A number if the scale allows it, else the reason why not."""
    if not scale.lowest <= number <= scale.highest:
        note = f"{shown(number)} is outside {shown(scale.lowest)} to {shown(scale.highest)}"
        if 32874 <= number < 73051 and float(number).is_integer() and scale.highest < 32874:
            note += (
                f"; Excel stores {date(1899, 12, 30) + timedelta(days=int(number))} as this number"
            )
        return refused("range", note)
    number = float(number) + 0.0
    if not code and scale.step == 1 and not number.is_integer():
        code, note = "half-point", f"{shown(number)} was kept"
    low, high = scale.soft_low, scale.soft_high
    if not code and ((low is not None and number < low) or (high is not None and number > high)):
        code, note = "soft-range", f"usually {shown(_or(low, scale.lowest))} to "
        note += shown(_or(high, scale.highest))
    return Parsed(number, code, note)


def likely_original(moment: date | datetime | time | timedelta) -> str:
    """What was probably typed before Excel made it a date or a time."""
    if isinstance(moment, date):
        return date_note(moment.month, moment.day)
    if isinstance(moment, time):
        return f"looks like {moment.hour}:{moment.minute:02d} turned into a time of day"
    return "looks like a score turned into a length of time"


def date_note(month: int, day: int) -> str:
    """What a date in a column of scores was before Excel changed it."""
    a, b = month, day
    return f"looks like {a}-{b} or {b}-{a} (or {a}/{b}, {b}/{a}) turned into a date"


def _or(value: float | None, otherwise: float) -> float:
    """A limit, or what holds where there is none."""
    return otherwise if value is None else value


def refused(code: str, note: str) -> Parsed:
    """A refused cell."""
    return Parsed(None, code, note)
