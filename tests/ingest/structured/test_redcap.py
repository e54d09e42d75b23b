"""REDCap's raw export with the data dictionary of its project."""

import pytest

from hipoutcomes.errors import DecisionNeeded, FileError
from hipoutcomes.ingest.structured.recognise import structured_grids

DICTIONARY = (
    "Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels",Field Note,'
    "Text Validation Type OR Show Slider Number,Text Validation Min,Text Validation Max,"
    "Identifier?,Branching Logic (Show field only if...),Required Field?,Custom Alignment,"
    "Question Number (surveys only),Matrix Group Name,Matrix Ranking?,Field Annotation\n"
    "record_id,enrol,,text,Record,,,,,,,,,,,,,\n"
    "surname,enrol,,text,Surname,,,,,,y,,,,,,,\n"
    'sex,enrol,,radio,Sex,"1, Female | 2, Male",,,,,,,,,,,,\n'
    'dx,enrol,,dropdown,Condition,"1, Bursitis | 2, Osteoarthritis | 9, Unknown",,,,,,,,,,,,\n'
    "visit_date,visit,,text,Visit date,,,date_dmy,,,,,,,,,,\n"
    "pain_before,visit,,text,Pain before (0-10),,,number_comma_decimal,,,,,,,,,,\n"
    "pain_after,visit,,text,Pain after (0-10),,,number,,,,,,,,,,\n"
    'technique,visit,,checkbox,Technique,"1, Swedish | 2, Deep tissue | 3, None",,,,,,,,,,,,\n'
    "comment,visit,,notes,Comment,,,,,,,,,,,,,\n"
)
HEAD = (
    "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,"
    "redcap_data_access_group,surname,sex,dx,enrol_complete,visit_date,pain_before,pain_after,"
    "technique___1,technique___2,technique___3,comment,visit_complete\n"
)
#: Visits are a repeating instrument of one event.
REPEATING_INSTRUMENT = HEAD + (
    "P1,baseline_arm_1,,,harbour,Aldermoor,1,2,2,,,,0,0,0,,\n"
    'P1,baseline_arm_1,visit,1,harbour,,,,,2026-03-05,"6,5",4,1,1,0,was late,2\n'
    "P1,baseline_arm_1,visit,2,harbour,,,,,2026-03-12,5,ASKU,0,1,0,,2\n"
    "P2,baseline_arm_1,,,hill,Dunmarsh,2,9,2,,,,0,0,0,,\n"
    "P2,baseline_arm_1,visit,1,hill,,,,,2026-03-06,3,2,0,0,0,,0\n"
)
#: Visits are instances of a repeating event.
REPEATING_EVENT = HEAD + (
    "P1,baseline_arm_1,,,harbour,Aldermoor,1,1,2,,,,0,0,0,,0\n"
    "P1,visits_arm_1,,1,harbour,,,,,2026-03-05,7,4,1,0,0,,2\n"
    "P1,visits_arm_1,,2,harbour,,,,,2026-03-12,5,3,0,1,0,,2\n"
)


@pytest.fixture
def read(tmp_path, through):
    def read(export, dictionary=DICTIONARY, **options):
        paths = [tmp_path / "export.csv"]
        paths[0].write_text(export, "utf-8")
        if dictionary:
            paths.append(tmp_path / "dictionary.csv")
            paths[1].write_text(dictionary, "utf-8")
        return through(paths, **options)[0]

    return read


def test_a_repeating_instrument_is_a_visit_for_each_instance(read):
    found = read(REPEATING_INSTRUMENT)
    assert found.days == ["2026-03-05", "2026-03-12", "2026-03-06"]
    assert found.patients == ["P1", "P1", "P2"]
    assert found.scores["pain before"] == [6.5, 5, 3]
    assert found.scores["pain after"][0] == 4
    assert found.rows["visit_id"].tolist()[:2] == [
        "P1/baseline_arm_1/visit/1",
        "P1/baseline_arm_1/visit/2",
    ]
    assert found.book["accepted"] == 3
    assert found.book["skipped_not_a_visit"] == 2


def test_what_is_told_once_holds_for_every_visit(read):
    rows = read(REPEATING_INSTRUMENT).rows
    assert rows["condition"].tolist()[:2] == ["osteoarthritis", "osteoarthritis"]
    assert rows["sex"].tolist() == ["female", "female", "male"]
    assert rows["clinic"].tolist() == ["harbour", "harbour", "hill"]


def test_boxes_say_something_only_where_their_form_was_filled_in(read):
    found = read(REPEATING_INSTRUMENT)
    given = found.reading.records.treatments
    assert list(zip(given["record"], given["technique"], strict=True)) == [
        (0, "swedish"), (0, "deep_tissue"), (1, "deep_tissue"),
    ]  # fmt: skip


def test_a_repeating_event_is_a_visit_for_each_instance(read):
    found = read(REPEATING_EVENT)
    assert found.days == ["2026-03-05", "2026-03-12"]
    assert found.scores["pain before"] == [7, 5]
    assert found.book["skipped_not_a_visit"] == 1
    assert found.rows["condition"].tolist() == ["bursitis", "bursitis"]


def test_codes_for_missing_are_missing(read):
    found = read(REPEATING_INSTRUMENT)
    assert str(found.scores["pain after"][1]) == "nan"
    assert found.codes == ["half-point"]  # 6.5, typed with a comma, and nothing else


def test_identifiers_and_notes_are_never_read(read):
    found = read(REPEATING_INSTRUMENT)
    assert "surname" not in found.grid.headers
    texts = {str(value) for column in found.grid.columns for value in column.values}
    assert not texts & {"Aldermoor", "Dunmarsh"}
    assert "comment" not in found.reading.plans[0].columns
    assert found.grid.dialect["identifiers"].startswith("1 column")


def test_dates_typed_day_first_are_read_as_the_dictionary_says(read):
    export = REPEATING_EVENT.replace("2026-03-05", "05-03-2026").replace("2026-03-12", "12-03-2026")
    assert read(export).days == ["2026-03-05", "2026-03-12"]


LABELS = (
    "Record,Event Name,Repeat Instrument,Repeat Instance,Sex,Complete?,Visit date,"
    "Technique (choice=Swedish)\nP1,Event 1,,,Female,Complete,2026-03-05,Checked\n"
)


@pytest.mark.parametrize(
    "export", [LABELS, REPEATING_EVENT.replace(",1,0,0,,2", ",Checked,Unchecked,Unchecked,,2")]
)
def test_an_export_with_labels_says_how_to_export_raw(read, export):
    with pytest.raises(FileError, match="a REDCap export with labels") as refused:
        read(export)
    assert "raw data" in str(refused.value)


def test_codes_that_nothing_explains_are_a_question(read):
    with pytest.raises(DecisionNeeded, match="holds codes that nothing explains"):
        read(REPEATING_INSTRUMENT, dictionary="")


def test_an_export_without_codes_needs_no_dictionary(read):
    export = (
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,visit_date,pain_before,"
        "technique,visit_complete\nP1,visit,1,2026-03-05,7,Swedish,2\n"
        "P1,visit,2,2026-03-12,5,Deep tissue,2\n"
    )
    found = read(export, dictionary="")
    assert found.scores["pain before"] == [7, 5]
    assert found.rows["technique"].tolist() == ["swedish", "deep_tissue"]


def test_a_dictionary_alone_is_refused(tmp_path):
    (tmp_path / "dictionary.csv").write_text(DICTIONARY)
    with pytest.raises(FileError, match="is the data dictionary of a REDCap project"):
        structured_grids([tmp_path / "dictionary.csv"])


def test_a_flat_project_is_known_by_its_dictionary(read):
    export = "record_id,visit_date,pain_before,dx\nP1,2026-03-05,6,1\nP2,2026-03-06,4,2\n"
    found = read(export)
    assert found.rows["condition"].tolist() == ["bursitis", "osteoarthritis"]
    assert found.grid.dialect["format"] == "REDCap"
