"""hipoutcomes demo | lab: something to try the package on, and notebooks to look into it."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from hipoutcomes.cli.app import app
from hipoutcomes.errors import MappingError


@app.command()
def demo(
    directory: Annotated[Path, typer.Argument(help="Folder for the demo clinic.")],
) -> None:
    """Write the file of a made-up clinic."""
    from hipoutcomes.report.folder import check_writable
    from hipoutcomes.simulate import write_demo

    check_writable(directory)
    written = write_demo(directory)
    print(f"A made-up clinic: {written}")
    print(f"Next: hipoutcomes report {written}")


@app.command()
def lab(
    directory: Annotated[
        Path, typer.Argument(help="Folder for the notebooks and the demo file.")
    ] = Path("hipoutcomes-lab"),
    open_lab: Annotated[
        bool, typer.Option("--open/--no-open", help="Open JupyterLab on them.")
    ] = True,
) -> None:
    """Copy the notebooks and open JupyterLab."""
    from hipoutcomes.report.lab_folder import copy_lab

    notebooks, kept = copy_lab(directory)
    print(f"Notebooks: {notebooks}")
    if kept:
        print(f"Already there and left as they are: {', '.join(kept)}")
    if open_lab:
        _open_jupyter(notebooks)


def _open_jupyter(notebooks: Path) -> None:
    """Run JupyterLab of this environment until it is closed."""
    from importlib.util import find_spec

    if find_spec("jupyterlab") is None:
        raise MappingError(
            "JupyterLab is not installed here.",
            "It comes with the extra 'lab'.",
            'Install it with: pip install "hipoutcomes[lab]"',
        )
    done = subprocess.run([sys.executable, "-m", "jupyterlab", str(notebooks)], check=False)
    raise typer.Exit(done.returncode)
