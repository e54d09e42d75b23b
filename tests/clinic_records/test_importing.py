"""Files into a clinic's own records, again and again, and a report out of them."""

import re
from pathlib import Path

import pytest

import hipoutcomes as ho
from hipoutcomes.cli.main import main
from hipoutcomes.clinic_records.importing import import_files, list_imports, undo_import
from hipoutcomes.clinic_records.loading import load_store
from hipoutcomes.errors import DecisionNeeded, StoreError, TooManySetAside

DEMO = "data/demo_sessions.csv"
HEADINGS = "client,date,pain before,technique,therapist\n"
JANUARY = HEADINGS + "".join(f"C{i},2026-01-{i:02d},{i % 11},Swedish,Ada\n" for i in range(1, 21))
FEBRUARY = JANUARY + "".join(f"C{i},2026-02-{i:02d},{i % 7},Swedish,Ben\n" for i in range(1, 21))


def snapshot(folder: Path) -> bytes:
    return (folder / "store/snapshot/sessions.parquet").read_bytes()


@pytest.fixture
def exports(tmp_path):
    for name, text in (("january.csv", JANUARY), ("february.csv", FEBRUARY)):
        (tmp_path / name).write_text(text)
    return tmp_path / "january.csv", tmp_path / "february.csv"


def test_records_answer_as_the_file_does(tmp_path):
    import_files(DEMO, tmp_path)
    kept, read = load_store(tmp_path), ho.load(DEMO)
    assert len(kept.sessions) == len(read.sessions)
    assert len(kept.episodes) == len(read.episodes)
    assert kept.accounting.rows == read.accounting.rows
    for by in (None, "technique", "therapist"):
        one, other = (ho.improvement(clinic, "pain", by=by).table for clinic in (kept, read))
        assert one["group"].tolist() == other["group"].tolist()
        assert one["n_patients"].tolist() == other["n_patients"].tolist()
        assert one["estimate"].to_numpy(float) == pytest.approx(
            other["estimate"].to_numpy(float), nan_ok=True
        )


def test_overlapping_exports_in_any_order_give_the_same_records(tmp_path, exports):
    january, february = exports
    (first,) = import_files(january, tmp_path / "one")
    (second,) = import_files(february, tmp_path / "one")
    assert (first.outcome.n_new, first.outcome.n_unchanged) == (20, 0)
    assert (second.outcome.n_new, second.outcome.n_unchanged) == (20, 20)
    import_files([february, january], tmp_path / "two")
    one, other = load_store(tmp_path / "one"), load_store(tmp_path / "two")
    # Pseudonyms differ, since each folder has a key of its own; what is said does not.
    columns = ["day", "technique", "therapist"]
    in_order = [
        clinic.sessions.frame[columns].astype(str).sort_values(columns).to_numpy().tolist()
        for clinic in (one, other)
    ]
    assert in_order[0] == in_order[1]


def test_the_same_file_again_changes_nothing_and_undo_brings_back_every_byte(tmp_path, exports):
    january, february = exports
    import_files(january, tmp_path / "clinic")
    before = snapshot(tmp_path / "clinic")
    (again,) = import_files(january, tmp_path / "clinic")
    assert again.outcome.already
    assert snapshot(tmp_path / "clinic") == before
    import_files(february, tmp_path / "clinic")
    assert snapshot(tmp_path / "clinic") != before
    undone = undo_import(2, tmp_path / "clinic")
    assert (undone.n_removed, undone.n_restored) == (20, 0)
    assert snapshot(tmp_path / "clinic") == before
    assert list_imports(tmp_path / "clinic")["name"].tolist() == ["january.csv"]


def test_a_file_with_too_many_bad_rows_leaves_no_folder(tmp_path):
    (tmp_path / "bad.csv").write_text(JANUARY + ",2026-01-21,5,Swedish,Ada\n" * 3)
    with pytest.raises(TooManySetAside, match=r"bad\.csv has 3 of 23 rows"):
        import_files(tmp_path / "bad.csv", tmp_path / "clinic")
    assert not (tmp_path / "clinic").exists()
    (result,) = import_files(tmp_path / "bad.csv", tmp_path / "clinic", most_set_aside=0.5)
    assert result.n_set_aside == 3


def test_no_records_no_report(tmp_path):
    with pytest.raises(StoreError, match="There are no records"):
        load_store(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_the_commands(tmp_path, exports, capsys):
    january, february = map(str, exports)
    store = ["--store", str(tmp_path / "clinic")]
    (tmp_path / "spoilt.csv").write_text(JANUARY.replace("C3,2026-01-03,3", "C3,2026-01-03,99"))

    def ends_with(code: int, *arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        assert (ended.value.code or 0) == code
        said = capsys.readouterr()
        return said.out + said.err

    assert "20 new, 0 changed, 0 as before" in ends_with(0, "import", january, *store)
    assert "nothing changed" in ends_with(0, "import", january, *store)
    assert "Set aside: 1 cell; see them" in ends_with(
        3, "import", str(tmp_path / "spoilt.csv"), *store
    )
    assert "20 new, 0 changed, 20 as before" in ends_with(0, "import", february, *store)
    assert "spoilt.csv" in ends_with(0, "imports", *store)
    assert "Import 2 taken out" in ends_with(0, "undo", "2", *store)
    assert "no import 9" in ends_with(5, "undo", "9", *store)
    assert "Your report" in ends_with(0, "report", *store, "-o", str(tmp_path / "report"))
    few = ends_with(1, "report", *store, "--share", "-o", str(tmp_path / "shared"))
    assert "too few clients for a shared copy" in few
    assert not (tmp_path / "shared").exists()
    assert "--store" in ends_with(2, "report", january, *store)


def test_a_copy_for_sharing_remembers_in_the_private_folder_what_it_showed(tmp_path, capsys):
    import_files(DEMO, tmp_path / "clinic")
    to = tmp_path / "shared"
    main_ended = ["report", "--store", str(tmp_path / "clinic"), "--share", "-o", str(to)]
    with pytest.raises(SystemExit) as ended:
        main(main_ended)
    assert not ended.value.code
    said = capsys.readouterr().out
    assert "may leave the clinic" in said
    # What became of the rows is said here too; the copy itself lists no cells.
    assert re.search(r"^Read .+ rows = .+ used", said, re.MULTILINE)
    assert "Set aside for you: 3 rows and 8 cells, listed by the same command" in said
    assert "issues.csv" not in said
    assert (to / "report.html").stat().st_size > 0
    assert not (to / "private").exists()
    assert any((tmp_path / "clinic/private/shared").iterdir())


APPOINTMENTS = "appointment id,client,date,status,treatment,therapist\n" + "".join(
    f"{100 + i},C{i},2026-01-{i:02d},{'no show' if i == 9 else 'arrived'},Swedish,Ada\n"
    for i in range(1, 21)
)
SHEET = "client,date,pain before\n" + "".join(
    f"C{i},2026-01-{i:02d},{i % 11}\n" for i in range(1, 21)
)


def test_appointments_and_scores_meet_in_the_records_in_any_order(tmp_path):
    for name, text in (("appointments.csv", APPOINTMENTS), ("sheet.csv", SHEET)):
        (tmp_path / name).write_text(text)
    files = [tmp_path / "appointments.csv", tmp_path / "sheet.csv"]
    together = ho.load(files)
    for number, order in enumerate((files, files[::-1])):
        folder = tmp_path / str(number)
        for file in order:
            result = import_files(file, folder, most_set_aside=0.5)[-1]
        assert any(line.startswith("1 row: The client has no appointment") for line in result.told)
        clinic = load_store(folder)
        assert len(clinic.sessions) == len(together.sessions) == 19
        ours, theirs = (c.scores.of("pain") for c in (clinic, together))
        columns = ["day", "timing", "score"]
        assert sorted(zip(*(ours[c].astype(str) for c in columns), strict=True)) == sorted(
            zip(*(theirs[c].astype(str) for c in columns), strict=True)
        )
        assert set(clinic.treatments.frame["technique"]) == {"swedish"}
    undo_import(1, folder)
    assert len(load_store(folder).sessions) == 19
    assert not load_store(folder).measures


AMBIGUOUS = "client,date,score note,pain before\nA1,05/03/2026,x,7\nA2,06/04/2026,y,5\n"


def test_what_was_decided_once_is_not_asked_again(tmp_path):
    first, second = tmp_path / "march.csv", tmp_path / "april.csv"
    first.write_text(AMBIGUOUS)
    second.write_text(AMBIGUOUS.replace("/2026", "/2025").replace("score note", "remark"))
    with pytest.raises(DecisionNeeded, match="--date-order"):
        import_files(first, tmp_path / "clinic")
    import_files(first, tmp_path / "clinic", date_order="day-first", shape="sessions")
    (kept,) = (tmp_path / "clinic/private/mappings").iterdir()
    assert kept.name.startswith("scores-")
    assert kept.stat().st_mode & 0o077 == 0
    assert 'date_order = "day-first"' in kept.read_text()
    import_files(second, tmp_path / "clinic")
    days = load_store(tmp_path / "clinic").sessions.frame["day"].to_numpy()
    assert sorted(days.astype("datetime64[D]").astype(str)) == [
        "2025-03-05", "2025-04-06", "2026-03-05", "2026-04-06",
    ]  # fmt: skip


def test_changed_headings_stop_an_import_until_they_are_read_anew(tmp_path, exports):
    january, february = exports
    import_files(january, tmp_path / "clinic")
    february.write_text(FEBRUARY.replace("pain before", "pain after"))
    with pytest.raises(DecisionNeeded, match=r"Gone: 'pain before'\. New: 'pain after'"):
        import_files(february, tmp_path / "clinic")
    assert len(list_imports(tmp_path / "clinic")) == 1
    import_files(february, tmp_path / "clinic", new_mapping=True)
    assert len(list_imports(tmp_path / "clinic")) == 2
