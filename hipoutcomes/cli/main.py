"""Every command, and every way to end: one plain message and a documented exit code."""

import os
import sys

from hipoutcomes.cli import (  # noqa: F401  (imported for their commands)
    clients,
    due,
    fixing,
    issues,
    private,
    records,
    reports,
    sheets,
    starting,
)
from hipoutcomes.cli.app import app
from hipoutcomes.errors import HipoutcomesError


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every way to end is one plain message and a documented exit code."""
    try:
        app(arguments, prog_name="hipoutcomes")
    except HipoutcomesError as problem:
        print(f"hipoutcomes: {problem}", file=sys.stderr)
        sys.exit(problem.exit_code)
    except Exception as problem:
        if os.environ.get("HIPOUTCOMES_DEBUG") == "1":
            raise
        print(
            f"hipoutcomes: Sorry, this is a fault in the program ({type(problem).__name__}), not "
            "in your file. Nothing was written.\n  Run the command again with HIPOUTCOMES_DEBUG=1 "
            "and report what it shows; remove anything private first.",
            file=sys.stderr,
        )
        sys.exit(1)
