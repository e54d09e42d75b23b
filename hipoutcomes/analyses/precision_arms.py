"""One group of a comparison as a plan sees it: patients, therapists, and how fast it grows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hipoutcomes.analyses.groups.grouping import Groups
from hipoutcomes.analyses.question import Question
from hipoutcomes.stats.groups.planning import design_effect, patients_needed_in_clusters

_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, eq=False)
class Arm:
    """One group.

    Attributes
    ----------
    name : str
    n : int
        Patients measured.
    sizes : ndarray of int, shape (k,)
        Measured patients of each therapist; one whose therapist was not recorded stands alone.
    a_month : float
        Measured patients who began care, per month; NaN where dates do not tell.
    """

    name: str
    n: int
    sizes: np.ndarray
    a_month: float

    def worth(self, correlation: float) -> int:
        """Independent patients that those measured are worth."""
        return int(self.n / design_effect(self.sizes, correlation)) if self.n else 0

    def needed(self, independent: int, correlation: float) -> int | None:
        """Patients that must be measured; None where so few therapists can never be enough."""
        if correlation == 0:
            return independent
        return patients_needed_in_clusters(independent, max(len(self.sizes), 1), correlation)

    def months(self, n_more: int) -> float:
        """Months until so many more are measured; NaN where the rate is not known."""
        if n_more == 0:
            return 0.0
        return n_more / self.a_month if self.a_month > 0 else np.nan


def arm_of(question: Question, groups: Groups, code: int) -> Arm:
    """The group with this code.

    Parameters
    ----------
    question : Question
    groups : Groups
    code : int
        Row of `groups.table`.
    """
    inside = question.measured & (groups.codes == code)
    therapist = pd.factorize(question.rows.loc[inside, "therapist"])[0]
    known = np.bincount(therapist[therapist >= 0])
    sizes = np.r_[known, np.ones((therapist < 0).sum(), int)].astype(int)
    n, months = int(inside.sum()), _months_covered(question)
    return Arm(
        name=str(groups.table["group"].iloc[code]),
        n=n,
        sizes=sizes,
        a_month=n / months if months >= 1 else np.nan,
    )


def _months_covered(question: Question) -> float:
    """Months between the first and the last patient whose outcome was due; 0 without dates."""
    days = question.rows.loc[question.due, "first_day"].astype("Float64").dropna()
    return float(days.max() - days.min()) / _DAYS_A_MONTH if len(days) else 0.0
