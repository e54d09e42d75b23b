"""A formula and a frame become a design, with every row accounted for."""

import re

import formulaic
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from formulaic.errors import FormulaicError

from hipoutcomes.errors import NotEnoughData, TableError
from hipoutcomes.tables.design import Design
from hipoutcomes.tables.design_columns import DesignColumns
from hipoutcomes.tables.formula_columns import columns_named, parsed_formula
from hipoutcomes.tables.plain_columns import plain_columns

#: Of more rows than this, columns are made from codes where the formula allows it.
MANY_ROWS = 10_000


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
    parsed = parsed_formula(formula)
    right = columns_named(parsed.rhs, frame)
    named = list(dict.fromkeys([*columns_named(parsed.lhs, frame), *right]))
    names = list(dict.fromkeys([*named, *also]))
    _check_there([name for name in names if name not in frame.columns], frame)
    if frame.empty:
        raise NotEnoughData(
            f"The frame for '{formula}' has no rows.",
            remedy="Check the filters and the outcome rule that it was made with.",
        )
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
    made, outcome, held = _made(parsed, rows, formula)
    levels, middles = _levels_and_middles(made.rhs.model_spec, rows[right])
    return Design(
        formula=formula,
        outcome_name=str(made.lhs.columns[0]),
        outcome=outcome,
        held=held,
        columns=tuple(map(str, made.rhs.columns)),
        used=used,
        dropped={f"without {name}": int(first[name]) for name in names if name in first},
        missing={name: int(lacking[name].sum()) for name in names},
        levels=levels,
        emptied=emptied,
        middles=middles,
        products=tuple(
            tuple(columns_named([term], frame)) for term in parsed.rhs if len(term.factors) > 1
        ),
        spec=made.rhs.model_spec,
        rows=rows[right],
    )


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
        if hasattr(column, "cat"):
            known = column.cat.categories
            there = np.bincount(rows[name].cat.codes, minlength=len(known)) > 0
            gone = tuple(known[~there])
            if gone:
                rows = rows.assign(**{name: rows[name].cat.remove_unused_categories()})
        else:
            left = set(rows[name].unique())
            gone = tuple(level for level in column.dropna().unique() if level not in left)
        if gone:
            emptied[name] = gone
    return rows, emptied


def _made(
    parsed: formulaic.Formula, rows: pd.DataFrame, formula: str
) -> tuple[formulaic.ModelMatrices, np.ndarray, DesignColumns]:
    """What formulaic made (of a few of many rows), the outcome, and the columns of all rows."""
    plain = plain_columns(parsed, rows) if len(rows) > MANY_ROWS else None
    if plain is None:
        made = _matrices(parsed, rows, formula)
        outcome = _finite(made.lhs, formula)[:, 0]
        return made, outcome, DesignColumns.of_matrix(_finite(made.rhs, formula))
    made, held = plain
    outcome = rows[[made.lhs.columns[0]]]
    return made, _finite(outcome, formula)[:, 0], held


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
        is_number = pd.api.types.is_numeric_dtype(rows[name]) and name not in wrapped
        if is_number and not _has_two_values(rows[name]):
            middles[name] = float(rows[name].mean())
        else:
            counts = rows[name].value_counts(sort=False)
            levels[name] = counts.sort_index()
            if len(counts) == 1:
                raise NotEnoughData(
                    f"Every one of the {len(rows)} rows used has {name} {str(counts.index[0])!r}.",
                    "A factor needs two levels.",
                    f"Leave {name} out of the formula.",
                )
    return levels, middles


def _has_two_values(column: pd.Series) -> bool:
    """Whether a column of numbers has two values only; a look at its head mostly tells."""
    return column.iloc[:1000].nunique() <= 2 and column.nunique() == 2
