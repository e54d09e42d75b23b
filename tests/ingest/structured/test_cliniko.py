import json

import pytest

from hipoutcomes.errors import DecisionNeeded, FileError
from hipoutcomes.ingest.structured.recognise import structured_grids

API = "https://api.au1.cliniko.com/v1"


def link(kind, number):
    return {"links": {"self": f"{API}/{kind}/{number}"}}


def appointment(number, patient, starts_at, **said):
    return {
        "id": str(number),
        "starts_at": starts_at,
        "ends_at": said.pop("ends_at", None),
        "patient_arrived": True,
        "did_not_arrive": False,
        "cancelled_at": None,
        "deleted_at": None,
        "patient": link("patients", patient),
        "practitioner": link("practitioners", 456),
        **said,
        **link("individual_appointments", number),
    }


def note(number, patient, created_at, questions, **said):
    return {
        "id": number,
        "created_at": created_at,
        "content": {"sections": [{"name": "Today", "questions": questions}]},
        "draft": False,
        "deleted_at": None,
        "patient": link("patients", patient),
        "practitioner": link("practitioners", 456),
        "treatment_note_template": link("treatment_note_templates", 789),
        **said,
    }


def page(kind, items):
    return {kind: items, "total_entries": len(items), "links": {"self": f"{API}/{kind}?page=1"}}


def text(name, answer):
    return {"name": name, "type": "text", "answer": answer}


@pytest.fixture
def read(tmp_path, through):
    def read(*pages, timezone="America/Vancouver"):
        paths = []
        for number, content in enumerate(pages):
            paths.append(tmp_path / f"page{number}.json")
            paths[-1].write_text(json.dumps(content), "utf-8")
        return through(paths, timezone=timezone)

    return read


APPOINTMENTS = page(
    "individual_appointments",
    [
        appointment(1, 82, "2026-03-06T02:00:00Z", ends_at="2026-03-06T03:00:00Z"),
        appointment(2, 82, "2026-03-13T18:00:00Z", patient_arrived=False, did_not_arrive=True),
        appointment(3, 83, "2026-03-13T19:00:00Z", cancelled_at="2026-03-12T00:00:00Z"),
        appointment(4, 83, "2026-03-20T19:00:00Z", deleted_at="2026-03-20T20:00:00Z"),
        appointment(5, 83, "2026-12-20T19:00:00Z", patient_arrived=False),
    ],
)


def test_appointments_that_took_place_are_visits_on_the_clinics_day(read):
    (visits,) = read(APPOINTMENTS)
    assert visits.days == ["2026-03-05"]
    assert visits.patients == ["82"]
    assert visits.rows["start"].tolist() == [18 * 60]
    assert visits.rows["minutes"].tolist() == [60]
    assert visits.rows["visit_id"].tolist() == ["1"]
    assert visits.rows["row"].tolist() == [1]
    assert visits.book["rows_in_file"] == 5
    assert visits.book["skipped_not_a_visit"] == 4
    for kind in ("did not arrive", "cancelled", "deleted", "not marked as arrived"):
        assert f"1 appointment, {kind}" in visits.grid.dialect["records"]


def test_notes_belong_to_the_day_of_their_appointment_and_say_scores(read):
    techniques = {
        "name": "Techniques used",
        "type": "checkboxes",
        "answers": [
            {"value": "Swedish", "selected": True},
            {"value": "Cupping"},
            {"value": "Deep tissue", "selected": True},
        ],
    }
    rating = {
        "name": "Pain after (0-10)",
        "type": "radiobuttons",
        "answers": [{"value": "3"}, {"value": "4", "selected": True}],
    }
    questions = [
        {"name": "Pain before", "type": "paragraph", "answer": "<div>7/10</div>"},
        rating,
        techniques,
        text("How was your week?", "Quite long"),
    ]
    pages = page(
        "treatment_notes",
        [
            note(11, 82, "2026-03-07T17:00:00Z", questions, booking=link("bookings", 1)),
            note(12, 82, "2026-03-20T17:00:00Z", questions, draft=True),
            note(13, 82, "2026-03-20T17:00:00Z", questions, deleted_at="2026-03-21T00:00:00Z"),
            note(14, 84, "2026-03-21T01:00:00Z", [text("Pain before", "5")]),
        ],
    )
    visits, notes = read(APPOINTMENTS, pages)
    assert (visits.grid.sheet, notes.grid.sheet) == ("individual_appointments", "treatment_notes")
    assert notes.days == ["2026-03-05", "2026-03-20"]
    assert notes.patients == ["82", "84"]
    assert notes.scores["pain before"] == [7, 5]
    assert notes.scores["pain after"][0] == 4
    assert notes.reading.records.treatments["technique"].tolist() == ["swedish", "deep_tissue"]
    assert "1 treatment note, draft" in notes.grid.dialect["records"]
    assert "1 treatment note, deleted" in notes.grid.dialect["records"]
    assert notes.grid.dialect["questions not used"] == "'How was your week?' (1)"
    assert "Quite long" not in str([column.values for column in notes.grid.columns])


def test_attendees_of_a_group_are_its_visits(read):
    group = {
        "id": 9,
        "starts_at": "2026-03-06T18:00:00Z",
        "ends_at": "2026-03-06T18:45:00Z",
        "practitioner": link("practitioners", 4),
        "attendees": link("group_appointments/9", "attendees"),
    }
    people = [
        {"id": 1, "arrived": True, "booking": link("bookings", 9), "patient": link("patients", 1)},
        {"id": 2, "arrived": None, "booking": link("bookings", 9), "patient": link("patients", 2)},
        {"id": 3, "arrived": True, "booking": link("bookings", 8), "patient": link("patients", 3)},
    ]
    groups, attendees = read(page("group_appointments", [group]), page("attendees", people))
    assert groups.book["skipped_not_a_visit"] == 1
    assert attendees.rows["visit_id"].tolist() == ["9/1"]
    assert attendees.rows["minutes"].tolist() == [45]
    assert attendees.book["skipped_not_a_visit"] == 1
    assert attendees.book["quarantined"] == 1
    assert "no-date" in attendees.codes


def test_completed_forms_are_scores_between_visits(read):
    def form(number, completed_at, questions):
        return {
            "id": number,
            "completed_at": completed_at,
            "content": {"sections": [{"questions": questions}]},
            "patient": link("patients", 82),
        }

    pages = page(
        "patient_forms",
        [
            form(1, "2026-03-10T06:00:00Z", [text("Pain", "4")]),
            form(2, None, [text("Pain", "4")]),
            form(3, "2026-03-10T06:00:00Z", [text("Anything else?", "No")]),
        ],
    )
    (forms,) = read(pages)
    assert forms.scores["pain between"] == [4]
    assert forms.days == ["2026-03-09"]
    assert forms.rows["is_visit"].tolist() == [False]
    assert forms.book["skipped_not_a_visit"] == 2


def test_two_answers_to_one_thing_are_set_aside(read):
    questions = [text("Pain before", "7"), text("VAS pre", "3")]
    (notes,) = read(page("treatment_notes", [note(1, 82, "2026-03-07T17:00:00Z", questions)]))
    assert notes.cells["quarantined"] == 1
    assert notes.scores["pain before"] != [7]
    assert "pain before (1)" in notes.grid.dialect["questions answered twice in one note"]


def test_arrays_and_single_records_and_arrays_of_pages(read):
    one = appointment(1, 82, "2026-03-06T02:00:00Z")
    for content in (one, [one], [page("individual_appointments", [one])]):
        (visits,) = read(content)
        assert visits.book["accepted"] == 1


def test_without_a_time_zone_the_owner_is_asked(read):
    with pytest.raises(DecisionNeeded, match="--timezone"):
        read(APPOINTMENTS, timezone=None)
    with pytest.raises(ValueError, match="timezone"):
        read(APPOINTMENTS, timezone="Moon/Base")


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 100_000,
        '{"individual_appointments": [' + '{"a":' * 50_000,
        '{"individual_appointments": [{"id": NaN}]}',
        '{"individual_appointments": [{"id": 1, "id": 2}]}',
        '{"individual_appointments": [{"id": 1}',
        "{}",
        "[]",
        "7",
        "",
        '"text"',
        '{"individual_appointments": []}',
        "\ufeff",
    ],
)
def test_hostile_json_ends_with_a_message(tmp_path, hostile):
    path = tmp_path / "page.json"
    path.write_text(hostile, "utf-8")
    with pytest.raises(FileError):
        structured_grids([path], timezone="UTC")


def test_wrong_types_lose_no_record(tmp_path):
    items = [7, None, [], {"id": {}}, {"id": 10**25, "starts_at": []}]
    path = tmp_path / "page.json"
    path.write_text(json.dumps(page("individual_appointments", items)), "utf-8")
    (grid,), _, _ = structured_grids([path], timezone="UTC")
    assert len(grid) == 5
