"""Files in which earlier copies are remembered: which there are, and whether one is missing.

They are written in this order: how many copies were made (none yet), the copy, how many now, and
README. So each of them says that those before it were there.
"""

import json
import re
from pathlib import Path

from hipoutcomes.errors import FileError
from hipoutcomes.privacy.private_folder import write_private

README = "README.txt"
_HOW_MANY = "how-many-copies.json"
_COPY = re.compile(r"released-(\d{4})\.json")

#: What is missing without such a file, and what to do.
NOT_READ = (
    "Without it a new copy could give away, together with an earlier one, what both hide.",
    "Put the file back from a backup. If no copy ever left the clinic, move the folder away.",
)


def read_kept(path: Path) -> dict:
    """A file of ours, which is a JSON object.

    Parameters
    ----------
    path : Path

    Raises
    ------
    FileError
        When it cannot be read.
    """
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise FileError(f"{path} cannot be read.", *NOT_READ) from None
    if not isinstance(kept, dict):
        raise FileError(f"{path} cannot be read.", *NOT_READ)
    return kept


def files_of_copies(folder: Path) -> list[Path]:
    """Files of earlier copies, the first first.

    Parameters
    ----------
    folder : Path
    """
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _COPY.fullmatch(path.name))


def number_of(path: Path) -> int:
    """Which copy a file is about: 1 for the first.

    Parameters
    ----------
    path : Path

    Examples
    --------
    >>> number_of(Path("released-0003.json"))
    3
    """
    return int(_COPY.fullmatch(path.name).group(1))


def file_of_copy(folder: Path, number: int) -> Path:
    """Where a copy is remembered.

    Parameters
    ----------
    folder : Path
    number : int
    """
    return folder / f"released-{number:04}.json"


def note_copies_made(folder: Path, number: int, *, only_new: bool = False) -> None:
    """Note how many copies were made, so that the file of the last is missed if it is lost.

    Parameters
    ----------
    folder : Path
    number : int
    only_new : bool
        Leave a note that is there as it is.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    note = json.dumps({"copies": number}).encode()
    write_private(folder / _HOW_MANY, note, only_new=only_new)


def copies_made(folder: Path) -> int:
    """How many copies were made; 0 where nothing was noted.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    FileError
        When the note cannot be read.
    """
    path = folder / _HOW_MANY
    if not path.exists():
        return 0
    try:
        return int(read_kept(path)["copies"])
    except (KeyError, TypeError, ValueError):
        raise FileError(f"{path} cannot be read.", *NOT_READ) from None


def check_whole(folder: Path) -> None:
    """Every file that was ever kept is still there.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    FileError
        When one is missing.
    """
    numbers = [number_of(path) for path in files_of_copies(folder)]
    if (numbers or (folder / README).exists()) and not (folder / _HOW_MANY).exists():
        raise _lacks(folder / _HOW_MANY)
    for number in range(1, max(copies_made(folder), *numbers, 0) + 1):
        if number not in numbers:
            raise _lacks(file_of_copy(folder, number))


def has_traces(folder: Path) -> bool:
    """Whether copies were remembered here, all of which may be lost.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    FileError
        When it cannot be said.
    """
    is_note_lost = (folder / README).exists() and not (folder / _HOW_MANY).exists()
    return bool(files_of_copies(folder)) or copies_made(folder) > 0 or is_note_lost


def _lacks(path: Path) -> FileError:
    """That a file is not there."""
    return FileError(f"{path.parent} lacks the file {path.name}.", *NOT_READ)
