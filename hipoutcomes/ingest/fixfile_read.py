"""A fix file that comes back: which rows were corrected, dropped, or accepted as they are."""

import io
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from openpyxl import load_workbook

from hipoutcomes.errors import FileError
from hipoutcomes.ingest.fixfile import (
    ACTION,
    DROP,
    FIELD,
    KEY,
    MEANS,
    MISSING,
    OWN,
    ROW,
    ROWS,
    TERMS,
    TOO_MANY,
    WORD,
)
from hipoutcomes.ingest.grids.cells import Cells, as_typed
from hipoutcomes.ingest.grids.contents import file_bytes
from hipoutcomes.ingest.grids.grid import Grid, read_grid
from hipoutcomes.ingest.grids.workbook_parts import UNREADABLE

#: Part of a workbook that names its sheets, and so much of it as is looked at.
_LIST_OF_SHEETS, _MOST_OF_A_LIST = "xl/workbook.xml", 1 << 20


@dataclass(frozen=True, eq=False)
class CorrectedFile:
    """A fix file that came back.

    Attributes
    ----------
    grid : Grid
        Its rows under the headings of the first file, with the row numbers of that file.
    keys : list of str
        Of each row.
    actions : list of str
        ``drop``, ``missing`` or empty, of each row.
    terms : dict of (field, word) to str
        What words that are in no list mean, as decided.
    """

    grid: Grid
    keys: list[str]
    actions: list[str]
    terms: dict[tuple[str, str], str]

    def only(self, kept: np.ndarray) -> Grid:
        """The grid of some of the rows."""
        grid = self.grid
        counts = {**dict.fromkeys(grid.counts, 0), "rows_in_file": int(kept.sum()) + 1, "header": 1}
        return replace(
            grid,
            columns=tuple(column.take(kept).compact() for column in grid.columns),
            rows=grid.rows[kept],
            counts=counts,
            ragged=[],
        )


def is_fix_file(path: Path) -> bool:
    """Whether a file is a workbook with the sheet of rows to correct.

    Only the list of its sheets is unpacked; whatever else is wrong with it is told by its reader.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_LIST_OF_SHEETS) as part:
            return ROWS.encode() in part.read(_MOST_OF_A_LIST)
    except UNREADABLE:
        return False


def read_fix_file(path: Path) -> CorrectedFile:
    """Read a fix file.

    Raises
    ------
    FileError
        When it is damaged, or its own columns were changed.
    """
    wanted = {*OWN, TOO_MANY}
    grid = read_grid(path, is_heading=wanted.__contains__, sheet=ROWS)
    place = {heading: i for i, heading in enumerate(grid.headers)}
    if lacking := [name for name in (KEY, ROW, ACTION) if name not in place]:
        raise FileError(
            f"{path.name} has no column {lacking[0]} any more.",
            f"Columns whose heading begins with _ say which row is which; there are {len(OWN)}.",
            "Take the fix file as it was written, and correct it again.",
        )
    keys, numbers, actions = (_texts(grid, place[name]) for name in (KEY, ROW, ACTION))
    known = np.array(
        [bool(key) and number.isdecimal() for key, number in zip(keys, numbers, strict=True)], bool
    )
    unknown = {a.casefold() for a in actions} - {"", DROP, MISSING}
    if unknown:
        raise FileError(
            f"{path.name} says something else than '{DROP}' or '{MISSING}' under {ACTION}.",
            "Leave it blank where a row was corrected.",
            "Choose from the list that the cell offers.",
        )
    kept = [i for i, heading in enumerate(grid.headers) if heading not in wanted]
    of_file = replace(
        grid,
        headers=tuple(grid.headers[i] for i in kept),
        columns=tuple(_as_text(grid.columns[i]).take(known).compact() for i in kept),
        rows=np.array([n for n, k in zip(numbers, known, strict=True) if k], np.int32),
        ragged=[],
    )
    chosen = np.flatnonzero(known)
    return CorrectedFile(
        of_file,
        [keys[i] for i in chosen],
        [actions[i].casefold() for i in chosen],
        _terms(file_bytes(path)),
    )


def _texts(grid: Grid, place: int) -> list[str]:
    """Cells of one column as text."""
    column = grid.columns[place]
    return [column.text(i).strip() for i in range(len(grid.rows))]


def _as_text(column: Cells) -> Cells:
    """Whole numbers that a spreadsheet made of text are text again; dates stay dates."""
    return column.mapped(lambda v: as_typed(v) if isinstance(v, int) and v is not True else v)


def _terms(data: bytes) -> dict[tuple[str, str], str]:
    """Words whose meaning was chosen."""
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    if TERMS not in book.sheetnames:
        return {}
    rows = list(book[TERMS].iter_rows(values_only=True))
    headings = [str(cell or "") for cell in rows[0]] if rows else []
    if not {FIELD, WORD, MEANS} <= set(headings):
        return {}
    at = [headings.index(name) for name in (FIELD, WORD, MEANS)]
    said = [[str(row[i] or "").strip() for i in at] for row in rows[1:]]
    return {(field, word): means for field, word, means in said if field and word and means}
