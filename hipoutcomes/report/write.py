"""write_report: one self-contained page, its charts and tables, and what is private beside it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from hipoutcomes import __version__
from hipoutcomes.clinic import Clinic
from hipoutcomes.report.closing_lines import period
from hipoutcomes.report.folder import (
    FILES_MARK,
    check_writable,
    files_in,
    move_into_place,
    staging_beside,
)
from hipoutcomes.report.methods import methods_of
from hipoutcomes.report.page_one.findings import headline_chart, headline_of
from hipoutcomes.report.page_one.page_one import page_one
from hipoutcomes.report.page_one.record_next import record_next
from hipoutcomes.report.parts import Section
from hipoutcomes.report.private import write_private
from hipoutcomes.report.quality import issue_counts, quality_blocks
from hipoutcomes.report.sections.answering import Answering
from hipoutcomes.report.sections.outcomes import main_outcome, movement_outcome
from hipoutcomes.report.sections.planned_section import planned_section
from hipoutcomes.report.sections.questions import parts_of
from hipoutcomes.report.template import page_html
from hipoutcomes.tables.outcome_rules import recorded, week

Progress = Callable[[int, int, str], None]


def write_report(
    clinic: Clinic,
    directory: str | Path,
    *,
    title: str | None = None,
    today: date | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write a report that opens in any browser, and return the path of its page.

    Parameters
    ----------
    clinic : Clinic
    directory : path
        Where the report belongs. Gets `report.html`, `charts/`, `tables/` and `private/`. An
        earlier report there is replaced; other files in it stay.
    title : str, optional
        Title of the report.
    today : date, optional
        Day that the report says it was made on; by default today. Nothing else in the report
        depends on the clock.
    progress : callable, optional
        Called with steps done, steps in all, and what comes next.

    Raises
    ------
    OutputError
        When the directory cannot be written to, or a file that is not ours would be overwritten.
        Nothing is then changed.

    Notes
    -----
    The report is built in a hidden folder beside its place and moved there when it is whole.

    Examples
    --------
    >>> import tempfile
    >>> import hipoutcomes as ho
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = ho.write_report(ho.load("data/demo_sessions.csv"), folder)
    ...     page.name
    'report.html'
    """
    directory = check_writable(directory)
    with staging_beside(directory) as staging:
        staged = staging / "report"
        staged.mkdir()
        _build(clinic, staged, title, today or date.today(), progress or _silent)
        move_into_place(staged, directory, staging / "earlier")
    return directory / "report.html"


def _silent(done: int, total: int, what: str) -> None:
    """Say nothing."""


def _build(clinic: Clinic, staged: Path, title: str | None, today: date, progress: Progress):
    """Every file of the report, into one folder."""
    main = main_outcome(clinic)
    movement = movement_outcome(clinic, main)
    parts = parts_of(clinic, main, movement)
    total = sum(len(part.asked) for part in parts) + 2
    done = iter(range(total))
    answering = Answering(clinic, staged, lambda what: progress(next(done), total, what))
    progress(next(done), total, "Page one")
    headline = headline_of(clinic, main, movement)
    figure = headline_chart(clinic, main, answering)
    sections = [answering.section(part) for part in parts]
    sections.append(planned_section(clinic, answering.looked_at, answering.kept))
    quality = Section("records", "Your records", (), quality_blocks(clinic))
    answering.kept(issue_counts(clinic.issues.frame), "issues-by-reason")
    write_private(staged / "private", clinic.issues.frame)
    rule = recorded() if clinic.shape == "episodes" else week(6, within=2)
    page = page_html(
        version=__version__,
        files_mark=FILES_MARK,
        files=(*files_in(staged), "report.html"),
        title=title or "How clients' scores changed",
        period=_about(clinic),
        made_on=f"{today.day} {today:%B %Y}",
        page=page_one(headline, record_next(clinic, headline), figure),
        sections=(quality, *sections),
        methods=methods_of(clinic, rule),
    )
    (staged / "report.html").write_text(page, encoding="utf-8")


def _about(clinic: Clinic) -> str:
    """Which files and which days the report is about."""
    files = ", ".join(source.file for source in clinic.sources)
    days = period(clinic)
    return f"From {files}: {days}" if days else f"From {files}"
