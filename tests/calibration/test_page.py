"""The page of results is whole: the table is that of the CSV, and what is judged holds."""

import csv


def test_the_table_is_that_of_the_results_and_what_is_judged_holds(root, calibration_page):
    folder = root / "tests" / "calibration"
    rows = list(csv.DictReader((folder / "results.csv").read_text().splitlines()))
    assert 60 <= len(rows) <= calibration_page.CELLS
    assert all(row["holds"] == "True" for row in rows)
    text = (folder / "README.md").read_text()
    table = text.partition(calibration_page.BEGIN)[2].partition(calibration_page.END)[0]
    assert table.strip() == calibration_page.rendered(rows).strip()
