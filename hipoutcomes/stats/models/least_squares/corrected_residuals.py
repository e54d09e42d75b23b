"""The bias-reduced (CR2) correction of each cluster's residuals, many clusters at a time."""

from collections.abc import Iterator

import numpy as np

#: One minus a squared singular value under this is zero: the cluster alone fixes a direction.
_FIXED = 1e-12

#: Numbers held at a time while clusters of one size are decomposed.
_AT_A_TIME = 1_000_000


def corrected_residuals(
    basis: np.ndarray, residuals: np.ndarray, codes: np.ndarray, n_clusters: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores of the clusters, corrected, and the matrices of their degrees of freedom.

    Parameters
    ----------
    basis : ndarray, shape (n, k)
        Orthonormal columns.
    residuals : ndarray, shape (n,)
    codes : ndarray of int, shape (n,)
        Cluster of each row, from 0, none left out.
    n_clusters : int

    Returns
    -------
    scores : ndarray, shape (m, k)
        ``Q_g' A_g e_g``.
    squares, crosses : ndarray, shape (m, k, k)
        ``Q_g' A_g A_g Q_g`` and ``Q_g' A_g Q_g``.

    Notes
    -----
    ``A_g`` is the symmetric inverse square root of ``I - Q_g Q_g'``; with ``Q_g = U S V'`` it has
    ``(1 - S**2)**-0.5`` along U, zero where S is one [1]_. Clusters of one size are decomposed
    together.

    References
    ----------
    .. [1] Pustejovsky JE, Tipton E (2018). J Business & Economic Statistics 36(4), 672-683.

    Examples
    --------
    >>> halves = np.full((4, 1), 0.5)
    >>> scores, _, _ = corrected_residuals(halves, np.array([3.0, 1, -1, -3]), np.arange(4), 4)
    >>> scores.ravel().round(3).tolist()
    [1.732, 0.577, -0.577, -1.732]
    """
    n_columns = basis.shape[1]
    scores = np.empty((n_clusters, n_columns))
    squares = np.empty((n_clusters, n_columns, n_columns))
    crosses = np.empty_like(squares)
    for some, rows in _alike(codes, n_clusters, n_columns):
        left, sizes, right = np.linalg.svd(basis[rows], full_matrices=False)
        room = 1 - sizes**2
        power = np.where(room > _FIXED, np.maximum(room, _FIXED) ** -0.5, 0.0)
        turned = right.transpose(0, 2, 1)
        along = left.transpose(0, 2, 1) @ residuals[rows][:, :, None]
        scores[some] = (turned @ ((sizes * power)[:, :, None] * along))[:, :, 0]
        squares[some] = (turned * ((sizes * power) ** 2)[:, None, :]) @ right
        crosses[some] = (turned * (sizes**2 * power)[:, None, :]) @ right
    return scores, squares, crosses


def _alike(
    codes: np.ndarray, n_clusters: int, n_columns: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Clusters of one size and their rows (c, size), as many at a time as memory allows."""
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes, minlength=n_clusters)
    firsts = np.cumsum(sizes) - sizes
    for size in np.unique(sizes):
        clusters = np.flatnonzero(sizes == size)
        room = max(1, _AT_A_TIME // (n_columns * max(int(size), n_columns)))
        for some in np.split(clusters, range(room, len(clusters), room)):
            yield some, order[firsts[some][:, None] + np.arange(size)]
