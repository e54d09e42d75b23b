"""The same rows in eight encodings and dialects, with what exports put around them: one grid."""

import gzip

import pytest

from hipoutcomes.ingest.grids.grid import read_grid
from hipoutcomes.ingest.planning.headings import recognise

HEADERS = ("Client", "Date", "Pain before", "Therapist", "Remarks")
ROWS = (
    ("00457", "05/03/2026", "3,5", "Zoë Muñoz", 'said "better", then left'),
    ("C 2", "06/03/2026", "", "João", "two\nlines"),
    ("C3", "07/03/2026", "7", "", "half; rest | none"),
    ("C3", "08/03/2026", "N/A", "Zoë Muñoz", ""),
)
PREAMBLE = ("Harbour Street", "From: 01/03/2026", "")
FOOTER = ("Total: 4 rows",)


def written(delimiter, line_end="\n", before=(), after=(), quote_all=False):
    """The rows as text; cells that need it in double quotes."""

    def cell(text):
        quoted = '"' + text.replace('"', '""') + '"'
        return quoted if quote_all or set(text) & {delimiter, '"', "\n", "\r"} else text

    lines = [*before, *(delimiter.join(map(cell, row)) for row in (HEADERS, *ROWS)), *after]
    return line_end.join(lines) + line_end


DRESSES = {
    "UTF-8, commas": written(",").encode(),
    "UTF-8 with a mark, semicolons, Windows": written(";", "\r\n").encode("utf-8-sig"),
    "UTF-16 with a mark, tabs": written("\t", "\r\n").encode("utf-16"),
    "UTF-16 big end first with a mark": b"\xfe\xff" + written(",").encode("utf-16-be"),
    "UTF-16 without a mark, pipes": written("|").encode("utf-16-le"),
    "UTF-16 big end first without a mark": written(",").encode("utf-16-be"),
    "Windows-1252, semicolons": written(";", "\r\n").encode("cp1252"),
    "UTF-8, every cell quoted, old line ends": written(",", "\r", quote_all=True).encode(),
    "lines above": written(",", before=PREAMBLE).encode(),
    "lines above and a total below": written(";", "\r\n", PREAMBLE, FOOTER).encode("cp1252"),
    "a line that names the delimiter": written(";", "\r\n", before=("sep=;",)).encode("utf-8-sig"),
    "packed": gzip.compress(written("\t").encode()),
}


@pytest.mark.parametrize("dress", DRESSES)
def test_one_grid(tmp_path, dress):
    (tmp_path / "file.csv").write_bytes(DRESSES[dress])
    grid = read_grid(tmp_path / "file.csv", is_heading=lambda text: recognise(text) is not None)
    assert grid.headers == HEADERS
    above = grid.counts["preamble"]
    assert above == (len(PREAMBLE) if "above" in dress else "names the delimiter" in dress)
    assert grid.counts["footer"] == ("below" in dress)
    assert [number - above for number in grid.rows.tolist()] == [2, 3, 4, 5]
    texts = [[column.text(i) for column in grid.columns] for i in range(len(ROWS))]
    line_ends = [[cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row] for row in texts]
    assert line_ends == [list(row) for row in ROWS]
