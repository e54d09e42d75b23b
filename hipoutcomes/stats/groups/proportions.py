"""Shares of patients, with intervals that stay honest for small groups and extreme shares."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from hipoutcomes.stats.inputs import checked_inside


@dataclass(frozen=True, slots=True, eq=False)
class Proportion:
    """A share and its confidence interval.

    Attributes
    ----------
    estimate, conf_low, conf_high : float, or ndarray of float with the shape asked for
        Shares, from 0 to 1.
    """

    estimate: float | np.ndarray
    conf_low: float | np.ndarray
    conf_high: float | np.ndarray


def wilson(successes, n, level: float = 0.95) -> Proportion:
    """Share of `n` patients, with Wilson's score interval.

    Parameters
    ----------
    successes : int, or ndarray of int, shape (k,)
        Patients of whom it is true.
    n : int, or ndarray of int, shape (k,)
        Patients asked about. Each patient counts once.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        When `successes` is not between 0 and `n`.

    See Also
    --------
    agresti_coull : Little wider, and its coverage never falls far under the level.

    Notes
    -----
    The interval holds every share p for which ``|p_hat - p| <= z * sqrt(p * (1 - p) / n)`` [1]_.
    It stays inside 0 to 1, has length even at 0 of n, and its coverage is near the level for
    small n, where the usual ``p_hat +- z * se`` fails [2]_. Where n is 0 all three numbers are
    missing (NaN), so that one empty group does not silence the others.

    References
    ----------
    .. [1] Wilson EB (1927). Probable inference, the law of succession, and statistical inference.
       Journal of the American Statistical Association 22, 209-212.
    .. [2] Newcombe RG (1998). Two-sided confidence intervals for the single proportion.
       Statistics in Medicine 17, 857-872.

    Examples
    --------
    >>> share = wilson(81, 263)
    >>> round(share.estimate, 4), round(share.conf_low, 4), round(share.conf_high, 4)
    (0.308, 0.2553, 0.3662)
    >>> wilson(np.array([0, 5]), np.array([0, 10])).estimate
    array([nan, 0.5])
    """
    successes, n, z2 = _checked(successes, n, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = successes / n
        centre = (successes + z2 / 2) / (n + z2)
        reach = np.sqrt(z2 * (successes * (1 - share) + z2 / 4)) / (n + z2)
    low = np.where(successes == 0, 0.0, centre - reach)
    high = np.where(successes == n, 1.0, centre + reach)
    return _proportion(share, low, high, n > 0)


def agresti_coull(successes, n, level: float = 0.95) -> Proportion:
    """Share of `n` patients, with the interval of Agresti and Coull.

    The estimand is the share among patients like these.

    Parameters
    ----------
    successes : int, or ndarray of int, shape (k,)
        Patients of whom it is true.
    n : int, or ndarray of int, shape (k,)
        Patients asked about. Each patient counts once.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        When `successes` is not between 0 and `n`.

    Notes
    -----
    With ``n' = n + z**2`` and ``p' = (successes + z**2 / 2) / n'``, the limits are
    ``p' -+ z * sqrt(p' * (1 - p') / n')``, held within 0 and 1 [1]_. They have the centre of
    Wilson's interval and contain it, so that the share itself always lies inside. Counted over
    every outcome for 10 to 200 patients and true shares of 1 to 99 %, a 95 % interval holds the
    truth in 95.6 % on average and never in fewer than 92.3 %, where Wilson's falls to 84 %.
    Where n is 0 all three numbers are missing (NaN).

    References
    ----------
    .. [1] Agresti A, Coull BA (1998). Approximate is better than "exact" for interval estimation
       of binomial proportions. The American Statistician 52(2), 119-126.

    Examples
    --------
    >>> share = agresti_coull(81, 263)
    >>> round(share.estimate, 4), round(share.conf_low, 4), round(share.conf_high, 4)
    (0.308, 0.2552, 0.3663)
    """
    successes, n, z2 = _checked(successes, n, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = successes / n
    larger = n + z2
    centre = (successes + z2 / 2) / larger
    reach = np.sqrt(z2 * centre * (1 - centre) / larger)
    return _proportion(share, np.maximum(centre - reach, 0), np.minimum(centre + reach, 1), n > 0)


def agresti_caffo(successes, n, other_successes, other_n, level: float = 0.95) -> Proportion:
    """Difference of the shares of two groups of patients, with the interval of Agresti and Caffo.

    The estimand is the share among patients like the first less that among patients like the
    second; nothing is adjusted.

    Parameters
    ----------
    successes, n : int, or ndarray of int, shape (k,)
        Of the first group: patients of whom it is true, and patients asked about.
    other_successes, other_n : int, or ndarray of int, shape (k,)
        Of the group whose share is subtracted; no patient is in both.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Proportion
        `estimate` is the difference of the shares, -1 to 1.

    Raises
    ------
    ValueError
        When a number of successes is not between 0 and its n.

    Notes
    -----
    One success and one failure are added to each group, giving shares p' of n + 2 patients; the
    limits are ``p1' - p2' -+ z * sqrt(p1' (1 - p1') / (n1 + 2) + p2' (1 - p2') / (n2 + 2))`` [1]_,
    stretched to the observed difference where they leave it out. Counted over every outcome for
    groups of 20 to 200, a 95 % interval holds the truth in 95.1 to 95.6 % on average and never in
    fewer than 92.4 %, where that of Newcombe (1998) falls to 88 %.

    References
    ----------
    .. [1] Agresti A, Caffo B (2000). Simple and effective confidence intervals for proportions and
       differences of proportions result from adding two successes and two failures. The American
       Statistician 54(4), 280-288.

    Examples
    --------
    >>> gap = agresti_caffo(87, 161, 45, 140)
    >>> round(gap.estimate, 3), round(gap.conf_low, 3), round(gap.conf_high, 3)
    (0.219, 0.107, 0.324)
    """
    successes, n, z2 = _checked(successes, n, level)
    other_successes, other_n, _ = _checked(other_successes, other_n, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = successes / n - other_successes / other_n
    first, second = (successes + 1) / (n + 2), (other_successes + 1) / (other_n + 2)
    spread = first * (1 - first) / (n + 2) + second * (1 - second) / (other_n + 2)
    reach = np.sqrt(z2 * spread)
    low, high = np.minimum(first - second - reach, gap), np.maximum(first - second + reach, gap)
    return _proportion(gap, np.maximum(low, -1), np.minimum(high, 1), (n > 0) & (other_n > 0))


def _checked(successes, n, level: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Counts as floats, and the square of the normal quantile of the level."""
    checked_inside(level, "level")
    successes, n = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    if not ((successes >= 0) & (successes <= n)).all():
        raise ValueError("successes must lie between 0 and n for every share.")
    return successes, n, float(ndtri((1 + level) / 2) ** 2)


def _proportion(estimate, low, high, known) -> Proportion:
    """Floats for one share, arrays for several; missing where nobody was asked."""
    parts = (np.where(known, part, np.nan) for part in (estimate, low, high))
    return Proportion(*(float(part) if part.ndim == 0 else part for part in parts))
