"""import_files(): a clinic's files into its own records, again and again.

A clinic's folder holds `store/`, in which nothing names a person, and `private/`, which holds the
key of the pseudonyms and what they stand for.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from hipoutcomes.clinic_records.fixing import (
    Corrections,
    lacks_fix_file,
    quarantined,
    read_corrections,
    write_fix_file,
)
from hipoutcomes.clinic_records.incoming_file import columns_of, incoming_of
from hipoutcomes.clinic_records.joined_snapshot import STORE, joining_lines, write_joined_snapshot
from hipoutcomes.errors import TooManySetAside
from hipoutcomes.ingest.accounting import FileAccount
from hipoutcomes.ingest.file_read import FileRead
from hipoutcomes.ingest.fixfile_read import is_fix_file
from hipoutcomes.ingest.planning.mapping_text import mapping_text
from hipoutcomes.ingest.planning.plan import Plan
from hipoutcomes.ingest.planning.remembered import remembered_name
from hipoutcomes.ingest.read import Reading, read_each, together
from hipoutcomes.privacy.findings import personal_columns
from hipoutcomes.privacy.key import Key, load_or_make_key
from hipoutcomes.privacy.links import Links
from hipoutcomes.privacy.private_folder import PRIVATE, open_private_folder, write_private
from hipoutcomes.store.incoming import ImportOutcome, Incoming, UndoOutcome
from hipoutcomes.store.store import Store

MAPPINGS = "mappings"


@dataclass(frozen=True, eq=False)
class ImportResult:
    """What importing one file did.

    Attributes
    ----------
    file : str
        The file's own name.
    outcome : ImportOutcome
        What changed in the records.
    account : FileAccount
        Rows and cells of the file, and what became of them.
    n_cells : int
        Cells of accepted rows that were set aside.
    told : tuple of str
        What the owner should know of the private folder, and of all records together.
    personal : tuple of str
        Columns that say who somebody is: what was left out, and what was read.
    fix_file : Path, optional
        Where rows to correct were written.
    corrects : int
        For a fix file, the import whose rows it corrects; otherwise 0.
    """

    file: str
    outcome: ImportOutcome
    account: FileAccount
    n_cells: int = 0
    told: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    fix_file: Path | None = None
    corrects: int = 0

    @property
    def n_set_aside(self) -> int:
        """Rows and cells of this file that were set aside and are still open."""
        return self.account.rows["quarantined"] + self.n_cells


def import_files(
    paths: str | Path | Iterable[str | Path],
    directory: str | Path,
    *,
    most_set_aside: float = 0.05,
    strict: bool = False,
    overwrites: bool = False,
    blank_overwrites: bool = False,
    new_mapping: bool = False,
    **reading,
) -> list[ImportResult]:
    """Add files to a clinic's records; a file or a row that is there already changes nothing.

    Every file is read before the first is written, and each is written in one transaction.

    Parameters
    ----------
    paths : path or several
    directory : path
        Folder of the clinic; made when it is not there.
    most_set_aside : float
        Share of the rows of a file, 0 to 1, above which nothing is written.
    strict : bool
        Whether nothing is written when any cell or row was refused or questioned.
    overwrites : bool
        Whether these files go before files that end later, where they differ.
    blank_overwrites : bool
        Whether a blank cell takes an earlier value away.
    new_mapping : bool
        Whether headings are read anew, instead of as the folder remembers them from last time.
    **reading
        As `hipoutcomes.load`: `mapping`, `date_order`, `scale`, and so on.

    Raises
    ------
    FileError, MappingError, DecisionNeeded, NothingUsable
        As `hipoutcomes.load`; nothing is then written.
    TooManySetAside
        When a file has more rows to set aside than `most_set_aside`, or `strict` finds anything;
        nothing is written.
    StoreError
        When the records are locked, damaged or of a newer version, or their key is lost.
    """
    paths = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    directory = Path(directory)
    mappings = None if new_mapping else directory / PRIVATE / MAPPINGS
    corrected = [path for path in paths if is_fix_file(path)]
    others = [path for path in paths if path not in corrected]
    files = read_each(others, remembered=mappings, **reading)[0] if others or not paths else []
    readings = [together([file]) for file in files]
    for each in readings:
        _need_enough(each.accounting.files[0], most_set_aside)
        if strict:
            _need_nothing_said(each)
    private = open_private_folder(directory)
    key, links = load_or_make_key(private.path), Links.load(private.path)
    how = {"overwrites": overwrites, "blank_overwrites": blank_overwrites}
    results = []
    with Store(directory / STORE, create=True) as store:
        today = _today(reading.get("today"))
        corrections = [read_corrections(path, directory, store, today) for path in corrected]
        for file, each in zip(files, readings, strict=True):
            incoming = replace(
                incoming_of(file, each, key, links), quarantined=quarantined(file), **how
            )
            links.save(private.path)
            results.append(_added(store, file, each, incoming, directory))
        for each in corrections:
            results.append(_corrected(store, each, key, links))
            links.save(private.path)
        told = joining_lines(write_joined_snapshot(store))
    plans = [file.plan for file in files]
    anew = new_mapping or reading.get("mapping") is not None
    _remember(plans, directory / PRIVATE / MAPPINGS, anew=anew)
    decided = [each.plan for each in corrections if each.n_terms]
    _remember(decided, directory / PRIVATE / MAPPINGS, anew=True)
    results[-1] = replace(results[-1], told=(*private.told, *results[-1].told, *told))
    return results


def _added(
    store: Store, file: FileRead, reading: Reading, incoming: Incoming, directory: Path
) -> ImportResult:
    """Add one file, write what it set aside, and say what became of it."""
    outcome = store.add(incoming)
    fixing = None
    if not outcome.already or lacks_fix_file(store, outcome.import_id, directory):
        fixing = write_fix_file(file, outcome.import_id, directory)
    personal, _ = personal_columns(*columns_of(file))
    n_cells = int((reading.issues["action"] == "cell_missing").sum())
    account = reading.accounting.files[0]
    return ImportResult(file.grid.file, outcome, account, n_cells, (), tuple(personal), fixing)


def _corrected(store: Store, corrections: Corrections, key: Key, links: Links) -> ImportResult:
    """Put the corrected rows of a fix file in the place of those that were set aside."""
    file = corrections.file
    reading = together([file])
    imports = store.imports().set_index("import_id")
    incoming = replace(
        incoming_of(file, reading, key, links),
        family=imports["family"][corrections.import_id],
        resolved=corrections.resolved,
        overwrites=True,
    )
    outcome = store.add(incoming)
    fates = Counter(corrections.resolved.values())
    words = {"replaced": "corrected", "dropped": "dropped", "missing": "kept without the cell"}
    said = [f"{fates[fate]:,} {word}" for fate, word in words.items() if fates[fate]]
    told = f"{file.grid.file}: {', '.join(said) or 'no row'} settled of import "
    told += f"{corrections.import_id}; {corrections.n_open:,} rows are still set aside."
    if corrections.n_terms:
        told += f" {corrections.n_terms:,} words are known from now on."
    result = ImportResult(file.grid.file, outcome, reading.accounting.files[0])
    return replace(result, told=() if outcome.already else (told,), corrects=corrections.import_id)


def _remember(plans: Iterable[Plan], folder: Path, *, anew: bool) -> None:
    """Keep how files were read; systems with a form of their own say that themselves."""
    for plan in plans:
        path = folder / remembered_name(plan)
        if "format" not in plan.dialect and (anew or not path.exists()):
            write_private(path, mapping_text(plan).encode())


def _today(today: date | str | None) -> date:
    """The day that was told, or that of the computer's clock."""
    return date.fromisoformat(today) if isinstance(today, str) else today or date.today()


def undo_import(import_id: int, directory: str | Path) -> UndoOutcome:
    """Take one import out of a clinic's records, as if its file had never come.

    Raises
    ------
    StoreError
        When there is no such import, or the records cannot be opened.
    """
    with Store(Path(directory) / STORE) as store:
        outcome = store.undo(import_id)
        write_joined_snapshot(store)
    return outcome


def list_imports(directory: str | Path) -> pd.DataFrame:
    """One row per import, with the file's own name where the private folder knows it."""
    links = Links.load(open_private_folder(Path(directory)).path)
    with Store(Path(directory) / STORE) as store:
        imports = store.imports()
    return imports.assign(name=[links.own_id(name) for name in imports["name"]])


def _need_enough(account: FileAccount, most: float) -> None:
    """Refuse a file of which too many rows would be set aside."""
    n_bad = account.rows["quarantined"]
    n_rows = n_bad + account.rows["accepted"]
    if n_bad > most * n_rows:
        raise TooManySetAside(
            f"{account.file} has {n_bad:,} of {n_rows:,} rows that would be set aside.",
            f"At most {most:.0%} may be; nothing was written.",
            "See why with: hipoutcomes inspect FILE; allow more with --max-bad, such as 0.2.",
        )


def _need_nothing_said(reading: Reading) -> None:
    """Refuse a file of which anything was refused or questioned."""
    said = reading.issues["severity"].astype(str).isin(("warning", "reject"))
    if n := int(said.sum()):
        raise TooManySetAside(
            f"{reading.plans[0].file} has {n:,} cells or rows that were refused or questioned.",
            "With --strict there may be none; nothing was written.",
            "See them with: hipoutcomes inspect FILE; or leave --strict out.",
        )
