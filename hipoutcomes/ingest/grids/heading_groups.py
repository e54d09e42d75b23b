"""A row of groups above the headings: "Before" over "Pain" and "Flexion", and "After" over both."""

from collections import Counter
from collections.abc import Callable, Sequence

from hipoutcomes.ingest.grids.cells import is_blank
from hipoutcomes.ingest.grids.layout import heading_of, trimmed_headings


def grouped_headings(
    records: Sequence[Sequence], header_at: int, is_heading: Callable[[str], bool]
) -> tuple[tuple[str, ...], int]:
    """The headings of a sheet, repeated ones with the group that stands above them.

    A group holds until the next one begins, as merged cells show it.

    Parameters
    ----------
    records : sequence of rows
    header_at : int
        Place of the heading row.
    is_heading : callable
        Whether a text is a heading we know; groups are only taken where they make such headings.

    Returns
    -------
    tuple of str
    int
        Rows of headings, 1 or 2.

    Examples
    --------
    >>> rows = [["", "Before", "After"], ["Client", "Pain", "Pain"]]
    >>> grouped_headings(rows, 1, {"Client", "Pain Before", "Pain After"}.__contains__)
    (('Client', 'Pain Before', 'Pain After'), 2)
    """
    headers = trimmed_headings(records[header_at])
    repeated = {h for h, n in Counter(headers).items() if h and n > 1}
    if not repeated or header_at == 0 or all(map(is_blank, records[header_at - 1])):
        return headers, 1
    group, groups = "", []
    above = (*records[header_at - 1], *[""] * len(headers))
    for cell, _ in zip(above, headers, strict=False):
        group = group if is_blank(cell) else heading_of(cell)
        groups.append(group)
    together = tuple(
        f"{heading} {group}" if heading in repeated and group else heading
        for heading, group in zip(headers, groups, strict=True)
    )
    changed = [new for new, old in zip(together, headers, strict=True) if new != old]
    if changed and all(map(is_heading, changed)) and len(set(changed)) == len(changed):
        return together, 2
    return headers, 1
