"""What was read, what was set aside, and why: counts and plain sentences, never a cell."""

from collections.abc import Iterator

import pandas as pd

from hipoutcomes.clinic import Clinic
from hipoutcomes.ingest.accounting import CELL_FATES, ROW_FATES
from hipoutcomes.ingest.checks import CHECKS
from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.parts import Block, ShownTable
from hipoutcomes.report.plain_numbers import count, of_people

#: Reasons that only say a cell is blank: counted with the cells, not listed again.
_SILENT = ("missing-cell", "blank-row", "footer")


def quality_blocks(clinic: Clinic) -> tuple[Block, ...]:
    """The accounts, the issues by reason, and the columns that were not used."""
    return (_accounts(clinic), _reasons(clinic), *_unused_columns(clinic))


def set_aside(clinic: Clinic) -> tuple[int, int]:
    """Cells set aside in rows that were used, and rows set aside, for the owner to look at."""
    issues = clinic.issues.frame
    cells = (issues["severity"] == "reject") & (issues["action"] == "cell_missing")
    return int(cells.sum()), clinic.accounting.rows["quarantined"]


def _accounts(clinic: Clinic) -> Block:
    """Rows and cells in, and what became of each; they add up."""
    accounts = clinic.accounting
    total = accounts.rows["rows_in_file"]
    return Block(
        "Every row accounted for",
        (
            f"Your {'file holds' if len(accounts.files) == 1 else 'files hold'} {count(total)} "
            f"rows. {count(accounts.rows['accepted'])} were used; the table says what became of "
            "the others. The numbers add up: nothing was dropped without being counted.",
        ),
        tables=(
            _ledger("Rows of the files", "Rows", accounts.rows, "rows_in_file", ROW_FATES),
            _cells(clinic),
        ),
    )


def _cells(clinic: Clinic) -> ShownTable:
    """The ledger of cells; those set aside by themselves apart from those in rows set aside."""
    book = dict(clinic.accounting.cells)
    alone = min(set_aside(clinic)[0], book["quarantined"])
    book |= {"alone": alone, "with_row": book.pop("quarantined") - alone}
    fates = {name: words for name, words in CELL_FATES.items() if name in book}
    fates |= {"alone": "set aside", "with_row": "in rows that were set aside"}
    return _ledger(
        "Cells in the columns that were used", "Cells", book, "cells_in_mapped_columns", fates
    )


def _ledger(caption: str, unit: str, book: dict, total: str, fates: dict) -> ShownTable:
    """One ledger with its total; lines of nothing are left out."""
    rows = [(_capital(in_owner_words(fates[f])), count(book[f])) for f in fates if book[f]]
    rows.append(("All together", count(book[total])))
    return ShownTable(caption, ("What became of them", unit), tuple(rows), (False, True))


def _reasons(clinic: Clinic) -> Block:
    """How often each reason occurred, in plain sentences."""
    issues = clinic.issues.frame
    issues = issues[~issues["code"].isin(_SILENT)]
    if issues.empty:
        return Block(
            "What was set aside or questioned", ("Nothing: every cell could be read as it stands.",)
        )
    counted = issues.groupby(["code", "action"], observed=True).size().sort_values(ascending=False)
    rows = [
        (_reason(code), _done(action), count(n), CHECKS[code].suggestion if code in CHECKS else "")
        for (code, action), n in counted.items()
    ]
    return Block(
        "What was set aside or questioned",
        (_aside(*set_aside(clinic)),),
        tables=(
            ShownTable(
                "Reasons, most frequent first",
                ("Reason", "What was done", "How often", "What you can do"),
                tuple(rows),
                (False, False, True, False),
                folded=len(rows) > 15,
            ),
        ),
    )


def _aside(n_cells: int, n_rows: int) -> str:
    """How much was set aside, and where it is listed."""
    where = "listed with its row and column in private/issues.csv"
    if n_cells == n_rows == 0:
        return f"Nothing was set aside. What was questioned is {where}."
    n = n_cells + n_rows
    return (
        f"{of_people(n_cells, 'cell')} and {of_people(n_rows, 'row')} "
        f"{'was' if n == 1 else 'were'} set aside for you. Each is {where}, so that you can "
        "correct it in your file and run the report again."
    )


def _reason(code: str) -> str:
    """A reason in its record's own sentence, which quotes no cell."""
    return CHECKS[code].message if code in CHECKS else code.replace("-", " ").capitalize() + "."


def _done(action: str) -> str:
    """What was done about it, in the owner's words."""
    return {
        "accepted": "used, please check",
        "cell_missing": "cell set aside",
        "row_quarantined": "row set aside",
        "row_skipped": "row skipped",
    }.get(str(action), str(action))


def _unused_columns(clinic: Clinic) -> Iterator[Block]:
    """Columns of the files that were not used, by their headings only."""
    unused = [
        (plan.file, heading, count(n)) for plan in clinic.plans for heading, n in _unused(plan)
    ]
    if unused:
        yield Block(
            "Columns that were not used",
            (
                f"{of_people(len(unused), 'column')} of your files have headings that are not "
                "known here, or that this report has no use for. To have one used, name it in a "
                "mapping file: hipoutcomes inspect FILE --save mapping.toml",
            ),
            tables=(
                ShownTable(
                    "Columns that were not used",
                    ("File", "Heading", "Filled cells"),
                    tuple(unused),
                    (False, False, True),
                    folded=len(unused) > 10,
                ),
            ),
        )


def _unused(plan) -> Iterator[tuple[str, int]]:
    """Heading and filled cells of each ignored column that holds something."""
    ignored = plan.ignored
    pairs = ignored.items() if isinstance(ignored, dict) else ignored
    yield from ((heading, n) for heading, n in pairs if n)


def _capital(text: str) -> str:
    """First letter as a capital."""
    return text[:1].upper() + text[1:]


def issue_counts(issues: pd.DataFrame) -> pd.DataFrame:
    """How often each reason occurred, as a table to keep: no file, row, or cell is named."""
    counted = issues.groupby(["code", "severity", "action"], observed=True).size()
    return counted.reset_index(name="n_issues").sort_values(
        ["n_issues", "code"], ascending=[False, True], ignore_index=True
    )
