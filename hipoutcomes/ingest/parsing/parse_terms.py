"""A raw cell becomes the terms in it: techniques with minutes, conditions, sides, yes and no."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hipoutcomes.ingest.grids.cells import as_typed
from hipoutcomes.ingest.parsing import score_patterns as pattern
from hipoutcomes.ingest.parsing.parsed import Parsed, absent, tidy
from hipoutcomes.ingest.parsing.scales import refused

if TYPE_CHECKING:
    from hipoutcomes.vocabulary.codelists import Codelist

#: What a term that is in no list is kept as.
OTHER = "other"

#: Marks between terms, the strongest first; a cell is split only as far as it must be.
_SEPARATORS = (
    re.compile(r"[;|\n\r\u2022]+"),
    re.compile(r"[,+]+"),
    re.compile(r"[/&]+|\b(?:and|with|then|et)\b|\bw/", re.IGNORECASE),
)
_MINUTES_AFTER = re.compile(
    r"(?P<term>.*?[^\s\d(\[:=-])[\s:=(\[-]*(?P<minutes>\d{1,3})\s*(?P<unit>minutes?|mins?\.?|m|')?\s*[)\]]?",
    re.IGNORECASE | re.DOTALL,
)
_MINUTES_BEFORE = re.compile(
    r"(?P<minutes>\d{1,3})\s*(?P<unit>minutes?|mins?\.?|m\b|')?[\s:=)-]*(?:of\s+)?(?P<term>[^\W\d].*)",
    re.IGNORECASE | re.DOTALL,
)
_NO_TERMS = frozenset(("none", "nil", "no", "nothing"))
#: No session holds more of one technique.
MOST_MINUTES = 300

_SIDE_WORDS = {
    "left": "l lt left lhs lf lft gauche g",
    "right": "r rt right rhs rgt droite",
    "both": "b both bl b/l bil bilat bilateral bilaterally bi lr rl",
}
_LEFT, _RIGHT, _BOTH = (frozenset(words.split()) for words in _SIDE_WORDS.values())
_ANSWERS = {
    True: "y yes yep true t 1 x \u2713 \u2714 \u2611 checked done oui si ja",
    False: "n no nope false f 0 \u2717 \u2718 \u2610 unchecked none never non nein",
}
_YES, _NO = (frozenset(words.split()) for words in _ANSWERS.values())
_SEX = {
    "female": "f female woman w girl fem femme cis-female",
    "male": "m male man boy masc homme cis-male",
    "other": "x o other nb non-binary nonbinary enby diverse intersex another trans transgender",
}
_SEXES = {word: sex for sex, words in _SEX.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Term:
    """One term found in a cell.

    Attributes
    ----------
    code : str
        From the codelist; ``other`` where the term is in no list.
    text : str
        As typed, without the minutes.
    minutes : int or None
        Minutes typed with it.
    suggestion : str
        Code of the term that was perhaps meant; empty without one.
    """

    code: str
    text: str
    minutes: int | None = None
    suggestion: str = ""


def parse_terms(raw: object, codelist: "Codelist", sentinels: Collection = ()) -> Parsed:
    """Read the terms of a cell; never raises.

    The whole cell is looked up first, so that "Swedish/relaxation" can be one term; then it is
    split at ``; | line end``, then ``, +``, then ``/ & and with``. A term in no list is kept as
    ``other`` and named with a suggestion; nothing is matched by likeness.

    Parameters
    ----------
    raw : object
    codelist : Codelist
        For example `vocabulary.codelists.TECHNIQUES`.

    Returns
    -------
    Parsed
        The value is a tuple of codes, each once, in the order typed.
    """
    parsed = parse_treatments(raw, codelist, sentinels)
    if parsed.value is None:
        return parsed
    codes = tuple(dict.fromkeys(term.code for term in parsed.value))
    return Parsed(codes, parsed.code, parsed.note)


def parse_treatments(raw: object, codelist: "Codelist", sentinels: Collection = ()) -> Parsed:
    """Read the terms of a cell with the minutes of each: "Swedish 30, MFR 20"; never raises.

    Returns
    -------
    Parsed
        The value is a tuple of `Term`, one per code, minutes of a repeated code added; terms in
        no list keep their own text each.
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    if not isinstance(raw, str):
        return Parsed(None, "type-error", f"{as_typed(raw)[:20]} is a number or a date")
    text = raw.strip()
    if text.casefold() in _NO_TERMS and codelist.find(text) is None:
        return Parsed(None, "not-recorded", "none named")
    terms = _terms(text, codelist)
    unknown = [term for term in terms if term.code == OTHER and codelist.find(term.text) != OTHER]
    if not unknown:
        return Parsed(terms)
    near = [codelist.label(term.suggestion) for term in unknown if term.suggestion]
    note = f"did you mean {' and '.join(dict.fromkeys(near))}?" if near else "no similar word known"
    return Parsed(terms, "unknown-term", note)


def parse_side(raw: object, sentinels: Collection = ()) -> Parsed:
    """Read ``left``, ``right`` or ``both``; never raises.

    Examples
    --------
    >>> parse_side("Lt hip").value, parse_side("L+R").value, parse_side("L 6 R 3").code
    ('left', 'both', 'two-sides')
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    text = tidy(raw)
    if pattern.BOTH_SIDES.search(text):
        return refused("two-sides", "one value for the left and one for the right")
    text = re.sub(r"\b(hips?|sides?|sided|leg|the)\b|[().]", " ", text).strip()
    if text in _BOTH:
        return Parsed("both")
    words = set(re.split(r"[\s,;/+&-]+|\band\b", text)) - {"", "and", "et"}
    sides = {"left"} if words & _LEFT else set()
    sides |= {"right"} if words & _RIGHT else set()
    if words & _BOTH and not words - _BOTH:
        return Parsed("both")
    if not sides or words - _LEFT - _RIGHT:
        return refused("type-error", "use left, right or both")
    return Parsed("both" if len(sides) == 2 else sides.pop())


def parse_yes_no(raw: object, sentinels: Collection = ()) -> Parsed:
    """Read yes or no as True or False; never raises.

    Examples
    --------
    >>> parse_yes_no("Y").value, parse_yes_no(0).value, parse_yes_no("maybe").code
    (True, False, 'type-error')
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    text = tidy(raw).rstrip(".!")
    if text in _YES:
        return Parsed(True)
    if text in _NO:
        return Parsed(False)
    return refused("type-error", "use yes or no")


def parse_sex(raw: object, sentinels: Collection = ()) -> Parsed:
    """Read ``female``, ``male`` or ``other``; never raises. Number codes need a mapping.

    Examples
    --------
    >>> parse_sex("F").value, parse_sex("non-binary").value, parse_sex(1).code
    ('female', 'other', 'type-error')
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    sex = _SEXES.get(tidy(raw).rstrip("."))
    if sex is None:
        return refused("type-error", "use F, M or X; name number codes in the mapping file")
    return Parsed(sex)


def _terms(text: str, codelist: "Codelist") -> tuple[Term, ...]:
    """The terms of a text; the whole text as one unknown term when no part is known."""
    found = list(_split(text, codelist, 0))
    if not any(codelist.find(term.text) for term in found):
        minutes = [term.minutes for term in found if term.minutes]
        return (_unknown(text, codelist, sum(minutes) if minutes else None),)
    merged: dict[str, Term] = {}
    for term in found:
        key = term.text.casefold() if term.code == OTHER else term.code
        if key in merged:
            minutes = _added(merged[key].minutes, term.minutes)
            term = Term(term.code, merged[key].text, minutes, term.suggestion)
        merged[key] = term
    return tuple(merged.values())


def _split(text: str, codelist: "Codelist", level: int) -> Iterator[Term]:
    """Look a text up whole, then in parts, each mark of separation in its turn."""
    text = text.strip(" \t\r\n.,;:-")
    if not any(letter.isalnum() for letter in text):
        return
    if term := _known(text, codelist):
        yield term
        return
    for deeper in range(level, len(_SEPARATORS)):
        parts = [part for part in _SEPARATORS[deeper].split(text) if part.strip()]
        if len(parts) > 1:
            for part in parts:
                yield from _split(part, codelist, deeper + 1)
            return
    name, minutes = _with_minutes(text)
    yield _unknown(name, codelist, minutes)


def _known(text: str, codelist: "Codelist") -> Term | None:
    """A text that is one known term, perhaps with minutes."""
    if code := codelist.find(text):
        return Term(code, text)
    for with_minutes in (_MINUTES_AFTER, _MINUTES_BEFORE):
        found = with_minutes.fullmatch(text)
        if found and (code := codelist.find(found["term"])):
            minutes = int(found["minutes"])
            return Term(
                code, found["term"].strip(), minutes if 0 < minutes <= MOST_MINUTES else None
            )
    return None


def _with_minutes(text: str) -> tuple[str, int | None]:
    """An unknown term and its minutes; a bare number is not taken for minutes here."""
    for with_minutes in (_MINUTES_AFTER, _MINUTES_BEFORE):
        found = with_minutes.fullmatch(text)
        if found and found["unit"] and 0 < int(found["minutes"]) <= MOST_MINUTES:
            return found["term"].strip(), int(found["minutes"])
    return text, None


def _unknown(text: str, codelist: "Codelist", minutes: int | None) -> Term:
    """A term that is in no list, with the one that was perhaps meant."""
    return Term(OTHER, text, minutes, codelist.suggest(text) or "")


def _added(a: int | None, b: int | None) -> int | None:
    """Minutes of one technique named twice; unknown only when both are."""
    return None if a is None and b is None else (a or 0) + (b or 0)
