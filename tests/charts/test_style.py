import re
from xml.dom.minidom import parseString

import matplotlib.image
import matplotlib.pyplot as plt
import pytest

from hipoutcomes.charts import style
from hipoutcomes.charts.forest import forest
from hipoutcomes.charts.shares import shares


@pytest.fixture
def chart(tables):
    table = tables["forest"].replace("Deep tissue", "Mixed with no main technique")
    return forest(table)


def ids(svg):
    return [
        e.getAttribute("id")
        for e in parseString(svg).getElementsByTagName("*")
        if e.hasAttribute("id")
    ]


def test_the_svg_carries_its_name_and_its_text_alternative(chart):
    svg = style.figure_to_svg(chart, title="Pain & mobility", alternative="Two groups < three.")
    root = parseString(svg).documentElement
    assert root.getAttribute("role") == "img"
    assert root.getAttribute("aria-label") == "Pain & mobility Two groups < three."
    assert [root.childNodes[i].tagName for i in (0, 1)] == ["title", "desc"]
    assert root.childNodes[1].firstChild.data == "Two groups < three."


def test_the_svg_stands_alone_and_tells_no_date(chart):
    svg = style.figure_to_svg(chart)
    assert svg.startswith("<svg")
    assert "<metadata" not in svg and "<?xml" not in svg and "<!DOCTYPE" not in svg
    outside = re.findall(r'(?:href|src)="([^#"][^"]*)"|url\((?!#)', svg)
    assert outside == []
    assert not re.search(r"\b20\d\d-\d\d-\d\d", svg)


def test_text_stays_text_in_a_generic_font(chart):
    svg = style.figure_to_svg(chart)
    said = [e.firstChild.data for e in parseString(svg).getElementsByTagName("text")]
    assert "Swedish massage (n = 61)" in said
    families = set(re.findall(r"font-family: ([^;\"]*)", svg))
    assert all(family.endswith("sans-serif") for family in families)


def test_lines_of_a_wrapped_label_are_anchored_where_single_ones_are(chart):
    svg = style.figure_to_svg(chart)
    ends = {
        e.firstChild.data: float(e.getAttribute("x"))
        for e in parseString(svg).getElementsByTagName("text")
        if "text-anchor: end" in e.getAttribute("style")
    }
    wrapped = [ends["Mixed with no main technique"], ends["(n = 48)"]]
    assert wrapped[0] == wrapped[1] == pytest.approx(ends["Cupping (n = 4)"], abs=1)


def test_two_charts_on_one_page_share_no_id_and_refer_to_their_own(chart, tables):
    first, second = style.figure_to_svg(chart), style.figure_to_svg(shares(tables["shares"]))
    assert not set(ids(first)) & set(ids(second))
    for svg in (first, second):
        assert len(ids(svg)) == len(set(ids(svg)))
        named = set(re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', svg))
        assert named
        assert {one or other for one, other in named} <= set(ids(svg))
        assert not re.search(r">\s*\*\s*\{", svg)


def test_equal_charts_give_equal_svg_and_the_figure_stays_as_it_was(chart, tables):
    dpi, gids = chart.figure.dpi, [text.get_gid() for text in chart.texts]
    same = forest(tables["forest"].replace("Deep tissue", "Mixed with no main technique"))
    assert style.figure_to_svg(chart) == style.figure_to_svg(same)
    assert (chart.figure.dpi, [text.get_gid() for text in chart.texts]) == (dpi, gids)


def test_a_png_is_written_at_the_asked_resolution(chart, tmp_path):
    path = style.save_png(chart, tmp_path / "forest.png", dpi=100)
    height, width, _ = matplotlib.image.imread(path).shape
    assert width == pytest.approx(100 * chart.figure.get_figwidth(), abs=1)
    assert height == pytest.approx(100 * chart.figure.get_figheight(), abs=1)


def test_close_ends_the_figure_and_no_other(chart):
    _, other = plt.subplots()
    style.close(chart)
    assert plt.get_fignums() == [other.figure.number]


def test_new_axes_have_the_size_asked_for():
    ax = style.axes_or_new(size=(5, 2))
    assert ax.figure.get_size_inches().tolist() == [5, 2]


@pytest.mark.parametrize(
    ("front", "back"),
    [("INK", "#FFFFFF"), ("GREY", "#FFFFFF"), ("ACCENT", "#FFFFFF"), ("INK", "PALE")],
)
def test_text_has_contrast_enough_to_be_read(front, back):
    """WCAG 2.1, success criterion 1.4.3: 4.5 to 1."""

    def luminance(color):
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    from matplotlib.colors import to_rgb

    lights = sorted(luminance(getattr(style, name, name)) for name in (front, back))
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5
