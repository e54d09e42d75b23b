"""A table before it is released: which numbers each row shows, and how it can show fewer.

A row of "measured" shows everybody seen (3; all clients only), those due (2), or only those
measured (1). A row of "change" shows its means (1) or not (0). A row of "sorted" shows better,
same and worse (2), one of better and worse with the others hidden (1), or none of them (0).
"""

from dataclasses import dataclass, replace

import numpy as np

from hipoutcomes.privacy.suppression.means import means_of
from hipoutcomes.privacy.suppression.pooling import pooled, pooled_further
from hipoutcomes.privacy.suppression.population import (
    ALL,
    CLASSES,
    SORTED,
    Population,
    Scale,
)
from hipoutcomes.privacy.suppression.released import ReleasedRow, ReleasedTable

_LEAST = {"measured": 1, "change": 0, "sorted": 0}


@dataclass(frozen=True, eq=False)
class Draft:
    """A table that may still have to show less.

    Attributes
    ----------
    grouping, question : str
    population : Population
    scale : Scale
    minimum : int
    rows : tuple of tuple of str
    levels : tuple of int
        How much each row shows.
    """

    grouping: str
    question: str
    population: Population
    scale: Scale
    minimum: int
    rows: tuple[tuple[str, ...], ...]
    levels: tuple[int, ...]

    @property
    def shows_something(self) -> bool:
        """Whether a reader learns anything from it."""
        enough = len(self.rows) > 1 or self.grouping == ALL
        return enough and any(level > 0 for level in self.levels)

    @property
    def is_lowerable(self) -> bool:
        """Whether a row can show less."""
        return any(level > _LEAST[self.question] for level in self.levels)

    @property
    def shows_seen(self) -> bool:
        """Whether it says how many clients there are, those not due yet among them."""
        return self.question == "measured" and 3 in self.levels

    def table(self, snapshot: int, as_of: str) -> ReleasedTable:
        """What is released if this draft is safe."""
        rows = tuple(map(self._row, self.rows, self.levels))
        return ReleasedTable(
            self.grouping, self.question, snapshot, as_of, rows, self.minimum
        )  # fmt: skip

    def with_less(
        self, exposed: frozenset[str], classes: tuple[str, ...], *, is_by_scores: bool
    ) -> "Draft | None":
        """The draft with one row showing less, or with two rows put together.

        Parameters
        ----------
        exposed : frozenset of str
            Groups whose number could be worked out.
        classes : tuple of str
            What is counted there.
        is_by_scores : bool
            Whether means are taken apart for it.

        Notes
        -----
        Means tell most about their own row, which loses them first; so do counts that tell what
        means left open. Otherwise counts of a row are told by those of the others: one of
        them is hidden, the smallest, which costs least. How many were measured is never hidden;
        only putting rows together helps there.
        """
        least = _LEAST[self.question]
        sizes = [self.population.count(row, "measured") for row in self.rows]
        able = [i for i, level in enumerate(self.levels) if level > least]
        others = [i for i in able if not exposed & set(self.rows[i])]
        own = [i for i in able if i not in others]
        chosen = (own or others) if is_by_scores else (others or own)
        if self.question == "measured" and set(classes) <= set(SORTED):
            chosen = []
        if chosen:
            place = min(chosen, key=lambda i: (sizes[i], self.rows[i]))
            levels = [
                self._lower(row, level) if i == place else level
                for i, (row, level) in enumerate(zip(self.rows, self.levels, strict=True))
            ]
            return replace(self, levels=tuple(levels))
        if len(self.rows) < 3:
            return None
        rows = pooled_further(list(self.rows), self.population)
        return _with_rows(self, rows)

    def _lower(self, row: tuple[str, ...], level: int) -> int:
        """The next lower level that a row can have."""
        if self.question == "sorted" and level == 2 and not self._one_class(row):
            return 0
        return level - 1

    def _highest(self, row: tuple[str, ...]) -> int:
        """How much a row may show if nothing else is shown."""
        count = self.population.classes(row)
        if self.question == "measured":
            if _is_small(count[CLASSES.index("lost")], self.minimum):
                return 1
            seen = self.grouping == ALL
            return 3 if seen and not _is_small(count[0], self.minimum) else 2
        if self.question == "change":
            return int(means_of(self.population, row, self.scale) is not None)
        parts = count[2:]
        unions = [*parts, *(parts.sum() - parts)]
        if np.count_nonzero(parts) > 1 and not any(_is_small(n, self.minimum) for n in unions):
            return 2
        return 1 if self._one_class(row) else 0

    def _one_class(self, row: tuple[str, ...]) -> str:
        """The class that can be shown while the others are hidden; worse before better."""
        parts = dict(zip(SORTED, self.population.classes(row)[2:].tolist(), strict=True))
        n = sum(parts.values())
        for name in ("worse", "better"):
            if parts[name] >= self.minimum and n - parts[name] >= self.minimum:
                return name
        return ""

    def _row(self, row: tuple[str, ...], level: int) -> ReleasedRow:
        """One row at one level."""
        names, means = ("measured",), None
        if self.question == "measured":
            names = ("measured", "due", "seen")[:level]
        elif self.question == "change":
            means = means_of(self.population, row, self.scale) if level else None
        elif level:
            one = self._one_class(row)
            names = ("measured", "better", "same", "worse") if level == 2 else ("measured", one)
        return ReleasedRow(row, {n: self.population.count(row, n) for n in names}, means)


def first_draft(
    grouping: str, question: str, population: Population, scale: Scale, minimum: int
) -> Draft:
    """A table with every row showing as much as its own numbers allow.

    Parameters
    ----------
    grouping, question : str
    population : Population
    scale : Scale
    minimum : int
    """
    empty = Draft(grouping, question, population, scale, minimum, (), ())
    rows = [population.groups] if grouping == ALL else pooled(population, minimum)
    return _with_rows(empty, rows)


def _with_rows(draft: Draft, rows: list[tuple[str, ...]]) -> Draft:
    """A draft with other rows, each showing as much as it may."""
    enough = [r for r in rows if draft.population.count(r, "measured") >= draft.minimum]
    levels = tuple(draft._highest(row) for row in enough)
    return replace(draft, rows=tuple(enough), levels=levels)


def _is_small(n: int, minimum: int) -> bool:
    """Whether a number is about somebody, but too few."""
    return 0 < n < minimum
