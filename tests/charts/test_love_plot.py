import numpy as np
import pytest

from hipoutcomes.charts.alternatives import describe_love_plot
from hipoutcomes.charts.love_plot import love_plot


def test_dots_lie_at_the_differences_before_and_after(tables):
    ax = love_plot(tables["love_plot"])
    before, after = ax.collections
    assert before.get_offsets().tolist() == [[0.62, 0.0], [0.31, 1.0], [0.08, 2.0]]
    assert after.get_offsets().tolist() == [[0.03, 0.0], [0.12, 1.0], [0.01, 2.0]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "before weighting",
        "after weighting",
    ]


def test_rows_name_the_characteristic_and_its_category_from_the_top(tables):
    ax = love_plot(tables["love_plot"])
    names = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    assert names == [
        "Pain, 0-10",
        "Age",
        "Condition: Osteoarthritis",
        "Condition: Piriformis syndrome",
    ]
    low, high = ax.get_ylim()
    assert low > high


def test_without_weights_only_the_start_is_drawn(tables):
    ax = love_plot(tables["love_plot"].drop(columns="std_difference_weighted"))
    assert len(ax.collections) == 1
    assert ax.get_legend() is None


def test_the_limit_is_drawn_and_can_be_moved(tables):
    ax = love_plot(tables["love_plot"], limit=0.25)
    assert ax.lines[0].get_xdata() == [0.25, 0.25]
    assert ax.texts[0].get_text() == "0.25"


def test_a_difference_without_end_is_an_arrow_at_the_edge(tables):
    table = tables["love_plot"].assign(std_difference=[np.inf, 0.31, 0.08, 0.1])
    ax = love_plot(table)
    arrow = ax.collections[1].get_offsets().tolist()
    assert arrow == [[pytest.approx(ax.get_xlim()[1]), 0.0]]
    assert "the largest without end (Pain, 0-10)" in describe_love_plot(table)


def test_the_alternative_counts_what_is_out_of_balance(tables):
    assert describe_love_plot(tables["love_plot"]) == (
        "Dot chart of the largest difference between two groups in each of 4 characteristics, in "
        "standard deviations. Before weighting 2 are over 0.1, the largest 0.62 (Pain, 0-10); "
        "after weighting 1 is over 0.1, the largest 0.12 (Age)."
    )
