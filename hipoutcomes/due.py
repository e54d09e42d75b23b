"""due_scores(): whose later score is due, whether or not they still come."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from hipoutcomes.clinic import Clinic
from hipoutcomes.tables.outcome_rules import OutcomeRule, week
from hipoutcomes.tables.scores import SIDES

#: Words to send to everyone on the list.
MESSAGE = (
    "Some weeks ago you first came to us about your hip. How strong is the pain in your hip today, "
    "from 0 (no pain) to 10 (worst pain)? Please answer with one number, whether it is better, "
    "the same or worse, and whether or not you still come to us. Thank you."
)
_EPOCH = date(1970, 1, 1)


def due_scores(
    clinic: Clinic,
    on: date,
    *,
    outcome: str = "pain",
    rule: OutcomeRule | None = None,
    ahead: int = 7,
) -> pd.DataFrame:
    """Whose later score is due: the days that count have begun, and no score is there yet.

    Everyone is on the list, those who stopped coming and those who are well too. Episodes that may
    have begun before the records do are not, since their first day is not known.

    Parameters
    ----------
    clinic : Clinic
        Of one row per visit.
    on : date
        Today.
    outcome : str
        Code of a measure.
    rule : OutcomeRule, optional
        Which score counts; by default `week(6, within=2)`.
    ahead : int
        Days beforehand from which a score is listed.

    Returns
    -------
    DataFrame
        One row per episode, the soonest to close first: `client`, `side`, `first_day`, `last_day`,
        `n_sessions`, `closes` (days since 1970-01-01).

    Raises
    ------
    NotEnoughData
        When no score of the measure was ever recorded.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> clinic = ho.load("data/demo_sessions.csv")
    >>> due = due_scores(clinic, date(2026, 9, 1))
    >>> list(due.columns)[:3]
    ['client', 'side', 'first_day']
    """
    rule = rule or week(6, within=2)
    today = (on - _EPOCH).days
    episodes = clinic.episodes.frame
    windows = rule.windows(episodes, clinic.episode_sessions.frame, clinic.episode_rule.gap)
    opens, closes = windows["opens"].to_numpy(), windows["closes"].to_numpy()
    is_open = (opens <= today + ahead) & (closes >= today) & (episodes["first_day"] <= today)
    asked = is_open & ~episodes["already_running"].to_numpy(bool)
    scored = _scored(clinic, outcome, rule, opens, closes)
    listed = episodes[asked & ~scored].assign(closes=closes[asked & ~scored])
    listed.insert(0, "client", clinic.patients[listed["patient_id"].to_numpy() - 1])
    columns = ["client", "side", "first_day", "last_day", "n_sessions", "closes"]
    return listed.sort_values(["closes", "client"])[columns].reset_index(drop=True)


def stopped_coming(due: pd.DataFrame, on: date, days: int = 21) -> int:
    """How many of those on the list have not come for so many days."""
    return int(np.count_nonzero((on - timedelta(days=days) - _EPOCH).days > due["last_day"]))


def _scored(clinic: Clinic, outcome: str, rule: OutcomeRule, opens, closes) -> np.ndarray:
    """Whether each episode has a score on a day that counts, of its side or of no side."""
    episodes = clinic.episodes.frame
    scores = pd.DataFrame(
        {
            name: values
            for name, values in clinic.scores.arrays(outcome, rule.timings).items()
            if name in ("patient_id", "day", "side")
        }
    )
    side = episodes["side"].astype(object).map({name: i for i, name in enumerate(SIDES, 1)})
    windows = pd.DataFrame(
        {
            "episode": np.arange(len(episodes)),
            "patient_id": episodes["patient_id"].to_numpy(),
            "own_side": side.fillna(0).to_numpy(int),
            "opens": opens,
            "closes": closes,
        }
    )
    pairs = windows.merge(scores, on="patient_id")
    counts = pairs["day"].between(pairs["opens"], pairs["closes"]) & (
        (pairs["side"] == 0) | (pairs["own_side"] == 0) | (pairs["side"] == pairs["own_side"])
    )
    scored = np.zeros(len(episodes), bool)
    scored[pairs.loc[counts, "episode"]] = True
    return scored
