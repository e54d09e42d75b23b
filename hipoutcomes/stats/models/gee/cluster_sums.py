"""Sums over rows and clusters that estimating equations for a number are solved from."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from hipoutcomes.stats.models.moments.moments_pass import sums_by_patient
from hipoutcomes.stats.models.moments.whole_groups import (
    Columns,
    MatrixColumns,
    side_by_side,
    whole_groups,
)
from hipoutcomes.stats.models.orthonormal import orthonormal_design

#: Columns of mean square one with a direction shorter than this are turned by QR before they
#: are summed, because squaring it would cost more than six of the sixteen digits.
_NEARLY_COLLINEAR = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class ClusterRows:
    """The n rows of k columns by cluster, small ones first, and what least squares leaves.

    ``X @ root`` has mean square one and cross products `products` (k, k); `start` (k,) are the
    least-squares coefficients of those; `back` (k, k) turns such coefficients into the user's.
    `by_cluster` (k + 1, m) sums X and the residuals over each cluster, whose codes are `clusters`.
    """

    columns: Columns
    starts: np.ndarray
    clusters: np.ndarray
    root: np.ndarray
    back: np.ndarray
    products: np.ndarray
    by_cluster: np.ndarray
    start: np.ndarray
    residuals: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """Rows of each cluster, in ascending order."""
        return np.diff(self.starts)


@dataclass(frozen=True, slots=True, eq=False)
class ClusterSums:
    """Cross products of ``X @ root`` and residuals, over rows and over the sums of clusters.

    `total` (k + 1, k + 1) is over rows; `between` (s, k + 1, k + 1) are the cross products of
    those sums for clusters of each of the s sizes in `distinct`.
    """

    total: np.ndarray
    distinct: np.ndarray
    between: np.ndarray
    n_rows: int
    n_pairs: float


def cluster_rows(columns: Columns, outcome: np.ndarray, codes: np.ndarray) -> ClusterRows:
    """Columns that can be summed without losing digits, and their least-squares fit."""
    order, starts, clusters = side_by_side(codes)
    columns, outcome = columns.reordered(order), outcome.take(order)
    n_rows = len(outcome)
    raw, by_cluster = _pass(columns, outcome, starts)
    lengths = np.sqrt(np.diag(raw)[:-1] / n_rows)
    lengths[lengths == 0] = 1.0
    back = root = np.diag(1 / lengths)
    if np.linalg.eigvalsh(root @ raw[:-1, :-1] @ root)[0] < _NEARLY_COLLINEAR * n_rows:
        made = orthonormal_design(columns.matrix(), n_rows)
        columns, root, back = MatrixColumns(made.basis), np.eye(len(root)), made.root
        raw, by_cluster = _pass(columns, outcome, starts)
    products = root @ raw[:-1, :-1] @ root
    start = np.linalg.solve(products, root @ raw[:-1, -1])
    residuals = outcome - columns.times(root @ start)
    np.add.reduceat(residuals, starts[:-1], out=by_cluster[-1])
    return ClusterRows(
        columns, starts, clusters, root, back, products, by_cluster, start, residuals
    )


def _pass(
    columns: Columns, outcome: np.ndarray, starts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cross products of columns and outcome, and sums of both over each cluster (k + 1, m)."""
    n_columns, sizes = len(columns.parts), np.diff(starts)
    products = np.zeros((n_columns + 1, n_columns + 1))
    by_cluster = np.empty((n_columns + 1, len(sizes)))
    for first, last, values in whole_groups(columns, outcome, starts):
        products += values @ values.T
        by_cluster[:, first:last] = sums_by_patient(values, sizes[first:last])
    return products, by_cluster


def cluster_sums(rows: ClusterRows) -> ClusterSums:
    """The sums that estimates need."""
    crossed = rows.root @ rows.columns.crossed(rows.residuals)
    squares = rows.residuals @ rows.residuals
    sizes = rows.sizes
    distinct, firsts = np.unique(sizes, return_index=True)
    parts = np.split(rows.by_cluster, firsts[1:], axis=1)
    turn = block_diag(rows.root, 1.0)
    return ClusterSums(
        total=np.block([[rows.products, crossed[:, None]], [crossed, squares]]),
        distinct=distinct,
        between=np.array([turn.T @ (part @ part.T) @ turn for part in parts]),
        n_rows=len(rows.residuals),
        n_pairs=float((sizes * (sizes - 1) / 2).sum()),
    )
