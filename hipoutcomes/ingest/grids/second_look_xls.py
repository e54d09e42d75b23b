"""What a fast reader does not tell of an .xls workbook: errors, zeros, hidden rows."""

import io

from hipoutcomes.ingest.grids.cells import ExcelError
from hipoutcomes.ingest.grids.second_look import SecondLook
from hipoutcomes.ingest.grids.workbook_parts import ZEROS


def look_again_at_xls(data: bytes, sheet: str) -> SecondLook:
    """Look at a sheet with a slower reader, which tells errors from blanks.

    Formulas whose result was never saved look like text of nothing in this format.

    Raises
    ------
    Exception
        Of any kind, when the slower reader cannot open what the fast one could.
    """
    import xlrd

    book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    page = book.sheet_by_name(sheet)
    digits_of = {
        place: len(code)
        for place, cell_format in enumerate(book.xf_list)
        if ZEROS.fullmatch(code := book.format_map[cell_format.format_key].format_str)
    }
    unread, digits = {}, {}
    for row in range(page.nrows):
        kinds = page.row_types(row)
        styles = [page.cell_xf_index(row, c) for c in range(len(kinds))]
        for column, kind in enumerate(kinds):
            if kind == xlrd.XL_CELL_ERROR:
                shown = xlrd.error_text_from_code.get(page.cell_value(row, column), "#ERROR")
                unread[row, column] = ExcelError(shown)
            elif kind == xlrd.XL_CELL_NUMBER and styles[column] in digits_of:
                digits[row, column] = digits_of[styles[column]]
    n_hidden = sum(bool(about.hidden) for about in page.rowinfo_map.values())
    return SecondLook(unread, digits, n_hidden)
