"""The private folder quotes cells for the owner, safely, and says that it is private."""

import csv
import io
import stat

import pandas as pd

from hipoutcomes.report.private import write_private
from hipoutcomes.vocabulary.columns import ISSUES

ROW = {column.name: "" for column in ISSUES} | {
    "file": "clinic.csv",
    "row": 7,
    "column": "Pain",
    "code": "range",
    "severity": "reject",
    "action": "cell_missing",
}


def written(tmp_path, *values):
    folder = tmp_path / "private"
    write_private(folder, pd.DataFrame([ROW | {"value": value} for value in values]))
    text = (folder / "issues.csv").read_bytes().decode("utf-8-sig")
    return folder, [row["value"] for row in csv.DictReader(io.StringIO(text, newline=""))]


def test_values_come_back_as_typed(tmp_path):
    values = ["12", "-3", "7, then 5", 'said "bad"', "dÃ©jà vu", "two\nlines"]
    assert written(tmp_path, *values)[1] == values


def test_a_formula_cannot_run_when_the_file_is_opened(tmp_path):
    _, values = written(tmp_path, '=HYPERLINK("http://x")', "@cmd", "-3", "+")
    assert values == ['\'=HYPERLINK("http://x")', "'@cmd", "-3", "'+"]


def test_only_the_owner_can_open_it_and_it_says_why(tmp_path):
    folder, _ = written(tmp_path, "x")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "issues.csv").stat().st_mode) == 0o600
    assert "NOT FOR SHARING" in (folder / "README.txt").read_text()
