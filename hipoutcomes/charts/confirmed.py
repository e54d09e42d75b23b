"""The share with a confirmed change by each visit, beside what scores that only vary would give."""

import pandas as pd

from hipoutcomes.charts import labels, style


def confirmed(table: pd.DataFrame, *, ax=None):
    """Draw a share that grows over visits, with stopping, and the band that noise alone gives.

    Parameters
    ----------
    table : DataFrame
        ``session_number, estimate`` (share by that visit, 0 to 1); where present also ``conf_low,
        conf_high``, ``expected_low, expected_high`` (share that re-measuring alone would give),
        ``share_stopped``, ``n_still_coming``, ``quantity, level``.
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
    Visits without an estimate, for too few were still coming, are not drawn.

    Examples
    --------
    >>> table = pd.DataFrame({"session_number": [3, 4], "estimate": [0.1, 0.2],
    ...     "conf_low": [0.05, 0.1], "conf_high": [0.2, 0.3]})
    >>> ax = confirmed(table)
    >>> ax.get_xlabel()
    'Visit'
    >>> style.close(ax)
    """
    table = labels.promised(table, "confirmed", "session_number", "estimate")
    ax = style.axes_or_new(ax, size=(style.WIDTH, 4.6))
    rows = table.dropna(subset=["estimate"]).sort_values("session_number")
    if rows.empty:
        style.write_message(ax, "Too few patients kept coming to follow a confirmed change.")
        return ax
    style.tidy(ax, grid="y")
    _draw_noise(ax, rows)
    _draw_shares(ax, rows)
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(lambda value, _: labels.number(value, unit="share"))
    ax.set_ylabel("Share of patients, by this visit")
    ax.set_xlabel("Visit")
    first, last = rows["session_number"].min(), rows["session_number"].max()
    ax.set_xlim(first - 0.5, last + 0.5)
    ax.set_xticks(range(int(first), int(last) + 1, -(-int(last - first + 1) // 13)))
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1.0), frameon=False, fontsize=style.TEXT,
        borderaxespad=0.2, handlelength=3.2,
    )  # fmt: skip
    style.write_note(ax, _note(table, rows))
    return ax


def _draw_noise(ax, rows):
    """Draw the band of what re-measuring alone would give."""
    if "expected_low" not in rows or rows["expected_low"].isna().all():
        return
    x = rows["session_number"].to_numpy(float)
    low, high = (rows[f"expected_{end}"].to_numpy(float) for end in ("low", "high"))
    name = "What scores that only vary would show, with nothing changing"
    ax.fill_between(x, low, high, color=style.PALE, linewidth=0, label=name)
    for ends in (low, high):
        ax.plot(x, ends, linestyle="none", marker="_", markersize=14, color=style.GREY)


def _draw_shares(ax, rows):
    """Draw the share with a confirmed change, and the share who stopped without."""
    x = rows["session_number"].to_numpy(float)
    if "conf_low" in rows:
        low, high = rows["conf_low"].to_numpy(float), rows["conf_high"].to_numpy(float)
        ax.vlines(x, low, high, color=style.ACCENT, linewidth=1.3)
    what = labels.shared(rows, "quantity") or "share with a confirmed change"
    look = {"linewidth": 2, "markersize": 6} | style.LINES[0]
    name = labels.wrapped(what[:1].upper() + what[1:], 78)
    ax.plot(x, rows["estimate"].to_numpy(float), label=name, **look)
    if "share_stopped" in rows and rows["share_stopped"].notna().any():
        stopped = rows["share_stopped"].to_numpy(float)
        look = {"linewidth": 1.4, "markersize": 5} | style.LINES[2]
        ax.plot(x, stopped, label="Had stopped coming without that", **look)


def _note(table, rows) -> str:
    """Who it is about, what the bars are, and what is not drawn."""
    n = rows["n_patients"].iloc[0] if "n_patients" in rows else float("nan")
    note = f"{labels.with_n('all', n)}. Bars: {labels.level_of(table)}."
    if len(rows) < len(table):
        note += " Visits with too few still coming are not drawn."
    if "expected_low" in rows and rows["expected_low"].notna().any():
        note += "\nThe grey band does not include recovery by itself."
    return note
