"""What a file brings to the store, and what the store did with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from hipoutcomes.tables.records import Records


@dataclass(frozen=True, eq=False)
class Incoming:
    """One file on its way into the store: nothing in it names a person.

    Attributes
    ----------
    records : Records
        Patients, therapists, raters and visit ids are pseudonyms; `history` is left out.
    name : str
        How the file is called in the store; never its own name.
    sha256 : str
        Of the file's bytes: the same hash is the same file.
    family : str
        Profile the file was read by, or ``generic``: visit ids are one series within a family.
    mapping : str
        How the file was read, as the text of a mapping file.
    tool_version : str
    accounting : mapping of str to int
        Rows of the file and what became of them.
    issues : DataFrame
        `row`, `field`, `code`, `severity`, `action`; no values.
    quarantined : mapping of str to str
        Row key -> code, of rows and cells that were set aside.
    resolved : mapping of str to str
        Row key -> ``replaced``, ``dropped`` or ``missing``, from a corrected fix file.
    blank_overwrites : bool
        Whether a blank cell of this file takes an earlier value away.
    overwrites : bool
        Whether this file goes before newer ones where they differ.
    """

    records: Records
    name: str
    sha256: str
    family: str = "generic"
    mapping: str = ""
    tool_version: str = ""
    accounting: Mapping[str, int] = field(default_factory=dict)
    issues: pd.DataFrame | None = None
    quarantined: Mapping[str, str] = field(default_factory=dict)
    resolved: Mapping[str, str] = field(default_factory=dict)
    blank_overwrites: bool = False
    overwrites: bool = False


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What importing one file did.

    Attributes
    ----------
    import_id : int
        0 for a preview.
    already : bool
        The same file had been imported before; nothing changed.
    n_new, n_changed, n_unchanged : int
        Rows that were not there before, that changed a row, and that were there as they are.
    n_gone : int
        Rows of earlier files of this kind, within the days of this one, that it does not have.
    n_forgotten : int
        Rows of clients who were forgotten; they stay out.
    is_stale : bool
        The file ends before an earlier one does, and gave way to it where they differ.
    """

    import_id: int
    already: bool = False
    n_new: int = 0
    n_changed: int = 0
    n_unchanged: int = 0
    n_gone: int = 0
    n_forgotten: int = 0
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """What taking an import back did: rows taken out, and rows set back to what they were."""

    n_removed: int
    n_restored: int


@dataclass(frozen=True, slots=True)
class ForgetOutcome:
    """What forgetting a client removed: rows, scores, imports that held them, and backups."""

    n_rows: int
    n_scores: int
    n_imports: int
    n_backups: int
