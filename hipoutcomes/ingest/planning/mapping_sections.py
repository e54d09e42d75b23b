"""The sections of a mapping file, each read into what it may hold."""

import math
from difflib import get_close_matches

from hipoutcomes.errors import MappingError
from hipoutcomes.ingest.planning.targets import Target, parse_target
from hipoutcomes.vocabulary.fields import FIELDS


def by_target(name: str, said: dict, section: str, read) -> dict:
    """One section of a mapping file, by target; `name` is for messages."""
    return {_target(name, key): read(value) for key, value in said.get(section, {}).items()}


def targets(name: str, texts: tuple[str, ...]) -> tuple[Target, ...]:
    """Several targets as a mapping file writes them."""
    return tuple(_target(name, text) for text in texts)


def _target(name: str, text: str) -> Target:
    """A target, or a message that offers the nearest ones."""
    target = parse_target(text)
    if target is not None:
        return target
    words = text.split()
    near = get_close_matches(text, [*FIELDS, "pain before", "pain after"], 3, 0.6)
    if words and words[-1] not in ("before", "during", "after", "between"):
        near = [*near, f"{text} before"] if parse_target(f"{text} before") else near
    raise MappingError(
        f"{name} names {text!r}, which is nothing a column can hold.",
        f"Perhaps {either(near)}?" if near else "",
        "Columns hold: "
        + ", ".join(FIELDS)
        + '; or a score with its moment, such as "pain before", "flexion_active left after", '
        '"hoos_ps between".',
    )


def texts(value) -> tuple[str, ...]:
    """One text or a list of them."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise TypeError(f'expected "text" or ["text", "text"], found {value!r}')
    return tuple(value)


def text(value) -> str:
    """One text."""
    if not isinstance(value, str):
        raise TypeError(f'expected "text", found {value!r}')
    return value


def codes(value) -> tuple:
    """One code or a list of them, numbers or text."""
    found = value if isinstance(value, list) else [value]
    if not all(_is_plain(code) for code in found):
        raise TypeError(f"expected codes such as [9, 999], found {value!r}")
    return tuple(found)


def meanings(value) -> dict[str, str | int | float]:
    """What each value of a coded column means: words or numbers."""
    if not isinstance(value, dict):
        raise TypeError(f'expected lines such as "1" = "left", found {value!r}')
    for raw, meaning in value.items():
        if not _is_plain(meaning):
            raise TypeError(f'expected a word or a number for {raw!r}, as in "1" = "left"')
    return dict(value)


def years(value) -> tuple[int, ...]:
    """Years, as numbers."""
    if not isinstance(value, list) or not all(type(year) is int for year in value):
        raise TypeError(f"expected years such as [2995, 2996], found {value!r}")
    return tuple(value)


def yes_no(value) -> bool:
    """``true`` or ``false``."""
    if not isinstance(value, bool):
        raise TypeError(f"expected true or false, found {value!r}")
    return value


def constants(value: dict) -> dict[str, str]:
    """What holds for every row: names and their texts."""
    return {name: text(told) for name, told in value.items()}


def not_understood(name: str, what: str, found: str, allowed: tuple) -> MappingError:
    """The error of a word that a mapping file does not know."""
    return MappingError(
        f"{name} has a {what} {found!r}, which is not understood.",
        f"It may be {either(allowed)}.",
    )


def either(names) -> str:
    """Names in quotes, joined by commas and 'or'."""
    *most, last = [repr(str(name)) for name in names]
    return f"{', '.join(most)} or {last}" if most else last


def _is_plain(value) -> bool:
    """Whether a value is text or a finite number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    return not isinstance(value, float) or math.isfinite(value)
