"""Where the table lies in a sheet: its headings, its rows, and what stands around them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from hipoutcomes.errors import MappingError
from hipoutcomes.ingest.grids.cells import Cells, as_typed, is_blank

#: Headings are looked for in this many rows from the top.
HEAD_ROWS = 40
#: Totals and remarks are looked for in this many rows from the bottom.
FOOT_ROWS = 5

_FOOTER = re.compile(
    r"(grand\s+|sub-?\s?)?totals?\b|sum\b|average\b|mean\b|count\b|end of (report|file|list)\b"
    r"|(report\s+)?(generated|printed|exported|created|run)\s+(on|by|at|:)|page \d+ of|\*{2,}"
    r"|\d+ (rows|records|appointments|results|entries)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class Table:
    """The table of one sheet, with everything around it counted."""

    headers: tuple[str, ...]
    columns: tuple[Cells, ...]
    rows: np.ndarray
    counts: dict[str, int]
    ragged: list[tuple[int, str]]
    n_short: int = 0


def n_known(record: Sequence, is_heading: Callable[[str], bool]) -> int:
    """Number of cells of a row that are headings we know."""
    return sum(1 for cell in record if not is_blank(cell) and is_heading(heading_of(cell)))


def heading_of(cell: object) -> str:
    """A heading as one line of text, without spaces around it."""
    return " ".join(as_typed(cell).split())


def find_header(records: Sequence[Sequence], is_heading: Callable[[str], bool]) -> tuple[int, int]:
    """Place of the row with most known headings, and how many; the fuller, then the earlier row."""
    best, score = 0, (0, 0)
    for place, record in enumerate(records[:HEAD_ROWS]):
        filled = sum(not is_blank(cell) for cell in record)
        known = n_known(record, is_heading) if filled else 0
        if (known, filled) > score:
            best, score = place, (known, filled)
    return best, score[0]


def no_heading(name: str, record: Sequence) -> MappingError:
    """The error of a file in which no heading is known."""
    cells = [heading_of(cell)[:30] for cell in record if not is_blank(cell)]
    listed = ", ".join(cells[:12]) + (", ..." if len(cells) > 12 else "")
    return MappingError(
        f"{name} has no column heading that we know. Its fullest row reads: {listed}.",
        "We look for headings such as Patient, Date, Pain before, Pain after, Technique.",
        "Rename the headings, or name your own in a mapping file (--mapping mapping.toml).",
    )


def lay_out(
    records: Sequence[Sequence],
    header_at: int,
    raw_line: Callable[[Sequence], str],
    headings: tuple[tuple[str, ...], int] | None = None,
) -> Table:
    """Split the rows of a sheet into preamble, headings, data, blank rows and footer.

    Parameters
    ----------
    records : sequence of rows
        Every row of the sheet from the first; row number 1 is `records[0]`.
    header_at : int
        Place of the heading row.
    raw_line : callable
        Writes a row as one line, for rows with more cells than there are headings.
    headings : (tuple of str, int), optional
        The headings, and how many rows they take up; as the heading row has them without it.
    """
    headers, n_rows = headings or (trimmed_headings(records[header_at]), 1)
    foot = footer_start(records, header_at + 1, len(headers))
    body = _body(records[header_at + 1 : foot], header_at + 2, len(headers), raw_line)
    blank_below = sum(all(map(is_blank, record)) for record in records[foot:])
    counts = {
        "rows_in_file": len(records),
        "preamble": header_at + 1 - n_rows,
        "header": n_rows,
        "blank": body.n_blank + blank_below,
        "footer": len(records) - foot - blank_below,
    }
    headers, columns = without_empty_columns(headers, body.columns)
    return Table(headers, columns, body.rows, counts, body.ragged, body.n_short)


@dataclass(frozen=True, eq=False)
class _Body:
    """The rows between headings and footer."""

    columns: list[Cells]
    rows: np.ndarray
    n_blank: int = 0
    ragged: list[tuple[int, str]] = field(default_factory=list)
    n_short: int = 0


def _body(records: Sequence[Sequence], first: int, width: int, raw_line) -> _Body:
    """Columns of the rows that hold something; `first` is the number of the first row."""
    if set(map(len, records)) == {width}:
        return _even_body(records, first)
    kept: list[Sequence] = []
    numbers: list[int] = []
    ragged: list[tuple[int, str]] = []
    blank = short = 0
    for number, record in enumerate(records, first):
        if all(map(is_blank, record)):
            blank += 1
        elif len(record) == width:
            kept.append(record)
            numbers.append(number)
        elif any(not is_blank(cell) for cell in record[width:]):
            ragged.append((number, raw_line(record)))
        else:
            short += len(record) < width
            kept.append((*record[:width], *[""] * (width - len(record))))
            numbers.append(number)
    columns = [Cells.of(column) for column in zip(*kept, strict=True)] if kept else []
    columns = columns or [Cells.of([]) for _ in range(width)]
    return _Body(columns, np.array(numbers, dtype=np.int32), blank, ragged, short)


def _even_body(records: Sequence[Sequence], first: int) -> _Body:
    """The same where every row has as many cells as there are headings."""
    columns = [Cells.of(column) for column in zip(*records, strict=True)]
    rows = np.arange(first, first + len(records), dtype=np.int32)
    filled = np.zeros(len(records), bool)
    for column in columns:
        filled |= column.codes >= 0
        if filled.all():
            return _Body(columns, rows)
    return _Body([column.take(filled) for column in columns], rows[filled], int((~filled).sum()))


def trimmed_headings(record: Sequence) -> tuple[str, ...]:
    """The headings of a row as text, as many as the row has cells."""
    return tuple(heading_of(cell) for cell in record)


def without_empty_columns(
    headers: tuple[str, ...], columns: Sequence[Cells]
) -> tuple[tuple[str, ...], tuple[Cells, ...]]:
    """Headings and columns without those that have neither a heading nor a value."""
    kept = [(h, c) for h, c in zip(headers, columns, strict=True) if h or len(c.values)]
    return tuple(h for h, _ in kept), tuple(c for _, c in kept)


def footer_start(records: Sequence[Sequence], first: int, width: int) -> int:
    """Place of the first row of totals and remarks at the end; the end when there are none."""
    start = place = len(records)
    seen = 0
    while place > first and seen < FOOT_ROWS:
        place -= 1
        if all(map(is_blank, records[place])):
            continue
        if not is_footer(records[place], width):
            break
        start, seen = place, seen + 1
    return start


def is_footer(record: Sequence, width: int) -> bool:
    """Whether a row is a total or a remark: its first words say so and it has blank cells.

    Where the first cell says more than "Total", at least half of the cells must be blank, so that
    a client called Mean or Total is not taken for one.
    """
    filled = [as_typed(cell).strip() for cell in record if not is_blank(cell)]
    if not filled or not (found := _FOOTER.match(filled[0])):
        return False
    said_all = found.end() == len(filled[0].rstrip(" :"))
    return len(filled) < width if said_all else len(filled) <= max(1, width // 2)
