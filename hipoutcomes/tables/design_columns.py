"""Columns of a design made from codes and numbers when they are asked for, a block at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True)
class ColumnParts:
    """What is multiplied to make one column of a design; nothing for a column of ones.

    Attributes
    ----------
    numbers : tuple of str
        Columns of numbers.
    levels : tuple of (str, int)
        Factors, each with the code of the level at which this column is not zero.
    """

    numbers: tuple[str, ...] = ()
    levels: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class DesignColumns:
    """A design of n rows and k columns that is held as the columns of the frame behind it.

    Attributes
    ----------
    parts : tuple of ColumnParts
        One for each of the k columns.
    numbers : mapping of str to ndarray, shape (n,)
    codes : mapping of str to ndarray of int, shape (n,)
        Level of each factor, from 0.
    n_rows : int
    """

    parts: tuple[ColumnParts, ...]
    numbers: Mapping[str, np.ndarray]
    codes: Mapping[str, np.ndarray]
    n_rows: int

    @classmethod
    def of_matrix(cls, matrix: np.ndarray) -> "DesignColumns":
        """A design that is there already.

        Examples
        --------
        >>> made = DesignColumns.of_matrix(np.array([[1.0, 2.0], [1.0, 5.0]]))
        >>> made.times(np.array([1.0, 10.0])).tolist()
        [21.0, 51.0]
        """
        names = [str(place) for place in range(matrix.shape[1])]
        numbers = {name: np.ascontiguousarray(matrix[:, j]) for j, name in enumerate(names)}
        return cls(tuple(ColumnParts((name,)) for name in names), numbers, {}, len(matrix))

    def reordered(self, order: np.ndarray) -> "DesignColumns":
        """The same design with its rows in this order."""
        return replace(
            self,
            numbers={name: values.take(order) for name, values in self.numbers.items()},
            codes={name: values.take(order) for name, values in self.codes.items()},
            n_rows=len(order),
        )

    def block(self, start: int, stop: int, out: np.ndarray | None = None) -> np.ndarray:
        """Rows `start` to `stop` of the design, a column of the design in each row: (k, b).

        Parameters
        ----------
        start, stop : int
        out : ndarray of float, shape (k, b), optional
            Where to write them.

        Examples
        --------
        >>> DesignColumns.of_matrix(np.array([[1.0, 2.0], [1.0, 5.0]])).block(0, 2).tolist()
        [[1.0, 1.0], [2.0, 5.0]]
        """
        out = np.empty((len(self.parts), stop - start)) if out is None else out
        made: dict[ColumnParts, int] = {}
        for place, column in enumerate(self.parts):
            target, numbers, levels = out[place], column.numbers, column.levels
            alone = ColumnParts((), levels)
            if levels and numbers and alone in made:
                np.multiply(out[made[alone]], self._values(numbers[0], start, stop), out=target)
                numbers, levels = numbers[1:], ()
            elif levels:
                (name, level), levels = levels[0], levels[1:]
                np.equal(self.codes[name][start:stop], level, out=target, casting="unsafe")
            elif numbers:
                target[:] = self._values(numbers[0], start, stop)
                numbers = numbers[1:]
            else:
                target[:] = 1.0
            for name, level in levels:
                target *= self.codes[name][start:stop] == level
            for name in numbers:
                target *= self._values(name, start, stop)
            made[column] = place
        return out

    def matrix(self) -> np.ndarray:
        """The whole design, shape (n, k).

        Examples
        --------
        >>> DesignColumns.of_matrix(np.array([[1.0, 2.0], [1.0, 5.0]])).matrix().tolist()
        [[1.0, 2.0], [1.0, 5.0]]
        """
        out = np.empty((self.n_rows, len(self.parts)))
        for start in range(0, self.n_rows, 4096):
            stop = min(start + 4096, self.n_rows)
            out[start:stop] = self.block(start, stop).T
        return out

    def times(self, beta: np.ndarray) -> np.ndarray:
        """``X beta``, shape (n,), by looking up each factor's coefficients.

        Parameters
        ----------
        beta : ndarray, shape (k,)
        """
        fitted = np.zeros(self.n_rows)
        for numbers, factors, places in self._kinds():
            if not factors:
                added = np.full(1, float(beta[places[0]]))
            else:
                table = np.zeros(self._n_cells(factors))
                for place in places:
                    table[self._cell(factors, place)] = beta[place]
                added = table[self._cells(factors)]
            for name in numbers:
                added = added * self.numbers[name]
            fitted += added
        return fitted

    def crossed(self, values: np.ndarray) -> np.ndarray:
        """``X'v``, shape (k,), by sums within each factor's levels.

        Parameters
        ----------
        values : ndarray, shape (n,)

        Examples
        --------
        >>> arm_b = ColumnParts(levels=(("arm", 1),))
        >>> made = DesignColumns((arm_b,), {}, {"arm": np.array([0, 1])}, 2)
        >>> made.crossed(np.array([3.0, 4.0]))
        array([4.])
        """
        sums = np.empty(len(self.parts))
        for numbers, factors, places in self._kinds():
            weighted = values
            for name in numbers:
                weighted = weighted * self.numbers[name]
            if not factors:
                sums[places] = weighted.sum()
                continue
            table = np.bincount(self._cells(factors), weighted, self._n_cells(factors))
            for place in places:
                sums[place] = table[self._cell(factors, place)]
        return sums

    def _values(self, name: str, start: int, stop: int) -> np.ndarray:
        return self.numbers[name][start:stop]

    def _kinds(self) -> list[tuple[tuple[str, ...], tuple[str, ...], list[int]]]:
        """Columns that differ in levels only, together: their numbers, factors and places."""
        kinds: dict[tuple, list[int]] = {}
        for place, column in enumerate(self.parts):
            factors = tuple(name for name, _ in column.levels)
            kinds.setdefault((column.numbers, factors, () if factors else place), []).append(place)
        return [(numbers, factors, places) for (numbers, factors, _), places in kinds.items()]

    def _cells(self, factors: tuple[str, ...]) -> np.ndarray:
        """Each row's combination of levels."""
        cells = self.codes[factors[0]]
        for name in factors[1:]:
            cells = cells.astype(np.int32) * self._n_levels(name) + self.codes[name]
        return cells

    def _cell(self, factors: tuple[str, ...], place: int) -> int:
        """The combination at which a column is not zero."""
        cell = 0
        for name, level in self.parts[place].levels:
            cell = cell * self._n_levels(name) + level
        return cell

    def _n_cells(self, factors: tuple[str, ...]) -> int:
        return int(np.prod([self._n_levels(name) for name in factors]))

    def _n_levels(self, name: str) -> int:
        named = [level for part in self.parts for own, level in part.levels if own == name]
        return max(int(self.codes[name].max(initial=-1)), *named) + 1
