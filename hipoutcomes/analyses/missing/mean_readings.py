"""The mean improvement of everyone due, under each reading of those not measured."""

from collections.abc import Callable, Iterable

import numpy as np

from hipoutcomes.analyses.missing import readings
from hipoutcomes.analyses.missing.due_patients import DuePatients
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.intervals import Interval, cluster_mean
from hipoutcomes.stats.missing.assumed_means import (
    least_improved_mean,
    mean_if,
    mean_if_least_improved,
)
from hipoutcomes.stats.missing.flip_point import FlipPoint, flip_of_interval, flip_of_mean
from hipoutcomes.stats.missing.pooling import Pooled, pooled
from hipoutcomes.stats.missing.response_weights import weighted_mean
from hipoutcomes.vocabulary.thresholds import Threshold

#: Steps of the grid of deltas over the whole range of the score.
_STEPS = 10

_WHY = {
    "never fails": "no scores that those not measured could have had would bring it there",
    "fails already": "it does not hold for those measured, so there is nothing to overturn",
}


_NOT_ABOVE = "the interval of the imputed mean does not lie above no change to begin with"


def mean_readings(
    due: DuePatients,
    threshold: Threshold | None,
    deltas: Iterable[float] | None,
    level: float,
) -> list[dict]:
    """One row per reading; a reading without an estimate has the reason.

    Parameters
    ----------
    due : DuePatients
        At least two of them measured.
    threshold : Threshold, optional
        A change that matters, in the measure's unit.
    deltas : iterable of float, optional
        How much less than imputed those not measured improved; by default steps of a tenth of the
        scale until the finding fails.
    level : float
    """
    observed = observed_mean(due, level)
    rows = [row_of(readings.OBSERVED, observed, float(due.improvement.mean()))]
    if not due.n_missing:
        return [*rows, *(row_of(name, observed) for name in (readings.WORST, readings.BEST))]
    rows += [_weighted(due, level), *_imputed(due, deltas, level)]
    for name, share in ((readings.QUARTER, 0.25), (readings.TENTH, 0.1)):
        mean = mean_if_least_improved(due.improvement, due.n_missing, share, level)
        rows.append(row_of(name, mean, least_improved_mean(due.improvement, share)))
    rows.append(row_of(readings.NO_CHANGE, mean_if(due.improvement, due.n_missing, 0, level), 0.0))
    low, high = extreme_means(due, level)
    rows.append(row_of(readings.WORST, low, float(due.worst.mean())))
    rows.append(row_of(readings.BEST, high, float(due.best.mean())))
    return [*rows, *_flips(due, threshold, level)]


def observed_mean(due: DuePatients, level: float) -> Interval:
    """Mean of those measured."""
    return cluster_mean(due.improvement, np.arange(due.n_measured), level)


def extreme_means(due: DuePatients, level: float) -> tuple[Interval, Interval]:
    """Mean of everyone with those not measured at their worst, and at their best."""
    everyone = np.arange(len(due))
    low, high = (
        cluster_mean(np.concatenate([due.improvement, end]), everyone, level)
        for end in (due.worst, due.best)
    )
    return low, high


def row_of(reading: str, mean: Interval | Pooled, assumed: float = np.nan, **more) -> dict:
    """A reading with its estimate."""
    return {
        "reading": reading,
        "assumed": assumed,
        "estimate": mean.estimate,
        "std_error": mean.std_error,
        "df": float(mean.df),
        "conf_low": mean.conf_low,
        "conf_high": mean.conf_high,
        "reason": "",
        **more,
    }


def without(reading: str, reason: str) -> dict:
    """A reading that has no estimate, and why."""
    return {"reading": reading, "reason": reason}


def why_not(error: NotEnoughData) -> str:
    """A refusal as the reason of a row."""
    return error.found[:1].lower() + error.found[1:].removesuffix(".")


def _weighted(due: DuePatients, level: float) -> dict:
    """Those measured weighted by the chance of being measured."""
    try:
        made, _ = due.weights
        values = np.zeros(len(due))
        values[due.measured] = due.improvement
        mean = weighted_mean(values, made, level=level)
    except NotEnoughData as error:
        return without(readings.WEIGHTED, why_not(error))
    return row_of(
        readings.WEIGHTED,
        mean,
        _said_of_missing(due, mean.estimate),
        effective_n=made.effective_n,
        n_truncated=made.n_truncated,
    )


def _said_of_missing(due: DuePatients, estimate: float) -> float:
    """Mean of those not measured that a mean of everyone implies."""
    return float((len(due) * estimate - due.improvement.sum()) / due.n_missing)


def _imputed(due: DuePatients, deltas: Iterable[float] | None, level: float) -> list[dict]:
    """Imputed as the model says, with less improvement step by step, and where it fails."""
    try:
        lent, _ = due.imputed
    except NotEnoughData as error:
        return [without(readings.IMPUTED, why_not(error))]

    def at(delta: float) -> Pooled:
        """The pooled mean when those not measured improved by less than was imputed."""
        return _pooled_mean(due, np.clip(lent - delta, due.worst, due.best), level)

    def shown(reading: str, delta: float) -> dict:
        """The row of one delta."""
        whole = at(delta)
        return row_of(reading, whole, _said_of_missing(due, whole.estimate), delta=delta)

    rows = [shown(readings.IMPUTED, 0.0)]
    if deltas is not None:
        rows += [shown(readings.IMPUTED_LESS, float(delta)) for delta in deltas]
    elif at(0.0).conf_low > 0:
        rows += [shown(readings.IMPUTED_LESS, delta) for delta in _grid(due, at)]
    if at(0.0).conf_low <= 0:
        return [*rows, without(readings.IMPUTED_FLIP, _NOT_ABOVE)]
    failing = _tipping(due, at)
    if failing is None:
        return [*rows, without(readings.IMPUTED_FLIP, _WHY["never fails"])]
    return [*rows, shown(readings.IMPUTED_FLIP, failing)]


def _pooled_mean(due: DuePatients, missing: np.ndarray, level: float) -> Pooled:
    """Rubin's rules over completed data sets, without holding all of them at once."""
    n, there = len(due), due.improvement
    means = (there.sum() + missing.sum(axis=1)) / n
    squares = sum(
        part.shape[-1] * (part.var(axis=-1) + (part.mean(axis=-1) - means) ** 2)
        for part in (there, missing)
    )
    return pooled(means, squares / (n - 1) / n, n - 1, level)


def _grid(due: DuePatients, at: Callable[[float], Pooled]) -> list[float]:
    """Steps of a tenth of the scale, up to the first at which the finding fails."""
    span = due.question.measure.highest - due.question.measure.lowest
    steps = []
    for step in range(1, _STEPS + 1):
        steps.append(span * step / _STEPS)
        if at(steps[-1]).conf_low <= 0:
            break
    return steps


def _tipping(due: DuePatients, at: Callable[[float], Pooled]) -> float | None:
    """The smallest delta at which the interval reaches no change, by halving; None without one."""
    low, high = 0.0, due.question.measure.highest - due.question.measure.lowest
    if at(high).conf_low > 0:
        return None
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle).conf_low > 0 else (low, middle)
    return high


def _flips(due: DuePatients, threshold: Threshold | None, level: float) -> list[dict]:
    """Where the mean, its interval, and a change that matters would be reached."""
    better = due.improvement.mean() >= 0
    # A finding that scores got worse flips as its mirror image does.
    sign = 1.0 if better else -1.0
    measured = sign * due.improvement
    ends = (due.worst, due.best) if better else (-due.best, -due.worst)
    found = [
        (readings.FLIP_MEAN, flip_of_mean(measured, *ends)),
        (readings.FLIP_INTERVAL, flip_of_interval(measured, *ends, level=level)),
    ]
    if threshold is not None and threshold.unit != "percent":
        flip = flip_of_mean(due.improvement, due.worst, due.best, threshold.value)
        found.append((readings.FLIP_THRESHOLD, flip))
    return [
        _flip_row(due, name, flip, 1.0 if name == readings.FLIP_THRESHOLD else sign, level)
        for name, flip in found
    ]


def _flip_row(due: DuePatients, name: str, flip: FlipPoint, sign: float, level: float) -> dict:
    """The mean of everyone at a flip point, or why there is none."""
    if flip.verdict != "fails below":
        return without(name, _WHY[flip.verdict])
    assumed = sign * flip.assumed
    return row_of(name, mean_if(due.improvement, due.n_missing, assumed, level), assumed)
