"""T1, T2, ...: who is which therapist in the copies that are shared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256


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
