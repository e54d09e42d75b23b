"""Odds ratios of an ordered outcome cut by cut, and whether they differ."""

import numpy as np
import pandas as pd

from hipoutcomes.analyses.models.rows import inferred
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.categories.proportional_odds import cut_logits, same_at_every_cut
from hipoutcomes.stats.models.categories.separation import Separated
from hipoutcomes.stats.models.inference import Inference, JointTest
from hipoutcomes.tables.design import Design

#: Under this p-value of Brant's test the answer says that odds ratios differ between cuts.
_DOUBTFUL = 0.05


def odds_by_cut(
    made: Design, codes: np.ndarray, categories: tuple[str, ...], level: float
) -> tuple[dict[str, pd.DataFrame], str]:
    """Tables of log odds ratios at each cut and of Brant's test, with a sentence on the latter.

    Parameters
    ----------
    made : Design
        With an intercept.
    codes : ndarray of int, shape (n,)
        Category of each row used, 0 (lowest) to J - 1.
    categories : tuple of str
        Names of the J categories.
    level : float
        Confidence level.

    Returns
    -------
    tables : dict of str to DataFrame
        ``"by_cut"`` and ``"proportional_odds"``; empty where a cut cannot be fitted on its own.
    sentence : str
    """
    try:
        cuts = cut_logits(made.matrix, codes)
    except Separated as error:
        names = " and ".join(made.columns[place] for place in error.columns)
        return {}, (
            f"Whether one odds ratio holds at every cut of {made.outcome_name} cannot be checked: "
            f"at some cut alone {names} leaves one side empty."
        )
    except NotEnoughData as error:
        return {}, (
            "Whether one odds ratio holds at every cut cannot be checked: at some cut alone, "
            f"{error.found[0].lower()}{error.found[1:]}"
        )
    n_columns = len(made.columns)
    slopes = [place for place, name in enumerate(made.columns) if name != "Intercept"]
    asked = [slopes, *([place] for place in slopes)]
    tests = [
        cuts.test(same_at_every_cut(columns, n_columns, len(categories) - 1)) for columns in asked
    ]
    names = ["all columns", *(made.columns[place] for place in slopes)]
    tables = {
        "proportional_odds": _test_rows(made, names, tests),
        "by_cut": _cut_rows(made, cuts, categories, level),
    }
    return tables, _sentence(made, names, tests)


def _test_rows(made: Design, names: list[str], tests: list[JointTest]) -> pd.DataFrame:
    """One row for each test, that of all columns first."""
    return pd.DataFrame(
        {
            "outcome": made.outcome_name,
            "quantity": "one odds ratio at every cut",
            "term": names,
            "statistic": [test.statistic for test in tests],
            "df_numerator": [test.df_numerator for test in tests],
            "df": [test.df for test in tests],
            "p_value": [test.p_value for test in tests],
            "n_rows": len(made.outcome),
        }
    )


def _cut_rows(
    made: Design, cuts: Inference, categories: tuple[str, ...], level: float
) -> pd.DataFrame:
    """One row for each cut and column, each cut fitted on its own."""
    n_cuts = len(categories) - 1
    table = pd.DataFrame({"term": list(made.columns) * n_cuts})
    table.insert(0, "outcome", made.outcome_name)
    table.insert(
        1, "quantity", np.where(table["term"] == "Intercept", "log odds", "log odds ratio")
    )
    table["category"] = np.repeat([f"above {name}" for name in categories[:-1]], len(made.columns))
    table["n_rows"] = len(made.outcome)
    return inferred(table, cuts, level, np.eye(len(table)), [""] * len(table))


def _sentence(made: Design, names: list[str], tests: list[JointTest]) -> str:
    """What the tests say of the model."""
    p_value = tests[0].p_value
    shown = "< 0.001" if p_value < 0.001 else f"= {p_value:.3f}"
    if p_value >= _DOUBTFUL:
        return (
            f"No sign that odds ratios differ from cut to cut of {made.outcome_name} (Brant's "
            f"test, p {shown}); in few rows a difference would go unseen."
        )
    apart = [
        name for name, test in zip(names[1:], tests[1:], strict=True) if test.p_value < _DOUBTFUL
    ]
    of = f" (most of all those of {', '.join(apart)})" if apart else ""
    return (
        f"Odds ratios differ from cut to cut of {made.outcome_name}{of} (Brant's test, p {shown}): "
        "each row of the table is then a mixture over the cuts; read .supporting['by_cut']."
    )
