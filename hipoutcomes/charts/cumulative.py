"""The share of patients who improved by at least so much, for every so much."""

import numpy as np
import pandas as pd

from hipoutcomes.charts import labels, style


def cumulative(table: pd.DataFrame, *, mark: float | None = None, ax=None):
    """Draw, for every amount of improvement, the share of patients who reached it.

    Parameters
    ----------
    table : DataFrame
        ``threshold`` (an improvement, in `unit`; negative is worse), ``estimate`` (share of
        patients improved by at least so much, 0 to 1), ``conf_low, conf_high``; where present
        also ``group`` (one curve each), ``n_patients``, ``outcome_label``, ``unit``, ``level``.
    mark : float, optional
        The improvement that matters; the curve is marked and read out there.
    ax : Axes, optional
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes

    Raises
    ------
    TableError
        When a column is missing, or rows differ in measure.

    Notes
    -----
    Between two thresholds nobody's improvement lies, so the curve is flat up to each threshold
    and falls just after it. To the left of 0 the curve falls by those who got worse.

    Examples
    --------
    >>> table = pd.DataFrame({"threshold": [-1.0, 0.0, 2.0], "estimate": [1.0, 0.9, 0.6],
    ...     "conf_low": [0.9, 0.8, 0.5], "conf_high": [1.0, 0.95, 0.7], "unit": "points"})
    >>> ax = cumulative(table, mark=2.0)
    >>> ax.get_xlabel()
    'Improved by at least ... (points; right of 0 is better)'
    >>> style.close(ax)
    """
    table = labels.promised(table, "cumulative", "threshold", "estimate", "conf_low", "conf_high")
    ax = style.axes_or_new(ax, size=(style.WIDTH, 4.4))
    drawn = table.dropna(subset=["threshold", "estimate"])
    if drawn.empty:
        style.write_message(ax, "There are too few patients to draw the curve.")
        return ax
    if "group" not in drawn:
        drawn = drawn.assign(group="all")
    style.tidy(ax, grid="y")
    curves = [part.sort_values("threshold") for _, part in drawn.groupby("group", sort=False)]
    for order, curve in enumerate(curves):
        _draw_curve(ax, curve, style.LINES[order % len(style.LINES)], len(curves))
    _divide(ax, drawn)
    _read_out(ax, curves, mark, labels.shared(table, "unit"))
    _name_axes(ax, table, curves)
    return ax


def _share_at(curve, amount: float) -> float:
    """The share who improved by at least `amount`, read off the curve."""
    reached = curve.loc[curve["threshold"] >= amount, "estimate"]
    return float(reached.iloc[0]) if len(reached) else 0.0


def _draw_curve(ax, curve, look, n_curves):
    """Draw one curve of steps, with its interval while there are few enough to tell apart."""
    n_patients = curve["n_patients"].iloc[0] if "n_patients" in curve else np.nan
    if n_curves <= 2:
        ax.fill_between(
            curve["threshold"],
            curve["conf_low"],
            curve["conf_high"],
            step="pre",
            color=style.ACCENT_PALE if look is style.LINES[0] else style.PALE,
            linewidth=0,
            alpha=0.8,
        )
    ax.step(
        curve["threshold"],
        curve["estimate"],
        where="pre",
        color=look["color"],
        linestyle=look["linestyle"],
        linewidth=2,
        marker=look["marker"] if n_curves > 1 else None,
        markersize=4.5,
        label=labels.wrapped(labels.with_n(curve["group"].iloc[0], n_patients), 36),
    )


def _divide(ax, drawn):
    """Draw the line between worse and better, and name its two sides."""
    ax.axvline(0, color=style.INK, linewidth=0.9, linestyle=(0, (1.5, 2)), zorder=1.5)
    for text, side, reach in (("← worse", "right", -6), ("better →", "left", 6)):
        ax.annotate(
            text,
            xy=(0, 1),
            xycoords=ax.get_xaxis_transform(),
            xytext=(reach, 4),
            textcoords="offset points",
            ha=side,
            fontsize=style.SMALL,
            color=style.GREY,
        )
    ax.set_ylim(0, 1.02)
    low, high = min(drawn["threshold"].min(), -0.5), max(drawn["threshold"].max(), 0.5)
    ax.set_xlim(low - 0.02 * (high - low), high + 0.02 * (high - low))


def _read_out(ax, curves, mark, unit):
    """Mark the curve of a single group at 0 and at the improvement that matters, in words."""
    for curve in curves:
        for amount in (0.0,) if mark is None else (0.0, mark):
            ax.plot(amount, _share_at(curve, amount), "o", color=style.INK, markersize=6, zorder=5)
    if mark is not None:
        ax.axvline(mark, color=style.GREY, linewidth=0.9, zorder=1.5)
    if len(curves) > 1:
        return
    kept = _share_at(curves[0], 0.0)
    lost = f"{labels.number(1 - kept, unit='share')} got worse"
    said = [(0.0, kept, lost, {"xytext": (-9, -7), "ha": "right", "va": "top"})]
    if mark is not None:
        share = _share_at(curves[0], mark)
        text = f"{labels.number(share, unit='share')} improved by\n{mark:g} {unit} or more"
        said.append((mark, share, text, {"xytext": (9, 7)}))
    for amount, share, text, place in said:
        ax.annotate(
            text,
            xy=(amount, share),
            textcoords="offset points",
            fontsize=style.TEXT,
            color=style.INK,
            linespacing=1.1,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5},
            **place,
        )


def _name_axes(ax, table, curves):
    """Name both axes, and the curves."""
    unit = labels.in_brackets(labels.shared(table, "unit"), "right of 0 is better")
    noun, _ = labels.noun_and_range(labels.shared(table, "outcome_label"))
    what = noun[:1].upper() + noun[1:] + " improved" if noun else "Improved"
    ax.set_xlabel(f"{what} by at least ...{unit}")
    ax.set_ylabel("Share of patients")
    ax.yaxis.set_major_formatter(lambda value, _: labels.number(value, unit="share"))
    if len(curves) == 1:
        name = ax.get_lines()[0].get_label()
        style.write_note(ax, f"{name}. Band: {labels.level_of(table)} at each amount.")
        return
    band = f" Bands: {labels.level_of(table)} at each amount." if len(curves) == 2 else ""
    ax.legend(frameon=False, fontsize=style.TEXT, handlelength=3.2, loc="upper right")
    style.write_note(ax, f"Where a curve meets 0, the rest of its patients got worse.{band}")
