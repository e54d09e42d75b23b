"""What the charts over visits show, in words made from the same table."""

import pandas as pd

from hipoutcomes.charts import labels
from hipoutcomes.charts.dose import limits_of
from hipoutcomes.charts.relief import POINTS


def describe_dose(table: pd.DataFrame) -> str:
    """Describe the readings over visits: each at its first and last visit with an estimate.

    Examples
    --------
    >>> describe_dose(pd.DataFrame({"quantity": "came so often", "session_number": [2, 6],
    ...     "estimate": [0.4, 2.1], "n_patients": [43, 20]}))
    'Chart of improvement over visits. Came so often: 0.4 at visit 2 (n = 43), 2.1 at visit 6
    (n = 20).'
    """
    table = labels.plain(table)
    low, high = limits_of(table)
    known = table.assign(low=low, high=high).dropna(subset=["estimate"])
    if known.empty:
        return "Chart of improvement over visits, without points: too few patients were scored."
    sentences = []
    for quantity, rows in known.groupby("quantity", sort=False):
        ends = rows.sort_values("session_number").iloc[[0, -1]].drop_duplicates("session_number")
        said = ", ".join(
            f"{labels.with_interval(row.estimate, row.low, row.high)} at visit "
            f"{row.session_number:g} (n = {int(row.n_patients):,})"
            for row in ends.itertuples()
        )
        sentences.append(f"{quantity[:1].upper()}{quantity[1:]}: {said}.")
    return " ".join(("Chart of improvement over visits.", *sentences))


def describe_confirmed(table: pd.DataFrame) -> str:
    """Describe the share with a confirmed change, at the first and the last visit drawn.

    Examples
    --------
    >>> describe_confirmed(pd.DataFrame({"session_number": [3, 6], "estimate": [0.17, 0.4],
    ...     "expected_low": [0.02, 0.05], "expected_high": [0.2, 0.34]}))
    'Lines of shares over visits. By visit 3: 17%; scores that only vary would show 2% to 20%. By
    visit 6: 40%; scores that only vary would show 5% to 34%.'
    """
    table = labels.plain(table)
    known = table.dropna(subset=["estimate"]).sort_values("session_number")
    if known.empty:
        return "Lines of shares over visits, without points: too few patients kept coming."
    sentences = []
    for row in known.iloc[[0, -1]].drop_duplicates("session_number").to_dict("records"):
        share = labels.with_interval(
            row["estimate"], row.get("conf_low"), row.get("conf_high"), unit="share"
        )
        ends = [row.get(f"expected_{end}") for end in ("low", "high")]
        noise = " to ".join(labels.number(end, unit="share") for end in ends if pd.notna(end))
        noise = f"; scores that only vary would show {noise}" if noise else ""
        stopped = row.get("share_stopped")
        left = (
            ""
            if pd.isna(stopped)
            else f"; {labels.number(stopped, unit='share')} had stopped without that"
        )
        sentences.append(f"By visit {row['session_number']:g}: {share}{left}{noise}.")
    return " ".join(("Lines of shares over visits.", *sentences))


def describe_relief(table: pd.DataFrame) -> str:
    """Describe the three means: before, after, and at the next visit.

    Examples
    --------
    >>> describe_relief(pd.DataFrame({"timing": ["before", "after", "next visit"],
    ...     "estimate": [6, 4, 5], "conf_low": [5, 3, 4], "conf_high": [7, 5, 6]}))
    'Line of three means. Score. Just before treatment: 6.0 (5.0 to 7.0). Just after treatment:
    4.0 (3.0 to 5.0). At the next visit, before treatment: 5.0 (4.0 to 6.0).'
    """
    table = labels.plain(table)
    known = table.dropna(subset=["estimate"])
    if known.empty:
        return "Line of three means, without points: too few patients came back."
    said = " ".join(
        f"{POINTS[row.timing]}: {labels.with_interval(row.estimate, row.conf_low, row.conf_high)}."
        for row in known.itertuples()
    )
    said = said.replace("\n", " ")
    return f"Line of three means. {labels.score_label(table)}. {said}"
