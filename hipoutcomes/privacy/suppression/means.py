"""Means of a row as they are shown, and what anybody can tell from them about the sums."""

import math

from hipoutcomes.privacy.suppression.population import Population, Scale
from hipoutcomes.privacy.suppression.released import Means

#: Places after the point that means are shown with.
DIGITS = 1
#: Half a unit of the last place, and a trace more for rounding of halves.
HALF = 0.5 * 10**-DIGITS + 1e-9

#: Means this near an end of the scale, as a part of it, would say what everybody's score was.
_NEAR_AN_END = 0.05


def means_of(population: Population, groups: tuple[str, ...], scale: Scale) -> Means | None:
    """Rounded means of some groups; None where they would tell about single clients.

    They would where scores hardly differ: where the interval has no width as it is shown, or the
    mean first score is near an end of the scale.

    Parameters
    ----------
    population : Population
    groups : tuple of str
    scale : Scale
    """
    n = population.count(groups, "measured")
    if n < 2:
        return None
    start, start_squared, change, change_squared = population.totals(groups)
    spread = _spread(n, change, change_squared)
    half = _quantile(n) * spread / math.sqrt(n)
    shown = (start / n, change / n, change / n - half, change / n + half)
    means = Means(*(round(float(x), DIGITS) for x in shown))
    room = _NEAR_AN_END * (scale.highest - scale.lowest)
    is_at_an_end = not scale.lowest + room < means.start < scale.highest - room
    if means.low == means.high or not _spread(n, start, start_squared) or is_at_an_end:
        return None
    return means


def sums_from(means: Means, n: int) -> dict[str, tuple[float, float]]:
    """Least and greatest value that each sum can have, given what is shown.

    Parameters
    ----------
    means : Means
    n : int
        Clients measured.

    Examples
    --------
    >>> [round(end) for end in sums_from(Means(5.6, 2.1, 1.7, 2.5), 60)["start"]]
    [333, 339]
    """
    widest = (means.high - means.low) / 2 + HALF
    narrowest = max(widest - 2 * HALF, 0.0)
    per_half = math.sqrt(n) / _quantile(n)
    smallest = max(abs(means.change) - HALF, 0.0)
    largest = abs(means.change) + HALF
    return {
        "start": ((means.start - HALF) * n, (means.start + HALF) * n),
        "change": ((means.change - HALF) * n, (means.change + HALF) * n),
        "change squared": (
            (n - 1) * (narrowest * per_half) ** 2 + n * smallest**2,
            (n - 1) * (widest * per_half) ** 2 + n * largest**2,
        ),
    }


def _spread(n: int, total: float, squared: float) -> float:
    """Standard deviation from sums; 0 where it is rounding only."""
    variance = (squared - total**2 / n) / (n - 1)
    return math.sqrt(variance) if variance > 1e-9 else 0.0


def _quantile(n: int) -> float:
    """Two-sided 95% quantile of Student's t for a mean of n values."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 0.975))
