"""The headings of a file as one line, which an owner may show to others: there is no data in it."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from hipoutcomes.ingest.grids.grid import read_grid
from hipoutcomes.ingest.planning.headings import recognise
from hipoutcomes.ingest.planning.mapping import Mapping, find_mapping
from hipoutcomes.ingest.planning.plan import is_known


def headings_of(
    path: str | Path,
    mapping: "str | Path | Mapping | None" = None,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> tuple[str, ...]:
    """The headings of a text file or a workbook, which may have no rows yet.

    Parameters
    ----------
    path : path
    mapping : path, str or Mapping, optional
        Names headings that we do not know.
    encoding, delimiter, sheet : str, optional
        Where those we find are wrong.

    Raises
    ------
    FileError
        When the file is missing, empty, damaged, or of a kind we do not read.
    MappingError
        When no heading is known, so that no row is known to be the headings.
    DecisionNeeded
        When two sheets could be the one.
    """
    told = find_mapping(mapping)

    def known(heading: str) -> bool:
        return recognise(heading) is not None or is_known(heading, told)

    grid = read_grid(path, is_heading=known, encoding=encoding, delimiter=delimiter, sheet=sheet)
    return grid.headers


def header_line(headings: Iterable[str]) -> str:
    """Headings as a line of CSV.

    Examples
    --------
    >>> print(header_line(["Client", "Pain, before", ""]))
    Client,"Pain, before",
    """
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(headings)
    return line.getvalue()
