"""ModelEstimates: a fitted model's coefficients, with adjusted means and contrasts to ask for."""

import re
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from hipoutcomes.analyses.models.level_counts import LevelCounts
from hipoutcomes.analyses.models.rows import family_note, inferred, level_pairs, row_sentence
from hipoutcomes.analyses.models.terms import (
    joint_method,
    joint_row,
    term_list,
    term_notes,
)
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
    patients : ndarray, shape (n,), optional
        Patient of each row used, where the model knows them: minimums then count patients.
    """

    design: Design = field(kw_only=True)
    inference: Inference = field(kw_only=True)
    fit: object = field(kw_only=True)
    level: float = field(kw_only=True)
    patients: np.ndarray | None = field(kw_only=True, default=None)

    #: What `means` and `contrasts` give, in what unit where it is no unit of the outcome, and over
    #: what; a model of another scale has its own.
    _asked: ClassVar[str] = "mean {outcome}"
    _mean: ClassVar[str] = "adjusted mean"
    _difference: ClassVar[str] = "adjusted difference"
    _unit: ClassVar[str] = ""
    _over: ClassVar[str] = "the reference grid"
    _averaged: ClassVar[str] = _MEANS

    def means(self, factor: str, by: str | None = None) -> Estimates:
        """Mean outcome at each level of a factor, were all other columns alike.

        Parameters
        ----------
        factor : str
            A factor of the formula: words, ``C(...)``, or a column with two values.
        by : str, optional
            Another factor: the means within each level of it.

        Raises
        ------
        ValueError
            When `factor` or `by` is not a factor of the formula; the factors are named.

        Notes
        -----
        See `tables.design.Design.reference_rows`. A level with fewer than 10 patients (in a model
        without patients: rows) gets its count and the reason instead of a mean.

        Examples
        --------
        >>> frame = pd.DataFrame({"final": [6, 5, 3, 4] * 12, "arm": list("aabb") * 12,
        ...                       "baseline": [5, 7, 8] * 16})
        >>> import hipoutcomes as ho
        >>> ho.ancova(frame, "final ~ arm + baseline").means("arm").words[0]
        'a: adjusted mean 5.50 (95% interval 5.29 to 5.71).'
        """
        levels, weights, inference = self._level_sums(factor, by)
        counts = LevelCounts.of(self.design, factor, by, self.patients)
        cells = [(place,) for place in range(len(levels))]
        names = [level if by is None else level[1] for level in levels]
        table = pd.DataFrame({"outcome": self.design.outcome_name, "group": list(map(str, names))})
        table.insert(1, "quantity", self._mean)
        if by is not None:
            table["within"] = [str(level[0]) for level in levels]
        table = table.assign(**counts.together(cells))
        small = counts.reasons(cells, table["group"], ESTIMATE, f"an {self._mean}")
        within = f" within each level of {by}" if by is not None else ""
        return self._answer(
            f"means-{factor}" + (f"-within-{by}" if by is not None else ""),
            f"What would {self._asked.format(outcome=self.design.outcome_name)} be at each level "
            f"of {factor}{within}, all else being equal?",
            self._means_shown(inferred(table, inference, self.level, weights, small)),
            self._averaging(factor, by),
        )

    def contrasts(
        self, factor: str, reference=None, adjust: str = "holm", by: str | None = None
    ) -> Estimates:
        """Differences between the adjusted means of a factor.

        Parameters
        ----------
        factor : str
            A factor of the formula.
        reference : level of the factor, optional
            Every other level minus this one; all pairs without.
        adjust : {"holm", "bh", "none"}
            How ``p_adjusted`` allows for several contrasts.
        by : str, optional
            Another factor: the differences within each level of it.

        Raises
        ------
        ValueError
            When `factor`, `by`, `reference` or `adjust` is unknown; what is known is named.

        Notes
        -----
        Intervals and ``p_value`` are for one contrast at a time. ``p_adjusted`` allows for every
        contrast of the table, with `by` those within all its levels together: whoever looks for a
        difference anywhere in the table has made them all. (R's emmeans gives the same with
        ``by = NULL``; left to itself it adjusts within each level of `by` alone.)

        A contrast with fewer than 20 patients (in a model without patients: rows) at either level
        gets its count and the reason instead of an estimate, and is not counted among the
        comparisons.

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
        levels, weights, inference = self._level_sums(factor, by)
        counts = LevelCounts.of(self.design, factor, by, self.patients)
        names = list(map(str, self.design.levels[factor].index))
        pairs = level_pairs(names, reference, factor)
        starts = range(0, len(levels), len(names))
        cells = [(start + i, start + j) for start in starts for i, j in pairs]
        first, second = (list(side) for side in zip(*cells, strict=True))
        shown = [f"{names[i]} - {names[j]}" for i, j in pairs] * len(starts)
        table = pd.DataFrame({"outcome": self.design.outcome_name, "contrast": shown})
        table.insert(1, "quantity", self._difference)
        if by is not None:
            table["within"] = [str(levels[place][0]) for place in first]
        table = table.assign(**counts.together(cells))
        small = counts.reasons(cells, names * len(starts), CONTRAST, "a contrast")
        table = inferred(table, inference, self.level, weights[first] - weights[second], small)
        place = table.columns.get_loc("p_value") + 1
        table.insert(place, "p_adjusted", adjusted_p_values(table["p_value"], adjust))
        within = f" within each level of {by}" if by is not None else ""
        return self._answer(
            f"contrasts-{factor}" + (f"-within-{by}" if by is not None else ""),
            f"How does {self.design.outcome_name} differ between levels of {factor}{within}, "
            "all else being equal?",
            table,
            (*self._averaging(factor, by), family_note(table, adjust)),
        )

    def test(self, *terms: str) -> Estimates:
        """Test each of these terms of the model as a whole, by an omnibus test.

        Parameters
        ----------
        *terms : str
            A factor (``"technique"``): are all its levels alike? Another column
            (``"baseline"``) or a term of the formula (``"technique:baseline"``, an interaction):
            are all its coefficients zero?

        Raises
        ------
        ValueError
            When no term is given, or one is not in the formula; the terms are named.

        Notes
        -----
        For a factor the sums tested are the differences between its levels, all at once, on the
        scale of the coefficients; where the formula multiplies the factor with others, averaged
        over the reference grid. The statistic is an F statistic whose numerator and denominator
        degrees of freedom are given; the denominator's come from the model (see `method`). Each row
        is tested alone: nothing is adjusted for having asked several.

        Examples
        --------
        >>> frame = pd.DataFrame({"final": [6, 5, 3, 4, 2, 3] * 8, "arm": list("aabbcc") * 8,
        ...                       "baseline": [5, 7, 8] * 16})
        >>> import hipoutcomes as ho
        >>> table = ho.ancova(frame, "final ~ arm + baseline").test("arm").table
        >>> table[["term", "statistic", "df_numerator", "df"]].round(2).to_numpy().tolist()
        [['arm', 132.85, 2.0, 44.0]]
        """
        if not terms:
            raise ValueError(f"Name a term to test; the formula has {term_list(self.design)}.")
        rows = [joint_row(self.design, self.inference, term, self.patients) for term in terms]
        table = pd.DataFrame([row for row, _ in rows])
        return Estimates(
            name="-".join(["test", *(re.sub(r"\W+", "-", term).strip("-") for term in terms)]),
            question=f"Does {self.design.outcome_name} differ with {' and with '.join(terms)}, "
            "all else in the model being equal?",
            words=tuple(sentence for _, sentence in rows),
            table=table,
            method=self.method + joint_method(self.inference),
            sample=self.sample,
            notes=(*term_notes(self.design, terms), *self.notes),
        )

    def _level_sums(self, factor: str, by: str | None) -> tuple[list, np.ndarray, Inference]:
        """Levels, the weighted sums that are their adjusted means, and what they are sums of."""
        return (*self.design.reference_rows(factor, by), self.inference)

    def _means_shown(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table of adjusted means, as it is."""
        return table

    def _answer(self, name: str, question: str, table: pd.DataFrame, notes: tuple) -> Estimates:
        """Estimates that keep the model's method, sample and cautions."""
        if self._unit:
            table = table.assign(unit=self._unit)
        return Estimates(
            name=name,
            question=question,
            words=tuple(map(row_sentence, table.to_dict("records"))),
            table=table,
            method=self.method + self._averaged,
            sample=self.sample,
            notes=(*notes, *self.notes),
            chart=_forest,
            alternative=f"Estimates with {self.level:.0%} intervals, one per row of the table.",
        )

    def _averaging(self, factor: str, by: str | None) -> tuple[str, ...]:
        """A caution where the factor's differences depend on a column that is averaged over."""
        products = [names for names in self.design.products if factor in names]
        partners = {name for names in products for name in names} - {factor, by}
        if not partners:
            return ()
        return (
            f"Differences between levels of {factor} depend on {', '.join(sorted(partners))} in "
            f"this model; what is shown is their average over {self._over}.",
        )


def _forest(table: pd.DataFrame, *, ax=None, **options):
    """Draw adjusted means or contrasts; the n of each is its patients, or its rows."""
    drawn = table.rename(columns={"contrast": "group"})
    if "n_patients" not in drawn:
        drawn = drawn.rename(columns={"n_rows": "n_patients"})
    if "within" in drawn:
        drawn = drawn.assign(group=drawn["within"] + ": " + drawn["group"])
    if "contrast" not in table:
        options.setdefault("reference", None)
    return forest(drawn, ax=ax, **options)
