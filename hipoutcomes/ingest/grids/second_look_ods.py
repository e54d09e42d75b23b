"""What a fast reader does not tell of an .ods workbook: errors, unsaved formulas, hidden rows."""

import io
from xml.etree import ElementTree

from hipoutcomes.ingest.grids.cells import ExcelError
from hipoutcomes.ingest.grids.far_cells import repeats
from hipoutcomes.ingest.grids.second_look import SecondLook
from hipoutcomes.ingest.grids.workbook_parts import local


def look_again_at_ods(xml: bytes, sheet: str) -> SecondLook:
    """Look at a table's XML for what a fast reader left out.

    Parameters
    ----------
    xml : bytes
        Of the whole contents.
    sheet : str
    """
    unread: dict[tuple[int, int], ExcelError] = {}
    row = column = n_hidden = 0
    within = False
    for event, node in ElementTree.iterparse(io.BytesIO(xml), events=("start", "end")):
        tag = local(node.tag)
        if tag == "table":
            within = event == "start" and _said(node, "name") == sheet
            row = 0
        elif event == "start" or not within:
            column = 0 if tag == "table-row" else column
        elif tag == "table-cell":
            if error := _error_of(node):
                unread[row, column] = error
            column += repeats(node, "number-columns-repeated")
        elif tag == "table-row":
            n_same = repeats(node, "number-rows-repeated")
            if len(node) and _said(node, "visibility") in ("collapse", "filter"):
                n_hidden += n_same if _is_filled(node) else 0
            row += n_same
            node.clear()
    return SecondLook(unread, {}, n_hidden)


def _error_of(cell: ElementTree.Element) -> ExcelError | None:
    """What a cell shows that a fast reader leaves out; None for an ordinary cell."""
    shown = "".join(cell.itertext()).strip()
    values = [v for key, v in cell.attrib.items() if local(key) == "value-type"]
    if "error" in values:
        return ExcelError(shown or "#ERROR")
    formula = _said(cell, "formula")
    if formula and not shown and not _said(cell, "value") and "string" not in values:
        return ExcelError("=" + formula.removeprefix("of:="))
    return None


def _is_filled(row: ElementTree.Element) -> bool:
    """Whether any cell of a row shows something."""
    return any(text.strip() for text in row.itertext())


def _said(node: ElementTree.Element, name: str) -> str:
    """An attribute, whatever its namespace; empty without it."""
    return next((value for key, value in node.attrib.items() if local(key) == name), "")
