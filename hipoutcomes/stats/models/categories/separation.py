"""Separation: columns that sort the outcomes so well that a coefficient has no finite estimate."""

import numpy as np
from scipy.optimize import linprog

from hipoutcomes.errors import NotEnoughData

#: A gradient beyond this, per row and for columns of mean square one, is not a maximum.
STEEPEST = 1e-8

#: Newton's steps before giving up; a fit that exists takes about ten.
MOST_STEPS = 50

#: Log odds beyond this between two categories (1 in 160,000) ask whether the estimate is finite.
MOST_LOG_ODDS = 12.0

#: A part of a direction under this share of its largest part is rounding.
_ROUNDING = 1e-6


class Separated(NotEnoughData):
    """Columns sort the outcomes so well that a coefficient has no finite estimate.

    Attributes
    ----------
    columns : tuple of int
        Positions in the design, from 0, of the columns whose coefficients run off to infinity.
    """

    def __init__(self, columns: tuple[int, ...]):
        self.columns = columns
        named = " and ".join(f"column {place}" for place in columns)
        super().__init__(
            f"{named} separate{'s' if len(columns) == 1 else ''} the categories: some values "
            "occur with one side only.",
            "Log odds then have no finite estimate.",
            "Leave the column out, merge levels, or collect more rows.",
        )


def endless_direction(margins: np.ndarray) -> np.ndarray | None:
    """A way to change the coefficients that no outcome ever speaks against, if there is one.

    Parameters
    ----------
    margins : ndarray, shape (m, p)
        ``margins @ coefficients`` are the log odds, each of an outcome seen against one that was
        not: the higher all of them, the likelier the data. Columns must be linearly independent.

    Returns
    -------
    ndarray of shape (p,) or None
        A direction, its largest part one in size, along which the likelihood never falls, so
        that it has no maximum; None where the maximum exists.

    Notes
    -----
    The maximum fails to exist exactly when some d has ``margins @ d >= 0`` in every row and not
    zero in all [1]_; the linear programme that looks for one maximises the sum of
    ``margins @ d`` with every part of d between -1 and 1 [2]_.

    References
    ----------
    .. [1] Albert A, Anderson JA (1984). On the existence of maximum likelihood estimates in
       logistic regression models. Biometrika 71(1), 1-10.
    .. [2] Konis K (2007). Linear programming algorithms for detecting separated data in binary
       logistic regression models. DPhil thesis, University of Oxford.

    Examples
    --------
    >>> endless_direction(np.array([[1.0, 1.0], [-1.0, 0.0], [1.0, 0.0]]))
    array([0., 1.])
    >>> endless_direction(np.array([[1.0, 1.0], [-1.0, 0.0], [1.0, -1.0]])) is None
    True
    """
    rows, counts = np.unique(np.asarray(margins, dtype=float), axis=0, return_counts=True)
    lengths = np.sqrt(np.average(rows**2, axis=0, weights=counts))
    scaled = rows / np.where(lengths > 0, lengths, 1.0)
    found = linprog(
        -(counts / counts.sum()) @ scaled,
        A_ub=-scaled,
        b_ub=np.zeros(len(scaled)),
        bounds=(-1, 1),
        method="highs",
    )
    if found.x is None or -found.fun <= _ROUNDING:
        return None
    direction = np.where(np.abs(found.x) > _ROUNDING, found.x, 0.0)
    return direction / np.abs(direction).max() + 0.0


def refuse_separated(margins: np.ndarray, design: np.ndarray) -> None:
    """Raise when no finite estimate exists, with the columns at fault.

    Parameters
    ----------
    margins : ndarray, shape (m, j k)
        As for `endless_direction`, for j sets of coefficients of the k columns.
    design : ndarray, shape (n, k)
        A column that is constant is not named: it only follows the others.

    Raises
    ------
    Separated

    Examples
    --------
    >>> design = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    >>> refuse_separated(design * [[1], [-1], [1]], design)
    Traceback (most recent call last):
    hipoutcomes.stats.models.categories.separation.Separated: column 1 separates the categories: ...
    """
    direction = endless_direction(margins)
    if direction is not None:
        sizes = np.abs(direction).reshape(-1, design.shape[1]).max(axis=0)
        varies = np.ptp(design, axis=0) > 0
        raise Separated(tuple(map(int, np.flatnonzero((sizes > 0) & varies))))
