"""REDCap's raw CSV export: one block matrix of events, repeating instruments and their answers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from hipoutcomes.errors import DecisionNeeded, FileError, MappingError
from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.grids.layout import Table
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.ingest.planning.targets import Target, parse_target
from hipoutcomes.ingest.structured.redcap_dictionary import ProjectField, guessed_fields
from hipoutcomes.ingest.structured.redcap_fields import (
    MISSING_CODES,
    UsedField,
    numbers_for_words,
    used_fields,
)
from hipoutcomes.ingest.structured.redcap_rows import Rows
from hipoutcomes.ingest.structured.source_records import KIND, SourceFile, known_together
from hipoutcomes.ingest.structured.text_file import TextFile

SYSTEM = "REDCap"

#: Heading of the visit's own number: record, event, instrument and instance.
VISIT_ID = "redcap row"

_OWN = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
_GROUP = "redcap_data_access_group"
_LABEL_HEADINGS = frozenset(("complete?", "event name", "repeat instrument", "repeat instance"))
_LABEL_ANSWERS = frozenset(("checked", "unchecked", "complete", "incomplete", "unverified"))
_NO_CODES = ("id", "category", "text", "time", "list")

Dictionary = dict[str, ProjectField]


@dataclass(frozen=True, eq=False)
class Export:
    """One export with the dictionary of its project.

    Attributes
    ----------
    file : TextFile
    dictionary : dict of str to ProjectField, or None
    dictionary_file : TextFile, or None
    """

    file: TextFile
    dictionary: Dictionary | None = None
    dictionary_file: TextFile | None = None


def is_export(headings: Sequence[str]) -> bool:
    """Whether these are the headings of an export, raw or with labels."""
    if is_label_export(headings) or any(
        h.startswith(("redcap_event", "redcap_repeat")) for h in headings
    ):
        return True
    forms = any(heading.endswith("_complete") for heading in headings)
    return forms and (_GROUP in headings or any("___" in heading for heading in headings))


def is_label_export(headings: Sequence[str]) -> bool:
    """Whether these are the headings of an export made for people: labels in place of names."""
    names = [heading.casefold() for heading in headings]
    said = _LABEL_HEADINGS.intersection(names)
    return len(said) > 1 or ("complete?" in said and any("(choice=" in name for name in names))


def redcap_grid(export: Export, told: Mapping | None) -> tuple[Grid, Mapping]:
    """The grid of one export.

    Parameters
    ----------
    export : Export
    told : Mapping, optional
        What the owner has said; headings are names of fields, a checkbox's without its code.

    Raises
    ------
    FileError
        When it is an export with labels, or holds no row.
    DecisionNeeded
        When codes of techniques or conditions stand there and no dictionary explains them.
    MappingError
        When two fields of one row hold one thing.
    """
    file = export.file
    if is_label_export(file.headings):
        raise _labels(file.name)
    table, dialect = file.table(file.headings)
    if not len(table.rows):
        raise FileError(f"{file.name} comes from REDCap, and holds no row.")
    fields = _fields_of(table, export.dictionary)
    _hold_raw(table, file.name)
    used = used_fields(_present(fields, table), told, file.name)
    rows = Rows(table, fields)
    answers = {id(field): rows.answers(field) for field in used}
    _hold_explained(used, rows, told, export)
    columns = _columns(used, answers, file.name)
    _add_group(columns, table, rows)
    return _made(export, table, dialect, rows, columns, used)


@dataclass(eq=False)
class Column:
    """One column of the grid: what it holds, and the answers of each row."""

    heading: str
    target: Target
    texts: list[str]
    used: list[UsedField]


def _fields_of(table: Table, dictionary: Dictionary | None) -> Dictionary:
    """Fields by name: as the dictionary says, else as the headings let see."""
    guessed = guessed_fields(h for h in table.headers if not h.startswith("redcap_"))
    return {name: (dictionary or {}).get(name, field) for name, field in guessed.items()}


def _present(fields: Dictionary, table: Table) -> list[ProjectField]:
    """Fields of the export apart from the record's id, which is its first column."""
    return [field for name, field in fields.items() if name != table.headers[0]]


def _hold_raw(table: Table, name: str) -> None:
    """Refuse raw headings over answers in words."""
    for heading, cells in zip(table.headers, table.columns, strict=True):
        if "___" in heading or heading.endswith("_complete"):
            said = {str(value).strip().casefold() for value in cells.values}
            if said & _LABEL_ANSWERS:
                raise _labels(name)


def _hold_explained(
    used: list[UsedField], rows: Rows, told: Mapping | None, export: Export
) -> None:
    """Ask for the dictionary where codes stand for words."""
    for field in used:
        if numbers_for_words(field, rows.codes(field), told):
            raise _ask_dictionary(export, field)


def _columns(used: list[UsedField], answers: dict[int, list[str]], file: str) -> list[Column]:
    """A column for each thing; fields of several forms that hold one thing share a column."""
    by_target: dict[Target, list[UsedField]] = defaultdict(list)
    for field in used:
        by_target[field.target].append(field)
    columns = []
    for target, fields in by_target.items():
        if target.may_repeat or len(fields) == 1:
            columns += [Column(f.field.name, target, answers[id(f)], [f]) for f in fields]
            continue
        texts = list(answers[id(fields[0])])
        for field in fields[1:]:
            for i, text in enumerate(answers[id(field)]):
                if text and texts[i] and text != texts[i]:
                    raise _two_fields(file, target, fields)
                texts[i] = texts[i] or text
        columns.append(Column(" / ".join(f.field.name for f in fields), target, texts, fields))
    return columns


def _add_group(columns: list[Column], table: Table, rows: Rows) -> None:
    """A data access group is the site of its records, where no field says the clinic."""
    clinic = parse_target("clinic")
    if _GROUP in table.headers and all(column.target != clinic for column in columns):
        columns.append(Column(_GROUP, clinic, rows.texts(_GROUP), []))


def _made(
    export: Export,
    table: Table,
    dialect: dict[str, str],
    rows: Rows,
    columns: list[Column],
    used: list[UsedField],
) -> tuple[Grid, Mapping]:
    """Grid and mapping of an export whose columns are known."""
    kinds = {}
    for column in columns:
        rows.spread(column)
    made = {table.headers[0]: (parse_target("patient"), table.columns[0])}
    if rows.is_long:
        names, kinds = rows.kinds(columns)
        made[KIND] = (parse_target("row_type"), Cells.of(names))
        made[VISIT_ID] = (parse_target("visit_id"), Cells.of(rows.visit_ids()))
    made |= {c.heading: (c.target, Cells.of(c.texts)) for c in columns}
    taken = {field.field.name for field in used} | set(made)
    hidden = {name for name, field in rows.fields.items() if field.identifier}
    left = {
        heading: cells
        for heading, cells in zip(table.headers, table.columns, strict=True)
        if heading not in taken and heading.partition("___")[0] not in taken | hidden
    }
    grid = Grid(
        file=export.file.name,
        sheet="",
        sha256=_hash(export),
        headers=(*made, *left),
        columns=(*(cells for _, cells in made.values()), *left.values()),
        rows=table.rows,
        counts=table.counts,
        ragged=table.ragged,
        dialect={**dialect, "format": SYSTEM, **_notes(export, used, hidden, table)},
    )
    return grid, Mapping(
        columns=_by_target(made),
        shape="sessions" if rows.is_long else "",
        date_order=_date_order(columns),
        other_columns="ignore",
        scales={c.target: s for c in columns if (s := _scale(c))},
        missing={c.target: MISSING_CODES for c in columns if c.target.kind not in _NO_CODES},
        values={parse_target("row_type"): kinds} if kinds else {},
        name=SYSTEM,
    )


def _by_target(made: dict[str, tuple[Target, Cells]]) -> dict[Target, tuple[str, ...]]:
    """Headings that hold each thing."""
    found: dict[Target, tuple[str, ...]] = {}
    for heading, (target, _) in made.items():
        found[target] = (*found.get(target, ()), heading)
    return found


def _hash(export: Export) -> str:
    """Hash of the export, and of the dictionary that it was read with."""
    files = [file for file in (export.file, export.dictionary_file) if file is not None]
    sources = [SourceFile(file.name, file.sha256, SYSTEM) for file in files]
    return known_together(sources[0], sources).sha256


def _date_order(columns: list[Column]) -> str:
    """Order of day and month that the dictionary gives to dates not written year first."""
    orders = set()
    for column in columns:
        year_first = all(not text or text[:4].isdecimal() for text in column.texts)
        if column.target.kind == "date" and not year_first:
            orders |= {field.field.date_order for field in column.used}
    return orders.pop() if len(orders) == 1 else ""


def _scale(column: Column) -> str:
    """Scale of pain that a field's name or label gives."""
    if column.target.measure not in ("pain", "pain_vas"):
        return ""
    said = {field.scale for field in column.used if field.scale in ("0-10", "0-100")}
    return said.pop() if len(said) == 1 else ""


def _notes(export: Export, used: list[UsedField], hidden: set[str], table: Table) -> dict[str, str]:
    """How the export was read, in words."""
    dictionary = export.dictionary_file
    notes = {"dictionary": dictionary.name if dictionary else "none: codes stay as they are"}
    n_hidden = sum(heading.partition("___")[0] in hidden for heading in table.headers[1:])
    if n_hidden:
        notes["identifiers"] = f"{n_hidden:,} columns left out, as the dictionary says"
    no_moment = [f.field.name for f in used if f.target.score and not f.moment_said]
    if no_moment:
        notes["moment not said"] = f"{', '.join(no_moment)}: read as before treatment"
    return notes


def _labels(name: str) -> FileError:
    return FileError(
        f"{name} is a REDCap export with labels, which is made for people to read.",
        "We expected the raw export, in which fields have their names and answers their codes.",
        "In REDCap choose Data Exports > Export Data > CSV / Microsoft Excel (raw data), and give "
        "the data dictionary (Project Setup > Data Dictionary > Download) beside it.",
    )


def _ask_dictionary(export: Export, used: UsedField) -> DecisionNeeded:
    where = "the data dictionary does not explain" if export.dictionary else "nothing explains"
    return DecisionNeeded(
        f"{export.file.name}: {used.field.name!r} ({used.target}) holds codes that {where}.",
        "The data dictionary of the project says what each code means.",
        "Name it beside the export (Project Setup > Data Dictionary > Download), or say what codes "
        f'mean in a mapping file, under [values."{used.target}"].',
    )


def _two_fields(file: str, target: Target, fields: list[UsedField]) -> MappingError:
    names = [field.field.name for field in fields]
    return MappingError(
        f"{file}: the fields {' and '.join(map(repr, names))} hold {target} in one row, with "
        "different answers.",
        "One field may hold it.",
        f'Say which in a mapping file:  [columns]  "{target}" = "{names[0]}"',
    )
