import pandas as pd
import pytest

from hipoutcomes.charts.shifts import shift_counts, shifts
from hipoutcomes.errors import TableError


def test_counts_lie_at_first_row_and_later_column(tables):
    ax = shifts(tables["shifts"])
    placed = {
        text.get_position(): text.get_text() for text in ax.texts if text.get_text().isdigit()
    }
    assert placed == {(1, 0): "3", (1, 1): "7", (0, 1): "11", (0, 2): "2"}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Mild", "Moderate", "Severe"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_circles_have_areas_in_proportion_to_patients(tables):
    sizes = shifts(tables["shifts"]).collections[0].get_sizes()
    assert sizes[1] / sizes[2] == pytest.approx(7 / 11)


def test_better_same_and_worse_are_counted_by_the_measures_direction(tables, texts):
    assert shift_counts(tables["shifts"]) == {"better": 13, "same": 7, "worse": 3}
    said = texts(shifts(tables["shifts"]))
    assert "Of 23 patients: 13 better, 7 same, 3 worse. Grey: same." in said


def test_where_higher_is_better_the_sides_change(tables):
    higher = tables["shifts"].assign(outcome="oxford_hip_score")
    assert shift_counts(higher) == {"better": 3, "same": 7, "worse": 13}
    lower_left, upper_right = shifts(higher).texts[:2]
    assert (lower_left.get_text(), upper_right.get_text()) == ("worse", "better")


def test_numbers_stand_for_categories_without_labels():
    table = pd.DataFrame({"baseline": [3.0], "final": [1.0], "n_patients": [12]})
    ax = shifts(table)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "3"]


def test_a_repeated_pair_is_refused(tables):
    with pytest.raises(TableError) as caught:
        shifts(pd.concat([tables["shifts"]] * 2))
    assert str(caught.value) == (
        "The shifts repeat a pair of categories.\n  Each pair has one row."
    )
