"""Issues: every cell and row that was refused or questioned, and why."""

from hipoutcomes.tables.table import Table
from hipoutcomes.vocabulary.columns import ISSUES


class Issues(Table):
    """One row per refused or questioned cell or row; the only table that quotes cells."""

    columns = ISSUES
    key = ("file", "sheet", "row", "column", "code")
