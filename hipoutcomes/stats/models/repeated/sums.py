"""Sums over patients who have the same visits, and the REML criterion with its derivatives."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular


@dataclass(frozen=True, slots=True, eq=False)
class VisitPattern:
    """Patients who were measured at the same m visits, as their sums.

    Attributes
    ----------
    visits : ndarray of int, shape (m,)
        Which of the planned visits, from 0.
    rows : ndarray of int, shape (p, m)
        Row of each of the p patients at each visit.
    products : ndarray, shape (m, m, c, c)
        Sum over patients of ``z_a z_b'``, the c columns (the outcome last) at visits a and b.
    """

    visits: np.ndarray
    rows: np.ndarray
    products: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Criterion:
    """The REML criterion at one covariance of the visits.

    Attributes
    ----------
    deviance : float
        Minus twice the restricted log likelihood, up to a constant.
    coefficients : ndarray, shape (k,)
        Generalised least squares at this covariance.
    inverse : ndarray, shape (k, k)
        Their covariance.
    """

    deviance: float
    coefficients: np.ndarray
    inverse: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """How the criterion bends with the q variances and covariances of the visits.

    Attributes
    ----------
    gradient : ndarray, shape (q,)
    observed, expected : ndarray, shape (q, q)
        Second derivatives of the deviance, and their expectation.
    slopes : ndarray, shape (q, k, k)
        Derivatives of the covariance of the coefficients.
    """

    gradient: np.ndarray
    observed: np.ndarray
    expected: np.ndarray
    slopes: np.ndarray


def visit_patterns(
    columns: np.ndarray, patients: np.ndarray, visits: np.ndarray
) -> list[VisitPattern]:
    """Group patients by the visits they were measured at, and sum within groups.

    Parameters
    ----------
    columns : ndarray, shape (n, c)
        One row per patient and visit; the outcome is the last column.
    patients, visits : ndarray of int, shape (n,)
        Codes from 0; no patient has a visit twice.

    Examples
    --------
    >>> patterns = visit_patterns(np.arange(4.0)[:, None], np.array([0, 0, 1, 2]),
    ...                           np.array([0, 1, 1, 1]))
    >>> [(p.visits.tolist(), p.rows.tolist(), p.products.ravel().tolist()) for p in patterns]
    [([1], [[2], [3]], [13.0]), ([0, 1], [[0, 1]], [0.0, 0.0, 0.0, 1.0])]
    """
    order = np.lexsort((visits, patients))
    starts = np.flatnonzero(np.diff(patients[order], prepend=-1))
    keys = np.add.reduceat(np.int64(1) << visits[order].astype(np.int64), starts)
    made = []
    for key in np.unique(keys):
        which = np.array([v for v in range(int(key).bit_length()) if key >> v & 1])
        rows = order[starts[keys == key][:, None] + np.arange(len(which))]
        wide = columns[rows].reshape(len(rows), -1)
        square = (wide.T @ wide).reshape(len(which), columns.shape[1], len(which), -1)
        made.append(VisitPattern(which, rows, square.transpose(0, 2, 1, 3)))
    return made


def symmetric_units(n_visits: int) -> np.ndarray:
    """Derivative of a symmetric matrix with each of its entries on and under the diagonal.

    Returns
    -------
    ndarray, shape (q, n_visits, n_visits)

    Examples
    --------
    >>> symmetric_units(2).tolist()
    [[[1.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]]
    """
    first, second = np.tril_indices(n_visits)
    units = np.zeros((len(first), n_visits, n_visits))
    units[np.arange(len(first)), first, second] = 1
    units[np.arange(len(first)), second, first] = 1
    return units


def reml_criterion(patterns: list[VisitPattern], covariance: np.ndarray) -> Criterion | None:
    """The criterion with the coefficients at their best; None where it does not exist.

    Parameters
    ----------
    patterns : list of VisitPattern
    covariance : ndarray, shape (t, t)
        Of the t visits; there is no criterion unless it is positive definite.

    Notes
    -----
    ``sum log|V_i| + sum (y_i - X_i b)' V_i**-1 (y_i - X_i b) + log|sum X_i' V_i**-1 X_i|`` over
    patients i, with V_i the part of the covariance for the visits that the patient has.
    """
    total, log_volume = 0.0, 0.0
    for pattern in patterns:
        found = _inverse(covariance, pattern.visits)
        if found is None:
            return None
        inverse, log_size = found
        log_volume += len(pattern.rows) * log_size
        total = total + np.tensordot(inverse, pattern.products, 2)
    try:
        upper = np.linalg.cholesky(total[:-1, :-1]).T
    except np.linalg.LinAlgError:
        return None
    root = solve_triangular(upper, np.eye(len(upper)))
    coefficients = root @ (root.T @ total[:-1, -1])
    squares = total[-1, -1] - total[:-1, -1] @ coefficients
    deviance = log_volume + squares + 2 * np.log(np.diag(upper)).sum()
    return Criterion(float(deviance), coefficients, root @ root.T)


def reml_derivatives(
    patterns: list[VisitPattern], covariance: np.ndarray, at: Criterion
) -> Derivatives:
    """First and second derivatives of the criterion with the covariance's entries.

    Parameters
    ----------
    patterns : list of VisitPattern
    covariance : ndarray, shape (t, t)
    at : Criterion
        Of that covariance.

    Notes
    -----
    With ``P = V**-1 - V**-1 X C X' V**-1`` and E_r the derivative of V with its r-th entry: the
    gradient is ``tr(P E_r) - y'P E_r P y``, the observed second derivatives ``-tr(P E_r P E_s) +
    2 y'P E_r P E_s P y`` and their expectation ``tr(P E_r P E_s)`` [1]_; every term follows from
    the sums of the patterns.

    References
    ----------
    .. [1] Jennrich RI, Schluchter MD (1986). Unbalanced repeated-measures models with structured
       covariance matrices. Biometrics 42(4), 805-820.
    """
    n_visits, k = len(covariance), len(at.coefficients)
    left = np.append(-at.coefficients, 1.0)
    gradient = np.zeros((n_visits, n_visits))
    observed, expected = np.zeros((2, n_visits**2, n_visits**2))
    turned = np.zeros((n_visits, n_visits, k + 1, k + 1))
    for pattern in patterns:
        places = np.ix_(pattern.visits, pattern.visits)
        flat = (pattern.visits[:, None] * n_visits + pattern.visits).ravel()
        inverse, _ = _inverse(covariance, pattern.visits)
        n_patients = len(pattern.rows)
        fitted = np.tensordot(pattern.products[:, :, :-1, :-1], at.inverse, 2)
        residual = pattern.products @ left @ left
        around = inverse @ (fitted + residual) @ inverse
        gradient[places] += n_patients * inverse - around
        plain = n_patients * np.kron(inverse, inverse)
        observed[np.ix_(flat, flat)] += 2 * np.kron(inverse, around) - plain
        model = inverse @ fitted @ inverse
        expected[np.ix_(flat, flat)] += plain - 2 * np.kron(inverse, model)
        once = np.tensordot(inverse, pattern.products, 1)
        turned[places] += np.tensordot(inverse, once, ((0,), (1,))).swapaxes(0, 1)
    units = symmetric_units(n_visits)
    across = units.reshape(len(units), -1)
    slopes = np.tensordot(units, turned, 2)
    scores = slopes[:, :-1, :] @ left
    inner = at.inverse @ slopes[:, :-1, :-1]
    shared = np.einsum("rij,sji->rs", inner, inner)
    return Derivatives(
        gradient=across @ gradient.ravel(),
        observed=across @ observed @ across.T - shared - 2 * scores @ at.inverse @ scores.T,
        expected=across @ expected @ across.T + shared,
        slopes=inner @ at.inverse,
    )


def _inverse(covariance: np.ndarray, visits: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Inverse and log determinant of the part of some visits; None unless positive definite."""
    try:
        lower = np.linalg.cholesky(covariance[np.ix_(visits, visits)])
    except np.linalg.LinAlgError:
        return None
    root = solve_triangular(lower, np.eye(len(lower)), lower=True)
    return root.T @ root, float(2 * np.log(np.diag(lower)).sum())
