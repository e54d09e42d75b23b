"""Designs turned to orthonormal columns, so that the steps of a fit lose no digits."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import qr, solve_triangular

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_values
from hipoutcomes.stats.models.least_squares.linear import COLLINEAR, dependencies


@dataclass(frozen=True, slots=True, eq=False)
class OrthonormalDesign:
    """A design of n rows and k columns beside its orthonormal columns.

    Attributes
    ----------
    design : ndarray, shape (n, k)
    basis : ndarray, shape (n, k)
        Columns of mean square one, each at right angles to the others, that span the design.
    root : ndarray, shape (k, k)
        With ``design @ root == basis``: coefficients of the design are ``root`` times those of the
        basis.
    """

    design: np.ndarray
    basis: np.ndarray
    root: np.ndarray


def orthonormal_design(design, n_rows: int) -> OrthonormalDesign:
    """The design, checked, with its orthonormal columns.

    Parameters
    ----------
    design : ndarray, shape (n, k)
    n_rows : int
        Outcomes that the design must match.

    Raises
    ------
    NotEnoughData
        When there are no more rows than columns, or columns determine one another.
    ValueError
        When a number is missing or infinite, or the shape does not fit.

    Examples
    --------
    >>> made = orthonormal_design([[1, 0], [1, 0], [1, 2], [1, 2]], 4)
    >>> (made.basis.T @ made.basis / 4).round(9) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """
    design = np.asarray(design, dtype=float)
    if design.ndim != 2 or len(design) != n_rows or not design.shape[1]:
        raise ValueError(
            f"design must have shape ({n_rows}, k), one row per outcome and a column or more; it "
            f"has {design.shape}."
        )
    checked_values(design.ravel(), "design")
    n_columns = design.shape[1]
    if n_rows <= n_columns:
        raise NotEnoughData(
            f"{n_columns} coefficients need more than {n_columns} rows; there are {n_rows}.",
            remedy="Leave out columns, or merge levels.",
        )
    lengths = np.sqrt((design**2).mean(axis=0))
    basis, upper = qr(design / np.where(lengths > 0, lengths, 1.0), mode="economic")
    if (np.abs(np.diag(upper)) <= COLLINEAR * n_rows**0.5).any():
        named = "; ".join(
            f"column {place} is determined by columns {', '.join(map(str, others))}"
            if others
            else f"column {place} is all zeros"
            for place, others in dependencies(design).items()
        )
        raise NotEnoughData(
            f"The design has no single answer: {named}.", remedy="Leave out one of them."
        )
    root = solve_triangular(upper, np.eye(n_columns)) / lengths[:, None]
    return OrthonormalDesign(design, basis * n_rows**0.5, root * n_rows**0.5)
