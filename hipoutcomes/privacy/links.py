"""Which code is which: tables that never leave the private folder."""

import csv
import io
from pathlib import Path

from hipoutcomes.errors import StoreError
from hipoutcomes.privacy.cells import safe_text
from hipoutcomes.privacy.codes import short_code
from hipoutcomes.privacy.key import Key
from hipoutcomes.privacy.normalised import normalised
from hipoutcomes.privacy.private_folder import write_private

#: Tables of codes, each a file of the private folder: what its own column is called.
TABLES = {
    "clients": "client as in your files",
    "therapists": "therapist or rater as in your files",
    "words": "word as in your files",
    "files": "file of yours",
}
_CODE = "code"
#: Letters by which a short code grows where two words would share one.
_MORE = 4


class Links:
    """Codes and what they stand for.

    Parameters
    ----------
    tables : dict of str to dict of str to str, optional
        Table -> code -> own name.

    Examples
    --------
    >>> links = Links()
    >>> links.add("clients", "abc", "C0042")
    >>> links.own_id("abc"), links.own_id("unknown")
    ('C0042', 'unknown')
    """

    def __init__(self, tables: dict[str, dict[str, str]] | None = None):
        self._tables = {name: dict((tables or {}).get(name, {})) for name in TABLES}
        self._removed: set[tuple[str, str]] = set()

    @classmethod
    def load(cls, private: Path) -> "Links":
        """The tables of a private folder; empty ones where there are none.

        Raises
        ------
        StoreError
            When a table cannot be read.
        """
        return cls({name: read_table(private / f"{name}.csv") for name in TABLES})

    def save(self, private: Path) -> None:
        """Write the tables that changed, each whole or not at all.

        What another program has added meanwhile stays.

        Raises
        ------
        StoreError
            When a table on the disk is damaged.
        OutputError
            When one cannot be written.
        """
        for name, table in self._tables.items():
            there = read_table(private / f"{name}.csv")
            for code, own in there.items():
                if (name, code) not in self._removed:
                    table.setdefault(code, own)
            if table != there:
                write_table(private / f"{name}.csv", TABLES[name], table)

    def add(self, table: str, code: str, own: str) -> None:
        """Say what a code stands for; the first way in which it was typed is kept."""
        self._tables[table].setdefault(code, own)
        self._removed.discard((table, code))

    def own_id(self, code: str) -> str:
        """What a code stands for in the clinic's own files; the code itself where not known."""
        for table in self._tables.values():
            if code in table:
                return table[code]
        return code

    def own_ids(self, table: str) -> dict[str, str]:
        """Code -> own name, of one table."""
        return dict(self._tables[table])

    def short(self, key: Key, table: str, kind: str, word: str) -> str:
        """Short code of a word, longer where another word has that code already."""
        same, letters = normalised(word, zeros="kept"), None
        while True:
            code = short_code(key, kind, word, *(() if letters is None else (letters,)))
            known = self._tables[table].get(code)
            if known is None or normalised(known, zeros="kept") == same:
                self.add(table, code, word)
                return code
            letters = len(code) - len(kind) - 1 + _MORE

    def remove(self, table: str, code: str) -> bool:
        """Take a code out; whether it was there."""
        self._removed.add((table, code))
        return self._tables[table].pop(code, None) is not None

    def __repr__(self) -> str:
        return f"Links({', '.join(f'{len(t)} {name}' for name, t in self._tables.items())})"


def write_table(path: Path, heading: str, table: dict[str, str]) -> None:
    """Write code and own name as CSV for a person with a spreadsheet, in the private folder.

    Parameters
    ----------
    path : Path
    heading : str
        Over the own names.
    table : dict of str to str
        Code -> own name.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow((_CODE, heading))
    lines.writerows((code, safe_text(own)) for code, own in sorted(table.items()))
    write_private(path, text.getvalue().encode("utf-8-sig"))


def read_table(path: Path) -> dict[str, str]:
    """A table as `write_table` wrote it; an empty one where there is none.

    Raises
    ------
    StoreError
        When it is damaged.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, csv.Error):
        rows = []
    if not rows or rows[0][0] != _CODE or any(len(row) != 2 for row in rows):
        raise StoreError(
            f"The table {path} is damaged: it is no longer a table of two columns.",
            "It was left as it is.",
            "Bring it back from your own copy. A spreadsheet can damage it when it saves it.",
        )
    return {code: _as_typed(own) for code, own in rows[1:]}


def _as_typed(own: str) -> str:
    """An own name without the apostrophe that made it harmless."""
    return own[1:] if own.startswith("'") and safe_text(own[1:]) == own else own
