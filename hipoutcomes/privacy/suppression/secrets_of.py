"""Which numbers must not be told: every small one, every small change between copies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hipoutcomes.privacy.suppression.examples import Secret
from hipoutcomes.privacy.suppression.population import (
    ALL,
    CLASSES,
    PARTS,
    SIZE,
    SORTED_PARTS,
    Snapshot,
)
from hipoutcomes.privacy.suppression.released import ReleasedTable
from hipoutcomes.privacy.suppression.worlds import Way, Worlds, rows_of


@dataclass(frozen=True, slots=True)
class Room:
    """Between which values a reader must not be able to tell.

    Attributes
    ----------
    minimum : int
        Numbers of clients under this are hidden.
    way : Way
        By numbers of clients alone, every value from 1 to `minimum` - 1 must be possible; by
        guesses and by scores more than half as many, the true one among them, and by rough scores
        one more; of several copies, two more.
    is_sorted : bool
        Whether clients are better, the same or worse, or nobody can say.
    """

    minimum: int
    way: Way
    is_sorted: bool = True

    def around(self, n: int, *, has_earlier: bool = False) -> tuple[int, int]:
        """The least and greatest value that must be possible for a number that is `n`.

        Parameters
        ----------
        n : int
        has_earlier : bool
            Whether earlier copies tell of it too. What one copy told must not seem to tell too
            much when there is another, or no new one could ever be made.

        Examples
        --------
        >>> Room(11, "numbers").around(3), Room(11, "scores").around(1)
        ((1, 10), (1, 7))
        >>> Room(11, "scores").around(9), Room(11, "scores").around(-5)
        ((4, 10), (-8, -2))
        >>> Room(11, "rough scores").around(1), Room(5, "rough scores").around(1)
        ((1, 8), (0, 4))
        """
        if n < 0:
            low, high = self.around(-n, has_earlier=has_earlier)
            return -high, -low
        half = self.minimum // 2
        most = self.minimum - 2
        widths = {
            "guessed numbers": half + 1,
            "scores": half + 1,
            "rough scores": half + 2 + has_earlier,
        }
        span = widths.get(self.way, most)
        low = max(min(max(n - span // 2, 1), self.minimum - 1 - span), 0)
        return low, low + span


def secrets_of(
    worlds: Worlds,
    snapshots: Mapping[int, Snapshot],
    tables: Sequence[ReleasedTable],
    groupings: Iterable[str],
    room: Room,
) -> list[Secret]:
    """Everything that the released tables must keep hidden.

    Parameters
    ----------
    worlds : Worlds
    snapshots : mapping of int to Snapshot
    tables : sequence of ReleasedTable
    groupings : iterable of str
    room : Room

    Notes
    -----
    Small numbers are those from 1 to the minimum less 1, of every group and every row, of clients
    seen, due, not measured, better, same, worse, and of any two of the last three together; the
    same for how much each changed from one snapshot to another. That everybody measured, in a row
    of the minimum or more, did the same is a secret too; and so is, for each size of change, that
    anybody at all in a row with means changed by exactly that.
    """
    found: list[Secret] = []
    for grouping in groupings:
        rows = rows_of(snapshots, tables, grouping)
        places = [p for p in snapshots if grouping in snapshots[p].populations]
        for place in places:
            for row in rows:
                found += _of_row(worlds, snapshots, place, None, grouping, row, room)
        for later in places:
            for earlier in (p for p in places if p < later):
                for row in rows:
                    found += _of_row(worlds, snapshots, later, earlier, grouping, row, room)
    if room.way == "scores":
        found += _of_sizes(worlds, tables)
    return found


def _of_row(worlds, snapshots, place, earlier, grouping, row, room: Room) -> list[Secret]:
    """Secrets of one row at one time, or of its change since an earlier one."""
    counts = snapshots[place].populations[grouping].classes(row)
    if earlier is not None:
        counts = counts - snapshots[earlier].populations[grouping].classes(row)
    found = []
    n_measured = counts[2:].sum()
    for names in (*PARTS, *(SORTED_PARTS if room.is_sorted else ())):
        if "elsewhere" in names and grouping != ALL:
            continue
        n = int(counts[[CLASSES.index(name) for name in names]].sum())
        everybody_else = len(names) == 2 and n == 0 and n_measured >= room.minimum
        if not (0 < abs(n) < room.minimum) and not everybody_else:
            continue
        terms = worlds.people(place, grouping, row, names)
        if earlier is not None:
            before = worlds.people(earlier, grouping, row, names)
            terms = [*terms, *((column, -value) for column, value in before)]
        low, high = room.around(n, has_earlier=place > min(snapshots))
        name = (grouping, frozenset(row), names, place, earlier)
        found.append(Secret(name, terms, low, high, room.way.endswith("scores")))
    return found


def _of_sizes(worlds: Worlds, tables: Sequence[ReleasedTable]) -> list[Secret]:
    """That anybody changed by one size, in each row with means and in what they leave over."""
    found = []
    for table in (t for t in tables if t.question == "change"):
        here = table.snapshot, table.grouping
        at = {key: column for key, column in worlds.sizes.items() if key[:2] == here}
        rows = [frozenset(row.groups) for row in table.rows if row.means]
        rest = frozenset().union(*(part for _, _, part, _ in at)).difference(*rows)
        for row in filter(None, (*rows, rest)):
            for steps in dict.fromkeys(key[3] for key in at):
                terms = [(c, 1.0) for key, c in at.items() if key[2] <= row and key[3] == steps]
                name = (table.grouping, row, SIZE, table.snapshot, None)
                # A clinic in which every other size is missing shows half of them at once.
                found.append(Secret(name, terms, 0, 0, is_by_scores=True, kin=1 + steps % 2))
    return found
