"""Copies that do not know of each other are refused, and none that is out is forgotten."""

import re
from datetime import date

import pytest

import hipoutcomes as ho
from hipoutcomes.errors import DecisionNeeded, FileError, OutputError
from hipoutcomes.privacy.suppression.memory import remembered
from hipoutcomes.report import folder
from hipoutcomes.report.shared import write_shared
from hipoutcomes.report.shared.write_shared import write_shared_report

DAY = date(2026, 10, 14)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A clinic small enough that protecting it takes a second."""
    path = tmp_path_factory.mktemp("small") / "sessions.csv"
    ho.simulate_clinic(60, seed=1).write_csv(path)
    return ho.load(path)


@pytest.fixture(autouse=True)
def without_charts(monkeypatch):
    monkeypatch.setattr(write_shared, "chart_of", lambda *given: (None, ""))


def everything(copy):
    """All files of a copy."""
    return {path.name: path.read_bytes() for path in copy.rglob("*") if path.is_file()}


def test_copies_that_do_not_know_of_each_other_are_refused(small, tmp_path):
    write_shared_report(small, tmp_path / "july", today=DAY)
    with pytest.raises(DecisionNeeded, match=r"july-private, beside august") as refused:
        write_shared_report(small, tmp_path / "august", today=DAY)
    assert "Write to july again" in str(refused.value)
    assert not (tmp_path / "august").exists()
    with pytest.raises(DecisionNeeded, match="july-private"):
        write_shared_report(small, tmp_path / "august", memory=tmp_path / "m", today=DAY)
    assert write_shared_report(small, tmp_path / "other" / "august", today=DAY).is_file()
    assert write_shared_report(small, tmp_path / "july", today=DAY).is_file()


@pytest.mark.parametrize("name", ["released-0001", "how-many-copies"])
def test_a_file_lost_from_the_memory_stops_the_next_copy(small, tmp_path, name):
    write_shared_report(small, tmp_path / "copy", today=DAY)
    before = (tmp_path / "copy" / "report.html").read_bytes()
    (lost,) = (tmp_path / "copy-private").glob(f"{name}*")
    lost.unlink()
    with pytest.raises(FileError, match=f"lacks the file {name}"):
        write_shared_report(small, tmp_path / "copy", today=DAY)
    assert (tmp_path / "copy" / "report.html").read_bytes() == before
    assert not lost.exists()


def moved_away(copy):
    copy.rename(copy.parent.parent / "moved")
    return copy.parent.parent / "moved"


def memory_renamed(copy):
    (copy.parent / "copy-private").rename(copy.parent / "kept")
    return copy


def memory_of_an_older_backup(copy):
    """What remembers the newest copy is gone, and so is the note that there was one."""
    memory = copy.parent / "copy-private"
    (memory / "released-0001.json").unlink()
    (memory / "README.txt").unlink()
    (memory / "how-many-copies.json").write_text('{"copies": 0}')
    return copy


@pytest.mark.parametrize("happened", [moved_away, memory_renamed, memory_of_an_older_backup])
def test_a_copy_that_is_not_remembered_stops_the_next(small, tmp_path, happened):
    place = tmp_path / "here" / "copy"
    write_shared_report(small, place, today=DAY)
    place = happened(place)
    before = everything(place)
    with pytest.raises(DecisionNeeded, match=r"holds a shared copy of which .* knows nothing"):
        write_shared_report(small, place, today=DAY)
    assert everything(place) == before


def test_a_copy_beside_that_is_not_remembered_stops_the_next(small, tmp_path):
    """Made with a records folder, then without it under another name."""
    store = tmp_path / "clinic" / "private" / "shared"
    write_shared_report(small, tmp_path / "copies" / "copy", memory=store, today=DAY)
    with pytest.raises(DecisionNeeded, match=r"copy holds a shared copy of which .* knows nothing"):
        write_shared_report(small, tmp_path / "copies" / "august", today=DAY)
    again = write_shared_report(small, tmp_path / "copies" / "august", memory=store, today=DAY)
    assert again.is_file()


def test_records_kept_later_can_take_over_what_was_remembered(small, tmp_path):
    store = tmp_path / "clinic" / "private" / "shared"
    write_shared_report(small, tmp_path / "copy", today=DAY)
    with pytest.raises(DecisionNeeded, match="move what is in copy-private there"):
        write_shared_report(small, tmp_path / "copy", memory=store, today=DAY)
    store.parent.mkdir(parents=True)
    (tmp_path / "copy-private").rename(store)
    assert write_shared_report(small, tmp_path / "copy", memory=store, today=DAY).is_file()


def test_a_copy_repeated_is_known_by_the_mark_of_the_first(small, tmp_path):
    pages = [write_shared_report(small, tmp_path / "copy", today=DAY).read_text() for _ in range(3)]
    marks = {re.search('name="hipoutcomes-copy" content="([0-9a-f]{16})"', p)[1] for p in pages}
    assert len(marks) == 1


@pytest.mark.parametrize("number", ["first", "second"])
def test_a_copy_in_place_is_remembered_though_the_program_was_stopped(
    tmp_path, monkeypatch, number
):
    """Stopped by hand after the page was moved: the copy is out, and must not be forgotten."""
    days = ["2026-02-28", "2026-09-30"]
    sessions = ho.simulate_clinic(300, seed=1).sessions
    column = next(name for name in sessions if "date" in name.lower())
    copies = {"first": days[:1], "second": days}[number]
    for day in copies:
        sessions[sessions[column] <= day].to_csv(tmp_path / "a.csv", index=False)
        clinic = ho.load(tmp_path / "a.csv")
        if day == copies[-1]:
            monkeypatch.setattr(folder, "_drop_empty", stopped)
            with pytest.raises(KeyboardInterrupt):
                write_shared_report(clinic, tmp_path / "copy", today=DAY)
        else:
            write_shared_report(clinic, tmp_path / "copy", today=DAY)
    monkeypatch.undo()
    memory = remembered(tmp_path / "copy-private")
    page = (tmp_path / "copy" / "report.html").read_text()
    assert len(memory.marks) == len(copies)
    assert f'content="{memory.marks[-1]}"' in page


def stopped(*given):
    raise KeyboardInterrupt


def test_two_programs_at_once_make_one_copy(small, tmp_path):
    """The second makes its whole copy while the first is at work."""

    def another(done, total, what):
        if done == 2:
            write_shared_report(small, tmp_path / "copy", today=DAY)

    with pytest.raises(OutputError, match="another program made one too"):
        write_shared_report(small, tmp_path / "copy", today=DAY, progress=another)
    memory = remembered(tmp_path / "copy-private")
    assert len(memory.marks) == 1
    assert memory.marks[0] in (tmp_path / "copy" / "report.html").read_text()


def test_two_programs_beside_each_other_make_one_copy(small, tmp_path):
    """Neither knew of the other's copy when it began."""

    def another(done, total, what):
        if done == 2:
            write_shared_report(small, tmp_path / "july", today=DAY)

    with pytest.raises(DecisionNeeded, match="july-private, beside august"):
        write_shared_report(small, tmp_path / "august", today=DAY, progress=another)
    assert not (tmp_path / "august").exists()
    assert remembered(tmp_path / "august-private").marks == ()
