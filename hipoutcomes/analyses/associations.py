"""Improvement beside what happened in and between sessions: described, never called a cause."""

from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.groups.group_means import mean_improvements
from hipoutcomes.analyses.groups.grouping import NOT_RECORDED, Groups
from hipoutcomes.analyses.question import Question, asked, level_of
from hipoutcomes.charts.alternatives import describe_forest
from hipoutcomes.charts.forest import forest
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.results import Estimates
from hipoutcomes.tables.outcome_rules import OutcomeRule

Practice = Literal["discomfort", "aftercare"]

#: Lowest mean discomfort (0-10) and label of each band.
BANDS = (
    (0.0, "No or hardly any discomfort (below 1)"),
    (1.0, "Mild discomfort (1 to below 4)"),
    (4.0, "Moderate discomfort (4 to below 7)"),
    (7.0, "Strong discomfort (7 or more)"),
)

#: Kinds of aftercare that are described one by one, where anybody followed them.
KINDS = ("hydration", "rest", "stretching", "strengthening", "heat", "ice", "walking")

_ANY = "any aftercare"

_CAUTIONS = {
    "discomfort": (
        "Discomfort during massage is described beside the change in {noun}, not as its cause: "
        "patients with more pain may feel more discomfort, and therapists adjust to what patients "
        "tell them."
    ),
    "aftercare": (
        "Aftercare is described beside the change in {noun}, not as its cause: patients who are "
        "getting better may find it easier to follow advice, and those who follow it may differ "
        "in other ways. What is left empty in the records is not recorded, which is not the same "
        "as not followed."
    ),
}

_METHODS = {
    "discomfort": "Mean discomfort of a patient's sessions before the later score, in bands.",
    "aftercare": (
        "A kind of aftercare counts as followed when it was recorded at least once up to the later "
        "score; not followed when other aftercare was recorded and this kind never was."
    ),
}


def associations(
    clinic: Any,
    outcome: str,
    practice: Practice = "discomfort",
    *,
    rule: OutcomeRule | None = None,
    level: float = 0.95,
) -> Estimates:
    """Improvement by discomfort during massage, or by aftercare followed.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure.
    practice : {"discomfort", "aftercare"}
        What the patients are divided by, as recorded up to the outcome score.
    rule : OutcomeRule, optional
        Which score counts as the outcome.
    level : float
        Confidence level of the intervals.

    Raises
    ------
    ValueError
        When the outcome, the practice or the level is not one that exists.
    NotEnoughData
        When the outcome or the practice was not recorded.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.associations(ho.load("data/demo_sessions.csv"), "pain", "discomfort")
    >>> answer.table["practice"].unique().tolist()
    ['discomfort during massage']
    """
    level_of(level)
    if practice not in get_args(Practice):
        raise ValueError(f"practice must be 'discomfort' or 'aftercare'; it is {practice!r}.")
    if clinic.shape == "episodes":
        raise NotEnoughData(
            "These records hold one row per episode, without its sessions.",
            f"Describing {practice} needs one row per visit.",
        )
    question = asked(clinic, outcome, rule)
    divide = _by_discomfort if practice == "discomfort" else _by_aftercare
    first, *others = [
        mean_improvements(question, groups, level) for groups in divide(clinic, question)
    ]
    # Those for whom nothing was recorded are the same people in every division: counted once.
    others = [part[~part["group"].str.endswith(NOT_RECORDED)] for part in others]
    table = pd.concat([first, *others], ignore_index=True)
    noun = question.measure.noun
    return Estimates(
        name=f"association-{outcome.replace('_', '-')}-{practice}{question.suffix}",
        question=f"How did {noun} change, by {table['practice'].iloc[0]}?"
        if practice == "discomfort"
        else f"How did {noun} change, by aftercare followed?",
        words=_words(table, question, level),
        table=table,
        method=f"{question.method} {_METHODS[practice]}",
        sample=question.sample,
        notes=(
            _CAUTIONS[practice].format(noun=noun),
            *question.notes,
            sentences.NOT_LIKE_FOR_LIKE,
        ),
        chart=forest,
        alternative=describe_forest(table),
    )


def _by_discomfort(clinic: Any, question: Question) -> list[Groups]:
    """Bands of mean discomfort in the sessions before the outcome."""
    if "discomfort" not in clinic.measures:
        raise NotEnoughData(
            "These records hold no discomfort during massage.",
            remedy="Ask once in each session, 0 to 10, and record it in a column 'discomfort'.",
        )
    arrays = clinic.scores.arrays("discomfort")
    felt = pd.DataFrame({"session_id": arrays["session_id"], "score": arrays["score"]})
    felt = felt[felt["session_id"] > 0].groupby("session_id", as_index=False)["score"].mean()
    visits = _visits(clinic, question).merge(felt, on="session_id")
    visits = visits[visits["day"] < visits["until"]]
    mean = visits.groupby("place")["score"].mean().reindex(range(len(question.rows))).to_numpy()
    lowest = np.array([low for low, _ in BANDS])
    codes = np.where(np.isnan(mean), len(BANDS), np.searchsorted(lowest, mean, "right") - 1)
    labels = [*(label for _, label in BANDS), f"Discomfort {NOT_RECORDED}"]
    return [_groups_that_occur(codes, labels, "discomfort during massage")]


def _by_aftercare(clinic: Any, question: Question) -> list[Groups]:
    """Followed, not followed or not recorded, for any aftercare and for each kind that occurs."""
    sessions = clinic.sessions.frame
    if "aftercare_followed" not in sessions or sessions["aftercare_followed"].isna().all():
        raise NotEnoughData(
            "These records hold no aftercare followed.",
            remedy="Ask at each visit what was followed since the last one, and record it in a "
            "column 'aftercare followed' (hydration, rest, stretching, strengthening, none).",
        )
    said = sessions[["session_id", "aftercare_followed"]].dropna()
    visits = _visits(clinic, question).merge(said, on="session_id")
    visits = visits[(visits["episode_seq"] > 1) & (visits["day"] <= visits["until"])]
    kinds = visits["aftercare_followed"].astype(str).str.split(";").explode()
    place = visits["place"].loc[kinds.index].to_numpy()
    kinds = kinds.to_numpy()
    recorded = np.isin(np.arange(len(question.rows)), place)
    divisions = []
    for practice in (_ANY, *KINDS):
        yes = kinds != "no" if practice == _ANY else kinds == practice
        if not yes.any():
            continue
        followed = np.isin(np.arange(len(question.rows)), place[yes])
        codes = np.select([followed, recorded], [0, 1], 2)
        words = [f"{sentences.opening(practice)}: {w}" for w in ("followed", "not followed")]
        words.append(f"{sentences.opening(practice)}: {NOT_RECORDED}")
        divisions.append(_groups_that_occur(codes, words, practice))
    if not divisions:
        raise NotEnoughData("Nobody's records hold aftercare followed before a later score.")
    return divisions


def _visits(clinic: Any, question: Question) -> pd.DataFrame:
    """Sessions of the question's episodes, with their row and the day of the outcome."""
    rows = question.rows
    until = rows["final_day"].astype("Float64").to_numpy(float, na_value=np.inf)
    ends = pd.DataFrame(
        {"episode_id": rows["episode_id"], "place": np.arange(len(rows)), "until": until}
    )
    links = clinic.episode_sessions.frame[["episode_id", "session_id", "day", "episode_seq"]]
    return links.merge(ends, on="episode_id")


def _groups_that_occur(codes: np.ndarray, labels: list[str], practice: str) -> Groups:
    """Groups in the order of their labels, without those nobody is in."""
    present, compact = np.unique(codes, return_inverse=True)
    table = pd.DataFrame(
        {
            "group": [labels[code] for code in present],
            "group_order": np.arange(1, len(present) + 1),
            "practice": practice,
        }
    )
    return Groups(compact, table)


def _words(table: pd.DataFrame, question: Question, level: float) -> tuple[str, ...]:
    """Each group in a sentence."""
    return (
        sentences.measured_of_due(question.sample),
        f"Observed change in {question.measure.noun} from first to later score, with its "
        f"{sentences.confidence(level)}:",
        *(sentences.of_group(row, question.measure) for _, row in table.iterrows()),
    )
