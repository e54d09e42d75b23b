"""Better, same and worse in each group, beside what re-measuring alone would give."""

import numpy as np
import pandas as pd

from hipoutcomes.charts import labels, style

_PARTS = (("n_better", "Better"), ("n_same", "Same"), ("n_worse", "Worse"))
_BAR = 0.5
_RANGES = (
    ("expected_low", "expected_high", False),
    ("expected_worse_low", "expected_worse_high", True),
)


def shares(table: pd.DataFrame, *, ax=None):
    """Draw who got better, stayed the same and got worse, as parts of each group.

    Parameters
    ----------
    table : DataFrame
        ``group, n_better, n_same, n_worse``; where present also ``n_patients`` (the three
        together without it), ``reason`` (shown where counts are missing), ``threshold, operator,
        unit``, and the shares that re-measuring alone would give: ``expected_low, expected_high``
        for better, ``expected_worse_low, expected_worse_high`` for worse (0 to 1).
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
    Better is read from the left edge, worse from the right edge, and so are their ranges.

    Examples
    --------
    >>> table = pd.DataFrame({"group": ["all"], "n_better": [30], "n_same": [15], "n_worse": [5]})
    >>> ax = shares(table)
    >>> [round(float(bar.get_width()), 2) for bar in ax.patches]
    [0.6, 0.3, 0.1]
    >>> style.close(ax)
    """
    table = labels.promised(table, "shares", "group", "n_better", "n_same", "n_worse")
    ax = style.axes_or_new(ax, size=(style.WIDTH, 1.5 + 0.56 * max(len(table), 1)))
    if table.empty:
        style.write_message(ax, "There are no groups to show.")
        return ax
    style.tidy(ax, frame=False)
    counts = table[[column for column, _ in _PARTS]]
    rows = table.assign(place=np.arange(len(table)), total=counts.sum(axis=1, skipna=False))
    is_counted = rows["total"].gt(0)
    counted = rows[is_counted]
    _draw_parts(ax, counted)
    _write_reasons(ax, rows[~is_counted])
    ranged = [_draw_range(ax, counted, *names) for names in _RANGES]
    _write_rows(ax, rows, counted)
    _name_axes(ax, table, any(ranged))
    return ax


def _look(column: str) -> dict:
    """Fill and outline of one part; they differ without colour."""
    if column == "n_better":
        return {"facecolor": style.ACCENT, "edgecolor": style.ACCENT, "hatch": None}
    if column == "n_same":
        return {"facecolor": style.PALE, "edgecolor": "white", "hatch": None}
    return {}


def _draw_parts(ax, rows):
    """Draw the three parts of each bar, with their shares where they fit."""
    left = np.zeros(len(rows))
    for column, _ in _PARTS:
        width = (rows[column] / rows["total"]).to_numpy(dtype=float)
        for start, size, place in zip(left, width, rows["place"], strict=True):
            box = style.hatched(start, place - _BAR / 2, size, _BAR, **_look(column))
            ax.add_patch(box)
            if size >= 0.065:
                ax.text(
                    start + size / 2,
                    place,
                    labels.number(size, unit="share"),
                    ha="center",
                    va="center",
                    fontsize=style.TEXT,
                    color="white" if column == "n_better" else style.INK,
                    bbox=_plate(column),
                )
        left = left + width


def _plate(column):
    """A white plate under text on a hatch."""
    if column != "n_worse":
        return None
    return {"facecolor": "white", "edgecolor": "none", "pad": 1.2}


def _write_reasons(ax, rows):
    """Say in grey why a row has no bar."""
    reasons = rows["reason"] if "reason" in rows else pd.Series("", index=rows.index)
    for place, reason in zip(rows["place"], reasons, strict=True):
        text = reason if isinstance(reason, str) and reason else "no patients to count"
        look = {"fontsize": style.SMALL, "color": style.GREY, "style": "italic", "va": "center"}
        ax.text(0.0, place, labels.wrapped(text, 64), **look)


def _draw_range(ax, rows, low, high, from_right) -> bool:
    """Draw under each bar the range that re-measuring alone would give; False without one."""
    if low not in rows or high not in rows:
        return False
    known = rows.dropna(subset=[low, high])
    ends = known[[low, high]].to_numpy(dtype=float)
    ends = 1 - ends if from_right else ends
    below = known["place"].to_numpy() + _BAR / 2 + 0.11
    ax.hlines(below, ends.min(axis=1), ends.max(axis=1), color=style.INK, linewidth=1.3)
    for column in range(2):
        look = {"linestyle": "none", "marker": "|", "markersize": 8, "markeredgewidth": 1.3}
        ax.plot(ends[:, column], below, color=style.INK, clip_on=False, **look)
    return len(known) > 0


def _write_rows(ax, rows, counted):
    """Name the rows on the left and write their counts on the right."""
    n_patients = rows["n_patients"] if "n_patients" in rows else rows["total"]
    names = [
        labels.wrapped(labels.with_n(group, n), 28)
        for group, n in zip(rows["group"], n_patients, strict=True)
    ]
    ax.set_yticks(rows["place"], names, linespacing=1.05)
    ax.set_ylim(len(rows) - 0.35, -0.45)
    ax.tick_params(axis="y", length=0)
    look = {"transform": ax.get_yaxis_transform(), "va": "center", "color": style.INK}
    for row in counted.itertuples():
        text = f"{int(row.n_better):,} / {int(row.n_same):,} / {int(row.n_worse):,}"
        ax.text(1.02, row.place, text, fontsize=style.TEXT, **look)


def _name_axes(ax, table, has_range):
    """Name the axis, the three parts and the ranges."""
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(lambda value, _: labels.number(value, unit="share"))
    ax.set_xlabel("Share of patients")
    keys = [
        style.hatched(0, 0, 1, 1, **_look(column), label=name + _meaning(table, column))
        for column, name in _PARTS
    ]
    ax.legend(
        handles=keys,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=3,
        frameon=False,
        fontsize=style.TEXT,
        borderaxespad=0.2,
        columnspacing=1.4,
        handlelength=1.6,
    )
    note = "Numbers at the right: better / same / worse."
    if has_range:
        note += (
            "\n├──┤ What re-measuring alone would give, with no real change: for better from the "
            "left,\nfor worse from the right. Recovery by itself is not included."
        )
    style.write_note(ax, note)


def _meaning(table, column) -> str:
    """How much counts as better or worse, where the table says."""
    thresholds = table["threshold"].dropna().unique() if "threshold" in table else []
    if len(thresholds) != 1 or column == "n_same":
        return ""
    more = "more than " if labels.shared(table, "operator") == ">" else ""
    plus = "" if more else "+"
    unit = labels.shared(table, "unit")
    unit = "" if labels.is_share(unit) else f" {unit}"
    return f" ({more}{abs(thresholds[0]):g}{plus}{unit})"
