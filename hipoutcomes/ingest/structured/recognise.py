"""Which files are no flat table, and the grids they become."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hipoutcomes.errors import FileError
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.ingest.structured import cliniko, fhir, omop, redcap
from hipoutcomes.ingest.structured.clock import Clock
from hipoutcomes.ingest.structured.code_map import CodeMap
from hipoutcomes.ingest.structured.json_text import read_json, read_json_lines
from hipoutcomes.ingest.structured.redcap_dictionary import is_dictionary, read_dictionary
from hipoutcomes.ingest.structured.source_records import SourceFile, with_choices
from hipoutcomes.ingest.structured.text_file import TextFile


@dataclass
class _Found:
    """Files by the system they come from."""

    pages: list[cliniko.Page] = field(default_factory=list)
    resources: list[fhir.Resources] = field(default_factory=list)
    tables: list[TextFile] = field(default_factory=list)
    exports: list[TextFile] = field(default_factory=list)
    dictionaries: list[TextFile] = field(default_factory=list)
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
    if found.pages:
        made += cliniko.cliniko_grids(found.pages, clock)
    if found.resources:
        made += fhir.fhir_grids(found.resources, clock, CodeMap(codes))
    if found.tables:
        made += omop.omop_grids(found.tables, CodeMap(codes))
    made += [redcap.redcap_grid(export, told) for export in _exports(found)]
    grids = [grid for grid, _ in made]
    mappings = [with_choices(mapping, told, grid) for grid, mapping in made]
    return grids, mappings, found.others


def _sort(path: Path, found: _Found) -> None:
    """Put one file, or each table of a folder, with the system it comes from."""
    if path.is_dir():
        tables = [TextFile(inner) for inner in sorted(path.iterdir()) if inner.is_file()]
        tables = [file for file in tables if omop.table_of(file.headings)]
        if not tables:
            raise _no_tables(path)
        found.tables += tables
        return
    file = TextFile(path)
    if file.looks_like_json:
        _sort_json(file, found)
    elif omop.table_of(file.headings):
        found.tables.append(file)
    elif is_dictionary(file.headings):
        found.dictionaries.append(file)
    elif redcap.is_export(file.headings):
        found.exports.append(file)
    else:
        found.others.append(path)


def _exports(found: _Found) -> list[redcap.Export]:
    """Each export of REDCap with the dictionary of its project.

    A project without repeats and checkboxes has an export like any table; it is known by its
    dictionary, whose first field is the export's first column.
    """
    dictionaries = [(file, read_dictionary(file)) for file in found.dictionaries]
    first = {next(iter(fields)) for _, fields in dictionaries}
    plain = [path for path in found.others if _first_heading(path) in first]
    found.others = [path for path in found.others if path not in plain]
    exports = []
    for file in [*found.exports, *map(TextFile, plain)]:
        names = {heading.partition("___")[0] for heading in file.headings}
        file_of, fields = max(
            dictionaries, key=lambda each: len(names & set(each[1])), default=(None, None)
        )
        if fields is not None and not names & set(fields):
            file_of, fields = None, None
        exports.append(redcap.Export(file, fields, file_of))
    if dictionaries and not exports:
        raise _no_export(dictionaries[0][0].name)
    return exports


def _first_heading(path: Path) -> str:
    """The first heading of a table; empty when there is none."""
    return next(iter(TextFile(path).headings), "")


def _sort_json(file: TextFile, found: _Found) -> None:
    """Put one JSON file with its system."""
    if _in_lines(file):
        lines, n_blank = read_json_lines(file.text, file.name)
        if any(fhir.is_fhir(value) for _, value in lines):
            source = SourceFile(file.name, file.sha256, fhir.SYSTEM, n_blank=n_blank)
            found.resources.append(fhir.Resources(source, lines))
            return
        raise _unknown_json(file.name)
    value = read_json(file.text, file.name)
    if cliniko.is_cliniko(value):
        found.pages.append((SourceFile(file.name, file.sha256, cliniko.SYSTEM), value))
    elif fhir.is_fhir(value):
        source = SourceFile(file.name, file.sha256, fhir.SYSTEM)
        found.resources.append(fhir.Resources(source, fhir.resources_in(value)))
    else:
        raise _unknown_json(file.name)


def _in_lines(file: TextFile) -> bool:
    """Whether each line of a file is a JSON text of its own."""
    if file.name.casefold().removesuffix(".gz").endswith((".ndjson", ".jsonl")):
        return True
    lines = [line for line in file.text.split("\n", 50)[:50] if line.strip()][:2]
    return len(lines) == 2 and all(
        line.lstrip("\ufeff ").startswith("{") and line.rstrip().endswith("}") for line in lines
    )


def _unknown_json(name: str) -> FileError:
    return FileError(
        f"{name} is JSON, but of no system that we know.",
        "We read pages of Cliniko's API, and FHIR R4 bundles and NDJSON.",
        "Export it as a table (CSV or Excel workbook) instead.",
    )


def _no_tables(path: Path) -> FileError:
    return FileError(
        f"The folder {path.name} holds no table that we know.",
        f"We read folders of {omop.SYSTEM}: {', '.join(omop.TABLES)}, each as CSV.",
        "Name the files themselves.",
    )


def _no_export(name: str) -> FileError:
    return FileError(
        f"{name} is the data dictionary of a REDCap project.",
        "We expected the project's raw CSV export beside it.",
        "Name both files.",
    )
