"""What became of every patient: from seen, through due, to measured again."""

import pandas as pd

from hipoutcomes.charts import labels, style
from hipoutcomes.errors import TableError
from hipoutcomes.vocabulary.columns import STATUSES

_MEASURED = "measured"

#: Statuses of those whose later score could not yet be expected.
_NOT_DUE = ("already running", "not yet due", "no first score")

_BAR = 0.62


def flow(table: pd.DataFrame, *, ax=None):
    """Draw how many patients were seen, were due and were measured, and who left where.

    Parameters
    ----------
    table : DataFrame
        ``status, n_patients``, one row per status of `vocabulary.columns.STATUSES`, each patient
        in one. A status without a row counts nobody.
    ax : Axes, optional
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes

    Raises
    ------
    TableError
        When a column is missing, or a status is unknown or repeated.

    Notes
    -----
    Bars are as long as the numbers; a hatched bar is what one line loses to the next, so hatched
    bars and the last bar add up to the first.

    Examples
    --------
    >>> table = pd.DataFrame({"status": ["not yet due", "measured"], "n_patients": [5, 45]})
    >>> ax = flow(table)
    >>> [int(bar.get_width()) for bar in ax.patches]
    [50, 5, 45, 45]
    >>> style.close(ax)
    """
    steps = flow_steps(table)
    ax = style.axes_or_new(ax, size=(style.WIDTH, 0.9 + 0.4 * len(steps)))
    if not steps or steps[0][1] == 0:
        style.write_message(ax, "No patients were seen.")
        return ax
    style.tidy(ax, frame=False)
    seen = remaining = steps[0][1]
    for place, (name, count, stays) in enumerate(steps):
        if stays:
            look = {"facecolor": style.PALE, "edgecolor": style.PALE, "hatch": None}
            if name == "Measured again":
                look |= {"facecolor": style.ACCENT, "edgecolor": style.ACCENT}
            ax.add_patch(style.hatched(0, place - _BAR / 2, count, _BAR, **look))
        else:
            remaining -= count
            leaving = style.hatched(remaining, place - _BAR / 2, count, _BAR, clip_on=False)
            ax.add_patch(leaving)
    _write_rows(ax, steps, seen)
    return ax


def flow_steps(table: pd.DataFrame) -> list[tuple[str, int, bool]]:
    """The lines of the flow in order: name, patients, and whether they stay in it.

    Raises
    ------
    TableError
        When a column is missing, or a status is unknown or repeated.

    Examples
    --------
    >>> flow_steps(pd.DataFrame({"status": ["measured", "not yet due"], "n_patients": [45, 5]}))
    [('Seen', 50, True), ('Not yet due', 5, False), ('Due', 45, True), ('Measured again', 45, True)]
    """
    table = labels.promised(table, "flow", "status", "n_patients")
    counts = dict(zip(table["status"].astype(str), table["n_patients"].astype(int), strict=True))
    unknown = [status for status in counts if status not in STATUSES]
    if unknown or len(counts) < len(table):
        found = f"The flow has {', '.join(unknown)}." if unknown else "The flow repeats a status."
        raise TableError(found, f"Each row is one of: {', '.join(STATUSES)}.")
    if not counts:
        return []
    seen = sum(counts.values())
    due = seen - sum(counts.get(status, 0) for status in _NOT_DUE)
    later = [status for status in STATUSES if status not in (*_NOT_DUE, _MEASURED)]
    return [
        ("Seen", seen, True),
        *_leavers(counts, _NOT_DUE),
        ("Due", due, True),
        *_leavers(counts, later),
        ("Measured again", counts.get(_MEASURED, 0), True),
    ]


def _leavers(counts, statuses) -> list[tuple[str, int, bool]]:
    """The lines of those who leave the flow, where there are any."""
    return [(s.capitalize(), counts[s], False) for s in statuses if counts.get(s)]


def _write_rows(ax, steps, seen):
    """Name each line, and write its number and share."""
    due = next(count for name, count, _ in steps if name == "Due")
    names = [name if stays else f"– {name[0].lower()}{name[1:]}" for name, _, stays in steps]
    ax.set_yticks(range(len(steps)), names)
    ax.set_ylim(len(steps) - 0.4, -0.6)
    ax.set_xlim(0, seen)
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("Patients; bars are as long as the numbers")
    for place, ((name, count, stays), label) in enumerate(
        zip(steps, ax.get_yticklabels(), strict=True)
    ):
        text = f"{count:,}"
        if name == "Measured again" and due:
            text += f" ({labels.number(count / due, unit='share')} of those due)"
        label.set(color=style.INK if stays else style.GREY, weight="bold" if stays else "normal")
        ax.text(
            1.02,
            place,
            text,
            transform=ax.get_yaxis_transform(),
            va="center",
            fontsize=style.TEXT,
            color=style.INK if stays else style.GREY,
            weight="bold" if stays else "normal",
        )
