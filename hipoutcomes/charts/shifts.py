"""Ordered categories before and after: how many patients went from which to which."""

import pandas as pd

from hipoutcomes.charts import labels, style
from hipoutcomes.errors import TableError
from hipoutcomes.vocabulary.instruments import MEASURES


def shifts(table: pd.DataFrame, *, ax=None):
    """Draw patients in a grid of first against later category, for scores without a mean.

    Parameters
    ----------
    table : DataFrame
        ``baseline, final`` (categories as numbers in their order), ``n_patients``; where present
        also ``baseline_label, final_label`` (names of the categories), ``outcome``,
        ``outcome_label``. Pairs without a row count nobody.
    ax : Axes, optional
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes

    Raises
    ------
    TableError
        When a column is missing, a pair of categories is repeated, or rows differ in measure.

    Notes
    -----
    A lower category is taken as better unless the measure named in `outcome` says otherwise.

    Examples
    --------
    >>> table = pd.DataFrame({"baseline": [2, 3], "final": [1, 3], "n_patients": [12, 4]})
    >>> ax = shifts(table)
    >>> [text.get_text() for text in ax.texts][:4]
    ['better', 'worse', '12', '4']
    >>> style.close(ax)
    """
    table = labels.promised(table, "shifts", "baseline", "final", "n_patients")
    if table.duplicated(["baseline", "final"]).any():
        raise TableError("The shifts repeat a pair of categories.", "Each pair has one row.")
    rows = table[table["n_patients"].gt(0)]
    ax = style.axes_or_new(ax, size=(5.8, 4.9))
    if rows.empty:
        style.write_message(ax, "No patient was rated both before and after.")
        return ax
    names = _names(table)
    order = {value: place for place, value in enumerate(sorted(names))}
    placed = rows.assign(x=rows["final"].map(order), y=rows["baseline"].map(order))
    style.tidy(ax, frame=False)
    _draw_grid(ax, len(order), _sign(table))
    _draw_counts(ax, placed)
    _name_axes(ax, [names[value] for value in order], table)
    counts = shift_counts(rows)
    style.write_note(ax, _summary(counts))
    return ax


def shift_counts(table: pd.DataFrame) -> dict[str, int]:
    """Patients whose category is better, the same and worse.

    Examples
    --------
    >>> shift_counts(pd.DataFrame({"baseline": [2, 3], "final": [1, 3], "n_patients": [12, 4]}))
    {'better': 12, 'same': 4, 'worse': 0}
    """
    moved = _sign(table) * (table["final"] - table["baseline"])
    parts = {"better": moved > 0, "same": moved == 0, "worse": moved < 0}
    return {name: int(table.loc[rows, "n_patients"].sum()) for name, rows in parts.items()}


def _sign(table) -> int:
    """Which way is better: -1 where lower is, as for tension."""
    measure = MEASURES.get(labels.shared(table, "outcome"))
    return measure.sign if measure else -1


def _names(table) -> dict:
    """The name of every category that occurs, before or after."""
    names = {}
    for column in ("baseline", "final"):
        shown = table[f"{column}_label"] if f"{column}_label" in table else table[column]
        for value, name in zip(table[column], shown, strict=True):
            whole = isinstance(name, float) and name.is_integer()
            names[value] = str(int(name)) if whole else str(name)
    return names


def _draw_grid(ax, size, sign):
    """Draw the grid, with the diagonal of those who stayed the same in grey, and name its sides."""
    for x in range(size):
        for y in range(size):
            fill = "#EFEFEF" if x == y else "white"
            look = {"facecolor": fill, "edgecolor": style.PALE, "hatch": None}
            ax.add_patch(style.hatched(x - 0.5, y - 0.5, 1, 1, **look))
    ax.set_xlim(-0.5, size - 0.5)
    ax.set_ylim(size - 0.5, -0.5)
    ax.set_aspect("equal")
    lower, upper = ("better", "worse") if sign < 0 else ("worse", "better")
    look = {"fontsize": style.SMALL, "color": style.GREY, "style": "italic"}
    ax.text(-0.46, size - 0.54, lower, ha="left", va="bottom", **look)
    ax.text(size - 0.54, -0.46, upper, ha="right", va="top", **look)


def _draw_counts(ax, rows):
    """Draw a circle whose area is the number of patients, and write the number."""
    area = 1500 * rows["n_patients"] / rows["n_patients"].max()
    ax.scatter(rows["x"], rows["y"], s=area, color=style.ACCENT_PALE, edgecolor=style.ACCENT)
    for row in rows.itertuples():
        look = {"ha": "center", "va": "center", "fontsize": style.TEXT, "color": style.INK}
        ax.text(row.x, row.y, f"{int(row.n_patients):,}", **look)


def _name_axes(ax, names, table):
    """Name the categories and both axes."""
    ax.set_xticks(range(len(names)), [labels.wrapped(name, 12) for name in names])
    ax.set_yticks(range(len(names)), [labels.wrapped(name, 16) for name in names])
    ax.tick_params(length=0)
    noun, span = labels.noun_and_range(labels.shared(table, "outcome_label"))
    what = noun or "category"
    ax.set_xlabel(f"Later {what}{labels.in_brackets(span)}")
    ax.set_ylabel(f"First {what}{labels.in_brackets(span)}")


def _summary(counts) -> str:
    """Who is better, the same and worse, in one line under the grid."""
    total = sum(counts.values())
    parts = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    return f"Of {total:,} patients: {parts}. Grey: same."
