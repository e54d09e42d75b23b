"""The command line: hipoutcomes report | inspect | sheet | demo | lab.

Heavy modules load inside the commands, so that --help answers at once.
"""

import codecs
import os
import subprocess
import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hipoutcomes import __version__
from hipoutcomes.errors import HipoutcomesError, MappingError

HELP = """Honest outcome reports for hands-on care of hip pain.

Start with:  hipoutcomes report appointments.csv

Exit codes: 0 done, however many cells were set aside for you; 1 a fault of this program;
2 a file, folder or command that cannot be used; 4 a question only you can answer, with the
option that answers it; 6 a file in which no row could be used.
"""

app = typer.Typer(
    help=HELP,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


class DateOrder(StrEnum):
    """Order of day and month in dates such as 05/03/2026."""

    day_first = "day-first"
    month_first = "month-first"


class ScaleOfPain(StrEnum):
    """Scale of pain scores."""

    to_10 = "0-10"
    to_100 = "0-100"


class ShapeOfFile(StrEnum):
    """What one row of a file is."""

    sessions = "sessions"
    episodes = "episodes"


class NoneMeans(StrEnum):
    """What the word 'none' means in a column of scores."""

    zero = "zero"
    missing = "missing"


Files = Annotated[
    list[Path],
    typer.Argument(help="CSV, TSV or Excel files. Several are read as one clinic."),
]
Mapping = Annotated[
    str | None,
    typer.Option("--mapping", "-m", help="A mapping file, or a profile such as nhs-proms."),
]
Order = Annotated[
    DateOrder | None, typer.Option("--date-order", help="How to read dates such as 05/03/2026.")
]
ScaleOption = Annotated[
    ScaleOfPain | None, typer.Option("--scale", help="Scale of the pain scores.")
]
Shape = Annotated[
    ShapeOfFile | None,
    typer.Option("--shape", help="One row per visit (sessions), or per course of care (episodes)."),
]
NoneOption = Annotated[
    NoneMeans | None,
    typer.Option("--none-means", help="What the word 'none' means in a column of scores."),
]
Encoding = Annotated[
    str | None, typer.Option(help="How a text file was saved, such as utf-8 or cp1252.")
]
Delimiter = Annotated[str | None, typer.Option(help="What separates the cells of a text file.")]
Sheet = Annotated[str | None, typer.Option(help="Which sheet of a workbook to read.")]
Constants = Annotated[
    list[str] | None,
    typer.Option(
        "--constant", help="What is the same in every row, such as device=goniometer; repeatable."
    ),
]


@app.callback(invoke_without_command=True)
def start(
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False,
) -> None:
    """Answer --version; the commands do the rest."""
    if version:
        print(f"hipoutcomes {__version__}")
        raise typer.Exit


@app.command()
def report(
    files: Files,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the report.")] = Path(
        "hipoutcomes-report"
    ),
    mapping: Mapping = None,
    date_order: Order = None,
    scale: ScaleOption = None,
    shape: Shape = None,
    none_means: NoneOption = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    constant: Constants = None,
    gap: Annotated[
        int, typer.Option(min=1, help="Days without a visit after which a new course begins.")
    ] = 90,
    run_in: Annotated[
        int, typer.Option(min=0, help="Days at the start of the file set aside from outcomes.")
    ] = 90,
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
) -> None:
    """Read a clinic's files and write a report."""
    from hipoutcomes.clinic import load
    from hipoutcomes.report.closing_lines import closing_lines
    from hipoutcomes.report.folder import check_writable
    from hipoutcomes.report.write import write_report
    from hipoutcomes.tables.episodes import EpisodeRule

    check_writable(output)
    with _progress() as progress:
        progress(0, 1, "Reading the files")
        clinic = load(
            files,
            mapping=mapping,
            episode_rule=EpisodeRule(gap=gap, run_in=run_in),
            **_reading(date_order, scale, shape, none_means, encoding, delimiter, sheet, constant),
        )
        page = write_report(clinic, output, title=title, progress=progress)
    for line in closing_lines(clinic, page):
        print(line)


@app.command()
def inspect(
    files: Files,
    save: Annotated[
        Path | None, typer.Option(help="Keep the plan as a mapping file for next time.")
    ] = None,
    mapping: Mapping = None,
    date_order: Order = None,
    scale: ScaleOption = None,
    shape: Shape = None,
    none_means: NoneOption = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    constant: Constants = None,
) -> None:
    """Say how files would be read, and write nothing."""
    from hipoutcomes.ingest.describe import describe
    from hipoutcomes.ingest.planning.mapping_text import write_mapping
    from hipoutcomes.ingest.read import read_files

    if save is not None and len(files) > 1:
        raise typer.BadParameter("--save keeps the plan of one file; name one file.")
    options = _reading(date_order, scale, shape, none_means, encoding, delimiter, sheet, constant)
    reading = read_files(files, mapping=mapping, **options)
    print(describe(reading))
    if save is not None:
        kept = write_mapping(reading.plans[0], save, reading.analysis_plan)
        print(f"\nPlan: {kept}")
        print(f"Next: hipoutcomes report {files[0]} --mapping {save}")


@app.command()
def demo(
    directory: Annotated[Path, typer.Argument(help="Folder for the demo clinic.")],
) -> None:
    """Write the file of a made-up clinic."""
    from hipoutcomes.report.folder import check_writable
    from hipoutcomes.simulate import write_demo

    check_writable(directory)
    written = write_demo(directory)
    print(f"A made-up clinic: {written}")
    print(f"Next: hipoutcomes report {written}")


@app.command()
def sheet(
    path: Annotated[Path, typer.Argument(help="Workbook to write.")] = Path("score-sheet.xlsx"),
) -> None:
    """Write a blank score sheet for Excel."""
    from hipoutcomes.ingest.sheet import write_sheet

    print(f"A blank score sheet: {write_sheet(path)}")
    print("Fill one row per visit, then: hipoutcomes report " + str(path))


@app.command()
def lab(
    directory: Annotated[
        Path, typer.Argument(help="Folder for the notebooks and the demo file.")
    ] = Path("hipoutcomes-lab"),
    open_lab: Annotated[
        bool, typer.Option("--open/--no-open", help="Open JupyterLab on them.")
    ] = True,
) -> None:
    """Copy the notebooks and open JupyterLab."""
    from hipoutcomes.report.lab_folder import copy_lab

    notebooks, kept = copy_lab(directory)
    print(f"Notebooks: {notebooks}")
    if kept:
        print(f"Already there and left as they are: {', '.join(kept)}")
    if open_lab:
        _open_jupyter(notebooks)


def _open_jupyter(notebooks: Path) -> None:
    """Run JupyterLab of this environment until it is closed."""
    from importlib.util import find_spec

    if find_spec("jupyterlab") is None:
        raise MappingError(
            "JupyterLab is not installed here.",
            "It comes with the extra 'lab'.",
            'Install it with: pip install "hipoutcomes[lab]"',
        )
    done = subprocess.run([sys.executable, "-m", "jupyterlab", str(notebooks)], check=False)
    raise typer.Exit(done.returncode)


def _reading(
    date_order, scale, shape, none_means, encoding, delimiter, sheet, constant
) -> dict[str, object]:
    """Options of reading that were given, as `load` takes them; wrong ones are refused here."""
    given = {
        "date_order": date_order and date_order.value,
        "scale": scale and scale.value,
        "shape": shape and shape.value,
        "none_means": none_means and none_means.value,
        "encoding": encoding and _encoding(encoding),
        "delimiter": delimiter and _delimiter(delimiter),
        "sheet": sheet,
        "constants": _constants(constant) if constant else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _encoding(name: str) -> str:
    """An encoding that Python knows."""
    try:
        codecs.lookup(name)
    except LookupError:
        raise typer.BadParameter(
            f"'{name}' is not an encoding; use utf-8, utf-16, cp1252, latin-1 or mac_roman."
        ) from None
    return name


def _delimiter(name: str) -> str:
    """What separates cells, as a person can type it."""
    from hipoutcomes.ingest.grids.text_grid import DELIMITERS

    known = {**DELIMITERS, "\\t": "\t"}
    given = known.get(name, name)
    if given not in known.values():
        raise typer.BadParameter(f"'{name}' is none of: {', '.join(DELIMITERS)}.")
    return given


def _constants(texts: list[str]) -> dict[str, str]:
    """Every --constant as name and value."""
    from hipoutcomes.ingest.planning.mapping import Mapping as FileMapping

    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise typer.BadParameter(f"'{text}' is not name=value, such as device=goniometer.")
        pairs[name.strip()] = value.strip()
    try:
        FileMapping().told(pairs)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None
    return pairs


@contextmanager
def _progress():
    """A progress bar on a terminal's error stream; silent anywhere else."""
    if not sys.stderr.isatty():
        yield lambda done, total, what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting", total=None)

        def show(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what)

        yield show


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every way to end is one plain message and a documented exit code."""
    try:
        app(arguments, prog_name="hipoutcomes")
    except HipoutcomesError as problem:
        print(f"hipoutcomes: {problem}", file=sys.stderr)
        sys.exit(problem.exit_code)
    except Exception as problem:
        if os.environ.get("HIPOUTCOMES_DEBUG") == "1":
            raise
        print(
            f"hipoutcomes: Sorry, this is a fault in the program ({type(problem).__name__}), not "
            "in your file. Nothing was written.\n  Run the command again with HIPOUTCOMES_DEBUG=1 "
            "and report what it shows; remove anything private first.",
            file=sys.stderr,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
