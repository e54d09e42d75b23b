"""Rows that repeat an earlier row, and two visits of one patient on one day."""

import numpy as np
import pandas as pd


def same_day_rows(patient: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Places of the rows that share patient and day with another, in order.

    Parameters
    ----------
    patient, day : ndarray of int, shape (n,)

    Examples
    --------
    >>> same_day_rows(np.array([1, 2, 1, 1]), np.array([5, 5, 5, 6])).tolist()
    [0, 2]
    """
    key = (patient.astype(np.int64) << 32) + (day.astype(np.int64) & 0xFFFFFFFF)
    in_order = np.sort(key)
    shared = np.unique(in_order[1:][in_order[1:] == in_order[:-1]])
    if len(shared) == 0:
        return np.zeros(0, np.int64)
    return np.flatnonzero(pd.Series(key).isin(shared).to_numpy())


def repeats(columns: list[np.ndarray]) -> np.ndarray:
    """Whether each row equals an earlier one in every column; missing equals missing.

    Parameters
    ----------
    columns : list of ndarray, each shape (n,)
    """
    return pd.DataFrame(dict(enumerate(columns))).duplicated().to_numpy()
