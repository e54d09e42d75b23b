"""What a reader takes from time passing: records are added, so numbers of clients grow."""

from collections.abc import Mapping, Sequence

import numpy as np

from hipoutcomes.privacy.suppression.population import CLASSES, Snapshot

Pairs = list[tuple[int, int]]


def growths(
    snapshots: Mapping[int, Snapshot], grouping: str, row: tuple[str, ...], classes: Sequence[str]
) -> Pairs:
    """Between which snapshots a number grew, leaving out what follows from other growth.

    A score that comes in late makes those not measured fewer, and those due and those measured
    no fewer. So a number of several classes, or of several groups, can have grown while a part of
    it shrank. Where every part grew, the whole says nothing more.

    Parameters
    ----------
    snapshots : mapping of int to Snapshot
        In order of time.
    grouping : str
    row : tuple of str
        Groups.
    classes : sequence of str

    Returns
    -------
    list of (int, int)
        Earlier and later place.
    """
    parts = _counts(snapshots, grouping, row, classes)
    grew = _grew(parts.sum(axis=1))
    pairs = _direct(grew)
    if parts.shape[1] > 1 and "elsewhere" not in classes:
        pairs &= ~_every_part_grew(parts)
    return _named(pairs, snapshots, grouping)


def joint_growths(
    snapshots: Mapping[int, Snapshot],
    grouping: str,
    parts: Sequence[Sequence[str]],
    classes: Sequence[str],
) -> Pairs:
    """Between which snapshots every class grew, so that nobody need have gone.

    Parameters
    ----------
    snapshots : mapping of int to Snapshot
        In order of time.
    grouping : str
    parts : sequence of sequence of str
        Groups, put together for this: who moves from one to another has not gone. Where every
        class of every part grew, the whole says nothing more.
    classes : sequence of str

    Returns
    -------
    list of (int, int)
        Earlier and later place; none that follows from two others.
    """
    sums = [
        _counts(snapshots, grouping, tuple(part), classes).reshape(-1, len(part), len(classes))
        .sum(axis=1) for part in parts
    ]  # fmt: skip
    pairs = _direct(_every_part_grew(sum(sums)))
    if len(parts) > 1:
        pairs &= ~_every_part_grew(np.hstack(sums))
    return _named(pairs, snapshots, grouping)


def _counts(snapshots, grouping: str, row: tuple[str, ...], classes: Sequence[str]) -> np.ndarray:
    """Clients at each snapshot (rows) of each group and class (columns)."""
    columns = [CLASSES.index(name) for name in classes]
    return np.array(
        [
            [snapshots[place].populations[grouping].classes((group,))[columns] for group in row]
            for place in _places(snapshots, grouping)
        ]
    ).reshape(-1, len(row) * len(columns))


def _places(snapshots, grouping: str) -> list[int]:
    """Snapshots that have a grouping."""
    return [place for place in snapshots if grouping in snapshots[place].populations]


def _named(pairs: np.ndarray, snapshots, grouping: str) -> Pairs:
    """Pairs by the places of their snapshots."""
    places = _places(snapshots, grouping)
    return [(places[i], places[j]) for i, j in np.argwhere(pairs)]


def _grew(values: np.ndarray) -> np.ndarray:
    """Whether a number did not shrink from one snapshot (row) to a later one (column)."""
    return np.triu(values[None, :] >= values[:, None], 1)


def _every_part_grew(parts: np.ndarray) -> np.ndarray:
    """Whether no number (column) shrank between two snapshots."""
    return np.triu((parts[None, :] >= parts[:, None]).all(axis=2), 1)


def _direct(grew: np.ndarray) -> np.ndarray:
    """Growth that does not follow from growth to and from a snapshot between."""
    return grew & ~(grew.astype(int) @ grew > 0)
