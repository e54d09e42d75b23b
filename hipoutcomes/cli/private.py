"""hipoutcomes export | purge | key: what leaves the clinic, and what stays private."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hipoutcomes.cli.app import app
from hipoutcomes.cli.options import StoreFolder, need_one_source, reads_files

key = typer.Typer(help="Print a recovery copy of the key, or bring a lost key back.")
app.add_typer(key, name="key", no_args_is_help=True)

_DAYS = re.compile(r"(\d+) ?(?:d|days?)?")


class Dates(StrEnum):
    """How an export gives dates."""

    exact = "exact"
    shifted = "shifted"
    relative = "relative"


@app.command()
@reads_files
def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="A new folder for the export.")],
    files: Annotated[
        list[Path] | None, typer.Argument(help="CSV, TSV or Excel files, instead of records.")
    ] = None,
    store: Annotated[Path | None, typer.Option(help="Folder of a clinic's records.")] = None,
    dates: Annotated[
        Dates, typer.Option(help="The days themselves, moved by whole weeks, or counted.")
    ] = Dates.exact,
    safe_harbor: Annotated[
        bool,
        typer.Option(
            "--safe-harbor",
            help="Without the identifiers of 45 CFR 164.514(b)(2): random numbers, counted days.",
        ),
    ] = False,
    *,
    reading: dict,
) -> None:
    """Write tidy tables for a researcher: no names, no notes, numbers in place of clients."""
    from hipoutcomes.clinic_records.exporting import export_files, export_store

    need_one_source(files, store, reading)
    if safe_harbor and dates is Dates.shifted:
        raise typer.BadParameter("Safe Harbor needs counted days: leave --dates out.")
    said = {"dates": dates.value, "safe_harbor": safe_harbor}
    if store:
        made = export_store(store, output, **said)
    else:
        made = export_files(files, output, **said, **reading)
    print(f"{made.label}: {made.directory}")
    print(
        f"  {made.n_clients:,} clients, {made.n_sessions:,} visits, {made.n_scores:,} scores; "
        "README.txt beside them says what they are"
    )
    if made.links:
        print(f"Which number is which stays here: {made.links}")


@app.command()
def purge(
    store: StoreFolder,
    older_than: Annotated[
        str, typer.Option(help="Age of the files to remove, such as 90d.")
    ] = "90d",
) -> None:
    """Remove old files that quote your rows from the private folder; the key and codes stay."""
    from hipoutcomes.privacy.forgetting import purge as purge_private
    from hipoutcomes.privacy.private_folder import open_private_folder

    found = _DAYS.fullmatch(older_than.strip())
    if not found:
        raise typer.BadParameter("--older-than is a number of days, such as 90d.")
    n_files = purge_private(open_private_folder(store).path, float(found[1]))
    print(f"{n_files:,} files older than {found[1]} days removed from the private folder.")


@key.command("print")
def print_(store: StoreFolder) -> None:
    """Print a recovery copy of the key, to be locked away."""
    from hipoutcomes.privacy.key import load_or_make_key, recovery_text
    from hipoutcomes.privacy.private_folder import open_private_folder

    print(recovery_text(load_or_make_key(open_private_folder(store).path)), end="")


@key.command()
def restore(
    store: StoreFolder,
    copy: Annotated[Path, typer.Argument(help="Text file into which the recovery copy was typed.")],
) -> None:
    """Bring a lost key back from its recovery copy; refused where there is a key."""
    from hipoutcomes.errors import FileError
    from hipoutcomes.privacy.key import restore_key
    from hipoutcomes.privacy.private_folder import open_private_folder

    try:
        text = copy.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise FileError(
            f"{copy} cannot be read.",
            "We expected a text file with the lines of the recovery copy.",
            "Type the lines 'key', 'zeros' and 'letters' into a text file.",
        ) from None
    made = restore_key(open_private_folder(store).path, text)
    print(f"The key {made.id} is back.")
