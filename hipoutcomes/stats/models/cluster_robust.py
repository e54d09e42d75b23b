"""Covariance of least-squares coefficients when the rows of one cluster may agree."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.inference import Contrasts, Inference
from hipoutcomes.stats.models.linear import LeastSquares, linear_contrasts

#: Kinds of `cluster_covariance`.
CLUSTER_KINDS = ("CR0", "CR1", "CR2")

#: Under this many Satterthwaite degrees of freedom a CR2 interval cannot be trusted.
FEWEST_DF = 4.0

#: One minus a squared singular value under this is zero: the cluster alone fixes a direction.
_FIXED = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class ClusterCovariance:
    """A covariance of k coefficients from m clusters, and its degrees of freedom.

    Attributes
    ----------
    matrix : ndarray, shape (k, k)
    kind : str
        CR0, CR1 or CR2.
    n_clusters : int
    root : ndarray, shape (k, k)
        `LeastSquares.root` of the fit.
    squares, crosses : ndarray, shape (m, k, k)
        For CR2, ``Q'AAQ`` and ``Q'AQ`` of each cluster, from which the degrees of freedom of any
        contrast follow; of length 0 for the other kinds.
    """

    matrix: np.ndarray
    kind: str
    n_clusters: int
    root: np.ndarray
    squares: np.ndarray
    crosses: np.ndarray

    def degrees_of_freedom(self, weights: np.ndarray) -> np.ndarray:
        """Degrees of freedom of each weighted sum of coefficients.

        Parameters
        ----------
        weights : ndarray, shape (j, k)

        Returns
        -------
        ndarray, shape (j,)
            For CR0 and CR1 the clusters minus one; for CR2 by Satterthwaite, and missing (NaN)
            where the clusters leave no variance to estimate.

        Notes
        -----
        For CR2 the variance of a sum is a quadratic form in the outcomes whose matrix, were all
        rows independent with one spread, has non-zero eigenvalues those of P with
        ``P[g, h] = u_g' (I - H)[g, h] u_h`` and ``u_g = A_g Q_g root' c``; then
        ``df = trace(P)**2 / sum(P**2)`` [1]_ [2]_.

        References
        ----------
        .. [1] Bell RM, McCaffrey DF (2002). Bias reduction in standard errors for linear
           regression with multi-stage samples. Survey Methodology 28(2), 169-181.
        .. [2] Pustejovsky JE, Tipton E (2018). Small-sample methods for cluster-robust variance
           estimation and hypothesis testing in fixed effects models. Journal of Business &
           Economic Statistics 36(4), 672-683.
        """
        weights = np.atleast_2d(np.asarray(weights, dtype=float))
        if self.kind != "CR2":
            return np.full(len(weights), self.n_clusters - 1.0)
        return np.array([self._satterthwaite(weight) for weight in weights @ self.root])

    def _satterthwaite(self, weight: np.ndarray) -> float:
        """Degrees of freedom of one sum, its weights given on the orthonormal columns."""
        own = np.einsum("i,gij,j->g", weight, self.squares, weight)
        shared = self.crosses @ weight
        lengths = (shared**2).sum(axis=1)
        trace = float((own - lengths).sum())
        total = float((own**2).sum() - 2 * (own * lengths).sum())
        total += float(((shared.T @ shared) ** 2).sum())
        small = 1e-10 * float(own.sum())
        return trace**2 / total if trace > small and total > small**2 else float("nan")


def cluster_covariance(fit: LeastSquares, clusters, kind: str = "CR2") -> ClusterCovariance:
    """Covariance of the coefficients when rows of one cluster may agree with one another.

    Parameters
    ----------
    fit : LeastSquares
        Of n rows and k columns.
    clusters : ndarray, shape (n,)
        Cluster of each row (patient, therapist, practice): codes or names.
    kind : {"CR2", "CR1", "CR0"}
        CR2 is unbiased when rows are in truth independent with one spread, and is the one to use
        with fewer than about 100 clusters.

    Raises
    ------
    NotEnoughData
        With fewer than two clusters.
    ValueError
        When `kind` is another word, or there is not one cluster per row.

    Notes
    -----
    ``(X'X)**-1 (sum_g X_g' A_g e_g e_g' A_g X_g) (X'X)**-1`` over clusters g with residuals e.
    ``A_g`` is the identity for CR0 [1]_; CR1 is CR0 times m / (m - 1) with m clusters; for CR2
    ``A_g`` is the symmetric inverse square root of ``I - H_gg``, the part of the hat matrix that
    belongs to the cluster [2]_, with directions that the cluster alone fixes left out [3]_. The
    square root comes from a singular value decomposition of each cluster's orthonormal rows.

    References
    ----------
    .. [1] Liang K-Y, Zeger SL (1986). Biometrika 73(1), 13-22.
    .. [2] Bell RM, McCaffrey DF (2002). Survey Methodology 28(2), 169-181.
    .. [3] Pustejovsky JE, Tipton E (2018). J Business & Economic Statistics 36(4), 672-683.

    Examples
    --------
    >>> from hipoutcomes.stats.models.linear import least_squares
    >>> fit = least_squares(np.ones((6, 1)), [1.0, 2.0, 4.0, 5.0, 6.0, 9.0])
    >>> found = cluster_covariance(fit, ["ann", "ann", "ben", "ben", "cy", "cy"])
    >>> found.matrix.round(6), found.degrees_of_freedom([[1.0]]).round(6)
    (array([[3.]]), array([2.]))
    """
    if kind not in CLUSTER_KINDS:
        raise ValueError(f"kind must be one of {', '.join(CLUSTER_KINDS)}; it is {kind!r}.")
    codes, n_clusters = _codes(clusters, len(fit.residuals))
    n_columns = fit.basis.shape[1]
    if kind == "CR2":
        scores, squares, crosses = _corrected(fit, codes, n_clusters)
    else:
        scores = np.column_stack(
            [np.bincount(codes, column * fit.residuals, n_clusters) for column in fit.basis.T]
        )
        squares = crosses = np.empty((0, n_columns, n_columns))
    factor = n_clusters / (n_clusters - 1) if kind == "CR1" else 1.0
    matrix = factor * (fit.root @ (scores.T @ scores) @ fit.root.T)
    return ClusterCovariance(matrix, kind, n_clusters, fit.root, squares, crosses)


def cluster_contrasts(
    fit: LeastSquares, covariance: ClusterCovariance, weights: np.ndarray, level: float = 0.95
) -> Contrasts:
    """Weighted sums of the coefficients with cluster-robust tests and intervals.

    Parameters
    ----------
    fit : LeastSquares
    covariance : ClusterCovariance
        From `cluster_covariance` of the same fit.
    weights : ndarray, shape (j, k)
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        For CR2, when a sum has fewer than 4 Satterthwaite degrees of freedom (the sums are
        named by their positions).

    Notes
    -----
    Under 4 degrees of freedom the t reference itself is too rough an approximation to trust.

    References
    ----------
    Tipton E (2015). Small sample adjustments for robust variance estimation with
    meta-regression. Psychological Methods 20(3), 375-393 (the limit of 4).

    Examples
    --------
    >>> from hipoutcomes.stats.models.linear import least_squares
    >>> fit = least_squares(np.ones((6, 1)), [1.0, 2.0, 4.0, 5.0, 6.0, 9.0])
    >>> sums = cluster_contrasts(fit, cluster_covariance(fit, [0, 1, 2, 3, 4, 5]), [[1.0]])
    >>> sums.df, sums.conf_low.round(3), sums.conf_high.round(3)
    (array([5.]), array([1.477]), array([7.523]))
    """
    df = covariance.degrees_of_freedom(weights)
    few = np.flatnonzero(~(df >= FEWEST_DF - 1e-9)) if covariance.kind == "CR2" else []
    if len(few):
        names = ", ".join(f"{place} ({df[place]:.1f})" for place in few)
        raise NotEnoughData(
            f"Too few clusters carry these contrasts (degrees of freedom in brackets): {names}.",
            f"An interval needs {FEWEST_DF:g}; there are {covariance.n_clusters} clusters.",
            "Collect more clusters, or ask for contrasts that vary within clusters.",
        )
    return linear_contrasts(fit, weights, covariance=covariance.matrix, df=df, level=level)


def clustered_inference(fit: LeastSquares, covariance: ClusterCovariance) -> Inference:
    """The fit with its cluster-robust covariance and degrees of freedom."""
    return Inference(
        fit.beta,
        covariance.matrix,
        covariance.degrees_of_freedom,
        n_clusters=covariance.n_clusters,
        fewest_df=FEWEST_DF if covariance.kind == "CR2" else 0.0,
    )


def _codes(clusters, n_rows: int) -> tuple[np.ndarray, int]:
    """Clusters as codes from 0, one per row, and how many there are."""
    clusters = np.asarray(clusters)
    if clusters.shape != (n_rows,):
        raise ValueError(
            f"clusters must have shape ({n_rows},) like the rows; it has {clusters.shape}."
        )
    names, codes = np.unique(clusters, return_inverse=True)
    if len(names) < 2:
        raise NotEnoughData(
            f"A cluster-robust interval needs 2 clusters or more; there are {len(names)}.",
            remedy="Leave out the cluster if rows are independent.",
        )
    return codes, len(names)


def _corrected(
    fit: LeastSquares, codes: np.ndarray, n_clusters: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """CR2 scores (m, k) of the clusters and the matrices of their degrees of freedom."""
    n_columns = fit.basis.shape[1]
    scores = np.empty((n_clusters, n_columns))
    squares = np.empty((n_clusters, n_columns, n_columns))
    crosses = np.empty_like(squares)
    order = np.argsort(codes, kind="stable")
    starts = np.cumsum(np.bincount(codes, minlength=n_clusters))[:-1]
    for place, rows in enumerate(np.split(order, starts)):
        left, sizes, right = np.linalg.svd(fit.basis[rows], full_matrices=False)
        room = 1 - sizes**2
        power = np.where(room > _FIXED, np.maximum(room, _FIXED) ** -0.5, 0.0)
        scores[place] = right.T @ (sizes * power * (left.T @ fit.residuals[rows]))
        squares[place] = (right.T * (sizes * power) ** 2) @ right
        crosses[place] = (right.T * (sizes**2 * power)) @ right
    return scores, squares, crosses
