import datetime as dt

import pytest

from hipoutcomes.ingest.parsing.parse_terms import (
    parse_sex,
    parse_side,
    parse_terms,
    parse_treatments,
    parse_yes_no,
)
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES

CELLS = [
    ("Swedish", [("swedish", None)]),
    ("SWEDISH massage", [("swedish", None)]),
    ("Swedish/relaxation", [("swedish", None)]),
    ("Stretching / PNF", [("stretching", None)]),
    ("Swedish; deep tissue", [("swedish", None), ("deep_tissue", None)]),
    ("Swedish, MFR", [("swedish", None), ("myofascial_release", None)]),
    ("Swedish + MFR", [("swedish", None), ("myofascial_release", None)]),
    ("Swedish / MFR", [("swedish", None), ("myofascial_release", None)]),
    ("Swedish & MFR", [("swedish", None), ("myofascial_release", None)]),
    ("Swedish and MFR", [("swedish", None), ("myofascial_release", None)]),
    ("Swedish w/ MFR", [("swedish", None), ("myofascial_release", None)]),
    ("Swedish\nMFR", [("swedish", None), ("myofascial_release", None)]),
    ("Swedish | MFR", [("swedish", None), ("myofascial_release", None)]),
    ("Swedish 30, MFR 20", [("swedish", 30), ("myofascial_release", 20)]),
    ("Swedish 30min/MFR 20 min", [("swedish", 30), ("myofascial_release", 20)]),
    ("Deep tissue (45)", [("deep_tissue", 45)]),
    ("60 min Deep Tissue", [("deep_tissue", 60)]),
    ("Deep Tissue Massage - 60'", [("deep_tissue", 60)]),
    ("Swedish 20, Swedish 10", [("swedish", 30)]),
    ("Swedish 20, Swedish", [("swedish", 20)]),
    ("dry needling", [("other", None)]),
]


@pytest.mark.parametrize(("cell", "expected"), CELLS)
def test_known_techniques_and_their_minutes(cell, expected):
    parsed = parse_treatments(cell, TECHNIQUES)
    assert [(term.code, term.minutes) for term in parsed.value] == expected
    assert parsed.code == ""
    assert parse_terms(cell, TECHNIQUES).value == tuple(code for code, _ in expected)


def test_an_unknown_term_is_kept_as_typed_with_a_suggestion():
    parsed = parse_treatments("Swedsh 30 min, cupping", TECHNIQUES)
    unknown, known = parsed.value
    assert (unknown.code, unknown.text, unknown.minutes) == ("other", "Swedsh", 30)
    assert (unknown.suggestion, known.code) == ("swedish", "cupping")
    assert (parsed.code, parsed.note) == ("unknown-term", "did you mean Swedish?")
    assert parse_terms("Swedsh 30 min, cupping", TECHNIQUES).value == ("other", "cupping")


def test_short_terms_are_never_matched_by_likeness():
    for term in ("MTR", "MFX", "DTX", "hs1"):
        parsed = parse_terms(term, TECHNIQUES)
        assert (parsed.value, parsed.code) == (("other",), "unknown-term")


def test_a_cell_without_any_known_part_is_one_unknown_term():
    parsed = parse_treatments("unicorn, rainbow", TECHNIQUES)
    assert [(term.code, term.text) for term in parsed.value] == [("other", "unicorn, rainbow")]


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("OA", ("osteoarthritis",)),
        ("hip OA & bursitis", ("osteoarthritis", "bursitis")),
        ("Hip bursitis / greater trochanteric pain", ("bursitis",)),
        ("Hip impingement (FAI)", ("impingement",)),
        ("Piriformis syndrome", ("piriformis",)),
    ],
)
def test_conditions(cell, codes):
    parsed = parse_terms(cell, CONDITIONS)
    assert (parsed.value, parsed.code) == (codes, "")


def test_every_label_of_a_list_is_read_as_its_own_code():
    for codelist in (TECHNIQUES, CONDITIONS):
        for code, term in codelist.terms.items():
            assert parse_terms(term.label, codelist).value == (code,)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "missing-cell"),
        ("N/A", "not-recorded"),
        ("none", "not-recorded"),
        ("99", "not-recorded"),
        (5, "type-error"),
        (dt.date(2026, 1, 1), "type-error"),
    ],
)
def test_cells_without_terms(cell, code):
    parsed = parse_terms(cell, TECHNIQUES, sentinels=("99",))
    assert (parsed.value, parsed.code) == (None, code)


@pytest.mark.parametrize(
    ("cell", "side"),
    [
        ("L", "left"), ("Lt.", "left"), ("left hip", "left"), ("(L)", "left"),
        ("LEFT SIDE", "left"),
        ("r", "right"), ("Right", "right"), ("RT", "right"),
        ("B", "both"), ("both hips", "both"), ("Bilateral", "both"), ("b/l", "both"),
        ("L+R", "both"), ("R/L", "both"), ("left and right", "both"), ("L & R", "both"),
    ],
)  # fmt: skip
def test_sides(cell, side):
    parsed = parse_side(cell)
    assert (parsed.value, parsed.code) == (side, "")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("L 6 R 3", "two-sides"), ("central", "type-error"), ("L>R", "type-error"),
        (1, "type-error"), ("", "missing-cell"), ("n/a", "not-recorded"),
    ],
)  # fmt: skip
def test_cells_without_a_side(cell, code):
    parsed = parse_side(cell)
    assert (parsed.value, parsed.code) == (None, code)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("Yes", True, ""), ("y", True, ""), ("TRUE", True, ""), (True, True, ""), (1, True, ""),
        (1.0, True, ""), ("x", True, ""), ("✓", True, ""), ("Checked", True, ""),
        ("No", False, ""), ("n", False, ""), (False, False, ""), (0, False, ""),
        ("Unchecked", False, ""), ("none", False, ""),
        ("maybe", None, "type-error"), (2, None, "type-error"), ("?", None, "not-recorded"),
        ("", None, "missing-cell"),
    ],
)  # fmt: skip
def test_yes_and_no(cell, value, code):
    parsed = parse_yes_no(cell)
    assert (parsed.value, parsed.code) == (value, code)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("F", "female", ""), ("Female", "female", ""), ("woman", "female", ""),
        ("m", "male", ""), ("Male", "male", ""), ("X", "other", ""), ("non-binary", "other", ""),
        (1, None, "type-error"), ("2", None, "type-error"), ("*", None, "not-recorded"),
        ("prefer not to say", None, "not-recorded"), ("", None, "missing-cell"),
    ],
)  # fmt: skip
def test_sex(cell, value, code):
    parsed = parse_sex(cell)
    assert (parsed.value, parsed.code) == (value, code)
