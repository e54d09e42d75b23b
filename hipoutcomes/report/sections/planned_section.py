"""What was planned before results were seen, and every comparison that was not."""

import pandas as pd

from hipoutcomes.analyses.planned import EXPLORATORY, exploratory_comparisons, plan_notes
from hipoutcomes.clinic import Clinic
from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.parts import Block, Section, ShownTable
from hipoutcomes.report.plain_numbers import count

#: P-values up to this, all others allowed for, are counted.
_NOTABLE = 0.05


def planned_section(clinic: Clinic, looked_at: list[tuple[str, pd.DataFrame]], kept) -> Section:
    """The plan in words, and the exploratory comparisons allowing for one another.

    Parameters
    ----------
    clinic : Clinic
    looked_at : list of (str, DataFrame)
        Headings and tables of the answers that were not planned.
    kept : callable
        Writes a table under a name and returns its path relative to the page.
    """
    table = exploratory_comparisons(looked_at)
    words = [in_owner_words(note) for note in plan_notes(clinic)]
    csv = ""
    if len(table):
        n_notable = int((table["p_adjusted"] <= _NOTABLE).sum())
        words.append(
            f"This report makes {count(len(table))} comparisons that were not planned. Allowing "
            f"for all of them together (Benjamini & Hochberg 1995), {count(n_notable) or 'none'} "
            f"{'stands' if n_notable == 1 else 'stand'} out at a false discovery rate of 5%."
        )
        csv = kept(table.drop(columns="answer"), "exploratory-comparisons")
    block = Block(
        heading="Was it planned?",
        words=tuple(words),
        tables=(_shown(table),) if len(table) else (),
        csv=csv,
        cautions=(EXPLORATORY,) if len(table) else (),
    )
    return Section("plan", "What was planned, and what was looked at", (), (block,))


def _shown(table: pd.DataFrame) -> ShownTable:
    """One row per comparison, folded."""
    rows = []
    for row in table.to_dict("records"):
        about = next(
            (str(row[n]) for n in ("contrast", "term", "group") if not pd.isna(row.get(n))), ""
        )
        about = "" if about == "all" else about.replace(" - ", " less ")
        named = ", ".join(filter(None, [about, in_owner_words(str(row.get("quantity", "")))]))
        rows.append((row["answer"], named, _p(row["p_value"]), _p(row["p_adjusted"])))
    return ShownTable(
        "Comparisons that were not planned",
        ("Question", "What was compared", "P alone", "P allowing for all"),
        tuple(rows),
        (False, False, True, True),
        folded=True,
    )


def _p(value: float) -> str:
    """A p-value in words that do not claim more digits than it has.

    Examples
    --------
    >>> _p(0.2345), _p(0.0312), _p(0.00004)
    ('0.23', '0.031', 'under 0.001')
    """
    if value < 0.001:
        return "under 0.001"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
