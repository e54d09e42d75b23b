"""A folder that is written whole or not at all.

Everything is built in a hidden staging folder on the same disk and then moved into place. A move
that fails is undone. Files of an earlier report, which its own page lists, are replaced; any
other file in the folder is left alone, and a file of somebody else's under one of our names is a
reason to stop.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hipoutcomes.errors import OutputError

#: Name of the list of files that a report carries in its own head.
FILES_MARK = "hipoutcomes-files"

_FILES_LISTED = re.compile(rf'<meta name="{FILES_MARK}" content="([^"]*)">')


def check_writable(directory: str | Path) -> Path:
    """Make sure that a report could be put here, before any long work; write nothing.

    Returns
    -------
    Path
        The directory.

    Raises
    ------
    OutputError
        When the place is a file, cannot be written to, or holds a report.html that is not ours.
    """
    directory = Path(directory)
    if directory.exists() and not directory.is_dir():
        raise OutputError(
            f"{directory} is a file.",
            "A report needs a folder of its own.",
            "Name another folder with -o.",
        )
    with staging_beside(directory):
        pass
    page = directory / "report.html"
    if page.exists() and not files_of_earlier_report(directory):
        raise OutputError(
            f"{directory} already holds a report.html that hipoutcomes did not write.",
            "It would be overwritten.",
            "Name another folder with -o, or move that file away.",
        )
    return directory


@contextmanager
def staging_beside(directory: Path) -> Iterator[Path]:
    """A hidden folder on the disk of `directory`, gone when the block ends.

    Raises
    ------
    OutputError
        When nothing can be written there.
    """
    home = directory
    while not home.exists() and home != home.parent:
        home = home.parent
    try:
        staging = Path(tempfile.mkdtemp(prefix=".hipoutcomes-", dir=home))
    except OSError as problem:
        raise OutputError(
            f"Nothing can be written in {home}: {problem.strerror}.",
            "A report needs a folder it may write to.",
            "Name another folder with -o.",
        ) from problem
    try:
        yield staging
    except OSError as problem:
        raise OutputError(
            f"The report could not be written: {problem.strerror or problem}.",
            "Nothing was changed.",
            "Make room, or name another folder with -o.",
        ) from problem
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def files_of_earlier_report(directory: Path) -> frozenset[str]:
    """Relative paths that an earlier report in this folder says it wrote; empty without one."""
    page = directory / "report.html"
    if not page.is_file():
        return frozenset()
    with page.open(encoding="utf-8", errors="replace") as lines:
        found = _FILES_LISTED.search(lines.read(200_000))
    if not found:
        return frozenset()
    listed = (Path(name) for name in found.group(1).split())
    return frozenset(
        path.as_posix() for path in listed if not path.is_absolute() and ".." not in path.parts
    )


def files_in(folder: Path) -> tuple[str, ...]:
    """Relative paths of every file in a folder, sorted."""
    return tuple(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()))


def move_into_place(staged: Path, directory: Path, backup: Path) -> None:
    """Move every staged file into `directory`, the page itself last; undo all if one move fails.

    Parameters
    ----------
    staged : Path
        Folder with the new files.
    directory : Path
        Where they belong; made if it is not there.
    backup : Path
        Where files of an earlier report wait until all is done.

    Raises
    ------
    OutputError
        When a file cannot be moved, or would overwrite one that is not ours.
    """
    earlier, new = files_of_earlier_report(directory), files_in(staged)
    foreign = [n for n in new if (directory / n).exists() and n not in earlier]
    if foreign:
        raise OutputError(
            f"{directory} already holds {foreign[0]}, which hipoutcomes did not write.",
            "It would be overwritten.",
            "Name another folder with -o, or move that file away.",
        )
    outgoing = [name for name in sorted(earlier) if (directory / name).is_file()]
    moves = [(directory / name, backup / name) for name in outgoing]
    ordered = sorted(new, key=lambda name: (name == "report.html", name))
    moves += [(staged / name, directory / name) for name in ordered]
    _move_all(moves, directory)
    if any(name.startswith("private/") for name in new):
        (directory / "private").chmod(0o700)
    _drop_empty(directory, earlier)


def _move_all(moves: list[tuple[Path, Path]], directory: Path) -> None:
    """Make every move, or none."""
    made_folders, done = [], []
    try:
        for source, destination in moves:
            for folder in reversed(destination.parents):
                if not folder.exists():
                    folder.mkdir()
                    made_folders.append(folder)
            source.rename(destination)
            done.append((source, destination))
    except BaseException as problem:
        for source, destination in reversed(done):
            destination.rename(source)
        for folder in reversed(made_folders):
            shutil.rmtree(folder, ignore_errors=True)
        if not isinstance(problem, OSError):
            raise
        raise OutputError(
            f"The report could not be put into {directory}: {problem.strerror}.",
            "What was there before is unchanged.",
            "Close programs that have its files open, or name another folder with -o.",
        ) from problem


def _drop_empty(directory: Path, earlier: frozenset[str]) -> None:
    """Remove folders that only files of the earlier report had kept alive."""
    for folder in sorted({(directory / name).parent for name in earlier} - {directory}):
        if folder.is_dir() and not any(folder.iterdir()):
            # All is in place; a folder that cannot be removed harms nobody.
            with suppress(OSError):
                folder.rmdir()
