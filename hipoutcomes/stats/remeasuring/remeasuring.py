"""What measuring the same patients again would show if nothing had changed.

Scores wobble, and people come when theirs is bad, so that a second score is better on average and
some patients seem to respond. This is the range to hold beside any count of better and worse.
"""

from dataclasses import dataclass, field

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside, checked_values
from hipoutcomes.stats.remeasuring.second_scores import (
    FirstScores,
    Population,
    Scale,
    second_scores,
)

#: Correlation of two scores of one untreated person some weeks apart: the plausible range.
RELIABILITIES = (0.4, 0.5, 0.6, 0.7, 0.8)

#: Share of all moments that are bad enough for a person to come: any moment, to the worse half.
SHARES_ENTERING = (1.0, 0.5)

_OPERATORS = (">=", ">")


@dataclass(frozen=True, slots=True, eq=False)
class Remeasuring:
    """What re-measuring alone would give, as a range; recovery is not included.

    Attributes
    ----------
    better_low, better_high : float
        Expected share of patients whose second score is better by the threshold, 0 to 1.
    worse_low, worse_high : float
        The same for worse by the threshold.
    improvement_low, improvement_high : float
        Expected mean improvement (positive is better), in the units of the score.
    entry_cut : float
        Score from which people would come under the strictest share entering, in the units of the
        score: an outcome of the model. Infinite where only a share of 1 is asked for.
    reliabilities : tuple of float, length r
    shares_entering : tuple of float, length s
    better, worse, improvement : ndarray, shape (s, r)
        The expected values of which the ranges are the smallest and the largest.
    n_patients : int
        Patients over whom they are averaged.
    """

    better_low: float
    better_high: float
    worse_low: float
    worse_high: float
    improvement_low: float
    improvement_high: float
    entry_cut: float
    reliabilities: tuple[float, ...]
    shares_entering: tuple[float, ...]
    better: np.ndarray = field(repr=False)
    worse: np.ndarray = field(repr=False)
    improvement: np.ndarray = field(repr=False)
    n_patients: int

    @classmethod
    def of(cls, grid: np.ndarray, **known) -> "Remeasuring":
        """The ranges of a grid of better, worse and improvement, shape (s, r, 3)."""
        better, worse, improvement = np.moveaxis(grid, -1, 0)
        return cls(
            better_low=float(better.min()),
            better_high=float(better.max()),
            worse_low=float(worse.min()),
            worse_high=float(worse.max()),
            improvement_low=float(improvement.min()),
            improvement_high=float(improvement.max()),
            better=better,
            worse=worse,
            improvement=improvement,
            **known,
        )


def remeasuring(
    baseline: np.ndarray,
    *,
    threshold: float,
    operator: str = ">=",
    sign: int,
    lowest: float,
    highest: float,
    step: float,
    reliabilities: tuple[float, ...] = RELIABILITIES,
    shares_entering: tuple[float, ...] = SHARES_ENTERING,
    counted: np.ndarray | None = None,
) -> Remeasuring:
    """Shares better and worse, and mean improvement, that a second score alone would bring.

    The estimand: of the patients counted, the shares whose second score would be better, and worse,
    by the threshold, and their mean improvement, had nothing changed between two scores.

    Parameters
    ----------
    baseline : ndarray, shape (n,)
        First scores of the patients, as recorded; all who came, for they show who comes.
    threshold : float
        Improvement that counts as better, and worsening that counts as worse; positive, in the
        units of the score.
    operator : {">=", ">"}
        Whether the threshold itself counts.
    sign : {1, -1}
        1 where a higher score is better, -1 where a lower one is.
    lowest, highest : float
        Bounds of the score.
    step : float
        Distance between scores that can be given: 1 for whole numbers, 0 for any number.
    reliabilities : tuple of float, each from 0 to below 1
        Correlations of two scores of one untreated person.
    shares_entering : tuple of float, each above 0 and up to 1
        Shares of all moments of such people that are bad enough to come.
    counted : ndarray of bool, shape (n,), optional
        Patients to average over, such as those measured again; all by default.

    Raises
    ------
    NotEnoughData
        When all baselines are alike, or no patient is counted: the spread cannot be seen.
    ValueError
        When a baseline is missing or out of bounds, or an option has no such value.

    Notes
    -----
    Model. The scores of all moments of such people, whether they come or not, are normal(mu,
    sigma) before they are rounded to the step and held within the bounds; two scores of one person
    correlate by r. Given a first score x, the second is normal(mu + r (x - mu), sigma^2 (1 - r^2)).
    Shares and means are averaged over the baselines that were recorded, not over assumed ones.

    How choosily people come cannot be learned from the baselines: a normal curve thinned at one
    side looks like another normal curve. So it is bracketed. If a share p of all moments is bad
    enough and people come in exactly those, the baselines are a truncated normal, and mu and sigma
    follow from their mean m and standard deviation s: with h the point beyond which the share p
    lies and L = density(h) / p, sigma = s / sqrt(1 - L (L - h)) and mu is L sigma better than m
    [1]_. For p = 1 sigma is s and mu is m; for p = 1/2 sigma is 1.66 s and mu lies 1.32 s from m.
    Entry that is not a sharp cut, where people are only likelier to come the worse they are, moves
    the mean less than the cut with the same share: the range holds for it too.

    A truncated normal fitted to the baselines by maximum likelihood was tried and rejected: with 30
    patients its range missed the expected share better in more than a third of samples where entry
    was sharp (first setting below), and in most where it was not.

    How often the range holds the expected shares, in samples of 30, 60 and 200 patients from a
    population of mean 5 and SD 2, whole scores 0-10, threshold 2 (simulated in the slow tests):

    - Entry at 4 and over, r = 0.6, where 24.6 % get better and 14.3 % worse: better always; worse
      in 84, 94 and nearly 100 %. At r = 0.8: always; 93 % (30 patients). At r = 0.4, an edge of
      the range: always; 64 % (30) and 86 % (200), as sigma comes out a little small.
    - Entry likelier the worse the moment, half of all moments: better in 96 % or more.
    - No selection: at r = 0.6 better always, worse in 91 % (30); at r = 0.8, where the truth lies
      on the edge itself, half of samples.

    What it does not cover: people who come only in the worst tenth of their moments, reliabilities
    outside those given, recovery, and the chance by which a finite number of patients differs from
    the expected share.

    References
    ----------
    .. [1] Barnett AG, van der Pols JC, Dobson AJ (2005). Regression to the mean: what it is and
       how to deal with it. International Journal of Epidemiology 34(1), 215-220.
       Moments of the truncated normal: Johnson NL, Kotz S, Balakrishnan N (1994). Continuous
       Univariate Distributions, vol. 1, 2nd ed., section 13.10. Wiley.

    Examples
    --------
    >>> pain = np.repeat([4.0, 5, 6, 7, 8, 9, 10], [57, 64, 56, 38, 21, 9, 4])
    >>> alone = remeasuring(pain, threshold=2, sign=-1, lowest=0, highest=10, step=1)
    >>> round(alone.better_low, 2), round(alone.better_high, 2)
    (0.06, 0.45)
    >>> round(alone.worse_low, 2), round(alone.worse_high, 2)
    (0.06, 0.18)
    """
    baseline = checked_values(baseline, "baseline")
    check_options(baseline, threshold, operator, sign, lowest, highest, step)
    reliabilities, shares_entering = checked_shares(reliabilities, shares_entering)
    counted = np.ones(len(baseline), bool) if counted is None else np.asarray(counted, dtype=bool)
    if counted.shape != baseline.shape:
        raise ValueError(f"counted must have shape {baseline.shape}; it has {counted.shape}.")
    scores, scale = lower_is_better(baseline, sign, lowest, highest, step)
    populations = [population_behind(scores, share) for share in shares_entering]
    first = FirstScores.of(scores[counted], scale)
    grid = np.array(
        [
            [second_scores(first, scale, each, r, threshold, operator) for r in reliabilities]
            for each in populations
        ]
    )
    return Remeasuring.of(
        grid,
        reliabilities=reliabilities,
        shares_entering=shares_entering,
        entry_cut=float(-sign * populations[int(np.argmin(shares_entering))].cut),
        n_patients=int(counted.sum()),
    )


def lower_is_better(baseline, sign, lowest, highest, step) -> tuple[np.ndarray, Scale]:
    """Scores and their scale turned so that a lower score is better; the one place for the sign."""
    low, high = sorted((-sign * lowest, -sign * highest))
    return -sign * baseline, Scale(low, high, step)


def population_behind(scores: np.ndarray, share: float) -> Population:
    """All moments, if the given share of them is bad enough to come and gave these scores."""
    return Population.behind(float(scores.mean()), float(scores.std(ddof=1)), share)


def check_options(baseline, threshold, operator, sign, lowest, highest, step) -> None:
    """Refuse options without meaning, and baselines that show no spread."""
    checked_inside(threshold, "threshold", 0, np.inf)
    if operator not in _OPERATORS:
        raise ValueError(f"operator must be one of {', '.join(_OPERATORS)}; it is {operator!r}.")
    if sign not in (1, -1):
        raise ValueError(f"sign must be 1 or -1; it is {sign!r}.")
    if not lowest < highest:
        raise ValueError(f"lowest must lie below highest; they are {lowest!r} and {highest!r}.")
    if step < 0:
        raise ValueError(f"step must be 0 or more; it is {step!r}.")
    if baseline.min(initial=lowest) < lowest or baseline.max(initial=highest) > highest:
        raise ValueError(
            f"baselines must lie from {lowest:g} to {highest:g}; "
            f"they run from {baseline.min():g} to {baseline.max():g}."
        )
    if len(baseline) < 2 or baseline.min() == baseline.max():
        raise NotEnoughData(
            "What re-measuring alone would give needs first scores that differ; "
            f"there are {len(baseline)}, all alike."
        )


def checked_shares(reliabilities, shares_entering) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Reliabilities and shares entering, as tuples that hold at least one possible number."""
    reliabilities, shares_entering = tuple(reliabilities), tuple(shares_entering)
    if not reliabilities or not all(0 <= r < 1 for r in reliabilities):
        raise ValueError(f"reliabilities must lie from 0 to below 1; they are {reliabilities!r}.")
    if not shares_entering or not all(0 < share <= 1 for share in shares_entering):
        raise ValueError(
            f"shares_entering must lie above 0, up to 1; they are {shares_entering!r}."
        )
    return reliabilities, shares_entering
