"""Bounds, assumed means and flip points against R, and what must always hold of them."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.proportions import agresti_coull
from hipoutcomes.stats.missing.assumed_means import (
    least_improved_mean,
    mean_if,
    mean_if_least_improved,
)
from hipoutcomes.stats.missing.bounds import mean_bounds, share_bounds
from hipoutcomes.stats.missing.flip_point import flip_of_interval, flip_of_mean, flip_of_share

#: Root searches of two programs stop within this of one another.
SAME = 1e-9


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def oracle(root):
    folder = root / "tests" / "oracles" / "bounds"
    cases = {}
    for row in rows_of(folder / "values.csv"):
        first, later, there = float(row["first"]), float(row["later"]), row["measured"] == "TRUE"
        cases.setdefault(row["case"], []).append((first, later, there))
    return folder, {name: np.array(rows) for name, rows in cases.items()}


def parts_of(rows):
    """Improvements of those measured, and the worst and best of the others, on pain of 0 to 10."""
    first, later, there = rows[:, 0], rows[:, 1], rows[:, 2] == 1
    return (first - later)[there], (first - 10)[~there], first[~there]


def numbers_of(measured, worst, best, level):
    bounds = mean_bounds(measured, worst, best, level)
    n_better = int((measured >= 2).sum())
    shares = share_bounds(n_better, len(measured), len(worst), level)
    got = {name: getattr(bounds, name) for name in ("low", "high", "conf_low", "conf_high")}
    got |= {f"share_{name}": getattr(shares, name) for name in got}
    for assumed in (0, 1.5):
        mean = mean_if(measured, len(worst), assumed, level)
        got |= {
            f"if_{assumed}": mean.estimate,
            f"if_{assumed}_low": mean.conf_low,
            f"if_{assumed}_high": mean.conf_high,
        }
    return got


def test_bounds_assumed_means_and_flip_points_are_those_of_base_r(oracle):
    folder, cases = oracle
    seen = set()
    for row in rows_of(folder / "numbers.csv"):
        measured, worst, best = parts_of(cases[row["case"]])
        level, quantity = float(row["level"]), row["quantity"]
        if quantity == "flip_interval":
            # The reach of the scale is not part of R's search.
            far = np.full(len(worst), -20.0)
            value = flip_of_interval(measured, far, best, level=level).assumed
        else:
            value = numbers_of(measured, worst, best, level)[quantity]
        assert value == pytest.approx(float(row["value"]), abs=SAME), row
        seen.add((row["case"], quantity))
    assert ("a", "flip_interval") in seen
    assert len(seen) > 40


def test_like_the_least_improved_has_the_error_that_resampling_patients_gives(oracle):
    folder, cases = oracle
    tails = {row["quantity"]: float(row["value"]) for row in rows_of(folder / "tails.csv")}
    measured, worst, _ = parts_of(cases["a"])
    mean = mean_if_least_improved(measured, len(worst), 0.25)
    assert mean.estimate == pytest.approx(tails["estimate"], abs=SAME)
    # Leading order in 1 / n: 48 patients leave the bootstrap about a tenth of play.
    assert mean.std_error == pytest.approx(tails["std_error_bootstrap"], rel=0.1)


def test_with_nobody_missing_everything_is_the_ordinary_interval():
    values, none = np.array([3.0, 1, 0, 4, 2, -1, 5]), np.array([])
    usual = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    bounds = mean_bounds(values, none, none)
    assert (bounds.low, bounds.high) == (2.0, 2.0)
    assert (bounds.conf_low, bounds.conf_high) == pytest.approx((usual.low, usual.high), abs=1e-12)
    for mean in (mean_if(values, 0, -5.0), mean_if_least_improved(values, 0, 0.25)):
        assert (mean.conf_low, mean.conf_high) == pytest.approx((usual.low, usual.high), abs=1e-12)
    shares, interval = share_bounds(3, 7, 0), agresti_coull(3, 7)
    assert (shares.low, shares.high) == (3 / 7, 3 / 7)
    assert (shares.conf_low, shares.conf_high) == pytest.approx(
        (interval.conf_low, interval.conf_high), abs=1e-12
    )


def test_like_the_least_improved_of_all_is_like_everyone_measured():
    values = np.array([3.0, 1, 0, 4, 2, -1, 5])
    mean = mean_if_least_improved(values, 4, 1.0)
    usual = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert mean.estimate == pytest.approx(2.0)
    # The mean of those measured, with the spread of 7 values seen as one of 11 patients.
    assert mean.std_error == pytest.approx(values.std(ddof=1) / 7**0.5, rel=0.05)
    assert mean.conf_high == pytest.approx(usual.high, rel=0.05)


def test_the_critical_value_lies_between_one_sided_and_two_sided():
    measured = np.tile([0.0, 4.0], 30)
    wide = mean_bounds(measured, np.full(30, -5.0), np.full(30, 6.0))
    narrow = mean_bounds(measured, np.full(1, 1.9), np.full(1, 2.0))
    assert wide.critical == pytest.approx(stats.t(89).ppf(0.95), abs=1e-6)
    assert narrow.critical == pytest.approx(stats.t(60).ppf(0.975), abs=1e-2)


def test_an_identical_score_for_all_leaves_the_bounds_themselves():
    bounds = mean_bounds(np.full(3, 2.0), np.full(2, 2.0), np.full(2, 2.0))
    assert (bounds.low, bounds.conf_low, bounds.conf_high) == (2.0, 2.0, 2.0)


scores = st.integers(0, 10)


@given(
    patients=st.lists(st.tuples(scores, scores, st.booleans()), min_size=2, max_size=60),
    level=st.sampled_from([0.5, 0.9, 0.95]),
)
def test_bounds_always_contain_what_complete_data_would_have_given(patients, level):
    first, later, there = (np.array(column) for column in zip(*patients, strict=True))
    improvement, there = (first - later).astype(float), there.astype(bool)
    worst, best = (first - 10.0)[~there], first.astype(float)[~there]
    bounds = mean_bounds(improvement[there], worst, best, level)
    assert bounds.low - 1e-9 <= improvement.mean() <= bounds.high + 1e-9
    assert bounds.conf_low <= bounds.low + 1e-9
    assert bounds.conf_high >= bounds.high - 1e-9
    better = improvement >= 2
    shares = share_bounds(int(better[there].sum()), int(there.sum()), int((~there).sum()), level)
    assert shares.low <= better.mean() <= shares.high
    assert 0 <= shares.conf_low <= shares.low + 1e-9
    assert shares.high - 1e-9 <= shares.conf_high <= 1


@given(
    patients=st.lists(st.tuples(scores, scores), min_size=3, max_size=40),
    missing=st.lists(scores, min_size=1, max_size=20),
    target=st.sampled_from([0.0, 1.0]),
)
def test_a_flip_point_turns_the_finding_exactly_there(patients, missing, target):
    measured = np.array([first - later for first, later in patients], float)
    first = np.array(missing, float)
    worst, best = first - 10, first
    flip = flip_of_mean(measured, worst, best, target)
    if flip.verdict == "fails below":
        assert worst.mean() <= flip.assumed <= measured.mean() + 1e-9
        assert mean_if(measured, len(first), flip.assumed).estimate == pytest.approx(target)
    if flip.verdict == "never fails":
        assert mean_bounds(measured, worst, best).low > target - 1e-9
    flip = flip_of_interval(measured, worst, best, target)
    if flip.verdict == "fails below":
        for step, holds in ((1e-6, True), (-1e-6, False)):
            low = mean_if(measured, len(first), flip.assumed + step).conf_low
            assert (low > target) is holds
    if flip.verdict == "never fails":
        assert mean_if(measured, len(first), worst.mean()).conf_low > target


def test_a_share_flips_where_the_missing_bring_it_down_to_the_target():
    flip = flip_of_share(30, 48, 13, 0.5)
    assert (30 + 13 * flip.assumed) / 61 == pytest.approx(0.5)
    assert flip_of_share(30, 48, 0, 0.5).verdict == "never fails"
    assert flip_of_share(24, 48, 13, 0.5).verdict == "fails already"


def test_part_of_a_patient_counts_in_the_least_improved():
    values = np.array([4.0, 0.0, 2.0, 1.0, 3.0])
    assert least_improved_mean(values, 0.3) == pytest.approx((0 + 0.5 * 1) / 1.5)
    assert least_improved_mean(values, 0.1) == 0.0


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (
            lambda: mean_bounds([1.0], [], []),
            NotEnoughData,
            "A mean with an interval needs 2 patients or more; there are 1.",
        ),
        (
            lambda: mean_bounds([1.0, 2.0], [3.0], [2.0]),
            ValueError,
            "Each of those not measured needs a worst that is not above its best.",
        ),
        (
            lambda: mean_bounds([1.0, np.nan], [], []),
            ValueError,
            "measured holds 1 missing or infinite numbers of 2; leave them out first, and count "
            "them.",
        ),
        (
            lambda: mean_bounds([1.0, 2.0], [], [], 95),
            ValueError,
            "level must lie between 0 and 1; it is 95.",
        ),
        (
            lambda: share_bounds(5, 4, 1),
            ValueError,
            "Counts must have 0 <= better <= measured and 0 or more missing; they are 5 better of "
            "4 measured and 1 missing.",
        ),
        (
            lambda: share_bounds(0, 0, 0),
            NotEnoughData,
            "A share needs one patient or more; there are none.",
        ),
        (
            lambda: least_improved_mean([1.0], 0),
            ValueError,
            "share must lie above 0, up to 1; it is 0.",
        ),
        (
            lambda: mean_if_least_improved([1.0], 3, 0.25),
            NotEnoughData,
            "A mean with an interval needs 2 patients or more; there are 1.",
        ),
        (
            lambda: flip_of_mean([], [1.0], [2.0]),
            NotEnoughData,
            "A finding needs patients who were measured; there are none.",
        ),
        (
            lambda: flip_of_share(0, 0, 5, 0.5),
            NotEnoughData,
            "A finding needs patients who were measured; there are none.",
        ),
    ],
)
def test_bad_input_is_refused_in_words(ask, error, message):
    with pytest.raises(error) as caught:
        ask()
    assert str(caught.value) == message
