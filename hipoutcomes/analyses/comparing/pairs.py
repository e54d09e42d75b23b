"""Which arms can be compared with one another, and why the others cannot."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparing.columns import columns_of
from hipoutcomes.analyses.comparing.patients import CHOSEN_BY_THERAPISTS, Compared
from hipoutcomes.analyses.groups.grouping import NOT_RECORDED
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.comparing.overlap import largest_differences, overlap_weights
from hipoutcomes.stats.comparing.propensity import fit_propensity, orthonormal_columns
from hipoutcomes.vocabulary.minimums import Minimums

#: A pair is compared only where so many therapists gave both sides ...
FEWEST_THERAPISTS = 2

#: ... to so many patients each.
FEWEST_PATIENTS_EACH = 5

#: More arms than this are not set against one another: pairs would be hundreds.
MOST_ARMS = 12

#: A patient whose chance of either side is smaller than this is not like those of that side.
SMALLEST_CHANCE = 0.01


@dataclass(frozen=True, slots=True)
class Pair:
    """Two arms that might be compared.

    Attributes
    ----------
    first, second : int
        Positions of the arms; the difference is first minus second.
    n_patients : int
        In both together.
    std_difference : float
        Difference of their first scores at the start, in standard deviations.
    reason : str
        Why they cannot be compared; empty where they can.
    shared : str
        The reason without the names of the arms, where it may hold for several pairs.
    is_small : bool
        Whether the reason is that an arm has too few patients.
    """

    first: int
    second: int
    n_patients: int
    std_difference: float
    reason: str = ""
    shared: str = ""
    is_small: bool = False

    @property
    def arms(self) -> tuple[int, int]:
        """Both positions."""
        return self.first, self.second


def pairs_of(compared: Compared) -> list[Pair]:
    """Every two arms, with the reason where they cannot be compared.

    Parameters
    ----------
    compared : Compared

    Raises
    ------
    NotEnoughData
        When more arms than `MOST_ARMS` have the patients for it.

    Notes
    -----
    In this order: both arms have the patients that a contrast needs; at least two therapists each
    gave both to five patients or more, where a therapist chooses; and the patients of both are
    alike enough that overlap weights leave what an estimate needs in each.
    """
    n, found = compared.n_patients, []
    _check_number(compared)
    for first, second in combinations(range(len(compared.arms)), 2):
        pair, both = (first, second), np.isin(compared.codes, (first, second))
        size, start = int(n[[first, second]].sum()), _start(compared.of(both), pair)
        small, shared = _too_few(compared, pair), ""
        reason = small
        if not small:
            reason, shared = _without_therapists(compared, pair)
            reason = reason or _not_alike(compared.of(both), pair, compared.question.minimums)
        found.append(Pair(first, second, size, start, reason, shared, bool(small)))
    return found


def _check_number(compared: Compared) -> None:
    """Refuse more arms than can be set against one another, each against all others."""
    n_large = int((compared.n_patients >= compared.question.minimums.contrast).sum())
    if n_large > MOST_ARMS:
        raise NotEnoughData(
            f"There are {n_large:,} {compared.plural} with enough patients to compare; each would "
            "be set against all others.",
            f"A comparison of like patients takes {MOST_ARMS} {compared.plural} at most.",
            "Keep some of them with clinic.where(...), or describe all with ho.improvement("
            f"clinic, {compared.question.measure.code!r}, by={compared.grouping.name!r}).",
        )


def _start(both: Compared, pair: tuple[int, int]) -> float:
    """How far their first scores lie apart; missing (NaN) where an arm has too few for a spread."""
    if both.n_patients[list(pair)].min() < both.question.minimums.estimate:
        return np.nan
    return float(largest_differences(both.baseline[:, None], both.codes)[0])


def _too_few(compared: Compared, pair: tuple[int, int]) -> str:
    """Why there are too few patients in an arm."""
    least, n = compared.question.minimums.contrast, compared.n_patients
    small = [
        f"{sentences.counted(n[arm])} in {compared.arms[arm]}" for arm in pair if n[arm] < least
    ]
    return f"only {' and '.join(small)}; a comparison needs {least} in each" if small else ""


def _without_therapists(compared: Compared, pair: tuple[int, int]) -> tuple[str, str]:
    """Why too few therapists gave both: of this pair by name, and in words that others share."""
    if compared.therapist is None or compared.grouping.name not in CHOSEN_BY_THERAPISTS:
        return "", ""
    n_both = sum(
        min(np.sum((compared.therapist == name) & (compared.codes == arm)) for arm in pair)
        >= FEWEST_PATIENTS_EACH
        for name in set(compared.therapist.tolist()) - {NOT_RECORDED}
    )
    if n_both >= FEWEST_THERAPISTS:
        return "", ""
    have = "no therapist" if n_both == 0 else "only one therapist"
    names = f" {compared.arms[pair[0]]} and {compared.arms[pair[1]]}"
    by_name, shared = (
        f"{have} gave both{each} to {FEWEST_PATIENTS_EACH} patients or more; a comparison needs "
        f"{FEWEST_THERAPISTS} who did"
        for each in (names, "")
    )
    return by_name, shared


def _not_alike(both: Compared, pair: tuple[int, int], minimums: Minimums) -> str:
    """Why hardly any patients of one arm are like those of the other."""
    columns = orthonormal_columns(columns_of(both).matrix)
    if len(both) <= columns.shape[1] + 2:
        return f"{len(both)} patients are too few to hold {len(both.held_alike)} things alike"
    codes = (both.codes == pair[1]).astype(int)
    fitted = fit_propensity(columns, codes, n_arms=2)
    alike = fitted.probabilities.min(axis=1) >= SMALLEST_CHANCE
    left = overlap_weights(fitted.probabilities[alike], codes[alike]).n_effective
    if left.min() >= minimums.estimate:
        return ""
    return (
        f"hardly any patients in {both.arms[pair[0]]} and in {both.arms[pair[1]]} are alike at "
        f"the start: those who are tell about as much as {int(left[0])} and {int(left[1])} "
        f"would; it takes {minimums.estimate} of each"
    )
