"""Numbers by which an export knows clients and staff: random, or keyed and always the same."""

import base64
import hmac
import secrets
from collections.abc import Iterable

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PURPOSE = "hipoutcomes/v1|export|"
#: Letters of a random number, which are drawn again where taken, and of a keyed one.
_RANDOM, _KEYED = 8, 16


def study_ids(names: Iterable[str], prefix: str, secret: bytes | None) -> dict[str, str]:
    """A number of its own for each name.

    Parameters
    ----------
    names : iterable of str
    prefix : str
        One word before each number.
    secret : bytes, optional
        Makes the same number of the same name in every export. Without it, numbers are random and
        are derived from nothing about anybody, as 45 CFR 164.514(c) asks.

    Returns
    -------
    dict of str to str
        Name -> number.
    """
    made: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(map(str, names)):
        number = _keyed(name, prefix, secret) if secret else _random()
        while number in taken:
            number = _random() if not secret else number + _random()
        taken.add(number)
        made[name] = f"{prefix}-{number}"
    return made


def _random() -> str:
    """Random letters."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))


def _keyed(name: str, prefix: str, secret: bytes) -> str:
    """Letters that only this name and secret give."""
    mark = hmac.digest(secret, f"{_PURPOSE}{prefix}|{name}".encode(), "sha256")
    return base64.b32encode(mark).decode().lower()[:_KEYED]
