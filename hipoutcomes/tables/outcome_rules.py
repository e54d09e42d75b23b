"""Outcome rules: which score counts as the outcome of an episode, and when it is due.

Every rule names, for each episode, a target day, the first and last day that count, and the day
by which the outcome is due. The score nearest the target counts; on a tie, the earlier one.
Scores taken after treatment on the day of a session never count: they show the relief of that
hour. A rule is an object that the caller can replace by one with the same members.
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import pandas as pd

#: Stands for "no limit" in columns of days.
FAR = 2**30


class OutcomeRule(Protocol):
    """What `measure_change` asks of a rule.

    Attributes
    ----------
    name : str
        Short and file-safe.
    label : str
        Completes "The outcome is the ...".
    timings : tuple of str
        Timings that may count.
    """

    name: str
    label: str
    timings: tuple[str, ...]

    def windows(self, episodes: pd.DataFrame, links: pd.DataFrame, gap: int) -> pd.DataFrame:
        """Days per episode: `episode_id`, `target`, `opens`, `closes`, `due_by`.

        Parameters
        ----------
        episodes : DataFrame
            `Episodes.frame`.
        links : DataFrame
            `EpisodeSessions.frame`.
        gap : int
            Days without a session after which an episode has ended.
        """
        ...


@dataclass(frozen=True, slots=True)
class Week:
    """The score nearest to a number of weeks after the first session."""

    n: int = 6
    within: int = 2
    timings: ClassVar[tuple[str, ...]] = ("before", "between")

    def __post_init__(self):
        if self.n < 1 or not 0 <= self.within < self.n:
            raise ValueError(
                "week(n, within) needs n of 1 or more and within from 0 to below n; "
                f"it has n={self.n} and within={self.within}."
            )

    @property
    def name(self) -> str:
        """Short and file-safe."""
        return f"week-{self.n}"

    @property
    def label(self) -> str:
        """The rule in words."""
        return (
            f"score nearest week {self.n} ({self.n - self.within} to {self.n + self.within} weeks "
            "after the first session)"
        )

    def windows(self, episodes: pd.DataFrame, links: pd.DataFrame, gap: int) -> pd.DataFrame:
        """Days per episode; due when the last day that counts has passed."""
        first = episodes["first_day"]
        closes = first + 7 * (self.n + self.within)
        return pd.DataFrame(
            {
                "episode_id": episodes["episode_id"],
                "target": first + 7 * self.n,
                "opens": first + 7 * (self.n - self.within),
                "closes": closes,
                "due_by": closes,
            }
        )


@dataclass(frozen=True, slots=True)
class Session:
    """The score before treatment at the k-th session of the episode."""

    k: int = 6
    timings: ClassVar[tuple[str, ...]] = ("before",)

    def __post_init__(self):
        if self.k < 2:
            raise ValueError(f"session(k) needs k of 2 or more; it has k={self.k}.")

    @property
    def name(self) -> str:
        """Short and file-safe."""
        return f"session-{self.k}"

    @property
    def label(self) -> str:
        """The rule in words."""
        return f"score before treatment at session {self.k}"

    def windows(self, episodes: pd.DataFrame, links: pd.DataFrame, gap: int) -> pd.DataFrame:
        """Days per episode; one that ended before session k is due and not measured."""
        days = links.loc[links["episode_seq"] == self.k].set_index("episode_id")["day"]
        reached = episodes["episode_id"].map(days)
        target = reached.fillna(-FAR).astype("int64")
        return pd.DataFrame(
            {
                "episode_id": episodes["episode_id"],
                "target": target,
                "opens": target,
                "closes": target,
                "due_by": reached.fillna(episodes["last_day"] + gap).astype("int64"),
            }
        )


@dataclass(frozen=True, slots=True)
class Last:
    """The last score of the episode, whenever that was: it favours those who kept coming."""

    timings: ClassVar[tuple[str, ...]] = ("before", "between")

    @property
    def name(self) -> str:
        """Short and file-safe."""
        return "last"

    @property
    def label(self) -> str:
        """The rule in words."""
        return "last score of the episode, whenever that was"

    def windows(self, episodes: pd.DataFrame, links: pd.DataFrame, gap: int) -> pd.DataFrame:
        """Days per episode; due once the episode has ended."""
        ended = episodes["last_day"] + gap
        return pd.DataFrame(
            {
                "episode_id": episodes["episode_id"],
                "target": FAR,
                "opens": episodes["first_day"] + 1,
                "closes": ended,
                "due_by": ended,
            }
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """The later score that a file of one row per episode records, whenever it was taken."""

    timings: ClassVar[tuple[str, ...]] = ("between",)

    @property
    def name(self) -> str:
        """Short and file-safe."""
        return "recorded"

    @property
    def label(self) -> str:
        """The rule in words."""
        return "later score as the file records it"

    def windows(self, episodes: pd.DataFrame, links: pd.DataFrame, gap: int) -> pd.DataFrame:
        """Refuse: a file of sessions needs a rule that says when.

        Raises
        ------
        ValueError
            Always; `measure_change` reads recorded episodes without windows.
        """
        raise ValueError(
            "recorded() is for files of one row per episode; for sessions use week(6), session(k) "
            "or last()."
        )


def week(n: int = 6, within: int = 2) -> Week:
    """The score nearest week `n` after the first session, at most `within` weeks away.

    Examples
    --------
    >>> week(6, within=2).label
    'score nearest week 6 (4 to 8 weeks after the first session)'
    """
    return Week(n, within)


def session(k: int) -> Session:
    """The score before treatment at the k-th session of the episode.

    Examples
    --------
    >>> session(4).label
    'score before treatment at session 4'
    """
    return Session(k)


def last() -> Last:
    """The last score of the episode, whenever that was.

    Examples
    --------
    >>> last().name
    'last'
    """
    return Last()


def recorded() -> Recorded:
    """The later score that a file of one row per episode records.

    Examples
    --------
    >>> recorded().name
    'recorded'
    """
    return Recorded()
