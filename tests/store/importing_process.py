"""A program that imports files into a store and writes its snapshot, to be killed at any moment."""

import sys
from pathlib import Path

from records_for_tests import file_of, random_lines

from hipoutcomes.store.store import Store


def files() -> list:
    """Three overlapping files of one clinic, the later ones with corrected scores."""
    lines = random_lines(900, 7, n_days=90)
    corrected = [
        {**line, "pain": 1.0 if i % 9 == 0 else line["pain"]} for i, line in enumerate(lines)
    ]
    return [
        file_of(lines[:500], "first"),
        file_of(corrected[300:800], "second"),
        file_of(corrected[600:], "third"),
    ]


def complete(folder: Path) -> bytes:
    """Import what is not there yet; the bytes of the snapshot at the end."""
    with Store(folder, create=True) as store:
        for file in files():
            store.add(file)
            path = store.write_snapshot(store.records()[0])
        return path.read_bytes()


if __name__ == "__main__":
    folder, ready = Path(sys.argv[1]), files()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with Store(folder, create=True) as store:
        for file in ready:
            store.add(file)
            store.write_snapshot(store.records()[0])
    sys.stdout.write("done\n")
    sys.stdout.flush()
