"""Everyone due in one group: who was measured, what they show, and what the others could show."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from hipoutcomes.analyses.groups.characteristics import Characteristic, in_sentence
from hipoutcomes.analyses.missing.known_start import StartDesign, start_design
from hipoutcomes.analyses.question import Question
from hipoutcomes.analyses.row_order import order_by_values
from hipoutcomes.analyses.shares.improved_enough import Sorted, sort_patients
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.missing import imputation, response_weights
from hipoutcomes.vocabulary.thresholds import Threshold

_ALIKE = "Nothing known at the start differs between these patients."
_NO_SPREAD = (
    "Those measured all began alike, so they cannot tell what the others would have scored."
)


@dataclass(frozen=True, eq=False)
class DuePatients:
    """Patients of one group whose later score was due and whose first score is known.

    Attributes
    ----------
    question : Question
        With the rows of these patients alone.
    known : list of Characteristic
        What is known of them at the start.
    n_imputations, seed : int
        For imputation.
    """

    question: Question
    known: list[Characteristic]
    n_imputations: int
    seed: int

    def __len__(self) -> int:
        return len(self.question.rows)

    @property
    def measured(self) -> np.ndarray:
        """Who was measured."""
        return self.question.measured

    @property
    def n_measured(self) -> int:
        """How many were measured."""
        return int(self.measured.sum())

    @property
    def n_missing(self) -> int:
        """How many were not."""
        return len(self) - self.n_measured

    @property
    def baseline(self) -> np.ndarray:
        """First scores of all."""
        return self.question.rows["baseline"].to_numpy(float)

    @property
    def improvement(self) -> np.ndarray:
        """Improvements of those measured."""
        return self.question.rows["improvement"].to_numpy(float)[self.measured]

    @property
    def worst(self) -> np.ndarray:
        """The least improvement that each of those not measured could show."""
        return self._possible().min(axis=0)

    @property
    def best(self) -> np.ndarray:
        """The most improvement that each of those not measured could show."""
        return self._possible().max(axis=0)

    def _possible(self) -> np.ndarray:
        """Improvement of those not measured with a later score at either end of the scale."""
        measure = self.question.measure
        first = self.baseline[~self.measured]
        return measure.sign * (np.array([[measure.lowest], [measure.highest]]) - first)

    @cached_property
    def weights(self) -> tuple[response_weights.ResponseWeights, StartDesign]:
        """Weights of those measured, and what they were made from.

        Raises
        ------
        NotEnoughData
            When there are too few patients, or nothing known at the start tells them apart.
        """
        if not len(self):
            raise NotEnoughData("No patient was due, so there is nobody to weigh.")
        most = min(self.n_measured, self.n_missing) // response_weights.PATIENTS_PER_COLUMN
        for n_known in range(len(self.known), 0, -1):
            made = self._design(most, n_known)
            if not made.used:
                break
            try:
                return response_weights.response_weights(self.measured, made.matrix), made
            except NotEnoughData:
                # A small category that was measured throughout; the first score alone must do.
                if len(made.used) <= 1:
                    raise
        raise NotEnoughData(_ALIKE)

    @cached_property
    def imputed(self) -> tuple[np.ndarray, StartDesign]:
        """Improvements of those not measured, one row per imputation, and what they were made from.

        Raises
        ------
        NotEnoughData
            When there are too few patients, or nothing known at the start tells them apart.
        """
        if len(self) < imputation.FEWEST_DUE:
            raise NotEnoughData(
                f"Imputation needs {imputation.FEWEST_DUE} patients due; there are {len(self)}."
            )
        if not self.n_measured:
            raise NotEnoughData("Imputation needs patients measured; nobody was.")
        there, measure = self.measured, self.question.measure
        made = self._design(self.n_measured // imputation.PATIENTS_PER_COLUMN, fitted=there)
        if made.left_out and made.left_out[0] == measure.noun:
            raise NotEnoughData(_NO_SPREAD)
        if not made.used:
            raise NotEnoughData(_ALIKE)
        final = self.question.rows["final"].to_numpy(float)[there]
        lent = imputation.matched_imputations(
            final,
            made.matrix[there],
            made.matrix[~there],
            n_imputations=self.n_imputations,
            seed=self.seed,
        )
        return measure.sign * (lent - self.baseline[~there]), made

    def _design(
        self, most: int, n_known: int | None = None, fitted: np.ndarray | None = None
    ) -> StartDesign:
        """What is known at the start, in as many columns as there are patients for."""
        made = start_design(self.known[:n_known], max(most, 1), fitted)
        dropped = [in_sentence(each.label) for each in self.known[n_known:]] if n_known else []
        return replace(made, left_out=(*made.left_out, *dropped))

    def completed(self, improvement: np.ndarray, threshold: Threshold) -> Sorted:
        """Everyone sorted by a threshold, given the improvements of those not measured."""
        rows = self.question.rows
        filled = rows["improvement"].to_numpy(float).copy()
        filled[~self.measured] = improvement
        complete = rows.assign(improvement=filled, status="measured")
        return sort_patients(replace(self.question, rows=complete), threshold)


def due_patients(
    question: Question,
    chosen: np.ndarray,
    known: list[Characteristic],
    n_imputations: int,
    seed: int,
) -> DuePatients:
    """Those of the chosen rows that were due, in an order that the file has no say in.

    Parameters
    ----------
    question : Question
    chosen : ndarray of bool, shape (n rows of the question,)
    known : list of Characteristic
        Of all rows of the question.
    n_imputations, seed : int
    """
    kept = np.flatnonzero(chosen & question.due)
    rows: pd.DataFrame = question.rows.iloc[kept]
    recorded = [rows[name] for name in ("baseline", "final", "improvement", "status", "first_day")]
    order = order_by_values([*recorded, *(each.values[kept] for each in known)])
    rows = rows.iloc[order].reset_index(drop=True)
    theirs = [replace(each, values=each.values[kept[order]]) for each in known]
    return DuePatients(replace(question, rows=rows), theirs, n_imputations, seed)
