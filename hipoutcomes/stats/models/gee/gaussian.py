"""Estimating equations for the mean of a number, from sums over clusters."""

from itertools import pairwise

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.gee.cluster_sums import (
    ClusterRows,
    ClusterSums,
    cluster_rows,
    cluster_sums,
)
from hipoutcomes.stats.models.gee.gee import (
    GeeFit,
    check_correlation,
    checked_clusters,
    checked_covariance,
    checked_gee,
)
from hipoutcomes.stats.models.gee.small_clusters import (
    FixedByOneCluster,
    corrected_where_bread_is_one,
)
from hipoutcomes.stats.models.moments.moments_pass import sums_by_patient
from hipoutcomes.stats.models.moments.whole_groups import (
    Columns,
    MatrixColumns,
    whole_groups,
)

#: The correlation is found when a step changes it by less than this.
_SETTLED = 1e-12

_MOST_STEPS = 200


def gaussian_gee(
    design: np.ndarray,
    outcome: np.ndarray,
    clusters: np.ndarray,
    *,
    covariance: str = "bias-reduced",
) -> GeeFit:
    """Fit a mean when rows of one cluster may agree, with one correlation within clusters.

    The estimand: for each column, the difference in mean outcome between rows one unit apart
    in it and alike in the others, over the population that the clusters come from (a marginal
    mean: no cluster is held fixed).

    Parameters
    ----------
    design : ndarray, shape (n, k)
        One row per outcome; the intercept is a column of ones.
    outcome : ndarray, shape (n,)
    clusters : ndarray of int, shape (n,)
        Cluster of each row, numbered from 0; rows in any order.
    covariance : {"bias-reduced", "robust", "naive"}
        The sandwich of Mancl & DeRouen [2]_; that of Liang & Zeger [1]_, which is too small with
        few clusters; or the one that takes the correlation and the spread as true.

    Raises
    ------
    NotEnoughData
        With fewer than 10 clusters, fewer than 4 clusters more than coefficients, too few pairs
        of rows within clusters, columns that determine one another (named by their positions),
        an outcome that does not vary or is reproduced exactly, a coefficient that one cluster
        alone settles, or a correlation that does not settle or that these clusters cannot have.
    ValueError
        When a number is missing or infinite, shapes do not fit, or `covariance` is another word.

    Notes
    -----
    ``sum_g X_g' V_g**-1 (y_g - X_g b) = 0`` with ``V_g`` of ones on the diagonal and the
    correlation elsewhere. The scale is ``sum(r**2) / (n - k)``; the correlation is the sum of
    ``r_i r_j`` over the P pairs of rows within clusters, divided by ``(P - k)`` times the scale;
    coefficients and correlation are solved in turn until neither changes. All of it comes from
    one pass that sums rows by cluster, after which a step costs one small product for each
    distinct cluster size. A second pass gives each cluster's ``u_g = X_g' V_g**-1 r_g`` for
    ``A (sum_g u_g u_g') A``, with ``A = (sum_g X_g' V_g**-1 X_g)**-1``; see `corrected_scores`
    for the bias-reduced covariance.
    Intervals are t with clusters less coefficients as degrees of freedom: z intervals are too
    short for few clusters whatever the correction [3]_.

    References
    ----------
    .. [1] Liang K-Y, Zeger SL (1986). Longitudinal data analysis using generalized linear models.
       Biometrika 73(1), 13-22.
    .. [2] Mancl LA, DeRouen TA (2001). A covariance estimator for GEE with improved small-sample
       properties. Biometrics 57(1), 126-134.
    .. [3] Li P, Redden DT (2015). Small sample performance of bias-corrected sandwich estimators
       for cluster-randomized trials with binary outcomes. Statistics in Medicine 34(2), 281-296.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> clusters = np.repeat(np.arange(40), 5)
    >>> outcome = rng.normal(size=40)[clusters] + rng.normal(size=200)
    >>> fit = gaussian_gee(np.ones((200, 1)), outcome, clusters)
    >>> fit.beta.round(2), round(fit.correlation, 2), fit.df
    (array([-0.03]), 0.56, 39.0)
    """
    design, outcome, codes = checked_gee(design, outcome, clusters, covariance)
    return _fitted(MatrixColumns(design), outcome, codes, covariance)


def gaussian_gee_of_columns(
    columns: Columns,
    outcome: np.ndarray,
    clusters: np.ndarray,
    *,
    covariance: str = "bias-reduced",
) -> GeeFit:
    """`gaussian_gee` of a design that makes its finite values block by block.

    Parameters
    ----------
    columns : Columns
        Of n rows and k columns, such as `tables.design_columns.DesignColumns`.
    outcome : ndarray, shape (n,)
        Without missing values.
    clusters : ndarray of int, shape (n,)
    covariance : {"bias-reduced", "robust", "naive"}

    Raises
    ------
    NotEnoughData
        As `gaussian_gee`.
    ValueError
        When there is not one whole code per row, or `covariance` is another word.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> clusters = np.repeat(np.arange(40), 5)
    >>> outcome = rng.normal(size=40)[clusters] + rng.normal(size=200)
    >>> columns = MatrixColumns(np.ones((200, 1)))
    >>> gaussian_gee_of_columns(columns, outcome, clusters).beta.round(2)
    array([-0.03])
    """
    checked_covariance(covariance)
    codes = checked_clusters(outcome, clusters, len(columns.parts))
    return _fitted(columns, outcome, codes, covariance)


def _fitted(columns: Columns, outcome: np.ndarray, codes: np.ndarray, covariance: str) -> GeeFit:
    """The fit of numbers that were looked at."""
    rows = cluster_rows(columns, outcome, codes)
    sums = cluster_sums(rows)
    correlation, step = _settled(sums, int(rows.sizes.max()))
    scale = _moments(sums, step)[0]
    if scale <= 1e-20 * float(np.var(outcome)):
        raise NotEnoughData(
            f"The columns reproduce the outcome exactly in all {len(outcome)} rows.",
            remedy="Check whether the outcome, or a part of it, is among the columns.",
        )
    bread = (1 - correlation) * np.linalg.inv(_equations(sums, correlation)[0])
    if covariance == "naive":
        middle = scale * bread
    else:
        scores = _scores(rows, correlation, step)
        if covariance == "bias-reduced" or _lacks_a_direction(bread, scores):
            corrected = _corrected(rows, correlation, bread, scores)
            scores = corrected if covariance == "bias-reduced" else scores
        middle = bread @ (scores @ scores.T) @ bread
    return GeeFit(
        beta=rows.back @ (rows.start + step),
        covariance=rows.back @ middle @ rows.back.T,
        kind=covariance,
        correlation=correlation,
        scale=scale,
        n_clusters=len(rows.sizes),
        largest=int(rows.sizes.max()),
    )


def _shrinkage(sizes: np.ndarray, correlation: float) -> np.ndarray:
    """How much of a cluster's sum its inverse covariance takes off each of its rows."""
    return correlation / (1 + correlation * (sizes - 1))


def _equations(sums: ClusterSums, correlation: float) -> tuple[np.ndarray, np.ndarray]:
    """Both sides of the equations for the coefficients, times one minus the correlation."""
    off = np.tensordot(_shrinkage(sums.distinct, correlation), sums.between, axes=1)
    both = sums.total - off
    return both[:-1, :-1], both[:-1, -1]


def _moments(sums: ClusterSums, step: np.ndarray) -> tuple[float, float]:
    """Scale and correlation of the residuals at these coefficients."""
    turn = np.append(-step, 1.0)
    squares = float(turn @ sums.total @ turn)
    scale = squares / (sums.n_rows - len(step))
    if scale <= 0:
        return 0.0, 0.0
    pairs = (float(turn @ sums.between.sum(axis=0) @ turn) - squares) / 2
    return scale, pairs / scale / (sums.n_pairs - len(step))


def _settled(sums: ClusterSums, largest: int) -> tuple[float, np.ndarray]:
    """Correlation and coefficients (beyond least squares) that agree with one another."""
    correlation = 0.0
    for _ in range(_MOST_STEPS):
        step = np.linalg.solve(*_equations(sums, correlation))
        last, correlation = correlation, _moments(sums, step)[1]
        check_correlation(correlation, largest)
        if abs(correlation - last) <= _SETTLED:
            return correlation, np.linalg.solve(*_equations(sums, correlation))
    raise NotEnoughData(
        f"The correlation within clusters did not settle: it moves between {last:.4g} and "
        f"{correlation:.4g}.",
        remedy="Leave out columns; or use ho.ancova(..., cluster=), which needs no correlation.",
    )


def _scores(rows: ClusterRows, correlation: float, step: np.ndarray) -> np.ndarray:
    """The second pass: ``X_g' V_g**-1 r_g`` of each cluster, shape (k, m)."""
    change, sizes, totals = rows.root @ step, rows.sizes, rows.by_cluster
    residuals = rows.residuals - rows.columns.times(change)
    off = _shrinkage(sizes, correlation) * (np.append(-change, 1.0) @ totals)
    scores, turn = np.empty((len(step), len(sizes))), rows.root.T / (1 - correlation)
    for first, last, values in whole_groups(rows.columns, residuals, rows.starts):
        values[:-1] *= values[-1]
        own = sums_by_patient(values[:-1], sizes[first:last])
        own -= off[first:last] * totals[:-1, first:last]
        np.matmul(turn, own, out=scores[:, first:last])
    return scores


def _corrected(
    rows: ClusterRows, correlation: float, bread: np.ndarray, scores: np.ndarray
) -> np.ndarray:
    """Scores (k, m) corrected by Mancl & DeRouen, clusters of one size and block together."""
    turn, sizes, alone = np.linalg.cholesky(bread).T, rows.sizes, []
    turn_columns = turn @ rows.root.T
    turned_scores, totals = (turn @ scores).T, (turn_columns @ rows.by_cluster[:-1]).T
    corrected = np.empty_like(turned_scores)
    for first, last, values in whole_groups(rows.columns, rows.residuals, rows.starts):
        turned = turn_columns @ values[:-1]
        edges = first + np.flatnonzero(np.diff(sizes[first:last], prepend=0, append=0))
        for begin, end in pairwise(edges):
            some, size = slice(begin, end), sizes[begin]
            places = slice(*(rows.starts[[begin, end]] - rows.starts[first]))
            own = turned[:, places].reshape(len(turn), end - begin, size).transpose(1, 0, 2)
            total = totals[some]
            information = own @ own.transpose(0, 2, 1)
            information -= _shrinkage(size, correlation) * total[:, :, None] * total[:, None, :]
            information /= 1 - correlation
            try:
                corrected[some] = corrected_where_bread_is_one(information, turned_scores[some])
            except FixedByOneCluster as error:
                alone += [int(rows.clusters[begin + place]) for place in error.clusters]
    if alone:
        raise FixedByOneCluster(tuple(sorted(alone)))
    return np.linalg.solve(turn, corrected.T)


def _lacks_a_direction(bread: np.ndarray, scores: np.ndarray) -> bool:
    """Whether clusters show no spread in some direction, as when one alone settles it."""
    root = np.linalg.cholesky(bread)
    spread = np.linalg.eigvalsh(root.T @ (scores @ scores.T) @ root)
    return bool(spread[0] <= 1e-12 * spread[-1])
