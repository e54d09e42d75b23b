"""Workbooks of Excel 97 to 2003 (.xls)."""

import io
from datetime import date, datetime

from hipoutcomes.ingest.grids.cells import ExcelError
from hipoutcomes.ingest.grids.second_look import SecondLook
from hipoutcomes.ingest.grids.workbook_parts import ZEROS


class OldWorkbook:
    """An .xls workbook.

    A formula whose result was never saved looks like text of nothing in this format.

    Parameters
    ----------
    data : bytes

    Raises
    ------
    Exception
        Of any kind, when the workbook is damaged.
    """

    def __init__(self, data: bytes):
        import xlrd

        self._types = xlrd
        self._book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, logfile=io.StringIO()
        )
        self._digits = {
            place: len(code)
            for place, cell_format in enumerate(self._book.xf_list)
            if ZEROS.fullmatch(code := self._book.format_map[cell_format.format_key].format_str)
        }

    @property
    def sheet_names(self) -> list[str]:
        """Names of all sheets."""
        return self._book.sheet_names()

    @property
    def visible(self) -> list[str]:
        """Names of the sheets that are not hidden."""
        return [sheet.name for sheet in self._book.sheets() if not sheet.visibility]

    def rows(self, title: str) -> list[list]:
        """Rows of a sheet from its first; errors and zeros as they are shown."""
        sheet = self._book.sheet_by_name(title)
        return [
            [self._value(sheet, row, column) for column in range(sheet.row_len(row))]
            for row in range(sheet.nrows)
        ]

    def look(self, title: str, _has_blanks: bool) -> SecondLook:
        """What the rows do not tell."""
        about = self._book.sheet_by_name(title).rowinfo_map
        return SecondLook({}, {}, sum(bool(row.hidden) for row in about.values()))

    def _value(self, sheet, row: int, column: int) -> object:
        """One cell as a person sees it."""
        kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
        if kind == self._types.XL_CELL_NUMBER:
            digits = self._digits.get(sheet.cell_xf_index(row, column))
            if digits and value >= 0 and value.is_integer():
                return str(int(value)).zfill(digits)
            return value
        if kind == self._types.XL_CELL_DATE:
            return self._day(value)
        if kind == self._types.XL_CELL_BOOLEAN:
            return bool(value)
        if kind == self._types.XL_CELL_ERROR:
            return ExcelError(self._types.error_text_from_code.get(value, "#ERROR"))
        return value if kind == self._types.XL_CELL_TEXT else ""

    def _day(self, value: float) -> datetime | date | float:
        """A cell that is shown as a date; a number that is none stays one."""
        try:
            return self._types.xldate.xldate_as_datetime(value, self._book.datemode)
        except (ValueError, OverflowError, self._types.xldate.XLDateError):
            return value
