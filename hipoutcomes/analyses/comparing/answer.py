"""A comparison as an answer: its sentences in order, its tables, and what it assumes."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparing import words
from hipoutcomes.analyses.comparing.co_use import by_therapist, co_use, co_use_words
from hipoutcomes.analyses.comparing.found import Found, Needed, Weighing
from hipoutcomes.analyses.comparing.pairs import Pair
from hipoutcomes.analyses.comparing.patients import Compared
from hipoutcomes.analyses.comparing.readings import CHANGE
from hipoutcomes.analyses.comparing.shrunken import place_words, shrunken_rows
from hipoutcomes.analyses.comparing.tables import (
    effective_rows,
    headline,
    means_rows,
    no_pair,
    omnibus_rows,
)
from hipoutcomes.analyses.comparing.weighting import Weighted, balance_of
from hipoutcomes.charts import labels
from hipoutcomes.charts.alternatives import describe_forest
from hipoutcomes.charts.forest import forest
from hipoutcomes.charts.love_plot import love_plot
from hipoutcomes.results import Estimates
from hipoutcomes.stats.models.multiplicity import adjusted_p_values

ESTIMAND = (
    "Compared: patients whose later score was due and who were measured again, one episode each, "
    "by {exposure}; outcome: improvement in {noun} from the first score to the {rule}, positive "
    "where better. The difference is in mean improvement between patients alike in {alike}, and "
    "takes those not measured again to be like those measured who are alike in these."
)
_ADJUSTED = (
    "Least squares of improvement on group and what is held alike (analysis of covariance: Vickers "
    "& Altman 2001), {errors}; an F test of all differences before any of them, p-values of pairs "
    "by Holm (1979)."
)
_CLUSTERED = (
    "standard errors let patients of one therapist agree (CR2, Bell & McCaffrey 2002) with "
    "Satterthwaite degrees of freedom"
)
_CLASSICAL = "t intervals for patients who are independent at equal {alike}"
_BESIDE = (
    "Beside it: unadjusted; as change, first scores not held alike; a mixed model with a level for "
    "each therapist; and generalised overlap weights (Li & Li 2019) augmented by an outcome model, "
    "with {limits}."
)
_RESAMPLED = (
    "percentiles of {n:,} resamples of patients, each weighted anew (seed {seed}), as limits"
)

#: What the chart can show.
_READINGS = ("differences", "balance")

_FORMULA = "t intervals by the sandwich of all their equations"


@dataclass(frozen=True, eq=False)
class Asked:
    """What a comparison is about.

    Attributes
    ----------
    clinic : Clinic
    whole : Compared
        With all arms.
    needed : Needed
    level : float
    weighing : Weighing
    """

    clinic: Any
    whole: Compared
    needed: Needed
    level: float
    weighing: Weighing


def cannot(asked: Asked, pairs: list[Pair]) -> Estimates:
    """The answer where no two arms can be compared: that, why, and what it would take.

    Parameters
    ----------
    asked : Asked
    pairs : list of Pair
        All with a reason; empty with fewer than two arms.
    """
    whole, needed = asked.whole, asked.needed
    if pairs:
        table = headline(whole, pairs, None, np.nan, asked.level, needed.n_patients)
        why = words.refused_words(pairs, whole, needed.n_patients, needed.size)
    else:
        table = no_pair(whole, asked.level, needed.n_patients)
        reason = table["reason"].iloc[0]
        why = [f"{sentences.opening(reason)}.", words.needed_words(needed.n_patients, needed.size)]
    said = [
        sentences.measured_of_due(whole.sample),
        f"The records can describe how {whole.question.measure.noun} changed; they cannot compare "
        f"{whole.plural}.",
        *why,
    ]
    supporting = _around(asked)
    if len(whole) and len(whole.arms) > 1:
        supporting["balance"] = balance_of(whole)
    return estimates(asked, whole, said, table, (ESTIMAND,), supporting, ())


def answer(
    asked: Asked, some: Compared, pairs: list[Pair], found: Found, left_out: tuple[str, ...]
) -> Estimates:
    """The answer where arms can be compared.

    Parameters
    ----------
    asked : Asked
    some : Compared
        Arms that can be compared.
    pairs : list of Pair
        Of all arms.
    found : Found
    left_out : tuple of str
        Notes on what is not held alike.
    """
    whole, level, needed = asked.whole, asked.level, asked.needed
    models, n_needed = found.models, needed.n_patients
    table = headline(whole, pairs, models.adjusted, models.sigma, level, n_needed)
    supporting = tables_beside(asked, some, found)
    said = [*opening_words(asked, some), *_found_words(some, table, found, supporting, level)]
    said += words.refused_words(pairs, whole, n_needed, needed.size)
    method = (ESTIMAND, adjusted_method(some, found), _weighted_method(asked.weighing))
    notes = (*left_out, *_rough(found.weighted))
    return estimates(asked, some, said, table, method, supporting, notes)


def opening_words(asked: Asked, some: Compared) -> list[str]:
    """Who is compared, and what techniques went together."""
    whole = asked.whole
    said = [sentences.measured_of_due(whole.sample), words.who_words(whole, some)]
    if _has_techniques(asked):
        said.append(co_use_words(asked.clinic, whole))
    return said


def tables_beside(asked: Asked, some: Compared, found: Found) -> dict[str, pd.DataFrame]:
    """Every table beside the headline."""
    level, models = asked.level, found.models
    shrunken = shrunken_rows(some, models, level, asked.weighing.seed)
    return {
        "readings": found.rows(some, level),
        "agreement": found.agreement(some),
        "omnibus": omnibus_rows(some, models),
        "means": means_rows(some, models, level),
        **({} if shrunken is None else {"shrunken": shrunken}),
        "balance": found.weighted.balance,
        "effective n": effective_rows(some, found.weighted),
        **_around(asked),
    }


def adjusted_method(some: Compared, found: Found) -> str:
    """How the adjusted differences are made."""
    alike = sentences.listed(some.held_alike)
    return _ADJUSTED.format(
        errors=_CLUSTERED if found.models.clustered else _CLASSICAL.format(alike=alike)
    )


def estimates(
    asked: Asked,
    some: Compared,
    said: list[str],
    table: pd.DataFrame,
    method: tuple[str, ...],
    supporting: dict[str, pd.DataFrame],
    notes: tuple[str, ...],
    *,
    suffix: str = "",
) -> Estimates:
    """The answer, with what stands beside every comparison.

    Parameters
    ----------
    asked : Asked
    some : Compared
    said : list of str
    table : DataFrame
        With `contrast`, and `group` where differences are within something.
    method : tuple of str
        The estimand first.
    supporting : dict of str to DataFrame
    notes : tuple of str
    suffix : str
        Of a file-safe name.
    """
    whole = asked.whole
    question, grouping = whole.question, whole.grouping
    no_therapist = ()
    if whole.therapist is None and grouping.name != "clinic":
        no_therapist = ("No therapist was recorded: the difference cannot be adjusted for them.",)
    exposure = question.exposure if grouping.name == "technique" else ""
    estimand = method[0].format(
        exposure=exposure or grouping.label.lower(),
        noun=question.measure.noun,
        rule=question.rule.label,
        alike=sentences.listed(some.held_alike),
    )
    name = f"comparison-{question.measure.code.replace('_', '-')}-by-{grouping.name}{suffix}"
    return Estimates(
        name=f"{name}{question.suffix}",
        question=f"How do {whole.plural} differ in {question.measure.noun}, for like patients?",
        words=tuple(said),
        table=table,
        method=" ".join((estimand, *method[1:])),
        sample={**whole.sample, "compared": len(some)},
        notes=(*words.cautions(grouping), *no_therapist, *whole.notes, *notes),
        supporting=supporting,
        chart=partial(_drawn, supporting.get("balance")),
        alternative=describe_forest(_as_groups(table)),
    )


def _found_words(
    some: Compared, table: pd.DataFrame, found: Found, beside: dict[str, pd.DataFrame], level: float
) -> list[str]:
    """What was found: all together first, then pairs, then how far it can be trusted."""
    models = found.models
    p_value, sums = models.omnibus.p_value, models.adjusted.sums
    furthest = float(np.max(np.maximum(np.abs(sums.conf_low), np.abs(sums.conf_high))))
    said = [words.omnibus_words(some, p_value, level, furthest)]
    if p_value < 1 - level:
        said += words.pair_words(table, models.unadjusted.sums.estimate, some, level)
        said += words.e_value_words(table, some, level)
    if "shrunken" in beside:
        said += place_words(beside["shrunken"], some.plural)
    change = models.change.sums
    limits = (change.estimate, change.conf_low, change.conf_high)
    apart = adjusted_p_values(models.adjusted.against(models.change).p_value, "holm")
    said += words.start_words(table, some)
    said += words.lord_words(table, limits, apart, some, level)
    said += words.weighted_words(found.weighted, some)
    agreement = beside["agreement"]
    others = agreement[~agreement["quantity"].str.endswith(CHANGE)]
    return said + words.checked_words(others, table, some, level)


def _weighted_method(weighing: Weighing) -> str:
    """How the readings beside the adjusted one are made."""
    drawn = _RESAMPLED.format(n=weighing.resamples, seed=weighing.seed)
    return _BESIDE.format(limits=drawn if weighing.resamples else _FORMULA)


def _rough(weighted: Weighted) -> tuple[str, ...]:
    """A note where resamples and the formula give different standard errors."""
    if not weighted.ratio > words.ROUGH:
        return ()
    return (
        f"Standard errors of the weighted reading from resamples and from the formula differ by a "
        f"factor of up to {weighted.ratio:.1f}: take its intervals as rough.",
    )


def _has_techniques(asked: Asked) -> bool:
    """Whether there are sessions in which techniques can go together."""
    whole = asked.whole
    by_session = asked.clinic.shape == "sessions"
    return len(whole) > 0 and whole.grouping.name == "technique" and by_session


def _around(asked: Asked) -> dict[str, pd.DataFrame]:
    """Tables that stand beside any answer: co-use of techniques, and technique by therapist."""
    found, whole = {}, asked.whole
    if _has_techniques(asked) and len(used := co_use(asked.clinic, whole)):
        found["co-use"] = used
    if len(whole) and whole.therapist is not None:
        found[f"{whole.grouping.name} by therapist"] = by_therapist(whole)
    return found


def _as_groups(table: pd.DataFrame) -> pd.DataFrame:
    """The table with one name per row, for a forest chart."""
    name = table["contrast"]
    if "group" in table:
        name = table["group"] + ": " + name
    return table.assign(group=name)


def _drawn(
    balance: pd.DataFrame | None,
    table: pd.DataFrame,
    *,
    ax=None,
    reading: str = "differences",
    **options,
):
    """Draw the differences, or how alike groups were at the start before and after weighting."""
    if reading not in _READINGS:
        raise ValueError(f"reading must be one of {', '.join(_READINGS)}; it is {reading!r}.")
    if reading == "differences":
        return _pairs_chart(table, ax=ax, **options)
    if balance is None or balance.empty:
        raise ValueError("There is no balance to draw: nothing was compared.")
    return love_plot(balance, ax=ax, **options)


def _pairs_chart(table: pd.DataFrame, *, ax=None, **options):
    """Draw the differences, one row each, and say which side of zero is whose.

    Reasons are sentences, too long for a row: the table and the words have them.
    """
    drawn = _as_groups(table)
    drawn["reason"] = np.where(drawn["reason"] == "", "", "cannot be compared")
    ax = forest(drawn, ax=ax, **options)
    direction = "right: the first named improved more"
    ax.set_xlabel(labels.wrapped(labels.axis_label(table, "Estimate", direction), 72))
    return ax
