"""Moments of a source of any size, batch by batch; of several sources, to be added."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import duckdb
import numpy as np
import pandas as pd

from hipoutcomes.analyses.models.patient_rows import PatientRows, codes_of
from hipoutcomes.errors import TableError
from hipoutcomes.stats.models.moments.moments import MomentColumns, Moments, without_any
from hipoutcomes.stats.models.moments.moments_pass import moments_of
from hipoutcomes.tables.batch_design import BatchDesign, batch_design
from hipoutcomes.tables.batches import batches
from hipoutcomes.tables.formula_columns import columns_named, factor_columns, parsed_formula


def patient_moments(
    source,
    formula: str,
    *,
    patient: str,
    slope: str | None = None,
    levels: Mapping[str, tuple] | None = None,
    columns: MomentColumns | None = None,
    fewest: int = 1,
    rows: int = 1_000_000,
) -> Moments:
    """Sum the patients of a source to what a linear mixed model needs of them.

    Parameters
    ----------
    source : DataFrame or DuckDBPyRelation
        One row per session or visit, in any order; read in batches of whole patients.
    formula : str
        Of plain columns, ``C(column)`` and their products.
    patient : str
        Column that names each row's patient.
    slope : str, optional
        Column along which each patient has a slope of their own.
    levels : mapping of str to tuple, optional
        Levels of factors in the order of the model; those that the source has unless given. Give
        them where the moments are to be added to those of other sources.
    columns : MomentColumns, optional
        `Moments.columns` of another source, whose moments these are to be added to.
    fewest : int
        Patients whose rows lie as in fewer patients than this (equal ``Z'Z``) are left out and
        counted; 5 or more lets `moments_as_json` write the moments.
    rows : int
        About so many rows in memory at a time.

    Returns
    -------
    Moments
        For `stats.models.mixed.fit.mixed_fit`. ``left_out`` counts rows that lack a value, and the
        rows of patients left out.

    Raises
    ------
    NotEnoughData
        When no row has a value in every column.
    TableError
        When a column does not exist, or a factor has a level that `levels` does not name.
    ValueError
        When the formula is not plain, or `columns` are of another design.

    Examples
    --------
    >>> frame = pd.DataFrame({"who": np.repeat(np.arange(8), 3), "k": [0, 1, 2] * 8})
    >>> frame["pain"] = [5.0, 4, 3, 6, 6, 4] * 4
    >>> moments = patient_moments(frame, "pain ~ k", patient="who")
    >>> moments.n_rows, moments.n_patients, moments.n_patterns
    (24, 8, 1)
    """
    given = dict(levels or {})
    design = batch_design(formula, _levels(source, formula, given), list(source.columns))
    reader = _Reader(source, design, patient, slope, rows)
    kept = reader.common_patterns(fewest) if fewest > 1 else None
    parts: list[Moments] = []
    for part in reader.parts(kept):
        if columns is None:
            names = (*design.columns, design.outcome)
            columns = part.moment_columns(names, slope or "", design.level_words)
        _check_columns(columns, design, slope)
        parts = [reduce(add, [*parts, moments_of(part.blocks(), columns)])]
    if not parts:
        raise without_any(MomentColumns((*design.columns, design.outcome), ()))
    return replace(parts[0], left_out=dict(reader.left_out))


@dataclass(eq=False)
class _Reader:
    """A source read in batches as rows of whole patients, with what was left out counted."""

    source: object
    design: BatchDesign
    patient: str
    slope: str | None
    rows: int

    def __post_init__(self):
        """Begin the count of rows left out."""
        self.left_out: Counter = Counter()

    def complete(self) -> Iterator[tuple[pd.DataFrame, np.ndarray]]:
        """Batches without the rows that lack a value, and the code of each row's patient."""
        named = dict.fromkeys([*self.design.named, *filter(None, [self.slope, self.patient])])
        if unknown := [name for name in named if name not in self.source.columns]:
            raise TableError(
                f"The source has no column {', '.join(map(repr, unknown))}.",
                f"Its columns are: {', '.join(map(str, self.source.columns))}.",
                "Correct the name.",
            )
        source = self.source
        if isinstance(source, duckdb.DuckDBPyRelation):
            source = source.select(*(duckdb.ColumnExpression(name) for name in named))
        else:
            source = source[list(named)]
        self.left_out.clear()
        for batch in batches(source, patient=self.patient, rows=self.rows):
            lacking = batch.isna()
            there = ~lacking.any(axis=1).to_numpy()
            if not there.all():
                first = lacking[~there].idxmax(axis=1).value_counts()
                self.left_out.update({f"without {name}": int(n) for name, n in first.items()})
                batch = batch[there]
            if len(batch):
                yield batch, codes_of(batch[self.patient])

    def common_patterns(self, fewest: int) -> set[tuple[float, ...]]:
        """Patterns that so many patients of the whole source share."""
        counts: Counter = Counter()
        for batch, patients in self.complete():
            counts.update(map(tuple, _patterns(batch, patients, self.slope)))
        return {pattern for pattern, n in counts.items() if n >= fewest}

    def parts(self, kept: set[tuple[float, ...]] | None) -> Iterator[PatientRows]:
        """Rows of patients with one of the patterns kept, or of all."""
        for batch, patients in self.complete():
            if kept is not None:
                patterns = map(tuple, _patterns(batch, patients, self.slope))
                rare = np.array([pattern not in kept for pattern in patterns])[patients]
                if rare.any():
                    self.left_out["of patients with rare rows"] += int(rare.sum())
                    batch, patients = batch[~rare], codes_of(batch[self.patient][~rare])
            if len(batch):
                columns, outcome = self.design.read(batch)
                slope = None if self.slope is None else batch[self.slope].to_numpy(dtype=float)
                yield PatientRows.of(columns, outcome, patients, slope)


def _patterns(batch: pd.DataFrame, patients: np.ndarray, slope: str | None) -> list[list[float]]:
    """Rows, and sums of the slope's column and its square, of each patient."""
    sums = [np.bincount(patients).astype(float)]
    if slope is not None:
        values = batch[slope].to_numpy(dtype=float)
        sums += [np.bincount(patients, values), np.bincount(patients, values**2)]
    return np.column_stack(sums).tolist()


def _levels(source, formula: str, given: dict[str, tuple]) -> dict[str, tuple]:
    """Levels of every factor of the formula: those given, or those that the source has."""
    names = list(source.columns)
    terms = parsed_formula(formula).rhs
    factors = [factor for term in terms for factor in term.factors]
    wrapped = {
        name
        for factor in factors
        if factor.expr.startswith("C(")
        for name in factor_columns(factor, names)
    }
    levels = dict(given)
    for name in columns_named(terms, names):
        if name not in levels and name in names:
            there = _values(source, name)
            if name in wrapped or not pd.api.types.is_numeric_dtype(there.dtype):
                levels[name] = _ordered(there)
    return levels


def _values(source, name: str) -> pd.Series:
    """Values of a column, each once or more."""
    if isinstance(source, duckdb.DuckDBPyRelation):
        return source.select(duckdb.ColumnExpression(name)).distinct().df()[name]
    return source[name]


def _ordered(column: pd.Series) -> tuple:
    """Levels in the order of the model: that of the categories, or ascending."""
    there = column.dropna().unique()
    if isinstance(column.dtype, pd.CategoricalDtype):
        return tuple(level for level in column.cat.categories if level in set(there))
    return tuple(sorted(there))


def _check_columns(columns: MomentColumns, design: BatchDesign, slope: str | None) -> None:
    """Raise where given columns are of another design."""
    asked = {
        "names": (*design.columns, design.outcome),
        "slope": slope or "",
        "levels": design.level_words,
    }
    differing = [name for name, value in asked.items() if getattr(columns, name) != value]
    if differing:
        raise ValueError(
            f"The columns given are of another design: {', '.join(differing)} differ. Give the "
            "same formula, levels and slope for every source."
        )
