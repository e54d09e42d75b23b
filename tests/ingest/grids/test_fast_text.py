"""The fast way of reading text gives what the careful way gives, or nothing at all."""

import csv
import io
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hipoutcomes.errors import FileError, MappingError
from hipoutcomes.ingest.grids import fast_text, text_grid
from hipoutcomes.ingest.grids.text_grid import read_text

is_heading = {"a", "b", "c"}.__contains__

letters = st.one_of(
    st.sampled_from(
        ["", " ", "1", "NA", "null", '"', "x\ny", "é", "Total", "7,5", "\ufeff", "a;b"]
    ),
    st.text(alphabet="ab1 ,;\"'\n\r\té\u2028\x1c", max_size=4),
)
tables = st.lists(st.tuples(letters, letters, letters), max_size=6)


def read(data, fast_bytes, **options):
    with mock.patch.object(text_grid, "FAST_BYTES", fast_bytes):
        return read_text(data, "t.csv", is_heading, **options)


def same(one, other):
    (table, dialect), (expected, expected_dialect) = one, other
    assert table.headers == expected.headers
    assert table.rows.tolist() == expected.rows.tolist()
    assert table.rows.dtype == expected.rows.dtype
    assert table.counts == expected.counts
    assert table.ragged == expected.ragged
    assert dialect == expected_dialect
    for column, wanted in zip(table.columns, expected.columns, strict=True):
        assert column.values == wanted.values
        assert np.array_equal(column.codes, wanted.codes)
        assert column.codes.dtype == wanted.codes.dtype


def both_ways(data):
    for block in (1 << 23, 64):
        with mock.patch.object(fast_text, "_BLOCK_BYTES", block):
            same(read(data, 0), read(data, 1 << 60))


@settings(deadline=None)
@given(
    tables,
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.sampled_from(["", "\n", "\n\n", "\r\n\r\n"]),
)
def test_written_tables_are_read_alike(rows, line_end, quoting, codec, tail):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end, quoting=quoting).writerows([("a", "b", "c"), *rows])
    both_ways((text.getvalue() + tail).encode(codec))


@settings(deadline=None)
@given(st.text(alphabet='ab1,;" \n\r\té\x00', max_size=60))
@example('1,2,3\n1,"2"x,3\n')
@example('1,"2,3\n4",5,6\n')
@example("1,2,3\r4,5,6\r\n")
@example("Total,,\n")
@example("1,2,3\n ,,\n4,5,6\n")
@example(',,"\n')
@example('1,2"3,4\n5,6,"7\n')
@example('1,2"3,4\n5,6""7,8\n')
def test_loose_text_is_read_alike(body):
    data = ("a,b,c\n" + body).encode()
    try:
        expected = read(data, 1 << 60)
    except (FileError, MappingError) as error:
        with pytest.raises(type(error)):
            read(data, 0)
        return
    same(read(data, 0), expected)


def test_clean_text_takes_the_fast_way():
    data = b"a,b,c\n" + b"1,,x\n2,NA,y\n" * 500
    with mock.patch.object(text_grid, "text_of", side_effect=AssertionError("the careful way")):
        table, dialect = read(data, 0)
    assert table.counts["rows_in_file"] == 1001
    assert table.columns[1].values == ["NA"]
    assert table.rows[[0, -1]].tolist() == [2, 1001]
    assert dialect == {"encoding": "utf-8", "delimiter": "comma", "heading row": "1"}


@pytest.mark.parametrize(
    "body",
    [
        b"1,2\n",
        b"1,2,3,4\n",
        b"1,2,3\n\n4,5,6\n",
        b'1,"2\n3",4\n',
        b"1,2,3\r4,5,6\r\n",
        b"1,\xe9,3\n",
    ],
)
def test_other_text_takes_the_careful_way(body):
    data = b"a,b,c\n" + body
    careful = mock.patch.object(text_grid, "text_of", side_effect=LookupError("the careful way"))
    with careful, pytest.raises(LookupError):
        read(data, 0)
    same(read(data, 0), read(data, 1 << 60))


def test_an_encoding_that_is_told_is_obeyed():
    data = "a,b,c\n1,é,3\n".encode()
    assert read(data, 0, encoding="cp1252")[0].columns[1].values == ["Ã©"]
    assert read(data, 0, encoding="UTF-8")[0].columns[1].values == ["é"]
