"""Archives that unpack to absurd sizes are refused before anything unpacks them."""

import gzip
import io
import struct
import zipfile
import zlib

from hipoutcomes.errors import FileError

#: Unpacked bytes of a file, and of all parts of a workbook together, that we take.
MOST_BYTES = 2 << 30
#: Parts of a workbook that we take.
MOST_PARTS = 20_000

#: A packed byte unpacks to no more than so many.
MOST_GROWTH = 1032
_STEP = 1 << 24
_LOCAL_HEADER = 30


def need_plausible_size(data: bytes, name: str) -> None:
    """Refuse a zip archive of too many parts, or whose parts unpack to too much.

    What the archive says of its sizes can be wrong, so parts that could be too large are unpacked
    step by step and counted.

    Raises
    ------
    FileError
        Saying that the file is far larger than a table can be.
    BadZipFile
        When it is no whole archive.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise too_large(name)
    suspects = [p for p in parts if p.compress_size * MOST_GROWTH > MOST_BYTES]
    if sum(_length(data, part) for part in suspects) > MOST_BYTES:
        raise too_large(name)


def gunzipped(data: bytes, name: str) -> bytes:
    """Contents of a gzip file.

    Raises
    ------
    FileError
        When they are too large.
    OSError, EOFError, zlib.error
        When they are damaged.
    """
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
        contents = packed.read(MOST_BYTES + 1)
    if len(contents) > MOST_BYTES:
        raise too_large(name)
    return contents


def too_large(name: str) -> FileError:
    """The error of a file that unpacks to more than a table can be."""
    return FileError(
        f"{name} unpacks to more than {MOST_BYTES >> 30} GB, or to very many parts.",
        "No table of visits is as large; the file may be damaged, or made to do harm.",
        "Export it again, for a shorter time.",
    )


def _length(data: bytes, part: zipfile.ZipInfo) -> int:
    """Unpacked bytes of a part up to the most we take, counted without keeping them."""
    if part.compress_type != zipfile.ZIP_DEFLATED:
        return part.file_size
    at = part.header_offset
    if not 0 <= at <= len(data) - _LOCAL_HEADER:
        raise zipfile.BadZipFile("a part lies outside the archive")
    start = at + _LOCAL_HEADER + sum(struct.unpack("<HH", data[at + 26 : at + 30]))
    left = data[start : start + part.compress_size]
    unpacking, n_bytes = zlib.decompressobj(-zlib.MAX_WBITS), 0
    try:
        while left and not unpacking.eof and n_bytes <= MOST_BYTES:
            n_bytes += len(unpacking.decompress(left, _STEP))
            left = unpacking.unconsumed_tail
    except zlib.error:
        pass  # a damaged part is told of by whoever reads it
    return n_bytes
