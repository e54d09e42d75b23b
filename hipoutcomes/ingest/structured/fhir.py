"""FHIR R4 resources: encounters are visits; what was observed and done is put on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.ingest.structured.clock import Clock, minutes_between
from hipoutcomes.ingest.structured.code_map import CodeMap
from hipoutcomes.ingest.structured.facts import (
    SCORE_FACT,
    TECHNIQUE_FACT,
    VISIT_FACT,
    ConditionFact,
    Fact,
    put_on_visits,
)
from hipoutcomes.ingest.structured.fhir_forms import items_of
from hipoutcomes.ingest.structured.fhir_values import meanings, measured_of, site_of, texts
from hipoutcomes.ingest.structured.json_text import at, several, words
from hipoutcomes.ingest.structured.source_records import (
    SourceFile,
    SourceRecord,
    grid_of,
    known_together,
)
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES

SYSTEM = "FHIR R4"

_FINAL = ("final", "amended", "corrected")
_MOMENTS = ("effectiveDateTime", "effectiveInstant")


@dataclass(frozen=True, eq=False)
class Resources:
    """One file of resources: numbers that a person finds, and what stands there."""

    source: SourceFile
    items: list[tuple[int, object]]


@dataclass(eq=False)
class _Gathered:
    """What the resources of all files say."""

    clock: Clock
    codes: CodeMap
    facts: list[Fact] = field(default_factory=list)
    conditions: list[ConditionFact] = field(default_factory=list)
    people: dict[str, dict[str, object]] = field(default_factory=dict)
    file: str = ""

    def local(self, *moments: object) -> tuple[str, str]:
        """Day and time of the first moment that is said."""
        return self.clock.local(next((m for m in moments if words(m)), ""), self.file)


def is_fhir(value: object) -> bool:
    """Whether a JSON value is a FHIR resource, a bundle, or an array of resources."""
    if isinstance(value, list):
        return any(is_fhir(item) for item in value if isinstance(item, dict))
    return isinstance(value, dict) and isinstance(value.get("resourceType"), str)


def resources_in(value: object) -> list[tuple[int, object]]:
    """Each resource of a JSON value with its number, counted from 1."""
    if isinstance(value, list):
        return list(enumerate(value, 1))
    if at(value, "resourceType") == "Bundle":
        entries = several(at(value, "entry"))
        return [(number, at(entry, "resource")) for number, entry in enumerate(entries, 1)]
    return [(1, value)]


def fhir_grids(
    files: Sequence[Resources], clock: Clock, codes: CodeMap
) -> list[tuple[Grid, Mapping]]:
    """A grid for each file; resources of one file are put on the visits of another.

    Parameters
    ----------
    files : sequence of Resources
    clock : Clock
    codes : CodeMap

    Raises
    ------
    DecisionNeeded
        When moments are in UTC and no time zone was told.
    FileError
        When a file holds no resource.
    """
    gathered = _Gathered(clock, codes)
    by_file = []
    for file in files:
        gathered.file = file.source.name
        records = [_record(number, item, gathered) for number, item in file.items]
        by_file.append((file.source, records))
    put_on_visits(gathered.facts, gathered.conditions, gathered.people)
    sources = [source for source, _ in by_file]
    return [
        grid_of(known_together(source, sources), records, scale=_SCALES)
        for source, records in by_file
    ]


#: Pain on the numeric rating scale of its code runs from 0 to 10 whatever its values are.
_SCALES = {
    f"{code}{side} {timing}": scale
    for code, scale in (("pain", "0-10"), ("pain_vas", "0-100"))
    for side in ("", " left", " right")
    for timing in ("before", "during", "after", "between")
}


def _record(number: int, item: object, gathered: _Gathered) -> SourceRecord:
    """One resource: what it says is gathered, or its kind tells why not."""
    kind = words(at(item, "resourceType"))[:60] if isinstance(item, dict) else ""
    record = SourceRecord(number, f"{kind}, not read" if kind else "entry without a resource")
    if (reader := _READERS.get(kind)) is not None:
        record.kind = kind
        if why := reader(record, item, gathered):
            record.kind = f"{kind} {why}"
    return record


def _encounter(record: SourceRecord, item: dict, gathered: _Gathered) -> str:
    status = words(item.get("status"))
    if status != "finished":
        return f"that is not finished ({status or 'no status'})"
    start, end = at(item, "period", "start"), at(item, "period", "end")
    day, time = gathered.local(start)
    last_day, last = gathered.local(end) if words(end) else ("", "")
    therapists = [_reference(at(p, "individual")) for p in several(item.get("participant"))]
    gathered.facts.append(
        Fact(
            record,
            VISIT_FACT,
            _reference(item.get("subject")),
            day,
            time,
            words(item.get("id")),
            last if last_day == day else "",
            values={
                "minutes": minutes_between(start, end),
                "therapist": next(filter(None, therapists), None),
                "clinic": _reference(item.get("serviceProvider")) or None,
            },
        )
    )
    return ""


def _observation(record: SourceRecord, item: dict, gathered: _Gathered) -> str:
    if (status := words(item.get("status"))) not in _FINAL:
        return f"that is not final ({status or 'no status'})"
    measured, why = measured_of(item, gathered.codes)
    if why:
        return why
    moment = [item.get(key) for key in _MOMENTS]
    day, time = gathered.local(*moment, at(item, "effectivePeriod", "start"))
    record.kind = "Observation of a score"
    gathered.facts.append(_belonging(record, SCORE_FACT, item, day, time, measured=measured))
    return ""


def _response(record: SourceRecord, item: dict, gathered: _Gathered) -> str:
    status = words(item.get("status"))
    if status not in ("completed", "amended"):
        return f"that is not completed ({status or 'no status'})"
    measured, why = items_of(item)
    if not measured:
        return why
    record.kind = f"QuestionnaireResponse {why}".strip()
    day, time = gathered.local(item.get("authored"))
    gathered.facts.append(_belonging(record, SCORE_FACT, item, day, time, measured=measured))
    return ""


def _procedure(record: SourceRecord, item: dict, gathered: _Gathered) -> str:
    status = words(item.get("status"))
    if status != "completed":
        return f"that is not completed ({status or 'no status'})"
    concept = item.get("code")
    means = [m.means for m in meanings(concept, gathered.codes)]
    names = [m.partition(":")[2] for m in means if m.startswith("technique:")]
    names += [text for text in texts(concept) if TECHNIQUES.find(text)]
    if not names:
        return "that is no technique of massage"
    site, _ = site_of(_first(item.get("bodySite")), gathered.codes)
    if site == "other":
        return "of another part of the body"
    start, end = at(item, "performedPeriod", "start"), at(item, "performedPeriod", "end")
    day, time = gathered.local(item.get("performedDateTime"), start)
    values = {"technique": names[0], "minutes": minutes_between(start, end)}
    performers = [_reference(at(p, "actor")) for p in several(item.get("performer"))]
    values["therapist"] = next(filter(None, performers), None)
    record.kind = "Procedure of massage"
    gathered.facts.append(_belonging(record, TECHNIQUE_FACT, item, day, time, values=values))
    return ""


def _condition(record: SourceRecord, item: dict, gathered: _Gathered) -> str:
    for status in ("entered-in-error", "refuted"):
        if status in [words(at(c, "code")) for c in _codings(item, "verificationStatus")]:
            return f"that was {status}"
    concept = item.get("code")
    site, side = site_of(_first(item.get("bodySite")), gathered.codes)
    condition = ""
    for meaning in meanings(concept, gathered.codes):
        if meaning.means.startswith("condition:"):
            condition, side = meaning.means.partition(":")[2], meaning.side or side
            break
    condition = condition or next((t for t in texts(concept) if CONDITIONS.find(t)), "")
    if not condition or site == "other":
        return "that is not of the hip"
    onset, _ = gathered.local(item.get("onsetDateTime"), at(item, "onsetPeriod", "start"))
    known, _ = gathered.local(item.get("recordedDate"), item.get("onsetDateTime"))
    record.kind = "Condition of the hip, put on the visits of its patient"
    gathered.conditions.append(
        ConditionFact(
            record,
            _reference(item.get("subject")),
            condition,
            side,
            known,
            _reference(item.get("encounter")),
            onset,
        )
    )
    return ""


def _patient(record: SourceRecord, item: dict, gathered: _Gathered) -> str:
    birth = words(item.get("birthDate"))[:4]
    sex = words(item.get("gender"))
    said = {
        "birth_year": birth if birth.isdecimal() and len(birth) == 4 else None,
        "sex": sex if sex in ("male", "female") else None,
    }
    gathered.people[words(item.get("id"))] = {k: v for k, v in said.items() if v}
    record.kind = "Patient, whose sex and year of birth are put on the visits"
    return ""


_READERS: dict[str, Callable[[SourceRecord, dict, _Gathered], str]] = {
    "Encounter": _encounter,
    "Observation": _observation,
    "QuestionnaireResponse": _response,
    "Procedure": _procedure,
    "Condition": _condition,
    "Patient": _patient,
}


def _belonging(record: SourceRecord, what: str, item: dict, day: str, time: str, **said) -> Fact:
    """A fact about the patient, and the visit, that a resource names."""
    patient, visit = _reference(item.get("subject")), _reference(item.get("encounter"))
    return Fact(record, what, patient, day, time, visit, **said)


def _reference(value: object) -> str:
    """The id that a reference names: Patient/p1, a whole address of it, or an urn."""
    text = words(at(value, "reference")).split("/_history/")[0].rstrip("/")
    text = text.rpartition("/")[2].removeprefix("urn:uuid:").removeprefix("#")
    return text or words(at(value, "identifier", "value"))


def _first(value: object) -> object:
    """The first of several, or the one there is."""
    return value[0] if isinstance(value, list) and value else value


def _codings(item: dict, name: str) -> list:
    return several(at(item, name, "coding"))
