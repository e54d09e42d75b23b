"""A plain design fixed before its rows are seen, so that parts of the rows make equal columns."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hipoutcomes.errors import TableError
from hipoutcomes.tables.design_columns import ColumnParts, DesignColumns
from hipoutcomes.tables.formula_columns import columns_named, factor_columns, parsed_formula
from hipoutcomes.tables.plain_columns import plain_columns


@dataclass(frozen=True, eq=False)
class BatchDesign:
    """The k columns that a formula makes where each factor has given levels.

    Attributes
    ----------
    formula : str
    outcome : str
        Column of the outcome.
    columns : tuple of str
        Names of the k columns.
    parts : tuple of ColumnParts
    factors : mapping of str to str
        Column behind each factor or number of the formula.
    levels : mapping of str to tuple
        Levels of each factor, by its column, in the order of the model.
    """

    formula: str
    outcome: str
    columns: tuple[str, ...]
    parts: tuple[ColumnParts, ...]
    factors: Mapping[str, str]
    levels: Mapping[str, tuple]

    @property
    def level_words(self) -> str:
        """The levels of every factor: equal where columns mean the same."""
        return "; ".join(
            f"{name}: {', '.join(map(str, kept))}" for name, kept in self.levels.items()
        )

    @property
    def named(self) -> tuple[str, ...]:
        """Columns of the rows that the design reads."""
        return tuple(dict.fromkeys([self.outcome, *self.factors.values()]))

    def read(self, rows: pd.DataFrame) -> tuple[DesignColumns, np.ndarray]:
        """The design of these rows and their outcomes.

        Parameters
        ----------
        rows : DataFrame
            Without missing values in the columns of the design.

        Raises
        ------
        TableError
            When a factor has a level that the design does not know.
        """
        numbers, codes = {}, {}
        for text, name in self.factors.items():
            if name in self.levels:
                codes[text] = _known_codes(rows[name], self.levels[name])
            else:
                numbers[text] = rows[name].to_numpy(dtype=float)
        outcome = rows[self.outcome].to_numpy(dtype=float)
        return DesignColumns(self.parts, numbers, codes, len(rows)), outcome


def batch_design(formula: str, levels: Mapping[str, tuple], columns) -> BatchDesign:
    """Fix the columns of a formula for rows to come.

    Parameters
    ----------
    formula : str
        Of plain columns, ``C(column)`` and their products: what a column is must not depend on
        other rows than its own.
    levels : mapping of str to tuple
        For every column of words or categories, and every one wrapped as ``C(...)``, its levels
        in the order of the model.
    columns : sequence of str
        Columns that the rows will have.

    Raises
    ------
    TableError
        When the formula names a column that is not among them.
    ValueError
        When the formula is not plain.

    Examples
    --------
    >>> made = batch_design("y ~ arm * k", {"arm": ("a", "b")}, ["y", "arm", "k"])
    >>> columns, outcome = made.read(pd.DataFrame({"y": [5.0], "arm": ["b"], "k": [3]}))
    >>> made.columns, columns.matrix().tolist()
    (('Intercept', 'arm[T.b]', 'k', 'arm[T.b]:k'), [[1.0, 1.0, 3.0, 3.0]])
    """
    parsed = parsed_formula(formula)
    named = columns_named([*parsed.lhs, *parsed.rhs], columns)
    if unknown := [name for name in named if name not in columns]:
        raise TableError(
            f"The source has no column {', '.join(map(repr, unknown))}.",
            f"Its columns are: {', '.join(map(str, columns))}.",
            "Correct the name.",
        )
    n_rows = max([2, *(len(kept) for kept in levels.values())])
    example = pd.DataFrame({name: np.arange(1.0, n_rows + 1) for name in named})
    for name in set(named) & set(levels):
        cycled = [levels[name][place % len(levels[name])] for place in range(n_rows)]
        example[name] = pd.Categorical(cycled, categories=list(levels[name]))
    made = plain_columns(parsed, example)
    if made is None:
        raise ValueError(
            f"'{formula}' cannot be used in batches: a column of it depends on other rows, or has "
            "no given levels. Write plain columns, C(column) and products of them."
        )
    outcome = columns_named(parsed.lhs, columns)[0]
    texts = [factor for term in parsed.rhs for factor in term.factors if factor.expr != "1"]
    return BatchDesign(
        formula=formula,
        outcome=outcome,
        columns=tuple(map(str, made[0].rhs.columns)),
        parts=made[1].parts,
        factors={factor.expr: factor_columns(factor, columns)[0] for factor in texts},
        levels={name: tuple(levels[name]) for name in named if name in levels},
    )


def _known_codes(column: pd.Series, levels: tuple) -> np.ndarray:
    """Levels as codes from 0, or an error that names those that are not known."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        place = pd.Index(levels).get_indexer(column.cat.categories)
        codes = place[column.cat.codes]
    else:
        codes = pd.Index(levels).get_indexer(column)
    if (codes < 0).any():
        unknown = sorted({str(level) for level in column[codes < 0]})
        raise TableError(
            f"{column.name} has {', '.join(unknown)} in these rows.",
            f"The design knows: {', '.join(map(str, levels))}.",
            "Give every level that any part of the rows has.",
        )
    return codes.astype(np.int8 if len(levels) < 127 else np.int32)
