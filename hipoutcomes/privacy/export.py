"""Export a clinic's tables for a researcher, with a note of what they are."""

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from hipoutcomes.errors import OutputError
from hipoutcomes.privacy.cells import safe_frame
from hipoutcomes.privacy.dates import DATE_RULES, DateRule
from hipoutcomes.privacy.export_label import label_of, readme_of
from hipoutcomes.privacy.export_tables import ClinicTables, ExportTables, export_frames
from hipoutcomes.privacy.links import write_table

EXPORTS = "exports"
#: Fewest clients who share a word that leaves, after the policy of US Medicare for small cells.
LEAST_EXPORTED = 11


@dataclass(frozen=True, slots=True)
class ExportOutcome:
    """What was exported.

    Attributes
    ----------
    directory : Path
    label : str
        What kind of data it is, as its note says.
    n_clients, n_sessions, n_treatments, n_scores : int
    links : Path or None
        Folder of the tables that turn its numbers back; None where none were kept.
    """

    directory: Path
    label: str
    n_clients: int
    n_sessions: int
    n_treatments: int
    n_scores: int
    links: Path | None


def export_tables(
    clinic: ClinicTables,
    directory: str | Path,
    *,
    dates: DateRule = "exact",
    safe_harbor: bool = False,
    private: Path | None = None,
    secret: bytes | None = None,
    least_clients: int = LEAST_EXPORTED,
) -> ExportOutcome:
    """Write sessions, treatments and scores as CSV files for a researcher.

    Names, free text, places, names of files and numbers of visits never leave. Clients, staff and
    sites go by numbers of this export.

    Parameters
    ----------
    clinic : ClinicTables
        A `Clinic`.
    directory : path
        A new folder, or an empty one.
    dates : {"exact", "shifted", "relative"}
        The days themselves; each client's moved back by 1 to 52 weeks; or days since the first
        visit, and the year of it.
    safe_harbor : bool
        Leave out what 45 CFR 164.514(b)(2) names; needs relative days. Numbers are random, the age
        is that at the first visit, ages from 90 on are one group, places are left out.
    private : Path, optional
        The private folder: the tables that turn numbers back are kept there. Without it none are
        kept, and nobody can turn them back.
    secret : bytes, optional
        Of the clinic's key: numbers and shifts are then the same in every export, for a researcher
        who gets more than one. Not used for Safe Harbor.
    least_clients : int
        Words that fewer clients share become 'other'.

    Raises
    ------
    OutputError
        When the folder holds something, or cannot be written to.
    ValueError
        When `dates` is no rule, or not the one that Safe Harbor needs.
    """
    if dates not in DATE_RULES:
        raise ValueError(f"dates must be one of {', '.join(DATE_RULES)}; it is {dates!r}.")
    if safe_harbor and dates != "relative":
        raise ValueError(
            "A Safe Harbor export needs dates='relative': no date but a year may stay."
        )
    directory = Path(directory)
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise OutputError(
            f"{directory} holds something already.",
            remedy="Name a new folder for the export. Nothing was changed.",
        )
    tables = export_frames(
        clinic,
        dates=dates,
        safe_harbor=safe_harbor,
        secret=None if safe_harbor else secret,
        least_clients=least_clients,
    )
    label = label_of(dates, safe_harbor)
    kept = _keep_links(tables, private) if private else None
    try:
        _write(tables, directory, readme_of(tables, label, dates, safe_harbor, least_clients))
    except OSError as problem:
        if kept:
            shutil.rmtree(kept)
        raise OutputError(
            f"{directory} cannot be written: {problem.strerror or 'the system refused'}.",
            remedy="Name another folder.",
        ) from None
    counts = (len(t) for t in (tables.sessions, tables.treatments, tables.scores))
    return ExportOutcome(directory, label, len(tables.clients), *counts, links=kept)


def _write(tables: ExportTables, directory: Path, readme: str) -> None:
    """Write the files beside their place, and move them there together."""
    beside = directory.with_name(f".{directory.name}.{secrets.token_hex(4)}.new")
    beside.mkdir(parents=True)
    try:
        for name in ("sessions", "treatments", "scores"):
            text = safe_frame(getattr(tables, name)).to_csv(index=False, lineterminator="\r\n")
            (beside / f"{name}.csv").write_bytes(text.encode("utf-8"))
        (beside / "README.txt").write_text(readme, encoding="utf-8")
        if directory.exists():
            directory.rmdir()
        beside.rename(directory)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _keep_links(tables: ExportTables, private: Path) -> Path:
    """Write the tables that turn numbers back into the private folder."""
    folder = private / EXPORTS / f"export-{secrets.token_hex(6)}"
    write_table(folder / "clients.csv", "client in the records", tables.clients)
    write_table(folder / "staff.csv", "therapist, rater or site in the records", tables.staff)
    return folder
