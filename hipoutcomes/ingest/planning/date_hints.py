"""What speaks for the day or the month first, where dates can be read both ways."""

from datetime import date

import numpy as np

from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.ingest.parsing.date_text import read_date
from hipoutcomes.ingest.parsing.parse_dates import ORDERS

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SUNDAY = 6
#: From so many dates on, weekdays without one say something.
_MANY = 20


def date_hints(cells: Cells, today: date) -> str:
    """Facts about both readings for a person to decide by: nothing is decided by them.

    Parameters
    ----------
    cells : Cells
    today : date
        Later dates lie in the future.

    Examples
    --------
    >>> hints = date_hints(Cells.of(["03/04/2026", "01/12/2026"]), date(2026, 11, 1))
    >>> hints.split(";")[0]
    'Day first, 1 date lies in the future and the dates run forward in 1 of 1 steps, 0 on a Sunday'
    """
    read = [read_date(value, today) if isinstance(value, str) else None for value in cells.values]
    said = []
    for order in ORDERS:
        days = [
            one and (one.day_first if order == "day-first" else one.month_first) for one in read
        ]
        numbers = np.array([*(day.toordinal() if day else 0 for day in days), 0])
        rows = numbers[cells.codes]
        said.append(f"{order.replace('-', ' ')}, {_facts(rows[rows > 0], today)}")
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}." if any(read) else ""


def _facts(days: np.ndarray, today: date) -> str:
    """Future dates, the order of the rows, and weekdays without a date."""
    n_late = int(np.count_nonzero(days > today.toordinal()))
    late = {0: "no date lies", 1: "1 date lies"}.get(n_late, f"{n_late:,} dates lie")
    steps = np.diff(days)
    facts = f"{late} in the future and the dates run forward in "
    facts += f"{np.count_nonzero(steps >= 0):,} of {len(steps):,} steps"
    if len(days) >= _MANY:
        n_each = np.bincount((days - 1) % 7, minlength=7)
        free = [name for name, n in zip(_WEEKDAYS, n_each, strict=True) if n == 0]
        facts += f", on no {' or '.join(free)}" if free else ", on all days of the week"
    else:
        facts += f", {np.count_nonzero((days - 1) % 7 == _SUNDAY):,} on a Sunday"
    return facts
