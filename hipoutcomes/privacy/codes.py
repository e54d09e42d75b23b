"""Codes in place of names: made with the clinic's key, and without it not to be turned back."""

import base64
import hmac
import re

from hipoutcomes.privacy.key import Key
from hipoutcomes.privacy.normalised import normalised

_VERSION = "hipoutcomes/v1"
#: Letters of a client's code: 26 of five bits each are 130 bits.
_CLIENT_LETTERS, _VISIT_LETTERS, _SHORT_LETTERS = 26, 16, 6
_LETTERS = "[a-z2-7]"
_CLIENT = re.compile(f"{_LETTERS}{{{_CLIENT_LETTERS}}}")
_VISIT = re.compile(f"{_LETTERS}{{{_VISIT_LETTERS}}}")
_SHORT = re.compile(rf"[a-z]+(?:-[a-z]+)*-{_LETTERS}{{{_SHORT_LETTERS},}}")


def mark_of(key: Key, purpose: str, text: str) -> str:
    """HMAC-SHA256 of a text for one purpose: its first 160 bits, as 32 letters of base32."""
    message = f"{_VERSION}|{purpose}|{text}".encode()
    mark = hmac.digest(key.secret, message, "sha256")
    return base64.b32encode(mark[:20]).decode().lower()


def client_code(key: Key, own_id: str) -> str:
    """Code of a client: 130 bits, the same for every way of typing the same number."""
    text = normalised(own_id, zeros=key.zeros)
    return mark_of(key, "clinic", text)[:_CLIENT_LETTERS]


def visit_code(key: Key, own_id: str) -> str:
    """Code of a visit's own number."""
    text = normalised(own_id, zeros=key.zeros)
    return mark_of(key, "visit", text)[:_VISIT_LETTERS]


def short_code(key: Key, kind: str, word: str, letters: int = _SHORT_LETTERS) -> str:
    """Short code of one of a few words, such as ``therapist-7f3k2a``.

    Parameters
    ----------
    key : Key
    kind : str
        What the word is; stands before the code, in small letters.
    word : str
    letters : int
        More, where two words of one clinic share a code.
    """
    return f"{kind}-{mark_of(key, kind, normalised(word, zeros='kept'))[:letters]}"


def is_client_code(text: str) -> bool:
    """Whether a text has the form of a client's code."""
    return _CLIENT.fullmatch(text) is not None


def is_visit_code(text: str) -> bool:
    """Whether a text has the form of a visit's code."""
    return _VISIT.fullmatch(text) is not None


def is_short_code(text: str) -> bool:
    """Whether a text has the form of a short code."""
    return _SHORT.fullmatch(text) is not None
