"""Readers of cells that hold words: names, codes, notes, aftercare, use of a technique."""

import re
from collections.abc import Collection

from hipoutcomes.ingest.grids.cells import as_typed
from hipoutcomes.ingest.parsing.parsed import Parsed, absent, number_of, tidy

_WHOLE = re.compile(r"\d+\.0+")
_MINUTES = re.compile(r"(\d+(?:\.\d+)?) ?(m|min|mins|minutes?|')?")
_YES = frozenset(["x", "y", "yes", "true", "t", "✓", "✔", "used", "done", "ja", "oui", "si"])
_NO = frozenset(["n", "no", "false", "f", "none", "nil", "0"])

_AFTERCARES = {
    "hydration": "hydration|hydrate|water|drink water|drinking water|fluids|drink",
    "rest": "rest|rested|resting|sleep|avoid strain|take it easy",
    "stretching": "stretching|stretch|stretches|stretched|stretching exercises",
    "strengthening": "strengthening|strengthen|strength|exercise|exercises|exercising|"
    "strength exercises|home exercises|strengthening exercises",
    "heat": "heat|heat pack|warm bath|warmth",
    "ice": "ice|cold|ice pack|cold pack",
    "walking": "walking|walk|walks",
}
_AFTERCARE = {word: code for code, words in _AFTERCARES.items() for word in words.split("|")}

_MODES = {
    **dict.fromkeys(("active", "a", "arom", "act"), "active"),
    **dict.fromkeys(("passive", "p", "prom", "pass"), "passive"),
}


def parse_text(raw: object, sentinels: Collection = ()) -> Parsed:
    """Read a name, a number or a code as typed, without spaces around it; 457 and 457.0 are one.

    Examples
    --------
    >>> parse_text(" 00457 ").value, parse_text(457.0).value, parse_text("457.0").value
    ('00457', '457', '457')
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    text = " ".join(as_typed(raw).split())
    return Parsed(text.split(".")[0] if _WHOLE.fullmatch(text) else text)


def parse_aftercare(raw: object, sentinels: Collection = ()) -> Parsed:
    """Read aftercare as words joined by ';': known ones by code, yes and no, others as typed.

    Examples
    --------
    >>> parse_aftercare("Water, stretches + foam roller").value
    'hydration;stretching;foam roller'
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    text = tidy(raw).strip(" .")
    if text in _YES or text == "1":
        return Parsed("yes")
    if text in _NO:
        return Parsed("no")
    pieces = [p.strip(" .") for p in re.split(r"[;,/+&|]| and ", text)]
    codes = dict.fromkeys(_AFTERCARE.get(piece, piece) for piece in pieces if piece)
    return Parsed(";".join(codes)) if codes else Parsed(None, "not-recorded")


def parse_mode(raw: object, sentinels: Collection = ()) -> Parsed:
    """Read active or passive."""
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    mode = _MODES.get(tidy(raw))
    return Parsed(mode) if mode else Parsed(None, "type-error", "expected active or passive")


def parse_use(raw: object, sentinels: Collection = ()) -> Parsed:
    """Read whether a technique was used, or for how many minutes; 0 means used, time unknown.

    Examples
    --------
    >>> parse_use("x").value, parse_use("25 min").value, parse_use("no").value
    (0.0, 25.0, None)
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    text = tidy(raw)
    if text in _YES:
        return Parsed(0.0)
    if text in _NO:
        return Parsed(None, "not-recorded", "not used")
    number = number_of(raw)
    if isinstance(raw, bool):
        return Parsed(0.0) if raw else Parsed(None, "not-recorded", "not used")
    if number is None and (
        found := re.fullmatch(r"(\d+(?:\.\d+)?) ?(m|min|mins|minutes?|')?", text)
    ):
        number = float(found.group(1))
    if number is None:
        return Parsed(None, "type-error", "expected yes, x, or minutes")
    if number == 0:
        return Parsed(None, "not-recorded", "not used")
    if number == 1:
        return Parsed(0.0)
    if not 1 < number <= 300:
        return Parsed(None, "range", "minutes of one technique lie between 1 and 300")
    return Parsed(number)
