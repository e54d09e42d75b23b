import pandas as pd

from hipoutcomes.charts import style
from hipoutcomes.charts.assumption import assumption


def test_the_line_and_its_band_are_those_of_the_table(tables):
    table = tables["assumption"]
    ax = assumption(table)
    line = ax.get_lines()[0]
    assert line.get_xdata().tolist() == table["assumed"].tolist()
    assert line.get_ydata().tolist() == table["estimate"].tolist()
    band = {tuple(point) for point in ax.collections[0].get_paths()[0].vertices}
    for name in ("conf_low", "conf_high"):
        assert set(zip(table["assumed"], table[name], strict=True)) <= band


def test_readings_with_a_name_are_marked_and_read_out(tables, texts):
    ax = assumption(tables["assumption"])
    dots = [line.get_xydata().tolist() for line in ax.lines if line.get_marker() == "o"]
    assert dots == [[[-4.0, 0.7]], [[-1.5, 1.3]], [[0.0, 1.6]], [[2.0, 2.1]], [[6.0, 2.9]]]
    shown = texts(ax)
    assert {"worst possible 0.7", "interval reaches no change 1.3", "best possible 2.9"} <= set(
        shown
    )
    assert "13 of 61 due were not measured. Band: 95% interval if their mean were exactly so." in (
        shown
    )


def test_the_axes_say_whose_improvement_they_show(tables):
    ax = assumption(tables["assumption"])
    assert ax.get_xlabel() == "Mean improvement of those not measured (points; right is better)"
    assert ax.get_ylabel().replace("\n", " ") == ("Everyone due: mean improvement in pain (points)")


def test_a_shuffled_table_gives_the_same_line(tables):
    ax = assumption(tables["assumption"].iloc[[5, 0, 3, 1, 4, 2]])
    assert ax.get_lines()[0].get_xdata().tolist() == [-4.0, -1.5, 0.0, 2.0, 4.0, 6.0]


def test_the_line_at_which_the_finding_fails_can_be_moved(tables, texts):
    ax = assumption(tables["assumption"], reference=2.0)
    lines = [line.get_ydata() for line in ax.lines if line.get_linestyle() == ":"]
    level = [line.get_ydata()[0] for line in ax.lines if len(set(line.get_ydata())) == 1]
    assert lines or 2.0 in level
    assert "2" in texts(ax)


def test_without_anyone_missing_it_says_so():
    empty = pd.DataFrame(columns=["assumed", "estimate", "conf_low", "conf_high"], dtype=float)
    ax = assumption(empty)
    assert ax.texts[0].get_text() == ("Nobody is missing, or too few were measured to draw a mean.")
    style.close(ax)
