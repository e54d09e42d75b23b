"""The private folder of a clinic: what says who is who, open to its owner only."""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from hipoutcomes.errors import OutputError

#: Name of the folder beside `store`.
PRIVATE = "private"
_FOLDER_MODE, _FILE_MODE = 0o700, 0o600
_ABOUT = """These files are NOT FOR SHARING.

key.json       the key from which clients get their codes; keep a copy somewhere safe
clients.csv    which code is which client of yours
therapists.csv which code is which therapist or rater
words.csv      which code is which word of your own (clinics, devices, positions)
files.csv      which file of yours goes by which name in the records
fix/           rows to correct, as they were typed
plans/         how the files of these imports were read
mappings/      how files with such headings are read from now on; yours to change
shared/        what copies for others showed, as numbers of clients
exports/       which number of an export is which client

The folder 'store' beside this one holds the records without names. Whoever has both folders can
tell who is who; whoever has 'store' alone cannot. Leave this folder out of anything that you send,
and out of shared or synchronised folders.
"""


@dataclass(frozen=True, slots=True)
class PrivateFolder:
    """An open private folder.

    Attributes
    ----------
    path : Path
    told : tuple of str
        What was mended, or cannot be promised here, in plain sentences.
    """

    path: Path
    told: tuple[str, ...] = ()


def open_private_folder(directory: str | Path) -> PrivateFolder:
    """The private folder of a clinic's folder, made where there is none.

    Folders are made open to their owner only (0700), files too (0600); wider ones are narrowed,
    and that is told.

    Parameters
    ----------
    directory : path
        The clinic's folder, which also holds `store`.

    Raises
    ------
    OutputError
        When the folder cannot be made.
    """
    path = Path(directory) / PRIVATE
    try:
        path.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        told = _narrowed(path) if os.name == "posix" else (_NOT_NARROWED,)
    except OSError as problem:
        raise _cannot_write(path, problem) from None
    for name, text in (("README.txt", _ABOUT), (".gitignore", "*\n")):
        if not (path / name).exists():
            write_private(path / name, text.encode())
    return PrivateFolder(path, told)


_NOT_NARROWED = (
    "On Windows this program cannot close the folder 'private' to other users of the computer: "
    "keep it in a folder of your own account, on an encrypted disk."
)


def _narrowed(path: Path) -> tuple[str, ...]:
    """Close a folder and what is in it to others; what was wide, or could not be closed."""
    n_mended, n_left = 0, 0
    for place in (path, *path.rglob("*")):
        try:
            if place.is_symlink() or not _is_wide(place):
                continue
            place.chmod(_FOLDER_MODE if place.is_dir() else _FILE_MODE)
            narrowed = not _is_wide(place)
        except FileNotFoundError:  # another program has just moved it to its place
            continue
        except OSError:
            narrowed = False
        n_mended, n_left = n_mended + narrowed, n_left + (not narrowed)
    told = []
    if n_mended:
        told.append(
            f"The folder 'private' was open to other users of this computer in {n_mended} places; "
            "they are closed now."
        )
    if n_left:
        told.append(
            f"The folder 'private' is open to other users of this computer in {n_left} places, and "
            "this disk does not let us close them: move the records to a disk of your own."
        )
    return tuple(told)


def _is_wide(place: Path) -> bool:
    """Whether anybody but the owner may do anything with it."""
    return bool(stat.S_IMODE(place.stat().st_mode) & 0o077)


def write_private(path: Path, data: bytes, *, only_new: bool = False) -> bool:
    """Write a file that only its owner can read, whole or not at all.

    Parameters
    ----------
    path : Path
        Inside the private folder; folders on the way are made.
    data : bytes
    only_new : bool
        Leave a file alone that is there already, or that another program puts there meanwhile.

    Returns
    -------
    bool
        Whether it was written.

    Raises
    ------
    OutputError
        When it cannot be written; what was there before is still there.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if only_new:
            return _put_if_new(beside, path)
        beside.replace(path)
        return True
    except OSError as problem:
        raise _cannot_write(path, problem) from None
    finally:
        beside.unlink(missing_ok=True)


def _put_if_new(beside: Path, path: Path) -> bool:
    """Give a written file its name, unless the name is taken."""
    try:
        os.link(beside, path)
    except FileExistsError:
        return False
    except OSError:  # a disk without links, such as a memory stick
        if path.exists():
            return False
        beside.replace(path)
    return True


def _cannot_write(path: Path, problem: OSError) -> OutputError:
    """The error of a place that cannot be written to."""
    return OutputError(
        f"{path} cannot be written: {problem.strerror or 'the system refused'}.",
        remedy="Name another folder with --store, or close the file where it is open.",
    )
