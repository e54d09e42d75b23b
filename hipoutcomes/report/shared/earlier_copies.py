"""Copies that do not know of each other could be subtracted: they are recognised and refused."""

import re
import secrets
from pathlib import Path

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.privacy.suppression.kept_files import has_traces
from hipoutcomes.privacy.suppression.memory import Memory

#: Name of the mark that a copy carries in its head.
COPY_MARK = "hipoutcomes-copy"
_MARKED = re.compile(rf'<meta name="{COPY_MARK}" content="([^"]*)">')

#: Ends the name of the folder that remembers copies, beside that of a copy.
_PRIVATE = "-private"
_SUBTRACTED = (
    "Two copies that do not know of each other can be subtracted, and single clients appear."
)


def memory_of(directory: Path, memory: str | Path | None) -> Path:
    """Where earlier copies are remembered; never inside the copy.

    Parameters
    ----------
    directory : Path
        Of the copy.
    memory : path or None
        As it was asked for.

    Raises
    ------
    ValueError
        When it would lie inside the copy.
    """
    if memory is None:
        return directory.resolve().parent / f"{directory.resolve().name}{_PRIVATE}"
    memory = Path(memory)
    if memory.resolve().is_relative_to(directory.resolve()):
        raise ValueError("memory is private and cannot lie inside the copy that is shared.")
    return memory


def new_mark() -> str:
    """A mark for a new copy, which says nothing."""
    return secrets.token_hex(8)


def refuse_strangers(directory: Path, memory: Path) -> None:
    """Stop where another folder beside this one remembers copies.

    Parameters
    ----------
    directory : Path
        Of the copy.
    memory : Path

    Raises
    ------
    DecisionNeeded
    """
    parent = directory.resolve().parent
    beside = sorted(parent.glob(f"*{_PRIVATE}")) if parent.is_dir() else []
    for folder in beside:
        if folder.resolve() != memory.resolve() and has_traces(folder):
            earlier = folder.name.removesuffix(_PRIVATE)
            raise DecisionNeeded(
                f"{folder.name}, beside {directory.name}, remembers shared copies made before.",
                _SUBTRACTED,
                _way_out(folder, earlier, directory, memory),
            )


def _way_out(folder: Path, earlier: str, directory: Path, memory: Path) -> str:
    """What to do where another folder remembers copies."""
    if earlier == directory.resolve().name:
        return (
            f"Leave the records folder out, as then; or, if nothing is remembered in {memory} "
            f"yet, move what is in {folder.name} there."
        )
    return (
        f"Write to {earlier} again, as then; if that is another clinic, write this copy into "
        "another folder."
    )


def refuse_unknown(directory: Path, memory: Memory) -> None:
    """Stop where a copy lies in a folder, or in one beside it, and the memory does not know it.

    Parameters
    ----------
    directory : Path
        Of the copy.
    memory : Memory

    Raises
    ------
    DecisionNeeded
    """
    parent = directory.resolve().parent
    beside = sorted(parent.glob("*/report.html")) if parent.is_dir() else []
    for page in beside:
        mark = _mark_of(page)
        if mark is not None and mark not in memory.marks:
            raise DecisionNeeded(
                f"{page.parent} holds a shared copy of which {memory.folder} knows nothing.",
                _SUBTRACTED,
                "Put back what remembered it, or use the same records folder as then; if that copy "
                "never left the clinic, move it away; if it is another clinic's, write this one "
                "into another folder.",
            )


def _mark_of(page: Path) -> str | None:
    """The mark of a shared copy; None where it is none, or cannot be read."""
    try:
        with page.open(encoding="utf-8", errors="replace") as lines:
            found = _MARKED.search(lines.read(200_000))
    except OSError:
        return None
    return found and found.group(1)
