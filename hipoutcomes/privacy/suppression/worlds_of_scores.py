"""What means add to what a reader knows: made-up clients whose scores give the very same means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hipoutcomes.privacy.suppression.growth import joint_growths
from hipoutcomes.privacy.suppression.made_up_clients import PossibleChange, possible_changes
from hipoutcomes.privacy.suppression.means import lines_from, starts_from
from hipoutcomes.privacy.suppression.population import ALL, SORTED, Scale, Snapshot
from hipoutcomes.privacy.suppression.released import ReleasedTable
from hipoutcomes.privacy.suppression.worlds import Terms, Worlds, groups_of, times

#: Groups that no table of means ever told apart.
_Part = frozenset[str]


@dataclass(eq=False)
class _Scores:
    """Unknown clients by size of change, and their first scores, of every part.

    Attributes
    ----------
    clients : dict of (snapshot, grouping, part) to list of int
        Columns, one for each of `changes`.
    starts : dict of (snapshot, grouping, part) to int
        Column of the sum of first scores, in steps above the lowest end of the scale.
    of : dict of int to PossibleChange
        What the clients of a column have in common.
    """

    worlds: Worlds
    changes: tuple[PossibleChange, ...]
    scale: Scale
    is_whole: bool
    clients: dict[tuple[int, str, _Part], list[int]] = field(default_factory=dict)
    starts: dict[tuple[int, str, _Part], int] = field(default_factory=dict)
    of: dict[int, PossibleChange] = field(default_factory=dict)

    def add(self, place: int, grouping: str, part: _Part) -> None:
        """Unknowns of one part, bound by the scale and by its numbers of clients."""
        key = place, grouping, part
        self.clients[key] = [self.worlds.unknown(is_whole=self.is_whole) for _ in self.changes]
        self.starts[key] = self.worlds.unknown(is_whole=self.is_whole)
        self.of |= dict(zip(self.clients[key], self.changes, strict=True))
        kinds = [change.kind for change in self.changes]
        for column, change in zip(self.clients[key], self.changes, strict=True):
            # Where a class has one size only, its number of clients says all.
            if kinds.count(change.kind) > 1:
                self.worlds.sizes[*key, change.steps] = column
        self.hold_scale([(self.starts[key], 1.0)], self.with_factor(key, lambda change: 1.0))
        for kind in SORTED:
            made_up = self.with_factor(key, lambda change, kind=kind: float(change.kind == kind))
            counted = self.worlds.people(place, grouping, sorted(part), [kind])
            self.worlds.hold(made_up + times(counted, -1), 0, 0)

    def with_factor(self, key, factor) -> Terms:
        """Clients of a part, each size of change with a factor."""
        pairs = zip(self.clients[key], self.changes, strict=True)
        return [(column, factor(change)) for column, change in pairs if factor(change)]

    def hold_scale(self, starts: Terms, clients: Terms) -> None:
        """First scores from which clients can have changed as they did, without leaving the scale.

        Each first score can be any between two ends, so their sum can be any between sums of ends.
        """
        lowest = [(column, -sign * self.of[column].lowest) for column, sign in clients]
        highest = [(column, -sign * self.of[column].highest) for column, sign in clients]
        self.worlds.hold(starts + lowest, 0, np.inf)
        self.worlds.hold(starts + highest, -np.inf, 0)


def hold_means(
    worlds: Worlds,
    snapshots: Mapping[int, Snapshot],
    tables: Sequence[ReleasedTable],
    scale: Scale,
    *,
    is_whole: bool,
) -> None:
    """Add made-up clients to numbers of clients, and hold what tables of means say of them.

    Parameters
    ----------
    worlds : Worlds
        Of numbers of clients; gets further unknowns.
    snapshots : mapping of int to Snapshot
    tables : sequence of ReleasedTable
        Those of change.
    scale : Scale
    is_whole : bool
        Whether made-up clients are whole ones. Otherwise a size of change may have half a client,
        which is found faster, and allows a little that no clinic can be.

    Notes
    -----
    Within one grouping, with whole clients, this is exact: whole scores can be given to made-up
    clients so that every mean and interval, rounded, is what is shown. Of several groupings, each
    has its own first scores, of which only the sum is the same.
    """
    scores = _Scores(worlds, possible_changes(scale), scale, is_whole=is_whole)
    # Groups that are everybody tell of everybody, whose means need not be shown themselves.
    shown = sorted({(t.snapshot, of) for t in tables for of in (ALL, t.grouping)})
    for place, grouping in shown:
        for part in _parts(snapshots, tables, grouping):
            scores.add(place, grouping, part)
    for place, grouping in shown:
        if grouping != ALL:
            _hold_total(scores, place, grouping)
    for grouping in dict.fromkeys(grouping for _, grouping in shown):
        at = {place: snapshots[place] for place, of in shown if of == grouping}
        for parts in _wholes(_parts(snapshots, tables, grouping), tables, grouping):
            _hold_growth(scores, at, grouping, parts)
    for table in tables:
        _hold_table(scores, table)


def _parts(snapshots, tables: Sequence[ReleasedTable], grouping: str) -> list[_Part]:
    """Groups that every table of means puts into the same row."""
    rows = [row.groups for t in tables if t.grouping == grouping for row in t.rows if row.means]
    found: dict[tuple[bool, ...], list[str]] = {}
    for group in groups_of(snapshots, grouping):
        found.setdefault(tuple(group in row for row in rows), []).append(group)
    return [frozenset(groups) for groups in found.values()]


def _hold_total(scores: _Scores, place: int, grouping: str) -> None:
    """All parts together are all clients, by size of change too."""
    whole = place, ALL, frozenset([ALL])
    parts = [key for key in scores.clients if key[:2] == (place, grouping)]
    hold = scores.worlds.hold
    for i, column in enumerate(scores.clients[whole]):
        hold([*((scores.clients[key][i], 1.0) for key in parts), (column, -1.0)], 0, 0)
    hold([*((scores.starts[key], 1.0) for key in parts), (scores.starts[whole], -1.0)], 0, 0)


def _wholes(
    parts: list[_Part], tables: Sequence[ReleasedTable], grouping: str
) -> list[tuple[_Part, ...]]:
    """Each part by itself, the parts of every row that has means, and all parts."""
    rows = [
        set(row.groups) for t in tables if t.grouping == grouping for row in t.rows if row.means
    ]
    together = [tuple(part for part in parts if part <= row) for row in rows]
    return list(dict.fromkeys([*((part,) for part in parts), *together, tuple(parts)]))


def _hold_growth(
    scores: _Scores, at: Mapping[int, Snapshot], grouping: str, parts: tuple[_Part, ...]
) -> None:
    """Clients were added to some parts together and none was taken away, and no score changed."""
    groups = [sorted(part) for part in parts]
    for before, after in joint_growths(at, grouping, groups, SORTED):
        now, then = ([(place, grouping, part) for part in parts] for place in (after, before))
        signed = [(key, 1.0) for key in now] + [(key, -1.0) for key in then]
        for i in range(len(scores.changes)):
            scores.worlds.hold([(scores.clients[key][i], sign) for key, sign in signed], 0, np.inf)
        added = [
            term for key, sign in signed
            for term in times(scores.with_factor(key, lambda change: 1.0), sign)
        ]  # fmt: skip
        scores.hold_scale([(scores.starts[key], sign) for key, sign in signed], added)


def _hold_table(scores: _Scores, table: ReleasedTable) -> None:
    """What the means of every row say."""
    step, lowest = scores.scale.step, scores.scale.lowest
    for row in table.rows:
        if row.means is None:
            continue
        n = row.numbers["measured"]
        keys = [
            key for key in scores.clients
            if key[:2] == (table.snapshot, table.grouping) and key[2] <= set(row.groups)
        ]  # fmt: skip
        for line in lines_from(row.means, n):

            def factor(change: PossibleChange, line=line) -> float:
                size = change.steps * step
                return line.of_change * size + line.of_squares * size**2

            terms = [term for key in keys for term in scores.with_factor(key, factor)]
            scores.worlds.hold(terms, line.least, line.greatest)
        least, greatest = ((total - n * lowest) / step for total in starts_from(row.means, n))
        scores.worlds.hold([(scores.starts[key], 1.0) for key in keys], least, greatest)
