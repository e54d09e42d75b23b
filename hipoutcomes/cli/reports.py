"""hipoutcomes report | inspect: what files say, and how they would be read."""

from pathlib import Path
from typing import Annotated

import typer

from hipoutcomes.cli.app import app
from hipoutcomes.cli.options import Files, need_one_source, reads_files
from hipoutcomes.cli.progress import progress_bar


@app.command()
@reads_files
def report(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="CSV, TSV or Excel files. Several are read as one clinic."),
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="Folder of a clinic's records, instead of files.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder of the report; hipoutcomes-report, or hipoutcomes-shared, unless told.",
        ),
    ] = None,
    share: Annotated[
        bool,
        typer.Option(
            "--share", help="Write the copy that may leave the clinic: small numbers are hidden."
        ),
    ] = False,
    minimum: Annotated[
        int,
        typer.Option(
            min=5, help="With --share: numbers of clients below it are hidden; 5 inside the clinic."
        ),
    ] = 11,
    gap: Annotated[
        int, typer.Option(min=1, help="Days without a visit after which a new course begins.")
    ] = 90,
    run_in: Annotated[
        int, typer.Option(min=0, help="Days at the start of the file set aside from outcomes.")
    ] = 90,
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    *,
    reading: dict,
) -> None:
    """Read a clinic's files, or its records, and write a report."""
    from hipoutcomes.report.folder import check_writable
    from hipoutcomes.tables.episodes import EpisodeRule

    need_one_source(files, store, reading)
    output = output or Path("hipoutcomes-shared" if share else "hipoutcomes-report")
    check_writable(output)
    with progress_bar() as progress:
        progress(0, 1, "Reading the files")
        clinic = _clinic(files, store, reading, EpisodeRule(gap=gap, run_in=run_in))
        if share:
            lines = _shared(clinic, output, store, minimum, title=title, progress=progress)
        else:
            lines = _written(clinic, output, title=title, progress=progress)
    for line in lines:
        print(line)


def _clinic(files: list[Path] | None, store: Path | None, reading: dict, rule):
    """The clinic of the files, or of the records."""
    if store:
        from hipoutcomes.clinic_records.loading import load_store

        return load_store(store, episode_rule=rule)
    from hipoutcomes.loading import load

    return load(files, episode_rule=rule, **reading)


def _written(clinic, output: Path, **options) -> tuple[str, ...]:
    """Write the report for the clinic itself; what to say of it."""
    from hipoutcomes.report.closing_lines import closing_lines
    from hipoutcomes.report.write import write_report

    return closing_lines(clinic, write_report(clinic, output, **options))


def _shared(clinic, output: Path, store: Path | None, minimum: int, **options) -> tuple[str, ...]:
    """Write the copy that may leave the clinic; what to say of it."""
    from hipoutcomes.report.closing_lines import lines_of_reading
    from hipoutcomes.report.shared.write_shared import write_shared_report

    memory = store / "private" / "shared" if store else None
    page = write_shared_report(clinic, output, minimum=minimum, memory=memory, **options)
    listed = "listed by the same command without --share"
    lines = (*lines_of_reading(clinic, listed), f"A copy that may leave the clinic: {page}")
    if store:
        return lines
    kept = f"What it showed is remembered in {output}-private; keep that, do not send it."
    return (*lines, kept)


@app.command()
@reads_files
def inspect(
    files: Files,
    save: Annotated[
        Path | None, typer.Option(help="Keep the plan as a mapping file for next time.")
    ] = None,
    header_only: Annotated[
        bool,
        typer.Option(
            "--header-only", help="Print the headings alone: a line without data, to show others."
        ),
    ] = False,
    *,
    reading: dict,
) -> None:
    """Say how files would be read, and write nothing."""
    from hipoutcomes.ingest.describe import describe
    from hipoutcomes.ingest.planning.mapping_text import write_mapping
    from hipoutcomes.ingest.read import read_files

    if header_only:
        _print_headings(files, save, reading)
        return
    if save is not None and len(files) > 1:
        raise typer.BadParameter("--save keeps the plan of one file; name one file.")
    read = read_files(files, **reading)
    print(describe(read))
    if save is not None:
        kept = write_mapping(read.plans[0], save, read.analysis_plan)
        print(f"\nPlan: {kept}")
        print(f"Next: hipoutcomes report {files[0]} --mapping {save}")


def _print_headings(files: list[Path], save: Path | None, reading: dict) -> None:
    """Print the headings of each file on one line, without those that name somebody."""
    from hipoutcomes.ingest.header_line import header_line, headings_of
    from hipoutcomes.privacy.personal_text import kind_of_text

    if save is not None:
        raise typer.BadParameter("--header-only keeps no plan; leave --save out.")
    how = {name: reading[name] for name in ("encoding", "delimiter", "sheet") if name in reading}
    for file in files:
        headings = headings_of(file, reading.get("mapping"), **how)
        print(header_line("(left out)" if kind_of_text(h) else h for h in headings))
