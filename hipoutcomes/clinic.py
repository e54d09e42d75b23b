"""Clinic: everything known about a clinic, as frozen tables."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from hipoutcomes.ingest.accounting import Accounting
from hipoutcomes.ingest.planning.plan import Plan
from hipoutcomes.ingest.sources import Source
from hipoutcomes.tables.analysis_plan import AnalysisPlan
from hipoutcomes.tables.baseline_rules import BaselineRule
from hipoutcomes.tables.changes import Changes, measure_change, only, recorded_change
from hipoutcomes.tables.engines import Engine
from hipoutcomes.tables.episodes import (
    EpisodeRule,
    Episodes,
    EpisodeSessions,
    find_episodes,
)
from hipoutcomes.tables.exposure_rules import ExposureRule, FirstSession
from hipoutcomes.tables.filters import episode_filters, lost
from hipoutcomes.tables.issues import Issues
from hipoutcomes.tables.outcome_rules import OutcomeRule, Recorded, recorded, week
from hipoutcomes.tables.records import Shape
from hipoutcomes.tables.scores import Scores
from hipoutcomes.tables.sessions import Sessions
from hipoutcomes.tables.treatments import Treatments
from hipoutcomes.vocabulary.minimums import Minimums


@dataclass(frozen=True, eq=False, repr=False)
class Clinic:
    """Everything that files of session records became.

    Attributes
    ----------
    sessions : Sessions
    treatments : Treatments
    scores : Scores
    episodes : Episodes
    episode_sessions : EpisodeSessions
    issues : Issues
        Every cell and row that was refused or questioned, and why.
    accounting : Accounting
        Rows and cells of each file, and what became of them; they add up.
    plans : tuple of Plan
        How each file was read.
    sources : tuple of Source
        Name, hash and size of each file.
    patients : ndarray of str
        The files' own id of patient 1, 2, ...; never shown in a report.
    shape : {"sessions", "episodes"}
    first_day, last_day : int
        Days the files cover, since 1970-01-01.
    episode_rule : EpisodeRule
    baseline_rule : BaselineRule
    exposure_rule : ExposureRule
        Under which technique an episode is counted.
    minimums : Minimums
        From how many patients on something is said of them.
    engine : {"pandas", "duckdb"}
    analysis_plan : AnalysisPlan, optional
        What was meant to be asked, written before results were seen; None without one.
    left_out : tuple of (str, int, int)
        What `where` left out: in words, patients, sessions.
    unfiltered : Clinic, optional
        The clinic that `where` was asked of; None for a clinic as loaded.
    """

    sessions: Sessions
    treatments: Treatments
    scores: Scores
    episodes: Episodes
    episode_sessions: EpisodeSessions
    issues: Issues
    accounting: Accounting
    plans: tuple[Plan, ...]
    sources: tuple[Source, ...]
    patients: np.ndarray
    shape: Shape
    first_day: int
    last_day: int
    episode_rule: EpisodeRule
    baseline_rule: BaselineRule = field(default_factory=BaselineRule)
    exposure_rule: ExposureRule = field(default_factory=FirstSession)
    minimums: Minimums = field(default_factory=Minimums)
    engine: Engine = "pandas"
    analysis_plan: AnalysisPlan | None = None
    left_out: tuple[tuple[str, int, int], ...] = ()
    unfiltered: "Clinic | None" = None
    _changes: dict = field(default_factory=dict)

    @property
    def measures(self) -> tuple[str, ...]:
        """Codes of the measures with at least one score."""
        return self.scores.measures

    def changes(self, outcome: str, rule: OutcomeRule | None = None) -> Changes:
        """Start, outcome and improvement of every episode on one measure.

        Parameters
        ----------
        outcome : str
            Code of a measure, such as ``pain`` or ``flexion_active``.
        rule : OutcomeRule, optional
            Which score counts as the outcome; by default `week(6, within=2)`, and `recorded()`
            for a file of one row per episode.

        Raises
        ------
        NotEnoughData
            When no score of this measure was recorded; the message lists what was.
        ValueError
            When the rule does not fit the shape of the file.
        """
        rule = rule or (recorded() if self.shape == "episodes" else week(6, within=2))
        if (self.shape == "episodes") != isinstance(rule, Recorded):
            raise ValueError(
                f"The outcome rule {rule.name!r} does not fit records of one row per "
                f"{self.shape.removesuffix('s')}; use "
                f"{'recorded()' if self.shape == 'episodes' else 'week(6), session(k) or last()'}."
            )
        if (outcome, rule) not in self._changes:
            self._changes[outcome, rule] = self._measure(outcome, rule)
        return self._changes[outcome, rule]

    def _measure(self, outcome: str, rule: OutcomeRule) -> Changes:
        """Changes by visits and days, or as the file records them.

        Under a filter they are found among all episodes first, so that a score of a complaint that
        was filtered out is not taken for one of the complaint before it.
        """
        if self.unfiltered is not None:
            whole = self.unfiltered.changes(outcome, rule)
            return only(whole, self.episodes.frame["episode_id"])
        if self.shape == "episodes":
            return recorded_change(self.scores, self.episodes, outcome)
        changes = measure_change(
            self.scores,
            self.episodes,
            self.episode_sessions,
            outcome,
            rule,
            gap=self.episode_rule.gap,
            last_day=self.last_day,
            baseline=self.baseline_rule,
            engine=self.engine,
        )
        if isinstance(self.exposure_rule, FirstSession):
            return changes
        frame, links = changes.frame, self.episode_sessions.frame
        technique = self.exposure_rule.techniques(frame, links, self.treatments.frame)
        return Changes(frame.assign(technique=technique), key_is_checked=True)

    def where(
        self,
        *,
        date_from: str | None = None,
        date_to: str | None = None,
        therapist: str | Iterable[str] | None = None,
        condition: str | Iterable[str] | None = None,
        clinic: str | Iterable[str] | None = None,
        procedure: str | Iterable[str] | None = None,
        age_from: float | None = None,
        age_to: float | None = None,
    ) -> "Clinic":
        """Keep the episodes that meet every condition; what was left out is counted.

        Parameters
        ----------
        date_from, date_to : str, optional
            First and last day, as 2026-03-31, on which an episode may begin.
        therapist, condition, clinic, procedure : str or several, optional
            As known at the first session of the episode; conditions by code.
        age_from, age_to : float, optional
            Least and greatest age at the first session.

        Raises
        ------
        ValueError
            When a value does not occur in the records, or the column was not recorded.

        Examples
        --------
        >>> import hipoutcomes as ho
        >>> older = ho.load("data/demo_sessions.csv").where(age_from=60)
        >>> older.left_out[0][0]
        'age 60 or more'
        """
        frame = self.episodes.frame
        kept, left_out = np.ones(len(frame), bool), list(self.left_out)
        wanted = {
            "date_from": date_from,
            "date_to": date_to,
            "therapist": therapist,
            "condition": condition,
            "clinic": clinic,
            "procedure": procedure,
            "age_from": age_from,
            "age_to": age_to,
        }
        for words, meets in episode_filters(frame, wanted):
            gone = kept & ~meets
            kept &= meets
            left_out.append((words, *lost(self.episode_sessions.frame, frame[gone], frame[kept])))
        return self._with_episodes(frame[kept], tuple(left_out))

    def regrouped(self, rule: EpisodeRule) -> "Clinic":
        """The same sessions under another rule for episodes; filters are dropped.

        Parameters
        ----------
        rule : EpisodeRule

        Raises
        ------
        ValueError
            For a file of one row per episode, which has no sessions to regroup.
        """
        if self.shape == "episodes":
            raise ValueError("Records of one row per episode hold no sessions to regroup.")
        whole = self.unfiltered or self
        episodes, links = find_episodes(whole.sessions, rule, self.first_day, self.engine)
        return replace(
            whole, episodes=episodes, episode_sessions=links, episode_rule=rule, _changes={}
        )

    def _with_episodes(self, frame: pd.DataFrame, left_out: tuple) -> "Clinic":
        """The same clinic with some of its episodes and their sessions."""
        links = self.episode_sessions.frame
        links = links[links["episode_id"].isin(frame["episode_id"])]
        sessions, treatments = self.sessions.frame, self.treatments.frame
        sessions = sessions[sessions["session_id"].isin(links["session_id"])]
        treatments = treatments[treatments["session_id"].isin(links["session_id"])]
        return replace(
            self,
            sessions=Sessions(sessions),
            treatments=Treatments(treatments),
            episodes=Episodes(frame),
            episode_sessions=EpisodeSessions(links),
            left_out=left_out,
            unfiltered=self.unfiltered or self,
            _changes={},
        )

    def __repr__(self) -> str:
        patients = self.episodes.frame["patient_id"].nunique()
        return (
            f"Clinic of {patients:,} patients, {len(self.episodes):,} episodes and "
            f"{len(self.sessions):,} sessions; scores of {', '.join(self.measures) or 'nothing'}"
        )
