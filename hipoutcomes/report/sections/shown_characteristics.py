"""Who the clients are, as a reader sees it: one row per characteristic, one column per group."""

import pandas as pd

from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.parts import ShownTable
from hipoutcomes.report.plain_numbers import count, score, share
from hipoutcomes.report.sections.shown_columns import number_of
from hipoutcomes.report.sections.shown_tables import FOLDED_ABOVE
from hipoutcomes.report.sections.small_groups import few, without_small_groups
from hipoutcomes.vocabulary.minimums import Minimums

#: More groups than this do not fit on a page.
MOST_GROUPS = 6


def shown_characteristics(table: pd.DataFrame, caption: str, minimums: Minimums) -> ShownTable:
    """A table of characteristics as the page shows it.

    Parameters
    ----------
    table : DataFrame
        Columns `characteristic, category, group, estimate, std_dev, n_patients, n_missing, unit`
        and `std_difference`, one row per characteristic, category and group.
    caption : str
    minimums : Minimums
    """
    least = minimums.disclosure_inside
    rows = without_small_groups(table, least)
    groups = list(dict.fromkeys(rows["group"]))
    shown_groups = groups[:MOST_GROUPS]
    differs = "std_difference" in rows and rows["std_difference"].notna().any()
    keys = list(
        dict.fromkeys(zip(rows["characteristic"], rows["category"].fillna(""), strict=True))
    )
    found = {
        (row["characteristic"], row["category"] if pd.notna(row["category"]) else "", row["group"]):
            row for row in rows.to_dict("records")
    }  # fmt: skip
    cells = []
    for name, category in keys:
        of_key = [found.get((name, category, group)) for group in groups]
        line = [_label(name, category), *(_cell(row, least) for row in of_key[:MOST_GROUPS])]
        if differs:
            line.append(_difference(of_key, is_first=category in ("", _first(keys, name))))
        cells.append(tuple(line))
    heads = ["All clients" if g == "all" else in_owner_words(str(g)) for g in shown_groups]
    headings = ("What was recorded", *(h[:1].upper() + h[1:] for h in heads))
    if differs:
        headings += ("Largest difference",)
    return ShownTable(
        caption=caption,
        headings=headings,
        rows=tuple(cells),
        numeric=(False, *(True,) * (len(headings) - 1)),
        note=_note(len(groups), differs),
        folded=len(cells) > FOLDED_ABOVE,
    )


def _label(name: str, category: str) -> str:
    """What a line is about."""
    label = f"{name}: {category}" if category else str(name)
    return in_owner_words(label)


def _first(keys: list[tuple[str, str]], name: str) -> str:
    """The first category of a characteristic."""
    return next(category for n, category in keys if n == name)


def _cell(row: dict | None, least: int) -> str:
    """Mean with spread, or number with share."""
    if row is None:
        return ""
    if row.get("reason") == few(least):
        return f"fewer than {least}"
    estimate = number_of(row, "estimate")
    if row.get("unit") == "share":
        return f"{count(number_of(row, 'n_patients'))} ({share(estimate)})" if estimate else "0"
    if estimate is None:
        return ""
    spread = number_of(row, "std_dev")
    said = score(estimate) + (f" ± {score(spread)}" if spread is not None else "")
    missing = number_of(row, "n_missing")
    return f"{said}; {count(missing)} missing" if missing else said


def _difference(rows: list[dict | None], *, is_first: bool) -> str:
    """How far groups differ at the start, once per characteristic."""
    values = [number_of(row, "std_difference") for row in rows if row is not None]
    known = [value for value in values if value is not None]
    return score(known[0], 2) if known and is_first else ""


def _note(n_groups: int, differs: bool) -> str:
    """How to read the cells."""
    said = "Scores and ages: mean ± standard deviation. Others: clients (share)."
    if differs:
        said += (
            " Largest difference: between any two groups, in standard deviations; above 0.1 is "
            "usually called notable."
        )
    if n_groups > MOST_GROUPS:
        said += f" Shown are {MOST_GROUPS} of {n_groups} groups."
    return said
