"""What passes the gate, on tables small enough to be checked by hand."""

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.privacy.suppression.gate import Copies, release
from hipoutcomes.privacy.suppression.population import ALL, Scale

sys.path.insert(0, str(Path(__file__).parent))
from made_up import LARGE, PAIN, snapshot


def numbers(released, grouping, question):
    """Numbers of a table by groups."""
    table = released.table(grouping, question)
    return {row.groups: dict(row.numbers) for row in table.rows}


def test_a_clinic_of_large_numbers_is_shown_whole():
    released = release(snapshot(LARGE, elsewhere=40), Copies(), PAIN)
    assert numbers(released, ALL, "measured") == {
        (ALL,): {"measured": 192, "due": 257, "seen": 297}
    }
    assert numbers(released, "technique", "sorted") == {
        ("a",): {"measured": 65, "better": 30, "same": 20, "worse": 15},
        ("b",): {"measured": 51, "better": 25, "same": 14, "worse": 12},
        ("c",): {"measured": 76, "better": 40, "same": 20, "worse": 16},
    }


def test_one_small_number_hides_another_in_its_column():
    released = release(
        snapshot([[20, 30, 20, 15], [15, 25, 14, 3], [30, 40, 20, 16]]), Copies(), PAIN
    )
    shown = numbers(released, "technique", "sorted")
    assert "worse" not in shown[("b",)]
    assert sum("worse" in row for row in shown.values()) <= 1


def test_a_small_number_of_those_not_measured_hides_how_many_were_due():
    released = release(
        snapshot([[20, 30, 20, 15], [4, 25, 14, 12], [30, 40, 20, 16]]), Copies(), PAIN
    )
    shown = numbers(released, "technique", "measured")
    assert "due" not in shown[("b",)]
    assert sum("due" in row for row in shown.values()) <= 1


def test_a_group_without_anybody_hides_nobody():
    """A reader who finds no row of it knows that it is empty."""
    counts = [[10, 7, 2, 3], [13, 4, 3, 0], [5, 5, 0, 0], [4, 6, 3, 1], [0, 0, 0, 0]]
    released = release(snapshot(counts, elsewhere=17), Copies(), PAIN)
    everybody = numbers(released, ALL, "measured")[(ALL,)]
    table = released.table("technique", "measured")
    due = [row.number("due") for row in table.rows] if table else []
    # With one of them hidden, the 10 of the first group not measured again could be worked out.
    assert due.count(None) != 1 or "due" not in everybody


def test_small_groups_stand_together():
    counts = [*LARGE, [3, 4, 2, 0], [5, 12, 6, 3]]
    shown = numbers(release(snapshot(counts), Copies(), PAIN), "technique", "measured")
    assert ("a",) in shown
    assert all(groups != ("d",) for groups in shown)
    assert all(row["measured"] >= 11 for row in shown.values())


def test_everybody_better_is_not_said():
    released = release(snapshot([*LARGE, [15, 40, 0, 0]]), Copies(), PAIN)
    shown = numbers(released, "technique", "sorted")
    assert "better" not in shown.get(("d",), {})


@pytest.mark.parametrize("seed", range(12))
def test_no_small_number_is_left_alone_among_all_tables_that_agree(seed):
    """For tiny tables every agreeing table can be counted out, without any solver."""
    random = np.random.default_rng(seed)
    counts = random.integers(0, 9, (3, 4)) + np.array([[3, 8, 2, 0]] * 3)
    minimum = 5
    released = release(snapshot(counts), Copies(), PAIN, minimum=minimum)
    known = {}
    for grouping, question in product((ALL, "technique"), ("measured", "sorted")):
        if released.table(grouping, question):
            for groups, row in numbers(released, grouping, question).items():
                known |= {(groups, name): n for name, n in row.items()}
    sets = {
        "seen": (0, 1, 2, 3), "due": (0, 1, 2, 3), "measured": (1, 2, 3),
        "better": (1,), "same": (2,), "worse": (3,),
    }  # fmt: skip
    for column, n in np.ndenumerate(counts):
        if not 0 < n < minimum:
            continue
        # Walk: move one client round any closed path of cells; some walk must change this one.
        assert movable(counts, known, sets, column), (column, n)


def movable(counts, known, sets, cell):
    """Whether tables that agree give a cell two values; looks at small moves of few cells."""
    moves = []
    cells = list(np.ndindex(counts.shape))
    rows, columns = counts.shape
    for r, c in cells:
        moves.append({(r, c): 1})
    for r in range(rows):
        for c, d in product(range(columns), repeat=2):
            if c != d:
                moves.append({(r, c): 1, (r, d): -1})
    for r, s in product(range(rows), repeat=2):
        for c in range(columns):
            if r != s:
                moves.append({(r, c): 1, (s, c): -1})
                for d in range(columns):
                    if d != c:
                        moves.append({(r, c): 1, (r, d): -1, (s, c): -1, (s, d): 1})
    for first, second in product(moves, [*moves[: len(cells)], {}]):
        move = dict(first)
        for key, value in second.items():
            move[key] = move.get(key, 0) + value
        if not move.get(cell):
            continue
        for sign in (1, -1):
            other = counts.copy()
            for key, value in move.items():
                other[key] += sign * value
            if (other >= 0).all() and agrees(other, known, sets):
                return True
    return False


def agrees(counts, known, sets):
    """Whether a table has every known number."""
    for (groups, name), n in known.items():
        rows = range(len(counts)) if groups == (ALL,) else ["abcdefgh".index(g) for g in groups]
        if counts[np.ix_(list(rows), sets[name])].sum() != n:
            return False
    return True


def after(now, released, before=None):
    """What is remembered when a copy was made."""
    before = before or Copies()
    return Copies((*before.snapshots, now), (*before.tables, *released.new))


@pytest.mark.parametrize(
    "added", [[0, 1, 0, 0], [2, 3, 1, 1], [-1, 0, 0, 0], [0, 1, -1, 0]],
    ids=["one client", "a few", "one forgotten", "one corrected"],
)  # fmt: skip
def test_a_few_changes_repeat_the_earlier_copy(added):
    first = snapshot(LARGE)
    released = release(first, Copies(), PAIN)
    counts = [list(row) for row in LARGE]
    counts[1] = [n + k for n, k in zip(counts[1], added, strict=True)]
    again = release(snapshot(counts, as_of="April 2026"), after(first, released), PAIN)
    assert not again.new
    assert again.tables == released.tables


def test_many_new_clients_give_a_new_copy():
    first = snapshot(LARGE)
    released = release(first, Copies(), PAIN)
    counts = (np.array(LARGE) + 14).tolist()
    again = release(snapshot(counts, as_of="June 2026"), after(first, released), PAIN)
    assert {(t.grouping, t.question) for t in again.new} == {
        (g, q) for g in (ALL, "technique") for q in ("measured", "change", "sorted")
    }


def test_many_new_clients_in_one_group_do_not_show_a_few_in_another():
    first = snapshot(LARGE)
    released = release(first, Copies(), PAIN)
    counts = np.array(LARGE)
    counts[0] += 30
    counts[1] += [0, 1, 0, 0]
    again = release(snapshot(counts.tolist(), as_of="June 2026"), after(first, released), PAIN)
    assert (ALL, "measured") in {(t.grouping, t.question) for t in again.new}
    shown = numbers(again, "technique", "measured")
    assert shown.get(("b",), {"measured": 51})["measured"] == 51


def test_corrected_scores_of_the_same_clients_are_not_shown():
    first = snapshot(LARGE)
    released = release(first, Copies(), PAIN)
    second = snapshot(LARGE, as_of="April 2026")
    second.populations["technique"].sums[0, 2] += 30
    second.populations[ALL].sums[0, 2] += 30
    again = release(second, after(first, released), PAIN)
    assert again.table("technique", "change") == released.table("technique", "change")
    assert again.table(ALL, "change") == released.table(ALL, "change")


def test_the_same_records_again_are_the_same_copy():
    first = snapshot(LARGE, elsewhere=3)
    released = release(first, Copies(), PAIN)
    again = release(snapshot(LARGE, elsewhere=3), after(first, released), PAIN)
    assert not again.new
    assert again.tables == released.tables


def test_equal_records_give_equal_copies():
    counts = [[7, 14, 9, 2], [12, 8, 13, 4], [3, 25, 6, 9], [9, 12, 5, 1]]
    one, two = (release(snapshot(counts), Copies(), PAIN) for _ in range(2))
    assert one == two


def test_a_lower_minimum_shows_more_and_a_higher_one_afterwards_does_not_stop():
    counts = [[20, 30, 20, 7], [15, 25, 14, 8], [30, 40, 20, 16]]
    inside = release(snapshot(counts), Copies(), PAIN, minimum=5)
    assert all("worse" in row for row in numbers(inside, "technique", "sorted").values())
    later = snapshot((np.array(counts) + 15).tolist(), as_of="June 2026")
    outside = release(later, after(snapshot(counts), inside), PAIN)
    assert (ALL, "measured") in {(t.grouping, t.question) for t in outside.new}


def test_too_few_clients_give_no_copy():
    with pytest.raises(NotEnoughData, match="too few clients"):
        release(snapshot([[3, 4, 2, 1]]), Copies(), PAIN)


def test_a_minimum_below_five_is_refused():
    with pytest.raises(ValueError, match="under 5"):
        release(snapshot(LARGE), Copies(), PAIN, minimum=4)


def test_a_measure_without_a_threshold_sorts_nobody():
    counts = [[20, 0, 65, 0], [15, 0, 51, 0]]
    released = release(snapshot(counts), Copies(), Scale(0.0, 10.0, -1, None))
    assert released.table(ALL, "sorted") is None
    assert released.table(ALL, "change").rows[0].means is not None
    assert released.table(ALL, "measured") is not None


def test_a_copy_for_outside_repeats_nothing_that_was_for_inside():
    counts = [[20, 30, 20, 7], [15, 25, 14, 8], [30, 40, 20, 16]]
    inside = release(snapshot(counts), Copies(), PAIN, minimum=5)
    outside = release(snapshot(counts), after(snapshot(counts), inside), PAIN)
    alone = release(snapshot(counts), Copies(), PAIN)
    assert {7, 8} <= {n for t in inside.tables for row in t.rows for n in row.numbers.values()}
    assert [(t.question, t.rows) for t in outside.tables] == [
        (t.question, t.rows) for t in alone.tables
    ]


def test_who_saw_a_copy_for_inside_cannot_subtract_the_one_for_outside():
    """Two more clients may not appear to a reader of both, though outside nobody could tell."""
    counts = np.array(LARGE)
    inside = release(snapshot(LARGE), Copies(), PAIN, minimum=5)
    later = snapshot((counts + [[1, 0, 1, 0]] + [[0, 0, 0, 0]] * 3).tolist(), as_of="April 2026")
    with pytest.raises(NotEnoughData, match="numbers under 11 hidden"):
        release(later, after(snapshot(LARGE), inside), PAIN)


def test_a_few_more_clients_seen_are_not_told_by_two_copies():
    """How many were seen is said by one table only, and may grow by less than all its parts."""
    first = snapshot(LARGE, elsewhere=70)
    released = release(first, Copies(), PAIN)
    assert released.table(ALL, "measured").rows[0].numbers["seen"] == 327
    counts = np.add(LARGE, [12, 2, 2, 2])
    # 54 more are due, of whom 50 had been seen before: 4 are new.
    second = snapshot(counts.tolist(), elsewhere=20, as_of="June 2026")
    again = release(second, after(first, released), PAIN)
    shown = again.table(ALL, "measured")
    assert shown.as_of == "June 2026"
    assert shown.rows[0].number("due") == 311
    assert shown.rows[0].number("seen") is None
