"""Files that cannot be read on, alone or together, each with what to do about it."""

from collections.abc import Sequence

import numpy as np

from hipoutcomes.errors import DecisionNeeded, FileError, NothingUsable
from hipoutcomes.ingest.checks import CHECKS
from hipoutcomes.ingest.file_read import FileRead
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.issue_log import sorted_issues
from hipoutcomes.ingest.planning.plan import Plan
from hipoutcomes.ingest.rows.fates import SKIPPED


def need_rows(grids: Sequence[Grid]) -> None:
    """Refuse files that hold headings only."""
    for grid in grids:
        if not len(grid.rows) and not grid.ragged:
            raise FileError(
                f"{grid.file} has headings ({', '.join(h for h in grid.headers if h)}) and no rows "
                "below them.",
                "We need one row for each visit.",
                "Check that the export is complete.",
            )


def one_shape(plans: Sequence[Plan]) -> None:
    """Refuse files of different shapes in one reading."""
    if len({plan.shape for plan in plans}) > 1:
        each = ", ".join(f"{plan.file}: {plan.shape}" for plan in plans)
        raise DecisionNeeded(
            f"The files are of different shapes ({each}).",
            "Files read together hold either one row per visit, or one row per episode.",
            "Read them one by one, or say --shape sessions or --shape episodes for all.",
        )


def need_usable(files: Sequence[FileRead]) -> None:
    """Refuse files of which no row could be used, naming the most frequent reasons."""
    if any(len(file.fates.accepted) for file in files):
        return
    issues = sorted_issues([file.log.frame() for file in files])
    n_rows = sum(len(file.grid.rows) + len(file.grid.ragged) for file in files)
    n_skipped = sum(int(np.count_nonzero(file.fates.fate == SKIPPED)) for file in files)
    reasons = {
        CHECKS[code].message: int(n)
        for code, n in issues.loc[issues["row"] > 0, "code"].value_counts().head(3).items()
        if n
    }
    if n_skipped:
        reasons[CHECKS["not-a-visit"].message] = n_skipped
    most = sorted(reasons.items(), key=lambda reason: -reason[1])
    listed = " ".join(f"{n:,} {'row' if n == 1 else 'rows'}: {message}" for message, n in most)
    names = ", ".join(file.grid.file for file in files)
    raise NothingUsable(
        f"No row of {names} could be used ({n_rows:,} rows).",
        f"Most frequent reasons. {listed}",
        f"See how it was read with: hipoutcomes inspect {names.split(', ')[0]}",
    )


def need_pairs(files: Sequence[FileRead], none_fits: bool) -> None:
    """Refuse appointments and scores of which no two belong together."""
    if not none_fits:
        return
    names = " and ".join(file.grid.file for file in files)
    raise DecisionNeeded(
        f"No row with scores belongs to an appointment ({names}).",
        "Both files must have the same client numbers and the dates of the same visits.",
        "Make the sheet from the appointments: hipoutcomes sheet --from APPOINTMENTS",
    )
