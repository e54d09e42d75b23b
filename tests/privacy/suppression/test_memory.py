"""What earlier copies showed is kept, read back the same, and never half."""

import stat
import sys
from datetime import date
from pathlib import Path

import pytest

from hipoutcomes.errors import DecisionNeeded, FileError, OutputError
from hipoutcomes.privacy.suppression.gate import Copies, release
from hipoutcomes.privacy.suppression.memory import (
    has_copies,
    remember,
    remembered,
    take_back,
)
from hipoutcomes.privacy.suppression.population import ALL, Snapshot
from hipoutcomes.privacy.suppression.therapist_codes import TherapistCodes, therapist_codes

sys.path.insert(0, str(Path(__file__).parent))
from made_up import LARGE, PAIN, snapshot

RULES = {"measure": "Pain, 0-10", "later score": "around week 6"}
DAY = date(2026, 3, 31)


@pytest.fixture
def kept(tmp_path):
    now = snapshot(LARGE)
    released = release(now, Copies(), PAIN)
    folder = tmp_path / "private" / "shared"
    therapist_codes(folder).extended(["Ada", "Ben"]).keep(folder)
    return folder, released, remember(folder, RULES, now, released.new, DAY)


def test_a_copy_is_remembered_as_it_was(kept):
    folder, released, _ = kept
    copies = remembered(folder, RULES)
    assert copies.tables == released.new
    assert copies.snapshots[0].as_of == "March 2026"
    then = copies.snapshots[0].populations["technique"]
    assert then.counts.tolist() == snapshot(LARGE).populations["technique"].counts.tolist()


def test_only_the_owner_can_read_it(kept):
    folder, _, path = kept
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "NOT FOR SHARING" in (folder / "README.txt").read_text()


def test_copies_are_read_in_order_of_time(kept):
    folder, released, _ = kept
    for month in (4, 5):
        remember(folder, RULES, snapshot(LARGE, as_of=str(month)), released.new[:1], DAY)
    copies = remembered(folder, RULES)
    assert [s.as_of for s in copies.snapshots] == ["March 2026", "4", "5"]
    assert [t.snapshot for t in copies.tables[-2:]] == [1, 2]


def test_no_copy_yet_is_nothing(tmp_path):
    assert remembered(tmp_path / "nowhere", RULES).tables == ()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": 9}'])
def test_a_file_that_cannot_be_read_stops_the_copy(kept, text):
    folder, _, path = kept
    path.write_text(text)
    with pytest.raises(FileError, match="backup"):
        remembered(folder, RULES)


def test_other_rules_stop_the_copy(kept):
    folder, _, _ = kept
    with pytest.raises(DecisionNeeded, match="other rules \\(later score\\)"):
        remembered(folder, {**RULES, "later score": "around week 12"})


def test_two_programs_at_once_do_not_lose_a_copy(kept, monkeypatch):
    folder, released, _ = kept
    from hipoutcomes.privacy.suppression import memory

    monkeypatch.setattr(memory, "files_of_copies", lambda folder: [])
    with pytest.raises(OutputError, match="another program"):
        remember(folder, RULES, snapshot(LARGE), released.new, DAY)
    monkeypatch.undo()
    assert len(remembered(folder, RULES).snapshots) == 1


def test_therapists_keep_their_codes(tmp_path):
    first = therapist_codes(tmp_path).extended(["Ada", "Ben", "Cleo"])
    first.keep(tmp_path)
    second = therapist_codes(tmp_path).extended(["Dev", "Ben"])
    assert {name: second.codes[name] for name in first.codes} == first.codes
    assert second.codes["Dev"] == "T4"
    assert sorted(first.codes.values()) == ["T1", "T2", "T3"]


def test_the_order_of_codes_says_nothing_about_names():
    names = [f"name {place:02}" for place in range(20)]
    orders = {
        tuple(TherapistCodes(mark, {}).extended(names).codes[n] for n in names)
        for mark in map(str, range(10))
    }
    assert len(orders) == 10


def test_a_copy_that_is_missing_among_the_others_stops_the_next(kept):
    folder, released, first = kept
    remember(folder, RULES, snapshot(LARGE, as_of="4"), released.new[:1], DAY)
    first.unlink()
    with pytest.raises(FileError, match="lacks the file released-0001") as refused:
        remembered(folder, RULES)
    assert "backup" in str(refused.value)


@pytest.mark.parametrize("name", ["released-0001", "how-many-copies", "therapist-codes"])
def test_a_lost_file_stops_the_next_copy(kept, name):
    folder, _, _ = kept
    (lost,) = folder.glob(f"{name}*")
    lost.unlink()
    with pytest.raises(FileError, match=f"lacks the file {name}") as refused:
        remembered(folder, RULES)
    assert "backup" in str(refused.value)
    assert has_copies(folder)


def test_the_last_copy_lost_among_others_stops_the_next(kept):
    folder, released, _ = kept
    remember(folder, RULES, snapshot(LARGE, as_of="4"), released.new[:1], DAY).unlink()
    with pytest.raises(FileError, match="lacks the file released-0002"):
        remembered(folder, RULES)


def test_a_copy_taken_back_is_not_missed(kept):
    folder, released, _ = kept
    take_back(remember(folder, RULES, snapshot(LARGE, as_of="4"), released.new[:1], DAY))
    assert [s.as_of for s in remembered(folder, RULES).snapshots] == ["March 2026"]


def test_codes_that_do_not_name_a_therapist_of_an_earlier_copy_stop_the_next(kept):
    """With new codes, T2 would be somebody else: another's numbers would be subtracted."""
    folder, released, _ = kept
    by_therapist = snapshot(LARGE[:2], groups=["T1", "T3"]).populations["technique"]
    now = snapshot(LARGE)
    now = Snapshot("4", {ALL: now.populations[ALL], "therapist": by_therapist})
    remember(folder, RULES, now, released.new[:1], DAY)
    with pytest.raises(FileError, match="does not say who T3 of an earlier copy is"):
        remembered(folder, RULES)
