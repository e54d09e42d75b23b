"""A tidy frame of visits, for models of a researcher's own."""

from typing import Any

import pandas as pd

from hipoutcomes.analyses.dosing.visits import visits_of

_KNOWN_AT_START = ("condition", "technique", "therapist", "clinic", "age", "sex", "side")


def visit_scores(clinic: Any, outcome: str) -> pd.DataFrame:
    """One row per patient and scored visit of the first course of care, as models take it.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure.

    Returns
    -------
    DataFrame
        `patient_id`; `session_number` (from 1) and `week` (since the first session, in weeks and
        parts of them); `score` before treatment, in the measure's unit; `first_score`, of the first
        session (missing where not recorded); and what was known at the first session: `condition`,
        `technique`, `therapist`, `clinic`, `age`, `sex`, `side`, as far as recorded. Visits to
        which fewer patients came than an estimate needs are left out.

    Raises
    ------
    ValueError
        When the outcome is no measure.
    NotEnoughData
        When it was not recorded, is rated in categories, or was never scored at a second visit.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> rows = ho.visit_scores(ho.load("data/demo_sessions.csv"), "pain")
    >>> model = ho.mixed_model(rows, "score ~ C(session_number) + age", patient="patient_id")
    >>> model.sample["patients"] > 200
    True
    """
    visits = visits_of(clinic, outcome)
    episodes, scores = visits.episodes, visits.scores
    first = scores[scores["session_number"] == 1].set_index("place")["score"]
    at = scores["place"].to_numpy()
    names = [n for n in _KNOWN_AT_START if n in episodes and episodes[n].notna().any()]
    made = pd.DataFrame(
        {
            "patient_id": episodes["patient_id"].to_numpy()[at],
            "session_number": scores["session_number"].to_numpy(),
            "week": scores["day"].to_numpy() / 7,
            "score": scores["score"].to_numpy(float),
            "first_score": scores["place"].map(first).to_numpy(float),
        }
    )
    known = episodes[names].iloc[at].reset_index(drop=True)
    return pd.concat([made, known], axis=1)
