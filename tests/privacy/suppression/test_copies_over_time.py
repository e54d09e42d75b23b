"""Copies of clinics whose records do not simply grow: late scores, numbers that fall and rise."""

import sys
from pathlib import Path

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.privacy.suppression.gate import Copies, release

sys.path.insert(0, str(Path(__file__).parent))
from made_up import PAIN, snapshot
from reader import TableReader


def copies_of(tables, groups="abc", *, has_means=True):
    """What is shown of a clinic, time after time, and what it was whenever something was new."""
    earlier, truths = Copies(), {}
    for place, (counts, elsewhere) in enumerate(tables):
        now = snapshot(counts.tolist(), groups, elsewhere=elsewhere, as_of=str(place))
        for population in () if has_means else now.populations.values():
            population.sums[:] = 0
        try:
            released = release(now, earlier, PAIN)
        except NotEnoughData:
            return None
        if released.new:
            truths[len(earlier.snapshots)] = np.column_stack([np.zeros(len(counts), int), counts])
            truths[len(earlier.snapshots)][0, 0] = elsewhere
            earlier = Copies((*earlier.snapshots, now), (*earlier.tables, *released.new))
    return TableReader(earlier.tables, truths, groups)


def first_counts(random):
    """Three groups: not measured again, better, same, worse."""
    return np.column_stack([random.integers(0, 45, 3), random.integers(0, 25, (3, 3))])


def with_late_scores(random):
    """Most of those who had no later score turn out to have one."""
    counts, elsewhere = first_counts(random), int(random.integers(0, 60))
    yield counts, elsewhere
    late = (counts[:, 0] * random.uniform(0.5, 1, 3)).astype(int)
    counts = counts + random.integers(0, 7, (3, 4))
    counts[:, 0] -= late
    counts[:, 1:] += [random.multinomial(n, [0.6, 0.25, 0.15]) for n in late]
    yield counts, elsewhere + int(random.integers(0, 12))


def that_fall_and_rise(random):
    """The second time some are missing, the third time they are back."""
    counts, elsewhere = first_counts(random), int(random.integers(0, 60))
    yield counts, elsewhere
    counts = counts + random.integers(0, 22, (3, 4)) * (random.random((3, 4)) < 0.7)
    missing = random.integers(1, 26, (3, 4)) * (random.random((3, 4)) < 0.4)
    yield np.maximum(counts - missing, 0), elsewhere
    counts = counts + random.integers(0, 22, (3, 4)) * (random.random((3, 4)) < 0.7)
    yield counts, elsewhere + int(random.integers(0, 12))


#: Those of the first lines were told where growth was held class by class, or only between
#: neighbouring copies.
CASES = [
    *((with_late_scores, True, seed) for seed in (8, 23, 33, 56, 68, 92)),
    *((that_fall_and_rise, False, seed) for seed in (47, 147)),
    *((history, True, seed) for history in (with_late_scores, that_fall_and_rise)
      for seed in range(3)),
    *(pytest.param(history, has_means, seed, marks=pytest.mark.slow)
      for history in (with_late_scores, that_fall_and_rise)
      for has_means in (True, False) for seed in range(1000, 1040)),
]  # fmt: skip


@pytest.mark.parametrize(("history", "has_means", "seed"), CASES)
def test_no_small_number_is_told_by_copies_together(history, has_means, seed):
    reader = copies_of(history(np.random.default_rng(seed)), has_means=has_means)
    if reader is None:
        pytest.skip("nothing of this clinic can be shown")
    reader.take_growth()
    assert not list(reader.narrowed(least_room=9))
