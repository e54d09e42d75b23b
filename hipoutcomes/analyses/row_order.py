"""An order of rows that neither the file nor the names in it have a say in."""

from collections.abc import Iterable

import numpy as np
import pandas as pd


def order_by_values(columns: Iterable) -> np.ndarray:
    """Positions that sort rows by what is recorded in them, the first column first.

    Parameters
    ----------
    columns : iterable of arrays, shape (n,) each
        Numbers or names; rows that agree in all of them keep their order.

    Notes
    -----
    Whatever draws at random goes from row to row: with patients in the order of their file, the
    same seed would give other numbers for the same patients.

    Examples
    --------
    >>> order_by_values([[2.0, np.nan, 1.0, 2.0], ["b", "a", "a", "a"]])
    array([2, 3, 0, 1])
    """
    return np.lexsort([_sortable(column) for column in columns][::-1])


def _sortable(column) -> np.ndarray:
    """A column as numbers in the order of its values."""
    values = pd.Series(column)
    if pd.api.types.is_numeric_dtype(values):
        return values.to_numpy(float, na_value=np.nan)
    return pd.factorize(values.astype(str).to_numpy(object), sort=True)[0]
