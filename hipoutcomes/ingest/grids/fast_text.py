"""Clean text files by the million rows: Arrow reads the columns, nothing is done row by row."""

from concurrent.futures import ThreadPoolExecutor
from itertools import compress

import numpy as np
import pyarrow as pa
from pyarrow import csv

from hipoutcomes.ingest.grids.cells import Cells

_BLOCK_BYTES = 1 << 23
_BOM = b"\xef\xbb\xbf"
_ENCODED = pa.dictionary(pa.int32(), pa.string())


def read_columns(
    data: bytes, start: int, end: int, n_columns: int, delimiter: str
) -> list[Cells] | None:
    """Columns of a UTF-8 file whose every line is one full row; None when it is not such a file.

    Parameters
    ----------
    data : bytes
        The whole file.
    start, end : int
        Place of the first byte after the heading row, and of the end of the last row.
    n_columns : int
    delimiter : str

    Notes
    -----
    The result equals that of `csv.reader` on the same lines. It is only given when the number of
    rows that Arrow found is the number of lines, so there is no blank line, no row of another
    length and no cell with a line break, and row numbers follow by counting.
    """
    n_lines = _lines(data, start, end)
    if n_lines == 0 or n_columns < 2 or data.startswith(_BOM, start) or _open_end(data, start, end):
        return None
    names = [str(place) for place in range(n_columns)]
    try:
        table = csv.read_csv(
            pa.BufferReader(pa.py_buffer(data).slice(start, end - start)),
            read_options=csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
            parse_options=csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=data.find(b'"', start) >= 0,
                ignore_empty_lines=True,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, _ENCODED),
                null_values=[],
                strings_can_be_null=False,
                check_utf8=not data.isascii(),
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != n_lines:
        return None
    with ThreadPoolExecutor() as threads:
        return list(threads.map(_cells, table.unify_dictionaries().columns))


def _lines(data: bytes, start: int, end: int) -> int:
    """Number of lines from `start` to `end`, 0 where they end in a way not counted here."""
    if end <= start or data.find(b"\x00", start) >= 0:
        return 0
    lines = data.count(b"\n", start, end)
    returns = data.count(b"\r", start, end) if data.find(b"\r", start, end) >= 0 else 0
    if returns and returns != data.count(b"\r\n", start, end):
        return 0
    return lines + (data[end - 1] != ord("\n"))


def _open_end(data: bytes, start: int, end: int) -> bool:
    """Whether the last line has a double quote that may never be closed."""
    return data.count(b'"', max(start, data.rfind(b"\n", start, end - 1)), end) % 2 == 1


def _cells(column: pa.ChunkedArray) -> Cells:
    """An encoded column as `Cells`, with blanks as -1."""
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks])
    values = column.chunk(0).dictionary.to_numpy(zero_copy_only=False).tolist()
    filled = np.array([bool(value.strip()) for value in values])
    if filled.all():
        return Cells(codes, values)
    places = np.where(filled, np.cumsum(filled) - 1, -1).astype(np.int32)
    return Cells(places.take(codes, mode="clip"), list(compress(values, filled)))
