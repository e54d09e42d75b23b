"""Released tables as rows of text for the page, and as the CSV files beside it."""

from collections.abc import Mapping

import pandas as pd

from hipoutcomes.analyses.groups.grouping import NOT_RECORDED
from hipoutcomes.privacy.cells import safe_frame
from hipoutcomes.privacy.suppression.population import ALL
from hipoutcomes.privacy.suppression.released import ReleasedRow, ReleasedTable
from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.parts import ShownTable
from hipoutcomes.report.plain_numbers import count, score, share
from hipoutcomes.vocabulary.groupings import GROUPINGS

#: What stands where a number is hidden.
HIDDEN = "hidden"

#: Name of the row of all groups that have no row of their own.
OTHERS = "All others"

_COUNTS = {
    "measured": {"due": "Due a later score", "measured": "Measured again"},
    "sorted": {
        "measured": "Measured again",
        "better": "Better",
        "not better": "About the same or worse",
        "same": "About the same",
        "worse": "Worse",
    },
}
_MEANS = {
    "start": "Mean first score",
    "change": "Mean change",
    "low": "Likely range from",
    "high": "Likely range to",
}


def heading_of(grouping: str) -> str:
    """Heading of the first column."""
    return "Clients" if grouping == ALL else in_owner_words(GROUPINGS[grouping].label)


def label_of(row: ReleasedRow, grouping: str, labels: Mapping[str, Mapping[str, str]]) -> str:
    """What a row is called; never a word that somebody typed.

    Parameters
    ----------
    row : ReleasedRow
    grouping : str
    labels : mapping of str to mapping of (str, str)
        By grouping, the words for each group that may be named.

    Examples
    --------
    >>> label_of(ReleasedRow(("a", "b"), {}), "technique", {"technique": {"a": "A", "b": "B"}})
    'All others'
    >>> label_of(ReleasedRow(("2", "3"), {}), "n_follow_ups", {"n_follow_ups": {"2": "2 follow-ups",
    ...     "3": "3 follow-ups"}})
    '2 follow-ups and 3 follow-ups'
    """
    if grouping == ALL:
        return "All clients"
    if row.groups == ("",):
        return NOT_RECORDED.capitalize()
    known = labels.get(grouping, {})
    if GROUPINGS[grouping].bins:
        return " and ".join(known.get(group, NOT_RECORDED) for group in row.groups)
    if len(row.groups) == 1 and row.groups[0] in known:
        return known[row.groups[0]]
    return OTHERS


def number_of(row: ReleasedRow, name: str) -> int | None:
    """A number of a row, also one that follows from two others; None where it is hidden.

    Examples
    --------
    >>> number_of(ReleasedRow(("a",), {"measured": 30, "better": 18}), "not better")
    12
    """
    if name != "not better":
        return row.number(name)
    better = row.number("better")
    return None if better is None else row.numbers["measured"] - better


def rows_in_order(
    table: ReleasedTable, labels: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, ReleasedRow]]:
    """Rows with their names: in the order of bins or of names, all others last.

    An order by size would tell about sizes that are hidden.
    """
    named = [(label_of(row, table.grouping, labels), row) for row in table.rows]
    if table.grouping == ALL or GROUPINGS[table.grouping].bins:
        return named
    is_staff = table.grouping == "therapist"
    return sorted(named, key=lambda pair: _place(*pair, is_staff=is_staff))


def _place(label: str, row: ReleasedRow, *, is_staff: bool) -> tuple:
    """Where a row stands: by name, T2 before T10; all others and what was not recorded last."""
    return (
        row.groups == ("",),
        label == OTHERS,
        len(label) if is_staff else 0,
        label.casefold(),
    )


def numbers_of(table: ReleasedTable, labels: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """A released table as it stands in its CSV file: plain numbers, and "hidden".

    Parameters
    ----------
    table : ReleasedTable
    labels : mapping of str to mapping of (str, str)
    """
    lines = []
    for label, row in rows_in_order(table, labels):
        line = {heading_of(table.grouping): label}
        for name, heading in _columns(table).items():
            n = number_of(row, name)
            line[heading] = HIDDEN if n is None else n
        if table.question == "change":
            for name, heading in _MEANS.items():
                line[heading] = HIDDEN if row.means is None else getattr(row.means, name)
        lines.append(line)
    return safe_frame(pd.DataFrame(lines, dtype=object))


def shown_table(
    table: ReleasedTable, labels: Mapping[str, Mapping[str, str]], unit: str
) -> ShownTable:
    """A released table as it stands on the page.

    Parameters
    ----------
    table : ReleasedTable
    labels : mapping of str to mapping of (str, str)
    unit : str
        Of scores.
    """
    rows = [
        (label, *_texts(row, table)) for label, row in rows_in_order(table, labels)
    ]  # fmt: skip
    headings = [heading_of(table.grouping), *_columns(table).values()]
    if table.question == "measured":
        headings.append("Share measured again")
    if table.question == "change":
        headings += ["Mean first score", f"Mean change, {unit}", "Likely range"]
    which_way = "Positive is better. " if table.question == "change" else ""
    return ShownTable(
        f"{which_way}Records up to {table.as_of}",
        tuple(headings),
        tuple(rows),
        tuple(place > 0 for place in range(len(headings))),
    )


def _columns(table: ReleasedTable) -> dict[str, str]:
    """Numbers of clients in a table, with their headings."""
    columns = dict(_COUNTS.get(table.question, {"measured": "Measured again"}))
    if table.question == "measured" and table.grouping == ALL:
        columns = {"seen": "Seen", **columns}
    return columns


def _texts(row: ReleasedRow, table: ReleasedTable) -> list[str]:
    """The cells of one row after its name."""
    numbers = {name: number_of(row, name) for name in _columns(table)}
    texts = [HIDDEN if n is None else count(n) for n in numbers.values()]
    if table.question == "measured":
        known = None not in (numbers["due"], numbers["measured"]) and numbers["due"]
        texts.append(share(numbers["measured"] / numbers["due"]) if known else HIDDEN)
    if table.question == "change":
        means = row.means
        if means is None:
            return [*texts, HIDDEN, HIDDEN, HIDDEN]
        texts += [score(means.start), score(means.change)]
        texts.append(f"{score(means.low)} to {score(means.high)}")
    return texts
