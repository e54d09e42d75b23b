"""Pages of Cliniko's API: appointments, attendees, treatment notes, patient forms.

Source: https://github.com/redguava/cliniko-api, sections individual_appointments, attendees,
treatment_notes and patient_forms.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.ingest.structured.cliniko_answers import Answers
from hipoutcomes.ingest.structured.clock import Clock, minutes_between
from hipoutcomes.ingest.structured.json_text import at, words
from hipoutcomes.ingest.structured.source_records import (
    NEITHER,
    SCORE,
    VISIT,
    SourceFile,
    SourceRecord,
    grid_of,
    known_together,
    no_record,
)

SYSTEM = "Cliniko"

#: What a page of the API may list, by its key; those without a reader are counted.
LISTS = (
    *("individual_appointments", "group_appointments", "attendees", "treatment_notes"),
    *("patient_forms", "patients", "practitioners", "appointment_types", "businesses"),
)

Page = tuple[SourceFile, object]


def is_cliniko(value: object) -> bool:
    """Whether a JSON value is a page of Cliniko's API, or an array of its records."""
    return any(kind for kind, _ in _lists(value))


def cliniko_grids(pages: Sequence[Page], clock: Clock) -> list[tuple[Grid, Mapping]]:
    """A grid for each list of each page.

    Parameters
    ----------
    pages : sequence of (SourceFile, JSON value)
    clock : Clock

    Raises
    ------
    DecisionNeeded
        When the clinic's time zone was not told: the API gives every moment in UTC.
    FileError
        When the pages hold no record.
    """
    if clock.zone is None:
        raise _ask_zone(pages[0][0].name)
    lists = [(source, kind, found) for source, page in pages for kind, found in _lists(page)]
    bookings = _bookings(lists)
    sources = [source for source, _ in pages]
    made = []
    for source, kind, found in lists:
        reader = _READERS.get(kind)
        answers = Answers()
        records = []
        for number, item in enumerate(found, 1):
            record = SourceRecord(number, f"{_one(kind)} that is no object")
            if isinstance(item, dict):
                record.kind = f"{_one(kind)}, not used"
                if reader is not None:
                    reader(record, item, _Reading(source.name, clock, bookings, answers))
            records.append(record)
        if records:
            here = replace(known_together(source, sources), sheet=kind)
            made.append(grid_of(here, records, notes=answers.notes()))
    if not made:
        raise no_record(pages[0][0])
    return made


class _Reading:
    """What the readers of single records share."""

    def __init__(self, file: str, clock: Clock, bookings: dict[str, dict], answers: Answers):
        self.file, self.clock, self.bookings, self.answers = file, clock, bookings, answers

    def moment(self, raw: object) -> dict[str, str]:
        """Day and time at the clinic."""
        day, time = self.clock.local(raw, self.file)
        return {"date": day or None, "time": time or None}


def _appointment(record: SourceRecord, item: dict, reading: _Reading) -> None:
    """An individual appointment."""
    record.kind, record.role = _attendance(
        "appointment", item, item.get("patient_arrived"), item.get("did_not_arrive")
    )
    patient = _linked(item, "patient") or _linked(at(item, "attendees", 0), "patient")
    record.values = {"patient": patient or None, **_of_booking(item, reading)}


def _group(record: SourceRecord, item: dict, reading: _Reading) -> None:
    """A group appointment has no patient of its own: its attendees are the visits."""
    record.kind = "group appointment: each attendee is a visit"
    record.values = _of_booking(item, reading)


def _attendee(record: SourceRecord, item: dict, reading: _Reading) -> None:
    """One patient at a group appointment, or at an individual one."""
    booking = reading.bookings.get(_linked(item, "booking"))
    record.kind, record.role = _attendance("attendee", item, item.get("arrived"), None)
    record.values = {"patient": _linked(item, "patient") or None}
    if booking is None:
        return
    if "patient_arrived" in booking:
        record.kind, record.role = "attendee of an appointment that is itself here", NEITHER
        return
    if record.role == VISIT and (gone := _gone(booking)):
        record.kind, record.role = f"attendee, group appointment {gone}", NEITHER
    own = f"{words(booking.get('id'))}/{words(item.get('id'))}"
    record.values |= {**_of_booking(booking, reading), "visit_id": own}


def _note(record: SourceRecord, item: dict, reading: _Reading) -> None:
    """A treatment note; it belongs to the day of its appointment, else to the day it was begun."""
    booking = reading.bookings.get(_linked(item, "booking"))
    if gone := _gone(item):
        record.kind = f"treatment note, {gone}"
    elif item.get("draft") is not False:
        record.kind = "treatment note, draft"
    else:
        record.kind, record.role = "treatment note", VISIT
    when = item.get("created_at") if booking is None else booking.get("starts_at")
    record.values = {
        "patient": _linked(item, "patient") or None,
        **reading.moment(when),
        "therapist": _linked(item, "practitioner") or None,
        **(reading.answers.of(item.get("content")) if record.role == VISIT else {}),
    }
    if booking is None:
        record.values["time"] = None


def _form(record: SourceRecord, item: dict, reading: _Reading) -> None:
    """A patient form: scores that a patient gave at a time of their own."""
    if gone := _gone(item):
        record.kind = f"patient form, {gone}"
    elif not words(item.get("completed_at")):
        record.kind = "patient form, not completed"
    else:
        record.kind, record.role = "patient form", SCORE
    record.values = {
        "patient": _linked(item, "patient") or None,
        **reading.moment(item.get("completed_at")),
        **(reading.answers.of(item.get("content")) if record.role == SCORE else {}),
    }
    if record.role == SCORE and not any(" " in name for name in record.values):
        record.kind, record.role = "patient form without a score", NEITHER


_READERS: dict[str, Callable[[SourceRecord, dict, _Reading], None]] = {
    "individual_appointments": _appointment,
    "group_appointments": _group,
    "attendees": _attendee,
    "treatment_notes": _note,
    "patient_forms": _form,
}


def _attendance(what: str, item: dict, arrived: object, missed: object) -> tuple[str, str]:
    """Kind and role of an appointment: a visit only where the patient arrived."""
    if gone := _gone(item):
        return f"{what}, {gone}", NEITHER
    if missed is True:
        return f"{what}, did not arrive", NEITHER
    if arrived is True:
        return f"{what}, arrived", VISIT
    return f"{what}, not marked as arrived", NEITHER


def _gone(item: dict) -> str:
    """Whether a record was deleted, cancelled or archived; empty where it stands."""
    for key in ("deleted_at", "cancelled_at", "archived_at"):
        if item.get(key) not in (None, "", False):
            return key.removesuffix("_at")
    return ""


def _of_booking(item: dict, reading: _Reading) -> dict[str, object]:
    """What an appointment says, apart from its patient."""
    return {
        **reading.moment(item.get("starts_at")),
        "visit_id": words(item.get("id")) or None,
        "minutes": minutes_between(item.get("starts_at"), item.get("ends_at")),
        "therapist": _linked(item, "practitioner") or None,
        "clinic": _linked(item, "business") or None,
    }


def _linked(item: object, name: str) -> str:
    """The number at the end of a link: patients/82 gives 82."""
    link = words(at(item, name, "links", "self"))
    return link.split("?")[0].rstrip("/").rpartition("/")[2]


def _bookings(lists: Sequence[tuple[SourceFile, str, list]]) -> dict[str, dict]:
    """Every appointment of all pages by its number."""
    return {
        words(item.get("id")): item
        for _, kind, found in lists
        if kind in ("individual_appointments", "group_appointments")
        for item in found
        if isinstance(item, dict) and words(item.get("id"))
    }


def _lists(value: object) -> list[tuple[str, list]]:
    """Every list of records that a JSON value holds, with its kind."""
    if isinstance(value, dict):
        if named := _pages(value):
            return named
        return [(kind, [value])] if (kind := _kind_of(value)) else []
    if not isinstance(value, list):
        return []
    pages = [page for item in value for page in _pages(item)]
    if pages:
        return pages
    kind = next((kind for item in value if (kind := _kind_of(item))), "")
    return [(kind, value)] if kind else []


def _pages(item: object) -> list[tuple[str, list]]:
    """The lists of one page among several pages saved as an array."""
    if not isinstance(item, dict):
        return []
    return [(kind, item[kind]) for kind in LISTS if isinstance(item.get(kind), list)]


def _kind_of(item: object) -> str:
    """Kind of a single record, by the keys that only this kind has."""
    if not isinstance(item, dict) or "resourceType" in item:
        return ""
    link = words(at(item, "links", "self")).split("?")[0].split("/")
    if len(link) > 1 and link[-2] in LISTS:
        return link[-2]
    if "starts_at" in item and "patient_arrived" in item:
        return "individual_appointments"
    if "content" in item and ("treatment_note_template" in item or "draft" in item):
        return "treatment_notes"
    if "content" in item and "completed_at" in item and "patient" in item:
        return "patient_forms"
    return ""


def _one(kind: str) -> str:
    """A kind of list in the singular."""
    return kind.replace("_", " ").removesuffix("s").replace("businesse", "business")


def _ask_zone(file: str) -> DecisionNeeded:
    return DecisionNeeded(
        f"{file} comes from Cliniko, which gives every time in UTC: a visit at 6 pm in Vancouver "
        "is dated on the next day.",
        "The day of a visit is the day at the clinic.",
        "Say where the clinic is with --timezone, such as --timezone America/Vancouver.",
    )
