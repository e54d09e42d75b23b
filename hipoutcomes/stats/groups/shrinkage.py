"""Means of groups pulled towards their common mean, by how much chance there is in each."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.special import ndtr, ndtri

from hipoutcomes.stats.groups.group_spread import (
    checked_estimates,
    group_spread,
    restricted_log_likelihood,
    weighted_mean,
)
from hipoutcomes.stats.inputs import checked_inside

ShrinkageMethod = Literal["integrated", "REML", "PM"]

#: Values of the standard deviation between groups over which the posterior is averaged.
_NODES = 400

#: Halvings of the stretch in which a limit lies: to the last digits of a float.
_HALVINGS = 60


@dataclass(frozen=True, slots=True, eq=False)
class ShrunkenMeans:
    """The true means of m groups, judged together.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high : ndarray, shape (m,)
        Posterior mean, standard deviation and interval of each true mean, in their units.
    pulled : ndarray, shape (m,)
        How far each estimate was pulled towards the common mean: 0 not at all, 1 all the way.
    rank, rank_low, rank_high : ndarray of int, shape (m,)
        Median and interval of the rank of each true mean; 1 is the largest.
    std_dev : float
        Standard deviation between true means: the plug-in estimate, or its posterior median.
    """

    estimate: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    pulled: np.ndarray
    rank: np.ndarray
    rank_low: np.ndarray
    rank_high: np.ndarray
    std_dev: float


@dataclass(frozen=True, slots=True, eq=False)
class _Posterior:
    """The posterior at q values of the standard deviation between groups, and their weights.

    Shapes: `weights`, `std_dev`, `centre` and `centre_variance` are (q,); `mean`, `variance` and
    `pulled` are (q, m).
    """

    weights: np.ndarray
    std_dev: np.ndarray
    centre: np.ndarray
    centre_variance: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    pulled: np.ndarray


def shrunken_means(
    estimates: np.ndarray,
    std_errors: np.ndarray,
    *,
    seed: int,
    method: ShrinkageMethod = "integrated",
    level: float = 0.95,
    n_draws: int = 20_000,
) -> ShrunkenMeans:
    """True means of groups by partial pooling, with intervals for them and for their ranks.

    The estimand is each group's true mean, where the groups are taken as a sample of groups whose
    true means vary about a common mean as a normal distribution. The largest of many estimates is
    large partly by luck; its shrunken value allows for that. An interval covers its own group's
    true mean at the stated level on average over groups, not for a group picked in advance.

    Parameters
    ----------
    estimates : ndarray, shape (m,)
        One per group: a mean, or an adjusted mean.
    std_errors : ndarray, shape (m,)
        In the same units, above 0. Errors of different groups are taken as independent.
    seed : int
        For the draws that give the intervals of ranks.
    method : {"integrated", "REML", "PM"}
        What is assumed of the standard deviation between groups: all its values weighed by how well
        they explain the estimates, with a flat prior; or one estimate taken as known (see
        `group_spread`), which is simpler, and too sure with few groups.
    level : float
        Level of the intervals, between 0 and 1.
    n_draws : int
        Draws of all true means together, for the ranks.

    Raises
    ------
    NotEnoughData
        With fewer than three groups.
    ValueError
        When an estimate is missing, a standard error is not above 0, or an option is not allowed.

    Notes
    -----
    With ``y_i ~ N(theta_i, s_i**2)`` and ``theta_i ~ N(mu, T)`` and a flat prior on mu, given T the
    posterior mean of theta_i is ``y_i - B_i (y_i - m)``, where ``B_i = s_i**2 / (s_i**2 + T)`` and
    m is the precision-weighted mean; its variance is ``(1 - B_i) s_i**2 + B_i**2 var(m)`` [1]_.
    "integrated" averages over the posterior of sqrt(T) under a prior flat from 0 up [2]_. The
    intervals hold the middle `level` of the posterior. Ranks are those of draws of all theta
    together [3]_; where a draw has T = 0, so that all are the same, the order is drawn at random.

    References
    ----------
    .. [1] Morris CN (1983). Parametric empirical Bayes inference: theory and applications. Journal
       of the American Statistical Association 78(381), 47-55.
    .. [2] Gelman A (2006). Prior distributions for variance parameters in hierarchical models.
       Bayesian Analysis 1(3), 515-534.
    .. [3] Goldstein H, Spiegelhalter DJ (1996). League tables and their limitations. Journal of the
       Royal Statistical Society A 159(3), 385-443.

    Examples
    --------
    The eight schools of Rubin (1981), whose largest estimate is 28:

    >>> schools = shrunken_means(
    ...     [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18], seed=1
    ... )
    >>> schools.estimate.round(1)
    array([11.4,  7.9,  6.1,  7.6,  5.1,  6.1, 10.7,  8.5])
    >>> int(schools.rank[0]), int(schools.rank_low[0]), int(schools.rank_high[0])
    (3, 1, 8)
    """
    checked_inside(level, "level")
    y, variances = checked_estimates(estimates, std_errors)
    if method not in get_args(ShrinkageMethod):
        allowed = ", ".join(get_args(ShrinkageMethod))
        raise ValueError(f"method must be one of {allowed}; it is {method!r}.")
    if n_draws < 1:
        raise ValueError(f"n_draws must be 1 or more; it is {n_draws!r}.")
    if method == "integrated":
        posterior = _integrated(y, variances)
    else:
        known = np.array([group_spread(estimates, std_errors, method=method).std_dev])
        posterior = _given(y, variances, known, np.ones(1))
    mean = posterior.weights @ posterior.mean
    spread = posterior.weights @ (posterior.variance + (posterior.mean - mean) ** 2)
    low, high = (_quantile(posterior, share) for share in ((1 - level) / 2, (1 + level) / 2))
    ranks = _ranks(posterior, variances, np.random.default_rng(seed), n_draws)
    shares = [0.5, (1 - level) / 2, (1 + level) / 2]
    rank, rank_low, rank_high = np.quantile(ranks, shares, axis=0, method="inverted_cdf")
    return ShrunkenMeans(
        estimate=mean,
        std_error=np.sqrt(spread),
        conf_low=low,
        conf_high=high,
        pulled=posterior.weights @ posterior.pulled,
        rank=rank.astype(int),
        rank_low=rank_low.astype(int),
        rank_high=rank_high.astype(int),
        std_dev=_median(posterior.std_dev, posterior.weights),
    )


def _integrated(y: np.ndarray, variances: np.ndarray) -> _Posterior:
    """The posterior with a flat prior on the standard deviation between groups."""
    # The half line becomes 0 to 1, where the posterior of three groups ends without a peak.
    place, width = np.polynomial.legendre.leggauss(_NODES)
    place, width = (1 + place) / 2, width / 2
    scale = float(np.sqrt(variances).mean() + y.std(ddof=1))
    std_dev = scale * place / (1 - place)
    likelihood = restricted_log_likelihood(y, variances, std_dev**2)
    weights = np.exp(likelihood - likelihood.max()) * width / (1 - place) ** 2
    return _given(y, variances, std_dev, weights / weights.sum())


def _given(
    y: np.ndarray, variances: np.ndarray, std_dev: np.ndarray, weights: np.ndarray
) -> _Posterior:
    """The posterior at given standard deviations between groups."""
    between = std_dev[:, None] ** 2
    centre, precision, _ = weighted_mean(y, variances, between)
    pulled = variances / (variances + between)
    return _Posterior(
        weights=weights,
        std_dev=std_dev,
        centre=centre,
        centre_variance=1 / precision,
        mean=y - pulled * (y - centre[:, None]),
        variance=(1 - pulled) * variances + pulled**2 / precision[:, None],
        pulled=pulled,
    )


def _quantile(posterior: _Posterior, share: float) -> np.ndarray:
    """Value of each true mean with this share of its posterior below it, by halving."""
    std_dev = np.sqrt(posterior.variance)
    ends = posterior.mean + ndtri(share) * std_dev
    low, high = ends.min(axis=0), ends.max(axis=0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = posterior.weights @ ndtr((middle - posterior.mean) / std_dev)
        low, high = np.where(below < share, middle, low), np.where(below < share, high, middle)
    return (low + high) / 2


def _median(values: np.ndarray, weights: np.ndarray) -> float:
    """Median of ascending values that carry weights, each in the middle of its weight."""
    return float(np.interp(0.5, np.cumsum(weights) - weights / 2, values))


def _ranks(
    posterior: _Posterior, variances: np.ndarray, rng: np.random.Generator, n_draws: int
) -> np.ndarray:
    """Ranks of the true means in draws of all of them together, 1 the largest."""
    place = rng.choice(len(posterior.weights), size=n_draws, p=posterior.weights)
    common = rng.normal(posterior.centre[place], np.sqrt(posterior.centre_variance[place]))
    pulled = posterior.pulled[place]
    # Given the common mean, the mean of each group is its posterior mean moved with the common one.
    moved = posterior.mean[place] + pulled * (common - posterior.centre[place])[:, None]
    noise = rng.standard_normal(moved.shape)
    drawn = moved + np.sqrt((1 - pulled) * variances) * noise
    alike = posterior.std_dev[place] == 0
    drawn[alike] = noise[alike]
    order = np.argsort(-drawn, axis=1)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, drawn.shape[1] + 1)[None, :], axis=1)
    return ranks
