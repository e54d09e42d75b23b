"""Days as they leave: shifts keep weekdays and intervals, and say nothing of the client."""

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.privacy.dates import first_days, in_words, shift_of, shifted, years_of


def test_a_shift_is_whole_weeks_back_and_never_none():
    shifts = np.array([shift_of(f"client {i}", b"secret") for i in range(3000)])
    assert set(shifts) == {-7 * week for week in range(1, 53)}
    assert np.bincount(-shifts // 7)[1:].min() > 25  # 3000 / 52 is about 58


def test_a_shift_is_the_clients_own_and_the_secrets():
    assert shift_of("a", b"one") == shift_of("a", b"one")
    assert len({shift_of("a", bytes([i])) for i in range(40)}) > 10


def test_shifting_keeps_weekdays_intervals_and_order_of_each_client():
    rng = np.random.default_rng(5)
    days = rng.integers(20000, 20700, 400).astype(float)
    days[::50] = np.nan
    clients = np.array([f"c{i}" for i in rng.integers(0, 30, 400)])
    moved = shifted(days, clients, b"secret")
    assert (np.isnan(moved) == np.isnan(days)).all()
    gone = pd.Series(moved - days).groupby(clients)
    assert (gone.nunique() == 1).all() and (gone.first() % 7 == 0).all()
    assert gone.first().nunique() > 10
    before, after = pd.to_datetime(days, unit="D"), pd.to_datetime(moved, unit="D")
    known = ~np.isnan(days)
    assert (before[known].day_of_week == after[known].day_of_week).all()


def test_the_first_visit_is_day_zero_also_after_an_earlier_score():
    days = np.array([10.0, 4.0, 12.0, 7.0, np.nan])
    clients = np.array(["a", "a", "a", "b", "c"])
    is_visit = np.array([True, False, True, False, True])
    first = first_days(days, clients, is_visit)
    assert first[:4].tolist() == [10, 10, 10, 7] and np.isnan(first[4])


def test_days_in_words_and_their_years():
    assert in_words(np.array([0.0, 19782.0])).tolist() == ["1970-01-01", "2024-02-29"]
    assert years_of(np.array([-1.0, 0.0, 20453.0])).tolist() == [1969, 1970, 2025]
    assert years_of(np.array([20454.0]))[0] == 2026
    assert in_words(np.array([np.nan])).isna().all()


@pytest.mark.parametrize("n", [0, 1])
def test_no_rows_are_no_trouble(n):
    assert len(shifted(np.zeros(n), np.array(["a"] * n), b"s")) == n
