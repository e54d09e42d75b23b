"""Bytes of a file become a grid: headings, raw cells, and the row numbers a person sees."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.ingest.grids.contents import file_bytes, kind_of, unpacked
from hipoutcomes.ingest.grids.text_grid import read_text
from hipoutcomes.ingest.grids.workbook_grid import read_workbook


@dataclass(frozen=True, eq=False)
class Grid:
    """The table of one file as it was typed.

    Attributes
    ----------
    file : str
        Name of the file without its folder.
    sheet : str
        Sheet of a workbook; empty for text files.
    sha256 : str
        Of the file's bytes as they lie on the disk.
    headers : tuple of str
        Headings on one line each, without spaces around them; repeated and blank ones are kept.
    columns : tuple of Cells
        One per heading. Columns with neither a heading nor a value are left out.
    rows : ndarray of int32, shape (n data rows,)
        Row numbers as a spreadsheet shows them. A record of a text file is one row, even where a
        quoted cell runs over several lines; a blank line is a row.
    counts : dict
        `rows_in_file`, `preamble`, `header`, `blank`, `footer`; `rows_in_file` is the sum of the
        others, the data rows and the ragged ones. Blank rows above the headings are preamble.
    ragged : list of (row number, raw line)
        Rows with more filled cells than there are headings; they are not in `rows`.
    dialect : dict of str
        How the file was read, in words.
    questions : tuple of str
        The second row of headings, one for each of `headers`; empty where there is one row only.
    """

    file: str
    sheet: str
    sha256: str
    headers: tuple[str, ...]
    columns: tuple[Cells, ...]
    rows: np.ndarray
    counts: dict[str, int]
    ragged: list[tuple[int, str]] = field(default_factory=list)
    dialect: dict[str, str] = field(default_factory=dict)
    questions: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)


def read_grid(
    path: str | Path,
    *,
    is_heading: Callable[[str], bool],
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Grid:
    """Read a text file or a workbook as it was typed.

    Parameters
    ----------
    path : path
        A .csv, .tsv or other delimited text file (also packed as .gz), or an .xlsx workbook; what
        it is is told from its contents, not from its name.
    is_heading : callable
        Whether a text is a heading we know. Delimiter, heading row and sheet are those with most.
    encoding, delimiter : str, optional
        For text files, where the ones we find are wrong.
    sheet : str, optional
        For workbooks with several sheets.

    Raises
    ------
    FileError
        When the file is missing, empty, damaged, locked, or of a kind we do not read.
    MappingError
        When no heading is known.
    DecisionNeeded
        When two sheets could be the one.
    ValueError
        When `encoding` or `delimiter` is not one we can use.
    """
    path = Path(path)
    data = file_bytes(path)
    contents = unpacked(data, path.name)
    known = _remembered(is_heading)
    # The hash of a large file takes as long as a column; it is made beside the reading.
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(lambda: hashlib.sha256(data).hexdigest())
        if kind_of(contents, path.name) == "workbook":
            table, dialect, title = read_workbook(contents, path.name, known, sheet)
        else:
            table, dialect = read_text(contents, path.name, known, encoding, delimiter)
            title = ""
    return Grid(
        file=path.name,
        sheet=title,
        sha256=digest.result(),
        headers=table.headers,
        columns=table.columns,
        rows=table.rows,
        counts=table.counts,
        ragged=table.ragged,
        dialect=dialect,
    )


def _remembered(is_heading: Callable[[str], bool]) -> Callable[[str], bool]:
    """The same question, asked once per text."""
    answers: dict[str, bool] = {}

    def known(text: str) -> bool:
        if text not in answers:
            answers[text] = bool(is_heading(text))
        return answers[text]

    return known
