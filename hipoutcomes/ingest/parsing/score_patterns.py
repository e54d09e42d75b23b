"""The ways in which people type a score, as patterns over text made plain by `parsed.tidy`."""

import re

NUMBER = r"(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})"
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sept|sep|oct|nov|dec"
_LEFT, _RIGHT = r"\(?(?:left|lt|l)\b", r"\(?(?:right|rt|r)\b"
_LEFT_OF, _RIGHT_OF = r"\b(?:left|lt|l)\W*\d", r"\b(?:right|rt|r)\W*\d"

SIGNED = re.compile(rf"[+-]?\s?{NUMBER}")
DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d{1,3}),(\d{1,2})(?![\d.,])")
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
OUT_OF = re.compile(rf"{NUMBER}\s*(?:/|out of|of)\s*{NUMBER}")
BETWEEN = re.compile(rf"{NUMBER}\s*(?:-|to|or|~)\s*{NUMBER}")
BECAME = re.compile(rf"{NUMBER}\s*(?:-+>|=>|>+|\u2192|\u21d2|then|now|;|\||,)\s*{NUMBER}")
LIMIT = re.compile(
    r"(?:<=?|>=?|\u2264|\u2265|under|over|below|above|less than|more than|at least|at most|up to"
    rf"|max\.?|min\.?)\s*{NUMBER}.*"
)
WITH_UNIT = re.compile(rf"{NUMBER}\s*([a-z%\u00b0\u00ba\"'][a-z.%/]*)")
NEARLY = re.compile(
    rf"(?:(?:~|approx\.?|about|around|circa|ca\.?|c\.|roughly|maybe|nearly|almost)\s*{NUMBER}"
    rf"|{NUMBER}\s*(?:\+{{1,2}}|-?ish|\?|approx\.?))"
)
BOTH_SIDES = re.compile(
    rf"{_LEFT_OF}.*{_RIGHT_OF}|{_RIGHT_OF}.*{_LEFT_OF}"
    rf"|\d\W*{_LEFT}.*\d\W*{_RIGHT}|\d\W*{_RIGHT}.*\d\W*{_LEFT}"
)
TYPED_DATE = re.compile(
    rf"(?P<day>\d{{1,2}})[-/ ](?P<month>{_MONTH})[a-z]*(?:[-/ ]\d{{2,4}})?"
    rf"|(?P<month2>{_MONTH})[a-z]*[-/ ](?P<day2>\d{{1,4}})"
    r"|\d{4}-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[ t]\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)\d{2,4}|\d{1,2}:\d{2}(?::\d{2})?"
)
MONTHS = tuple(_MONTH.replace("|sept", "").split("|"))

#: Words that describe a score; they are never turned into numbers.
SEVERITY_WORDS = re.compile(
    r"\b(mild|moderate|severe|slight|minimal|light|strong|intense|extreme|terrible|awful|horrible"
    r"|bad|good|great|fair|poor|ok|okay|better|worse|worst|same|improved|unchanged|low|medium|high"
    r"|little|lots?|much|very|sore|tender|stiff|tight|dull|sharp|ache|achy|aching|less|more|normal"
    r"|excellent|some|manageable|tolerable|unbearable|up|down)(ly)?\b"
)

#: Units by the unit of the measure.
UNITS = {
    "points": ("p", "pt", "pts", "point", "points"),
    "seconds": ("s", "sec", "secs", "second", "seconds", '"'),
    "repetitions": ("x", "rep", "reps", "times", "stands", "repetitions", "repetition"),
    "degrees": ("d", "deg", "deg.", "degs", "degree", "degrees", "\u00b0", "\u00ba"),
}
#: Parts of a ten-centimetre line.
LINE = {"mm": 0.01, "cm": 0.1}


def decimal_points(text: str) -> str:
    """The text with decimal commas as points."""
    return DECIMAL_COMMA.sub(r"\1.\2", text)
