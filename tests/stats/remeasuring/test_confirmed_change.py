"""Confirmed changes that noise alone gives: against people drawn in R, and where it is known."""

import csv
from itertools import pairwise, product

import numpy as np
import pytest
from scipy import stats

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.remeasuring.confirmed_change import confirmed_change
from hipoutcomes.stats.remeasuring.remeasuring import remeasuring
from hipoutcomes.stats.remeasuring.second_scores import Population, Scale

PAIN = {"threshold": 2.0, "sign": -1, "lowest": 0.0, "highest": 10.0, "step": 1.0}
FIRST = np.repeat([3.0, 4, 5, 6, 7, 8, 9], [10, 30, 40, 30, 20, 10, 5])


def test_shares_are_those_of_people_drawn_at_random(root, monkeypatch):
    # tests/oracles/confirmed_change/script.R, within 4.5 standard errors of its draws.
    import hipoutcomes.stats.remeasuring.confirmed_change as module

    with (root / "tests" / "oracles" / "confirmed_change" / "numbers.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7 * (5 + 5 + 4 + 4)
    first = np.arange(3.0, 10.0)
    for key in sorted({(r["mu"], r["sigma"], r["r"], r["threshold"], r["operator"]) for r in rows}):
        mu, sigma, r, threshold = map(float, key[:4])
        population = Population(mu, sigma, -np.inf)
        monkeypatch.setattr(
            module, "population_behind", lambda *_, population=population: population
        )
        found = confirmed_change(
            first, 5, reliabilities=(r,), shares_entering=(1.0,), operator=key[4],
            **(PAIN | {"threshold": threshold}),
        ).chance[0]  # fmt: skip
        for row in rows:
            if (row["mu"], row["sigma"], row["r"], row["threshold"], row["operator"]) == key:
                got = found[int(row["first"]) - 3, int(row["later"])]
                error = 4.5 * float(row["std_error"]) + 1e-4
                assert got == pytest.approx(float(row["share"]), abs=error), row


def test_no_or_one_later_score_confirms_nothing_and_more_scores_confirm_more():
    chance = confirmed_change(FIRST, 8, **PAIN).chance
    assert chance.shape == (10, len(FIRST), 9)
    assert (chance[:, :, :2] == 0).all()
    assert (np.diff(chance, axis=2) >= 0).all()
    assert (chance[:, :, 2] > 0).any()


def test_uncorrelated_scores_confirm_as_often_as_independent_ones_do():
    # At r = 0 each later score is good with one chance q, whoever is asked; runs by enumeration.
    found = confirmed_change(FIRST, 4, reliabilities=(0.0,), shares_entering=(1.0,), **PAIN)
    mu, sigma = FIRST.mean(), FIRST.std(ddof=1)
    q = stats.norm.cdf((7.0 - 2 + 0.5 - mu) / sigma)
    share = sum(
        q ** sum(path) * (1 - q) ** (4 - sum(path))
        for path in product([0, 1], repeat=4)
        if any(a and b for a, b in pairwise(path))
    )
    assert found.chance[0, FIRST == 7.0, 4] == pytest.approx(share, rel=1e-9)


def test_two_later_scores_are_confirmed_less_often_than_one_is_good():
    twice = confirmed_change(FIRST, 2, **PAIN).chance[:, :, 2].mean(axis=1).reshape(2, 5)
    once = remeasuring(FIRST, **PAIN).better
    assert (twice < once).all()
    assert (twice > once**2).all()  # for both scores are of one person


def test_the_direction_of_the_score_makes_no_difference():
    mirrored = PAIN | {"sign": 1}
    np.testing.assert_allclose(
        confirmed_change(10 - FIRST, 4, **mirrored).chance,
        confirmed_change(FIRST, 4, **PAIN).chance,
        rtol=1e-9,
    )


def test_a_first_score_without_room_is_never_confirmed():
    first = np.r_[FIRST, 1.0, 0.0]
    assert (confirmed_change(first, 6, **PAIN).chance[:, -2:] == 0).all()


def test_a_continuous_score_is_the_limit_of_small_steps():
    degrees = {"threshold": 9.7, "sign": 1, "lowest": 0.0, "highest": 150.0}
    first = np.random.default_rng(1).normal(90, 14, 60).round(1)
    smooth = confirmed_change(first, 4, step=0.0, **degrees).chance
    np.testing.assert_allclose(
        confirmed_change(first, 4, step=0.1, **degrees).chance, smooth, atol=0.004
    )
    assert Scale(0, 150, 0).step == 0


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_later": -1}, ValueError, "n_later must be 0 or more; it is -1."),
        (
            {"baseline": np.full(20, 5.0)},
            NotEnoughData,
            "What re-measuring alone would give needs first scores that differ; there are 20, all "
            "alike.",
        ),
        (
            {"reliabilities": (1.0,)},
            ValueError,
            "reliabilities must lie from 0 to below 1; they are (1.0,).",
        ),
    ],
)
def test_wrong_options_are_refused_in_words(options, error, message):
    with pytest.raises(error) as refused:
        confirmed_change(**({"baseline": FIRST, "n_later": 3} | PAIN | options))
    assert str(refused.value) == message
