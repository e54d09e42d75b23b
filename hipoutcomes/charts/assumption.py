"""The mean of everyone against the mean that is assumed for those who were not measured."""

import pandas as pd

from hipoutcomes.charts import labels, style

_LABEL = {"textcoords": "offset points", "fontsize": style.SMALL, "linespacing": 1.1}


def assumption(table: pd.DataFrame, *, reference: float = 0.0, ax=None):
    """Draw how the mean of everyone due follows from what those not measured did.

    Parameters
    ----------
    table : DataFrame
        ``assumed`` (mean improvement of those not measured), ``estimate, conf_low, conf_high`` (of
        everyone due); where present also ``reading`` (a name marks the point, empty rows only
        draw the line), ``n_due, n_not_measured, outcome_label, unit, level``.
    reference : float
        Mean at which the finding fails.
    ax : Axes, optional
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes

    Raises
    ------
    TableError
        When a column is missing, or rows differ in measure or unit.

    Examples
    --------
    >>> table = pd.DataFrame({"assumed": [-4.0, 0.0, 6.0], "estimate": [0.7, 1.6, 2.9],
    ...     "conf_low": [0.2, 1.2, 2.4], "conf_high": [1.2, 2.0, 3.4], "unit": "points",
    ...     "reading": ["worst possible", "no change", "best possible"]})
    >>> ax = assumption(table)
    >>> ax.get_xlabel()
    'Mean improvement of those not measured (points; right is better)'
    >>> style.close(ax)
    """
    table = labels.promised(table, "assumption", "assumed", "estimate", "conf_low", "conf_high")
    ax = style.axes_or_new(ax, size=(style.WIDTH, 4.2))
    drawn = table.dropna(subset=["assumed", "estimate"]).sort_values("assumed", kind="stable")
    if drawn.empty:
        style.write_message(ax, "Nobody is missing, or too few were measured to draw a mean.")
        return ax
    style.tidy(ax, grid="y")
    ax.fill_between(
        drawn["assumed"],
        drawn["conf_low"],
        drawn["conf_high"],
        color=style.ACCENT_PALE,
        linewidth=0,
    )
    ax.plot(drawn["assumed"], drawn["estimate"], color=style.ACCENT, linewidth=2)
    _draw_reference(ax, reference, drawn)
    _mark_readings(ax, drawn)
    _name_axes(ax, table)
    return ax


def _draw_reference(ax, reference, drawn):
    """Draw the line at which the finding fails, inside the axes."""
    low = min(drawn["conf_low"].min(), drawn["estimate"].min(), reference)
    high = max(drawn["conf_high"].max(), drawn["estimate"].max(), reference)
    room = 0.22 * (high - low or 1.0)
    ax.set_ylim(low - room, high + room)
    ax.axhline(reference, color=style.INK, linewidth=0.9, linestyle=(0, (1.5, 2)), zorder=1.5)
    ax.annotate(
        "no change" if reference == 0 else f"{reference:g}".replace("-", "−"),
        xy=(1, reference),
        xycoords=ax.get_yaxis_transform(),
        xytext=(-2, -3),
        ha="right",
        va="top",
        color=style.GREY,
        **_LABEL,
    )


def _mark_readings(ax, drawn):
    """Mark and name the readings, by turns under and over the band.

    The line rises to the right, so there is room to the left over it and to the right under it.
    """
    if "reading" not in drawn:
        return
    marked = drawn[drawn["reading"].fillna("") != ""]
    low, high = drawn["assumed"].min(), drawn["assumed"].max()
    for place, row in enumerate(marked.itertuples()):
        last = place == len(marked) - 1 > 0
        above = last or bool(place % 2)
        edge = row.conf_high if above else row.conf_low
        edge = row.estimate if pd.isna(edge) else edge
        # Over the very beginning there is no room to the left: the name goes higher instead.
        begins = above and row.assumed < low + 0.2 * (high - low)
        ax.plot(row.assumed, row.estimate, "o", color=style.INK, markersize=6, zorder=5)
        ax.plot([row.assumed] * 2, [row.estimate, edge], color=style.INK, linewidth=0.9, zorder=4)
        ax.annotate(
            f"{labels.wrapped(row.reading, 22)}\n{labels.number(row.estimate)}",
            xy=(row.assumed, edge),
            xytext=(0, (30 if begins else 4) if above else -4),
            ha="right" if above and not begins else "left",
            va="bottom" if above else "top",
            color=style.INK,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.6},
            zorder=4,
            arrowprops={"arrowstyle": "-", "color": style.GREY, "linewidth": 0.7}
            if begins
            else None,
            **_LABEL,
        )


def _name_axes(ax, table):
    """Name both axes, and say who is in the line."""
    noun, _ = labels.noun_and_range(labels.shared(table, "outcome_label"))
    of = f" in {noun}" if noun else ""
    unit = labels.shared(table, "unit")
    ax.set_xlabel(
        f"Mean improvement of those not measured{labels.in_brackets(unit, 'right is better')}"
    )
    everyone = labels.in_brackets(unit)
    ax.set_ylabel(labels.wrapped(f"Everyone due: mean improvement{of}{everyone}", 36))
    counts = ""
    if {"n_due", "n_not_measured"} <= set(table):
        n_due, n = int(table["n_due"].iloc[0]), int(table["n_not_measured"].iloc[0])
        counts = f"{n:,} of {n_due:,} due were not measured. "
    style.write_note(ax, f"{counts}Band: {labels.level_of(table)} if their mean were exactly so.")
