"""One variance per group that serves every difference between groups."""

from itertools import combinations

import numpy as np
from scipy.optimize import nnls

from hipoutcomes.errors import NotEnoughData

#: A variance is at least this share of the mean one.
_LEAST = 1e-6


def quasi_variances(covariance: np.ndarray) -> np.ndarray:
    """Variances that, added for two groups, give the variance of the difference between them.

    Parameters
    ----------
    covariance : ndarray, shape (m, m)
        Of the estimates of m groups, three or more, whose errors may go together.

    Returns
    -------
    ndarray, shape (m,)

    Raises
    ------
    NotEnoughData
        With fewer than three groups, where many pairs of variances would serve.

    Notes
    -----
    Adjusted means share the error of what they are adjusted for, which cancels in differences;
    their own variances therefore overstate how uncertain the order of the groups is. The q that
    minimise ``sum(((q_i + q_j) / var(y_i - y_j) - 1)**2)``, none negative [1]_: exact for three
    groups, unless one would be negative, and near for more.

    References
    ----------
    .. [1] Firth D, de Menezes RX (2004). Quasi-variances. Biometrika 91(1), 65-80.

    Examples
    --------
    >>> quasi_variances(np.diag([1.0, 2.0, 3.0]) + 5).round(6)
    array([1., 2., 3.])
    """
    covariance = np.asarray(covariance, dtype=float)
    n_groups = len(covariance)
    if n_groups < 3:
        raise NotEnoughData(
            f"Variances of differences need 3 groups or more; there are {n_groups}."
        )
    rows = []
    for one, two in combinations(range(n_groups), 2):
        row = np.zeros(n_groups)
        row[[one, two]] = 1 / (
            covariance[one, one] + covariance[two, two] - 2 * covariance[one, two]
        )
        rows.append(row)
    found, _ = nnls(np.array(rows), np.ones(len(rows)))
    return np.maximum(found, _LEAST * found.mean())
