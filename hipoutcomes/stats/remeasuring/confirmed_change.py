"""How often scores that only vary would show a change that two scores in a row confirm."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from hipoutcomes.stats.inputs import checked_values
from hipoutcomes.stats.remeasuring.remeasuring import (
    RELIABILITIES,
    SHARES_ENTERING,
    check_options,
    checked_shares,
    lower_is_better,
    population_behind,
)
from hipoutcomes.stats.remeasuring.second_scores import (
    Population,
    Scale,
    before_rounding,
    can_be_given,
)

#: Usual scores of one person at which the chances are worked out, and their weights.
_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(24)


@dataclass(frozen=True, slots=True, eq=False)
class ConfirmedChange:
    """Chance of a confirmed change where nothing changes, by the number of later scores.

    Attributes
    ----------
    chance : ndarray, shape (settings, n, m + 1)
        For each of n patients, the chance that two scores in a row among the first 0, 1, ... m
        later scores both lie better than the first score by the threshold; one row of settings
        for each share entering and reliability.
    settings : tuple of (float, float)
        Share of all moments in which people come, and reliability, of each row.
    """

    chance: np.ndarray
    settings: tuple[tuple[float, float], ...]


def confirmed_change(
    baseline: np.ndarray,
    n_later: int,
    *,
    threshold: float,
    operator: str = ">=",
    sign: int,
    lowest: float,
    highest: float,
    step: float,
    reliabilities: tuple[float, ...] = RELIABILITIES,
    shares_entering: tuple[float, ...] = SHARES_ENTERING,
) -> ConfirmedChange:
    """Chance that later scores confirm a change although nothing has changed.

    The estimand: of patients with these first scores, the share who would have two scores in a
    row better than their first by the threshold, had each of them been measured so often again
    and had nothing changed but what varies from day to day.

    Parameters
    ----------
    baseline : ndarray, shape (n,)
        First scores as recorded.
    n_later : int
        Most scores after the first; m.
    threshold : float
        Improvement that counts, positive, in the units of the score.
    operator : {">=", ">"}
        Whether the threshold itself counts.
    sign : {1, -1}
        1 where a higher score is better, -1 where a lower one is.
    lowest, highest, step : float
        Bounds of the score and distance between scores that can be given; 0 for any number.
    reliabilities : tuple of float, each from 0 to below 1
        Correlations of two scores of one person.
    shares_entering : tuple of float, each above 0 and up to 1
        Shares of all moments of such people that are bad enough to come.

    Raises
    ------
    NotEnoughData
        When all first scores are alike: the spread cannot be seen.
    ValueError
        When a first score is missing or out of bounds, or an option has no such value.

    Notes
    -----
    The model of `remeasuring`, with several scores of one person tied through the person's usual
    score: all moments are normal(mu, sigma), any two scores of a person correlate by r. Given the
    first score x before rounding, the usual score is normal(mu + r (x - mu), sigma^2 r (1 - r)),
    and the later scores scatter about it, independently of one another, with variance
    sigma^2 (1 - r). With q the chance that one later score is good enough, the chance of no two in
    a row among j follows ``a_j = (1 - q) a_{j-1} + q (1 - q) a_{j-2}``, ``a_0 = a_1 = 1``, and
    the first two in a row end at j with chance ``q**2 (1 - q) a_{j-3}`` [1]_. It is averaged over
    the usual score by Gauss-Hermite and over x within its step by Gauss-Legendre quadrature:
    nothing is drawn at random. Recovery is not included.

    References
    ----------
    .. [1] Feller W (1968). An Introduction to Probability Theory and Its Applications, vol. 1,
       3rd ed., section XIII.7 (success runs). Wiley.

    Examples
    --------
    >>> pain = np.repeat([4.0, 5, 6, 7, 8, 9, 10], [57, 64, 56, 38, 21, 9, 4])
    >>> found = confirmed_change(pain, 5, threshold=2, sign=-1, lowest=0, highest=10, step=1)
    >>> at_five = found.chance[:, :, 5].mean(axis=1)
    >>> round(float(at_five.min()), 2), round(float(at_five.max()), 2)
    (0.05, 0.49)
    """
    baseline = checked_values(baseline, "baseline")
    check_options(baseline, threshold, operator, sign, lowest, highest, step)
    reliabilities, shares_entering = checked_shares(reliabilities, shares_entering)
    if n_later < 0:
        raise ValueError(f"n_later must be 0 or more; it is {n_later}.")
    scores, scale = lower_is_better(baseline, sign, lowest, highest, step)
    distinct, place = np.unique(scores, return_inverse=True)
    strictly = operator == ">"
    settings = tuple((share, r) for share in shares_entering for r in reliabilities)
    rows = [
        _of_setting(
            distinct, n_later, scale, population_behind(scores, share), r, threshold, strictly
        )
        for share, r in settings
    ]
    return ConfirmedChange(np.array(rows)[:, place], settings)


def _of_setting(
    scores: np.ndarray,
    n_later: int,
    scale: Scale,
    population: Population,
    reliability: float,
    threshold: float,
    strictly: bool,
) -> np.ndarray:
    """Chances for distinct first scores, lower better, under one setting; shape (k, m + 1)."""
    before, weights = before_rounding(scores, scale, population)
    usual = population.mean + reliability * (before - population.mean)
    own_spread = population.std_dev * np.sqrt(reliability * (1 - reliability))
    usual = usual[:, :, None] + own_spread * _NODES
    needed = scale.below(scores - threshold, strictly)
    day_spread = population.std_dev * np.sqrt(1 - reliability)
    good = ndtr(((needed + scale.step / 2)[:, None, None] - usual) / day_spread)
    good[~can_be_given(needed, scale, strictly)] = 0.0
    over = weights[:, :, None] * (_NODE_WEIGHTS / _NODE_WEIGHTS.sum())
    return np.einsum("kpq,mkpq->km", over, _two_in_a_row(good, n_later))


def _two_in_a_row(good: np.ndarray, n_later: int) -> np.ndarray:
    """Chance of two good scores in a row among the first 0, 1, ... scores."""
    none = [np.ones_like(good), np.ones_like(good)]
    found = [np.zeros_like(good), np.zeros_like(good)]
    for later in range(2, n_later + 1):
        # The first such pair ends here: two good ones, and before them a bad one, or nothing.
        first_here = good**2 * (1.0 if later == 2 else (1 - good) * none[later - 3])
        found.append(found[-1] + first_here)
        none.append((1 - good) * none[-1] + good * (1 - good) * none[-2])
    return np.array(found[: n_later + 1])
