"""One pass over the rows of patients, block by block, to their Moments."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from hipoutcomes.stats.models.moments import (
    SHARED_BY,
    MomentColumns,
    Moments,
    cells_summed,
    distinct_rows,
    sums_by_pattern,
    without_any,
)

#: Patients held before their sums are pooled: the memory a pass takes, whatever the file's size.
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
        cache.
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
        if held.n_patients >= HELD:
            parts = [reduce(add, [*parts, held.moments()])]
            held = _Held(columns, therapists)
    if held.n_patients:
        parts.append(held.moments())
    if not parts:
        raise without_any(columns)
    return reduce(add, parts)


class _Held:
    """Patients whose products are kept one by one until there are enough to pool."""

    def __init__(self, columns: MomentColumns, therapists: tuple[str, ...]):
        width = len(columns.names)
        self.columns, self.names = columns, therapists
        self.centred = [(i, centre) for i, centre in enumerate(columns.centres) if centre]
        self.products = np.zeros((width, width))
        self.rows: list[tuple[np.ndarray, ...]] = []
        self.patterns: list[np.ndarray] = []
        self.therapists: list[np.ndarray] = []
        self.n_patients = self.n_rows = 0

    def add(self, block: RowBlock) -> None:
        """Take in the patients of a block."""
        values, starts = block.values, block.starts
        for place, centre in self.centred:
            values[place] -= centre
        n_rows = values.shape[1]
        self.products += values @ values.T
        sums = [np.add.reduceat(values, starts, axis=1).T]
        counts = np.diff(starts, append=n_rows).astype(float)
        pattern = [counts]
        if self.columns.slope:
            slope = block.slope - self.columns.slope_centre
            values *= slope
            sums.append(np.add.reduceat(values, starts, axis=1).T)
            pattern.append(np.add.reduceat(slope, starts))
            pattern.append(np.add.reduceat(slope**2, starts))
        self.rows.append(tuple(sums))
        self.patterns.append(np.column_stack(pattern))
        if self.names:
            self.therapists.append(block.therapists)
        self.n_rows += n_rows
        self.n_patients += len(starts)

    def moments(self) -> Moments:
        """The patients pooled by pattern."""
        patterns = np.concatenate(self.patterns)
        lone_products = np.stack([np.concatenate(parts) for parts in zip(*self.rows, strict=True)])
        shared, which = distinct_rows(patterns)
        counts = np.bincount(which, minlength=len(shared))
        many = counts >= SHARED_BY
        alone = ~many[which]
        place = np.cumsum(many) - 1
        summed = lone_products if not alone.any() else lone_products[:, ~alone]
        pooled_places = place[which[~alone]]
        width = len(self.columns.names)
        h = patterns.shape[1]
        sums = np.zeros((0, h, width * (width + 1) // 2))
        if many.any():
            sums = sums_by_pattern(summed, pooled_places, int(many.sum()))
        therapists = None
        if self.names:
            pattern = np.empty(len(which), dtype=np.intp)
            pattern[~alone] = pooled_places
            pattern[alone] = int(many.sum()) + np.arange(int(alone.sum()))
            therapists = cells_summed(
                self.names,
                np.concatenate(self.therapists).astype(np.intp),
                pattern,
                np.ones(len(which), dtype=np.int64),
                lone_products.transpose(1, 0, 2),
            )
        return Moments(
            columns=self.columns,
            n_rows=self.n_rows,
            n_patients=self.n_patients,
            products=self.products,
            patterns=shared[many],
            pattern_patients=counts[many],
            pattern_sums=sums,
            lone_patterns=patterns[alone],
            lone_products=np.ascontiguousarray(lone_products[:, alone]),
            therapists=therapists,
        )
