"""How a file was read, as the records may keep it: without anything that somebody typed."""

import json
import re
import tomllib

from hipoutcomes.privacy.clinical_words import is_clinical
from hipoutcomes.privacy.personal_text import kind_of_text

#: Sections whose values are headings or words of the program.
_AS_THEY_ARE = ("file", "columns", "scales", "requires")
#: Sections whose keys or values are cells of the file, or were typed for it.
_OF_CELLS = ("missing", "constants")
_VALUES = "values"
_NUMBER = re.compile(r"-?\d{1,4}(?:\.\d+)?")


def admitted_mapping(text: str) -> str:
    """A mapping without remarks, names of files and values of cells.

    Headings stay, and so do words of massage and hips and short numbers that stand for something.
    A member of staff or a place that was given for the whole file is left out: the records have
    it as a code.

    Parameters
    ----------
    text : str
        Of a mapping file, in TOML.

    Raises
    ------
    ValueError
        When it is no TOML.

    Examples
    --------
    >>> print(admitted_mapping('''# Jane Doe.csv
    ... [columns]
    ... patient = "Client"
    ... [constants]
    ... therapist = "Cleo Quist"
    ... [values.sex]
    ... "1" = "male"
    ... "ask Mika" = "female"
    ... '''))
    [columns]
    patient = "Client"
    <BLANKLINE>
    [values.sex]
    1 = "male"
    <BLANKLINE>
    """
    told = tomllib.loads(text)
    parts = []
    for name in _AS_THEY_ARE:
        lines = {k: v for k, v in _table(told, name).items() if not _is_personal(v)}
        parts.append(_section(name, lines))
    for name in _OF_CELLS:
        lines = {k: v for k, v in _table(told, name).items() if _all(v, _is_plain)}
        parts.append(_section(name, lines))
    for target, meanings in _table(told, _VALUES).items():
        if isinstance(meanings, dict):
            lines = {k: v for k, v in meanings.items() if _is_plain(k) and _all(v, _is_plain)}
            parts.append(_section(f"{_VALUES}.{_key(target)}", lines))
    return "\n".join(part for part in parts if part)


def _table(told: dict, name: str) -> dict:
    """One section; an empty one where it is not there."""
    found = told.get(name, {})
    return found if isinstance(found, dict) else {}


def _is_personal(value: object) -> bool:
    """Whether a heading holds an address or a number of a person."""
    return not _all(value, lambda text: not kind_of_text(text))


def _is_plain(text: str) -> bool:
    """Whether a cell is a word that names nobody, or a short number."""
    return _NUMBER.fullmatch(text) is not None or is_clinical(text.lower())


def _all(value: object, holds) -> bool:
    """Whether something holds for each text of a value."""
    if isinstance(value, dict):
        return all(_all(part, holds) for pair in value.items() for part in pair)
    return all(holds(str(part)) for part in (value if isinstance(value, list) else [value]))


def _section(name: str, lines: dict) -> str:
    """One section as TOML; nothing where it is empty."""
    if not lines:
        return ""
    body = (f"{_key(key)} = {_written(value)}" for key, value in lines.items())
    return "\n".join([f"[{name}]", *body, ""])


def _key(text: str) -> str:
    """A key, in quotes where it holds more than letters."""
    plain = text.replace("_", "").replace("-", "")
    return text if plain.isalnum() and plain.isascii() else _written(text)


def _written(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_written(v)}" for k, v in value.items()) + " }"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else str(value)
