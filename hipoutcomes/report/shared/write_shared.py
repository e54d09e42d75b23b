"""write_shared_report: a copy of the report that may leave the clinic."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hipoutcomes import __version__
from hipoutcomes.analyses.shares.responder_words import threshold_in_words
from hipoutcomes.clinic import Clinic
from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.privacy.suppression.gate import DISCLOSURE_OUTSIDE, release
from hipoutcomes.privacy.suppression.memory import remember, remembered, take_back
from hipoutcomes.privacy.suppression.population import ALL
from hipoutcomes.privacy.suppression.released import QUESTIONS, Released
from hipoutcomes.report.folder import (
    FILES_MARK,
    check_writable,
    files_in,
    move_into_place,
    staging_beside,
)
from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.parts import Block, Section
from hipoutcomes.report.shared import shared_words
from hipoutcomes.report.shared.earlier_copies import (
    COPY_MARK,
    memory_of,
    new_mark,
    refuse_strangers,
    refuse_unknown,
)
from hipoutcomes.report.shared.released_charts import chart_of
from hipoutcomes.report.shared.released_tables import numbers_of, shown_table
from hipoutcomes.report.shared.snapshot import SHARED, Counted, counted
from hipoutcomes.report.template import page_html
from hipoutcomes.tables.records import NO_DAY
from hipoutcomes.vocabulary.groupings import GROUPINGS

Progress = Callable[[int, int, str], None]

_STEPS = ("Counting clients", "Protecting small groups", "Writing the copy")


def write_shared_report(
    clinic: Clinic,
    directory: str | Path,
    *,
    minimum: int = DISCLOSURE_OUTSIDE,
    memory: str | Path | None = None,
    title: str | None = None,
    today: date | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write a copy that may leave the clinic: nothing hidden in it can be worked out.

    Parameters
    ----------
    clinic : Clinic
        Of all clients; a filtered one is refused.
    directory : path
        Where the copy belongs. Gets `report.html`, `charts/` and `tables/`, and nothing private.
    minimum : int
        Numbers of clients under this are hidden: 11 in what leaves a clinic, 5 or more inside.
    memory : path, optional
        Private folder that remembers what earlier copies showed: `private/shared` of a store. By
        default `<directory>-private` beside the copy, which must not be sent.
    title : str, optional
    today : date, optional
        Day by which the copy is dated, to its month; by default today.
    progress : callable, optional
        Called with steps done, steps in all, and what comes next.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    DecisionNeeded
        When the clinic is filtered, or earlier copies were made by other rules, are remembered in
        another folder beside this one, or lie in `directory` without being remembered.
    NotEnoughData
        When there are too few clients for anything to be shown.
    FileError
        When what earlier copies showed cannot be read, or a part of it is missing.
    OutputError
        When a folder cannot be written to, or another program made a copy meanwhile.
    ValueError
        When `minimum` is below 5.

    Examples
    --------
    >>> import tempfile
    >>> import hipoutcomes as ho
    >>> clinic = ho.load("data/demo_sessions.csv")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = write_shared_report(clinic, f"{folder}/copy")
    ...     page.name, sorted(path.name for path in page.parent.iterdir())
    ('report.html', ['charts', 'report.html', 'tables'])
    """
    _refuse_filters(clinic)
    directory = check_writable(directory)
    folder = memory_of(directory, memory)
    refuse_strangers(directory, folder)
    earlier = remembered(folder)
    refuse_unknown(directory, earlier)
    today, progress = today or date.today(), progress or _silent
    progress(0, len(_STEPS), _STEPS[0])
    found = counted(clinic, _as_of(clinic, today), earlier.therapists)
    rules = _rules(clinic, found)
    earlier.refuse_other_rules(rules)
    progress(1, len(_STEPS), _STEPS[1])
    released = release(found.snapshot, earlier.copies, found.scale, minimum=minimum)
    mark = new_mark() if released.new else earlier.marks[-1]
    progress(2, len(_STEPS), _STEPS[2])
    with staging_beside(directory) as staging:
        staged = staging / "report"
        staged.mkdir()
        _build(found, released, rules, staged, title, today, mark)
        # Remembered first: a copy that is out and forgotten could be undone by the next one.
        kept = None
        if released.new:
            kept = remember(
                earlier, mark, rules, found.snapshot, released.new, found.therapists
            )  # fmt: skip
        try:
            # Another program may have made a copy beside this one meanwhile.
            refuse_strangers(directory, folder)
            move_into_place(staged, directory, staging / "earlier")
        except BaseException:
            if kept is not None and (staged / "report.html").exists():
                take_back(kept)
            raise
    return directory / "report.html"


def _silent(done: int, total: int, what: str) -> None:
    """Say nothing."""


def _refuse_filters(clinic: Clinic) -> None:
    """Copies of some clients and of all could be subtracted."""
    if clinic.left_out:
        raise DecisionNeeded(
            "A shared copy of only some clients was asked for "
            f"({'; '.join(what for what, *_ in clinic.left_out)}).",
            "A reader who has a copy of all clients too could subtract one from the other.",
            "Leave the filter out.",
        )


def _as_of(clinic: Clinic, today: date) -> str:
    """Month up to which the records go."""
    last = today
    if clinic.last_day != NO_DAY:
        last = date(1970, 1, 1) + timedelta(days=int(clinic.last_day))
    return f"{last:%B %Y}"


def _rules(clinic: Clinic, found: Counted) -> dict[str, str]:
    """How clients are counted, in words; two copies by different rules could be subtracted."""
    threshold, question = found.threshold, found.question
    return {
        "measure": question.measure.label,
        "later score": question.rule.label,
        "first score": question.baseline or "as recorded",
        "course of care": "as recorded" if clinic.shape == "episodes" else
        clinic.episode_rule.label,
        "technique": question.exposure or "as recorded",
        "better": "not sorted" if threshold is None else threshold_in_words(threshold),
    }  # fmt: skip


def _build(
    found: Counted,
    released: Released,
    rules: dict[str, str],
    staged: Path,
    title: str | None,
    today: date,
    mark: str,
) -> None:
    """Every file of the copy, into one folder; from what was released and nothing else."""
    for name in ("charts", "tables"):
        (staged / name).mkdir()
    measure = found.question.measure
    size = "" if found.threshold is None else threshold_in_words(found.threshold)
    when = "around week 6" if found.question.rule.name.startswith("week") else "later"
    sections = tuple(_sections(found, released, staged))
    newest = released.table(ALL, "measured").as_of
    page = page_html(
        "shared.html.j2",
        version=__version__,
        files_mark=FILES_MARK,
        copy_mark=(COPY_MARK, mark),
        files=(*files_in(staged), "report.html"),
        title=title or "How clients' scores changed",
        about=f"Records up to {newest}. Copy for sharing, made in {today:%B %Y}.",
        findings=shared_words.findings(released, measure, when, size),
        cautions=shared_words.cautions(),
        sections=sections,
        protected=shared_words.protected(released),
        rules=[in_owner_words(f"{name.capitalize()}: {rule}.") for name, rule in rules.items()],
    )
    (staged / "report.html").write_text(page, encoding="utf-8")


def _sections(found: Counted, released: Released, staged: Path):
    """All clients first, then one section for each grouping that is shown."""
    for grouping in (ALL, *SHARED):
        blocks = [
            _block(found, released, grouping, question, staged)
            for question in QUESTIONS
            if released.table(grouping, question) is not None
        ]
        if not blocks:
            continue
        title = "All clients" if grouping == ALL else GROUPINGS[grouping].question
        if grouping != ALL:
            cautious = blocks[-1]
            blocks[-1] = _with_cautions(cautious, shared_words.cautions_of(grouping))
        title = in_owner_words(title[:1].upper() + title[1:])
        yield Section(grouping.replace("_", "-"), title, (), tuple(blocks))


def _block(found: Counted, released: Released, grouping: str, question: str, staged: Path) -> Block:
    """One released table: words, chart, table, and the same table as CSV."""
    table = released.table(grouping, question)
    name = f"tables/{question}-{'all' if grouping == ALL else 'by-' + grouping}.csv"
    name = name.replace("_", "-")
    numbers = numbers_of(table, found.labels)
    (staged / name).write_bytes(numbers.to_csv(index=False, lineterminator="\r\n").encode())
    figure, missing = None, ""
    if grouping != ALL:
        figure, missing = chart_of(
            table, found.labels, found.question.measure, found.threshold, staged / "charts"
        )
    heading = {"measured": "Who was measured again?", "change": "How did scores change?",
               "sorted": "Who is better, about the same, or worse?"}[question]  # fmt: skip
    words = tuple(filter(None, (shared_words.repeated(released, table), missing)))
    shown = shown_table(table, found.labels, found.question.measure.unit)
    return Block(heading, words, figure, (shown,), name)


def _with_cautions(block: Block, cautions: tuple[str, ...]) -> Block:
    """A block with what must be known before its groups are looked at."""
    return replace(block, cautions=cautions)
