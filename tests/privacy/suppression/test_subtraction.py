"""Means that are hidden do not come back by subtraction, nor do those of new clients."""

import sys
from pathlib import Path

import numpy as np
import pytest

from hipoutcomes.privacy.suppression.gate import Copies, release
from hipoutcomes.privacy.suppression.population import ALL, Scale, Snapshot

sys.path.insert(0, str(Path(__file__).parent))
from made_up import PAIN, snapshot_of_clients

FUNCTION = Scale(0.0, 100.0, 1, None)


def mixed(n, seed, highest=10, start=(4, 9), change=(-3, 6)):
    """Clients whose scores differ, as whole points."""
    random = np.random.default_rng(seed)
    size = highest // 10
    return np.column_stack([random.integers(*start, n) * size, random.integers(*change, n) * size])


def hidden_means(released, grouping="technique"):
    """Groups without means, those of all clients being shown."""
    assert released.table(ALL, "change").rows[0].means is not None
    table = released.table(grouping, "change")
    if table is None:
        return {"everybody"}
    return {row.groups for row in table.rows if row.means is None}


@pytest.mark.parametrize(
    ("alike", "scale", "highest"),
    [
        ([(98, -40)] * 24, FUNCTION, 100),
        ([(98, -40)] * 20 + [(97, -39)] * 4, FUNCTION, 100),
        ([(10, k % 5) for k in range(40)], PAIN, 10),
        ([(4 + k % 5, 4 + k % 5) for k in range(40)], PAIN, 10),
    ],
    ids=["the same change", "nearly the same change", "all began at the end", "all are well"],
)  # fmt: skip
def test_means_of_clients_who_are_all_alike_do_not_come_back(alike, scale, highest):
    direction = {"start": (4, 9), "change": (-3, 2)}
    others = [mixed(n, n, highest, **direction) for n in (70, 45, 30)]
    threshold = 2 if scale is PAIN else 1000
    released = release(snapshot_of_clients([*others, alike], threshold), Copies(), scale)
    hidden = hidden_means(released)
    # By itself, the hidden row would be all clients less the others.
    assert hidden == {"everybody"} or (("d",) in hidden and len(hidden) >= 2)


def test_nothing_is_hidden_where_scores_differ():
    clients = [mixed(n, n) for n in (90, 85, 80)]
    assert hidden_means(release(snapshot_of_clients(clients), Copies(), PAIN)) == set()


def test_means_of_new_clients_who_are_all_alike_are_not_told_by_two_copies():
    clients = [mixed(n, n) for n in (90, 85, 80)]
    first = snapshot_of_clients(clients)
    released = release(first, Copies(), PAIN)
    before = Copies((first,), released.new)
    alike = snapshot_of_clients([[*clients[0], *[(10, 8)] * 40], *clients[1:]], as_of="June 2026")
    again = release(alike, before, PAIN)
    assert again.table(ALL, "measured").as_of == "June 2026"
    assert again.table(ALL, "change").as_of == "March 2026"
    differ = [[*clients[0], *mixed(40, 5)], *clients[1:]]
    again = release(snapshot_of_clients(differ, as_of="June 2026"), before, PAIN)
    assert again.table(ALL, "change").as_of == "June 2026"


def test_scores_corrected_in_rows_without_means_are_not_told():
    """All clients less the rows with means tell those of the others, before and after."""
    alike = [(10, 2 + k % 5) for k in range(60)]
    clients = [mixed(n, n) for n in (90, 85, 80)]
    first = snapshot_of_clients([*clients, alike])
    released = release(first, Copies(), PAIN)
    assert hidden_means(released) == {("c",), ("d",)}
    corrected = [(9, change) for _, change in alike[:5]] + alike[5:]
    more = [[*clients[0], *mixed(40, 1)], [*clients[1], *mixed(40, 2)], clients[2]]
    before = Copies((first,), released.new)
    for d, is_told in ((alike, False), (corrected, True)):
        now = snapshot_of_clients([*more, d], as_of="June 2026")
        again = release(now, before, PAIN)
        assert again.table(ALL, "change").as_of == "June 2026"
        shown = again.table("technique", "change")
        is_new = shown.as_of == "June 2026"
        assert (is_new and hidden_means(again) == {("c",), ("d",)}) is not is_told


def test_a_narrow_likely_range_of_very_many_clients_is_shown():
    """Of ninety thousand clients the mean is known to a tenth, and tells of none of them."""
    clients = [mixed(n, n) for n in (40000, 30000, 20000)]
    means = release(snapshot_of_clients(clients), Copies(), PAIN).table(ALL, "change").rows[0].means
    assert means.high == means.low


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("n_moved", [0, 1])
def test_who_moves_inside_a_row_does_not_hide_who_was_added_to_it(seed, n_moved):
    """Of twelve added nearly all are better: one copy less the other would tell the few others."""
    a, b = np.array_split(mixed(30, seed, start=(4, 11), change=(-4, 7)), 2)
    a = a[np.argsort(abs(a[:, 1]))]
    others = mixed(90, seed + 10)
    earlier = Copies()
    before = snapshot_of_clients([a, b, others], named="c")
    released = release(before, earlier, PAIN)
    assert hidden_means(released) == set()
    added = [*[(9, 7), (8, 6), (9, 8), (8, 7), (9, 6)] * 2, (5, 1), (6, -1)]
    now = [a[n_moved:], [*b, *a[:n_moved], *added], [*others, *mixed(40, seed + 20)]]
    assert (abs(a[:n_moved, 1]) < 2).all()
    again = release(
        snapshot_of_clients(now, as_of="June 2026", named="c"),
        Copies((before,), released.new), PAIN,
    )  # fmt: skip
    assert again.table(ALL, "change").as_of == "June 2026"
    shown = again.table("technique", "change")
    assert shown.as_of == "March 2026" or all(row.means is None for row in shown.rows)


def test_rows_that_are_everybody_are_not_shown_against_all_clients_of_an_earlier_copy():
    """Forty clients, then eleven more of whom nearly all are better, now by two groups."""
    clients = mixed(40, 3)
    first = snapshot_of_clients([clients])
    released = release(first, Copies(), PAIN)
    assert released.table(ALL, "change").rows[0].means is not None
    added = [(9, 8)] * 9 + [(9, 9), (6, 1)]
    halves = [[*clients[::2], *added[::2]], [*clients[1::2], *added[1::2]]]
    later = snapshot_of_clients(halves, as_of="June 2026")
    by_sex = Snapshot(
        "June 2026", {ALL: later.populations[ALL], "sex": later.populations["technique"]}
    )
    again = release(by_sex, Copies((first,), released.new), PAIN)
    assert again.table(ALL, "change").as_of == "March 2026"
    shown = again.table("sex", "change")
    assert shown is None or any(row.means is None for row in shown.rows)
