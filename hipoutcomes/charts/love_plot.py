"""How alike groups were at the start, before and after weighting: one row per characteristic."""

import numpy as np

from hipoutcomes.charts import labels, style

#: Standardised differences up to here are usually read as balance.
BALANCED = 0.1

#: Each place in time: how its dot looks. Shape says what colour says.
_LOOKS = {
    "before": {"marker": "o", "facecolors": "white", "edgecolors": style.GREY},
    "after": {"marker": "s", "facecolors": style.ACCENT, "edgecolors": style.ACCENT},
}


def love_plot(table, *, limit: float = BALANCED, ax=None):
    """Draw the largest difference between groups in each characteristic, before and after.

    Parameters
    ----------
    table : DataFrame
        ``characteristic, std_difference`` (in standard deviations; missing where it cannot be
        taken); where present also ``category`` and ``std_difference_weighted``.
    limit : float
        Where to draw the line under which groups are called alike.
    ax : Axes, optional
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes

    Raises
    ------
    TableError
        When a column is missing.

    Notes
    -----
    Named after Thomas Love. Characteristics keep the table's order. A difference without end,
    where groups differ in what varies in none of them, is drawn at the right edge with an arrow.

    Examples
    --------
    >>> import pandas as pd
    >>> ax = love_plot(pd.DataFrame({"characteristic": ["Age"], "std_difference": [0.4],
    ...                              "std_difference_weighted": [0.02]}))
    >>> ax.get_xlabel()
    'Largest difference between two groups (standard deviations)'
    >>> style.close(ax)
    """
    table = labels.promised(table, "love_plot", "characteristic", "std_difference")
    names = row_names(table)
    height = 1.2 + sum(0.24 + 0.12 * name.count("\n") for name in names)
    ax = style.axes_or_new(ax, size=(style.WIDTH, min(max(height, 2.2), 12.0)))
    if table.empty:
        style.write_message(ax, "There are no characteristics to show.")
        return ax
    style.tidy(ax, grid="x")
    reach = _reach(table, limit)
    _draw_limit(ax, limit)
    places = np.arange(len(table))
    for moment, column in (("before", "std_difference"), ("after", "std_difference_weighted")):
        if column in table:
            _draw_dots(ax, table[column].to_numpy(float), places, moment, reach)
    ax.set_yticks(places, names, linespacing=1.05)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(0, reach)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("Largest difference between two groups (standard deviations)")
    if "std_difference_weighted" in table:
        look = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "ncols": 2, "frameon": False}
        ax.legend(fontsize=style.SMALL, labelcolor=style.INK, borderaxespad=0.2, **look)
    return ax


def row_names(table) -> list[str]:
    """The name of each row: the characteristic and, where it has one, the category."""
    categories = table["category"] if "category" in table else [""] * len(table)
    return [
        labels.wrapped(f"{name}: {category}" if isinstance(category, str) and category else name)
        for name, category in zip(table["characteristic"], categories, strict=True)
    ]


def _reach(table, limit: float) -> float:
    """Where the axis ends: beyond the largest finite difference and the limit."""
    columns = [name for name in ("std_difference", "std_difference_weighted") if name in table]
    sizes = table[columns].to_numpy(float)
    finite = sizes[np.isfinite(sizes)]
    return 1.08 * max(float(finite.max(initial=0.0)), 2 * limit)


def _draw_limit(ax, limit: float):
    """Draw the line under which groups are called alike, with its name above it."""
    ax.axvline(limit, color=style.INK, linewidth=0.9, linestyle=(0, (1.5, 2)), zorder=1.5)
    ax.annotate(
        f"{limit:g}",
        xy=(limit, 1),
        xycoords=ax.get_xaxis_transform(),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        fontsize=style.SMALL,
        color=style.GREY,
    )


def _draw_dots(ax, sizes, places, moment: str, reach: float):
    """Draw one dot per characteristic; those without end as an arrow at the edge."""
    name = {"before": "before weighting", "after": "after weighting"}[moment]
    there = np.isfinite(sizes)
    look = dict(_LOOKS[moment])
    ax.scatter(sizes[there], places[there], s=38, linewidth=1.4, zorder=3, label=name, **look)
    if np.isinf(sizes).any():
        look["marker"] = ">"
        beyond = np.full(int(np.isinf(sizes).sum()), reach)
        ax.scatter(beyond, places[np.isinf(sizes)], s=48, zorder=3, clip_on=False, **look)
