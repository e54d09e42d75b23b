"""Forget one client in the private folder, and clear what has been kept there long enough."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hipoutcomes.errors import OutputError
from hipoutcomes.privacy.client_rows import without_client
from hipoutcomes.privacy.codes import client_code
from hipoutcomes.privacy.export import EXPORTS
from hipoutcomes.privacy.key import Key
from hipoutcomes.privacy.links import Links, read_table, write_table
from hipoutcomes.privacy.normalised import normalised

#: Folders of the private folder that quote rows as they were typed.
FIX, RAW = "fix", "raw"
_REMOVED = "(removed)"
_SHORTEST_IN_A_NAME = 3
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed about one client.

    Attributes
    ----------
    n_links : int
        Lines of the table of clients.
    n_words : int
        Words of the clinic's own that no record uses any more.
    n_fix_rows : int
        Rows of fix files.
    n_files : int
        Files removed whole: copies of the clinic's files in which the client occurs, and files
        that could not be read.
    n_export_links : int
        Lines of tables that turn numbers of exports back.
    n_file_names : int
        Names of files that held the client's number.
    """

    n_links: int = 0
    n_words: int = 0
    n_fix_rows: int = 0
    n_files: int = 0
    n_export_links: int = 0
    n_file_names: int = 0

    @property
    def told(self) -> str:
        """What was removed, in words.

        Examples
        --------
        >>> print(Removed(n_links=1, n_fix_rows=2).told)
        From the folder 'private': 1 line of the table of clients, 2 rows to fix. Your own files
        and exports that you handed on are not reached from here.
        """
        counted = (
            (self.n_links, "line of the table of clients", "lines of the table of clients"),
            (self.n_words, "word", "words"),
            (self.n_fix_rows, "row to fix", "rows to fix"),
            (self.n_files, "whole file", "whole files"),
            (self.n_export_links, "line of a table of exports", "lines of tables of exports"),
            (self.n_file_names, "name of a file", "names of files"),
        )
        said = ", ".join(f"{n:,} {one if n == 1 else many}" for n, one, many in counted if n)
        return (
            f"From the folder 'private': {said or 'nothing; it held nothing about this client'}. "
            "Your own files and exports that you handed on are not reached from here."
        )


def forget_client(
    private: Path,
    client: str | Iterable[str],
    key: Key,
    *,
    words_in_use: Iterable[str] | None = None,
) -> Removed:
    """Remove everything in the private folder that leads to one client.

    Rows to fix are found by the client's number; a row that says who somebody is in another way,
    such as one without a number, is not. `purge` clears those.

    Parameters
    ----------
    private : Path
        The private folder.
    client : str or several
        Code of the client, and any older codes that were merged into it.
    key : Key
    words_in_use : iterable of str, optional
        Codes of words that other clients' records still use: other words are removed. Without it
        all words stay.

    Raises
    ------
    StoreError
        When a table of the folder is damaged.
    OutputError
        When a file cannot be written or removed.
    """
    codes = frozenset([client] if isinstance(client, str) else client)
    links = Links.load(private)
    own = {links.own_id(code) for code in codes} - codes
    n_fix, n_files = _from_fix_files(private, codes, key)
    n_files += _raw_copies(private, codes, key)
    n_exports = _from_exports(private, codes, key)
    n_names = _from_file_names(links, own)
    n_words = 0
    if words_in_use is not None:
        unused = set(links.own_ids("words")) - set(words_in_use)
        n_words = sum(links.remove("words", code) for code in unused)
    # The table of clients goes last: if anything above fails, the client can be named again.
    n_links = sum(links.remove("clients", code) for code in codes)
    if n_links or n_words or n_names:
        links.save(private)
    return Removed(n_links, n_words, n_fix, n_files, n_exports, n_names)


def purge(private: Path, older_than_days: float, *, now: float | None = None) -> int:
    """Remove files to fix and copies of the clinic's files that are older than so many days.

    The key and the tables of codes are never purged.

    Parameters
    ----------
    private : Path
    older_than_days : float
        By when a file was last written.
    now : float, optional
        Seconds since 1970.

    Returns
    -------
    int
        Files removed.

    Raises
    ------
    ValueError
        When the number of days is negative.
    """
    if not older_than_days >= 0:
        raise ValueError(f"older_than_days must be 0 or more; it is {older_than_days}.")
    limit = (time.time() if now is None else now) - older_than_days * _DAY
    old = [path for path in _files(private, FIX, RAW) if path.lstat().st_mtime < limit]
    for path in old:
        _remove(path)
    return len(old)


def _from_fix_files(private: Path, codes: frozenset[str], key: Key) -> tuple[int, int]:
    """Rows taken out of fix files, and fix files that were removed whole."""
    n_rows = n_files = 0
    for path in _files(private, FIX):
        n_gone = without_client(path, codes, key)
        if n_gone < 0:
            _remove(path)
            n_files += 1
        else:
            n_rows += n_gone
    return n_rows, n_files


def _raw_copies(private: Path, codes: frozenset[str], key: Key) -> int:
    """Copies of the clinic's files that hold the client, or could: removed whole."""
    n_files = 0
    for path in _files(private, RAW):
        if without_client(path, codes, key) != 0:
            _remove(path)
            n_files += 1
    return n_files


def _from_exports(private: Path, codes: frozenset[str], key: Key) -> int:
    """Lines of the tables that turn numbers of exports back."""
    n_lines = 0
    for path in _files(private, EXPORTS):
        if path.name != "clients.csv":
            continue
        table = read_table(path)
        # An export of files that were never stored names the client as typed.
        kept = {
            number: name
            for number, name in table.items()
            if name not in codes and client_code(key, name) not in codes
        }
        if len(kept) < len(table):
            write_table(path, "client in the records", kept)
            n_lines += len(table) - len(kept)
    return n_lines


def _from_file_names(links: Links, own: set[str]) -> int:
    """Names of files that hold the client's own number or name."""
    said = [normalised(name, zeros="kept") for name in own]
    said = [name for name in said if len(name) >= _SHORTEST_IN_A_NAME]
    n_names = 0
    for code, name in links.own_ids("files").items():
        if any(part in normalised(name, zeros="kept") for part in said):
            links.remove("files", code)
            links.add("files", code, _REMOVED)
            n_names += 1
    return n_names


def _files(private: Path, *folders: str) -> list[Path]:
    """Files under folders of the private folder."""
    found = (path for name in folders for path in (private / name).rglob("*"))
    return sorted(path for path in found if path.is_file() or path.is_symlink())


def _remove(path: Path) -> None:
    """Remove a file, or say that it could not be."""
    try:
        path.unlink()
    except OSError as problem:
        raise OutputError(
            f"A file in {path.parent} cannot be removed: {problem.strerror or 'refused'}.",
            remedy="Close it in other programs, and run the command again.",
        ) from None
