"""Whether differences between arms vary with a condition, and how large they are in each."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import fdtrc

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparing.columns import columns_of
from hipoutcomes.analyses.comparing.covariates import in_words
from hipoutcomes.analyses.comparing.pairs import Pair
from hipoutcomes.analyses.comparing.patients import Compared
from hipoutcomes.analyses.comparing.tables import about, named
from hipoutcomes.analyses.comparing.words import probability, sides, who
from hipoutcomes.analyses.groups.grouping import NOT_RECORDED
from hipoutcomes.stats.groups.shrinkage import shrunken_means
from hipoutcomes.stats.models.inference import JointTest
from hipoutcomes.stats.models.least_squares.linear import (
    LeastSquares,
    classical_inference,
    dependencies,
    least_squares,
)

POOLED = "partially pooled difference in improvement"
ITSELF = "difference in improvement, each condition by itself"

#: Fewer conditions than this say nothing of how differences vary between conditions.
FEWEST_POOLED = 3


@dataclass(frozen=True, eq=False)
class Within:
    """Differences in each condition.

    Attributes
    ----------
    interaction : JointTest or None
        That the differences are the same in every condition; None with fewer than two.
    pooled, itself : DataFrame
        One row per pair and condition, pulled towards one another, and each by itself.
    n_conditions, n_patients : int
        In the model.
    """

    interaction: JointTest | None
    pooled: pd.DataFrame
    itself: pd.DataFrame
    n_conditions: int
    n_patients: int


def within_conditions(compared: Compared, pairs: list[Pair], level: float, seed: int) -> Within:
    """Differences between arms in each condition, and a test that they are the same in all.

    Parameters
    ----------
    compared : Compared
        With the arms of `pairs`, by technique or procedure.
    pairs : list of Pair
        All without a reason.
    level : float
    seed : int

    Notes
    -----
    Least squares with a mean for every condition and arm, all else held alike as before; the test
    sets it against one in which conditions and arms add up. A difference needs as many patients of
    both arms in a condition as any comparison does. The differences of one pair are then pooled
    partially over conditions, as a sample of conditions whose true differences vary
    (`stats.groups.shrinkage`).
    """
    conditions = in_words(compared.rows["condition"], "condition").astype(str)
    counts = _counts(compared, conditions)
    least = compared.question.minimums.contrast
    usable = [
        name for name, n in counts.items()
        if name != NOT_RECORDED and any(n[list(pair.arms)].min() >= least for pair in pairs)
    ]  # fmt: skip
    chosen = np.isin(conditions, usable)
    some, conditions = compared.of(chosen), conditions[chosen]
    interaction, itself = None, _rows(compared, pairs, counts, least)
    if usable:
        interaction, itself = _fitted(some, pairs, conditions, usable, itself, level)
    pooled = _pooled(itself, level, seed)
    return Within(interaction, pooled, itself, len(usable), len(some))


def within_words(found: Within, compared: Compared, level: float) -> list[str]:
    """Whether differences vary with condition; single ones only where they do."""
    if found.interaction is None:
        return [
            f"Whether {compared.plural} differ more in one condition than in another cannot be "
            f"asked: {_conditions(found.n_conditions)} "
            f"{compared.question.minimums.contrast} patients of two {compared.plural}."
        ]
    p_value = found.interaction.p_value
    opening = (
        f"Between {found.n_conditions} conditions ({sentences.counted(found.n_patients)}) the "
        f"differences between {compared.plural} vary by"
    )
    if p_value >= 1 - level:
        return [
            f"{opening} no more than chance makes them ({probability(p_value)}): nothing here says "
            "that the answer depends on the condition, and it takes many more patients to see that "
            "than to see a difference."
        ]
    known = found.pooled[found.pooled["reason"] == ""]
    clear = known[(known["conf_low"] > 0) | (known["conf_high"] < 0)]
    said = [f"{opening} more than chance alone tends to make them ({probability(p_value)})."]
    return said + [_one(row, compared, level) for _, row in clear.iterrows()]


def interaction_rows(found: Within, compared: Compared) -> dict[str, pd.DataFrame]:
    """The test that differences are the same in every condition; empty where there is none."""
    test = found.interaction
    if test is None:
        return {}
    quantity = "differences that vary with condition"
    table = about(compared.question, quantity, 1).assign(
        statistic=test.statistic,
        df_numerator=test.df_numerator,
        df=test.df,
        p_value=test.p_value,
        n_patients=np.array([found.n_patients], dtype="int64"),
    )
    return {"interaction": table}


def _conditions(n: int) -> str:
    """How many conditions have enough patients."""
    return "no condition has" if n == 0 else "only one condition has"


def _one(row: pd.Series, compared: Compared, level: float) -> str:
    """One difference in one condition."""
    first, second = sides(row["contrast"], compared)
    size, low, high = row["estimate"], row["conf_low"], row["conf_high"]
    if size < 0:
        first, second, size, low, high = second, first, -size, -high, -low
    return (
        f"{row['group']}: patients {who(compared, first)} improved by "
        f"{sentences.in_unit(size, row['unit'])} more than like patients {who(compared, second)} "
        f"({sentences.confidence(level)} {sentences.number(low)} to {sentences.number(high)}, "
        "pooled over conditions)."
    )


def _counts(compared: Compared, conditions: np.ndarray) -> dict[str, np.ndarray]:
    """Patients of each arm in each condition, the most common condition first."""
    found = {
        str(name): np.bincount(compared.codes[conditions == name], minlength=len(compared.arms))
        for name in np.unique(conditions)
    }
    return dict(sorted(found.items(), key=lambda each: (-each[1].sum(), each[0])))


def _rows(
    compared: Compared, pairs: list[Pair], counts: dict[str, np.ndarray], least: int
) -> pd.DataFrame:
    """One row per pair and condition, without numbers yet; the reason where there will be none."""
    rows = []
    for pair in pairs:
        for name, n in counts.items():
            if name == NOT_RECORDED:
                continue
            both = n[list(pair.arms)]
            small = [
                f"{have} in {compared.arms[arm]}"
                for arm, have in zip(pair.arms, both, strict=True) if have < least
            ]  # fmt: skip
            reason = f"only {' and '.join(small)}; a comparison needs {least} in each"
            rows.append(
                {
                    "contrast": named(pair, compared.arms),
                    "group": name,
                    "n_patients": int(both.sum()),
                    "reason": reason if small else "",
                }
            )
    names = ["contrast", "group", "n_patients", "reason"]
    table = pd.DataFrame(rows, columns=names).astype({"n_patients": "int64"})
    return pd.concat([about(compared.question, ITSELF, len(table)), table], axis=1)


def _fitted(
    some: Compared,
    pairs: list[Pair],
    conditions: np.ndarray,
    usable: list[str],
    rows: pd.DataFrame,
    level: float,
) -> tuple[JointTest | None, pd.DataFrame]:
    """The test of interaction, and the rows with their numbers."""
    others = tuple(each for each in some.covariates if each.name != "condition")
    columns = columns_of(replace(some, covariates=others)).matrix
    n_arms, place = len(some.arms), {name: i for i, name in enumerate(usable)}
    codes = np.array([place[name] for name in conditions]) * n_arms + some.codes
    present, cell = np.unique(codes, return_inverse=True)
    cells = np.eye(len(present))[cell]
    arms = np.eye(n_arms)[some.codes]
    marks = np.eye(len(usable))[codes // n_arms]
    full = _fit(np.column_stack([cells, columns]), some.improvement)
    test = None
    if len(usable) > 1:
        reduced = _fit(np.column_stack([arms, marks[:, 1:], columns]), some.improvement)
        test = _nested(reduced, full)
    column = {code: i for i, code in enumerate(present)}
    weights, known = [], (rows["reason"] == "").to_numpy()
    by_name = {named(pair, some.arms): pair for pair in pairs}
    for row in rows[known].itertuples():
        pair, weight = by_name[row.contrast], np.zeros(len(full.beta))
        weight[column[place[row.group] * n_arms + pair.first]] = 1.0
        weight[column[place[row.group] * n_arms + pair.second]] = -1.0
        weights.append(weight)
    sums = classical_inference(full).contrasts(np.array(weights), level)
    numbers = {}
    for name in ("estimate", "std_error", "df", "conf_low", "conf_high"):
        numbers[name] = np.full(len(rows), np.nan)
        numbers[name][known] = getattr(sums, name)
    return test, _with_numbers(rows, numbers, level)


def _with_numbers(rows: pd.DataFrame, numbers: dict, level: float) -> pd.DataFrame:
    """Rows with numbers before their counts."""
    ends = rows[["n_patients", "reason"]]
    made = rows.drop(columns=list(ends)).assign(**numbers, level=level)
    return pd.concat([made, ends], axis=1)


def _fit(matrix: np.ndarray, outcome: np.ndarray) -> LeastSquares:
    """Least squares on the columns that those before them do not determine."""
    found = dependencies(matrix)
    kept = [place for place in range(matrix.shape[1]) if place not in found]
    return least_squares(matrix[:, kept], outcome)


def _nested(reduced: LeastSquares, full: LeastSquares) -> JointTest | None:
    """The F test of what the full model has beyond the reduced one."""
    numerator = reduced.df - full.df
    if numerator < 1:
        return None
    rest = float(full.residuals @ full.residuals)
    gained = float(reduced.residuals @ reduced.residuals) - rest
    statistic = max(gained, 0.0) / numerator / (rest / full.df)
    p_value = float(fdtrc(numerator, full.df, statistic))
    return JointTest(statistic, float(numerator), float(full.df), p_value)


def _pooled(itself: pd.DataFrame, level: float, seed: int) -> pd.DataFrame:
    """The differences of each pair, pulled towards one another over conditions."""
    table = itself.assign(quantity=POOLED).drop(columns="df", errors="ignore")
    for name in ("estimate", "std_error", "conf_low", "conf_high"):
        if name not in table:
            table = table.assign(**{name: np.nan, "level": level})
    starts = [*np.flatnonzero(~table["contrast"].duplicated()), len(table)]
    for first, last in pairwise(starts):
        known = table.index[first:last][(table["reason"].iloc[first:last] == "").to_numpy()]
        numbers = ["estimate", "std_error", "conf_low", "conf_high"]
        if len(known) < FEWEST_POOLED:
            table.loc[known, "reason"] = (
                f"only {len(known)} condition{'s' if len(known) != 1 else ''} to pool over; "
                f"{FEWEST_POOLED} are needed"
            )
            table.loc[known, numbers] = np.nan
            continue
        part = itself.loc[known]
        found = shrunken_means(
            part["estimate"].to_numpy(float), part["std_error"].to_numpy(float), seed=seed,
            level=level,
        )  # fmt: skip
        for name in numbers:
            table.loc[known, name] = getattr(found, name)
    return table
