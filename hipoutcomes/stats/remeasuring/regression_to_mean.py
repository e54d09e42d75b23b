"""How far a second score falls back by itself when patients were chosen by their first."""

import numpy as np
from scipy.special import log_ndtr

from hipoutcomes.stats.inputs import checked_inside

_CHOSEN = ("above", "below")


def regression_to_mean(
    mean: float,
    std_dev: float,
    cut: float,
    reliability: float,
    *,
    n_baselines: int = 1,
    chosen: str = "above",
) -> float:
    """Expected movement towards the mean among those chosen by a cut, when nothing changes.

    Parameters
    ----------
    mean, std_dev : float
        Of the scores of everyone, chosen or not, in the units of the score.
    cut : float
        Those are chosen whose first score lies beyond this.
    reliability : float
        Correlation of two scores of one person, 0 to 1.
    n_baselines : int
        First scores that are averaged before choosing; the average becomes the baseline.
    chosen : {"above", "below"}
        Side of the cut that is chosen.

    Raises
    ------
    ValueError
        When the standard deviation is not positive, the reliability is outside 0 to 1, fewer
        than one baseline is asked for, or `chosen` is another word.

    Notes
    -----
    With between-person variance ``s_b**2 = reliability * std_dev**2`` and within-person variance
    ``s_w**2 = (1 - reliability) * std_dev**2``, the mean of k baselines has variance
    ``s_k**2 = s_b**2 + s_w**2 / k`` and the expected movement is
    ``(s_w**2 / k) / s_k * C(z)``, with ``z`` the distance of the cut from the mean in units of
    ``s_k`` and ``C`` the normal density over the tail that is chosen [1]_. It is for scores
    without bounds or steps; `remeasuring` is for scores as patients give them.

    References
    ----------
    .. [1] Barnett AG, van der Pols JC, Dobson AJ (2005). Regression to the mean: what it is and
       how to deal with it. International Journal of Epidemiology 34(1), 215-220.

    Examples
    --------
    >>> round(regression_to_mean(4, 2, cut=4, reliability=0.6), 2)
    0.64
    >>> round(regression_to_mean(4, 2, cut=4, reliability=0.6, n_baselines=2), 2)
    0.36
    """
    checked_inside(std_dev, "std_dev", 0, np.inf)
    if not 0 <= reliability <= 1:
        raise ValueError(f"reliability must lie from 0 to 1; it is {reliability!r}.")
    if n_baselines < 1:
        raise ValueError(f"n_baselines must be 1 or more; it is {n_baselines!r}.")
    if chosen not in _CHOSEN:
        raise ValueError(f"chosen must be one of {', '.join(_CHOSEN)}; it is {chosen!r}.")
    within = (1 - reliability) * std_dev**2 / n_baselines
    spread = np.sqrt(reliability * std_dev**2 + within)
    distance = (cut - mean) / spread
    if chosen == "below":
        distance = -distance
    return float(within / spread * tail_density(distance))


def tail_density(distance):
    """Standard normal density at `distance` over the probability beyond it (inverse Mills ratio).

    Parameters
    ----------
    distance : float or ndarray
        In standard deviations above the mean.

    Notes
    -----
    Also the mean of a standard normal truncated below at `distance`. Worked on the log scale,
    where far tails do not underflow.

    Examples
    --------
    >>> round(float(tail_density(0.0)), 4)
    0.7979
    """
    return np.exp(-0.5 * np.square(distance) - 0.5 * np.log(2 * np.pi) - log_ndtr(-distance))
