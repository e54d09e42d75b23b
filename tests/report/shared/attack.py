"""An attacker with the copies in hand, a solver, and nothing of the package.

Reads the pages, writes down every unknown number of clients, and asks a linear programme for the
least and greatest value that each can have. Knows the names of all groups, that clients are added
and hardly ever taken away, that scores run from 0 to 10, and by how much "better" is better.
"""

import re
from html.parser import HTMLParser
from itertools import combinations, product
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.optimize import linprog
from scipy.sparse import csr_array

CLASSES = ("elsewhere", "lost", "better", "same", "worse")
MEASURED = ("better", "same", "worse")
#: Numbers of clients that grow while records are added.
GROWING = (
    CLASSES,
    CLASSES[1:],
    ("lost",),
    MEASURED,
    *((name,) for name in MEASURED),
    *combinations(MEASURED, 2),
)
LOWEST, HIGHEST = 0.0, 10.0
#: Improvement of those better, the same and worse.
SIZES = {"better": (2, 10), "same": (-2, 2), "worse": (-10, -2)}
HEADINGS = {
    "Seen": CLASSES,
    "Due a later score": CLASSES[1:],
    "Measured again": MEASURED,
    "Better": ("better",),
    "About the same or worse": ("same", "worse"),
    "About the same": ("same",),
    "Worse": ("worse",),
}
GROUPINGS = {
    "Clients": "all",
    "Technique": "technique",
    "Condition": "condition",
    "Follow-up appointments before the later score": "n_follow_ups",
    "Age": "age_band",
    "Sex": "sex",
    "Therapist": "therapist",
}


class Tables(HTMLParser):
    """Every table of a page: caption, headings, rows of text; and all its other text."""

    def __init__(self, source):
        super().__init__()
        self.tables, self.text, self._cell, self._skip = [], [], None, False
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append({"caption": "", "lines": []})
        elif tag == "tr":
            self.tables[-1]["lines"].append([])
        elif tag in ("th", "td", "caption"):
            self._cell = ""
        elif tag in ("style", "svg"):
            self._skip = True

    def handle_endtag(self, tag):
        if tag == "caption":
            self.tables[-1]["caption"], self._cell = self._cell.strip(), None
        elif tag in ("th", "td"):
            self.tables[-1]["lines"][-1].append(self._cell.strip())
            self._cell = None
        elif tag in ("style", "svg"):
            self._skip = False

    def handle_data(self, data):
        if self._cell is not None:
            self._cell += data
        elif not self._skip:
            self.text.append(data)


def number(text):
    """A number as the page writes it; None where it is hidden."""
    if text == "hidden":
        return None
    return float(text.replace(",", "").replace("−", "-"))


def read_copy(folder):
    """Tables of one copy: grouping, month of its records, rows of (name, numbers, means)."""
    found = []
    for table in Tables((Path(folder) / "report.html").read_text(encoding="utf-8")).tables:
        headings, *lines = table["lines"]
        rows = []
        for line in lines:
            cells = dict(zip(headings, line, strict=True))
            numbers = {h: number(cells[h]) for h in HEADINGS if h in cells}
            share = cells.get("Share measured again", "hidden")
            assert share == "hidden" or re.fullmatch(r"(under |over )?\d+%", share)
            means = None
            if cells.get("Likely range", "hidden") != "hidden":
                low, high = map(number, cells["Likely range"].split(" to "))
                means = (number(cells["Mean first score"]), low, high)
                means += (number(cells["Mean change, points"]),)
            rows.append((line[0], numbers, means, share))
        month = table["caption"].rsplit("up to ", 1)[1]
        found.append((GROUPINGS[headings[0]], month, rows))
    return found


class Attack:
    """Unknowns and what is known of them, from copies in order of time.

    Parameters
    ----------
    copies : list of path
    names : dict of str to list of str
        Every group of every grouping.
    uses_means : bool
        Take means and ranges apart as well.
    """

    def __init__(self, copies, names, *, uses_means):
        self.names = {"all": ["all"], **names}
        self.columns, self.lines, self.is_free = {}, [], []
        tables = []
        for copy in copies:
            tables += [t for t in read_copy(copy) if t not in tables]
        self.months = list(dict.fromkeys(month for _, month, _ in tables))
        for month in self.months:
            self._population(month)
        for grouping, month, rows in tables:
            self._table(grouping, month, rows, uses_means)

    def _unknown(self, key, free=False):
        if key not in self.columns:
            self.columns[key] = len(self.columns)
            self.is_free.append(free)
        return self.columns[key]

    def of(self, month, grouping, groups, classes):
        """A number of clients as a list of columns."""
        keys = [(month, grouping, g, c) for g in groups for c in classes]
        return [(self._unknown(key), 1.0) for key in keys]

    def hold(self, terms, least, greatest):
        self.lines.append((terms, least, greatest))

    def _population(self, month):
        self.of(month, "all", ["all"], CLASSES)
        for grouping, groups in self.names.items():
            for name in CLASSES[1:]:
                parts = self.of(month, grouping, groups, [name])
                if grouping != "all":
                    whole = self.of(month, "all", ["all"], [name])
                    self.hold(parts + [(c, -v) for c, v in whole], 0, 0)

    def growth(self, holds):
        """Numbers only grow with time, where `holds(before, after, grouping, group, classes)`.

        A late score makes those not measured fewer, and those measured and those due no fewer.
        """
        for before, after in combinations(self.months, 2):
            for grouping, groups in self.names.items():
                for group in groups:
                    for classes in GROWING:
                        if "elsewhere" in classes and grouping != "all":
                            continue
                        if holds(before, after, grouping, group, classes):
                            new = self.of(after, grouping, [group], classes)
                            old = self.of(before, grouping, [group], classes)
                            self.hold(new + [(c, -v) for c, v in old], 0, np.inf)

    def added_scores(self, holds):
        """Scores of added clients lie on the scale, where `holds(before, after, grouping, group,
        class)` says that clients were added and no score was changed.
        """
        for before, after in combinations(self.months, 2):
            for grouping, groups in self.names.items():
                for group, name in product(groups, MEASURED):
                    keys = [
                        (month, grouping, group, name, what)
                        for month in (before, after) for what in "sc"
                    ]  # fmt: skip
                    if all(key in self.columns for key in keys) and holds(before, *keys[2][:4]):
                        self._added(before, after, grouping, group, name)

    def _added(self, before, after, grouping, group, name):
        """Bounds of the sums over clients who were added to a group and class."""

        def grown(*what):
            signs = {after: 1.0, before: -1.0}
            return [(self._unknown((m, grouping, group, name, *what)), v) for m, v in signs.items()]

        clients, starts, changes = grown(), grown("s"), grown("c")
        later = starts + [(c, -v) for c, v in changes]
        for terms, (lowest, highest) in ((starts, (LOWEST, HIGHEST)), (later, (LOWEST, HIGHEST)),
                                         (changes, SIZES[name])):  # fmt: skip
            self.hold(terms + [(c, -lowest * v) for c, v in clients], 0, np.inf)
            self.hold(terms + [(c, -highest * v) for c, v in clients], -np.inf, 0)

    def _groups(self, grouping, label, rows):
        """Which groups a row is about."""
        if grouping == "all":
            return ["all"]
        names = self.names[grouping]
        if label == "Not recorded":
            return ["not recorded"]
        if label == "All others":
            taken = {row[0].replace("Not recorded", "not recorded") for row in rows}
            return [name for name in names if name not in taken]
        parts = label.split(" and ")
        return [label] if label in names else [n for n in names if self._is_part(n, label, parts)]

    @staticmethod
    def _is_part(name, label, parts):
        return name in parts or bool(re.search(rf"(^| and ){re.escape(name)}( and |$)", label))

    def _table(self, grouping, month, rows, uses_means):
        for label, numbers, means, share in rows:
            groups = self._groups(grouping, label, rows)
            assert groups, label
            for heading, n in numbers.items():
                if n is not None:
                    self.hold(self.of(month, grouping, groups, HEADINGS[heading]), n, n)
            if share.rstrip("%").isdigit():
                # A rounded share of a known number can be a whole number of clients.
                part = int(share.rstrip("%")) / 100
                due = self.of(month, grouping, groups, CLASSES[1:])
                measured = self.of(month, grouping, groups, MEASURED)
                for at, least, greatest in ((part - 0.005, 0, np.inf), (part + 0.005, -np.inf, 0)):
                    self.hold(measured + [(c, -at * v) for c, v in due], least, greatest)
            if means is not None and uses_means:
                self._means(month, grouping, groups, numbers["Measured again"], means)

    def _means(self, month, grouping, groups, n, means):
        start, low, high, change = means
        sums = {}
        for g in groups:
            for name, (least, most) in SIZES.items():
                clients = self.of(month, grouping, [g], [name])
                s, c, q = (
                    [(self._unknown((month, grouping, g, name, what), free=True), 1.0)]
                    for what in "scq"
                )
                for what, terms in zip("scq", (s, c, q), strict=True):
                    sums.setdefault(what, []).extend(terms)
                later = s + [(col, -v) for col, v in c]
                for terms, lowest, highest in ((s, LOWEST, HIGHEST), (later, LOWEST, HIGHEST),
                                               (c, least, most)):  # fmt: skip
                    self.hold(terms + [(col, -lowest) for col, _ in clients], 0, np.inf)
                    self.hold(terms + [(col, -highest) for col, _ in clients], -np.inf, 0)
                chord = q + [(col, -(least + most)) for col, _ in c]
                self.hold(chord + [(col, least * most) for col, _ in clients], -np.inf, 0)
                for at in (least, (least + most) / 2, most):
                    tangent = q + [(col, -2 * at) for col, _ in c]
                    self.hold(tangent + [(col, at * at) for col, _ in clients], 0, np.inf)
        half = 0.05 + 1e-9
        self.hold(sums["s"], n * (start - half), n * (start + half))
        self.hold(sums["c"], n * (change - half), n * (change + half))
        scale = np.sqrt(n) / stats.t.ppf(0.975, n - 1)
        widths = [max((high - low) / 2 - half, 0) * scale, ((high - low) / 2 + half) * scale]
        squares = [max(abs(change) - half, 0) ** 2, (abs(change) + half) ** 2]
        ends = [(n - 1) * w**2 + n * m for w, m in zip(widths, squares, strict=True)]
        self.hold(sums["q"], *ends)

    def solve(self, terms):
        """Least and greatest value of a number."""
        if not hasattr(self, "_known"):
            self._known = self._matrices()
        equal, values, below, ends, bounds = self._known
        cost = np.zeros(len(self.columns))
        for column, value in terms:
            cost[column] += value
        found = []
        for sign in (1, -1):
            answer = linprog(sign * cost, A_ub=below, b_ub=ends, A_eq=equal, b_eq=values,
                             bounds=bounds)  # fmt: skip
            if answer.status == 3:
                found.append(-sign * np.inf)
                continue
            assert answer.status == 0, answer.message
            found.append(sign * answer.fun)
        return tuple(found)

    def _matrices(self):
        width = len(self.columns)

        def matrix(lines):
            rows = [i for i, (terms, _) in enumerate(lines) for _ in terms]
            columns = [c for terms, _ in lines for c, _ in terms]
            values = [v for terms, _ in lines for _, v in terms]
            made = csr_array((values, (rows, columns)), shape=(len(lines), width))
            return made, np.array([end for _, end in lines])

        equal = [(t, a) for t, a, b in self.lines if a == b]
        below = [(t, b) for t, a, b in self.lines if a != b and np.isfinite(b)]
        below += [([(c, -v) for c, v in t], -a) for t, a, b in self.lines
                  if a != b and np.isfinite(a)]  # fmt: skip
        if not below:
            below = [([(0, -1.0)], 0.0)]
        free = [(None, None) if is_free else (0, None) for is_free in self.is_free]
        return *matrix(equal), *matrix(below), free
