"""Which measures a report is about: the main one, one of movement, and the others."""

from hipoutcomes.clinic import Clinic
from hipoutcomes.vocabulary.instruments import MEASURES

_MOVEMENT = ("mobility", "function", "performance")
_MAIN = ("pain", "function", "quality of life")


def main_outcome(clinic: Clinic) -> str | None:
    """The measure that headlines are about: pain where recorded, else what most have twice.

    Returns
    -------
    str or None
        None where nothing was recorded that could be a main outcome.
    """
    for code in ("pain", "pain_vas"):
        if code in clinic.measures:
            return code
    return _most_measured(clinic, [m for m in clinic.measures if MEASURES[m].domain in _MAIN])


def movement_outcome(clinic: Clinic, main: str | None) -> str | None:
    """The measure of movement or function that most clients have twice."""
    codes = [m for m in clinic.measures if MEASURES[m].domain in _MOVEMENT and m != main]
    return _most_measured(clinic, codes)


def other_outcomes(clinic: Clinic, shown: tuple[str | None, ...]) -> tuple[str, ...]:
    """Further measures that change can be described for, in the order of the vocabulary."""
    return tuple(
        code
        for code in clinic.measures
        if code not in shown and not MEASURES[code].ordinal and code != "discomfort"
    )


def comparable_groupings(clinic: Clinic) -> tuple[str, ...]:
    """What a reader may be tempted to compare, of what these records hold."""
    frame = clinic.episodes.frame
    return tuple(
        name
        for name in ("technique", "procedure", "therapist", "clinic")
        if name in frame and frame[name].notna().any()
    )


def n_measured(clinic: Clinic, outcome: str) -> int:
    """Clients with a first and a later score."""
    frame = clinic.changes(outcome).frame
    return int((frame["is_headline"] & (frame["status"] == "measured")).sum())


def _most_measured(clinic: Clinic, codes: list[str]) -> str | None:
    """The measure with most clients measured twice; the first of the vocabulary on a tie."""
    return max(codes, key=lambda code: n_measured(clinic, code), default=None)
