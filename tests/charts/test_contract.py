"""What every chart in the folder promises, whichever it is."""

import importlib
import inspect
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import hipoutcomes.charts
from hipoutcomes.charts import alternatives, style, visit_alternatives
from hipoutcomes.errors import TableError

#: Modules of the folder that are not charts.
SERVANTS = {"__init__", "style", "labels", "inline_svg", "alternatives", "visit_alternatives"}
FOLDER = Path(hipoutcomes.charts.__path__[0])
CHARTS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in SERVANTS)


def chart_named(name):
    return getattr(importlib.import_module(f"hipoutcomes.charts.{name}"), name)


def alternative_of(name):
    home = visit_alternatives if name in ("dose", "confirmed", "relief") else alternatives
    return getattr(home, f"describe_{name}")


def test_every_chart_has_an_example_table(tables):
    assert sorted(tables) == CHARTS


@pytest.mark.parametrize("name", CHARTS)
def test_the_table_comes_first_and_few_keywords_follow(name):
    table, *options = inspect.signature(chart_named(name)).parameters.values()
    assert table.kind is table.POSITIONAL_OR_KEYWORD
    assert all(option.kind is option.KEYWORD_ONLY for option in options)
    assert len(options) <= 5
    assert {option.name: option.default for option in options}["ax"] is None


@pytest.mark.parametrize("name", CHARTS)
def test_without_axes_one_new_figure_is_made(name, tables):
    _, other = plt.subplots()
    before = set(plt.get_fignums())
    ax = chart_named(name)(tables[name])
    assert len(set(plt.get_fignums()) - before) == 1
    assert ax.figure is not other.figure
    assert not other.has_data()


@pytest.mark.parametrize("name", CHARTS)
def test_given_axes_are_drawn_on_and_returned(name, tables):
    _, (left, right) = plt.subplots(1, 2)
    before = plt.get_fignums()
    assert chart_named(name)(tables[name], ax=right) is right
    assert plt.get_fignums() == before
    assert len(right.get_children()) > len(left.get_children())


@pytest.mark.parametrize("name", CHARTS)
def test_the_table_and_the_settings_stay_as_they_were(name, tables):
    table, settings = tables[name].copy(), dict(matplotlib.rcParams)
    ax = chart_named(name)(tables[name])
    style.figure_to_svg(ax)
    assert_frame_equal(tables[name], table)
    assert dict(matplotlib.rcParams) == settings


@pytest.mark.parametrize("name", CHARTS)
def test_an_empty_table_gives_a_readable_message(name, tables, texts):
    ax = chart_named(name)(tables[name].head(0))
    message = [text.get_text() for text in ax.texts]
    assert len(message) == 1
    assert message[0].endswith(".")
    assert len(message[0].split()) >= 4


@pytest.mark.parametrize("name", CHARTS)
def test_a_single_row_is_drawn(name, tables):
    ax = chart_named(name)(tables[name].head(1))
    assert ax.axison
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("name", CHARTS)
def test_a_missing_column_is_named(name, tables):
    column = tables[name].columns[-1 if name == "flow" else 0]
    needed = {"cumulative": "threshold", "heatmap": "technique", "trajectory": "axis"}
    column = needed.get(name, column)
    with pytest.raises(TableError, match=f"A {name} chart needs the column {column}\\."):
        chart_named(name)(tables[name].drop(columns=column))
    assert plt.get_fignums() == []


@pytest.mark.parametrize("name", CHARTS)
def test_axes_that_are_not_axes_are_refused(name, tables):
    with pytest.raises(TypeError, match="ax is a Figure; a chart is drawn on matplotlib Axes"):
        chart_named(name)(tables[name], ax=plt.figure())


@pytest.mark.parametrize("name", CHARTS)
def test_a_row_index_of_any_kind_changes_nothing(name, tables, texts):
    table = tables[name]
    renamed = table.set_axis(["row"] * len(table))
    assert texts(chart_named(name)(renamed)) == texts(chart_named(name)(table))


@pytest.mark.parametrize("name", CHARTS)
def test_nullable_numbers_are_drawn_and_described_like_plain_ones(name, tables, texts):
    describe, nullable = alternative_of(name), tables[name].convert_dtypes()
    assert texts(chart_named(name)(nullable)) == texts(chart_named(name)(tables[name]))
    assert describe(nullable) == describe(tables[name])


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_a_text_alternative(name, tables):
    describe = alternative_of(name)
    assert describe(tables[name]).endswith(".")
    assert "nan" not in describe(tables[name]).lower()
    assert isinstance(describe(tables[name].head(0)), str)


@pytest.mark.parametrize("name", CHARTS)
def test_text_stays_inside_the_figure(name, tables):
    ax = chart_named(name)(tables[name])
    ax.figure.draw_without_rendering()
    drawn, page = ax.figure.get_tightbbox(), ax.figure.bbox_inches.padded(0.01)
    assert page.contains(drawn.x0, drawn.y0)
    assert page.contains(drawn.x1, drawn.y1)


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_but_the_artists_is_shown(name, tables, monkeypatch, capsys):
    shown = []
    monkeypatch.setattr(plt, "show", lambda *a, **k: shown.append(a))
    chart_named(name)(tables[name])
    assert not shown
    assert capsys.readouterr().out == ""


def test_two_names_with_a_dollar_sign_are_not_read_as_a_formula(tables):
    table = pd.concat([tables["forest"].head(1)] * 2).assign(group="Cash $5 for $10")
    ax = chart_named("forest")(table)
    ax.figure.draw_without_rendering()
    assert "Cash $5 for $10 (n = 61)" in style.figure_to_svg(ax)
