"""Every clinic that agrees with what was released: its unknown numbers, and what binds them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from hipoutcomes.privacy.suppression.means import sums_from
from hipoutcomes.privacy.suppression.population import ALL, CLASSES, NUMBERS, Scale, Snapshot
from hipoutcomes.privacy.suppression.released import ReleasedTable

#: Sums that means and intervals are made of; a reader can bound them by class.
_SUMS = ("start", "change", "change squared")
_SORTED = CLASSES[2:]
#: Points at which a square is held above its tangent, from the least to the greatest change.
_TANGENTS = np.linspace(0, 1, 5)

Key = tuple[int, str, str, str]
Terms = list[tuple[int, float]]


@dataclass(eq=False)
class Worlds:
    """Unknown whole numbers of clients and what a reader knows about them.

    Attributes
    ----------
    scale : Scale
    counts : dict of (snapshot, grouping, group, class) to int
        Column of each unknown number of clients.
    sums : dict of (snapshot, grouping, group, "sum:class") to int
        Column of each unknown sum of scores.
    rows : list of (terms, least, greatest)
        What is known, one line each.
    """

    scale: Scale
    counts: dict[Key, int] = field(default_factory=dict)
    sums: dict[Key, int] = field(default_factory=dict)
    rows: list[tuple[Terms, float, float]] = field(default_factory=list)

    @property
    def width(self) -> int:
        """How many unknowns there are."""
        return len(self.counts) + len(self.sums)

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
    *,
    uses_means: bool = True,
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
    uses_means : bool
        Whether the reader also takes means and intervals apart into sums of scores.

    Notes
    -----
    A reader is taken to know every group's name, that records are added and hardly ever taken
    away (held here where it is true), that scores lie on their scale, and by which size of change
    clients are sorted.
    """
    worlds = Worlds(scale)
    groupings = list(groupings)
    shown = [t for t in tables if t.grouping in groupings]
    for grouping in groupings:
        for place in snapshots:
            _add_counts(worlds, snapshots, place, grouping)
    with_means = []
    if uses_means:
        with_means = sorted({(t.snapshot, t.grouping) for t in shown if t.question == "change"})
    for place, grouping in with_means:
        _add_sums(worlds, snapshots, place, grouping)
    for grouping in groupings:
        for place in snapshots if grouping != ALL else ():
            _hold_total(worlds, place, grouping, with_means)
        _hold_growth(worlds, snapshots, grouping, with_means)
    for table in shown:
        _hold_table(worlds, table, uses_means=uses_means)
    return worlds


def groups_of(snapshots: Mapping[int, Snapshot], grouping: str) -> tuple[str, ...]:
    """Every group that a grouping ever had."""
    found = {}
    for snapshot in snapshots.values():
        if grouping in snapshot.populations:
            found |= dict.fromkeys(snapshot.populations[grouping].groups)
    return tuple(found)


def _add_counts(worlds: Worlds, snapshots, place: int, grouping: str) -> None:
    """One unknown for each group and class."""
    if grouping not in snapshots[place].populations:
        return
    classes = CLASSES if grouping == ALL else CLASSES[1:]
    for group in groups_of(snapshots, grouping):
        for name in classes:
            worlds.counts[place, grouping, group, name] = worlds.width


def _add_sums(worlds: Worlds, snapshots, place: int, grouping: str) -> None:
    """Unknown sums of scores of each group and class, bound by the scale."""
    for group in groups_of(snapshots, grouping):
        for name in _SORTED:
            n = [(worlds.counts[place, grouping, group, name], 1.0)]
            of = {}
            for which in _SUMS:
                worlds.sums[place, grouping, group, f"{which}:{name}"] = worlds.width
                of[which] = [(worlds.width - 1, 1.0)]
            _hold_scale(worlds, name, n, of)


def _hold_scale(worlds: Worlds, name: str, n: Terms, of: Mapping[str, Terms]) -> None:
    """Scores lie on their scale, changes in the range of their class."""
    scale, (least, most) = worlds.scale, worlds.scale.changes[name]
    later = of["start"] + _times(of["change"], scale.sign)
    for total in (of["start"], later):
        worlds.hold(total + _times(n, -scale.lowest), 0, np.inf)
        worlds.hold(total + _times(n, -scale.highest), -np.inf, 0)
    worlds.hold(of["change"] + _times(n, -least), 0, np.inf)
    worlds.hold(of["change"] + _times(n, -most), -np.inf, 0)
    chord = of["change squared"] + _times(of["change"], -(least + most)) + _times(n, least * most)
    worlds.hold(chord, -np.inf, 0)
    for part in _TANGENTS:
        at = least + part * (most - least)
        tangent = of["change squared"] + _times(of["change"], -2 * at) + _times(n, at * at)
        worlds.hold(tangent, 0, np.inf)


def _hold_total(worlds: Worlds, place: int, grouping: str, with_means) -> None:
    """The groups of a grouping are together all clients."""
    names = {g for p, t, g, _ in worlds.counts if (p, t) == (place, grouping)}
    if not names:
        return
    for name in CLASSES[1:]:
        parts = worlds.people(place, grouping, sorted(names), [name])
        whole = worlds.people(place, ALL, [ALL], [name])
        worlds.hold(parts + _times(whole, -1), 0, 0)
    if {(place, grouping), (place, ALL)} <= set(with_means):
        for which in _SUMS:
            for name in _SORTED:
                key = f"{which}:{name}"
                parts = [(worlds.sums[place, grouping, g, key], 1.0) for g in sorted(names)]
                worlds.hold([*parts, (worlds.sums[place, ALL, ALL, key], -1.0)], 0, 0)


def _hold_growth(worlds: Worlds, snapshots, grouping: str, with_means) -> None:
    """Records are added: each number grows from one snapshot to the next, where it did."""
    places = [p for p in snapshots if grouping in snapshots[p].populations]
    for before, after in pairwise(places):
        for group in groups_of(snapshots, grouping):
            was, now = (snapshots[p].populations[grouping].classes((group,)) for p in
                        (before, after))  # fmt: skip
            for name, old, new in zip(CLASSES[1:], was[1:], now[1:], strict=True):
                if new < old:
                    continue
                n = _difference(worlds.counts, before, after, grouping, group, name)
                worlds.hold(n, 0, np.inf)
                if name in _SORTED and {(before, grouping), (after, grouping)} <= set(with_means):
                    of = {
                        which: _difference(
                            worlds.sums, before, after, grouping, group, f"{which}:{name}"
                        )
                        for which in _SUMS
                    }
                    if _only_added(snapshots, before, after, grouping):
                        _hold_scale(worlds, name, n, of)


def _only_added(snapshots, before: int, after: int, grouping: str) -> bool:
    """Whether no number of any group became smaller, so that a reader may take all as added."""
    groups = groups_of(snapshots, grouping)
    was, now = (
        np.array([snapshots[p].populations[grouping].classes((g,)) for g in groups])
        for p in (before, after)
    )
    return bool((now[:, 1:] >= was[:, 1:]).all())


def _hold_table(worlds: Worlds, table: ReleasedTable, *, uses_means: bool) -> None:
    """What a released table says; its rows are everybody, so a group in none of them is empty."""
    place, grouping = table.snapshot, table.grouping
    in_rows = {group for row in table.rows for group in row.groups}
    for at, of, group, name in list(worlds.counts):
        if (at, of) == (place, grouping) and group not in in_rows:
            worlds.hold(worlds.people(place, grouping, [group], [name]), 0, 0)
    for row in table.rows:
        for name, n in row.numbers.items():
            worlds.hold(worlds.people(place, grouping, row.groups, NUMBERS[name]), n, n)
        if row.means is None or not uses_means:
            continue
        for which, (least, greatest) in sums_from(row.means, row.numbers["measured"]).items():
            keys = [(place, grouping, g, f"{which}:{c}") for g in row.groups for c in _SORTED]
            worlds.hold([(worlds.sums[key], 1.0) for key in keys], least, greatest)


def _difference(columns, before: int, after: int, grouping: str, group: str, name: str) -> Terms:
    """A number after less the same number before."""
    return [
        (columns[after, grouping, group, name], 1.0),
        (columns[before, grouping, group, name], -1.0),
    ]


def _times(terms: Terms, factor: float) -> Terms:
    """Terms with every coefficient multiplied."""
    return [(column, factor * value) for column, value in terms]
