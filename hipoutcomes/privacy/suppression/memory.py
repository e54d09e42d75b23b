"""What earlier copies showed, kept in a private folder: the next copy must not undo it."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from hipoutcomes.errors import DecisionNeeded, FileError, OutputError
from hipoutcomes.privacy.private_folder import write_private
from hipoutcomes.privacy.suppression.gate import Copies
from hipoutcomes.privacy.suppression.kept_files import (
    NOT_READ,
    README,
    check_whole,
    file_of_copy,
    files_of_copies,
    note_copies_made,
    number_of,
    read_kept,
)
from hipoutcomes.privacy.suppression.population import Population, Snapshot
from hipoutcomes.privacy.suppression.released import Means, ReleasedRow, ReleasedTable
from hipoutcomes.privacy.suppression.therapist_codes import TherapistCodes

_FORMAT = 2
_ABOUT = """These files are NOT FOR SHARING.

They hold the numbers behind the copies of the report that were shared, and which therapist is T1,
T2, ... The next copy needs them: without them it could give away, together with an earlier one,
what both hide. Keep this folder with your backups and out of anything that you send.
"""


@dataclass(frozen=True, eq=False)
class Memory:
    """What earlier copies showed.

    Attributes
    ----------
    folder : Path
        Private.
    copies : Copies
    therapists : TherapistCodes
    marks : tuple of str
        Each copy carries its own, so that one that is not remembered is recognised.
    rules : mapping of str to str
        By which clients were counted, in words; none before the first copy.
    """

    folder: Path
    copies: Copies
    therapists: TherapistCodes
    marks: tuple[str, ...] = ()
    rules: Mapping[str, str] | None = None

    def refuse_other_rules(self, rules: Mapping[str, str]) -> None:
        """Stop where earlier copies were made by other rules: the two could be subtracted.

        Parameters
        ----------
        rules : mapping of str to str

        Raises
        ------
        DecisionNeeded
        """
        changed = [name for name in rules if self.rules and self.rules.get(name) != rules[name]]
        if changed:
            raise DecisionNeeded(
                f"Earlier shared copies were made by other rules ({', '.join(changed)}).",
                "Two copies by different rules can be subtracted, and single clients appear.",
                f"Use the rules of before; if no copy ever left the clinic, move {self.folder} "
                "away.",
            )


def remembered(folder: Path) -> Memory:
    """Everything that earlier copies showed; nothing where there is no folder yet.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    FileError
        When a file cannot be read or is not there.
    """
    check_whole(folder)
    kept = [_read(path) for path in files_of_copies(folder)]
    copies = Copies(
        tuple(_snapshot(one["snapshot"]) for one in kept),
        tuple(_table(t, place) for place, one in enumerate(kept) for t in one["tables"]),
    )
    if not kept:
        return Memory(folder, copies, TherapistCodes(secrets.token_hex(16), {}))
    last = kept[-1]
    therapists = TherapistCodes(last["therapists"]["mark"], last["therapists"]["codes"])
    return Memory(folder, copies, therapists, tuple(one["mark"] for one in kept), last["rules"])


def remember(
    memory: Memory,
    mark: str,
    rules: Mapping[str, str],
    snapshot: Snapshot,
    tables: Iterable[ReleasedTable],
    therapists: TherapistCodes,
) -> Path:
    """Keep what a new copy shows, and the numbers behind it, where only the owner can read it.

    Parameters
    ----------
    memory : Memory
        That the copy was made with; its folder is made here.
    mark : str
        Of the copy.
    rules : mapping of str to str
    snapshot : Snapshot
    tables : iterable of ReleasedTable
        The new ones.
    therapists : TherapistCodes

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OutputError
        When it cannot be written, or another copy was remembered meanwhile.
    """
    folder, number = memory.folder, len(memory.copies.snapshots) + 1
    path = file_of_copy(folder, number)
    kept = {
        "format": _FORMAT,
        "number": number,
        "mark": mark,
        "rules": dict(rules),
        "therapists": {"mark": therapists.mark, "codes": dict(therapists.codes)},
        "snapshot": {
            "as_of": snapshot.as_of,
            "populations": {n: _plain(p) for n, p in snapshot.populations.items()},
        },
        "tables": [_plain_table(table) for table in tables],
    }
    note_copies_made(folder, 0, only_new=True)
    if not write_private(path, json.dumps(kept, indent=1).encode(), only_new=True):
        raise OutputError(
            f"{path} appeared while the copy was made: another program made one too.",
            remedy="Make the copy again.",
        )
    note_copies_made(folder, number)
    write_private(folder / README, _ABOUT.encode(), only_new=True)
    return path


def take_back(path: Path) -> None:
    """Forget a copy that was not made after all.

    Parameters
    ----------
    path : Path
        Its file; the last.
    """
    note_copies_made(path.parent, number_of(path) - 1)
    path.unlink()


def _read(path: Path) -> dict:
    """A file of an earlier copy, with its parts."""
    kept = read_kept(path)
    try:
        if kept["format"] != _FORMAT:
            raise FileError(f"{path} was written by another version of this program.", *NOT_READ)
        if kept["number"] != number_of(path):
            raise FileError(f"{path} holds what copy {kept['number']} showed.", *NOT_READ)
        _snapshot(kept["snapshot"])
        str(kept["mark"])
        TherapistCodes(str(kept["therapists"]["mark"]), dict(kept["therapists"]["codes"]))
        for table in kept["tables"]:
            _table(table, 0)
        dict(kept["rules"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise FileError(f"{path} cannot be read.", *NOT_READ) from None
    return kept


def _plain(population: Population) -> dict:
    """A population as JSON can hold it."""
    return {
        "groups": population.groups,
        "counts": population.counts.tolist(),
        "sums": population.sums.tolist(),
        "is_ordered": population.is_ordered,
        "named": sorted(population.named),
    }


def _plain_table(table: ReleasedTable) -> dict:
    """A released table as JSON can hold it."""
    return {
        "grouping": table.grouping,
        "question": table.question,
        "as_of": table.as_of,
        "minimum": table.minimum,
        "rows": [
            {
                "groups": row.groups,
                "numbers": dict(row.numbers),
                "means": None if row.means is None else asdict(row.means),
            }
            for row in table.rows
        ],
    }


def _snapshot(kept: dict) -> Snapshot:
    """A snapshot from what was kept."""
    populations = {
        name: Population(
            tuple(given["groups"]),
            np.array(given["counts"], int).reshape(len(given["groups"]), 5),
            np.array(given["sums"], float).reshape(len(given["groups"]), 4),
            bool(given["is_ordered"]),
            frozenset(given["named"]),
        )
        for name, given in kept["populations"].items()
    }
    return Snapshot(kept["as_of"], populations)


def _table(kept: dict, place: int) -> ReleasedTable:
    """A released table from what was kept."""
    rows = tuple(
        ReleasedRow(
            tuple(row["groups"]),
            {name: int(n) for name, n in row["numbers"].items()},
            None if row["means"] is None else Means(**row["means"]),
        )
        for row in kept["rows"]
    )
    return ReleasedTable(
        kept["grouping"], kept["question"], place, kept["as_of"], rows, int(kept["minimum"])
    )
