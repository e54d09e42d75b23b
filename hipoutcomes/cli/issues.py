"""hipoutcomes issues: what imports set aside or questioned, by reason and place."""

from pathlib import Path
from typing import Annotated

import typer

from hipoutcomes.cli.app import app
from hipoutcomes.cli.options import StoreFolder

#: So many places are listed for each reason.
_LISTED = 3


@app.command()
def issues(
    store: StoreFolder,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write every issue to a CSV file.")
    ] = None,
    lines: Annotated[
        Path | None, typer.Option("--json", help="Write every issue to a file of JSON lines.")
    ] = None,
) -> None:
    """List what was set aside or questioned: reasons and places, and no value of a cell."""
    from hipoutcomes.clinic_records.issue_list import list_issues, write_issues

    found = list_issues(store)
    for path in (csv, lines):
        if path is not None:
            print(f"{len(found):,} issues: {write_issues(found, path, as_lines=path == lines)}")
    if found.empty:
        print("Nothing was set aside or questioned.")
        return
    for code, rows in found.groupby("code", sort=False):
        first = rows.iloc[0]
        print(f"{len(rows):,} × {code} ({first['severity']}): {first['message']}")
        places = [
            f"{row.file}, row {row.row}" if row.row else f"{row.file}, {row.field}"
            for row in rows.head(_LISTED).itertuples()
        ]
        more = len(rows) - len(places)
        print(f"    {'; '.join(places)}{f'; and {more:,} more' if more else ''}")
        if first["suggestion"]:
            print(f"    {first['suggestion']}")
