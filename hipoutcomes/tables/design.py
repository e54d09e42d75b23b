"""A formula and a frame become a design: numbers to fit, and what every column of them means."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

import formulaic
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from formulaic.errors import FormulaicError
from formulaic.transforms import TRANSFORMS

from hipoutcomes.errors import NotEnoughData, TableError

#: A reference grid with more cells than this is refused.
LARGEST_GRID = 200_000


@dataclass(frozen=True, eq=False)
class Design:
    """What a model fits: n rows of an outcome and k columns, and the way back to the frame.

    Attributes
    ----------
    formula : str
    outcome_name : str
    outcome : ndarray of float, shape (n,)
    matrix : ndarray of float, shape (n, k)
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
    """

    formula: str
    outcome_name: str
    outcome: np.ndarray
    matrix: np.ndarray
    columns: tuple[str, ...]
    used: np.ndarray
    dropped: Mapping[str, int]
    missing: Mapping[str, int]
    levels: Mapping[str, pd.Series]
    emptied: Mapping[str, tuple]
    middles: Mapping[str, float]
    products: tuple[tuple[str, ...], ...]
    spec: formulaic.ModelSpec

    def reference_rows(self, factor: str) -> tuple[list, np.ndarray]:
        """Rows of the design that stand for each level of a factor, all else being equal.

        Parameters
        ----------
        factor : str
            A column of the frame in `levels`.

        Returns
        -------
        levels : list
            The m levels, in the order of the model.
        rows : ndarray of float, shape (m, k)
            ``rows @ beta`` are the adjusted means.

        Raises
        ------
        NotEnoughData
            When the grid would have too many cells.
        ValueError
            When `factor` is not a factor of the formula; the factors are named.

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
        >>> frame = pd.DataFrame({"y": [1, 2, 4, 7], "arm": list("aabb"), "age": [30, 40, 50, 80]})
        >>> levels, rows = design(frame, "y ~ arm + age").reference_rows("arm")
        >>> levels, rows.tolist()
        (['a', 'b'], [[1.0, 0.0, 50.0], [1.0, 1.0, 50.0]])
        """
        if factor not in self.levels:
            raise ValueError(
                f"{factor!r} is not a factor of '{self.formula}'; its factors are: "
                f"{', '.join(self.levels) or 'none'}. Write C({factor}) in the formula to make "
                "a column of numbers one."
            )
        others = [name for name in self.levels if name != factor]
        kinds = [list(self.levels[factor].index), *(list(self.levels[o].index) for o in others)]
        n_cells = int(np.prod([len(kind) for kind in kinds]))
        if n_cells > LARGEST_GRID:
            raise NotEnoughData(
                f"The reference grid of {', '.join([factor, *others])} has {n_cells:,} cells.",
                f"At most {LARGEST_GRID:,} are allowed.",
                "Merge levels, or leave a factor out.",
            )
        cells = pd.MultiIndex.from_product(kinds, names=[factor, *others]).to_frame(index=False)
        cells = cells.assign(**self.middles)
        matrix = self.spec.get_model_matrix(cells, context={}).to_numpy(dtype=float)
        return kinds[0], matrix.reshape(len(kinds[0]), -1, matrix.shape[1]).mean(axis=1)

    def in_words(self, dependencies: Mapping[int, tuple[int, ...]]) -> str:
        """Columns that other columns determine, by their names.

        Parameters
        ----------
        dependencies : mapping of int to tuple of int
            From `stats.models.linear.dependencies` of `matrix`.

        Examples
        --------
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


def design(frame, formula: str, *, also: tuple[str, ...] = ()) -> Design:
    """Numbers to fit from a frame and a formula, with every row accounted for.

    Parameters
    ----------
    frame : DataFrame
        pandas, polars or another frame that narwhals reads; one row per observation.
    formula : str
        ``"outcome ~ group + baseline + C(therapist)"``, in the grammar of formulaic: ``+``,
        ``:``, ``*``, ``C()``, ``log()``, ``center()``, ``poly()``; names with spaces in backquotes.
    also : tuple of str
        Further columns that a row must have a value in, such as the cluster.

    Raises
    ------
    NotEnoughData
        When no row has a value in every column, or a factor has one level only.
    TableError
        When the formula names a column that the frame does not have.
    ValueError
        When the formula cannot be read, has no single outcome of numbers, or gives a number
        that is not finite.

    Notes
    -----
    Factors are coded against their first level (treatment coding). Text columns are sorted;
    ordered the way they come only when they are categoricals.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [1, 2, None, 7], "arm": list("aabb"), "age": [30, 40, 50, None]})
    >>> made = design(frame.assign(age=[30, 40, 50, 60]), "y ~ arm")
    >>> made.columns, made.matrix.tolist(), dict(made.dropped)
    (('Intercept', 'arm[T.b]'), [[1.0, 0.0], [1.0, 0.0], [1.0, 1.0]], {'without y': 1})
    """
    frame = nw.from_native(frame, eager_only=True).to_pandas().reset_index(drop=True)
    parsed = _parsed(formula)
    right = _columns_named(parsed.rhs, frame)
    named = list(dict.fromkeys([*_columns_named(parsed.lhs, frame), *right]))
    names = list(dict.fromkeys([*named, *also]))
    _check_there([name for name in names if name not in frame.columns], frame)
    lacking = frame[names].isna()
    used = ~lacking.any(axis=1).to_numpy()
    if not used.any():
        raise NotEnoughData(
            f"No row of {len(frame)} has a value in every column of '{formula}'.",
            "Missing: " + "; ".join(f"{name} in {lacking[name].sum()}" for name in names) + ".",
            "Leave out the columns that are missing most, or record them.",
        )
    first = lacking[~used].idxmax(axis=1).value_counts() if not used.all() else {}
    rows = frame.loc[used, named].infer_objects()
    rows, emptied = _without_empty_levels(rows, frame)
    made = _matrices(parsed, rows, formula)
    levels, middles = _levels_and_middles(made.rhs.model_spec, rows[right])
    return Design(
        formula=formula,
        outcome_name=str(made.lhs.columns[0]),
        outcome=_finite(made.lhs, formula)[:, 0],
        matrix=_finite(made.rhs, formula),
        columns=tuple(map(str, made.rhs.columns)),
        used=used,
        dropped={f"without {name}": int(first[name]) for name in names if name in first},
        missing={name: int(lacking[name].sum()) for name in names},
        levels=levels,
        emptied=emptied,
        middles=middles,
        products=tuple(
            tuple(_columns_named([term], frame)) for term in parsed.rhs if len(term.factors) > 1
        ),
        spec=made.rhs.model_spec,
    )


def _parsed(formula: str) -> formulaic.Formula:
    """The formula, with an outcome and one right-hand side."""
    try:
        parsed = formulaic.Formula(formula)
    except FormulaicError as error:
        plain = re.sub(r"\x1b\[[0-9;]*m|[⧛⧚]", "", str(error)).split(". ")[0].strip()
        raise ValueError(f"The formula '{formula}' cannot be read: {plain}") from error
    if not hasattr(parsed, "lhs") or not isinstance(parsed.rhs, formulaic.SimpleFormula):
        raise ValueError(
            f"The formula '{formula}' must have one outcome and one right-hand side, such as "
            "'outcome ~ group + baseline'."
        )
    return parsed


def _columns_named(terms, frame: pd.DataFrame) -> list[str]:
    """Columns of the frame that terms name, in their order, also inside ``poly()`` and its like."""
    factors = [factor for term in terms for factor in term.factors]
    names: dict[str, None] = {}
    for factor in factors:
        if factor.eval_method.value == "lookup":
            names[factor.expr] = None
        elif factor.eval_method.value == "python":
            names |= dict.fromkeys(_names_in(factor.expr, frame))
    return list(names)


def _names_in(expression: str, frame: pd.DataFrame) -> list[str]:
    """Names in an expression that are no function: quoted ones as they are."""
    quoted = re.findall(r"`([^`]+)`", expression)
    tree = ast.parse(re.sub(r"`[^`]+`", "0", expression), mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    plain = [
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called
    ]
    return quoted + [name for name in plain if name in frame.columns or name not in TRANSFORMS]


def _check_there(unknown: list[str], frame: pd.DataFrame) -> None:
    """Raise when a column is not in the frame, with the columns that are."""
    if unknown:
        raise TableError(
            f"The frame has no column {', '.join(map(repr, unknown))}.",
            f"Its columns are: {', '.join(map(str, frame.columns))}.",
            "Correct the name.",
        )


def _without_empty_levels(
    rows: pd.DataFrame, frame: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, tuple]]:
    """Rows whose categoricals hold only levels that occur, and the levels that no longer do."""
    emptied = {}
    for name in rows.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in rows.dtypes]]:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            raise ValueError(
                f"Column {name!r} holds dates; give days or weeks since a start instead."
            )
        known = column.cat.categories if hasattr(column, "cat") else column.dropna().unique()
        left = set(rows[name].unique())
        if gone := tuple(level for level in known if level not in left):
            emptied[name] = gone
        if hasattr(column, "cat"):
            rows = rows.assign(**{name: rows[name].cat.remove_unused_categories()})
    return rows, emptied


def _matrices(parsed: formulaic.Formula, rows: pd.DataFrame, formula: str):
    """Outcome and design from formulaic, whose own complaints become ours."""
    try:
        with np.errstate(all="ignore"):
            made = parsed.get_model_matrix(rows, context={}, na_action="ignore", output="pandas")
    except FormulaicError as error:
        raise ValueError(f"The formula '{formula}' cannot be used: {error}") from error
    if made.lhs.shape[1] != 1:
        raise ValueError(
            f"The outcome of '{formula}' must be one column of numbers; it makes "
            f"{made.lhs.shape[1]}: {', '.join(map(str, made.lhs.columns))}."
        )
    if not made.rhs.shape[1]:
        raise ValueError(f"The right-hand side of '{formula}' is empty.")
    return made


def _finite(matrix: pd.DataFrame, formula: str) -> np.ndarray:
    """A matrix of finite floats, or an error that names the columns that are not."""
    numbers = matrix.to_numpy(dtype=float)
    bad = ~np.isfinite(numbers)
    if bad.any():
        names = ", ".join(
            f"{name} in {count} rows"
            for name, count in zip(matrix.columns, bad.sum(axis=0), strict=True)
            if count
        )
        raise ValueError(
            f"The formula '{formula}' gives a number that is not finite: {names}. "
            "Look for the logarithm of zero, or a division by it."
        )
    return numbers


def _levels_and_middles(
    spec: formulaic.ModelSpec, rows: pd.DataFrame
) -> tuple[dict[str, pd.Series], dict[str, float]]:
    """Rows at each level of every factor on the right-hand side, and means of the rest."""
    wrapped = {
        match[1] for match in re.finditer(r"\bC\(\s*`?([^`,()]+?)`?\s*[,)]", str(spec.formula))
    }
    levels, middles = {}, {}
    for name in rows.columns:
        counts = rows[name].value_counts(sort=False)
        is_number = pd.api.types.is_numeric_dtype(rows[name])
        if is_number and name not in wrapped and len(counts) != 2:
            middles[name] = float(rows[name].mean())
        else:
            levels[name] = counts.sort_index()
            if len(counts) == 1:
                raise NotEnoughData(
                    f"Every one of the {len(rows)} rows used has {name} {str(counts.index[0])!r}.",
                    "A factor needs two levels.",
                    f"Leave {name} out of the formula.",
                )
    return levels, middles
