"""ModelEstimates: a fitted model's coefficients, with adjusted means and contrasts to ask for."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hipoutcomes.analyses.models.rows import inferred, level_pairs, row_sentence, too_few_rows
from hipoutcomes.charts.forest import forest
from hipoutcomes.results import Estimates
from hipoutcomes.stats.models.inference import Inference
from hipoutcomes.stats.models.multiplicity import ADJUSTMENTS, adjusted_p_values
from hipoutcomes.tables.design import Design
from hipoutcomes.vocabulary.minimums import CONTRAST, ESTIMATE

_MEANS = (
    " Adjusted means over a reference grid: numbers at their mean over the rows used, levels of "
    "other factors (and of two-valued columns) at equal weight (Searle et al. 1980)."
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
    inference : Inference
        Coefficients of every column, also of those whose row in `table` gives only a reason.
    fit : object
        What the model's own statistic returned, for diagnostics.
    level : float
        Confidence level.
    """

    design: Design = field(kw_only=True)
    inference: Inference = field(kw_only=True)
    fit: object = field(kw_only=True)
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
        >>> import hipoutcomes as ho
        >>> ho.ancova(frame, "final ~ arm + baseline").means("arm").words[0]
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
        >>> import hipoutcomes as ho
        >>> ho.ancova(frame, "final ~ arm + baseline").contrasts("arm", reference="a").words[0]
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
        return inferred(table, self.inference, self.level, weights, reasons)

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


def _forest(table: pd.DataFrame, *, ax=None, **options):
    """Draw adjusted means or contrasts; the n of each is its rows."""
    names = {"contrast": "group", "n_rows": "n_patients"}
    if "contrast" not in table:
        options.setdefault("reference", None)
    return forest(table.rename(columns=names), ax=ax, **options)
