"""What the detector finds, and what it must leave alone."""

import time
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hipoutcomes as ho
from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.privacy.check_digits import (
    is_bc_health_number,
    is_medicare_number,
    is_nhs_number,
    is_sin,
    is_ssn,
)
from hipoutcomes.privacy.detector import KINDS, detect
from hipoutcomes.privacy.people_names import is_like_a_name
from hipoutcomes.privacy.personal_headings import kind_of_heading
from hipoutcomes.privacy.personal_text import kind_of_text
from hipoutcomes.simulate_exports import appointments_of
from hipoutcomes.vocabulary.codelists import CONDITIONS, MOTIONS, MUSCLES, TECHNIQUES
from hipoutcomes.vocabulary.fields import FIELDS


def found_in(mapped=frozenset(), **columns):
    """Kind of each column in which something was found."""
    named = {heading: Cells.of(values) for heading, values in columns.items()}
    return {f.heading: f.kind for f in detect(list(named), list(named.values()), mapped)}


# Numbers that their issuers publish as examples or for tests.
def test_published_test_numbers_pass_their_checks():
    assert is_nhs_number("9434765919")
    assert is_sin("046454286")
    assert is_medicare_number("2123456701")


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (is_nhs_number, "9434765919"),
        (is_sin, "046454286"),
        (is_medicare_number, "2123456701"),
        (is_bc_health_number, "9100000009"),
    ],
)
def test_one_changed_digit_breaks_a_check(check, number):
    checked = 9 if check is is_medicare_number else len(number)
    for place in range(1, checked):
        for digit in "0123456789":
            changed = number[:place] + digit + number[place + 1 :]
            assert check(changed) == (digit == number[place])


def test_social_security_numbers_have_gaps_that_were_never_given_out():
    assert is_ssn("219", "09", "9999")
    for parts in [("000", "12", "3456"), ("666", "12", "3456"), ("912", "12", "3456")]:
        assert not is_ssn(*parts)
    assert not is_ssn("219", "00", "9999")
    assert not is_ssn("219", "09", "0000")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mika.aldermoor@example.org", "email"),
        ("write to mika@example.co.uk please", "email"),
        ("604-555-0199", "phone"),
        ("(604) 555-0199", "phone"),
        ("+1 604 555 0199", "phone"),
        ("+44 20 7946 0018", "phone"),
        ("020 7946 0018", "phone"),
        ("07700 900123", "phone"),
        ("02 5550 1234", "phone"),
        ("06 39 98 01 23", "phone"),
        ("T2X 1V4", "postcode"),
        ("lives in SW1A 1AA", "postcode"),
        ("WA 98101-1234", "postcode"),
        ("219-09-9999", "national number"),
        ("046 454 286", "national number"),
        ("943 476 5919", "health number"),
        ("2123 45670 1", "health number"),
        ("TREM 5501 1234", "health number"),
        ("192.0.2.17", "ip address"),
        ("12 Quince Street", "address"),
        ("14, rue Sansnom", "address"),
        ("seen by Mrs Aldermoor", "name"),
        ("Mme Cendrelle", "name"),
        ("https://example.org/me", "web address"),
    ],
)
def test_a_cell_gives_itself_away(text, kind):
    assert kind_of_text(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        *(
            "7/10",
            "6-7",
            "00457",
            "20111-1350",
            "C0042",
            "1042",
            "2026-03-05",
            "05/03/2026",
            "0-120",
        ),
        *(
            "2026-09-01 08:30:00 -0700",
            "60 min Deep tissue",
            "Swedish 40; Deep tissue 20",
            "M25.551",
        ),
        *(
            "0-120",
            "M25.551",
            "M70.61",
            "97140",
            "100 mm",
            "3.5",
            "-2",
            "1.2.3",
            "46086",
            "123456789",
            "L4 L5 S1",
        ),
        *("hip IR 30 ER 45", "12:30", "1st visit", "95-100-105", "2025-12-31T23:59:59Z", "1e-5"),
    ],
)
def test_ordinary_cells_give_nothing_away(text):
    assert kind_of_text(text) == ""


def test_no_term_of_the_code_lists_is_taken_for_a_person():
    for codelist in (TECHNIQUES, CONDITIONS, MUSCLES, MOTIONS):
        for term in codelist.terms.values():
            for text in (term.label, term.code, *term.aliases, *term.questioned):
                for typed in (text, text.title(), text.upper()):
                    assert kind_of_text(typed) == ""
                    assert not is_like_a_name(typed)


def test_no_heading_that_we_read_is_taken_for_a_personal_one_unless_it_is():
    personal = {
        a for field in FIELDS.values() for a in field.aliases.split("|") if kind_of_heading(a)
    }
    assert personal == {
        *("client name", "patient name"),
        *("dob", "date of birth", "birth date", "birthdate"),
    }


def test_nothing_is_found_in_the_demo_file(root):
    table = pd.read_csv(root / "data" / "demo_sessions.csv", dtype=str, keep_default_na=False)
    assert found_in(**{name: table[name] for name in table}) == {}


@pytest.mark.parametrize("seed", [3, 14])
def test_nothing_is_found_in_simulated_files_with_every_mess(seed):
    table = ho.simulate_clinic(150, seed=seed, mess=0.05).sessions.fillna("")
    assert found_in(**{name: table[name] for name in table}) == {}


def test_names_notes_and_insurance_of_an_appointments_report_are_found():
    sessions = ho.simulate_clinic(60, seed=5).sessions
    table = appointments_of(sessions, seed=1).fillna("")
    found = found_in(**{name: table[name] for name in table})
    assert found == {
        "patient_first_name": "name",
        "patient_last_name": "name",
        "notes_text": "notes",
        "cancelled_reason": "notes",
        "insurance_state": "insurance",
    }


def test_headings_are_known_in_english_and_french():
    for heading, kind in {
        "First Name": "name",
        "Nom de famille": "name",
        "Prénom": "name",
        "Courriel": "email",
        "Téléphone (maison)": "phone",
        "Date de naissance": "birth date",
        "Code postal": "postcode",
        "Numéro d'assurance maladie": "health number",
        "No d'assurance sociale": "national number",
        "Personal Health Number": "health number",
        "Remarques": "notes",
        "LocationLatitude": "location",
        "IPAddress": "ip address",
        "RecipientEmail": "email",
    }.items():
        assert kind_of_heading(heading) == kind, heading


def test_a_score_asked_by_phone_is_no_telephone_number():
    assert found_in(**{"Pain by phone": ["3", "4", "5"], "Note": ["7", "8", "3"]}) == {}


def test_a_column_of_names_is_found_without_a_telling_heading():
    names = ["Mika Aldermoor", "Tove Brackwater", "Noor Cinderfell", "Lio Dunmarsh", "Ilse McTarn"]
    names += ["Dunmarsh, Tove", "Anouk de Vale", "Wren O'Sallow", "Otto Quist", "Ravi Underhay"]
    assert found_in(K=names) == {"K": "name"}


def test_dates_of_birth_are_told_from_dates_of_visits():
    rng = np.random.default_rng(1)
    born = [
        f"{y}-{m:02d}-11" for y, m in zip(rng.integers(1940, 2005, 40), [1, 5] * 20, strict=True)
    ]
    visits = [f"2026-{1 + i % 9:02d}-{1 + i % 28:02d}" for i in range(40)]
    onset = [f"{2016 + i % 10}-04-{1 + i % 28:02d}" for i in range(40)]
    assert found_in(a=born, b=visits, c=onset) == {"a": "birth date"}
    assert found_in(b=visits, a=list(map(date.fromisoformat, born))) == {"a": "birth date"}
    # An old file is not a file of birthdays.
    assert found_in(a=[f"{1990 + i % 25}-03-05" for i in range(50)]) == {}


def test_bare_digits_are_judged_by_the_column():
    chart = [str(n) for n in range(1_000_000_000, 1_000_000_300)]
    nine = [str(n) for n in range(400_000_000, 400_000_300)]
    assert found_in(a=chart, b=nine) == {}
    nhs = [n for n in chart if is_nhs_number(n)]
    sin = [n for n in nine if is_sin(n)]
    assert found_in(a=nhs, b=sin) == {"a": "health number", "b": "national number"}


def test_one_address_among_many_cells_is_found_and_counted():
    columns = [Cells.of(["C1"] * 500 + ["mika@example.org"] * 2), Cells.of([""] * 502)]
    (finding,) = detect(["Client", "E-mail"], columns, {0})
    assert (finding.kind, finding.n, finding.mapped, finding.place) == ("email", 2, True, 0)
    assert "mika" not in finding.told


def test_sentences_are_free_text_and_lists_are_not():
    notes = [f"client says the left hip has felt much better since day {i}" for i in range(9)]
    lists = ["hydration; stretching; heat; ice; walking; rest; bath; sleep; breathing; yoga"] * 9
    assert found_in(a=notes, b=lists) == {"a": "notes"}


def test_every_kind_has_words():
    from hipoutcomes.privacy.personal_headings import _ALONE, _INSIDE

    assert {*_ALONE.values(), *_INSIDE.values()} <= set(KINDS)


VALUES = st.one_of(
    st.text(max_size=60),
    st.text("0123456789-+() .@AZaz/", max_size=30),
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.just(10**5000),
)


@given(st.text(max_size=30), st.lists(VALUES, max_size=12))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_whatever_is_in_a_column_is_looked_at_without_trouble(heading, values):
    for finding in detect([heading], [Cells.of(values)], {0}):
        assert finding.kind in KINDS and 0 < finding.n <= len(values)
        assert finding.told


@pytest.mark.parametrize(
    "text", ["a@", "a", "1 ", "12-", "+1 2", "(0", "Aa ", "A-", "0 ", "1.", "."]
)
def test_long_text_takes_no_long_time(text):
    start = time.perf_counter()
    kind_of_text(text * 50_000 + " @")
    is_like_a_name(text * 50_000)
    detect(["x"], [Cells.of([text * 50_000, datetime(2026, 1, 1)])], set())
    assert time.perf_counter() - start < 1


def test_a_large_column_is_looked_at_in_seconds():
    cells = Cells.of([f"hip pain on day {i}" for i in range(60_000)])
    start = time.perf_counter()
    detect(["Remark"], [cells], set())
    assert time.perf_counter() - start < 5
