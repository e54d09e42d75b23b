"""What the codes of classifications mean: ours in codes.csv, and the owner's own before them."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from hipoutcomes.errors import FileError, MappingError
from hipoutcomes.ingest.grids.contents import file_bytes, text_of
from hipoutcomes.ingest.planning.targets import parse_target
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES
from hipoutcomes.vocabulary.measures import MEASURES
from hipoutcomes.vocabulary.questionnaires import ITEMS

#: What a code stands for where its scores are never put with those of another scale.
NOT_POOLED = "not pooled"

#: Sides by the character of an ICD-10-CM code that carries them.
_SIDES = {"1": "right", "2": "left", "3": "both"}
_NAMED = {
    "http://loinc.org": "loinc",
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
    "http://snomed.info/sct": "snomed",
    "snomed ct": "snomed",
    "icd-10": "icd-10",
    "icd10": "icd-10",
    "icd10cm": "icd-10-cm",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one code stands for.

    Attributes
    ----------
    means : str
        A measure (``pain``), a score with its moment (``pain before``), ``condition:bursitis``,
        ``technique:swedish``, ``site:hip``, or ``not pooled``.
    side : str
    note : str
    """

    means: str
    side: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    meaning: Meaning
    side_at: int = 0


class CodeMap:
    """Meanings of codes.

    Parameters
    ----------
    own : path, optional
        The owner's own map; it goes before ours. Columns ``system, code, means`` and, where they
        are wanted, ``side`` and ``note``.

    Raises
    ------
    FileError
        When the map cannot be opened.
    MappingError
        When a row of it says nothing that we know.

    Examples
    --------
    >>> codes = CodeMap()
    >>> codes.find("http://loinc.org", "72514-3").means
    'pain'
    >>> codes.find("http://hl7.org/fhir/sid/icd-10-cm", "M70.62")
    Meaning(means='condition:bursitis', side='left', note='Trochanteric bursitis')
    """

    def __init__(self, own: str | Path | None = None):
        ours = resources.files("hipoutcomes.ingest.structured").joinpath("codes.csv")
        self._rows = _read(ours.read_text("utf-8").splitlines(), "codes.csv")
        if own is not None:
            path = Path(own)
            text, _ = text_of(file_bytes(path), path.name)
            self._rows |= _read(text.splitlines(), path.name)

    def find(self, system: str, code: str) -> Meaning | None:
        """Meaning of a code; None where there is none."""
        name, code = _system(system), code.strip().upper()
        if name.startswith("icd-10"):
            return self._by_prefix(name, code)
        row = self._rows.get((name, code))
        return row.meaning if row else None

    def _by_prefix(self, system: str, code: str) -> Meaning | None:
        """Meaning of an ICD-10 code by its longest known beginning; ICD-10-CM also says sides."""
        bare = code.replace(".", "")
        for length in range(len(bare), 2, -1):
            row = self._rows.get(("icd-10", bare[:length]))
            if row is not None:
                break
        else:
            return None
        side = row.meaning.side
        if not side and row.side_at and system == "icd-10-cm" and len(bare) == row.side_at:
            side = _SIDES.get(bare[-1], "")
        return Meaning(row.meaning.means, side, row.meaning.note)


def _system(text: str) -> str:
    """One name for each classification."""
    name = text.strip().casefold().rstrip("/")
    if "/sid/icd-10" in name:
        return name.rpartition("/")[2]
    return _NAMED.get(name, name)


def _read(lines: Iterable[str], name: str) -> dict[tuple[str, str], _Row]:
    """The rows of a map of codes."""
    rows = {}
    try:
        table = csv.DictReader(lines)
        lacking = {"system", "code", "means"} - set(table.fieldnames or ())
        if lacking:
            raise _lacks(name, sorted(lacking))
        for number, row in enumerate(table, 2):
            said = {key: (value or "").strip() for key, value in row.items() if key}
            meaning = Meaning(said["means"], said.get("side", ""), said.get("note", ""))
            if not _known(meaning):
                raise _unknown(name, number)
            system = _system(said["system"])
            code = said["code"].upper()
            at = said.get("side_at", "")
            key = ("icd-10", code.replace(".", "")) if system.startswith("icd-10") else None
            rows[key or (system, code)] = _Row(meaning, int(at) if at.isdecimal() else 0)
    except csv.Error:
        raise FileError(f"The map of codes {name} is no table.") from None
    return rows


def _known(meaning: Meaning) -> bool:
    """Whether a row of a map says something that we know."""
    head, _, tail = meaning.means.partition(":")
    told = {"condition": CONDITIONS.terms, "technique": TECHNIQUES.terms, "site": ("hip", "other")}
    known = tail in told[head] if head in told else False
    target = parse_target(meaning.means)
    return meaning.side in ("", "left", "right", "both") and (
        known
        or meaning.means in (NOT_POOLED, "pain")
        or meaning.means in MEASURES
        or meaning.means in ITEMS
        or (target is not None and target.score is not None)
    )


def _lacks(name: str, lacking: list[str]) -> MappingError:
    return MappingError(
        f"The map of codes {name} has no column {' and '.join(lacking)}.",
        "Its first line is:  system,code,means,side,note",
    )


def _unknown(name: str, number: int) -> MappingError:
    return MappingError(
        f"Row {number} of the map of codes {name} says nothing that we know.",
        "A code means a measure such as pain or flexion_active, a score such as 'pain before', "
        "condition:bursitis, technique:swedish, site:hip, or 'not pooled'; a side is left, right "
        "or both.",
    )
