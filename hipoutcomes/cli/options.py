"""Options that several commands share, and what they mean to the functions behind them."""

import codecs
import functools
import inspect
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, get_type_hints

import typer


class DateOrder(StrEnum):
    """Order of day and month in dates such as 05/03/2026."""

    day_first = "day-first"
    month_first = "month-first"


class ScaleOfPain(StrEnum):
    """Scale of pain scores."""

    to_10 = "0-10"
    to_100 = "0-100"


class ShapeOfFile(StrEnum):
    """What one row of a file is."""

    sessions = "sessions"
    episodes = "episodes"


class NoneMeans(StrEnum):
    """What the word 'none' means in a column of scores."""

    zero = "zero"
    missing = "missing"


Files = Annotated[
    list[Path],
    typer.Argument(help="CSV, TSV or Excel files. Several are read as one clinic."),
]
StoreFolder = Annotated[
    Path, typer.Option("--store", help="Folder of a clinic's records; 'import' makes it.")
]


def need_one_source(files: list[Path] | None, store: Path | None, reading: dict) -> None:
    """Refuse a command that names both files and records, or neither.

    Raises
    ------
    BadParameter
        Saying which options belong together.
    """
    if bool(files) == bool(store):
        raise typer.BadParameter("Name files, or the folder of the records with --store.")
    if store and reading:
        raise typer.BadParameter("Options of reading belong to 'import', not to --store.")


def reads_files(command: Callable) -> Callable:
    """Give a command the options of reading; its keyword `reading` gets those that were given."""

    @functools.wraps(command)
    def with_options(**given):
        told = {name: given.pop(name) for name in _NAMES}
        return command(**given, reading=_as_load_takes_them(**told))

    hints = get_type_hints(command, include_extras=True)
    own = [
        parameter.replace(annotation=hints[parameter.name])
        for parameter in inspect.signature(command).parameters.values()
        if parameter.name != "reading"
    ]
    added = inspect.signature(_options).parameters.values()
    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in (*own, *added)]
    with_options.__signature__ = inspect.Signature(parameters)
    with_options.__annotations__ = {p.name: p.annotation for p in parameters}
    return with_options


def _options(
    mapping: Annotated[
        str | None,
        typer.Option("--mapping", "-m", help="A mapping file, or a profile such as nhs-proms."),
    ] = None,
    date_order: Annotated[
        DateOrder | None, typer.Option("--date-order", help="How to read dates such as 05/03/2026.")
    ] = None,
    scale: Annotated[
        ScaleOfPain | None, typer.Option("--scale", help="Scale of the pain scores.")
    ] = None,
    shape: Annotated[
        ShapeOfFile | None,
        typer.Option(
            "--shape", help="One row per visit (sessions), or per course of care (episodes)."
        ),
    ] = None,
    none_means: Annotated[
        NoneMeans | None,
        typer.Option("--none-means", help="What the word 'none' means in a column of scores."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="How a text file was saved, such as utf-8 or cp1252.")
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="What separates the cells of a text file.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Which sheet of a workbook to read.")] = None,
    timezone: Annotated[
        str | None,
        typer.Option(help="Where the clinic is, for exports in universal time: America/Vancouver."),
    ] = None,
    codes: Annotated[
        Path | None,
        typer.Option(help="What codes of a registry stand for, as a CSV file."),
    ] = None,
    constant: Annotated[
        list[str] | None,
        typer.Option(
            "--constant",
            help="What is the same in every row, such as device=goniometer; repeatable.",
        ),
    ] = None,
) -> None:
    """Hold the options of reading; their order is the order of --help."""


_NAMES = tuple(inspect.signature(_options).parameters)


def _as_load_takes_them(
    *, encoding=None, delimiter=None, timezone=None, constant=None, **told
) -> dict[str, object]:
    """Options of reading that were given, as `load` takes them; wrong ones are refused here."""
    given = {
        **{name: getattr(value, "value", value) for name, value in told.items()},
        "encoding": encoding and _encoding(encoding),
        "delimiter": delimiter and _delimiter(delimiter),
        "timezone": timezone and _timezone(timezone),
        "constants": _constants(constant) if constant else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _encoding(name: str) -> str:
    """An encoding that Python knows."""
    try:
        codecs.lookup(name)
    except LookupError:
        raise typer.BadParameter(
            f"'{name}' is not an encoding; use utf-8, utf-16, cp1252, latin-1 or mac_roman."
        ) from None
    return name


def _timezone(name: str) -> str:
    """A time zone that Python knows."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise typer.BadParameter(
            f"'{name}' is not a time zone; use a name such as America/Vancouver or Europe/London."
        ) from None
    return name


def _delimiter(name: str) -> str:
    """What separates cells, as a person can type it."""
    from hipoutcomes.ingest.grids.text_grid import DELIMITERS

    given = {**DELIMITERS, "\\t": "\t"}.get(name, name)
    if len(given) != 1 or given.isalnum() or given in "\"'\r\n ":
        raise typer.BadParameter(
            f"'{name}' is none of: {', '.join(DELIMITERS)}, or another single sign."
        )
    return given


def _constants(texts: list[str]) -> dict[str, str]:
    """Every --constant as name and value."""
    from hipoutcomes.ingest.planning.mapping import Mapping as FileMapping

    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise typer.BadParameter(f"'{text}' is not name=value, such as device=goniometer.")
        pairs[name.strip()] = value.strip()
    try:
        FileMapping().told(pairs)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None
    return pairs
