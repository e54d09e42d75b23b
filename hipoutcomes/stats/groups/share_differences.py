"""The difference between two shares of patients, with an interval that suits small groups."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.proportions import wilson


@dataclass(frozen=True, slots=True)
class ShareDifference:
    """The first share less the second, from -1 to 1."""

    estimate: float
    conf_low: float
    conf_high: float


def share_difference(
    successes: int, n: int, other_successes: int, other_n: int, level: float = 0.95
) -> ShareDifference:
    """Difference between two independent shares, with Newcombe's interval.

    The estimand: the share in the population of the first group less that of the second; nothing
    is adjusted.

    Parameters
    ----------
    successes, n : int
        Patients of whom it is true, and patients asked about, in the first group.
    other_successes, other_n : int
        The same in the second group.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        When a group is empty.
    ValueError
        When a count is not between 0 and its group, or `level` is not between 0 and 1.

    Notes
    -----
    With p1, p2 the shares and (l1, u1), (l2, u2) their Wilson intervals: from
    ``d - sqrt((p1 - l1)**2 + (u2 - p2)**2)`` to ``d + sqrt((u1 - p1)**2 + (p2 - l2)**2)``, the
    tenth of the eleven methods compared there [1]_.

    References
    ----------
    .. [1] Newcombe RG (1998). Interval estimation for the difference between independent
       proportions: comparison of eleven methods. Statistics in Medicine 17, 873-890.

    Examples
    --------
    >>> told = share_difference(56, 70, 48, 80)
    >>> round(told.estimate, 4), round(told.conf_low, 4), round(told.conf_high, 4)
    (0.2, 0.0524, 0.3339)
    """
    if min(n, other_n) < 1:
        raise NotEnoughData(
            f"A difference of shares needs patients in both groups; there are {n} and {other_n}."
        )
    one, other = wilson(successes, n, level), wilson(other_successes, other_n, level)
    difference = one.estimate - other.estimate
    below = np.hypot(one.estimate - one.conf_low, other.conf_high - other.estimate)
    above = np.hypot(one.conf_high - one.estimate, other.estimate - other.conf_low)
    return ShareDifference(float(difference), float(difference - below), float(difference + above))
