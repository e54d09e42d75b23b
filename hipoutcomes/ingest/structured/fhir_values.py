"""What a FHIR observation measured, and the value it gives, as it can stand in a cell."""

import re

from hipoutcomes.ingest.planning.headings import read_heading
from hipoutcomes.ingest.structured.code_map import NOT_POOLED, CodeMap, Meaning
from hipoutcomes.ingest.structured.facts import VAS_OF_ANY_LENGTH, Measured
from hipoutcomes.ingest.structured.json_text import at, plain, several, words
from hipoutcomes.vocabulary.codelists import MOTIONS
from hipoutcomes.vocabulary.measures import MEASURES
from hipoutcomes.vocabulary.questionnaires import SCORINGS

#: Measures that come from items: a total is never taken by itself.
TOTALS = frozenset(scoring.measure for each in SCORINGS.values() for scoring in each)

ORDINAL = "ordinalValue"

_OTHER_JOINT = re.compile(
    r"\b(shoulder|knee|ankle|foot|elbow|wrist|hand|finger|neck|cervical|spine|spinal|jaw|lumbar"
    r"|back|head|chest|abdomen|toe|thumb|arm)\b"
)
_HIP = re.compile(r"\b(hip|hips|coxofemoral|acetabulofemoral)\b")
_SIDE = re.compile(r"\b(left|right)\b")
_NO_UNIT = frozenset(("", "1", "{score}", "score", "points", "{points}", "/10", "{#}", "[score]"))
_DEGREES = frozenset(("deg", "degree", "degrees", "°", "°", "[deg]"))
_TOTAL = "that is a total without the items of its questionnaire"
_WORDLESS = re.compile(r"\b(quantitative|qn|score|reported|verbal)\b", re.IGNORECASE)


def measured_of(resource: dict, codes: CodeMap) -> tuple[list[Measured], str]:
    """What an observation measured.

    Parameters
    ----------
    resource : dict
        An Observation; each of its components counts too.
    codes : CodeMap

    Returns
    -------
    list of Measured
    str
        Why nothing was measured, in words; empty otherwise.
    """
    found, why = [], ""
    for part in [resource, *several(resource.get("component"))]:
        if not isinstance(part, dict):
            continue
        site = resource.get("bodySite") if part is resource else None
        said, reason = _code_of(part, site or resource.get("bodySite"), codes)
        if said is None:
            why = why or reason
            continue
        value = value_of(part)
        if value is None:
            why = "without a value"
            continue
        found.append(_measured(said, value, part))
    return (found, "") if found else ([], why or "of nothing that is read")


def value_of(part: dict) -> str | int | float | None:
    """The value of an observation or an answer; None where there is none."""
    if (number := part.get("valueInteger", part.get("valueDecimal"))) is not None:
        return plain(number)
    if (quantity := part.get("valueQuantity")) is not None:
        return _quantity(quantity)
    for coding in codings(part.get("valueCodeableConcept")) + several(part.get("valueCoding")):
        if (ordinal := ordinal_of(coding)) is not None:
            return ordinal
    concept = part.get("valueCodeableConcept")
    text = words(at(concept, "text")) or words(at(part, "valueString"))
    for coding in codings(concept) + several(part.get("valueCoding")):
        text = text or words(at(coding, "display"))
    # "7 - severe pain" says the number that was ticked.
    leading = re.match(r"(\d+(?:\.\d+)?)(?:\s*[-:=(]\s*\D|\s*$)", text)
    return (leading.group(1) if leading else text) or None


def ordinal_of(coding: object) -> str | int | float | None:
    """The number that an answer stands for, from its extension."""
    for extension in several(at(coding, "extension")):
        if words(at(extension, "url")).rstrip("/").endswith(ORDINAL):
            for key in ("valueDecimal", "valueInteger"):
                if (number := at(extension, key)) is not None:
                    return plain(number)
    return None


def codings(concept: object) -> list:
    """Codings of a concept."""
    return several(at(concept, "coding"))


def meanings(concept: object, codes: CodeMap) -> list[Meaning]:
    """What the codes of a concept stand for."""
    found = [codes.find(words(at(c, "system")), words(at(c, "code"))) for c in codings(concept)]
    return [meaning for meaning in found if meaning is not None]


def texts(concept: object) -> list[str]:
    """The words of a concept: its own text, then those of its codings."""
    said = [words(at(concept, "text")), *(words(at(c, "display")) for c in codings(concept))]
    return [text for text in said if text]


def site_of(concept: object, codes: CodeMap) -> tuple[str, str]:
    """Whether a body site is the hip (``hip``, ``other`` or empty), and its side."""
    site = side = ""
    for meaning in meanings(concept, codes):
        if meaning.means.startswith("site:"):
            site = meaning.means.partition(":")[2]
        side = side or meaning.side
    text = " ".join(texts(concept)).casefold()
    if not site:
        site = "hip" if _HIP.search(text) else "other" if _OTHER_JOINT.search(text) else ""
    sides = set(_SIDE.findall(text))
    return site, side or (sides.pop() if len(sides) == 1 else "")


def _code_of(part: dict, body: object, codes: CodeMap) -> tuple[Measured | None, str]:
    """Measure and side of one part, its value still open; or why it is not read."""
    concept = part.get("code")
    known = meanings(concept, codes)
    if any(meaning.means == NOT_POOLED for meaning in known):
        return None, "on a scale that is not put with numeric ratings (such as Wong-Baker FACES)"
    display = " ".join(texts(concept)).casefold()
    site, side = site_of(body, codes)
    if site == "other" or (not site and _OTHER_JOINT.search(display) and not _HIP.search(display)):
        return None, "of another part of the body"
    for meaning in known:
        if meaning.means in TOTALS:
            return None, _TOTAL
        if ":" not in meaning.means:
            return Measured(meaning.means, "", meaning.side or side), ""
    for text in texts(concept):
        said = read_heading(" ".join(_WORDLESS.sub(" ", text).split()))
        if said is None or said.target.score is None:
            continue
        code = said.target.measure
        if code in TOTALS:
            return None, _TOTAL
        bare = code.removesuffix("_active").removesuffix("_passive")
        if bare in MOTIONS.terms and site != "hip" and not _HIP.search(display):
            return None, "range of motion of a joint that is not named"
        if said.moment_said:
            return Measured(str(said.target), ""), ""
        return Measured(code, "", said.target.score.side or side), ""
    return None, "of nothing that is read"


def _measured(said: Measured, value: object, part: dict) -> Measured:
    """A measure with its value; a unit that changes the number stays with it."""
    unit = words(at(part, "valueQuantity", "unit")) or words(at(part, "valueQuantity", "code"))
    unit = unit.casefold()
    code = said.code
    measure = code.split()[0]
    if measure in ("pain", "pain_vas"):
        # A visual analogue scale in centimetres runs from 0 to 10, one in millimetres to 100.
        if unit == "mm":
            code = code.replace("pain_vas", "pain", 1).replace("pain", "pain_vas", 1)
        elif unit == "cm":
            code = code.replace("pain_vas", "pain", 1)
        elif unit in _NO_UNIT:
            code = VAS_OF_ANY_LENGTH if code == "pain_vas" else code
        else:
            value = f"{value} {unit}"
    elif unit not in _NO_UNIT and not _fits(measure, unit):
        value = f"{value} {unit}"
    return Measured(code, value, said.side)


def _fits(measure: str, unit: str) -> bool:
    """Whether a unit is the one its measure has."""
    known = MEASURES.get(measure)
    own = known.unit.casefold() if known else ""
    return unit == own or (own == "degrees" and unit in _DEGREES) or (own[:1] == "s" == unit)


def _quantity(quantity: object) -> str | int | float | None:
    """A quantity as a cell; a comparator stays with its number."""
    value = plain(at(quantity, "value"))
    comparator = words(at(quantity, "comparator"))
    return f"{comparator}{value}" if comparator and value is not None else value
