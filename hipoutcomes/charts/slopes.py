"""First and later score of every patient, joined by a line."""

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection

from hipoutcomes.charts import labels, style
from hipoutcomes.vocabulary.minimums import ESTIMATE

#: More patients than this are shown as bands: single lines could no longer be seen.
MOST_LINES = 400

_STEP = 2.0
_GOLDEN = (5**0.5 - 1) / 2


def slopes(pairs: pd.DataFrame, *, minimum: int = ESTIMATE, ax=None):
    """Draw each patient's score at the start and later, and the mean of each group.

    Parameters
    ----------
    pairs : DataFrame
        One row per patient: ``baseline, final``; where present also ``group`` (drawn side by
        side), ``outcome``, ``outcome_label`` and ``unit``. Rows that lack a score are left out.
    minimum : int
        Patients that a group needs for a mean.
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
    Whole-number scores are drawn spread over half a point, evenly and without chance, so that
    equal lines lie beside each other. With more than 400 patients in all, bands join the middle
    half and the middle 80% of scores at either time.

    Examples
    --------
    >>> ax = slopes(pd.DataFrame({"baseline": [6.0] * 12, "final": [4.0] * 12}))
    >>> [text.get_text() for text in ax.texts][:2]
    ['6.0', '4.0']
    >>> style.close(ax)
    """
    pairs = labels.promised(pairs, "slopes", "baseline", "final")
    complete = pairs.dropna(subset=["baseline", "final"])
    if "group" not in complete:
        complete = complete.assign(group="all")
    n_groups = complete["group"].nunique()
    ax = style.axes_or_new(ax, size=(max(style.WIDTH, 1.55 * n_groups), 4.6))
    if complete.empty:
        style.write_message(ax, "No patient has both a first and a later score.")
        return ax
    style.tidy(ax, grid="y")
    singly = len(complete) <= MOST_LINES
    spread = _spread(complete) if singly else 0.0
    parts = [part for _, part in complete.groupby("group", sort=False, observed=True)]
    for order, part in enumerate(parts):
        draw = _draw_lines if singly else _draw_bands
        draw(ax, part, order * _STEP, spread)
        if len(part) >= minimum:
            _draw_mean(ax, part, order * _STEP)
    _name_groups(ax, parts)
    ax.set_ylabel(labels.wrapped(labels.score_label(pairs), 44))
    if whole := labels.score_range(pairs):
        ax.set_ylim(
            whole[0] - 0.04 * (whole[1] - whole[0]), whole[1] + 0.04 * (whole[1] - whole[0])
        )
    _explain(ax, parts, singly, spread, minimum)
    return ax


def _spread(pairs) -> float:
    """How far equal scores are drawn apart: half a point for whole numbers, else not at all."""
    scores = pairs[["baseline", "final"]].to_numpy()
    return 0.5 if np.array_equal(scores, np.round(scores)) and np.ptp(scores) <= 20 else 0.0


def _draw_lines(ax, part, left, spread):
    """Draw one thin line per patient; those with equal scores lie beside each other."""
    twin = part.groupby(["baseline", "final"], sort=False).cumcount().to_numpy()
    aside = spread * ((twin * _GOLDEN + 0.5) % 1 - 0.5)
    ends = np.empty((len(part), 2, 2))
    ends[:, 0, 0], ends[:, 1, 0] = left, left + 1
    ends[:, 0, 1] = part["baseline"].to_numpy() + aside
    ends[:, 1, 1] = part["final"].to_numpy() + aside
    alpha = float(np.clip(12 / len(part) ** 0.75, 0.18, 0.7))
    ax.add_collection(LineCollection(ends, colors=style.GREY, linewidths=0.8, alpha=alpha))


def _draw_bands(ax, part, left, spread):
    """Draw the middle 80% and the middle half of the scores at either time."""
    places = [left, left + 1]
    for low, high, color in ((0.1, 0.9, style.PALE), (0.25, 0.75, "#B8B8B8")):
        reach = part[["baseline", "final"]].quantile([low, high]).to_numpy()
        ax.fill_between(places, reach[0], reach[1], color=color, linewidth=0)


def _draw_mean(ax, part, left):
    """Draw the mean of a group, and write it at both ends."""
    means = part[["baseline", "final"]].mean().to_numpy()
    ax.plot(
        [left, left + 1],
        means,
        color=style.ACCENT,
        linewidth=3,
        marker="o",
        markersize=7,
        markeredgecolor="white",
        zorder=4,
    )
    digits = labels.digits_for(means)
    for place, mean, side, reach in (
        (left, means[0], "right", -8),
        (left + 1, means[1], "left", 8),
    ):
        ax.annotate(
            labels.number(mean, digits),
            xy=(place, mean),
            xytext=(reach, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=style.TEXT + 1,
            fontweight="bold",
            color=style.ACCENT,
        )


def _name_groups(ax, parts):
    """Write first and later under each pair of ends, and the group with its n under both."""
    lefts = [order * _STEP for order in range(len(parts))]
    short = len(parts) > 3
    names = ("First", "Later") if short else ("First score", "Later score")
    ax.set_xticks([x + end for x in lefts for end in (0, 1)], list(names) * len(parts))
    ax.set_xlim(-0.65 if short else -0.45, lefts[-1] + 1.45)
    ax.margins(y=0.06)
    ax.autoscale_view(scalex=False)
    ax.tick_params(axis="x", length=0, labelsize=style.SMALL if short else style.TEXT)
    for left, part in zip(lefts, parts, strict=True):
        ax.annotate(
            labels.wrapped(
                labels.with_n(part["group"].iloc[0], len(part)), max(13, 72 // len(parts))
            ),
            xy=(left + 0.5, 0),
            xycoords=ax.get_xaxis_transform(),
            xytext=(0, -20),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=style.TEXT,
            color=style.INK,
            linespacing=1.1,
            annotation_clip=False,
        )


def _explain(ax, parts, singly, spread, minimum):
    """Say under the chart what lines and bands are."""
    n_patients = sum(map(len, parts))
    if singly:
        apart = "; lines with equal scores are drawn side by side" if spread else ""
        note = f"Each thin line is one patient{apart}. Thick line: mean."
    else:
        note = (
            f"{n_patients:,} patients are too many to draw singly. Dark band: the middle half of "
            "scores;\nlight band: the middle 80%. Thick line: mean."
        )
    if any(len(part) < minimum for part in parts):
        note += f"\nGroups of fewer than {minimum} patients have no mean."
    tallest = max(ax.texts, key=lambda text: (text.get_text().count("\n"), text.xycoords != "data"))
    style.write_note(ax, note, below=tallest)
