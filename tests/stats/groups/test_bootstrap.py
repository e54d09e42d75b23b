import numpy as np
import pytest
from scipy import stats

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups import bootstrap_totals
from hipoutcomes.stats.groups.bootstrap import bootstrap_differences, bootstrap_means
from hipoutcomes.stats.groups.bootstrap_kernel import add_up_draws
from hipoutcomes.stats.groups.bootstrap_totals import resampled_totals
from hipoutcomes.stats.groups.bootstrap_weighted import bootstrap_weighted
from hipoutcomes.stats.groups.intervals import group_cluster_means

LIMITS = ("estimate", "std_error", "conf_low", "conf_high", "bias")


@pytest.fixture(params=["compiled", "numpy"])
def way(request, monkeypatch):
    """Both ways to draw; the compiled one where the extra `fast` is installed."""
    if request.param == "compiled":
        pytest.importorskip("numba", reason="the extra 'fast' brings numba")
    else:
        monkeypatch.setattr(bootstrap_totals, "find_spec", lambda name: None)
    return request.param


@pytest.mark.parametrize("n", [6, 61])
def test_totals_have_the_exact_distribution_of_draws_with_replacement(way, n):
    # 61 values of three kinds: NumPy then draws counts; 6: it draws places.
    values = np.arange(n) % 3
    totals = resampled_totals(values[:, None], 40_000, seed=1)[:, 0]
    one = np.bincount(values) / n
    exact = np.ones(1)
    for _ in range(n):
        exact = np.convolve(exact, one)
    seen = np.bincount(totals.astype(int), minlength=len(exact))
    # Rare totals are counted with those below them.
    starts = np.flatnonzero(exact * 40_000 >= 20)
    starts[0] = 0
    seen, expected = (np.add.reduceat(x, starts) for x in (seen, exact * 40_000))
    assert stats.chisquare(seen, expected).pvalue > 0.001


def test_columns_are_drawn_together(way):
    table = np.array([[1.0, 10.0], [2.0, 20.0], [5.0, 50.0]])
    totals = resampled_totals(table, 200, seed=2)
    np.testing.assert_allclose(totals[:, 1], 10 * totals[:, 0])
    assert len(np.unique(totals[:, 0])) > 5


def test_every_patient_is_drawn_as_often_as_any_other(way):
    totals = resampled_totals(np.eye(80), 4000, seed=3)
    assert (totals.sum(axis=1) == 80).all()
    # Each mean of 4,000 counts has standard error 0.016; all 80 lie within 4.5 of them.
    assert np.abs(totals.mean(axis=0) - 1).max() < 0.07
    assert totals.var(axis=0).mean() == pytest.approx(1 - 1 / 80, abs=0.015)
    neighbours = np.corrcoef(totals[:, :-1].ravel(), totals[:, 1:].ravel())[0, 1]
    assert neighbours == pytest.approx(-1 / 79, abs=0.008)


def test_neither_neighbouring_resamples_nor_other_streams_go_together(way):
    table = np.random.default_rng(3).normal(size=(60, 1))
    n = 40_000
    first, other = (resampled_totals(table, n, seed=1, stream=stream)[:, 0] for stream in (0, 1))
    for a, b in ((first[1:], first[:-1]), (first[2:], first[:-2]), (first, other)):
        assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(n)
        assert abs(np.corrcoef(a**2, b**2)[0, 1]) < 4 / np.sqrt(n)


def test_the_compiled_kernel_is_the_python_it_was_compiled_from():
    pytest.importorskip("numba", reason="the extra 'fast' brings numba")
    columns = np.random.default_rng(4).normal(size=(2, 1035))
    totals = resampled_totals(columns.T, 7, seed=4, compiled=True)
    key = np.random.SeedSequence([4, 0]).generate_state(1, np.uint64)[0]
    plain = np.zeros((7, 2))
    with np.errstate(over="ignore"):
        add_up_draws(columns, key, 3, 7, plain)
        add_up_draws(columns, key, 0, 3, plain)
    np.testing.assert_array_equal(totals, plain)


def test_standard_error_and_bias_are_those_of_the_ideal_bootstrap(way):
    rng = np.random.default_rng(5)
    values, groups = rng.exponential(size=900), np.repeat([0, 1, 2], [30, 70, 800])
    found = bootstrap_means(values, seed=5, groups=groups, n_resamples=20_000)
    for group in range(3):
        part = values[groups == group]
        assert found.estimate[group] == pytest.approx(part.mean())
        ideal = part.std() / np.sqrt(len(part))
        # A standard deviation of 20,000 draws is off by 0.5 %.
        assert found.std_error[group] == pytest.approx(ideal, rel=0.02)
        assert abs(found.bias[group]) < 4 * ideal / np.sqrt(20_000)


def test_limits_come_near_those_of_scipy(way):
    rng = np.random.default_rng(6)
    one, two = rng.exponential(size=40), rng.exponential(2, size=60)
    values, arms = np.append(one, two), np.repeat([0, 1], [40, 60])
    found = bootstrap_differences(values, arms, seed=6, n_resamples=40_000)

    def difference(x, y, axis=-1):
        return y.mean(axis=axis) - x.mean(axis=axis)

    peer = stats.bootstrap(
        (one, two), difference, n_resamples=40_000, method="BCa", rng=rng, batch=2000
    )
    limits = (found.conf_low[0], found.conf_high[0])
    # A 2.5 % quantile of 40,000 draws is off by about 0.013 standard errors.
    near = 0.07 * peer.standard_error
    assert limits == pytest.approx(tuple(peer.confidence_interval), abs=near)
    assert found.estimate[0] == pytest.approx(two.mean() - one.mean())


@pytest.mark.parametrize("method", ["BCa", "percentile"])
def test_a_seed_gives_one_answer_and_groups_do_not_disturb_each_other(way, method):
    rng = np.random.default_rng(7)
    values, groups = rng.integers(0, 11, 300).astype(float), rng.integers(0, 3, 300)
    options = {"seed": 7, "n_resamples": 300, "method": method}
    all_three = bootstrap_means(values, groups=groups, **options)
    first_two = bootstrap_means(values[groups < 2], groups=groups[groups < 2], **options)
    other = bootstrap_means(values, groups=groups, **(options | {"seed": 8}))
    for name in LIMITS:
        np.testing.assert_array_equal(getattr(all_three, name)[:2], getattr(first_two, name))
    assert not np.array_equal(all_three.conf_low, other.conf_low)


def test_rows_of_one_patient_are_never_torn_apart(way):
    values = np.random.default_rng(8).normal(size=25)
    options = {"seed": 8, "n_resamples": 400}
    once = bootstrap_means(values, **options)
    patients = np.array([f"patient {i:02d}" for i in range(25)])
    # Every value four times under one patient says no more than once.
    often = bootstrap_means(np.repeat(values, 4), clusters=np.repeat(patients, 4), **options)
    for name in LIMITS:
        np.testing.assert_allclose(getattr(often, name), getattr(once, name), atol=1e-12)
    assert often.n_clusters.tolist() == [25]


def test_clusters_of_unequal_size_have_the_spread_of_the_clustered_formula(way):
    rng = np.random.default_rng(9)
    clusters = np.repeat(np.arange(80), rng.integers(1, 8, 80))
    values = rng.normal(size=80)[clusters] + rng.normal(size=len(clusters))
    found = bootstrap_means(values, clusters=clusters, seed=9, n_resamples=10_000)
    formula = group_cluster_means(values, clusters, np.zeros(len(values), dtype=int))
    assert found.estimate[0] == pytest.approx(formula.estimate[0])
    assert found.std_error[0] == pytest.approx(formula.std_error[0], rel=0.05)


def test_weights_give_the_same_answer_as_means_and_differences():
    rng = np.random.default_rng(10)
    values, arms = rng.exponential(size=70), np.repeat([0, 1], [30, 40])
    fast = bootstrap_differences(values, arms, seed=10, n_resamples=20_000)

    def difference(counts):
        return np.average(values[30:], weights=counts[30:]) - np.average(
            values[:30], weights=counts[:30]
        )

    slow = bootstrap_weighted(difference, 70, strata=arms, seed=10, n_resamples=6000)
    assert slow.estimate == pytest.approx(fast.estimate[0])
    assert slow.std_error == pytest.approx(fast.std_error[0], rel=0.05)
    near = 0.12 * slow.std_error
    limits = (fast.conf_low[0], fast.conf_high[0])
    assert (slow.conf_low, slow.conf_high) == pytest.approx(limits, abs=near)
    plain = bootstrap_weighted(
        difference, 70, strata=arms, seed=10, n_resamples=6000, method="percentile"
    )
    assert plain.std_error == slow.std_error
    assert plain.conf_low != slow.conf_low


def test_equal_values_have_an_interval_without_width(way):
    found = bootstrap_means([0.1] * 37 + [0.3] * 30, groups=[0] * 37 + [1] * 30, seed=11)
    np.testing.assert_allclose(found.conf_low, [0.1, 0.3])
    np.testing.assert_allclose(found.conf_high, [0.1, 0.3])


def test_groups_too_small_to_resample_are_missing_and_silence_no_other(way):
    sizes = [30, 0, 1, 29]
    values, groups = np.arange(60.0) % 7, np.repeat(np.arange(4), sizes)
    found = bootstrap_means(values, groups=groups, seed=12, n_resamples=50)
    assert found.n_clusters.tolist() == sizes
    assert np.isnan(found.estimate).tolist() == [False, True, False, False]
    assert np.isnan(found.conf_low).tolist() == [False, True, True, True]
    # 30 in each arm of the first group, 30 and 29 in those of the second.
    arms = np.tile([0, 1], 60)[:119]
    found = bootstrap_differences(
        np.arange(119.0) % 7, arms, groups=np.repeat([0, 1], [60, 59]), seed=12
    )
    assert np.isnan(found.estimate).tolist() == [False, False]
    assert np.isnan(found.conf_high).tolist() == [False, True]


def test_without_numba_the_answer_comes_from_numpy(monkeypatch):
    monkeypatch.setattr(bootstrap_totals, "find_spec", lambda name: None)
    table = np.random.default_rng(13).normal(size=(30, 1))
    np.testing.assert_array_equal(
        resampled_totals(table, 20, seed=1), resampled_totals(table, 20, seed=1, compiled=False)
    )
    with pytest.raises(ValueError) as caught:
        resampled_totals(table, 20, seed=1, compiled=True)
    assert str(caught.value) == (
        'Compiled resampling needs Numba: pip install "hipoutcomes[fast]".'
    )


def test_what_cannot_be_resampled_says_why():
    with pytest.raises(ValueError) as caught:
        bootstrap_differences([1.0] * 4, [0, 1, 0, 1], clusters=["a", "a", "b", "c"], seed=1)
    assert str(caught.value) == (
        "1 clusters have values in both arms of a group, which are resampled apart; "
        "use bootstrap_weighted, which resamples a cluster with all its values."
    )
    with pytest.raises(ValueError, match="method must be one of BCa, percentile; it is 'basic'"):
        bootstrap_means([1.0, 2.0], seed=1, method="basic")
    with pytest.raises(ValueError, match="n_resamples must be 2 or more; it is 1"):
        bootstrap_means([1.0, 2.0], seed=1, n_resamples=1)
    with pytest.raises(ValueError, match="arm codes must lie in 0 to 1; they run from 0 to 2"):
        bootstrap_differences([1.0, 2.0], [0, 2], seed=1)
    with pytest.raises(ValueError, match="values holds 1 missing or infinite numbers of 2"):
        bootstrap_means([1.0, np.nan], seed=1)
    with pytest.raises(ValueError, match=r"clusters must have shape \(2,\) like the values"):
        bootstrap_means([1.0, 2.0], clusters=[1], seed=1)


def test_a_statistic_that_fails_in_some_resamples_is_not_given_from_the_others():
    def needs_both(counts):
        if counts[0] == 0:
            raise NotEnoughData("The first patient is not there.")
        return counts[1] / counts[0]

    with pytest.raises(NotEnoughData) as caught:
        bootstrap_weighted(needs_both, 5, seed=1, n_resamples=100, method="percentile")
    first, *others = str(caught.value).splitlines()
    # A patient is missing from a resample of five with chance 0.8 ** 5 = 0.33.
    n_failed = int(first.split()[7])
    assert 18 <= n_failed <= 48
    assert first == f"The statistic could not be had in {n_failed} of 100 resamples."
    assert others == [
        "  An interval from the others would leave out the samples that are hardest to estimate.",
        "  Join groups that are too small, or ask a simpler question.",
    ]
