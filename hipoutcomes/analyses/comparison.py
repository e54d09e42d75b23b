"""How groups differ, for like patients: adjusted, read in several ways, and refused where thin."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparability import can_compare
from hipoutcomes.analyses.comparing import words
from hipoutcomes.analyses.comparing.co_use import by_therapist, co_use, co_use_words
from hipoutcomes.analyses.comparing.columns import Columns, independent_columns
from hipoutcomes.analyses.comparing.mixed_reading import MIXED, mixed_reading
from hipoutcomes.analyses.comparing.pairs import Pair, pairs_of
from hipoutcomes.analyses.comparing.patients import COMPARED_BY, Compared, compared_patients
from hipoutcomes.analyses.comparing.readings import (
    CHANGE,
    UNADJUSTED,
    Models,
    Reading,
    differences_of,
    fit_models,
)
from hipoutcomes.analyses.comparing.tables import (
    agreement_rows,
    effective_rows,
    headline,
    means_rows,
    no_pair,
    omnibus_rows,
    reading_rows,
    renumbered,
)
from hipoutcomes.analyses.comparing.weighting import (
    WEIGHTED,
    Weighted,
    balance_of,
    weighted_reading,
)
from hipoutcomes.analyses.question import Question, asked, level_of
from hipoutcomes.charts.alternatives import describe_forest
from hipoutcomes.charts.forest import forest
from hipoutcomes.results import Estimates
from hipoutcomes.tables.outcome_rules import OutcomeRule

_ESTIMAND = (
    "Compared: {who}, one episode each, by {exposure}; outcome: improvement in {noun} from the "
    "first score to the {rule}, positive where better. The difference is in mean improvement "
    "between patients alike in {alike}, and takes those not measured again to be like those "
    "measured who are alike in these. "
)
_ADJUSTED = (
    "Least squares of improvement on group and what is held alike (analysis of covariance: Vickers "
    "& Altman 2001), {errors}; an F test of all differences before any of them, p-values of pairs "
    "by Holm (1979). "
)
_CLUSTERED = (
    "standard errors let patients of one therapist agree (CR2, Bell & McCaffrey 2002) with "
    "Satterthwaite degrees of freedom"
)
_CLASSICAL = "t intervals for patients who are independent at equal {alike}"
_WEIGHTED = (
    "Beside it: unadjusted; as change, first scores not held alike; a mixed model with a level for "
    "each therapist; and generalised overlap weights (Li & Li 2019) augmented by an outcome model"
)


def comparison(
    clinic: Any,
    outcome: str,
    by: str = "technique",
    adjust: Iterable[str] | None = None,
    *,
    rule: OutcomeRule | None = None,
    level: float = 0.95,
    trim: float | None = None,
    resamples: int = 500,
    seed: int = 20250106,
) -> Estimates:
    """How much more patients of one group improved than like patients of another.

    The estimand: among patients measured again (one episode each), the difference in mean
    improvement between patients of two groups who are alike in first score, in `adjust` and in
    therapist. By technique, the group is the main technique of the first session, which nothing
    that came later could have chosen. Patients not measured again are taken to be like those
    measured who are alike in these.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure, such as ``pain``.
    by : {"technique", "condition", "procedure", "clinic"}
        What is compared.
    adjust : iterable of str, optional
        What is held alike beside the first score and the therapist, which always are: names of
        what is known at the start, or codes of other measures for their first scores. By default
        age, sex and condition, as far as they were recorded.
    rule : OutcomeRule, optional
        Which score counts as the outcome.
    level : float
        Confidence level of the intervals.
    trim : float, optional
        In the weighted reading, leave out patients whose chance of some group is smaller, such as
        0.05. It changes the population, and is counted.
    resamples : int
        For the intervals of the weighted reading, each of which fits the weights anew; with 0 they
        are by formula.
    seed : int
        Of the resamples.

    Returns
    -------
    Estimates
        One row per pair, with an adjusted difference or the `reason` why there is none.
        ``.supporting``: "readings" (every pair, read in five ways), "agreement" (how far they lie
        apart), "means", "omnibus", "balance" (for `charts.love_plot`), "co-use" and "technique by
        therapist".

    Raises
    ------
    ValueError
        When an option is not one that exists, or `adjust` names what is known only after the start.
    NotEnoughData
        When the outcome or the grouping was not recorded, improvement does not vary, or columns
        named in `adjust` determine one another.

    Notes
    -----
    ``improvement = group + b * first score + covariates + therapist + error`` by least squares;
    `stats.models.cluster_robust` by therapist where that leaves 4 degrees of freedom for every
    difference. A pair is not compared under 20 patients in either group, where fewer than two
    therapists each gave both to five patients or more, or where hardly any patients are alike.
    The weighted reading is `stats.comparing.augmented.augmented_means`. Readings are compared by
    `stats.comparing.agreement`. No group is named as ahead, and no pair before the test of all.

    References
    ----------
    Vickers AJ, Altman DG (2001). BMJ 323, 1123-1124. Li F, Li F (2019). Annals of Applied
    Statistics 13(4), 2389-2415. Lord FM (1967). A paradox in the interpretation of group
    comparisons. Psychological Bulletin 68(5), 304-305. VanderWeele TJ, Ding P (2017). Annals of
    Internal Medicine 167(4), 268-274.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.comparison(ho.load("data/demo_sessions.csv"), "pain", resamples=0)
    >>> answer.table["quantity"].unique().tolist()
    ['adjusted difference in improvement']
    """
    level_of(level)
    _check_options(by, trim, resamples)
    adjust = None if adjust is None else [adjust] if isinstance(adjust, str) else list(adjust)
    question = asked(clinic, outcome, rule)
    whole = compared_patients(clinic, question, by, adjust)
    pairs = pairs_of(whole)
    needed = _Needed.of(clinic, question, by)
    if all(pair.reason for pair in pairs):
        return _cannot(clinic, whole, pairs, needed, level)
    kept = sorted({arm for pair in pairs if not pair.reason for arm in pair.arms})
    some, usable = whole.in_arms(kept), renumbered(pairs, kept)
    columns, left_out = independent_columns(some, asked_for=adjust is not None)
    found = _Found.of(some, usable, columns, level, trim, resamples, seed)
    table = headline(
        whole, pairs, found.models.adjusted, found.models.sigma, level, needed.n_patients
    )
    return _answer(clinic, whole, some, table, found, needed, left_out, level, resamples)


@dataclass(frozen=True, slots=True)
class _Needed:
    """Patients that a comparison takes in each group, and for which difference."""

    n_patients: int
    size: str

    @classmethod
    def of(cls, clinic: Any, question: Question, by: str) -> "_Needed":
        """As `can_compare` plans it."""
        row = can_compare(clinic, question.measure.code, by, rule=question.rule).table.iloc[0]
        whole = row["difference"] == round(row["difference"])
        size = sentences.in_unit(row["difference"], row["unit"], 0 if whole else 1)
        return cls(int(row["n_needed"]), size)


@dataclass(frozen=True, eq=False)
class _Found:
    """Every reading of the pairs that can be compared."""

    pairs: list[Pair]
    models: Models
    mixed: Reading | str
    weighted: Weighted

    @classmethod
    def of(
        cls, compared: Compared, pairs: list[Pair], columns: Columns, level: float,
        trim: float | None, resamples: int, seed: int,
    ) -> "_Found":  # fmt: skip
        """Fit them all."""
        weights = differences_of(pairs, len(compared.arms))
        theirs = np.array([label != "Therapist" for label in columns.labels])
        return cls(
            pairs,
            fit_models(compared, pairs, columns, level),
            mixed_reading(compared, columns.matrix[:, theirs], weights, level),
            weighted_reading(
                compared, pairs, level=level, trim=trim, resamples=resamples, seed=seed
            ),
        )

    def rows(self, compared: Compared, level: float) -> pd.DataFrame:
        """One row per reading and pair."""
        n, models = len(compared), self.models
        weighted = self.weighted.reading or self.weighted.reason
        readings = [
            (models.adjusted.quantity, models.adjusted, n),
            (UNADJUSTED, models.unadjusted, n),
            (CHANGE, models.change, n),
            (MIXED, self.mixed, n),
            (WEIGHTED, weighted, int(self.weighted.kept.sum())),
        ]
        return reading_rows(compared, self.pairs, readings, level)

    def agreement(self, compared: Compared) -> pd.DataFrame:
        """How far the other readings lie from the adjusted one."""
        others = [self.models.change, self.mixed, self.weighted.reading]
        others = [other for other in others if isinstance(other, Reading)]
        return agreement_rows(compared, self.pairs, self.models.adjusted, others)


def _check_options(by: str, trim: float | None, resamples: int) -> None:
    """Refuse options that do not exist."""
    if by == "therapist":
        raise ValueError(
            "by='therapist' is not compared: therapists see different patients and are held alike "
            "instead. ho.improvement(clinic, outcome, by='therapist') describes them."
        )
    if by not in COMPARED_BY:
        raise ValueError(
            f"by={by!r} cannot be compared; it may be "
            f"{sentences.listed(map(repr, COMPARED_BY), 'or')}."
        )
    if trim is not None and not 0 < trim < 0.5:
        raise ValueError(f"trim must lie between 0 and 0.5, such as 0.05; it is {trim!r}.")
    if resamples != 0 and resamples < 100:
        raise ValueError(f"resamples must be 0, or 100 or more; it is {resamples!r}.")


def _cannot(
    clinic: Any, whole: Compared, pairs: list[Pair], needed: _Needed, level: float
) -> Estimates:
    """The answer where no two groups can be compared: that, why, and what it would take."""
    if pairs:
        table = headline(whole, pairs, None, np.nan, level, needed.n_patients)
        why = words.refused_words(table, needed.n_patients, needed.size)
    else:
        table = no_pair(whole, level, needed.n_patients)
        reason = table["reason"].iloc[0]
        why = [f"{sentences.opening(reason)}.", words.needed_words(needed.n_patients, needed.size)]
    noun = whole.question.measure.noun
    said = (
        sentences.measured_of_due(whole.sample),
        f"The records can describe how {noun} changed; they cannot compare {whole.plural}.",
        *why,
    )
    supporting = _around(clinic, whole)
    if len(whole) and len(whole.arms) > 1:
        supporting["balance"] = balance_of(whole)
    return _estimates(whole, whole, said, table, _ESTIMAND, supporting, ())


def _answer(
    clinic: Any, whole: Compared, some: Compared, table: pd.DataFrame, found: _Found,
    needed: _Needed, left_out: tuple[str, ...], level: float, resamples: int,
) -> Estimates:  # fmt: skip
    """Words, tables and notes of a comparison that could be made."""
    agreement = found.agreement(some)
    supporting = {
        "readings": found.rows(some, level),
        "agreement": agreement,
        "omnibus": omnibus_rows(some, found.models),
        "means": means_rows(some, found.models, level),
        "balance": found.weighted.balance,
        "effective n": effective_rows(some, found.weighted),
        **_around(clinic, whole),
    }
    method = _ESTIMAND + _ADJUSTED.format(
        errors=_CLUSTERED if found.models.clustered
        else _CLASSICAL.format(alike=sentences.listed(some.held_alike))
    ) + _weighted_method(resamples)  # fmt: skip
    said = (
        sentences.measured_of_due(whole.sample),
        words.who_words(whole, some),
        *_said(some, table, found, agreement, level),
        *words.refused_words(table, needed.n_patients, needed.size),
    )
    if "co-use" in supporting:
        said = (*said[:2], co_use_words(clinic, whole), *said[2:])
    notes = (*left_out, *_rough(found.weighted))
    return _estimates(whole, some, said, table, method, supporting, notes)


def _said(
    some: Compared, table: pd.DataFrame, found: _Found, agreement: pd.DataFrame, level: float
) -> list[str]:
    """What was found: all together first, then pairs, then how far it can be trusted."""
    models = found.models
    p_value, sums = models.omnibus.p_value, models.adjusted.sums
    furthest = float(np.max(np.maximum(np.abs(sums.conf_low), np.abs(sums.conf_high))))
    said = [words.omnibus_words(some, p_value, level, furthest)]
    if p_value < 1 - level:
        said += words.pair_words(table, models.unadjusted.sums.estimate, some, level)
        said += words.e_value_words(table, some, level)
    change = models.change.sums
    apart = models.adjusted.against(models.change).p_value
    said += words.start_words(table, some)
    said += words.lord_words(
        table, (change.estimate, change.conf_low, change.conf_high), apart, some, level
    )
    said += words.weighted_words(found.weighted, some)
    others = agreement[~agreement["quantity"].str.endswith(CHANGE)]
    return said + words.checked_words(others, level)


def _weighted_method(resamples: int) -> str:
    """How the readings beside the adjusted one are made."""
    if resamples:
        return (
            f"{_WEIGHTED}, with percentiles of {resamples:,} resamples of patients, each weighted "
            "anew, as limits."
        )
    return f"{_WEIGHTED}, with t intervals by the sandwich of all their equations."


def _rough(weighted: Weighted) -> tuple[str, ...]:
    """A note where resamples and the formula give different standard errors."""
    if not weighted.ratio > words.ROUGH:
        return ()
    return (
        f"Standard errors of the weighted reading from resamples and from the formula differ by a "
        f"factor of up to {weighted.ratio:.1f}: take its intervals as rough.",
    )


def _around(clinic: Any, whole: Compared) -> dict[str, pd.DataFrame]:
    """Tables that stand beside any answer: co-use of techniques, and technique by therapist."""
    found = {}
    if not len(whole):
        return found
    by = whole.grouping.name
    if by == "technique" and clinic.shape == "sessions":
        found["co-use"] = co_use(clinic, whole)
    if whole.therapist is not None:
        found[f"{by} by therapist"] = by_therapist(whole)
    return found


def _estimates(
    whole: Compared, some: Compared, said: tuple[str, ...], table: pd.DataFrame, method: str,
    supporting: dict[str, pd.DataFrame], notes: tuple[str, ...],
) -> Estimates:  # fmt: skip
    """The answer, with what stands beside every comparison."""
    question, grouping = whole.question, whole.grouping
    no_therapist = ()
    if whole.therapist is None and grouping.name != "clinic":
        no_therapist = ("No therapist was recorded: the difference cannot be adjusted for them.",)
    exposure = question.exposure if grouping.name == "technique" else ""
    drawn = table.rename(columns={"contrast": "group"})
    return Estimates(
        name=f"comparison-{question.measure.code.replace('_', '-')}-by-{grouping.name}"
        f"{question.suffix}",
        question=f"How do {whole.plural} differ in {question.measure.noun}, for like patients?",
        words=tuple(said),
        table=table,
        method=method.format(
            who="patients whose later score was due and who were measured again",
            exposure=exposure or grouping.label.lower(),
            noun=question.measure.noun,
            rule=question.rule.label,
            alike=sentences.listed(some.held_alike),
        ).strip(),
        sample={**whole.sample, "compared": len(some)},
        notes=(words.ASSUMED, grouping.caution, *no_therapist, *whole.notes, *notes),
        supporting=supporting,
        chart=_pairs_chart,
        alternative=describe_forest(drawn),
    )


def _pairs_chart(table: pd.DataFrame, *, ax=None, **options):
    """Draw the adjusted differences, one row per pair."""
    return forest(table.rename(columns={"contrast": "group"}), ax=ax, **options)
