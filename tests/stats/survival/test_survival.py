import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.survival.competing import cumulative_incidence
from hipoutcomes.stats.survival.event_counts import event_counts
from hipoutcomes.stats.survival.kaplan_meier import kaplan_meier
from hipoutcomes.stats.survival.log_rank import log_rank
from hipoutcomes.stats.survival.shares_at import shares_at

#: Estimates and standard errors are held to this, relative.
SAME = 1e-10

AXES = ("day", "sessions", "exact")


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def column(rows, name):
    return np.array([float(row[name].replace("NA", "nan")) for row in rows])


def patients_of(folder):
    rows = rows_of(folder / "patients.csv")
    return {name: column(rows, name) for name in rows[0]}


@pytest.fixture(scope="module")
def survival_folder(root):
    return root / "tests" / "oracles" / "survival"


@pytest.fixture(scope="module")
def competing_folder(root):
    return root / "tests" / "oracles" / "competing"


@pytest.mark.parametrize("axis", AXES)
def test_curves_are_those_of_r_survfit(survival_folder, axis):
    data = patients_of(survival_folder)
    curves = kaplan_meier(data[axis], data["event"], data["group"].astype(int))
    rows = [r for r in rows_of(survival_folder / "curves.csv") if r["axis"] == axis]
    assert len(curves) == 4
    for group, curve in enumerate(curves):
        expected = [r for r in rows if int(r["group"]) == group]
        np.testing.assert_allclose(curve.times, column(expected, "time"))
        for name in ("n_at_risk", "n_events"):
            np.testing.assert_array_equal(getattr(curve, name), column(expected, name))
        np.testing.assert_allclose(
            curve.survival, column(expected, "survival"), rtol=SAME, atol=1e-15
        )
        for name in ("std_error", "conf_low", "conf_high"):
            r = column(expected, name)
            # R gives no standard error to a share of 0.
            known = np.isfinite(r) | (column(expected, "survival") > 0)
            np.testing.assert_allclose(getattr(curve, name)[known], r[known], rtol=SAME)
        gone = curve.survival == 0
        assert (curve.std_error[gone] == 0).all()
        assert np.isnan(curve.conf_low[gone]).all()
        assert curve.n_censored.sum() + curve.n_events.sum() == curve.n_at_risk[0]


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("level", [0.95, 0.9])
def test_medians_are_those_of_r_survfit(survival_folder, axis, level):
    data = patients_of(survival_folder)
    curves = kaplan_meier(data[axis], data["event"], data["group"].astype(int), level=level)
    rows = rows_of(survival_folder / "medians.csv")
    rows = [r for r in rows if r["axis"] == axis and float(r["level"]) == level]
    assert len(rows) == 4
    for row, curve in zip(rows, curves, strict=True):
        for name in ("median", "median_low", "median_high"):
            value = float(row[name].replace("NA", "nan"))
            assert getattr(curve, name) == pytest.approx(value, rel=SAME, nan_ok=True), (row, name)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("n_groups", [2, 4])
def test_log_rank_is_that_of_r_survdiff(survival_folder, axis, n_groups):
    data = patients_of(survival_folder)
    kept = data["group"] < n_groups
    found = log_rank(data[axis][kept], data["event"][kept], data["group"][kept].astype(int))
    rows = rows_of(survival_folder / "tests.csv")
    rows = [r for r in rows if r["axis"] == axis and int(r["n_groups"]) == n_groups]
    assert len(rows) == n_groups
    np.testing.assert_array_equal(found.observed, column(rows, "observed"))
    np.testing.assert_allclose(found.expected, column(rows, "expected"), rtol=SAME)
    assert found.df == int(rows[0]["df"])
    assert found.statistic == pytest.approx(float(rows[0]["statistic"]), rel=SAME)
    assert found.p_value == pytest.approx(float(rows[0]["p_value"]), rel=SAME)


@pytest.mark.parametrize("axis", AXES)
def test_competing_events_are_those_of_r_survfit(competing_folder, axis):
    data = patients_of(competing_folder)
    groups = cumulative_incidence(data[axis], data["cause"], data["group"].astype(int))
    rows = [r for r in rows_of(competing_folder / "curves.csv") if r["axis"] == axis]
    assert len(groups) == 3
    for group, curves in enumerate(groups):
        np.testing.assert_allclose(curves.event_free + curves.incidence.sum(axis=0), 1.0)
        for cause in (1, 2):
            expected = [r for r in rows if (int(r["group"]), int(r["cause"])) == (group, cause)]
            np.testing.assert_allclose(curves.times, column(expected, "time"))
            np.testing.assert_array_equal(curves.n_at_risk, column(expected, "n_at_risk"))
            events = curves.n_events[cause - 1]
            np.testing.assert_array_equal(events, column(expected, "n_events"))
            for name in ("event_free", "event_free_std_error"):
                np.testing.assert_allclose(
                    getattr(curves, name), column(expected, name), rtol=SAME, atol=1e-15
                )
            for name in ("incidence", "std_error", "conf_low", "conf_high"):
                np.testing.assert_allclose(
                    getattr(curves, name)[cause - 1], column(expected, name), rtol=SAME
                )


@pytest.mark.parametrize("scale", [1, 0.001, 10_000_000])
def test_one_event_is_the_kaplan_meier_curve_on_any_scale(scale):
    # A grid of days, fractions, and whole times too far apart for a grid.
    rng = np.random.default_rng(21)
    days, event = rng.integers(0, 30, 200), rng.integers(0, 2, 200)
    (plain,) = kaplan_meier(days, event)
    (curve,) = kaplan_meier(days * scale, event)
    (curves,) = cumulative_incidence(days * scale, event)
    np.testing.assert_allclose(curve.times, plain.times * scale)
    np.testing.assert_array_equal(curve.survival, plain.survival)
    np.testing.assert_allclose(curves.incidence[0], 1 - plain.survival)
    np.testing.assert_allclose(curves.std_error[0], plain.std_error, rtol=1e-9)
    np.testing.assert_allclose(curves.event_free_std_error, plain.std_error)


def test_without_censoring_the_curves_are_shares_of_patients():
    days = np.array([1, 1, 2, 3, 3, 3, 4, 6, 6, 9])
    cause = np.array([1, 2, 1, 1, 2, 2, 1, 1, 1, 2])
    (curve,) = kaplan_meier(days, cause > 0)
    (curves,) = cumulative_incidence(days, cause)
    for place, time in enumerate(curve.times):
        assert curve.survival[place] == pytest.approx(np.mean(days > time))
        for number in (1, 2):
            share = np.mean((days <= time) & (cause == number))
            assert curves.incidence[number - 1, place] == pytest.approx(share)
            error = np.sqrt(share * (1 - share) / 10)
            assert curves.std_error[number - 1, place] == pytest.approx(error)


def test_events_come_before_the_ends_of_follow_up_on_one_day():
    (curve,) = kaplan_meier([5, 5], [0, 1])
    assert curve.survival.tolist() == [0.5]
    assert curve.n_at_risk.tolist() == [2]


def test_all_censored_is_a_curve_that_stays_at_one():
    (curve,) = kaplan_meier([3, 7, 7], [0, 0, 0])
    assert curve.survival.tolist() == [1, 1]
    assert curve.std_error.tolist() == [0, 0]
    assert np.isnan([curve.median, curve.median_low, curve.median_high]).all()
    (curves,) = cumulative_incidence([3, 7, 7], [0, 0, 0])
    assert curves.incidence.tolist() == [[0, 0]]


def test_a_stretch_at_a_half_has_its_middle_for_median():
    (curve,) = kaplan_meier([1, 2, 5, 8], [1, 1, 1, 1])
    assert curve.median == 3.5
    (curve,) = kaplan_meier([1, 2, 5, 8], [1, 1, 0, 0])
    assert curve.median == 2


def test_a_share_at_a_time_is_that_of_the_last_step():
    (curve,) = kaplan_meier([2, 3, 3, 5, 8], [1, 1, 0, 1, 1])
    found = shares_at(curve, [8, 0, 3, 4.5, 2, 50])
    np.testing.assert_allclose(found.share, [0, 1, 0.6, 0.6, 0.8, 0])
    assert found.n_at_risk.tolist() == [1, 5, 4, 2, 5, 0]
    assert found.std_error[1] == 0
    assert np.isnan(found.conf_low[1])
    assert found.conf_low[2] == curve.conf_low[1]
    (curves,) = cumulative_incidence([2, 3, 3, 5, 8], [1, 2, 0, 1, 2])
    found = shares_at(curves, [1, 4, 9])
    np.testing.assert_allclose(found.share, [[0, 0.2, 0.5], [0, 0.2, 0.5]])
    assert found.conf_high[1, 1] == curves.conf_high[1, 1]


def test_nothing_is_said_beyond_follow_up():
    (curve,) = kaplan_meier([2, 3, 3, 5, 8], [1, 1, 0, 1, 0])
    with pytest.raises(NotEnoughData) as caught:
        shares_at(curve, [4, 9])
    assert str(caught.value) == (
        "Nobody was followed beyond 8: nothing is known at 9.\n  Ask for times up to 8."
    )
    with pytest.raises(ValueError, match="days must be 0 or more; the earliest is -1"):
        shares_at(curve, [-1.0])


def test_the_order_of_patients_and_the_kind_of_numbers_change_nothing():
    rng = np.random.default_rng(22)
    days, event, group = (
        rng.integers(0, 40, 300), rng.integers(0, 2, 300), rng.integers(0, 3, 300)
    )  # fmt: skip
    first = kaplan_meier(days, event, group)
    order = rng.permutation(300)
    given = (days[order].astype(float), event[order].astype(bool), group[order].astype(np.int8))
    for one, two in zip(first, kaplan_meier(*given), strict=True):
        np.testing.assert_array_equal(one.survival, two.survival)
        np.testing.assert_array_equal(one.times, two.times)
    assert log_rank(*given).statistic == log_rank(days, event, group).statistic


def test_groups_alike_are_not_told_apart():
    days, event = np.tile([1, 2, 4, 6], 2), np.tile([1, 1, 0, 1], 2)
    found = log_rank(days, event, np.repeat([0, 1], 4))
    assert found.statistic == pytest.approx(0)
    assert found.p_value == pytest.approx(1)


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        (([], []), NotEnoughData, "Nobody was followed: there are no times."),
        (([1, 2], [0, 1], [0, 2]), NotEnoughData, "Nobody was followed in group 1."),
        (
            ([3.0, -4.0], [0, 1]),
            ValueError,
            "days holds 1 negative times of 2, the earliest -4; "
            "time runs from 0, the start of each patient.",
        ),
        (
            ([3.0, np.nan], [0, 1]),
            ValueError,
            "days holds 1 missing or infinite numbers of 2; leave them out first, and count them.",
        ),
        (
            ([3.0, 4.0], [0, np.nan]),
            ValueError,
            "the events holds 1 missing or infinite numbers of 2; "
            "leave them out first, and count them.",
        ),
        (
            ([3, 4], [0, 0.5]),
            ValueError,
            "Events must be coded 0 for none and from 1 by cause.",
        ),
        (([3, 4], [0, -1]), ValueError, "event codes must lie in 0 to 0; they run from -1 to 0."),
        (
            ([3, 4], [0]),
            ValueError,
            "events must have shape (2,) like the values; it has (1,).",
        ),
    ],
)
def test_times_that_cannot_be_counted_say_why(given, kind, message):
    for function in (event_counts, kaplan_meier, cumulative_incidence):
        with pytest.raises(kind) as caught:
            function(*given)
        assert str(caught.value) == message


def test_tests_and_curves_that_cannot_be_given_say_why():
    with pytest.raises(ValueError, match="event must be 0 or 1; it reaches 2") as caught:
        kaplan_meier([1, 2], [1, 2])
    assert "For several causes use cumulative_incidence." in str(caught.value)
    with pytest.raises(ValueError, match=r"event must be 0 or 1; it reaches 2\."):
        log_rank([1, 2], [1, 2], [0, 1])
    with pytest.raises(NotEnoughData, match=r"needs 2 groups or more; there is 1\."):
        log_rank([1, 2], [1, 1], [0, 0])
    with pytest.raises(NotEnoughData, match=r"needs an event; nobody had one\."):
        log_rank([1, 2], [0, 0], [0, 1])
    with pytest.raises(NotEnoughData, match=r"2 groups at risk when an event comes; there is only"):
        log_rank([1, 2, 3], [0, 1, 1], [0, 1, 1])
    with pytest.raises(NotEnoughData, match=r"all who were there had it at once\."):
        log_rank([2, 2, 2], [1, 1, 1], [0, 1, 1])
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        kaplan_meier([1, 2], [1, 1], level=0)
