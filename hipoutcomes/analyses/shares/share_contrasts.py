"""Every pair of groups: how far their shares of better patients lie apart."""

from itertools import combinations

import numpy as np
import pandas as pd

from hipoutcomes.analyses.groups.arms import arms
from hipoutcomes.analyses.groups.grouping import Groups
from hipoutcomes.analyses.question import Question
from hipoutcomes.stats.groups.proportions import agresti_caffo

#: Stands beside every difference of shares.
CAUTION = (
    "Differences of shares stand as they are: nobody was assigned to a group by chance and nothing "
    "is adjusted, so they show how the groups fared and not what brought it about. No number of "
    "patients to treat can be taken from them."
)


#: Said where there are no two groups.
ONE_GROUP = "There are no two groups to put against each other: no difference of shares is given."


def share_contrasts(
    table: pd.DataFrame, groups: Groups, question: Question, level: float
) -> pd.DataFrame:
    """One row per pair of groups: the first share less the second, with its interval.

    Parameters
    ----------
    table : DataFrame
        One row per group, as `responders` gives it.
    groups : Groups
    question : Question
    level : float

    Notes
    -----
    Patients with room to get better count, as in the shares. Pairs in which a group has fewer of
    them than the minimum for a contrast get their numbers and the reason. What was not recorded,
    and mixtures, are no side of a comparison. Empty where there are no two groups.
    """
    least = question.minimums.contrast
    better, n = (_counted(table[name]) for name in ("n_better", "n_eligible"))
    names = table["group"].tolist()
    rows = []
    for one, other in combinations(np.flatnonzero(arms(groups)), 2):
        few = min(n[one], n[other]) < least
        found = agresti_caffo(better[one], n[one], better[other], n[other], level)
        rows.append(
            {
                "contrast": f"{names[one]} - {names[other]}",
                "estimate": np.nan if few else found.estimate,
                "conf_low": np.nan if few else found.conf_low,
                "conf_high": np.nan if few else found.conf_high,
                "n_patients": n[one],
                "n_other": n[other],
                "reason": f"a contrast needs {least} patients in each group" if few else "",
            }
        )
    about = {
        "outcome": question.measure.code,
        "outcome_label": question.measure.label,
        "quantity": f"difference of the {table['quantity'].iloc[0]}",
        "unit": "share",
    }
    if not rows:
        return pd.DataFrame()
    made = pd.DataFrame(rows).assign(**about, level=level)
    return made[[*about, *made.columns.drop(list(about))]]


def _counted(counts: pd.Series) -> np.ndarray:
    """Counts as whole numbers; those of groups too small to be shown are 0."""
    return counts.astype("Int64").fillna(0).to_numpy(int)
