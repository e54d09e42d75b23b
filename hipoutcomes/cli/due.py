"""hipoutcomes due: whose later score is due, and the words to ask for it."""

from pathlib import Path
from typing import Annotated

import typer

from hipoutcomes.cli.app import app
from hipoutcomes.cli.days import a_day
from hipoutcomes.cli.options import need_one_source, reads_files


@app.command()
@reads_files
def due(
    files: Annotated[
        list[Path] | None, typer.Argument(help="CSV, TSV or Excel files, instead of records.")
    ] = None,
    store: Annotated[Path | None, typer.Option(help="Folder of a clinic's records.")] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Workbook to write; due-2026-11-25.xlsx unless told."),
    ] = None,
    weeks: Annotated[int, typer.Option(min=1, help="Weeks after the first visit.")] = 6,
    within: Annotated[int, typer.Option(min=0, help="Weeks before and after that count.")] = 2,
    ahead: Annotated[int, typer.Option(min=0, help="Days beforehand to list a score.")] = 7,
    on: Annotated[str | None, typer.Option(help="Instead of today: 2026-11-25.")] = None,
    *,
    reading: dict,
) -> None:
    """List whose later score is due, those who stopped coming too, as a sheet for the answers."""
    from datetime import date

    from hipoutcomes.due import MESSAGE, due_scores, stopped_coming
    from hipoutcomes.ingest.sheet_due import write_due_sheet
    from hipoutcomes.tables.outcome_rules import week

    need_one_source(files, store, reading)
    if within >= weeks:
        raise typer.BadParameter("--within must be less than --weeks.")
    day = a_day(on, "--on") or date.today()
    clinic = _clinic(files, store, reading)
    listed = due_scores(clinic, day, rule=week(weeks, within=within), ahead=ahead)
    if listed.empty:
        print(f"No score is due around week {weeks}.")
        return
    path = write_due_sheet(output or Path(f"due-{day}.xlsx"), listed, day, MESSAGE)
    n_stopped = stopped_coming(listed, day)
    print(f"{len(listed):,} scores of week {weeks} are due: {path} (for the clinic only)")
    print(f"  {n_stopped:,} of them have not come for three weeks or more; ask them too")
    print(f"Send everyone the same words:\n  {MESSAGE}")
    then = f"hipoutcomes import {path} --store {store or 'FOLDER'}"
    print(f"Write the answers into the list, then: {then}")


def _clinic(files: list[Path] | None, store: Path | None, reading: dict):
    """The clinic, with its clients' own numbers."""
    if files:
        from hipoutcomes.loading import load

        return load(files, **reading)
    from hipoutcomes.clinic_records.loading import load_store

    return load_store(store, clients=True)
