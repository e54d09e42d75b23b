"""hipoutcomes clients merge | forget: one client of a clinic's records."""

from typing import Annotated

import typer

from hipoutcomes.cli.app import app
from hipoutcomes.cli.options import StoreFolder

clients = typer.Typer(help="Merge two numbers of one client, or forget a client.")
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
