"""How alike groups were at the start: standardised differences."""

from itertools import combinations

import numpy as np

from hipoutcomes.stats.inputs import checked_groups, checked_values

#: Differences of shares below this are rounding.
_ROUNDING = 1e-12


def standardised_difference(
    values: np.ndarray, groups: np.ndarray, *, categorical: bool = False
) -> float:
    """Largest standardised difference of one characteristic between two of the groups.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Number of each patient, such as age; or, where categorical, category of each: codes, names
        or yes/no. Without missing values: say beside the difference how many there were.
    groups : ndarray of int, shape (n,)
        Group codes from 0. Groups without a patient, or of fewer than two numbers, are not
        compared.
    categorical : bool
        Whether the values are categories, where their order and distances mean nothing.

    Returns
    -------
    float
        In standard deviations, 0 or more. Infinite where two groups differ in what varies in
        neither; missing (NaN) where no two groups can be compared.

    Raises
    ------
    ValueError
        When a value is missing, or a group code is not a whole number from 0.

    Notes
    -----
    Numbers in two groups: ``|mean_1 - mean_2| / sqrt((var_1 + var_2) / 2)`` [1]_. Categories: with
    p and q the shares of all categories but one, and S the mean of their multinomial covariances,
    ``sqrt((p - q)' inv(S) (p - q))`` [2]_, whichever category is left out; with two categories that
    is ``|p - q| / sqrt((p (1 - p) + q (1 - q)) / 2)``. Unlike a p-value it does not grow with the
    number of patients. Above 0.1 is often called worth a look; between small groups, and as the
    largest of many, it is larger than that by chance alone.

    References
    ----------
    .. [1] Austin PC (2009). Balance diagnostics for comparing the distribution of baseline
       covariates between treatment groups in propensity-score matched samples. Statistics in
       Medicine 28(25), 3083-3107.
    .. [2] Yang D, Dalton JE (2012). A unified approach to measuring the effect size between two
       groups using SAS. SAS Global Forum 2012, paper 335.

    Examples
    --------
    >>> age = [40.0, 60.0, 50.0, 70.0]
    >>> round(standardised_difference(age, [0, 0, 1, 1]), 3)
    0.707
    >>> sex = ["f", "f", "f", "m", "f", "m", "m", "m"]
    >>> round(standardised_difference(sex, [0, 0, 0, 0, 1, 1, 1, 1], categorical=True), 3)
    1.155
    """
    differences = _of_shares(values, groups) if categorical else _of_means(values, groups)
    return max(differences, default=float("nan"))


def _of_means(values: np.ndarray, groups: np.ndarray) -> list[float]:
    """Standardised difference of means for every two groups of two values or more."""
    values = checked_values(values)
    groups, n_groups = checked_groups(groups, len(values))
    n = np.bincount(groups, minlength=n_groups)
    mean = np.bincount(groups, weights=values, minlength=n_groups) / np.maximum(n, 1)
    squares = np.bincount(groups, weights=(values - mean[groups]) ** 2, minlength=n_groups)
    variance = squares / np.maximum(n - 1, 1)
    return [
        _ratio(abs(mean[one] - mean[two]), np.sqrt((variance[one] + variance[two]) / 2))
        for one, two in combinations(np.flatnonzero(n >= 2), 2)
    ]


def _of_shares(categories: np.ndarray, groups: np.ndarray) -> list[float]:
    """Standardised difference of shares for every two groups that have a patient."""
    categories = np.asarray(categories)
    if (categories != categories).any():
        raise ValueError("values hold missing categories; leave them out first, and count them.")
    names, code = np.unique(categories, return_inverse=True)
    groups, n_groups = checked_groups(groups, len(code))
    counts = np.bincount(groups * len(names) + code, minlength=n_groups * len(names))
    counts = counts.reshape(n_groups, len(names))
    n = counts.sum(axis=1)
    shares = counts / np.maximum(n, 1)[:, None]
    return [_distance(shares[one], shares[two]) for one, two in combinations(np.flatnonzero(n), 2)]


def _distance(p: np.ndarray, q: np.ndarray) -> float:
    """Mahalanobis distance of two sets of shares, each of which adds up to one."""
    gap = (p - q)[1:]
    spread = ((np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2)[1:, 1:]
    sizes, directions = np.linalg.eigh(spread)
    along = directions.T @ gap
    varies = sizes > _ROUNDING
    if (abs(along[~varies]) > np.sqrt(_ROUNDING)).any():
        return float("inf")
    return float(np.sqrt(np.sum(along[varies] ** 2 / sizes[varies])))


def _ratio(gap: float, spread: float) -> float:
    """Gap over spread, where no gap is no difference even without spread."""
    if spread > 0:
        return float(gap / spread)
    return 0.0 if gap == 0 else float("inf")
