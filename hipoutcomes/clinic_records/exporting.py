"""export(): a clinic's tables for a researcher, from its files or its records."""

from collections.abc import Iterable
from pathlib import Path

from hipoutcomes.clinic_records.loading import load_store
from hipoutcomes.loading import load
from hipoutcomes.privacy.dates import DateRule
from hipoutcomes.privacy.export import ExportOutcome, export_tables
from hipoutcomes.privacy.key import load_or_make_key
from hipoutcomes.privacy.private_folder import open_private_folder


def export_store(
    directory: str | Path,
    output: str | Path,
    *,
    dates: DateRule = "exact",
    safe_harbor: bool = False,
) -> ExportOutcome:
    """Export a clinic's records; the tables that turn numbers back stay in its private folder.

    Parameters
    ----------
    directory : path
        Folder of the clinic.
    output : path
        A new folder, or an empty one.
    dates : {"exact", "shifted", "relative"}
        As `privacy.export.export_tables`; Safe Harbor has relative days whatever is said.
    safe_harbor : bool
        Leave out what 45 CFR 164.514(b)(2) names.

    Raises
    ------
    StoreError
        When there are no records, or they cannot be opened.
    OutputError
        When the folder holds something, or cannot be written to.
    """
    clinic = load_store(directory)
    private = open_private_folder(Path(directory)).path
    return export_tables(
        clinic,
        output,
        dates="relative" if safe_harbor else dates,
        safe_harbor=safe_harbor,
        private=private,
        secret=load_or_make_key(private).secret,
    )


def export_files(
    paths: str | Path | Iterable[str | Path],
    output: str | Path,
    *,
    dates: DateRule = "exact",
    safe_harbor: bool = False,
    **reading,
) -> ExportOutcome:
    """Export a clinic's files; no table is kept that could turn numbers back.

    Parameters and errors as `export_store` and `hipoutcomes.load`.
    """
    return export_tables(
        load(paths, **reading),
        output,
        dates="relative" if safe_harbor else dates,
        safe_harbor=safe_harbor,
    )
