"""Workbooks of Excel since 2007 (.xlsx, .xlsm) and of OpenDocument (.ods)."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from hipoutcomes.ingest.grids.far_cells import need_fewer_repeats, need_near_cells
from hipoutcomes.ingest.grids.second_look import SecondLook, look_again
from hipoutcomes.ingest.grids.second_look_ods import look_again_at_ods
from hipoutcomes.ingest.grids.workbook_parts import workbook_parts


class NewWorkbook:
    """An .xlsx or .ods workbook.

    Parameters
    ----------
    data : bytes
    name : str
        Name of the file, for messages.

    Raises
    ------
    FileError
        When a sheet is too large to lay out.
    Exception
        One of calamine's, or of `workbook_parts.UNREADABLE`, when it is damaged.
    """

    def __init__(self, data: bytes, name: str):
        self.look = _second_reader(data, name)
        self._book = CalamineWorkbook.from_filelike(io.BytesIO(data))

    @property
    def sheet_names(self) -> list[str]:
        """Names of all sheets."""
        return self._book.sheet_names

    @property
    def visible(self) -> list[str]:
        """Names of the sheets that are not hidden."""
        return [
            about.name
            for about in self._book.sheets_metadata
            if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible
        ]

    def rows(self, title: str) -> list[list]:
        """Rows of a sheet from its first; `look` tells what they leave out."""
        return self._book.get_sheet_by_name(title).to_python(skip_empty_area=False)


def _second_reader(data: bytes, name: str) -> Callable[[str, bool], SecondLook]:
    """What looks again at a sheet, given whether cells of it look blank.

    Sheets too large to lay out are refused.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        is_excel = "xl/workbook.xml" in archive.namelist()
        contents = b"" if is_excel else archive.read("content.xml")
    if not is_excel:
        need_fewer_repeats(contents, name)
        return lambda sheet, _: look_again_at_ods(contents, sheet)
    parts = workbook_parts(data)
    for sheet, xml in parts.sheets.items():
        need_near_cells(xml, name, sheet)
    nothing = SecondLook({}, {}, 0)

    def look(sheet: str, has_blanks: bool) -> SecondLook:
        xml = parts.sheets.get(sheet)
        seen = look_again(xml, parts.zeros, has_blanks) if xml is not None else nothing
        return replace(seen, has_macros=parts.has_macros)

    return look
