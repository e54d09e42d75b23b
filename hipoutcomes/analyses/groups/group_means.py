"""Mean improvement of each group of rows, with what belongs beside it."""

import numpy as np
import pandas as pd

from hipoutcomes.analyses.groups.grouping import Groups
from hipoutcomes.analyses.question import Question
from hipoutcomes.stats.groups.intervals import group_cluster_means
from hipoutcomes.vocabulary.instruments import Measure
from hipoutcomes.vocabulary.minimums import Minimums

#: Columns that keep their numbers in a group too small for an estimate: how many there are.
_KEPT = (
    "n_patients",
    "n_episodes",
    "n_sessions",
    "n_due",
    "n_measured",
    "n_not_measured",
    "n_still_coming",
)


def mean_improvements(question: Question, groups: Groups, level: float) -> pd.DataFrame:
    """One row per group: mean improvement, its interval, both means, and counts.

    Parameters
    ----------
    question : Question
    groups : Groups
        Of all rows of the question.
    level : float

    Notes
    -----
    The interval lets values of one patient agree. Groups under the minimum show n and the reason.
    """
    rows, there, n_groups = question.rows, question.measured, len(groups)
    codes = groups.codes[there]
    improvement = rows["improvement"].to_numpy(float)[there]
    table = clustered_means(
        improvement, codes, n_groups, rows["patient_id"].to_numpy()[there], level
    )
    table["standardised_mean"] = np.divide(
        table["estimate"], table["std_dev"], where=table["std_dev"] > 0,
        out=np.full(n_groups, np.nan),
    )  # fmt: skip
    for name in ("baseline", "final"):
        scores = rows[name].to_numpy(float)[there]
        table[f"{name}_mean"], table[f"{name}_sd"] = means_and_spreads(scores, codes, n_groups)
    table["n_episodes"] = table["n_measured"] = groups.count(there)
    table["n_due"] = groups.count(question.due)
    table["n_not_measured"] = table["n_due"] - table["n_measured"]
    for name, chosen in (
        ("n_improved", improvement > 0),
        ("n_unchanged", improvement == 0),
        ("n_worsened", improvement < 0),
    ):
        table[name] = np.bincount(codes[chosen], minlength=n_groups)
    measure, quantity = question.measure, "mean improvement"
    return described(table, groups.table, measure, quantity, level, question.minimums)


def clustered_means(
    values: np.ndarray, codes: np.ndarray, n_groups: int, patients: np.ndarray, level: float
) -> pd.DataFrame:
    """Mean, interval and spread of values in each group, with its number of patients."""
    means = group_cluster_means(values, patients, codes, level, n_groups=n_groups)
    return pd.DataFrame(
        {
            "estimate": means.estimate,
            "std_error": means.std_error,
            "conf_low": means.conf_low,
            "conf_high": means.conf_high,
            "df": means.df,
            "std_dev": means_and_spreads(values, codes, n_groups)[1],
            "n_patients": means.n_clusters,
        }
    )


def means_and_spreads(
    values: np.ndarray, codes: np.ndarray, n_groups: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of values in each group; NaN where there are too few.

    Examples
    --------
    >>> means_and_spreads(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 1]), 2)
    (array([2., 5.]), array([1.41421356,        nan]))
    """
    n = np.bincount(codes, minlength=n_groups).astype(float)
    n[n == 0] = np.nan
    mean = np.bincount(codes, weights=values, minlength=n_groups) / n
    squares = np.bincount(codes, weights=(values - mean[codes]) ** 2, minlength=n_groups)
    return mean, np.sqrt(squares / np.where(n > 1, n - 1, np.nan))


def described(
    numbers: pd.DataFrame,
    groups: pd.DataFrame,
    measure: Measure,
    quantity: str,
    level: float,
    minimums: Minimums,
) -> pd.DataFrame:
    """Put what the rows are about before their numbers, and give small groups a reason instead.

    Parameters
    ----------
    numbers, groups : DataFrame
        One row per group each, in the same order; `numbers` has `n_patients`.
    measure : Measure
    quantity : str
        What is estimated, in words.
    level : float
    minimums : Minimums
    """
    about = pd.DataFrame(
        {
            "outcome": measure.code,
            "outcome_label": measure.label,
            "quantity": quantity,
            "unit": measure.unit,
        },
        index=range(len(numbers)),
    )
    kept = without_few(numbers, minimums.estimate).assign(level=level)
    reasons = {n: minimums.too_few(n) for n in kept["n_patients"].unique().tolist()}
    kept["reason"] = [reasons[n] for n in kept["n_patients"].tolist()]
    return pd.concat([about, groups.reset_index(drop=True), kept], axis=1)


def without_few(numbers: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Take all numbers but the sizes from groups too small for an estimate.

    Examples
    --------
    >>> numbers = pd.DataFrame({"estimate": [2.0, 3.0], "n_patients": [10, 9], "n_due": [12, 12]})
    >>> shown = without_few(numbers, 10)
    >>> shown["estimate"].tolist(), shown["n_due"].tolist()
    ([2.0, nan], [12, 12])
    """
    few = numbers["n_patients"].to_numpy() < minimum
    if not few.any():
        return numbers
    taken = {}
    for name in numbers.columns.difference(_KEPT):
        counts = name.startswith("n_")
        column = numbers[name].astype("Int64" if counts else float)
        taken[name] = column.mask(few, pd.NA if counts else np.nan)
    return numbers.assign(**taken)
