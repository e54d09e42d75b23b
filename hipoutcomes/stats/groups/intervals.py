"""Means with intervals in which the values of one patient may agree with one another."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_groups, checked_inside, checked_values


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its confidence interval.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high : float
        In the units of the values.
    df : int
        Degrees of freedom of the t reference: clusters minus one.
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    df: int


@dataclass(frozen=True, slots=True, eq=False)
class GroupIntervals:
    """One estimate and confidence interval for each of k groups.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high : ndarray of float, shape (k,)
        In the units of the values. The estimate is missing (NaN) where a group has no value; the
        rest are missing where it has fewer than two clusters.
    df : ndarray of float, shape (k,)
        Clusters minus one; missing where a group has fewer than two clusters.
    n_clusters, n_values : ndarray of int, shape (k,)
    """

    estimate: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    df: np.ndarray
    n_clusters: np.ndarray
    n_values: np.ndarray


def cluster_mean(values: np.ndarray, clusters: np.ndarray, level: float = 0.95) -> Interval:
    """Mean of `values`, with an interval that lets values within a cluster agree.

    The estimand is the mean of the values that clusters like these would give, each value counting
    alike.

    Parameters
    ----------
    values : ndarray, shape (n,)
    clusters : ndarray, shape (n,)
        Patient of each value: codes or names.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        With fewer than two clusters, where the spread cannot be seen.
    ValueError
        When a value is missing.

    Notes
    -----
    With m clusters and residual sums s_g, the variance is m / (m - 1) * sum(s_g**2) / n**2
    and the reference distribution is t on m - 1 degrees of freedom [1]_ [2]_. With one value
    per cluster this is the ordinary t interval. A patient with more values weighs more in the
    mean. With few clusters of very unequal size the interval is somewhat too narrow.

    References
    ----------
    .. [1] Liang K-Y, Zeger SL (1986). Longitudinal data analysis using generalized linear
       models. Biometrika 73(1), 13-22.
    .. [2] Cameron AC, Miller DL (2015). A practitioner's guide to cluster-robust inference.
       Journal of Human Resources 50(2), 317-372 (the m / (m - 1) correction, "CR1").

    Examples
    --------
    >>> mean = cluster_mean(np.array([1.0, 2.0, 3.0, 3.0]), np.array(["ann", "ben", "cy", "cy"]))
    >>> mean.estimate, mean.df
    (2.25, 2)
    >>> round(mean.conf_low, 3), round(mean.conf_high, 3)
    (-0.343, 4.843)
    """
    groups = np.zeros(len(values), dtype=np.intp)
    mean = group_cluster_means(values, clusters, groups, level, n_groups=1)
    n_clusters = int(mean.n_clusters[0])
    if n_clusters < 2:
        raise NotEnoughData(
            f"A mean with an interval needs 2 patients or more; there are {n_clusters}."
        )
    return Interval(
        estimate=float(mean.estimate[0]),
        std_error=float(mean.std_error[0]),
        conf_low=float(mean.conf_low[0]),
        conf_high=float(mean.conf_high[0]),
        df=n_clusters - 1,
    )


def group_cluster_means(
    values: np.ndarray,
    clusters: np.ndarray,
    groups: np.ndarray,
    level: float = 0.95,
    *,
    n_groups: int | None = None,
) -> GroupIntervals:
    """`cluster_mean` of every group at once.

    The estimand is, for each group, the mean of the values that clusters like these would give.

    Parameters
    ----------
    values : ndarray, shape (n,)
    clusters : ndarray, shape (n,)
        Patient of each value: codes or names. A patient may be in several groups.
    groups : ndarray of int, shape (n,)
        Group codes from 0.
    level : float
        Confidence level, between 0 and 1.
    n_groups : int, optional
        Number of groups k, where the last may be empty; otherwise the highest code plus one.

    Raises
    ------
    ValueError
        When a value is missing, or a group code is not a whole number from 0.

    Notes
    -----
    Every group by itself, by the formula of `cluster_mean`; a group with too few clusters gets
    missing numbers instead of an error, so that one small group does not silence the others.

    Examples
    --------
    >>> means = group_cluster_means([1.0, 3.0, 7.0], ["ann", "ben", "ann"], [0, 0, 1])
    >>> means.estimate, means.std_error, means.n_clusters
    (array([2., 7.]), array([ 1., nan]), array([2, 1]))
    """
    checked_inside(level, "level")
    values = checked_values(values)
    groups, n_groups = checked_groups(groups, len(values), n_groups)
    pair, pair_group = _clusters_within_groups(np.asarray(clusters), groups)
    n_values = np.bincount(groups, minlength=n_groups)
    n_clusters = np.bincount(pair_group, minlength=n_groups)
    df = np.where(n_clusters > 1, n_clusters - 1.0, np.nan)
    divisor = np.where(n_values > 0, n_values, np.nan)
    mean = np.bincount(groups, weights=values, minlength=n_groups) / divisor
    sums = np.bincount(pair, weights=values - mean[groups], minlength=len(pair_group))
    squares = np.bincount(pair_group, weights=sums**2, minlength=n_groups)
    std_error = np.sqrt(n_clusters / df * squares) / divisor
    reach = stdtrit(df, (1 + level) / 2) * std_error
    return GroupIntervals(mean, std_error, mean - reach, mean + reach, df, n_clusters, n_values)


def _clusters_within_groups(
    clusters: np.ndarray, groups: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Code of each value's cluster within its group, and the group of each such code."""
    if clusters.shape != groups.shape:
        raise ValueError(
            f"clusters must have shape {groups.shape} like the values; it has {clusters.shape}."
        )
    _, cluster = np.unique(clusters, return_inverse=True)
    n_clusters = int(cluster.max(initial=0)) + 1
    pairs, pair = np.unique(groups * n_clusters + cluster, return_inverse=True)
    return pair, pairs // n_clusters
