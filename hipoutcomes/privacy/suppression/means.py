"""Means of a row as they are shown, and what a reader can tell from them about the clients."""

import math
from dataclasses import dataclass

import numpy as np

from hipoutcomes.privacy.suppression.population import Population, Scale
from hipoutcomes.privacy.suppression.released import Means

#: Places after the point that means are shown with.
DIGITS = 1
#: Half a unit of the last place, less a trace: whatever is nearer than this is shown the same.
HALF = 0.5 * 10**-DIGITS - 1e-4

#: Means this near an end of the scale, as a part of it, say what nearly everybody's score was; and
#: changes that differ by less than this, as a standard deviation, by how much everybody changed.
_NEAR_AN_END, _LEAST_SPREAD = 0.05, 0.025
#: Points at which a curved bound is replaced by straight lines between them.
_POINTS = 5


def means_of(population: Population, groups: tuple[str, ...], scale: Scale) -> Means | None:
    """Rounded means of some groups; None where they would tell about single clients.

    Parameters
    ----------
    population : Population
    groups : tuple of str
    scale : Scale
    """
    n, totals = population.count(groups, "measured"), population.totals(groups)
    if tell_single_scores(n, totals, scale):
        return None
    start, _, change, change_squared = totals
    half = _quantile(n) * _spread(n, change, change_squared) / math.sqrt(n)
    shown = (start / n, change / n, change / n - half, change / n + half)
    # Adding 0 drops the sign of a zero, which would tell on which side of it the mean is.
    return Means(*(round(float(x), DIGITS) + 0.0 for x in shown))


def tell_single_scores(n: int, totals: np.ndarray, scale: Scale) -> bool:
    """Whether the means of some clients would say what single clients' scores were.

    They would where scores hardly differ: where changes, as the interval shows, are nearly the
    same, or where the mean of the first or of the later scores is near an end of the scale.

    Parameters
    ----------
    n : int
        Clients measured.
    totals : ndarray of float, shape (4,)
        `SUMS` over them.
    scale : Scale

    Examples
    --------
    >>> pain = Scale(0, 10, -1, 2)
    >>> twelve_from_7 = 12 * 7, 12 * 49
    >>> tell_single_scores(12, np.array([*twelve_from_7, 6 * 2 + 6 * 3, 6 * 4 + 6 * 9]), pain)
    False
    >>> tell_single_scores(12, np.array([*twelve_from_7, 12 * 2, 12 * 4]), pain)
    True
    >>> tell_single_scores(12, np.array([*twelve_from_7, 11 * 7 + 5, 11 * 49 + 25]), pain)
    True
    """
    if n < 2:
        return True
    start, _, change, change_squared = totals
    size = scale.highest - scale.lowest
    if _spread(n, change, change_squared) < _LEAST_SPREAD * size:
        return True
    room = max(_NEAR_AN_END * size, scale.step / 2)
    means = start / n, (start + scale.sign * change) / n
    return not all(scale.lowest + room < mean < scale.highest - room for mean in means)


@dataclass(frozen=True, slots=True)
class Line:
    """Bounds of `of_change` x sum of changes + `of_squares` x sum of their squares."""

    of_change: float
    of_squares: float
    least: float
    greatest: float


def lines_from(means: Means, n: int) -> list[Line]:
    """Sums of changes and of squared changes that are shown as these means; never too many.

    Parameters
    ----------
    means : Means
    n : int
        Clients measured.

    Returns
    -------
    list of Line
        Empty bounds (least above greatest) where nothing can be shown so.

    Notes
    -----
    With mean c, half-width w of the interval and t its quantile, the sum of squares is
    n c^2 + n (n - 1) w^2 / t^2, and c, c - w and c + w are known to `HALF`. For each c that gives
    the least and the greatest w, and so the least and the greatest sum of squares, both convex in
    c. Straight lines inside take their place: chords of the least, tangents of the greatest.
    """
    middle = (means.low + means.high) / 2
    least = max(means.change, middle, means.low) - HALF
    greatest = min(means.change, middle, means.high) + HALF
    lines = [Line(1.0, 0.0, n * least, n * greatest)]
    if least > greatest:
        return lines
    factor = n * (n - 1) / _quantile(n) ** 2

    def squares(c: float, width: float) -> float:
        return n * c**2 + factor * max(width, 0.0) ** 2

    at = np.linspace(least, greatest, _POINTS)
    for narrowest in (lambda c: c - means.low - HALF, lambda c: means.high - HALF - c):
        values = [squares(c, narrowest(c)) for c in at]
        for i in range(_POINTS - 1):
            if at[i + 1] > at[i]:
                slope = (values[i + 1] - values[i]) / (at[i + 1] - at[i])
                lines.append(Line(-slope / n, 1.0, values[i] - slope * at[i], np.inf))
    c = (least + greatest) / 2
    for width, sign in ((c - means.low + HALF, 1), (means.high + HALF - c, -1)):
        slope = 2 * n * c + 2 * sign * factor * width
        lines.append(Line(-slope / n, 1.0, -np.inf, squares(c, width) - slope * c))
    return lines


def starts_from(means: Means, n: int) -> tuple[float, float]:
    """Least and greatest sum of first scores that is shown as these means.

    Examples
    --------
    >>> [round(end) for end in starts_from(Means(5.6, 2.1, 1.7, 2.5), 60)]
    [333, 339]
    """
    return (means.start - HALF) * n, (means.start + HALF) * n


def _spread(n: int, total: float, squared: float) -> float:
    """Standard deviation from sums; 0 where it is rounding only."""
    variance = (squared - total**2 / n) / (n - 1)
    return math.sqrt(variance) if variance > 1e-9 else 0.0


def _quantile(n: int) -> float:
    """Two-sided 95% quantile of Student's t for a mean of n values."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 0.975))
