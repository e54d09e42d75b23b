"""A reader of released tables with a solver: the least and greatest value of any number.

Takes nothing from the package but the tables. Knows the names of all groups, and of every number
of clients, of any group, row and classes, whether it grew between any two copies.
"""

from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

CLASSES = ("elsewhere", "lost", "better", "same", "worse")
MEASURED = CLASSES[2:]
OF = {"seen": CLASSES, "due": CLASSES[1:], "measured": MEASURED} | {c: (c,) for c in MEASURED}
PARTS = (CLASSES, CLASSES[1:], ("lost",), MEASURED, *((c,) for c in MEASURED),
         *combinations(MEASURED, 2))  # fmt: skip
#: Growth may be known of any of these too, though they mean nothing by themselves.
MORE = (*((c, "lost") for c in MEASURED), *((*c, "lost") for c in combinations(MEASURED, 2)))


class TableReader:
    """What follows from released tables of one grouping.

    Parameters
    ----------
    tables : list of ReleasedTable
        Of all copies.
    truths : dict of int to array
        By place of the snapshot: clients by group (rows) and class (columns); what is not known
        of groups ("elsewhere") is in the first row.
    groups : str
        One letter for each.
    """

    def __init__(self, tables, truths, groups):
        self.truths, self.groups, self.lines, self.tables = truths, groups, [], tables
        self.columns = {}
        for place in truths:
            for name in CLASSES:
                for group in groups:
                    if name != "elsewhere" or group == groups[0]:
                        self.columns[place, group, name] = len(self.columns)
        self.rows = [*groups, groups]
        for table in tables:
            self.read(table)

    def read(self, table):
        """Note every number of a table; a group in none of its rows is empty."""
        place, in_rows = table.snapshot, set()
        for row in table.rows:
            groups = self.groups if table.grouping == "all" else row.groups
            in_rows |= set(groups)
            self.rows.append("".join(groups))
            for name, n in row.numbers.items():
                self.lines.append((self.terms(place, groups, OF[name]), n, n))
        for group in set(self.groups) - in_rows:
            self.lines.append((self.terms(place, group, CLASSES[1:]), 0, 0))

    def terms(self, place, groups, classes, earlier=None):
        """A number of clients, or how it changed, as a factor for each unknown."""
        line = np.zeros(len(self.columns))
        for (at, group, name), column in self.columns.items():
            if name in classes and (group in groups or name == "elsewhere"):
                line[column] += (at == place) - (at == earlier)
        return line

    def truly(self, line):
        """What a number is."""
        values = [self.truths[p][self.groups.index(g), CLASSES.index(c)]
                  for p, g, c in self.columns]  # fmt: skip
        return int(line @ np.array(values))

    def numbers(self, *, is_growth=False):
        """Every number of every row, and its change between any two copies."""
        spans = [*combinations(self.truths, 2)]
        spans = spans if is_growth else [*spans, *((None, p) for p in self.truths)]
        for earlier, place in spans:
            for row in dict.fromkeys(self.rows):
                parts = PARTS if row == self.groups else PARTS[1:]
                for classes in (*parts, *MORE) if is_growth else parts:
                    yield (row, classes, place, earlier), self.terms(place, row, classes, earlier)

    def take_growth(self):
        """Add which numbers grew, between any two copies."""
        for _, line in self.numbers(is_growth=True):
            if self.truly(line) >= 0:
                self.lines.append((line, 0, np.inf))

    def take_guesses(self, minimum=11):
        """Add which numbers are small, where that would explain what a table does not show."""
        for table in self.tables:
            for row in table.rows:
                groups = self.groups if table.grouping == "all" else row.groups
                suspects = []
                if table.question == "measured":
                    suspects += [(groups, ("lost",))] if "due" not in row.numbers else []
                if table.grouping != "all" and len(groups) > 1:
                    suspects += [(group, MEASURED) for group in groups]
                if table.question == "sorted":
                    suspects += [(groups, (c,)) for c in MEASURED if c not in row.numbers]
                for of, classes in suspects:
                    line = self.terms(table.snapshot, of, classes)
                    if 0 < self.truly(line) < minimum:
                        self.lines.append((line, 1, minimum - 1))
                    if classes == MEASURED and self.truly(line) >= minimum:
                        self.lines.append((line, minimum, np.inf))

    def range(self, line):
        """Least and greatest value that a number can have, in whole clients."""
        terms, least, greatest = map(np.array, zip(*self.lines, strict=True))
        found = []
        for sign in (1, -1):
            answer = milp(
                sign * line,
                constraints=LinearConstraint(terms, least, greatest),
                integrality=np.ones(len(line)),
                bounds=Bounds(0, 1000),
                options={"presolve": False},
            )
            assert answer.status == 0, answer.message
            found.append(round(sign * answer.fun))
        assert found[0] <= self.truly(line) <= found[1], "the reader reads the tables wrongly"
        return tuple(found)

    def narrowed(self, least_room, minimum=11):
        """Small numbers that cannot be from 1 to `minimum` - 1, or too few of those values."""
        for what, line in self.numbers():
            n = self.truly(line)
            if 0 < abs(n) < minimum:
                low, high = self.range(line if n > 0 else -line)
                if min(high, minimum - 1) - max(low, 1) < least_room:
                    yield what, n, (low, high)
