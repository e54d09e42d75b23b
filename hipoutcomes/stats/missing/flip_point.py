"""The point at which a finding fails: how little those not measured would need to improve."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.intervals import cluster_mean
from hipoutcomes.stats.inputs import checked_values
from hipoutcomes.stats.missing.assumed_means import mean_if
from hipoutcomes.stats.missing.bounds import checked_possible

Verdict = Literal["fails below", "never fails", "fails already"]


@dataclass(frozen=True, slots=True)
class FlipPoint:
    """Where a finding about everyone turns on what those not measured did.

    Attributes
    ----------
    verdict : {"fails below", "never fails", "fails already"}
        It fails if those not measured improved by less than `assumed`; or no score that they
        could have had would make it fail; or it does not even hold for those measured.
    assumed : float
        Mean improvement (or share better) of those not measured at which it fails; NaN for the
        other verdicts.
    """

    verdict: Verdict
    assumed: float = np.nan


NEVER, ALREADY = FlipPoint("never fails"), FlipPoint("fails already")


def flip_of_mean(
    measured: np.ndarray, worst: np.ndarray, best: np.ndarray, target: float = 0.0
) -> FlipPoint:
    """Mean improvement of those not measured under which the mean of everyone is under a target.

    Parameters
    ----------
    measured : ndarray, shape (m,)
        Improvements of those measured.
    worst, best : ndarray, shape (k,)
        The smallest and the largest improvement that each of those not measured could show.
    target : float
        What the mean of everyone is held against, in the units of the values.

    Raises
    ------
    NotEnoughData
        With nobody measured.

    Notes
    -----
    With n = m + k the mean of everyone equals the target where those not measured improved by
    ``(n target - sum(measured)) / k``. A finding that scores got worse flips likewise, with every
    sign turned by the caller.

    Examples
    --------
    >>> flip_of_mean(np.full(48, 2.0), np.full(13, -4.0), np.full(13, 6.0), 1.0)
    FlipPoint(verdict='fails below', assumed=-2.6923076923076925)
    >>> flip_of_mean(np.full(48, 2.0), np.full(13, -4.0), np.full(13, 6.0)).verdict
    'never fails'
    """
    measured = _some(measured)
    worst, best = checked_possible(worst, best)
    if measured.mean() <= target:
        return ALREADY
    if not len(worst):
        return NEVER
    n = len(measured) + len(worst)
    assumed = (n * target - measured.sum()) / len(worst)
    return FlipPoint("fails below", float(assumed)) if assumed >= worst.mean() else NEVER


def flip_of_interval(
    measured: np.ndarray,
    worst: np.ndarray,
    best: np.ndarray,
    target: float = 0.0,
    level: float = 0.95,
) -> FlipPoint:
    """Mean improvement of those not measured under which the interval reaches down to a target.

    Parameters
    ----------
    measured, worst, best, target
        As in `flip_of_mean`.
    level : float
        Confidence level, between 0 and 1.

    Notes
    -----
    The root of the lower limit of `mean_if` between the worst that those not measured could show
    and the mean of those measured; on that stretch the limit rises with the assumed improvement.

    Examples
    --------
    >>> flip = flip_of_interval(np.tile([1.0, 3.0], 12), np.full(13, -4.0), np.full(13, 6.0))
    >>> flip.verdict, round(flip.assumed, 2)
    ('fails below', -1.79)
    """
    measured = _some(measured)
    worst, best = checked_possible(worst, best)
    if cluster_mean(measured, np.arange(len(measured)), level).conf_low <= target:
        return ALREADY
    if not len(worst):
        return NEVER

    def limit(assumed: float) -> float:
        """How far the lower limit is above the target."""
        return mean_if(measured, len(worst), assumed, level).conf_low - target

    lowest, mean = float(worst.mean()), float(measured.mean())
    if lowest >= mean or limit(lowest) > 0:
        return NEVER
    return FlipPoint("fails below", float(brentq(limit, lowest, mean)))


def flip_of_share(n_better: int, n_measured: int, n_missing: int, target: float) -> FlipPoint:
    """Share better among those not measured under which the share of everyone meets a target.

    Parameters
    ----------
    n_better, n_measured : int
        Those better, of those measured.
    n_missing : int
        Those not measured.
    target : float
        The share that the finding must exceed, 0 to 1.

    Examples
    --------
    >>> flip_of_share(30, 48, 13, 0.5)
    FlipPoint(verdict='fails below', assumed=0.038461538461538464)
    >>> flip_of_share(30, 48, 13, 0.45).verdict, flip_of_share(10, 48, 13, 0.45).verdict
    ('never fails', 'fails already')
    """
    if n_measured < 1:
        raise NotEnoughData("A finding needs patients who were measured; there are none.")
    if n_better <= target * n_measured:
        return ALREADY
    if n_missing == 0:
        return NEVER
    assumed = (target * (n_measured + n_missing) - n_better) / n_missing
    return FlipPoint("fails below", float(assumed)) if assumed >= 0 else NEVER


def _some(measured: np.ndarray) -> np.ndarray:
    """Improvements of those measured, one or more."""
    measured = checked_values(measured, "measured")
    if not len(measured):
        raise NotEnoughData("A finding needs patients who were measured; there are none.")
    return measured
