"""The application that the commands belong to, and its help."""

from typing import Annotated

import typer
from typer.core import TyperGroup

from hipoutcomes import __version__

HELP = """Honest outcome reports for hands-on care of hip pain.

Start with:  hipoutcomes report appointments.csv

Exit codes: 0 done, however many cells were set aside for you; 1 a fault of this program;
2 a file, folder or command that cannot be used; 3 an import that was written and set something
aside; 4 a question only you can answer, with the option that answers it; 5 records that are locked,
damaged or newer; 6 a file in which no row, or too few, could be used.
"""

#: Commands as --help lists them: what most people need first.
ORDER = (
    *("report", "inspect", "sheet", "import", "imports", "undo", "fix", "issues", "due"),
    *("export", "clients", "key", "purge", "lab", "demo"),
)


class InOrder(TyperGroup):
    """Commands in the order in which people meet them."""

    def list_commands(self, ctx) -> list[str]:
        """Names of the commands; one without a place comes last."""
        place = {name: i for i, name in enumerate(ORDER)}
        return sorted(super().list_commands(ctx), key=lambda name: place.get(name, len(ORDER)))


app = typer.Typer(
    cls=InOrder,
    help=HELP,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback(invoke_without_command=True)
def start(
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False,
) -> None:
    """Answer --version; the commands do the rest."""
    if version:
        print(f"hipoutcomes {__version__}")
        raise typer.Exit
