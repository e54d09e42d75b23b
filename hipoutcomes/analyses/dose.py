"""What changes with follow-up sessions: the simple curve beside its fairer readings."""

from functools import partial
from typing import Any

import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.dosing import dose_words, next_visit, until_better
from hipoutcomes.analyses.dosing.attended import SIMPLE, simple_curve
from hipoutcomes.analyses.dosing.stopping import going_on_or_stopping
from hipoutcomes.analyses.dosing.visits import Visits, visits_of
from hipoutcomes.analyses.dosing.weeks import improvement_in_weeks, visits_and_weeks
from hipoutcomes.analyses.question import left_out_notes, level_of
from hipoutcomes.analyses.shares.chosen_threshold import chosen_threshold
from hipoutcomes.charts.confirmed import confirmed
from hipoutcomes.charts.dose import dose as dose_chart
from hipoutcomes.charts.visit_alternatives import describe_dose
from hipoutcomes.results import Estimates
from hipoutcomes.vocabulary.thresholds import Threshold

_METHOD = (
    "Simple curve: means of patients by how often they came, t intervals. Among those who came "
    "back: mean change between two visits that were both scored, patients' changes allowed to "
    "agree (CR2; Bell and McCaffrey 2002). Had everyone come back: a linear mixed model of all "
    "scores, missing at random given the scores before (Laird and Ware 1982). Bands hold for all "
    "steps at once (largest |t|; Hothorn, Bretz and Westfall 2008). Share better at two visits in "
    "a row: Aalen-Johansen over visits, stopping as the other end (Aalen and Johansen 1978). Going "
    "on against stopping: overlap weights for who goes on given first score, present score and "
    "day, with a regression beside (Li and Li 2019). One course of care a patient."
)

#: Columns that say what a row is about.
_LEAD = ("quantity", "unit", "session_number", "week", "group")

_READINGS = ("visits", "confirmed", "weeks")


def dose(
    clinic: Any,
    outcome: str,
    *,
    threshold: Threshold | float | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> Estimates:
    """What changes with follow-up sessions, read in five ways beside the simple curve.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure, such as ``pain``.
    threshold : Threshold or float, optional
        Change that counts as better; by default the measure's own. Without one there are no
        sessions until better.
    level : float
        Confidence level of the intervals.
    seed : int
        Seed of the simultaneous bands; equal seeds give equal limits.

    Returns
    -------
    Estimates
        ``.table`` has one reading per `quantity`, in this order; ``.plot()`` draws the first three,
        ``.plot(reading="confirmed")`` the fourth, and ``.plot(reading="weeks")`` the mean
        improvement against weeks.

    Raises
    ------
    ValueError
        When the outcome, the threshold or the level is not one that exists.
    NotEnoughData
        When the outcome was not recorded, is rated in categories, has too few patients scored at
        two visits, or all its scores are alike; or when the records have no sessions.

    Notes
    -----
    The estimands, each with the score before treatment:

    1. The simple curve: of patients who came exactly n times, the mean change from first to last
       score. A comparison of people who stopped with people who went on.
    2. Of those who came back to visit k + 1, the mean change since visit k: ``E[Y_k - Y_k+1 | came
       to k + 1]``, better positive. Nothing is assumed about who comes back.
    3. Of everyone who began, the mean change between visits k and k + 1 had nobody stopped,
       supposing that those who stopped would have gone on like those with the same scores so far.
    4. Of patients with room for it, the share who by visit k were better than at first by the
       threshold at two scored visits in a row, stopping being the other end; beside it the same
       share were nothing to change but what varies from day to day (`expected_low`,
       `expected_high`: reliabilities 0.4 to 0.8).
    5. Of patients who could have done either after visit k, the mean improvement by week 6 of
       going on minus that of stopping: only where at least 20 of those who stopped there, and half
       of them, were scored afterwards.

    Only visits to which enough patients came (10 unless told) are read. `supporting` has the
    correlation of visits and weeks, a model with both where they can be told apart, and the mean
    improvement against weeks, which is what time alone would draw where they cannot.

    References
    ----------
    Baldwin SA, Berkeljon A, Atkins DC, Olsen JA, Nielsen SL (2009). Rates of change in naturalistic
    psychotherapy: contrasting dose-effect and good-enough level models of change. Journal of
    Consulting and Clinical Psychology 77(2), 203-211.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.dose(ho.load("data/demo_sessions.csv"), "pain")
    >>> answer.table.loc[answer.table["session_number"] == 2, "quantity"].tolist()[1]
    'change since the visit before, among those who came back'
    """
    level_of(level)
    visits = visits_of(clinic, outcome)
    chosen = chosen_threshold(visits, threshold)
    table, model = _table(clinic, visits, chosen, level, seed)
    together = _outcome_first(visits_and_weeks(visits, level), visits)
    in_weeks = _outcome_first(improvement_in_weeks(visits, level), visits)
    measure = visits.measure
    return Estimates(
        name=f"dose-{outcome.replace('_', '-')}",
        question=f"What changes in {measure.noun} with follow-up sessions?",
        words=(
            *dose_words.of_simple_curve(table, measure),
            *dose_words.of_next_visit(table, measure),
            *dose_words.of_weeks(together, measure),
            *dose_words.of_confirmed(table, chosen),
            *dose_words.of_stopping(table, measure),
        ),
        table=table,
        method=f"{_METHOD} {model}".strip(),
        sample=_sample(clinic, visits),
        notes=(*_notes(chosen), *left_out_notes(clinic.left_out)),
        supporting={
            "visits and weeks": together,
            **({"weeks": in_weeks} if len(in_weeks) else {}),
        },
        chart=partial(_drawn, in_weeks),
        alternative=describe_dose(_of_chart(table)),
    )


def _table(
    clinic: Any, visits: Visits, threshold: Threshold | None, level: float, seed: int
) -> tuple[pd.DataFrame, str]:
    """Every reading, one below the other, and which mixed model was fitted."""
    everyone, model = next_visit.steps_of_everyone(visits, level, seed)
    readings = [
        simple_curve(visits, level),
        next_visit.steps_among_returned(visits, level, seed),
        everyone,
    ]
    if threshold is not None:
        readings.append(until_better.sessions_until_better(visits, threshold, level))
    readings.append(going_on_or_stopping(clinic, visits, level))
    return _outcome_first(pd.concat(readings, ignore_index=True), visits), model


def _outcome_first(table: pd.DataFrame, visits: Visits) -> pd.DataFrame:
    """The table with its measure in front, and counts as whole numbers."""
    measure = visits.measure
    lead = [
        name for name in ("quantity", "unit", "session_number", "week", "group") if name in table
    ]
    rest = [name for name in table.columns if name not in (*lead, "reason")]
    table = table[[*lead, *rest, "reason"]].assign(reason=table["reason"].fillna(""))
    counts = [c for c in table if c.startswith("n_")] + [
        name for name in ("session_number", "week") if name in table
    ]
    table = table.astype(dict.fromkeys(counts, "Int64"))
    table.insert(0, "outcome", measure.code)
    table.insert(1, "outcome_label", measure.label)
    return table


def _sample(clinic: Any, visits: Visits) -> dict[str, int]:
    """Who the numbers are about."""
    n_seen = int(clinic.episodes.frame["patient_id"].nunique())
    several = visits.scores.groupby("place").size() > 1
    unlike = {"scores left out, not measured as the first": visits.n_unlike}
    return {
        "patients seen": n_seen,
        "already running": n_seen - len(visits.episodes),
        "in the visits": len(visits.episodes),
        "came more than once": int((visits.n_sessions > 1).sum()),
        "scored at two visits or more": int(several.sum()),
        **(unlike if visits.n_unlike else {}),
    }


def _notes(threshold: Threshold | None) -> tuple[str, ...]:
    """What a reader must know before quoting a number."""
    notes = [dose_words.CHOSEN, dose_words.STAYED, dose_words.FIRST_STEP, sentences.OBSERVED]
    if threshold is not None:
        notes.append(dose_words.UNSCORED)
    if threshold is not None and not threshold.verified:
        notes.append(f"The threshold is not verified: {threshold.label()}.")
    return tuple(notes)


def _of_chart(table: pd.DataFrame) -> pd.DataFrame:
    """The simple curve and the changes from visit to visit."""
    drawn = (SIMPLE, next_visit.RETURNED, next_visit.EVERYONE)
    return table[table["quantity"].isin(drawn)]


def _drawn(in_weeks: pd.DataFrame, table: pd.DataFrame, *, ax=None, reading: str = "visits"):
    """Draw the changes from visit to visit, the sessions until better, or what weeks alone draw."""
    if reading not in _READINGS:
        raise ValueError(f"reading must be one of {', '.join(_READINGS)}; it is {reading!r}.")
    if reading == "visits":
        return dose_chart(_of_chart(table), ax=ax)
    if reading == "weeks":
        return dose_chart(in_weeks, ax=ax)
    rows = table[table["threshold"].notna()] if "threshold" in table else table.head(0)
    return confirmed(rows.reset_index(drop=True), ax=ax)
