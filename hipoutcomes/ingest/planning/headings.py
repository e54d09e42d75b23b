"""What a column heading says, put together from the words in it; never guessed from likeness."""

import re
from dataclasses import dataclass
from functools import lru_cache

from hipoutcomes.ingest.planning.targets import Target, parse_target
from hipoutcomes.vocabulary.codelists import TECHNIQUES
from hipoutcomes.vocabulary.fields import ALIASES, fold, squash
from hipoutcomes.vocabulary.heading_words import (
    FILLERS,
    MEASURE_WORDS,
    MODES,
    MOMENTS,
    MOTION_WORDS,
    MUSCLE_WORDS,
    NEVER_ALONE,
    SIDES,
    Moment,
)
from hipoutcomes.vocabulary.measures import MEASURES
from hipoutcomes.vocabulary.questionnaires import ITEMS

_SCALE = re.compile(r"(?<![\d.])[01]\s*(?:-|–|—|to|\.\.)\s*(10|100|5|4|3)(?!\d)|/\s*(10|100)(?!\d)")
_COURSE_LATER = re.compile(
    r"\b(?:(?:week|wk|month|mth|day) ?(\d+)|(\d+) ?(?:weeks?|wks?|months?|mths?|mo))"
    r"(?: (?:later|after|post|post op|follow up|followup|check|visit|score))*\b"
)
#: Here "right" is no side.
_NOW = re.compile(r"\b(?:right|just) now\b")
_LONGEST_MOMENT = max(len(phrase.split()) for phrase in MOMENTS)


@dataclass(frozen=True, slots=True)
class Heading:
    """What one heading says.

    Attributes
    ----------
    target : Target
        What the column holds.
    family : str
        ``visit``, ``course`` or ``either`` for scores; empty otherwise.
    moment_said : bool
        False where the heading of a score tells no moment, so that one was assumed.
    scale : str
        Scale that the heading names, such as ``0-10``; empty where it names none.
    """

    target: Target
    family: str = ""
    moment_said: bool = True
    scale: str = ""


def recognise(heading: str) -> str | None:
    """Target of a heading, as a mapping file writes it; None where it is not known.

    Parameters
    ----------
    heading : str
        As typed in the file.

    Examples
    --------
    >>> recognise("Client"), recognise("VAS before"), recognise("Hip IR active R post")
    ('patient', 'pain before', 'internal_rotation_active right after')
    >>> recognise("Pain right now"), recognise("Pain right hip now")
    ('pain before', 'pain right before')
    >>> recognise("Favourite colour")
    """
    found = read_heading(heading)
    return None if found is None else str(found.target)


@lru_cache(maxsize=4096)
def read_heading(heading: str) -> Heading | None:
    """Everything a heading says; None where it is not known.

    Exact names of fields come first, then the targets of mapping files, then scores put together
    from their words, then minutes of a technique.
    """
    if len(heading) > 200 or not heading.strip():
        return None
    scale = _scale_said(heading)
    words = _NOW.sub("now", fold(_SCALE.sub(" ", heading)))
    if field := ALIASES.get(squash(heading)) or ALIASES.get(words.replace(" ", "")):
        return Heading(parse_target(field), scale=scale)
    if field := ALIASES.get(re.sub(r" ?\d+$", "", words).replace(" ", "")):
        target = parse_target(field)
        return Heading(target) if target.may_repeat else None
    return _exact_target(heading) or _score_heading(words, scale) or _technique_heading(words)


def _exact_target(heading: str) -> Heading | None:
    """A heading that is a target itself, such as ``pain before`` or ``hoos_ps_3 before``."""
    target = parse_target(heading.strip().casefold())
    if target is None:
        return None
    family = ("" if target.timing in ("", "between") else "either") if target.score else ""
    return Heading(target, family)


def _scale_said(heading: str) -> str:
    """Scale named in a heading: ``0-10`` for "(0-10)" and "/10", ``0-100`` for millimetres."""
    if found := _SCALE.search(heading):
        return f"0-{found.group(1) or found.group(2)}"
    return "0-100" if re.search(r"\bmm\b", heading.casefold()) else ""


def _score_heading(words: str, scale: str) -> Heading | None:
    """A score: a measure, with moment, side and mode around it in any order."""
    if words in NEVER_ALONE:
        return None
    without_moment, moment = _take_moment(words)
    for rest, at in ((without_moment, moment), (words, None)):
        tokens = rest.split()
        side, tokens = _take(tokens, SIDES)
        mode, bare = _take(tokens, MODES)
        measure = _measure(bare, mode) or (None if mode else _measure(tokens, ""))
        if measure and not (at is None and moment is not None and measure not in ITEMS):
            return _heading_of(measure, side, at, scale)
    return None


def _heading_of(measure: str, side: str, moment: Moment | None, scale: str) -> Heading:
    """The heading of one measure; a score without a moment is one before treatment."""
    said = moment is not None
    if moment is None:
        moment = Moment("during" if measure == "discomfort" else "before", "either")
    target = Target.of_score(measure, moment.timing, side, moment.days_later)
    return Heading(target, moment.family if said else "", said, scale)


def _take_moment(words: str) -> tuple[str, Moment | None]:
    """Take the longest phrase that tells a moment out of the words."""
    tokens = words.split()
    for length in range(min(_LONGEST_MOMENT, len(tokens)), 0, -1):
        for start in range(len(tokens) - length + 1):
            phrase = " ".join(tokens[start : start + length])
            if moment := MOMENTS.get(phrase):
                rest = tokens[:start] + tokens[start + length :]
                return _drop_later(" ".join(rest)), moment
    if found := _COURSE_LATER.search(words):
        at_start = int(found.group(1) or found.group(2)) == 0
        rest = words[: found.start()] + " " + words[found.end() :]
        moment = Moment("before" if at_start else "between", "course")
        return " ".join(rest.split()), moment
    return words, None


def _drop_later(words: str) -> str:
    """Leave out the week of a later score whose moment was told in another way."""
    return " ".join(_COURSE_LATER.sub(" ", words).split())


def _take(tokens: list[str], table: dict[str, str]) -> tuple[str, list[str]]:
    """Take the one word of a table out of the tokens; none where there are two."""
    found = [token for token in tokens if token in table]
    if len({table[token] for token in found}) != 1:
        return "", tokens
    return table[found[0]], [token for token in tokens if token not in table]


def _measure(tokens: list[str], mode: str) -> str | None:
    """Measure or item that the remaining words name."""
    squashed = "".join(tokens)
    kept = "".join(token for token in tokens if token not in FILLERS)
    for word in (squashed, kept):
        if motion := _MOTIONS.get(word):
            return f"{motion}_{mode}" if mode else motion
        if not mode and (measure := _MEASURES.get(word)):
            return measure
    return None if mode else _tension(tokens)


def _tension(tokens: list[str]) -> str | None:
    """Tension of one muscle group."""
    names = [t for t in tokens if t not in FILLERS or t == "hip"]
    rest = [t for t in names if t not in ("tension", "tone", "tightness", "tenderness", "muscle")]
    if len(rest) == len(names):
        return None
    muscle = _MUSCLES.get("".join(rest))
    return f"tension_{muscle}" if muscle else None


def _technique_heading(words: str) -> Heading | None:
    """Minutes of one technique: "Minutes Swedish", or a technique's name alone."""
    tokens = [t for t in words.split() if t not in ("minutes", "mins", "min", "used", "done")]
    name = " ".join(tokens)
    code = TECHNIQUES.find(name) if name else None
    return Heading(parse_target(f"minutes:{code}")) if code and len(name) > 2 else None


def _table(words: dict[str, str]) -> dict[str, str]:
    """Each phrase without spaces, and the code it names."""
    return {
        squash(phrase): code
        for code, phrases in words.items()
        for phrase in (code.replace("_", " "), *phrases.split("|"))
    }


def _item_names(code: str) -> tuple[str, ...]:
    """Ways to write an item's code: hoos_ps_3, HOOS-PS Q3, HOOS PS item 3."""
    stem, _, last = code.rpartition("_")
    names = [code, f"{stem} q {last}", f"{stem} item {last}"]
    return tuple(dict.fromkeys(squash(name) for name in names))


_MOTIONS = _table(MOTION_WORDS)
_MUSCLES = _table(MUSCLE_WORDS)
_MEASURES = {
    **{name: code for code in ITEMS for name in _item_names(code)},
    **_table({code: code.replace("_", " ") for code in MEASURES}),
    **_table(MEASURE_WORDS),
}
