"""The charts over visits: which series is which, what is drawn and what is only counted."""

import numpy as np
import pytest

from hipoutcomes.charts.confirmed import confirmed
from hipoutcomes.charts.dose import dose, limits_of
from hipoutcomes.charts.relief import relief
from hipoutcomes.charts.visit_alternatives import (
    describe_confirmed,
    describe_dose,
    describe_relief,
)
from hipoutcomes.errors import TableError


def test_each_reading_is_a_series_with_its_own_mark_and_counts(tables, texts):
    ax = dose(tables["dose"])
    simple, returned = ax.get_lines()[:2]
    np.testing.assert_allclose(simple.get_ydata()[:2], [0.4, 1.9])
    np.testing.assert_allclose(returned.get_ydata()[:2], [0.8, 0.3])
    assert np.isnan(simple.get_ydata()[2])
    assert (simple.get_marker(), returned.get_marker()) == ("^", "o")
    assert returned.get_linestyle() == "None"
    assert simple.get_xdata()[0] < 2 < returned.get_xdata()[0]
    for text in ("n ▲", "n ●", "60", "35", "8"):
        assert text in texts(ax)
    assert "Bars: 95% interval; from visit to visit they hold for all visits at once." in " ".join(
        texts(ax)
    )


def test_bars_are_the_band_where_there_is_one(tables):
    low, high = limits_of(tables["dose"])
    assert low.dropna().tolist() == [-0.3, 1.2, 0.4, -0.1]
    assert high.dropna().tolist() == [1.1, 2.6, 1.2, 0.7]


def test_above_zero_is_said_to_be_better_and_zero_is_marked(tables):
    ax = dose(tables["dose"])
    assert ax.get_ylabel() == "Improvement in pain (points; above 0 is better)"
    assert any(set(line.get_ydata()) == {0} for line in ax.get_lines())


def test_measures_do_not_share_an_axis(tables):
    table = tables["dose"]
    table.loc[0, "outcome_label"] = "Hip flexion, active"
    with pytest.raises(TableError, match="The rows differ in outcome_label"):
        dose(table)


def test_the_share_is_drawn_over_the_band_of_noise_on_the_whole_scale(tables, texts):
    ax = confirmed(tables["confirmed"])
    assert ax.get_ylim() == (0, 1)
    (band,) = [c for c in ax.collections if c.get_label().startswith("What scores that only vary")]
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((0.02, 0.25))
    named = {line.get_label(): line.get_ydata() for line in ax.get_lines()}
    share = named["Share better by 2 points or more at two visits in a row"]
    np.testing.assert_allclose(share, [0.12, 0.31])
    np.testing.assert_allclose(named["Had stopped coming without that"], [0.2, 0.3])
    note = " ".join(texts(ax))
    assert "Visits with too few still coming are not drawn." in note
    assert "does not include recovery by itself" in note


def test_without_a_range_of_noise_there_is_no_band(tables):
    ax = confirmed(tables["confirmed"].drop(columns=["expected_low", "expected_high"]))
    assert not [c for c in ax.collections if c.get_label().startswith("What scores")]


def test_relief_is_drawn_on_the_whole_range_with_its_three_points_named(tables, texts):
    ax = relief(tables["relief"])
    assert ax.get_ylim() == (0, 10)
    assert [t.get_text() for t in ax.get_xticklabels()] == [
        "Just before\ntreatment",
        "Just after\ntreatment",
        "At the next visit,\nbefore treatment",
    ]
    said = " ".join(texts(ax))
    assert "161 sessions after which 48 patients came back. Bars: 95% interval." in said
    assert ax.get_ylabel() == "Mean pain (points on 0-10; lower is better)"


def test_alternatives_hold_the_numbers_of_the_charts(tables):
    assert describe_dose(tables["dose"]) == (
        "Chart of improvement over visits. Mean improvement of those who came so often: 0.4 (−0.3 "
        "to 1.1) at visit 2 (n = 40), 1.9 (1.2 to 2.6) at visit 3 (n = 25). Change since the visit "
        "before, among those who came back: 0.8 (0.4 to 1.2) at visit 2 (n = 60), 0.3 (−0.1 to "
        "0.7) at visit 3 (n = 35)."
    )
    assert describe_confirmed(tables["confirmed"]) == (
        "Lines of shares over visits. By visit 3: 12% (8% to 17%); 20% had stopped without that; "
        "scores that only vary would show 2% to 18%. By visit 4: 31% (22% to 40%); 30% had stopped "
        "without that; scores that only vary would show 3% to 25%."
    )
    assert describe_relief(tables["relief"]).endswith(
        "At the next visit, before treatment: 5.3 (4.9 to 5.7)."
    )
