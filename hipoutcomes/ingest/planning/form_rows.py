"""Whether the rows of an online form are visits, or scores that clients sent between visits."""

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import replace

from hipoutcomes.ingest.planning.assign import Assigned
from hipoutcomes.ingest.planning.mapping import ROW_TYPES

VISIT_ROWS, SCORE_ROWS = ROW_TYPES


def rows_of_form(
    columns: Sequence[Assigned], constants: MappingOf[str, str], told: MappingOf[str, str]
) -> tuple[list[Assigned], dict[str, str], list[str]]:
    """Take the rows of a form for scores between visits, unless its questions speak of a visit.

    Parameters
    ----------
    columns : sequence of Assigned
    constants : dict of str to str
        What holds for every row; a profile of a form says there what its rows mostly are.
    told : dict of str to str
        Those of them that the owner told, which stand as they are.

    Returns
    -------
    list of Assigned
        Scores whose heading names no moment are scores between visits where the rows are.
    dict of str to str
        The constants that hold.
    list of str
        Evidence.
    """
    columns, constants = list(columns), dict(constants)
    if constants.get("row_type") != SCORE_ROWS:
        return columns, constants, []
    of_visit = next((column for column in columns if _of_visit(column)), None)
    if of_visit is not None and "row_type" not in told:
        del constants["row_type"]
        return columns, constants, [f"rows: visits, for {of_visit.heading!r} is about a visit"]
    said = "as told" if "row_type" in told else "no heading speaks of a visit"
    return (
        [_between(column) for column in columns],
        constants,
        [f"rows: scores between visits ({said})"],
    )


def _of_visit(column: Assigned) -> bool:
    """Whether a column can only be about a visit."""
    target = column.target
    if target.score:
        if column.said is not None and column.said.family == "visit":
            return True
        return target.timing in ("during", "after") and (
            column.said is None or column.said.moment_said
        )
    return bool(target.technique) or target.field in (
        *("technique", "minutes", "row_type", "visit_number", "pressure"),
    )


def _between(column: Assigned) -> Assigned:
    """A score without a moment of its own, as one between visits."""
    if not column.target.score or column.said is None or column.said.moment_said:
        return column
    return replace(column, target=column.target.at("between"))
