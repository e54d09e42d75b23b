"""The weighted reading: patients who could have had any of the arms, and how alike they became."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparing.columns import columns_of
from hipoutcomes.analyses.comparing.pairs import Pair
from hipoutcomes.analyses.comparing.patients import Compared
from hipoutcomes.analyses.comparing.readings import Reading, differences_of
from hipoutcomes.stats.comparing.augmented import (
    AugmentedMeans,
    augmented_means,
    resampled_means,
)
from hipoutcomes.stats.comparing.overlap import largest_differences
from hipoutcomes.stats.comparing.propensity import fit_propensity, orthonormal_columns
from hipoutcomes.stats.models.inference import Contrasts

WEIGHTED = "weighted difference in improvement"

#: A kind of patient of whom an arm has fewer than this could not have had any arm.
FEWEST_OF_A_KIND = 2


@dataclass(frozen=True, eq=False)
class Weighted:
    """The weighted reading, or why there is none.

    Attributes
    ----------
    reading : Reading or None
    reason : str
        Empty where there is a reading.
    kept : ndarray of bool, shape (n,)
        Which of the patients compared it is about.
    set_aside : dict of str to int
        Why others are not in it, and how many.
    n_effective : ndarray, shape (J,)
        Patients that would tell as much, in each arm; empty where there are no weights.
    balance : DataFrame
        How alike the arms were before and after.
    ratio : float
        Standard error from resamples over that of the formula, the largest of any pair; missing
        (NaN) without resamples.
    """

    reading: Reading | None
    reason: str
    kept: np.ndarray
    set_aside: dict[str, int]
    n_effective: np.ndarray = field(default_factory=lambda: np.empty(0))
    balance: pd.DataFrame | None = None
    ratio: float = np.nan


def weighted_reading(
    compared: Compared,
    pairs: list[Pair],
    *,
    level: float,
    trim: float | None,
    resamples: int,
    seed: int,
) -> Weighted:
    """Differences among patients who could have had any of the arms.

    Parameters
    ----------
    compared : Compared
        Only arms that can be compared.
    pairs : list of Pair
    level : float
    trim : float, optional
        Leave out patients whose chance of some arm is smaller than this.
    resamples, seed : int
        For intervals; without resamples they are by the formula.
    """
    kept = _of_every_kind(compared)
    noun = compared.grouping.label.lower()
    set_aside = {f"of kinds that not every {noun} had": int((~kept).sum())}
    if reason := _too_few(compared.of(kept), f"patients of kinds that every {noun} had"):
        return _without(compared, reason, kept, set_aside)
    if trim:
        kept = _trimmed(compared, kept, trim)
        set_aside[f"with a chance of some {noun} under {trim:g}"] = int((~kept).sum()) - sum(
            set_aside.values()
        )
        if reason := _too_few(compared.of(kept), "patients after trimming"):
            return _without(compared, reason, kept, set_aside)
    some = compared.of(kept)
    columns = orthonormal_columns(columns_of(some).matrix)
    if len(some) <= columns.shape[1] + len(compared.arms):
        return _without(compared, f"only {len(some)} patients to weigh", kept, set_aside)
    found = augmented_means(columns, some.codes, some.improvement)
    reason = _too_little_left(compared, found)
    n_effective = found.weights.n_effective
    balance = balance_of(some, found.weights.weight)
    if reason:
        return Weighted(None, reason, kept, set_aside, n_effective, balance)
    weights = differences_of(pairs, len(compared.arms))
    sums, ratio = _sums(found, columns, some, weights, level, resamples, seed)
    influence = np.zeros((len(compared), len(weights)))
    influence[kept] = found.influence @ weights.T
    return Weighted(
        Reading(WEIGHTED, sums, influence), "", kept, set_aside, n_effective, balance, ratio
    )


def balance_of(compared: Compared, weights: np.ndarray | None = None) -> pd.DataFrame:
    """How alike the arms were in everything that is held alike, before and after weighting."""
    columns = columns_of(compared, every=True)
    table = pd.DataFrame(
        {
            "characteristic": columns.labels,
            "category": columns.categories,
            "std_difference": largest_differences(columns.matrix, compared.codes),
        }
    )
    if weights is None:
        return table
    after = largest_differences(columns.matrix, compared.codes, weights)
    return table.assign(std_difference_weighted=after)


def _without(compared: Compared, reason: str, kept: np.ndarray, set_aside: dict) -> Weighted:
    """No weighted reading, and the balance at the start alone."""
    return Weighted(None, reason, kept, set_aside, balance=balance_of(compared))


def _of_every_kind(compared: Compared) -> np.ndarray:
    """Patients all of whose categories came to every arm."""
    words = [each.values for each in compared.covariates if not each.is_number]
    if compared.therapist is not None:
        words.append(compared.therapist)
    coded = [np.unique(values.astype(str), return_inverse=True)[1] for values in words]
    kept, n_arms = np.ones(len(compared), bool), len(compared.arms)
    while True:
        before = int(kept.sum())
        for codes in coded:
            cells = np.bincount(
                codes[kept] * n_arms + compared.codes[kept], minlength=(codes.max() + 1) * n_arms
            ).reshape(-1, n_arms)
            kept = kept & (cells.min(axis=1) >= FEWEST_OF_A_KIND)[codes]
        if int(kept.sum()) == before:
            return kept


def _trimmed(compared: Compared, kept: np.ndarray, trim: float) -> np.ndarray:
    """Of those kept, the patients whose chance of every arm reaches `trim`."""
    some = compared.of(kept)
    columns = orthonormal_columns(columns_of(some).matrix)
    fitted = fit_propensity(columns, some.codes, n_arms=len(compared.arms))
    left = kept.copy()
    left[kept] = fitted.probabilities.min(axis=1) >= trim
    return left


def _too_few(compared: Compared, who: str) -> str:
    """Why too few patients are left in an arm."""
    least, n = compared.question.minimums.contrast, compared.n_patients
    if n.min() >= least:
        return ""
    small = [f"{have} in {arm}" for arm, have in zip(compared.arms, n, strict=True) if have < least]
    return f"{who} are only {sentences.listed(small)}; {least} are needed in each"


def _too_little_left(compared: Compared, found: AugmentedMeans) -> str:
    """Why the weighted patients tell too little."""
    least, left = compared.question.minimums.contrast, found.weights.n_effective
    if not found.propensity.settled:
        return f"some patients were all but certain to be in one of the {compared.plural}"
    if left.min() >= least:
        return ""
    small = [
        f"{int(have)} in {arm}"
        for arm, have in zip(compared.arms, left, strict=True)
        if have < least
    ]
    return (
        f"too few patients could have had any of these {compared.plural}; weighted to stand for "
        f"those who could, they tell about as much as {sentences.listed(small)} would, and {least} "
        "are needed in each"
    )


def _sums(
    found: AugmentedMeans,
    columns: np.ndarray,
    some: Compared,
    weights: np.ndarray,
    level: float,
    resamples: int,
    seed: int,
) -> tuple[Contrasts, float]:
    """Differences with percentiles of resamples as limits; without resamples by the formula."""
    estimate = weights @ found.means
    by_formula = np.sqrt(np.einsum("ij,jk,ik->i", weights, found.covariance, weights))
    df = np.full(len(estimate), float(len(some) - columns.shape[1] - len(some.arms) + 1))
    if not resamples:
        reach = stdtrit(df, (1 + level) / 2) * by_formula
        return _contrasts(estimate, by_formula, df, estimate - reach, estimate + reach), np.nan
    start = found.propensity.beta
    drawn = resampled_means(
        columns, some.codes, some.improvement, resamples=resamples, seed=seed, start=start
    )
    drawn = drawn[~np.isnan(drawn).any(axis=1)] @ weights.T
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    spread = drawn.std(axis=0, ddof=1)
    ratio = float(np.max(np.maximum(spread / by_formula, by_formula / spread)))
    unknown = np.full(len(estimate), np.nan)
    return _contrasts(estimate, spread, unknown, low, high), ratio


def _contrasts(estimate, std_error, df, low, high) -> Contrasts:
    """Differences without p-values: the test of all together belongs to the adjusted reading."""
    unknown = np.full(len(estimate), np.nan)
    return Contrasts(estimate, std_error, estimate / std_error, df, unknown, low, high)
