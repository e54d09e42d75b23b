"""Answers of a FHIR QuestionnaireResponse, as items of the questionnaires whose rules we hold."""

import re

import numpy as np

from hipoutcomes.ingest.planning.headings import read_heading
from hipoutcomes.ingest.structured.facts import Measured
from hipoutcomes.ingest.structured.fhir_values import TOTALS, value_of
from hipoutcomes.ingest.structured.json_text import at, several, words
from hipoutcomes.tables.scoring import score_items
from hipoutcomes.vocabulary.questionnaires import SCORINGS

_DEEPEST = 12
_TOTAL = re.compile(r"\b(total|interval|sum|overall) ?(interval )?score\b|\bscore\b")
#: Names of questionnaires, squashed, in the address or title of a form.
_NAMES = {
    "hoosjr": "hoos_jr",
    "hoosps": "hoos_ps",
    "hoos12": "hoos12",
    "ihot12": "ihot12",
    "oxfordhip": "oxford_hip_score",
    "lefs": "lefs",
    "lowerextremityfunctional": "lefs",
}
#: How far a total may lie from what its items give, for rounding.
_ROUNDING = 0.051


def items_of(response: dict) -> tuple[list[Measured], str]:
    """Answers to the items of a form, and what is to be said of it.

    A total is never taken by itself: the score is computed from the items.

    Returns
    -------
    list of Measured
        Empty where the form is none we know, or its items cannot be told.
    str
        Words for the kind of the record: why it is not used, or that its total does not agree.
    """
    instrument = _instrument(response)
    if not instrument:
        return _named_scores(response)
    codes = [item for scoring in SCORINGS[instrument] for item in scoring.items]
    answers: dict[int, object] = {}
    total = None
    for leaf in _leaves(response.get("item"), 0):
        place = _place(leaf, instrument)
        answer = next((a for a in several(leaf.get("answer")) if isinstance(a, dict)), None)
        value = None if answer is None else value_of(answer)
        if place is not None and place <= len(codes):
            if place in answers:
                return [], "in which one item stands twice"
            answers[place] = value
        elif value is not None and _TOTAL.search(words(leaf.get("text")).casefold()):
            total = value
    there = {codes[place - 1]: value for place, value in answers.items() if value is not None}
    if not there:
        return [], "with a total and no items" if total is not None else "without answers"
    measured = [Measured(code, value) for code, value in there.items()]
    return measured, f"({_agreement(instrument, there, total)})"


def _named_scores(response: dict) -> tuple[list[Measured], str]:
    """Scores that the questions of any other form name, such as pain before treatment."""
    found = {}
    for leaf in _leaves(response.get("item"), 0):
        said = read_heading(" ".join(words(leaf.get("text")).split()))
        answer = next((a for a in several(leaf.get("answer")) if isinstance(a, dict)), None)
        value = None if answer is None else value_of(answer)
        if said is None or said.target.score is None or value is None:
            continue
        score = said.target.score
        if score.measure in TOTALS:
            continue
        name = str(said.target) if said.moment_said else score.measure
        if name in found:
            return [], "in which one score stands twice"
        found[name] = Measured(name, value, "" if said.moment_said else score.side)
    return list(found.values()), "with scores" if found else "of a form that is not read"


def _agreement(instrument: str, there: dict[str, object], total: object) -> str:
    """Whether the total that a form gives is what its items give."""
    if total is None:
        return "scored from its items"
    numbers = {code: _number(value) for code, value in there.items()}
    given = _number(total)
    if np.isnan(given) or any(np.isnan(number) for number in numbers.values()):
        return "scored from its items; its total was not compared"
    scored = score_items(instrument, {c: np.array([n]) for c, n in numbers.items()})
    computed = [float(s.score[0]) for s in scored.values()]
    if len(computed) != 1 or np.isnan(computed[0]):
        return "too few items for a score; its total was not taken"
    if abs(computed[0] - given) > _ROUNDING:
        return "scored from its items; its own total disagrees and was not taken"
    return "scored from its items; its total agrees"


def _instrument(response: dict) -> str:
    """The questionnaire of a form, by its address or title; empty where it is none we know."""
    said = [words(response.get("questionnaire")).split("|")[0].rpartition("/")[2]]
    for extension in several(at(response, "_questionnaire", "extension")):
        said.append(words(at(extension, "valueString")))
    text = re.sub(r"[^a-z0-9]", "", " ".join(said).casefold())
    found = {code for name, code in _NAMES.items() if name in text}
    return found.pop() if len(found) == 1 else ""


def _place(leaf: dict, instrument: str) -> int | None:
    """Number of an item from its link, such as hoosjr-3; None where it is none."""
    link = words(leaf.get("linkId")).casefold()
    name = instrument.replace("_", "")
    found = re.fullmatch(rf"(?:{name}|q|item)?q?0?(\d\d?)", re.sub(r"[^a-z0-9]", "", link))
    place = int(found.group(1)) if found else 0
    return place or None


def _leaves(items: object, depth: int) -> list[dict]:
    """Every item of a form, those inside groups among them."""
    found = []
    for item in several(items):
        if isinstance(item, dict) and depth < _DEEPEST:
            found += [item, *_leaves(item.get("item"), depth + 1)]
    return found


def _number(value: object) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return float("nan")
    return number if np.isfinite(number) else float("nan")
