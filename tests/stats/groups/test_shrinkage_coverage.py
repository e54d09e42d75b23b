"""Coverage of shrunken means over simulated groups, under their prior and where it is wrong."""

import numpy as np
import pytest

from hipoutcomes.stats.groups.shrinkage import shrunken_means

#: Simulated sets of groups in each scenario.
REPEATS = 1000


def coverage(rng, n_groups, spread, method):
    """Shares of true means, and of true ranks, inside their 95 % intervals."""
    inside = ranked = 0
    for repeat in range(REPEATS):
        between = spread(rng)
        s = rng.uniform(0.5, 1.5, n_groups)
        truth = rng.normal(3, between, n_groups)
        found = shrunken_means(truth + rng.normal(0, s), s, method=method, seed=repeat, n_draws=400)
        inside += np.mean((found.conf_low <= truth) & (truth <= found.conf_high))
        rank = n_groups - truth.argsort().argsort()
        ranked += np.mean((found.rank_low <= rank) & (rank <= found.rank_high))
    return inside / REPEATS, ranked / REPEATS


@pytest.mark.slow
@pytest.mark.parametrize("n_groups", [4, 8, 20])
def test_intervals_cover_on_average_under_their_prior(n_groups):
    # The flat prior, up to where the groups lie so far apart that none is pulled.
    found = coverage(
        np.random.default_rng(31), n_groups, lambda rng: rng.uniform(0, 6), "integrated"
    )
    assert 0.935 <= found[0] <= 0.965
    assert found[1] >= 0.93


@pytest.mark.slow
@pytest.mark.parametrize("between", [0.0, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("n_groups", [4, 8, 20])
def test_the_integrated_intervals_never_cover_much_less_at_any_spread(n_groups, between):
    found = coverage(np.random.default_rng(32), n_groups, lambda rng: between, "integrated")
    assert found[0] >= 0.93


@pytest.mark.slow
def test_taking_the_spread_as_known_is_too_sure_with_few_groups():
    plain, _ = coverage(np.random.default_rng(33), 4, lambda rng: 1.0, "REML")
    assert plain < 0.93
