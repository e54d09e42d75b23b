"""How one column is read, with everything that was decided about it."""

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import NamedTuple

from hipoutcomes.ingest.grids.cells import as_typed
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.planning.assign import Assigned
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.ingest.planning.targets import Target
from hipoutcomes.vocabulary.measures import MEASURES
from hipoutcomes.vocabulary.questionnaires import ITEMS

#: Numbers that stand for "missing" in many systems, where a score cannot be so large or small.
COMMON_CODES = (-9999, -999, -99, 999, 9999)


@dataclass(frozen=True)
class ColumnPlan:
    """How one column is read.

    Attributes
    ----------
    place : int
        Place among the columns of the grid.
    heading : str
    target : Target
    date_order : str
        For dates: ``day-first``, ``month-first`` or ``iso``.
    scale : str
        For pain: ``0-10`` or ``0-100``.
    missing, told_missing : tuple
        Codes that stand for "missing", and those of them that the owner told.
    values : dict
        What each value of a coded column means.
    none_means : str
        ``zero``, ``missing`` or empty.
    samples : tuple of str
        The first values, as typed.
    n_filled : int
        Cells that are not empty.
    by_name : bool
        Whether the column holds names where nothing else tells clients apart.
    """

    place: int
    heading: str
    target: Target
    date_order: str = ""
    scale: str = ""
    missing: tuple = ()
    told_missing: tuple = ()
    values: MappingOf = field(default_factory=dict)
    none_means: str = ""
    samples: tuple[str, ...] = ()
    n_filled: int = 0
    by_name: bool = False


class Decided(NamedTuple):
    """What was decided about the columns of a file, each by its place.

    Attributes
    ----------
    as_told : dict of int to Target
        What each holds, before episodes and scales were considered.
    orders, scales : dict of int to str
    missing : dict of int to tuple
    """

    as_told: dict[int, Target]
    orders: dict[int, str]
    scales: dict[int, str]
    missing: dict[int, tuple]


def codes_of(grid: Grid, column: Assigned, as_told: Target, mapping: Mapping) -> tuple:
    """Codes for missing in one column: those told, and the common ones no score can reach."""
    told = mapping.missing.get(as_told, mapping.missing.get(column.target, ()))
    if column.target.kind == "id":
        return told
    told = (*told, *mapping.missing_everywhere)
    if column.target.kind == "date":
        return (*told, *_in_years(grid, column, mapping.missing_years))
    if not column.target.score:
        return told
    code = column.target.measure
    measure = ITEMS.get(code) or MEASURES["pain_vas" if code == "pain" else code]
    low, high = measure.lowest, measure.highest
    return (*told, *(code for code in COMMON_CODES if not low <= code <= high))


def _in_years(grid: Grid, column: Assigned, years: tuple[int, ...]) -> tuple[str, ...]:
    """Dates of a column that lie in years which stand for "missing", as typed."""
    if not years:
        return ()
    in_year = re.compile(rf"(?<!\d)(?:{'|'.join(map(str, years))})(?!\d)")
    typed = (as_typed(value) for value in grid.columns[column.place].values)
    return tuple(text for text in typed if in_year.search(text))


def column_plan(grid: Grid, column: Assigned, decided: Decided, mapping: Mapping) -> ColumnPlan:
    """One column with everything that was decided about it."""
    cells, target = grid.columns[column.place], column.target
    as_told = decided.as_told[column.place]
    scale = decided.scales.get(column.place, "")
    if scale:
        target = target.of("pain_vas" if scale == "0-100" else "pain")
    values = mapping.values.get(as_told, mapping.values.get(target, {}))
    return ColumnPlan(
        place=column.place,
        heading=column.heading,
        target=target,
        date_order=decided.orders.get(column.place, ""),
        scale=scale,
        missing=decided.missing[column.place],
        told_missing=mapping.missing.get(as_told, mapping.missing.get(target, ())),
        values={str(raw).strip(): meaning for raw, meaning in values.items()},
        none_means=mapping.none_means if target.score else "",
        samples=tuple(as_typed(value) for value in cells.values[:3]),
        n_filled=cells.n_filled,
        by_name=mapping.clients_by_name and target.kind == "id",
    )
