"""Covariance of least-squares coefficients when the rows of one cluster may agree."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.inference import Contrasts, Inference, JointTest
from hipoutcomes.stats.models.joint_tests import hotelling_test, independent_sums
from hipoutcomes.stats.models.least_squares.corrected_residuals import corrected_residuals
from hipoutcomes.stats.models.least_squares.linear import LeastSquares, linear_contrasts

#: Kinds of `cluster_covariance`.
CLUSTER_KINDS = ("CR0", "CR1", "CR2")

#: Under this many Satterthwaite degrees of freedom a CR2 interval cannot be trusted.
FEWEST_DF = 4.0

_HOTELLING = "approximate Hotelling test of the CR2 covariance (Tipton & Pustejovsky 2015)"


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

    def wishart_degrees_of_freedom(self, weights: np.ndarray) -> float:
        """Degrees of freedom of the Wishart matrix that a CR2 covariance of several sums is like.

        Parameters
        ----------
        weights : ndarray, shape (q, k)
            Linearly independent sums.

        Returns
        -------
        float
            Of one sum, `degrees_of_freedom`; missing (NaN) where the clusters leave no variance
            to estimate in some direction.

        Notes
        -----
        Let S be the covariance of the sums, scaled so that were all rows independent with one
        spread its expectation is the identity. A Wishart matrix over its n degrees of freedom has
        ``sum over s, t of Var(S[s, t]) = q (q + 1) / n``; n is chosen so that S has the same total
        variance [1]_. With ``P[s, t, g, h] = u_gs' (I - H)[g, h] u_ht`` of `degrees_of_freedom`
        that is ``sum(P[s, s, g, h] P[t, t, g, h] + P[s, t, g, h] P[t, s, g, h])``, from sums over
        clusters alone.

        References
        ----------
        .. [1] Tipton E, Pustejovsky JE (2015). Small-sample adjustments for tests of moderators
           and model fit using robust variance estimation in meta-regression. Journal of
           Educational and Behavioral Statistics 40(6), 604-634.
        """
        sums = np.atleast_2d(np.asarray(weights, dtype=float)) @ self.root
        own = sums @ self.squares.sum(axis=0) @ sums.T
        shared = self.crosses @ sums.T
        expected = own - np.einsum("gis,git->st", shared, shared)
        sizes, directions = np.linalg.eigh((expected + expected.T) / 2)
        if not sizes.min() > 1e-10 * np.trace(own):
            return float("nan")
        sums = (directions / np.sqrt(sizes)).T @ sums
        rank = len(sums)
        return rank * (rank + 1) / self._total_variance(sums)

    def _total_variance(self, sums: np.ndarray) -> float:
        """Variances of all entries of the scaled covariance of q sums, added up."""
        own = sums @ self.squares @ sums.T
        shared = self.crosses @ sums.T
        inner = np.einsum("gis,git->gst", shared, shared)
        traces, lengths = np.trace(own, axis1=1, axis2=2), np.trace(inner, axis1=1, axis2=2)
        flat = shared.reshape(len(shared), -1)
        products = flat.T @ flat
        total = (traces**2 - 2 * traces * lengths).sum() + (products**2).sum()
        total += (own * own).sum() - 2 * (own * inner).sum()
        n_columns, rank = shared.shape[1:]
        crossed = products.reshape(n_columns, rank, n_columns, rank)
        return float(total + (crossed * crossed.transpose(0, 3, 2, 1)).sum())

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
    >>> from hipoutcomes.stats.models.least_squares.linear import least_squares
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
        scores, squares, crosses = corrected_residuals(fit.basis, fit.residuals, codes, n_clusters)
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
    >>> from hipoutcomes.stats.models.least_squares.linear import least_squares
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
    """The fit with its cluster-robust covariance, degrees of freedom and joint tests.

    Joint tests of a CR2 covariance are the approximate Hotelling test of `hotelling_test`; of the
    other kinds F tests with as many degrees of freedom as there are clusters, minus one.
    """
    corrected = covariance.kind == "CR2"
    return Inference(
        fit.beta,
        covariance.matrix,
        covariance.degrees_of_freedom,
        joint=partial(cluster_test, fit, covariance) if corrected else None,
        joint_name=_HOTELLING if corrected else "F test",
        n_clusters=covariance.n_clusters,
        fewest_df=FEWEST_DF if corrected else 0.0,
    )


def cluster_test(
    fit: LeastSquares, covariance: ClusterCovariance, weights: np.ndarray
) -> JointTest:
    """Several weighted sums of the coefficients tested at once, with a CR2 covariance.

    Parameters
    ----------
    fit : LeastSquares
    covariance : ClusterCovariance
        Of kind CR2, from the same fit.
    weights : ndarray, shape (m, k)
        Sums that others determine are left out.

    Raises
    ------
    NotEnoughData
        When fewer than 4 degrees of freedom are left for the denominator.

    Notes
    -----
    See `joint_tests.hotelling_test` and `ClusterCovariance.wishart_degrees_of_freedom`.

    Examples
    --------
    >>> from hipoutcomes.stats.models.least_squares.linear import least_squares
    >>> arm = np.arange(24) % 3
    >>> fit = least_squares(np.column_stack([arm == 0, arm == 1, arm == 2]).astype(float),
    ...                     np.sqrt(np.arange(24.0)))
    >>> found = cluster_test(fit, cluster_covariance(fit, np.arange(24)), [[1, -1, 0], [0, 1, -1]])
    >>> found.df_numerator, round(found.df, 2)
    (2.0, 14.75)
    """
    sums = independent_sums(weights)
    df = covariance.wishart_degrees_of_freedom(sums) - len(sums) + 1
    if not df >= FEWEST_DF - 1e-9:
        have = f"only {max(df, 0):.1f}" if np.isfinite(df) else "no"
        raise NotEnoughData(
            f"{have} degrees of freedom from {covariance.n_clusters} clusters to test "
            f"{len(sums)} {'sum' if len(sums) == 1 else 'sums'} at once; a test needs "
            f"{FEWEST_DF:g}."
        )
    return hotelling_test(fit.beta, covariance.matrix, sums, df + len(sums) - 1)


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
