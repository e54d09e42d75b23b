"""Technique by condition: mean improvement in each cell, and blank where patients are few."""

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from hipoutcomes.charts import labels, style
from hipoutcomes.errors import TableError
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES

#: From worse through none to better; the sign and a hatch say the same without colour.
SHADES = LinearSegmentedColormap.from_list(
    "worse-to-better", [style.CONTRARY, "#F6C9A5", "#FFFFFF", "#A6CDE4", style.ACCENT]
)


def heatmap(table: pd.DataFrame, *, ax=None):
    """Draw the estimate and n of each technique and condition in a grid.

    Parameters
    ----------
    table : DataFrame
        ``technique, condition`` (codes or labels), ``estimate`` (missing where patients are too
        few), ``n_patients``; where present also ``quantity, outcome_label, unit``.
    ax : Axes, optional
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes

    Raises
    ------
    TableError
        When a column is missing, a technique and condition are repeated, or rows differ in
        quantity, measure or unit.

    Notes
    -----
    The shading reaches as far on either side of 0 as the largest estimate. Cells for the worse
    carry a minus sign and a hatch; cells without an estimate stay white with their n alone.

    Examples
    --------
    >>> table = pd.DataFrame({"technique": ["swedish"], "condition": ["piriformis"],
    ...                       "estimate": [1.8], "n_patients": [25]})
    >>> ax = heatmap(table)
    >>> [text.get_text() for text in ax.texts][:2]
    ['+1.8', 'n = 25']
    >>> style.close(ax)
    """
    table = labels.promised(table, "heatmap", "technique", "condition", "estimate", "n_patients")
    named = table.dropna(subset=["technique", "condition"])
    named = named.astype({"technique": str, "condition": str})
    if named.duplicated(["technique", "condition"]).any():
        raise TableError(
            "The heat map repeats a technique and condition.", "Each pair of them has one row."
        )
    techniques, conditions = list(named["technique"].unique()), list(named["condition"].unique())
    size = (2.4 + 0.92 * max(len(techniques), 3), 1.7 + 0.55 * max(len(conditions), 1))
    ax = style.axes_or_new(ax, size=(max(size[0], style.WIDTH), size[1]))
    if named.empty:
        style.write_message(ax, "There are no techniques and conditions to show.")
        return ax
    cells = named.assign(
        x=named["technique"].map(techniques.index), y=named["condition"].map(conditions.index)
    )
    reach = cells["estimate"].abs().max()
    reach = float(reach) if pd.notna(reach) and reach > 0 else 1.0
    _shade(ax, cells, (len(conditions), len(techniques)), reach)
    _write_cells(ax, cells, reach, labels.shared(table, "unit"))
    _name_sides(ax, techniques, conditions)
    _explain(ax, table, cells, reach)
    return ax


def _shade(ax, cells, shape, reach):
    """Shade the grid, and hatch the cells for the worse."""
    shades = np.full(shape, np.nan)
    shades[cells["y"], cells["x"]] = cells["estimate"].to_numpy(dtype=float)
    edges = (np.arange(shape[1] + 1) - 0.5, np.arange(shape[0] + 1) - 0.5)
    ax.pcolormesh(
        *edges, shades, cmap=SHADES, vmin=-reach, vmax=reach, edgecolors="white", linewidth=2
    )
    for x, y in cells.loc[cells["estimate"] < 0, ["x", "y"]].to_numpy():
        look = {"facecolor": "none", "edgecolor": "#A85A20", "linewidth": 0}
        ax.add_patch(style.hatched(x - 0.48, y - 0.46, 0.96, 0.92, **look))
    for y, x in np.argwhere(np.isnan(shades)):
        look = {"edgecolor": style.PALE, "hatch": None}
        ax.add_patch(style.hatched(x - 0.47, y - 0.45, 0.94, 0.9, **look))
    ax.set_xlim(-0.5, shape[1] - 0.5)
    ax.set_ylim(shape[0] - 0.5, -0.5)


def _write_cells(ax, cells, reach, unit):
    """Write estimate and n in each cell; n alone where there is no estimate."""
    digits = labels.digits_for(cells["estimate"])
    for cell in cells.itertuples():
        n_text = f"n = {int(cell.n_patients):,}"
        look = {"ha": "center", "va": "center"}
        if pd.isna(cell.estimate):
            ax.text(cell.x, cell.y, n_text, fontsize=style.SMALL, color=style.GREY, **look)
            continue
        shade = SHADES((cell.estimate / reach + 1) / 2)
        look["color"] = "white" if _brightness(shade) < 0.5 else style.INK
        if cell.estimate < 0:
            look["bbox"] = {"facecolor": shade, "edgecolor": "none", "pad": 1.0}
        estimate = labels.number(cell.estimate, digits, unit=unit, signed=True)
        ax.text(cell.x, cell.y - 0.14, estimate, fontsize=style.TEXT + 1.5, weight="bold", **look)
        ax.text(cell.x, cell.y + 0.24, n_text, fontsize=style.SMALL - 0.5, **look)


def _brightness(color) -> float:
    """How bright a colour looks, 0 to 1."""
    return float(np.dot(to_rgb(color), (0.299, 0.587, 0.114)))


def _name_sides(ax, techniques, conditions):
    """Name techniques above and conditions at the left."""
    style.tidy(ax, frame=False)
    ax.xaxis.tick_top()
    names = [labels.wrapped(TECHNIQUES.label(code), 13) for code in techniques]
    ax.set_xticks(range(len(techniques)), names, linespacing=1.05)
    names = [labels.wrapped(CONDITIONS.label(code), 24) for code in conditions]
    ax.set_yticks(range(len(conditions)), names, linespacing=1.05)
    ax.tick_params(length=0, labelsize=style.TEXT)


def _explain(ax, table, cells, reach):
    """Name the quantity under the grid, and say what shades and blanks mean."""
    unit = labels.shared(table, "unit")
    ax.set_xlabel(labels.axis_label(table, "Improvement", "+ is better"), fontsize=style.TEXT)
    most = labels.number(reach, labels.digits_for(cells["estimate"]), unit=unit)
    notes = []
    if cells["estimate"].notna().any():
        notes.append(
            f"Shading runs from −{most} (orange, hatched: worse) to +{most} (blue: better)."
        )
    if cells["estimate"].notna().sum() < cells["x"].nunique() * cells["y"].nunique():
        notes.append("White: too few patients for an estimate, or none.")
    style.write_note(ax, "\n".join(notes))
