import pytest

from hipoutcomes.errors import FileError
from hipoutcomes.ingest.structured.recognise import structured_grids

VISITS = """visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_start_datetime,\
visit_end_date,visit_end_datetime,provider_id
900,1,9202,2026-03-05,2026-03-05 10:00:00,2026-03-05,2026-03-05 11:00:00,77
901,1,9202,2026-03-12,,2026-03-12,,77
902,2,9202,2026-03-05,,2026-03-05,,77
"""
MEASUREMENTS = """measurement_id,person_id,measurement_concept_id,measurement_date,\
measurement_datetime,operator_concept_id,value_as_number,unit_concept_id,visit_occurrence_id,\
measurement_source_value,value_source_value
1,1,0,2026-03-05,2026-03-05 10:05:00,4172703,7,,900,72514-3,7
2,1,0,2026-03-05,2026-03-05 10:50:00,4172703,4.0,,900,72514-3,4
3,1,0,2026-03-12,,4171756,2,,901,72514-3,<2
4,2,555,2026-03-05,,,95,,902,anything,95
5,2,0,2026-03-05,,,120,,902,blood pressure,120
6,2,0,2026-03-05,,,6,,902,38221-8,6
7,2,0,2026-04-01,,,3,,,Pain,3
8,2,0,2026-03-05,,,5,,902,Pain after,5
"""
CONDITIONS = """condition_occurrence_id,person_id,condition_concept_id,condition_start_date,\
condition_source_value,visit_occurrence_id
1,1,0,2026-01-01,ICD10CM:M70.62,
2,2,0,2026-01-01,M16.11,
3,2,0,2026-01-01,I10,
"""
PROCEDURES = """procedure_occurrence_id,person_id,procedure_concept_id,procedure_date,\
procedure_source_value,visit_occurrence_id
1,1,0,2026-03-05,Swedish massage,900
2,1,0,2026-03-05,Cupping,900
3,1,0,2026-03-05,Appendectomy,900
"""
PERSONS = """person_id,gender_concept_id,year_of_birth
1,8532,1980
2,8507,1970
"""
FILES = {
    "visit_occurrence.csv": VISITS,
    "measurement.csv": MEASUREMENTS,
    "condition_occurrence.csv": CONDITIONS,
    "procedure_occurrence.csv": PROCEDURES,
    "person.csv": PERSONS,
}
OWN = "system,code,means,side\nOMOP,555,flexion_active,left\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "cdm").mkdir()
    for name, text in FILES.items():
        (tmp_path / "cdm" / name).write_text(text, "utf-8")
    (tmp_path / "cdm" / "README.txt").write_text("made by hand", "utf-8")
    return tmp_path / "cdm"


@pytest.fixture
def found(folder, tmp_path, through):
    own = tmp_path / "own.csv"
    own.write_text(OWN, "utf-8")
    return {grid.grid.file: grid for grid in through([folder], codes=own)}


def test_visits_hold_what_the_other_tables_say(found):
    visits = found["visit_occurrence.csv"]
    assert visits.days == ["2026-03-05", "2026-03-12", "2026-03-05"]
    assert visits.patients == ["1", "1", "2"]
    assert visits.rows["visit_id"].tolist() == ["900", "901", "902"]
    assert visits.scores["pain before"][0] == 7
    assert visits.scores["pain after"][0] == 4
    assert visits.scores["pain after"][2] == 5
    assert visits.scores["flexion_active left before"][2] == 95
    assert visits.rows["condition"].tolist() == ["bursitis", "bursitis", "osteoarthritis"]
    assert visits.rows["side"].tolist()[:2] == ["left", "left"]
    assert visits.rows["side"].isna().tolist() == [False, False, True]
    assert visits.rows["sex"].tolist() == ["female", "female", "male"]
    assert visits.rows["age"].tolist() == [45, 45, 55]
    techniques = visits.reading.records.treatments
    assert techniques["technique"].tolist() == ["swedish", "cupping"]


def test_a_number_with_an_operator_is_censored(found):
    visits = found["visit_occurrence.csv"]
    assert visits.codes.count("censored") == 1
    assert visits.reading.issues["row"].tolist() == [3]


def test_every_row_is_accounted_for(found):
    for name, text in FILES.items():
        n_rows = text.count("\n") - 1
        assert found[name].book["rows_in_file"] == n_rows + 1
        assert found[name].book["header"] == 1
    measurements = found["measurement.csv"]
    assert measurements.book["accepted"] == 1
    assert measurements.scores["pain between"] == [3]
    assert measurements.rows["row"].tolist() == [8]
    kinds = measurements.grid.dialect["records"]
    assert "1 measurement of nothing that is read" in kinds
    assert "1 measurement on a scale that is not put with numeric ratings" in kinds


def test_without_a_map_a_concept_that_is_unknown_is_counted(folder, through):
    found = {grid.grid.file: grid for grid in through([folder])}
    assert (
        "2 measurement of nothing that is read"
        in (found["measurement.csv"].grid.dialect["records"])
    )


def test_tables_named_one_by_one_give_the_same(folder, tmp_path, through):
    one_by_one = through([folder / name for name in FILES])
    by_folder = {grid.grid.file: grid for grid in through([folder])}
    for grid in one_by_one:
        same = by_folder[grid.grid.file]
        assert (grid.book, grid.days, str(grid.scores)) == (same.book, same.days, str(same.scores))


def test_a_changed_table_changes_the_hash_of_all(folder):
    before = [grid.sha256 for grid in structured_grids([folder])[0]]
    (folder / "measurement.csv").write_text(MEASUREMENTS.replace(",7,,900", ",6,,900"), "utf-8")
    after = [grid.sha256 for grid in structured_grids([folder])[0]]
    assert all(b != a for b, a in zip(before, after, strict=True))


def test_a_folder_without_tables_is_refused(tmp_path):
    with pytest.raises(FileError, match="no table"):
        structured_grids([tmp_path])


def test_other_files_are_left_to_others(tmp_path):
    path = tmp_path / "clinic.csv"
    path.write_text("Patient,Date,Pain before\nA,2026-03-05,7\n", "utf-8")
    assert structured_grids([path, tmp_path / "missing.csv"]) == (
        [],
        [],
        [path, tmp_path / "missing.csv"],
    )
