"""Cluster-robust covariance of estimating equations, corrected for few clusters."""

import numpy as np

from hipoutcomes.errors import NotEnoughData

#: A cluster whose pull on some direction of the coefficients comes this near to one fixes it.
_FIXED = 1e-10


class FixedByOneCluster(NotEnoughData):
    """A coefficient rests on one cluster alone, so its spread between clusters cannot be seen.

    Attributes
    ----------
    clusters : tuple of int
        The clusters, by their codes.
    """

    def __init__(self, clusters: tuple[int, ...]):
        self.clusters = clusters
        named = ", ".join(map(str, clusters[:5]))
        super().__init__(
            f"Cluster {named} alone settles a coefficient, which then has no standard error.",
            "Every coefficient needs two clusters or more.",
            "Leave out the column that varies in this cluster only, or merge levels.",
        )


def corrected_scores(bread: np.ndarray, information: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Scores of clusters, raised for the pull that each cluster has on its own fit.

    Parameters
    ----------
    bread : ndarray, shape (k, k)
        Inverse of the sum of `information` over all clusters.
    information : ndarray, shape (m, k, k)
        ``D_g' V_g**-1 D_g`` of each cluster, D being derivatives of the means.
    scores : ndarray, shape (m, k)
        ``D_g' V_g**-1 r_g`` of each cluster.

    Returns
    -------
    ndarray, shape (m, k)
        ``D_g' V_g**-1 (I - H_g)**-1 r_g``: with their cross products summed to S, the covariance of
        Mancl & DeRouen [1]_ is ``bread @ S @ bread``.

    Raises
    ------
    FixedByOneCluster
        When a cluster alone settles a direction of the coefficients.

    Notes
    -----
    With ``H_g = D_g A D_g' V_g**-1``, A the bread and M the cluster's information,
    ``D_g' V_g**-1 (I - H_g)**-1 r_g = (I - M A)**-1 u_g``: a k by k system whatever the size of
    the cluster. It is solved where A is the identity, in which ``I - M A`` is symmetric.

    References
    ----------
    .. [1] Mancl LA, DeRouen TA (2001). A covariance estimator for GEE with improved small-sample
       properties. Biometrics 57(1), 126-134.

    Examples
    --------
    >>> halves = np.full((2, 1, 1), 4.0)
    >>> corrected_scores(np.array([[0.125]]), halves, np.array([[3.0], [-3.0]])).round(9)
    array([[ 6.],
           [-6.]])
    """
    root = np.linalg.cholesky(bread)
    turned = corrected_where_bread_is_one(root.T @ information @ root, scores @ root)
    return np.linalg.solve(root.T, turned.T).T


def corrected_where_bread_is_one(information: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """`corrected_scores` of columns turned so that the information of all clusters is one.

    Parameters
    ----------
    information : ndarray, shape (m, k, k)
    scores : ndarray, shape (m, k)

    Raises
    ------
    FixedByOneCluster

    Examples
    --------
    >>> corrected_where_bread_is_one(np.full((2, 1, 1), 0.5), np.array([[3.0], [-3.0]])).tolist()
    [[6.0], [-6.0]]
    """
    places = np.arange(information.shape[1])
    rest = np.eye(len(places)) - information
    try:
        alone = (np.linalg.cholesky(rest)[:, places, places] ** 2 < _FIXED).any(axis=1)
    except np.linalg.LinAlgError:
        alone = np.linalg.eigvalsh(rest)[:, 0] < _FIXED
    if alone.any():
        raise FixedByOneCluster(tuple(map(int, np.flatnonzero(alone))))
    return np.linalg.solve(rest, scores[:, :, None])[:, :, 0]


def check_several_clusters(basis: np.ndarray, codes: np.ndarray) -> None:
    """Raise when without one of the clusters some coefficient could not be estimated.

    Parameters
    ----------
    basis : ndarray, shape (n, k)
        Orthogonal columns of mean square one, as from `orthonormal_design`.
    codes : ndarray of int, shape (n,)
        Cluster of each row, numbered from 0 without gaps.

    Raises
    ------
    FixedByOneCluster

    Examples
    --------
    >>> check_several_clusters(np.sqrt([[2.0, 0], [2, 0], [0, 2], [0, 2]]), np.array([0, 1, 2, 2]))
    Traceback (most recent call last):
    hipoutcomes.stats.models.gee.small_clusters.FixedByOneCluster: Cluster 2 alone settles a ...
    """
    order = np.argsort(codes, kind="stable")
    parts = np.split(basis[order], np.flatnonzero(np.diff(codes[order])) + 1)
    sizes = [np.linalg.norm(part.T @ part, 2) / len(basis) for part in parts]
    if alone := tuple(place for place, size in enumerate(sizes) if size > 1 - _FIXED):
        raise FixedByOneCluster(alone)
