"""Logistic regression of a researcher's own frame."""

import narwhals.stable.v2 as nw
import numpy as np

from hipoutcomes.analyses.models.fit_errors import (
    check_outcome_varies,
    cluster_codes,
    named_errors,
)
from hipoutcomes.analyses.models.rows import CAUSAL, coefficient_rows, level_notes
from hipoutcomes.analyses.models.standardised_estimates import (
    StandardisedEstimates,
    log_ratios,
    ratio_rows,
    ratio_words,
)
from hipoutcomes.stats.inputs import checked_inside
from hipoutcomes.stats.models.categories.logistic import FEWEST_EVENTS, fit_logistic
from hipoutcomes.tables.design import Design
from hipoutcomes.tables.design_from_formula import design
from hipoutcomes.tables.formula_columns import columns_named, parsed_formula

_INDEPENDENT = "Logistic regression by maximum likelihood, with normal intervals."
_CLUSTERED = (
    "Logistic regression by maximum likelihood; standard errors let rows of one {cluster} agree, "
    "corrected for few clusters (Mancl & DeRouen 2001), with t intervals on clusters less "
    "coefficients degrees of freedom (Li & Redden 2015)."
)
ODDS = (
    "An odds ratio is no ratio of shares: where the outcome is common it lies further from 1, and "
    "it changes when a column is added even if nothing is confounded. .contrasts() gives "
    "differences of shares, which do neither."
)


def logistic(
    frame, formula: str, *, cluster: str | None = None, level: float = 0.95
) -> StandardisedEstimates:
    """Model the share with an outcome on groups and covariates by logistic regression.

    The estimand: in `table`, for each column of the model, the log odds ratio between rows one
    unit apart in it (for a level of a factor: between it and the first level) that are alike in
    every other column. In `means`, the share that the rows used would show, were all of them at
    one level of a factor and otherwise as they are; in `contrasts`, differences of these shares.

    Parameters
    ----------
    frame : DataFrame
        Any tidy frame; one row per patient, or several where `cluster` says which belong together.
    formula : str
        ``"better ~ technique + baseline"``, the outcome 0 or 1, or a flag; or worked out in the
        formula, ``"I(improvement >= 2) ~ technique + baseline"``.
    cluster : str, optional
        Column that names each row's cluster: patient, therapist, practice.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    StandardisedEstimates
        With odds ratios in ``supporting["ratios"]``.

    Raises
    ------
    NotEnoughData
        When every outcome is the same, rows, levels or clusters are too few, columns determine one
        another, columns separate the outcomes, or one cluster alone settles a coefficient: columns,
        clusters and the way out are named.
    TableError
        When a column does not exist.
    ValueError
        When the formula cannot be read, the outcome is not 0 or 1, or `level` not between 0 and 1.

    Notes
    -----
    See `fit_logistic` and `standardised_means` of `stats.models.categories`.
    With fewer than 10 rows of the rarer outcome for each coefficient a note says so [1]_: odds
    ratios are then biased away from 1. Intervals of shares are found on the logit scale.

    References
    ----------
    .. [1] Peduzzi P, Concato J, Kemper E, Holford TR, Feinstein AR (1996). A simulation study of
       the number of events per variable in logistic regression analysis. Journal of Clinical
       Epidemiology 49(12), 1373-1379.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"better": [1, 0, 0, 0] * 10 + [1, 1, 1, 0] * 10,
    ...                       "arm": ["a"] * 40 + ["b"] * 40, "age": [40, 50, 60, 70, 45] * 16})
    >>> model = logistic(frame, "better ~ arm + age")
    >>> model.contrasts("arm").words[0]
    'a - b: adjusted difference in share -50 percentage points (95% interval -69 to -31).'
    """
    checked_inside(level, "level")
    _check_no_words(frame, formula)
    made = design(frame, formula, also=(cluster,) if cluster is not None else ())
    check_outcome_varies(made)
    codes, names = (None, None) if cluster is None else cluster_codes(frame, made, cluster)
    check_zero_or_one(made)
    with named_errors(made, made.columns, cluster=cluster, clusters=names):
        fit = fit_logistic(made.matrix, made.outcome, codes)
    table = log_ratios(coefficient_rows(made, fit.inference, level), "logit")
    method = _INDEPENDENT if cluster is None else _CLUSTERED.format(cluster=cluster)
    return StandardisedEstimates(
        name=f"logistic-{made.outcome_name}",
        question=f"What goes with the odds of {made.outcome_name}, all else in the model being "
        "equal?",
        words=ratio_words(made, level, "logit"),
        table=table,
        method=f"{method} Formula: {formula}.",
        sample={"rows": len(made.used), **made.dropped, "rows used": len(made.outcome)},
        notes=(*events_notes(made, fit.n_rarer), *level_notes(made), ODDS, CAUSAL),
        supporting={"ratios": ratio_rows(table)},
        design=made,
        inference=fit.inference,
        fit=fit,
        level=level,
        link="logit",
    )


def check_zero_or_one(made: Design) -> None:
    """Raise when the outcome holds another number than 0 and 1."""
    found = np.unique(made.outcome)
    if not np.isin(found, (0.0, 1.0)).all():
        raise ValueError(
            f"{made.outcome_name} must be 0 or 1; it holds {len(found)} values, from {found[0]:g} "
            f"to {found[-1]:g}. Write a cut in the formula: I({made.outcome_name} >= "
            f"{found[len(found) // 2]:g}) ~ ..."
        )


def events_notes(made: Design, n_rarer: int) -> tuple[str, ...]:
    """A caution where the rarer outcome has few rows for so many coefficients."""
    n_slopes = max(len(made.columns) - 1, 1)
    if n_rarer >= FEWEST_EVENTS * n_slopes:
        return ()
    return (
        f"Only {n_rarer} rows have the rarer outcome, for {n_slopes} coefficients: with fewer than "
        f"{FEWEST_EVENTS} for each, odds ratios lie too far from 1 and intervals are unsure "
        "(Peduzzi et al. 1996). Leave out columns, or merge levels.",
    )


def _check_no_words(frame, formula: str) -> None:
    """Raise when the outcome is a column of words or categories, with the way to make it 0 or 1."""
    named = columns_named(parsed_formula(formula).lhs, ())
    columns = nw.from_native(frame, eager_only=True)
    if len(named) != 1 or named[0] not in columns.columns or "(" in formula.split("~")[0]:
        return
    column = columns.get_column(named[0])
    if column.dtype.is_numeric() or column.dtype == nw.Boolean:
        return
    values = [str(value) for value in column.drop_nulls().unique().sort().to_list()]
    raise ValueError(
        f"{named[0]} holds words: {', '.join(map(repr, values[:5]))}. An outcome must be 0 or 1: "
        f"write I({named[0]} == {values[-1]!r}) ~ ... in the formula."
    )
