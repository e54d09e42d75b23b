"""Shuffling rows, renaming patients and reordering columns change no number."""

import pandas as pd
import pytest

import hipoutcomes as ho

QUESTIONS = {
    "improvement": lambda c: ho.improvement(c, "pain"),
    "by technique": lambda c: ho.improvement(c, "pain", by="technique"),
    "by both": lambda c: ho.improvement(c, "pain", by=["technique", "condition"]),
    "by follow-ups": lambda c: ho.improvement(c, "pain", by="n_follow_ups"),
    "at session 4": lambda c: ho.improvement(c, "pain", rule=ho.session(4)),
    "motion": lambda c: ho.improvement(c, "flexion_active"),
    "responders": lambda c: ho.responders(c, "pain", by="condition"),
    "trajectory": lambda c: ho.trajectory(c, "pain", axis="week"),
    "immediate": lambda c: ho.immediate(c, "pain"),
    "completeness": lambda c: ho.completeness(c, "pain"),
    "table one": lambda c: ho.table_one(c, by="technique"),
    "comparison": lambda c: ho.comparison(c, "pain", resamples=0),
    "comparison by condition": lambda c: ho.comparison(c, "pain", "condition", resamples=0),
    "comparison within": lambda c: ho.comparison(c, "pain", within="condition", resamples=0),
    "dose": lambda c: ho.dose(c, "pain"),
    "carry-over": lambda c: ho.carry_over(c, "pain"),
    "natural course": lambda c: ho.natural_course(c, "pain"),
    "sensitivity": lambda c: ho.sensitivity(c, "pain", n_imputations=5),
    "sensitivity by technique": lambda c: ho.sensitivity(
        c, "pain", by="technique", n_imputations=5
    ),
    "precision": lambda c: ho.precision(c, "pain", "therapist"),
    "differences of shares": lambda c: ho.responders(c, "pain", by="technique", contrast=True),
    "mixed model": lambda c: ho.mixed_model(
        ho.visit_scores(c, "pain"), "score ~ session_number", patient="patient_id", slope="week"
    ),
    "repeated measures": lambda c: ho.repeated_measures(
        _first_visits(c), "score ~ C(session_number)", patient="patient_id", visit="session_number"
    ),
    "estimating equations": lambda c: ho.gee(
        ho.visit_scores(c, "pain"), "score ~ session_number", cluster="patient_id"
    ),
}


def _first_visits(clinic):
    """Scores of the first four visits."""
    frame = ho.visit_scores(clinic, "pain")
    return frame[frame["session_number"] <= 4]


#: Further tables with a row for each patient, in the order of their numbers.
_ROWS_OF_PATIENTS = ("pairs",)


#: Models solve equations and lose digits that means and counts keep.
_DESCRIPTIONS, _MODELS = {"rtol": 1e-12}, {"rtol": 1e-9, "atol": 1e-9}
_DESCRIBING = list(QUESTIONS)[: list(QUESTIONS).index("comparison")]


def same(found, expected, within):
    """Two tables hold the same numbers."""
    pd.testing.assert_frame_equal(found, expected, check_categorical=False, **within)


@pytest.fixture(scope="module")
def typed():
    """A clinic's rows as text, without rows that stand for the file rather than a visit."""
    return ho.simulate_clinic(240, seed=5).sessions.astype(str).replace({"nan": "", "None": ""})


@pytest.fixture(scope="module")
def clinics(typed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("invariance")
    renamed = typed.copy()
    names = {name: f"zz{len(typed) - place}" for place, name in enumerate(typed["Client"].unique())}
    renamed["Client"] = renamed["Client"].map(names)
    made = {
        "as typed": typed,
        "shuffled": typed.sample(frac=1, random_state=3),
        "renamed": renamed,
        "reordered": typed[typed.columns[::-1]],
    }
    loaded = {}
    for name, frame in made.items():
        path = folder / "sessions.csv"
        frame.to_csv(path, index=False)
        loaded[name] = ho.load(path)
    return loaded


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("spoiled", ["shuffled", "renamed", "reordered"])
def test_no_number_changes(clinics, question, spoiled):
    ask = QUESTIONS[question]
    expected, found = ask(clinics["as typed"]), ask(clinics[spoiled])
    assert found.supporting.keys() == expected.supporting.keys()
    names = [name for name in found.supporting if name not in _ROWS_OF_PATIENTS]
    within = _DESCRIPTIONS if question in _DESCRIBING else _MODELS
    same(found.table, expected.table, within)
    for name in names:
        same(found.supporting[name], expected.supporting[name], within)
    assert found.words == expected.words
    assert found.notes == expected.notes
    assert dict(found.sample) == dict(expected.sample)


@pytest.mark.parametrize("question", QUESTIONS)
def test_asked_again_the_answer_is_the_same(clinics, question):
    first, again = (QUESTIONS[question](clinics["as typed"]) for _ in range(2))
    pd.testing.assert_frame_equal(again.table, first.table, rtol=0, atol=0)
    for name, table in first.supporting.items():
        pd.testing.assert_frame_equal(again.supporting[name], table, rtol=0, atol=0)
    assert again.words == first.words
