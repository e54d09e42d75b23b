"""Proportional-odds regression of a researcher's own frame, for ordered categories."""

import numpy as np
import pandas as pd

from hipoutcomes.analyses.models.fit_errors import check_outcome_varies, named_errors
from hipoutcomes.analyses.models.odds_by_cut import odds_by_cut
from hipoutcomes.analyses.models.ordered_outcome import ordered_outcome
from hipoutcomes.analyses.models.ordinal_estimates import OrdinalEstimates
from hipoutcomes.analyses.models.rows import CAUSAL, coefficient_rows, inferred, level_notes
from hipoutcomes.analyses.models.standardised_estimates import ratio_rows, ratio_words
from hipoutcomes.stats.inputs import checked_inside
from hipoutcomes.stats.models.categories.ordinal import OrdinalFit, fit_ordinal
from hipoutcomes.stats.models.inference import Inference
from hipoutcomes.tables.design import Design
from hipoutcomes.tables.design_from_formula import design

_METHOD = (
    "Proportional-odds regression by maximum likelihood (McCullagh 1980), with normal intervals; "
    "whether one odds ratio holds at every cut is tested by Brant's test (1990)."
)


def ordinal(frame, formula: str, *, level: float = 0.95) -> OrdinalEstimates:
    """Model an outcome of ordered categories on groups and covariates by proportional odds.

    The estimand: in `table`, for each column of the model, the log odds ratio of lying in a higher
    category between rows one unit apart in it (for a level of a factor: between it and the first
    level) that are alike in every other column, taken to be the same wherever the cut between
    higher and lower is made. In `means`, the share in each category that the rows used would show,
    were all of them at one level of a factor and otherwise as they are.

    Parameters
    ----------
    frame : DataFrame
        Any tidy frame; one row per patient.
    formula : str
        ``"tension ~ technique + baseline"``; the outcome an ordered categorical, or scores of
        which at most 21 are different. A higher category is whatever stands higher on that scale,
        be it better or worse.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    OrdinalEstimates
        With odds ratios in ``supporting["ratios"]``, a test for each column in
        ``supporting["proportional_odds"]``, and odds ratios cut by cut in ``supporting["by_cut"]``.

    Raises
    ------
    NotEnoughData
        When fewer than three categories occur, rows or levels are too few, columns determine one
        another, or columns separate the categories: columns and the way out are named.
    TableError
        When a column does not exist.
    ValueError
        When the formula cannot be read, the outcome has no order or too many values, the formula
        leaves out the intercept, or `level` is not between 0 and 1.

    Notes
    -----
    See `fit_ordinal` and `cut_logits` of `stats.models.categories`. The model is right for scores
    with many at one end, of which a mean says little.

    References
    ----------
    McCullagh P (1980). Regression models for ordinal data. Journal of the Royal Statistical
    Society B 42(2), 109-142. Brant R (1990). Assessing proportionality in the proportional odds
    model for ordinal logistic regression. Biometrics 46(4), 1171-1178.

    Examples
    --------
    >>> frame = pd.DataFrame({"pain": [0, 1, 1, 2, 0, 1, 2, 2] * 8, "arm": list("aaaabbbb") * 8})
    >>> model = ordinal(frame, "pain ~ arm")
    >>> model.table[["term", "quantity"]].to_numpy().tolist()
    [['above 0', 'log odds'], ['above 1', 'log odds'], ['arm[T.b]', 'log odds ratio']]
    """
    checked_inside(level, "level")
    frame, names = ordered_outcome(frame, formula)
    made = design(frame, formula)
    check_outcome_varies(made)
    values, codes = np.unique(made.outcome, return_inverse=True)
    categories = tuple(names[value] for value in values)
    fit = _fitted(made, codes)
    inference = _on_columns(fit, made.columns.index("Intercept"))
    table = _table(made, fit, inference, categories, level)
    by_cut, checked = odds_by_cut(made, codes, categories, level)
    return OrdinalEstimates(
        name=f"ordinal-{made.outcome_name}",
        question=f"What goes with a higher {made.outcome_name}, all else in the model being equal?",
        words=(*ratio_words(made, level, "cumulative"), checked),
        table=table,
        method=f"{_METHOD} Formula: {formula}.",
        sample={"rows": len(made.used), **made.dropped, "rows used": len(made.outcome)},
        notes=(*_absent(names, categories, made.outcome_name), *level_notes(made), CAUSAL),
        supporting={"ratios": ratio_rows(table), **by_cut},
        design=made,
        inference=inference,
        fit=fit,
        level=level,
        categories=categories,
    )


def _fitted(made: Design, codes: np.ndarray) -> OrdinalFit:
    """The fit, or why there is none, in names of columns."""
    if "Intercept" not in made.columns:
        raise ValueError(
            f"'{made.formula}' leaves out the intercept; a model of ordered categories needs it. "
            "Leave out the 0 or the -1."
        )
    slopes = [place for place, name in enumerate(made.columns) if name != "Intercept"]
    if not slopes:
        raise ValueError(f"'{made.formula}' has no column to explain {made.outcome_name} with.")
    with named_errors(made, [made.columns[place] for place in slopes]):
        return fit_ordinal(made.matrix[:, slopes], codes)


def _on_columns(fit: OrdinalFit, place: int) -> Inference:
    """The fit on the design's own columns: log odds of lying above the lowest category."""
    n_cuts, n_slopes = len(fit.cuts), len(fit.beta)
    turn = np.zeros((n_slopes + 1, n_cuts + n_slopes))
    turn[place, 0] = -1.0
    turn[np.delete(np.arange(n_slopes + 1), place), n_cuts + np.arange(n_slopes)] = 1.0
    return Inference(
        turn @ np.concatenate([fit.cuts, fit.beta]),
        turn @ fit.covariance @ turn.T,
        lambda weights: np.full(len(weights), np.inf),
    )


def _table(
    made: Design, fit: OrdinalFit, inference: Inference, categories: tuple[str, ...], level: float
) -> pd.DataFrame:
    """A row for each cut, then one for each column of the model."""
    n_cuts = len(fit.cuts)
    above = Inference(
        -fit.cuts, fit.covariance[:n_cuts, :n_cuts], lambda weights: np.full(len(weights), np.inf)
    )
    cuts = pd.DataFrame({"term": [f"above {name}" for name in categories[:-1]]})
    cuts.insert(0, "outcome", made.outcome_name)
    cuts.insert(1, "quantity", "log odds")
    cuts = cuts.assign(n_rows=len(made.outcome))
    cuts = inferred(cuts, above, level, np.eye(n_cuts), [""] * n_cuts)
    slopes = coefficient_rows(made, inference, level).assign(quantity="log odds ratio")
    slopes = slopes[slopes["term"] != "Intercept"]
    return pd.concat([cuts, slopes], ignore_index=True)


def _absent(names: dict[float, str], categories: tuple[str, ...], outcome: str) -> tuple[str, ...]:
    """Categories of the scale that no row used has."""
    gone = [name for name in names.values() if name not in categories]
    if not gone:
        return ()
    return (f"{outcome} has no row used at {', '.join(gone)}: not part of the model.",)
