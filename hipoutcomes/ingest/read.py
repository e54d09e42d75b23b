"""read_files(): files become typed records, issues, and accounts that add up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from hipoutcomes.ingest.accounting import Accounting
from hipoutcomes.ingest.file_read import FileRead, read_file
from hipoutcomes.ingest.grids.grid import Grid, read_grid
from hipoutcomes.ingest.grids.heading_rows import with_heading_rows
from hipoutcomes.ingest.issue_log import sorted_issues
from hipoutcomes.ingest.planning.assign import unknown_headings
from hipoutcomes.ingest.planning.headings import recognise
from hipoutcomes.ingest.planning.mapping import Mapping as FileMapping
from hipoutcomes.ingest.planning.mapping import find_mapping
from hipoutcomes.ingest.planning.plan import Plan, is_known, make_plan
from hipoutcomes.ingest.planning.profile_matching import heading_mark
from hipoutcomes.ingest.planning.remembered import recall, remembered_headings
from hipoutcomes.ingest.refusals import need_pairs, need_rows, need_usable, one_shape
from hipoutcomes.ingest.rows.combine import combine
from hipoutcomes.ingest.settle import settle
from hipoutcomes.ingest.sources import Source
from hipoutcomes.ingest.structured.recognise import structured_grids
from hipoutcomes.tables.analysis_plan import AnalysisPlan
from hipoutcomes.tables.records import Records
from hipoutcomes.vocabulary.fields import heading_name


@dataclass(frozen=True, eq=False)
class Reading:
    """What reading some files gave.

    Attributes
    ----------
    records : Records
    issues : DataFrame
        Every refused or questioned cell and row; columns `vocabulary.columns.ISSUES`.
    accounting : Accounting
        Checked: rows and cells add up.
    plans : tuple of Plan
        How each file was read.
    sources : tuple of Source
    analysis_plan : AnalysisPlan, optional
        What was meant to be asked before results were seen, where the mapping holds it.
    files : tuple of FileRead
        Each file on its way: raw cells, plan, what became of columns and rows.
    """

    records: Records
    issues: pd.DataFrame
    accounting: Accounting
    plans: tuple[Plan, ...]
    sources: tuple[Source, ...]
    analysis_plan: AnalysisPlan | None = None
    files: tuple[FileRead, ...] = ()


def read_files(
    paths: str | Path | Iterable[str | Path],
    *,
    mapping: "str | Path | FileMapping | None" = None,
    date_order: str | None = None,
    scale: str | None = None,
    shape: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    today: date | str | None = None,
    constants: Mapping[str, str] | None = None,
    none_means: str | None = None,
    timezone: str | None = None,
    codes: str | Path | None = None,
) -> Reading:
    """Read files of visits, or of one row per episode.

    Parameters
    ----------
    paths : path or several
        Text files and workbooks; JSON of Cliniko and FHIR; folders of OMOP tables; an export of
        REDCap with its data dictionary. One patient id in two files is one patient.
    mapping : path, str or Mapping, optional
        A mapping file, or the name of a profile such as ``nhs-proms``.
    date_order : {"day-first", "month-first"}, optional
        For dates that can be read both ways.
    scale : {"0-10", "0-100"}, optional
        Of all pain scores.
    shape : {"sessions", "episodes"}, optional
        Whether each row is a visit, or a whole episode of care.
    encoding, delimiter, sheet : str, optional
        Where those we find are wrong.
    today : date or str, optional
        Later dates are refused; the day of the computer's clock unless told.
    constants : dict, optional
        What holds for every row, such as ``{"device": "goniometer"}``.
    none_means : {"zero", "missing"}, optional
        What a bare "none" among scores stands for.
    timezone : str, optional
        Where the clinic is, such as ``America/Vancouver``: for systems that write universal time.
    codes : path, optional
        What codes of a registry stand for, as a CSV file in the form of our own ``codes.csv``.

    Raises
    ------
    FileError
        When a file is missing, empty, damaged, or holds headings only.
    MappingError
        When headings or a mapping do not say what is needed.
    DecisionNeeded
        When only the owner of the file can say how to read it.
    NothingUsable
        When no row could be used.
    ValueError
        When a keyword has a value that is not allowed.
    """
    files, told = read_each(
        paths,
        mapping=mapping,
        date_order=date_order,
        scale=scale,
        shape=shape,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        today=today,
        constants=constants,
        none_means=none_means,
        timezone=timezone,
        codes=codes,
    )
    return together(files, told.analysis_plan)


def read_each(
    paths: str | Path | Iterable[str | Path],
    *,
    mapping: "str | Path | FileMapping | None" = None,
    today: date | str | None = None,
    constants: Mapping[str, str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    timezone: str | None = None,
    codes: str | Path | None = None,
    remembered: Path | None = None,
    **choices: str | None,
) -> tuple[list[FileRead], FileMapping]:
    """Read every file by itself, and say what was told of all; as `read_files`.

    Where no mapping was named, those in the folder `remembered` go under what was told.
    """
    paths = [paths] if isinstance(paths, str | Path) else list(paths)
    if not paths:
        raise ValueError("Name at least one file to read.")
    day = date.fromisoformat(today) if isinstance(today, str) else today or date.today()
    told = (find_mapping(mapping) or FileMapping()).told(constants, **choices)
    # Bytes become grids of raw cells; headings and evidence become plans.
    grids, mappings = _grids(
        paths,
        told,
        timezone=timezone,
        codes=codes,
        remembered=remembered if mapping is None else None,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
    )
    plans = [make_plan(grid, m, day) for grid, m in zip(grids, mappings, strict=True)]
    one_shape(plans)
    # Cells become values; rows are accepted, or set aside with their reason.
    files = [read_file(grid, plan, day) for grid, plan in zip(grids, plans, strict=True)]
    need_usable(files)
    return files, told


def together(files: Sequence[FileRead], analysis_plan: AnalysisPlan | None = None) -> Reading:
    """Files become one reading; every row and cell is accounted for."""
    combined = combine([file.part for file in files], files[0].plan.shape)
    need_pairs(files, combined.none_fits)
    accounting = settle(files, combined)
    accounting.check()
    return Reading(
        combined.records,
        sorted_issues([file.log.frame() for file in files]),
        accounting,
        tuple(file.plan for file in files),
        tuple(
            Source(f.grid.file, f.grid.sha256, len(f.grid.rows) + len(f.grid.ragged)) for f in files
        ),
        analysis_plan,
        tuple(files),
    )


def _grids(
    paths: Sequence[str | Path],
    told: FileMapping,
    *,
    timezone: str | None = None,
    codes: str | Path | None = None,
    remembered: Path | None = None,
    **reading,
) -> tuple[list[Grid], list[FileMapping]]:
    """The raw cells of each file, under names that tell the files apart; and how to read each."""
    own = remembered_headings(remembered) if remembered else frozenset()

    def known(heading: str) -> bool:
        if recognise(heading) is not None or is_known(heading, told):
            return True
        return heading_name(heading) in own

    made, mappings, flat = structured_grids(paths, timezone=timezone, told=told, codes=codes)
    grids = [read_grid(path, is_heading=known, **reading) for path in flat]
    grids = [with_heading_rows(grid, heading_mark(grid.headers)) for grid in grids]
    if grids:
        unknown_headings(grids, told)
    need_rows(grids)
    named = [replace(g, file=n) for g, n in zip(grids, _names(flat, grids), strict=True)]
    return [*made, *named], [*mappings, *(_recalled(g, told, remembered) for g in named)]


def _recalled(grid: Grid, told: FileMapping, folder: Path | None) -> FileMapping:
    """What a folder remembers of a file's headings, under what was told; or that alone."""
    found = folder and recall(grid.headers, folder)
    if not found:
        return told
    choices = ("shape", "date_order", "scale", "none_means")
    return found.told(told.constants, **{name: getattr(told, name) for name in choices})


def _names(paths: Sequence[str | Path], grids: Sequence[Grid]) -> list[str]:
    """Names of the files; where two are equal, with their folder or number."""
    names = [grid.file for grid in grids]
    if len(set(names)) < len(names):
        names = [
            f"{Path(p).resolve().parent.name}/{name}" for p, name in zip(paths, names, strict=True)
        ]
    if len(set(names)) < len(names):
        names = [f"{name} ({i})" for i, name in enumerate(names, 1)]
    return names
