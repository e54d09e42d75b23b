"""Variance components and checks of a mixed model as rows and notes."""

import numpy as np
import pandas as pd

from hipoutcomes.stats.models.mixed.check import WHOLE_UP_TO, RowCheck
from hipoutcomes.stats.models.mixed.fit import MixedFit


def variance_rows(
    fit: MixedFit, outcome: str, patient: str, slope: str | None, therapist: str | None
) -> pd.DataFrame:
    """One row per variance, standard deviation and correlation of a fit.

    Parameters
    ----------
    fit : MixedFit
    outcome, patient, slope, therapist : str
        Names of columns; None for a slope or therapist that the model does not have.
    """
    variances = {f"{patient}: intercept": fit.patient_covariance[0, 0]}
    if slope:
        variances[f"{patient}: {slope}"] = fit.patient_covariance[1, 1]
    if therapist:
        variances[f"{therapist}: intercept"] = fit.therapist_variance
    variances["residual"] = fit.residual_variance
    rows = []
    for term, variance in variances.items():
        rows.append((term, "variance", variance, ""))
        rows.append((term, "standard deviation", np.sqrt(variance), ""))
    if slope:
        known = np.isfinite(fit.correlation)
        why = "" if known else "a variance is zero, so there is nothing to correlate"
        place = f"{patient}: intercept and {slope}"
        rows.insert(4, (place, "correlation", fit.correlation, why))
    table = pd.DataFrame(rows, columns=["term", "quantity", "estimate", "reason"])
    table.insert(0, "outcome", outcome)
    return table.assign(n_rows=fit.n_rows, n_patients=fit.n_patients)[
        ["outcome", "quantity", "term", "estimate", "n_rows", "n_patients", "reason"]
    ]


def boundary_notes(
    fit: MixedFit, patient: str, slope: str | None, therapist: str | None
) -> tuple[str, ...]:
    """What to know where a variance is estimated at zero, or a correlation at one."""
    known = "degrees of freedom take it as known"
    notes = {
        "intercept": f"The variance between {patient}s is estimated at zero: rows of one {patient} "
        f"are no more alike than those of several; {known}.",
        "slope": f"The variance of the slopes along {slope} is estimated at zero: {patient}s do "
        f"not differ in it by more than chance; {known}.",
        "correlation": f"Intercept and slope of a {patient} are estimated to be perfectly "
        "correlated, at the edge of what is possible: the rows say too little of both to tell "
        f"them apart; {known}.",
        "therapist": f"The variance between {therapist}s is estimated at zero: patients of one "
        f"{therapist} are no more alike than those of several; {known}.",
    }
    return tuple(notes[name] for name in fit.at_zero)


def check_rows(fit: MixedFit, check: RowCheck) -> pd.DataFrame:
    """How well a second computation from the rows agrees, and what the fit took."""
    found = {
        "largest step to generalised least squares from the rows, in standard errors": check.step,
        "relative difference of the residual variance from the rows": check.residual_variance,
        "relative difference of the residuals' part of the gradient": check.score,
        "difference of the criterion from the covariance of the rows": check.criterion,
        "largest relative difference of a coefficient's variance": check.covariance,
        "largest slope of the criterion along a variance, in standard errors": check.gradient,
        "minus twice the restricted log-likelihood": fit.criterion,
        "patterns of Z'Z": float(fit.n_patterns),
        "steps of the search": float(fit.n_steps),
    }
    table = pd.DataFrame({"quantity": list(found), "estimate": list(found.values())})
    why = f"computed for models of up to {WHOLE_UP_TO:,} rows"
    return table.assign(reason=np.where(table["estimate"].isna(), why, ""))
