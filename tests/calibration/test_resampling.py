"""Bootstrap intervals, shrunken means and the test of several techniques at once."""

import numpy as np
import pytest

from hipoutcomes.simulate import SCENARIOS
from hipoutcomes.stats.groups.bootstrap import bootstrap_differences, bootstrap_means
from hipoutcomes.stats.groups.shrinkage import shrunken_means
from hipoutcomes.stats.models.least_squares.linear import classical_inference, least_squares

pytestmark = pytest.mark.slow

APPROXIMATE, AT_MOST_6 = (0.93, 0.975), (0.0, 0.06)
N_EXACT, N_APPROXIMATE = 10_000, 4_000
TECHNIQUES = ("deep_tissue", "myofascial_release", "trigger_point")


@pytest.fixture(scope="module")
def measured(patients):
    """Everyone measured again in the default scenario, or where nothing changes."""

    def rows(name):
        everyone = patients(SCENARIOS[name], seed=1)
        return everyone[everyone["status"].eq("measured") & everyone["technique"].notna()]

    return rows


@pytest.mark.parametrize("method", ["BCa", "percentile"])
@pytest.mark.parametrize("size", [30, 60, 200])
def test_bootstrap_of_a_mean(page, measured, size, method):
    improvement = measured("default")["improvement"].to_numpy()
    values = np.random.default_rng(size).choice(improvement, (N_APPROXIMATE, size))
    groups = np.repeat(np.arange(N_APPROXIMATE), size)
    found = bootstrap_means(values.ravel(), groups=groups, seed=size, method=method)
    cell = page.covers(
        f"mean improvement, bootstrap {method}", "default", f"{size} measured",
        improvement.mean(), found.estimate, found.conf_low, found.conf_high, APPROXIMATE,
    )  # fmt: skip
    assert cell.holds, cell


@pytest.mark.parametrize("size", [30, 60, 200])
def test_bootstrap_of_a_difference(page, measured, size):
    rows = measured("default")
    deep = rows["technique"].eq("deep_tissue").to_numpy()
    arms = [rows["improvement"].to_numpy()[deep == arm] for arm in (False, True)]
    rng = np.random.default_rng(size)
    values = np.concatenate([rng.choice(arm, (N_APPROXIMATE, size)) for arm in arms], axis=1)
    groups = np.repeat(np.arange(N_APPROXIMATE), 2 * size)
    found = bootstrap_differences(
        values.ravel(), np.tile(np.repeat([0, 1], size), N_APPROXIMATE), groups=groups, seed=size
    )
    cell = page.covers(
        "difference of means, bootstrap BCa", "default", f"{size} in each arm",
        arms[1].mean() - arms[0].mean(), found.estimate, found.conf_low, found.conf_high,
        APPROXIMATE,
    )  # fmt: skip
    assert cell.holds, cell


@pytest.mark.parametrize("n_groups", [4, 8, 20])
def test_shrunken_means_on_average_under_their_prior(page, n_groups):
    # The flat prior of the spread between groups, up to where none is pulled any more.
    rng, held, widths, gaps = np.random.default_rng(n_groups), [], [], []
    for repeat in range(N_APPROXIMATE // n_groups):
        s = rng.uniform(0.5, 1.5, n_groups)
        truth = rng.normal(3, rng.uniform(0, 6), n_groups)
        found = shrunken_means(truth + rng.normal(0, s), s, seed=repeat, n_draws=400)
        held.extend((found.conf_low <= truth) & (truth <= found.conf_high))
        widths.extend(found.conf_high - found.conf_low)
        gaps.extend(found.estimate - truth)
    cell = page.share(
        "shrunken means, on average", "spread between groups from its prior", f"{n_groups} groups",
        held, APPROXIMATE, truth="its own", bias=float(np.mean(gaps)), width=float(np.mean(widths)),
    )  # fmt: skip
    assert cell.holds, cell


@pytest.mark.parametrize("size", [60, 200])
def test_the_f_test_of_techniques_where_none_differs(page, measured, drawn, size):
    rows = measured("null")
    rejected = []
    for part in drawn(rows, size, N_EXACT, seed=size + 2):
        columns = [np.ones(size), part["baseline"]]
        columns += [part["technique"].eq(code) for code in TECHNIQUES]
        fit = least_squares(np.column_stack(columns).astype(float), part["improvement"].to_numpy())
        rejected.append(classical_inference(fit).test(np.eye(5)[2:]).p_value < 0.05)
    cell = page.share(
        "test of four techniques rejects, ANCOVA", "null", f"{size} measured", rejected, AT_MOST_6,
        truth="at most 0.06",
    )  # fmt: skip
    assert cell.holds, cell
