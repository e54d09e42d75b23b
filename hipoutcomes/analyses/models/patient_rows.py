"""Rows of a design brought side by side by patient, and handed on in blocks that fit the cache."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hipoutcomes.stats.models.mixed.best_predictions import ModelRows
from hipoutcomes.stats.models.moments.moments import MomentColumns
from hipoutcomes.stats.models.moments.moments_pass import RowBlock
from hipoutcomes.stats.models.moments.whole_groups import (
    BLOCK_ROWS,
    side_by_side,
    whole_groups,
)
from hipoutcomes.tables.design_columns import DesignColumns


@dataclass(frozen=True, slots=True, eq=False)
class PatientRows:
    """The n rows of a model in the order of their m patients.

    Attributes
    ----------
    columns : DesignColumns
    outcome : ndarray, shape (n,)
    slope : ndarray of float, shape (n,), or None
        The column that has a slope of each patient's own.
    starts : ndarray of int, shape (m + 1,)
        First row of each patient, and n.
    order : ndarray of int, shape (n,)
        Where each row was.
    therapists : ndarray of int, shape (m,), or None
        Therapist of each patient, from 0.
    """

    columns: DesignColumns
    outcome: np.ndarray
    slope: np.ndarray | None
    starts: np.ndarray
    order: np.ndarray
    therapists: np.ndarray | None = None

    @classmethod
    def of(
        cls,
        columns: DesignColumns,
        outcome: np.ndarray,
        patients: np.ndarray,
        slope: np.ndarray | None = None,
        therapists: np.ndarray | None = None,
    ) -> "PatientRows":
        """Rows in any order, brought together by patient, and patients with equal `Z'Z` together.

        Parameters
        ----------
        columns : DesignColumns
        outcome : ndarray, shape (n,)
        patients : ndarray of int, shape (n,)
            Codes from 0, none left out.
        slope : ndarray, shape (n,), optional
        therapists : ndarray of int, shape (n,), optional
            The same in all rows of a patient.
        """
        order, starts, _ = side_by_side(patients, slope)
        moved = columns.reordered(order)
        return cls(
            moved,
            outcome.take(order),
            _taken(slope, columns, moved, order),
            starts,
            order,
            None if therapists is None else therapists.take(order[starts[:-1]]),
        )

    @property
    def model_rows(self) -> ModelRows:
        """The same as a check of a fit reads them."""
        return ModelRows(self.columns, self.outcome, self.starts, self.slope, self.therapists)

    def blocks(self, n_rows: int = BLOCK_ROWS) -> Iterator[RowBlock]:
        """Whole patients, about so many rows at a time; each block is written over by the next."""
        starts = self.starts
        for first, last, values in whole_groups(self.columns, self.outcome, starts, n_rows):
            begin, end = starts[first], starts[last]
            yield RowBlock(
                values,
                starts[first:last] - begin,
                None if self.slope is None else self.slope[begin:end],
                None if self.therapists is None else self.therapists[first:last],
            )

    def moment_columns(
        self, names: tuple[str, ...], slope: str = "", levels: str = ""
    ) -> MomentColumns:
        """Names for the moments of these rows, and centres from a few thousand of them.

        Parameters
        ----------
        names : tuple of str
            Of the columns of the design and then the outcome.
        slope : str
            Name of the column that `slope` holds.
        levels : str
            Levels of the factors, in words.
        """
        few = np.linspace(0, len(self.outcome) - 1, min(len(self.outcome), 4096)).astype(int)
        sample = np.column_stack([self.columns.reordered(few).matrix(), self.outcome[few]])
        intercept = names.index("Intercept") if "Intercept" in names else None
        means, spread = sample.mean(axis=0), sample.std(axis=0)
        centres = [float(f"{mean:.4g}") if abs(mean) > sd else 0.0
                   for mean, sd in zip(means, spread, strict=True)]  # fmt: skip
        if intercept is None:
            centres = [0.0] * len(names)
        else:
            centres[intercept] = 0.0
        slope_centre = 0.0 if self.slope is None else float(np.round(self.slope.mean()))
        return MomentColumns(names, tuple(centres), intercept, slope, slope_centre, levels)


def _taken(
    slope: np.ndarray | None, columns: DesignColumns, moved: DesignColumns, order: np.ndarray
) -> np.ndarray | None:
    """The slope's column in this order, which a column of the design may have already."""
    if slope is None:
        return None
    for name, values in columns.numbers.items():
        if values is slope:
            return moved.numbers[name].astype(float)
    return slope.take(order).astype(float)


def codes_of(column: pd.Series) -> np.ndarray:
    """Codes from 0 of names or numbers; of whole numbers in their order, whatever the rows' order.

    Examples
    --------
    >>> codes_of(pd.Series([7, 3, 7])).tolist(), codes_of(pd.Series(["b", "a", "b"])).tolist()
    ([1, 0, 1], [0, 1, 0])
    """
    if pd.api.types.is_integer_dtype(column.dtype):
        numbers = column.to_numpy(dtype=np.int64)
        lowest, highest = int(numbers.min()), int(numbers.max())
        if highest - lowest < 4 * len(numbers) + 1000:
            there = np.bincount(numbers - lowest) > 0
            return (np.cumsum(there, dtype=np.int32) - 1)[numbers - lowest]
    return pd.factorize(column)[0]
