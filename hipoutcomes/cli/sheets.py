"""hipoutcomes sheet: the score sheet that a clinic fills."""

from pathlib import Path
from typing import Annotated

import typer

from hipoutcomes.cli.app import app
from hipoutcomes.cli.days import a_day
from hipoutcomes.cli.options import reads_files


@app.command()
@reads_files
def sheet(
    path: Annotated[Path, typer.Argument(help="Workbook to write.")] = Path("score-sheet.xlsx"),
    appointments: Annotated[
        list[Path] | None,
        typer.Option(
            "--from", help="Export of appointments: the sheet gets a row for each visit in it."
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="With --from: leave out visits before this day, 2026-11-01.")
    ] = None,
    *,
    reading: dict,
) -> None:
    """Write a score sheet for Excel: blank, or with a row for each visit."""
    from hipoutcomes.ingest.sheet import write_sheet

    if appointments is None:
        if since or reading:
            raise typer.BadParameter("Options of reading and --since need --from APPOINTMENTS.")
        print(f"A blank score sheet: {write_sheet(path)}")
        print(f"Fill one row per visit, then: hipoutcomes report {path}")
        return
    from hipoutcomes.ingest.read import read_files
    from hipoutcomes.ingest.sheet_visits import visits_to_fill

    read = read_files(appointments, **reading)
    visits = visits_to_fill(read.records, a_day(since, "--since"))
    if visits.empty:
        raise typer.BadParameter(f"No visit since {since} in the appointments.")
    write_sheet(path, visits)
    print(f"A score sheet with a row for each visit: {path}")
    for line in _counted(read, visits):
        print(line)
    named = " ".join(str(file) for file in appointments)
    print("Fill in the scores, save it, then:")
    print(f"  hipoutcomes report {named} {path}")


def _counted(read, visits) -> list[str]:
    """Visits and clients in the sheet, and the appointments that are not in it."""
    lines = [f"  {len(visits):,} visits of {visits['Client'].nunique():,} clients"]
    rows = read.accounting.rows
    if rows["skipped_not_a_visit"]:
        lines.append(f"  {rows['skipped_not_a_visit']:,} appointments did not take place: left out")
    if rows["quarantined"]:
        lines.append(f"  {rows['quarantined']:,} rows could not be used; see: hipoutcomes inspect")
    return lines
