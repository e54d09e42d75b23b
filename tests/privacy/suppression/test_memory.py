"""What earlier copies showed is kept, read back the same, and never half."""

import stat
import sys
from pathlib import Path

import pytest

from hipoutcomes.errors import DecisionNeeded, FileError, OutputError
from hipoutcomes.privacy.suppression.gate import Copies, release
from hipoutcomes.privacy.suppression.kept_files import has_traces
from hipoutcomes.privacy.suppression.memory import remember, remembered, take_back
from hipoutcomes.privacy.suppression.therapist_codes import TherapistCodes

sys.path.insert(0, str(Path(__file__).parent))
from made_up import LARGE, PAIN, snapshot

RULES = {"measure": "Pain, 0-10", "later score": "around week 6"}


def kept_again(folder, as_of, tables, names=("Ada", "Ben")):
    """One more copy remembered."""
    memory = remembered(folder)
    codes = memory.therapists.extended(names)
    return remember(memory, f"mark {as_of}", RULES, snapshot(LARGE, as_of=as_of), tables, codes)


@pytest.fixture
def kept(tmp_path):
    folder = tmp_path / "private" / "shared"
    released = release(snapshot(LARGE), Copies(), PAIN)
    return folder, released, kept_again(folder, "March 2026", released.new)


def test_a_copy_is_remembered_as_it_was(kept):
    folder, released, _ = kept
    memory = remembered(folder)
    assert memory.copies.tables == released.new
    assert memory.copies.snapshots[0].as_of == "March 2026"
    then = memory.copies.snapshots[0].populations["technique"]
    assert then.counts.tolist() == snapshot(LARGE).populations["technique"].counts.tolist()
    assert memory.marks == ("mark March 2026",)
    assert memory.rules == RULES


def test_only_the_owner_can_read_it(kept):
    folder, _, path = kept
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "NOT FOR SHARING" in (folder / "README.txt").read_text()


def test_copies_are_read_in_order_of_time(kept):
    folder, released, _ = kept
    for month in (4, 5):
        kept_again(folder, str(month), released.new[:1])
    copies = remembered(folder).copies
    assert [s.as_of for s in copies.snapshots] == ["March 2026", "4", "5"]
    assert [t.snapshot for t in copies.tables[-2:]] == [1, 2]


def test_no_copy_yet_is_nothing(tmp_path):
    memory = remembered(tmp_path / "nowhere")
    assert (memory.copies.tables, memory.marks) == ((), ())
    memory.refuse_other_rules(RULES)
    assert not has_traces(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2}', '{"format": 9}'])
def test_a_file_that_cannot_be_read_stops_the_copy(kept, text):
    folder, _, path = kept
    path.write_text(text)
    with pytest.raises(FileError, match="backup"):
        remembered(folder)


def test_a_note_that_cannot_be_read_stops_the_copy(kept):
    folder, _, _ = kept
    (folder / "how-many-copies.json").write_text('{"copies": "many"}')
    with pytest.raises(FileError, match=r"how-many-copies\.json cannot be read"):
        remembered(folder)


def test_other_rules_stop_the_copy(kept):
    memory = remembered(kept[0])
    memory.refuse_other_rules(RULES)
    with pytest.raises(DecisionNeeded, match="other rules \\(later score\\)"):
        memory.refuse_other_rules({**RULES, "later score": "around week 12"})


def test_two_programs_at_once_do_not_lose_a_copy(kept):
    """Both read one copy; the slower one did not know of the other's when it was made."""
    folder, released, _ = kept
    slower = remembered(folder)
    kept_again(folder, "4", released.new[:1])
    with pytest.raises(OutputError, match="another program"):
        remember(slower, "x", RULES, snapshot(LARGE), released.new, slower.therapists)
    assert [s.as_of for s in remembered(folder).copies.snapshots] == ["March 2026", "4"]


def test_therapists_keep_their_codes(kept):
    folder, released, _ = kept
    first = remembered(folder).therapists
    kept_again(folder, "4", released.new[:1], names=["Dev", "Ben"])
    second = remembered(folder).therapists
    assert sorted(first.codes) == ["Ada", "Ben"]
    assert {name: second.codes[name] for name in first.codes} == first.codes
    assert second.codes["Dev"] == "T3"
    assert second.mark == first.mark


def test_the_order_of_codes_says_nothing_about_names():
    names = [f"name {place:02}" for place in range(20)]
    orders = {
        tuple(TherapistCodes(mark, {}).extended(names).codes[n] for n in names)
        for mark in map(str, range(10))
    }
    assert len(orders) == 10


def test_a_copy_that_is_missing_among_the_others_stops_the_next(kept):
    folder, released, first = kept
    kept_again(folder, "4", released.new[:1])
    first.unlink()
    with pytest.raises(FileError, match="lacks the file released-0001") as refused:
        remembered(folder)
    assert "backup" in str(refused.value)


@pytest.mark.parametrize(
    "lost", [["released-0001.json"], ["how-many-copies.json"],
             ["how-many-copies.json", "released-0001.json"], ["released-0001.json", "README.txt"]],
)  # fmt: skip
def test_lost_files_stop_the_next_copy(kept, lost):
    folder, _, _ = kept
    for name in lost:
        (folder / name).unlink()
    with pytest.raises(FileError, match=f"lacks the file ({'|'.join(lost)})") as refused:
        remembered(folder)
    assert "backup" in str(refused.value)
    assert has_traces(folder)


def test_the_last_copy_lost_among_others_stops_the_next(kept):
    folder, released, _ = kept
    kept_again(folder, "4", released.new[:1]).unlink()
    with pytest.raises(FileError, match="lacks the file released-0002"):
        remembered(folder)


def test_copies_in_each_others_place_stop_the_next(kept):
    folder, released, first = kept
    second = kept_again(folder, "4", released.new[:1])
    first_text, second_text = first.read_text(), second.read_text()
    second.write_text(first_text)
    with pytest.raises(FileError, match=r"released-0002\.json holds what copy 1 showed"):
        remembered(folder)
    first.write_text(second_text)
    with pytest.raises(FileError, match="holds what copy"):
        remembered(folder)


def test_a_copy_taken_back_is_not_missed(kept):
    folder, released, _ = kept
    take_back(kept_again(folder, "4", released.new[:1]))
    assert [s.as_of for s in remembered(folder).copies.snapshots] == ["March 2026"]
