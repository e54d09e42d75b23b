"""What holds for any files: importing is repeatable, orderless, reversible, and loses nothing."""

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records_for_tests import file_of, random_lines, said, saved

from hipoutcomes.store.store import Store

SETTINGS = settings(max_examples=12, deadline=None, derandomize=True)
CELLS = ("side", "clinic", "minutes", "first_visit", "pain", "later", "flexion")


@pytest.fixture(autouse=True)
def one_store_id(monkeypatch):
    """Two stores are called the same, so that their snapshots can be compared byte for byte."""
    monkeypatch.setattr("hipoutcomes.store.store.secrets.token_hex", lambda n: "0" * 2 * n)


def by_place(lines: list[dict]) -> list[dict]:
    """Lines in the order of the store, without blanks."""
    plain = [{k: v for k, v in line.items() if v is not None} for line in lines]
    return sorted(plain, key=lambda line: (line["client"], line["day"], line["start"]))


def opened(folder) -> Store:
    """A new store in a folder."""
    return Store(Path(folder) / "store", create=True)


@st.composite
def overlapping_files(draw):
    """Lines of a clinic, and files of runs of days that together hold all of them."""
    lines = random_lines(draw(st.integers(1, 60)), draw(st.integers(0, 10**6)), n_days=12)
    if not draw(st.booleans()):  # of clinics without visit numbers, and of those without times
        lines = [{**line, "visit_id": None} for line in lines]
    days = sorted({line["day"] for line in lines})
    cuts = sorted(draw(st.sets(st.sampled_from(days), max_size=2)) | {days[0]})
    reach = draw(st.integers(0, 4))
    ends = [*(cut - 1 + reach for cut in cuts[1:]), days[-1]]
    files = [
        [line for line in lines if start <= line["day"] <= end]
        for start, end in zip(cuts, ends, strict=True)
    ]
    return lines, [draw(st.permutations(file)) for file in files]


@SETTINGS
@given(overlapping_files())
def test_overlapping_files_in_any_order_give_one_store(drawn):
    lines, files = drawn
    given_files = [file_of(file, f"f{place}") for place, file in enumerate(files)]
    snapshots = set()
    for order in itertools.permutations(given_files):
        with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
            for file in order:
                store.add(file)
            snapshots.add(saved(store))
            assert said(store) == by_place(lines)
    assert len(snapshots) == 1


@SETTINGS
@given(st.integers(1, 60), st.integers(0, 10**6))
def test_importing_twice_changes_nothing(n, seed):
    lines = random_lines(n, seed)
    with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
        first = store.add(file_of(lines))
        assert (first.n_new, first.n_changed, first.n_unchanged) == (n, 0, 0)
        before = saved(store)
        assert store.add(file_of(lines)).already
        assert saved(store) == before
        again = store.add(file_of(lines[::-1], "the same rows in a new file"))
        assert (again.n_new, again.n_changed, again.n_unchanged) == (0, 0, n)
        assert by_place(said(store)) == by_place(lines)


@st.composite
def any_files(draw):
    """Files that may contradict each other: cells changed, blanked, rows left out."""
    lines = random_lines(draw(st.integers(1, 25)), draw(st.integers(0, 10**6)), n_days=8)
    files = []
    for _ in range(draw(st.integers(2, 4))):
        file = []
        for line in lines:
            what = draw(st.sampled_from(["same", "same", "blank", "other", "out"]))
            if what == "out":
                continue
            cell = draw(st.sampled_from(CELLS))
            other = {"side": "left", "clinic": "C3", "first_visit": True}.get(cell, 4.0)
            file.append({**line, **({"blank": {cell: None}, "other": {cell: other}}.get(what, {}))})
        files.append(file)
    return files, draw(st.lists(st.booleans(), min_size=4, max_size=4))


@SETTINGS
@given(any_files(), st.data())
def test_undo_restores_byte_for_byte_also_beneath_later_files(drawn, data):
    files, blanks = drawn
    given_files = [
        file_of(file, f"f{place}", blank_overwrites=blank)
        for place, (file, blank) in enumerate(zip(files, blanks, strict=False))
    ]
    out = data.draw(st.integers(0, len(files) - 1))
    with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
        states = [saved(store)]
        for file in given_files:
            store.add(file)
            states.append(saved(store))
        for place in range(len(files), 0, -1):  # one after another, the last first
            assert saved(store) == states[place]
            store.undo(place)
        assert saved(store) == states[0]
        for file in given_files:
            store.add(file)
        assert saved(store) == states[-1]
        store.undo(out + 1)  # one beneath others
        without = saved(store)
    with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
        for place, file in enumerate(given_files):
            if place != out:
                store.add(file)
        assert saved(store) == without


@SETTINGS
@given(any_files())
def test_files_that_differ_give_one_store_in_any_order_if_they_end_on_different_days(drawn):
    files, _ = drawn
    known = list(itertools.chain(*files))
    given_files = [
        file_of([*file, {**known[0], "client": "last", "visit_id": f"x{i}", "day": 20_100 + i}], "")
        for i, file in enumerate(files)
        if known
    ]
    snapshots = set()
    for order in itertools.islice(itertools.permutations(given_files), 8):
        with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
            for file in order:
                store.add(file)
            snapshots.add(saved(store))
    assert len(snapshots) == 1


@SETTINGS
@given(any_files())
def test_a_blank_never_takes_a_value_away(drawn):
    files, _ = drawn
    with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
        for place, file in enumerate(files):
            store.add(file_of(file, f"f{place}"))
        known = {line["visit_id"]: line for line in said(store)}
    for line in itertools.chain(*files):
        now = known[line["visit_id"]]
        assert not [cell for cell in CELLS if line[cell] is not None and cell not in now]


@SETTINGS
@given(any_files(), st.booleans())
def test_a_preview_counts_what_an_import_does_and_writes_nothing(drawn, blank_overwrites):
    files, _ = drawn
    with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
        for place, lines in enumerate(files):
            file = file_of(lines, f"f{place}", blank_overwrites=blank_overwrites)
            before = saved(store)
            told = store.preview(file)
            assert saved(store) == before
            assert len(store.imports()) == place
            done = store.add(file)
            assert told.import_id == 0
            assert (told.n_new, told.n_changed, told.n_unchanged, told.n_gone) == (
                done.n_new,
                done.n_changed,
                done.n_unchanged,
                done.n_gone,
            )
