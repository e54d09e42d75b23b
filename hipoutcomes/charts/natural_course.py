"""Observed improvement beside the range of re-measuring alone and, apart, published courses."""

import numpy as np
import pandas as pd

from hipoutcomes.charts import labels, style

_BAND = 0.34
_NAMES = {
    "mean improvement": "Observed",
    "mean improvement from the mean of two first scores": "Observed, from the mean of\n"
    "two first scores",
    "mean improvement between two first scores, before any treatment": "Between two first scores,\n"
    "before any treatment",
}
_APART = "Other patients, as published: shown apart, never added or subtracted"


def natural_course(table: pd.DataFrame, *, courses: pd.DataFrame | None = None, ax=None):
    """Draw mean improvement with its interval, and under it the range of re-measuring alone.

    Parameters
    ----------
    table : DataFrame
        ``quantity, estimate, conf_low, conf_high, expected_low, expected_high, n_patients``; where
        present also ``outcome_label, unit, level, reason``. Rows in shares are left to the table.
    courses : DataFrame, optional
        Published courses of other patients: ``group, estimate, n_patients``; those without an
        estimate are not drawn.
    ax : Axes, optional
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes

    Raises
    ------
    TableError
        When a column is missing, or the means differ in unit.

    Examples
    --------
    >>> table = pd.DataFrame({"quantity": ["mean improvement"], "estimate": [2.1],
    ...     "conf_low": [1.7], "conf_high": [2.5], "expected_low": [0.4], "expected_high": [1.6],
    ...     "n_patients": [48], "unit": ["points"]})
    >>> ax = natural_course(table)
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['Observed (n = 48)', 'Re-measuring alone']
    >>> style.close(ax)
    """
    table = labels.promised(
        table,
        "natural_course",
        *("quantity", "estimate", "conf_low", "conf_high", "expected_low", "expected_high"),
        "n_patients",
    )
    shares = table["unit"].map(labels.is_share) if "unit" in table else False
    means = table[np.logical_not(shares) & table["estimate"].notna()]
    drawn = _lines(means, courses)
    ax = style.axes_or_new(ax, size=(style.WIDTH, 1.5 + 0.46 * max(len(drawn), 1)))
    if means.empty:
        reasons = table["reason"] if "reason" in table else pd.Series(dtype=object)
        why = next((reason for reason in reasons if reason), "there is no estimate")
        style.write_message(ax, labels.wrapped(f"Nothing to show: {why}.", 60))
        return ax
    style.tidy(ax, grid="x")
    ax.axvline(0, color=style.INK, linewidth=0.9, linestyle=(0, (1.5, 2)), zorder=1.5)
    for line in drawn:
        _DRAW[line["kind"]](ax, line)
    _name_lines(ax, drawn, labels.shared(means, "unit"))
    noun, _ = labels.noun_and_range(labels.shared(means, "outcome_label"))
    about = f"Mean improvement in {noun}" if noun else "Mean improvement"
    unit = labels.in_brackets(labels.shared(means, "unit"), "right is better")
    ax.set_xlabel(labels.wrapped(about + unit, 72))
    level = labels.level_of(means)
    style.write_note(ax, f"Dot and line: observed, with its {level}. Band: if nothing had changed.")
    return ax


def _lines(means: pd.DataFrame, courses: pd.DataFrame | None) -> list[dict]:
    """Everything that is drawn, from the top."""
    drawn = []
    for row in means.itertuples():
        name = labels.with_n(_NAMES.get(row.quantity, row.quantity), row.n_patients)
        drawn.append({"kind": "observed", "name": name, "row": row})
        if pd.notna(row.expected_low):
            drawn.append({"kind": "range", "name": "Re-measuring alone", "row": row})
    for place, line in enumerate(drawn):
        line["place"] = place
    known = [] if courses is None else courses[courses["estimate"].notna()].itertuples()
    for place, row in enumerate(known, len(drawn) + 1):
        who = labels.with_n(row.group.split(" (")[0], row.n_patients)
        name = labels.wrapped(who, 34)
        drawn.append({"kind": "course", "name": name, "row": row, "place": place})
    return drawn


def _draw_observed(ax, line):
    """A dot on its interval."""
    row, place = line["row"], line["place"]
    ax.hlines(place, row.conf_low, row.conf_high, color=style.ACCENT, linewidth=1.6)
    ends = [row.conf_low, row.conf_high]
    ax.plot(ends, [place] * 2, linestyle="none", marker="|", markersize=7, color=style.ACCENT)
    ax.scatter([row.estimate], [place], s=36, color=style.ACCENT, zorder=3)


def _draw_range(ax, line):
    """A hatched band from the lowest to the highest expected."""
    row, place = line["row"], line["place"]
    width = row.expected_high - row.expected_low
    ax.add_patch(style.hatched(row.expected_low, place - _BAND / 2, width, _BAND))
    ax.plot([row.expected_low, row.expected_high], [place] * 2, linestyle="none")


def _draw_course(ax, line):
    """An open diamond: not these patients."""
    look = {"marker": "D", "facecolor": "white", "edgecolor": style.INK, "zorder": 3}
    ax.scatter([line["row"].estimate], [line["place"]], s=34, **look)


_DRAW = {"observed": _draw_observed, "range": _draw_range, "course": _draw_course}


def _name_lines(ax, drawn, unit):
    """Name every line at the left, write its numbers at the right, and set the courses apart."""
    places = [line["place"] for line in drawn]
    ax.set_yticks(places, [line["name"] for line in drawn], linespacing=1.05)
    ax.set_ylim(max(places) + 0.7, -0.7)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    for line in drawn:
        ax.text(
            1.03,
            line["place"],
            _numbers(line),
            transform=ax.get_yaxis_transform(),
            va="center",
            fontsize=style.TEXT,
            color=style.INK,
        )
    apart = [line["place"] for line in drawn if line["kind"] == "course"]
    if apart:
        ax.axhline(apart[0] - 1.15, color=style.GREY, linewidth=0.8)
        ax.annotate(
            _APART,
            xy=(0.01, apart[0] - 0.72),
            xycoords=(ax.figure.transSubfigure, "data"),
            va="center",
            fontsize=style.SMALL,
            color=style.GREY,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            annotation_clip=False,
        )


def _numbers(line) -> str:
    """The numbers of a line."""
    row = line["row"]
    if line["kind"] == "observed":
        digits = labels.digits_for([row.estimate, row.conf_low, row.conf_high])
        return labels.with_interval(row.estimate, row.conf_low, row.conf_high, digits)
    if line["kind"] == "course":
        return labels.number(row.estimate, labels.digits_for([row.estimate]))
    digits = labels.digits_for([row.expected_low, row.expected_high])
    return (
        f"{labels.number(row.expected_low, digits)} to {labels.number(row.expected_high, digits)}"
    )
