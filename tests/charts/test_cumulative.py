import pandas as pd

from hipoutcomes.charts.cumulative import cumulative


def test_the_curve_falls_after_each_threshold_at_the_numbers_of_the_table(tables):
    ax = cumulative(tables["cumulative"])
    curve = ax.get_lines()[0]
    assert curve.get_drawstyle() == "steps-pre"
    assert curve.get_xdata().tolist() == tables["cumulative"]["threshold"].tolist()
    assert curve.get_ydata().tolist() == tables["cumulative"]["estimate"].tolist()


def test_the_share_that_got_worse_is_read_at_zero(tables, texts):
    ax = cumulative(tables["cumulative"])
    dots = [line.get_xydata().tolist() for line in ax.lines if line.get_marker() == "o"]
    assert dots == [[[0.0, 0.9]]]
    assert "10% got worse" in texts(ax)


def test_the_improvement_that_matters_is_marked_and_read_out(tables, texts):
    ax = cumulative(tables["cumulative"], mark=2.0)
    dots = [line.get_xydata().tolist() for line in ax.lines if line.get_marker() == "o"]
    assert dots == [[[0.0, 0.9]], [[2.0, 0.55]]]
    assert "55% improved by 2 points or more" in texts(ax)


def test_a_mark_between_thresholds_is_read_at_the_next_one_and_beyond_the_last_is_nobody(
    tables, texts
):
    assert "10% improved by 3 points or more" in texts(cumulative(tables["cumulative"], mark=3))
    assert "0% improved by 5 points or more" in texts(cumulative(tables["cumulative"], mark=5))


def test_a_shuffled_table_gives_the_same_curve(tables):
    ax = cumulative(tables["cumulative"].iloc[[3, 0, 5, 1, 4, 2]])
    assert ax.get_lines()[0].get_xdata().tolist() == [-2, -1, 0, 1, 2, 4]


def test_axis_and_note_carry_unit_direction_and_n(tables, texts):
    ax = cumulative(tables["cumulative"])
    assert ax.get_xlabel() == "Pain improved by at least ... (points; right of 0 is better)"
    assert ax.yaxis.get_major_formatter()(0.4, 0) == "40%"
    assert "All patients (n = 40). Band: 95% interval at each amount." in texts(ax)
    assert {"← worse", "better →"} <= set(texts(ax))


def test_groups_differ_in_more_than_colour_and_are_named_with_n(tables):
    names = ["Swedish massage", "Deep tissue", "Cupping"]
    ax = cumulative(pd.concat([tables["cumulative"].assign(group=name) for name in names]))
    curves = ax.get_lines()[:3]
    assert len({str(curve.get_marker()) for curve in curves}) == 3
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == [f"{name} (n = 40)" for name in names]


def test_thresholds_without_a_share_are_not_drawn(tables):
    ax = cumulative(tables["cumulative"].assign(estimate=None))
    assert ax.texts[0].get_text() == "There are too few patients to draw the curve."
