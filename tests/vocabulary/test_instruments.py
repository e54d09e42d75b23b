"""Every instrument's record is complete, and scores as it says at its ends."""

from dataclasses import fields
from typing import get_args

import numpy as np
import pytest

from hipoutcomes.tables.scoring import score_items
from hipoutcomes.vocabulary.codelists import MOTIONS, MUSCLES
from hipoutcomes.vocabulary.instruments import INSTRUMENTS, ITEMS, MEASURES, Fact, Instrument
from hipoutcomes.vocabulary.measures import Better, Domain, Unit

WITH_ITEMS = [code for code, instrument in INSTRUMENTS.items() if instrument.items]
SCALES = [(code, scoring.measure) for code in WITH_ITEMS for scoring in INSTRUMENTS[code].scorings]


def answers(measure, which):
    """One row of answers to a measure's items: all the best, all the worst, all in the middle."""
    scoring = scoring_of(measure)
    given = {}
    for code in scoring.items:
        item = ITEMS[code]
        ends = (
            (item.lowest, item.highest)
            if item.better == "higher"
            else (
                item.highest,
                item.lowest,
            )
        )
        middle = item.allowed[len(item.allowed) // 2] if item.allowed else (sum(ends) / 2)
        given[code] = {"worst": ends[0], "best": ends[1], "middle": middle}[which]
    for unused in unchosen(scoring, which):
        given[unused] = np.nan
    return {code: np.array([answer]) for code, answer in given.items()}


def unchosen(scoring, which):
    """Alternatives left blank: the highest scoring is chosen for the best, the first otherwise."""
    alternatives = scoring.alternatives
    return alternatives[:-1] if which == "best" else alternatives[1:]


def scoring_of(measure):
    instrument = INSTRUMENTS[MEASURES[measure].instrument]
    return next(scoring for scoring in instrument.scorings if scoring.measure == measure)


def score_of(instrument, measure, given):
    return score_items(instrument, given)[measure].score[0]


@pytest.mark.parametrize(("instrument", "measure"), SCALES)
def test_worst_and_best_answers_reach_the_ends_of_the_range(instrument, measure):
    record = MEASURES[measure]
    ends = {"lower": (record.highest, record.lowest), "higher": (record.lowest, record.highest)}
    found = tuple(
        score_of(instrument, measure, answers(measure, which)) for which in ("worst", "best")
    )
    assert found == ends[record.better]


#: Scores of middle answers, by hand; HOOS-PS and HOOS, JR. from their tables, VISA-G
#: 5 + 5 * 5 + 7 + 5.
MIDDLE = {"psfs": 5, "hoos_ps": 62.3, "hoos_jr": 52.965, "lefs": 40, "visa_g": 42}
MIDDLE |= {"oxford_hip_score": 24}


@pytest.mark.parametrize(("instrument", "measure"), SCALES)
def test_middle_answers(instrument, measure):
    found = score_of(instrument, measure, answers(measure, "middle"))
    assert found == pytest.approx(MIDDLE.get(measure, 50))


#: Scales that still have a score with one item missing.
FORGIVING = {
    *("psfs", "ihot12", "oxford_hip_score"),
    *(m for m in MEASURES if m.startswith(("hoos_s", "hoos_pain", "hoos_adl", "hoos_qol"))),
    *("hoos12_pain", "hoos12_function", "hoos12_qol"),
    *(m for m in MEASURES if m.startswith("hagos")),
}


@pytest.mark.parametrize(("instrument", "measure"), SCALES)
def test_one_item_missing(instrument, measure):
    given = answers(measure, "best")
    whole = score_of(instrument, measure, given)
    given[scoring_of(measure).items[0]] = np.array([np.nan])
    found = score_of(instrument, measure, given)
    assert found == whole if measure in FORGIVING else np.isnan(found)


@pytest.mark.parametrize(("instrument", "measure"), SCALES)
def test_too_many_items_missing_give_no_score_and_a_reason(instrument, measure):
    scoring = scoring_of(measure)
    given = answers(measure, "best")
    least = next(iter(scoring.minimum.values()))
    answered = [code for code in scoring.items if not np.isnan(given[code][0])]
    for code in answered[least - 1 :]:
        given[code] = np.array([np.nan])
    found = score_items(instrument, given)[measure]
    assert np.isnan(found.score[0])
    assert found.reason[0] == (1 if least == 1 else 2)


@pytest.mark.parametrize("wrong", [-1.0, 1e6, np.inf, -np.inf])
@pytest.mark.parametrize(("instrument", "measure"), SCALES)
def test_an_answer_out_of_range_is_as_good_as_missing(instrument, measure, wrong):
    item = scoring_of(measure).items[0]
    given = answers(measure, "middle")
    missing = score_of(instrument, measure, given | {item: np.array([np.nan])})
    assert score_of(instrument, measure, given | {item: np.array([wrong])}) == pytest.approx(
        missing, nan_ok=True
    )


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_every_measure_is_whole(measure):
    assert measure.instrument in INSTRUMENTS
    assert measure.lowest < measure.highest
    assert measure.domain in get_args(Domain)
    assert measure.better in get_args(Better)
    assert measure.unit in get_args(Unit)
    assert measure.step in (0.0, 1.0)
    assert measure.noun and measure.label
    assert (measure.soft_low is None) == (measure.soft_high is None)
    if measure.soft_low is not None:
        assert measure.lowest <= measure.soft_low < measure.soft_high <= measure.highest
    assert measure.sign == {"higher": 1, "lower": -1}[measure.better]


def test_the_codes_that_other_parts_rely_on():
    motions = {f"{m}{mode}" for m in MOTIONS.terms for mode in ("", "_active", "_passive")}
    named = {
        *("pain", "pain_vas", "psfs", "groc", "hoos_ps", "hoos_jr", "ihot12", "lefs", "visa_g"),
        *("oxford_hip_score", "tug", "chair_stand", "tension", "discomfort"),
        *(f"hoos_{part}" for part in ("symptoms", "pain", "adl", "sport", "qol")),
        *(f"hoos12_{part}" for part in ("pain", "function", "qol", "summary")),
        *(f"hagos_{part}" for part in ("symptoms", "pain", "adl", "sport", "participation", "qol")),
    }
    assert set(MEASURES) == motions | named | {f"tension_{m}" for m in MUSCLES.terms}


def test_the_codes_of_items():
    sizes = {
        "hoos_s": 5, "hoos_p": 10, "hoos_a": 17, "hoos_sp": 4, "hoos_q": 4, "hoos12_p": 4,
        "hoos12_f": 4, "hoos12_q": 4, "hoos_ps_": 5, "hoos_jr_": 6, "hagos_s": 7, "hagos_p": 10,
        "hagos_a": 5, "hagos_sp": 8, "hagos_pa": 2, "hagos_q": 5, "ihot12_": 12, "lefs_": 20,
        "visa_g_": 7, "oxford_": 12, "psfs_": 5,
    }  # fmt: skip
    named = {f"{stem}{k}" for stem, n in sizes.items() for k in range(1, n + 1)}
    assert set(ITEMS) == named | {"visa_g_8a", "visa_g_8b", "visa_g_8c"}
    assert {ITEMS[code].instrument for code in ITEMS} == set(WITH_ITEMS)


#: Bounds in degrees as the table of facts has them: soft, then hard.
BOUNDS = {
    "flexion": (60, 140, 0, 160),
    "extension": (-20, 35, -60, 60),
    "abduction": (10, 60, -10, 90),
    "adduction": (0, 40, -10, 60),
    "internal_rotation": (0, 55, -30, 80),
    "external_rotation": (10, 65, -20, 90),
}


@pytest.mark.parametrize("motion", BOUNDS)
@pytest.mark.parametrize("mode", ["", "_active", "_passive"])
def test_bounds_of_motions(motion, mode):
    record = MEASURES[motion + mode]
    found = (record.soft_low, record.soft_high, record.lowest, record.highest)
    assert found == BOUNDS[motion]
    assert record.needs_setting and not record.ordinal


def test_lower_is_better_only_where_it_is():
    lower = {code for code, measure in MEASURES.items() if measure.better == "lower"}
    tension = {code for code in MEASURES if code.startswith("tension")}
    assert lower == {"pain", "pain_vas", "tug", "discomfort"} | tension


def test_only_tension_is_ordinal():
    ordinal = {code for code, measure in MEASURES.items() if measure.ordinal}
    assert ordinal == {code for code in MEASURES if code.startswith("tension")}


@pytest.mark.parametrize("instrument", INSTRUMENTS.values(), ids=INSTRUMENTS)
def test_every_instrument_says_who_owns_it_and_where_it_is_from(instrument):
    assert instrument.licence.text and instrument.source and instrument.measures
    for name in instrument.unverified:
        assert str(getattr(instrument, name)).endswith("(not verified)")


@pytest.mark.parametrize("left_out", ["source", "licence"])
def test_an_instrument_without_source_or_licence_is_refused(left_out):
    known = INSTRUMENTS["hoos"]
    facts = {field.name: getattr(known, field.name) for field in fields(Instrument)}
    facts[left_out] = Fact("", verified=True) if left_out == "licence" else ""
    with pytest.raises(ValueError, match="needs a source and a licence status"):
        Instrument(**facts)


def test_what_nobody_checked_says_so():
    assert "hoos_ps" in INSTRUMENTS and INSTRUMENTS["hoos_ps"].missing_items.verified is False
    assert INSTRUMENTS["ihot12"].unverified == ("missing_items", "licence")
    assert not INSTRUMENTS["ihot12"].verified
    assert str(INSTRUMENTS["visa_g"].scoring) == INSTRUMENTS["visa_g"].scoring.text
