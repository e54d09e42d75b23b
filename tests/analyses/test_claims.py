"""On clinics where nothing works, no sentence claims that anything does."""

import re

import pytest

import hipoutcomes as ho

#: Words that would claim that care brought a change about, or that one group is best.
FORBIDDEN = re.compile(
    r"\b(effects?|effective\w*|works?|worked|because of|thanks to|pro(ves?|ved|of)|caus(es?|ed)|"
    r"cur(es?|ed)|success\w*|heal(s|ed)?|reliev\w+|reduc\w+|best|worst|winner|outperform\w*|"
    r"superior|significant\w*|due to|led to|benefit\w*)\b",
    re.IGNORECASE,
)

#: A note may use such a word to deny it.
DENIAL = re.compile(r"\b(not|no|nobody|never|nothing)\b", re.IGNORECASE)


@pytest.fixture(scope="module", params=[(30, 4), (300, 5)], ids=["30 patients", "300 patients"])
def answers(request, tmp_path_factory):
    """Every answer about a clinic without any benefit, recovery or difference."""
    n_patients, n_therapists = request.param
    path = tmp_path_factory.mktemp("null") / "sessions.csv"
    simulated = ho.simulate_clinic(n_patients, seed=11, scenario="null", n_therapists=n_therapists)
    clinic = ho.load(simulated.write_csv(path))
    found = [ho.can_compare(clinic, "pain"), ho.table_one(clinic), ho.shifts(clinic, "tension")]
    for outcome in ("pain", "hoos_ps", "flexion_active"):
        found.append(ho.completeness(clinic, outcome))
        found += [ho.trajectory(clinic, outcome, axis=axis) for axis in ("session", "week")]
        for by in (None, "technique", "condition", "n_follow_ups", "therapist", "sex", "age_band"):
            found.append(ho.improvement(clinic, outcome, by=by))
            found.append(ho.responders(clinic, outcome, by=by))
    found += [ho.associations(clinic, "pain", practice) for practice in ("discomfort", "aftercare")]
    found += [ho.immediate(clinic, "pain", by=by) for by in (None, "technique")]
    found += [ho.comparison(clinic, "pain", by, resamples=0) for by in ("technique", "condition")]
    return {answer.name: answer for answer in found}


def test_no_sentence_claims_an_effect(answers):
    said = [sentence for answer in answers.values() for sentence in answer.words]
    assert not [sentence for sentence in said if FORBIDDEN.search(sentence)]
    asked = [answer.question for answer in answers.values()]
    assert not [question for question in asked if FORBIDDEN.search(question)]


def test_a_note_uses_such_a_word_only_to_deny_it(answers):
    notes = {note for answer in answers.values() for note in answer.notes}
    parts = [part for note in notes for part in re.split(r"(?<=[.:;]) ", note)]
    assert not [part for part in parts if FORBIDDEN.search(part) and not DENIAL.search(part)]


def test_beside_better_and_worse_stands_what_re_measuring_alone_would_give(answers):
    answer = answers["responders-pain"]
    row = answer.table.iloc[0]
    assert 0 < row["expected_low"] < row["expected_high"] < 1
    assert 0 < row["expected_worse_low"] < row["expected_worse_high"] < 1
    assert sum("re-measuring alone would give" in said for said in answer.words) == 2
    assert answer.words[-1] == (
        "The share better may be no more than scores going up and down by themselves."
    )


def test_every_change_says_that_it_was_observed(answers):
    for name, answer in answers.items():
        if name.startswith(("improvement", "responders", "trajectory", "immediate", "association")):
            assert any("observed change, not the effect of care" in note for note in answer.notes)


def test_every_answer_by_follow_ups_brings_its_caution(answers):
    for name, answer in answers.items():
        if name.endswith("by-n-follow-ups"):
            assert any("Patients choose how long to keep coming" in note for note in answer.notes)


def test_thirty_patients_and_four_therapists_are_described_and_not_compared(answers, request):
    answer = answers["comparability-pain"]
    if answer.sample["patients seen"] > 30:
        assert "not like-for-like" in answer.words[-1]
        return
    assert answer.words[0] == (
        "The records can describe how pain changed; they cannot compare techniques or therapists."
    )
    assert answer.words[-1] == (
        "To see a difference of 1 point between two groups takes about 64 patients measured again "
        "in each."
    )
