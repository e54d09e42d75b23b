"""What the rules themselves tell: which of the hidden numbers are the small ones."""

from collections.abc import Iterable, Mapping

import numpy as np

from hipoutcomes.privacy.suppression.population import ALL, CLASSES, SORTED, Snapshot
from hipoutcomes.privacy.suppression.released import ReleasedRow, ReleasedTable
from hipoutcomes.privacy.suppression.worlds import Worlds

_Parts = Iterable[tuple[tuple[str, ...], tuple[str, ...]]]


def hold_rules(
    worlds: Worlds, snapshots: Mapping[int, Snapshot], tables: Iterable[ReleasedTable]
) -> None:
    """Add that numbers are under the minimum, where that is why tables show no more.

    Parameters
    ----------
    worlds : Worlds
    snapshots : mapping of int to Snapshot
    tables : iterable of ReleasedTable

    Notes
    -----
    A number is hidden because it is small, or because it would tell another one that is. A reader
    may guess which: two rows hide how many were not measured again, while a smaller row shows it,
    which would have been hidden first. Here every such guess is right, and so is every guess which
    groups of a row are large. Of other hidden numbers nobody is taken to guess that they are not
    small.
    """
    for table in tables:
        population = snapshots[table.snapshot].populations[table.grouping]
        top = table.minimum - 1
        for row in table.rows:
            for groups, classes in _suspects(table, row):
                n = int(population.classes(groups)[[CLASSES.index(c) for c in classes]].sum())
                terms = worlds.people(table.snapshot, table.grouping, groups, classes)
                if n <= top:
                    worlds.hold(terms, min(1, n), top)
                elif classes == SORTED:
                    # A large group stands with small ones that are too few without it.
                    worlds.hold(terms, table.minimum, np.inf)


def _suspects(table: ReleasedTable, row: ReleasedRow) -> _Parts:
    """Numbers that may be why a row shows no more, or puts groups together."""
    shown = row.numbers
    if table.question == "measured":
        if "due" not in shown:
            yield row.groups, ("lost",)
        elif table.grouping == ALL and "seen" not in shown:
            yield row.groups, ("elsewhere",)
    if len(row.groups) > 1:
        yield from (((group,), SORTED) for group in row.groups)
    if table.question == "sorted":
        yield from ((row.groups, (name,)) for name in SORTED if name not in shown)
