"""From a clinic to what a shared copy counts: sums over clients, by group."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.analyses.groups.grouping import group_rows
from hipoutcomes.analyses.question import Question, asked
from hipoutcomes.analyses.shares.chosen_threshold import chosen_threshold
from hipoutcomes.analyses.shares.improved_enough import sort_patients
from hipoutcomes.clinic import Clinic
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.privacy.suppression.population import (
    ALL,
    CLASSES,
    Population,
    Scale,
    Snapshot,
)
from hipoutcomes.privacy.suppression.therapist_codes import TherapistCodes
from hipoutcomes.report.sections.outcomes import main_outcome
from hipoutcomes.tables.treatments import MIXED
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES
from hipoutcomes.vocabulary.groupings import GROUPINGS
from hipoutcomes.vocabulary.measures import Measure
from hipoutcomes.vocabulary.questionnaires import SCORINGS
from hipoutcomes.vocabulary.thresholds import Threshold

#: Groupings that a shared copy can show, the one most asked for first.
SHARED = ("technique", "condition", "n_follow_ups", "age_band", "sex", "therapist")

#: Words for sex that say nothing else about a client; others count as "all others".
_SEXES = frozenset(("f", "m", "female", "male", "woman", "man", "women", "men"))


@dataclass(frozen=True, eq=False)
class Counted:
    """What a shared copy is made from.

    Attributes
    ----------
    question : Question
        Who is counted, on which measure, under which rule.
    threshold : Threshold or None
    scale : Scale
    snapshot : Snapshot
    labels : dict of str to dict of (str, str)
        By grouping, the words for each group that may be named.
    therapists : TherapistCodes
    """

    question: Question
    threshold: Threshold | None
    scale: Scale
    snapshot: Snapshot
    labels: dict[str, dict[str, str]]
    therapists: TherapistCodes


def counted(clinic: Clinic, as_of: str, codes_before: TherapistCodes) -> Counted:
    """Count a clinic's clients on its main outcome, all together and by group.

    Parameters
    ----------
    clinic : Clinic
    as_of : str
        Month up to which the records go, in words.
    codes_before : TherapistCodes
        Of earlier copies.

    Raises
    ------
    NotEnoughData
        When no score was recorded that could be a main outcome.
    """
    outcome = main_outcome(clinic)
    if outcome is None:
        raise NotEnoughData(
            "These records hold no scores that a shared copy could be about.",
            "It is about pain, function or quality of life.",
        )
    question = asked(clinic, outcome)
    threshold = chosen_threshold(question, None)
    classes = _classes(question, threshold)
    therapists = _therapists(question, codes_before)
    populations = {ALL: _population(question, classes, np.zeros(len(classes), int), (ALL,))}
    labels = {}
    for name in SHARED:
        try:
            groups = group_rows(question.rows, name, question.measured)
        except NotEnoughData:
            continue
        codes = ["" if v is None else str(v) for v in groups.table[name]]
        if name == "therapist":
            codes = [therapists.codes.get(code, "") for code in codes]
        labels[name] = _labels(name, codes, therapists)
        populations[name] = _population(
            question,
            classes,
            groups.codes,
            tuple(codes),
            is_ordered=bool(GROUPINGS[name].bins),
            named=frozenset(set(codes) & set(labels[name])),
        )
    return Counted(question, threshold, _scale(question, threshold),
                   Snapshot(as_of, populations), labels, therapists)  # fmt: skip


def _therapists(question: Question, before: TherapistCodes) -> TherapistCodes:
    """Codes of every therapist, those of earlier copies among them."""
    if "therapist" not in question.rows:
        return before
    return before.extended(str(name) for name in question.rows["therapist"].dropna().unique())


def _classes(question: Question, threshold: Threshold | None) -> np.ndarray:
    """Class of each client, as a place in `CLASSES`."""
    classes = np.where(question.due, CLASSES.index("lost"), CLASSES.index("elsewhere"))
    measured = np.full(int(question.measured.sum()), CLASSES.index("same"))
    if threshold is not None:
        found = sort_patients(question, threshold)
        measured[found.better] = CLASSES.index("better")
        measured[found.worse] = CLASSES.index("worse")
    classes[question.measured] = measured
    return classes


def _population(
    question: Question,
    classes: np.ndarray,
    codes: np.ndarray,
    groups: tuple[str, ...],
    *,
    is_ordered: bool = False,
    named: frozenset[str] = frozenset(),
) -> Population:
    """Counts and sums of every group."""
    n = len(groups)
    counts = np.bincount(codes * len(CLASSES) + classes, minlength=n * len(CLASSES))
    counts = counts.reshape(n, len(CLASSES))
    if groups != (ALL,):
        counts[:, CLASSES.index("elsewhere")] = 0
    there = question.measured
    start = question.rows["baseline"].to_numpy(float)[there]
    change = question.rows["improvement"].to_numpy(float)[there]
    sums = [np.bincount(codes[there], weights=w, minlength=n)
            for w in (start, start**2, change, change**2)]  # fmt: skip
    return Population(groups, counts, np.column_stack(sums), is_ordered, named)


def _labels(name: str, codes: list[str], therapists: TherapistCodes) -> dict[str, str]:
    """Words for every group that may be named: from the package's own lists, never typed ones.

    Also for groups that these records no longer hold: an earlier table may be shown again.
    """
    if name in ("technique", "condition"):
        listed = TECHNIQUES if name == "technique" else CONDITIONS
        return {code: listed.label(code) for code in (*listed.terms, MIXED)}
    if name == "sex":
        known = {*codes, *_SEXES} - {""}
        return {code: code.strip().capitalize() for code in known if code.casefold() in _SEXES}
    if name == "therapist":
        return {code: code for code in therapists.codes.values()}
    values = [value for _, value in GROUPINGS[name].bins]
    if name == "n_follow_ups":
        return {v: f"{v} follow-up{'' if v == '1' else 's'}" for v in values}
    return {value: value for value in values}


def _scale(question: Question, threshold: Threshold | None) -> Scale:
    """What anybody knows about a score of this measure."""
    measure = question.measure
    size = None if threshold is None else threshold.value
    return Scale(measure.lowest, measure.highest, measure.sign, size, _step(measure))


def _step(measure: Measure) -> float:
    """Between one score that anybody can have and the next; whole points where they can be any."""
    for scoring in SCORINGS.get(measure.instrument, ()):
        if scoring.measure == measure.code and scoring.combine == "percent of best":
            return 25 / len(scoring.items)
    return measure.step or 1.0
