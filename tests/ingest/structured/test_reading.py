"""Exports of systems with a form of their own, read, imported and reported like any file."""

import json

import pytest

import hipoutcomes as ho
from hipoutcomes.errors import DecisionNeeded
from tests.command_line import run
from tests.ingest.structured.test_cliniko import APPOINTMENTS, appointment, note, page, text
from tests.ingest.structured.test_fhir import NRS, bundle, encounter, observation
from tests.ingest.structured.test_omop import FILES, OWN
from tests.ingest.structured.test_redcap import DICTIONARY, REPEATING_INSTRUMENT

ZONE = {"timezone": "America/Vancouver"}


def cliniko(folder):
    """Two pages: an evening visit of two clients, and the notes with their scores."""
    visits = [
        appointment(11, 901, "2026-03-06T02:00:00Z"),  # six in the evening of 5 March
        appointment(12, 902, "2026-03-06T18:00:00Z"),
    ]
    notes = [
        note(21, 901, "2026-03-06T03:00:00Z", [text("Pain before", "7"), text("Pain after", "4")]),
        note(22, 902, "2026-03-06T19:00:00Z", [text("Pain before", "5"), text("Pain after", "5")]),
    ]
    pages = {
        "visits": page("individual_appointments", visits),
        "notes": page("treatment_notes", notes),
    }
    return _written(folder, {f"{name}.json": json.dumps(p) for name, p in pages.items()})


def fhir(folder):
    """A bundle, and the same kind of resources as lines."""
    visit = encounter("e1", "p1", "2026-03-05T10:00:00-08:00", "2026-03-05T11:00:00-08:00")
    again = encounter("e2", "p1", "2026-03-12T10:00:00-08:00", "2026-03-12T11:00:00-08:00")
    scores = [
        observation("p1", "2026-03-05T10:05:00-08:00", NRS, visit="e1", valueInteger=7),
        observation("p1", "2026-03-05T10:55:00-08:00", NRS, visit="e1", valueInteger=4),
        observation("p1", "2026-03-12T10:05:00-08:00", NRS, visit="e2", valueInteger=5),
    ]
    lines = "\n".join(map(json.dumps, [again, scores[2]]))
    files = {"bundle.json": json.dumps(bundle(visit, *scores[:2])), "more.ndjson": lines}
    return _written(folder, files)


def omop(folder):
    tables = folder / "cdm"
    tables.mkdir()
    _written(tables, FILES)
    (folder / "codes.csv").write_text(OWN)
    return [tables]


def redcap(folder):
    return _written(folder, {"export.csv": REPEATING_INSTRUMENT, "dictionary.csv": DICTIONARY})


def _written(folder, files):
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
    return [folder / name for name in files]


SYSTEMS = {
    "cliniko": (cliniko, ZONE),
    "fhir": (fhir, ZONE),
    "omop": (omop, {"codes": "codes.csv"}),
    "redcap": (redcap, {}),
}


@pytest.fixture(params=SYSTEMS)
def export(request, tmp_path):
    """Files of one system, and what has to be said to read them."""
    make, options = SYSTEMS[request.param]
    paths = make(tmp_path)
    return paths, {k: tmp_path / v if k == "codes" else v for k, v in options.items()}


def said(clinic):
    """What a clinic's tables say, whatever numbers they give to patients and sessions."""
    sessions = clinic.sessions.frame
    scores = clinic.scores.frame[["day", "timing", "measure", "side", "score"]].astype(object)
    days = sessions.groupby("patient_id")["day"].agg(list)
    return sorted(days.tolist()), sorted(map(str, scores.to_numpy().tolist()))


def test_files_are_read_with_their_accounts(export):
    paths, options = export
    clinic = ho.load(paths, **options)
    assert len(clinic.sessions) >= 2
    assert "pain" in clinic.measures
    clinic.accounting.check()


def test_records_say_what_the_files_do(export, tmp_path):
    paths, options = export
    ho.import_files(paths, tmp_path / "clinic", most_set_aside=1, **options)
    assert said(ho.load_store(tmp_path / "clinic")) == said(ho.load(paths, **options))
    again = ho.import_files(paths, tmp_path / "clinic", most_set_aside=1, **options)
    assert all(result.outcome.already for result in again)


def test_an_evening_visit_stays_on_its_own_day(tmp_path):
    clinic = ho.load(cliniko(tmp_path), **ZONE)
    days = clinic.sessions.frame["day"].to_numpy().astype("datetime64[D]").astype(str)
    assert sorted(days) == ["2026-03-05", "2026-03-06"]
    before = clinic.scores.of("pain").query("timing == 'before'")
    assert sorted(before["score"]) == [5, 7]


def test_universal_time_asks_where_the_clinic_is(tmp_path):
    with pytest.raises(DecisionNeeded, match="--timezone"):
        ho.load(cliniko(tmp_path))


def test_the_command_line_reads_them_too(export, tmp_path, capsys):
    paths, options = export
    told = [part for name, value in options.items() for part in (f"--{name}", value)]
    code, said_ = run(capsys, "inspect", *paths, *told)
    assert code == 0, said_
    assert "Would be accepted and set aside" in said_


def test_a_time_zone_that_is_none_is_refused(tmp_path, capsys):
    code, said_ = run(capsys, "inspect", *cliniko(tmp_path), "--timezone", "Vancouver")
    assert code == 2
    assert "'Vancouver' is not a time zone" in said_


def test_a_page_of_appointments_needs_its_notes(tmp_path):
    path = tmp_path / "visits.json"
    path.write_text(json.dumps(APPOINTMENTS))
    assert not ho.load(path, **ZONE).measures
