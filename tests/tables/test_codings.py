"""Scores that were written another way."""

import numpy as np
import pytest

from hipoutcomes.tables.codings import activities_of_the_start, recode, same_activities

NAN = np.nan


def test_the_old_oxford_coding_is_turned():
    old = np.array([12.0, 36.0, 60.0, 11.0, 61.0, NAN])
    found = recode(old, "oxford_hip_score", "12-60")
    assert np.array_equal(found, [48.0, 24.0, 0.0, NAN, NAN, NAN], equal_nan=True)


def test_hoos_ps_in_the_other_direction_is_turned():
    found = recode(np.array([0.0, 100.0, 37.7]), "hoos_ps", "0 = no difficulty")
    assert found == pytest.approx([100.0, 0.0, 62.3])


def test_an_unknown_coding_names_those_there_are():
    with pytest.raises(ValueError, match=r"no coding '0-96' of lefs; there is '12-60' of oxford"):
        recode(np.array([1.0]), "lefs", "0-96")


def test_only_activities_scored_twice_count():
    first = {"psfs_1": [2.0, 3.0, NAN], "psfs_2": [4.0, NAN, NAN], "psfs_3": [NAN, NAN, NAN]}
    later = {"psfs_1": [6.0, NAN, 5.0], "psfs_2": [5.0, 8.0, NAN], "psfs_3": [9.0, 9.0, 9.0]}
    start, end = same_activities(first, later)
    assert np.array_equal(start, [3.0, NAN, NAN], equal_nan=True)
    assert np.array_equal(end, [5.5, NAN, NAN], equal_nan=True)


def test_later_rows_keep_the_activities_of_the_start():
    owner = np.array(["a", "a", "a", "b", "b"])
    items = {
        "psfs_1": np.array([NAN, 2.0, 5.0, 1.0, 4.0]),
        "psfs_2": np.array([NAN, NAN, 7.0, 3.0, NAN]),
    }
    kept = activities_of_the_start(items, owner)
    assert np.array_equal(kept["psfs_1"], [NAN, 2.0, 5.0, 1.0, NAN], equal_nan=True)
    assert np.array_equal(kept["psfs_2"], [NAN, NAN, NAN, 3.0, NAN], equal_nan=True)


def test_no_answers_at_all_keep_nothing():
    kept = activities_of_the_start({"psfs_1": np.array([NAN, NAN])}, np.array([1, 2]))
    assert np.isnan(kept["psfs_1"]).all()
