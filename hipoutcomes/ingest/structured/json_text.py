"""JSON of any source, read so that a hostile file ends with a message, never with a traceback."""

import json
import math
import re

from hipoutcomes.errors import FileError

#: Shown in place of a list or an object where one plain value belongs.
NOT_PLAIN = "(not a plain value)"

_MOST_DIGITS = 20
_LONGEST = 2000
_SURROGATE = re.compile("[\ud800-\udfff\0]")


def read_json(text: str, name: str) -> object:
    """Read one JSON text.

    Parameters
    ----------
    text : str
    name : str
        Of the file, for messages.

    Raises
    ------
    FileError
        When it is no JSON, breaks off, nests too deeply, says one key twice or holds NaN.

    Examples
    --------
    >>> read_json('{"id": 7, "starts_at": "2026-03-05T18:00:00Z"}', "a.json")["id"]
    7
    """
    try:
        return json.loads(
            text,
            object_pairs_hook=_each_once,
            parse_constant=_refuse,
            parse_float=_float,
            parse_int=_whole,
        )
    except RecursionError:
        raise _damaged(name, "it nests deeper than any export does") from None
    except json.JSONDecodeError as problem:
        raise _damaged(name, f"line {problem.lineno} is not JSON") from None
    except ValueError as problem:
        raise _damaged(name, str(problem)) from None


def read_json_lines(text: str, name: str) -> tuple[list[tuple[int, object]], int]:
    """Read NDJSON: one JSON text in each line.

    Returns
    -------
    list of (int, object)
        Line number and what the line holds.
    int
        Number of blank lines.

    Raises
    ------
    FileError
        When a line is no JSON; the message names it.
    """
    found, blank = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            found.append((number, read_json(line, f"{name}, line {number:,},")))
        else:
            blank += 1
    return found, blank - (1 if text.endswith("\n") else 0)


def at(value: object, *path: str | int) -> object | None:
    """What lies at a path of keys and places; None where anything on the way is missing.

    Examples
    --------
    >>> at({"code": {"coding": [{"code": "72514-3"}]}}, "code", "coding", 0, "code")
    '72514-3'
    >>> at({"code": 5}, "code", "coding", 0)
    """
    for step in path:
        if isinstance(step, int):
            fits = isinstance(value, list) and -len(value) <= step < len(value)
        else:
            fits = isinstance(value, dict) and step in value
        if not fits:
            return None
        value = value[step]
    return value


def several(value: object) -> list:
    """A list as it is, one value as a list of it, nothing as an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def plain(value: object) -> str | int | float | None:
    """A value as it can stand in a cell; a list or an object is told as such."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)[:_LONGEST]
    return NOT_PLAIN


def words(value: object) -> str:
    """A value as text without spaces around it; empty for nothing, a list or an object."""
    said = plain(value)
    return "" if said is None or said == NOT_PLAIN else str(said).strip()


def _each_once(pairs: list[tuple[str, object]]) -> dict:
    """An object whose keys differ."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("one object says the same key twice")
    return made


def _refuse(constant: str) -> None:
    raise ValueError(f"it holds {constant}, which is not a number in JSON")


def _float(text: str) -> float | str:
    """A number; one too large to be held stays text."""
    number = float(text)
    return number if math.isfinite(number) else text[:_LONGEST]


def _whole(text: str) -> int | str:
    """A whole number; one with too many digits to be meant stays text."""
    return int(text) if len(text) <= _MOST_DIGITS else text[:_LONGEST]


def _damaged(name: str, why: str) -> FileError:
    return FileError(
        f"{name} is not a complete JSON file: {why}.",
        "We expected the file as the system wrote it.",
        "Export or copy it again, and do not open it in a program that changes it.",
    )
