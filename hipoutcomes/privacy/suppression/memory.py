"""What earlier copies showed, kept in a private folder: the next copy must not undo it."""

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np

from hipoutcomes.errors import DecisionNeeded, FileError
from hipoutcomes.privacy.private_folder import write_private
from hipoutcomes.privacy.suppression.gate import Copies
from hipoutcomes.privacy.suppression.population import Population, Snapshot
from hipoutcomes.privacy.suppression.released import Means, ReleasedRow, ReleasedTable

_FORMAT = 1
_NAME = re.compile(r"released-(\d{4})-\d{4}-\d{2}-\d{2}\.json")
_CODES = "therapist-codes.json"
_NOT_READ = (
    "Without it a new copy could give away, together with an earlier one, what both hide.",
    "Put the file back from a backup. If no copy ever left the clinic, move the folder away.",
)


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
        When a file cannot be read.
    DecisionNeeded
        When earlier copies were made by other rules: the two together could be subtracted.
    """
    snapshots: list[Snapshot] = []
    tables: list[ReleasedTable] = []
    for path in _files(folder):
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
    return Copies(tuple(snapshots), tuple(tables))


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
    numbers = [int(_NAME.fullmatch(path.name).group(1)) for path in _files(folder)]
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
    path = folder / f"released-{max(numbers, default=0) + 1:04}-{today.isoformat()}.json"
    write_private(path, json.dumps(kept, indent=1).encode(), only_new=True)
    return path


def therapist_codes(folder: Path, therapists: Iterable[str]) -> dict[str, str]:
    """T1, T2, ... for every therapist, the same in every copy, in an order that says nothing.

    Parameters
    ----------
    folder : Path
        Where the table of codes is kept; it stays private.
    therapists : iterable of str

    Raises
    ------
    FileError
        When the table cannot be read.
    OutputError
        When it cannot be written.
    """
    path = folder / _CODES
    kept = _loaded(path) if path.exists() else {"mark": secrets.token_hex(16), "codes": {}}
    try:
        mark, codes = str(kept["mark"]), dict(kept["codes"])
    except (KeyError, TypeError, ValueError):
        raise FileError(f"{path} cannot be read.", *_NOT_READ) from None
    # A keyed hash: whoever knows the names cannot work out the order.
    new = sorted(
        {str(name) for name in therapists} - set(codes),
        key=lambda name: sha256(f"{mark}|{name}".encode()).hexdigest(),
    )
    codes |= {name: f"T{len(codes) + place}" for place, name in enumerate(new, start=1)}
    if new:
        write_private(path, json.dumps({"mark": mark, "codes": codes}, indent=1).encode())
    return codes


def _files(folder: Path) -> list[Path]:
    """Files of earlier copies, the first first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def _loaded(path: Path) -> dict:
    """A file of ours; it must be an object."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise FileError(f"{path} cannot be read.", *_NOT_READ) from None
    if not isinstance(kept, dict):
        raise FileError(f"{path} cannot be read.", *_NOT_READ)
    return kept


def _read(path: Path) -> dict:
    """A file of an earlier copy, with its parts."""
    kept = _loaded(path)
    try:
        if kept["format"] != _FORMAT:
            raise FileError(f"{path} was written by a newer version of this program.", *_NOT_READ)
        _snapshot(kept["snapshot"])
        for table in kept["tables"]:
            _table(table, 0)
        dict(kept["rules"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise FileError(f"{path} cannot be read.", *_NOT_READ) from None
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
    return ReleasedTable(kept["grouping"], kept["question"], place, kept["as_of"], rows)
