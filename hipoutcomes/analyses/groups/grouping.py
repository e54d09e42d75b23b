"""Rows become groups: which group each row is in, what groups are called, and in what order."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.tables.treatments import MIXED
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES
from hipoutcomes.vocabulary.groupings import GROUPINGS, Grouping

#: Name of the group of those for whom the grouping was not recorded.
NOT_RECORDED = "not recorded"

#: What groupings may be called by, as a caller types it.
By = str | Iterable[str] | None

_CODELISTS = {"technique": TECHNIQUES, "condition": CONDITIONS}
_BY_SIZE = ("technique", "condition", "procedure")
_JOINT = " · "


@dataclass(frozen=True, eq=False)
class Groups:
    """Which group each row is in.

    Attributes
    ----------
    codes : ndarray of int, shape (n rows,)
        Row of `table`.
    table : DataFrame
        One row per group: `group` in words, a column per grouping (missing where not recorded),
        and `group_order` where the order carries meaning.
    groupings : tuple of Grouping
        Empty where all rows are one group.
    """

    codes: np.ndarray
    table: pd.DataFrame
    groupings: tuple[Grouping, ...] = ()

    def __len__(self) -> int:
        return len(self.table)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What a reader must know before comparing these groups."""
        return tuple(grouping.caution for grouping in self.groupings)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the groupings."""
        return tuple(grouping.name for grouping in self.groupings)

    @property
    def suffix(self) -> str:
        """End of a file-safe name."""
        if not self.groupings:
            return ""
        return "-by-" + "-and-".join(grouping.name.replace("_", "-") for grouping in self.groupings)

    @property
    def question(self) -> str:
        """End of a question, such as ' by technique and by condition'."""
        return "".join(
            f"{' and' if place else ''} {grouping.question}".replace("  ", " ")
            for place, grouping in enumerate(self.groupings)
        )

    def count(self, chosen: np.ndarray | None = None) -> np.ndarray:
        """Rows in each group, or those of them that are chosen."""
        codes = self.codes if chosen is None else self.codes[chosen]
        return np.bincount(codes, minlength=len(self))


@dataclass(frozen=True, eq=False)
class _Levels:
    """One grouping of the rows: codes (-1 not recorded), values and words of its levels."""

    codes: np.ndarray
    values: list
    words: list[str]


def groupings_named(by: By, allowed: Iterable[str] = tuple(GROUPINGS)) -> tuple[Grouping, ...]:
    """The groupings that a caller named.

    Raises
    ------
    ValueError
        When a name is not among those allowed, or comes twice.

    Examples
    --------
    >>> [grouping.name for grouping in groupings_named(["technique", "condition"])]
    ['technique', 'condition']
    >>> groupings_named(None)
    ()
    """
    names = [] if by is None else [by] if isinstance(by, str) else list(by)
    allowed = list(allowed)
    if unknown := [name for name in names if name not in allowed]:
        raise ValueError(
            f"by={', '.join(map(repr, unknown))} is no grouping; it may be "
            f"{', '.join(map(repr, allowed))}, or a list of them."
        )
    if len(set(names)) < len(names):
        raise ValueError(f"by={names!r} names a grouping twice.")
    return tuple(GROUPINGS[name] for name in names)


def group_rows(
    frame: pd.DataFrame,
    by: By = None,
    counts: np.ndarray | None = None,
    *,
    allowed: Iterable[str] = tuple(GROUPINGS),
) -> Groups:
    """Divide rows into groups.

    Parameters
    ----------
    frame : DataFrame, n rows
        With the columns that the groupings read.
    by : str or several, optional
        Names of groupings; without one, all rows are one group.
    counts : ndarray of bool, shape (n,), optional
        Rows by which the size of a group is taken; all by default.
    allowed : iterable of str
        Groupings that make sense for these rows.

    Raises
    ------
    ValueError
        When a grouping is unknown.
    NotEnoughData
        When the records do not hold what a grouping reads.

    Notes
    -----
    Bins keep their order, names stand in alphabetical order, and techniques, conditions and
    procedures by size; never by result. What was not recorded is a group of its own and last.

    Examples
    --------
    >>> frame = pd.DataFrame({"technique": ["swedish", "cupping", "swedish", None]})
    >>> groups = group_rows(frame, "technique")
    >>> groups.table["group"].tolist(), groups.codes.tolist()
    (['Swedish', 'Cupping', 'Technique not recorded'], [0, 1, 0, 2])
    """
    groupings = groupings_named(by, allowed)
    if not groupings:
        return Groups(np.zeros(len(frame), np.int64), pd.DataFrame({"group": ["all"]}))
    counts = np.ones(len(frame), bool) if counts is None else counts
    levels = [
        _ordered(_levels(frame, grouping, allowed), grouping, counts) for grouping in groupings
    ]
    return Groups(*_combined(levels, groupings), groupings)


def _levels(frame: pd.DataFrame, grouping: Grouping, allowed: Iterable[str]) -> _Levels:
    """Codes and names of one grouping, before they are put in order."""
    if grouping.column not in frame or frame[grouping.column].isna().all():
        there = [
            name
            for name in allowed
            if GROUPINGS[name].column in frame and frame[GROUPINGS[name].column].notna().any()
        ]
        raise NotEnoughData(
            f"These records do not hold what is needed to group {grouping.question}.",
            f"They can be grouped by {', '.join(map(repr, there)) or 'nothing'}.",
        )
    column = frame[grouping.column]
    if grouping.bins:
        lowest = np.array([low for low, _ in grouping.bins], float)
        numbers = column.astype("Float64").to_numpy(float, na_value=np.nan)
        codes = np.where(np.isnan(numbers), -1, np.searchsorted(lowest, numbers, "right") - 1)
        values = [label for _, label in grouping.bins]
        return _Levels(codes, values, [_in_words(grouping, value) for value in values])
    categories = column.astype("category").cat
    values = [str(value) for value in categories.categories]
    words = [_in_words(grouping, value) for value in values]
    return _Levels(categories.codes.to_numpy(np.int64), values, words)


def _in_words(grouping: Grouping, value: str) -> str:
    """What a group is called."""
    if grouping.name in _CODELISTS:
        return _CODELISTS[grouping.name].label(value)
    if grouping.name == "n_follow_ups":
        return f"{value} follow-up{'' if value == '1' else 's'}"
    return value


def _ordered(levels: _Levels, grouping: Grouping, counts: np.ndarray) -> _Levels:
    """Levels in the order in which they are shown; what was not recorded becomes the last."""
    n_levels = len(levels.values)
    codes = np.where(levels.codes < 0, n_levels, levels.codes)
    places = np.arange(n_levels + 1)
    if not grouping.bins:
        size = np.bincount(codes[counts], minlength=n_levels + 1)
        if grouping.name not in _BY_SIZE:
            size = np.zeros_like(size)
        last = [value == MIXED for value in levels.values]
        names = [word.casefold() for word in levels.words]
        order = sorted(range(n_levels), key=lambda i: (last[i], -size[i], names[i]))
        places[[*order, n_levels]] = np.arange(n_levels + 1)
    order = np.argsort(places)
    values = [*levels.values, None]
    words = [*levels.words, f"{grouping.label.split(' of ')[0]} {NOT_RECORDED}"]
    return _Levels(places[codes], [values[i] for i in order], [words[i] for i in order])


def _combined(levels: list[_Levels], groupings: tuple[Grouping, ...]) -> tuple:
    """Codes and table of the combinations that occur, first grouping first."""
    code = np.zeros(len(levels[0].codes), np.int64)
    for level in levels:
        code = code * len(level.values) + level.codes
    sizes = [len(level.values) for level in levels]
    present = np.flatnonzero(np.bincount(code, minlength=int(np.prod(sizes))))
    position = np.zeros(int(np.prod(sizes)), np.int64)
    position[present] = np.arange(len(present))
    parts = np.unravel_index(present, sizes)
    words = [[level.words[i] for i in part] for level, part in zip(levels, parts, strict=True)]
    table = pd.DataFrame({"group": [_JOINT.join(group) for group in zip(*words, strict=True)]})
    if any(grouping.bins for grouping in groupings):
        table["group_order"] = np.arange(1, len(present) + 1)
    for grouping, level, part in zip(groupings, levels, parts, strict=True):
        table[grouping.name] = pd.Series([level.values[i] for i in part], dtype="object")
    return position[code], table
