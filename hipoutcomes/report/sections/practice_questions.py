"""Questions about what was done and who did it: described, never ranked."""

from hipoutcomes.analyses.associations import associations
from hipoutcomes.analyses.improvement import improvement
from hipoutcomes.analyses.shifts import shifts
from hipoutcomes.clinic import Clinic
from hipoutcomes.report.sections.asked import Asked, Part
from hipoutcomes.vocabulary.instruments import MEASURES


def practice(clinic: Clinic) -> Part:
    """Discomfort during treatment and aftercare followed."""
    return Part(
        "practice",
        "Discomfort and aftercare",
        (),
        (
            Asked(
                "Did clients with discomfort during treatment change differently?",
                lambda: associations(clinic, _main(clinic), practice="discomfort"),
                "Discomfort during the treatment, 0 to 10.",
            ),
            Asked(
                "Did clients who followed aftercare change differently?",
                lambda: associations(clinic, _main(clinic), practice="aftercare"),
                "Which aftercare was followed since the last visit.",
            ),
        ),
    )


def tension(clinic: Clinic) -> Part:
    """Muscle tension as shifts of category."""
    codes = [code for code in clinic.measures if MEASURES[code].ordinal] or ["tension"]
    return Part(
        "tension",
        "Muscle tension",
        ("Tension is a therapist's judgement in steps, so it is shown as steps, never as a mean.",),
        tuple(
            Asked(
                f"How did {_noun(code)} shift?",
                lambda code=code: shifts(clinic, code),
                "Muscle tension in the same steps at each appointment, with who judged it.",
            )
            for code in codes
        ),
    )


def people_and_places(clinic: Clinic, outcomes: tuple[str, ...]) -> Part:
    """Therapists and clinics: described, never ranked."""
    asked = []
    for by in ("therapist", "clinic"):
        if by == "therapist" or _recorded(clinic, by):
            asked.append(
                Asked(
                    f"How did {_noun(outcomes[0])} change, by {by}?",
                    lambda by=by: improvement(clinic, outcomes[0], by=by),
                    "Who treated, as a code." if by == "therapist" else "",
                    (by,),
                )
            )
    return Part("therapists", "Therapists and clinics", (), tuple(asked))


def _main(clinic: Clinic) -> str:
    """The main outcome for questions about practice."""
    return next((code for code in ("pain", "pain_vas") if code in clinic.measures), "pain")


def _noun(code: str) -> str:
    """A measure's noun for mid-sentence."""
    return MEASURES[code].noun


def _recorded(clinic: Clinic, name: str) -> bool:
    """Whether the episodes hold anything under this name."""
    frame = clinic.episodes.frame
    return name in frame and bool(frame[name].notna().any())
