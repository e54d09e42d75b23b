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
    checked_inside(level, "level")
    successes, n = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    if not ((successes >= 0) & (successes <= n)).all():
        raise ValueError("successes must lie between 0 and n for every share.")
    z2 = ndtri((1 + level) / 2) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        share = successes / n
        centre = (successes + z2 / 2) / (n + z2)
        reach = np.sqrt(z2 * (successes * (1 - share) + z2 / 4)) / (n + z2)
    low = np.where(successes == 0, 0.0, centre - reach)
    high = np.where(successes == n, 1.0, centre + reach)
    parts = (share, np.where(n == 0, np.nan, low), np.where(n == 0, np.nan, high))
    return Proportion(*(float(part) if part.ndim == 0 else part for part in parts))
