"""hipoutcomes import | imports | undo: a clinic's records, file by file."""

from pathlib import Path
from typing import Annotated

import typer

from hipoutcomes.cli.app import app
from hipoutcomes.cli.days import date_of
from hipoutcomes.cli.options import Files, StoreFolder, reads_files

#: Exit code of an import that was written and set something aside.
SET_ASIDE = 3


@app.command("import")
@reads_files
def import_(
    files: Files,
    store: StoreFolder,
    max_bad: Annotated[
        float,
        typer.Option(min=0, max=1, help="Share of rows above which a file is not written."),
    ] = 0.05,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Write nothing where anything is refused or questioned."),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option(help="Let these files go before newer ones where they differ.")
    ] = False,
    blank_overwrites: Annotated[
        bool, typer.Option(help="Let a blank cell take an earlier value away.")
    ] = False,
    new_mapping: Annotated[
        bool, typer.Option(help="Read the headings anew, not as remembered from last time.")
    ] = False,
    *,
    reading: dict,
) -> None:
    """Add files to a clinic's records; what is there already changes nothing."""
    from hipoutcomes.clinic_records.importing import import_files

    results = import_files(
        files,
        store,
        most_set_aside=max_bad,
        strict=strict,
        overwrites=overwrite,
        blank_overwrites=blank_overwrites,
        new_mapping=new_mapping,
        **reading,
    )
    for line in dict.fromkeys(line for result in results for line in result.told):
        print(line)
    for result in results:
        for line in _lines(result, store):
            print(line)
    for path in (result.fix_file for result in results if result.fix_file):
        print(f"To correct: {path}; then: hipoutcomes import {path} --store {store}")
    print(f"Next: hipoutcomes report --store {store}")
    if any(result.n_set_aside and not result.outcome.already for result in results):
        raise typer.Exit(SET_ASIDE)


@app.command()
def imports(store: StoreFolder) -> None:
    """List what was imported, with the number that 'undo' takes."""
    from hipoutcomes.clinic_records.importing import list_imports

    for line in list_imports(store).itertuples():
        days = " to ".join(date_of(day) for day in (line.first_day, line.last_day))
        print(f"{line.import_id}  {line.imported_at}  {line.name}  {days}")


@app.command()
def undo(
    import_id: Annotated[int, typer.Argument(help="Number of the import, from 'imports'.")],
    store: StoreFolder,
) -> None:
    """Take one import out, as if its file had never come."""
    from hipoutcomes.clinic_records.importing import undo_import

    outcome = undo_import(import_id, store)
    print(
        f"Import {import_id} taken out: {outcome.n_removed:,} rows removed, "
        f"{outcome.n_restored:,} set back to what they were."
    )


def _lines(result, store: Path) -> list[str]:
    """What became of one file, in words."""
    outcome, rows = result.outcome, result.account.rows
    if result.corrects and not outcome.already:
        return []
    if outcome.already:
        return [f"{result.file}: already imported (number {outcome.import_id}); nothing changed."]
    others = {
        "set aside": rows["quarantined"],
        "not visits": rows["skipped_not_a_visit"],
        "repeated": rows["duplicates"],
        "not data": rows["blank"] + rows["preamble"] + rows["header"] + rows["footer"],
    }
    used = f"{rows['accepted']:,} used"
    said = " + ".join([used, *(f"{n:,} {words}" for words, n in others.items() if n)])
    lines = [
        f"{result.file} (number {outcome.import_id}): {rows['rows_in_file']:,} rows = {said}",
        f"  {outcome.n_new:,} new, {outcome.n_changed:,} changed, "
        f"{outcome.n_unchanged:,} as before",
    ]
    if outcome.n_gone:
        lines.append(f"  {outcome.n_gone:,} earlier rows of these days are not in it; they stay.")
    if outcome.n_forgotten:
        lines.append(f"  {outcome.n_forgotten:,} rows of clients who were forgotten stay out.")
    if outcome.is_stale:
        lines.append(
            "  It ends before an earlier file does and gave way where they differ; "
            "--overwrite lets it go first."
        )
    lines += [f"  {line}" for line in result.personal]
    if result.n_set_aside:
        told = [
            f"{n:,} {word if n == 1 else word + 's'}"
            for n, word in ((rows["quarantined"], "row"), (result.n_cells, "cell"))
            if n
        ]
        lines.append(
            f"  Set aside: {' and '.join(told)}; see them with: hipoutcomes issues --store {store}"
        )
    return lines
