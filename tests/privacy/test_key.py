"""The key is made once, kept, and never made anew in silence."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from hipoutcomes.errors import StoreError
from hipoutcomes.privacy.key import (
    Key,
    key_from_recovery,
    load_or_make_key,
    recovery_text,
    restore_key,
)


def test_a_key_is_made_once_and_then_read(private):
    key = load_or_make_key(private)
    assert load_or_make_key(private) == key
    assert len(key.secret) == 32 and len(set(key.secret)) > 8


def test_two_clinics_have_two_keys(tmp_path):
    first, second = (load_or_make_key(tmp_path / name) for name in ("a", "b"))
    assert first.id != second.id and first.secret != second.secret


@pytest.mark.parametrize("beside", ["private/clients.csv", "store/hipoutcomes.db"])
def test_a_lost_key_is_never_made_anew(private, beside):
    load_or_make_key(private)
    path = private.parent / beside
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    (private / "key.json").unlink()
    with pytest.raises(StoreError, match="split them in two"):
        load_or_make_key(private)
    assert not (private / "key.json").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[:-20],
        lambda text: text.replace('"secret": "', '"secret": "00'),
        lambda text: json.dumps({**json.loads(text), "id": "other"}),
        lambda text: json.dumps({**json.loads(text), "zeros": "kept"}),
        lambda text: "[]",
    ],
)
def test_a_damaged_key_is_refused_and_left_as_it_is(private, damage):
    secret = load_or_make_key(private).secret.hex()
    path = private / "key.json"
    path.write_text(damage(path.read_text()))
    left = path.read_text()
    with pytest.raises(StoreError) as told:
        load_or_make_key(private)
    assert path.read_text() == left
    assert secret not in str(told.value)


@pytest.mark.parametrize("zeros", ["ignored", "kept"])
def test_a_printed_copy_brings_the_key_back(private, zeros):
    key = load_or_make_key(private, zeros=zeros)
    copy = recovery_text(key)
    with pytest.raises(StoreError, match="already"):
        restore_key(private, copy)
    (private / "key.json").unlink()
    assert restore_key(private, copy.upper().replace("  ", "   ")) == key
    assert load_or_make_key(private) == key


def test_one_wrong_letter_is_noticed():
    copy = recovery_text(Key("x", b""))  # no key at all
    with pytest.raises(StoreError, match="do not agree"):
        key_from_recovery(copy)


def test_every_single_mistyped_letter_is_noticed(private):
    copy = recovery_text(load_or_make_key(private))
    start = copy.index("letters") + len("letters")
    places = [at for at in range(start, start + 60) if copy[at].isalnum()]
    assert len(places) > 20
    for at in places:
        wrong = "a" if copy[at] != "a" else "b"
        with pytest.raises(StoreError):
            key_from_recovery(copy[:at] + wrong + copy[at + 1 :])


def test_a_key_does_not_show_its_secret(private):
    key = load_or_make_key(private)
    assert key.secret.hex() not in repr(key) and str(key.secret) not in repr(key)
    assert repr(key) == f"Key(id={key.id!r})"


def test_programs_that_begin_at_once_agree_on_one_key(private):
    with ThreadPoolExecutor(8) as together:
        keys = list(together.map(lambda _: load_or_make_key(private), range(24)))
    assert len({key.id for key in keys}) == 1
    assert sorted(p.name for p in private.iterdir()) == [".gitignore", "README.txt", "key.json"]


def test_a_disk_without_links_takes_a_key_too(private, monkeypatch):
    def refused(*args):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refused)
    key = load_or_make_key(private)
    assert load_or_make_key(private) == key
    with pytest.raises(StoreError, match="already"):
        restore_key(private, recovery_text(key))
