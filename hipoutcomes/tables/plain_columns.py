"""Designs of plain columns, ``C(column)`` and their products, held as codes and numbers.

formulaic reads a few hundred rows that have every level; how it combined them is then repeated for
all rows, and compared with what it made of those few. Any other formula is formulaic's alone.
"""

import re
from itertools import product

import formulaic
import numpy as np
import pandas as pd

from hipoutcomes.tables.design_columns import ColumnParts, DesignColumns

#: Most levels are found in so many rows, before all are searched.
_HEAD = 10_000

#: Rows beyond those that have each level first, to compare with formulaic.
_COMPARED = 200


def plain_columns(
    parsed: formulaic.Formula, rows: pd.DataFrame
) -> tuple[formulaic.ModelMatrices, DesignColumns] | None:
    """The matrices of a few rows, and the design of all; None where the formula is not plain.

    Parameters
    ----------
    parsed : formulaic.Formula
        With one outcome and one right-hand side.
    rows : DataFrame
        Rows used, without missing values.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [1.0, 2.0, 4.0], "arm": list("aba"), "age": [30, 40, 50]})
    >>> made, columns = plain_columns(formulaic.Formula("y ~ arm * age"), frame)
    >>> list(made.rhs.columns), columns.matrix()[1].tolist()
    (['Intercept', 'arm[T.b]', 'age', 'arm[T.b]:age'], [1.0, 1.0, 40.0, 40.0])
    >>> plain_columns(formulaic.Formula("y ~ log(age)"), frame) is None
    True
    """
    factors = _factors(parsed, rows)
    if factors is None:
        return None
    codes = {text: _codes(rows[name]) for text, name in factors.items() if _is_coded(text, rows)}
    numbers = {text: _numbers(rows[name]) for text, name in factors.items() if text not in codes}
    if not all(np.isfinite(values).all() for values in numbers.values()):
        return None
    few = _few_rows(codes, len(rows))
    made = parsed.get_model_matrix(rows.iloc[few], context={}, na_action="ignore", output="pandas")
    n_levels = {text: int(values.max()) + 1 for text, values in codes.items()}
    columns = DesignColumns(_parts(made.rhs.model_spec, n_levels), numbers, codes, len(rows))
    expected = made.rhs.to_numpy(dtype=float)
    if len(columns.parts) != expected.shape[1]:
        return None
    agrees = np.array_equal(columns.reordered(few).matrix(), expected)
    return (made, columns) if agrees else None


def _factors(parsed: formulaic.Formula, rows: pd.DataFrame) -> dict[str, str] | None:
    """Factors of the right-hand side and the column of each; None where one is not plain."""
    left = [factor for term in parsed.lhs for factor in term.factors]
    if len(left) != 1 or not _is_number(left[0].expr, rows):
        return None
    found = {}
    for factor in (factor for term in parsed.rhs for factor in term.factors):
        text, kind = factor.expr, factor.eval_method.value
        if kind == "literal" and text == "1":
            continue
        wrapped = re.fullmatch(r"C\(\s*`?([^`,()]+?)`?\s*\)", text)
        name = text if kind == "lookup" else wrapped[1] if wrapped else None
        if name not in rows or not (wrapped or _is_number(name, rows) or _is_words(name, rows)):
            return None
        found[text] = name
    return found


def _is_number(name: str, rows: pd.DataFrame) -> bool:
    """A column of whole numbers or floats; a flag is read as formulaic reads it."""
    if name not in rows:
        return False
    kind = rows[name].dtype
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)


def _is_words(name: str, rows: pd.DataFrame) -> bool:
    """A column of categories or text."""
    return hasattr(rows[name], "cat") or pd.api.types.is_string_dtype(rows[name].dtype)


def _is_coded(text: str, rows: pd.DataFrame) -> bool:
    return not _is_number(text, rows)


def _codes(column: pd.Series) -> np.ndarray:
    """Levels as codes from 0, in the order in which formulaic has them."""
    codes = column.cat.codes if hasattr(column, "cat") else pd.factorize(column, sort=True)[0]
    codes = np.asarray(codes)
    return codes.astype(np.int8 if codes.max(initial=0) < 127 else np.int32, copy=False)


def _numbers(column: pd.Series) -> np.ndarray:
    """Numbers as numpy holds them."""
    return column.to_numpy() if isinstance(column.dtype, np.dtype) else column.to_numpy(float)


def _few_rows(codes: dict[str, np.ndarray], n_rows: int) -> np.ndarray:
    """Places of rows that have every level of every factor, and of others all through the frame."""
    places = [np.linspace(0, n_rows - 1, min(n_rows, _COMPARED)).astype(np.intp)]
    for values in codes.values():
        n_levels = int(values.max()) + 1
        head = values[:_HEAD] if len(np.unique(values[:_HEAD])) == n_levels else values
        first = np.empty(n_levels, dtype=np.intp)
        first[head[::-1]] = np.arange(len(head))[::-1]
        places.append(first)
    return np.unique(np.concatenate(places))


def _parts(spec: formulaic.ModelSpec, n_levels: dict[str, int]) -> tuple[ColumnParts, ...]:
    """What makes each column, in formulaic's order: the first factor's levels vary fastest."""
    parts = []
    for term in spec.structure:
        for scoped in term.scoped_terms:
            choices = [_choices(f.factor.expr, f.reduced, n_levels) for f in scoped.factors]
            for chosen in product(*reversed(choices)):
                numbers = tuple(name for name, level in reversed(chosen) if level is None)
                levels = tuple(pair for pair in reversed(chosen) if pair[1] is not None)
                parts.append(ColumnParts(numbers, levels))
    return tuple(parts)


def _choices(text: str, reduced: bool, n_levels: dict[str, int]) -> list[tuple[str, int | None]]:
    """The columns of one factor: one of numbers, or one for each level but a reference level."""
    if text not in n_levels:
        return [(text, None)]
    return [(text, level) for level in range(int(reduced), n_levels[text])]
