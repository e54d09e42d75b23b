"""The tables of a comparison: one row per pair and reading."""

from dataclasses import replace

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparing.pairs import Pair
from hipoutcomes.analyses.comparing.patients import Compared
from hipoutcomes.analyses.comparing.readings import ADJUSTED, Models, Reading
from hipoutcomes.analyses.comparing.weighting import WEIGHTED, Weighted
from hipoutcomes.analyses.question import Question
from hipoutcomes.stats.comparing.e_value import e_value_of_difference
from hipoutcomes.stats.models.inference import Contrasts
from hipoutcomes.stats.models.multiplicity import adjusted_p_values

_NUMBERS = ("estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high")


def named(pair: Pair, arms: tuple[str, ...]) -> str:
    """A pair as the column `contrast` has it."""
    return f"{arms[pair.first]} - {arms[pair.second]}"


def about(question: Question, quantity: str, n_rows: int) -> pd.DataFrame:
    """What rows are about."""
    measure = question.measure
    return pd.DataFrame(
        {
            "outcome": measure.code,
            "outcome_label": measure.label,
            "quantity": quantity,
            "unit": measure.unit,
        },
        index=range(n_rows),
    )


def renumbered(pairs: list[Pair], kept: list[int]) -> list[Pair]:
    """The pairs that can be compared, by positions among the arms that are kept."""
    return [
        replace(pair, first=kept.index(pair.first), second=kept.index(pair.second))
        for pair in pairs
        if not pair.reason
    ]


def headline(
    compared: Compared,
    pairs: list[Pair],
    reading: Reading | None,
    sigma: float,
    level: float,
    n_needed: int,
) -> pd.DataFrame:
    """One row per pair of arms: the adjusted difference, or why there is none.

    Parameters
    ----------
    compared : Compared
        With all arms.
    pairs : list of Pair
    reading : Reading or None
        Of the pairs without a reason, in their order.
    sigma : float
        Standard deviation of improvement within arms.
    level : float
    n_needed : int
        Patients that a comparison would need in each arm.
    """
    places = np.flatnonzero([not pair.reason for pair in pairs])
    table = about(compared.question, ADJUSTED, len(pairs))
    table["contrast"] = [named(pair, compared.arms) for pair in pairs]
    for name in _NUMBERS:
        column = np.full(len(pairs), np.nan)
        if reading is not None:
            column[places] = getattr(reading.sums, name)
        table[name] = column
    place = table.columns.get_loc("p_value") + 1
    table.insert(place, "p_adjusted", adjusted_p_values(table["p_value"], "holm"))
    table["level"] = level
    table["n_patients"] = np.array([pair.n_patients for pair in pairs], dtype="int64")
    table["n_needed"] = np.full(len(pairs), n_needed, dtype="int64")
    table["std_difference"] = [pair.std_difference for pair in pairs]
    strengths = np.full((len(pairs), 2), np.nan)
    for row in places:
        limits = table.loc[row, ["estimate", "conf_low", "conf_high"]].to_numpy(float)
        found = e_value_of_difference(*limits, sigma)
        strengths[row] = found.estimate, found.limit
    table["e_value"], table["e_value_limit"] = strengths.T
    table["reason"] = [pair.reason for pair in pairs]
    return table


def no_pair(compared: Compared, level: float, n_needed: int) -> pd.DataFrame:
    """One row that says there is nothing to compare."""
    n = compared.n_patients
    if len(n):
        held = f"{sentences.counted(n.sum())} measured again {_all_in(n.sum())} {compared.arms[0]}"
    else:
        held = "no patient measured again is in any"
    reason = f"there are no two {compared.plural} to compare: {held}"
    whole = Pair(0, 0, int(n.sum()), np.nan, reason)
    arms = compared.arms or ("",)
    empty = headline(replace(compared, arms=arms), [whole], None, np.nan, level, n_needed)
    return empty.assign(contrast="none")


def _all_in(n: int) -> str:
    """How patients of one arm alone are in it."""
    return "is in" if n == 1 else "are all in"


def reading_rows(
    compared: Compared,
    pairs: list[Pair],
    readings: list[tuple[str, Reading | str, int]],
    level: float,
) -> pd.DataFrame:
    """One row per reading and pair that can be compared.

    Parameters
    ----------
    compared : Compared
        With the arms of `pairs`.
    pairs : list of Pair
        All without a reason.
    readings : list of (str, Reading or str, int)
        What is estimated, the reading or the reason for its lack, and its patients.
    level : float
    """
    parts = []
    for quantity, reading, n_patients in readings:
        part = about(compared.question, quantity, len(pairs))
        part["contrast"] = [named(pair, compared.arms) for pair in pairs]
        missing = isinstance(reading, str)
        for name in ("estimate", "std_error", "df", "conf_low", "conf_high"):
            part[name] = np.nan if missing else getattr(reading.sums, name)
        part["level"] = level
        part["n_patients"] = np.full(len(pairs), n_patients, dtype="int64")
        part["reason"] = reading if missing else ""
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def agreement_rows(
    compared: Compared, pairs: list[Pair], adjusted: Reading, others: list[Reading]
) -> pd.DataFrame:
    """How far each other reading lies from the adjusted one, and whether by more than chance."""
    parts = []
    for other in others:
        found = adjusted.against(other)
        part = about(compared.question, f"adjusted difference minus {other.quantity}", len(pairs))
        part["contrast"] = [named(pair, compared.arms) for pair in pairs]
        part["estimate"], part["std_error"] = found.difference, found.std_error
        part["p_value"] = found.p_value
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def means_rows(compared: Compared, models: Models, level: float) -> pd.DataFrame:
    """Adjusted and unadjusted mean improvement of each arm."""
    n = compared.n_patients
    plain = np.bincount(compared.codes, compared.improvement, len(n)) / n
    parts = []
    for quantity, sums in (
        ("adjusted mean improvement", models.means),
        ("unadjusted mean improvement", plain),
    ):
        part = about(compared.question, quantity, len(n))
        part["group"] = compared.arms
        fitted = isinstance(sums, Contrasts)
        part["estimate"] = sums.estimate if fitted else sums
        for name in ("std_error", "df", "conf_low", "conf_high"):
            part[name] = getattr(sums, name) if fitted else np.nan
        parts.append(part.assign(level=level, n_patients=n.astype("int64")))
    return pd.concat(parts, ignore_index=True)


def omnibus_rows(compared: Compared, models: Models) -> pd.DataFrame:
    """The test of all differences at once."""
    test = models.omnibus
    return about(compared.question, "all adjusted differences at once", 1).assign(
        statistic=test.statistic,
        df_numerator=test.df_numerator,
        df=test.df,
        p_value=test.p_value,
        n_patients=np.array([len(compared)], dtype="int64"),
    )


def effective_rows(compared: Compared, weighted: Weighted) -> pd.DataFrame:
    """Patients of each arm in the weighted reading, and as many unweighted as they tell."""
    n = np.bincount(compared.codes[weighted.kept], minlength=len(compared.arms))
    there = len(weighted.n_effective) > 0
    return about(compared.question, WEIGHTED, len(n)).assign(
        group=compared.arms,
        n_patients=n.astype("int64"),
        effective_n=weighted.n_effective if there else np.nan,
        reason=weighted.reason,
    )
