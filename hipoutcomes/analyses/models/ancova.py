"""Analysis of covariance of a researcher's own frame, by least squares."""

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from hipoutcomes.analyses.models.estimates import ModelEstimates
from hipoutcomes.analyses.models.rows import coefficient_rows, level_notes, model_words
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside
from hipoutcomes.stats.models.cluster_robust import cluster_covariance, clustered_inference
from hipoutcomes.stats.models.linear import (
    LeastSquares,
    classical_inference,
    dependencies,
    least_squares,
)
from hipoutcomes.tables.design import Design, design

_CLASSICAL = (
    "Least squares with t intervals, for independent rows of one residual spread (analysis of "
    "covariance: Vickers & Altman 2001, BMJ 323:1123-1124)."
)
_CLUSTERED = (
    "Least squares; standard errors let rows of one {cluster} agree (CR2, Bell & McCaffrey 2002) "
    "and t intervals have Satterthwaite degrees of freedom (Pustejovsky & Tipton 2018)."
)
_CAUSAL = (
    "An adjusted difference is an effect only if four things hold: rows alike in the columns of "
    "the model were as likely to be in either group, whatever their outcome; each kind of row "
    "could have been in either; no column was influenced by the group; and the form of the model "
    "is right."
)


def ancova(
    frame, formula: str, *, cluster: str | None = None, level: float = 0.95
) -> ModelEstimates:
    """Model an outcome on groups and covariates by least squares.

    The estimand: for each column of the model, the difference in mean outcome between rows one
    unit apart in it (for a level of a factor: between it and the first level) that are alike in
    every other column.

    Parameters
    ----------
    frame : DataFrame
        Any tidy frame; one row per patient, or several where `cluster` says which belong together.
    formula : str
        ``"final ~ technique + baseline + C(therapist)"``.
    cluster : str, optional
        Column that names each row's cluster: patient, therapist, practice.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ModelEstimates

    Raises
    ------
    NotEnoughData
        When rows, levels or clusters are too few, columns determine one another, or the outcome
        does not vary: the columns and the way out are named.
    TableError
        When a column does not exist.
    ValueError
        When the formula cannot be read, or `level` is not between 0 and 1.

    Notes
    -----
    ``y = X b + e`` by `stats.models.linear.least_squares`. Without `cluster` the classical t
    intervals; with it CR2 standard errors and Satterthwaite degrees of freedom, and a coefficient
    with fewer than 4 of them gets the reason instead of an estimate.

    References
    ----------
    Vickers AJ, Altman DG (2001). Analysing controlled trials with baseline and follow up
    measurements. BMJ 323, 1123-1124. Bell RM, McCaffrey DF (2002). Bias reduction in standard
    errors for linear regression with multi-stage samples. Survey Methodology 28(2), 169-181.

    Examples
    --------
    >>> frame = pd.DataFrame({"final": [3, 4, 6, 5, 2, None], "baseline": [5, 6, 8, 7, 5, 6],
    ...                       "arm": list("aabbab")})
    >>> model = ancova(frame, "final ~ arm + baseline")
    >>> model.table["term"].tolist(), dict(model.sample)
    (['Intercept', 'arm[T.b]', 'baseline'], {'rows': 6, 'without final': 1, 'rows used': 5})
    """
    checked_inside(level, "level")
    made = design(frame, formula, also=(cluster,) if cluster else ())
    fit = _fitted(made)
    inference = classical_inference(fit)
    if cluster:
        names = nw.from_native(frame, eager_only=True).get_column(cluster).to_pandas()
        covariance = cluster_covariance(fit, pd.factorize(names[made.used])[0])
        inference = clustered_inference(fit, covariance)
    return ModelEstimates(
        name=f"ancova-{made.outcome_name}",
        question=f"What goes with {made.outcome_name}, all else in the model being equal?",
        words=model_words(made, level),
        table=coefficient_rows(made, inference, level),
        method=(_CLUSTERED.format(cluster=cluster) if cluster else _CLASSICAL)
        + f" Formula: {formula}.",
        sample={"rows": len(made.used), **made.dropped, "rows used": len(made.outcome)},
        notes=(*level_notes(made), _CAUSAL),
        supporting={
            "missing": pd.DataFrame(
                {"characteristic": list(made.missing), "n_missing": list(made.missing.values())}
            )
        },
        design=made,
        inference=inference,
        fit=fit,
        level=level,
    )


def _fitted(made: Design) -> LeastSquares:
    """The fit, or why there is none, in names of columns."""
    name, outcome = made.outcome_name, made.outcome
    if (outcome == outcome[0]).all():
        raise NotEnoughData(
            f"{name} is {outcome[0]:g} in all {len(outcome)} rows used: nothing to explain.",
            remedy="Check that the right outcome was chosen.",
        )
    if len(outcome) <= len(made.columns):
        raise NotEnoughData(
            f"'{made.formula}' has {len(made.columns)} coefficients and {len(outcome)} rows used.",
            f"There must be more rows than coefficients; left out: {dict(made.dropped) or 'none'}.",
            "Leave out columns, or merge levels.",
        )
    try:
        fit = least_squares(made.matrix, outcome)
    except NotEnoughData as error:
        raise NotEnoughData(
            f"'{made.formula}' has no single answer in these rows: "
            f"{made.in_words(dependencies(made.matrix))}.",
            remedy="Leave out one of those columns.",
        ) from error
    if fit.sigma <= 1e-10 * float(np.std(outcome)):
        raise NotEnoughData(
            f"'{made.formula}' reproduces {name} exactly in all {len(outcome)} rows.",
            remedy="Check whether the outcome, or a part of it, is among the columns.",
        )
    return fit
