"""A raw cell becomes an angle in degrees."""

import re
from dataclasses import replace
from datetime import date, time, timedelta

from hipoutcomes.ingest.parsing import score_patterns as pattern
from hipoutcomes.ingest.parsing.parsed import Parsed, absent, number_of, shown, tidy
from hipoutcomes.ingest.parsing.scales import Scale, likely_original, refused, within

#: Two readings no further apart than this are one reading given as a range.
NEIGHBOURS = 15
#: An arc of movement begins at or below this angle.
ARC_START = 10

_UNIT = re.compile(
    r"\s*(?:\u00b0|\u00ba|\bdegrees?\b|\bdegs?\b\.?|(?<=\d)degrees?\b|(?<=\d)degs?\b\.?)"
)
_DESCRIBED = re.compile(
    r"\b(wnl|wfl|nad|full|fully|normal|norm|restricted|reduced|limited|decreased|increased|tight"
    r"|stiff|pain|painful|pain-free|good|fair|poor|ok|okay|mild|moderate|severe|slight|end ?range"
    r"|functional|intact|symmetrical|equal|half|quarter|hypermobile|mobile|less|more|better|worse"
    r"|within normal|unrestricted|none|nil|rom|lacking|same)(ly)?\b"
)
_THREE = re.compile(rf"{pattern.NUMBER}\s*[-/]\s*{pattern.NUMBER}\s*[-/]\s*{pattern.NUMBER}")


def parse_degrees(raw: object, scale: Scale) -> Parsed:
    """Read one range-of-motion reading; never raises.

    Parameters
    ----------
    raw : object
        The cell as typed: text, or a typed value of a workbook.
    scale : Scale
        Hard limits (refused beyond) and soft limits (kept with a warning) of the motion, for
        example ``Scale.of(MEASURES["flexion"])``.

    Returns
    -------
    Parsed
        The value is a float in degrees, or None.

    Examples
    --------
    >>> flexion = Scale(0, 180, unit="degrees", soft_high=150)
    >>> parse_degrees("0-120\u00b0", flexion)
    Parsed(value=120.0, code='arc', note='0 to 120, read as 120')
    >>> parse_degrees("WNL", flexion).code
    'not-degrees'
    """
    if (nothing := absent(raw, scale.sentinels)) is not None:
        return nothing
    scale = replace(scale, step=0.0)
    if isinstance(raw, bool):
        return refused("type-error", "TRUE and FALSE are no angles")
    if (number := number_of(raw)) is not None:
        return within(number, scale)
    if isinstance(raw, date | time | timedelta):
        return refused("excel-date", likely_original(raw))
    if not isinstance(raw, str):
        return refused("type-error", "this is not a number")
    typed = tidy(raw)
    if pattern.BOTH_SIDES.search(typed):
        return refused("two-sides", "one value for the left and one for the right")
    text = _UNIT.sub("", typed).strip()
    for read in (_one, _two, _no_angle):
        if (parsed := read(text, scale)) is not None:
            return parsed
    return refused("type-error", "not an angle")


def _one(text: str, scale: Scale) -> Parsed | None:
    """One number, exact or nearly; a limit is refused."""
    if pattern.SIGNED.fullmatch(text):
        return within(float(text.replace(" ", "")), scale)
    pointed = pattern.decimal_points(text)
    if pointed != text and pattern.SIGNED.fullmatch(pointed):
        number = float(pointed.replace(" ", ""))
        return within(number, scale, "decimal-comma", f"read as {shown(number)}")
    if pattern.LIMIT.fullmatch(text):
        return refused("censored", "a limit, not a number")
    if found := pattern.NEARLY.fullmatch(pointed):
        number = float(found[1] or found[2])
        return within(number, scale, "approximate", f"read as {shown(number)}")
    return None


def _two(text: str, scale: Scale) -> Parsed | None:
    """An arc of movement (0-120), neighbours (115-120), or two readings."""
    pointed = pattern.decimal_points(text)
    if _THREE.fullmatch(pointed):
        return refused("two-scores", "three angles; give each motion a column of its own")
    if found := pattern.BETWEEN.fullmatch(pointed):
        low, high = float(found[1]), float(found[2])
        if low == 0 or (low <= ARC_START and high - low > NEIGHBOURS):
            note = f"{shown(low)} to {shown(high)}, read as {shown(high)}"
            return within(high, scale, "arc", note)
        if 0 <= high - low <= NEIGHBOURS:
            note = f"{shown(low)} to {shown(high)}"
            return within((low + high) / 2, scale, "range-of-values", note)
        return refused("two-scores", f"{shown(low)} and then {shown(high)}?")
    if pattern.BECAME.fullmatch(text):
        return refused("two-scores", "two readings, one after the other?")
    return None


def _no_angle(text: str, scale: Scale) -> Parsed | None:
    """A share of the full range, a date that Excel made, or a description."""
    if pattern.OUT_OF.fullmatch(text) or re.fullmatch(r"[\d.,]+\s*%.*", text):
        return refused("not-degrees", "a share of the range, not an angle")
    if pattern.TYPED_DATE.fullmatch(text):
        return refused("excel-date", "looks like an angle turned into a date or a time")
    if _DESCRIBED.search(text):
        return refused("not-degrees", "a description, not an angle")
    if pattern.WITH_UNIT.fullmatch(text):
        return refused("unknown-unit", "this column is in degrees")
    return None
