"""load(): the whole path from files to the tables of a clinic."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from hipoutcomes.clinic import Clinic
from hipoutcomes.ingest.read import Reading, read_files
from hipoutcomes.tables.analysis_plan import AnalysisPlan
from hipoutcomes.tables.baseline_rules import BaselineRule
from hipoutcomes.tables.engines import Engine
from hipoutcomes.tables.episodes import (
    EpisodeRule,
    find_episodes,
    no_links,
    recorded_episodes,
)
from hipoutcomes.tables.exposure_rules import ExposureRule
from hipoutcomes.tables.issues import Issues
from hipoutcomes.tables.item_scores import score_fields
from hipoutcomes.tables.scores import Scores
from hipoutcomes.tables.sessions import days_covered, order_of_rows, sessions_from
from hipoutcomes.tables.treatments import treatments_of
from hipoutcomes.vocabulary.minimums import Minimums


def load(
    paths: str | Path | Iterable[str | Path],
    mapping: str | Path | None = None,
    *,
    episode_rule: EpisodeRule | None = None,
    baseline_rule: BaselineRule | None = None,
    exposure_rule: ExposureRule | None = None,
    minimums: Minimums | None = None,
    engine: Engine = "pandas",
    analysis_plan: AnalysisPlan | None = None,
    **reading,
) -> Clinic:
    """Read a clinic's files and carry them as far as episodes and scores.

    Parameters
    ----------
    paths : path or several
        CSV, TSV and Excel files; also exports of Cliniko, REDCap, FHIR and OMOP.
    mapping : path or str, optional
        A mapping file, or the name of a profile such as ``nhs-proms``.
    episode_rule : EpisodeRule, optional
        When one episode of care ends and another begins.
    baseline_rule : BaselineRule, optional
        Which score counts as the start.
    exposure_rule : ExposureRule, optional
        Under which technique a patient is counted: `first_session()` unless told.
    minimums : Minimums, optional
        From how many patients on there is an estimate, a comparison, or a number in a report.
    engine : {"pandas", "duckdb"}
        Where reductions run; the numbers are the same.
    analysis_plan : AnalysisPlan, optional
        What was meant to be asked before results were seen; by default the one in the mapping.
    **reading
        Passed to `hipoutcomes.ingest.read.read_files`: `date_order`, `scale`, `shape`,
        `none_means`, `encoding`, `delimiter`, `sheet`, `constants`, `today`, `timezone`, `codes`.

    Raises
    ------
    FileError
        When a file is missing, empty, damaged, or of a kind that is not read.
    MappingError
        When the columns do not say who was seen and when.
    DecisionNeeded
        When only the owner of the file can say how to read it, such as the order of its dates.
    NothingUsable
        When no row could be used.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> clinic = ho.load("data/demo_sessions.csv")
    >>> clinic.episodes
    Episodes: ... rows, one per episode_id
    """
    # Files become typed rows; what cannot be read is kept with its reason.
    read = read_files(paths, mapping=mapping, **reading)
    clinic = clinic_from(read, episode_rule or EpisodeRule(), engine)
    own = {
        "baseline_rule": baseline_rule,
        "exposure_rule": exposure_rule,
        "minimums": minimums,
        "analysis_plan": analysis_plan,
    }
    return replace(clinic, **{name: rule for name, rule in own.items() if rule is not None})


def clinic_from(read: Reading, episode_rule: EpisodeRule, engine: Engine) -> Clinic:
    """Carry typed rows as far as episodes and scores."""
    records, recorded_shape = read.records, read.records.shape == "episodes"
    # Rows are put in the order of each patient's days, so that the file's order changes nothing.
    order = np.arange(len(records.rows))
    if not recorded_shape:
        order = order_of_rows(records.rows, records.scores)
    rows = records.rows.iloc[order].reset_index(drop=True)
    fields = score_fields(records.scores, records.rows["patient_id"].to_numpy(), order)
    # Visits become sessions and episodes, scores are kept beside them.
    is_visit = np.zeros(len(rows), bool) if recorded_shape else rows["is_visit"].to_numpy()
    session_id = np.where(is_visit, np.cumsum(is_visit), 0).astype(np.int32)
    sessions = sessions_from(rows.assign(is_visit=is_visit))
    first_day, last_day = days_covered(rows, is_visit)
    if recorded_shape:
        episodes, links = recorded_episodes(rows), no_links()
    else:
        episodes, links = find_episodes(sessions, episode_rule, first_day, engine)
    return Clinic(
        sessions=sessions,
        treatments=treatments_of(records.treatments, order, session_id),
        scores=Scores(rows, session_id, fields, order),
        episodes=episodes,
        episode_sessions=links,
        issues=Issues(read.issues, key_is_checked=True),
        accounting=read.accounting,
        plans=read.plans,
        sources=read.sources,
        patients=records.patients,
        shape=records.shape,
        first_day=first_day,
        last_day=last_day,
        episode_rule=episode_rule,
        engine=engine,
        analysis_plan=read.analysis_plan,
    )
