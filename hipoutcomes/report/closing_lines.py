"""What the command line says when a report is done: what became of the rows, where to look."""

from datetime import date, timedelta
from pathlib import Path

from hipoutcomes.clinic import Clinic
from hipoutcomes.report.plain_numbers import count, of_people
from hipoutcomes.report.quality import set_aside
from hipoutcomes.tables.records import NO_DAY


def closing_lines(clinic: Clinic, page: Path) -> tuple[str, ...]:
    """A few lines for a terminal.

    Parameters
    ----------
    clinic : Clinic
    page : Path
        The report that was written.
    """
    listed = f"listed in {page.parent / 'private' / 'issues.csv'} (not for sharing)"
    lines = [*lines_of_reading(clinic, listed), f"Your report: {page}"]
    if not clinic.measures:
        named = " ".join(account.file for account in clinic.accounting.files)
        lines.append(
            "No scores are in it. Get a sheet to fill them in, with a row for each visit:\n"
            f"  hipoutcomes sheet scores.xlsx --from {named}"
        )
    return tuple(lines)


def lines_of_reading(clinic: Clinic, listed: str) -> tuple[str, ...]:
    """What became of the rows, for a terminal.

    Parameters
    ----------
    clinic : Clinic
    listed : str
        Where to find what was set aside.
    """
    rows = clinic.accounting.rows
    n_cells, n_rows = set_aside(clinic)
    others = [
        f"{count(n)} {words}"
        for n, words in (
            (rows["quarantined"], "set aside"),
            (rows["skipped_not_a_visit"], "not visits"),
            (rows["duplicates"], "repeated"),
            (rows["blank"] + rows["preamble"] + rows["header"] + rows["footer"], "not data"),
        )
        if n
    ]
    files = ", ".join(account.file for account in clinic.accounting.files)
    lines = [
        f"Read {files}: {of_people(rows['rows_in_file'], 'row')} = "
        + " + ".join([f"{count(rows['accepted'])} used", *others]),
        f"Found {_found(clinic)}",
    ]
    if n_joined := sum(account.n_joined for account in clinic.accounting.files):
        lines.append(f"Joined {of_people(n_joined, 'row')} with scores to their appointments")
    if n_rows or n_cells:
        lines.append(
            f"Set aside for you: {of_people(n_rows, 'row')} and "
            f"{of_people(n_cells, 'cell')}, {listed}"
        )
    return tuple(lines)


def _found(clinic: Clinic) -> str:
    """Clients, visits and the days they cover."""
    clients = of_people(clinic.episodes.frame["patient_id"].nunique())
    if clinic.shape == "episodes":
        return f"{clients}, one row each"
    return f"{clients} and {of_people(len(clinic.sessions), 'appointment')}, {period(clinic)}"


def period(clinic: Clinic) -> str:
    """The days that the records cover, in words; empty where they have no dates."""
    if clinic.first_day == NO_DAY:
        return ""
    first, last = (
        date(1970, 1, 1) + timedelta(days=d) for d in (clinic.first_day, clinic.last_day)
    )
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
