"""How many patients a comparison of two groups needs, and how small a difference it can see."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import nctdtr, stdtrit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside

#: No search for a number of patients goes beyond this; it bounds the bisection only.
_MOST = 10**9


def patients_needed(
    difference: float, std_dev: float, *, power: float = 0.8, level: float = 0.95
) -> int:
    """Patients in each of two groups for a true difference to be seen.

    Parameters
    ----------
    difference : float
        True difference of the two means, in the units of the score; its sign does not matter.
    std_dev : float
        Standard deviation of one patient's change, in the same units, alike in both groups.
    power : float
        Chance of seeing it, between 0 and 1.
    level : float
        Confidence level of the two-sided interval that must leave out zero.

    Raises
    ------
    ValueError
        When the difference is zero, the standard deviation is not positive, or a share is
        outside 0 to 1.

    Notes
    -----
    The smallest n for which a two-sample t test on 2 (n - 1) degrees of freedom reaches the
    power, by the noncentral t with noncentrality ``difference / std_dev * sqrt(n / 2)`` [1]_, as
    R's ``power.t.test`` rounded up. It is for patients assigned to two groups and measured;
    patients who share a therapist, who are lost, or who chose their group need more.

    References
    ----------
    .. [1] Cohen J (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd ed.,
       chapter 2. Lawrence Erlbaum.

    Examples
    --------
    >>> patients_needed(1.0, 2.0)
    64
    >>> patients_needed(0.3, 2.0)
    699
    """
    checked_inside(power, "power")
    checked_inside(level, "level")
    checked_inside(std_dev, "std_dev", 0, np.inf)
    size = checked_inside(abs(difference), "the size of the difference", 0, np.inf) / std_dev
    low, high = 1, 2
    while _power(high, size, level) < power:
        low, high = high, high * 2
        if high > _MOST:
            raise ValueError(f"A difference of {difference!r} is too small to plan for.")
    while high - low > 1:
        middle = (low + high) // 2
        if _power(middle, size, level) < power:
            low = middle
        else:
            high = middle
    return high


def smallest_difference(
    n_per_arm: int,
    std_dev: float,
    *,
    n_other: int | None = None,
    power: float = 0.8,
    level: float = 0.95,
) -> float:
    """Smallest true difference that two groups of this size would see.

    Parameters
    ----------
    n_per_arm : int
        Patients in each group; in the first, where `n_other` is given.
    std_dev : float
        Standard deviation of one patient's change.
    power : float
        Chance of seeing it, between 0 and 1.
    level : float
        Confidence level of the two-sided interval that must leave out zero.
    n_other : int, optional
        Patients in the second group, where it is of another size.

    Returns
    -------
    float
        In the units of `std_dev`.

    Raises
    ------
    NotEnoughData
        With fewer than two patients in a group.
    ValueError
        When the standard deviation is not positive, or a share is outside 0 to 1.

    Notes
    -----
    `patients_needed` turned round: the same noncentral t solved for the difference. For groups of
    n1 and n2 it has n1 + n2 - 2 degrees of freedom and noncentrality
    ``difference / std_dev * sqrt(n1 n2 / (n1 + n2))``, as pwr.t2n.test of R's pwr.

    Examples
    --------
    >>> round(smallest_difference(64, 2.0), 3)
    0.998
    """
    checked_inside(power, "power")
    checked_inside(level, "level")
    checked_inside(std_dev, "std_dev", 0, np.inf)
    other = n_per_arm if n_other is None else n_other
    if min(n_per_arm, other) < 2:
        raise NotEnoughData(
            "A comparison needs 2 patients or more in each group; there are "
            f"{min(n_per_arm, other)}."
        )
    if _power(n_per_arm, 0.0, level, other) >= power:
        raise ValueError(
            f"power must exceed half of 1 - level; it is {power!r} at level {level!r}."
        )
    highest = 1.0
    while _power(n_per_arm, highest, level, other) < power:
        highest *= 2
    size = brentq(
        lambda size: _power(n_per_arm, size, level, other) - power, 0.0, highest, xtol=1e-12
    )
    return float(size * std_dev)


def _power(n_per_arm: int, size: float, level: float, n_other: int | None = None) -> float:
    """Chance that a t test of two groups sees a difference of `size` standard deviations."""
    other = n_per_arm if n_other is None else n_other
    df = n_per_arm + other - 2
    critical = stdtrit(df, (1 + level) / 2)
    return 1.0 - nctdtr(df, size * np.sqrt(n_per_arm * other / (n_per_arm + other)), critical)
