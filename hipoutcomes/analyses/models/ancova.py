"""Analysis of covariance of a researcher's own frame, by least squares."""

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from hipoutcomes.analyses.models.estimates import ModelEstimates
from hipoutcomes.analyses.models.fit_errors import check_outcome_varies
from hipoutcomes.analyses.models.rows import (
    CAUSAL,
    coefficient_rows,
    level_notes,
    model_words,
)
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside
from hipoutcomes.stats.models.inference import Inference
from hipoutcomes.stats.models.least_squares.cluster_robust import (
    cluster_covariance,
    clustered_inference,
)
from hipoutcomes.stats.models.least_squares.linear import (
    ROBUST_KINDS,
    LeastSquares,
    classical_inference,
    dependencies,
    least_squares,
    robust_inference,
)
from hipoutcomes.tables.design import Design
from hipoutcomes.tables.design_from_formula import design

_CLASSICAL = (
    "Least squares with t intervals, for independent rows of one residual spread (analysis of "
    "covariance: Vickers & Altman 2001, BMJ 323:1123-1124)."
)
_CLUSTERED = (
    "Least squares; standard errors let rows of one {cluster} agree (CR2, Bell & McCaffrey 2002) "
    "and t intervals have Satterthwaite degrees of freedom (Pustejovsky & Tipton 2018)."
)
_ROBUST = (
    "Least squares; standard errors let the residual spread differ from row to row ({robust}, "
    "{paper}), and t intervals have the residual degrees of freedom."
)


def ancova(
    frame,
    formula: str,
    *,
    cluster: str | None = None,
    robust: str | None = None,
    level: float = 0.95,
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
    robust : {"HC0", "HC1", "HC2", "HC3"}, optional
        Standard errors for independent rows whose residual spread may differ; HC3 is the one to
        use with fewer than about 250 rows. Not together with `cluster`, whose standard errors
        allow for it already.
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
        When the formula cannot be read, `level` is not between 0 and 1, `robust` is another word,
        or both `robust` and `cluster` are given.

    Notes
    -----
    ``y = X b + e`` by `stats.models.least_squares.linear`. Without `cluster` and `robust` the
    classical t intervals; with `robust` the covariances of its `robust_covariance` and the same
    degrees of freedom; with `cluster` CR2 standard errors and Satterthwaite degrees
    of freedom, and a coefficient with fewer than 4 of them gets the reason instead of an estimate.

    References
    ----------
    Vickers AJ, Altman DG (2001). Analysing controlled trials with baseline and follow up
    measurements. BMJ 323, 1123-1124. Long JS, Ervin LH (2000). Using heteroscedasticity consistent
    standard errors in the linear regression model. The American Statistician 54(3), 217-224. Bell
    RM, McCaffrey DF (2002). Bias reduction in standard
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
    _check_errors(cluster, robust)
    made = design(frame, formula, also=(cluster,) if cluster else ())
    fit = _fitted(made)
    inference, method = _inference(frame, made, fit, cluster, robust)
    return ModelEstimates(
        name=f"ancova-{made.outcome_name}",
        question=f"What goes with {made.outcome_name}, all else in the model being equal?",
        words=model_words(made, level),
        table=coefficient_rows(made, inference, level),
        method=f"{method} Formula: {formula}.",
        sample={"rows": len(made.used), **made.dropped, "rows used": len(made.outcome)},
        notes=(*level_notes(made), CAUSAL),
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


def _check_errors(cluster: str | None, robust: str | None) -> None:
    """Raise when the standard errors asked for do not exist, or are asked for twice."""
    if robust is not None and robust not in ROBUST_KINDS:
        raise ValueError(f"robust must be one of {', '.join(ROBUST_KINDS)}; it is {robust!r}.")
    if robust is not None and cluster is not None:
        raise ValueError(
            f"Give cluster={cluster!r} or robust={robust!r}, not both: standard errors that let "
            "rows of one cluster agree also let the spread differ from row to row."
        )


def _inference(
    frame, made: Design, fit: LeastSquares, cluster: str | None, robust: str | None
) -> tuple[Inference, str]:
    """Standard errors and degrees of freedom as asked for, and the sentence that says which."""
    if cluster is not None:
        names = nw.from_native(frame, eager_only=True).get_column(cluster).to_pandas()
        covariance = cluster_covariance(fit, pd.factorize(names[made.used])[0])
        return clustered_inference(fit, covariance), _CLUSTERED.format(cluster=cluster)
    if robust is None:
        return classical_inference(fit), _CLASSICAL
    try:
        inference = robust_inference(fit, robust)
    except NotEnoughData as error:
        n_exact = int((fit.leverage > 1 - 1e-10).sum())
        raise NotEnoughData(
            f"{robust} cannot be computed: '{made.formula}' goes exactly through the "
            f"{made.outcome_name} of {n_exact} {'row' if n_exact == 1 else 'rows'}.",
            "".join(level_notes(made)[:1]),
            "Merge levels that one row alone has, or use robust='HC1'.",
        ) from error
    paper = "White 1980" if robust == "HC0" else "MacKinnon & White 1985"
    return inference, _ROBUST.format(robust=robust, paper=paper)


def _fitted(made: Design) -> LeastSquares:
    """The fit, or why there is none, in names of columns."""
    check_outcome_varies(made)
    name, outcome = made.outcome_name, made.outcome
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
