"""Whose later score is due, and their answers as scores between visits."""

from datetime import date

import openpyxl
import pytest

import hipoutcomes as ho
from hipoutcomes.cli.main import main
from hipoutcomes.due import due_scores, stopped_coming
from hipoutcomes.ingest.planning.headings import recognise
from hipoutcomes.ingest.sheet_due import CAME_FIRST, CAME_LAST, COUNTS_UNTIL, due_columns

# Six weeks after 5 January is 16 February; two weeks either side count, to 2 March.
VISITS = """Client,Date,First visit for this complaint,Pain before
stopped,2026-01-05,yes,7
comes,2026-01-05,yes,6
comes,2026-02-10,no,4
early score,2026-01-05,yes,6
early score,2026-01-26,no,4
older,2025-11-01,yes,5
recent,2026-02-01,yes,5
earlier,2026-01-02,yes,5
"""
TODAY = date(2026, 2, 16)


@pytest.fixture
def visits(tmp_path):
    (tmp_path / "visits.csv").write_text(VISITS, encoding="utf-8")
    return tmp_path / "visits.csv"


def clients(due):
    return due["client"].tolist()


def test_everyone_without_a_score_in_the_days_that_count_is_listed(visits):
    due = due_scores(ho.load(visits, today=TODAY), TODAY)
    assert clients(due) == ["earlier", "early score", "stopped"]
    closes = date(2026, 3, 2).toordinal() - date(1970, 1, 1).toordinal()
    assert due["closes"].tolist() == [closes - 3, closes, closes]
    assert stopped_coming(due, TODAY) == 2


@pytest.mark.parametrize(
    ("on", "ahead", "listed"),
    [
        (date(2026, 1, 26), 7, {"stopped", "comes", "early score", "earlier"}),
        (date(2026, 1, 25), 0, set()),
        (date(2026, 3, 2), 7, {"stopped", "early score", "recent"}),
        (date(2026, 3, 3), 0, {"recent"}),
    ],
)
def test_the_list_opens_beforehand_and_ends_with_the_last_day_that_counts(
    visits, on, ahead, listed
):
    clinic = ho.load(visits, today=date(2026, 12, 1))
    due = due_scores(clinic, on, ahead=ahead)
    # "comes" and "early score" have scores of other days; only those in their window count.
    assert set(clients(due)) - {"comes"} == listed - {"comes"}


def test_a_course_that_may_have_begun_before_the_records_is_not_listed(visits):
    visits.write_text(VISITS.replace("stopped,2026-01-05,yes", "stopped,2026-01-05,no"))
    assert "stopped" not in clients(due_scores(ho.load(visits, today=TODAY), TODAY))


def test_headings_for_the_reader_mean_nothing_to_the_program():
    assert not any(recognise(heading) for heading in (CAME_FIRST, CAME_LAST, COUNTS_UNTIL))
    headings = {column.heading for column in due_columns()} - {CAME_FIRST, CAME_LAST, COUNTS_UNTIL}
    assert all(recognise(heading) for heading in headings)


def run(capsys, *arguments, code=0):
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as end:
        assert (end.code or 0) == code
    return capsys.readouterr().out


def test_answers_come_back_as_scores_between_visits(visits, tmp_path, capsys):
    store, sheet = tmp_path / "clinic", tmp_path / "due.xlsx"
    run(capsys, "import", visits, "--store", store)
    said = run(capsys, "due", "--store", store, "-o", sheet, "--on", TODAY)
    assert "3 scores of week 6 are due" in said
    assert "2 of them have not come for three weeks or more" in said
    assert "whether or not you still come to us" in said
    book = openpyxl.load_workbook(sheet)
    page = book["Sessions"]
    place = {cell.value: cell.column for cell in page[1]}
    asked = {page.cell(row, place["Client"]).value: row for row in (2, 3, 4)}
    assert set(asked) == {"earlier", "early score", "stopped"}
    page.cell(asked["stopped"], place["Pain between visits (0-10)"], "3")
    book.save(sheet)
    run(capsys, "import", sheet, "--store", store)
    clinic = ho.load_store(store)
    between = clinic.scores.of("pain").query("timing == 'between'")
    assert between["score"].tolist() == [3]
    assert len(clinic.sessions) == 8
    left = run(capsys, "due", "--store", store, "-o", tmp_path / "again.xlsx", "--on", TODAY)
    assert "2 scores of week 6 are due" in left


def test_nobody_due_writes_nothing(visits, tmp_path, capsys):
    said = run(capsys, "due", visits, "-o", tmp_path / "due.xlsx", "--on", "2026-07-01")
    assert said == "No score is due around week 6.\n"
    assert not (tmp_path / "due.xlsx").exists()
