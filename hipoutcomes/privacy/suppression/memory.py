"""What earlier copies showed, kept in a private folder: the next copy must not undo it."""

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np

from hipoutcomes.errors import DecisionNeeded, FileError, OutputError
from hipoutcomes.privacy.private_folder import write_private
from hipoutcomes.privacy.suppression.gate import Copies
from hipoutcomes.privacy.suppression.population import Population, Snapshot
from hipoutcomes.privacy.suppression.released import Means, ReleasedRow, ReleasedTable

_FORMAT = 1
_NAME = re.compile(r"released-(\d{4})-\d{4}-\d{2}-\d{2}\.json")
_CODES = "therapist-codes.json"
_ABOUT = """These files are NOT FOR SHARING.

They hold the numbers behind the copies of the report that were shared, and which therapist is T1,
T2, ... The next copy needs them: without them it could give away, together with an earlier one,
what both hide. Keep this folder with your backups and out of anything that you send.
"""
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
        When a file cannot be read, or one before the last is not there.
    DecisionNeeded
        When earlier copies were made by other rules: the two together could be subtracted.
    """
    snapshots: list[Snapshot] = []
    tables: list[ReleasedTable] = []
    for number, path in enumerate(_files(folder), start=1):
        if _number(path) != number:
            raise FileError(f"{folder} lacks the file released-{number:04}-….json.", *_NOT_READ)
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


def has_copies(folder: Path) -> bool:
    """Whether a folder remembers any copy."""
    return bool(_files(folder))


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
    numbers = [_number(path) for path in _files(folder)]
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
    path = folder / f"released-{max(numbers, default=0) + 1:04}-{today.isoformat()}.json"
    write_private(folder / "README.txt", _ABOUT.encode(), only_new=True)
    if not write_private(path, json.dumps(kept, indent=1).encode(), only_new=True):
        raise OutputError(
            f"{path} appeared while the copy was made: another program made one too.",
            remedy="Make the copy again.",
        )
    return path


@dataclass(frozen=True)
class TherapistCodes:
    """T1, T2, ... for every therapist, the same in every copy, in an order that says nothing.

    Attributes
    ----------
    mark : str
        Random; whoever knows the names cannot work out the order without it.
    codes : mapping of str to str
        By therapist.
    """

    mark: str
    codes: Mapping[str, str]

    def extended(self, therapists: Iterable[str]) -> "TherapistCodes":
        """The same codes, and further ones for therapists who have none yet.

        Examples
        --------
        >>> sorted(TherapistCodes("a mark", {}).extended(["Ada", "Ben"]).codes.values())
        ['T1', 'T2']
        """
        new = sorted(
            {str(name) for name in therapists} - set(self.codes),
            key=lambda name: sha256(f"{self.mark}|{name}".encode()).hexdigest(),
        )
        first = len(self.codes) + 1
        added = {name: f"T{place}" for place, name in enumerate(new, start=first)}
        return TherapistCodes(self.mark, {**self.codes, **added})

    def keep(self, folder: Path) -> None:
        """Write the table of codes, where only the owner can read it.

        Raises
        ------
        OutputError
            When it cannot be written.
        """
        kept = {"mark": self.mark, "codes": dict(self.codes)}
        write_private(folder / _CODES, json.dumps(kept, indent=1).encode())


def therapist_codes(folder: Path) -> TherapistCodes:
    """The codes of earlier copies; none yet where there is no table of them.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    FileError
        When the table cannot be read.
    """
    path = folder / _CODES
    if not path.exists():
        return TherapistCodes(secrets.token_hex(16), {})
    kept = _loaded(path)
    try:
        return TherapistCodes(str(kept["mark"]), {str(k): str(v) for k, v in kept["codes"].items()})
    except (KeyError, AttributeError):
        raise FileError(f"{path} cannot be read.", *_NOT_READ) from None


def _files(folder: Path) -> list[Path]:
    """Files of earlier copies, the first first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def _number(path: Path) -> int:
    """Which copy a file is about: 1 for the first."""
    return int(_NAME.fullmatch(path.name).group(1))


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
    return ReleasedTable(
        kept["grouping"], kept["question"], place, kept["as_of"], rows, int(kept["minimum"])
    )
