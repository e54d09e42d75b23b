"""A tidy frame of visits: one row per scored visit of the first course of care."""

import numpy as np
import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.errors import NotEnoughData


def test_rows_are_the_scores_typed_before_each_visit(tmp_path):
    lines = ["Patient,Date,Pain before,Age,Technique"]
    for patient in range(12):
        for number, day in enumerate(("2025-06-02", "2025-06-09", "2025-06-19")):
            pain = "" if (patient, number) == (3, 1) else 8 - number - patient % 3
            lines.append(f"P{patient:02},{day},{pain},{30 + patient},swedish")
    path = tmp_path / "visits.csv"
    path.write_text("\n".join(lines))
    clinic = ho.load(path, episode_rule=ho.EpisodeRule(run_in=0))
    rows = ho.visit_scores(clinic, "pain")
    assert len(rows) == 35
    fourth = rows[rows["age"] == 33].drop(columns="patient_id").reset_index(drop=True)
    expected = pd.DataFrame(
        {"session_number": [1, 3], "week": [0, 17 / 7], "score": [8.0, 6.0], "first_score": 8.0}
    )
    pd.testing.assert_frame_equal(fourth[list(expected)], expected)
    assert set(rows) == {
        "patient_id", "session_number", "week", "score", "first_score", "age", "technique"
    }  # fmt: skip


def test_every_scored_visit_is_there_once(demo_clinic):
    rows = ho.visit_scores(demo_clinic, "pain")
    assert not rows.duplicated(["patient_id", "session_number"]).any()
    assert rows["score"].between(0, 10).all()
    first = rows["session_number"] == 1
    np.testing.assert_array_equal(rows.loc[first, "score"], rows.loc[first, "first_score"])
    assert (rows.loc[first, "week"] == 0).all()


def test_what_was_not_recorded_is_said(demo_clinic):
    with pytest.raises(NotEnoughData, match="These records hold no scores of 'lefs'"):
        ho.visit_scores(demo_clinic, "lefs")
