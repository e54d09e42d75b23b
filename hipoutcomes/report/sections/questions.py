"""The questions that a report asks, in the order of its sections: one line each."""

from hipoutcomes.analyses.comparability import can_compare
from hipoutcomes.analyses.completeness import completeness
from hipoutcomes.analyses.episode_gaps import episode_gaps
from hipoutcomes.analyses.immediate import immediate
from hipoutcomes.analyses.improvement import improvement
from hipoutcomes.analyses.responders import responders
from hipoutcomes.analyses.table_one import table_one
from hipoutcomes.analyses.trajectory import trajectory
from hipoutcomes.clinic import Clinic
from hipoutcomes.report.sections.asked import Asked, Part
from hipoutcomes.report.sections.curve import curve_of_improvement
from hipoutcomes.report.sections.fairer_questions import (
    could_missing_overturn,
    does_relief_last,
    further_appointments,
    like_for_like,
    re_measuring_alone,
    what_could_be_seen,
)
from hipoutcomes.report.sections.outcomes import comparable_groupings
from hipoutcomes.report.sections.practice_questions import people_and_places, practice, tension
from hipoutcomes.vocabulary.instruments import MEASURES
from hipoutcomes.vocabulary.thresholds import default_threshold

_NO_SCORE = "A pain score from 0 to 10 before treatment, at every appointment."
_TECHNIQUE = "The techniques used at each appointment, from a fixed list."
_CONDITION = "The condition treated, from a fixed list."


def parts_of(clinic: Clinic, main: str | None, movement: str | None) -> tuple[Part, ...]:
    """Every section that asks a question, for the outcomes that these records hold.

    Parameters
    ----------
    clinic : Clinic
    main, movement : str or None
        Codes of the main outcome and of a measure of movement or function.
    """
    outcomes = tuple(code for code in (main or "pain", movement) if code)
    parts = [_who(clinic), _measured(clinic, outcomes), _change(clinic, main, movement)]
    parts += [_compare(clinic, outcomes[0]), *_groupings(clinic, outcomes)]
    parts += [_better(clinic, outcomes)]
    if clinic.shape == "sessions":
        parts += [_further(clinic, outcomes[0]), _over_time(clinic, outcomes)]
        parts += [_same_day(clinic, outcomes), practice(clinic)]
        parts += [tension(clinic)]
    parts += [people_and_places(clinic, outcomes)]
    return tuple(parts)


def _who(clinic: Clinic) -> Part:
    """Who came, and how groups differed at the start."""
    by = _treated(clinic)
    asked = [Asked("Who came?", lambda: table_one(clinic))]
    asked.append(
        Asked(
            f"Were clients of different {by}s alike at the start?",
            lambda: table_one(clinic, by=by),
            _TECHNIQUE,
            (by,),
        )
    )
    return Part("who", "Who came", (), tuple(asked))


def _measured(clinic: Clinic, outcomes: tuple[str, ...]) -> Part:
    """Who is missing from the numbers."""
    return Part(
        "measured-again",
        "Who was measured again",
        (
            "What is known about change is known only for clients with a first and a later score. "
            "Those without may have done better or worse.",
        ),
        (
            *(
                Asked(
                    f"Who has a later {_noun(code)} score?",
                    lambda code=code: completeness(clinic, code),
                    _NO_SCORE,
                )
                for code in outcomes
            ),
            could_missing_overturn(clinic, outcomes[0]),
        ),
    )


def _change(clinic: Clinic, main: str | None, movement: str | None) -> Part:
    """Change in every measure."""
    codes = [main or "pain"] + ([movement] if movement else [])
    codes += [
        code
        for code in clinic.measures
        if code not in codes and not MEASURES[code].ordinal and code != "discomfort"
    ]
    asked = [
        Asked(
            f"How did {_noun(code)} change?",
            lambda code=code: improvement(clinic, code),
            _NO_SCORE,
            chart=code in codes[:2],
            outcome=code,
        )
        for code in codes
    ]
    asked.insert(1, re_measuring_alone(clinic, codes[0]))
    if clinic.shape == "sessions":
        asked.append(
            Asked(
                "Would it be otherwise if a course of care ended sooner, or later?",
                lambda: episode_gaps(clinic, codes[0]),
                _NO_SCORE,
                chart=False,
            )
        )
    return Part("change", "How scores changed", (), tuple(asked))


def _compare(clinic: Clinic, outcome: str) -> Part:
    """What groups could be put side by side, before any are."""
    return Part(
        "compare",
        "What your records can compare",
        (),
        (
            Asked(
                "Are there enough clients to compare groups?",
                lambda: can_compare(clinic, outcome, comparable_groupings(clinic) or "technique"),
                _TECHNIQUE,
            ),
            *like_for_like(clinic, outcome, _treated(clinic)),
            what_could_be_seen(clinic, outcome, _treated(clinic)),
        ),
    )


def _groupings(clinic: Clinic, outcomes: tuple[str, ...]) -> list[Part]:
    """Change by technique (or procedure), condition, follow-ups, technique and condition."""
    treated = _treated(clinic)
    sessions = clinic.shape == "sessions"
    plans = [
        (treated, treated, f"By {treated}", _TECHNIQUE, (treated,)),
        ("condition", "condition", "By condition", _CONDITION, ("condition",)),
    ]
    if sessions:
        plans.append(
            ("n_follow_ups", "follow-ups", "By number of follow-up appointments", _NO_SCORE, ())
        )
    plans.append(
        (
            [treated, "condition"],
            f"{treated}-and-condition",
            f"By {treated} and condition",
            _TECHNIQUE + " " + _CONDITION,
            (treated, "condition"),
        )
    )
    return [
        Part(
            f"by-{anchor}",
            title,
            (),
            tuple(
                Asked(
                    f"How did {_noun(code)} change, {title[0].lower()}{title[1:]}?",
                    lambda code=code, by=by: improvement(clinic, code, by=by),
                    record,
                    needs,
                    outcome=code,
                    by=(by,) if isinstance(by, str) else tuple(by),
                )
                for code in outcomes
            ),
        )
        for by, anchor, title, record, needs in plans
    ]


def _better(clinic: Clinic, outcomes: tuple[str, ...]) -> Part:
    """Better, same, worse, and how the share depends on what counts as better."""
    treated = _treated(clinic)
    asked = []
    for code in outcomes:
        asked.append(
            Asked(
                f"Who got better, and who got worse? ({_noun(code)})",
                lambda code=code: responders(clinic, code),
                _NO_SCORE,
                outcome=code,
            )
        )
        if default_threshold(code) is not None:
            asked.append(
                Asked(
                    f"How many improved by how much? ({_noun(code)})",
                    lambda code=code: curve_of_improvement(clinic, code),
                    _NO_SCORE,
                )
            )
    for by in (treated, "condition"):
        asked.append(
            Asked(
                f"Who got better, and who got worse, by {by}?",
                lambda by=by: responders(clinic, outcomes[0], by=by),
                _TECHNIQUE if by == treated else _CONDITION,
                (by,),
                outcome=outcomes[0],
                by=(by,),
            )
        )
    return Part("better-and-worse", "Better, the same, worse", (), tuple(asked))


def _further(clinic: Clinic, outcome: str) -> Part:
    """What changes with follow-up appointments."""
    return Part(
        "follow-up-appointments",
        "Follow-up appointments, the simple and the fairer reading",
        (
            "Those who stop are those who are well, or discouraged. So how much people changed by "
            "how often they came says little about what a further appointment brings.",
        ),
        (further_appointments(clinic, outcome),),
    )


def _over_time(clinic: Clinic, outcomes: tuple[str, ...]) -> Part:
    """Scores over visits and weeks."""
    return Part(
        "over-time",
        "Scores over time",
        (
            "Fewer clients are measured at each step. Those still coming are not the same people "
            "as those who began, so a line that falls is not the path of any one client.",
        ),
        tuple(
            Asked(
                f"How did {_noun(code)} scores move, {axis} by {axis}?".replace(
                    "session", "appointment"
                ),
                lambda code=code, axis=axis: trajectory(clinic, code, axis=axis),
                _NO_SCORE,
            )
            for code in outcomes
            for axis in ("session", "week")
        ),
    )


def _same_day(clinic: Clinic, outcomes: tuple[str, ...]) -> Part:
    """Change within an appointment."""
    return Part(
        "same-day",
        "Straight after an appointment",
        ("The relief of the hour is a result of its own. It is not a lasting change.",),
        (
            *(
                Asked(
                    f"How do {_noun(code)} scores change from just before to just after?",
                    lambda code=code: immediate(clinic, code),
                    f"A {_noun(code)} score just before and just after treatment.",
                )
                for code in outcomes
            ),
            does_relief_last(clinic, outcomes[0]),
        ),
    )


def _noun(code: str) -> str:
    """A measure's noun for mid-sentence."""
    return MEASURES[code].noun


def _treated(clinic: Clinic) -> str:
    """What the records call what was done."""
    return "procedure" if _recorded(clinic, "procedure") else "technique"


def _recorded(clinic: Clinic, name: str) -> bool:
    """Whether the episodes hold anything under this name."""
    frame = clinic.episodes.frame
    return name in frame and bool(frame[name].notna().any())
