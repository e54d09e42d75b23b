"""One client has one code, however the number was typed, and a code says nothing."""

import base64
import hashlib
import hmac

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipoutcomes.errors import StoreError
from hipoutcomes.privacy.codes import client_code, short_code, visit_code
from hipoutcomes.privacy.key import Key
from hipoutcomes.privacy.links import Links
from hipoutcomes.privacy.normalised import normalised
from hipoutcomes.privacy.pseudonyms import pseudonymise

KEY = Key("test", bytes(range(32)))


def test_the_code_is_the_keyed_hash_that_the_documents_promise():
    mark = hmac.new(KEY.secret, b"hipoutcomes/v1|clinic|C0042", hashlib.sha256).digest()
    assert client_code(KEY, " c0042") == base64.b32encode(mark).decode()[:26].lower()


@pytest.mark.parametrize(
    "ways",
    [
        ("457", "457.0", " 457 ", "457.00", "00457", "４５７", "\u200b457"),
        ("C0042", "c0042", "C0042\u00a0", "Ｃ0042"),
        ("Ann  Lee", "ann lee", "ANN\tLEE"),
        ("20111-1350", "20111–1350", "20111‐1350"),
        ("Straße 5", "STRASSE 5"),
        ("é1", "e\u03011", "É1"),
    ],
)
def test_one_number_typed_in_several_ways_has_one_code(ways):
    assert len({client_code(KEY, way) for way in ways}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("457", "4570"), ("C0042", "C42"), ("457", "457.1"), ("A 1", "A1"), ("0", "1"), ("1-2", "12")],
)
def test_two_numbers_have_two_codes(one, other):
    assert client_code(KEY, one) != client_code(KEY, other)


def test_zeros_in_front_can_be_kept():
    kept = Key("test", KEY.secret, zeros="kept")
    assert client_code(kept, "00457") != client_code(kept, "457")
    assert client_code(kept, "00457.0") == client_code(kept, "00457")


def test_each_key_and_each_purpose_has_codes_of_its_own():
    other = Key("other", bytes(32))
    codes = {
        client_code(KEY, "457"),
        client_code(other, "457"),
        visit_code(KEY, "457"),
        short_code(KEY, "therapist", "457"),
        short_code(KEY, "clinic", "457").replace("clinic", "therapist"),
    }
    assert len({code[:6] for code in codes} | {code[-6:] for code in codes}) > len(codes)
    assert len(codes) == 5


@given(st.text(max_size=40))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_bringing_to_one_form_twice_changes_nothing(text):
    for zeros in ("ignored", "kept"):
        once = normalised(text, zeros=zeros)
        assert normalised(once, zeros=zeros) == once


def test_records_lose_their_names_and_keep_everything_else(records, links, key):
    coded = pseudonymise(records, key, links)
    assert records.patients.tolist() == ["00457", "457", "c9"]
    assert coded.patients.tolist() == [client_code(key, "457"), client_code(key, "C9")]
    assert coded.rows["patient_id"].tolist() == [1, 1, 2, 2]
    assert coded.rows["day"].tolist() == records.rows["day"].tolist()
    therapist, rater = coded.rows["therapist"], coded.rows["rater"]
    assert therapist[0] == therapist[1] == rater[2]
    assert therapist[2] == therapist[3] == rater[0]
    assert rater.isna().tolist() == records.rows["rater"].isna().tolist()
    assert coded.rows["visit_id"].tolist() == [visit_code(key, f"V{i}") for i in range(1, 5)]
    for name in ("therapist", "rater", "visit_id"):
        assert not {*coded.rows[name].cat.categories} & {*records.rows[name].cat.categories}
    for field, scores in records.scores.items():
        assert np.array_equal(coded.scores[field], scores, equal_nan=True)
    assert records.rows["therapist"].tolist()[0] == "Cleo Quist"


def test_codes_lead_back_inside_the_clinic(records, links, key, private):
    coded = pseudonymise(records, key, links)
    links.save(private)
    again = Links.load(private)
    assert [again.own_id(code) for code in coded.patients] == ["00457", "c9"]
    assert again.own_id(coded.rows["therapist"][0]) == "Cleo Quist"
    assert again.own_id("nobody") == "nobody"
    assert "Quist" not in repr(again)


def test_codes_do_not_depend_on_what_came_before(records, key):
    first, second = Links(), Links()
    second.short(key, "therapists", "therapist", "Somebody Else")
    one, other = pseudonymise(records, key, first), pseudonymise(records, key, second)
    assert one.rows["therapist"].tolist() == other.rows["therapist"].tolist()
    assert pseudonymise(records, key, first).rows.equals(one.rows)


def test_two_words_with_one_short_code_are_told_apart(key):
    code = short_code(key, "therapist", "Cleo")
    links = Links({"therapists": {code: "Somebody Else"}})
    longer = links.short(key, "therapists", "therapist", "Cleo")
    assert longer.startswith(code) and len(longer) > len(code)
    assert links.short(key, "therapists", "therapist", " CLEO ") == longer
    assert links.own_id(code) == "Somebody Else"


def test_links_survive_odd_names(private):
    odd = {"a": "=1+1", "b": 'say "hi", ok', "c": "line\nbreak", "d": "'quoted", "e": "00457"}
    Links({"clients": odd}).save(private)
    assert Links.load(private).own_ids("clients") == odd
    assert b"\r\na,'=1+1\r\n" in (private / "clients.csv").read_bytes()


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\x00", b"code,client\r\na,b,c\r\n", b"a;b\r\n"])
def test_a_damaged_table_is_refused_and_left(private, damage):
    (private / "clients.csv").write_bytes(damage)
    with pytest.raises(StoreError, match="damaged"):
        Links.load(private)
    assert (private / "clients.csv").read_bytes() == damage


def test_three_hundred_thousand_visits_are_coded_in_seconds(key):
    import time

    start = time.perf_counter()
    codes = {visit_code(key, str(number)) for number in range(50_000)}
    assert len(codes) == 50_000
    assert time.perf_counter() - start < 5


def test_two_imports_at_once_lose_no_link(private):
    first, second = Links.load(private), Links.load(private)
    first.add("clients", "a", "Ann")
    second.add("clients", "b", "Ben")
    first.save(private)
    second.save(private)
    assert Links.load(private).own_ids("clients") == {"a": "Ann", "b": "Ben"}
    first.remove("clients", "a")
    first.save(private)
    assert Links.load(private).own_ids("clients") == {"b": "Ben"}


def test_saving_what_did_not_change_writes_nothing(private):
    Links({"clients": {"a": "Ann"}}).save(private)
    before = (private / "clients.csv").stat().st_mtime_ns
    Links.load(private).save(private)
    assert (private / "clients.csv").stat().st_mtime_ns == before
    assert not (private / "words.csv").exists()
