"""Files of simulated clinics: the demo, the messes, the large file."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.ingest.planning.headings import recognise
from hipoutcomes.simulate import simulate_clinic, write_benchmark_csv, write_demo
from hipoutcomes.simulate_files import CONDITION_WORDS, TECHNIQUE_WORDS
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES

DATA = Path(__file__).resolve().parents[1] / "data"

TARGETS = {
    "Client": "patient",
    "Date": "date",
    "Row type": "row_type",
    "First visit": "first_visit",
    "Therapist": "therapist",
    "Technique": "technique",
    "Minutes": "minutes",
    "Condition": "condition",
    "Side": "side",
    "Age": "age",
    "Sex": "sex",
    "Pain before": "pain before",
    "Pain after": "pain after",
    "Pain between visits": "pain between",
    "Discomfort": "discomfort during",
    "Flexion active before": "flexion_active before",
    "Internal rotation active before": "internal_rotation_active before",
    "Rater": "rater",
    "Device": "device",
    "Position": "position",
    "Tension before": "tension before",
    "Tension after": "tension after",
    "Pressure": "pressure",
    "Pressure adjusted": "pressure_adjusted",
    "Aftercare advised": "aftercare_advised",
    "Aftercare followed": "aftercare_followed",
    "HOOS-PS 1": "hoos_ps_1 before",
    "HOOS-PS 2": "hoos_ps_2 before",
    "HOOS-PS 3": "hoos_ps_3 before",
    "HOOS-PS 4": "hoos_ps_4 before",
    "HOOS-PS 5": "hoos_ps_5 before",
}


def read_text(path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def messy():
    return simulate_clinic(400, seed=9, mess=0.05)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    return read_text(write_benchmark_csv(tmp_path_factory.mktemp("large") / "b.csv", 20_000, 3))


@pytest.mark.parametrize("name", ["demo_sessions.csv", "demo_sessions.md"])
def test_committed_demo_is_what_the_simulator_writes(tmp_path, name):
    write_demo(tmp_path)
    assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


def test_demo_is_small_and_about_as_large_as_a_real_clinic():
    path = DATA / "demo_sessions.csv"
    demo = read_text(path).iloc[:-1]
    assert path.stat().st_size < 200_000
    assert 1300 < len(demo) < 1500
    assert demo["Client"].str.fullmatch(r"C\d{4}").sum() > 1300
    assert demo["Therapist"].replace("", pd.NA).nunique() == 5
    assert demo["Date"].min() >= "2025-01-06"


def test_every_heading_is_one_that_clinics_use():
    headings = list(simulate_clinic(5, seed=1).sessions.columns)
    assert {heading: recognise(heading) for heading in headings} == TARGETS


def test_words_for_techniques_and_conditions_are_known():
    assert {TECHNIQUES.find(word): code for code, word in TECHNIQUE_WORDS.items()} == {
        code: code for code in TECHNIQUE_WORDS
    }
    assert {CONDITIONS.find(word): code for code, word in CONDITION_WORDS.items()} == {
        code: code for code in CONDITION_WORDS
    }


def test_a_clean_file_has_nothing_planted(tmp_path):
    clinic = simulate_clinic(20, seed=1)
    written = read_text(clinic.write_csv(tmp_path / "clean.csv"))
    assert dict(clinic.planted) == {}
    pd.testing.assert_frame_equal(written, clinic.sessions.fillna(""), check_dtype=False)


def test_messes_are_as_many_as_stated(messy):
    clean = simulate_clinic(400, seed=9)
    extra = len(messy.sessions) - len(clean.sessions)
    planted = messy.planted
    rows = ("repeated rows", "cancelled rows", "rows without client")
    assert extra == sum(planted[name] for name in rows)
    assert (messy.sessions["Row type"] == "Cancelled").sum() == planted["cancelled rows"] > 1
    assert messy.sessions["Client"].isna().sum() == planted["rows without client"] > 1
    assert messy.sessions.duplicated().sum() == planted["repeated rows"] > 1
    for column in ("Pain before", "Pain after", "Discomfort", "Technique"):
        share = planted[column] / clean.sessions[column].notna().sum()
        assert share == pytest.approx(0.05, abs=0.005)


def test_messes_change_no_other_cell(messy):
    clean = simulate_clinic(400, seed=9).sessions
    touched = {"Pain before", "Pain after", "Pain between visits", "Discomfort", "Technique"}
    kept = messy.sessions[
        (messy.sessions["Row type"] != "Cancelled")
        & messy.sessions["Client"].notna()
        & ~messy.sessions.duplicated()
    ]
    same = [column for column in clean if column not in touched]
    pd.testing.assert_frame_equal(kept[same].reset_index(drop=True), clean[same])
    changed = kept["Pain before"].fillna("").to_numpy() != clean["Pain before"].fillna("")
    assert changed.sum() <= messy.planted["Pain before"]
    assert changed.sum() > 0.8 * messy.planted["Pain before"]


def test_each_way_of_typing_a_score_badly_occurs(messy):
    typed = messy.sessions["Pain before"].dropna()
    for way in (r"\d+/10", r"\d-\d+", r"~\d+", r"11", r" \d+ "):
        assert typed.str.fullmatch(way).any(), way
    assert set(messy.sessions["Technique"].dropna()) >= {"DT", "MFR", "Swedish/deep tissue"}


def test_totals_stand_below_the_table(messy, tmp_path):
    last = messy.write_csv(tmp_path / "messy.csv").read_text().splitlines()[-1]
    assert last == f"Total,{len(messy.sessions)} rows"


def test_ask_plants_the_question_and_nothing_else():
    asking, quiet = (simulate_clinic(100, seed=2, ask=ask) for ask in (True, False))
    assert (asking.sessions["Pain before"] == "none").sum() == asking.planted["none"] == 3
    others = [column for column in quiet.sessions if column != "Pain before"]
    pd.testing.assert_frame_equal(asking.sessions[others], quiet.sessions[others])
    assert "none" not in set(quiet.sessions["Pain before"])


def test_large_file_has_the_columns_and_rows_asked_for(large):
    assert len(large) == 20_000
    items = [f"HOOS JR {item}" for item in range(1, 7)]
    assert list(large)[:3] == ["Patient", "Date", "Therapist"]
    assert list(large)[-6:] == items
    assert len(large.columns) == 18
    assert all(recognise(heading) for heading in large)


def test_large_file_is_as_dirty_as_stated(large):
    assert (large[["Patient", "Date"]] != "").all(axis=None)
    rest = large.drop(columns=["Patient", "Date"])
    empty = (rest == "").mean()
    assert empty.between(0.024, 0.036).all()
    filled = large["Pain before"][large["Pain before"] != ""]
    good = filled.isin([str(score) for score in range(11)])
    assert 1 - good.mean() == pytest.approx(0.005, abs=0.002)


def test_large_file_is_shuffled_and_plausible(large):
    assert not large["Date"].is_monotonic_increasing
    assert not large["Patient"].is_monotonic_increasing
    visits = large["Patient"].value_counts()
    assert 3.5 < visits.mean() < 6
    pain = pd.to_numeric(large["Pain before"], errors="coerce")
    assert 3 < pain.mean() < 5
    function = pd.to_numeric(large["HOOS JR 3"], errors="coerce").where(lambda answer: answer <= 4)
    assert function.corr(pain) > 0.5
    rotation = pd.to_numeric(large["Internal rotation active before"], errors="coerce")
    assert rotation.median() == pytest.approx(28, abs=1)


def test_large_file_is_the_same_from_the_same_seed(tmp_path):
    first, second, other = (
        write_benchmark_csv(tmp_path / f"{i}.csv", 500, seed).read_bytes()
        for i, seed in enumerate((1, 1, 2))
    )
    assert first == second != other


def test_a_large_file_needs_a_row(tmp_path):
    with pytest.raises(ValueError, match="n_sessions must be 1 or more; it is 0"):
        write_benchmark_csv(tmp_path / "none.csv", 0, 1)


def test_answers_are_whole_numbers_from_0_to_4():
    sessions = simulate_clinic(200, seed=7).sessions
    answers = sessions.filter(like="HOOS-PS").stack().dropna().astype(int)
    assert set(np.unique(answers)) == {0, 1, 2, 3, 4}
