"""Improvement by how often patients came, beside what changed from one visit to the next."""

import numpy as np
import pandas as pd

from hipoutcomes.charts import labels, style

#: Looks of the first, second and third quantity: a quiet curve, then points that are no curve.
_LOOKS = (
    style.LINES[2],
    style.LINES[0] | {"linestyle": "none"},
    style.LINES[1] | {"linestyle": "none"},
)
_MARKS = {"o": "●", "s": "■", "^": "▲"}
_APART = 0.16


def dose(table: pd.DataFrame, *, ax=None):
    """Draw up to three readings over visits on one axis of improvement, each with its interval.

    Parameters
    ----------
    table : DataFrame
        ``quantity`` (one series each, at most three), ``session_number, estimate, n_patients``;
        ``axis`` of 'week' with a column ``week`` puts weeks in the place of visits; where present
        also ``band_low, band_high`` (limits for all visits at once) or ``conf_low,
        conf_high``, and ``outcome_label, unit, level``.
    ax : Axes, optional
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes

    Raises
    ------
    TableError
        When a column is missing, or rows differ in measure or unit.

    Notes
    -----
    Points without an estimate are counted under the axis and not drawn.

    Examples
    --------
    >>> table = pd.DataFrame({"quantity": ["came so often", "since the visit before"],
    ...     "session_number": [2, 2], "estimate": [1.1, 0.6], "n_patients": [40, 61]})
    >>> ax = dose(table)
    >>> ax.get_xlabel()
    'Visit, or times they came'
    >>> style.close(ax)
    """
    place, name = _horizontal(table)
    table = labels.promised(table, "dose", "quantity", place, "estimate", "n_patients")
    ax = style.axes_or_new(ax, size=(style.WIDTH, 5.0))
    if table.empty:
        style.write_message(ax, "No changes from visit to visit were recorded.")
        return ax
    style.tidy(ax, grid="y")
    series = [part for _, part in table.groupby("quantity", sort=False)][: len(_LOOKS)]
    middle = (len(series) - 1) / 2
    for order, (part, look) in enumerate(zip(series, _LOOKS, strict=False)):
        _draw(ax, part.sort_values(place), place, look, _APART * (order - middle))
    ax.axhline(0, color=style.INK, linewidth=0.9, linestyle=(0, (1.5, 2)), zorder=1.5)
    unit = labels.in_brackets(labels.shared(table, "unit"), "above 0 is better")
    noun, _ = labels.noun_and_range(labels.shared(table, "outcome_label"))
    ax.set_ylabel(labels.wrapped(f"Improvement{f' in {noun}' if noun else ''}{unit}", 60))
    ax.set_xlabel(name)
    points = np.sort(table[place].dropna().unique())
    ax.set_xlim(points.min() - 0.6, points.max() + 0.6)
    below = _write_counts(ax, series, place, points)
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1.0), frameon=False, fontsize=style.TEXT,
        borderaxespad=0.2, handlelength=3.2,
    )  # fmt: skip
    style.write_note(ax, _note(table), below=below)
    return ax


def _horizontal(table) -> tuple[str, str]:
    """Column and name of the horizontal axis."""
    if "axis" in table and labels.shared(table, "axis") == "week":
        return "week", "Weeks since the first visit"
    return "session_number", "Visit, or times they came"


def limits_of(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Limits for all visits at once where there are any, else those of one estimate alone."""
    nothing = pd.Series(np.nan, index=table.index)
    ends = []
    for side in ("low", "high"):
        alone = table.get(f"conf_{side}", nothing)
        ends.append(table.get(f"band_{side}", nothing).fillna(alone))
    return ends[0], ends[1]


def _draw(ax, rows, place, look, aside):
    """Draw one series, a little to one side of its points."""
    low, high = limits_of(rows)
    x = rows[place].to_numpy(float) + aside
    ax.vlines(x, low.to_numpy(float), high.to_numpy(float), color=look["color"], linewidth=1.1)
    name = rows["quantity"].iloc[0]
    ax.plot(
        x,
        rows["estimate"].to_numpy(float),
        label=labels.wrapped(name[:1].upper() + name[1:], 78),
        linewidth=1.6,
        markersize=5.5,
        **look,
    )


def _write_counts(ax, series, place, points):
    """Write the number of patients of each series under the axis; the last artist written."""
    ticked = points[:: int(np.ceil(len(points) / 13))]
    ax.set_xticks(ticked)
    below = {"textcoords": "offset points", "annotation_clip": False, "va": "top"}
    written = ax.xaxis.label
    for order, (part, look) in enumerate(zip(series, _LOOKS, strict=False)):
        depth = -40 - 15 * order
        counts = part.set_index(place)["n_patients"]
        ax.annotate(
            f"n {_MARKS[look['marker']]}", xy=(0, 0), xycoords="axes fraction", xytext=(-10, depth),
            ha="right", fontsize=style.SMALL, color=look["color"], **below,
        )  # fmt: skip
        for x in ticked:
            n = counts.get(x, np.nan)
            written = ax.annotate(
                "" if pd.isna(n) else f"{int(n):,}",
                xy=(x, 0), xycoords=ax.get_xaxis_transform(), xytext=(0, depth),
                ha="center", fontsize=style.SMALL, color=style.INK, **below,
            )  # fmt: skip
    return written


def _note(table) -> str:
    """What the bars are, and what is not drawn."""
    level = labels.level_of(table)
    note = f"Bars: {level} of each point."
    if "band_low" in table and table["band_low"].notna().any():
        note = f"Bars: {level}; from visit to visit they hold for all visits at once."
    if table["estimate"].isna().any():
        note += " Points without enough patients are not drawn."
    return note
