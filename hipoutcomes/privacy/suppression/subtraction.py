"""Means that nobody shows, but that follow by subtraction: of all other clients, and of new ones.

The means of all clients less those of every row but one are the means of that one. Those of now
less those of an earlier copy are the means of the clients who were added.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from hipoutcomes.privacy.suppression.means import tell_single_scores
from hipoutcomes.privacy.suppression.population import ALL, Population, Scale, Snapshot
from hipoutcomes.privacy.suppression.released import ReleasedTable

_Groups = frozenset[str]


def told_by_subtraction(
    snapshots: Mapping[int, Snapshot],
    tables: Sequence[ReleasedTable],
    new: ReleasedTable,
    scale: Scale,
) -> _Groups | None:
    """Groups whose means would tell single scores, and follow from those that are shown.

    Parameters
    ----------
    snapshots : mapping of int to Snapshot
    tables : sequence of ReleasedTable
        Released before, and the tables of all clients of now.
    new : ReleasedTable
        Only a table of means can tell any.
    scale : Scale

    Returns
    -------
    frozenset of str or None
        None where there are none.
    """
    if new.question != "change":
        return None
    shown = [t for t in (*tables, new) if t.question == "change"]
    # What a new table tells of everybody bears on all groupings.
    for grouping in dict.fromkeys([new.grouping, *(t.grouping for t in shown), ALL]):
        told = _told(snapshots, shown, grouping, new.snapshot, scale)
        if told is not None:
            return told
    return None


def has_silent_correction(
    snapshots: Mapping[int, Snapshot], tables: Sequence[ReleasedTable], new: ReleasedTable
) -> bool:
    """Whether means changed while nobody was added: the correction of a few scores would show.

    Parameters
    ----------
    snapshots : mapping of int to Snapshot
    tables : sequence of ReleasedTable
        Released before.
    new : ReleasedTable
    """
    now = snapshots[new.snapshot].populations[new.grouping]
    for table in tables:
        if (table.grouping, table.question) != (new.grouping, new.question):
            continue
        then = snapshots[table.snapshot].populations[new.grouping]
        for row in {row.groups for row in (*table.rows, *new.rows) if row.means}:
            same = then.count(row, "measured") == now.count(row, "measured")
            if same and not np.allclose(then.totals(row), now.totals(row), rtol=0, atol=1e-6):
                return True
    return False


def _told(snapshots, shown: Sequence[ReleasedTable], grouping: str, newest: int, scale: Scale):
    """Groups of one grouping, as `told_by_subtraction` finds them."""
    known = _known(snapshots, shown, grouping)
    populations = {place: snapshots[place].populations[grouping] for place in known}
    if newest not in known:
        return None
    now, of_now = populations.pop(newest), known[newest]
    for groups in of_now:
        if _tell(now, None, groups, scale):
            return groups
    for place, then in populations.items():
        for groups in _joined([*known[place], *of_now]):
            both = _has_all(known[place], groups, then) and _has_all(of_now, groups, now)
            if both and _tell(now, then, groups, scale):
                return groups
    return None


def _known(snapshots, shown: Sequence[ReleasedTable], grouping: str) -> dict[int, list[_Groups]]:
    """At each time, groups whose means are shown, and the rest where those of all clients are."""
    found: dict[int, list[_Groups]] = {}
    with_everybody = {t.snapshot for t in shown if _is_everybody(snapshots, t)}
    for table in (t for t in shown if t.grouping == grouping):
        rows = _rows_with_means(table)
        groups = frozenset(snapshots[table.snapshot].populations[grouping].groups)
        rest = groups.difference(*rows)
        if rest and rows and table.snapshot in with_everybody:
            rows.append(rest)
        found[table.snapshot] = rows
    if grouping == ALL:
        found |= {place: [frozenset([ALL])] for place in with_everybody}
    return found


def _is_everybody(snapshots, table: ReleasedTable) -> bool:
    """Whether the rows with means are together everybody measured."""
    population = snapshots[table.snapshot].populations[table.grouping]
    there = {g for g in population.groups if population.count((g,), "measured")}
    return there <= frozenset().union(*_rows_with_means(table))


def _rows_with_means(table: ReleasedTable) -> list[_Groups]:
    """Groups of every row whose means are shown."""
    return [frozenset(row.groups) for row in table.rows if row.means]


def _joined(parts: Sequence[_Groups]) -> list[_Groups]:
    """Parts that have a group in common put together, until none have."""
    found: list[_Groups] = []
    for part in parts:
        apart = [other for other in found if not other & part]
        found = [*apart, part.union(*(other for other in found if other & part))]
    return found


def _has_all(parts: Sequence[_Groups], groups: _Groups, population: Population) -> bool:
    """Whether each of some groups that there are is in a part."""
    return groups & set(population.groups) <= frozenset().union(*parts)


def _tell(now: Population, then: Population | None, groups: _Groups, scale: Scale) -> bool:
    """Whether means of some groups, or of those added to them, tell single scores.

    Where nobody was added, any difference is the correction of somebody's score.
    """
    row = tuple(sorted(groups))
    n, totals = now.count(row, "measured"), now.totals(row)
    if then is not None:
        n, totals = n - then.count(row, "measured"), totals - then.totals(row)
    if n == 0:
        return not np.allclose(totals, 0, atol=1e-6)
    return tell_single_scores(abs(n), totals * np.sign(n), scale)
