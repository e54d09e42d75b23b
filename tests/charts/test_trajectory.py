import numpy as np
import pytest

from hipoutcomes.charts.trajectory import trajectory
from hipoutcomes.errors import TableError


def means(ax):
    return next(line for line in ax.lines if line.get_marker() == "o")


def test_means_and_intervals_lie_at_the_numbers_of_the_table(tables):
    ax = trajectory(tables["trajectory"])
    assert means(ax).get_xdata().tolist() == [1, 2, 3]
    assert means(ax).get_ydata()[:2].tolist() == [6.1, 5.2]
    bars = np.array(ax.collections[0].get_segments()[:2])
    assert bars[:, :, 1].tolist() == [[5.6, 6.6], [4.6, 5.8]]


def test_a_point_without_an_estimate_is_counted_and_not_drawn(tables, texts):
    ax = trajectory(tables["trajectory"])
    assert np.isnan(means(ax).get_ydata()[2])
    assert "9" in texts(ax)
    assert any("Points without enough patients for a mean are not drawn." in t for t in texts(ax))


def test_a_point_with_an_estimate_is_drawn_whatever_its_number(tables, texts):
    ax = trajectory(tables["trajectory"].head(2).assign(n_measured=[6, 5]))
    assert means(ax).get_ydata().tolist() == [6.1, 5.2]
    assert not any("not drawn" in text for text in texts(ax))


def test_numbers_of_patients_stand_in_rows_under_their_sessions(tables):
    ax = trajectory(tables["trajectory"])
    rows = {}
    for text in ax.texts:
        if text.get_text().isdigit():
            rows.setdefault(text.xyann[1], []).append((text.xy[0], text.get_text()))
    (measured, coming) = (rows[depth] for depth in sorted(rows, reverse=True))
    assert measured == [(1, "48"), (2, "31"), (3, "9")]
    assert coming == [(1, "50"), (2, "36"), (3, "12")]
    names = [text.get_text() for text in ax.texts]
    assert names.index("Measured") < names.index("Still coming")


def test_the_axes_carry_unit_and_direction_and_the_whole_range(tables):
    ax = trajectory(tables["trajectory"])
    assert ax.get_ylabel() == "Mean pain (points on 0-10; lower is better)"
    assert ax.get_ylim() == (0, 10)
    assert ax.get_xlabel() == "Session"


def test_weeks_are_drawn_over_weeks(tables):
    table = tables["trajectory"].rename(columns={"session_number": "week"}).assign(axis="week")
    ax = trajectory(table)
    assert ax.get_xlabel() == "Weeks since first session"
    assert means(ax).get_xdata().tolist() == [1, 2, 3]


def test_rows_in_any_order_are_joined_in_time(tables):
    ax = trajectory(tables["trajectory"].iloc[::-1])
    assert means(ax).get_xdata().tolist() == [1, 2, 3]


def test_too_few_everywhere_is_said_and_still_counted(tables, texts):
    ax = trajectory(tables["trajectory"].assign(n_measured=[9, 5, 2], estimate=np.nan))
    assert "Nowhere were enough patients measured for a mean." in texts(ax)
    assert {"9", "5", "2"} <= set(texts(ax))


def test_many_weeks_are_all_drawn_and_counted_where_there_is_room(tables):
    first = tables["trajectory"].drop(columns="session_number").head(1)
    table = first.loc[first.index.repeat(40)].assign(axis="week", week=range(40))
    ax = trajectory(table)
    assert len(means(ax).get_xdata()) == 40
    assert len(ax.get_xticks()) == 10


@pytest.mark.parametrize("axis", ["visit", ""])
def test_an_unknown_axis_is_refused(tables, axis):
    with pytest.raises(TableError) as caught:
        trajectory(tables["trajectory"].assign(axis=axis))
    assert str(caught.value) == (
        f"The trajectory's axis is '{axis}'.\n  It may be 'session' or 'week'."
    )
