"""Models of a researcher's own frame: coefficients, adjusted means and contrasts."""

from dataclasses import dataclass, field

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from hipoutcomes.analyses.model_rows import (
    coefficient_rows,
    inferred,
    level_notes,
    level_pairs,
    model_words,
    row_sentence,
    too_few_rows,
)
from hipoutcomes.charts.forest import forest
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.results import Estimates
from hipoutcomes.stats.cluster_robust import ClusterCovariance, cluster_covariance
from hipoutcomes.stats.inputs import checked_inside
from hipoutcomes.stats.linear import LeastSquares, dependencies, least_squares
from hipoutcomes.stats.multiplicity import ADJUSTMENTS, adjusted_p_values
from hipoutcomes.tables.design import Design, design
from hipoutcomes.vocabulary.minimums import CONTRAST, ESTIMATE

_CLASSICAL = (
    "Least squares with t intervals, for independent rows of one residual spread (analysis of "
    "covariance: Vickers & Altman 2001, BMJ 323:1123-1124)."
)
_CLUSTERED = (
    "Least squares; standard errors let rows of one {cluster} agree (CR2, Bell & McCaffrey 2002) "
    "and t intervals have Satterthwaite degrees of freedom (Pustejovsky & Tipton 2018)."
)
_MEANS = (
    " Adjusted means over a reference grid: numbers at their mean over the rows used, levels of "
    "other factors (and of two-valued columns) at equal weight (Searle et al. 1980)."
)
_CAUSAL = (
    "An adjusted difference is an effect only if four things hold: rows alike in the columns of "
    "the model were as likely to be in either group, whatever their outcome; each kind of row "
    "could have been in either; no column was influenced by the group; and the form of the model "
    "is right."
)
_ALPHA = {
    "holm": "P-values are adjusted over the {n} contrasts estimated here (Holm 1979)",
    "bh": "P-values are adjusted over the {n} contrasts estimated here (Benjamini & Hochberg 1995)",
    "none": "P-values are not adjusted for making {n} contrasts",
}


@dataclass(frozen=True, eq=False, repr=False)
class ModelEstimates(Estimates):
    """A fitted model: one row per coefficient, with adjusted means and contrasts to ask for.

    Attributes
    ----------
    design : Design
        What was fitted, with the rows and levels of the frame.
    fit : LeastSquares
        Coefficients of every column, also of those whose row in `table` gives only a reason.
    covariance : ClusterCovariance or None
        Cluster-robust covariance; None for the classical one, in `fit`.
    level : float
        Confidence level.
    """

    design: Design = field(kw_only=True)
    fit: LeastSquares = field(kw_only=True)
    covariance: ClusterCovariance | None = field(kw_only=True)
    level: float = field(kw_only=True)

    def means(self, factor: str) -> Estimates:
        """Mean outcome at each level of a factor, were all other columns alike.

        Parameters
        ----------
        factor : str
            A factor of the formula: words, ``C(...)``, or a column with two values.

        Raises
        ------
        ValueError
            When it is not a factor of the formula; the factors are named.

        Notes
        -----
        See `tables.design.Design.reference_rows`. A level with fewer than 10 rows gets its count
        and the reason instead of a mean.

        Examples
        --------
        >>> frame = pd.DataFrame({"final": [6, 5, 3, 4] * 12, "arm": list("aabb") * 12,
        ...                       "baseline": [5, 7, 8] * 16})
        >>> ancova(frame, "final ~ arm + baseline").means("arm").words[0]
        'a: adjusted mean 5.50 (95% interval 5.29 to 5.71).'
        """
        levels, weights = self.design.reference_rows(factor)
        n_rows = self.design.levels[factor].to_numpy()
        table = pd.DataFrame(
            {"outcome": self.design.outcome_name, "quantity": "adjusted mean"},
            index=range(len(levels)),
        ).assign(group=list(map(str, levels)))
        small = [
            too_few_rows({str(level): n}, ESTIMATE, "an adjusted mean")
            for level, n in zip(levels, n_rows, strict=True)
        ]
        table = self._inferred(table.assign(n_rows=n_rows), weights, small)
        return self._answer(
            f"means-{factor}",
            f"What would mean {self.design.outcome_name} be at each level of {factor}, "
            "all else being equal?",
            table,
            self._averaging(factor),
        )

    def contrasts(self, factor: str, reference=None, adjust: str = "holm") -> Estimates:
        """Differences between the adjusted means of a factor.

        Parameters
        ----------
        factor : str
            A factor of the formula.
        reference : level of the factor, optional
            Every other level minus this one; all pairs without.
        adjust : {"holm", "bh", "none"}
            How ``p_adjusted`` allows for several contrasts.

        Raises
        ------
        ValueError
            When `factor`, `reference` or `adjust` is unknown; what is known is named.

        Notes
        -----
        Intervals and ``p_value`` are for one contrast at a time. A contrast with fewer than 20 rows
        at either level gets its count and the reason instead of an estimate, and is not counted
        among the comparisons.

        Examples
        --------
        >>> frame = pd.DataFrame({"final": [6, 5, 3, 4] * 12, "arm": list("aabb") * 12,
        ...                       "baseline": [5, 7, 8] * 16})
        >>> ancova(frame, "final ~ arm + baseline").contrasts("arm", reference="a").words[0]
        'b - a: adjusted difference -2.00 (95% interval -2.30 to -1.70).'
        """
        if adjust not in ADJUSTMENTS:
            raise ValueError(f"adjust must be one of {', '.join(ADJUSTMENTS)}; it is {adjust!r}.")
        levels, weights = self.design.reference_rows(factor)
        names, n_rows = list(map(str, levels)), self.design.levels[factor].to_numpy()
        pairs = level_pairs(names, reference, factor)
        first, second = (list(side) for side in zip(*pairs, strict=True))
        small = [
            too_few_rows({names[i]: n_rows[i], names[j]: n_rows[j]}, CONTRAST, "a contrast")
            for i, j in pairs
        ]
        table = pd.DataFrame({"contrast": [f"{names[i]} - {names[j]}" for i, j in pairs]})
        table.insert(0, "outcome", self.design.outcome_name)
        table.insert(1, "quantity", "adjusted difference")
        table = table.assign(n_rows=n_rows[first] + n_rows[second])
        table = self._inferred(table, weights[first] - weights[second], small)
        place = table.columns.get_loc("p_value") + 1
        table.insert(place, "p_adjusted", adjusted_p_values(table["p_value"], adjust))
        n_tested = int(table["p_value"].notna().sum())
        several = _ALPHA[adjust].format(n=n_tested) if n_tested else "No p-value is given"
        return self._answer(
            f"contrasts-{factor}",
            f"How does {self.design.outcome_name} differ between levels of {factor}, "
            "all else being equal?",
            table,
            (*self._averaging(factor), several + "; intervals are for one contrast at a time."),
        )

    def _inferred(self, table: pd.DataFrame, weights: np.ndarray, reasons: list) -> pd.DataFrame:
        """The table with estimates of these weighted sums of the model's coefficients."""
        return inferred(table, self.fit, self.covariance, self.level, weights, reasons)

    def _answer(self, name: str, question: str, table: pd.DataFrame, notes: tuple) -> Estimates:
        """Estimates that keep the model's method, sample and cautions."""
        return Estimates(
            name=name,
            question=question,
            words=tuple(map(row_sentence, table.to_dict("records"))),
            table=table,
            method=self.method + _MEANS,
            sample=self.sample,
            notes=(*notes, *self.notes),
            chart=_forest,
            alternative=f"Estimates with {self.level:.0%} intervals, one per row of the table.",
        )

    def _averaging(self, factor: str) -> tuple[str, ...]:
        """A caution where the factor's differences depend on another column."""
        products = [names for names in self.design.products if factor in names]
        partners = {name for names in products for name in names} - {factor}
        if not partners:
            return ()
        return (
            f"Differences between levels of {factor} depend on {', '.join(sorted(partners))} in "
            "this model; what is shown is their average over the reference grid.",
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
    ``y = X b + e`` by `stats.linear.least_squares`. Without `cluster` the classical t
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
    covariance = None
    if cluster:
        names = nw.from_native(frame, eager_only=True).get_column(cluster).to_pandas()
        covariance = cluster_covariance(fit, pd.factorize(names[made.used])[0])
    model = {"design": made, "fit": fit, "covariance": covariance, "level": level}
    return ModelEstimates(
        name=f"ancova-{made.outcome_name}",
        question=f"What goes with {made.outcome_name}, all else in the model being equal?",
        words=model_words(made, level),
        table=coefficient_rows(made, fit, covariance, level),
        method=(_CLUSTERED.format(cluster=cluster) if cluster else _CLASSICAL)
        + f" Formula: {formula}.",
        sample={"rows": len(made.used), **made.dropped, "rows used": len(made.outcome)},
        notes=(*level_notes(made), _CAUSAL),
        supporting={
            "missing": pd.DataFrame(
                {"characteristic": list(made.missing), "n_missing": list(made.missing.values())}
            )
        },
        **model,
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


def _forest(table: pd.DataFrame, *, ax=None, **options):
    """Draw adjusted means or contrasts; the n of each is its rows."""
    names = {"contrast": "group", "n_rows": "n_patients"}
    if "contrast" not in table:
        options.setdefault("reference", None)
    return forest(table.rename(columns=names), ax=ax, **options)
