"""The rules by which files become one record, each on a few rows that can be checked by eye."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from records_for_tests import PAIN, file_of, random_lines, records_of, said, saved

from hipoutcomes.errors import StoreError
from hipoutcomes.store.incoming import Incoming
from hipoutcomes.store.store import LEDGER, Store
from hipoutcomes.tables.records import Records, ScoreField

ANN = {"client": "ANN", "day": 20001, "start": 600.0, "pain": 6.0, "side": "left"}
BEN = {"client": "BEN", "day": 20002, "start": 660.0, "pain": 5.0, "side": "right"}


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "store", create=True) as opened:
        yield opened


def pains(store) -> list[float | None]:
    """Pain of every row, in the order of the store."""
    return [line.get("pain") for line in said(store)]


def test_a_changed_cell_changes_the_row_and_both_imports_are_named(store):
    store.add(file_of([ANN, BEN], "first"))
    done = store.add(file_of([{**ANN, "pain": 4.0, "side": None}, BEN], "second"))
    assert (done.n_new, done.n_changed, done.n_unchanged) == (0, 1, 1)
    assert pains(store) == [4.0, 5.0]
    assert said(store)[0]["side"] == "left"
    history = store.history("ANN")
    assert history["file"].tolist() == ["first", "second"]
    assert history["import_id"].tolist() == [1, 2]


def test_blanks_take_away_where_the_owner_says_so(store):
    store.add(file_of([{**ANN, "techniques": [("swedish", 30.0)]}, BEN], "first"))
    blank = [{**ANN, "pain": None}, BEN]
    store.add(file_of(blank, "second"))
    assert pains(store) == [6.0, 5.0]
    done = store.add(file_of([*blank, {**BEN, "day": 20003}], "third", blank_overwrites=True))
    assert (done.n_new, done.n_changed) == (1, 1)
    assert pains(store) == [None, 5.0, 5.0]
    assert said(store)[0]["techniques"] == [("swedish", 30.0)]  # the file has no such column


def test_rows_that_a_newer_file_lacks_are_told_and_stay(store):
    store.add(file_of([ANN, BEN, {**ANN, "day": 20009}], "first"))
    done = store.add(file_of([ANN, {**BEN, "day": 20003}], "second"))
    assert (done.n_new, done.n_gone) == (1, 1)  # BEN's of the day between; 20009 is outside
    assert len(said(store)) == 4


def test_a_sheet_of_scores_does_not_miss_what_appointments_have(store):
    store.add(file_of([ANN, BEN], "appointments"))
    sheet = records_of([{"client": "ANN", "day": 20001}, {"client": "BEN", "day": 20002}])
    one_row = sheet.rows.iloc[:1]
    scores = Records(one_row.drop(columns="minutes"), {PAIN: np.array([3.0])}, sheet.treatments,
                     sheet.patients)  # fmt: skip
    assert store.add(Incoming(scores, "scores", "ab")).n_gone == 0


def test_an_older_file_fills_blanks_and_gives_way_where_they_differ(store):
    later = {**BEN, "day": 20030}
    store.add(file_of([{**ANN, "side": None}, later], "newer"))
    done = store.add(file_of([{**ANN, "pain": 1.0, "side": "right"}], "older"))
    assert done.is_stale
    assert said(store)[0]["pain"] == 6.0
    assert said(store)[0]["side"] == "right"
    done = store.add(file_of([{**ANN, "pain": 2.0}], "older and right", overwrites=True))
    assert said(store)[0]["pain"] == 2.0
    again = store.add(file_of([{**ANN, "side": None}], "older, and the same"))
    assert (again.n_changed, again.n_unchanged) == (0, 1)


def test_visit_ids_are_one_series_within_a_family_only(store):
    numbered = {**ANN, "visit_id": "17"}
    store.add(file_of([numbered], "a", family="jane"))
    moved = {**numbered, "day": 20005, "start": 700.0}
    assert store.add(file_of([moved], "b", family="jane")).n_changed == 1
    assert [line["day"] for line in said(store)] == [20005]
    assert store.add(file_of([moved], "c", family="cliniko")).n_new == 1
    _, family = store.records()
    assert sorted(family.tolist()) == [0, 1]


def test_scores_between_visits_are_kept_beside_the_visit_of_that_day(store):
    message = {**ANN, "is_visit": False, "pain": 2.0}
    assert store.add(file_of([ANN, message], "first")).n_new == 2
    assert store.add(file_of([message, ANN], "second")).n_unchanged == 2
    assert sorted(pains(store)) == [2.0, 6.0]


@pytest.mark.parametrize("backwards", [False, True])
def test_two_visits_of_a_day_without_times_keep_apart(store, backwards):
    plain = {"client": "ANN", "day": 20001}
    two = [
        {**plain, "therapist": "T1", "pain": 6.0, "minutes": 30.0},
        {**plain, "therapist": "T2", "pain": 5.0},
    ]
    store.add(file_of(two, "first"))
    corrected = [{**two[0], "pain": 2.0}, two[1]]
    done = store.add(file_of(corrected[::-1] if backwards else corrected, "second"))
    assert (done.n_new, done.n_changed, done.n_unchanged) == (0, 1, 1)
    told = {line["therapist"]: line for line in said(store)}
    assert told["T1"]["pain"] == 2.0
    assert told["T2"]["pain"] == 5.0
    assert "minutes" not in told["T2"]


def test_rows_of_courses_of_care_are_refused(store):
    episodes = replace(records_of([ANN]), shape="episodes")
    with pytest.raises(StoreError, match="one row per course of care") as told:
        store.add(Incoming(episodes, "file", "ab"))
    assert len(str(told.value).splitlines()) == 3
    assert len(store.imports()) == 0


def test_an_unknown_import_cannot_be_taken_back(store):
    with pytest.raises(StoreError, match="no import 3"):
        store.undo(3)


def test_the_same_file_can_come_again_once_it_was_taken_back(store):
    store.add(file_of([ANN], "first"))
    done = store.undo(1)
    assert (done.n_removed, done.n_restored) == (1, 0)
    assert said(store) == []
    assert store.add(file_of([ANN], "first")).n_new == 1


def test_undo_tells_what_it_set_back(store):
    store.add(file_of([ANN, BEN], "first"))
    store.add(file_of([{**ANN, "pain": 1.0}, {**BEN, "day": 20008}], "second"))
    done = store.undo(2)
    assert (done.n_removed, done.n_restored) == (1, 1)


def test_what_was_set_aside_is_open_until_a_corrected_file_settles_it(store):
    issues = pd.DataFrame(
        {"row": [2], "field": ["pain"], "code": ["above-range"], "severity": ["error"],
         "action": ["set aside"]}
    )  # fmt: skip
    store.add(file_of([ANN], "first", issues=issues, quarantined={"k1": "above-range", "k2": "no"},
                      accounting={"rows": 3}))  # fmt: skip
    assert store.open_quarantine()["quarantine_key"].tolist() == ["k1", "k2"]
    assert store.issues()[["file", "row", "code"]].values.tolist() == [["first", 2, "above-range"]]
    store.add(file_of([BEN], "fix", resolved={"k1": "replaced", "k2": "dropped"}))
    assert store.open_quarantine().empty
    store.undo(2)
    assert store.open_quarantine()["quarantine_key"].tolist() == ["k1", "k2"]
    store.undo(1)
    assert store.issues().empty


def test_merged_clients_are_one_client_in_order_of_days(store):
    store.add(file_of([ANN, BEN, {**ANN, "day": 20005}, {**ANN, "client": "CAS"}], "first"))
    before = saved(store)
    assert store.merge_clients("ANN", "BEN") == 2
    assert not store.snapshot_is_current()
    assert [(line["client"], line["day"]) for line in said(store)] == [
        ("BEN", 20001),
        ("BEN", 20002),
        ("BEN", 20005),
        ("CAS", 20001),
    ]
    assert saved(store) != before
    table = pd.read_parquet(store.folder / "snapshot" / "sessions.parquet")
    assert table["seq"].tolist() == [1, 2, 3, 1]
    assert table["t"].tolist() == [0, 1, 4, 0]
    assert table["is_last"].tolist() == [False, False, True, True]
    # Later files may go on calling the client by the old number.
    assert store.add(file_of([{**ANN, "day": 20007}], "second")).n_new == 1
    assert [line["client"] for line in said(store)].count("BEN") == 4
    assert set(store.history("BEN")["day"]) == {20001, 20002, 20005, 20007}
    with pytest.raises(StoreError):
        store.merge_clients("ANN", "BEN")
    with pytest.raises(StoreError):
        store.merge_clients("BEN", "ANN")
    with pytest.raises(StoreError):
        store.merge_clients("BEN", "nobody")


def test_any_sql_tool_reads_the_tables(store, tmp_path):
    import sqlite3

    store.add(file_of([{**ANN, "techniques": [("swedish", 30.0)]}, BEN], "first"))
    with sqlite3.connect(tmp_path / "store" / LEDGER) as other:
        found = other.execute(
            "SELECT client, day, session.side, value, technique FROM session "
            "JOIN score USING (version_id) LEFT JOIN technique USING (version_id) "
            "WHERE measure = 'pain' ORDER BY client"
        ).fetchall()
    other.close()
    assert found == [("ANN", 20001, "left", 6.0, "swedish"), ("BEN", 20002, "right", 5.0, None)]


def test_a_snapshot_gives_the_records_back(store):
    lines = random_lines(400, 3)
    store.add(file_of(lines, "first"))
    told, _ = store.records()
    saved(store)
    back = store.read_snapshot()
    pd.testing.assert_frame_equal(
        told.rows[sorted(told.rows)], back.rows[sorted(back.rows)], check_categorical=False
    )
    assert told.patients.tolist() == back.patients.tolist()
    assert list(told.scores) == list(back.scores)
    for field, values in told.scores.items():
        np.testing.assert_array_equal(values, back.scores[field])
    pd.testing.assert_frame_equal(told.treatments, back.treatments, check_dtype=False)
    assert back.shape == "sessions"


def test_a_store_without_rows_has_a_snapshot_too(store):
    saved(store)
    assert len(store.read_snapshot().rows) == 0
    assert store.snapshot_is_current()


def test_a_file_without_rows_is_an_import(store):
    store.add(file_of([ANN], "first"))
    done = store.add(file_of([], "nothing"))
    assert (done.n_new, done.n_changed, done.n_unchanged, done.n_gone) == (0, 0, 0, 0)
    assert len(store.imports()) == 2
    store.undo(2)
    assert len(said(store)) == 1


def test_zero_with_and_without_a_sign_is_one_score(store):
    store.add(file_of([{**ANN, "flexion": 0.0}], "first"))
    assert store.add(file_of([{**ANN, "flexion": -0.0}], "second")).n_unchanged == 1


TEXTS = ["ice", None, "ice;stretches"]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("aftercare_advised", pd.array(TEXTS, "str"), TEXTS),
        ("aftercare_advised", np.array(TEXTS, object), TEXTS),
        ("aftercare_advised", pd.Categorical(TEXTS), TEXTS),
        ("onset_day", pd.array([-6, None, 20_000], "Int32"), [-6, None, 20_000]),
        ("onset_day", np.array([-6.0, np.nan, 20_000.0]), [-6, None, 20_000]),
        ("pressure_adjusted", pd.array([True, None, False], "boolean"), [True, None, False]),
        ("pressure_adjusted", np.array([True, False, False]), [True, False, False]),
        ("age", np.array([41, 42, 43], np.int16), [41.0, 42.0, 43.0]),
        ("clinic", pd.Categorical(["a\0b", None, "é|="]), ["a\0b", None, "é|="]),
    ],
)
def test_every_kind_of_column_comes_back(store, name, values, expected):
    made = records_of([{**ANN, "day": 20001 + i} for i in range(3)])
    records = replace(made, rows=made.rows.assign(**{name: values}))
    store.add(Incoming(records, "file", "ab"))
    told, _ = store.records()
    saved(store)
    for rows in (told.rows, store.read_snapshot().rows):
        shown = [None if pd.isna(value) else value for value in rows[name].tolist()]
        assert shown == expected
    assert store.add(Incoming(records, "file", "cd")).n_unchanged == 3


def test_scores_keep_every_digit(store):
    lines = [{**ANN, "day": day, "pain": value} for day, value in enumerate(
        (0.1, 1 / 3, 1e-300, 123456789.123456789, 2**53 + 1.0), start=20001)]  # fmt: skip
    store.add(file_of(lines, "first"))
    assert pains(store) == [line["pain"] for line in lines]
    saved(store)
    (field,) = store.read_snapshot().scores
    assert field == ScoreField("pain")
    assert store.read_snapshot().scores[field].tolist() == [line["pain"] for line in lines]
