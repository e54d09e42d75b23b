"""A sheet for the answers of clients whose later score is due."""

from datetime import date
from pathlib import Path

import pandas as pd

from hipoutcomes.ingest.sheet import fill_sheet
from hipoutcomes.ingest.sheet_columns import BETWEEN, SCORES_0_TO_10, SheetColumn

#: Headings that are for the reader only: no file is read by them.
CAME_FIRST, CAME_LAST, COUNTS_UNTIL = "Came first on", "Came last on", "Counts until"


def due_columns() -> tuple[SheetColumn, ...]:
    """The columns of the sheet, in order."""
    return (
        SheetColumn("Client", "", "From your records: leave it as it is."),
        SheetColumn("Side", "", "Which hip; blank where that was not recorded."),
        SheetColumn(CAME_FIRST, "", ""),
        SheetColumn(CAME_LAST, "", ""),
        SheetColumn(COUNTS_UNTIL, "", "An answer after this day no longer counts."),
        SheetColumn("Date", "", "The day of the answer, year first: 2026-03-05."),
        SheetColumn("Row type", "", "Leave it as it is.", (BETWEEN,)),
        SheetColumn(
            "Pain between visits (0-10)", "", "The answer. Blank: none yet.", SCORES_0_TO_10
        ),
    )


def write_due_sheet(path: str | Path, due: pd.DataFrame, on: date, message: str) -> Path:
    """Write the list of those whose score is due, to be filled with their answers.

    Parameters
    ----------
    path : path
        An .xlsx file that is not there yet.
    due : DataFrame
        As `due_scores` gives it.
    on : date
        Stands in every row as the day of the answer, until someone writes another.
    message : str
        Words to send to everyone.

    Raises
    ------
    OutputError
        When the file is there already, the place cannot be written to, or the name does not end
        in .xlsx.
    """
    days = {
        CAME_FIRST: due["first_day"],
        CAME_LAST: due["last_day"],
        COUNTS_UNTIL: due["closes"],
    }
    rows = pd.DataFrame(
        {
            "Client": due["client"].astype(str),
            "Side": due["side"].astype(object).where(due["side"].notna(), ""),
            **{name: _dates(values) for name, values in days.items()},
            "Date": on.isoformat(),
            "Row type": BETWEEN,
        }
    )
    return fill_sheet(path, due_columns(), rows, _about(message))


def _dates(days: pd.Series) -> list[str]:
    """Days since 1970-01-01 as dates, year first."""
    return days.to_numpy().astype("datetime64[D]").astype(str).tolist()


def _about(message: str) -> tuple[str, ...]:
    """What to do with the list."""
    return (
        "Scores that are due",
        "",
        "Ask everyone in the list, also those who stopped coming, and in the same words: who is "
        "left out, or asked more kindly, changes the result.",
        f"Words to send:  {message}",
        "Write each answer under 'Pain between visits (0-10)', and its day under 'Date'. Leave "
        "blank who has not answered.",
        "",
        "Then:  hipoutcomes import this-file.xlsx --store YOUR-FOLDER",
    )
