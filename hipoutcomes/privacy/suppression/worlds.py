"""Every clinic that agrees with what was released: its unknown numbers, and what binds them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from hipoutcomes.privacy.suppression.growth import growths
from hipoutcomes.privacy.suppression.population import (
    ALL,
    CLASSES,
    GROWING,
    NUMBERS,
    Scale,
    Snapshot,
)
from hipoutcomes.privacy.suppression.released import ReleasedTable

Key = tuple[int, str, str, str]

#: How a reader looks at tables: at numbers of clients alone; with a guess which hidden ones are
#: small; at means too, taken apart into the scores of single clients; or the same but roughly, as
#: if a client could be divided.
Way = Literal["numbers", "guessed numbers", "scores", "rough scores"]
Terms = list[tuple[int, float]]


@dataclass(eq=False)
class Worlds:
    """Unknown numbers of 0 or more, and what a reader knows about them.

    Attributes
    ----------
    counts : dict of (snapshot, grouping, group, class) to int
        Column of each unknown number of clients.
    sizes : dict of (snapshot, grouping, groups, steps of change) to int
        Column of the number of clients who changed by so much, in groups that means tell apart.
    whole : list of bool
        Whether each unknown is a whole number; numbers of clients are.
    rows : list of (terms, least, greatest)
        What is known, one line each.
    """

    counts: dict[Key, int] = field(default_factory=dict)
    sizes: dict[tuple[int, str, frozenset[str], int], int] = field(default_factory=dict)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[Terms, float, float]] = field(default_factory=list)

    @property
    def width(self) -> int:
        """How many unknowns there are."""
        return len(self.whole)

    def unknown(self, *, is_whole: bool = True) -> int:
        """Column of one more unknown."""
        self.whole.append(is_whole)
        return self.width - 1

    def people(
        self, snapshot: int, grouping: str, groups: Iterable[str], classes: Iterable[str]
    ) -> Terms:
        """The number of clients of some groups and classes, as terms of unknowns."""
        keys = [(snapshot, grouping, g, c) for g in groups for c in classes]
        return [(self.counts[key], 1.0) for key in keys if key in self.counts]

    def hold(self, terms: Terms, least: float, greatest: float) -> None:
        """Add something that is known."""
        if terms:
            self.rows.append((terms, least, greatest))


def worlds_of(
    snapshots: Mapping[int, Snapshot],
    tables: Sequence[ReleasedTable],
    scale: Scale,
    groupings: Iterable[str],
    way: Way,
) -> Worlds:
    """Everything that agrees with the released tables of some groupings.

    Parameters
    ----------
    snapshots : mapping of int to Snapshot
        Those that tables were released from, and the one of now; in order of time.
    tables : sequence of ReleasedTable
    scale : Scale
    groupings : iterable of str
        `ALL` is one of them.
    way : Way

    Notes
    -----
    A reader is taken to know every group's name, that records are added and hardly ever taken
    away (held here between any two snapshots, for any number, where it is true), that scores lie
    on their scale, and by which size of change clients are sorted.
    """
    from hipoutcomes.privacy.suppression.rules_told import hold_rules
    from hipoutcomes.privacy.suppression.worlds_of_scores import hold_means

    worlds = Worlds()
    groupings = list(groupings)
    shown = [t for t in tables if t.grouping in groupings]
    for grouping in groupings:
        for place in snapshots:
            _add_counts(worlds, snapshots, place, grouping)
    for grouping in groupings:
        for place in snapshots if grouping != ALL else ():
            _hold_total(worlds, place, grouping)
        _hold_growth(worlds, snapshots, grouping, rows_of(snapshots, shown, grouping))
    for table in shown:
        _hold_table(worlds, table)
    if way == "guessed numbers":
        hold_rules(worlds, snapshots, shown)
    if way.endswith("scores"):
        changes = [t for t in shown if t.question == "change"]
        hold_means(worlds, snapshots, changes, scale, is_whole=way == "scores")
    return worlds


def groups_of(snapshots: Mapping[int, Snapshot], grouping: str) -> tuple[str, ...]:
    """Every group that a grouping ever had."""
    found = {}
    for snapshot in snapshots.values():
        if grouping in snapshot.populations:
            found |= dict.fromkeys(snapshot.populations[grouping].groups)
    return tuple(found)


def rows_of(
    snapshots: Mapping[int, Snapshot], tables: Sequence[ReleasedTable], grouping: str
) -> list[tuple[str, ...]]:
    """Every group by itself, and every row that was ever shown."""
    rows = [(group,) for group in groups_of(snapshots, grouping)]
    shown = [row.groups for table in tables if table.grouping == grouping for row in table.rows]
    return list(dict.fromkeys([*rows, *(tuple(sorted(groups)) for groups in shown)]))


def times(terms: Terms, factor: float) -> Terms:
    """Terms with every coefficient multiplied."""
    return [(column, factor * value) for column, value in terms]


def _add_counts(worlds: Worlds, snapshots, place: int, grouping: str) -> None:
    """One unknown for each group and class."""
    if grouping not in snapshots[place].populations:
        return
    classes = CLASSES if grouping == ALL else CLASSES[1:]
    for group in groups_of(snapshots, grouping):
        for name in classes:
            worlds.counts[place, grouping, group, name] = worlds.unknown()


def _hold_total(worlds: Worlds, place: int, grouping: str) -> None:
    """The groups of a grouping are together all clients."""
    names = {g for p, t, g, _ in worlds.counts if (p, t) == (place, grouping)}
    if not names:
        return
    for name in CLASSES[1:]:
        parts = worlds.people(place, grouping, sorted(names), [name])
        whole = worlds.people(place, ALL, [ALL], [name])
        worlds.hold(parts + times(whole, -1), 0, 0)


def _hold_growth(worlds: Worlds, snapshots, grouping: str, rows) -> None:
    """Records are added: every number grows from one snapshot to a later one, where it did."""
    for row in rows:
        for classes in GROWING:
            if "elsewhere" in classes and grouping != ALL:
                continue
            for before, after in growths(snapshots, grouping, row, classes):
                now = worlds.people(after, grouping, row, classes)
                then = worlds.people(before, grouping, row, classes)
                worlds.hold(now + times(then, -1), 0, np.inf)


def _hold_table(worlds: Worlds, table: ReleasedTable) -> None:
    """What a released table says; its rows are everybody, so a group in none of them is empty."""
    place, grouping = table.snapshot, table.grouping
    in_rows = {group for row in table.rows for group in row.groups}
    for at, of, group, name in list(worlds.counts):
        if (at, of) == (place, grouping) and group not in in_rows:
            worlds.hold(worlds.people(place, grouping, [group], [name]), 0, 0)
    for row in table.rows:
        for name, n in row.numbers.items():
            worlds.hold(worlds.people(place, grouping, row.groups, NUMBERS[name]), n, n)
