"""How groups differ, for like patients: adjusted, read in several ways, and refused where thin."""

from collections.abc import Iterable
from typing import Any

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparing.answer import (
    ESTIMAND,
    Asked,
    adjusted_method,
    answer,
    cannot,
    estimates,
    opening_words,
    tables_beside,
)
from hipoutcomes.analyses.comparing.columns import independent_columns
from hipoutcomes.analyses.comparing.found import Found, Needed, Weighing
from hipoutcomes.analyses.comparing.pairs import Pair, pairs_of
from hipoutcomes.analyses.comparing.patients import (
    CHOSEN_BY_THERAPISTS,
    COMPARED_BY,
    Compared,
    compared_patients,
)
from hipoutcomes.analyses.comparing.tables import renumbered
from hipoutcomes.analyses.comparing.within import (
    interaction_rows,
    within_conditions,
    within_words,
)
from hipoutcomes.analyses.question import asked as question_asked
from hipoutcomes.analyses.question import level_of
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.results import Estimates
from hipoutcomes.tables.outcome_rules import OutcomeRule

_WITHIN = (
    "In each condition, least squares with a mean for every condition and group; the F test sets "
    "it against one in which they add up; differences of a pair are pooled over conditions as a "
    "sample whose true differences vary (Gelman 2006)."
)


def comparison(
    clinic: Any,
    outcome: str,
    by: str = "technique",
    adjust: Iterable[str] | None = None,
    *,
    within: str | None = None,
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
    within : {"condition"}, optional
        Differences in each condition instead, partially pooled, with a test that they are the same
        in all; by technique or procedure.
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
        ``.plot()`` draws them; ``.plot(reading="balance")`` how alike groups were at the start.
        ``.supporting``: "readings" (every pair, read in five ways), "agreement" (how far they lie
        apart), "means", "omnibus", "shrunken" (means judged together, with every place that each
        could be in), "balance" (for `charts.love_plot`), "effective n", "co-use" and "technique by
        therapist".

    Raises
    ------
    ValueError
        When an option is not one that exists, or `adjust` names what is known only after the start.
    NotEnoughData
        When the outcome or the grouping was not recorded, improvement does not vary, columns
        named in `adjust` determine one another, or there are more than 12 groups to compare.

    Notes
    -----
    ``improvement = group + b * first score + covariates + therapist + error`` by least squares; CR2
    standard errors by therapist (`stats.models.least_squares.cluster_robust`) where that leaves 4
    degrees of freedom for every difference. A pair is not compared under 20 patients in either
    group, where fewer than two therapists each gave both to five patients or more, or where hardly
    any patients are alike. The weighted reading is `stats.comparing.augmented.augmented_means`.
    Readings are compared by `stats.comparing.agreement`. No group is named as ahead, and no pair
    before the test of all.

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
    _check_options(by, within, trim, resamples)
    adjust = None if adjust is None else [adjust] if isinstance(adjust, str) else list(adjust)
    question = question_asked(clinic, outcome, rule)
    whole = compared_patients(clinic, question, by, adjust)
    needed = Needed.of(clinic, question, by)
    asked = Asked(clinic, whole, needed, level, Weighing(trim, resamples, seed))
    pairs = pairs_of(whole)
    if all(pair.reason for pair in pairs):
        return cannot(asked, pairs)
    kept = sorted({arm for pair in pairs if not pair.reason for arm in pair.arms})
    some, usable = whole.in_arms(kept), renumbered(pairs, kept)
    columns, left_out = independent_columns(some, asked_for=adjust is not None)
    found = Found.of(some, usable, columns, level, asked.weighing)
    if within:
        return _within(asked, some, usable, found, left_out)
    return answer(asked, some, pairs, found, left_out)


def _within(
    asked: Asked, some: Compared, pairs: list[Pair], found: Found, left_out: tuple[str, ...]
) -> Estimates:
    """The answer condition by condition."""
    if "condition" not in some.rows or some.rows["condition"].isna().all():
        raise NotEnoughData(
            "These records hold no condition to compare within.",
            remedy="Leave out within='condition'.",
        )
    inside = within_conditions(some, pairs, asked.level, asked.weighing.seed)
    said = [*opening_words(asked, some), *within_words(inside, some, asked.level)]
    supporting = {
        "each by itself": inside.itself,
        **interaction_rows(inside, some),
        **tables_beside(asked, some, found),
    }
    method = (ESTIMAND, adjusted_method(some, found), _WITHIN)
    return estimates(
        asked, some, said, inside.pooled, method, supporting, left_out, suffix="-within-condition"
    )


def _check_options(by: str, within: str | None, trim: float | None, resamples: int) -> None:
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
    if within is not None and (within != "condition" or by not in CHOSEN_BY_THERAPISTS):
        raise ValueError(
            f"within={within!r} does not go with by={by!r}; within may be 'condition', for by="
            f"{sentences.listed(map(repr, CHOSEN_BY_THERAPISTS), 'or')}."
        )
    if trim is not None and not 0 < trim < 0.5:
        raise ValueError(f"trim must lie between 0 and 0.5, such as 0.05; it is {trim!r}.")
    if resamples != 0 and resamples < 100:
        raise ValueError(f"resamples must be 0, or 100 or more; it is {resamples!r}.")
