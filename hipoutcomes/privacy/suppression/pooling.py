"""Groups put together until each row is about enough clients."""

from hipoutcomes.privacy.suppression.population import Population

Rows = list[tuple[str, ...]]


def pooled(population: Population, minimum: int) -> Rows:
    """Rows of a table, each about `minimum` clients measured or more.

    Small groups go together as "all others"; neighbours of an order go with their smaller
    neighbour. Groups that may not be named always go with the others.

    Returns
    -------
    list of tuple of str
        One row may be all that is left; groups without anybody are in none.

    Examples
    --------
    >>> import numpy as np
    >>> counts = np.array([[0, 9, 20, 9, 0], [0, 5, 9, 8, 3], [0, 1, 2, 3, 0], [0, 2, 6, 2, 0]])
    >>> groups = ("a", "b", "c", "d")
    >>> population = Population(groups, counts, np.zeros((4, 4)), named=frozenset(groups))
    >>> pooled(population, 11)
    [('a',), ('b',), ('c', 'd')]
    """
    there = [group for group in population.groups if population.count((group,), "due")]
    named = [group for group in there if group in population.named]
    others = tuple(group for group in there if group not in population.named)
    rows: Rows = [(group,) for group in named]
    if population.is_ordered:
        while len(rows) > 1 and min(_sizes(rows, population)) < minimum:
            rows = _with_neighbour(rows, population)
    else:
        small = [row for row in rows if population.count(row, "measured") < minimum]
        rows = [row for row in rows if row not in small]
        others = (*(group for row in small for group in row), *others)
    rows = [*rows, others] if others else rows
    while len(rows) > 1 and min(_sizes(rows, population)) < minimum:
        rows = _with_others(rows, population, has_others=bool(others))
    return rows


def pooled_further(rows: Rows, population: Population) -> Rows:
    """The rows with the smallest of them put together with another.

    Examples
    --------
    >>> import numpy as np
    >>> counts = np.array([[0, 9, 20, 9, 0], [0, 5, 9, 8, 3], [0, 1, 12, 3, 0]])
    >>> population = Population(("a", "b", "c"), counts, np.zeros((3, 4)))
    >>> pooled_further([("a",), ("b",), ("c",)], population)
    [('a',), ('c', 'b')]
    """
    if population.is_ordered:
        return _with_neighbour(rows, population)
    has_others = len(rows[-1]) > 1 or not set(rows[-1]) <= population.named
    return _with_others(rows, population, has_others=has_others)


def _sizes(rows: Rows, population: Population) -> list[int]:
    """Clients measured in each row."""
    return [population.count(row, "measured") for row in rows]


def _with_neighbour(rows: Rows, population: Population) -> Rows:
    """The smallest row put with the smaller of its neighbours."""
    sizes = _sizes(rows, population)
    place = sizes.index(min(sizes))
    beside = [other for other in (place - 1, place + 1) if 0 <= other < len(rows)]
    other = min(beside, key=lambda i: sizes[i])
    first, second = sorted((place, other))
    return [*rows[:first], rows[first] + rows[second], *rows[second + 1 :]]


def _with_others(rows: Rows, population: Population, *, has_others: bool) -> Rows:
    """The last row, all others, grown by the smallest of the other rows."""
    sizes = _sizes(rows, population)
    if not has_others:
        last = sizes.index(min(sizes))
        rows = [*rows[:last], *rows[last + 1 :], rows[last]]
        sizes = _sizes(rows, population)
    place = sizes.index(min(sizes[:-1]))
    kept = [row for i, row in enumerate(rows[:-1]) if i != place]
    return [*kept, rows[-1] + rows[place]]
