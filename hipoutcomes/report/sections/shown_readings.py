"""Tables of pairs of groups, or of several readings of one thing, as a reader sees them."""

import pandas as pd

from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.plain_numbers import count
from hipoutcomes.report.sections.shown_columns import (
    Shown,
    estimate_column,
    group_of,
    number_of,
    range_cell,
)


def has_readings(rows: pd.DataFrame) -> bool:
    """Whether rows are pairs, or answer one question in several ways."""
    several = "quantity" in rows and rows["quantity"].nunique() > 1
    is_described = {"characteristic", "n_eligible", "n_better", "axis"} & set(rows)
    return "contrast" in rows or "reading" in rows or (several and not is_described)


def reading_columns(rows: pd.DataFrame) -> list[Shown]:
    """What each row is about, how many clients, and its estimate or why there is none.

    Parameters
    ----------
    rows : DataFrame
        Of which `has_readings` holds.
    """
    columns = []
    for name, heading in (
        ("contrast", "Compared"),
        ("quantity", "What"),
        ("reading", "If those not measured had fared so"),
    ):
        if name in rows and rows[name].nunique() > 1:
            columns.append(Shown(heading, lambda row, n=name: _said(row[n]), numeric=False))
    if "session_number" in rows:
        columns.append(Shown("Visit", lambda row: count(number_of(row, "session_number"))))
    elif "group" in rows and (rows["group"].dropna() != "all").any():
        columns.append(Shown("Group", group_of, numeric=False))
    columns.append(Shown("Clients", lambda row: count(number_of(row, "n_patients"))))
    if "expected_low" in rows and rows["expected_low"].notna().any():
        columns.append(Shown("Re-measuring alone", range_cell("expected_low", "expected_high")))
    return [*columns, estimate_column(rows)]


def _said(value) -> str:
    """Words of a row in the owner's, with a capital."""
    if pd.isna(value):
        return ""
    text = in_owner_words(str(value)).replace(" - ", " less ")
    return text[:1].upper() + text[1:]
