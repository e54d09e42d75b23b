"""One pass over the rows of patients, block by block, to their Moments."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from operator import add

import numpy as np

from hipoutcomes.stats.models.moments.distinct_rows import distinct_rows
from hipoutcomes.stats.models.moments.moments import (
    SHARED_BY,
    MomentColumns,
    Moments,
    cells_summed,
    packed_products,
    pooled,
    without_any,
)

#: Patients kept before they are pooled: what bounds the memory of a pass over any file.
HELD = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class RowBlock:
    """Rows of whole patients, those of one patient side by side.

    Attributes
    ----------
    values : ndarray of float, shape (k + 1, b)
        The columns of the design and then the outcome, each contiguous. The pass centres them in
        place.
    starts : ndarray of int, shape (m,)
        First row of each of m patients; the first is 0.
    slope : ndarray of float, shape (b,), optional
        The column that has a random slope.
    therapists : ndarray of int, shape (m,), optional
        Each patient's therapist, as a place in the pass's list of them.
    """

    values: np.ndarray
    starts: np.ndarray
    slope: np.ndarray | None = None
    therapists: np.ndarray | None = None


def moments_of(
    blocks: Iterable[RowBlock], columns: MomentColumns, therapists: tuple[str, ...] = ()
) -> Moments:
    """Sum blocks of whole patients to Moments.

    Parameters
    ----------
    blocks : iterable of RowBlock
        Every patient in one block only. Blocks of a few thousand rows stay in the processor's
        cache; patients with one pattern side by side are summed quickest.
    columns : MomentColumns
    therapists : tuple of str
        Names that `RowBlock.therapists` points to, for patients within therapists.

    Raises
    ------
    NotEnoughData
        When there is no row.

    Examples
    --------
    >>> columns = MomentColumns(("Intercept", "y"), (0.0, 0.0), intercept=0)
    >>> rows = np.array([[1.0, 1.0, 1.0], [2.0, 4.0, 9.0]])
    >>> sums = moments_of([RowBlock(rows, np.array([0, 2]))], columns)
    >>> sums.n_rows, sums.n_patients, sums.n_patterns, sums.products.tolist()
    (3, 2, 2, [[3.0, 15.0], [15.0, 101.0]])
    """
    parts, held = [], _Held(columns, therapists)
    for block in blocks:
        held.add(block)
        if held.n_lone >= HELD:
            parts = [reduce(add, [*parts, held.moments()])]
            held = _Held(columns, therapists)
    if held.n_patients:
        parts.append(held.moments())
    if not parts:
        raise without_any(columns)
    return reduce(add, parts)


def sums_by_patient(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Sums of rows side by side by patient, quickest where patients side by side have as many.

    Parameters
    ----------
    values : ndarray, shape (k, b)
    counts : ndarray of int, shape (m,)
        Rows of each patient.

    Returns
    -------
    ndarray, shape (k, m)

    Examples
    --------
    >>> sums_by_patient(np.array([[1.0, 2.0, 4.0, 8.0, 16.0]]), np.array([2, 2, 1])).tolist()
    [[3.0, 12.0, 16.0]]
    """
    ends = np.cumsum(counts)
    runs = np.flatnonzero(np.diff(counts, prepend=-1, append=-1))
    if len(runs) > 8:
        return np.add.reduceat(values, ends - counts, axis=1)
    sums = np.empty((len(values), len(counts)))
    for first, last in pairwise(runs):
        each = counts[first]
        part = values[:, ends[first] - each : ends[last - 1]]
        np.matmul(
            part.reshape(len(values), last - first, each), np.ones(each), out=sums[:, first:last]
        )
    return sums


class _Held:
    """Sums of patients side by side with one pattern, and patients to be pooled later."""

    def __init__(self, columns: MomentColumns, therapists: tuple[str, ...]):
        width = len(columns.names)
        self.columns, self.names = columns, therapists
        self.centred = [(i, centre) for i, centre in enumerate(columns.centres) if centre]
        self.products = np.zeros((width, width))
        self.shared: dict[tuple[float, ...], list] = {}
        self.lone: list[tuple[np.ndarray, np.ndarray]] = []
        self.therapists: list[np.ndarray] = []
        self.n_patients = self.n_rows = self.n_lone = 0

    def add(self, block: RowBlock) -> None:
        """Take in the patients of a block."""
        values, starts = block.values, block.starts
        for place, centre in self.centred:
            values[place] -= centre
        n_rows = values.shape[1]
        self.products += values @ values.T
        counts = np.diff(starts, append=n_rows)
        sums, patterns = sums_by_patient(values, counts), counts[None].astype(float)
        if self.columns.slope:
            slope = block.slope - self.columns.slope_centre
            values *= slope
            sums = np.vstack([sums, sums_by_patient(values, counts)])
            powers = np.add.reduceat(np.stack([slope, slope**2]), starts, axis=1)
            patterns = np.vstack([patterns, powers])
        if self.names:
            self.therapists.append(block.therapists)
            self._keep(patterns, sums)
        else:
            self._sum_runs(patterns, sums)
        self.n_rows += n_rows
        self.n_patients += len(starts)

    def _sum_runs(self, patterns: np.ndarray, sums: np.ndarray) -> None:
        """Sum patients side by side with one pattern, and keep those in short runs."""
        ends = np.flatnonzero((patterns[:, 1:] != patterns[:, :-1]).any(axis=0)) + 1
        ends = np.concatenate([[0], ends, [patterns.shape[1]]])
        lengths = np.diff(ends)
        for run in np.flatnonzero(lengths >= SHARED_BY):
            part = sums[:, ends[run] : ends[run + 1]]
            held = self.shared.setdefault(tuple(patterns[:, ends[run]].tolist()), [0, 0.0])
            held[0] += part.shape[1]
            held[1] = held[1] + part @ part.T
        short = np.repeat(lengths < SHARED_BY, lengths)
        if short.any():
            self._keep(patterns[:, short], sums[:, short])

    def _keep(self, patterns: np.ndarray, sums: np.ndarray) -> None:
        """Keep patients to be pooled later."""
        self.lone.append((patterns, sums))
        self.n_lone += patterns.shape[1]

    def moments(self) -> Moments:
        """The patients pooled by pattern."""
        n_random, width = self.columns.n_random, len(self.columns.names)
        h = n_random * (n_random + 1) // 2
        patterns, counts = np.zeros((0, h)), np.zeros(0, dtype=np.int64)
        sums = np.zeros((0, h, width * (width + 1) // 2))
        if self.shared:
            patterns = np.array(list(self.shared))
            counts = np.array([count for count, _ in self.shared.values()])
            sums = packed_products(np.stack([part for _, part in self.shared.values()]), n_random)
        lone, products = np.zeros((0, h)), np.zeros((n_random, width, 0))
        if self.lone:
            lone = np.concatenate([part for part, _ in self.lone], axis=1).T
            products = np.concatenate([part for _, part in self.lone], axis=1)
            products = products.reshape(n_random, width, -1)
        made = Moments(
            columns=self.columns,
            n_rows=self.n_rows,
            n_patients=self.n_patients,
            products=self.products,
            patterns=patterns,
            pattern_patients=counts,
            pattern_sums=sums,
            lone_patterns=lone,
            lone_products=products,
        )
        return pooled(made) if not self.names else self._within_therapists(made)

    def _within_therapists(self, alone: Moments) -> Moments:
        """Moments of patients kept alone, pooled by pattern and by therapist and pattern."""
        made = pooled(alone, SHARED_BY)
        shared, which = distinct_rows(np.vstack([made.patterns, alone.lone_patterns]))
        place_of = np.full(len(shared), -1)
        place_of[which[: len(made.patterns)]] = np.arange(len(made.patterns))
        pattern = place_of[which[len(made.patterns) :]]
        left = pattern < 0
        pattern[left] = len(made.patterns) + np.arange(int(left.sum()))
        cells = cells_summed(
            self.names,
            np.concatenate(self.therapists).astype(np.intp),
            pattern,
            np.ones(len(pattern), dtype=np.int64),
            alone.lone_products.transpose(2, 0, 1),
        )
        return replace(made, therapists=cells)
