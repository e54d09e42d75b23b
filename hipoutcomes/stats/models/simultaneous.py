"""Intervals that hold for several contrasts at once, by the distribution of the largest |t|."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtr, fdtr, ndtr, ndtri, stdtrit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside
from hipoutcomes.stats.models.inference import Contrasts, Inference

#: Directions over which the distribution of the largest |t| is averaged: the critical value is
#: then within about 0.01 of the exact one for ten contrasts, and closer for fewer.
N_DIRECTIONS = 50_000

#: Sorted directions are averaged in so many parts; within one the chance is all but a line.
_PARTS = 1_000

#: Eigenvalues of a correlation under this share of the largest are zero.
_NO_SPREAD = 1e-10

#: No band of a finite level reaches so many standard errors at 3 degrees of freedom or more.
_FARTHEST = 1e3


@dataclass(frozen=True, slots=True, eq=False)
class SimultaneousBand:
    """Contrasts with limits that hold for all of them at once.

    Attributes
    ----------
    alone : Contrasts
        The same contrasts with limits and p-values for one at a time.
    critical : ndarray, shape (m,)
        Standard errors from estimate to limit; missing (NaN) where the standard error is zero.
    conf_low, conf_high : ndarray, shape (m,)
        Limits that hold for all contrasts at once, in units of the outcome.
    p_adjusted : ndarray, shape (m,)
        Chance that the largest of m such |t| is as large as this one where all contrasts are
        zero; missing (NaN) where the standard error is zero.
    """

    alone: Contrasts
    critical: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    p_adjusted: np.ndarray


def simultaneous_band(
    inference: Inference, weights: np.ndarray, level: float = 0.95, *, seed: int
) -> SimultaneousBand:
    """Weighted sums of coefficients with a band that holds for all of them at once.

    Parameters
    ----------
    inference : Inference
        Of k coefficients.
    weights : ndarray, shape (m, k)
        One sum per row.
    level : float
        Chance that the whole band holds all m true sums, between 0 and 1.
    seed : int
        Seed of the directions over which the reference is averaged; equal seeds give equal limits.

    Raises
    ------
    NotEnoughData
        When no sum has a standard error above zero, or the data leave one of them no degrees of
        freedom.
    ValueError
        When `level` or the shape of `weights` is wrong.

    Notes
    -----
    The limits are the estimates plus and minus c standard errors, with c the quantile of
    ``max |T|`` for T multivariate t with the correlation of the sums [1]_ [2]_: exact for a linear
    model with one residual spread. Where degrees of freedom differ, each t is taken to the normal
    that has its p-value, c is the quantile of the largest of those, and each limit is taken back
    by its own degrees of freedom: an approximation, on the side of too wide where denominators
    are shared. See `largest_t`.

    References
    ----------
    .. [1] Hothorn T, Bretz F, Westfall P (2008). Simultaneous inference in general parametric
       models. Biometrical Journal 50(3), 346-363.
    .. [2] Genz A, Bretz F (2009). Computation of Multivariate Normal and t Probabilities.
       Lecture Notes in Statistics 195. Springer.

    Examples
    --------
    >>> model = Inference(np.array([1.0, 2.0]), np.eye(2), lambda w: np.full(len(w), np.inf))
    >>> band = simultaneous_band(model, np.eye(2), seed=1)
    >>> band.critical.round(2)
    array([2.24, 2.24])
    """
    alone = inference.contrasts(weights, level)
    spread = alone.std_error > 0
    df = alone.df[spread]
    if not spread.any() or not (df > 0).all():
        raise NotEnoughData("No band over these contrasts: nothing is left to see their spread by.")
    used = np.atleast_2d(np.asarray(weights, dtype=float))[spread]
    covariance = used @ inference.covariance @ used.T
    error = alone.std_error[spread]
    alike = bool(np.isclose(df, df[0]).all())
    common = float(df[0]) if alike else np.inf
    reference = largest_t(covariance / np.outer(error, error), common, seed=seed)
    reached = reference.quantile(level)
    critical, p_adjusted = np.full(len(spread), np.nan), np.full(len(spread), np.nan)
    critical[spread] = reached if alike else stdtrit(df, ndtr(reached))
    sizes = np.abs(alone.statistic[spread]) if alike else -ndtri(alone.p_value[spread] / 2)
    p_adjusted[spread] = [1 - reference.below(size) for size in sizes]
    reach = np.where(spread, critical, 0.0) * alone.std_error
    return SimultaneousBand(
        alone, critical, alone.estimate - reach, alone.estimate + reach, p_adjusted
    )


@dataclass(frozen=True, slots=True, eq=False)
class LargestT:
    """Distribution of the largest of several correlated |t|, all with one denominator.

    Attributes
    ----------
    inverse : ndarray, shape (b,)
        One over the square of the largest |coordinate| of random directions of length one, sorted
        and averaged over neighbours.
    rank : int
        Dimensions that the correlation spans.
    df : float
    """

    inverse: np.ndarray
    rank: int
    df: float

    def below(self, critical: float) -> float:
        """Chance that the largest |t| stays at or below a value."""
        radius = critical**2 * self.inverse
        if np.isinf(self.df):
            return float(chdtr(self.rank, radius).mean())
        return float(fdtr(self.rank, self.df, radius / self.rank).mean())

    def quantile(self, level: float) -> float:
        """Value that the largest |t| stays below with this chance."""
        checked_inside(level, "level")
        return float(brentq(lambda c: self.below(c) - level, 1e-9, _FARTHEST, xtol=1e-10))


def largest_t(
    correlation: np.ndarray, df: float, *, seed: int, n_directions: int = N_DIRECTIONS
) -> LargestT:
    """Distribution of ``max |T|`` for T multivariate t with a correlation and one df.

    Parameters
    ----------
    correlation : ndarray, shape (m, m)
        May be singular.
    df : float
        Infinite for the multivariate normal.
    seed : int
    n_directions : int

    Notes
    -----
    T has a random direction u, uniform on the sphere of the r dimensions that the correlation
    spans, and a radius R with ``R**2 / r`` distributed as F(r, df). Along u the largest |T| is R
    times the largest coordinate of ``A u``, where ``A A'`` is the correlation. So

    ``P(max |T| <= c) = E_u[F(c**2 / (r max |A u|**2); r, df)]``:

    the radius is integrated exactly, and only the direction is averaged over seeded draws. For
    one sum, or sums that are one another's multiples, there is only one direction, and the
    answer is exact.

    Examples
    --------
    >>> round(largest_t(np.eye(1), 10, seed=1).quantile(0.95), 4)
    2.2281
    """
    sizes, axes = np.linalg.eigh(np.asarray(correlation, dtype=float))
    kept = sizes > _NO_SPREAD * sizes.max()
    root = axes[:, kept] * np.sqrt(sizes[kept])
    rank = int(kept.sum())
    rng = np.random.default_rng(seed)
    drawn = rng.standard_normal((n_directions if rank > 1 else 1, rank))
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    inverse = np.sort(np.abs(drawn @ root.T).max(axis=1) ** -2.0)
    parts = np.array_split(inverse, min(_PARTS, len(inverse)))
    return LargestT(np.array([part.mean() for part in parts]), rank, float(df))
