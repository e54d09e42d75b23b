"""Estimating equations for the mean of a number, from sums over clusters."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.gee.gee import GeeFit, check_correlation, checked_gee
from hipoutcomes.stats.models.gee.small_clusters import FixedByOneCluster, corrected_scores
from hipoutcomes.stats.models.orthonormal import orthonormal_design

#: The correlation is found when a step changes it by less than this.
_SETTLED = 1e-12

_MOST_STEPS = 200

#: Columns of mean square one with a direction shorter than this are turned by QR before they
#: are summed, because squaring it would cost more than six of the sixteen digits.
_NEARLY_COLLINEAR = 1e-6

#: Numbers held at a time while each cluster's own information is worked out.
_AT_A_TIME = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The n rows of k columns, and what least squares leaves of the outcome.

    ``columns @ root`` have mean square one and cross products `products` (k, k); `start` (k,) are
    the least-squares coefficients of those; `back` (k, k) turns such coefficients into the user's.
    """

    columns: np.ndarray
    root: np.ndarray
    products: np.ndarray
    start: np.ndarray
    back: np.ndarray
    residuals: np.ndarray
    codes: np.ndarray
    sizes: np.ndarray

    def by_cluster(self, weights: np.ndarray) -> np.ndarray:
        """Weighted sums of the columns of mean square one over each cluster, shape (m, k)."""
        n_rows = len(self.codes)
        places = (weights, self.codes, np.arange(n_rows + 1))
        return (csc_array(places, shape=(len(self.sizes), n_rows)) @ self.columns) @ self.root


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Cross products of columns and residuals, over rows and over the sums of clusters.

    `total` (k + 1, k + 1) is over rows; `by_cluster` (m, k + 1) sums rows of each cluster;
    `between` (s, k + 1, k + 1) are the cross products of those sums for clusters of each of
    the s sizes in `distinct`.
    """

    total: np.ndarray
    by_cluster: np.ndarray
    distinct: np.ndarray
    between: np.ndarray
    n_rows: int
    n_pairs: float


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
    rows = _prepared(design, outcome, codes)
    sums = _summed(rows)
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
        scores = _scores(rows, sums, correlation, step)
        if covariance == "bias-reduced" or _lacks_a_direction(bread, scores):
            corrected = _corrected(rows, sums, correlation, bread, scores)
            scores = corrected if covariance == "bias-reduced" else scores
        middle = bread @ (scores.T @ scores) @ bread
    return GeeFit(
        beta=rows.back @ (rows.start + step),
        covariance=rows.back @ middle @ rows.back.T,
        kind=covariance,
        correlation=correlation,
        scale=scale,
        n_clusters=len(rows.sizes),
        largest=int(rows.sizes.max()),
    )


def _prepared(design: np.ndarray, outcome: np.ndarray, codes: np.ndarray) -> _Rows:
    """Columns that can be summed without losing digits, and their least-squares fit."""
    n_rows, n_columns = design.shape
    columns = np.ascontiguousarray(design)
    raw = columns.T @ columns
    lengths = np.sqrt(np.diag(raw) / n_rows)
    lengths[lengths == 0] = 1.0
    back = root = np.diag(1 / lengths)
    products = root @ raw @ root
    if np.linalg.eigvalsh(products)[0] < _NEARLY_COLLINEAR * n_rows:
        made = orthonormal_design(design, n_rows)
        columns, root, back = np.ascontiguousarray(made.basis), np.eye(n_columns), made.root
        products = columns.T @ columns
    start = np.linalg.solve(products, root @ (columns.T @ outcome))
    residuals = outcome - columns @ (root @ start)
    sizes = np.bincount(codes)
    return _Rows(columns, root, products, start, back, residuals, codes, sizes)


def _summed(rows: _Rows) -> _Sums:
    """The one pass over rows that estimates need."""
    by_cluster = np.column_stack(
        [rows.by_cluster(np.ones(len(rows.codes))), np.bincount(rows.codes, rows.residuals)]
    )
    crossed = rows.root @ (rows.columns.T @ rows.residuals)
    squares = rows.residuals @ rows.residuals
    distinct = np.unique(rows.sizes)
    parts = (by_cluster[rows.sizes == size] for size in distinct)
    return _Sums(
        total=np.block([[rows.products, crossed[:, None]], [crossed, squares]]),
        by_cluster=by_cluster,
        distinct=distinct,
        between=np.array([part.T @ part for part in parts]),
        n_rows=len(rows.codes),
        n_pairs=float((rows.sizes * (rows.sizes - 1) / 2).sum()),
    )


def _shrinkage(sizes: np.ndarray, correlation: float) -> np.ndarray:
    """How much of a cluster's sum its inverse covariance takes off each of its rows."""
    return correlation / (1 + correlation * (sizes - 1))


def _equations(sums: _Sums, correlation: float) -> tuple[np.ndarray, np.ndarray]:
    """Both sides of the equations for the coefficients, times one minus the correlation."""
    off = np.tensordot(_shrinkage(sums.distinct, correlation), sums.between, axes=1)
    both = sums.total - off
    return both[:-1, :-1], both[:-1, -1]


def _moments(sums: _Sums, step: np.ndarray) -> tuple[float, float]:
    """Scale and correlation of the residuals at these coefficients."""
    turn = np.append(-step, 1.0)
    squares = float(turn @ sums.total @ turn)
    scale = squares / (sums.n_rows - len(step))
    if scale <= 0:
        return 0.0, 0.0
    pairs = (float(turn @ sums.between.sum(axis=0) @ turn) - squares) / 2
    return scale, pairs / scale / (sums.n_pairs - len(step))


def _settled(sums: _Sums, largest: int) -> tuple[float, np.ndarray]:
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


def _scores(rows: _Rows, sums: _Sums, correlation: float, step: np.ndarray) -> np.ndarray:
    """The second pass: ``X_g' V_g**-1 r_g`` of each cluster, shape (m, k)."""
    residuals = rows.residuals - rows.columns @ (rows.root @ step)
    left = sums.by_cluster @ np.append(-step, 1.0)
    off = _shrinkage(rows.sizes, correlation) * left
    own = rows.by_cluster(residuals)
    return (own - off[:, None] * sums.by_cluster[:, :-1]) / (1 - correlation)


def _corrected(
    rows: _Rows, sums: _Sums, correlation: float, bread: np.ndarray, scores: np.ndarray
) -> np.ndarray:
    """Scores corrected by Mancl & DeRouen, some clusters of one size at a time."""
    n_columns = len(bread)
    by_code = np.argsort(rows.codes, kind="stable")
    firsts = np.cumsum(rows.sizes) - rows.sizes
    corrected = np.empty_like(scores)
    for size in sums.distinct:
        shrinkage = _shrinkage(size, correlation)
        alike = np.flatnonzero(rows.sizes == size)
        room = max(1, _AT_A_TIME // (n_columns * max(int(size), n_columns)))
        for some in np.split(alike, range(room, len(alike), room)):
            own = rows.columns[by_code[firsts[some][:, None] + np.arange(size)]] @ rows.root
            total = sums.by_cluster[some, :-1]
            information = own.transpose(0, 2, 1) @ own
            information -= shrinkage * total[:, :, None] * total[:, None, :]
            try:
                corrected[some] = corrected_scores(
                    bread, information / (1 - correlation), scores[some]
                )
            except FixedByOneCluster as error:
                raise FixedByOneCluster(tuple(map(int, some[list(error.clusters)]))) from None
    return corrected


def _lacks_a_direction(bread: np.ndarray, scores: np.ndarray) -> bool:
    """Whether clusters show no spread in some direction, as when one alone settles it."""
    root = np.linalg.cholesky(bread)
    spread = np.linalg.eigvalsh(root.T @ (scores.T @ scores) @ root)
    return bool(spread[0] <= 1e-12 * spread[-1])
