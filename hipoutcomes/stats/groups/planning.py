"""How sure the mean of one group is, and what patients who share a therapist cost a plan."""

from math import ceil

import numpy as np
from scipy.special import stdtrit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside

#: No search for a number of patients goes beyond this; it bounds the bisection only.
_MOST = 10**9


def half_width(n: int, std_dev: float, *, level: float = 0.95) -> float:
    """How far the interval of a mean reaches to either side.

    Parameters
    ----------
    n : int
        Patients.
    std_dev : float
        Standard deviation between patients, in the units of the score.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        With fewer than two patients.
    ValueError
        When the standard deviation is not positive, or `level` is not between 0 and 1.

    Notes
    -----
    ``t * std_dev / sqrt(n)``, with t the two-sided quantile on n - 1 degrees of freedom.

    References
    ----------
    Altman DG, Machin D, Bryant TN, Gardner MJ (2000). Statistics with Confidence, 2nd ed.,
    chapter 4. BMJ Books.

    Examples
    --------
    >>> round(half_width(25, 2.0), 3)
    0.826
    """
    checked_inside(level, "level")
    checked_inside(std_dev, "std_dev", 0, np.inf)
    if n < 2:
        raise NotEnoughData(f"The interval of a mean needs 2 patients or more; there are {n}.")
    return float(stdtrit(n - 1, (1 + level) / 2) * std_dev / np.sqrt(n))


def patients_for_half_width(width: float, std_dev: float, *, level: float = 0.95) -> int:
    """Patients for the interval of a mean to reach no further than `width` to either side.

    Parameters
    ----------
    width : float
        In the units of `std_dev`.
    std_dev : float
        Standard deviation between patients.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        When `width` or the standard deviation is not positive, or so small that no number of
        patients will do.

    Examples
    --------
    >>> patients_for_half_width(0.5, 2.0)
    64
    """
    checked_inside(width, "width", 0, np.inf)
    low, high = 1, 2
    while half_width(high, std_dev, level=level) > width:
        low, high = high, high * 2
        if high > _MOST:
            raise ValueError(f"A half-width of {width!r} is too small to plan for.")
    while high - low > 1:
        middle = (low + high) // 2
        if half_width(middle, std_dev, level=level) > width:
            low = middle
        else:
            high = middle
    return high


def design_effect(cluster_sizes: np.ndarray, correlation: float) -> float:
    """How many times larger the variance of a mean is because patients share a therapist.

    Parameters
    ----------
    cluster_sizes : ndarray of int, shape (k,)
        Patients of each therapist.
    correlation : float
        Of two patients of one therapist, 0 to 1 (intraclass correlation).

    Raises
    ------
    NotEnoughData
        When nobody is in any cluster.
    ValueError
        When the correlation is outside 0 to 1.

    Notes
    -----
    ``1 + (sum(m**2) / sum(m) - 1) * correlation`` with m the sizes: exact for the plain mean of
    all patients [1]_. It is for groups of different therapists; where each therapist treats
    patients of both groups, a difference loses less.

    References
    ----------
    .. [1] Kish L (1965). Survey Sampling, chapter 5. Wiley. Eldridge SM, Ashby D, Kerry S (2006).
       Sample size for cluster randomized trials: effect of coefficient of variation of cluster
       size and analysis method. International Journal of Epidemiology 35(5), 1292-1300.

    Examples
    --------
    >>> round(design_effect(np.array([20, 20, 20]), 0.05), 2)
    1.95
    """
    _check_correlation(correlation)
    sizes = np.asarray(cluster_sizes, dtype=float)
    if not sizes.sum() > 0:
        raise NotEnoughData("A design effect needs patients in at least one cluster.")
    return float(1 + ((sizes**2).sum() / sizes.sum() - 1) * correlation)


def patients_needed_in_clusters(n_needed: int, n_clusters: int, correlation: float) -> int | None:
    """Patients that `n_clusters` therapists must bring to be worth `n_needed` independent ones.

    Parameters
    ----------
    n_needed : int
        Independent patients that the group needs.
    n_clusters : int
        Therapists of the group, with as many patients each.
    correlation : float
        Of two patients of one therapist, 0 to 1.

    Returns
    -------
    int or None
        None where no number of patients of so few therapists is enough.

    Raises
    ------
    NotEnoughData
        Without a therapist.
    ValueError
        When the correlation is outside 0 to 1.

    Notes
    -----
    n that solves ``n / (1 + (n / k - 1) r) = n_needed``: ``n_needed (1 - r) / (1 - n_needed r /
    k)``; as patients per therapist grow, k therapists are worth at most ``k / r`` patients [1]_.

    References
    ----------
    .. [1] Hemming K, Girling AJ, Sitch AJ, Marsh J, Lilford RJ (2011). Sample size calculations
       for cluster randomised controlled trials with a fixed number of clusters. BMC Medical
       Research Methodology 11, 102.

    Examples
    --------
    >>> patients_needed_in_clusters(64, 8, 0.01), patients_needed_in_clusters(64, 3, 0.05)
    (69, None)
    """
    _check_correlation(correlation)
    if n_clusters < 1:
        raise NotEnoughData(f"A plan needs 1 therapist or more; there are {n_clusters}.")
    # A therapist without a patient is no cluster.
    left = 1 - n_needed * correlation / min(n_clusters, n_needed)
    if left <= 0:
        return None
    return ceil(round(n_needed * (1 - correlation) / left, 9))


def _check_correlation(correlation: float) -> None:
    """Refuse what is no correlation within clusters."""
    if not 0 <= correlation <= 1:
        raise ValueError(f"correlation must lie from 0 to 1; it is {correlation!r}.")
