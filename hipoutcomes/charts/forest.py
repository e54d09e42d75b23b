"""Each group's estimate and interval, one row each."""

import math

import numpy as np
import pandas as pd

from hipoutcomes.charts import labels, style

_LONG = 40


def forest(table: pd.DataFrame, *, reference: float | None = 0.0, ax=None):
    """Draw each row's estimate and interval, in the table's order, and write them beside it.

    Parameters
    ----------
    table : DataFrame
        ``group, estimate, conf_low, conf_high, n_patients``; where present also ``reason`` (shown
        in place of an estimate that is missing), ``quantity``, ``outcome_label``, ``unit``
        (all rows alike) and ``level``.
    reference : float, optional
        Where to draw the line of no change, in the unit of the estimates; None draws none.
    ax : Axes, optional
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes

    Raises
    ------
    TableError
        When a column is missing, or rows differ in quantity, measure or unit.

    Examples
    --------
    >>> table = pd.DataFrame({"group": ["Deep tissue"], "estimate": [2.1], "conf_low": [1.7],
    ...                       "conf_high": [2.5], "n_patients": [48], "unit": ["points"]})
    >>> ax = forest(table)
    >>> ax.get_yticklabels()[0].get_text()
    'Deep tissue (n = 48)'
    >>> style.close(ax)
    """
    table = labels.promised(
        table, "forest", "group", "estimate", "conf_low", "conf_high", "n_patients"
    )
    unit = labels.shared(table, "unit")
    names = _names(table)
    ax = style.axes_or_new(ax, size=(style.WIDTH, _height(names)))
    if table.empty:
        style.write_message(ax, "There are no groups to show.")
        return ax
    style.tidy(ax, grid="x")
    drawn = table.assign(place=np.arange(len(table)), name=names)
    _draw_reference(ax, reference, table, unit)
    _draw_intervals(ax, drawn[table["estimate"].notna()])
    _write_reasons(ax, drawn[table["estimate"].isna()], reference)
    _write_rows(ax, drawn, unit)
    ax.set_xlabel(labels.wrapped(labels.axis_label(table, "Estimate", _direction(table)), 72))
    if labels.is_share(unit):
        ax.xaxis.set_major_formatter(lambda value, _: labels.number(value, unit=unit))
    return ax


def _names(table: pd.DataFrame) -> list[str]:
    """The name of each row with its n, in as few lines as a third of the width allows."""
    whole = [
        labels.with_n(group, n)
        for group, n in zip(table["group"], table["n_patients"], strict=True)
    ]
    width = 30 if max(map(len, whole), default=0) <= 40 else 38
    return [labels.wrapped(name, width) for name in whole]


def _height(names: list[str]) -> float:
    """Height of a new figure in inches: rows as tall as their text, until there are too many."""
    if len(names) > _LONG:
        return 12.0
    n_lines = 1 + max((name.count("\n") for name in names), default=0)
    row = max(0.36, 0.14 * n_lines + 0.12) if len(names) <= 15 else 0.14 * n_lines + 0.1
    return 1.15 + row * max(len(names), 1)


def _direction(table: pd.DataFrame) -> str:
    """Which way is better, where the quantity says so."""
    quantity = labels.shared(table, "quantity").lower()
    if not quantity or "improve" in quantity or "better" in quantity:
        return "right is better"
    return "right is worse" if "worse" in quantity else ""


def _draw_reference(ax, reference, table, unit):
    """Draw the line that estimates are read against, with its name above it."""
    if reference is None:
        return
    ax.axvline(reference, color=style.INK, linewidth=0.9, linestyle=(0, (1.5, 2)), zorder=1.5)
    difference = "difference" in labels.shared(table, "quantity").lower()
    name = "no difference" if difference else "no change"
    if reference != 0 or labels.is_share(unit):
        name = labels.number(reference, labels.digits_for([reference]), unit=unit)
    ax.annotate(
        name,
        xy=(reference, 1),
        xycoords=ax.get_xaxis_transform(),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        fontsize=style.SMALL,
        color=style.GREY,
    )


def _draw_intervals(ax, rows):
    """Draw intervals with caps, and a dot on each estimate."""
    if rows.empty:
        ax.set(xlim=(-1, 1), xticks=[0])
    small = len(rows) > _LONG
    for end in ("conf_low", "conf_high"):
        ax.plot(
            rows[end],
            rows["place"],
            linestyle="none",
            marker="|",
            markersize=3 if small else 7,
            color=style.ACCENT,
        )
    ax.hlines(
        rows["place"],
        rows["conf_low"],
        rows["conf_high"],
        color=style.ACCENT,
        linewidth=1 if small else 1.6,
    )
    ax.scatter(rows["estimate"], rows["place"], s=12 if small else 36, color=style.ACCENT, zorder=3)


def _write_reasons(ax, rows, reference):
    """Say in grey why a row has no estimate."""
    if "reason" not in rows:
        rows = rows.assign(reason="no estimate")
    for place, reason in zip(rows["place"], rows["reason"].fillna("no estimate"), strict=True):
        ax.annotate(
            labels.wrapped(reason, 60),
            xy=(reference or 0.0, place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.SMALL,
            color=style.GREY,
            style="italic",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            annotation_clip=False,
        )


def _write_rows(ax, rows, unit):
    """Name the rows on the left and write their numbers on the right; of very many, some."""
    step = math.ceil(len(rows) / 60)
    named = rows.iloc[::step]
    ax.set_yticks(named["place"], named["name"], linespacing=1.05)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0, labelsize=style.TEXT if len(rows) <= _LONG else 7)
    _write_numbers(ax, named[named["estimate"].notna()], unit, len(rows) > _LONG)
    if step > 1:
        style.write_note(ax, f"{len(rows)} groups; one in {step} is named.")


def _write_numbers(ax, rows, unit, small):
    """Write estimate and interval of each row in a column at the right."""
    digits = labels.digits_for(rows[["estimate", "conf_low", "conf_high"]].to_numpy().ravel())
    look = {"transform": ax.get_yaxis_transform(), "color": style.INK, "va": "center"}
    for row in rows.itertuples():
        text = labels.with_interval(row.estimate, row.conf_low, row.conf_high, digits, unit=unit)
        ax.text(1.03, row.place, text, fontsize=7 if small else style.TEXT, **look)
    if len(rows):
        ax.annotate(
            f"Estimate ({labels.level_of(rows)})",
            xy=(1.03, 1),
            xycoords="axes fraction",
            xytext=(0, 3),
            textcoords="offset points",
            fontsize=style.SMALL,
            color=style.GREY,
        )
