"""Groups of very few clients: counted as few, never shown with numbers."""

import pandas as pd

from hipoutcomes.vocabulary.columns import ESTIMATES

#: Numbers that describe no client: where a row stands, and by which rule it was made.
_HARMLESS = (
    *("group_order", "session_number", "week", "threshold", "level"),
    *("baseline", "final"),
)

_NUMBERS = tuple(
    column.name
    for column in ESTIMATES
    if column.kind in ("integer", "number") and column.name not in _HARMLESS
)


def few(minimum: int) -> str:
    """What a row says instead of its numbers.

    Examples
    --------
    >>> few(5)
    'fewer than 5 clients; not shown'
    """
    return f"fewer than {minimum} clients; not shown"


def without_small_groups(table: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """The table without the numbers of rows about some clients, but fewer than the minimum.

    The flow of clients (statuses and their numbers) is an account that must add up, so it stays
    whole.

    Examples
    --------
    >>> table = pd.DataFrame({"group": ["A", "B"], "n_patients": [48, 3], "estimate": [2.1, 5.0]})
    >>> without_small_groups(table, 5)["n_patients"].tolist()
    [48, <NA>]
    """
    size = _size(table)
    numbers = [name for name in _NUMBERS if name in table]
    is_flow = "status" in table and numbers == ["n_patients"]
    if size is None or is_flow:
        return table
    small = size.between(1, minimum - 1)
    if not small.any():
        return table
    kept = table.copy()
    for name in numbers:
        kept[name] = kept[name].astype("Int64" if name.startswith("n_") else "float64")
        kept[name] = kept[name].mask(small)
    reasons = kept["reason"] if "reason" in kept else pd.Series("", index=kept.index)
    return kept.assign(reason=reasons.astype(object).where(~small, few(minimum)))


def _size(table: pd.DataFrame) -> pd.Series | None:
    """How many clients each row is about."""
    for name in ("n_patients", "n_measured"):
        if name in table:
            return table[name]
    return None
