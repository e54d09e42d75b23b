"""Several sums of coefficients tested at once where the denominator has no exact F distribution."""

from collections.abc import Callable

import numpy as np
from scipy.special import fdtrc

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.inference import JointTest

#: Of a scaled matrix, an eigenvalue under this share of the largest is zero.
_ZERO = 1e-10


def independent_sums(weights: np.ndarray) -> np.ndarray:
    """Orthonormal sums that span the sums given: those that others determine are left out.

    Parameters
    ----------
    weights : ndarray, shape (m, k)

    Returns
    -------
    ndarray, shape (q, k)
        With q the rank of `weights`.

    Examples
    --------
    >>> len(independent_sums([[1, -1, 0], [0, 1, -1], [1, 0, -1]]))
    2
    """
    weights = np.atleast_2d(np.asarray(weights, dtype=float))
    _, sizes, directions = np.linalg.svd(weights, full_matrices=False)
    return directions[sizes > _ZERO * sizes.max(initial=0.0)]


def satterthwaite_test(
    beta: np.ndarray,
    covariance: np.ndarray,
    weights: np.ndarray,
    degrees_of_freedom: Callable[[np.ndarray], np.ndarray],
) -> JointTest:
    """F test of several sums with Satterthwaite degrees of freedom for the denominator.

    Parameters
    ----------
    beta : ndarray, shape (k,)
    covariance : ndarray, shape (k, k)
    weights : ndarray, shape (m, k)
        Sums that others determine are left out.
    degrees_of_freedom : callable
        Weights of shape (q, k) to the Satterthwaite degrees of freedom of each sum.

    Raises
    ------
    NotEnoughData
        When the covariance holds no spread in any of the sums.

    Notes
    -----
    The sums are made orthonormal first, so that the answer does not depend on the contrasts that
    spell the hypothesis out. ``LVL'`` is then turned to its axes, which makes q uncorrelated t
    statistics with n_i degrees of freedom; ``F = sum(t_i**2) / q`` is given the d degrees of
    freedom at which an F variate times q has the expectation of that sum:
    ``E = sum(n_i / (n_i - 2))`` and ``d = 2 E / (E - q)`` [1]_.
    Where some n_i is 2 or less the sum has no expectation, and d is 2 (the convention of
    R's lmerTest [2]_).

    References
    ----------
    .. [1] Fai AH-T, Cornelius PL (1996). Approximate F-tests of multiple degree of freedom
       hypotheses in generalized least squares analyses of unbalanced split-plot experiments.
       Journal of Statistical Computation and Simulation 54(4), 363-378.
    .. [2] Kuznetsova A, Brockhoff PB, Christensen RHB (2017). lmerTest package: tests in linear
       mixed effects models. Journal of Statistical Software 82(13), 1-26.

    Examples
    --------
    >>> test = satterthwaite_test(np.array([2.0, 4.0]), np.diag([1.0, 5.0]), np.eye(2),
    ...                           lambda sums: np.array([8.0, 12.0]))
    >>> round(test.statistic, 3), test.df_numerator, round(test.df, 3)
    (3.6, 2.0, 9.5)
    """
    sums = independent_sums(weights)
    middle = sums @ covariance @ sums.T
    sizes, directions = np.linalg.eigh((middle + middle.T) / 2)
    there = sizes > _ZERO * max(sizes.max(initial=0.0), 0.0)
    if not there.any():
        raise NotEnoughData("The covariance holds no spread in any of the sums tested.")
    axes = directions[:, there].T @ sums
    rank = len(axes)
    statistic = float((((axes @ beta) ** 2) / sizes[there]).sum()) / rank
    df = pooled_degrees_of_freedom(degrees_of_freedom(axes))
    reference = df if np.isfinite(df) else 1e12
    return JointTest(statistic, float(rank), df, float(fdtrc(rank, reference, statistic)))


def kenward_roger_test(
    beta: np.ndarray,
    covariance: np.ndarray,
    weights: np.ndarray,
    slopes: np.ndarray,
    uncertainty: np.ndarray,
) -> JointTest:
    """F test of several sums whose scale allows for a covariance that is itself estimated.

    Parameters
    ----------
    beta : ndarray, shape (k,)
    covariance : ndarray, shape (k, k)
    weights : ndarray, shape (m, k)
        Sums that others determine are left out.
    slopes : ndarray, shape (p, k, k)
        Derivatives of `covariance` with p variance parameters.
    uncertainty : ndarray, shape (p, p)
        Covariance of the estimates of those.

    Raises
    ------
    NotEnoughData
        When the covariance holds no spread in some of the sums, or is too uncertain for a test.

    Notes
    -----
    The scale and the denominator's degrees of freedom are those at which the statistic has the
    mean and variance of an F variate, to second order [1]_; the covariance itself is not inflated.
    One sum is the squared t statistic with Satterthwaite degrees of freedom; differences between
    complete visits are Hotelling's test, and between groups the analysis of variance, exactly.

    References
    ----------
    .. [1] Kenward MG, Roger JH (1997). Small sample inference for fixed effects from restricted
       maximum likelihood. Biometrics 53(3), 983-997.

    Examples
    --------
    >>> slopes = np.array([np.diag([1.0, 1.0]) / 9])
    >>> test = kenward_roger_test(np.array([2.0, 4.0]), np.diag([1.0, 1.0]), np.eye(2), slopes,
    ...                           np.array([[2 * 9.0**2 / 12]]))
    >>> round(test.statistic, 6), round(test.df, 6)
    (10.0, 12.0)
    """
    sums = independent_sums(weights)
    middle = sums @ covariance @ sums.T
    scale = np.sqrt(np.maximum(np.diag(middle), np.finfo(float).tiny))
    sizes, directions = np.linalg.eigh(middle / np.outer(scale, scale))
    if not sizes.min() > _ZERO:
        raise NotEnoughData("The covariance holds no spread in some of the sums tested.")
    white = (directions / np.sqrt(sizes)).T @ (sums / scale[:, None])
    rank = len(white)
    turned = white @ slopes @ white.T
    traces = np.trace(turned, axis1=1, axis2=2)
    apart = float(traces @ uncertainty @ traces)
    together = float(np.einsum("pr,pab,rba->", uncertainty, turned, turned))
    factor, df = _kenward_roger(rank, apart, together)
    statistic = factor * float(((white @ beta) ** 2).sum()) / rank
    return JointTest(statistic, float(rank), df, float(fdtrc(rank, df, statistic)))


def _kenward_roger(rank: int, apart: float, together: float) -> tuple[float, float]:
    """Scale and degrees of freedom of the denominator from the paper's A1 and A2."""
    both = (apart + 6 * together) / (2 * rank)
    lean = ((rank + 1) * apart - (rank + 4) * together) / ((rank + 2) * together)
    parts = np.array([lean, rank - lean, rank + 2 - lean]) / (3 * rank + 2 * (1 - lean))
    one, two, three = 1 + parts[0] * both, 1 - parts[1] * both, 1 - parts[2] * both
    mean = 1 / (1 - together / rank) if together < rank else np.nan
    spread = 2 / rank * one / (two**2 * three) if three > 0 else np.nan
    ratio = rank * spread / (2 * mean**2)
    if not ratio > 1:
        raise NotEnoughData(
            f"The covariance is too uncertain to test {rank} sums at once.",
            remedy="Test fewer sums, or collect more patients.",
        )
    df = 4 + (rank + 2) / (ratio - 1)
    return float(df / (mean * (df - 2))), float(df)


def pooled_degrees_of_freedom(df: np.ndarray) -> float:
    """Degrees of freedom of an F statistic that averages squares of uncorrelated t statistics.

    Parameters
    ----------
    df : ndarray, shape (q,)
        Of each t statistic; infinite for a normal one.

    Examples
    --------
    >>> pooled_degrees_of_freedom(np.array([8.0, 12.0])), pooled_degrees_of_freedom(np.array([7.0]))
    (9.5, 7.0)
    """
    df = np.asarray(df, dtype=float)
    if np.allclose(df, df[0], rtol=1e-8):
        return float(df.mean())
    if not (df > 2).all():
        return 2.0
    excess = float((2 / (df - 2)).sum())
    return 2 * (len(df) + excess) / excess


def hotelling_test(
    beta: np.ndarray, covariance: np.ndarray, weights: np.ndarray, df_wishart: float
) -> JointTest:
    """Approximate Hotelling test of several sums, their covariance being like a Wishart matrix.

    Parameters
    ----------
    beta : ndarray, shape (k,)
    covariance : ndarray, shape (k, k)
    weights : ndarray, shape (q, k)
        Linearly independent sums.
    df_wishart : float
        Degrees of freedom n of the Wishart matrix that the estimated covariance is like.

    Raises
    ------
    NotEnoughData
        When the estimated covariance of the sums is singular.

    Notes
    -----
    ``F = (n - q + 1) / (n q) (Lb)' (LVL')**-1 (Lb)`` on q and ``n - q + 1`` degrees of freedom.

    References
    ----------
    Tipton E, Pustejovsky JE (2015). Small-sample adjustments for tests of moderators and model
    fit using robust variance estimation in meta-regression. Journal of Educational and
    Behavioral Statistics 40(6), 604-634.

    Examples
    --------
    >>> test = hotelling_test(np.array([2.0, 4.0]), np.diag([1.0, 5.0]), np.eye(2), 11.0)
    >>> round(test.statistic, 4), test.df_numerator, test.df, round(test.p_value, 4)
    (3.2727, 2.0, 10.0, 0.0807)
    """
    sums = np.atleast_2d(np.asarray(weights, dtype=float))
    middle = sums @ covariance @ sums.T
    scale = np.sqrt(np.maximum(np.diag(middle), np.finfo(float).tiny))
    sizes, directions = np.linalg.eigh(middle / np.outer(scale, scale))
    if not sizes.min() > _ZERO:
        raise NotEnoughData(
            f"{len(sums)} sums cannot be tested at once: the clusters leave their covariance "
            "singular.",
            remedy="Collect more clusters, or test fewer sums.",
        )
    rank = len(sums)
    squares = float(((directions.T @ (sums @ beta / scale)) ** 2 / sizes).sum())
    df = df_wishart - rank + 1
    statistic = max(df, 0.0) / (df_wishart * rank) * squares
    p_value = float(fdtrc(rank, df, statistic)) if df > 0 else float("nan")
    return JointTest(statistic, float(rank), float(df), p_value)
