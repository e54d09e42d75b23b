"""Bootstrap intervals of means, and of differences of means, in many groups at once."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.stats.groups.bootstrap_intervals import (
    BootstrapInterval,
    bca_interval,
    checked_options,
    percentile_interval,
)
from hipoutcomes.stats.groups.bootstrap_totals import resampled_totals
from hipoutcomes.stats.inputs import checked_groups, checked_values

#: With fewer patients (or clusters) than this in a group, or in an arm, intervals from resampling
#: them are too narrow to give; from 30 on coverage was found to hold (tests/calibration).
FEWEST_RESAMPLED = 30


@dataclass(frozen=True, slots=True, eq=False)
class BootstrapIntervals:
    """One estimate with its bootstrap interval for each of k groups.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high, bias : ndarray of float, shape (k,)
        As in `BootstrapInterval`. The estimate is missing (NaN) where a group (or an arm in it) has
        no value, the rest where it has fewer than 30 patients (or clusters).
    n_clusters : ndarray of int, shape (k,)
        Patients (or clusters) of each group.
    """

    estimate: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    bias: np.ndarray
    n_clusters: np.ndarray


def bootstrap_means(
    values: np.ndarray,
    *,
    seed: int,
    clusters: np.ndarray | None = None,
    groups: np.ndarray | None = None,
    n_resamples: int = 5000,
    method: str = "BCa",
    level: float = 0.95,
) -> BootstrapIntervals:
    """Mean of the values of each group, with an interval from resampling its patients.

    The estimand is, for each group, the mean of the values that patients like these would give.

    Parameters
    ----------
    values : ndarray, shape (n,)
    seed : int
    clusters : ndarray, shape (n,), optional
        What is resampled whole: the patient, or the therapist, of each value; codes or names.
        Without it each value is a patient of its own.
    groups : ndarray of int, shape (n,), optional
        Group codes from 0. Each group is resampled by itself.
    n_resamples : int
    method : {"BCa", "percentile"}
        See `bca_interval` and `percentile_interval`.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        When a value is missing, lengths differ, or an option is not allowed.

    Notes
    -----
    In a resample, cluster totals S and numbers of values N give ``sum(S) / sum(N)``, so that a
    cluster with more values weighs more, as in `cluster_mean`. Of fewer than 30 clusters intervals
    would be too narrow, and are missing.

    References
    ----------
    Efron B, Tibshirani RJ (1993). An Introduction to the Bootstrap. Chapman & Hall, chapters 13
    and 14.

    Examples
    --------
    >>> found = bootstrap_means([1.0, 2.0, 4.0, 9.0] * 8 + [5.0], seed=1, groups=[0] * 32 + [1])
    >>> found.estimate, found.n_clusters
    (array([4., 5.]), array([32,  1]))
    >>> bool(found.conf_low[0] < 4 < found.conf_high[0]), bool(np.isnan(found.conf_low[1]))
    (True, True)
    """
    checked_options(n_resamples, method, level)
    values, units = _checked_units(values, clusters)
    groups, n_groups = _checked_codes(groups, len(values))
    rows = []
    for group, part in enumerate(_parts(groups, n_groups)):
        table = _cluster_totals(values[part], units[part])
        estimate = _ratio(table.sum(axis=0)) if len(table) else np.nan
        if len(table) < FEWEST_RESAMPLED:
            rows.append((_unknown(estimate), len(table)))
            continue
        estimates = _ratio(_totals(table, n_resamples, seed, group))
        jackknife = _ratio(table.sum(axis=0) - table)
        interval = _interval(estimates, estimate, jackknife, method, level)
        rows.append((interval, len(table)))
    return _gathered(rows)


def bootstrap_differences(
    values: np.ndarray,
    arms: np.ndarray,
    *,
    seed: int,
    clusters: np.ndarray | None = None,
    groups: np.ndarray | None = None,
    n_resamples: int = 5000,
    method: str = "BCa",
    level: float = 0.95,
) -> BootstrapIntervals:
    """Mean of arm 1 minus mean of arm 0 in each group, with an interval from resampling patients.

    The estimand is, for each group, the mean of one arm less that of the other, among patients like
    these; nothing is adjusted.

    Parameters
    ----------
    values : ndarray, shape (n,)
    arms : ndarray of int, shape (n,)
        0 or 1.
    seed : int
    clusters : ndarray, shape (n,), optional
        What is resampled whole: the patient, or the therapist, of each value; codes or names.
    groups : ndarray of int, shape (n,), optional
        Group codes from 0: one difference for each.
    n_resamples : int
    method : {"BCa", "percentile"}
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        When a value is missing, an arm is neither 0 nor 1, a cluster has values in both arms of a
        group, lengths differ, or an option is not allowed.

    Notes
    -----
    The arms of a group are resampled each by itself and keep their numbers of clusters; see
    `bootstrap_means` for the mean of an arm. Where clusters have values in both arms, as therapists
    who give both techniques do, `bootstrap_weighted` resamples them with all their values.

    References
    ----------
    Efron B, Tibshirani RJ (1993). An Introduction to the Bootstrap. Chapman & Hall, chapters 13
    and 14.

    Examples
    --------
    >>> values, arms = [1.0, 2.0, 4.0, 5.0, 9.0, 10.0], [0, 0, 0, 1, 1, 1]
    >>> found = bootstrap_differences(values, arms, seed=1)
    >>> found.estimate.round(3), found.n_clusters
    (array([5.667]), array([6]))
    """
    checked_options(n_resamples, method, level)
    values, units = _checked_units(values, clusters)
    arms, _ = checked_groups(arms, len(values), 2, name="arms")
    groups, n_groups = _checked_codes(groups, len(values))
    if clusters is not None:
        _refuse_shared_clusters(units, arms, groups)
    parts = _parts(groups * 2 + arms, n_groups * 2)
    rows = []
    for group in range(n_groups):
        tables = [_cluster_totals(values[p], units[p]) for p in parts[2 * group : 2 * group + 2]]
        n_clusters = sum(map(len, tables))
        if min(map(len, tables)) < FEWEST_RESAMPLED:
            means = [_ratio(table.sum(axis=0)) if len(table) else np.nan for table in tables]
            rows.append((_unknown(means[1] - means[0]), n_clusters))
            continue
        zero, one = (_ratio(table.sum(axis=0)) for table in tables)
        draws = [
            _ratio(_totals(table, n_resamples, seed, 2 * group + arm))
            for arm, table in enumerate(tables)
        ]
        without = [_ratio(table.sum(axis=0) - table) for table in tables]
        jackknife = [one - without[0], without[1] - zero]
        interval = _interval(draws[1] - draws[0], one - zero, jackknife, method, level)
        rows.append((interval, n_clusters))
    return _gathered(rows)


def _checked_units(values, clusters) -> tuple[np.ndarray, np.ndarray]:
    """Values, and a whole-number code of the cluster of each."""
    values = checked_values(values)
    if clusters is None:
        return values, np.arange(len(values))
    clusters = np.asarray(clusters)
    if clusters.shape != values.shape:
        raise ValueError(
            f"clusters must have shape {values.shape} like the values; it has {clusters.shape}."
        )
    return values, np.unique(clusters, return_inverse=True)[1]


def _checked_codes(groups, n_values: int) -> tuple[np.ndarray, int]:
    """Group codes; one group of everybody where there are none."""
    if groups is None:
        return np.zeros(n_values, dtype=np.intp), 1
    return checked_groups(groups, n_values)


def _refuse_shared_clusters(units: np.ndarray, arms: np.ndarray, groups: np.ndarray) -> None:
    """Stop where a cluster has values in both arms of a group."""
    n_units = int(units.max(initial=0)) + 1
    in_arm = [np.unique((groups * n_units + units)[arms == arm]) for arm in (0, 1)]
    if n_shared := len(np.intersect1d(*in_arm)):
        raise ValueError(
            f"{n_shared} clusters have values in both arms of a group, which are resampled apart; "
            "use bootstrap_weighted, which resamples a cluster with all its values."
        )


def _parts(codes: np.ndarray, n_codes: int) -> list[np.ndarray]:
    """Positions of the values of each code."""
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(codes, minlength=n_codes))[:-1])


def _cluster_totals(values: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Total and number of values of each cluster, shape (m, 2)."""
    _, place = np.unique(units, return_inverse=True)
    number = np.bincount(place)
    return np.column_stack([np.bincount(place, weights=values), number])


def _totals(table: np.ndarray, n_resamples: int, seed: int, stream: int) -> np.ndarray:
    """Resampled totals and numbers of values; equal numbers need not be drawn."""
    number = table[:, 1]
    if (number == number[0]).all():
        totals = resampled_totals(table[:, :1], n_resamples, seed, stream=stream)
        return np.column_stack([totals, np.full(n_resamples, number.sum())])
    return resampled_totals(table, n_resamples, seed, stream=stream)


def _ratio(totals: np.ndarray) -> np.ndarray:
    """Mean from totals and numbers of values."""
    return totals[..., 0] / totals[..., 1]


def _interval(estimates, estimate, jackknife, method: str, level: float) -> BootstrapInterval:
    """The interval by the method asked for."""
    if method == "percentile":
        return percentile_interval(estimates, estimate, level=level)
    return bca_interval(estimates, estimate, jackknife, level=level)


def _unknown(estimate: float) -> BootstrapInterval:
    """An estimate of too few to resample."""
    nan = float("nan")
    return BootstrapInterval(float(estimate), nan, nan, nan, nan, 0)


def _gathered(rows: list[tuple[BootstrapInterval, int]]) -> BootstrapIntervals:
    """The intervals of all groups as arrays."""
    names = ("estimate", "std_error", "conf_low", "conf_high", "bias")
    found = {name: np.array([getattr(one, name) for one, _ in rows]) for name in names}
    return BootstrapIntervals(**found, n_clusters=np.array([n for _, n in rows]))
