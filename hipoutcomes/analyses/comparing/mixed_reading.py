"""The same differences from a mixed model, in which each therapist has a level of their own."""

import numpy as np

from hipoutcomes.analyses.comparing.patients import Compared
from hipoutcomes.analyses.comparing.readings import Reading
from hipoutcomes.analyses.models.patient_rows import PatientRows
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.mixed.fit import MixedFit, mixed_fit
from hipoutcomes.stats.models.moments.moments_pass import moments_of
from hipoutcomes.tables.design_columns import DesignColumns

MIXED = "adjusted difference in improvement, mixed model"


def mixed_reading(
    compared: Compared, columns: np.ndarray, weights: np.ndarray, level: float
) -> Reading | str:
    """Differences from a model with a random intercept for each therapist.

    Parameters
    ----------
    compared : Compared
    columns : ndarray, shape (n, k)
        What is held alike, without therapists.
    weights : ndarray, shape (m, arms)
    level : float

    Returns
    -------
    Reading, or the reason why there is none
    """
    if compared.therapist is None:
        return "no therapist was recorded"
    arms = np.eye(len(compared.arms))[compared.codes]
    matrix = np.column_stack([np.ones(len(compared)), arms[:, 1:], columns])
    codes = np.unique(compared.therapist.astype(str), return_inverse=True)[1]
    try:
        fit = _fitted(matrix, compared.improvement, codes)
    except NotEnoughData as error:
        return error.found.removesuffix(".")
    rest = np.zeros((len(weights), columns.shape[1] + 1))
    padded = np.column_stack([rest[:, :1], weights[:, 1:], rest[:, 1:]])
    influence = _influences(fit, matrix, compared.improvement, codes) @ padded.T
    return Reading(MIXED, fit.inference.contrasts(padded, level), influence)


def _fitted(matrix: np.ndarray, outcome: np.ndarray, codes: np.ndarray) -> MixedFit:
    """The model, whose levels belong to therapists instead of patients."""
    rows = PatientRows.of(DesignColumns.of_matrix(matrix), outcome, codes)
    names = (
        "Intercept",
        *(f"column {place}" for place in range(1, matrix.shape[1])),
        "improvement",
    )
    return mixed_fit(moments_of(rows.blocks(), rows.moment_columns(names)))


def _influences(
    fit: MixedFit, matrix: np.ndarray, outcome: np.ndarray, codes: np.ndarray
) -> np.ndarray:
    """What each patient adds to the error of each coefficient, shape (n, k).

    Generalised least squares weighs a row by its distance from a share of its therapist's mean.
    """
    n_each = np.bincount(codes)
    between, within = float(fit.patient_covariance[0, 0]), fit.residual_variance
    share = (n_each * between / (within + n_each * between))[codes][:, None]
    means = np.column_stack(
        [np.bincount(codes, column) / n_each for column in matrix.T]
    )[codes]  # fmt: skip
    residual = outcome - matrix @ fit.beta
    return ((matrix - share * means) * residual[:, None] / within) @ fit.covariance
