"""What every fitted model gives: coefficients, their covariance, degrees of freedom, and tests."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc, stdtr, stdtrit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside


@dataclass(frozen=True, slots=True, eq=False)
class Contrasts:
    """Sums of coefficients with tests against zero and confidence intervals.

    Attributes
    ----------
    estimate, std_error, statistic, df, p_value, conf_low, conf_high : ndarray, shape (m,)
        Estimates and limits in units of the outcome; t statistics; two-sided p-values.
        Statistic and p-value are missing (NaN) where the standard error is zero.
    """

    estimate: np.ndarray
    std_error: np.ndarray
    statistic: np.ndarray
    df: np.ndarray
    p_value: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray


@dataclass(frozen=True, slots=True)
class JointTest:
    """Several sums of coefficients tested against zero at once.

    Attributes
    ----------
    statistic : float
        F statistic.
    df_numerator : float
        Sums tested that are not fixed by the others.
    df : float
        Degrees of freedom of the denominator; infinite for a chi-squared reference.
    p_value : float
    """

    statistic: float
    df_numerator: float
    df: float
    p_value: float


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """A fitted model as tables ask of it, whatever fitted it.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        Coefficients, in units of the outcome per unit of the column.
    covariance : ndarray, shape (k, k)
        Covariance of `beta`.
    degrees_of_freedom : callable
        Weights of shape (m, k) to degrees of freedom of shape (m,): infinite for a normal
        reference, missing (NaN) where the data leave no variance to estimate.
    joint : callable, optional
        Weights of shape (m, k) to a `JointTest` of all m sums; the F test of `wald_test` with the
        least of their degrees of freedom unless given.
    joint_name : str
        What that test is called, with its source where it has one.
    n_clusters : int
        Clusters that the covariance rests on; 0 where rows are taken as independent.
    fewest_df : float
        Under so many degrees of freedom no interval is given.
    """

    beta: np.ndarray
    covariance: np.ndarray
    degrees_of_freedom: Callable[[np.ndarray], np.ndarray]
    joint: Callable[[np.ndarray], JointTest] | None = None
    joint_name: str = "F test"
    n_clusters: int = 0
    fewest_df: float = 0.0

    def contrasts(self, weights: np.ndarray, level: float = 0.95) -> Contrasts:
        """Weighted sums of the coefficients, each tested against zero and with an interval.

        Parameters
        ----------
        weights : ndarray, shape (m, k)
            One sum per row; ``np.eye(k)`` gives the coefficients themselves.
        level : float
            Confidence level, between 0 and 1.

        Raises
        ------
        ValueError
            When `weights` has another number of columns than the model has coefficients.
        """
        weights = np.atleast_2d(np.asarray(weights, dtype=float))
        df = self.degrees_of_freedom(weights)
        return t_contrasts(self.beta, self.covariance, weights, df, level)

    def test(self, weights: np.ndarray) -> JointTest:
        """Weighted sums of the coefficients, tested against zero all at once.

        Parameters
        ----------
        weights : ndarray, shape (m, k)
        """
        weights = np.atleast_2d(np.asarray(weights, dtype=float))
        if self.joint is not None:
            return self.joint(weights)
        df = float(np.min(self.degrees_of_freedom(weights)))
        return wald_test(self.beta, self.covariance, weights, df)


def t_contrasts(
    beta: np.ndarray,
    covariance: np.ndarray,
    weights: np.ndarray,
    df: np.ndarray | float,
    level: float = 0.95,
) -> Contrasts:
    """Weighted sums of coefficients with t tests and intervals.

    Parameters
    ----------
    beta : ndarray, shape (k,)
    covariance : ndarray, shape (k, k)
    weights : ndarray, shape (m, k)
    df : float or ndarray of shape (m,)
        Degrees of freedom of each t reference; infinite for the normal.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        When `weights` has another number of columns than there are coefficients.

    Notes
    -----
    With weights c, the estimate is c'b and its standard error ``sqrt(c'Vc)``; the limits are
    the estimate plus and minus the t quantile times it.

    Examples
    --------
    >>> sums = t_contrasts(np.array([2.0, 4.0]), np.diag([1.0, 5.0]), [[0, 1]], 2)
    >>> sums.estimate.round(3), sums.statistic.round(3), sums.p_value.round(3)
    (array([4.]), array([1.789]), array([0.216]))
    """
    checked_inside(level, "level")
    weights = np.atleast_2d(np.asarray(weights, dtype=float))
    if weights.shape[1] != len(beta):
        raise ValueError(
            f"weights must have {len(beta)} columns, one per coefficient; "
            f"it has {weights.shape[1]}."
        )
    df = np.broadcast_to(np.asarray(df, dtype=float), len(weights))
    estimate = weights @ beta
    variance = np.einsum("ij,jk,ik->i", weights, covariance, weights)
    std_error = np.sqrt(np.maximum(variance, 0.0))
    statistic = estimate / np.where(std_error > 0, std_error, np.nan)
    p_value = 2 * stdtr(df, -np.abs(statistic))
    reach = stdtrit(df, (1 + level) / 2) * std_error
    return Contrasts(
        estimate, std_error, statistic, df, p_value, estimate - reach, estimate + reach
    )


def wald_test(
    beta: np.ndarray, covariance: np.ndarray, weights: np.ndarray, df: float
) -> JointTest:
    """Several weighted sums of coefficients against zero at once, by an F statistic.

    Parameters
    ----------
    beta : ndarray, shape (k,)
    covariance : ndarray, shape (k, k)
    weights : ndarray, shape (m, k)
        Sums that others determine add nothing and are left out.
    df : float
        Degrees of freedom of the denominator; infinite for chi-squared over its own.

    Raises
    ------
    NotEnoughData
        When the covariance holds no spread in any of the sums.

    Notes
    -----
    ``F = (Lb)' (LVL')**- (Lb) / q`` with q the rank of ``LVL'``.

    Examples
    --------
    >>> test = wald_test(np.array([2.0, 4.0]), np.diag([1.0, 5.0]), np.eye(2), 10)
    >>> round(test.statistic, 3), test.df_numerator, round(test.p_value, 4)
    (3.6, 2.0, 0.0664)
    """
    weights = np.atleast_2d(np.asarray(weights, dtype=float))
    middle = weights @ covariance @ weights.T
    scale = np.sqrt(np.maximum(np.diag(middle), 0.0))
    kept = scale > 0
    if not kept.any():
        raise NotEnoughData("The covariance holds no spread in any of the sums tested.")
    middle, scale = middle[np.ix_(kept, kept)], scale[kept]
    sizes, directions = np.linalg.eigh(middle / np.outer(scale, scale))
    there = sizes > 1e-10 * sizes.max()
    turned = directions.T @ ((weights[kept] @ beta) / scale)
    rank = int(there.sum())
    statistic = float((turned[there] ** 2 / sizes[there]).sum()) / rank
    reference = df if np.isfinite(df) else 1e12
    return JointTest(statistic, float(rank), float(df), float(fdtrc(rank, reference, statistic)))
