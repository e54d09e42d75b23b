"""Sentences of results in the owner's words."""

import re

import pytest

from hipoutcomes.report.owner_words import OWNER_WORDS, in_owner_words


@pytest.mark.parametrize(
    ("said", "owner"),
    [
        (
            "48 of 61 patients were measured again; their baseline score was 5.6.",
            "48 of 61 clients were measured again; their first score was 5.6.",
        ),
        ("Patients' sessions", "Clients' appointments"),
        ("after a session, by session number", "after an appointment, by appointment number"),
        ("one episode of care per patient", "one course of care per client"),
        (
            "12 responders had 3 follow-up sessions.",
            "12 clients who got better by the threshold had 3 follow-up appointments.",
        ),
        (
            "the 95% confidence interval (patients are the clusters)",
            "the likely range (95%) (clients are the clusters)",
        ),
        ("Row 3 was quarantined.", "Row 3 was set aside for you."),
        ("An unadjusted difference", "A simple difference"),
    ],
)
def test_whole_phrases_are_translated(said, owner):
    assert in_owner_words(said) == owner


@pytest.mark.parametrize(
    "text",
    [
        "impatient outpatients",
        "Pressure was adjusted on feedback.",
        "obsession and possession",
        "tables/improvement-pain-by-session-number.csv",
    ],
)
def test_parts_of_words_are_left_alone(text):
    assert in_owner_words(text) == text


def test_names_of_the_clinic_are_never_translated():
    text = "Patients of Patient First and of Session House had sessions."
    kept = in_owner_words(text, keep=["Patient First", "Session House"])
    assert kept == "Clients of Patient First and of Session House had appointments."


def test_a_name_inside_another_word_protects_nothing():
    assert in_owner_words("patients", keep=["pat"]) == "clients"


def test_translating_twice_changes_nothing_more():
    for word, owner in OWNER_WORDS.items():
        assert in_owner_words(owner) == owner, word


def test_no_owner_word_is_a_word_of_researchers():
    research = re.compile(r"\b(patient|session|episode|baseline|responder|cohort|quarantine)", re.I)
    assert not [said for said in OWNER_WORDS.values() if research.search(said)]
