import numpy as np
import pandas as pd
import pytest

from hipoutcomes.charts.slopes import slopes


def segments(ax):
    return np.array(ax.collections[0].get_segments())


def test_each_patient_is_a_line_from_first_to_later_score(tables):
    lines = segments(slopes(tables["slopes"]))
    assert len(lines) == 10
    assert lines[3].tolist() == [[0, 8], [1, 2]]
    assert lines[5].tolist() == [[0, 5], [1, 6]]


def test_equal_whole_number_scores_lie_beside_each_other_within_their_point(tables):
    lines = segments(slopes(tables["slopes"]))[:3]
    starts, ends = lines[:, 0, 1], lines[:, 1, 1]
    assert len(set(starts.round(6))) == 3
    assert np.abs(starts - 6).max() <= 0.25
    assert np.allclose(starts - 6, ends - 4)


def test_scores_with_decimals_are_drawn_where_they_are(tables):
    table = tables["slopes"].assign(baseline=lambda t: t["baseline"] + 0.3)
    assert segments(slopes(table))[:, 0, 1].tolist() == table["baseline"].tolist()


def test_two_drawings_are_the_same(tables):
    first, second = (segments(slopes(tables["slopes"])) for _ in range(2))
    assert np.array_equal(first, second)


def test_the_mean_is_drawn_and_written_at_both_ends(tables, texts):
    ax = slopes(tables["slopes"])
    assert ax.lines[0].get_ydata().tolist() == [6.8, 4.0]
    assert {"6.8", "4.0", "All patients (n = 10)"} <= set(texts(ax))


def test_groups_stand_side_by_side_and_a_small_one_has_no_mean(tables, texts):
    small = tables["slopes"].head(3).assign(group="Cupping")
    ax = slopes(pd.concat([tables["slopes"].assign(group="Deep tissue"), small]))
    assert len(ax.lines) == 1
    assert {"Deep tissue (n = 10)", "Cupping (n = 3)"} <= set(texts(ax))
    assert any("Groups of fewer than 10 patients have no mean." in text for text in texts(ax))
    assert ax.get_xticks().tolist() == [0, 1, 2, 3]


def test_the_caller_says_how_many_patients_a_mean_needs(tables, texts):
    small = tables["slopes"].head(5)
    ax = slopes(small, minimum=5)
    assert ax.lines[0].get_ydata().tolist() == [6.6, 4.2]
    assert not any("have no mean" in text for text in texts(ax))
    ax = slopes(small, minimum=6)
    assert len(ax.lines) == 0
    assert any("Groups of fewer than 6 patients have no mean." in text for text in texts(ax))


def test_patients_without_both_scores_are_left_out_and_not_counted(tables, texts):
    table = tables["slopes"].assign(final=lambda t: t["final"].where(t.index > 1))
    ax = slopes(table)
    assert len(segments(ax)) == 8
    assert "All patients (n = 8)" in texts(ax)


@pytest.mark.parametrize(("n_patients", "singly"), [(400, True), (401, False)])
def test_more_than_four_hundred_patients_become_bands(n_patients, singly, texts):
    table = pd.DataFrame({"baseline": np.arange(n_patients) / 10, "final": 5.0})
    ax = slopes(table)
    assert (len(ax.collections) == 1) == singly
    said = " ".join(texts(ax))
    assert ("Each thin line is one patient" in said) == singly
    assert (f"{n_patients} patients are too many to draw singly" in said) != singly


def test_the_bands_hold_the_middle_half_and_the_middle_eighty_percent():
    ax = slopes(pd.DataFrame({"baseline": np.arange(1001) / 10, "final": np.arange(1001) / 20}))
    reach = [np.array(band.get_paths()[0].vertices) for band in ax.collections]
    ends = [
        [points[points[:, 0] == x, 1].min().round(6), points[points[:, 0] == x, 1].max().round(6)]
        for points in reach
        for x in (0, 1)
    ]
    assert ends == [[10, 90], [5, 45], [25, 75], [12.5, 37.5]]


def test_the_vertical_axis_shows_the_whole_range_of_the_score(tables):
    low, high = slopes(tables["slopes"]).get_ylim()
    assert low <= 0 < 10 <= high
    assert slopes(tables["slopes"]).get_ylabel() == "Pain (points on 0-10; lower is better)"


def test_no_complete_pair_is_said():
    ax = slopes(pd.DataFrame({"baseline": [6.0], "final": [np.nan]}))
    assert ax.texts[0].get_text() == "No patient has both a first and a later score."
