"""Fix files: what an import set aside goes out to be corrected, and comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from hipoutcomes.clinic_records.joined_snapshot import STORE
from hipoutcomes.errors import FileError
from hipoutcomes.ingest.file_read import FileRead, read_file
from hipoutcomes.ingest.fixfile import DROP, MISSING, fix_file
from hipoutcomes.ingest.fixfile_read import CorrectedFile, read_fix_file
from hipoutcomes.ingest.fixfile_rows import RowToFix, rows_to_fix, terms_to_review
from hipoutcomes.ingest.planning.mapping import read_mapping
from hipoutcomes.ingest.planning.mapping_text import mapping_text
from hipoutcomes.ingest.planning.plan import Plan, make_plan
from hipoutcomes.privacy.private_folder import PRIVATE, open_private_folder, write_private
from hipoutcomes.store.store import Store

#: Folders of the private folder: rows to correct, and how each imported file was read.
FIX, PLANS = "fix", "plans"


@dataclass(frozen=True, eq=False)
class Corrections:
    """What a fix file brings.

    Attributes
    ----------
    import_id : int
        The import whose rows it corrects.
    file : FileRead
        The corrected rows alone, read as the first file was.
    resolved : dict of str to str
        Row key -> ``replaced``, ``dropped`` or ``missing``.
    n_open : int
        Rows that stay set aside.
    plan : Plan
        As the first file was read, with words decided since.
    n_terms : int
        Words decided.
    """

    import_id: int
    file: FileRead
    resolved: Mapping[str, str]
    n_open: int
    plan: Plan
    n_terms: int = 0


def write_fix_file(file: FileRead, import_id: int, directory: Path) -> Path | None:
    """Write the rows of a file that were set aside, and how the file was read; None without any.

    Raises
    ------
    OutputError
        When the private folder cannot be written to.
    """
    rows, terms = rows_to_fix(file), terms_to_review(file)
    if not rows and terms.empty:
        return None
    folder = Path(directory) / PRIVATE / FIX
    path = folder / f"quarantine-{import_id}.xlsx"
    write_private(path, fix_file(file.grid.file, file.grid.sheet, file.grid.headers, rows, terms))
    write_private(_plan_of(import_id, directory), mapping_text(file.plan).encode())
    return path


def _plan_of(import_id: int, directory: Path) -> Path:
    """Where it is kept how the file of an import was read."""
    return Path(directory) / PRIVATE / PLANS / f"import-{import_id}.toml"


def lacks_fix_file(store: Store, import_id: int, directory: Path) -> bool:
    """Whether rows of an import wait to be corrected, and their fix file is not there.

    So it is where an import was cut short after its rows were written.
    """
    path = Path(directory) / PRIVATE / FIX / f"quarantine-{import_id}.xlsx"
    return not path.exists() and bool((store.open_quarantine()["import_id"] == import_id).any())


def quarantined(file: FileRead) -> dict[str, str]:
    """Key and code of every row that was set aside, or of which a cell was."""
    return {row.key: row.code for row in rows_to_fix(file)}


def open_rows(directory: Path) -> pd.DataFrame:
    """Rows that are still to be corrected: `import_id`, `n_rows`, and the `path` of their fix file.

    Raises
    ------
    StoreError
        When there are no records, or they cannot be opened.
    """
    with Store(Path(directory) / STORE) as store:
        found = store.open_quarantine()
    counts = found.groupby("import_id").size().rename("n_rows").reset_index()
    folder = Path(directory) / PRIVATE / FIX
    paths = [folder / f"quarantine-{number}.xlsx" for number in counts["import_id"]]
    return counts.assign(path=[path if path.exists() else None for path in paths])


def read_corrections(path: Path, directory: Path, store: Store, today: date) -> Corrections:
    """Read a fix file that came back, as the first file was read.

    Raises
    ------
    FileError
        When its rows belong to no import of these records, or to several, or how the first file
        was read is no longer known.
    """
    corrected = read_fix_file(path)
    import_id = _import_of(path, corrected, store)
    how = _plan_of(import_id, directory)
    if not how.exists():
        raise FileError(
            f"{path.name} corrects import {import_id}, of which it is no longer known how it was "
            "read.",
            f"That is kept in {how}.",
            "Take the import back with 'undo', correct your own file, and import that.",
        )
    mapping = replace(read_mapping(how), file_headings=())
    open_private_folder(directory)
    is_open = _open(corrected, store)
    dropped = np.array([action == DROP for action in corrected.actions], bool)
    tried = is_open & ~dropped
    settled = {
        key: "dropped" for key, gone in zip(corrected.keys, is_open & dropped, strict=True) if gone
    }
    whole = _read(corrected, tried, mapping, today)
    used = np.zeros(len(corrected.keys), bool)
    if whole is not None:
        still_wrong = {row.row: row for row in rows_to_fix(whole)}
        for place in np.flatnonzero(tried):
            wrong = still_wrong.get(int(corrected.grid.rows[place]))
            fate = _fate(wrong, corrected.actions[place])
            if fate:
                used[place] = True
                settled[corrected.keys[place]] = fate
    file = _read(corrected, used, mapping, today) or _nothing(corrected, mapping, today)
    plan, n_terms = _with_terms(file.plan, corrected.terms)
    n_open = int(np.count_nonzero(is_open)) - len(settled)
    return Corrections(import_id, file, settled, n_open, plan, n_terms)


def _fate(wrong: RowToFix | None, action: str) -> str:
    """What becomes of a row: put in place, accepted as it is, or (empty) still set aside."""
    if wrong is None:
        return "replaced"
    return "missing" if action == MISSING and not wrong.is_gone else ""


def _read(corrected: CorrectedFile, chosen: np.ndarray, mapping, today: date) -> FileRead | None:
    """Some of the rows, read as the first file was; None without any."""
    if not chosen.any():
        return None
    grid = corrected.only(chosen)
    return read_file(grid, make_plan(grid, mapping, today), today)


def _nothing(corrected: CorrectedFile, mapping, today: date) -> FileRead:
    """The reading of none of the rows."""
    grid = corrected.only(np.zeros(len(corrected.keys), bool))
    whole = corrected.only(np.ones(len(corrected.keys), bool))
    return read_file(grid, make_plan(whole, mapping, today), today)


def _import_of(path: Path, corrected: CorrectedFile, store: Store) -> int:
    """The one import whose rows a fix file corrects."""
    known = store.quarantine()
    found = set(known.loc[known["quarantine_key"].isin(corrected.keys), "import_id"])
    if len(found) != 1:
        raise FileError(
            f"{path.name} corrects rows of {len(found) or 'no'} imports of these records.",
            "A fix file belongs to one import.",
            "Name the folder of the records it came from, or take the fix file as it was written.",
        )
    return int(found.pop())


def _open(corrected: CorrectedFile, store: Store) -> np.ndarray:
    """Which rows are still set aside, each key once."""
    still = set(store.open_quarantine()["quarantine_key"])
    first = ~pd.Series(corrected.keys, dtype=object).duplicated().to_numpy()
    return np.array([key in still for key in corrected.keys], bool) & first


def _with_terms(plan: Plan, terms: Mapping[tuple[str, str], str]) -> tuple[Plan, int]:
    """A plan that knows what more words mean."""
    by_field: dict[str, dict[str, str]] = {}
    for (field, word), means in terms.items():
        by_field.setdefault(field, {})[word] = means
    columns = tuple(
        replace(column, values={**column.values, **by_field[str(column.target)]})
        if str(column.target) in by_field
        else column
        for column in plan.read
    )
    return replace(plan, read=columns), len(terms)
