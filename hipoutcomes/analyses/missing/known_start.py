"""What is known of everyone due at the start, as columns for models of who is missing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses.groups.characteristics import (
    Characteristic,
    in_sentence,
    known_at_start,
)
from hipoutcomes.stats.models.least_squares.linear import dependencies
from hipoutcomes.vocabulary.measures import Measure

#: What goes into the models after the first score, in this order, as far as it was recorded.
USED = ("Age", "Sex", "Condition")

#: Categories with fewer patients than this are taken together.
_LARGE = 10


@dataclass(frozen=True, eq=False)
class StartDesign:
    """Columns for a model of patients, and what they stand for.

    Attributes
    ----------
    matrix : ndarray, shape (n, q)
        The first column is ones.
    used, left_out : tuple of str
        Characteristics in the columns, and those there were too few patients for (or among whom
        they do not vary); for the middle of a sentence.
    """

    matrix: np.ndarray
    used: tuple[str, ...]
    left_out: tuple[str, ...]


def start_of(clinic: Any, rows: pd.DataFrame, measure: Measure) -> list[Characteristic]:
    """First score, age, sex and condition of each row, as far as they were recorded.

    Parameters
    ----------
    clinic : Clinic
    rows : DataFrame
        Of everyone due.
    measure : Measure
    """
    known = {
        each.label: each for each in known_at_start(clinic, rows, outcomes=(measure.code,))
    }  # fmt: skip
    return [known[label] for label in (measure.label, *USED) if label in known]


def start_design(
    known: list[Characteristic], most: int, fitted: np.ndarray | None = None
) -> StartDesign:
    """Columns of what is known of patients, as many as there are patients for.

    Parameters
    ----------
    known : list of Characteristic
        Of the same n patients, the most telling first.
    most : int
        Columns that there are patients for; a characteristic that needs more is left out.
    fitted : ndarray of bool, shape (n,), optional
        Patients that a model will be fitted to; a characteristic without a spread of its own
        among them is left out.

    Notes
    -----
    Numbers are standardised; one that is missing is taken as the mean, and a column says so.
    Categories are columns of 0 and 1 against the most frequent; those of fewer than 10 patients,
    and what was not recorded, are taken together. What is the same for everyone has no column, nor
    has what the columns before it tell already.

    Examples
    --------
    >>> first = Characteristic("Pain, 0-10", np.array([3.0, 5.0, 7.0]), "points")
    >>> made = start_design([first], 1)
    >>> made.matrix.round(3).tolist(), made.used
    ([[1.0, -1.225], [1.0, 0.0], [1.0, 1.225]], ('pain',))
    """
    n = len(known[0].values) if known else 0
    fitted = np.ones(n, bool) if fitted is None else fitted
    matrix, used, left_out = np.ones((n, 1)), [], []
    for each in known:
        wider = np.hstack([matrix, _columns(each)])
        wider = np.delete(wider, list(dependencies(wider)), axis=1)
        if wider.shape[1] == matrix.shape[1]:
            continue
        if wider.shape[1] - 1 > most or dependencies(wider[fitted]):
            left_out.append(in_sentence(each.label))
            continue
        matrix = wider
        used.append(in_sentence(each.label))
    return StartDesign(matrix, tuple(used), tuple(left_out))


def _columns(characteristic: Characteristic) -> np.ndarray:
    """One characteristic as columns; none where it is the same for everyone."""
    values = characteristic.values
    if characteristic.categories:
        return _indicators(values)
    gone = np.isnan(values)
    if gone.all():
        return np.empty((len(values), 0))
    spread = values[~gone].std()
    blocks = []
    if spread > 0:
        filled = np.where(gone, values[~gone].mean(), values)
        blocks.append((filled - values[~gone].mean()) / spread)
    if gone.any():
        blocks.append(gone.astype(float))
    return np.column_stack(blocks) if blocks else np.empty((len(values), 0))


def _indicators(codes: np.ndarray) -> np.ndarray:
    """Columns of 0 and 1 for categories, all small ones as one, against the most frequent."""
    found, counts = np.unique(codes, return_counts=True)
    large = found[(counts >= _LARGE) & (found >= 0)]
    blocks = [codes == code for code in large]
    rest = ~np.isin(codes, large)
    if rest.any():
        blocks.append(rest)
    sizes = [block.sum() for block in blocks]
    del blocks[int(np.argmax(sizes))]
    return np.column_stack(blocks).astype(float) if blocks else np.empty((len(codes), 0))
