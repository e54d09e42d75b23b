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
}


@pytest.fixture(scope="module")
def typed():
    """A clinic's rows as text, without rows that stand for the file rather than a visit."""
    return ho.simulate_clinic(150, seed=5).sessions.astype(str).replace({"nan": "", "None": ""})


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
    pd.testing.assert_frame_equal(found.table, expected.table, check_categorical=False, rtol=1e-12)
    assert found.words == expected.words
    assert dict(found.sample) == dict(expected.sample)
