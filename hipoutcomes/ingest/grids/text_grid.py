"""Text files with delimiters, laid out as a table."""

import csv
import io
from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np

from hipoutcomes.errors import FileError
from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.ingest.grids.contents import likely_encodings, text_of
from hipoutcomes.ingest.grids.far_cells import MOST_COLUMNS, need_fewer_columns
from hipoutcomes.ingest.grids.fast_text import read_columns
from hipoutcomes.ingest.grids.heading_groups import grouped_headings
from hipoutcomes.ingest.grids.layout import (
    FOOT_ROWS,
    HEAD_ROWS,
    Table,
    find_header,
    footer_start,
    lay_out,
    no_heading,
    trimmed_headings,
    without_empty_columns,
)

#: What may stand between cells, by the name a person would give it.
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}

#: Files of at least this many bytes are offered to Arrow first.
FAST_BYTES = 1 << 19
#: Only in tables of at least so many columns can a line inside a cell be taken for a row.
LEAST_TO_SWALLOW = 4
_HEAD_BYTES = 1 << 18

IsHeading = Callable[[str], bool]


def read_text(
    data: bytes,
    name: str,
    is_heading: IsHeading,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> tuple[Table, dict[str, str]]:
    r"""Table of a text file, and how it was read.

    Parameters
    ----------
    data : bytes
    name : str
        Name of the file, for messages.
    is_heading : callable
        Whether a text is a heading we know; delimiter and heading row are the pair that gives most.
    encoding, delimiter : str, optional
        Given by the owner of the file, instead of found.

    Raises
    ------
    FileError
        When the bytes are not text.
    MappingError
        When no heading is known.
    ValueError
        When `delimiter` or `encoding` is not one we can use.

    Examples
    --------
    >>> table, dialect = read_text(b"pt;pain\nA;7\n", "a.csv", {"pt", "pain"}.__contains__)
    >>> table.headers, table.rows.tolist(), dialect["delimiter"]
    (('pt', 'pain'), [2], 'semicolon')
    """
    delimiters = [_delimiter(delimiter)] if delimiter else list(DELIMITERS.values())
    if len(data) >= FAST_BYTES and (read := _read_fast(data, is_heading, encoding, delimiters)):
        return read
    text, used = text_of(data, name, encoding)
    chosen, header_at = _choose(_head_of(text), name, is_heading, delimiters)
    records, whole = _all_records(text, chosen, header_at, name)
    need_fewer_columns(len(records[header_at]), name)
    headings = grouped_headings(records, header_at, is_heading)
    table = lay_out(records, header_at, lambda record: _joined(record, chosen), headings)
    dialect = _dialect(used, chosen, header_at)
    if table.n_short == 1:
        dialect["short rows"] = "1 row ends early; its last cells were read as blank"
    elif table.n_short:
        dialect["short rows"] = (
            f"{table.n_short:,} rows end early; their last cells were read as blank"
        )
    if not whole:
        dialect["quotes"] = "a double quote is not closed, so each line was read as one row"
    return table, dialect


def _read_fast(
    data: bytes, is_heading: IsHeading, encoding: str | None, delimiters: list[str]
) -> tuple[Table, dict[str, str]] | None:
    """Table of a clean UTF-8 file read by Arrow; None when the careful way is needed."""
    used = likely_encodings(data)[0]
    if not used.startswith("utf-8") or (encoding or used).lower() not in ("utf-8", "utf8", used):
        return None
    mark = 3 if used == "utf-8-sig" else 0
    try:
        head = _head_of(_whole_lines(data[mark : mark + _HEAD_BYTES]).decode())
    except UnicodeDecodeError:
        return None
    delimiter, header_at, known = _best(head, is_heading, delimiters)
    headers, n_bytes = _heading_row(head, delimiter, header_at)
    if len(headers) > MOST_COLUMNS or (header_at and len(set(headers)) < len(headers)):
        return None  # too many columns are refused; a row of groups may stand above the headings
    end = len(data.rstrip(b"\r\n")) if data.endswith((b"\n\n", b"\n\r\n")) else len(data)
    n_below = max(0, data.count(b"\n", end) - 1)
    columns = read_columns(data, mark + n_bytes, end, len(headers), delimiter) if known else None
    if columns is None:
        return None
    return _counted(headers, columns, header_at, n_below), _dialect(used, delimiter, header_at)


def _counted(headers: tuple[str, ...], columns: list[Cells], header_at: int, n_below: int) -> Table:
    """The columns without rows that are blank or a footer, which are counted."""
    blank = np.ones(len(columns[0]), dtype=bool)
    for column in columns:
        blank &= column.codes < 0
        if not blank.any():
            break
    rows = np.arange(header_at + 2, header_at + 2 + len(blank), dtype=np.int32)
    kept = ~blank
    last = np.flatnonzero(kept)[-FOOT_ROWS:]
    foot = [[column.raw(place) for column in columns] for place in last]
    n_footer = len(foot) - footer_start(foot, 0, len(headers))
    kept[last[len(last) - n_footer :]] = False
    n_blank = int(np.count_nonzero(blank))
    if n_blank or n_footer:
        rows, columns = rows[kept], [column.take(kept).compact() for column in columns]
    counts = {
        "rows_in_file": header_at + 1 + len(blank) + n_below,
        "preamble": header_at,
        "header": 1,
        "blank": n_blank + n_below,
        "footer": n_footer,
    }
    headers, kept_columns = without_empty_columns(headers, columns)
    return Table(headers, kept_columns, rows, counts, [])


def _choose(head: str, name: str, is_heading: IsHeading, delimiters: list[str]) -> tuple[str, int]:
    """Delimiter and place of the heading row, or the error of a file without known headings."""
    delimiter, header_at, known = _best(head, is_heading, delimiters)
    if not known:
        raise no_heading(name, _first_records(head, delimiter, header_at + 1)[-1])
    return delimiter, header_at


def _best(head: str, is_heading: IsHeading, delimiters: list[str]) -> tuple[str, int, int]:
    """Delimiter and heading row with most known headings; then most cells, then our order."""
    best, score = (delimiters[0], 0, 0), (-1, -1)
    for delimiter in delimiters:
        records = _first_records(head, delimiter, HEAD_ROWS)
        place, known = find_header(records, is_heading)
        width = len(records[place]) if records else 0
        if (known, width) > score:
            best, score = (delimiter, place, known), (known, width)
    return best


def _first_records(text: str, delimiter: str, n: int) -> list[list[str]]:
    """The first rows of a text."""
    try:
        return list(islice(_reader(text, delimiter), n))
    except csv.Error:
        return [line.split(delimiter) for line in text.splitlines()[:n]]


def _heading_row(head: str, delimiter: str, header_at: int) -> tuple[tuple[str, ...], int]:
    """The headings, and the number of bytes up to the end of their row."""
    reader = _reader(head, delimiter)
    record = next(islice(reader, header_at, None), [])
    lines = islice(io.StringIO(head, newline=""), reader.line_num)
    return trimmed_headings(record), sum(len(line.encode()) for line in lines)


def _all_records(
    text: str, delimiter: str, header_at: int, name: str
) -> tuple[list[list[str]], bool]:
    """Every row of a text, and whether its double quotes are all closed.

    A quote that is never closed would swallow the rows after it. Where one is found, every line is
    read as a row of its own, and lines with an odd number of quotes are split at every delimiter.
    """
    try:
        records = list(_reader(text, delimiter, strict=True))
        if '"' not in text or not _swallows_rows(records, len(records[header_at]), delimiter):
            return records, True
    except csv.Error:
        pass
    try:
        records = list(_reader(text, delimiter))
        if not any("\n" in cell or "\r" in cell for record in records for cell in record):
            return records, True
        return [_one_line(line, delimiter) for line in io.StringIO(text, newline="")], False
    except csv.Error:
        raise FileError(
            f"{name} has a cell of more than {csv.field_size_limit():,} letters.",
            "We expected one visit to a line, with cells between delimiters.",
            "Check that it is the right file, and that its double quotes are closed.",
        ) from None


def _swallows_rows(records: list[list[str]], width: int, delimiter: str) -> bool:
    """Whether a cell over several lines holds a whole line with as many delimiters as a row."""
    if width < LEAST_TO_SWALLOW:
        return False
    for record in records:
        for cell in record:
            if "\n" in cell and any(
                line.count(delimiter) == width - 1 for line in cell.split("\n")[1:-1]
            ):
                return True
    return False


def _one_line(line: str, delimiter: str) -> list[str]:
    """The cells of one line."""
    quoting = csv.QUOTE_MINIMAL if line.count('"') % 2 == 0 else csv.QUOTE_NONE
    return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter, quoting=quoting), [])


def _reader(text: str, delimiter: str, strict: bool = False):
    """`csv.reader` over a text, its line ends as they are."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _head_of(text: str) -> str:
    """The beginning of a text, in which headings are looked for."""
    return text[:_HEAD_BYTES]


def _whole_lines(data: bytes) -> bytes:
    """Bytes up to the last line end, so that no letter is cut in two."""
    return data[: data.rfind(b"\n") + 1]


def _joined(record: Sequence[str], delimiter: str) -> str:
    """A row as one line of text."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="").writerow(record)
    return line.getvalue()


def _delimiter(given: str) -> str:
    """A delimiter from its name or itself."""
    found = DELIMITERS.get(given.strip().lower()) or {"\\t": "\t"}.get(given, given)
    if found not in DELIMITERS.values():
        raise ValueError(f"{given!r} is not a delimiter; use {', '.join(DELIMITERS)}.")
    return found


def _dialect(encoding: str, delimiter: str, header_at: int) -> dict[str, str]:
    """How a file was read, in words."""
    names = {sign: name for name, sign in DELIMITERS.items()}
    return {
        "encoding": encoding.removesuffix("-sig"),
        "delimiter": names[delimiter],
        "heading row": str(header_at + 1),
    }
