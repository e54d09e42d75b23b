"""Order of day and month in a column of dates: from all of it, or asked with the evidence."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.parsing.parse_dates import ORDERS, DateEvidence, date_evidence
from hipoutcomes.ingest.parsing.parsed import is_sentinel
from hipoutcomes.ingest.planning.assign import Assigned
from hipoutcomes.ingest.planning.date_hints import date_hints
from hipoutcomes.ingest.planning.date_parting import where_they_part
from hipoutcomes.ingest.planning.mapping import Mapping


def date_order_of(
    grid: Grid,
    columns: Sequence[Assigned],
    mapping: Mapping,
    missing: dict[int, tuple],
    today: date | None = None,
) -> tuple[dict[int, str], list[str]]:
    """Order of day and month in each column of dates, and the evidence for it.

    Parameters
    ----------
    grid : Grid
    columns : sequence of Assigned
    mapping : Mapping
        What was told.
    missing : dict of int to tuple
        For the place of each column, values that stand for "missing" and are no evidence.
    today : date, optional
        Later dates lie in the future; the day of the computer's clock unless told.

    Returns
    -------
    dict of int to str
        For the place of each date column: ``day-first``, ``month-first``, or ``iso`` where every
        date says its order itself.
    list of str

    Raises
    ------
    DecisionNeeded
        When every date can be read both ways, or some contradict others.
    """
    today = today or date.today()
    orders: dict[int, str] = {}
    evidence = []
    dated = [a for a in columns if a.target.kind == "date"]
    for column in sorted(dated, key=lambda a: a.target.field != "date"):
        cells = _without(grid.columns[column.place], missing.get(column.place, ()))
        found = date_evidence(cells, today)
        counts = _counts(found)
        order, why = found.verdict, counts
        if order in ("ambiguous", "conflict"):
            main = next(iter(orders.values()), "")
            if mapping.date_order:
                order, why = mapping.date_order, f"as told; {counts}"
            elif main in ORDERS and order == "ambiguous":
                order, why = main, f"as in {dated[0].heading!r}; {counts}"
            elif order == "ambiguous":
                raise _ask_order(grid, column, date_hints(cells, today), counts)
            else:
                raise _ask_conflict(grid, column, columns, found, counts, today)
        elif order in ORDERS and mapping.date_order not in ("", order):
            raise _order_denied(grid, column, mapping.date_order, found, counts)
        orders[column.place] = order if order in ORDERS else "iso"
        evidence.append(f"dates in {column.heading!r}: {order} ({why})")
    return orders, evidence


def _without(cells: Cells, codes: tuple) -> Cells:
    """A column of dates without those that stand for "missing"."""
    if not codes:
        return cells
    gone = np.array([*(is_sentinel(value, codes) for value in cells.values), False])
    return Cells(np.where(gone[cells.codes], -1, cells.codes), cells.values)


def _counts(found: DateEvidence) -> str:
    """How many dates say what."""
    return (
        f"{found.n_iso + found.n_typed:,} year first or typed as dates, "
        f"{found.n_day_first_only:,} can only be day first, "
        f"{found.n_month_first_only:,} only month first, {found.n_ambiguous:,} either, "
        f"{found.n_unreadable:,} unreadable"
    )


def _ask_order(grid: Grid, column: Assigned, hinted: str, counts: str) -> DecisionNeeded:
    """The question of a column in which every date can be read both ways."""
    return DecisionNeeded(
        f"{grid.file}: in {column.heading!r} every date can be read with the day first or with "
        "the month first.",
        f"Counted: {counts}. {hinted}".rstrip(),
        "Say which with --date-order day-first or --date-order month-first.",
    )


def _ask_conflict(
    grid: Grid,
    column: Assigned,
    columns: Sequence[Assigned],
    found: DateEvidence,
    counts: str,
    today: date,
) -> DecisionNeeded:
    """The question of a file in which dates contradict one another."""
    problem = found.note or "some dates can only be day first and others only month first"
    others = [a for a in columns if a.target.field in ("therapist", "clinic")]
    parted = where_they_part(grid, column.place, [(a.heading, a.place) for a in others], today)
    return DecisionNeeded(
        f"{grid.file}: in {column.heading!r} {problem}.",
        f"Counted: {counts}. {parted}".rstrip(),
        "Say which with --date-order day-first or --date-order month-first; dates that do not fit "
        "are set aside.",
    )


def _order_denied(
    grid: Grid, column: Assigned, told: str, found: DateEvidence, counts: str
) -> DecisionNeeded:
    """The question of an order that was told and that the dates deny."""
    return DecisionNeeded(
        f"{grid.file}: you said {told}, but the dates in {column.heading!r} are {found.verdict}.",
        f"Counted: {counts}.",
        f"Leave --date-order out, or say --date-order {found.verdict}.",
    )
