"""Whoever guesses which hidden numbers are the small ones still cannot work them out."""

import sys
from pathlib import Path

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.privacy.suppression.gate import Copies, release

sys.path.insert(0, str(Path(__file__).parent))
from made_up import PAIN, snapshot
from reader import TableReader


def reader_of(counts, elsewhere=40):
    """A copy of a clinic, and somebody who guesses right why it does not show more."""
    counts = np.array(counts)
    groups = "abcdefgh"[: len(counts)]
    released = release(snapshot(counts.tolist(), groups, elsewhere=elsewhere), Copies(), PAIN)
    truth = np.column_stack([np.zeros(len(counts), int), counts])
    truth[0, 0] = elsewhere
    reader = TableReader(released.tables, {0: truth}, groups)
    reader.take_guesses()
    return released, reader


def test_two_small_numbers_are_not_all_that_is_hidden():
    """Of 20 in two rows, both under 11, there would be 10 and 10."""
    counts = [[10, 40, 30, 20], [10, 45, 30, 22], [30, 12, 12, 12], [35, 50, 40, 30]]
    released, reader = reader_of(counts)
    table = released.table("technique", "measured")
    hidden = [row.groups for row in table.rows if "due" not in row.numbers]
    assert {("a",), ("b",)} < set(hidden)
    assert not list(reader.narrowed(least_room=6))


def test_small_groups_that_stand_together_are_not_all_of_ten():
    """Two groups under 11 with 20 clients between them would have 10 each."""
    counts = [[30, 40, 30, 20], [25, 45, 30, 22], [30, 25, 22, 14], [20, 4, 4, 2], [20, 3, 4, 3]]
    released, reader = reader_of(counts)
    (others,) = (row.groups for row in released.table("technique", "measured").rows
                 if {"d", "e"} <= set(row.groups))  # fmt: skip
    assert len(others) > 2
    assert not list(reader.narrowed(least_room=6))


def test_a_large_group_among_small_ones_does_not_tell_how_small_they_are():
    """Of 14 in two groups, of which one has 11 or more, the other would have 3 at the most."""
    counts = [[30, 40, 30, 20], [25, 45, 30, 22], [30, 25, 22, 14], [20, 5, 4, 3], [4, 1, 1, 0]]
    _, reader = reader_of(counts)
    assert not list(reader.narrowed(least_room=6))


def test_small_groups_together_are_not_told_where_an_earlier_table_is_repeated():
    """The table of who was measured is repeated; that of change shows the new row."""
    before = [[20, 40, 30, 25], [30, 45, 35, 25], [30, 35, 25, 22], [0, 0, 0, 0], [0, 0, 0, 0]]
    now = [[23, 52, 30, 36], [42, 57, 46, 36], [42, 47, 36, 33], [0, 5, 4, 1], [0, 5, 3, 2]]
    earlier, truths = Copies(), {}
    for place, counts in enumerate((before, now)):
        clinic = snapshot(counts, as_of=str(place))
        released = release(clinic, earlier, PAIN)
        truths[place] = np.column_stack([np.zeros(5, int), counts])
        earlier = Copies((*earlier.snapshots, clinic), (*earlier.tables, *released.new))
    reader = TableReader(earlier.tables, truths, "abcde")
    reader.take_guesses()
    assert not list(reader.narrowed(least_room=6))


@pytest.mark.parametrize("seed", range(16))
def test_no_guess_tells_a_small_number(seed):
    random = np.random.default_rng(seed)
    sizes = random.choice([2, 6, 25], 5)[:, None]
    counts = random.poisson(sizes * [1.0, 1.2, 0.9, 0.5])
    try:
        _, reader = reader_of(counts, elsewhere=int(random.integers(0, 40)))
    except NotEnoughData:
        pytest.skip("nothing of this clinic can be shown")
    assert not list(reader.narrowed(least_room=6))


@pytest.mark.parametrize(
    "counts",
    [
        [[20, 8, 27, 19], [20, 10, 28, 12], [20, 29, 73, 47]],
        [[20, 9, 12, 10], [20, 10, 12, 10], [20, 47, 57, 26]],
        [[20, 10, 9, 9], [20, 8, 12, 7], [20, 47, 57, 26]],
    ],
    ids=["better hidden twice", "all hidden twice", "all three are small"],
)
def test_small_numbers_better_same_and_worse_are_not_told_by_a_guess(counts):
    _, reader = reader_of(counts)
    assert not list(reader.narrowed(least_room=6))
