"""Clinics made up of a few numbers."""

import numpy as np

from hipoutcomes.privacy.suppression.population import ALL, Population, Scale, Snapshot

#: Every number of it may be shown.
LARGE = [[20, 30, 20, 15], [15, 25, 14, 12], [30, 40, 20, 16]]

PAIN = Scale(0.0, 10.0, -1, 2.0)


def population(counts, groups, **options):
    """Groups with counts (lost, better, same, worse), scores around 6."""
    counts = np.array(counts)
    counts = np.column_stack([np.zeros(len(counts), int), counts])
    measured = counts[:, 2:].sum(axis=1)
    change = counts[:, 2] * 3.0 - counts[:, 4] * 3.0
    squares = (counts[:, 2] + counts[:, 4]) * 10.0 + counts[:, 3]
    sums = np.column_stack([measured * 6.0, measured * 38.0, change, squares])
    return Population(tuple(groups), counts, sums, named=frozenset(groups), **options)


def snapshot(counts, groups="abcdefgh", elsewhere=0, as_of="March 2026", **options):
    """A clinic with one grouping."""
    by = population(counts, groups[: len(counts)], **options)
    total = by.counts.sum(axis=0, keepdims=True)
    total[0, 0] = elsewhere
    everybody = Population((ALL,), total, by.sums.sum(axis=0, keepdims=True))
    return Snapshot(as_of, {ALL: everybody, "technique": by})


def snapshot_of_clients(groups, threshold=2, as_of="March 2026", named="abcdefgh"):
    """A clinic of single clients measured at both times: (first score, improvement) by group."""
    names = "abcdefgh"[: len(groups)]
    tables = [np.array(clients, float) for clients in groups]
    counts = [
        [0, 0, *(int(n) for n in (
            (change >= threshold).sum(), (abs(change) < threshold).sum(),
            (change <= -threshold).sum(),
        ))]
        for change in (table[:, 1] for table in tables)
    ]  # fmt: skip
    sums = [
        [start.sum(), (start**2).sum(), change.sum(), (change**2).sum()]
        for start, change in (table.T for table in tables)
    ]
    by = Population(
        tuple(names), np.array(counts), np.array(sums), named=frozenset(names) & frozenset(named)
    )
    everybody = Population((ALL,), by.counts.sum(axis=0)[None], by.sums.sum(axis=0)[None])
    return Snapshot(as_of, {ALL: everybody, "technique": by})
