"""What the detector of personal columns says about a file that was read."""

from collections.abc import Mapping, Sequence

from hipoutcomes.privacy.detector import KINDS, Column, detect

#: Fields that name staff, places or days by their nature; the records have codes for them.
_OF_COURSE = frozenset(("therapist", "rater", "clinic", "date", "onset", "history"))


def personal_columns(
    headers: Sequence[str], columns: Sequence[Column], fields: Mapping[int, str]
) -> tuple[list[str], list[str]]:
    """Columns that seem to say who somebody is.

    Parameters
    ----------
    headers : sequence of str
    columns : sequence
        Raw cells of each.
    fields : mapping of int to str
        What each column that was read holds, by its place.

    Returns
    -------
    list of str
        Lines for the owner, without any value.
    list of str
        Fields that were read and seem personal, staff and places apart.

    Examples
    --------
    >>> from hipoutcomes.ingest.grids.cells import Cells
    >>> columns = [Cells.of(["C1", "C2"]), Cells.of(["mika@example.org", ""])]
    >>> personal_columns(["Client", "Contact"], columns, {0: "patient"})
    (["Left out, since they say who somebody is: 'Contact' (e-mail addresses)."], [])
    """
    found = detect(headers, columns, set(fields))
    left = [f"{one.heading!r} ({KINDS[one.kind]})" for one in found if not one.mapped]
    lines = [f"Left out, since they say who somebody is: {', '.join(left)}."] if left else []
    read = [one for one in found if one.mapped and fields[one.place] not in _OF_COURSE]
    return [*lines, *(one.told for one in read)], [fields[one.place] for one in read]
