"""Exposure rules: under which technique an episode is counted, by what came before the outcome."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from hipoutcomes.tables.treatments import main_technique


class ExposureRule(Protocol):
    """What `Clinic.changes` asks of a rule.

    Attributes
    ----------
    name : str
        Short and file-safe.
    label : str
        Completes "A patient is counted under the ...".
    """

    name: str
    label: str

    def techniques(
        self, changes: pd.DataFrame, links: pd.DataFrame, treatments: pd.DataFrame
    ) -> pd.Categorical:
        """Technique of each row of changes.

        Parameters
        ----------
        changes : DataFrame
            `Changes.frame`.
        links : DataFrame
            `EpisodeSessions.frame`.
        treatments : DataFrame
            `Treatments.frame`.
        """
        ...


@dataclass(frozen=True, slots=True)
class FirstSession:
    """The main technique of the first session: nothing that came later could have chosen it."""

    name: str = "first-session"
    label: str = "main technique of the first session (the one with most minutes; a tie is 'mixed')"

    def techniques(
        self, changes: pd.DataFrame, links: pd.DataFrame, treatments: pd.DataFrame
    ) -> pd.Categorical:
        """Technique of each row of changes, as found with the episodes."""
        return pd.Categorical(changes["technique"])


@dataclass(frozen=True, slots=True)
class MostUsed:
    """The technique used most in the sessions before the outcome, for description.

    A therapist changes technique when one does not help, so this rule lets the course of pain
    choose the group; differences between groups are further from a fair comparison than under
    `FirstSession`.
    """

    name: str = "most-used"
    label: str = (
        "technique with most minutes in the sessions before the later score (sessions are counted "
        "where minutes are missing; a tie is 'mixed')"
    )

    def techniques(
        self, changes: pd.DataFrame, links: pd.DataFrame, treatments: pd.DataFrame
    ) -> pd.Categorical:
        """Technique of each row of changes, from the sessions before its outcome."""
        rows = changes[["episode_id", "n_sessions_before"]].assign(record=np.arange(len(changes)))
        given = links[["episode_id", "session_id", "episode_seq"]].merge(rows, on="episode_id")
        given = given[given["episode_seq"] <= given["n_sessions_before"].fillna(0)]
        given = given.merge(treatments, on="session_id")
        unknown = given.groupby("record")["minutes"].transform(lambda minutes: minutes.isna().any())
        weight = given["minutes"].where(~unknown.astype(bool), 1.0)
        used = (
            given.assign(minutes=weight)
            .groupby(["record", "technique"], observed=True)["minutes"]
            .sum()
            .reset_index()
        )
        return main_technique(used, len(changes))


def first_session() -> FirstSession:
    """Count each patient under the main technique of the first session.

    Examples
    --------
    >>> first_session().name
    'first-session'
    """
    return FirstSession()


def most_used() -> MostUsed:
    """Count each patient under the technique used most before the outcome; for description only.

    Examples
    --------
    >>> most_used().name
    'most-used'
    """
    return MostUsed()
