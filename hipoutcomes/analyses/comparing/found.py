"""Every reading of the pairs that can be compared, and what a comparison would take."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparability import can_compare
from hipoutcomes.analyses.comparing.columns import Columns
from hipoutcomes.analyses.comparing.mixed_reading import MIXED, mixed_reading
from hipoutcomes.analyses.comparing.pairs import Pair
from hipoutcomes.analyses.comparing.patients import Compared
from hipoutcomes.analyses.comparing.readings import (
    CHANGE,
    UNADJUSTED,
    Models,
    Reading,
    differences_of,
    fit_models,
)
from hipoutcomes.analyses.comparing.tables import agreement_rows, reading_rows
from hipoutcomes.analyses.comparing.weighting import WEIGHTED, Weighted, weighted_reading
from hipoutcomes.analyses.question import Question


@dataclass(frozen=True, slots=True)
class Weighing:
    """How the weighted reading is made.

    Attributes
    ----------
    trim : float or None
        Leave out patients whose chance of some arm is smaller.
    resamples, seed : int
    """

    trim: float | None
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True)
class Needed:
    """Patients that a comparison takes in each arm.

    Attributes
    ----------
    n_patients : int
    size : str
        Of the difference that they would see, with its unit.
    """

    n_patients: int
    size: str

    @classmethod
    def of(cls, clinic: Any, question: Question, by: str) -> "Needed":
        """As `can_compare` plans it."""
        row = can_compare(clinic, question.measure.code, by, rule=question.rule).table.iloc[0]
        whole = row["difference"] == round(row["difference"])
        size = sentences.in_unit(row["difference"], row["unit"], 0 if whole else 1)
        # Fewer would see a large difference, and are still too few to be compared at all.
        return cls(max(int(row["n_needed"]), question.minimums.contrast), size)


@dataclass(frozen=True, eq=False)
class Found:
    """Every reading.

    Attributes
    ----------
    pairs : list of Pair
        All without a reason.
    models : Models
    mixed : Reading or str
        Or why there is none.
    weighted : Weighted
    """

    pairs: list[Pair]
    models: Models
    mixed: Reading | str
    weighted: Weighted

    @classmethod
    def of(
        cls,
        compared: Compared,
        pairs: list[Pair],
        columns: Columns,
        level: float,
        weighing: Weighing,
    ) -> "Found":
        """Fit them all.

        Parameters
        ----------
        compared : Compared
            With the arms of `pairs`.
        pairs : list of Pair
            All without a reason.
        columns : Columns
            What is held alike, none determined by the others.
        level : float
        weighing : Weighing
        """
        weights = differences_of(pairs, len(compared.arms))
        theirs = np.array([label != "Therapist" for label in columns.labels], bool)
        return cls(
            pairs,
            fit_models(compared, pairs, columns, level),
            mixed_reading(compared, columns.matrix[:, theirs], weights, level),
            weighted_reading(
                compared,
                pairs,
                level=level,
                trim=weighing.trim,
                resamples=weighing.resamples,
                seed=weighing.seed,
            ),
        )

    def rows(self, compared: Compared, level: float) -> pd.DataFrame:
        """One row per reading and pair."""
        n, models = len(compared), self.models
        weighted = self.weighted.reading or self.weighted.reason
        readings = [
            (models.adjusted.quantity, models.adjusted, n),
            (UNADJUSTED, models.unadjusted, n),
            (CHANGE, models.change, n),
            (MIXED, self.mixed, n),
            (WEIGHTED, weighted, int(self.weighted.kept.sum())),
        ]
        return reading_rows(compared, self.pairs, readings, level)

    def agreement(self, compared: Compared) -> pd.DataFrame:
        """How far the other readings lie from the adjusted one."""
        others = [self.models.change, self.mixed, self.weighted.reading]
        others = [other for other in others if isinstance(other, Reading)]
        return agreement_rows(compared, self.pairs, self.models.adjusted, others)
