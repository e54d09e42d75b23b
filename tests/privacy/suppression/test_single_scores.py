"""No mean says by how much any single client changed: whole numbers of clients, counted out."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import Bounds, LinearConstraint, milp

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.privacy.suppression.gate import Copies, release
from hipoutcomes.privacy.suppression.population import ALL, Scale

sys.path.insert(0, str(Path(__file__).parent))
from made_up import PAIN, snapshot_of_clients

#: Two questions, or four, with five answers each, as a score from 0 to 100.
TWO_QUESTIONS = Scale(0.0, 100.0, 1, None, 12.5)
FOUR_QUESTIONS = Scale(0.0, 100.0, 1, 10.0, 6.25)


def fewest(scale, n, means, known):
    """Fewest clients who changed by each size, given a mean, its interval and classes shown."""
    most = round((scale.highest - scale.lowest) / scale.step)
    change = np.arange(-most, most + 1) * scale.step
    t, half = stats.t.ppf(0.975, n - 1), 0.05 + 1e-9
    kinds = {}
    if scale.threshold is not None:
        kinds = {"better": change >= scale.threshold, "worse": change <= -scale.threshold}
        kinds["same"] = ~kinds["better"] & ~kinds["worse"]
    found = np.full(len(change), n)
    first = math.ceil(n * (means.change - half) / scale.step)
    last = math.floor(n * (means.change + half) / scale.step)
    for total in np.arange(first, last + 1) * scale.step:
        mean = total / n
        wide = min(mean - means.low, means.high - mean) + half
        narrow = max(mean - means.low - half, means.high - half - mean, 0)
        if wide < narrow:
            continue
        squares = [(n - 1) * n * w**2 / t**2 + total**2 / n for w in (narrow, wide)]
        lines = [(np.ones(len(change)), n, n), (change, total, total), (change**2, *squares)]
        lines += [(kinds[name], known[name], known[name]) for name in kinds if name in known]
        terms, least, greatest = zip(*lines, strict=True)
        for i in range(len(change)):
            answer = milp(
                np.eye(len(change))[i],
                constraints=LinearConstraint(np.array(terms, float), least, greatest),
                integrality=np.ones(len(change)),
                bounds=Bounds(0, n),
                options={"presolve": False},
            )
            if answer.x is not None:
                found[i] = min(found[i], round(answer.fun))
    return dict(zip((change / scale.step).astype(int).tolist(), found.tolist(), strict=True))


def told(released, scale):
    """Sizes of change that somebody of a row must have had, of every row with means."""
    found = []
    for table in released.tables:
        for row in table.rows if table.question == "change" else ():
            shown = released.table(table.grouping, "sorted")
            numbers = {}
            for other in shown.rows if shown else ():
                if other.groups == row.groups:
                    numbers = dict(other.numbers)
            if row.means is not None and row.numbers["measured"] < 60:
                least = fewest(scale, row.numbers["measured"], row.means, numbers)
                found += [(row.groups, size, n) for size, n in least.items() if n]
    return found


#: First score and change of every client, in a single group.
CASES = {
    "one of eleven changed": (TWO_QUESTIONS, 11, [(50, 12.5)] + [(k, 0) for k in (25, 50) * 5]),
    "two answers only": (
        FOUR_QUESTIONS, 11, [(25 + 6.25 * (k % 4), 12.5 * (k % 2)) for k in range(22)],
    ),
    "six by 2, one by 3, five by 1": (
        PAIN, 5, [(4 + k % 4, c) for k, c in enumerate([2] * 6 + [3] + [1] * 5)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_set_of_changes_that_is_the_only_one_possible_is_not_shown(name):
    scale, minimum, clients = CASES[name]
    now = snapshot_of_clients([clients], scale.threshold or 1000)
    released = release(now, Copies(), scale, minimum=minimum)
    table = released.table(ALL, "change")
    assert table is None or table.rows[0].means is None


@pytest.mark.parametrize("minimum", [11, 5])
@pytest.mark.parametrize("scale", [TWO_QUESTIONS, FOUR_QUESTIONS], ids=["two", "four"])
def test_nobody_s_change_is_told_by_means_of_a_coarse_score(scale, minimum):
    n_rows = 0
    for seed in range(6):
        random = np.random.default_rng(seed)
        most = round(100 / scale.step)
        groups = []
        for n in random.integers(8, 45, 3):
            start = random.integers(2, most - 1, n)
            change = np.rint(random.normal(8, 18, n) / scale.step).astype(int)
            change = np.clip(start + change, 0, most) - start
            groups.append(np.column_stack([start, change]) * scale.step)
        now = snapshot_of_clients(groups, scale.threshold or 1000)
        try:
            released = release(now, Copies(), scale, minimum=minimum)
        except NotEnoughData:
            continue
        n_rows += sum(
            row.means is not None
            for t in released.tables if t.question == "change" for row in t.rows
        )  # fmt: skip
        assert told(released, scale) == []
    assert n_rows >= 4


def test_the_same_attack_tells_where_sizes_are_not_looked_at(monkeypatch):
    from hipoutcomes.privacy.suppression import secrets_of

    monkeypatch.setattr(secrets_of, "_of_sizes", lambda *given: [])
    scale, _, clients = CASES["two answers only"]
    released = release(snapshot_of_clients([clients], 10), Copies(), scale)
    assert {(size, n) for _, size, n in told(released, scale)} == {(0, 11), (2, 11)}


def test_a_mean_of_zero_has_no_sign():
    """It would say on which side of zero the mean is."""
    clients = [(4 + k % 5, 3 * (-1) ** k) for k in range(38)] + [(5, 2), (5, -3)]
    assert sum(change for _, change in clients) == -1
    released = release(snapshot_of_clients([clients]), Copies(), PAIN)
    means = released.table(ALL, "change").rows[0].means
    assert means.change == 0
    assert math.copysign(1, means.change) == 1
