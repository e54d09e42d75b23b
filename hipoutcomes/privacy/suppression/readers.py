"""Who reads copies, what each of them has seen, and what each of them could work out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hipoutcomes.privacy.suppression.examples import Secret, first_exposed
from hipoutcomes.privacy.suppression.made_up_clients import is_short
from hipoutcomes.privacy.suppression.population import ALL, NUMBERS, Scale, Snapshot
from hipoutcomes.privacy.suppression.released import ReleasedTable
from hipoutcomes.privacy.suppression.secrets_of import Room, secrets_of
from hipoutcomes.privacy.suppression.worlds import Way, worlds_of


@dataclass(frozen=True, slots=True)
class Look:
    """How a reader looks at copies.

    Attributes
    ----------
    way : Way
    newest_alone : bool
        At the newest copy by itself, not at earlier ones too.
    most : int or None
        Only where no more clients than this were measured, on a short scale.
    """

    way: Way
    newest_alone: bool = False
    most: int | None = None


@dataclass(frozen=True, eq=False)
class Reader:
    """Somebody who has seen every copy in which numbers under a minimum are hidden.

    Attributes
    ----------
    minimum : int
    snapshots : mapping of int to Snapshot
        Those that tables seen by this reader came from, and the one of now; in order of time.
    tables : tuple of ReleasedTable
        Seen before.
    scale : Scale
    """

    minimum: int
    snapshots: Mapping[int, Snapshot]
    tables: tuple[ReleasedTable, ...]
    scale: Scale

    def first_exposed(
        self, new: Sequence[ReleasedTable], groupings: Sequence[str], look: Look
    ) -> Secret | None:
        """A secret of some groupings that this reader could work out; None where there is none.

        Parameters
        ----------
        new : sequence of ReleasedTable
            What would be shown beside what was seen before.
        groupings : sequence of str
        look : Look
        """
        seen, snapshots = self.tables, self.snapshots
        if look.newest_alone:
            newest = max(snapshots)
            seen, snapshots = (), {newest: snapshots[newest]}
        if look.most is not None and not self._has_few(look, snapshots):
            return None
        tables = [t for t in (*seen, *new) if t.grouping in groupings]
        if look.way.endswith("scores") and not any(row.means for t in tables for row in t.rows):
            return None
        worlds = worlds_of(snapshots, tables, self.scale, groupings, look.way)
        room = Room(self.minimum, look.way, is_sorted=self.scale.threshold is not None)
        return first_exposed(worlds, secrets_of(worlds, snapshots, tables, groupings, room))

    def _has_few(self, look: Look, snapshots: Mapping[int, Snapshot]) -> bool:
        """Whether there are few enough clients and scores for a look, not looked at so already."""
        n = max(s.populations[ALL].count((ALL,), "measured") for s in snapshots.values())
        is_another = look.newest_alone or len(snapshots) > 1
        return n <= look.most and is_short(self.scale) and is_another

    def knows_everybody(self, new: Sequence[ReleasedTable]) -> bool:
        """Whether every number of all clients is shown, at every time."""
        shown = [t for t in (*self.tables, *new) if t.grouping == ALL]
        return all(
            set(NUMBERS) - {"seen"}
            <= {name for t in shown if t.snapshot == place for name in t.rows[0].numbers}
            for place in self.snapshots
        )


def readers_of(
    now: Snapshot, snapshots: Sequence[Snapshot], tables: Sequence[ReleasedTable],
    scale: Scale, minimum: int,
) -> tuple[Reader, ...]:  # fmt: skip
    """Everybody who will read a new copy: those outside, and those inside who saw more before.

    Parameters
    ----------
    now : Snapshot
    snapshots : sequence of Snapshot
        Of earlier copies.
    tables : sequence of ReleasedTable
        Released before.
    scale : Scale
    minimum : int
        Of the new copy. Who sees copies with a higher one only will not see this one.
    """
    found = []
    for lowest in sorted({minimum, *(t.minimum for t in tables if t.minimum < minimum)}):
        seen = tuple(t for t in tables if t.minimum >= lowest)
        places = sorted({t.snapshot for t in seen})
        at = {place: snapshots[place] for place in places} | {len(snapshots): now}
        found.append(Reader(lowest, at, seen, scale))
    return tuple(reversed(found))
