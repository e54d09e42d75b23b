"""How the report was made: words, thresholds, rules, files and versions."""

import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from hipoutcomes import __version__
from hipoutcomes.clinic import Clinic
from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.parts import ShownTable
from hipoutcomes.report.plain_numbers import count
from hipoutcomes.tables.outcome_rules import OutcomeRule
from hipoutcomes.vocabulary.instruments import MEASURES
from hipoutcomes.vocabulary.thresholds import thresholds_of

_PROGRAMS = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "narwhals")

_WORDS = (
    ("Client", "A person in your records. Each client counts once in every headline."),
    (
        "Appointment",
        "A visit that took place. A follow-up is any appointment after the first of its course "
        "of care.",
    ),
    (
        "Course of care",
        "The appointments of one client for one hip and one complaint, without a long gap.",
    ),
    (
        "First score",
        "The last score before treatment at the first appointment, or in the days before it.",
    ),
    (
        "Later score",
        "The score that the outcome rule below picks. A score taken straight after treatment "
        "never counts as a later score: it shows the relief of that hour.",
    ),
    ("Improvement", "The change from first to later score, turned so that positive is better."),
    (
        "Due",
        "A client whose care began in these records, who has a first score, and for whom the "
        "time of the later score has passed.",
    ),
    (
        "Not measured again",
        "A client who was due and has no later score. Nothing is filled in for them in the main "
        "numbers.",
    ),
    (
        "Re-measuring alone",
        "What would be seen with no real change at all, because people come when scores are high "
        "and scores go up and down by themselves. The range holds for a reliability of the score "
        "from 0.4 to 0.8. Recovery by itself is not included.",
    ),
    (
        "Likely range",
        "A 95% confidence interval: where the true mean of clients like these plausibly lies. It "
        "says nothing about clients who were not measured again.",
    ),
    (
        "Set aside for you",
        "A cell or row that could not be used as typed. It is in your private list, not lost.",
    ),
)


@dataclass(frozen=True, slots=True)
class Methods:
    """What the last section shows.

    Attributes
    ----------
    words : tuple of (str, str)
    thresholds_lead : str
    tables : tuple of ShownTable
    rules : tuple of str
    files : tuple of (str, str, str)
        Name, rows, hash.
    versions : str
    """

    words: tuple[tuple[str, str], ...]
    thresholds_lead: str
    tables: tuple[ShownTable, ...]
    rules: tuple[str, ...]
    files: tuple[tuple[str, str, str], ...]
    versions: str


def methods_of(clinic: Clinic, rule: OutcomeRule) -> Methods:
    """Everything a reader needs to check the report or make it again."""
    tables = (_thresholds(clinic),)
    return Methods(
        words=_WORDS,
        thresholds_lead=(
            "Studies asked people how much change of a score mattered to them. These amounts are "
            "guides, not laws: they come from other people, conditions and treatments. Where a "
            "source has not been checked word for word, the table says so."
            if tables[0].rows
            else "No published amount is known here for the scores in your records."
        ),
        tables=tuple(table for table in tables if table.rows),
        rules=_rules(clinic, rule),
        files=tuple((s.file, count(s.n_rows), s.sha256) for s in clinic.sources),
        versions=_versions(),
    )


def _thresholds(clinic: Clinic) -> ShownTable:
    """Thresholds of the measures that were recorded, with their standing."""
    rows = [
        (
            MEASURES[measure].label,
            in_owner_words(threshold.label()),
            threshold.kind,
            threshold.population or "not stated",
            "verified" if threshold.verified else "not verified",
            "yes" if threshold.is_default else "",
        )
        for measure in clinic.measures
        for threshold in thresholds_of(measure)
    ]
    return ShownTable(
        "Amounts of change for the scores in your records",
        ("Score", "Amount", "Kind", "Studied in", "Source checked", "Used here"),
        tuple(rows),
        (False,) * 6,
        folded=len(rows) > 12,
    )


def _rules(clinic: Clinic, rule: OutcomeRule) -> tuple[str, ...]:
    """The rules of this run, in the order of the data path."""
    rules = []
    if clinic.shape == "sessions":
        rules = [
            f"Course of care: {clinic.episode_rule.label}.",
            f"First score: the {clinic.baseline_rule.label}.",
            f"Technique: the {clinic.exposure_rule.label}.",
        ]
    return tuple(
        in_owner_words(said)
        for said in (
            *rules,
            f"Later score: the {rule.label}.",
            "A headline counts one course of care per client: the first that was due.",
            "Ranges: 95% confidence intervals that let the scores of one client resemble each "
            "other; for shares, that of Agresti and Coull.",
            f"Small groups: {clinic.minimums.label}.",
            "Nothing was filled in for scores that are missing, but for the readings that say so "
            "where it is asked whether the missing could overturn a result.",
        )
    )


def _versions() -> str:
    """The programs that made the numbers."""
    said = [f"hipoutcomes {__version__}", f"Python {platform.python_version()}"]
    for name in _PROGRAMS:
        try:
            said.append(f"{name} {version(name)}")
        except PackageNotFoundError:  # pragma: no cover - all are dependencies
            continue
    return "Made with " + ", ".join(said) + "."
