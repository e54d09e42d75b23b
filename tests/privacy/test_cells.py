"""Text that spreadsheets would run."""

import io

import openpyxl
import pandas as pd
import pytest

from hipoutcomes.privacy.cells import safe_frame, safe_text


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠"]
)
def test_text_that_begins_like_a_formula_gets_an_apostrophe(start):
    typed = f"{start}cmd|' /C calc'!A0"
    assert safe_text(typed) == "'" + typed
    assert safe_text(f"  \ufeff{start}=1+1").startswith("'")
    assert safe_text(safe_text(typed)) == safe_text(typed)


@pytest.mark.parametrize(
    "typed", ["-3", "+2", "-2.5", "-2,5", "7/10", "1e-5", "-5%", "", "a=b", "'"]
)
def test_numbers_and_plain_text_stay(typed):
    assert safe_text(typed) == typed


@pytest.mark.parametrize("value", [-3, -2.5, None, True, float("inf")])
def test_what_is_no_text_stays(value):
    assert safe_text(value) is value


def test_a_number_with_something_behind_it_is_no_number():
    assert safe_text("-3+cmd").startswith("'")
    assert safe_text("-3\n=1+1").startswith("'")
    assert safe_text("+1 604 555 0199").startswith("'")


def test_a_table_keeps_its_numbers_and_loses_its_formulas():
    frame = pd.DataFrame(
        {
            "=head": ["=1+1", None, "fine"],
            "change": [-1.5, 2.0, float("nan")],
            "kind": pd.Categorical(["@x", "y", "@x"]),
            "flag": pd.array([True, None, False], dtype="boolean"),
        },
        index=[4, 5, 6],
    )
    safe = safe_frame(frame)
    assert list(safe.columns) == ["'=head", "change", "kind", "flag"]
    assert safe["'=head"].tolist()[::2] == ["'=1+1", "fine"]
    assert safe["'=head"].isna().tolist() == [False, True, False]
    assert safe["kind"].tolist() == ["'@x", "y", "'@x"]
    assert safe["change"].dtype == float
    assert list(safe.index) == [4, 5, 6]
    assert frame["kind"].tolist() == ["@x", "y", "@x"]


def test_a_workbook_of_a_safe_table_holds_no_formula():
    frame = pd.DataFrame({"t": ["=HYPERLINK(A1)", "@SUM(1)", "-3", " =1"], "n": [-3, 1, 2, 3]})
    book = io.BytesIO()
    safe_frame(frame).to_excel(book, index=False)
    sheet = openpyxl.load_workbook(book).active
    kinds = [cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row]
    assert "f" not in kinds
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [-3, 1, 2, 3]
