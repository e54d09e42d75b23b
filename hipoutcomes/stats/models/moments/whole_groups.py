"""Rows brought side by side by patient or cluster, and handed on in blocks of whole ones."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from hipoutcomes.stats.models.moments.distinct_rows import counting_order, distinct_rows

#: Rows of a block: with twenty columns of eight bytes, what a processor's own cache holds.
BLOCK_ROWS = 4096


class Columns(Protocol):
    """A design of n rows and k columns that makes its values when they are asked for."""

    parts: tuple

    def reordered(self, order: np.ndarray) -> "Columns":
        """The same design with its rows in this order."""

    def block(self, start: int, stop: int, out: np.ndarray | None = None) -> np.ndarray:
        """Rows `start` to `stop`, shape (k, stop - start)."""

    def matrix(self) -> np.ndarray:
        """The whole design, shape (n, k)."""

    def times(self, beta: np.ndarray) -> np.ndarray:
        """``X beta``."""

    def crossed(self, values: np.ndarray) -> np.ndarray:
        """``X'v``."""


@dataclass(frozen=True, slots=True, eq=False)
class MatrixColumns:
    """A matrix of n rows and k columns, read in some order of its rows.

    Attributes
    ----------
    held : ndarray, shape (n, k)
    order : ndarray of int, shape (n,), or None
        Row of `held` that each row is; None where they are the same.
    """

    held: np.ndarray
    order: np.ndarray | None = None

    @property
    def parts(self) -> tuple[int, ...]:
        """The places of the columns."""
        return tuple(range(self.held.shape[1]))

    def reordered(self, order: np.ndarray) -> "MatrixColumns":
        """The same matrix with its rows in this order."""
        return replace(self, order=order if self.order is None else self.order.take(order))

    def block(self, start: int, stop: int, out: np.ndarray | None = None) -> np.ndarray:
        """Rows `start` to `stop`, a column of the design in each row: (k, b).

        Examples
        --------
        >>> columns = MatrixColumns(np.array([[1.0, 2.0], [1.0, 5.0]])).reordered(np.array([1, 0]))
        >>> columns.block(0, 2).tolist()
        [[1.0, 1.0], [5.0, 2.0]]
        """
        out = np.empty((self.held.shape[1], stop - start)) if out is None else out
        rows = slice(start, stop) if self.order is None else self.order[start:stop]
        out[:] = self.held[rows].T
        return out

    def matrix(self) -> np.ndarray:
        """The whole design, shape (n, k)."""
        return self.held if self.order is None else self.held[self.order]

    def times(self, beta: np.ndarray) -> np.ndarray:
        """``X beta``, shape (n,)."""
        fitted = self.held @ beta
        return fitted if self.order is None else fitted.take(self.order)

    def crossed(self, values: np.ndarray) -> np.ndarray:
        """``X'v``, shape (k,)."""
        if self.order is None:
            return self.held.T @ values
        placed = np.empty(len(values))
        placed[self.order] = values
        return self.held.T @ placed


def side_by_side(
    codes: np.ndarray, slope: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The order that brings groups together, those with as many rows (and equal slopes) adjacent.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Group of each row, from 0, none left out.
    slope : ndarray, shape (n,), optional
        Groups stand together where its sum and sum of squares are equal too.

    Returns
    -------
    order : ndarray of int, shape (n,)
    starts : ndarray of int, shape (m + 1,)
        First row of each group in that order, and n.
    groups : ndarray of int, shape (m,)
        Code of each group, in that order.

    Examples
    --------
    >>> order, starts, groups = side_by_side(np.array([1, 0, 1, 2]))
    >>> order.tolist(), starts.tolist(), groups.tolist()
    ([1, 3, 0, 2], [0, 1, 2, 4], [0, 2, 1])
    """
    patterns = [np.bincount(codes).astype(float)]
    if slope is not None:
        centred = slope - np.round(slope.mean())
        patterns += [np.bincount(codes, centred), np.bincount(codes, centred**2)]
    shared, which = distinct_rows(np.column_stack(patterns))
    groups, _ = counting_order(which, len(shared))
    place = np.empty(len(which), dtype=np.int32)
    place[groups] = np.arange(len(which), dtype=np.int32)
    order, starts = counting_order(place.take(codes), len(place))
    return order, starts, groups


def whole_groups(
    columns: Columns, outcome: np.ndarray, starts: np.ndarray, n_rows: int = BLOCK_ROWS
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Whole groups, about so many rows at a time; each block is written over by the next.

    Parameters
    ----------
    columns : Columns
        Rows of one group side by side.
    outcome : ndarray, shape (n,)
    starts : ndarray of int, shape (m + 1,)
    n_rows : int

    Yields
    ------
    first, last : int
        The groups of this block, the last not included.
    values : ndarray, shape (k + 1, b)
        Their columns, and then the outcome.

    Examples
    --------
    >>> columns, outcome = MatrixColumns(np.ones((3, 1))), np.array([5.0, 6.0, 7.0])
    >>> [(first, last, values.tolist())
    ...  for first, last, values in whole_groups(columns, outcome, np.array([0, 1, 3]), 2)]
    [(0, 1, [[1.0], [5.0]]), (1, 2, [[1.0, 1.0], [6.0, 7.0]])]
    """
    n_columns, n_groups, first = len(columns.parts), len(starts) - 1, 0
    held = np.empty((n_columns + 1, n_rows))
    while first < n_groups:
        begin = starts[first]
        last = int(np.searchsorted(starts, begin + n_rows, side="right")) - 1
        last = min(max(last, first + 1), n_groups)
        end = starts[last]
        if end - begin > held.shape[1]:
            held = np.empty((n_columns + 1, end - begin))
        values = held[:, : end - begin]
        columns.block(begin, end, out=values[:-1])
        values[-1] = outcome[begin:end]
        yield first, last, values
        first = last
