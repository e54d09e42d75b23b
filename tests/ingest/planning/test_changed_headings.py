"""A saved mapping holds for the headings that it was saved with, and says what changed."""

import pytest

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.ingest.planning.mapping_text import write_mapping
from hipoutcomes.ingest.read import read_files

TODAY = "2026-11-01"
ROWS = ["C1,2026-03-02,6,4,quiet", "C1,2026-03-09,5,3,", "C2,2026-03-03,7,5,late"]


def file_of(path, headings, rows=ROWS):
    path.write_text("\n".join([headings, *rows]) + "\n")
    return path


@pytest.fixture
def saved(tmp_path):
    file = file_of(tmp_path / "march.csv", "Client,Date,Pain pre,Pain post,Mood")
    return write_mapping(read_files(file, today=TODAY).plans[0], tmp_path / "mapping.toml")


def test_the_same_headings_are_read_the_same(saved, tmp_path):
    april = file_of(tmp_path / "april.csv", "client,DATE,Pain pre ,pain post,mood")
    plan = read_files(april, mapping=saved, today=TODAY).plans[0]
    assert plan.evidence[1] == "headings: as in mapping.toml"
    assert list(plan.columns.values()) == ["patient", "date", "pain before", "pain after"]


@pytest.mark.parametrize(
    ("headings", "difference"),
    [
        ("Client,Date,Pain pre,Pain post,Weather", "gone: 'Mood'; new: 'Weather'"),
        ("Client,Date,Pain pre,Pain post,Mood,Room", "gone: none; new: 'Room'"),
        ("Client,Date,Pain pre,Pain post", "gone: 'Mood'; new: none"),
    ],
)
def test_headings_that_mean_nothing_come_and_go(saved, tmp_path, headings, difference):
    width = headings.count(",") + 1
    rows = [",".join([*row.split(","), "x"][:width]) for row in ROWS]
    april = file_of(tmp_path / "april.csv", headings, rows)
    plan = read_files(april, mapping=saved, today=TODAY).plans[0]
    assert difference in plan.evidence[1]
    assert len(plan.read) == 4


@pytest.mark.parametrize(
    ("headings", "words"),
    [
        # Renamed, to a heading that means the same and to one that only looks alike.
        (
            "Client,Date,VAS before,Pain post,Mood",
            ["Gone: 'Pain pre'. New: 'VAS before'.", "'Pain pre' may now be 'VAS before'"],
        ),
        (
            "Client,Date,Pain pre,Pain postt,Mood",
            ["Gone: 'Pain post'. New: 'Pain postt'.", "'Pain post' may now be 'Pain postt'"],
        ),
        # Gone.
        ("Client,Date,Pain pre,Colour,Mood", ["Gone: 'Pain post'. New: 'Colour'."]),
        # Newly something that we read.
        ("Client,Date,Pain pre,Pain post,Technique", ["Gone: 'Mood'. New: 'Technique'."]),
    ],
)
def test_headings_that_mean_something_stop_with_the_difference(saved, tmp_path, headings, words):
    april = file_of(tmp_path / "april.csv", headings)
    with pytest.raises(DecisionNeeded) as asked:
        read_files(april, mapping=saved, today=TODAY)
    for word in (*words, "inspect april.csv --save mapping.toml", "mapping.toml"):
        assert word in str(asked.value)
    assert len(str(asked.value).splitlines()) == 3


def test_headings_in_other_letters_are_told_apart(tmp_path):
    file = file_of(tmp_path / "a.csv", "Client,Date,Pain pre,Pain post,\u6c17\u5206")
    saved = write_mapping(read_files(file, today=TODAY).plans[0], tmp_path / "mapping.toml")
    other = file_of(tmp_path / "b.csv", "Client,Date,Pain pre,Pain post,\u5929\u6c17")
    plan = read_files(other, mapping=saved, today=TODAY).plans[0]
    assert "gone: '\u6c17\u5206'; new: '\u5929\u6c17'" in plan.evidence[1]
