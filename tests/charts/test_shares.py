import numpy as np
import pandas as pd
import pytest

from hipoutcomes.charts.shares import shares


def test_three_parts_fill_the_bar_in_the_shares_of_the_counts(tables):
    ax = shares(tables["shares"])
    parts = [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    assert np.allclose(parts, [(0.0, 0.6), (0.6, 0.3), (0.9, 0.1)])
    assert len({(str(bar.get_hatch()), bar.get_facecolor()) for bar in ax.patches}) == 3
    assert ax.patches[2].get_hatch()


def test_shares_counts_and_reasons_are_written(tables, texts):
    said = set(texts(shares(tables["shares"])))
    assert {"60%", "30%", "10%", "30 / 15 / 5", "only 4 patients; an estimate needs 10"} <= said
    assert {"All patients (n = 50)", "Cupping (n = 4)"} <= said


def test_what_re_measuring_would_give_is_read_from_each_edge(tables, texts):
    ax = shares(tables["shares"])
    lines = [line for c in ax.collections for line in c.get_segments()]
    ends = [[round(float(x), 6) for x in line[:, 0]] for line in lines]
    assert ends == [[0.2, 0.35], [0.92, 0.98]]
    assert any("re-measuring alone would give" in text for text in texts(ax))


def test_without_a_range_none_is_drawn_or_explained(tables, texts):
    plain = tables["shares"][["group", "n_better", "n_same", "n_worse"]].head(1)
    ax = shares(plain)
    assert not ax.collections
    assert not any("re-measuring" in text for text in texts(ax))
    assert "All patients (n = 50)" in texts(ax)


@pytest.mark.parametrize(
    ("operator", "better"), [(">=", "Better (2+ points)"), (">", "Better (more than 2 points)")]
)
def test_the_legend_says_how_much_counts(tables, operator, better):
    ax = shares(tables["shares"].assign(operator=operator))
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == [better, "Same", better.replace("Better", "Worse")]


def test_nobody_counted_is_said(tables, texts):
    ax = shares(pd.DataFrame({"group": ["all"], "n_better": [0], "n_same": [0], "n_worse": [0]}))
    assert "no patients to count" in texts(ax)
    assert not ax.patches
