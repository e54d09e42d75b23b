"""The share of patients who improved by at least so much, for every so much."""

import numpy as np
import pandas as pd

from hipoutcomes.analyses.groups.grouping import Groups
from hipoutcomes.analyses.question import Question
from hipoutcomes.stats.groups.proportions import agresti_coull

#: More distinct improvements than this are shown at so many of them.
_MOST_POINTS = 100


def cumulative_shares(question: Question, groups: Groups, level: float) -> pd.DataFrame:
    """One row per group and size of improvement: the share who improved by at least so much.

    Parameters
    ----------
    question : Question
    groups : Groups
        Of all rows of the question; those under the minimum have one row, with the reason.
    level : float

    Notes
    -----
    Sizes are the improvements that occur (of very many, a hundred evenly among them), so that no
    single threshold decides what is seen. Intervals are those of Agresti and Coull, for each size
    by itself.
    """
    there = question.measured
    improvement = np.round(question.rows["improvement"].to_numpy(float)[there], 6) + 0.0
    codes = groups.codes[there]
    sizes = np.unique(improvement)
    if len(sizes) > _MOST_POINTS:
        sizes = sizes[np.unique(np.linspace(0, len(sizes) - 1, _MOST_POINTS).astype(int))]
    # Everyone stands at the largest size that the improvement reaches, and counts at all before.
    reached = np.searchsorted(sizes, improvement, "right") - 1
    grid = np.zeros((len(groups), len(sizes)), np.int64)
    np.add.at(grid, (codes, reached), 1)
    at_least = grid[:, ::-1].cumsum(axis=1)[:, ::-1]
    n = np.bincount(codes, minlength=len(groups))
    large = np.flatnonzero(n >= question.minimums.estimate)
    small = np.flatnonzero(n < question.minimums.estimate)
    counts, totals = at_least[large].ravel(), np.repeat(n[large], len(sizes))
    shares = agresti_coull(counts, totals, level)

    def padded(values: np.ndarray) -> np.ndarray:
        """Numbers of the large groups, and none for each small one."""
        return np.append(np.asarray(values, float), np.full(len(small), np.nan))

    place = np.append(np.repeat(large, len(sizes)), small)
    reasons = {int(code): question.minimums.too_few(int(n[code])) for code in small}
    return pd.DataFrame(
        {
            "outcome": question.measure.code,
            "outcome_label": question.measure.label,
            "quantity": "share improved by at least the threshold",
            "unit": question.measure.unit,
            "group": groups.table["group"].to_numpy()[place],
            "threshold": padded(np.tile(sizes, len(large))),
            "estimate": padded(shares.estimate),
            "conf_low": padded(shares.conf_low),
            "conf_high": padded(shares.conf_high),
            "level": level,
            "n_patients": n[place],
            "n_better": pd.array(padded(counts), dtype="Int64"),
            "reason": [reasons.get(int(code), "") for code in place],
        }
    )
