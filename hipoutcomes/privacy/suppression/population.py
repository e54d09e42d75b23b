"""What is counted for a shared copy: sums over clients, by group, at one time."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

#: What a client is, as far as a shared copy tells: each client is exactly one of these.
CLASSES = ("elsewhere", "lost", "better", "same", "worse")

#: Every number of clients that a shared copy can show, by the classes it adds up.
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "seen": CLASSES,
    "due": CLASSES[1:],
    "measured": CLASSES[2:],
    "better": ("better",),
    "same": ("same",),
    "worse": ("worse",),
}

#: Classes of those measured at both times, by how their score changed.
SORTED = CLASSES[2:]

#: Every number of a row that means something by itself, written down or not; and those that are
#: there where clients are sorted.
PARTS = (CLASSES, ("elsewhere",), CLASSES[1:], ("lost",), SORTED)
SORTED_PARTS = (
    *((name,) for name in SORTED),
    *(tuple(other for other in SORTED if other != name) for name in SORTED),
)

#: In the place of classes: how many clients changed by exactly one size.
SIZE = ("one size of change",)

#: Every number that grows while records are added: what is due, and whatever it is made of. Who is
#: not yet due will be.
GROWING = (
    CLASSES,
    *(
        some
        for n in range(len(CLASSES) - 1, 0, -1)
        for some in combinations(CLASSES[1:], n)
    ),
)  # fmt: skip

#: Sums over the clients measured at both times, in the order of `Population.sums`.
SUMS = ("start", "start squared", "change", "change squared")

#: The population that holds every client as one group.
ALL = "all"


@dataclass(frozen=True, slots=True)
class Scale:
    """What anybody knows about a score before seeing a number.

    Attributes
    ----------
    lowest, highest : float
        Ends of the scale.
    sign : int
        1 where higher is better, -1 where lower is.
    threshold : float or None
        Size of change that counts as better or worse; None where no size is known to matter, and
        nobody is sorted.
    step : float
        Between one possible score and the next.
    """

    lowest: float
    highest: float
    sign: int
    threshold: float | None
    step: float = 1.0


@dataclass(frozen=True, eq=False)
class Population:
    """Everybody, divided into groups in one way.

    Attributes
    ----------
    groups : tuple of str
        Codes; an empty one is the group of those for whom it was not recorded.
    counts : ndarray of int, shape (n groups, 5)
        Clients by `CLASSES`. "elsewhere" (not yet due, or without a first score) is counted for
        all clients together only.
    sums : ndarray of float, shape (n groups, 4)
        `SUMS` over those measured at both times; change is positive where better.
    is_ordered : bool
        Neighbouring groups may be put together.
    named : frozenset of str
        Groups that may be named on a page; any other is put with "all others".
    """

    groups: tuple[str, ...]
    counts: np.ndarray
    sums: np.ndarray
    is_ordered: bool = False
    named: frozenset[str] = frozenset()

    def count(self, groups: tuple[str, ...], number: str) -> int:
        """How many clients of some groups are of one of `NUMBERS`."""
        rows = [self.groups.index(group) for group in groups if group in self.groups]
        columns = [CLASSES.index(name) for name in NUMBERS[number]]
        return int(self.counts[np.ix_(rows, columns)].sum())

    def classes(self, groups: tuple[str, ...]) -> np.ndarray:
        """Clients of some groups by class, shape (5,)."""
        rows = [self.groups.index(group) for group in groups if group in self.groups]
        return self.counts[rows].sum(axis=0)

    def totals(self, groups: tuple[str, ...]) -> np.ndarray:
        """`SUMS` of some groups, shape (4,)."""
        rows = [self.groups.index(group) for group in groups if group in self.groups]
        return self.sums[rows].sum(axis=0)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A clinic as it was when a copy was made.

    Attributes
    ----------
    as_of : str
        Month up to which the records went, in words.
    populations : mapping of str to Population
        By name of the grouping; `ALL` is always there.
    """

    as_of: str
    populations: Mapping[str, Population]
