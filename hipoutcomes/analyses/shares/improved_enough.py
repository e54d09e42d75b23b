"""Which patients are better or worse by a threshold, and who could have been."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hipoutcomes.analyses.groups.grouping import Groups
from hipoutcomes.analyses.question import Question
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.proportions import agresti_coull
from hipoutcomes.stats.remeasuring.remeasuring import remeasuring
from hipoutcomes.vocabulary.minimums import Minimums
from hipoutcomes.vocabulary.thresholds import Threshold

#: Why there is no share where nobody could have got better by as much.
NO_ROOM = "no first score left room for it"

#: Two scores that differ by less than this are one score: float noise, below any step.
_NOISE = 1e-9


@dataclass(frozen=True, eq=False)
class Sorted:
    """Patients measured at both times, sorted by one size of change.

    Attributes
    ----------
    better, worse : ndarray of bool, shape (n measured,)
    can_better, can_worsen : ndarray of bool, shape (n measured,)
        The first score left room for so much improvement, or worsening.
    size : ndarray of float, shape (n measured,)
        Change that counts, in the measure's unit: the same for all, or a share of the first score.
    """

    better: np.ndarray
    worse: np.ndarray
    can_better: np.ndarray
    can_worsen: np.ndarray
    size: np.ndarray


def sort_patients(question: Question, threshold: Threshold) -> Sorted:
    """Sort everyone measured by a threshold; its operator is kept."""
    measure, there = question.measure, question.measured
    baseline = question.rows["baseline"].to_numpy(float)[there]
    improvement = question.rows["improvement"].to_numpy(float)[there]
    size = np.full(len(baseline), threshold.value)
    if threshold.unit == "percent":
        size = threshold.value / 100 * np.abs(baseline)
    ends = sorted((measure.sign * measure.lowest, measure.sign * measure.highest))
    place = measure.sign * baseline
    possible = size > 0

    def reaches(change: np.ndarray) -> np.ndarray:
        """Whether a change meets the threshold."""
        met = change > size + _NOISE if threshold.operator == ">" else change >= size - _NOISE
        return met & possible

    return Sorted(
        better=reaches(improvement),
        worse=reaches(-improvement),
        can_better=reaches(ends[1] - place),
        can_worsen=reaches(place - ends[0]),
        size=size,
    )


def shares_by_group(
    question: Question, groups: Groups, threshold: Threshold, level: float
) -> pd.DataFrame:
    """Counts, shares with intervals, and what re-measuring alone would give, by group.

    Parameters
    ----------
    question : Question
    groups : Groups
        Of all rows of the question.
    threshold : Threshold
    level : float

    Notes
    -----
    Better, same and worse add up to everyone measured. The share better is of those whose first
    score left room for it, and the share worse likewise.
    """
    found, codes, n_groups = (
        sort_patients(question, threshold),
        _codes(question, groups),
        len(groups),
    )

    def count(chosen: np.ndarray) -> np.ndarray:
        """Those chosen in each group."""
        return np.bincount(codes[chosen], minlength=n_groups)

    n, n_better, n_worse = count(np.ones(len(codes), bool)), count(found.better), count(found.worse)
    n_eligible, n_can_worsen = count(found.can_better), count(found.can_worsen)
    better, worse = (
        agresti_coull(n_better, n_eligible, level),
        agresti_coull(n_worse, n_can_worsen, level),
    )
    expected = expected_shares(question, groups, threshold, found)
    return pd.DataFrame(
        {
            "estimate": better.estimate,
            "conf_low": better.conf_low,
            "conf_high": better.conf_high,
            "expected_low": expected["better"][0],
            "expected_high": expected["better"][1],
            "share_better": better.estimate,
            "share_worse": worse.estimate,
            "share_worse_low": worse.conf_low,
            "share_worse_high": worse.conf_high,
            "expected_worse_low": expected["worse"][0],
            "expected_worse_high": expected["worse"][1],
            "n_patients": n,
            "n_due": groups.count(question.due),
            "n_measured": n,
            "n_not_measured": groups.count(question.due) - n,
            "n_eligible": n_eligible,
            "n_ineligible": n - n_eligible,
            "n_room_to_worsen": n_can_worsen,
            "n_better": n_better,
            "n_same": n - n_better - n_worse,
            "n_worse": n_worse,
        }
    )


def with_room(table: pd.DataFrame, minimums: Minimums) -> pd.DataFrame:
    """Give a reason instead of a share where too few first scores left room for it.

    Parameters
    ----------
    table : DataFrame
        One row per group: what `shares_by_group` gives, and `reason`.
    minimums : Minimums
    """
    table, least = table.copy(), minimums.estimate
    few = ((table["reason"] == "") & (table["n_eligible"] < least)).to_numpy(bool, na_value=False)
    better = ["estimate", "conf_low", "conf_high", "expected_low", "expected_high", "share_better"]
    table.loc[few, better] = np.nan
    table.loc[few, "reason"] = [_little_room(n, least) for n in table.loc[few, "n_eligible"]]
    fixed = (table["n_room_to_worsen"] < least).to_numpy(bool, na_value=False)
    worse = [name for name in table if "worse_" in name or name == "share_worse"]
    table.loc[fixed, worse] = np.nan
    return table


def _little_room(n: int, least: int) -> str:
    """Why so few patients with room to get better give no share."""
    if n == 0:
        return NO_ROOM
    scores = "first score" if n == 1 else "first scores"
    return f"only {n} {scores} left room for it; an estimate needs {least}"


def expected_shares(
    question: Question, groups: Groups, threshold: Threshold, found: Sorted
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Lowest and highest share better and worse that re-measuring alone would give each group.

    Notes
    -----
    The first scores of everyone who came, measured again or not, show who comes; the shares are
    for those who count in the observed ones. NaN where the model has nothing to say: thresholds in
    percent, first scores all alike, small groups.
    """
    nothing = (np.full(len(groups), np.nan),) * 2
    if threshold.unit == "percent":
        return {"better": nothing, "worse": nothing}
    try:
        return {
            "better": _range(question, groups, threshold, found.can_better, "better"),
            "worse": _range(question, groups, threshold, found.can_worsen, "worse"),
        }
    except NotEnoughData:
        return {"better": nothing, "worse": nothing}


def _range(
    question: Question, groups: Groups, threshold: Threshold, counted: np.ndarray, which: str
) -> tuple[np.ndarray, np.ndarray]:
    """One of the two ranges; the model runs once per group or per first score, which are fewer."""
    there, measure = question.measured, question.measure
    baseline = question.rows["baseline"].to_numpy(float)
    known = ~np.isnan(baseline)
    group = _codes(question, groups)[counted]
    scores, score = np.unique(baseline[there][counted], return_inverse=True)
    large = np.bincount(group, minlength=len(groups)) >= question.minimums.estimate
    by_group = large.sum() <= len(scores)
    unit = group if by_group else score
    place = np.full(len(baseline), -1)
    place[np.flatnonzero(there)[counted]] = unit
    weights = np.zeros((len(groups), len(groups) if by_group else len(scores)))
    np.add.at(weights, (group, unit), 1.0)
    weights[~large] = 0
    grids = {}
    for one in np.flatnonzero(weights.any(axis=0)):
        alone = remeasuring(
            baseline[known],
            threshold=threshold.value,
            operator=threshold.operator,
            sign=measure.sign,
            lowest=measure.lowest,
            highest=measure.highest,
            step=measure.step,
            counted=(place == one)[known],
        )
        grids[one] = getattr(alone, which)
    low, high = np.full(len(groups), np.nan), np.full(len(groups), np.nan)
    for row in np.flatnonzero(large):
        parts = np.flatnonzero(weights[row])
        mean = sum(weights[row, part] * grids[part] for part in parts) / weights[row].sum()
        low[row], high[row] = mean.min(), mean.max()
    return low, high


def _codes(question: Question, groups: Groups) -> np.ndarray:
    """Group of everyone measured."""
    return groups.codes[question.measured]
