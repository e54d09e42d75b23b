import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipoutcomes.ingest.grids.cells import Cells, ExcelError, as_typed


def test_each_distinct_value_is_kept_once_in_the_order_it_appears():
    cells = Cells.of(["7", "N/A", "7", "", "   ", None, "7 "])
    assert cells.values == ["7", "N/A", "7 "]
    assert cells.codes.tolist() == [0, 1, 0, -1, -1, -1, 2]
    assert cells.codes.dtype == np.int32
    assert cells.counts.tolist() == [2, 1, 1]
    assert cells.n_filled == 4


def test_values_of_different_types_stay_apart():
    values = [1, 1.0, True, "1", dt.date(2026, 1, 1), ExcelError("#N/A")]
    cells = Cells.of(values)
    assert cells.codes.tolist() == [0, 1, 2, 3, 4, 5]
    assert [type(v) for v in cells.values] == [type(v) for v in values]


def test_raw_and_text_of_a_row():
    cells = Cells.of([" 7/10", None])
    assert cells.raw(0) == " 7/10"
    assert cells.raw(1) is None
    assert (cells.text(0), cells.text(1)) == (" 7/10", "")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (457.0, "457"),
        (6.5, "6.5"),
        (True, "TRUE"),
        (dt.datetime(2026, 6, 7), "2026-06-07"),
        (dt.datetime(2026, 6, 7, 9, 30), "2026-06-07 09:30:00"),
        (dt.date(2026, 6, 7), "2026-06-07"),
        (ExcelError("#DIV/0!"), "#DIV/0!"),
        (None, ""),
    ],
)
def test_values_read_as_a_person_sees_them(raw, text):
    assert as_typed(raw) == text


def test_a_number_too_long_to_write_out_is_still_named():
    assert as_typed(10**5000) == "a number of more than 4300 digits"


def test_compact_drops_values_no_row_holds():
    cells = Cells.of(["a", "b", "", "c"]).take(np.array([2, 3, 0]))
    assert cells.values == ["a", "b", "c"]
    small = cells.compact()
    assert small.values == ["a", "c"]
    assert [small.raw(i) for i in range(3)] == [None, "c", "a"]


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=3), st.integers(0, 3), st.booleans())))
def test_encoding_loses_nothing(column):
    cells = Cells.of(column)
    for i, value in enumerate(column):
        blank = value is None or (isinstance(value, str) and not value.strip())
        assert cells.raw(i) is None if blank else cells.raw(i) == value
