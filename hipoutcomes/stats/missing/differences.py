"""Differences of two groups' means, each under its own reading of those not measured."""

import numpy as np
from scipy.special import stdtrit

from hipoutcomes.stats.groups.intervals import Interval
from hipoutcomes.stats.inputs import checked_inside
from hipoutcomes.stats.missing.bounds import Bounds, interval_of_bounds


def difference_of(first: Interval, second: Interval, level: float = 0.95) -> Interval:
    """Difference of two independent means, the second subtracted from the first.

    Parameters
    ----------
    first, second : Interval
        Each with its standard error and degrees of freedom.
    level : float
        Confidence level, between 0 and 1.

    Notes
    -----
    The variances add; degrees of freedom by Welch and Satterthwaite,
    ``(a + b)**2 / (a**2 / v + b**2 / w)`` for variances a and b on v and w of them [1]_.

    References
    ----------
    .. [1] Welch BL (1947). The generalization of "Student's" problem when several different
       population variances are involved. Biometrika 34(1-2), 28-35.

    Examples
    --------
    >>> first, second = Interval(2.0, 0.3, 1.4, 2.6, 40), Interval(1.5, 0.4, 0.7, 2.3, 30)
    >>> made = difference_of(first, second)
    >>> made.estimate, round(made.std_error, 3), round(made.df, 1)
    (0.5, 0.5, 59.2)
    """
    checked_inside(level, "level")
    ours, theirs = first.std_error**2, second.std_error**2
    std_error = float(np.sqrt(ours + theirs))
    parts = ours**2 / first.df + theirs**2 / second.df
    df = (ours + theirs) ** 2 / parts if parts > 0 else first.df + second.df
    estimate = first.estimate - second.estimate
    reach = float(stdtrit(df, (1 + level) / 2)) * std_error
    return Interval(estimate, std_error, estimate - reach, estimate + reach, df)


def difference_bounds(
    first: tuple[Interval, Interval], second: tuple[Interval, Interval], level: float = 0.95
) -> Bounds:
    """Bounds of a difference of two means, when some of both groups were not measured.

    Parameters
    ----------
    first, second : tuple of Interval
        The lowest and the highest possible mean of each group.
    level : float
        Confidence level, between 0 and 1.

    Notes
    -----
    Lowest where the first group is at its lowest and the second at its highest, and the other way
    round; the interval as in `mean_bounds`, with the fewer of the two ends' degrees of freedom.

    Examples
    --------
    >>> low, high = Interval(1.0, 0.3, 0.4, 1.6, 40), Interval(3.0, 0.3, 2.4, 3.6, 40)
    >>> bounds = difference_bounds((low, high), (low, high))
    >>> bounds.low, bounds.high
    (-2.0, 2.0)
    """
    low = difference_of(first[0], second[1], level)
    high = difference_of(first[1], second[0], level)
    return interval_of_bounds(low, high, level)
