"""Repeated measures at planned visits of a researcher's own frame, some visits missing."""

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from hipoutcomes.analyses.models.estimates import ModelEstimates
from hipoutcomes.analyses.models.rows import CAUSAL, coefficient_rows, level_notes, model_words
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside
from hipoutcomes.stats.models.least_squares.linear import dependencies
from hipoutcomes.stats.models.repeated.repeated_measures import (
    RepeatedMeasures,
    repeated_measures_fit,
    repeated_measures_inference,
)
from hipoutcomes.tables.design import Design
from hipoutcomes.tables.design_from_formula import design

_METHOD = (
    "Repeated-measures model: means as the formula says, a variance for each {visit} and a "
    "covariance for every two (unstructured), by restricted maximum likelihood over the {n} levels "
    "of {visit} that each {patient} has or misses (Jennrich & Schluchter 1986); t intervals "
    "with Satterthwaite degrees of freedom (Giesbrecht & Burns 1985)."
)
_AT_RANDOM = (
    "Means at each {visit} are those there would have been had nobody's score been missing, if "
    "scores are missing at random: for reasons that the columns of the model and the same "
    "{patient}'s other scores hold. Whoever stayed away because of a score that nobody saw breaks "
    "this."
)
_NOT_MODELLED = (
    "{visit} is not in the formula: the mean is taken to be the same at every {visit}, all else in "
    "the model being equal."
)


def repeated_measures(
    frame, formula: str, *, patient: str, visit: str, level: float = 0.95
) -> ModelEstimates:
    """Model an outcome measured at the same planned visits of each patient, some missing.

    The estimand: mean outcome at each visit, and its differences between groups, had nobody's
    scores been missing for reasons beyond what the model holds (the columns of the formula and the
    same patient's other scores: missing at random). For each column of the model: the difference
    in that mean between rows one unit apart in it and alike in every other column.

    Parameters
    ----------
    frame : DataFrame
        Any tidy frame; one row per patient and visit, in any order. A visit without a score may
        be a row without one, or no row.
    formula : str
        ``"pain ~ technique * visit + baseline"``; for the mean at each visit `visit` must be in it,
        as ``C(visit)`` where it is a number.
    patient : str
        Column that names each row's patient.
    visit : str
        Column of the planned visit: words, categories, or whole numbers. Days that differ from
        patient to patient are not planned visits; `mixed_model` takes those.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ModelEstimates
        ``.supporting["covariance"]`` and ``.supporting["correlation"]`` have one row for every two
        visits, with the patients who have both.

    Raises
    ------
    NotEnoughData
        When there is one visit only; a patient has a visit twice; no patient has both of two
        visits; patients are fewer than the parameters; columns determine one another; the outcome
        does not vary; or the covariance cannot be estimated: visits, columns and the way out are
        named.
    TableError
        When a column does not exist.
    ValueError
        When the formula cannot be read, or `level` is not between 0 and 1.

    Notes
    -----
    ``y_i ~ N(X_i b, S_i)`` by `stats.models.repeated.repeated_measures`, with S_i the part of one
    covariance matrix S of all visits for those that patient i has. Minimums of means and contrasts
    count patients.

    References
    ----------
    Mallinckrodt CH, Lane PW, Schnell D, Peng Y, Mancuso JP (2008). Recommendations for the primary
    analysis of continuous endpoints in longitudinal clinical trials. Drug Information Journal
    42(4), 303-319. Jennrich RI, Schluchter MD (1986). Unbalanced repeated-measures models with
    structured covariance matrices. Biometrics 42(4), 805-820.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"patient": np.repeat(np.arange(30), 2), "visit": ["a", "b"] * 30})
    >>> own = rng.normal(size=30)[frame["patient"]]
    >>> frame["pain"] = (6 - 2 * (frame["visit"] == "b") + own + rng.normal(size=60)).round(1)
    >>> model = repeated_measures(frame, "pain ~ visit", patient="patient", visit="visit")
    >>> model.contrasts("visit", reference="a").words[0]
    'b - a: adjusted difference -2.19 (95% interval -2.63 to -1.75).'
    """
    checked_inside(level, "level")
    made = design(frame, formula, also=(patient, visit))
    columns = nw.from_native(frame, eager_only=True).select(patient, visit).to_pandas()[made.used]
    patients = pd.factorize(columns[patient])[0].astype(np.intp)
    visits = pd.Categorical(columns[visit]).remove_unused_categories()
    names = list(map(str, visits.categories))
    fit = _fitted(made, patients, visits.codes.astype(np.intp), names)
    inference = repeated_measures_inference(fit)
    method = _METHOD.format(visit=visit, n=len(names), patient=patient)
    return ModelEstimates(
        name=f"repeated-measures-{made.outcome_name}",
        question=f"What goes with {made.outcome_name} at each {visit}, all else in the model being "
        "equal?",
        words=model_words(made, level, alike=False),
        table=coefficient_rows(made, inference, level, patients),
        method=f"{method} Formula: {formula}.",
        sample={
            "rows": len(made.used),
            **made.dropped,
            "rows used": len(made.outcome),
            "patients": fit.n_patients,
        },
        notes=(*_notes(made, patient, visit), *level_notes(made)),
        supporting={
            "covariance": visit_rows(fit, made.outcome_name, names, "covariance"),
            "correlation": visit_rows(fit, made.outcome_name, names, "correlation"),
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


def visit_rows(
    fit: RepeatedMeasures, outcome: str, names: list[str], quantity: str
) -> pd.DataFrame:
    """One row for every two visits, and for each with itself unless it is a correlation.

    Parameters
    ----------
    fit : RepeatedMeasures
    outcome : str
    names : list of str
        Of the visits.
    quantity : {"covariance", "correlation"}
    """
    is_correlation = quantity == "correlation"
    values = fit.correlation if is_correlation else fit.visit_covariance
    first, second = np.triu_indices(len(names), int(is_correlation))
    return pd.DataFrame(
        {
            "outcome": outcome,
            "quantity": [
                "variance" if one == other else quantity
                for one, other in zip(first, second, strict=True)
            ],
            "visit": [names[place] for place in first],
            "other_visit": [names[place] for place in second],
            "estimate": values[first, second],
            "n_patients": fit.pair_counts[first, second],
        }
    )


def _fitted(
    made: Design, patients: np.ndarray, visits: np.ndarray, names: list[str]
) -> RepeatedMeasures:
    """The fit, or why there is none, in names of columns and visits."""
    outcome = made.outcome
    if (outcome == outcome[0]).all():
        raise NotEnoughData(
            f"{made.outcome_name} is {outcome[0]:g} in all {len(outcome)} rows used: nothing to "
            "explain.",
            remedy="Check that the right outcome was chosen.",
        )
    try:
        return repeated_measures_fit(made.matrix, outcome, patients, visits, names)
    except NotEnoughData as error:
        if found := dependencies(made.matrix):
            raise NotEnoughData(
                f"'{made.formula}' has no single answer in these rows: {made.in_words(found)}.",
                remedy="Leave out one of those columns.",
            ) from error
        raise


def _notes(made: Design, patient: str, visit: str) -> tuple[str, ...]:
    """What is assumed of scores that are missing, of visits, and of groups."""
    notes = [_AT_RANDOM.format(visit=visit, patient=patient)]
    if visit not in made.rows.columns:
        notes.append(_NOT_MODELLED.format(visit=visit))
    return (*notes, CAUSAL)
