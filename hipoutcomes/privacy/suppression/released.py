"""What a shared copy shows: tables in which a number that is hidden is not there at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: What a table answers: who was measured again; how scores changed; who is better, same or worse.
QUESTIONS = ("measured", "change", "sorted")


@dataclass(frozen=True, slots=True)
class Means:
    """Mean first score and mean improvement, rounded as they are shown.

    Attributes
    ----------
    start, change, low, high : float
        Change is positive where better; low and high are its 95% interval.
    """

    start: float
    change: float
    low: float
    high: float


@dataclass(frozen=True)
class ReleasedRow:
    """One row of a released table.

    Attributes
    ----------
    groups : tuple of str
        Codes of the groups that the row puts together.
    numbers : mapping of str to int
        Those of `population.NUMBERS` that are shown.
    means : Means or None
    """

    groups: tuple[str, ...]
    numbers: Mapping[str, int]
    means: Means | None = None

    def __post_init__(self):
        object.__setattr__(self, "numbers", MappingProxyType(dict(self.numbers)))

    def number(self, name: str) -> int | None:
        """A number of clients; None where it is hidden."""
        return self.numbers.get(name)


@dataclass(frozen=True)
class ReleasedTable:
    """One released table.

    Attributes
    ----------
    grouping : str
    question : str
        One of `QUESTIONS`.
    snapshot : int
        Place of its snapshot among all that were ever released from.
    as_of : str
        Month up to which its records went.
    rows : tuple of ReleasedRow
    minimum : int
        The smallest number of clients that was shown when it was new.
    """

    grouping: str
    question: str
    snapshot: int
    as_of: str
    rows: tuple[ReleasedRow, ...]
    minimum: int


@dataclass(frozen=True)
class Released:
    """Everything that one copy shows.

    Attributes
    ----------
    tables : tuple of ReleasedTable
        New ones, and earlier ones that are shown again.
    new : tuple of ReleasedTable
        Those of `tables` that were never shown before.
    left_out : mapping of str to str
        Groupings of which nothing is shown, and why: "too few groups" or "cannot be protected".
    minimum : int
        The smallest number of clients that is shown.
    """

    tables: tuple[ReleasedTable, ...]
    new: tuple[ReleasedTable, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    minimum: int = 11

    def table(self, grouping: str, question: str) -> ReleasedTable | None:
        """The table of a grouping and question; None where it is not shown."""
        for table in self.tables:
            if (table.grouping, table.question) == (grouping, question):
                return table
        return None
