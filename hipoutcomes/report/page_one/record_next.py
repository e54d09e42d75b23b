"""Three things worth recording from now on: what this file lacks, most useful first."""

from collections.abc import Iterator

import pandas as pd

from hipoutcomes.clinic import Clinic
from hipoutcomes.report.page_one.headline import Headline
from hipoutcomes.report.plain_numbers import count, of_people, share
from hipoutcomes.vocabulary.instruments import MEASURES

#: A column with fewer filled cells than this share counts as not recorded well.
WELL_RECORDED = 0.8

#: Losing more of those due than this makes a score after the last visit the first thing to record.
MANY_LOST = 0.1

_MOVEMENT = ("mobility", "function", "performance")


def record_next(clinic: Clinic, headline: Headline) -> tuple[str, ...]:
    """The three most useful things that these records lack."""
    wanted = [*_scores_wanted(clinic, headline), *_columns_wanted(clinic), *_always_useful()]
    return tuple(wanted[:3])


def _scores_wanted(clinic: Clinic, headline: Headline) -> Iterator[str]:
    """Scores and moments that are missing, in order of their worth."""
    if headline.pain is None:
        yield (
            "A pain score from 0 to 10 before treatment, at every appointment: without it nothing "
            "can be said about outcomes."
        )
    if headline.flow.get("no first score", 0) > MANY_LOST * headline.n_seen:
        yield (
            "A score before the very first treatment: "
            f"{count(headline.flow['no first score'])} clients have none, so their change is "
            "unknown."
        )
    if headline.n_lost > MANY_LOST * headline.n_due:
        yield _after_they_stop(clinic, headline)
    if headline.flow.get("already running", 0) > MANY_LOST * headline.n_seen:
        yield (
            "Which visit is the first for a complaint (a column “first visit”, yes or no): "
            f"{of_people(headline.flow['already running'])} had to be set aside because their care "
            "may have begun before the file does."
        )
    if headline.mobility is None and not _is_of_function(headline):
        yield (
            "One score of movement or daily function, the same for everyone: hip flexion in "
            "degrees, or a short questionnaire such as HOOS-12."
        )
    elif (
        headline.mobility is not None
        and not headline.mobility.has_estimate
        and MEASURES[headline.mobility.measure].needs_setting
    ):
        yield (
            "With each movement in degrees: who measured, the device, and the position. Change is "
            "only readable when all three are the same both times."
        )


def _is_of_function(headline: Headline) -> bool:
    """Whether the main outcome already tells of movement or daily function."""
    main = headline.pain
    return main is not None and MEASURES[main.measure].domain in ("function", "mobility")


def _after_they_stop(clinic: Clinic, headline: Headline) -> str:
    """Ask those who no longer come; they decide what the results mean."""
    lost = f"{of_people(headline.n_lost)} of {count(headline.n_due)} due"
    verb = "is" if headline.n_lost == 1 else "are"
    if clinic.shape == "episodes":
        return f"A later score from everyone: {lost} {verb} missing, and may differ from the rest."
    return (
        "A score about six weeks after the first appointment from everyone, also those who stopped "
        f"coming: a text message will do. {lost} {verb} missing, and may differ from the rest."
    )


def _columns_wanted(clinic: Clinic) -> Iterator[str]:
    """Columns that are absent or mostly blank."""
    if clinic.shape == "episodes":
        yield from _episode_columns_wanted(clinic)
        return
    frame = clinic.sessions.frame
    for name, what in (
        ("technique", "The techniques used at each appointment, from a fixed list"),
        ("condition", "The condition treated, from a fixed list"),
        ("therapist", "Who treated, as a code"),
    ):
        filled = _filled(frame, name)
        if filled < WELL_RECORDED:
            yield f"{what} (recorded for {share(filled)} of appointments so far)."
    treatments = clinic.treatments.frame
    n_combined = treatments.loc[treatments.duplicated("session_id"), "session_id"].nunique()
    if n_combined > MANY_LOST * len(frame) and treatments["minutes"].isna().all():
        yield (
            "Minutes spent on each technique, so that appointments that combine several can be "
            "told apart."
        )
    for name, what in (
        ("age", "The year of birth: recovery differs with age"),
        ("side", "Which hip: two hips in one client are two complaints"),
        ("sex", "Sex, to see whether groups are alike"),
    ):
        if _filled(frame, name) < WELL_RECORDED:
            yield f"{what}."
    if "discomfort" not in clinic.measures:
        yield (
            "Discomfort during the treatment, 0 to 10: it tells you early when pressure is too "
            "much."
        )
    if _filled(frame, "aftercare_followed") == 0:
        yield "Which aftercare was followed since the last visit (rest, stretching, strengthening)."


def _episode_columns_wanted(clinic: Clinic) -> Iterator[str]:
    """What a file of one row per course of care usually lacks."""
    frame = clinic.episodes.frame
    if not frame["first_day"].notna().any():
        yield "The dates of both scores, so that the time between them is known."
    if _filled(frame, "technique") == 0 and _filled(frame, "procedure") == 0:
        yield "What was done, from a fixed list."
    if _filled(frame, "condition") < WELL_RECORDED:
        yield "The condition treated, from a fixed list."
    if _filled(frame, "age") < WELL_RECORDED:
        yield "Age in years, to see whether groups are alike."
    yield (
        "A code for each client, so that two courses of care of one client can be told from two "
        "clients."
    )


def _always_useful() -> Iterator[str]:
    """What helps even the fullest records."""
    yield (
        "Two scores some days apart before the first treatment: they show how far scores go up and "
        "down by themselves."
    )
    yield "How clients feel overall compared with the start (much better to much worse)."
    yield "Other care in the same weeks: injections, exercise classes, pain killers."


def _filled(frame: pd.DataFrame, name: str) -> float:
    """Share of rows with a value; 0 where the column is absent."""
    return float(frame[name].notna().mean()) if name in frame and len(frame) else 0.0
