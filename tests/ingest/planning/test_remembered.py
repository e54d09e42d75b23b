"""Mappings that a clinic's folder remembers: told once, not asked again, and never mixed up."""

import pytest

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.ingest.planning.mapping import parse_mapping
from hipoutcomes.ingest.planning.mapping_text import write_mapping
from hipoutcomes.ingest.planning.remembered import recall, remembered_headings, remembered_name
from hipoutcomes.ingest.read import read_each, read_files

TODAY = "2026-11-01"
HEADS = "Klient;Datum;Schmerz vorher;\u30e1\u30e2"
TOLD = """
[file]
date_order = "day-first"
[columns]
patient = "Klient"
date = "Datum"
"pain before" = "Schmerz vorher"
[missing]
"pain before" = [77]
"""
ROWS = ["Brackwater7;05/03/2026;6;sunny", "Dunmarsh8;06/03/2026;77;grey"]


def month(path, heads=HEADS, rows=ROWS, above=()):
    path.write_text("\n".join([*above, heads, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    """A folder that remembers one file in whose headings no word is ours."""
    march = month(tmp_path / "march.csv")
    plan = read_files(march, mapping=parse_mapping(TOLD, "told.toml"), today=TODAY).plans[0]
    kept = tmp_path / "mappings"
    kept.mkdir()
    write_mapping(plan, kept / remembered_name(plan))
    return kept


def test_headings_in_the_clinics_own_words_are_known_the_next_time(folder, tmp_path):
    april = month(tmp_path / "april.csv", above=["Praxis am Hafen", ""])
    files, _ = read_each(april, remembered=folder, today=TODAY)
    plan = files[0].plan
    assert plan.columns == {"Klient": "patient", "Datum": "date", "Schmerz vorher": "pain before"}
    assert plan.date_order == "day-first"
    assert plan.find("pain before").told_missing == (77,)
    assert files[0].grid.counts["preamble"] == 2


def test_changed_headings_stop_with_what_may_have_been_renamed(folder, tmp_path):
    april = month(tmp_path / "april.csv", HEADS.replace("Klient", "Klienten"))
    with pytest.raises(DecisionNeeded, match="'Klient' may now be 'Klienten'"):
        read_each(april, remembered=folder, today=TODAY)


def test_no_cell_of_the_file_is_kept(folder):
    (kept,) = folder.iterdir()
    text = kept.read_text(encoding="utf-8")
    for word in ("Brackwater7", "sunny", "05/03/2026"):
        assert word not in text
    assert "77" in text


def test_only_headings_that_are_used_tell_the_row_of_headings(folder, tmp_path):
    assert remembered_headings(folder) == {"klient", "datum", "schmerzvorher"}
    assert remembered_headings(tmp_path / "nowhere") == frozenset()


def test_files_with_other_letters_in_their_headings_are_not_one_file(folder, tmp_path):
    heads = HEADS.split(";")
    assert recall(heads, folder).file_headings == tuple(heads)
    other = ["\u5ba2", "\u65e5\u4ed8", "\u75db\u307f", "\u6c17\u5206"]
    assert recall(other, folder) is None
