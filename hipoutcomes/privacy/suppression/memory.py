"""What earlier copies showed, kept in a private folder: the next copy must not undo it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np

from hipoutcomes.errors import DecisionNeeded, FileError, OutputError
from hipoutcomes.privacy.private_folder import write_private
from hipoutcomes.privacy.suppression.gate import Copies
from hipoutcomes.privacy.suppression.kept_files import (
    CODES,
    NOT_READ,
    README,
    check_whole,
    copies_made,
    files_of_copies,
    note_copies_made,
    number_of,
    read_kept,
)
from hipoutcomes.privacy.suppression.population import Population, Snapshot
from hipoutcomes.privacy.suppression.released import Means, ReleasedRow, ReleasedTable
from hipoutcomes.privacy.suppression.therapist_codes import therapist_codes

_FORMAT = 1
_ABOUT = """These files are NOT FOR SHARING.

They hold the numbers behind the copies of the report that were shared, and which therapist is T1,
T2, ... The next copy needs them: without them it could give away, together with an earlier one,
what both hide. Keep this folder with your backups and out of anything that you send.
"""


def remembered(folder: Path, rules: Mapping[str, str]) -> Copies:
    """Everything that earlier copies showed; nothing where there is no folder yet.

    Parameters
    ----------
    folder : Path
    rules : mapping of str to str
        By which rules clients are counted now, in words.

    Raises
    ------
    FileError
        When a file cannot be read or is not there.
    DecisionNeeded
        When earlier copies were made by other rules: the two together could be subtracted.
    """
    snapshots: list[Snapshot] = []
    tables: list[ReleasedTable] = []
    check_whole(folder)
    for path in files_of_copies(folder):
        kept = _read(path)
        changed = [name for name, rule in rules.items() if kept["rules"].get(name) != rule]
        if changed:
            raise DecisionNeeded(
                f"Earlier shared copies were made by other rules ({', '.join(changed)}).",
                "Two copies by different rules can be subtracted, and single clients appear.",
                f"Use the rules of before; if no copy ever left the clinic, move {folder} away.",
            )
        place = len(snapshots)
        snapshots.append(_snapshot(kept["snapshot"]))
        tables += [_table(table, place) for table in kept["tables"]]
    _check_codes(folder, snapshots)
    return Copies(tuple(snapshots), tuple(tables))


def has_copies(folder: Path) -> bool:
    """Whether a folder remembers any copy, or should.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    FileError
        When it cannot be said.
    """
    return bool(files_of_copies(folder) or copies_made(folder))


def remember(
    folder: Path,
    rules: Mapping[str, str],
    snapshot: Snapshot,
    tables: Iterable[ReleasedTable],
    today: date,
) -> Path:
    """Keep what a new copy shows, and the numbers behind it, where only the owner can read it.

    Parameters
    ----------
    folder : Path
        In a private folder; made here.
    rules : mapping of str to str
    snapshot : Snapshot
    tables : iterable of ReleasedTable
        The new ones.
    today : date

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    numbers = [number_of(path) for path in files_of_copies(folder)]
    kept = {
        "format": _FORMAT,
        "rules": dict(rules),
        "snapshot": {
            "as_of": snapshot.as_of,
            "populations": {n: _plain(p) for n, p in snapshot.populations.items()},
        },
        "tables": [
            {
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
            for table in tables
        ],
    }
    number = max(numbers, default=0) + 1
    path = folder / f"released-{number:04}-{today.isoformat()}.json"
    note_copies_made(folder, 0, only_new=True)
    write_private(folder / README, _ABOUT.encode(), only_new=True)
    if not write_private(path, json.dumps(kept, indent=1).encode(), only_new=True):
        raise OutputError(
            f"{path} appeared while the copy was made: another program made one too.",
            remedy="Make the copy again.",
        )
    note_copies_made(folder, number)
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


def _check_codes(folder: Path, snapshots: Iterable[Snapshot]) -> None:
    """No therapist of an earlier copy is without a code: T1 would become somebody else."""
    known = {"", *therapist_codes(folder).codes.values()}
    for snapshot in snapshots:
        population = snapshot.populations.get("therapist")
        unknown = sorted(set(population.groups) - known) if population else []
        if unknown:
            raise FileError(
                f"{folder / CODES} does not say who {unknown[0]} of an earlier copy is.", *NOT_READ
            )


def _read(path: Path) -> dict:
    """A file of an earlier copy, with its parts."""
    kept = read_kept(path)
    try:
        if kept["format"] != _FORMAT:
            raise FileError(f"{path} was written by a newer version of this program.", *NOT_READ)
        _snapshot(kept["snapshot"])
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
