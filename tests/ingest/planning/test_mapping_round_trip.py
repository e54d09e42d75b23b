"""Everything a mapping can say is kept, and reads the file to the same plan."""

from dataclasses import replace

import pytest

from hipoutcomes.errors import MappingError
from hipoutcomes.ingest.planning.mapping import parse_mapping
from hipoutcomes.ingest.planning.mapping_text import mapping_text
from hipoutcomes.ingest.read import read_files

TODAY = "2026-11-01"

SAID_OF_IT = ("evidence", "profile")

ALL_TOLD = r"""
[file]
date_order = "day-first"
none_means = "missing"
missing = [-95, "not asked"]
missing_years = [2995, 2999]
cancelled_marker = "[(Canceled)]"
clients_by_name = true
same_day_is_one_visit = true
minutes_are_of_visit = true
ignore = ["Side"]
[columns]
patient = "Name \"of\" client"
minutes = "Long"
"pain between +1 day" = "Next"
[scales]
"pain before" = "0-100"
[missing]
"pain before" = [77, "x"]
[values.condition]
"1" = "gluteal tendinopathy"
[constants]
device = "goniometer"
"""


def told_file(tmp_path):
    path = tmp_path / "visits.csv"
    path.write_text(
        '"Name ""of"" client",Date,Long,Pain before,Next,Condition,Side\n'
        "Cleo,05/03/2026,60,55,3,1,left\n"
        "Cleo,05/03/2026,,55,3,1,right\n"
        "Cleo,12/03/2026,60,77,3,1,left [(canceled)]\n"
        "Noor,13/03/2026,-95,40,not asked,1,left\n"
        "Noor,01/01/2999,45,40,2,,left\n"
    )
    return path


def test_every_line_is_written_and_read_back(tmp_path):
    path = told_file(tmp_path)
    first = read_files(path, mapping=parse_mapping(ALL_TOLD, "told"), today=TODAY)
    plan = first.plans[0]
    text = mapping_text(plan)
    again = read_files(path, mapping=parse_mapping(text, "kept"), today=TODAY)
    for name in SAID_OF_IT:
        assert getattr(again.plans[0], name) != ""
    bare = replace(again.plans[0], **{name: getattr(plan, name) for name in SAID_OF_IT})
    assert bare == plan
    assert mapping_text(again.plans[0]) == text
    assert again.records.rows.equals(first.records.rows)


def test_what_those_lines_do(tmp_path):
    reading = read_files(told_file(tmp_path), mapping=parse_mapping(ALL_TOLD, "m"), today=TODAY)
    account = reading.accounting.rows
    # The second line of one visit; the cancelled visit; the year 2999.
    assert account["duplicates"] == 1
    assert account["skipped_not_a_visit"] == 1
    assert account["quarantined"] == 1
    rows = reading.records.rows
    visits = rows[rows["is_visit"]]
    assert list(reading.records.patients) == ["Cleo", "Noor"]
    assert visits["minutes"].isna().tolist() == [False, True]
    assert visits["condition"].tolist() == ["tendinopathy"] * 2
    codes = set(reading.issues["code"].astype(str))
    assert {"same-visit", "clients-by-name"} <= codes


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[values.sex]\n1 = { male = 2 }", "a word or a number for '1'"),
        ("[values.sex]\n1 = [2]", "a word or a number"),
        ("[values.sex]\n1 = true", "a word or a number"),
        ("[values.sex]\n1 = nan", "a word or a number"),
        ("[values]\nsex = 3", 'lines such as "1" = "left"'),
        ('[file]\nclients_by_name = "yes"', "true or false"),
        ('[file]\nmissing_years = ["2999"]', "years such as"),
        ("[file]\nmissing = [[1]]", "codes such as"),
        ('[constants]\nrow_type = "score"', "row_type must be 'visit' or 'score between visits'"),
        ('[file]\nheading = ["a"]', "'headings'"),
        ('[profile]\nsignatures = ["a"]', "'signature'"),
    ],
)
def test_lines_that_say_something_else_are_refused(text, word):
    with pytest.raises(MappingError) as refused:
        parse_mapping(text, "m.toml")
    assert word in str(refused.value)
