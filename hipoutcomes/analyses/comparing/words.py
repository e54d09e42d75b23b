"""What a comparison says: who, whether the arms differ at all, and what the readings agree on."""

from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparing.pairs import Pair
from hipoutcomes.analyses.comparing.patients import CHOSEN, Compared
from hipoutcomes.analyses.comparing.weighting import Weighted
from hipoutcomes.analyses.groups.characteristics import in_sentence
from hipoutcomes.vocabulary.groupings import Grouping

#: Standardised differences of first scores from which arms differ somewhat, and clearly.
SOMEWHAT, CLEARLY = 0.1, 0.25

#: Standard errors of resamples and of the formula further apart than this are worth a word.
ROUGH = 1.25

#: More pairs than this are left to the table.
MOST_PAIRS = 6

_WHO = {
    "technique": "who began with {arm}",
    "condition": "with {arm}",
    "procedure": "who had {arm}",
    "clinic": "of {arm}",
}

#: Stands beside differences between what somebody chose.
ASSUMED = (
    "An adjusted difference shows what a choice brings about only if patients alike in what is "
    "held alike were as likely to be in either group, whatever their outcome; nobody was assigned "
    "by chance, and what was not recorded is not held alike."
)

#: Stands beside differences between conditions, which nobody chooses.
NOT_CHOSEN = (
    "An adjusted difference is between patients alike in what is held alike; what was not recorded "
    "is not held alike, and nobody can be given another condition."
)

#: Said of clinics where they are compared: what is held alike is adjusted for, and no more.
_CLINICS = (
    "Clinics see different patients; these numbers are adjusted for what is held alike and for "
    "nothing else. This is not a ranking."
)

DIFFERENT_QUESTIONS = (
    "They answer different questions: the first, how patients who began at the same score fared; "
    "the second, how far each group moved from where it stood (Lord 1967). Which of them is nearer "
    "depends on what chose the {noun}: the score that was recorded, or something lasting that was "
    "not. These records cannot tell."
)


def probability(p_value: float) -> str:
    """A p-value as sentences write it.

    Examples
    --------
    >>> probability(0.0312), probability(0.0002), probability(0.6)
    ('P = 0.031', 'P < 0.001', 'P = 0.60')
    """
    if p_value < 0.001:
        return "P < 0.001"
    return f"P = {p_value:.2f}" if p_value >= 0.1 else f"P = {p_value:.3f}"


def who(compared: Compared, arm: str) -> str:
    """Patients of an arm, for a sentence: 'who began with Swedish'."""
    return _WHO[compared.grouping.name].format(arm=arm)


def who_words(whole: Compared, kept: Compared) -> str:
    """Who is compared, arm by arm, and who is set aside."""
    sizes = sentences.listed(
        f"{arm} {n:,}" for arm, n in zip(kept.arms, kept.n_patients, strict=True)
    )
    left_out = len(whole) - len(kept)
    others = {
        why: n for why, n in whole.sample.items()
        if why.startswith(("without ", whole.grouping.label.lower()))
    }  # fmt: skip
    gone = [f"{n:,} ({why})" for why, n in others.items()]
    if left_out:
        gone.append(f"{left_out:,} in {whole.plural} that cannot be compared")
    tail = f" Set aside: {sentences.listed(gone)}." if gone else ""
    return f"{sentences.counted(len(kept))} measured again are compared: {sizes}.{tail}"


def omnibus_words(compared: Compared, p_value: float, level: float, furthest: float) -> str:
    """Whether the arms differ at all."""
    measure, n = compared.question.measure, len(compared.arms)
    alike = sentences.listed(compared.held_alike)
    opening = f"At equal {alike}, improvement in {measure.noun} differed between the {n} "
    if p_value < 1 - level:
        return (
            f"{opening}{compared.plural} by more than chance alone tends to make it "
            f"({probability(p_value)})."
        )
    return (
        f"{opening}{compared.plural} by no more than chance alone could make it "
        f"({probability(p_value)}): these records do not tell them apart. A difference of up to "
        f"{sentences.in_unit(furthest, measure.unit)} between {'them' if n == 2 else 'two of them'}"
        " is not ruled out either."
    )


def pair_words(
    table: pd.DataFrame, unadjusted: np.ndarray, compared: Compared, level: float
) -> list[str]:
    """Pairs that stand out after allowing for all of them, once the test of all together does."""
    known = table[table["reason"] == ""]
    chosen = (known["p_adjusted"] < 1 - level).to_numpy()
    said = [
        _pair(row, plain, compared, level)
        for (_, row), plain in zip(known[chosen].iterrows(), unadjusted[chosen], strict=True)
    ]
    n_left = int((~chosen).sum())
    if not said:
        return [
            f"No single pair stands out among the {len(known)} once all of them are allowed for "
            "(Holm); the table has their intervals."
        ]
    if n_left:
        pairs = "pair is" if n_left == 1 else "pairs are"
        said.append(f"The other {n_left} {pairs} not told apart once all are allowed for (Holm).")
    return said


def _pair(row: pd.Series, plain: float, compared: Compared, level: float) -> str:
    """One pair in a sentence: the one that improved more, first."""
    first, second = sides(row["contrast"], compared)
    size, low, high = row["estimate"], row["conf_low"], row["conf_high"]
    if size < 0:
        first, second, size, low, high, plain = second, first, -size, -high, -low, -plain
    unit = compared.question.measure.unit
    return (
        f"Patients {who(compared, first)} improved by {sentences.in_unit(size, unit)} more than "
        f"like patients {who(compared, second)} ({sentences.confidence(level)} "
        f"{sentences.number(low)} to {sentences.number(high)}; unadjusted "
        f"{sentences.number(plain)})."
    )


def e_value_words(table: pd.DataFrame, compared: Compared, level: float) -> list[str]:
    """How strong something unrecorded would have to be, for pairs that stand out."""
    known = table[(table["reason"] == "") & (table["p_adjusted"] < 1 - level)]
    known = known[known["e_value_limit"] > 1]
    if known.empty:
        return []
    weakest = known.loc[known["e_value_limit"].idxmin()]
    each = "this difference" if len(known) == 1 else "the least certain of these differences"
    pair, noun = _versus(weakest["contrast"], compared), compared.grouping.label.lower()
    return [
        f"To account for {each} ({pair}), something unrecorded would have to go with both the "
        f"{noun} and the outcome by a risk ratio of {weakest['e_value']:.1f} each, beyond what is "
        f"held alike; {weakest['e_value_limit']:.1f} would bring the limit nearest no difference "
        "there (E-value)."
    ]


def start_words(table: pd.DataFrame, compared: Compared) -> list[str]:
    """Which pairs differed in first score."""
    known = table[(table["reason"] == "") & (table["std_difference"] > SOMEWHAT)]
    if known.empty:
        return []
    clear = known[known["std_difference"] > CLEARLY]
    shown = clear if len(clear) else known
    how = "clearly" if len(clear) else "somewhat"
    parts = [
        f"between {_versus(row.contrast, compared)} ({sentences.number(row.std_difference, 2)})"
        for row in shown.nlargest(3, "std_difference").itertuples()
    ]
    return [f"First scores differed {how} {sentences.listed(parts)}, in standard deviations."]


def lord_words(
    table: pd.DataFrame,
    change: tuple[np.ndarray, np.ndarray, np.ndarray],
    p_values: np.ndarray,
    compared: Compared,
    level: float,
) -> list[str]:
    """Where the difference at equal first score and the difference in change disagree.

    Parameters
    ----------
    table : DataFrame
        From `tables.headline`.
    change : three arrays of shape (m,)
        Differences in change with their limits, of the pairs that can be compared.
    p_values : ndarray, shape (m,)
        That both readings differ by chance, allowing for all pairs.
    compared : Compared
    level : float
    """
    known = table[table["reason"] == ""].reset_index(drop=True)
    apart = (p_values < 1 - level) & (known["std_difference"] > SOMEWHAT).to_numpy()
    if not apart.any():
        return []
    place = int(np.argmin(np.where(apart, p_values, 2.0)))
    row = known.iloc[place]
    adjusted = _interval(row["estimate"], row["conf_low"], row["conf_high"])
    plain = _interval(*(each[place] for each in change))
    n_apart = int(apart.sum())
    others = "" if n_apart == 1 else f", as in {n_apart} pairs"
    return [
        f"Two readings disagree by more than chance{others}: improvement with "
        f"{' minus that with '.join(sides(row['contrast'], compared))} is {adjusted} at equal "
        f"first score, and {plain} as plain change.",
        DIFFERENT_QUESTIONS.format(noun=compared.grouping.label.lower()),
    ]


def weighted_words(weighted: Weighted, compared: Compared) -> list[str]:
    """Who the weighted reading is about, or why there is none."""
    if weighted.reading is None:
        return [f"No weighted reading is given: {weighted.reason}."]
    left = sentences.listed(
        f"{int(n):,}{'' if place else ' unweighted patients'} in {arm}"
        for place, (arm, n) in enumerate(zip(compared.arms, weighted.n_effective, strict=True))
    )
    aside = [f"{n:,} {why}" for why, n in weighted.set_aside.items() if n]
    tail = f"; set aside from this population: {sentences.listed(aside)}" if aside else ""
    said = [
        f"The weighted reading is about patients who could have had any of these "
        f"{compared.plural}; they tell about as much as {left}{tail}."
    ]
    still = weighted.balance[weighted.balance["std_difference_weighted"] > SOMEWHAT]
    if len(still):
        parts = [
            f"{in_sentence(row.characteristic)}{f' ({row.category})' if row.category else ''} "
            f"by {sentences.number(row.std_difference_weighted, 2)}"
            for row in still.nlargest(3, "std_difference_weighted").itertuples()
        ]
        said.append(
            f"After weighting they still differ in {sentences.listed(parts)} standard deviations; "
            "the outcome model beside the weights allows for that."
        )
    return said


def checked_words(
    agreement: pd.DataFrame, table: pd.DataFrame, compared: Compared, level: float
) -> list[str]:
    """Whether the adjusted differences come out alike when they are estimated another way.

    Apart is what chance would hardly do, allowing for every pair and reading, and what is more
    than a standard error, so that a hair's breadth among very many patients is not called so.
    """
    if agreement.empty:
        return []
    own = agreement["contrast"].map(table.set_index("contrast")["std_error"])
    apart = agreement[
        (agreement["p_value"] < (1 - level) / len(agreement)) & (agreement["estimate"].abs() > own)
    ]
    if apart.empty:
        return [
            "Estimated again in other ways (see the readings), the adjusted differences agree "
            "within their uncertainty."
        ]
    row = apart.loc[apart["p_value"].idxmin()]
    other = row["quantity"].removeprefix("adjusted difference minus ")
    return [
        f"Estimated another way, {_versus(row['contrast'], compared)} comes out "
        f"{sentences.in_unit(abs(row['estimate']), row['unit'], 2)} apart ({other}), more than "
        "chance makes it: quote neither without the other."
    ]


def refused_words(pairs: Sequence[Pair], compared: Compared, n_needed: int, size: str) -> list[str]:
    """Pairs that cannot be compared, and how many patients it would take.

    Groups with too few patients are named once, and pairs that share a reason told together.
    """
    refused = [pair for pair in pairs if pair.reason]
    if not refused:
        return []
    said, told = [], {}
    if any(pair.is_small for pair in refused):
        said.append(_small_words(compared))
    for pair in refused:
        if not pair.is_small:
            told.setdefault(pair.shared or pair.reason, []).append(pair)
    for reason, alike in list(told.items())[:MOST_PAIRS]:
        names = [" and ".join(compared.arms[arm] for arm in pair.arms) for pair in alike]
        each = "" if len(alike) == 1 else "of each pair, "
        said.append(f"{_listed_pairs(names)} cannot be compared in these records: {each}{reason}.")
    left = sum(len(alike) for alike in list(told.values())[MOST_PAIRS:])
    if left:
        several = "pair" if left == 1 else "pairs"
        said.append(f"{left} more {several} cannot be compared; the table has the reasons.")
    return [*said, needed_words(n_needed, size)]


def _small_words(compared: Compared) -> str:
    """Groups that are too small to be compared with any other."""
    least = compared.question.minimums.contrast
    small = [
        f"{arm} ({n:,})"
        for arm, n in zip(compared.arms, compared.n_patients, strict=True)
        if n < least
    ]
    if len(small) > MOST_PAIRS:
        small = [*small[:MOST_PAIRS], f"{len(small) - MOST_PAIRS} more"]
    return (
        f"Too few patients were measured again in {sentences.listed(small)} to compare with any "
        f"other: a comparison needs {least} in each group."
    )


def _listed_pairs(names: list[str]) -> str:
    """Pairs in a row; more than a few are counted."""
    if len(names) > MOST_PAIRS:
        names = [*names[:MOST_PAIRS], f"{len(names) - MOST_PAIRS} more"]
    *first, last = names
    return f"{'; '.join(first)}; and {last}" if first else last


def cautions(grouping: Grouping) -> tuple[str, str]:
    """What an adjusted difference assumes, and what else to know of groups of this kind."""
    if grouping.name == "clinic":
        return ASSUMED, _CLINICS
    return (ASSUMED if grouping.name in CHOSEN else NOT_CHOSEN), grouping.caution


def needed_words(n_needed: int, size: str) -> str:
    """How many patients a comparison takes."""
    return (
        f"To see a difference of {size} between two groups takes about "
        f"{sentences.counted(n_needed)} measured again in each, assigned by chance; more where "
        "they were not."
    )


def sides(contrast: str, compared: Compared) -> tuple[str, str]:
    """The two arms of a contrast, whatever their names hold."""
    for first, second in permutations(compared.arms, 2):
        if contrast == f"{first} - {second}":
            return first, second
    raise ValueError(f"{contrast!r} is no pair of {sentences.listed(compared.arms)}.")


def _versus(contrast: str, compared: Compared) -> str:
    """A contrast in words."""
    return " and ".join(sides(contrast, compared))


def _interval(estimate: float, low: float, high: float) -> str:
    """An estimate with its limits."""
    return f"{sentences.number(estimate)} ({sentences.number(low)} to {sentences.number(high)})"
