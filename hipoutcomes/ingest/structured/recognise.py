"""Which files are no flat table, and the grids they become."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hipoutcomes.errors import FileError
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.ingest.structured import cliniko
from hipoutcomes.ingest.structured.clock import Clock
from hipoutcomes.ingest.structured.json_text import read_json
from hipoutcomes.ingest.structured.source_records import SourceFile, with_choices
from hipoutcomes.ingest.structured.text_file import TextFile


@dataclass
class _Found:
    """Files by the system they come from."""

    cliniko: list = field(default_factory=list)
    others: list[Path] = field(default_factory=list)


def structured_grids(
    paths: Sequence[str | Path],
    *,
    timezone: str | None = None,
    told: Mapping | None = None,
    codes: str | Path | None = None,
) -> tuple[list[Grid], list[Mapping], list[Path]]:
    """Read the files among some that come from a system with a form of its own.

    Parameters
    ----------
    paths : sequence of path
        Files, and folders of tables.
    timezone : str, optional
        Where the clinic is, such as ``America/Vancouver``; for systems that write times in UTC.
    told : Mapping, optional
        What the owner has said; it goes before what a system's own names say.
    codes : path, optional
        The owner's own map of codes, in the form of ``codes.csv``; it goes before ours.

    Returns
    -------
    list of Grid
    list of Mapping
        For each grid, with its columns named.
    list of Path
        The files that are none of these, for `read_grid`.

    Raises
    ------
    FileError
        When a file is damaged, or JSON of no system we know.
    DecisionNeeded
        When only the owner can say: the time zone, or what codes mean.
    ValueError
        When there is no such time zone.
    """
    clock = Clock(timezone)
    found = _Found()
    for path in map(Path, paths):
        _sort(path, found)
    made: list[tuple[Grid, Mapping]] = []
    if found.cliniko:
        made += cliniko.cliniko_grids(found.cliniko, clock)
    grids = [grid for grid, _ in made]
    mappings = [with_choices(mapping, told, grid) for grid, mapping in made]
    return grids, mappings, found.others


def _sort(path: Path, found: _Found) -> None:
    """Put one file with the system it comes from."""
    file = TextFile(path)
    if file.looks_like_json:
        _sort_json(file, found)
    else:
        found.others.append(path)


def _sort_json(file: TextFile, found: _Found) -> None:
    """Put one JSON file with its system."""
    value = _json_of(file)
    if cliniko.is_cliniko(value):
        found.cliniko.append((SourceFile(file.name, file.sha256, cliniko.SYSTEM), value))
    else:
        raise _unknown_json(file.name)


def _json_of(file: TextFile) -> object:
    return read_json(file.text, file.name)


def _unknown_json(name: str) -> FileError:
    return FileError(
        f"{name} is JSON, but of no system that we know.",
        "We read pages of Cliniko's API, and FHIR R4 bundles and NDJSON.",
        "Export it as a table (CSV or Excel workbook) instead.",
    )
