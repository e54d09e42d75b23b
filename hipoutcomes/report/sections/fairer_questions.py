"""Questions whose first answer flatters, each asked again in a fairer way."""

from hipoutcomes.analyses.carry_over import carry_over
from hipoutcomes.analyses.comparison import comparison
from hipoutcomes.analyses.dose import dose
from hipoutcomes.analyses.natural_course import natural_course
from hipoutcomes.analyses.precision import precision
from hipoutcomes.analyses.sensitivity import sensitivity
from hipoutcomes.clinic import Clinic
from hipoutcomes.report.sections.asked import Asked
from hipoutcomes.vocabulary.instruments import MEASURES

#: From so many clients on, limits of the weighted reading are by formula: resampling them is slow,
#: and the two no longer differ.
_BY_FORMULA_FROM = 5_000

_EVERY_SCORE = "A score at every appointment, and one at week six from everyone, come or not."


def could_missing_overturn(clinic: Clinic, outcome: str) -> Asked:
    """What those not measured would have to have done for the finding to fail."""
    return Asked(
        f"Could those who are missing overturn it? ({_noun(outcome)})",
        lambda: sensitivity(clinic, outcome),
        _EVERY_SCORE,
    )


def re_measuring_alone(clinic: Clinic, outcome: str) -> Asked:
    """What a second score alone would show."""
    return Asked(
        f"How much would {_noun(outcome)} have changed by measuring again, and nothing else?",
        lambda: natural_course(clinic, outcome),
        _EVERY_SCORE,
    )


def like_for_like(clinic: Clinic, outcome: str, by: str) -> tuple[Asked, ...]:
    """How groups differ for like clients, also within conditions."""
    many = len(clinic.episodes) >= _BY_FORMULA_FROM
    weighing = {"resamples": 0} if many else {}
    record = f"The {by} and the therapist at every appointment, with a first and a later score."
    return (
        Asked(
            f"How do {by}s differ, for like clients? ({_noun(outcome)})",
            lambda: comparison(clinic, outcome, by=by, **weighing),
            record,
            (by,),
            outcome=outcome,
            by=(by,),
        ),
        Asked(
            f"Does that depend on the condition? ({_noun(outcome)})",
            lambda: comparison(clinic, outcome, by=by, within="condition", **weighing),
            record,
            (by, "condition"),
            chart=False,
            outcome=outcome,
            by=(by, "condition"),
        ),
    )


def what_could_be_seen(clinic: Clinic, outcome: str, by: str) -> Asked:
    """The smallest difference that these records could show."""
    return Asked(
        f"What could your records show? ({_noun(outcome)})",
        lambda: precision(clinic, outcome, by=by),
        _EVERY_SCORE,
        (by,),
        chart=False,
    )


def further_appointments(clinic: Clinic, outcome: str) -> Asked:
    """What changes with follow-up appointments: the simple curve beside the fairer readings."""
    return Asked(
        f"What changes in {_noun(outcome)} with follow-up appointments?",
        lambda: dose(clinic, outcome),
        _EVERY_SCORE,
    )


def does_relief_last(clinic: Clinic, outcome: str) -> Asked:
    """What is left of an appointment's relief at the next."""
    return Asked(
        f"Does the relief last until the next appointment? ({_noun(outcome)})",
        lambda: carry_over(clinic, outcome),
        f"A {_noun(outcome)} score just before and just after treatment.",
    )


def _noun(code: str) -> str:
    """A measure's noun for mid-sentence."""
    return MEASURES[code].noun
