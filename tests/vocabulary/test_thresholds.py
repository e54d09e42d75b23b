"""Thresholds: each with what it depends on, one default at most, and honest labels."""

from dataclasses import replace

import pytest

from hipoutcomes.vocabulary.measures import MEASURES
from hipoutcomes.vocabulary.thresholds import (
    THRESHOLDS,
    default_threshold,
    read_thresholds,
    thresholds_of,
    why_no_threshold,
)

#: Defaults chosen for conservative care: size, and whether someone has seen the number.
DEFAULTS = {
    "pain": (2, True),
    "pain_vas": (15.3, True),
    "psfs": (2, False),
    "flexion_active": (9.7, True),
    "flexion_passive": (9.7, True),
    "extension_active": (13.0, True),
    "extension_passive": (13.0, True),
    **{
        f"{motion}_{mode}": (13.0, False)
        for motion in ("abduction", "adduction", "internal_rotation", "external_rotation")
        for mode in ("active", "passive")
    },
    **{f"hoos_{part}": (10, True) for part in ("symptoms", "pain", "adl", "sport", "qol")},
    "ihot12": (14, True),
    "lefs": (9, False),
    "oxford_hip_score": (8, True),
    "tug": (1.4, False),
    "chair_stand": (2.6, False),
}


def test_the_defaults_are_these_and_no_others():
    found = {code: default_threshold(code) for code in MEASURES}
    assert {c: (t.value, t.verified) for c, t in found.items() if t is not None} == DEFAULTS
    assert all(t.operator == ">=" and t.direction != "state" for t in found.values() if t)
    assert all(t.unit == MEASURES[t.measure].unit for t in found.values() if t)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_measure_has_a_default_or_a_reason(measure):
    assert bool(why_no_threshold(measure)) == (measure not in DEFAULTS)


def test_single_patients_are_not_sorted_by_hagos():
    assert default_threshold("hagos_pain") is None
    assert "sorting single patients is not valid" in why_no_threshold("hagos_pain")


@pytest.mark.parametrize("record", THRESHOLDS, ids=lambda t: f"{t.measure}-{t.kind}-{t.value:g}")
def test_every_record_says_what_it_depends_on(record):
    for name in ("population", "treatment", "interval", "method", "cite", "source"):
        assert getattr(record, name), name
    label = record.label()
    assert label.startswith(("a score of ", f"{record.value:g} "))
    assert record.cite in label
    assert ("not verified" in label) == (not record.verified)
    assert record.direction == "state" or record.value > 0


def test_one_number_is_one_record():
    keys = [
        (t.measure, t.kind, t.value, t.unit, t.direction, t.level, t.treatment, t.interval, t.cite)
        for t in THRESHOLDS
    ]
    assert len(keys) == len(set(keys))


def test_what_is_not_verified_says_so():
    assert default_threshold("lefs").label() == "9 points or more (Binkley 1999; not verified)"
    assert default_threshold("flexion_active").label() == (
        "9.7 degrees or more (Pua 2008; verified abstract; same rater only)"
    )


def test_a_state_is_a_score_to_reach():
    states = [t for t in thresholds_of("tug") if t.kind == "PASS"]
    assert [t.label() for t in states] == [
        "a score of 6.05 seconds or less (Rheumatol Int 2013; verified abstract)",
        "a score of 5.3 seconds or less (Rheumatol Int 2013; verified abstract)",
    ]


def test_the_default_comes_first_and_the_surgical_ones_stay_apart():
    sizes = [(t.value, t.level) for t in thresholds_of("oxford_hip_score")]
    assert sizes[0] == (8, "individual")
    assert set(sizes) == {
        (8, "individual"),
        (11, "group"),
        (5, "between groups"),
        (5, "individual"),
    }
    after_surgery = {
        t.value for t in thresholds_of("hoos_pain") if t.treatment == "hip replacement"
    }
    assert after_surgery == {24, 91}


def test_an_unknown_measure_is_refused():
    with pytest.raises(ValueError, match="There is no measure 'womac'; the measures are pain, "):
        thresholds_of("womac")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"operator": "=="}, "operator '=='; it can be '>=', '>', '<=', '<'"),
        ({"kind": "MCID"}, "kind 'MCID'; it can be 'MIC', 'MDC', 'PASS', 'SCB'"),
        ({"unit": "mm"}, "unit 'mm'; it can be 'percent', 'points'"),
        ({"source": ""}, "needs a source and a size above zero"),
        ({"value": 0.0}, "needs a source and a size above zero"),
    ],
)
def test_a_record_that_does_not_hold_together_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(default_threshold("pain"), **change)


HEAD = (
    "measure,kind,value,unit,operator,direction,level,population,treatment,interval,method,cite,"
    "source,verified,is_default,caution\n"
)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "pain,MIC,2,,>=,improvement,individual,p,t,i,m,A,A,yes,yes,\n"
            "pain,MIC,3,,>=,improvement,individual,p,t,i,m,B,B,yes,yes,\n",
            "More than one default threshold for pain",
        ),
        ("womac,MIC,2,,>=,improvement,individual,p,t,i,m,A,A,yes,no,\n", "which is no measure"),
        ("pain,MIC,2,,>=,improvement,individual,p,t,i,m,A,A,maybe,no,\n", "'yes' or 'no'"),
    ],
)
def test_a_bad_file_is_refused(tmp_path, rows, message):
    path = tmp_path / "thresholds.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_thresholds(path)
