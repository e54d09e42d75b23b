"""T1, T2, ...: who is which therapist in the copies that are shared."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from hipoutcomes.errors import FileError
from hipoutcomes.privacy.private_folder import write_private
from hipoutcomes.privacy.suppression.kept_files import CODES, NOT_READ, read_kept


@dataclass(frozen=True)
class TherapistCodes:
    """T1, T2, ... for every therapist, the same in every copy, in an order that says nothing.

    Attributes
    ----------
    mark : str
        Random; whoever knows the names cannot work out the order without it.
    codes : mapping of str to str
        By therapist.
    """

    mark: str
    codes: Mapping[str, str]

    def extended(self, therapists: Iterable[str]) -> "TherapistCodes":
        """The same codes, and further ones for therapists who have none yet.

        Examples
        --------
        >>> sorted(TherapistCodes("a mark", {}).extended(["Ada", "Ben"]).codes.values())
        ['T1', 'T2']
        """
        new = sorted(
            {str(name) for name in therapists} - set(self.codes),
            key=lambda name: sha256(f"{self.mark}|{name}".encode()).hexdigest(),
        )
        first = len(self.codes) + 1
        added = {name: f"T{place}" for place, name in enumerate(new, start=first)}
        return TherapistCodes(self.mark, {**self.codes, **added})

    def keep(self, folder: Path) -> None:
        """Write the table of codes, where only the owner can read it.

        Raises
        ------
        OutputError
            When it cannot be written.
        """
        kept = {"mark": self.mark, "codes": dict(self.codes)}
        write_private(folder / CODES, json.dumps(kept, indent=1).encode())


def therapist_codes(folder: Path) -> TherapistCodes:
    """The codes of earlier copies; none yet where there is no table of them.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    FileError
        When the table cannot be read.
    """
    path = folder / CODES
    if not path.exists():
        return TherapistCodes(secrets.token_hex(16), {})
    kept = read_kept(path)
    try:
        return TherapistCodes(str(kept["mark"]), {str(k): str(v) for k, v in kept["codes"].items()})
    except (KeyError, AttributeError):
        raise FileError(f"{path} cannot be read.", *NOT_READ) from None
