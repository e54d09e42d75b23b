"""hipoutcomes clients show | merge | forget: one client of a clinic's records."""

from typing import Annotated

import typer

from hipoutcomes.cli.app import app
from hipoutcomes.cli.days import date_of
from hipoutcomes.cli.options import StoreFolder

clients = typer.Typer(help="Show, merge or forget clients.")
app.add_typer(clients, name="clients", no_args_is_help=True)

_Number = Annotated[str, typer.Argument(help="Your own number of the client.")]


@clients.command()
def merge(
    old: Annotated[str, typer.Argument(help="The number that is no longer used.")],
    new: Annotated[str, typer.Argument(help="The number that the client goes by now.")],
    store: StoreFolder,
) -> None:
    """Say that two numbers are one client; later files may use either."""
    from hipoutcomes.clinic_records.clients import merge_clients

    n_rows = merge_clients(old, new, store)
    print(f"{n_rows:,} rows of the old number count for the new one now.")


@clients.command()
def show(client: _Number, store: StoreFolder) -> None:
    """List what files have told of one client, as for a person who asks."""
    from hipoutcomes.clinic_records.clients import client_history

    for row in client_history(client, store).itertuples():
        kind = "visit" if row.is_visit else "score between visits"
        now = "" if row.is_current else " (told otherwise since)"
        print(f"{date_of(row.day)}  {kind}, import {row.import_id}, {row.file}{now}")


@clients.command()
def forget(
    client: _Number,
    store: StoreFolder,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
) -> None:
    """Remove one client everywhere: rows, history, backups, and the private folder."""
    from hipoutcomes.clinic_records.clients import forget_client

    if not yes:
        typer.confirm(
            "Everything about this client will be removed, and cannot be brought back. Go on?",
            abort=True,
        )
    for line in forget_client(client, store).told:
        print(line)
