"""Rows of a design brought side by side by patient, and handed on in blocks that fit the cache."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hipoutcomes.stats.models.mixed.best_predictions import ModelRows
from hipoutcomes.stats.models.moments.distinct_rows import counting_order, distinct_rows
from hipoutcomes.stats.models.moments.moments import MomentColumns
from hipoutcomes.stats.models.moments.moments_pass import RowBlock
from hipoutcomes.tables.design_columns import DesignColumns

#: Rows of a block: with twenty columns of eight bytes, what a processor's own cache holds.
BLOCK_ROWS = 4096


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
        place = _by_pattern(patients, slope)
        order, starts = counting_order(place.take(patients), len(place))
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
        starts, n_columns = self.starts, len(self.columns.parts)
        n_patients, first = len(starts) - 1, 0
        held = np.empty((n_columns + 1, n_rows))
        while first < n_patients:
            begin = starts[first]
            last = int(np.searchsorted(starts, begin + n_rows, side="right")) - 1
            last = min(max(last, first + 1), n_patients)
            end = starts[last]
            if end - begin > held.shape[1]:
                held = np.empty((n_columns + 1, end - begin))
            values = held[:, : end - begin]
            self.columns.block(begin, end, out=values[:-1])
            values[-1] = self.outcome[begin:end]
            yield RowBlock(
                values,
                starts[first:last] - begin,
                None if self.slope is None else self.slope[begin:end],
                None if self.therapists is None else self.therapists[first:last],
            )
            first = last

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


def _by_pattern(patients: np.ndarray, slope: np.ndarray | None) -> np.ndarray:
    """Each patient's place when those with equal ``Z'Z`` stand together."""
    patterns = [np.bincount(patients).astype(float)]
    if slope is not None:
        centred = slope - np.round(slope.mean())
        patterns += [np.bincount(patients, centred), np.bincount(patients, centred**2)]
    shared, which = distinct_rows(np.column_stack(patterns))
    order, _ = counting_order(which, len(shared))
    place = np.empty(len(which), dtype=np.int32)
    place[order] = np.arange(len(which), dtype=np.int32)
    return place


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
