"""Exports of known systems are read as what they are, with no question and no personal column."""

from datetime import date

import pytest

from hipoutcomes.errors import DecisionNeeded, MappingError
from hipoutcomes.ingest.planning.mapping import parse_mapping, profiles, read_mapping
from hipoutcomes.ingest.planning.mapping_text import write_mapping
from hipoutcomes.ingest.planning.profile_matching import FEWEST_REQUIRED, match_profile
from hipoutcomes.tables.records import ScoreField
from tests.ingest.profiles.exports import (
    CASTOR,
    CLINICSENSE,
    EXPORTS,
    GOOGLE,
    JANE,
    MICROSOFT,
    QUALTRICS,
    SIMPLEPRACTICE,
)

#: What must never be read from any of the exports.
PERSONAL = ("Email", "Name", "IPAddress", "RecipientEmail", "notes_text", "patient_last_name")


def days(reading):
    """Days of the records as dates."""
    return [date.fromordinal(date(1970, 1, 1).toordinal() + d) for d in reading.records.rows["day"]]


def between(reading):
    return reading.records.scores[ScoreField("pain", "between")].tolist()


def codes(reading):
    return set(reading.issues["code"].astype(str))


@pytest.mark.parametrize("name", EXPORTS)
def test_a_file_is_known_by_its_headings(read, name):
    plan = read(EXPORTS[name]).plans[0]
    assert plan.profile == name
    assert any(line.startswith(f"profile: {name}, ") for line in plan.evidence)
    assert not [heading for heading in plan.columns if heading in PERSONAL]


@pytest.mark.parametrize("name", EXPORTS)
def test_a_kept_plan_reads_the_same(read, name, tmp_path):
    first = read(EXPORTS[name])
    kept = write_mapping(first.plans[0], tmp_path / "mapping.toml")
    again = read(EXPORTS[name], mapping=kept)
    assert again.records.rows.equals(first.records.rows)
    assert again.accounting == first.accounting
    assert {f: v.tolist() for f, v in again.records.scores.items()}.keys() == (
        first.records.scores.keys()
    )
    assert write_mapping(again.plans[0], tmp_path / "second.toml").read_text() == kept.read_text()


@pytest.mark.parametrize("name", profiles())
def test_no_profile_asks_for_less_than_two_things(name):
    profile = profiles()[name]
    assert len(profile.signature) + len(profile.fields) >= FEWEST_REQUIRED
    assert profile.title or name == "nhs-proms"


def test_visits_of_jane_are_those_that_arrived_on_their_local_day(read):
    reading = read(JANE)
    rows = reading.records.rows
    assert reading.records.patients.tolist() == ["1350", "77"]
    assert days(reading) == [date(2026, 9, 1), date(2026, 9, 4)]
    assert rows["start"].tolist() == [18 * 60 + 30, 8 * 60 + 30]
    assert rows["technique"].tolist() == ["deep_tissue", "swedish"]
    assert reading.records.treatments["minutes"].tolist() == [60, 45]
    assert rows["therapist"].tolist() == ["Dana Quist", "Eli Tarn"]
    assert rows["visit_id"].tolist() == ["501", "504"]
    assert "first_visit" not in rows
    assert reading.accounting.rows["skipped_not_a_visit"] == 6
    assert codes(reading) == set()


@pytest.mark.parametrize(
    ("headings", "what"),
    [
        ("Patient Number,First Name,Birth Date,Sex,Personal Health Number", "the patient list"),
        ("Location,Patient,Invoice#,Invoice Date,Item,Total,Payer", "the sales report"),
    ],
)
def test_lists_of_jane_without_visits_say_what_to_give_instead(read, headings, what):
    with pytest.raises(MappingError, match=f"{what} of Jane; it holds no visits") as refused:
        read(headings + "\n" + ",".join("1" for _ in headings.split(",")) + "\n")
    assert "appointments report" in str(refused.value)


def test_lines_of_one_bill_are_one_visit(read):
    reading = read(SIMPLEPRACTICE)
    assert reading.records.rows["is_visit"].sum() == 3
    assert reading.accounting.rows["duplicates"] == 1
    assert days(reading) == [date(2026, 9, 15), date(2026, 9, 22), date(2026, 9, 22)]
    assert {"clients-by-name", "same-visit"} == codes(reading)


def test_a_cancelled_visit_is_told_by_its_mark_within_a_field(read):
    reading = read(CLINICSENSE)
    assert days(reading) == [date(2026, 9, 15), date(2026, 9, 23)]
    assert reading.records.treatments["minutes"].tolist() == [60, 45]
    assert "visit_id" not in reading.records.rows
    book = reading.accounting.rows
    assert (book["preamble"], book["footer"], book["skipped_not_a_visit"]) == (7, 1, 1)


@pytest.mark.parametrize("text", [MICROSOFT, GOOGLE, QUALTRICS], ids=["ms", "google", "qualtrics"])
def test_answers_of_a_form_are_scores_between_visits(read, text):
    reading = read(text)
    assert reading.records.patients.tolist() == ["1350", "77"]
    assert days(reading) == [date(2026, 9, 15), date(2026, 9, 16)]
    assert between(reading) == [4, 6]
    assert not reading.records.rows["is_visit"].any()


def test_previews_and_rows_of_headings_are_no_answers(read):
    book = read(QUALTRICS).accounting.rows
    assert (book["header"], book["skipped_not_a_visit"], book["accepted"]) == (3, 1, 2)


def test_a_form_filled_at_the_visit_holds_visits(read):
    reading = read(GOOGLE.replace("Pain today (0-10)", "Pain after massage (0-10)"))
    assert reading.records.rows["is_visit"].all()
    assert reading.records.scores[ScoreField("pain", "after")].tolist() == [4, 6]


def test_castors_codes_for_missing_are_missing(read):
    reading = read(CASTOR)
    pain = reading.records.scores
    assert pain[ScoreField("pain", "before")].tolist()[::2] == [6, 5]
    assert str(pain[ScoreField("pain", "before")][1]) == "nan"
    assert days(reading)[0] == date(2026, 9, 15)
    book = reading.accounting.rows
    assert (book["accepted"], book["quarantined"], book["skipped_not_a_visit"]) == (3, 1, 1)


def test_a_near_miss_is_told_and_not_taken(read):
    told = parse_mapping(
        '[columns]\npatient = "patient_number"\n[file]\nignore = ["patient_guid"]', "m.toml"
    )
    plan = read(JANE.replace("staff_member_name", "staff"), mapping=told).plans[0]
    assert plan.profile != "jane-appointments"
    assert any("jane-appointments would fit" in line for line in plan.evidence)


def test_the_runner_up_is_named():
    profile, evidence = match_profile("a.csv", JANE.splitlines()[0].split(","))
    assert profile.name == "jane-appointments"
    assert "next best" in evidence[0]


def test_what_the_owner_says_goes_on_top_of_a_profile(read):
    told = parse_mapping('[columns]\npatient = "patient_guid"', "mine.toml")
    reading = read(JANE, mapping=told)
    assert reading.records.patients.tolist() == ["20111-1350", "20111-77"]
    assert reading.plans[0].profile == "jane-appointments, and mine.toml"


@pytest.mark.parametrize(
    ("change", "stops"),
    [
        (("staff_member_name", "practitioner"), True),
        (("insurance_state", "insurer_state"), False),
        (("insurance_state", "pain before"), True),
    ],
)
def test_changed_headings_stop_with_the_difference(read, tmp_path, change, stops):
    kept = write_mapping(read(JANE).plans[0], tmp_path / "mapping.toml")
    changed = JANE.replace(*change)
    if not stops:
        line = next(e for e in read(changed, mapping=kept).plans[0].evidence if "headings" in e)
        assert "insurance_state" in line and "insurer_state" in line
        return
    with pytest.raises(DecisionNeeded) as asked:
        read(changed, mapping=kept)
    assert f"Gone: '{change[0]}'. New: '{change[1]}'." in str(asked.value)


def test_a_table_is_no_meaning_of_a_value():
    with pytest.raises(MappingError, match="expected a word or a number"):
        parse_mapping('[values.sex]\n"1" = {a = "b"}', "m.toml")


def test_profiles_can_be_named(tmp_path):
    with pytest.raises(MappingError, match="jane-appointments, jane-patients"):
        read_mapping(tmp_path / "gone.toml")
