"""Records of a source that is no flat table, and the grid they are read from."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hipoutcomes.errors import FileError
from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.ingest.planning.targets import parse_target

#: What a record is to us; the words are those that `rows.visits` reads.
VISIT, SCORE, NEITHER = "visit", "score", "void"
ROLES = (VISIT, SCORE, NEITHER)

#: Heading of the column that says what each record is.
KIND = "kind of record"


@dataclass(eq=False)
class SourceRecord:
    """One record of a source: a resource, an appointment, a row.

    Attributes
    ----------
    number : int
        Where a person finds it: resource of the bundle, line of the file, row of the table.
    kind : str
        What it is, in words; what is not used says why.
    role : str
        ``visit``, ``score`` for a score between visits, ``void`` for anything else.
    values : dict of str to value
        What it says, by target as a mapping file writes it: ``patient``, ``pain before``.
    """

    number: int
    kind: str
    role: str = NEITHER
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceFile:
    """What a grid says about the file it came from.

    Attributes
    ----------
    name : str
    sha256 : str
    system : str
        What the file is, such as ``FHIR R4``.
    sheet : str
        Part of the file, where one file gives several grids.
    n_blank : int
        Blank lines.
    n_header : int
        Lines of headings.
    """

    name: str
    sha256: str
    system: str
    sheet: str = ""
    n_blank: int = 0
    n_header: int = 0


def grid_of(
    source: SourceFile,
    records: Sequence[SourceRecord],
    *,
    constants: dict[str, str] | None = None,
    scale: dict[str, str] | None = None,
    notes: dict[str, str] | None = None,
) -> tuple[Grid, Mapping]:
    """A grid with one row for each record, and the mapping that names its columns.

    Parameters
    ----------
    source : SourceFile
    records : sequence of SourceRecord
        Every record of the file, those that are not used among them.
    constants : dict of str to str, optional
        What holds for every record.
    scale : dict of str to str, optional
        Scale of single columns, by target.
    notes : dict of str to str, optional
        Further words on how the file was read.

    Raises
    ------
    FileError
        When there is no record.
    """
    if not records:
        raise no_record(source)
    told = {name for record in records for name, v in record.values.items() if v is not None}
    names = ["patient", "date", *sorted(told - {"patient", "date"}, key=_order)]
    kinds = _kinds(records)
    columns = [[record.values.get(name) for record in records] for name in names]
    counts = {"preamble": 0, "header": source.n_header, "blank": source.n_blank, "footer": 0}
    grid = Grid(
        file=source.name,
        sheet=source.sheet,
        sha256=source.sha256,
        headers=(KIND, *names),
        columns=(Cells.of(kinds), *(Cells.of(column) for column in columns)),
        rows=np.array([record.number for record in records], dtype=np.int32),
        counts={"rows_in_file": len(records) + sum(counts.values()), **counts},
        dialect={"format": source.system, "records": _counted(kinds), **(notes or {})},
    )
    mapping = Mapping(
        columns={
            parse_target("row_type"): (KIND,),
            **{parse_target(name): (name,) for name in names},
        },
        shape="sessions",
        other_columns="ignore",
        scales={parse_target(t): said for t, said in (scale or {}).items() if t in names},
        constants=constants or {},
        values={
            parse_target("row_type"): {
                kind: record.role for kind, record in zip(kinds, records, strict=True)
            }
        },
        name=source.system,
    )
    return grid, mapping


def known_together(source: SourceFile, others: Sequence[SourceFile]) -> SourceFile:
    """A file whose rows also hold what other files say: its hash changes when any of them does."""
    hashes = sorted({other.sha256 for other in others} | {source.sha256})
    if len(hashes) == 1:
        return source
    whole = hashlib.sha256("|".join([source.sha256, *hashes]).encode()).hexdigest()
    return replace(source, sha256=whole)


def no_record(source: SourceFile) -> FileError:
    """The error of a file without a single record."""
    return FileError(
        f"{source.name} comes from {source.system}, and holds no record.",
        remedy="Check that the export is complete.",
    )


def with_choices(made: Mapping, told: Mapping | None, grid: Grid) -> Mapping:
    """A made mapping with what the owner has said on top: columns, values, codes and choices."""
    if told is None:
        return made
    headings = set(grid.headers)
    columns = {
        target: kept
        for target, named in told.columns.items()
        if (kept := tuple(heading for heading in named if heading in headings))
    }
    taken = {heading for named in columns.values() for heading in named}
    left = {
        target: kept
        for target, named in made.columns.items()
        if target not in columns
        and (kept := tuple(h for h in named if h not in taken and h not in told.ignored))
    }
    choices = ("date_order", "scale", "none_means")
    return replace(
        made,
        columns={**left, **columns},
        scales={**made.scales, **told.scales},
        missing={**made.missing, **told.missing},
        constants={**made.constants, **told.constants},
        values={**made.values, **told.values},
        requires=told.requires or made.requires,
        analysis_plan=told.analysis_plan,
        name=told.name or made.name,
        **{name: getattr(told, name) or getattr(made, name) for name in choices},
    )


def _kinds(records: Sequence[SourceRecord]) -> list[str]:
    """Kind of each record; one kind with two roles is told apart."""
    roles: dict[str, set[str]] = {}
    for record in records:
        roles.setdefault(record.kind, set()).add(record.role)
    said = {VISIT: "visit", SCORE: "score between visits", NEITHER: "not used"}
    return [
        record.kind if len(roles[record.kind]) == 1 else f"{record.kind} ({said[record.role]})"
        for record in records
    ]


def _counted(kinds: Sequence[str]) -> str:
    """How many records there are of each kind, the most frequent first."""
    return "; ".join(f"{n:,} {kind}" for kind, n in Counter(kinds).most_common())


def _order(name: str) -> tuple[int, str]:
    """Fields before scores, each in the order of the alphabet."""
    return (int(parse_target(name).score is not None), name)
