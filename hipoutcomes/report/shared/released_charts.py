"""Charts of released tables: groups with hidden numbers are not drawn, and that is said."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from hipoutcomes.charts.alternatives import describe_forest, describe_shares
from hipoutcomes.charts.forest import forest
from hipoutcomes.charts.shares import shares
from hipoutcomes.privacy.suppression.released import ReleasedTable
from hipoutcomes.report.parts import Figure
from hipoutcomes.report.sections.drawing import drawn
from hipoutcomes.report.shared.released_tables import rows_in_order
from hipoutcomes.vocabulary.groupings import GROUPINGS
from hipoutcomes.vocabulary.instruments import Measure
from hipoutcomes.vocabulary.thresholds import Threshold

Labels = Mapping[str, Mapping[str, str]]


def chart_of(
    table: ReleasedTable,
    labels: Labels,
    measure: Measure,
    threshold: Threshold | None,
    folder: Path,
) -> tuple[Figure | None, str]:
    """The drawing of a released table, and what is said of groups that are not in it.

    Parameters
    ----------
    table : ReleasedTable
    labels : mapping of str to mapping of (str, str)
    measure : Measure
    threshold : Threshold or None
    folder : Path
        Where files of charts go.

    Returns
    -------
    (Figure or None, str)
        No drawing of fewer than two groups.
    """
    makers = {"change": _means, "sorted": _classes}
    if table.question not in makers:
        return None, ""
    frame = makers[table.question](table, labels, measure, threshold)
    n_hidden = len(table.rows) - len(frame)
    if len(frame) < 2:
        return None, ""
    draw, describe = (
        (forest, describe_forest) if table.question == "change" else (shares, describe_shares)
    )
    figure = drawn(
        lambda: draw(frame),
        f"{table.question}-by-{table.grouping.replace('_', '-')}",
        folder,
        title=f"{measure.label} {GROUPINGS[table.grouping].question}",
        alternative=describe(frame),
    )
    if not n_hidden:
        return figure, ""
    verb = "group is" if n_hidden == 1 else "groups are"
    return figure, f"{n_hidden} {verb} not in the chart: numbers of the table are hidden there."


def _means(table: ReleasedTable, labels: Labels, measure: Measure, threshold) -> pd.DataFrame:
    """Rows with means, as the forest chart takes them."""
    return pd.DataFrame(
        [
            {
                "group": label,
                "estimate": row.means.change,
                "conf_low": row.means.low,
                "conf_high": row.means.high,
                "n_patients": row.number("measured"),
                "quantity": "mean improvement",
                "outcome_label": measure.label,
                "unit": measure.unit,
                "level": 0.95,
            }
            for label, row in rows_in_order(table, labels)
            if row.means is not None
        ]
    )


def _classes(
    table: ReleasedTable, labels: Labels, measure: Measure, threshold: Threshold | None
) -> pd.DataFrame:
    """Rows with better, same and worse, as the chart of shares takes them."""
    lines = []
    for label, row in rows_in_order(table, labels):
        numbers = {f"n_{name}": row.number(name) for name in ("better", "same", "worse")}
        if None in numbers.values():
            continue
        line = {"group": label, **numbers, "n_patients": row.number("measured")}
        if threshold is not None and threshold.unit == measure.unit:
            line |= {
                "threshold": threshold.value,
                "operator": threshold.operator,
                "unit": measure.unit,
            }
        lines.append(line)
    return pd.DataFrame(lines)
