"""What a file is, told from its bytes; and how its bytes become text."""

import difflib
import io
import zipfile
import zlib
from pathlib import Path

from hipoutcomes.errors import FileError
from hipoutcomes.ingest.grids.packed_size import gunzipped, need_plausible_size

_SAVE_AS = "Open it in its own program and save it as .xlsx or .csv."
_EXPECTED = "We read .xlsx, .xls and .ods workbooks, and .csv or .tsv text files (also .csv.gz)."

#: First bytes of files that are not tables, and what to call them.
_OTHER_KINDS = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a rich-text document"),
    (b"SQLite format 3", "a SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"ISSCFFR", "a statistics file"),
    (b"$FL2", "an SPSS file"),
    (b"$FL3", "an SPSS file"),
)
_NOTHING = b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
#: Name of the stream of an .xls workbook, as the directory of its file writes it.
_XLS_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_WEB_PAGE = (b"<html", b"<!doctype html", b"<table", b"<head", b"<?xml")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def file_bytes(path: Path) -> bytes:
    """All bytes of a file.

    Raises
    ------
    FileError
        When the file is missing, a folder, or cannot be opened.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise FileError(
            f"There is no file {path}.", _EXPECTED, _similar_name(path) or "Check the name."
        ) from None
    except IsADirectoryError:
        raise FileError(f"{path} is a folder.", _EXPECTED, "Name one file inside it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(
            f"{path} cannot be opened: {reason}.",
            "We need permission to read it.",
            "Close it in other programs, or copy it to a folder of your own.",
        ) from None


def unpacked(data: bytes, name: str) -> bytes:
    """Bytes of a gzip file without the packing; other bytes as they are."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gunzipped(data, name)
    except (OSError, EOFError, zlib.error):
        raise FileError(
            f"{name} is damaged: its compressed contents break off or do not fit together.",
            "We expected a complete .gz file.",
            "Copy or download it again.",
        ) from None


def kind_of(data: bytes, name: str) -> str:
    """``text`` or ``workbook``.

    Raises
    ------
    FileError
        When the bytes are of a kind we do not read, empty, or damaged.
    """
    if not (data[:4096].strip(_NOTHING) or data.strip(_NOTHING)):
        raise FileError(f"{name} is empty.", "We need a heading row and rows below it.",
                        "Export the file again, or check that it is the right one.")  # fmt: skip
    if data.startswith(_ZIP):
        return _kind_of_zip(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _kind_of_compound(data, name)
    start = data[:200].lstrip().lower()
    if start.startswith(_WEB_PAGE):
        raise FileError(f"{name} is a web page, whatever its name says.", _EXPECTED, _SAVE_AS)
    for magic, what in _OTHER_KINDS:
        if data.startswith(magic):
            raise FileError(f"{name} is {what}.", _EXPECTED, _SAVE_AS)
    return "text"


def text_of(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    """Text of a file and the encoding it was read with.

    The ladder is byte order mark, then the pattern of UTF-16, then strict UTF-8, then Windows-1252.

    Raises
    ------
    FileError
        When the bytes are not text in that encoding, or in any of the ladder.
    ValueError
        When `encoding` is not the name of one.
    """
    if encoding:
        try:
            return data.decode(encoding).removeprefix("\ufeff"), encoding
        except LookupError:
            raise ValueError(
                f"{encoding!r} is not an encoding; use utf-8, utf-16, cp1252, latin-1, "
                "mac_roman, or another name that Python knows."
            ) from None
        except UnicodeError:
            raise _undecodable(name, f"It is not {encoding}.") from None
    for candidate in likely_encodings(data):
        try:
            text = data.decode(candidate)
        except UnicodeError:
            continue
        if "\x00" in text:
            break
        return text.removeprefix("\ufeff"), candidate
    raise _undecodable(name, "We tried UTF-8, UTF-16 and Windows-1252.")


def likely_encodings(data: bytes) -> tuple[str, ...]:
    """Encodings to try, in order."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return (encoding,)
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > 0.3 * len(sample) / 2 and min(even, odd) < 0.1 * len(sample) / 2:
        return ("utf-16-le" if odd > even else "utf-16-be",)
    return ("utf-8", "cp1252")


def _undecodable(name: str, tried: str) -> FileError:
    """The error of a file whose letters cannot be read."""
    return FileError(
        f"The letters of {name} cannot be read as text. {tried}",
        _EXPECTED,
        "Save it again as 'CSV UTF-8', or say how it was saved with --encoding.",
    )


def _kind_of_zip(data: bytes, name: str) -> str:
    """``workbook`` for an .xlsx or .ods, or the error that says what this archive is."""
    try:
        need_plausible_size(data, name)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.namelist()
            kind = archive.read("mimetype") if "mimetype" in parts else b""
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ):
        raise damaged_workbook(name) from None
    if "xl/workbook.xml" in parts or kind.startswith(_SPREADSHEET):
        return "workbook"
    kinds = {
        "word/": "a Word document", "ppt/": "a presentation",
        "xl/workbook.bin": "a binary workbook",
        "content.xml": "an OpenDocument file, and no spreadsheet",
        "Index/": "an Apple Numbers or Pages file",
    }  # fmt: skip
    for start, what in kinds.items():
        if any(part.startswith(start) for part in parts):
            raise FileError(f"{name} is {what}.", _EXPECTED, _SAVE_AS)
    raise FileError(
        f"{name} is a zip archive of {len(parts)} files.", _EXPECTED, "Unzip it and name one file."
    )


def damaged_workbook(name: str) -> FileError:
    """The error of a workbook that breaks off or does not fit together."""
    return FileError(
        f"{name} is damaged: it begins like a workbook, but it is not a complete one.",
        "We expected a workbook that Excel itself can open.",
        "Copy or export it again; if Excel opens it, save it under a new name.",
    )


def locked_workbook(name: str) -> FileError:
    """The error of a workbook with a password."""
    return FileError(
        f"{name} is protected by a password.",
        "We expected a workbook that opens without one.",
        "Open it in Excel, choose File > Info > Protect Workbook, remove the password, and save.",
    )


def _kind_of_compound(data: bytes, name: str) -> str:
    """``workbook`` for an .xls, or the error of another old Office file or a locked workbook."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise locked_workbook(name)
    if any(stream in data for stream in _XLS_STREAMS):
        return "workbook"
    raise FileError(f"{name} is an older Office file, and no workbook.", _EXPECTED, _SAVE_AS)


def _similar_name(path: Path) -> str:
    """A sentence that names a file of nearly the same name; empty when there is none."""
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except (OSError, ValueError):
        return ""
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.75)
    return f"Did you mean {path.parent / close[0]}?" if close else ""
