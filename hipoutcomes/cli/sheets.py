"""hipoutcomes sheet: the score sheet that a clinic fills."""

from pathlib import Path
from typing import Annotated

import typer

from hipoutcomes.cli.app import app


@app.command()
def sheet(
    path: Annotated[Path, typer.Argument(help="Workbook to write.")] = Path("score-sheet.xlsx"),
) -> None:
    """Write a blank score sheet for Excel."""
    from hipoutcomes.ingest.sheet import write_sheet

    print(f"A blank score sheet: {write_sheet(path)}")
    print("Fill one row per visit, then: hipoutcomes report " + str(path))
