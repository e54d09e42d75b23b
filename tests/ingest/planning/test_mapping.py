"""mapping.toml: what an owner says about a file, kept and read back."""

from pathlib import Path

import openpyxl
import pytest

from hipoutcomes.errors import MappingError, OutputError
from hipoutcomes.ingest.planning.mapping import parse_mapping, profiles, read_mapping
from hipoutcomes.ingest.planning.mapping_text import write_mapping
from hipoutcomes.ingest.read import read_files

FILES = Path(__file__).parents[1] / "files"
TODAY = "2026-11-01"


def test_a_plan_is_kept_as_a_file_that_reads_the_same(tmp_path):
    first = read_files(FILES / "clinic.csv", today=TODAY)
    kept = write_mapping(first.plans[0], tmp_path / "mapping.toml")
    again = read_files(FILES / "clinic.csv", mapping=kept, today=TODAY)
    assert again.plans[0].columns == first.plans[0].columns
    assert again.plans[0].scales == first.plans[0].scales
    assert again.records.rows.equals(first.records.rows)
    assert again.issues.equals(first.issues)
    assert write_mapping(again.plans[0], tmp_path / "second.toml").read_text() == kept.read_text()


def test_a_kept_plan_explains_itself(tmp_path):
    plan = read_files(FILES / "clinic.csv", today=TODAY).plans[0]
    text = write_mapping(plan, tmp_path / "mapping.toml").read_text()
    assert "# How hipoutcomes reads clinic.csv." in text
    assert 'patient = "Client"' in text
    assert '"pain before" = "VAS before"' in text
    assert '#   "Notes": 2 cells' in text


def test_the_profile_of_published_records_is_written_and_read_back(tmp_path):
    profile = profiles()["nhs-proms"]
    path = tmp_path / "file.csv"
    path.write_text(",".join(profile.signature) + "\n" + ",".join("1" for _ in profile.signature))
    plan = read_files(path, mapping="nhs-proms").plans[0]
    assert plan.profile == "nhs-proms"
    kept = read_mapping(write_mapping(plan, tmp_path / "mapping.toml"))
    for part in ("columns", "values", "requires", "shape", "missing"):
        assert getattr(kept, part) == getattr(profile, part), part


def test_headings_with_quotes_and_accents_survive(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('"Client ""no""",Date,Doul\u00e9ur\nA,2026-01-01,5\n', encoding="utf-8")
    told = parse_mapping(
        '[columns]\npatient = "Client \\"no\\""\n"pain before" = "Doul\u00e9ur"\n', "m.toml"
    )
    plan = read_files(path, mapping=told, today=TODAY).plans[0]
    kept = read_mapping(write_mapping(plan, tmp_path / "mapping.toml"))
    assert kept.headings == {'Client "no"', "Date", "Doul\u00e9ur"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[columns]\npain = "VAS"', ["'pain'", "'pain before'"]),
        ('[columns]\npatent = "VAS"', ["'patent'", "'patient'"]),
        ('[colums]\npatient = "VAS"', ["'colums'", "'columns'"]),
        ("[columns\n", ["m.toml is not a mapping file"]),
        ('[file]\nshape = "wide"', ["shape must be 'sessions' or 'episodes'; it is 'wide'"]),
        ('[file]\nform = "wide"', ["'form'", "'shape'"]),
        ("[columns]\npatient = 3", ["found 3"]),
        ('[constants]\ngadget = "x"', ["'gadget'", "'device'"]),
        ("columns = 3", ["'columns'"]),
    ],
)
def test_what_is_not_understood_is_named(text, words):
    with pytest.raises(MappingError) as refused:
        parse_mapping(text, "m.toml")
    for word in words:
        assert word in str(refused.value)


def test_a_heading_that_the_file_lacks_is_named_with_those_it_has():
    told = parse_mapping('[columns]\npatient = "Klient"', "m.toml")
    with pytest.raises(MappingError) as refused:
        read_files(FILES / "clinic_wide.csv", mapping=told)
    assert "m.toml names the heading 'Klient', which the file does not have." in str(refused.value)
    assert "The headings are: Patient ID, Age," in str(refused.value)


def test_a_heading_for_two_targets_is_refused():
    told = parse_mapping('[columns]\npatient = "Age"\nage = "Age"', "m.toml")
    with pytest.raises(MappingError, match="'Age' for both patient and age"):
        read_files(FILES / "clinic_wide.csv", mapping=told)


def test_values_codes_constants_and_ignored_columns(tmp_path):
    path = tmp_path / "coded.csv"
    path.write_text(
        "client,date,pain before,side,gender,hip flexion active before,therapist\n"
        "A,2026-01-05,5,1,2,95,Ann\nA,2026-01-12,77,2,9,100,Bob\n"
    )
    told = parse_mapping(
        """
        [file]
        ignore = ["therapist"]
        [missing]
        "pain before" = 77
        [values.side]
        1 = "left"
        2 = "right"
        [values.sex]
        2 = "female"
        9 = ""
        [constants]
        device = "goniometer"
        position = "supine"
        rater = "Ann"
        """,
        "m.toml",
    )
    reading = read_files(path, mapping=told, scale="0-10", today=TODAY)
    rows = reading.records.rows
    assert rows["side"].tolist() == ["left", "right"]
    assert rows["sex"].astype(object).where(rows["sex"].notna(), None).tolist() == ["female", None]
    assert rows["device"].tolist() == ["goniometer"] * 2
    assert rows["rater"].tolist() == ["Ann"] * 2
    assert rows["therapist"].isna().all()
    assert len(reading.issues) == 0
    assert reading.accounting.cells["missing"] == 2


def test_a_place_that_cannot_be_written_to(tmp_path):
    plan = read_files(FILES / "clinic_wide.csv").plans[0]
    with pytest.raises(OutputError, match="cannot be written"):
        write_mapping(plan, tmp_path / "no" / "such" / "folder.toml")


def test_numbers_of_a_workbook_are_told_as_a_person_sees_them(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Client", "Date", "Pain before", "Side"], ["A", "2026-03-02", 5, 1.0],
                ["A", "2026-03-09", 4, 2]):  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "coded.xlsx")
    told = parse_mapping('[values.side]\n1 = "left"\n2 = "right"\n', "m.toml")
    rows = read_files(tmp_path / "coded.xlsx", mapping=told, today=TODAY).records.rows
    assert rows["side"].tolist() == ["left", "right"]
