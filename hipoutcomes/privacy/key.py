"""The key of a clinic: whoever has it can make the same codes again; without it nobody can."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hipoutcomes.errors import StoreError
from hipoutcomes.privacy.private_folder import write_private

KEY_FILE = "key.json"
_BYTES = 32
_ID = b"hipoutcomes/v1|key-id|"
#: Files that codes were made for: beside them, a missing key is a lost key.
_MADE_WITH = ("clients.csv", "../store/hipoutcomes.db")


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """256 random bits, and a name for them that gives nothing away.

    Attributes
    ----------
    id : str
    secret : bytes
    zeros : {"ignored", "kept"}
        Whether client 00457 and client 457 are one. Fixed when the key is made, since a change
        would split clients.
    """

    id: str
    secret: bytes
    zeros: str = "ignored"

    def __repr__(self) -> str:
        return f"Key(id={self.id!r})"


def load_or_make_key(private: Path, *, zeros: str = "ignored") -> Key:
    """The key of a clinic; a new one for a clinic that has no records yet.

    Parameters
    ----------
    private : Path
        The private folder.
    zeros : {"ignored", "kept"}
        For a new key; see `Key.zeros`.

    Raises
    ------
    StoreError
        When there are records and no key: a new key would give every client a second code. Also
        when the key is damaged.
    """
    path = private / KEY_FILE
    if path.exists():
        return _read(path)
    if any((private / name).exists() for name in _MADE_WITH):
        raise StoreError(
            f"The key of these records is gone: there is no {path}.",
            "A new key would give every client a second code, and so split them in two. Nothing "
            "was changed.",
            "Copy key.json back from your backup, or type in the printed recovery copy.",
        )
    if zeros not in ("ignored", "kept"):
        raise ValueError(f"zeros must be 'ignored' or 'kept'; it is {zeros!r}.")
    key = _key_of(secrets.token_bytes(_BYTES), zeros)
    # Two programs that begin at once agree on the key of the first.
    return key if _write(private, key) else _read(path)


def recovery_text(key: Key) -> str:
    """A copy of the key to print and lock away: it opens nothing without the records.

    Examples
    --------
    >>> key = _key_of(bytes(32), "ignored")
    >>> key_from_recovery(recovery_text(key)) == key
    True
    """
    letters = base64.b32encode(key.secret).decode().rstrip("=").lower()
    groups = [letters[at : at + 4] for at in range(0, len(letters), 4)]
    lines = ["  ".join(groups[at : at + 7]) for at in range(0, len(groups), 7)]
    return "\n".join(
        (
            "Recovery copy of the key of a clinic's outcome records",
            "",
            f"key       {key.id}",
            f"zeros     {key.zeros}",
            *(f"letters   {line}" for line in lines),
            "",
            "Keep it locked away, and apart from the computer. If private/key.json is ever lost,",
            "these letters bring it back. Without them and without key.json, files that are",
            "imported later can no longer be joined to the clients in the records.",
            "",
        )
    )


def key_from_recovery(text: str) -> Key:
    """The key of a recovery copy, as typed in again.

    Raises
    ------
    StoreError
        When the letters are not those of the key it names.
    """
    parts: dict[str, list[str]] = {"key": [], "zeros": [], "letters": []}
    for line in text.lower().splitlines():
        name, _, rest = line.strip().partition(" ")
        if name in parts:
            parts[name].append("".join(rest.split()))
    letters, named = "".join(parts["letters"]), "".join(parts["key"])
    try:
        secret = base64.b32decode(letters.upper() + "=" * (-len(letters) % 8))
    except ValueError:
        secret = b""
    zeros = "".join(parts["zeros"]) or "ignored"
    if len(secret) != _BYTES or zeros not in ("ignored", "kept"):
        raise _mistyped()
    key = _key_of(secret, zeros)
    if named != key.id:
        raise _mistyped()
    return key


def restore_key(private: Path, text: str) -> Key:
    """Write the key of a recovery copy back where it was lost.

    Raises
    ------
    StoreError
        When the copy is mistyped, or there is a key already.
    """
    key = key_from_recovery(text)
    if not _write(private, key):
        raise StoreError(
            f"There is a key already: {private / KEY_FILE}.",
            remedy="Move it away first, if it is the wrong one. Nothing was changed.",
        )
    return key


def _key_of(secret: bytes, zeros: str) -> Key:
    """A key with its name, which is made from it and cannot be turned back."""
    mark = hashlib.sha256(_ID + zeros.encode() + b"|" + secret).digest()
    return Key(base64.b32encode(mark)[:12].decode().lower(), secret, zeros)


def _write(private: Path, key: Key) -> bool:
    """Write key.json where there is none; whether it was written."""
    said = {
        "about": "The key of this clinic's records. Keep a copy somewhere safe; never share it.",
        "id": key.id,
        "zeros": key.zeros,
        "made": f"{datetime.now(UTC):%Y-%m-%d}",
        "secret": key.secret.hex(),
    }
    text = json.dumps(said, indent=2) + "\n"
    return write_private(private / KEY_FILE, text.encode(), only_new=True)


def _read(path: Path) -> Key:
    """Read key.json, and see that it is whole."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        key = _key_of(bytes.fromhex(said["secret"]), said["zeros"])
        whole = len(key.secret) == _BYTES and key.id == said["id"]
    except OSError as problem:
        raise StoreError(
            f"The key {path} cannot be read: {problem.strerror or 'the system refused'}.",
            remedy="Check its permissions.",
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise StoreError(
            f"The key {path} is damaged.",
            "It was left as it is; a new key would split every client in two.",
            "Copy key.json back from your backup, or type in the printed recovery copy.",
        )
    return key


def _mistyped() -> StoreError:
    """The error of a recovery copy that does not hold together."""
    return StoreError(
        "These letters are not a recovery copy: they do not agree with the key that it names.",
        "The lines 'key', 'zeros' and 'letters' of the printed copy are needed, as printed.",
        "Compare them letter by letter; there is no 0, 1, 8 or 9 among the letters.",
    )
