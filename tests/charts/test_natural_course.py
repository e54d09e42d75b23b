"""Observed beside re-measuring alone, other people's courses apart."""

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.charts.natural_course import natural_course
from hipoutcomes.errors import TableError

COURSES = pd.DataFrame(
    {
        "group": [
            "Bennell 2014: osteoarthritis, sham, 13 weeks (verified abstract)",
            "Mellor 2018: tendinopathy, no treatment, 8 weeks (not verified)",
        ],
        "estimate": [2.28, np.nan],
        "n_patients": [53, 68],
    }
)


def test_the_mean_its_interval_and_the_range_are_drawn_where_they_lie(tables):
    ax = natural_course(tables["natural_course"])
    dots = ax.collections[-1].get_offsets()
    assert dots.tolist() == [[2.1, 0.0]]
    band = ax.patches[0]
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((0.1, 1.4))
    assert band.get_hatch()
    low, high = ax.get_xlim()
    assert low < 0.1 and high > 2.5


def test_numbers_and_names_are_written_and_shares_left_to_the_table(tables, texts):
    said = texts(natural_course(tables["natural_course"]))
    assert {"Observed (n = 48)", "Re-measuring alone", "2.1 (1.7 to 2.5)", "0.1 to 1.4"} <= set(
        said
    )
    assert not any("%" in text for text in said if "interval" not in text)
    assert "Mean improvement in pain (points; right is better)" in said


def test_courses_stand_apart_and_say_whose_they_are(tables, texts):
    ax = natural_course(tables["natural_course"], courses=COURSES)
    said = texts(ax)
    assert "Other patients, as published: shown apart, never added or subtracted" in said
    assert "Bennell 2014: osteoarthritis, sham, 13 weeks (n = 53)" in said
    assert not any("Mellor" in text for text in said)
    diamond = ax.collections[-1]
    assert diamond.get_offsets().tolist() == [[2.28, 3.0]]
    assert np.allclose(diamond.get_facecolor(), 1)


def test_without_courses_nothing_is_set_apart(tables, texts):
    for courses in (None, COURSES.iloc[1:], COURSES.iloc[:0]):
        said = texts(natural_course(tables["natural_course"], courses=courses))
        assert not any("as published" in text for text in said)


def test_a_range_that_is_missing_is_not_drawn(tables, texts):
    table = tables["natural_course"].assign(expected_low=np.nan, expected_high=np.nan)
    ax = natural_course(table)
    assert not ax.patches
    assert "Re-measuring alone" not in texts(ax)


def test_a_mean_that_is_missing_gives_its_reason(tables, texts):
    table = tables["natural_course"].head(1)
    table = table.assign(estimate=np.nan, reason="only 4 patients; an estimate needs 10")
    said = texts(natural_course(table))
    assert said[0] == "Nothing to show: only 4 patients; an estimate needs 10."


def test_a_column_that_is_missing_is_named(tables):
    with pytest.raises(TableError) as caught:
        natural_course(tables["natural_course"].drop(columns="expected_low"))
    assert str(caught.value).startswith("A natural_course chart needs the column expected_low.")
