"""The rows of a file that somebody should correct, each with its problems."""

import csv
import io
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hipoutcomes.ingest.file_read import FileRead
from hipoutcomes.ingest.grids.text_grid import DELIMITERS
from hipoutcomes.ingest.row_keys import row_keys

#: What is done about a row or a cell that has to be corrected.
_OPEN = ("row_quarantined", "cell_missing")


@dataclass(frozen=True, eq=False)
class RowToFix:
    """One row that was set aside, or of which a cell was.

    Attributes
    ----------
    key : str
    row : int
        As a spreadsheet shows it.
    cells : list of str
        As typed, under the headings of the file; more than those where the row is too long.
    problems : list of (heading, message, suggestion)
        Heading empty where it is the row as a whole.
    code : str
        Of the first problem.
    is_gone : bool
        Whether the row as a whole was set aside; otherwise cells of it were.
    """

    key: str
    row: int
    cells: list[str]
    problems: list[tuple[str, str, str]] = field(default_factory=list)
    code: str = ""
    is_gone: bool = False


def rows_to_fix(file: FileRead) -> list[RowToFix]:
    """The rows of a file that were set aside, or of which a cell was, in their order."""
    issues = file.log.frame()
    issues = issues[issues["action"].isin(_OPEN) & (issues["row"] > 0)]
    if issues.empty:
        return []
    grid = file.grid
    numbers = np.unique(issues["row"].to_numpy())
    place_of = dict(zip(grid.rows.tolist(), range(len(grid.rows)), strict=True))
    ragged = dict(grid.ragged)
    by_row = dict(list(issues.groupby("row")))
    found = []
    for key, number in zip(row_keys(grid.sha256, grid.sheet, numbers), numbers, strict=True):
        place = place_of.get(int(number))
        if place is not None:
            cells = [column.text(place) for column in grid.columns]
        else:
            cells = _cells_of(ragged[int(number)], grid.dialect.get("delimiter"))
        told = by_row[number]
        problems = list(zip(told["column"], told["message"], told["suggestion"], strict=True))
        is_gone = bool((told["action"] == "row_quarantined").any())
        code = str(told["code"].iloc[0])
        found.append(RowToFix(key, int(number), cells, problems, code, is_gone))
    return found


def terms_to_review(file: FileRead) -> pd.DataFrame:
    """Words of a file that are in no list: `field`, `value` and the number of cells."""
    issues = file.log.frame()
    unknown = issues[issues["code"].astype(str) == "unknown-term"]
    counts = unknown.groupby(["field", "value"], observed=True).size()
    return counts.rename("n").reset_index().sort_values("n", ascending=False, ignore_index=True)


def _cells_of(line: str, delimiter: str | None) -> list[str]:
    """The cells of a row that was kept as one line."""
    sign = DELIMITERS.get(delimiter or "", "\t")
    return next(csv.reader(io.StringIO(line), delimiter=sign), [])
