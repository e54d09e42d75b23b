"""What each field of a REDCap project holds, and what its codes say."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.ingest.parsing.parsed import MISSING_MARKS, tidy
from hipoutcomes.ingest.planning.headings import Heading, read_heading
from hipoutcomes.ingest.planning.mapping import Mapping as FileMapping
from hipoutcomes.ingest.planning.targets import Target
from hipoutcomes.ingest.structured.redcap_dictionary import ProjectField
from hipoutcomes.vocabulary.measures import MEASURES
from hipoutcomes.vocabulary.questionnaires import ITEMS

#: Missing-data codes that REDCap offers to a project. They are never scores, dates or terms.
MISSING_CODES = ("NI", "INV", "UNK", "NASK", "ASKU", "NAV", "MSK", "NA", "NAVU", "NP")

#: Fields that the export says in columns of its own, or that hold no visit.
_ELSEWHERE = frozenset(("patient", "visit_id", "row_type"))
_NEVER = frozenset(("notes", "descriptive", "file", "signature", "sql"))
_OF_WORDS = ("techniques", "conditions", "side", "sex", "category", "list", "mode")
_LEADING = re.compile(r"\s*(-?\d+(?:\.\d+)?)(?![\d.])")


@dataclass(frozen=True, eq=False)
class UsedField:
    """A field whose answers are read.

    Attributes
    ----------
    field : ProjectField
    target : Target
    scale : str
        Scale of a score that its label names; empty where it names none.
    moment_said : bool
    answers : mapping of str to str
        What each code is read as.
    """

    field: ProjectField
    target: Target
    scale: str = ""
    moment_said: bool = True
    answers: Mapping[str, str] | None = None

    def read(self, raw: str) -> str:
        """An answer as it can stand in a cell."""
        answer = (self.answers or {}).get(raw, raw)
        if self.field.validation.endswith("comma_decimal"):
            return answer.replace(",", ".")
        return answer


def used_fields(
    fields: Iterable[ProjectField], told: FileMapping | None, file: str
) -> list[UsedField]:
    """The fields that are read: those an owner named, then those whose name or label is known.

    Identifiers, free text and files are never among them, unless the owner names them.

    Raises
    ------
    DecisionNeeded
        When the codes of a questionnaire's answers are not those of the questionnaire.
    """
    named = _named(told)
    ignored = {heading.casefold() for heading in (told.ignored if told else ())}
    taken = set(named.values())
    used = []
    for field in fields:
        target = named.get(field.name.casefold())
        heading = None
        if target is None:
            heading = _heading_of(field)
            if heading is None or field.identifier or field.kind in _NEVER:
                continue
            if field.name.casefold() in ignored or str(heading.target) in _ELSEWHERE:
                continue
            target = heading.target
            if target in taken and not target.may_repeat:
                continue
        answers = _answers(field, target, told, file)
        said = heading or Heading(target)
        used.append(UsedField(field, target, said.scale, said.moment_said, answers))
    return used


def numbers_for_words(used: UsedField, raw: Iterable[str], told: FileMapping | None) -> bool:
    """Whether a field of words holds bare codes that nothing explains."""
    if used.target.kind not in _OF_WORDS or (told and used.target in told.values):
        return False
    if used.target.kind in ("category", "sex") and used.field.choices:
        return False
    explained = set(used.answers or ())
    return any(code.lstrip("-").isdecimal() and code not in explained for code in raw)


def _named(told: FileMapping | None) -> dict[str, Target]:
    """Target of each heading that the owner named, in small letters."""
    if told is None:
        return {}
    return {
        heading.casefold(): target
        for target, headings in told.columns.items()
        for heading in headings
    }


def _heading_of(field: ProjectField) -> Heading | None:
    """What the name or the label of a field says; the one that tells a moment goes first."""
    said = [s for s in (read_heading(field.name), read_heading(field.label)) if s is not None]
    if not said:
        return None
    scale = next((s.scale for s in said if s.scale), "")
    best = next((s for s in said if s.target.score and s.moment_said), said[0])
    return Heading(best.target, best.family, best.moment_said, scale)


def _answers(
    field: ProjectField, target: Target, told: FileMapping | None, file: str
) -> dict[str, str]:
    """What each code of a field is read as; the owner's own meanings are left to the reader."""
    if told is not None and target in told.values:
        mine = {str(code): str(meaning) for code, meaning in told.values[target].items()}
        return mine if field.kind == "checkbox" else {}
    if not target.score:
        return dict(field.choices)
    if not field.choices:
        return {}
    kept = {code: label for code, label in field.choices.items() if not _stands_for_missing(label)}
    leading = {code: _LEADING.match(label) for code, label in kept.items()}
    if kept and all(leading.values()):
        answers = {code: found.group(1) for code, found in leading.items()}
    else:
        answers = {code: code for code in kept}
        _hold_range(field, target, list(kept), file)
    return {**answers, **{code: "" for code in field.choices if code not in kept}}


def _stands_for_missing(label: str) -> bool:
    return tidy(label) in MISSING_MARKS


def _hold_range(field: ProjectField, target: Target, codes: Sequence[str], file: str) -> None:
    """Refuse codes of answers that are not those of the questionnaire."""
    code = target.measure
    record = ITEMS.get(code) or MEASURES.get(code)
    numbers = [_number(c) for c in codes]
    if record is None or code in ("pain", "pain_vas"):
        return
    if any(n is None or not record.lowest <= n <= record.highest for n in numbers):
        raise DecisionNeeded(
            f"{file}: the answers of {field.name!r} are coded {', '.join(codes[:8])}.",
            f"{target} is answered from {record.lowest:g} to {record.highest:g}.",
            f'Say what each code means in a mapping file:  [values."{target}"]  '
            f'"{codes[0]}" = "{record.lowest:g}"  and so on.',
        )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
