import pytest

from hipoutcomes.charts.flow import flow
from hipoutcomes.errors import TableError


def test_bars_are_as_long_as_the_numbers_and_leavers_fill_the_gaps(tables):
    ax = flow(tables["flow"])
    bars = [(int(bar.get_x()), int(bar.get_width())) for bar in ax.patches]
    assert bars == [(0, 80), (74, 6), (65, 9), (61, 4), (0, 61), (48, 13), (0, 48)]


def test_lines_are_named_in_the_order_of_the_flow_and_empty_ones_left_out(tables):
    names = [label.get_text() for label in flow(tables["flow"]).get_yticklabels()]
    assert names == [
        "Seen",
        "– already running",
        "– not yet due",
        "– no first score",
        "Due",
        "– not measured again",
        "Measured again",
    ]


def test_the_measured_are_given_as_a_share_of_those_due(tables, texts):
    said = texts(flow(tables["flow"]))
    assert "48 (79% of those due)" in said
    assert "80" in said


def test_statuses_in_any_order_give_the_same_flow(tables, texts):
    assert texts(flow(tables["flow"].iloc[::-1])) == texts(flow(tables["flow"]))


def test_nobody_due_gives_no_share(tables, texts):
    said = texts(flow(tables["flow"].query("status == 'not yet due'")))
    assert not any("of those due" in text for text in said)


def test_an_unknown_or_repeated_status_is_refused(tables):
    every = "Each row is one of: already running, not yet due, no first score, "
    every += "not measured again, not comparable, measured."
    with pytest.raises(TableError) as caught:
        flow(tables["flow"].replace("measured", "lost"))
    assert str(caught.value) == f"The flow has lost.\n  {every}"
    with pytest.raises(TableError) as caught:
        flow(tables["flow"].replace("not yet due", "measured"))
    assert str(caught.value) == f"The flow repeats a status.\n  {every}"
