import itertools

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.charts.forest import forest
from hipoutcomes.errors import TableError


def test_dots_and_lines_lie_at_the_numbers_of_the_table(tables):
    ax = forest(tables["forest"])
    lines, dots = ax.collections
    assert dots.get_offsets().tolist() == [[2.1, 0.0], [-0.4, 1.0]]
    ends = [line.tolist() for line in lines.get_segments()]
    assert ends == [[[1.7, 0], [2.5, 0]], [[-1.5, 1], [0.7, 1]]]


def test_rows_keep_their_order_from_the_top_with_n_beside_each(tables):
    ax = forest(tables["forest"])
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["Swedish massage (n = 61)", "Deep tissue (n = 48)", "Cupping (n = 4)"]
    low, high = ax.get_ylim()
    assert low > high


def test_the_numbers_stand_beside_the_rows_and_the_reason_where_there_is_none(tables):
    ax = forest(tables["forest"])
    placed = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert placed["2.1 (1.7 to 2.5)"] == 0
    assert placed["−0.4 (−1.5 to 0.7)"] == 1
    assert ax.texts[1].xy == (0.0, 2)
    assert ax.texts[1].get_text() == "only 4 patients; an estimate needs 10"


def test_the_axis_says_quantity_unit_and_direction(tables):
    ax = forest(tables["forest"])
    assert ax.get_xlabel() == "Mean improvement in pain (points on 0-10; right is better)"
    assert [text.get_text() for text in ax.texts if text.get_text() == "no change"]
    assert "Estimate (95% interval)" in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize(
    ("quantity", "direction", "line"),
    [
        ("share worse", "right is worse", "no change"),
        ("difference in mean improvement", "right is better", "no difference"),
        ("mean score", "", "no change"),
    ],
)
def test_the_direction_follows_the_quantity(tables, quantity, direction, line):
    ax = forest(tables["forest"].assign(quantity=quantity))
    tail = f"; {direction})" if direction else "points on 0-10)"
    assert ax.get_xlabel().replace("\n", " ").endswith(tail)
    assert ax.texts[0].get_text() == line


def test_the_reference_line_can_be_moved_or_left_out(tables):
    moved = forest(tables["forest"], reference=1.5)
    assert moved.lines[0].get_xdata() == [1.5, 1.5]
    assert moved.texts[0].get_text() == "1.5"
    without = forest(tables["forest"], reference=None)
    assert len(without.lines) == len(moved.lines) - 1


def test_shares_are_written_in_percent(tables):
    shares = (
        tables["forest"]
        .head(1)
        .assign(estimate=0.58, conf_low=0.44, conf_high=0.71, unit="share", quantity="share better")
    )
    ax = forest(shares)
    assert "58% (44% to 71%)" in [text.get_text() for text in ax.texts]
    assert ax.xaxis.get_major_formatter()(0.5, 0) == "50%"


def test_a_table_of_refusals_only_shows_every_reason(tables):
    refused = pd.concat([tables["forest"].tail(1)] * 3)
    ax = forest(refused)
    reasons = [text for text in ax.texts if text.get_text().startswith("only 4 patients")]
    assert [text.xy[1] for text in reasons] == [0, 1, 2]
    assert ax.get_xticks().tolist() == [0]


def test_rows_of_different_units_cannot_share_an_axis(tables):
    mixed = tables["forest"].assign(unit=["points", "degrees", "points"])
    with pytest.raises(TableError) as caught:
        forest(mixed)
    assert str(caught.value) == (
        "The rows differ in unit: points, degrees.\n"
        "  A chart has one unit.\n"
        '  Draw one chart for each, such as table[table["unit"] == "points"].'
    )


@pytest.mark.parametrize("n_rows", [1, 12, 33, 40])
def test_labels_of_up_to_forty_rows_do_not_touch(n_rows):
    table = pd.DataFrame(
        {
            "group": [f"Trigger point therapy · Hip bursitis / pain {i}" for i in range(n_rows)],
            "estimate": np.linspace(-1, 3, n_rows),
            "conf_low": np.linspace(-2, 2, n_rows),
            "conf_high": np.linspace(0, 4, n_rows),
            "n_patients": 30,
        }
    )
    ax = forest(table)
    ax.figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in ax.get_yticklabels()]
    assert len(boxes) == n_rows
    assert all(upper.y0 > lower.y1 for upper, lower in itertools.pairwise(boxes))


def test_of_very_many_rows_all_are_drawn_and_some_are_named():
    n_rows = 268
    table = pd.DataFrame(
        {
            "group": [f"Provider {i}" for i in range(n_rows)],
            "estimate": 20.0,
            "conf_low": 19.0,
            "conf_high": 21.0,
            "n_patients": 300,
        }
    )
    ax = forest(table)
    assert len(ax.collections[1].get_offsets()) == n_rows
    assert len(ax.get_yticklabels()) == 54
    assert "268 groups; one in 5 is named." in [text.get_text() for text in ax.texts]
    assert ax.figure.get_figheight() <= 12
