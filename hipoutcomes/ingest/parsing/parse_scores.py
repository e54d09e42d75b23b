"""A raw cell becomes a score, on the scale that its column uses."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hipoutcomes.ingest.grids.cells import Cells, as_typed
from hipoutcomes.ingest.parsing import score_patterns as pattern
from hipoutcomes.ingest.parsing.parsed import Parsed, absent, number_of, shown, tidy
from hipoutcomes.ingest.parsing.scales import Scale, date_note, likely_original, refused, within

#: Of a column's scores, at most this share above 10 are errors of a 0-10 scale.
MOST_STRAY = 0.1
_TENS = (10.0, 100.0)


def parse_score(raw: object, scale: Scale) -> Parsed:
    """Read one score; never raises.

    Parameters
    ----------
    raw : object
        The cell as typed: text, or a typed value of a workbook.
    scale : Scale

    Returns
    -------
    Parsed
        The value is a float within the scale, or None.

    Examples
    --------
    >>> parse_score("6-7", Scale(0, 10))
    Parsed(value=6.5, code='range-of-values', note='6 to 7')
    >>> parse_score("<2", Scale(0, 10)).code
    'censored'
    """
    if (nothing := absent(raw, scale.sentinels)) is not None:
        return nothing
    if isinstance(raw, bool):
        return refused("type-error", "TRUE and FALSE are no scores")
    if (number := number_of(raw)) is not None:
        return within(number, scale)
    if isinstance(raw, date | datetime | time | timedelta):
        return Parsed(None, "excel-date", likely_original(raw))
    if not isinstance(raw, str):
        return refused("type-error", "this is not a number")
    text = tidy(raw).replace("\u00bd", ".5").replace(" .5", ".5")
    for read in (_plain, _sides_or_date, _none, _fraction, _two, _nearly_or_limit, _with_unit):
        if (parsed := read(text, scale)) is not None:
            return parsed
    return _words(text, raw)


def _plain(text: str, scale: Scale) -> Parsed | None:
    """A bare number, with a point or a comma."""
    if pattern.SIGNED.fullmatch(text):
        return within(float(text.replace(" ", "")), scale)
    comma = pattern.DECIMAL_COMMA.fullmatch(text)
    if comma and (len(comma[2]) == 1 or scale.step == 0):
        number = float(f"{comma[1]}.{comma[2]}")
        return within(number, scale, "decimal-comma", f"read as {shown(number)}")
    if pattern.THOUSANDS.fullmatch(text):
        return within(float(text.replace(",", "")), scale)
    return None


def _sides_or_date(text: str, scale: Scale) -> Parsed | None:
    """Values for two sides, or text that Excel wrote for a date."""
    if pattern.BOTH_SIDES.search(text):
        return refused("two-sides", "one value for the left and one for the right")
    found = pattern.TYPED_DATE.fullmatch(text)
    if not found:
        return None
    if month := found["month"] or found["month2"]:
        pair = (pattern.MONTHS.index(month[:3]) + 1, int(found["day"] or found["day2"]))
    elif found["m"] or found["a"]:
        pair = (int(found["m"] or found["a"]), int(found["d"] or found["b"]))
    else:
        return refused("excel-date", "looks like a score turned into a time of day")
    return refused("excel-date", date_note(*pair))


def _none(text: str, scale: Scale) -> Parsed | None:
    """Words for zero, and the bare "none" that needs an answer."""
    lower = scale.better == "lower" and scale.lowest <= 0 <= scale.highest
    nouns = {scale.noun, "pain"} if "pain" in scale.noun else {scale.noun}
    zero = {"zero", "nought"} | {f"{no} {noun}" for no in ("no", "zero", "nil") for noun in nouns}
    zero |= {f"{noun}{free}" for noun in nouns for free in (" free", "-free", "free")}
    if lower and text.rstrip(".!") in zero:
        return within(0.0, scale, "zero-in-words", "read as 0")
    if text.rstrip(".!") not in ("none", "nil", "no"):
        return None
    if scale.none_means == "missing":
        return Parsed(None, "not-recorded", f"{text} stands for not recorded")
    if scale.none_means == "zero" and lower:
        return within(0.0, scale, "zero-in-words", f"{text} stands for 0")
    return refused("ambiguous-none", "0, or not recorded?")


def _fraction(text: str, scale: Scale) -> Parsed | None:
    """A score out of something: 7/10, 70/100, 7 out of 10."""
    found = pattern.OUT_OF.fullmatch(pattern.decimal_points(text))
    if not found:
        return None
    part, whole = float(found[1]), float(found[2])
    known = whole == scale.highest or (whole in _TENS and scale.highest in _TENS)
    if scale.lowest != 0 or part > whole or not known:
        return refused("unknown-scale", f"the column runs to {shown(scale.highest)}")
    if whole == scale.highest:
        return within(part, scale)
    number = round(part * scale.highest / whole, 9)
    return within(number, scale, "rescaled", f"{text} read as {shown(number)}")


def _two(text: str, scale: Scale) -> Parsed | None:
    """Two numbers: neighbours such as 6-7, or one that became another."""
    text = re.sub(rf"\s*(/|out of)\s*{shown(scale.highest)}$", "", text)
    if found := pattern.BETWEEN.fullmatch(pattern.decimal_points(text)):
        low, high = float(found[1]), float(found[2])
        if low > high:
            return refused("two-scores", f"{shown(low)} and then {shown(high)}?")
        for end in (low, high):
            if (outside := within(end, scale)).value is None:
                return outside
        note = f"{shown(low)} to {shown(high)}"
        return within((low + high) / 2, scale, "range-of-values", note)
    if found := pattern.BECAME.fullmatch(text):
        return refused("two-scores", f"{found[1]} and then {found[2]}?")
    return None


def _nearly_or_limit(text: str, scale: Scale) -> Parsed | None:
    """8+, ~6, 6ish are kept; <2 and >8 are limits, not scores."""
    if pattern.LIMIT.fullmatch(text):
        return refused("censored", "a limit, not a number")
    text = re.sub(rf"\s*(/|out of)\s*{shown(scale.highest)}$", "", text)
    if found := pattern.NEARLY.fullmatch(pattern.decimal_points(text)):
        number = float(found[1] or found[2])
        return within(number, scale, "approximate", f"read as {shown(number)}")
    return None


def _with_unit(text: str, scale: Scale) -> Parsed | None:
    """A number with a unit: 62 mm and 6.2 cm of a ten-centimetre line, 12 s, 85 %."""
    found = pattern.WITH_UNIT.fullmatch(pattern.decimal_points(text))
    if not found or pattern.SEVERITY_WORDS.search(found[2]):
        return None
    number, unit = float(found[1]), found[2]
    per_unit = _per_unit(unit, scale)
    if per_unit is None:
        return refused("unknown-unit", f"{unit} is not a unit of this column")
    number = round(number * per_unit, 9)
    if unit in pattern.UNITS.get(scale.unit, ()):
        return within(number, scale)
    return within(number, scale, "unit", f"read as {shown(number)}")


def _per_unit(unit: str, scale: Scale) -> float | None:
    """What one of `unit` is on the scale; None where it has no meaning there."""
    if unit in pattern.UNITS.get(scale.unit, ()):
        return 1.0
    if scale.unit != "points" or scale.lowest != 0:
        return None
    if unit == "%":
        return 1.0 if scale.highest == 100 else None
    return (
        pattern.LINE[unit] * scale.highest
        if unit in pattern.LINE and scale.highest in _TENS
        else None
    )


def _words(text: str, raw: str) -> Parsed:
    """The refusal of anything else."""
    if pattern.SEVERITY_WORDS.search(text):
        return refused("word-score", "ask for a number")
    numbers = re.findall(pattern.NUMBER, text)
    if len(set(numbers)) == 1:
        return refused("type-error", f"type {numbers[0]} alone if that is the score")
    return refused("type-error", "not a number")


@dataclass(frozen=True, slots=True)
class ScaleEvidence:
    """What a column of pain scores shows about its scale; counts are rows.

    Attributes
    ----------
    n_up_to_10 : int
        Scores of 0 to 10.
    n_above_10 : int
        Scores above 10, up to 100.
    n_above_100 : int
        Numbers that neither scale allows.
    n_other : int
        Filled cells that hold no plain number.
    verdict : {"0-10", "0-100", "mixed", "none"}
        ``0-10`` with at most a tenth above 10 (those are errors); ``0-100`` with four fifths
        above 10, or with half above 10 and nothing below but multiples of 5; ``none`` without
        a number.
    examples : tuple of str
        Scores above 10 as typed, then others.
    """

    n_up_to_10: int
    n_above_10: int
    n_above_100: int
    n_other: int
    verdict: str
    examples: tuple[str, ...]


def scale_evidence(cells: Cells, sentinels: Collection = ()) -> ScaleEvidence:
    """Weigh all scores of a column for 0-10 against 0-100.

    Examples
    --------
    >>> scale_evidence(Cells.of(["70", "45", "80", "62", "12"])).verdict
    '0-100'
    """
    counts = {"low": 0, "high": 0, "beyond": 0, "other": 0}
    fives = True
    examples: dict[str, list[str]] = {"high": [], "low": []}
    anything = Scale(-1e9, 1e9, step=0.0, sentinels=sentinels)
    for value, n in zip(cells.values, cells.counts.tolist(), strict=True):
        if (score := _plain_score(value, anything)) is None:
            counts["other"] += n
            continue
        place = "beyond" if not 0 <= score <= 100 else "low" if score <= 10 else "high"
        counts[place] += n
        fives &= place != "low" or score % 5 == 0
        examples.get(place, []).append(as_typed(value))
    verdict = _scale_verdict(counts["low"], counts["high"], fives)
    shown_first = (*examples["high"][:3], *examples["low"][:3])
    return ScaleEvidence(*counts.values(), verdict, shown_first)


def _plain_score(value: object, anything: Scale) -> float | None:
    """A plain number of a cell, None for everything else."""
    if absent(value, anything.sentinels) is not None:
        return None
    if isinstance(value, str):
        parsed = _plain(tidy(value), anything)
        return None if parsed is None else parsed.value
    return number_of(value)


def _scale_verdict(low: int, high: int, fives: bool) -> str:
    """Scale of a column with so many scores up to 10 and above."""
    if low + high == 0:
        return "none"
    share = high / (low + high)
    if share <= MOST_STRAY:
        return "0-10"
    if share >= 1 - 2 * MOST_STRAY or (share >= 0.5 and fives):
        return "0-100"
    return "mixed"
