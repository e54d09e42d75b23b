"""Files whose bytes were damaged in any way: refused in words, or read with every row counted."""

import csv
import io

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hipoutcomes.errors import HipoutcomesError
from hipoutcomes.ingest.accounting import CELL_FATES, ROW_FATES
from hipoutcomes.ingest.read import read_files

HEADINGS = ("Client", "Visit date", "Pain before", "Technique", "Remark")
ROWS = [
    (f"C{i % 4}", f"2026-03-{i + 1:02d}", str(i % 11), "Swedish; cupping", f'said "{i}", é')
    for i in range(12)
]


def as_text(delimiter=","):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([HEADINGS, *ROWS])
    return text.getvalue()


def as_workbook():
    book = openpyxl.Workbook()
    for row in (HEADINGS, *ROWS):
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


FILES = {
    "utf-8.csv": as_text().encode(),
    "utf-16.csv": as_text(";").encode("utf-16"),
    "cp1252.tsv": as_text("\t").encode("cp1252"),
    "workbook.xlsx": as_workbook(),
}
places = st.floats(0, 1)
damage = st.lists(
    st.one_of(
        st.tuples(st.just("byte"), places, st.integers(0, 255)),
        st.tuples(st.just("cut"), places, st.integers(1, 60)),
        st.tuples(st.just("twice"), places, st.integers(1, 200)),
        st.tuples(st.just("insert"), places, st.binary(min_size=1, max_size=20)),
        st.tuples(st.just("end"), places, st.just(0)),
        st.tuples(
            st.just("insert"),
            places,
            st.sampled_from(
                [b'"', b"\n", b"\r", b",,,,,,,\n", b"\x00", b"\xef\xbb\xbf", b"Total\n"]
            ),
        ),
    ),
    min_size=1,
    max_size=5,
)


def damaged(data, changes):
    """Bytes with every change made to them, in order."""
    for kind, at, what in changes:
        place = int(at * len(data))
        if kind == "byte":
            data = data[:place] + bytes([what]) + data[place + 1 :]
        elif kind == "cut":
            data = data[:place] + data[place + what :]
        elif kind == "twice":
            data = data[:place] + data[place : place + what] + data[place:]
        elif kind == "insert":
            data = data[:place] + what + data[place:]
        else:
            data = data[: max(place, 1)]
    return data


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=120, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(changes=damage)
def test_every_row_and_cell_is_counted_or_the_file_is_refused(tmp_path_factory, name, changes):
    path = tmp_path_factory.mktemp("damage") / name
    path.write_bytes(damaged(FILES[name], changes))
    try:
        reading = read_files(path, none_means="missing", scale="0-10", today="2026-11-01")
    except HipoutcomesError as refused:
        assert str(refused)
        assert len(str(refused).splitlines()) <= 3
        return
    book = reading.accounting
    assert book.rows["rows_in_file"] == sum(book.rows[fate] for fate in ROW_FATES)
    assert book.cells["cells_in_mapped_columns"] == sum(book.cells[fate] for fate in CELL_FATES)
    counted = rows_counted_apart(path, reading.plans[0])
    assert counted is None or book.rows["rows_in_file"] == counted


def rows_counted_apart(path, plan):
    """Rows of a file as another program counts them; None where that cannot open it."""
    if path.suffix == ".xlsx":
        try:
            sheet = openpyxl.load_workbook(path)[plan.sheet]
        except Exception:  # a part that we do not need is damaged
            return None
        filled = [i for i, row in enumerate(sheet.values, 1) if any(not blank(c) for c in row)]
        return max(filled, default=0)
    text = path.read_bytes().decode(plan.dialect["encoding"]).removeprefix("\ufeff")
    if "quotes" in plan.dialect:  # a double quote is not closed: each line is a row
        return len(list(io.StringIO(text, newline="")))
    sign = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}[plan.dialect["delimiter"]]
    return len(list(csv.reader(io.StringIO(text, newline=""), delimiter=sign)))


def blank(cell):
    return cell is None or not str(cell).strip()
