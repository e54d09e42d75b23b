"""Mean score over sessions or weeks, with how many are still measured and still coming."""

import numpy as np
import pandas as pd

from hipoutcomes.charts import labels, style
from hipoutcomes.errors import TableError

_COLUMNS = {"session": ("session_number", "Session"), "week": ("week", "Weeks since first session")}
_COUNTS = (("n_measured", "Measured"), ("n_still_coming", "Still coming"))


def trajectory(table: pd.DataFrame, *, ax=None):
    """Draw mean and interval over time, and write the numbers of patients under the axis.

    Parameters
    ----------
    table : DataFrame
        ``axis`` ('session' or 'week', all rows alike), ``session_number`` or ``week``,
        ``estimate, conf_low, conf_high, n_measured``; where present also ``n_still_coming``,
        ``outcome``, ``outcome_label``, ``unit``, ``level``.
    ax : Axes, optional
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes

    Raises
    ------
    TableError
        When a column is missing, `axis` is neither session nor week, or rows differ in axis,
        measure or unit.

    Notes
    -----
    Points without an estimate, for too few were measured, are counted under the axis and not drawn.

    Examples
    --------
    >>> table = pd.DataFrame({"axis": "session", "session_number": [1, 2], "estimate": [6.0, 5.1],
    ...     "conf_low": [5.6, 4.6], "conf_high": [6.4, 5.6], "n_measured": [48, 40]})
    >>> ax = trajectory(table)
    >>> ax.get_xlabel()
    'Session'
    >>> style.close(ax)
    """
    table = labels.promised(
        table, "trajectory", "axis", "estimate", "conf_low", "conf_high", "n_measured"
    )
    ax = style.axes_or_new(ax, size=(style.WIDTH, 4.4))
    if table.empty:
        style.write_message(ax, "No scores were recorded over time.")
        return ax
    place, name = _horizontal(table)
    rows = table.sort_values(place)
    measured = rows["estimate"].notna()
    style.tidy(ax, grid="y")
    _draw_means(ax, rows, place, measured)
    ax.set_xlabel(name)
    ax.set_ylabel(labels.wrapped(_mean_of(table), 44))
    first, last = rows[place].min(), rows[place].max()
    reach = max(0.5, 0.03 * (last - first))
    ax.set_xlim(first - reach, last + reach)
    if measured.any() and (whole := labels.score_range(table)):
        ax.set_ylim(*whole)
    _write_counts(ax, rows, place)
    _explain(ax, rows, measured)
    return ax


def _mean_of(table) -> str:
    """What the vertical axis counts."""
    noun, _, rest = labels.score_label(table).partition(" (")
    return f"Mean {labels.lower_first(noun)}" + (f" ({rest}" if rest else "")


def _horizontal(table) -> tuple[str, str]:
    """Column and name of the horizontal axis."""
    axis = labels.shared(table, "axis")
    if axis not in _COLUMNS:
        raise TableError(f"The trajectory's axis is '{axis}'.", "It may be 'session' or 'week'.")
    column, name = _COLUMNS[axis]
    labels.promised(table, "trajectory", column)
    return column, name


def _draw_means(ax, rows, place, measured):
    """Draw the means, joined where they follow each other, with bars for their intervals."""
    shown = rows.where(measured)
    x = rows[place].to_numpy(dtype=float)
    low, high = shown["conf_low"].to_numpy(float), shown["conf_high"].to_numpy(float)
    for ends in (low, high):
        ax.plot(x, ends, linestyle="none", marker="_", markersize=6, color=style.ACCENT)
    ax.vlines(x, low, high, color=style.ACCENT, linewidth=1.2)
    ax.plot(x, shown["estimate"].to_numpy(float), color=style.ACCENT, linewidth=2.2, marker="o")
    if not measured.any():
        ax.set_yticks([])
        ax.text(
            0.5,
            0.5,
            "Nowhere were enough patients measured for a mean.",
            transform=ax.transAxes,
            ha="center",
            fontsize=style.TEXT,
            color=style.INK,
        )


def _write_counts(ax, rows, place):
    """Write the numbers of patients in rows under the axis, each below its tick."""
    step = int(np.ceil(len(rows) / 13))
    ticked = rows.iloc[::step]
    ax.set_xticks(ticked[place])
    below = {"textcoords": "offset points", "annotation_clip": False, "va": "top"}
    for order, (column, name) in enumerate(c for c in _COUNTS if c[0] in rows):
        depth = -40 - 15 * order
        ax.annotate(
            name,
            xy=(0, 0),
            xycoords="axes fraction",
            xytext=(-10, depth),
            ha="right",
            fontsize=style.SMALL,
            color=style.GREY,
            **below,
        )
        for x, count in zip(ticked[place], ticked[column], strict=True):
            ax.annotate(
                "" if pd.isna(count) else f"{int(count):,}",
                xy=(x, 0),
                xycoords=ax.get_xaxis_transform(),
                xytext=(0, depth),
                ha="center",
                fontsize=style.SMALL,
                color=style.INK,
                **below,
            )


def _explain(ax, rows, measured):
    """Say under the counts what the bars are, and what is not drawn."""
    note = f"Dots: mean; bars: {labels.level_of(rows)}."
    if not measured.all():
        note += " Points without enough patients for a mean are not drawn."
    style.write_note(ax, note, below=ax.texts[-1])
