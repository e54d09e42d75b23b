"""The lists of techniques, conditions, muscle groups and motions, and the words clinics type."""

import csv
import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

#: Words this short are never compared by likeness: MFR, MFT and MET are one letter apart.
SHORTEST_LIKENESS = 5
_CUTOFF = 0.8
_MIXED = "mixed"


def fold(text: str) -> str:
    """Leave out of a term what does not tell it apart: case, accents, punctuation, plural, spaces.

    Examples
    --------
    >>> fold("Trigger-Points"), fold("M.F.R."), fold("Bursitis"), fold("Déep  tissue ")
    ('triggerpoint', 'mfr', 'bursitis', 'deeptissue')
    """
    plain = unicodedata.normalize("NFKD", str(text)).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.findall(r"[a-z0-9]+", plain.replace("'", "").replace("\u2019", ""))
    return "".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    """Drop the s of a plural; bursitis, gluteus and their Latin kin keep it."""
    if len(word) < 5 or word.endswith(("ss", "is", "us")) or not word.endswith("s"):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word[:-1]


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a list.

    Attributes
    ----------
    code : str
        What tables hold.
    label : str
        What people read.
    aliases : tuple of str
        What clinics type for it, beyond code and label.
    questioned : tuple of str
        What some clinics type for it and others for something else: suggested, never assumed.
    """

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    questioned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Codelist:
    """A list of terms, each found by its code, label or aliases.

    Parameters
    ----------
    name : str
        What one entry is: technique, condition, muscle group or motion.
    terms : mapping of str to Term
        By code, in the order in which they are shown.

    Raises
    ------
    ValueError
        When two terms share a name after folding.

    Examples
    --------
    >>> TECHNIQUES.find("Trigger Points"), TECHNIQUES.find("MFR"), TECHNIQUES.find("TP")
    ('trigger_point', 'myofascial_release', None)
    >>> TECHNIQUES.suggest("TP"), TECHNIQUES.suggest("swedsh"), TECHNIQUES.suggest("MTR")
    ('trigger_point', 'swedish', None)
    >>> CONDITIONS.label("impingement")
    'Hip impingement (FAI)'
    """

    name: str
    terms: Mapping[str, Term]
    _known: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _questioned: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        terms = MappingProxyType(dict(self.terms))
        known = _names(self.name, {t: (t.code, t.label, *t.aliases) for t in terms.values()})
        questioned = _names(self.name, {t: t.questioned for t in terms.values()})
        if both := sorted(set(known) & set(questioned)):
            raise ValueError(f"{self.name}: {', '.join(both)} is both an alias and questioned.")
        object.__setattr__(self, "terms", terms)
        object.__setattr__(self, "_known", known)
        object.__setattr__(self, "_questioned", questioned)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, in the order in which they are shown."""
        return tuple(self.terms)

    def label(self, code: str) -> str:
        """What people read for a code; a code that is not in the list reads as itself."""
        if code == _MIXED:
            return f"Mixed (no main {self.name})"
        return self.terms[code].label if code in self.terms else str(code)

    def find(self, text: str) -> str | None:
        """Code of exactly this term, whatever its case, punctuation, plural and spacing."""
        return self._known.get(fold(text))

    def suggest(self, text: str) -> str | None:
        """Code that a term may stand for: to be asked about, never to be assumed.

        Words of up to four letters are suggested only where the list names them as questioned.
        """
        folded = fold(text)
        if folded in self._questioned:
            return self._questioned[folded]
        if len(folded) < SHORTEST_LIKENESS:
            return None
        names = {**self._known, **self._questioned}
        long_names = [name for name in names if len(name) >= SHORTEST_LIKENESS]
        close = difflib.get_close_matches(folded, long_names, n=1, cutoff=_CUTOFF)
        return names[close[0]] if close else None


def _names(list_name: str, names: Mapping[Term, Iterable[str]]) -> Mapping[str, str]:
    """Each folded name, and the code of the one term it belongs to."""
    table: dict[str, str] = {}
    for term, texts in names.items():
        for text in texts:
            owner = table.setdefault(fold(text), term.code)
            if owner != term.code:
                raise ValueError(
                    f"{list_name}: {text!r} is listed for both {owner} and {term.code}."
                )
    return MappingProxyType(table)


def read_codelist(path: Path, name: str) -> Codelist:
    """Read a list from a CSV with the columns code, label, aliases, questioned.

    Several aliases in a cell are separated by ``|``.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        terms = {
            row["code"]: Term(
                row["code"], row["label"], _split(row["aliases"]), _split(row["questioned"])
            )
            for row in csv.DictReader(lines)
        }
    return Codelist(name, terms)


def _split(cell: str) -> tuple[str, ...]:
    """The parts of a cell between the bars."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())


_HERE = Path(__file__).parent

TECHNIQUES = read_codelist(_HERE / "techniques.csv", "technique")
CONDITIONS = read_codelist(_HERE / "conditions.csv", "condition")
MUSCLES = read_codelist(_HERE / "muscles.csv", "muscle group")
MOTIONS = read_codelist(_HERE / "motions.csv", "motion")
