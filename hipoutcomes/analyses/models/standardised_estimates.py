"""A model of shares or counts, whose means are standardised over the rows it was fitted to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from hipoutcomes.analyses.models.estimates import ModelEstimates
from hipoutcomes.analyses.models.rows import model_words
from hipoutcomes.stats.models.categories.standardised import standardised_means
from hipoutcomes.stats.models.inference import Inference
from hipoutcomes.tables.design import Design

#: What a coefficient is, by link; the intercept's is no ratio.
_COEFFICIENTS = {
    "logit": ("log odds ratio", "log odds"),
    "log": ("log ratio of means", "log mean"),
}

STANDARDISED = (
    " Means are standardised over the rows used: what the model expects were every row at that "
    "level and otherwise as it is, averaged; their standard errors are by the delta method "
    "(Muller & MacLehose 2014)."
)


@dataclass(frozen=True, eq=False, repr=False)
class StandardisedEstimates(ModelEstimates):
    """A fitted model of shares or counts: a row per coefficient, means and contrasts to ask for.

    Attributes
    ----------
    link : str
        "logit" for shares, "log" for counts.
    """

    link: str = field(kw_only=True)

    _over: ClassVar[str] = "the rows used"
    _averaged: ClassVar[str] = STANDARDISED

    @property
    def _mean(self) -> str:
        return "adjusted share" if self.link == "logit" else "adjusted mean count"

    @property
    def _asked(self) -> str:
        return "the share with {outcome}" if self.link == "logit" else "the mean count of {outcome}"

    @property
    def _unit(self) -> str:
        return "share" if self.link == "logit" else ""

    @property
    def _difference(self) -> str:
        of = "share" if self.link == "logit" else "mean count"
        return f"adjusted difference in {of}"

    def _level_sums(self, factor: str, by: str | None) -> tuple[list, np.ndarray, Inference]:
        """Levels, and the standardised mean at each as a coefficient of its own."""
        levels, _ = self.design.reference_rows(factor, by)
        means, covariance = standardised_means(
            self.inference.beta,
            self.inference.covariance,
            rows_at_each_level(self.design, factor, by),
            self.link,
        )
        df = float(self.inference.degrees_of_freedom(np.eye(1, len(self.inference.beta)))[0])
        inference = Inference(
            means,
            covariance,
            lambda weights: np.full(len(weights), df),
            n_clusters=self.inference.n_clusters,
        )
        return levels, np.eye(len(means)), inference

    def _means_shown(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table without tests against zero, its intervals on the scale of the link."""
        shown = table.drop(columns=["statistic", "p_value"])
        return shown.assign(**linked_interval(table, self.link))


def linked_interval(table: pd.DataFrame, link: str) -> dict[str, np.ndarray]:
    """Limits found on the scale of the link, so that they stay where a share or count can be."""
    to, back = {"logit": (logit, expit), "log": (np.log, np.exp)}[link]
    mean = table["estimate"].to_numpy()
    slope = mean * (1 - mean) if link == "logit" else mean
    reach = (table["conf_high"].to_numpy() - mean) / slope
    return {"conf_low": back(to(mean) - reach), "conf_high": back(to(mean) + reach)}


def rows_at_each_level(made: Design, factor: str, by: str | None = None) -> Iterator[np.ndarray]:
    """The rows used with a factor set to each of its levels, as designs (n, k) one by one."""
    names = (factor,) if by is None else (by, factor)
    for levels in product(*(made.levels[name].index for name in names)):
        changed = {
            name: _everywhere(level, made, name) for name, level in zip(names, levels, strict=True)
        }
        rows = made.rows.assign(**changed)
        yield made.spec.get_model_matrix(rows, context={}).to_numpy(dtype=float)


def _everywhere(level, made: Design, name: str) -> pd.Series:
    """One level of a factor for every row, as the column's own kind."""
    column = made.rows[name]
    return pd.Series([level] * len(column), index=column.index, dtype=column.dtype)


def ratio_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Coefficients that are logarithms of ratios, as the ratios themselves."""
    shown = table.drop(columns=["std_error", "statistic", "df"])
    limits = {name: np.exp(table[name]) for name in ("estimate", "conf_low", "conf_high")}
    quantity = table["quantity"].str.removeprefix("log ")
    return shown.assign(quantity=quantity, **limits)


_RATIO_OF = {
    "logit": ("the odds of {}", "shares"),
    "log": ("mean {}", "counts"),
    "cumulative": ("the odds of lying in a higher category of {}", "shares in each category"),
}


def ratio_words(made: Design, level: float, link: str) -> tuple[str, ...]:
    """Who is in the model, and what a row of its table is."""
    first, _, *rest = model_words(made, level)
    of, shown = _RATIO_OF[link]
    asked = ".means() gives" if link == "cumulative" else ".means() and .contrasts() give"
    return (
        first,
        f"Each row of the table is the logarithm of the ratio of {of.format(made.outcome_name)}, "
        f"with its {level:.0%} interval, between rows one unit apart in that column (for a level: "
        "between it and the first level) and alike in every other column; the ratios themselves "
        f"are in .supporting['ratios'], and {asked} {shown}.",
        *rest,
    )


def log_ratios(table: pd.DataFrame, link: str) -> pd.DataFrame:
    """A table of coefficients that says what each is the logarithm of."""
    ratio, alone = _COEFFICIENTS[link]
    return table.assign(quantity=np.where(table["term"] == "Intercept", alone, ratio))
