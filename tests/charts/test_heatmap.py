import numpy as np
import pandas as pd
import pytest

from hipoutcomes.charts.heatmap import heatmap
from hipoutcomes.errors import TableError


def test_cells_lie_where_technique_and_condition_meet(tables):
    ax = heatmap(tables["heatmap"])
    shades = ax.collections[0].get_array().filled(np.nan)
    assert shades[0].tolist() == [1.8, -0.9]
    assert np.isnan(shades[1]).all()


def test_each_cell_holds_a_signed_number_and_n_and_a_small_one_n_alone(tables):
    ax = heatmap(tables["heatmap"])
    cells = {}
    for text in ax.texts:
        x, y = text.get_position()
        cells.setdefault((x, round(y)), []).append(text.get_text())
    assert cells[0, 0][:2] == ["+1.8", "n = 25"]
    assert cells[1, 0] == ["−0.9", "n = 14"]
    assert cells[0, 1] == ["n = 4"]


def test_codes_are_written_as_labels(tables):
    ax = heatmap(tables["heatmap"])
    techniques = [label.get_text().replace("\n", " ") for label in ax.get_xticklabels()]
    conditions = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    assert techniques[1] == "Deep tissue"
    assert conditions == ["Hip bursitis / greater trochanteric pain", "Piriformis syndrome"]


def test_the_scale_reaches_as_far_to_either_side(tables, texts):
    ax = heatmap(tables["heatmap"])
    assert ax.collections[0].get_clim() == (-1.8, 1.8)
    assert any("from −1.8 (orange, hatched: worse) to +1.8 (blue" in text for text in texts(ax))
    assert ax.get_xlabel() == "Mean improvement in pain (points on 0-10; + is better)"


def test_only_cells_for_the_worse_are_hatched(tables):
    hatched = [box for box in heatmap(tables["heatmap"]).patches if box.get_hatch()]
    assert [round(box.get_x() + box.get_width() / 2, 6) for box in hatched] == [1.0]
    assert [round(box.get_y() + box.get_height() / 2, 6) for box in hatched] == [0.0]


def test_a_grid_of_small_cells_shows_their_n(tables, texts):
    ax = heatmap(tables["heatmap"].assign(estimate=np.nan))
    assert {"n = 25", "n = 14", "n = 4"} <= set(texts(ax))
    assert not any("Shading" in text for text in texts(ax))


def test_categories_that_no_row_uses_take_no_place(tables):
    codes = pd.CategoricalDtype(["cupping", "deep_tissue", "swedish"])
    ax = heatmap(tables["heatmap"].astype({"technique": codes}))
    assert len(ax.get_xticklabels()) == 2


def test_a_repeated_cell_is_refused(tables):
    with pytest.raises(TableError) as caught:
        heatmap(pd.concat([tables["heatmap"]] * 2))
    assert str(caught.value) == (
        "The heat map repeats a technique and condition.\n  Each pair of them has one row."
    )
