import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.group_spread import group_spread
from hipoutcomes.stats.groups.shrinkage import shrunken_means

#: Iterations and adaptive integration both end short of the last digits.
SAME = 1e-6

PROBLEMS = ("schools", "clinic", "few")


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "shrinkage"


def groups_of(folder, problem):
    rows = [row for row in rows_of(folder / "groups.csv") if row["problem"] == problem]
    return [np.array([float(row[name]) for row in rows]) for name in ("estimate", "std_error")]


def expected_rows(folder, file, problem, method):
    rows = rows_of(folder / file)
    return [row for row in rows if (row["problem"], row["method"]) == (problem, method)]


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("method", ["REML", "PM"])
def test_the_spread_between_groups_is_that_of_metafor(folder, problem, method):
    found = group_spread(*groups_of(folder, problem), method=method, level=0.9)
    (row,) = expected_rows(folder, "spread.csv", problem, method)
    for name in row.keys() - {"problem", "method"}:
        assert getattr(found, name) == pytest.approx(float(row[name]), rel=SAME, abs=1e-9), name


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("method", ["REML", "PM", "integrated"])
def test_shrunken_means_are_those_of_metafor_and_of_adaptive_integration(folder, problem, method):
    given = groups_of(folder, problem)
    found = shrunken_means(*given, method=method, level=0.9, seed=1, n_draws=10)
    rows = expected_rows(folder, "means.csv", problem, method)
    assert len(rows) == len(found.estimate)
    for name in ("estimate", "std_error", "conf_low", "conf_high"):
        expected = [float(row[name]) for row in rows]
        np.testing.assert_allclose(getattr(found, name), expected, rtol=SAME, atol=1e-7)
    (row,) = expected_rows(folder, "spread.csv", problem, method)
    # The posterior median of the spread is read between nodes.
    close = 2e-3 if method == "integrated" else SAME
    assert found.std_dev == pytest.approx(float(row["std_dev"]), rel=close)


@pytest.mark.parametrize(
    ("problem", "method"),
    [*((problem, "integrated") for problem in PROBLEMS), ("clinic", "REML"), ("few", "REML")],
)
def test_rank_intervals_are_those_of_draws_in_r(folder, problem, method):
    given = groups_of(folder, problem)
    found = shrunken_means(*given, method=method, level=0.82, seed=2, n_draws=100_000)
    rows = expected_rows(folder, "ranks.csv", problem, method)
    for name in ("rank", "rank_low", "rank_high"):
        assert getattr(found, name).tolist() == [int(row[name]) for row in rows], name


def test_groups_that_differ_by_chance_alone_may_have_any_rank():
    found = shrunken_means([2.0, 2.1, 1.9, 2.05], [1.0] * 4, method="REML", seed=3)
    assert found.std_dev == 0
    assert found.pulled.tolist() == [1, 1, 1, 1]
    np.testing.assert_allclose(found.estimate, 2.0125)
    assert found.rank_low.tolist() == [1, 1, 1, 1]
    assert found.rank_high.tolist() == [4, 4, 4, 4]


def test_groups_far_apart_are_hardly_pulled():
    estimates = np.array([0.0, 50.0, 100.0, 150.0])
    found = shrunken_means(estimates, np.full(4, 0.1), seed=4)
    np.testing.assert_allclose(found.estimate, estimates, atol=0.001)
    np.testing.assert_allclose(found.std_error, 0.1, rtol=0.001)
    assert found.rank.tolist() == found.rank_low.tolist() == found.rank_high.tolist()
    assert found.rank.tolist() == [4, 3, 2, 1]


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_units_and_place_change_nothing_but_units(scale):
    y, s = np.array([1.1, 2.4, 1.9, 3.6, 0.2]), np.array([0.3, 0.5, 0.25, 0.8, 0.6])
    plain, moved = (shrunken_means(*g, seed=5) for g in ((y, s), ((y + 7) * scale, s * scale)))
    np.testing.assert_allclose(moved.estimate / scale - 7, plain.estimate, rtol=1e-9)
    np.testing.assert_allclose(moved.conf_high / scale - 7, plain.conf_high, rtol=1e-9)
    assert moved.std_dev == pytest.approx(plain.std_dev * scale)
    assert moved.rank.tolist() == plain.rank.tolist()


def test_flat_knowledge_of_the_spread_widens_the_interval():
    y, s = [1.1, 2.4, 1.9, 3.6], [0.9, 0.5, 0.8, 0.8]
    plain, integrated = (shrunken_means(y, s, method=m, seed=6) for m in ("REML", "integrated"))
    assert (integrated.std_error > plain.std_error).all()
    assert np.all(integrated.conf_high - integrated.conf_low > plain.conf_high - plain.conf_low)


def test_the_same_seed_gives_the_same_ranks():
    given = ([1.1, 2.4, 1.9, 3.6], [0.9, 0.5, 0.8, 0.8])
    first, again = (shrunken_means(*given, seed=7, n_draws=50) for _ in range(2))
    assert first.rank.tolist() == again.rank.tolist()


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        (
            ([1, 2], [1, 1]),
            NotEnoughData,
            "The spread between groups needs 3 groups or more; there are 2.",
        ),
        (([1, 2, 3], [1, 0, 1]), ValueError, "std_errors must be above 0; 1 of 3 are not."),
        (
            ([1, 2, 3], [1, 1]),
            ValueError,
            "std_errors must have shape (3,) like the estimates; it has (2,).",
        ),
        (
            ([1, 2, np.nan], [1, 1, 1]),
            ValueError,
            "estimates holds 1 missing or infinite numbers of 3; "
            "leave them out first, and count them.",
        ),
    ],
)
def test_groups_that_cannot_be_judged_together_say_why(given, kind, message):
    for judged in (lambda: group_spread(*given), lambda: shrunken_means(*given, seed=1)):
        with pytest.raises(kind) as caught:
            judged()
        assert str(caught.value) == message


def test_wrong_options_name_what_is_allowed():
    given = ([1, 2, 3], [1, 1, 1])
    with pytest.raises(ValueError, match=r"method must be one of REML, PM; it is 'DL'\."):
        group_spread(*given, method="DL")
    with pytest.raises(ValueError, match=r"one of integrated, REML, PM; it is 'DL'\."):
        shrunken_means(*given, method="DL", seed=1)
    with pytest.raises(ValueError, match="n_draws must be 1 or more; it is 0"):
        shrunken_means(*given, seed=1, n_draws=0)
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        shrunken_means(*given, seed=1, level=1)
