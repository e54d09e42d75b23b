"""The ratio of two means of the same patients, with Fieller's limits."""

import numpy as np
from scipy.special import stdtrit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.intervals import Interval
from hipoutcomes.stats.inputs import checked_inside, checked_values


def ratio_of_means(numerator: np.ndarray, denominator: np.ndarray, level: float = 0.95) -> Interval:
    """Mean of one number of each patient over the mean of another, with its interval.

    The estimand: the ratio of the two means in patients like these; such as what is left of a
    relief, over the relief. It is not the mean of the patients' own ratios, which need not exist.

    Parameters
    ----------
    numerator, denominator : ndarray, shape (n,)
        One of each per patient, in the same order.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        With fewer than two patients, or when the mean of the denominator cannot be told from zero,
        so that no ratio can be excluded.
    ValueError
        When a number is missing, or lengths differ.

    Notes
    -----
    The limits are the ratios R that a paired t test of ``numerator - R denominator`` does not
    reject: roots of ``(y - R x)**2 = t**2 (s_yy - 2 R s_xy + R**2 s_xx) / n`` [1]_, an exact
    interval for normal numbers. The standard error is that of ``y - R x`` over x.

    References
    ----------
    .. [1] Fieller EC (1954). Some problems in interval estimation. Journal of the Royal
       Statistical Society B 16(2), 175-185.

    Examples
    --------
    >>> share = ratio_of_means(np.array([1.0, 2.0, 3.0, 2.0]), np.array([4.0, 4.0, 5.0, 3.0]))
    >>> round(share.estimate, 3), round(share.conf_low, 3), round(share.conf_high, 3)
    (0.5, 0.203, 0.797)
    """
    checked_inside(level, "level")
    y, x = checked_values(numerator, "numerator"), checked_values(denominator, "denominator")
    if len(x) != len(y):
        raise ValueError(
            f"denominator must have as many numbers as numerator, {len(y)}; it has {len(x)}."
        )
    n = len(x)
    if n < 2:
        raise NotEnoughData(f"A ratio with an interval needs 2 patients or more; there are {n}.")
    spread = np.cov(y, x) / n
    top, bottom = float(y.mean()), float(x.mean())
    square = float(stdtrit(n - 1, (1 + level) / 2)) ** 2
    a = float(bottom**2 - square * spread[1, 1])
    b = float(top * bottom - square * spread[0, 1])
    c = float(top**2 - square * spread[0, 0])
    if a <= 0:
        raise NotEnoughData(
            "The mean that would be divided by cannot be told from zero, so there is no ratio."
        )
    reach = float(np.sqrt(max(b**2 - a * c, 0.0))) / a
    ratio = top / bottom
    left = float(spread[0, 0] - 2 * ratio * spread[0, 1] + ratio**2 * spread[1, 1])
    std_error = float(np.sqrt(max(left, 0.0))) / abs(bottom)
    return Interval(ratio, std_error, b / a - reach, b / a + reach, n - 1)
