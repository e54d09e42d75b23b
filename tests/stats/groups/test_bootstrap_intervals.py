import csv

import numpy as np
import pytest
from scipy import stats

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.bootstrap_intervals import (
    bca_interval,
    jackknife_acceleration,
    percentile_interval,
)
from hipoutcomes.stats.groups.bootstrap_resamples import resampled_counts, resampled_patients

#: Digits that two programs may round differently.
SAME = 1e-9


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "bootstrap"


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def kept(folder, statistic, kind):
    rows = rows_of(folder / "values.csv")
    return np.array(
        [float(r["value"]) for r in rows if (r["statistic"], r["kind"]) == (statistic, kind)]
    )


@pytest.mark.parametrize("statistic", ["law", "scores"])
def test_limits_are_read_where_the_boot_package_reads_them(folder, statistic):
    (row,) = [r for r in rows_of(folder / "numbers.csv") if r["statistic"] == statistic]
    expected = {name: float(row[name]) for name in row if name != "statistic"}
    estimates, jackknife = (kept(folder, statistic, kind) for kind in ("resample", "jackknife"))
    found = bca_interval(estimates, expected["estimate"], jackknife, level=expected["level"])
    assert jackknife_acceleration(jackknife) == pytest.approx(expected["acceleration"], rel=SAME)
    limits = [found.conf_low, found.conf_high]
    shares = np.interp(limits, np.sort(estimates), np.linspace(0, 1, len(estimates)))
    expected_shares = [expected["share_low"], expected["share_high"]]
    # boot.ci prints places among 2,000 to two decimals.
    np.testing.assert_allclose(shares, expected_shares, atol=0.005 / 2000 + 1e-9)
    assert found.std_error == pytest.approx(expected["std_error"], rel=SAME)
    assert found.bias == pytest.approx(expected["bias"], rel=1e-6)
    # boot.ci counts places of 2,000 and we of 1,999: the limits lie a resample or so apart.
    near = 0.05 * found.std_error
    assert limits == pytest.approx([expected["conf_low"], expected["conf_high"]], abs=near)


def test_limits_of_one_and_two_samples_are_those_of_scipy():
    rng = np.random.default_rng(11)
    one, two = rng.exponential(size=30), rng.exponential(size=17)

    def difference(x, y, axis=-1):
        return x.mean(axis=axis) - y.mean(axis=axis)

    without = [np.delete(one, i).mean() for i in range(30)]
    without_two = [np.delete(two, i).mean() for i in range(17)]
    cases = [
        ((one,), np.mean, one.mean(), np.array(without)),
        (
            (one, two),
            difference,
            one.mean() - two.mean(),
            [np.array(without) - two.mean(), one.mean() - np.array(without_two)],
        ),
    ]
    for data, statistic, estimate, jackknife in cases:
        peer = stats.bootstrap(data, statistic, n_resamples=999, method="BCa", rng=rng)
        ours = bca_interval(peer.bootstrap_distribution, estimate, jackknife)
        limits = (ours.conf_low, ours.conf_high)
        assert limits == pytest.approx(tuple(peer.confidence_interval), rel=1e-12)
        assert ours.std_error == pytest.approx(peer.standard_error, rel=1e-12)
        plain = stats.bootstrap(
            data, statistic, n_resamples=0, bootstrap_result=peer, method="percentile"
        )
        ours = percentile_interval(peer.bootstrap_distribution, estimate)
        limits = (ours.conf_low, ours.conf_high)
        assert limits == pytest.approx(tuple(plain.confidence_interval), rel=1e-12)


def test_the_law_schools_of_efron_and_tibshirani(folder):
    law = np.array([[float(r["lsat"]), float(r["gpa"])] for r in rows_of(folder / "law.csv")])
    many = {r["quantity"]: float(r["value"]) for r in rows_of(folder / "law_limits.csv")}

    def correlation(schools):
        return np.corrcoef(law[schools].T)[0, 1]

    estimates = np.array([correlation(s) for s in resampled_patients(15, 5000, seed=15)])
    everyone = np.arange(15)
    estimate = correlation(everyone)
    jackknife = np.array([correlation(np.delete(everyone, i)) for i in everyone])
    assert estimate == pytest.approx(many["estimate"], rel=SAME)
    plain = percentile_interval(estimates, estimate, level=0.9)
    mended = bca_interval(estimates, estimate, jackknife, level=0.9)
    # Monte-Carlo error of a 5 % quantile of 5,000 resamples is about 0.005 here.
    assert plain.std_error == pytest.approx(many["std_error"], abs=0.006)
    assert plain.conf_low == pytest.approx(many["percentile_low"], abs=0.02)
    assert plain.conf_high == pytest.approx(many["percentile_high"], abs=0.005)
    assert mended.conf_low == pytest.approx(many["bca_low"], abs=0.025)
    assert mended.conf_high == pytest.approx(many["bca_high"], abs=0.006)


def test_a_statistic_that_never_moves_has_an_interval_without_width():
    for found in (
        percentile_interval(np.full(9, 2.0), 2.0),
        bca_interval(np.full(9, 2.0), 2.0, np.full(4, 2.0)),
    ):
        assert (found.conf_low, found.conf_high, found.std_error, found.bias) == (2, 2, 0, 0)


def test_an_interval_that_cannot_be_given_says_why():
    with pytest.raises(NotEnoughData) as caught:
        bca_interval(np.array([2.0, 3.0]), 1.0, np.array([1.0, 2.0]))
    assert str(caught.value) == (
        "All 2 resamples lie above the estimate 1: its bias cannot be told.\n"
        "  Use more resamples, or the percentile interval."
    )
    with pytest.raises(NotEnoughData, match="All 2 resamples lie below the estimate 4"):
        bca_interval(np.array([2.0, 3.0]), 4.0, np.array([1.0, 2.0]))
    with pytest.raises(NotEnoughData, match=r"2 resamples or more, .* there are 1"):
        percentile_interval([1.0], 1.0)
    with pytest.raises(ValueError, match="the resampled estimates holds 1 missing or infinite"):
        percentile_interval([1.0, np.nan, 3.0], 1.0)
    with pytest.raises(ValueError, match="missing or infinite in the sample itself"):
        percentile_interval([1.0, 2.0], np.nan)
    with pytest.raises(ValueError, match="level must lie between 0 and 1; it is 95"):
        percentile_interval([1.0, 2.0], 1.0, level=95)


def test_resamples_are_of_the_same_patients_by_position_and_as_counts():
    by_place = list(resampled_patients(7, 20, seed=4))
    as_counts = list(resampled_counts(7, 20, seed=4))
    assert len(by_place) == len(as_counts) == 20
    for places, counts in zip(by_place, as_counts, strict=True):
        assert counts.tolist() == [int((places == patient).sum()) for patient in range(7)]
    again = list(resampled_patients(7, 20, seed=4))
    other = list(resampled_patients(7, 20, seed=5))
    assert np.array_equal(by_place, again)
    assert not np.array_equal(by_place, other)


def test_each_stratum_keeps_its_number_of_patients():
    strata = np.array([2, 0, 2, 0, 0, 2, 2])
    counts = np.array(list(resampled_counts(7, 400, seed=8, strata=strata)))
    assert (counts[:, strata == 0].sum(axis=1) == 3).all()
    assert (counts[:, strata == 2].sum(axis=1) == 4).all()
    # Means of 1 with standard error sqrt((1 - 1 / n) / 400), at most 0.044.
    np.testing.assert_allclose(counts.mean(axis=0), 1.0, atol=0.18)
    variance = counts.var(axis=0)
    np.testing.assert_allclose(variance, np.where(strata == 0, 2 / 3, 3 / 4), rtol=0.3)


def test_resamples_that_cannot_be_drawn_say_why():
    with pytest.raises(NotEnoughData, match="A bootstrap needs 2 patients or more; there are 1"):
        resampled_patients(1, 10, seed=1)
    with pytest.raises(ValueError, match="n_resamples must be 1 or more; it is 0"):
        resampled_patients(5, 0, seed=1)
    with pytest.raises(ValueError, match=r"strata must have shape \(5,\)"):
        resampled_counts(5, 3, seed=1, strata=np.zeros(4, dtype=int))
