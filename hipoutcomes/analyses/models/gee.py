"""Estimating equations for clustered rows of a researcher's own frame."""

import numpy as np

from hipoutcomes.analyses.models.estimates import ModelEstimates
from hipoutcomes.analyses.models.fit_errors import (
    check_outcome_varies,
    cluster_codes,
    named_errors,
)
from hipoutcomes.analyses.models.logistic import ODDS, check_zero_or_one, events_notes
from hipoutcomes.analyses.models.rows import (
    CAUSAL,
    coefficient_rows,
    level_notes,
    model_words,
)
from hipoutcomes.analyses.models.standardised_estimates import (
    StandardisedEstimates,
    log_ratios,
    ratio_rows,
    ratio_words,
)
from hipoutcomes.stats.inputs import checked_inside
from hipoutcomes.stats.models.gee.families import family_gee
from hipoutcomes.stats.models.gee.gaussian import gaussian_gee_of_columns
from hipoutcomes.stats.models.gee.gee import GeeFit, checked_covariance
from hipoutcomes.tables.design import Design
from hipoutcomes.tables.design_from_formula import design

#: Families of outcomes, and the link between a mean and the columns.
LINKS = {"gaussian": "identity", "binomial": "logit", "poisson": "log"}

_METHOD = (
    "Generalised estimating equations, {family} with {link} link, one correlation between rows of "
    "one {cluster} (Liang & Zeger 1986); {covariance}; t intervals on clusters less coefficients "
    "degrees of freedom (Li & Redden 2015)."
)
_COVARIANCE = {
    "bias-reduced": "robust standard errors corrected for few clusters (Mancl & DeRouen 2001)",
    "robust": "robust standard errors, which are too small with fewer than about 50 clusters",
    "naive": "standard errors that take the correlation and the spread of the model as true",
}


def gee(
    frame,
    formula: str,
    *,
    cluster: str,
    family: str = "gaussian",
    covariance: str = "bias-reduced",
    level: float = 0.95,
) -> ModelEstimates:
    """Model an outcome on groups and covariates when rows of one cluster agree.

    The estimand: for each column of the model, the difference in mean outcome (binomial: the log
    odds ratio; poisson: the log ratio of mean counts) between rows one unit apart in it and alike
    in every other column, over the population that the clusters come from: no cluster is held
    fixed.

    Parameters
    ----------
    frame : DataFrame
        Any tidy frame, several rows per cluster, in any order.
    formula : str
        ``"final ~ technique + baseline"``.
    cluster : str
        Column that names each row's cluster: patient, therapist, practice.
    family : {"gaussian", "binomial", "poisson"}
        A number; 0 or 1; a count.
    covariance : {"bias-reduced", "robust", "naive"}
        How standard errors are found; "bias-reduced", which allows for few clusters, whatever
        their number, unless another is asked for.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ModelEstimates
        For binomial and poisson `means` and `contrasts` are shares and counts standardised over
        the rows used, and ratios are in ``supporting["ratios"]``. The correlation within
        clusters is in ``fit.correlation``.

    Raises
    ------
    NotEnoughData
        With fewer than 10 clusters, or fewer than 4 more than coefficients; when too few rows
        share a cluster, columns determine one another or separate the outcomes, one cluster alone
        settles a coefficient, or the correlation does not settle or is none that these clusters
        can have: columns, clusters and the way out are named.
    TableError
        When a column does not exist.
    ValueError
        When the formula cannot be read, the outcome does not suit the family, or an option is
        another word.

    Notes
    -----
    See `stats.models.gee.gaussian.gaussian_gee` and `stats.models.gee.families.family_gee`.

    References
    ----------
    Liang K-Y, Zeger SL (1986). Longitudinal data analysis using generalized linear models.
    Biometrika 73(1), 13-22. Mancl LA, DeRouen TA (2001). A covariance estimator for GEE with
    improved small-sample properties. Biometrics 57(1), 126-134. Li P, Redden DT (2015). Small
    sample performance of bias-corrected sandwich estimators for cluster-randomized trials with
    binary outcomes. Statistics in Medicine 34(2), 281-296.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"therapist": np.arange(200) % 20, "arm": ["a", "b"] * 100})
    >>> frame["final"] = (frame["arm"] == "b") + rng.normal(size=20)[frame["therapist"]]
    >>> frame["final"] += rng.normal(size=200)
    >>> gee(frame, "final ~ arm", cluster="therapist").table["df"].tolist()
    [18.0, 18.0]
    """
    checked_inside(level, "level")
    _check_words(family, covariance)
    made = design(frame, formula, also=(cluster,))
    check_outcome_varies(made)
    if family == "binomial":
        check_zero_or_one(made)
    codes, names = cluster_codes(frame, made, cluster)
    with named_errors(made, made.columns, cluster=cluster, clusters=names):
        fit = _fitted(made, codes, family, covariance)
    method = _METHOD.format(
        family=family, link=LINKS[family], cluster=cluster, covariance=_COVARIANCE[covariance]
    )
    answer = {
        "name": f"gee-{made.outcome_name}",
        "question": f"What goes with {made.outcome_name}, all else in the model being equal?",
        "table": coefficient_rows(made, fit.inference, level),
        "method": f"{method} Formula: {formula}.",
        "sample": {"rows": len(made.used), **made.dropped, "rows used": len(made.outcome)},
        "notes": (_correlation_note(fit, cluster), *level_notes(made), CAUSAL),
        "design": made,
        "inference": fit.inference,
        "fit": fit,
        "level": level,
    }
    if family == "gaussian":
        return ModelEstimates(words=model_words(made, level), **answer)
    return _of_ratios(answer, family)


def _of_ratios(answer: dict, family: str) -> StandardisedEstimates:
    """The answer of a model whose coefficients are logarithms of ratios."""
    made, link = answer["design"], LINKS[family]
    table, notes = log_ratios(answer["table"], link), answer["notes"]
    if family == "binomial":
        n_ones = int(made.outcome.sum())
        notes = (*events_notes(made, min(n_ones, len(made.outcome) - n_ones)), ODDS, *notes)
    return StandardisedEstimates(
        **answer | {"table": table, "notes": notes},
        words=ratio_words(made, answer["level"], link),
        supporting={"ratios": ratio_rows(table)},
        link=link,
    )


def _check_words(family: str, covariance: str) -> None:
    """Raise when an option is none that is known."""
    if family not in LINKS:
        raise ValueError(f"family must be one of {', '.join(LINKS)}; it is {family!r}.")
    checked_covariance(covariance)


def _fitted(made: Design, codes: np.ndarray, family: str, covariance: str) -> GeeFit:
    """The fit of this family."""
    if family == "gaussian":
        return gaussian_gee_of_columns(made.held, made.outcome, codes, covariance=covariance)
    return family_gee(made.matrix, made.outcome, codes, family, covariance=covariance)


def _correlation_note(fit: GeeFit, cluster: str) -> str:
    """How alike rows of one cluster are, and how many clusters there are."""
    return (
        f"Two rows of one {cluster} correlate {fit.correlation:.3f}, beyond what the columns "
        f"explain; {fit.n_clusters:,} clusters, the largest of {fit.largest:,} rows."
    )
