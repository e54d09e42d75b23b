"""A folder to work in: the notebooks and the demo file, copied out of the package."""

import shutil
from importlib import metadata
from pathlib import Path

from hipoutcomes.errors import FileError, OutputError

_BESIDE_PACKAGE = Path(__file__).resolve().parents[2]


def copy_lab(directory: str | Path) -> tuple[Path, tuple[str, ...]]:
    """Copy the notebooks and the demo file into a folder; what is already there stays as it is.

    Returns
    -------
    (Path, tuple of str)
        The folder of notebooks, and the names of those that were already there.

    Raises
    ------
    FileError
        When this installation has no notebooks.
    OutputError
        When the folder cannot be written to.
    """
    directory = Path(directory)
    notebooks, data = _shipped("notebooks", ".ipynb"), _shipped("data", ".csv")
    if not notebooks:
        raise FileError(
            "This installation has no notebooks.",
            "They come with the package and with the source.",
            "Install hipoutcomes again, or run the command from the source folder.",
        )
    kept = []
    try:
        for folder, files in (("notebooks", notebooks), ("data", data)):
            (directory / folder).mkdir(parents=True, exist_ok=True)
            for file in files:
                if (directory / folder / file.name).exists():
                    kept.append(file.name)
                else:
                    shutil.copyfile(file, directory / folder / file.name)
    except OSError as problem:
        raise OutputError(
            f"The notebooks could not be copied to {directory}: {problem.strerror}.",
            "They need a folder that can be written to.",
            "Name another: hipoutcomes lab FOLDER",
        ) from problem
    return directory / "notebooks", tuple(name for name in kept if name.endswith(".ipynb"))


def _shipped(folder: str, suffix: str) -> list[Path]:
    """Files of one kind as the source or the installed package has them."""
    beside = sorted((_BESIDE_PACKAGE / folder).glob(f"*{suffix}"))
    if (_BESIDE_PACKAGE / "pyproject.toml").is_file() and beside:
        return beside
    try:
        listed = metadata.files("hipoutcomes") or []
    except metadata.PackageNotFoundError:
        return []
    wanted = [f for f in listed if f.suffix == suffix and f.parts[-3:-1] == ("hipoutcomes", folder)]
    return sorted(path for path in (Path(f.locate()) for f in wanted) if path.is_file())
