"""The least REML criterion over variances of zero and more, by Newton steps in a trusted radius.

The variances are written as products of a factor (of a triangle for intercept and slope, of a root
for a therapist), so that any real factor gives variances that are possible, zero included.
"""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.mixed.criterion import Criterion, CriterionPoint

#: The search ends when a Newton step would lower the criterion by less, and moves this little.
_FLAT, _STILL = 1e-13, 1e-9

#: Below this fall of the criterion, its own rounding says less than its derivatives do.
_ROUNDING = 1e-7

#: A variance this small beside the residual one is zero, where the criterion is no higher there.
_ZERO = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """Relative variances at a factor, with derivatives.

    Attributes
    ----------
    relative : ndarray, shape (J,)
    first : ndarray, shape (J, F)
        Derivatives of the variances in the F elements of the factor.
    second : ndarray, shape (J, F, F)
    """

    relative: np.ndarray
    first: np.ndarray
    second: np.ndarray


def factored(theta: np.ndarray, with_slope: bool) -> Factor:
    """Relative variances of a factor: ``t1``; or ``t1, t2, t3`` of a triangle; then a therapist's.

    Examples
    --------
    >>> factored(np.array([2.0, 1.0, 3.0]), True).relative
    array([ 4.,  2., 10.])
    """
    n = len(theta)
    relative = theta**2
    first = np.diag(2 * theta)
    second = np.zeros((n, n, n))
    second[range(n), range(n), range(n)] = 2.0
    if with_slope:
        t1, t2, t3 = theta[:3]
        relative[:3] = t1**2, t1 * t2, t2**2 + t3**2
        first[:3, :3] = [[2 * t1, 0, 0], [t2, t1, 0], [0, 2 * t2, 2 * t3]]
        second[:3, :3, :3] = 0.0
        second[0, 0, 0] = second[2, 1, 1] = second[2, 2, 2] = 2.0
        second[1, 0, 1] = second[1, 1, 0] = 1.0
    return Factor(relative, first, second)


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where the criterion is least.

    Attributes
    ----------
    point : CriterionPoint
    theta : ndarray, shape (F,)
        The factor of the variances.
    gradient : ndarray, shape (F,)
        Of the criterion in the factor: zero at an optimum, on the boundary too.
    n_steps : int
    """

    point: CriterionPoint
    theta: np.ndarray
    gradient: np.ndarray
    n_steps: int


def optimum(
    criterion: Criterion, start: np.ndarray, *, with_slope: bool, most_steps: int = 200
) -> Optimum:
    """Find the least criterion from a start.

    Parameters
    ----------
    criterion : Criterion
    start : ndarray, shape (F,)
        A factor as `factored` reads it.
    with_slope : bool
    most_steps : int

    Raises
    ------
    NotEnoughData
        When the search does not end, or the criterion cannot be had at the start.

    Notes
    -----
    Each step minimises the local quadratic, from exact first and second derivatives, within a
    radius that grows where the quadratic foretold the fall and shrinks where it did not
    (Nocedal J, Wright SJ (2006). Numerical Optimization, 2nd ed., ch. 4). A direction of negative
    curvature is followed, so a variance does not stay at zero where a larger one fits better.
    """
    here = _Place.at(criterion, np.array(start, dtype=float), with_slope)
    if here is None:
        raise NotEnoughData("The REML criterion of this model cannot be evaluated.")
    radius = 1.0
    for n_steps in range(1, most_steps + 1):
        step, foretold = _trusted_step(here.gradient, here.hessian, radius)
        if foretold <= _FLAT and np.abs(step).max() <= _STILL * (1 + np.abs(here.theta).max()):
            return Optimum(here.point, here.theta, here.gradient, n_steps)
        there = _Place.at(criterion, here.theta + step, with_slope)
        if there is None:
            radius = np.linalg.norm(step) / 4
            continue
        if foretold < _ROUNDING:
            if np.abs(there.gradient).max() >= np.abs(here.gradient).max():
                return Optimum(here.point, here.theta, here.gradient, n_steps)
            here = there
            continue
        fell = here.point.criterion - there.point.criterion
        if fell < foretold / 4:
            radius = np.linalg.norm(step) / 4
        elif fell > 0.75 * foretold:
            radius = max(radius, 2 * np.linalg.norm(step))
        if fell > 0:
            here = there
    raise NotEnoughData(
        f"The variances of the model were not found in {most_steps} steps.",
        f"The largest slope of the criterion left is {np.abs(here.gradient).max():.2g}.",
        "Leave out the slope, or columns that nearly determine one another.",
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """A factor, the criterion there, and its derivatives in the factor."""

    theta: np.ndarray
    point: CriterionPoint
    gradient: np.ndarray
    hessian: np.ndarray

    @classmethod
    def at(cls, criterion: Criterion, theta: np.ndarray, with_slope: bool) -> "_Place | None":
        """The place, or None where the criterion cannot be had."""
        made = factored(theta, with_slope)
        point = criterion.at(made.relative)
        if point is None or not np.isfinite(point.criterion):
            return None
        hessian = made.first.T @ point.hessian @ made.first
        hessian += np.einsum("j,jab->ab", point.gradient, made.second)
        return cls(theta, point, made.first.T @ point.gradient, hessian)


def _trusted_step(
    gradient: np.ndarray, hessian: np.ndarray, radius: float
) -> tuple[np.ndarray, float]:
    """The step that lowers the quadratic most within the radius, and by how much."""
    sizes, directions = np.linalg.eigh(hessian)
    turned = directions.T @ gradient
    largest = max(np.abs(sizes).max(), 1e-300)
    if sizes[0] > 1e-12 * largest:
        step = -turned / sizes
        if np.linalg.norm(step) <= radius:
            return directions @ step, float(-(turned @ step) / 2)
    step = _on_the_edge(turned, sizes, radius, 1e-12 * largest)
    foretold = -float(turned @ step + (sizes * step**2).sum() / 2)
    return directions @ step, max(foretold, 0.0)


def _on_the_edge(turned: np.ndarray, sizes: np.ndarray, radius: float, least: float) -> np.ndarray:
    """The best step of the length of the radius, in the eigenvectors of the Hessian."""
    low = max(0.0, -sizes[0]) + least
    step = -turned / (sizes + low)
    if np.linalg.norm(step) <= radius:
        if sizes[0] < -least:
            # No slope along the way down: go along it anyway, to either side.
            step[0] += np.sqrt(radius**2 - min(step @ step, radius**2))
        return step
    high = low + np.linalg.norm(turned) / radius + np.abs(sizes).max()
    for _ in range(200):
        middle = (low + high) / 2
        step = -turned / (sizes + middle)
        low, high = (middle, high) if np.linalg.norm(step) > radius else (low, middle)
        if high - low <= 1e-10 * high:
            break
    return -turned / (sizes + high)


def at_zero_where_zero(criterion: Criterion, found: Optimum, *, with_slope: bool) -> Optimum:
    """The optimum with variances that are zero in all but rounding set to zero."""
    theta = found.theta.copy()
    if with_slope:
        spread = np.array([theta[0], np.hypot(theta[1], theta[2])])
        if spread[0] ** 2 < _ZERO:
            theta[:3] = 0.0, spread[1], 0.0
        if spread[1] ** 2 < _ZERO:
            theta[1:3] = 0.0
        elif theta[2] ** 2 < _ZERO * spread[1] ** 2:
            theta[2] = 0.0
        theta[3:][theta[3:] ** 2 < _ZERO] = 0.0
    else:
        theta[theta**2 < _ZERO] = 0.0
    if (theta == found.theta).all():
        return found
    place = _Place.at(criterion, theta, with_slope)
    if place is None or place.point.criterion > found.point.criterion + _ROUNDING:
        return found
    return Optimum(place.point, place.theta, place.gradient, found.n_steps)
