"""Whether two readings of the same patients disagree by more than chance would make them."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from hipoutcomes.stats.models.least_squares.linear import LeastSquares


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Differences between two readings of m contrasts.

    Attributes
    ----------
    difference, std_error, p_value : ndarray, shape (m,)
        First reading minus second, in units of the outcome; its standard error and two-sided
        p-value (1 where both readings are the same number).
    """

    difference: np.ndarray
    std_error: np.ndarray
    p_value: np.ndarray


def agreement(
    first: np.ndarray, second: np.ndarray, of_first: np.ndarray, of_second: np.ndarray
) -> Agreement:
    """Compare two readings made from the same patients.

    Parameters
    ----------
    first, second : ndarray, shape (m,)
        Estimates of the same contrasts by two methods.
    of_first, of_second : ndarray, shape (n, m)
        What each patient adds to the error of each; see `influence_of_sums`.

    Raises
    ------
    ValueError
        When the influences are not of the same patients and contrasts.

    Notes
    -----
    Two readings of the same patients share most of their error, so intervals that overlap say
    nothing. The variance of their difference is the sum of squared differences of the patients'
    influences [1]_, which is what is shared left out.

    References
    ----------
    .. [1] Stefanski LA, Boos DD (2002). The calculus of M-estimation. The American Statistician
       56(1), 29-38.

    Examples
    --------
    >>> found = agreement(np.array([1.0]), np.array([0.4]), np.array([[0.1], [-0.1]]),
    ...                   np.array([[-0.1], [0.1]]))
    >>> found.difference.round(3), found.std_error.round(3), found.p_value.round(3)
    (array([0.6]), array([0.283]), array([0.034]))
    """
    of_first, of_second = np.asarray(of_first, float), np.asarray(of_second, float)
    if of_first.shape != of_second.shape:
        raise ValueError(
            f"The influences must be of the same patients and contrasts; their shapes are "
            f"{of_first.shape} and {of_second.shape}."
        )
    difference = np.asarray(first, float) - np.asarray(second, float)
    std_error = np.sqrt(((of_first - of_second) ** 2).sum(axis=0))
    same = std_error <= 1e-9 * (1e-300 + np.sqrt((of_first**2).sum(axis=0)))
    statistic = difference / np.where(same, 1.0, std_error)
    fixed = np.where(np.abs(difference) > 1e-9, 0.0, 1.0)
    p_value = np.where(same, fixed, 2 * ndtr(-np.abs(statistic)))
    return Agreement(difference, std_error, p_value)


def influence_of_sums(fit: LeastSquares, weights: np.ndarray) -> np.ndarray:
    """What each row adds to the error of weighted sums of least-squares coefficients.

    Parameters
    ----------
    fit : LeastSquares
        Of n rows and k columns.
    weights : ndarray, shape (m, k)

    Returns
    -------
    ndarray, shape (n, m)

    Notes
    -----
    ``c' (X'X)**-1 x_i e_i sqrt(n / (n - k))``; the sum of squares is the HC1 variance.

    Examples
    --------
    >>> from hipoutcomes.stats.models.least_squares.linear import least_squares, robust_covariance
    >>> fit = least_squares([[1, 0], [1, 0], [1, 1], [1, 1]], [1.0, 3.0, 4.0, 8.0])
    >>> own = influence_of_sums(fit, [[0, 1]])
    >>> round(float((own**2).sum()), 6), float(robust_covariance(fit, "HC1").round(6)[1, 1])
    (5.0, 5.0)
    """
    scores = fit.basis * fit.residuals[:, None]
    factor = np.sqrt(len(scores) / fit.df)
    return factor * scores @ (np.atleast_2d(np.asarray(weights, float)) @ fit.root).T
