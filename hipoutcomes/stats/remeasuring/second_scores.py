"""The second score of people of whom only the first is known: the model behind `remeasuring`.

Throughout, a lower score is better.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.remeasuring.regression_to_mean import tail_density

#: Places inside a rounded score at which the score before rounding is tried, and their weights.
_PLACES, _WEIGHTS = np.polynomial.legendre.leggauss(7)

#: A score at a bound may stand for anything beyond it; up to this many standard deviations.
_BEYOND = 3.0

#: Scores on a continuous scale are binned when there are more distinct ones than this; a bin is a
#: five-hundredth of the scale, below what any threshold can tell apart.
_BINS = 500

#: Float noise when a score is compared with the steps of its scale, in steps.
_NOISE = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """Bounds of a score, and the step between scores that can be given (0: any number)."""

    lowest: float
    highest: float
    step: float

    def below(self, scores: np.ndarray, strictly: bool) -> np.ndarray:
        """Highest score that can be given at or (strictly) below each of `scores`."""
        if self.step == 0:
            return scores
        steps = (scores - self.lowest) / self.step
        places = np.ceil(steps - _NOISE) - 1 if strictly else np.floor(steps + _NOISE)
        return self.lowest + places * self.step

    def above(self, scores: np.ndarray, strictly: bool) -> np.ndarray:
        """Lowest score that can be given at or (strictly) above each of `scores`."""
        if self.step == 0:
            return scores
        steps = (scores - self.lowest) / self.step
        places = np.floor(steps + _NOISE) + 1 if strictly else np.ceil(steps - _NOISE)
        return self.lowest + places * self.step


@dataclass(frozen=True, slots=True)
class Population:
    """Scores of all moments, before rounding: normal; people come when theirs reaches `cut`."""

    mean: float
    std_dev: float
    cut: float

    @classmethod
    def behind(cls, mean: float, std_dev: float, share: float) -> "Population":
        """The population whose worst `share` of moments has this mean and standard deviation.

        Examples
        --------
        >>> Population.behind(6.0, 1.5, 1.0)
        Population(mean=6.0, std_dev=1.5, cut=-inf)
        >>> half = Population.behind(6.0, 1.5, 0.5)
        >>> round(half.mean, 2), round(half.std_dev, 2), round(half.cut, 2)
        (4.01, 2.49, 4.01)
        """
        if share == 1:
            return cls(mean, std_dev, -np.inf)
        place = ndtri(1 - share)
        shift = float(tail_density(place))
        everyone = std_dev / np.sqrt(1 - shift * (shift - place))
        middle = mean - shift * everyone
        return cls(float(middle), float(everyone), float(middle + place * everyone))


@dataclass(frozen=True, slots=True, eq=False)
class FirstScores:
    """Distinct first scores and the share of patients with each; shape (k,)."""

    scores: np.ndarray
    shares: np.ndarray

    @classmethod
    def of(cls, scores: np.ndarray, scale: Scale) -> "FirstScores":
        """Distinct scores of patients, binned where a continuous scale has very many."""
        if not len(scores):
            raise NotEnoughData("What re-measuring alone would give needs a patient to count.")
        distinct, counts = np.unique(scores, return_counts=True)
        if scale.step == 0 and len(distinct) > _BINS:
            place = np.rint((distinct - scale.lowest) / (scale.highest - scale.lowest) * _BINS)
            _, place = np.unique(place, return_inverse=True)
            sums = np.bincount(place, weights=counts * distinct)
            counts = np.bincount(place, weights=counts)
            distinct = sums / counts
        return cls(distinct, counts / counts.sum())


def second_scores(
    first: FirstScores,
    scale: Scale,
    population: Population,
    reliability: float,
    threshold: float,
    operator: str,
) -> tuple[float, float, float]:
    """Expected share better, share worse and mean improvement when measured again.

    Parameters
    ----------
    first : FirstScores
    scale : Scale
    population : Population
    reliability : float
        Correlation of two scores of one person, before rounding; 0 to below 1.
    threshold : float
    operator : {">=", ">"}

    Notes
    -----
    With x the first score before rounding, the second is normal(mu + r (x - mu), sigma^2
    (1 - r^2)). x is spread over its step by the density of the population. The mean of a second
    score held within its bounds has a closed form, in which rounding is neglected.

    Examples
    --------
    >>> scale = Scale(0, 10, 1)
    >>> first = FirstScores.of(np.array([4.0, 5.0, 7.0]), scale)
    >>> shares = second_scores(first, scale, Population(5.0, 2.0, 4.0), 0.6, 2.0, ">=")
    >>> [round(share, 2) for share in shares]
    [0.21, 0.17, 0.14]
    """
    before, weights = before_rounding(first.scores, scale, population)
    expected = population.mean + reliability * (before - population.mean)
    spread = population.std_dev * np.sqrt(1 - reliability**2)
    strictly = operator == ">"
    good = scale.below(first.scores - threshold, strictly)
    bad = scale.above(first.scores + threshold, strictly)
    better = ndtr(((good + scale.step / 2)[:, None] - expected) / spread)
    worse = ndtr((expected - (bad - scale.step / 2)[:, None]) / spread)
    better[~can_be_given(good, scale, strictly)] = 0.0
    worse[~can_be_given(bad, scale, strictly)] = 0.0
    fall = first.scores[:, None] - held_within(expected, spread, scale)
    return tuple(
        float(first.shares @ (weights * each).sum(axis=1)) for each in (better, worse, fall)
    )


def can_be_given(needed: np.ndarray, scale: Scale, strictly: bool) -> np.ndarray:
    """Whether a second score this good, or this bad, can be given at all."""
    if scale.step == 0 and strictly:
        return (needed > scale.lowest) & (needed < scale.highest)
    noise = _NOISE * max(scale.step, 1.0)
    return (needed >= scale.lowest - noise) & (needed <= scale.highest + noise)


def before_rounding(scores, scale: Scale, population: Population) -> tuple[np.ndarray, np.ndarray]:
    """Scores before rounding that give these, and their weights; both shape (k, places)."""
    beyond = _BEYOND * population.std_dev
    low = scores - scale.step / 2 - np.where(scores <= scale.lowest, beyond, 0.0)
    high = scores + scale.step / 2 + np.where(scores >= scale.highest, beyond, 0.0)
    before = (low + high)[:, None] / 2 + (high - low)[:, None] / 2 * _PLACES
    log_density = -0.5 * ((before - population.mean) / population.std_dev) ** 2
    weights = np.exp(log_density - log_density.max(axis=1, keepdims=True)) * _WEIGHTS
    return before, weights / weights.sum(axis=1, keepdims=True)


def held_within(mean: np.ndarray, std_dev: float, scale: Scale) -> np.ndarray:
    """Mean of a normal score when what lies beyond the bounds of its scale is put on them."""
    low, high = (scale.lowest - mean) / std_dev, (scale.highest - mean) / std_dev
    inside = mean * (ndtr(high) - ndtr(low)) + std_dev * (_density(low) - _density(high))
    return scale.lowest * ndtr(low) + scale.highest * ndtr(-high) + inside


def _density(z: np.ndarray) -> np.ndarray:
    """Density of the standard normal."""
    return np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
