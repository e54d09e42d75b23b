"""Change within a session, kept apart from lasting change."""

from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.groups.group_means import clustered_means, described, means_and_spreads
from hipoutcomes.analyses.groups.grouping import By, Groups, group_rows, groupings_named
from hipoutcomes.analyses.question import level_of, measure_with_means
from hipoutcomes.charts.alternatives import describe_forest
from hipoutcomes.charts.forest import forest
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.results import Estimates
from hipoutcomes.vocabulary.instruments import Measure
from hipoutcomes.vocabulary.minimums import Minimums

#: Groupings that a session has; others belong to episodes.
GROUPINGS_OF_SESSIONS = ("technique", "condition", "therapist", "clinic", "sex", "age_band", "side")

_SAME_HOUR = (
    "This is the change within the hour of a session. It says nothing about how patients are days "
    "or weeks later, and it is not added to lasting change."
)

_MOST_SENTENCES = 10


def immediate(clinic: Any, outcome: str, *, by: By = None, level: float = 0.95) -> Estimates:
    """Change from just before to just after treatment, averaged over each patient's sessions.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure.
    by : str or several, optional
        technique, condition, therapist, clinic, sex, age_band or side, of the session.
    level : float
        Confidence level of the intervals.

    Raises
    ------
    ValueError
        When the outcome, a grouping or the level is not one that exists.
    NotEnoughData
        When no session has a score before and after treatment, or the outcome is rated in
        categories.

    Notes
    -----
    Each patient counts once in a group, with the mean of the patient's sessions there.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.immediate(ho.load("data/demo_sessions.csv"), "pain")
    >>> answer.table["quantity"].tolist()
    ['mean improvement within a session']
    """
    level_of(level)
    groupings_named(by, GROUPINGS_OF_SESSIONS)
    measure = measure_with_means(clinic, outcome)
    both, n_before = _within_sessions(clinic, measure)
    groups = group_rows(both, by, allowed=GROUPINGS_OF_SESSIONS)
    table = _table(both, groups, measure, level, clinic.minimums)
    return Estimates(
        name=f"immediate-{outcome.replace('_', '-')}{groups.suffix}",
        question=f"How much does {measure.noun} change within a session{groups.question}?",
        words=_words(table, both, n_before, groups, measure),
        table=table,
        method=(
            "Score before minus score after treatment of the same session, turned so that positive "
            "is better; mean of each patient's sessions, then mean of patients with a "
            f"{sentences.confidence(level)} from the t distribution."
        ),
        sample={
            "sessions": len(clinic.sessions.frame),
            "with a score before": n_before,
            "with a score before and after": int(both["session_id"].nunique()),
            "patients with such a session": int(both["patient_id"].nunique()),
        },
        notes=(_SAME_HOUR, sentences.OBSERVED, *groups.cautions),
        chart=forest,
        alternative=describe_forest(table),
    )


def _within_sessions(clinic: Any, measure: Measure) -> tuple[pd.DataFrame, int]:
    """Sessions with a score before and after treatment, and how many have one before."""
    before = _at(clinic, measure, "before")
    both = before.merge(_at(clinic, measure, "after"), on=["session_id", "side_number"])
    sessions = clinic.sessions.frame
    both = both.merge(sessions, on="session_id")
    if both.empty:
        raise NotEnoughData(
            f"No session has a score of {measure.noun} both before and after treatment.",
            f"{before['session_id'].nunique():,} have one before treatment.",
            "Ask again when treatment ends, and record it in a column of its own, such as "
            f"'{measure.code} after'.",
        )
    both["improvement"] = measure.sign * (both["score_after"] - both["score_before"])
    n_before = int(sessions["session_id"].isin(before["session_id"]).sum())
    return both, n_before


def _at(clinic: Any, measure: Measure, timing: str) -> pd.DataFrame:
    """The first score of each session and side at one timing."""
    arrays = clinic.scores.arrays(measure.code, (timing,))
    scores = pd.DataFrame(
        {
            "session_id": arrays["session_id"],
            "side_number": arrays["side"],
            f"score_{timing}": arrays["score"],
        }
    )
    chosen = (arrays["session_id"] > 0) & (arrays["occasion"] == 1)
    return scores[chosen].drop_duplicates(["session_id", "side_number"])


def _table(
    both: pd.DataFrame, groups: Groups, measure: Measure, level: float, minimums: Minimums
) -> pd.DataFrame:
    """One row per group: patients' own means, averaged."""
    n_groups, patient = len(groups), both["patient_id"].to_numpy(np.int64)
    wide = patient.max() + 1
    pairs, place = np.unique(groups.codes * wide + patient, return_inverse=True)
    code = pairs // wide

    def own_means(column: str) -> np.ndarray:
        """The mean of each patient in each group."""
        return means_and_spreads(both[column].to_numpy(float), place, len(pairs))[0]

    change = own_means("improvement")
    table = clustered_means(change, code, n_groups, pairs % wide, level)
    for name, column in (("baseline", "score_before"), ("final", "score_after")):
        table[f"{name}_mean"], table[f"{name}_sd"] = means_and_spreads(
            own_means(column), code, n_groups
        )
    table["n_sessions"] = groups.count()
    quantity = "mean improvement within a session"
    return described(table, groups.table, measure, quantity, level, minimums)


def _words(
    table: pd.DataFrame, both: pd.DataFrame, n_before: int, groups: Groups, measure: Measure
) -> tuple[str, ...]:
    """The answer in sentences, which say first that this is within a session."""
    said = [
        f"{both['session_id'].nunique():,} of {sentences.counted(n_before, 'session')} with a "
        f"score of {measure.noun} before treatment also have one just after it."
    ]
    if len(table) > _MOST_SENTENCES:
        said.append(f"The table lists all {len(table):,} groups.")
    else:
        said += [_of_row(row, measure, bool(groups.groupings)) for _, row in table.iterrows()]
    return (*said, "This is the change of that hour, not a lasting one.")


def _of_row(row: pd.Series, measure: Measure, is_group: bool) -> str:
    """One group, or everyone, in one sentence."""
    group = f"{row['group']}: " if is_group else ""
    n_sessions = sentences.counted(row["n_sessions"], "session")
    of = f"{sentences.counted(row['n_patients'])}, {n_sessions}"
    if row["reason"]:
        return f"{group or 'There is '}no estimate, {row['reason']}."
    what = "" if is_group else f"Within a session, {measure.noun} was "
    return (
        f"{group}{what}{sentences.moved(measure, row['estimate'])} "
        f"({sentences.confidence(row['level'])} "
        f"{sentences.interval_of(row['estimate'], row['conf_low'], row['conf_high'])}; {of})."
    )
