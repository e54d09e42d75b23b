"""An outcome of ordered categories, as the numbers that a formula can read."""

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from hipoutcomes.errors import TableError
from hipoutcomes.tables.formula_columns import columns_named, parsed_formula

#: More different scores than this are a number, not categories.
MOST_CATEGORIES = 21


def ordered_outcome(frame, formula: str) -> tuple[pd.DataFrame, dict[float, str]]:
    """The frame with its outcome as numbers that rise with the category, and what each means.

    Parameters
    ----------
    frame : DataFrame
        The outcome is an ordered categorical, or numbers of which few are different.
    formula : str

    Raises
    ------
    TableError
        When the outcome is no column of the frame.
    ValueError
        When the outcome is not one plain column, has no order, or has more than 21 values.

    Examples
    --------
    >>> order = pd.CategoricalDtype(["none", "some", "much"], ordered=True)
    >>> pain = pd.Series(["much", "none", None], dtype=order)
    >>> frame = pd.DataFrame({"pain": pain, "x": [1, 2, 3]})
    >>> made, names = ordered_outcome(frame, "pain ~ x")
    >>> made["pain"].tolist(), names
    ([2.0, 0.0, nan], {0.0: 'none', 1.0: 'some', 2.0: 'much'})
    """
    name = formula.split("~")[0].strip().strip("`")
    if columns_named(parsed_formula(formula).lhs, ()) != [name]:
        raise ValueError(
            f"The outcome of '{formula}' must be one column of the frame: 'tension ~ ...'."
        )
    frame = nw.from_native(frame, eager_only=True).to_pandas().reset_index(drop=True)
    if name not in frame:
        raise TableError(
            f"The frame has no column {name!r}.",
            f"Its columns are: {', '.join(map(str, frame.columns))}.",
            "Correct the name.",
        )
    column = frame[name]
    if isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered:
        codes = column.cat.codes.to_numpy(float)
        names = dict(
            zip(map(float, range(len(column.cat.categories))), column.cat.categories, strict=True)
        )
        made = frame.assign(**{name: np.where(codes < 0, np.nan, codes)})
        return made, {code: str(category) for code, category in names.items()}
    if not pd.api.types.is_numeric_dtype(column):
        seen = ", ".join(map(repr, sorted(map(str, column.dropna().unique()))[:5]))
        raise ValueError(
            f"{name} holds {seen}, in no known order. Make it an ordered categorical: "
            f"frame[{name!r}] = pd.Categorical(frame[{name!r}], [lowest, ..., highest], "
            "ordered=True)."
        )
    values = np.unique(column.dropna().to_numpy(float))
    if len(values) > MOST_CATEGORIES:
        raise ValueError(
            f"{name} has {len(values)} different values; up to {MOST_CATEGORIES} can be "
            "categories. Use ho.ancova for a number, or cut it into categories with pd.cut."
        )
    return frame, {float(value): f"{value:g}" for value in values}
