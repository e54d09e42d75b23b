"""Honest outcome analytics for hands-on care of hip pain.

clinic = hipoutcomes.load("sessions.csv")
clinic.issues                       what was set aside or questioned, and why
answer = hipoutcomes.improvement(clinic, "pain", by="technique")
answer                              in words
answer.table                        in numbers
answer.plot()                       as a chart
hipoutcomes.write_report(clinic, "report/")
"""

from importlib import import_module

__version__ = "0.1.0"

#: Public names in the order of the data path, and the module that each lives in.
_HOME = {
    "load": "loading",
    "Clinic": "clinic",
    "import_files": "clinic_records.importing",
    "load_store": "clinic_records.loading",
    "list_issues": "clinic_records.issue_list",
    "merge_clients": "clinic_records.clients",
    "forget_client": "clinic_records.clients",
    "export_store": "clinic_records.exporting",
    "export_files": "clinic_records.exporting",
    "EpisodeRule": "tables.episodes",
    "BaselineRule": "tables.baseline_rules",
    "first_session": "tables.exposure_rules",
    "most_used": "tables.exposure_rules",
    "week": "tables.outcome_rules",
    "session": "tables.outcome_rules",
    "last": "tables.outcome_rules",
    "recorded": "tables.outcome_rules",
    "Minimums": "vocabulary.minimums",
    "AnalysisPlan": "tables.analysis_plan",
    "improvement": "analyses.improvement",
    "responders": "analyses.responders",
    "natural_course": "analyses.natural_course",
    "trajectory": "analyses.trajectory",
    "immediate": "analyses.immediate",
    "dose": "analyses.dose",
    "carry_over": "analyses.carry_over",
    "completeness": "analyses.completeness",
    "sensitivity": "analyses.sensitivity",
    "table_one": "analyses.table_one",
    "associations": "analyses.associations",
    "shifts": "analyses.shifts",
    "episode_gaps": "analyses.episode_gaps",
    "can_compare": "analyses.comparability",
    "precision": "analyses.precision",
    "comparison": "analyses.comparison",
    "visit_scores": "analyses.visit_scores",
    "ancova": "analyses.models.ancova",
    "gee": "analyses.models.gee",
    "logistic": "analyses.models.logistic",
    "ordinal": "analyses.models.ordinal",
    "repeated_measures": "analyses.models.repeated",
    "mixed_model": "analyses.models.mixed",
    "Estimates": "results",
    "write_report": "report.write",
    "write_sheet": "ingest.sheet",
    "due_scores": "due",
    "simulate_clinic": "simulate",
    "Scenario": "simulate",
    "write_demo": "simulate",
    "MEASURES": "vocabulary.instruments",
    "INSTRUMENTS": "vocabulary.instruments",
    "THRESHOLDS": "vocabulary.thresholds",
    "GROUPINGS": "vocabulary.groupings",
}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str):
    """Load a public name the first time it is asked for (PEP 562)."""
    if name in _HOME:
        return getattr(import_module(f"hipoutcomes.{_HOME[name]}"), name)
    raise AttributeError(f"module 'hipoutcomes' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
