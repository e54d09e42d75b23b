"""What only shows when files are together, and the accounts of every file."""

from collections.abc import Sequence

import numpy as np

from hipoutcomes.ingest.accounting import CELL_FATES, Accounting, FileAccount
from hipoutcomes.ingest.file_read import FileRead
from hipoutcomes.ingest.rows.combine import Combined
from hipoutcomes.ingest.rows.fates import ACCEPTED, DUPLICATE, QUARANTINED, SKIPPED


def settle(files: Sequence[FileRead], combined: Combined) -> Accounting:
    """Log what only shows when files are together, and write the accounts.

    Parameters
    ----------
    files : sequence of FileRead
        In the order in which they were combined; repeats are marked in their fates.
    combined : Combined
    """
    for i, file in enumerate(files):
        about = {"column": "", "field": "patient"}
        if (repeated := combined.repeated[i]).size:
            file.fates.fate[repeated] = DUPLICATE
            rows = file.grid.rows[repeated]
            file.log.rows("duplicate-row", rows, action="row_skipped", **about)
        if (twice := combined.place[combined.twice[combined.part[combined.twice] == i]]).size:
            column = next(c for c in file.columns if c.plan.target.field == "date")
            file.log.rows(
                "two-visits-one-day",
                file.grid.rows[twice],
                column=column.plan.heading,
                field="date",
                values=[column.cells.text(place) for place in twice],
            )
        for code, note, part, place in combined.told:
            rows = file.grid.rows[place[part == i]]
            file.log.rows(code, np.unique(rows), field="date", note=note)
    n_joined = [len(np.unique(places)) for places in combined.joined] or [0] * len(files)
    return Accounting(tuple(map(_account, files, n_joined)))


def _account(file: FileRead, n_joined: int) -> FileAccount:
    """Rows and cells of one file."""
    counts, n_ragged = file.grid.counts, len(file.grid.ragged)
    by_fate = np.bincount(file.fates.fate, minlength=4)
    n_quarantined = int(by_fate[QUARANTINED]) + n_ragged
    rows = {
        "rows_in_file": int(counts["rows_in_file"]),
        "accepted": int(by_fate[ACCEPTED]),
        "quarantined": n_quarantined,
        "skipped_not_a_visit": int(by_fate[SKIPPED]),
        "duplicates": int(by_fate[DUPLICATE]),
        **{name: int(counts[name]) for name in ("blank", "preamble", "header", "footer")},
    }
    accepted = file.fates.accepted
    cells = np.zeros(len(CELL_FATES), np.int64)
    for column in file.columns:
        codes = column.cells.codes
        codes = codes if len(accepted) == len(codes) else codes[accepted]
        n_each = np.bincount(codes + 1, minlength=len(column.parsed) + 1)
        fates = np.roll(column.fates(), 1)
        cells += np.bincount(fates, weights=n_each, minlength=len(cells)).astype(np.int64)
    cells[-1] += n_quarantined * len(file.columns)
    total = len(file.columns) * (len(accepted) + n_quarantined)
    named = dict(zip(CELL_FATES, cells.tolist(), strict=True))
    return FileAccount(file.grid.file, rows, {"cells_in_mapped_columns": total, **named}, n_joined)
