"""Tables of estimates as a reader sees them: owner's headings, rounded, small groups hidden."""

from collections.abc import Callable

import pandas as pd

from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.parts import ShownTable
from hipoutcomes.report.plain_numbers import between, count, in_unit, score, share
from hipoutcomes.report.sections.shown_columns import (
    Shown,
    digits_of,
    estimate_column,
    group_of,
    number_of,
    of_whole,
    range_cell,
    reason_of,
)
from hipoutcomes.report.sections.shown_readings import has_readings, reading_columns
from hipoutcomes.report.sections.small_groups import without_small_groups
from hipoutcomes.vocabulary.minimums import Minimums

#: More groups than this are cut to the largest on the page; the CSV has them all.
MOST_ROWS = 30

#: A table longer than this is folded.
FOLDED_ABOVE = 12


def shown_table(table: pd.DataFrame, caption: str, minimums: Minimums) -> ShownTable:
    """A table of estimates as the page shows it.

    Parameters
    ----------
    table : DataFrame
        Columns from `vocabulary.columns.ESTIMATES`.
    caption : str
    minimums : Minimums
    """
    rows, note = largest(without_small_groups(table, minimums.disclosure_inside))
    columns = _columns(rows, minimums)
    cells = tuple(tuple(c.cell(row) for c in columns) for row in rows.to_dict("records"))
    return ShownTable(
        caption=caption,
        headings=tuple(c.heading for c in columns),
        rows=cells,
        numeric=tuple(c.numeric for c in columns),
        note=note,
        folded=len(cells) > FOLDED_ABOVE,
    )


def largest(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The largest groups where there are very many, and a sentence that says so.

    The order of the groups stays as it was. Points of a curve and characteristics are never cut.
    """
    names = set(rows)
    is_groups = {"n_patients", "group"} <= names and not {"characteristic", "axis"} & names
    if len(rows) <= MOST_ROWS + 10 or not is_groups or is_curve(rows):
        return rows, ""
    sizes = rows["n_patients"].astype("Float64").fillna(0)
    kept = rows.loc[sorted(sizes.nlargest(MOST_ROWS).index)]
    return kept, (
        f"Shown are the {MOST_ROWS} largest of {count(len(rows))} groups. The order says nothing "
        "about quality."
    )


def is_curve(table: pd.DataFrame) -> bool:
    """Whether a table is a whole curve over thresholds, which is read from its chart."""
    return "threshold" in table and "n_same" not in table


def _columns(rows: pd.DataFrame, minimums: Minimums) -> list[Shown]:
    """The columns that fit what the rows are about."""
    if "n_large_enough" in rows:
        return _comparability(minimums)
    if has_readings(rows):
        return reading_columns(rows)
    if "n_eligible" in rows:
        return [_group_column(rows), *_better_and_worse()]
    if "status" in rows and "estimate" not in rows:
        return [
            Shown("What became of them", _status, numeric=False),
            Shown("Clients", lambda row: count(number_of(row, "n_patients"))),
        ]
    if rows.get("axis") is not None:
        return _points(rows)
    if "n_better" in rows:
        return [_group_column(rows), *_counts_of_three(), estimate_column(rows)]
    return [
        _group_column(rows),
        _measured(rows),
        *_still_coming(rows),
        *_means(rows),
        estimate_column(rows),
    ]


def _comparability(minimums: Minimums) -> list[Shown]:
    """What could be compared."""
    return [
        Shown("Compared by", lambda row: str(row["group"]).capitalize(), numeric=False),
        *(
            Shown(heading, lambda row, n=name: count(number_of(row, n)))
            for name, heading in (
                ("n_groups", "Groups"),
                ("n_large_enough", f"With {minimums.contrast} or more measured again"),
                ("n_needed", "Needed in each of two"),
            )
        ),
        Shown("To see a difference of", _difference),
    ]


def _difference(row: dict) -> str:
    """The difference asked about, or why nothing is shown."""
    size = number_of(row, "difference")
    return reason_of(row) if size is None else in_unit(f"{size:.2g}", row["unit"])


def _group_column(rows: pd.DataFrame) -> Shown:
    """Names of groups, under what divides them."""
    thresholds = "threshold" in rows and rows["threshold"].nunique() > 1
    return Shown("What counts" if thresholds else "Group", group_of, numeric=False)


def _measured(rows: pd.DataFrame) -> Shown:
    """How many are in the mean, of how many due."""
    if "n_due" not in rows:
        return Shown("Clients", lambda row: count(number_of(row, "n_patients")))

    def cell(row: dict) -> str:
        if number_of(row, "n_patients") is None:
            return ""
        return of_whole(row, "n_patients", "n_due")

    return Shown("Measured, of those due", cell)


def _still_coming(rows: pd.DataFrame) -> list[Shown]:
    """Of those measured, how many came again after it."""
    if "n_still_coming" not in rows:
        return []
    return [Shown("Still coming then", lambda row: count(number_of(row, "n_still_coming")))]


def _means(rows: pd.DataFrame) -> list[Shown]:
    """First and later mean scores."""
    return [
        Shown(heading, lambda row, n=name: score(number_of(row, n), digits_of(row)))
        for name, heading in (("baseline_mean", "First score"), ("final_mean", "Later score"))
        if name in rows and rows[name].notna().any()
    ]


def _better_and_worse() -> list[Shown]:
    """Better and worse, each beside what re-measuring alone would give."""
    return [
        Shown("Better", lambda row: of_whole(row, "n_better", "n_eligible")),
        Shown(
            "Share better (likely range)",
            lambda row: _share_cell("share_better", "conf_low", "conf_high")(row) or reason_of(row),
        ),
        Shown("Re-measuring alone", range_cell("expected_low", "expected_high")),
        Shown("Worse", lambda row: of_whole(row, "n_worse", "n_room_to_worsen")),
        Shown(
            "Share worse (likely range)",
            _share_cell("share_worse", "share_worse_low", "share_worse_high"),
        ),
        Shown("Re-measuring alone", range_cell("expected_worse_low", "expected_worse_high")),
    ]


def _counts_of_three() -> list[Shown]:
    """Better, same and worse as counts."""
    return [
        Shown(heading, lambda row, n=name: count(number_of(row, n)))
        for name, heading in (
            ("n_patients", "Clients"),
            ("n_better", "Better"),
            ("n_same", "Same"),
            ("n_worse", "Worse"),
        )
    ]


def _points(rows: pd.DataFrame) -> list[Shown]:
    """Points of a curve over appointments or weeks."""
    name, heading = (
        ("session_number", "Appointment") if "session_number" in rows else ("week", "Week")
    )
    return [
        Shown(heading, lambda row: count(number_of(row, name)), numeric=False),
        Shown("Measured", lambda row: count(number_of(row, "n_measured"))),
        Shown("Still coming", lambda row: count(number_of(row, "n_still_coming"))),
        Shown("Their own first score", lambda row: score(number_of(row, "baseline_mean"))),
        estimate_column(rows),
    ]


def _share_cell(value: str, low: str, high: str) -> Callable[[dict], str]:
    """A share with its range."""

    def cell(row: dict) -> str:
        shares = [share(number_of(row, name)) for name in (value, low, high)]
        return f"{shares[0]} ({between(*shares[1:])})" if all(shares) else shares[0]

    return cell


def _status(row: dict) -> str:
    """What became of clients, with a capital."""
    said = in_owner_words(str(row["status"]))
    return said[:1].upper() + said[1:]
