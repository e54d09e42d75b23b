"""The words of clinics find their code, or a suggestion, and never another's."""

import csv
from pathlib import Path

import pytest

import hipoutcomes.vocabulary.codelists as codelists
from hipoutcomes.vocabulary.codelists import (
    CONDITIONS,
    MOTIONS,
    MUSCLES,
    TECHNIQUES,
    Codelist,
    Term,
    fold,
)

LISTS = {"techniques": TECHNIQUES, "conditions": CONDITIONS, "muscles": MUSCLES, "motions": MOTIONS}

CODES = {
    "techniques": "swedish deep_tissue trigger_point myofascial_release stretching cupping "
    "instrument_assisted joint_mobilisation hot_stone lymphatic_drainage other",
    "conditions": "bursitis tendinopathy osteoarthritis piriformis impingement nonspecific",
    "muscles": "gluteus_maximus gluteus_medius gluteus_minimus hip_flexors adductors abductors "
    "piriformis lower_back",
    "motions": "flexion extension abduction adduction internal_rotation external_rotation",
}


@pytest.mark.parametrize("name", LISTS)
def test_the_codes_are_the_agreed_ones(name):
    assert LISTS[name].codes == tuple(CODES[name].split())


@pytest.mark.parametrize("name", LISTS)
def test_every_name_in_the_file_finds_its_own_code_and_no_other(name):
    path = Path(codelists.__file__).with_name(f"{name}.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    owners = {}
    for row in rows:
        for text in (row["code"], row["label"], *row["aliases"].split("|")):
            assert LISTS[name].find(text) == row["code"], text
            assert owners.setdefault(fold(text), row["code"]) == row["code"]
        for text in filter(None, row["questioned"].split("|")):
            assert LISTS[name].find(text) is None, text
            assert LISTS[name].suggest(text) == row["code"], text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MFR", "myofascial_release"),
        ("m.f.r.", "myofascial_release"),
        ("TrPt", "trigger_point"),
        ("TPT", "trigger_point"),
        ("Trigger Points", "trigger_point"),
        ("DTM", "deep_tissue"),
        ("DT", "deep_tissue"),
        ("deep-tissue  MASSAGE", "deep_tissue"),
        ("remedial", "deep_tissue"),
        ("PNF", "stretching"),
        ("IASTM", "instrument_assisted"),
        ("MLD", "lymphatic_drainage"),
        ("relaxation", "swedish"),
        ("Swedish / relaxation", "swedish"),
        ("Joint mobilization", "joint_mobilisation"),
        ("Joint mobilisations", "joint_mobilisation"),
        ("hot stones", "hot_stone"),
        ("Other", "other"),
    ],
)
def test_techniques_as_clinics_type_them(text, code):
    assert TECHNIQUES.find(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("GTPS", "bursitis"),
        ("Trochanteric bursitis", "bursitis"),
        ("OA", "osteoarthritis"),
        ("hip O.A.", "osteoarthritis"),
        ("FAI", "impingement"),
        ("FAIS", "impingement"),
        ("labral", "impingement"),
        ("labral tears", "impingement"),
        ("piriformis", "piriformis"),
        ("Piriformis Syndrome", "piriformis"),
        ("gluteal tendinopathy", "tendinopathy"),
        ("gluteal tendinopathies", "tendinopathy"),
        ("Tendonitis", "tendinopathy"),
        ("M70.62", "bursitis"),
        ("M16.11", "osteoarthritis"),
        ("non specific hip pain", "nonspecific"),
    ],
)
def test_conditions_as_clinics_type_them(text, code):
    assert CONDITIONS.find(text) == code


@pytest.mark.parametrize("text", ["TP", "DN", "DTF", "MET", "MFT", "tp", "D.N."])
def test_acronyms_that_mean_different_things_are_asked_about(text):
    assert TECHNIQUES.find(text) is None
    assert TECHNIQUES.suggest(text) in TECHNIQUES.terms


@pytest.mark.parametrize("text", ["MTR", "MFX", "PNT", "IAST", "trgp", "GTPX", "", "??", "deap"])
def test_short_words_are_never_guessed(text):
    assert TECHNIQUES.find(text) is None
    assert TECHNIQUES.suggest(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("swedsh", "swedish"),
        ("deep tisue", "deep_tissue"),
        ("triger point", "trigger_point"),
        ("stretchin", "stretching"),
        ("completely unlike anything", None),
    ],
)
def test_misspelt_words_are_suggested_not_found(text, code):
    assert TECHNIQUES.find(text) is None
    assert TECHNIQUES.suggest(text) == code


def test_labels():
    assert TECHNIQUES.label("deep_tissue") == "Deep tissue"
    assert TECHNIQUES.label("trigger_point") == "Trigger point therapy"
    assert TECHNIQUES.label("mixed") == "Mixed (no main technique)"
    assert TECHNIQUES.label("other:ear candles") == "other:ear candles"
    assert CONDITIONS.label("bursitis") == "Hip bursitis / greater trochanteric pain"
    assert CONDITIONS.label("impingement") == "Hip impingement (FAI)"


def test_two_terms_cannot_share_a_name():
    terms = {"a": Term("a", "First", ("deep",)), "b": Term("b", "Second", ("Deep!",))}
    with pytest.raises(ValueError, match=r"technique: 'Deep!' is listed for both a and b\."):
        Codelist("technique", terms)


def test_a_name_is_not_both_known_and_questioned():
    terms = {"a": Term("a", "First"), "b": Term("b", "Second", questioned=("first",))}
    with pytest.raises(ValueError, match="technique: first is both an alias and questioned"):
        Codelist("technique", terms)
