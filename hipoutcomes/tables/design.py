"""A design: numbers to fit, what every column of them means, and the way back to the frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import formulaic
import numpy as np
import pandas as pd

from hipoutcomes.tables.design_columns import DesignColumns
from hipoutcomes.tables.formula_columns import factor_columns
from hipoutcomes.tables.reference_grid import reference_cells

#: Patients whose levels are held side by side while they are counted.
_PATIENTS_AT_ONCE = 10_000


@dataclass(frozen=True, eq=False)
class Design:
    """What a model fits: n rows of an outcome and k columns, and the way back to the frame.

    Attributes
    ----------
    formula : str
    outcome_name : str
    outcome : ndarray of float, shape (n,)
    held : DesignColumns
        The k columns, made when asked for; `matrix` is all of them, shape (n, k).
    columns : tuple of str
        Name of each column of `matrix`, as formulaic names it: ``technique[T.swedish]``.
    used : ndarray of bool, shape (rows of the frame,)
        Rows with a value in every column of the formula.
    dropped : mapping of str to int
        Rows not used, by reason. A row that lacks several values counts once, under the first
        column of the formula that it lacks, the outcome before all others.
    missing : mapping of str to int
        Missing values of each column of the frame that the formula names.
    levels : mapping of str to Series of int
        For each factor, its levels and the rows used at each. A factor is a column of words or
        categories, one wrapped as ``C(...)``, or a column of numbers with two values only.
    emptied : mapping of str to tuple
        Levels of a factor that no used row has, and that are therefore not in the model.
    middles : mapping of str to float
        Mean of every other column, over the rows used.
    products : tuple of tuple of str
        Columns of the frame that the formula multiplies with one another, product by product.
    spec : formulaic.ModelSpec
        How columns are made from values.
    rows : DataFrame
        Values of the columns on the right-hand side in the n rows used.
    """

    formula: str
    outcome_name: str
    outcome: np.ndarray
    held: DesignColumns
    columns: tuple[str, ...]
    used: np.ndarray
    dropped: Mapping[str, int]
    missing: Mapping[str, int]
    levels: Mapping[str, pd.Series]
    emptied: Mapping[str, tuple]
    middles: Mapping[str, float]
    products: tuple[tuple[str, ...], ...]
    spec: formulaic.ModelSpec
    rows: pd.DataFrame

    @cached_property
    def matrix(self) -> np.ndarray:
        """The whole design, shape (n, k)."""
        return self.held.matrix()

    def reference_rows(self, factor: str, by: str | None = None) -> tuple[list, np.ndarray]:
        """Rows of the design that stand for each level of a factor, all else being equal.

        Parameters
        ----------
        factor : str
            A column of the frame in `levels`.
        by : str, optional
            Another of them: each level of `factor` within each level of it.

        Returns
        -------
        levels : list
            The m levels, in the order of the model; with `by` pairs of a level of `by` and one
            of `factor`, the former varying more slowly.
        rows : ndarray of float, shape (m, k)
            ``rows @ beta`` are the adjusted means.

        Raises
        ------
        NotEnoughData
            When the grid would have too many cells.
        ValueError
            When `factor` or `by` is not a factor of the formula (the factors are named), or both
            are the same.

        Notes
        -----
        Other columns of numbers stand at their mean over the rows used; levels of the other
        factors, crossed with one another, weigh the same, however many rows have them [1]_.

        References
        ----------
        .. [1] Searle SR, Speed FM, Milliken GA (1980). Population marginal means in the linear
           model: an alternative to least squares means. The American Statistician 34(4), 216-221.

        Examples
        --------
        >>> from hipoutcomes.tables.design_from_formula import design
        >>> frame = pd.DataFrame({"y": [1, 2, 4, 7], "arm": list("aabb"), "age": [30, 40, 50, 80]})
        >>> levels, rows = design(frame, "y ~ arm + age").reference_rows("arm")
        >>> levels, rows.tolist()
        (['a', 'b'], [[1.0, 0.0, 50.0], [1.0, 1.0, 50.0]])
        """
        self._check_factor(factor)
        if by is not None:
            self._check_factor(by)
        if by == factor:
            raise ValueError(f"by must be another factor than {factor!r} itself.")
        shown = (factor,) if by is None else (by, factor)
        cells = reference_cells(self.levels, self.middles, shown)
        matrix = self.spec.get_model_matrix(cells, context={}).to_numpy(dtype=float)
        kinds = [list(self.levels[name].index) for name in shown]
        levels = kinds[0] if by is None else list(product(*kinds))
        return levels, matrix.reshape(len(levels), -1, matrix.shape[1]).mean(axis=1)

    def sizes(self, factor: str, by: str | None = None) -> np.ndarray:
        """Rows used at each of the m levels that `reference_rows` gives.

        Examples
        --------
        >>> from hipoutcomes.tables.design_from_formula import design
        >>> frame = pd.DataFrame({"y": [1, 2, 4, 7], "arm": list("aabb"), "sex": [0, 1, 1, 1]})
        >>> design(frame, "y ~ arm + sex").sizes("arm", "sex")
        array([1, 0, 1, 2])
        """
        cells, n_cells = self._cells(factor, by)
        return np.bincount(cells, minlength=n_cells)

    def shared_patients(self, factor: str, by: str | None, patients: np.ndarray) -> np.ndarray:
        """Patients with rows at both of two levels; on the diagonal, those at each level.

        Parameters
        ----------
        factor, by : str
            As in `reference_rows`.
        patients : ndarray, shape (n,)
            Patient of each row used.

        Returns
        -------
        ndarray of int, shape (m, m)

        Examples
        --------
        >>> from hipoutcomes.tables.design_from_formula import design
        >>> frame = pd.DataFrame({"y": [1, 2, 4, 7], "week": [0, 6, 0, 6]})
        >>> design(frame, "y ~ week").shared_patients("week", None, np.array([1, 1, 1, 2]))
        array([[1, 1],
               [1, 2]])
        """
        cells, n_cells = self._cells(factor, by)
        codes = pd.factorize(patients)[0].astype(np.int64)
        pairs = np.unique(codes * n_cells + cells)
        owners, total = pairs // n_cells, np.zeros((n_cells, n_cells), dtype=np.int64)
        for first in range(0, int(owners[-1]) + 1, _PATIENTS_AT_ONCE):
            some = slice(*np.searchsorted(owners, [first, first + _PATIENTS_AT_ONCE]))
            there = np.zeros((_PATIENTS_AT_ONCE, n_cells), dtype=np.float32)
            there[owners[some] - first, pairs[some] % n_cells] = 1
            total += (there.T @ there).astype(np.int64)
        return total

    def term_columns(self, term: str) -> list[int]:
        """Places of the columns that a term of the formula makes; empty where it has no such term.

        Parameters
        ----------
        term : str
            As written in the formula (``arm:visit``, in either order; ``poly(age, 2)``), or a
            column of the frame: then every term that has this column alone, such as ``C(arm)``.

        Examples
        --------
        >>> from hipoutcomes.tables.design_from_formula import design
        >>> frame = pd.DataFrame({"y": [1, 2, 4, 7], "arm": list("aabb"), "age": [30, 40, 50, 80]})
        >>> made = design(frame, "y ~ C(arm) * age")
        >>> made.columns
        ('Intercept', 'C(arm)[T.b]', 'age', 'C(arm)[T.b]:age')
        >>> made.term_columns("arm"), made.term_columns("age:arm"), made.term_columns("sex")
        ([1], [3], [])
        """
        asked = {part.strip().strip("`") for part in term.split(":")}
        places: list[int] = []
        for made, where in self.spec.term_slices.items():
            exactly = {factor.expr.strip("`") for factor in made.factors} == asked
            columns = {
                name for factor in made.factors for name in factor_columns(factor, self.rows)
            }
            if exactly or (columns == asked and len(made.factors) == len(asked)):
                places += range(where.start, where.stop)
        return places

    def _cells(self, factor: str, by: str | None) -> tuple[np.ndarray, int]:
        """Level of each row used, as a place among the levels of `reference_rows`, and how many."""
        cells, n_cells = np.zeros(len(self.rows), dtype=np.intp), 1
        for name in (factor,) if by is None else (by, factor):
            index = self.levels[name].index
            cells = cells * len(index) + index.get_indexer(self.rows[name])
            n_cells *= len(index)
        return cells, n_cells

    def _check_factor(self, factor: str) -> None:
        """Raise when this is no factor of the formula, naming those that are."""
        if factor not in self.levels:
            raise ValueError(
                f"{factor!r} is not a factor of '{self.formula}'; its factors are: "
                f"{', '.join(self.levels) or 'none'}. Write C({factor}) in the formula to make "
                "a column of numbers one."
            )

    def in_words(self, dependencies: Mapping[int, tuple[int, ...]]) -> str:
        """Columns that other columns determine, by their names.

        Parameters
        ----------
        dependencies : mapping of int to tuple of int
            From `stats.models.least_squares.linear.dependencies` of `matrix`.

        Examples
        --------
        >>> from hipoutcomes.tables.design_from_formula import design
        >>> frame = pd.DataFrame({"y": [1, 2, 4], "cm": [1, 2, 5], "inch": [2, 4, 10]})
        >>> design(frame, "y ~ cm + inch").in_words({2: (1,)})
        'inch is fixed by cm'
        """
        parts = []
        for place, others in dependencies.items():
            names = [self.columns[other] for other in others]
            names = ["a constant" if name == "Intercept" else name for name in names]
            made = f"fixed by {' and '.join(names)}" if names else "zero in every row"
            parts.append(f"{self.columns[place]} is {made}")
        return "; ".join(parts)
