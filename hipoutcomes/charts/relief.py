"""Mean score just before treatment, just after it, and at the next visit."""

import numpy as np
import pandas as pd

from hipoutcomes.charts import labels, style

#: The three points in their order, and what stands under them.
POINTS = {
    "before": "Just before\ntreatment",
    "after": "Just after\ntreatment",
    "next visit": "At the next visit,\nbefore treatment",
}


def relief(table: pd.DataFrame, *, ax=None):
    """Draw the three means with their intervals, on the whole range of the score.

    Parameters
    ----------
    table : DataFrame
        ``timing`` ('before', 'after', 'next visit'), ``estimate, conf_low, conf_high``; where
        present also ``n_patients, n_sessions, outcome, outcome_label, unit, level, reason``.
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
    All three are of the same pairs of visits.

    Examples
    --------
    >>> table = pd.DataFrame({"timing": ["before", "after", "next visit"], "conf_low": [5, 3, 4],
    ...     "estimate": [6, 4, 5], "conf_high": [7, 5, 6]})
    >>> ax = relief(table)
    >>> [round(float(y), 1) for y in ax.get_lines()[0].get_ydata()]
    [6.0, 4.0, 5.0]
    >>> style.close(ax)
    """
    table = labels.promised(table, "relief", "timing", "estimate", "conf_low", "conf_high")
    ax = style.axes_or_new(ax, size=(style.WIDTH, 4.2))
    rows = table.set_index("timing").reindex(list(POINTS))
    if table.empty or rows["estimate"].isna().all():
        style.write_message(ax, "Too few patients came back for a mean at the next visit.")
        return ax
    style.tidy(ax, grid="y")
    x, y = np.arange(len(POINTS)), rows["estimate"].to_numpy(float)
    ax.plot(x, y, color=style.ACCENT, linewidth=2, marker="o", markersize=7)
    ax.vlines(x, rows["conf_low"], rows["conf_high"], color=style.ACCENT, linewidth=1.3)
    for place, value in zip(x, y, strict=True):
        if not np.isnan(value):
            ax.annotate(
                labels.number(value), (place, value), xytext=(9, 6), textcoords="offset points",
                fontsize=style.TEXT, color=style.INK,
            )  # fmt: skip
    ax.set_xticks(x, list(POINTS.values()))
    ax.set_xlim(-0.4, len(POINTS) - 0.6)
    noun, _, rest = labels.score_label(table).partition(" (")
    mean = f"Mean {labels.lower_first(noun)}" + (f" ({rest}" if rest else "")
    ax.set_ylabel(labels.wrapped(mean, 50))
    if whole := labels.score_range(table):
        ax.set_ylim(*whole)
    style.write_note(ax, _note(table), below=ax.get_xticklabels()[1])
    return ax


def _note(table) -> str:
    """Who it is about, and what the bars are."""
    n = table["n_patients"].iloc[0] if "n_patients" in table else np.nan
    pairs = table["n_sessions"].iloc[0] if "n_sessions" in table else np.nan
    of = "" if pd.isna(pairs) else f"{int(pairs):,} sessions after which "
    who = "the patient came back" if pd.isna(n) else f"{int(n):,} patients came back"
    said = f"{of}{who}. Bars: {labels.level_of(table)}."
    return said[:1].upper() + said[1:]
