"""Who the patients are: characteristics at the start, overall and by group."""

from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.groups.characteristics import (
    describe_patients,
    in_sentence,
    known_at_start,
)
from hipoutcomes.analyses.groups.grouping import By, Groups, group_rows, groupings_named
from hipoutcomes.results import Estimates
from hipoutcomes.vocabulary.instruments import MEASURES

#: Groupings known when an episode begins.
GROUPINGS_AT_START = (
    "technique",
    "condition",
    "therapist",
    "clinic",
    "procedure",
    "sex",
    "age_band",
    "side",
)

#: How characteristics name what may be a grouping too, which says nothing about its own groups.
_AT_FIRST = " of the first session"

_DOMAINS = ("pain", "function", "quality of life", "performance")


def table_one(clinic: Any, *, by: By = None) -> Estimates:
    """Characteristics of patients at the start, with missing counts and differences of groups.

    Parameters
    ----------
    clinic : Clinic
    by : str or several, optional
        technique, condition, therapist, clinic, procedure, sex, age_band or side.

    Raises
    ------
    ValueError
        When a grouping is not one that exists at the start of an episode.
    NotEnoughData
        When the grouping was not recorded.

    Notes
    -----
    One episode a patient: the first. Differences are standardised, the largest between any two
    groups; there are no p-values, for they tell the size of the sample rather than of a difference.

    References
    ----------
    Austin PC (2009). Balance diagnostics for comparing the distribution of baseline covariates
    between treatment groups. Statistics in Medicine 28(25), 3083-3107.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.table_one(ho.load("data/demo_sessions.csv"))
    >>> answer.table["characteristic"].iloc[0]
    'Pain, 0-10'
    """
    groupings_named(by, GROUPINGS_AT_START)
    rows = _first_episodes(clinic)
    groups = group_rows(rows, by, allowed=GROUPINGS_AT_START)
    outcomes = [code for code in clinic.measures if MEASURES[code].domain in _DOMAINS]
    known = known_at_start(clinic, rows, outcomes)
    own = {grouping.label for grouping in groups.groupings if not grouping.bins}
    known = [each for each in known if each.label.removesuffix(_AT_FIRST) not in own]
    table = describe_patients(known, groups, clinic.minimums)
    return Estimates(
        name=f"table-one{groups.suffix}",
        question=f"Who are the patients{groups.question}?",
        words=_words(table, rows, groups),
        table=table,
        method=(
            "The first episode of each patient, as known at its start: means with standard "
            "deviations, or counts with shares of those for whom it was recorded. Standardised "
            "differences are the largest between two groups (Austin 2009)."
        ),
        sample={
            "patients seen": len(rows),
            "already running": int(rows["already_running"].sum()),
        },
        notes=groups.cautions,
        supporting={"groups": groups.table.assign(n_patients=groups.count())},
    )


def _first_episodes(clinic: Any) -> pd.DataFrame:
    """One row per patient: the first episode."""
    episodes = clinic.episodes.frame.sort_values(["patient_id", "first_day", "episode_id"])
    return episodes.drop_duplicates("patient_id").reset_index(drop=True)


def _words(table: pd.DataFrame, rows: pd.DataFrame, groups: Groups) -> tuple[str, ...]:
    """How many patients, and what is missing or differs most."""
    said = [f"{sentences.counted(len(rows))} at the start of the first episode."]
    missing = table.groupby(["characteristic", "group"], sort=False)["n_missing"].first()
    missing = missing.groupby("characteristic", sort=False).sum()
    often = missing[missing > len(rows) / 5]
    if len(often):
        parts = [
            f"{in_sentence(name)} ({sentences.percent(n / len(rows))})" for name, n in often.items()
        ]
        said.append(f"Often not recorded: {sentences.listed(parts)}.")
    if groups.groupings:
        differing = table.drop_duplicates("characteristic")
        differing = differing[np.isfinite(differing["std_difference"].to_numpy(float))]
        own = {grouping.label for grouping in groups.groupings}
        differing = differing[~differing["characteristic"].isin(own)]
        differing = differing.nlargest(3, "std_difference")
        if len(differing):
            parts = [
                f"{in_sentence(row.characteristic)} ({sentences.number(row.std_difference, 2)})"
                for row in differing.itertuples()
            ]
            said.append(
                "The groups differ most at the start in "
                f"{sentences.listed(parts)}, in standard deviations."
            )
    return tuple(said)
