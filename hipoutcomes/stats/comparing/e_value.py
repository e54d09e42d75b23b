"""E-value: how strong something unrecorded would have to be to explain a difference away."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside

#: Log risk ratio that stands for a difference of one standard deviation.
PER_STANDARD_DEVIATION = 0.91


@dataclass(frozen=True, slots=True)
class EValue:
    """How strong an unrecorded common cause would have to be, as a risk ratio.

    Attributes
    ----------
    estimate : float
        Strength that would bring the estimate to no difference; 1 or more.
    limit : float
        Strength that would bring the limit nearest to no difference there; 1 where the interval
        holds no difference already, so that nothing needs explaining.
    """

    estimate: float
    limit: float


def e_value(ratio: float, conf_low: float, conf_high: float) -> EValue:
    """E-value of a risk ratio and of the limit of its interval that is nearest to one.

    The estimand: the least risk ratio that an unrecorded characteristic would need with both the
    group and the outcome, beyond what was adjusted for, for it alone to explain the ratio.

    Parameters
    ----------
    ratio : float
        Risk ratio, above 0.
    conf_low, conf_high : float
        Its interval.

    Raises
    ------
    ValueError
        When a number is not above 0, or they are out of order.

    Notes
    -----
    ``E = RR + sqrt(RR (RR - 1))`` for a ratio of 1 or more, and of 1 / RR below 1 [1]_.

    References
    ----------
    .. [1] VanderWeele TJ, Ding P (2017). Sensitivity analysis in observational research:
       introducing the E-value. Annals of Internal Medicine 167(4), 268-274.

    Examples
    --------
    >>> found = e_value(3.9, 1.8, 8.7)
    >>> round(found.estimate, 2), round(found.limit, 2)
    (7.26, 3.0)
    """
    for value, name in ((conf_low, "conf_low"), (ratio, "ratio"), (conf_high, "conf_high")):
        checked_inside(value, name, 0, np.inf)
    if not conf_low <= ratio <= conf_high:
        raise ValueError(
            f"The limits must lie on either side of the ratio; they are {conf_low!r}, {ratio!r} "
            f"and {conf_high!r}."
        )
    nearest = conf_low if ratio >= 1 else conf_high
    crosses = conf_low <= 1 <= conf_high
    return EValue(_strength(ratio), 1.0 if crosses else _strength(nearest))


def e_value_of_difference(
    difference: float, conf_low: float, conf_high: float, std_dev: float
) -> EValue:
    """E-value of a difference of means, by way of the standardised difference.

    Parameters
    ----------
    difference, conf_low, conf_high : float
        A difference of means and its interval, in units of the outcome.
    std_dev : float
        Standard deviation of the outcome within groups, in the same units.

    Raises
    ------
    NotEnoughData
        When the outcome has no spread.
    ValueError
        When a number is missing, or they are out of order.

    Notes
    -----
    A difference of d standard deviations stands for the risk ratio ``exp(0.91 d)``, and each limit
    likewise; then as `e_value` [1]_. The step from a difference to a ratio is an approximation
    (it takes the outcome as cut at its median [2]_), so the result is a rough guide.

    References
    ----------
    .. [1] VanderWeele TJ, Ding P (2017). Annals of Internal Medicine 167(4), 268-274, table 2.
    .. [2] VanderWeele TJ (2017). On a square-root transformation of the odds ratio for a common
       outcome. Epidemiology 28(6), e58-e60.

    Examples
    --------
    >>> found = e_value_of_difference(-0.42, -0.7, -0.14, 1.0)
    >>> round(found.estimate, 2), round(found.limit, 2)
    (2.29, 1.53)
    """
    if not std_dev > 0:
        raise NotEnoughData(
            "The outcome does not vary within groups: a difference cannot be put in its terms."
        )
    if not np.isfinite([difference, conf_low, conf_high]).all():
        raise ValueError(
            f"The difference and its limits must be finite; they are {difference!r}, "
            f"{conf_low!r} and {conf_high!r}."
        )
    ratios = np.exp(PER_STANDARD_DEVIATION * np.array([difference, conf_low, conf_high]) / std_dev)
    return e_value(*map(float, ratios))


def _strength(ratio: float) -> float:
    """The E-value of one risk ratio."""
    above = max(ratio, 1 / ratio)
    return float(above + np.sqrt(above * (above - 1)))
