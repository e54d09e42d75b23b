"""Tables of the OMOP Common Data Model 5.4: visits, measurements, conditions, procedures, people.

Source: https://github.com/OHDSI/CommonDataModel, inst/csv/OMOP_CDMv5.4_Field_Level.csv.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.planning.headings import read_heading
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.ingest.structured.code_map import NOT_POOLED, CodeMap, Meaning
from hipoutcomes.ingest.structured.facts import (
    SCORE_FACT,
    TECHNIQUE_FACT,
    VAS_OF_ANY_LENGTH,
    VISIT_FACT,
    ConditionFact,
    Fact,
    Measured,
    put_on_visits,
)
from hipoutcomes.ingest.structured.fhir_values import TOTALS
from hipoutcomes.ingest.structured.source_records import (
    SourceFile,
    SourceRecord,
    grid_of,
    known_together,
)
from hipoutcomes.ingest.structured.text_file import TextFile, rows_of
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES

SYSTEM = "OMOP CDM 5.4"

#: Each table by the columns it must have.
TABLES = {
    "measurement": ("measurement_id", "person_id", "measurement_concept_id", "measurement_date"),
    "visit_occurrence": ("visit_occurrence_id", "person_id", "visit_start_date"),
    "condition_occurrence": ("condition_occurrence_id", "person_id", "condition_start_date"),
    "procedure_occurrence": ("procedure_occurrence_id", "person_id", "procedure_date"),
    "person": ("person_id", "gender_concept_id", "year_of_birth"),
}

#: Operators of the standard vocabulary; a number with any but "=" is not known exactly.
_OPERATORS = {
    "4172703": "",
    "0": "",
    "": "",
    "4171756": "<",
    "4172704": ">",
    "4171754": "<=",
    "4171755": ">=",
}
#: Centimetre and millimetre of the standard vocabulary.
_VAS_BY_UNIT = {"8582": "pain", "8588": "pain_vas"}
_GENDERS = {"8507": "male", "8532": "female"}
_ICD = re.compile(r"(?:ICD-?10(-?CM)?\s*[:|]\s*)?([A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{0,4})?)", re.I)
_LOINC = re.compile(r"(?:LOINC\s*[:|]\s*)?(\d{3,5}-\d)", re.I)
_PLAIN_NUMBER = re.compile(r"-?\d+\.0+")


@dataclass(eq=False)
class _Gathered:
    """What the rows of all tables say."""

    codes: CodeMap
    facts: list[Fact] = field(default_factory=list)
    conditions: list[ConditionFact] = field(default_factory=list)
    people: dict[str, dict[str, object]] = field(default_factory=dict)


def table_of(headings: Sequence[str]) -> str:
    """Which table these are the headings of; empty where they are of none we read."""
    names = {heading.casefold() for heading in headings}
    return next((table for table, needed in TABLES.items() if names.issuperset(needed)), "")


def omop_grids(files: Sequence[TextFile], codes: CodeMap) -> list[tuple[Grid, Mapping]]:
    """A grid for each table; rows of one table are put on the visits of another.

    Parameters
    ----------
    files : sequence of TextFile
    codes : CodeMap
        Concept ids are looked for under the system ``OMOP``; without one, the source values of
        the tables say what a row is.

    Raises
    ------
    FileError
        When a table is no text, or holds no row.
    """
    gathered = _Gathered(codes)
    made = []
    for file in files:
        name = table_of(file.headings)
        table, _ = file.table(file.headings)
        rows = rows_of(table)
        records = [
            _record(int(number), row, name, gathered)
            for number, row in zip(table.rows, rows, strict=True)
        ]
        blank, ragged = table.counts["blank"], table.ragged
        records += [SourceRecord(n, f"{name} row with cells out of place") for n, _ in ragged]
        records += _footer(table, name)
        source = SourceFile(
            file.name,
            file.sha256,
            SYSTEM,
            n_blank=blank,
            n_header=table.counts["header"] + table.counts["preamble"],
        )
        made.append((source, sorted(records, key=lambda record: record.number)))
    put_on_visits(gathered.facts, gathered.conditions, gathered.people)
    sources = [source for source, _ in made]
    return [grid_of(known_together(source, sources), records) for source, records in made]


def _footer(table, name: str) -> list[SourceRecord]:
    """Rows at the end that look like totals: a table of this model has none, but they count."""
    first = table.counts["rows_in_file"] - table.counts["footer"] + 1
    return [
        SourceRecord(first + place, f"{name} row that looks like a total")
        for place in range(table.counts["footer"])
    ]


def _record(number: int, row: dict[str, str], table: str, gathered: _Gathered) -> SourceRecord:
    """One row: what it says is gathered, or its kind tells why not."""
    record = SourceRecord(number, table)
    if why := _READERS[table](record, row, gathered):
        record.kind = f"{table} {why}"
    return record


def _visit(record: SourceRecord, row: dict[str, str], gathered: _Gathered) -> str:
    day, time = _when(row, "visit_start")
    last_day, last = _when(row, "visit_end")
    values = {"therapist": _id(row, "provider_id") or None, "clinic": _id(row, "care_site_id")}
    gathered.facts.append(
        Fact(
            record,
            VISIT_FACT,
            _id(row, "person_id"),
            day,
            time,
            _id(row, "visit_occurrence_id"),
            last if last_day == day else "",
            values={name: value or None for name, value in values.items()},
        )
    )
    return ""


def _measurement(record: SourceRecord, row: dict[str, str], gathered: _Gathered) -> str:
    said, why = _measure(row, gathered.codes)
    if said is None:
        return why
    value = row.get("value_as_number", "") or row.get("value_source_value", "")
    if not value:
        return "without a value"
    operator = _id(row, "operator_concept_id")
    value = f"{_OPERATORS.get(operator, '(another operator) ')}{_whole(value)}"
    record.kind = "measurement of a score"
    code = _VAS_BY_UNIT.get(_id(row, "unit_concept_id"), VAS_OF_ANY_LENGTH)
    measured = [Measured(code if said.code == "pain_vas" else said.code, value, said.side)]
    gathered.facts.append(_belonging(record, SCORE_FACT, row, "measurement", measured=measured))
    return ""


def _measure(row: dict[str, str], codes: CodeMap) -> tuple[Measured | None, str]:
    """What a measurement measured, or why it is not read."""
    source = row.get("measurement_source_value", "")
    known = [_meaning(row, "measurement", codes)]
    if found := _LOINC.fullmatch(source):
        known.append(codes.find("loinc", found.group(1)))
    for meaning in known:
        if meaning is None or ":" in meaning.means:
            continue
        if meaning.means == NOT_POOLED:
            return None, "on a scale that is not put with numeric ratings"
        if meaning.means in TOTALS:
            return None, "that is a total without the items of its questionnaire"
        return Measured(meaning.means, "", meaning.side.replace("both", "")), ""
    said = read_heading(source)
    if said is None or said.target.score is None:
        return None, "of nothing that is read"
    score = said.target.score
    if score.measure in TOTALS:
        return None, "that is a total without the items of its questionnaire"
    if said.moment_said:
        return Measured(str(said.target), ""), ""
    return Measured(score.measure, "", score.side), ""


def _condition(record: SourceRecord, row: dict[str, str], gathered: _Gathered) -> str:
    source = row.get("condition_source_value", "")
    meaning = _meaning(row, "condition", gathered.codes)
    if meaning is None and (found := _ICD.fullmatch(source)):
        # Without a word on it, a source value may be of any national ICD-10: no side is read.
        system = "icd-10-cm" if found.group(1) else "icd-10"
        meaning = gathered.codes.find(system, found.group(2))
    side = ""
    if meaning is not None and meaning.means.startswith("condition:"):
        condition, side = meaning.means.partition(":")[2], meaning.side
    elif CONDITIONS.find(source):
        condition = source
    else:
        return "that is not of the hip"
    day, _ = _when(row, "condition_start")
    record.kind = "condition_occurrence of the hip, put on the visits of its person"
    gathered.conditions.append(
        ConditionFact(
            record,
            _id(row, "person_id"),
            condition,
            side,
            day,
            _id(row, "visit_occurrence_id"),
        )
    )
    return ""


def _procedure(record: SourceRecord, row: dict[str, str], gathered: _Gathered) -> str:
    source = row.get("procedure_source_value", "")
    meaning = _meaning(row, "procedure", gathered.codes)
    if meaning is not None and meaning.means.startswith("technique:"):
        technique = meaning.means.partition(":")[2]
    elif TECHNIQUES.find(source):
        technique = source
    else:
        return "that is no technique of massage"
    record.kind = "procedure_occurrence of massage"
    values = {"technique": technique, "therapist": _id(row, "provider_id") or None}
    gathered.facts.append(_belonging(record, TECHNIQUE_FACT, row, "procedure", values=values))
    return ""


def _person(record: SourceRecord, row: dict[str, str], gathered: _Gathered) -> str:
    said = {
        "sex": _GENDERS.get(_id(row, "gender_concept_id")),
        "birth_year": _id(row, "year_of_birth") or None,
    }
    gathered.people[_id(row, "person_id")] = {name: value for name, value in said.items() if value}
    record.kind = "person, whose sex and year of birth are put on the visits"
    return ""


_READERS: dict[str, Callable[[SourceRecord, dict[str, str], _Gathered], str]] = {
    "visit_occurrence": _visit,
    "measurement": _measurement,
    "condition_occurrence": _condition,
    "procedure_occurrence": _procedure,
    "person": _person,
}


def _belonging(record: SourceRecord, what: str, row: dict[str, str], stem: str, **said) -> Fact:
    """A fact about the person, and the visit, that a row names."""
    day, time = _when(row, stem)
    visit = _id(row, "visit_occurrence_id")
    return Fact(record, what, _id(row, "person_id"), day, time, visit, **said)


def _meaning(row: dict[str, str], stem: str, codes: CodeMap) -> Meaning | None:
    """What the owner's map says of the concept of a row, or of its source concept."""
    for name in (f"{stem}_concept_id", f"{stem}_source_concept_id"):
        concept = _id(row, name)
        if concept not in ("", "0") and (meaning := codes.find("OMOP", concept)):
            return meaning
    return None


def _when(row: dict[str, str], stem: str) -> tuple[str, str]:
    """Day of a row, and its time where there is one: the model has local times without a zone."""
    moment = row.get(f"{stem}_datetime", "")
    day = row.get(f"{stem}_date", "") or moment[:10]
    time = moment[11:16] if moment[:10] == day else ""
    return day, "" if time == "00:00" else time


def _id(row: dict[str, str], name: str) -> str:
    """An id as it was before a program wrote 457 as 457.0."""
    return _whole(row.get(name, ""))


def _whole(text: str) -> str:
    return text.partition(".")[0] if _PLAIN_NUMBER.fullmatch(text) else text
