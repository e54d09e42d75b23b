"""The share of everyone due who are better, under each reading of those not measured."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.analyses.groups.grouping import group_rows
from hipoutcomes.analyses.missing import readings
from hipoutcomes.analyses.missing.due_patients import DuePatients
from hipoutcomes.analyses.missing.mean_readings import why_not, without
from hipoutcomes.analyses.shares.improved_enough import expected_shares, sort_patients
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.proportions import agresti_coull
from hipoutcomes.stats.missing.flip_point import flip_of_share
from hipoutcomes.stats.missing.pooling import pooled, share_limits
from hipoutcomes.stats.missing.response_weights import weighted_mean
from hipoutcomes.vocabulary.thresholds import Threshold

_NO_ROOM = "no first score of those measured left room for it"
_WHY = {
    "never fails": "the share stays above it even if none of those not measured is better",
    "fails already": "those measured do not go beyond it, so there is nothing to overturn",
}


@dataclass(frozen=True, slots=True)
class ShareCounts:
    """Patients whose first score left room to get better by a threshold.

    Attributes
    ----------
    n_better, n_measured : int
        Those better, of those measured.
    n_missing : int
        Those not measured.
    """

    n_better: int
    n_measured: int
    n_missing: int

    @property
    def n_eligible(self) -> int:
        """All of them."""
        return self.n_measured + self.n_missing


def share_counts(due: DuePatients, threshold: Threshold) -> ShareCounts:
    """Count those who could get better by the threshold, measured or not, and those who did."""
    found = due.completed(np.zeros(due.n_missing), threshold)
    there = due.measured
    return ShareCounts(
        n_better=int((found.better & found.can_better & there).sum()),
        n_measured=int((found.can_better & there).sum()),
        n_missing=int((found.can_better & ~there).sum()),
    )


def share_readings(due: DuePatients, threshold: Threshold, level: float) -> list[dict]:
    """One row per reading; a reading without an estimate has the reason.

    Parameters
    ----------
    due : DuePatients
    threshold : Threshold
    level : float
    """
    counts = share_counts(due, threshold)
    if not counts.n_measured:
        return [without(readings.OBSERVED, _NO_ROOM)]
    rows = [_plain(readings.OBSERVED, counts.n_better, counts.n_measured, counts, level)]
    best = counts.n_better + counts.n_missing
    if counts.n_missing:
        rows += [_weighted(due, threshold, counts, level), _imputed(due, threshold, counts, level)]
    rows += [
        _plain(readings.WORST, counts.n_better, counts.n_eligible, counts, level, 0.0),
        _plain(readings.BEST, best, counts.n_eligible, counts, level, 1.0),
    ]
    if counts.n_missing:
        rows.append(_flip(due, threshold, counts, level))
    return [{**row, "n_eligible": counts.n_eligible} for row in rows]


def _plain(
    reading: str,
    n_better: int,
    n: int,
    counts: ShareCounts,
    level: float,
    assumed: float | None = None,
) -> dict:
    """A share of counts, with the Agresti-Coull interval."""
    share = agresti_coull(n_better, n, level)
    alike = counts.n_better / counts.n_measured
    return _row(reading, share.estimate, (share.conf_low, share.conf_high), assumed or 0.0) | (
        {"assumed": alike} if assumed is None else {}
    )


def _row(reading: str, share: float, limits: tuple[float, float], assumed: float, **more) -> dict:
    """A reading with its share."""
    return {
        "reading": reading,
        "assumed": assumed,
        "estimate": share,
        "conf_low": limits[0],
        "conf_high": limits[1],
        "reason": "",
        **more,
    }


def _said_of_missing(counts: ShareCounts, share: float) -> float:
    """Share better of those not measured that a share of everyone implies, held to 0 to 1."""
    found = (counts.n_eligible * share - counts.n_better) / counts.n_missing
    return float(np.clip(found, 0.0, 1.0))


def _weighted(due: DuePatients, threshold: Threshold, counts: ShareCounts, level: float) -> dict:
    """Those measured weighted by the chance of being measured."""
    try:
        made, _ = due.weights
        found = due.completed(np.zeros(due.n_missing), threshold)
        share = weighted_mean(found.better, made, found.can_better, level)
    except NotEnoughData as error:
        return without(readings.WEIGHTED, why_not(error))
    limits = share_limits(share.estimate, share.std_error, share.df, share.df, level)
    return _row(
        readings.WEIGHTED,
        share.estimate,
        limits,
        _said_of_missing(counts, share.estimate),
        std_error=share.std_error,
        df=float(share.df),
        effective_n=made.effective_n,
        n_truncated=made.n_truncated,
    )


def _imputed(due: DuePatients, threshold: Threshold, counts: ShareCounts, level: float) -> dict:
    """Later scores lent to those not measured."""
    try:
        lent, _ = due.imputed
    except NotEnoughData as error:
        return without(readings.IMPUTED, why_not(error))
    sorts = (due.completed(each, threshold) for each in lent)
    shares = np.array([(each.better & each.can_better).sum() for each in sorts])
    shares = shares / counts.n_eligible
    variances = shares * (1 - shares) / counts.n_eligible
    whole = pooled(shares, variances, max(counts.n_eligible - 1, 1), level)
    limits = share_limits(whole.estimate, whole.std_error, whole.df, counts.n_eligible, level)
    return _row(
        readings.IMPUTED,
        whole.estimate,
        limits,
        _said_of_missing(counts, whole.estimate),
        std_error=whole.std_error,
        df=whole.df,
        delta=0.0,
    )


def _flip(due: DuePatients, threshold: Threshold, counts: ShareCounts, level: float) -> dict:
    """Where the share falls to what re-measuring alone could give."""
    low, alone = reached_alone(due, threshold)
    if np.isnan(alone):
        return without(
            readings.FLIP_ALONE, "what re-measuring alone would give is not known for these scores"
        )
    flip = flip_of_share(counts.n_better, counts.n_measured, counts.n_missing, alone)
    if flip.verdict != "fails below":
        return without(readings.FLIP_ALONE, _WHY[flip.verdict])
    reached = counts.n_better + flip.assumed * counts.n_missing
    limits = share_limits(alone, 0.0, np.inf, counts.n_eligible, level)
    share = reached / counts.n_eligible
    return _row(
        readings.FLIP_ALONE, share, limits, flip.assumed, expected_low=low, expected_high=alone
    )


def reached_alone(due: DuePatients, threshold: Threshold) -> tuple[float, float]:
    """Lowest and highest share better by re-measuring alone of those measured; NaN where unknown.

    Parameters
    ----------
    due : DuePatients
    threshold : Threshold
    """
    question = due.question
    groups = group_rows(question.rows)
    found = sort_patients(question, threshold)
    low, high = expected_shares(question, groups, threshold, found)["better"]
    return float(low[0]), float(high[0])
