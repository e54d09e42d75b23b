"""Linear mixed models of a researcher's own frame: repeated rows of patients, by REML."""

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from hipoutcomes.analyses.models.estimates import ModelEstimates
from hipoutcomes.analyses.models.patient_rows import PatientRows, codes_of
from hipoutcomes.analyses.models.rows import coefficient_rows, level_notes, model_words
from hipoutcomes.analyses.models.variance_rows import boundary_notes, check_rows, variance_rows
from hipoutcomes.errors import NotEnoughData, TableError
from hipoutcomes.stats.inputs import checked_inside
from hipoutcomes.stats.models.inference import Inference
from hipoutcomes.stats.models.mixed.check import checked_from_rows
from hipoutcomes.stats.models.mixed.fit import MixedFit, mixed_fit
from hipoutcomes.stats.models.moments.moments_pass import moments_of
from hipoutcomes.tables.design import Design
from hipoutcomes.tables.design_from_formula import design

_METHOD = (
    "Linear mixed model by restricted maximum likelihood (Patterson & Thompson 1971), each "
    "{patient} with {own}; t intervals and F tests with Satterthwaite degrees of freedom "
    "(Giesbrecht & Burns 1985; Fai & Cornelius 1996)."
)
_MISSING = (
    "Rows left out are taken to be missing at random: as the model would have it from the rows of "
    "the same {patient} that are there."
)
_SLOPE = (
    "The variance of the intercept is that between {patient}s where {slope} is zero; the "
    "correlation with the slope belongs to that point too."
)


def mixed_model(
    frame,
    formula: str,
    *,
    patient: str,
    slope: str | None = None,
    therapist: str | None = None,
    level: float = 0.95,
) -> ModelEstimates:
    """Model an outcome that is recorded several times for each patient.

    The estimand: for each column of the model, the difference in mean outcome between rows one
    unit apart in it (for a level of a factor: between it and the first level) that are alike in
    every other column, were every row of the model's patients recorded.

    Parameters
    ----------
    frame : DataFrame
        Any tidy frame; one row per session or visit, in any order.
    formula : str
        ``"pain ~ technique * session + condition + baseline"``.
    patient : str
        Column that names each row's patient, each of whom has a level of their own.
    slope : str, optional
        Column of numbers, such as the session or the day, along which each patient also has a
        slope of their own, correlated with the level.
    therapist : str, optional
        Column that names each patient's therapist, each of whom has a level too.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ModelEstimates
        ``.supporting["variance components"]`` has the spread between patients (and therapists) and
        of the residual.

    Raises
    ------
    NotEnoughData
        When patients are too few, no patient has rows enough to tell their own level or slope
        from the residual, patients have several therapists, columns determine one another, or
        the outcome does not vary: the columns and the way out are named.
    TableError
        When a column does not exist, or `slope` is not one of numbers.
    HipoutcomesError
        When the fit and a second computation from the rows disagree.
    ValueError
        When the formula cannot be read, or `level` is not between 0 and 1.

    Notes
    -----
    ``y = X b + Z u + e`` by `stats.models.mixed.fit.mixed_fit`, from sums over patients
    (`stats.models.moments`). A variance may be zero, which a note then says; degrees of freedom
    take it as known. Every fit is checked a second way, from the rows
    (`stats.models.mixed.check`); ``.supporting["check"]`` has what was found.

    References
    ----------
    Laird NM, Ware JH (1982). Random-effects models for longitudinal data. Biometrics 38(4),
    963-974. Patterson HD, Thompson R (1971). Recovery of inter-block information when block sizes
    are unequal. Biometrika 58(3), 545-554.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"patient": np.repeat(np.arange(40), 4), "visit": [1, 2, 3, 4] * 40})
    >>> own = rng.normal(size=40)[frame["patient"]]
    >>> frame["pain"] = (6 - frame["visit"] + own + rng.normal(size=160)).round(1)
    >>> model = mixed_model(frame, "pain ~ visit", patient="patient")
    >>> model.table[["term", "estimate", "df"]].round(2).to_numpy().tolist()
    [['Intercept', 6.04, 129.0], ['visit', -1.05, 119.0]]
    """
    checked_inside(level, "level")
    made = design(frame, formula, also=tuple(filter(None, (patient, slope, therapist))))
    patients = codes_of(_column(frame, made, patient))
    slopes = _numbers(frame, made, slope) if slope else None
    therapists, names = _therapists(frame, made, therapist, patients, patient)
    rows = PatientRows.of(made.held, made.outcome, patients, slopes, therapists)
    fit = _fitted(made, rows, slope or "", names)
    check = checked_from_rows(fit, rows.model_rows)
    inference = fit.inference
    return ModelEstimates(
        name=f"mixed-model-{made.outcome_name}",
        question=f"What goes with {made.outcome_name}, all else in the model being equal?",
        words=model_words(made, level, alike=False),
        table=_table(made, inference, level, fit.n_patients),
        method=_method(patient, slope, therapist) + f" Formula: {formula}.",
        sample=_sample(made, fit, names),
        notes=(
            *boundary_notes(fit, patient, slope, therapist),
            *level_notes(made),
            *((_SLOPE.format(patient=patient, slope=slope),) if slope else ()),
            *((_MISSING.format(patient=patient),) if made.dropped else ()),
        ),
        supporting={
            "variance components": variance_rows(fit, made.outcome_name, patient, slope, therapist),
            "check": check_rows(fit, check),
            "missing": pd.DataFrame(
                {"characteristic": list(made.missing), "n_missing": list(made.missing.values())}
            ),
        },
        design=made,
        inference=inference,
        fit=fit,
        level=level,
        patients=patients,
    )


def _fitted(made: Design, rows: PatientRows, slope: str, therapists: tuple[str, ...]) -> MixedFit:
    """The fit, or why there is none, in names of columns."""
    name, outcome = made.outcome_name, made.outcome
    if (outcome == outcome[0]).all():
        raise NotEnoughData(
            f"{name} is {outcome[0]:g} in all {len(outcome)} rows used: nothing to explain.",
            remedy="Check that the right outcome was chosen.",
        )
    columns = rows.moment_columns((*made.columns, name), slope, _levels(made))
    return mixed_fit(moments_of(rows.blocks(), columns, therapists))


def _levels(made: Design) -> str:
    """Levels of every factor in the order of the model."""
    return "; ".join(
        f"{name}: {', '.join(map(str, kept.index))}" for name, kept in made.levels.items()
    )


def _column(frame, made: Design, name: str) -> pd.Series:
    """A column of the frame in the rows used."""
    if name in made.rows:
        return made.rows[name]
    return nw.from_native(frame, eager_only=True).get_column(name).to_pandas()[made.used]


def _numbers(frame, made: Design, name: str) -> np.ndarray:
    """A column of finite numbers."""
    column = _column(frame, made, name)
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        raise TableError(
            f"slope={name!r} is not a column of numbers but of {column.dtype}.",
            "A slope runs along a number such as the session or the day.",
        )
    if name in made.held.numbers:
        return made.held.numbers[name]
    values = column.to_numpy(dtype=float)
    if not np.isfinite(values).all():
        raise ValueError(f"{name} is infinite in {int((~np.isfinite(values)).sum())} rows.")
    return values


def _therapists(
    frame, made: Design, therapist: str | None, patients: np.ndarray, patient: str
) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Each row's therapist and the names, where no patient has two."""
    if therapist is None:
        return None, ()
    codes, names = pd.factorize(_column(frame, made, therapist), sort=True)
    first = np.full(int(patients.max()) + 1, -1)
    first[patients] = codes
    n_several = len(np.unique(patients[first[patients] != codes]))
    if n_several:
        raise NotEnoughData(
            f"{n_several} of {len(first)} values of {patient} have rows with two or more values of "
            f"{therapist}.",
            f"A level of each {therapist}'s own needs every {patient} to have one only.",
            f"Keep one {therapist} for each, or write C({therapist}) in the formula instead.",
        )
    if len(names) < 2:
        raise NotEnoughData(
            f"All rows used have {therapist} {str(names[0])!r}.",
            "The spread between them needs two or more.",
            f"Leave out therapist={therapist!r}.",
        )
    return codes, tuple(map(str, names))


def _table(made: Design, inference: Inference, level: float, n_patients: int) -> pd.DataFrame:
    """One row per coefficient, with the number of patients."""
    table = coefficient_rows(made, inference, level)
    table.insert(table.columns.get_loc("n_rows") + 1, "n_patients", n_patients)
    return table


def _method(patient: str, slope: str | None, therapist: str | None) -> str:
    """How the numbers were made."""
    own = f"a level and, along {slope}, a slope of their own" if slope else "a level of their own"
    within = f" within {therapist}s who have a level too" if therapist else ""
    return _METHOD.format(patient=patient, own=own + within)


def _sample(made: Design, fit: MixedFit, therapists: tuple[str, ...]) -> dict[str, int]:
    """Where the rows of the frame went, and how many patients those used are of."""
    counts = {"rows": len(made.used), **made.dropped, "rows used": fit.n_rows}
    counts["patients"] = fit.n_patients
    return {**counts, "therapists": len(therapists)} if therapists else counts
