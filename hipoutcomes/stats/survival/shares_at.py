"""Curves read at chosen times: the share by session six, with how many were still there."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_values
from hipoutcomes.stats.survival.competing import IncidenceCurves
from hipoutcomes.stats.survival.kaplan_meier import SurvivalCurve


@dataclass(frozen=True, slots=True, eq=False)
class SharesAt:
    """Shares of one group at m chosen times.

    Attributes
    ----------
    days : ndarray, shape (m,)
    n_at_risk : ndarray of int, shape (m,)
        Patients followed until at least this time.
    share, std_error, conf_low, conf_high : ndarray, shape (m,) or (j, m)
        The share without the event for a survival curve; the share with each of j events for curves
        of incidence. Limits are missing (NaN) where the share is 0 or 1.
    """

    days: np.ndarray
    n_at_risk: np.ndarray
    share: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray


def shares_at(curve: SurvivalCurve | IncidenceCurves, days: np.ndarray) -> SharesAt:
    """Read a curve at chosen times.

    Parameters
    ----------
    curve : SurvivalCurve or IncidenceCurves
    days : ndarray, shape (m,)
        Times in the unit of the curve, in any order.

    Raises
    ------
    NotEnoughData
        For a time after the last patient was seen, unless everybody had an event by then.
    ValueError
        When a time is missing or negative.

    Notes
    -----
    The curves are steps: a share holds from the time of its last event on.

    Examples
    --------
    >>> from hipoutcomes.stats.survival.kaplan_meier import kaplan_meier
    >>> (curve,) = kaplan_meier([2, 3, 3, 5, 8], [1, 1, 0, 1, 0])
    >>> found = shares_at(curve, [0, 4])
    >>> found.share, found.n_at_risk
    (array([1. , 0.6]), array([5, 2]))
    """
    days = checked_values(days, "days")
    if (days < 0).any():
        raise ValueError(f"days must be 0 or more; the earliest is {days.min():g}.")
    survives = isinstance(curve, SurvivalCurve)
    share, start = (curve.survival, 1.0) if survives else (curve.incidence, 0.0)
    without_event = share if survives else curve.event_free
    last = curve.times[-1]
    if (days > last).any() and without_event[-1] > 0:
        raise NotEnoughData(
            f"Nobody was followed beyond {last:g}: nothing is known at {days.max():g}.",
            remedy=f"Ask for times up to {last:g}.",
        )
    place = np.searchsorted(curve.times, days, side="right")
    return SharesAt(
        days=days,
        n_at_risk=np.append(curve.n_at_risk, 0)[np.searchsorted(curve.times, days)],
        share=_from(start, share)[..., place],
        std_error=_from(0.0, curve.std_error)[..., place],
        conf_low=_from(np.nan, curve.conf_low)[..., place],
        conf_high=_from(np.nan, curve.conf_high)[..., place],
    )


def _from(start: float, steps: np.ndarray) -> np.ndarray:
    """Steps over time with the value before the first of them."""
    return np.concatenate([np.full((*steps.shape[:-1], 1), start), steps], axis=-1)
