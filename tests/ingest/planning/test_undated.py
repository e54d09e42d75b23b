"""Later scores of a whole course of care in a file of visits."""

import pytest

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.ingest.read import read_files

VISITS = (
    "client,date,pain before,6 week pain\nA,2026-01-05,7,3\nA,2026-01-12,6,\nB,2026-01-06,8,5\n"
)


def test_a_week_six_score_beside_the_score_of_a_visit_is_asked_about(tmp_path):
    path = tmp_path / "visits.csv"
    path.write_text(VISITS)
    with pytest.raises(DecisionNeeded) as asked:
        read_files(path)
    assert str(asked.value) == (
        "visits.csv has one row per visit, and '6 week pain' stands on the same rows as "
        "'pain before': it does not say on which day it was given.\n"
        "  A score between visits needs the day of its own row, or a number of days after the "
        "visit.\n"
        "  Give it a row of its own with its date, or say in a mapping file:  [columns]  "
        '"pain between +42 days" = "6 week pain"'
    )


def test_what_the_message_offers_settles_it(tmp_path):
    path, mapping = tmp_path / "visits.csv", tmp_path / "mapping.toml"
    path.write_text(VISITS)
    mapping.write_text('[columns]\n"pain between +42 days" = "6 week pain"\n')
    rows = read_files(path, mapping=mapping).records.rows
    visits, forms = rows[rows["is_visit"]], rows[~rows["is_visit"]]
    assert len(visits) == 3
    assert (forms["day"].to_numpy() - visits["day"].iloc[[0, 2]].to_numpy()).tolist() == [42, 42]


def test_on_a_row_of_its_own_it_has_a_day(tmp_path):
    path = tmp_path / "visits.csv"
    path.write_text("client,date,pain before,6 week pain\nA,2026-01-05,7,\nA,2026-02-16,,3\n")
    assert read_files(path).records.rows["is_visit"].tolist() == [True, False]
