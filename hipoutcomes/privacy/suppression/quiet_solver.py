"""Keep a solver's own remarks off the terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_OUTPUT = 1


@contextmanager
def quiet() -> Iterator[None]:
    """Send what compiled code prints to nowhere, for as long as it runs.

    HiGHS prints a line about its own inner solver now and then, whatever it is told.
    """
    with suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    try:
        kept = os.dup(_OUTPUT)
    except OSError:  # no output to keep quiet
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _OUTPUT)
        yield
    finally:
        os.dup2(kept, _OUTPUT)
        os.close(kept)
        os.close(nowhere)
