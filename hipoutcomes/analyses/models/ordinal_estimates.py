"""A model of ordered categories, with the share in each category to ask for."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from hipoutcomes.analyses.models.estimates import ModelEstimates
from hipoutcomes.analyses.models.level_counts import LevelCounts
from hipoutcomes.analyses.models.rows import inferred
from hipoutcomes.analyses.models.standardised_estimates import (
    STANDARDISED,
    linked_interval,
    rows_at_each_level,
)
from hipoutcomes.results import Estimates
from hipoutcomes.stats.models.inference import Inference
from hipoutcomes.vocabulary.minimums import ESTIMATE


@dataclass(frozen=True, eq=False, repr=False)
class OrdinalEstimates(ModelEstimates):
    """A fitted model of ordered categories: log odds ratios of lying in a higher one.

    Attributes
    ----------
    categories : tuple of str
        From the lowest to the highest.
    """

    categories: tuple[str, ...] = field(kw_only=True)

    _difference: ClassVar[str] = "adjusted difference in log odds"
    _averaged: ClassVar[str] = (
        " Differences in log odds are logarithms of odds ratios; they hold over a reference grid: "
        "numbers at their mean over the rows used, levels of other factors at equal weight."
    )

    def means(self, factor: str, by: str | None = None) -> Estimates:
        """Share in each category at each level of a factor, standardised over the rows used.

        Parameters
        ----------
        factor : str
            A factor of the formula: words, ``C(...)``, or a column with two values.
        by : str, optional
            Another factor: the shares within each level of it.

        Raises
        ------
        ValueError
            When `factor` or `by` is not a factor of the formula; the factors are named.

        Notes
        -----
        The share in each category that the rows used would show, were all of them at that level
        and otherwise as they are, by the model; see `OrdinalFit.standardised` of
        `stats.models.categories.ordinal`.

        Examples
        --------
        >>> import hipoutcomes as ho
        >>> frame = pd.DataFrame({"pain": [0, 1, 1, 2, 0, 1, 2, 2] * 8})
        >>> frame["arm"] = list("aaaabbbb") * 8
        >>> shares = ho.ordinal(frame, "pain ~ arm").means("arm").table
        >>> shares[["group", "category", "estimate"]].round(2).to_numpy().tolist()[:3]
        [['a', '0', 0.3], ['a', '1', 0.39], ['a', '2', 0.3]]
        """
        table, reasons = self._share_rows(factor, by)
        table = inferred(table, self._shares(factor, by), self.level, np.eye(len(table)), reasons)
        table = table.assign(**linked_interval(table, "logit"))
        within = f" within each level of {by}" if by is not None else ""
        return Estimates(
            name=f"means-{factor}" + (f"-within-{by}" if by is not None else ""),
            question=f"What share would lie in each category of {self.design.outcome_name} at each "
            f"level of {factor}{within}, all else being equal?",
            words=tuple(map(_share_sentence, table.to_dict("records"))),
            table=table.drop(columns=["statistic", "p_value"]),
            method=self.method + STANDARDISED,
            sample=self.sample,
            notes=self.notes,
        )

    def _share_rows(self, factor: str, by: str | None) -> tuple[pd.DataFrame, list[str]]:
        """A row for each level and category with its counts, and why a level is too small."""
        levels, _ = self.design.reference_rows(factor, by)
        counts = LevelCounts.of(self.design, factor, by, self.patients)
        cells = [(place,) for place in range(len(levels))]
        names = [str(level if by is None else level[1]) for level in levels]
        table = pd.DataFrame({"outcome": self.design.outcome_name, "group": names})
        table.insert(1, "quantity", "adjusted share")
        table.insert(2, "unit", "share")
        if by is not None:
            table["within"] = [str(level[0]) for level in levels]
        table = table.assign(
            **counts.together(cells),
            reason=counts.reasons(cells, names, ESTIMATE, "an adjusted share"),
        )
        n = len(self.categories)
        table = table.loc[np.repeat(table.index, n)].reset_index(drop=True)
        place = table.columns.get_loc("group") + 1
        table.insert(place, "category", list(self.categories) * len(levels))
        return table.drop(columns="reason"), table["reason"].tolist()

    def _shares(self, factor: str, by: str | None) -> Inference:
        """Standardised shares, level by level and in each the categories in order."""
        slopes = [place for place, name in enumerate(self.design.columns) if name != "Intercept"]
        shares, covariance = self.fit.standardised(
            rows[:, slopes] for rows in rows_at_each_level(self.design, factor, by)
        )
        return Inference(shares.ravel(), covariance, lambda weights: np.full(len(weights), np.inf))


def _share_sentence(row: dict) -> str:
    """The share in one category in words."""
    name = f"{row['within']}: {row['group']}" if "within" in row else row["group"]
    if row["reason"]:
        return f"{name}, {row['category']}: no estimate ({row['reason']})."
    return (
        f"{name}: {row['estimate']:.0%} lie in {row['category']} "
        f"({row['level']:.0%} interval {row['conf_low']:.0%} to {row['conf_high']:.0%})."
    )
