"""Accounting: every row and every cell of every file, and what became of it."""

from dataclasses import dataclass

from hipoutcomes.errors import HipoutcomesError

#: What can become of a row, in the order of the ledger, with the words for it.
ROW_FATES = {
    "accepted": "accepted",
    "quarantined": "set aside (no patient, no date, or cells out of place)",
    "skipped_not_a_visit": "skipped: not a visit that took place",
    "duplicates": "repeated an earlier row, or the visit of one",
    "blank": "blank",
    "preamble": "above the heading",
    "header": "heading",
    "footer": "totals and remarks at the end",
}

#: What can become of a cell of a mapped column, with the words for it.
CELL_FATES = {
    "parsed": "read",
    "missing": "blank or marked as not recorded",
    "flagged": "read, with a question",
    "quarantined": "set aside",
}


@dataclass(frozen=True)
class FileAccount:
    """One file's rows and cells.

    Attributes
    ----------
    file : str
    rows : dict of str to int
        `rows_in_file`, then one count for each of `ROW_FATES`.
    cells : dict of str to int
        `cells_in_mapped_columns`, then one count for each of `CELL_FATES`. Counted are the cells of
        accepted and of quarantined rows; every cell of a quarantined row is quarantined.
    n_joined : int
        Accepted rows that went into an appointment of another file.
    """

    file: str
    rows: dict[str, int]
    cells: dict[str, int]
    n_joined: int = 0

    def check(self) -> None:
        """Hold the ledger's two equations.

        Raises
        ------
        HipoutcomesError
            When rows or cells do not add up: a fault of this program, never of the file.
        """
        for what, book, total, fates in (
            ("rows", self.rows, "rows_in_file", ROW_FATES),
            ("cells", self.cells, "cells_in_mapped_columns", CELL_FATES),
        ):
            accounted = sum(book[fate] for fate in fates)
            if accounted != book[total] or min(book.values()) < 0:
                raise HipoutcomesError(
                    f"The {what} of {self.file} do not add up: {book[total]:,} in the file, "
                    f"{accounted:,} accounted for ({book}).",
                    remedy="This is a fault in hipoutcomes; please report it. No number was made.",
                )


@dataclass(frozen=True, repr=False)
class Accounting:
    """The accounts of all files.

    Attributes
    ----------
    files : tuple of FileAccount
    """

    files: tuple[FileAccount, ...]

    def check(self) -> None:
        """Hold the equations of every file; raises when one does not."""
        for account in self.files:
            account.check()

    @property
    def rows(self) -> dict[str, int]:
        """Rows of all files together, in the order of the ledger."""
        return _added([account.rows for account in self.files], ("rows_in_file", *ROW_FATES))

    @property
    def cells(self) -> dict[str, int]:
        """Cells of all files together."""
        return _added(
            [account.cells for account in self.files], ("cells_in_mapped_columns", *CELL_FATES)
        )

    def lines(self) -> tuple[str, ...]:
        """The accounts as lines of text, one file after another."""
        return tuple(line for account in self.files for line in _lines(account))

    def __repr__(self) -> str:
        return "\n".join(self.lines())


def _added(books: list[dict[str, int]], names: tuple[str, ...]) -> dict[str, int]:
    """Sum of several ledgers."""
    return {name: sum(book[name] for book in books) for name in names}


def _lines(account: FileAccount) -> list[str]:
    """One file's account in words; lines of nothing are left out."""
    lines = [f"{account.file}: {account.rows['rows_in_file']:,} rows"]
    for fate, words in ROW_FATES.items():
        if account.rows[fate] or fate == "accepted":
            lines.append(f"  {account.rows[fate]:>9,}  {words}")
        if fate == "accepted" and account.n_joined:
            lines.append(f"  {account.n_joined:>9,}  of them joined to an appointment")
    lines.append(f"  cells in the columns used: {account.cells['cells_in_mapped_columns']:,}")
    for fate, words in CELL_FATES.items():
        if account.cells[fate]:
            lines.append(f"  {account.cells[fate]:>9,}  {words}")
    return lines
