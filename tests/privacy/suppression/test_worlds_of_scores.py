"""Clinics that are made up to agree with means do: real clients can be written down for them."""

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import Bounds, LinearConstraint, milp

from hipoutcomes.privacy.suppression.gate import Copies, release
from hipoutcomes.privacy.suppression.made_up_clients import possible_changes
from hipoutcomes.privacy.suppression.population import ALL, Population, Scale, Snapshot
from hipoutcomes.privacy.suppression.worlds import Worlds, worlds_of
from hipoutcomes.privacy.suppression.worlds_of_scores import hold_means

sys.path.insert(0, str(Path(__file__).parent))
from made_up import PAIN

GROUPS = ("a", "b", "c")


def clients(random, n, scale, first, gain, spread):
    """First scores and improvements of n clients, on the scale; all in its steps."""
    top = round((scale.highest - scale.lowest) / scale.step)
    before = np.clip(np.round(random.normal(first, spread, n)), 0, top)
    after = np.clip(np.round(before + scale.sign * random.normal(gain, spread, n)), 0, top)
    change = scale.sign * (after - before)
    return scale.lowest + before * scale.step, change * scale.step


def snapshot_of(groups, first, change, scale):
    """A clinic in which everybody was measured, counted from single clients."""
    size = np.inf if scale.threshold is None else scale.threshold
    kind = np.where(change >= size, 2, np.where(change <= -size, 4, 3))

    def population(of, names):
        counts = np.array([[(kind[of == g] == k).sum() for k in range(5)] for g in names])
        sums = [[x[of == g].sum() for x in (first, first**2, change, change**2)] for g in names]
        return Population(names, counts, np.array(sums), named=frozenset(names))

    everybody = population(np.full(len(groups), ALL), (ALL,))
    return Snapshot("May 2026", {ALL: everybody, "technique": population(groups, GROUPS)})


def worlds_and_scores(snapshot, released, scale, monkeypatch):
    """The worlds of a copy, and the columns of made-up clients in them."""
    from hipoutcomes.privacy.suppression import worlds_of_scores

    kept = []
    made = worlds_of_scores._Scores
    monkeypatch.setattr(
        worlds_of_scores, "_Scores", lambda *a, **k: kept.append(made(*a, **k)) or kept[-1]
    )
    worlds = worlds_of({0: snapshot}, released.tables, scale, (ALL, "technique"), "scores")
    return worlds, kept[0]


def any_world(worlds, random):
    """Some world that agrees, at a random corner of its numbers of clients."""
    wanted = np.zeros(worlds.width)
    wanted[list(worlds.counts.values())] = random.normal(size=len(worlds.counts))
    lines = np.zeros((len(worlds.rows), worlds.width))
    for line, (terms, _, _) in zip(lines, worlds.rows, strict=True):
        for column, value in terms:
            line[column] += value
    least, greatest = (np.array([row[i] for row in worlds.rows]) for i in (1, 2))
    answer = milp(
        wanted,
        constraints=LinearConstraint(lines, least, greatest),
        integrality=np.ones(worlds.width),
        bounds=Bounds(0, np.inf),
        options={"node_limit": 500},
    )
    return None if answer.x is None else np.round(answer.x).astype(int)


@pytest.mark.parametrize(
    ("scale", "first", "gain", "spread"),
    [
        (PAIN, 6, 2, 2),
        (Scale(0, 100, -1, 15.3), 60, 15, 20),
        (Scale(0, 100, 1, 10, 2.5), 20, 4, 6),
        (Scale(0, 48, 1, 8), 24, 8, 7),
        (Scale(0, 10, -1, None), 6, 2, 2),
    ],
)
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_made_up_clients_give_the_means_that_are_shown(
    monkeypatch, scale, first, gain, spread, seed
):
    random = np.random.default_rng(seed)
    groups = random.choice(GROUPS, 150, p=[0.5, 0.3, 0.2])
    first, change = clients(random, len(groups), scale, first, gain, spread)
    snapshot = snapshot_of(groups, first, change, scale)
    released = release(snapshot, Copies(), scale)
    table = released.table("technique", "change")
    assert any(row.means is not None for row in table.rows)
    worlds, scores = worlds_and_scores(snapshot, released, scale, monkeypatch)
    looked_at = 0
    for _ in range(3):
        world = any_world(worlds, random)
        if world is None:
            continue
        for row in table.rows:
            if row.means is None:
                continue
            keys = [k for k in scores.clients if k[1] == "technique" and k[2] <= set(row.groups)]
            made = [written_down(world, scores, key, scale) for key in keys]
            firsts, changes = (np.concatenate(part) for part in zip(*made, strict=True))
            assert ((firsts >= scale.lowest) & (firsts <= scale.highest)).all()
            later = firsts + scale.sign * changes
            assert ((later >= scale.lowest - 1e-9) & (later <= scale.highest + 1e-9)).all()
            assert len(changes) == row.numbers["measured"]
            interval = stats.ttest_1samp(changes, 0).confidence_interval(0.95)
            shown = (row.means.start, row.means.change, row.means.low, row.means.high)
            found = (firsts.mean(), changes.mean(), interval.low, interval.high)
            assert np.round(found, 1) == pytest.approx(shown, abs=1e-9)
            looked_at += 1
    assert looked_at


def written_down(world, scores, key, scale):
    """First scores and improvements of every made-up client of a part."""
    changes = scores.changes
    n = [world[column] for column in scores.clients[key]]
    lowest = np.repeat([change.lowest for change in changes], n)
    highest = np.repeat([change.highest for change in changes], n)
    left = world[scores.starts[key]] - lowest.sum()
    assert 0 <= left <= (highest - lowest).sum()
    for place in range(len(lowest)):
        more = min(left, highest[place] - lowest[place])
        lowest[place] += more
        left -= more
    steps = np.repeat([change.steps for change in changes], n)
    return scale.lowest + lowest * scale.step, steps * scale.step


def test_kinds_of_change_are_those_of_the_threshold():
    for scale in (PAIN, Scale(0, 100, 1, 10, 2.5), Scale(2, 300, -1, 1.4), Scale(0, 48, 1, 8)):
        for change in possible_changes(scale):
            size = change.steps * scale.step
            kind = "better" if size >= scale.threshold else "same"
            kind = "worse" if size <= -scale.threshold else kind
            assert change.kind == kind
            for first in (change.lowest, change.highest):
                start = scale.lowest + first * scale.step
                assert scale.lowest <= start + scale.sign * size <= scale.highest + 1e-9


def test_means_that_nobody_can_have_leave_no_world():
    """Eleven clients cannot have a mean of 9 at first and be worse by 3 on average."""
    from hipoutcomes.privacy.suppression.released import Means, ReleasedRow, ReleasedTable

    counts = np.array([[0, 0, 0, 0, 11]])
    population = Population((ALL,), counts, np.zeros((1, 4)))
    snapshots = {0: Snapshot("May 2026", {ALL: population})}
    for start, is_there in ((9.0, False), (6.0, True)):
        row = ReleasedRow((ALL,), {"measured": 11}, Means(start, -3.0, -3.8, -2.2))
        table = ReleasedTable(ALL, "change", 0, "May 2026", (row,), 11)
        worlds = Worlds()
        for name in ("elsewhere", "lost", "better", "same", "worse"):
            worlds.counts[0, ALL, ALL, name] = worlds.unknown()
        worlds.hold(worlds.people(0, ALL, [ALL], ("better", "same", "worse")), 11, 11)
        hold_means(worlds, snapshots, [table], PAIN, is_whole=True)
        assert (any_world(worlds, np.random.default_rng(1)) is not None) == is_there
