"""Least squares on arrays: coefficients, their covariances, and contrasts of them."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import qr, solve_triangular

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_values
from hipoutcomes.stats.models.inference import Contrasts, Inference, t_contrasts

#: A column whose part that no earlier column explains is shorter than this share of it is
#: taken as determined by them.
COLLINEAR = 1e-12

#: Ways to allow for residual spread that differs between rows, for `robust_covariance`.
ROBUST_KINDS = ("HC0", "HC1", "HC2", "HC3")


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """A least-squares fit of n outcomes on k columns.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        Coefficients, in units of the outcome per unit of the column.
    covariance : ndarray, shape (k, k)
        Classical covariance of `beta`: one residual spread for all rows.
    sigma : float
        Residual standard deviation, in units of the outcome, with divisor `df`.
    df : int
        Residual degrees of freedom, n - k.
    residuals : ndarray, shape (n,)
    leverage : ndarray, shape (n,)
        Diagonal of the hat matrix, 0 to 1.
    basis : ndarray, shape (n, k)
        Orthonormal columns that span the design.
    root : ndarray, shape (k, k)
        With ``design @ root == basis``, so that ``root @ root.T`` inverts the cross products.
    """

    beta: np.ndarray
    covariance: np.ndarray
    sigma: float
    df: int
    residuals: np.ndarray
    leverage: np.ndarray
    basis: np.ndarray
    root: np.ndarray


def dependencies(design: np.ndarray) -> dict[int, tuple[int, ...]]:
    """Columns that the columns before them determine, and which of those do.

    Parameters
    ----------
    design : ndarray, shape (n, k)

    Returns
    -------
    dict of int to tuple of int
        Position of each determined column, from 0, and the positions that it is made of; an
        empty tuple for a column of zeros. Empty for a design of full rank.

    Examples
    --------
    >>> dependencies(np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]))
    {2: (0, 1)}
    """
    scaled, _ = _scaled(np.asarray(design, dtype=float))
    free: list[int] = []
    found = {}
    basis = np.empty((len(scaled), 0))
    for place, column in enumerate(scaled.T):
        left = column - basis @ (basis.T @ column)
        left -= basis @ (basis.T @ left)
        length = np.linalg.norm(left)
        if length > COLLINEAR:
            free.append(place)
            basis = np.column_stack([basis, left / length])
        else:
            parts = np.linalg.lstsq(scaled[:, free], column, rcond=None)[0]
            found[place] = tuple(f for f, part in zip(free, parts, strict=True) if abs(part) > 1e-8)
    return found


def least_squares(design: np.ndarray, outcome: np.ndarray) -> LeastSquares:
    """Fit outcomes on the columns of a design by least squares.

    Parameters
    ----------
    design : ndarray, shape (n, k)
        One row per outcome; the intercept, where there is one, is a column of ones.
    outcome : ndarray, shape (n,)

    Raises
    ------
    NotEnoughData
        When there are no more rows than columns, when columns determine one another (their
        positions are named), or when every outcome is the same.
    ValueError
        When a number is missing or infinite, or the shapes do not fit.

    Notes
    -----
    Columns are scaled to length one, the scaled design is factored as QR by Householder
    reflections, and ``R beta = Q'y`` is solved backwards; the cross products, which would square
    the condition number, are never formed [1]_ [2]_. One step of refinement with residuals
    in extended precision follows. The covariance is ``sigma**2 (X'X)**-1`` with
    ``sigma**2 = |y - X beta|**2 / (n - k)``.

    References
    ----------
    .. [1] Golub GH (1965). Numerical methods for solving linear least squares problems.
       Numerische Mathematik 7, 206-216.
    .. [2] Higham NJ (2002). Accuracy and Stability of Numerical Algorithms, 2nd ed., ch. 20.

    Examples
    --------
    >>> fit = least_squares([[1, 0], [1, 0], [1, 1], [1, 1]], [1.0, 3.0, 4.0, 8.0])
    >>> fit.beta.round(6), fit.df, round(fit.sigma, 6)
    (array([2., 4.]), 2, 2.236068)
    """
    design, outcome = _checked(design, outcome)
    scaled, lengths = _scaled(design)
    basis, upper = qr(scaled, mode="economic", check_finite=False)
    if (np.abs(np.diag(upper)) <= COLLINEAR).any():
        raise NotEnoughData(_collinear(dependencies(design)), remedy="Leave out one of them.")
    beta = solve_triangular(upper, basis.T @ outcome) / lengths
    beta = beta + solve_triangular(upper, basis.T @ _residuals(design, outcome, beta)) / lengths
    residuals = _residuals(design, outcome, beta)
    root = solve_triangular(upper, np.eye(len(beta))) / lengths[:, None]
    df = len(outcome) - len(beta)
    variance = float(residuals @ residuals) / df
    return LeastSquares(
        beta=beta,
        covariance=variance * (root @ root.T),
        sigma=variance**0.5,
        df=df,
        residuals=residuals,
        leverage=np.minimum((basis**2).sum(axis=1), 1.0),
        basis=basis,
        root=root,
    )


def robust_covariance(fit: LeastSquares, kind: str = "HC3") -> np.ndarray:
    """Covariance of the coefficients when the residual spread may differ from row to row.

    Parameters
    ----------
    fit : LeastSquares
    kind : {"HC0", "HC1", "HC2", "HC3"}

    Returns
    -------
    ndarray, shape (k, k)

    Raises
    ------
    NotEnoughData
        For HC2 and HC3, when a row is fitted exactly (its position is named).
    ValueError
        When `kind` is another word.

    Notes
    -----
    ``(X'X)**-1 X' diag(w e**2) X (X'X)**-1`` with residuals e, leverages h and weights w of 1
    (HC0), n / (n - k) (HC1), 1 / (1 - h) (HC2) or 1 / (1 - h)**2 (HC3) [1]_ [2]_.

    References
    ----------
    .. [1] White H (1980). A heteroskedasticity-consistent covariance matrix estimator and a
       direct test for heteroskedasticity. Econometrica 48(4), 817-838.
    .. [2] MacKinnon JG, White H (1985). Some heteroskedasticity-consistent covariance matrix
       estimators with improved finite sample properties. J Econometrics 29(3), 305-325.

    Examples
    --------
    >>> fit = least_squares([[1, 0], [1, 0], [1, 1], [1, 1]], [1.0, 3.0, 4.0, 8.0])
    >>> robust_covariance(fit, "HC2").round(6)
    array([[ 1., -1.],
           [-1.,  5.]])
    """
    if kind not in ROBUST_KINDS:
        raise ValueError(f"kind must be one of {', '.join(ROBUST_KINDS)}; it is {kind!r}.")
    room = 1 - fit.leverage
    if kind in ("HC2", "HC3") and (room < 1e-10).any():
        rows = ", ".join(str(row) for row in np.flatnonzero(room < 1e-10)[:5])
        raise NotEnoughData(
            f"{kind} cannot be computed: the fit goes exactly through the outcome of row {rows}.",
            remedy="Leave out the column that only this row has, or use HC1.",
        )
    n_rows = len(room)
    weight = {"HC0": 1.0, "HC1": n_rows / fit.df}.get(kind)
    if weight is None:
        weight = 1 / room if kind == "HC2" else 1 / room**2
    scores = fit.basis * (np.sqrt(weight) * fit.residuals)[:, None]
    return fit.root @ (scores.T @ scores) @ fit.root.T


def linear_contrasts(
    fit: LeastSquares,
    weights: np.ndarray,
    *,
    covariance: np.ndarray | None = None,
    df: np.ndarray | float | None = None,
    level: float = 0.95,
) -> Contrasts:
    """Weighted sums of the coefficients, each tested against zero and with an interval.

    Parameters
    ----------
    fit : LeastSquares
    weights : ndarray, shape (m, k)
        One sum per row; ``np.eye(k)`` gives the coefficients themselves.
    covariance : ndarray, shape (k, k), optional
        Covariance of the coefficients; the classical one unless given.
    df : float or ndarray of shape (m,), optional
        Degrees of freedom of each t reference; the residual ones unless given.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        When `weights` has another number of columns than the fit has coefficients.

    Notes
    -----
    With weights c, the estimate is c'b and its standard error ``sqrt(c'Vc)``; the limits are
    the estimate plus and minus the t quantile times it.

    Examples
    --------
    >>> fit = least_squares([[1, 0], [1, 0], [1, 1], [1, 1]], [1.0, 3.0, 4.0, 8.0])
    >>> sums = linear_contrasts(fit, [[0, 1]])
    >>> sums.estimate.round(3), sums.statistic.round(3), sums.p_value.round(3)
    (array([4.]), array([1.789]), array([0.216]))
    """
    covariance = fit.covariance if covariance is None else np.asarray(covariance, dtype=float)
    return t_contrasts(fit.beta, covariance, weights, fit.df if df is None else df, level)


def classical_inference(fit: LeastSquares) -> Inference:
    """The fit with its classical covariance and residual degrees of freedom."""
    return Inference(fit.beta, fit.covariance, lambda weights: np.full(len(weights), float(fit.df)))


def robust_inference(fit: LeastSquares, kind: str = "HC3") -> Inference:
    """The fit with a covariance of `robust_covariance` and residual degrees of freedom."""
    covariance = robust_covariance(fit, kind)
    return Inference(fit.beta, covariance, lambda weights: np.full(len(weights), float(fit.df)))


def _checked(design, outcome) -> tuple[np.ndarray, np.ndarray]:
    """Design and outcome as finite floats that fit one another and leave room for residuals."""
    design, outcome = np.asarray(design, dtype=float), checked_values(outcome, "outcome")
    if design.ndim != 2 or len(design) != len(outcome) or not design.shape[1]:
        raise ValueError(
            f"design must have shape ({len(outcome)}, k), one row per outcome and a column or "
            f"more; it has {design.shape}."
        )
    checked_values(design.ravel(), "design")
    n_rows, n_columns = design.shape
    if n_rows <= n_columns:
        raise NotEnoughData(
            f"{n_columns} coefficients need more than {n_columns} rows; there are {n_rows}.",
            remedy="Leave out columns, or merge levels.",
        )
    if (outcome == outcome[0]).all():
        raise NotEnoughData(
            f"The outcome is {outcome[0]:g} in all {n_rows} rows: there is nothing to explain.",
            remedy="Check that the right outcome column was chosen.",
        )
    return design, outcome


def _scaled(design: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns at length one (a column of zeros stays), and the lengths."""
    largest = np.abs(design).max(axis=0)
    largest = np.where(largest > 0, largest, 1.0)
    lengths = np.linalg.norm(design / largest, axis=0) * largest
    lengths = np.where(lengths > 0, lengths, 1.0)
    return design / lengths, lengths


def _residuals(design: np.ndarray, outcome: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Outcome minus fitted value, summed in extended precision where the machine has it."""
    fitted = np.zeros(len(outcome), dtype=np.longdouble)
    for column, coefficient in zip(design.T, beta, strict=True):
        fitted += column.astype(np.longdouble) * np.longdouble(coefficient)
    return np.asarray(outcome - fitted, dtype=float)


def _collinear(found: dict[int, tuple[int, ...]]) -> str:
    """Name the columns that others determine by their positions, from 0."""
    parts = []
    for place, others in found.items():
        made = f"by columns {', '.join(map(str, others))}" if others else "in advance: all zeros"
        parts.append(f"column {place} is determined {made}")
    return "The design has no single answer: " + "; ".join(parts) + "."
