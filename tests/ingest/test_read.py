"""Files become records, with every refused and questioned cell in the issues."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.errors import DecisionNeeded, FileError, NothingUsable
from hipoutcomes.ingest.describe import describe
from hipoutcomes.ingest.read import read_files
from hipoutcomes.tables.records import NO_DAY, ScoreField
from hipoutcomes.tables.table import Table
from hipoutcomes.vocabulary.columns import ISSUES

FILES = Path(__file__).parent / "files"
TODAY = "2026-11-01"


@pytest.fixture
def read(tmp_path):
    """Read text as one file, or several texts as several files."""

    def reading(*texts, **options):
        paths = []
        for i, text in enumerate(texts):
            paths.append(tmp_path / f"file{i}.csv")
            paths[-1].write_text(text, encoding="utf-8")
        return read_files(paths, today=TODAY, **options)

    return reading


def plain(series):
    """A column as a list, missing as None."""
    return [None if pd.isna(value) else value for value in series]


def listed(scores, measure, timing, side="", item=""):
    """The scores of one field as a list, missing as None."""
    return plain(scores[ScoreField(measure, timing, side, item)])


def test_a_clinics_file_becomes_records():
    reading = read_files(FILES / "clinic.csv", today=TODAY)
    rows, scores = reading.records.rows, reading.records.scores
    assert list(reading.records.patients) == ["A1", "B2", "C3"]
    assert rows["row"].tolist() == [2, 4, 6, 7, 10, 11, 2]
    assert rows["patient_id"].tolist() == [1, 1, 2, 2, 3, 3, 1]
    assert rows["is_visit"].tolist() == [True, True, True, False, True, True, False]
    first = np.datetime64("2026-03-05").astype("datetime64[D]").astype(int)
    assert (rows["day"] - first).tolist() == [0, 7, 8, 46, 57, 57, 1]
    assert plain(rows["therapist"]) == ["Ann", "Bob", "Ann", None, None, "Bob", "Ann"]
    assert plain(rows["condition"])[:3] == ["bursitis", None, "osteoarthritis"]
    assert plain(rows["side"])[:3] == ["left", "left", "right"]
    assert plain(rows["technique"]) == [
        "swedish",
        "swedish",
        "mixed",
        None,
        "other",
        "swedish",
        None,
    ]
    assert listed(scores, "pain", "before") == [7, 6.5, 8, None, 3, None, None]
    assert listed(scores, "pain", "after") == [5, 5, None, None, None, 2, None]
    assert listed(scores, "pain", "between") == [None, None, None, 3, None, None, 4]
    assert listed(scores, "flexion", "before", "left") == [100, None, 95, None, None, None, None]
    assert plain(rows["rater"])[:2] == ["Ann", "Bob"]


def test_techniques_of_a_cell_are_treatments_with_their_minutes():
    treatments = read_files(FILES / "clinic.csv", today=TODAY).records.treatments
    assert list(zip(treatments["record"], treatments["technique"], strict=True)) == [
        (0, "swedish"), (0, "deep_tissue"), (1, "swedish"), (2, "cupping"),
        (2, "myofascial_release"), (4, "other"), (5, "swedish"),
    ]  # fmt: skip
    assert plain(treatments["minutes"]) == [40, 20, None, None, None, None, None]


def test_every_refused_and_questioned_cell_is_an_issue():
    issues = read_files(FILES / "clinic.csv", today=TODAY).issues
    assert tuple(issues.columns) == tuple(column.name for column in ISSUES)
    got = list(
        zip(issues["row"], issues["column"], issues["value"], issues["code"], issues["action"],
            strict=True)
    )  # fmt: skip
    assert sorted(got) == [
        (3, "Client", "A1", "duplicate-row", "row_skipped"),
        (4, "Flexion L before", "WNL", "not-degrees", "cell_missing"),
        (4, "VAS before", "6-7", "range-of-values", "accepted"),
        (6, "VAS after", "<2", "censored", "cell_missing"),
        (8, "Client", "", "no-patient", "row_quarantined"),
        (9, "Visit date", "31/31/2026", "type-error", "row_quarantined"),
        (10, "Tx", "Hot rocks", "unknown-term", "accepted"),
        (11, "VAS before", "12", "range", "cell_missing"),
        (11, "Visit date", "2026-05-01", "two-visits-one-day", "accepted"),
    ]


def test_the_accounts_of_a_clinics_file():
    account = read_files(FILES / "clinic.csv", today=TODAY).accounting
    assert account.rows == {
        "rows_in_file": 11, "accepted": 6, "quarantined": 2, "skipped_not_a_visit": 1,
        "duplicates": 1, "blank": 0, "preamble": 0, "header": 1, "footer": 0,
    }  # fmt: skip
    assert account.cells["cells_in_mapped_columns"] == 12 * 8
    assert account.cells["quarantined"] == 12 * 2 + 3
    assert account.cells["flagged"] == 2


def test_a_wide_file_is_one_row_per_episode():
    reading = read_files(FILES / "clinic_wide.csv", today=TODAY)
    assert reading.records.shape == "episodes"
    rows = reading.records.rows
    assert (rows["day"] == NO_DAY).all()
    assert not rows["is_visit"].any()
    assert listed(reading.records.scores, "pain", "before") == [7, 6, 5]
    assert listed(reading.records.scores, "pain", "between") == [3, None, 5]
    assert rows["age"].tolist() == [50, 61, 44]


def test_without_an_id_each_row_of_a_wide_file_is_a_patient(read):
    reading = read("baseline pain,final pain\n5,3\n5,3\n")
    assert reading.records.rows["patient_id"].tolist() == [1, 2]
    assert list(reading.records.patients) == ["row 2", "row 3"]


def test_ids_are_kept_as_typed_and_excel_decimals_are_one(read):
    reading = read(
        "client,date,pain before\n00457,2026-01-05,5\n457.0,2026-01-06,5\n457,2026-01-07,5\n"
        " ab 1,2026-01-08,5\nAB 1,2026-01-09,4\n"
    )
    assert list(reading.records.patients) == ["00457", "457", "ab 1"]
    assert reading.records.rows["patient_id"].tolist() == [1, 2, 2, 3, 3]
    assert reading.issues["code"].tolist() == ["id-zeros-lost"]


def test_names_as_ids_are_questioned(read):
    reading = read("client,date,pain before\nAnn Smith,2026-01-05,5\nBob Jones,2026-01-06,5\n")
    assert list(reading.issues["code"]) == ["id-looks-like-name"]
    assert list(reading.issues["row"]) == [0]


def test_patients_are_numbered_as_they_first_appear_among_accepted_rows(read):
    reading = read(
        "client,date,pain before\nC,nonsense,5\nB,2026-01-06,5\nA,2026-01-05,4\nC,2026-01-08,5\n"
    )
    assert list(reading.records.patients) == ["B", "A", "C"]


@pytest.mark.parametrize(
    ("said", "visits"),
    [
        ("Visit", [True]), ("Follow-up", [True]), ("Initial assessment", [True]),
        ("60 min massage", [True]), ("Score only", [False]), ("text message", [False]),
        ("6-week check", [False]), ("Phone", [False]), ("between visits", [False]),
        ("Cancelled", []), ("late cancellation", []), ("No-show", []), ("DNA", []),
    ],
)  # fmt: skip
def test_row_types(read, said, visits):
    reading = read(
        f"client,date,visit type,pain before\nA,2026-01-05,visit,5\nB,2026-01-06,{said},4\n"
    )
    assert reading.records.rows["is_visit"].tolist()[1:] == visits
    assert len(reading.issues) == 0


def test_an_unknown_row_type_is_a_visit_with_a_question(read):
    reading = read("client,date,visit type,pain before\nA,2026-01-05,gazebo,5\n")
    assert reading.records.rows["is_visit"].tolist() == [True]
    assert list(reading.issues["code"]) == ["unknown-row-type"]


def test_attended_and_cancelled_columns(read):
    reading = read(
        "client,date,attended,cancelled at,pain before\nA,2026-01-05,yes,,5\nB,2026-01-06,no,,5\n"
        "C,2026-01-07,yes,2026-01-06,5\n"
    )
    assert list(reading.records.patients) == ["A"]
    assert reading.accounting.rows["skipped_not_a_visit"] == 2


def test_a_row_with_only_a_score_between_is_no_visit(read):
    reading = read(
        "client,date,technique,pain before,pain between visits\nA,2026-01-05,swedish,5,\n"
        "A,2026-02-05,,,3\nA,2026-03-05,swedish,4,2\n"
    )
    assert reading.records.rows["is_visit"].tolist() == [True, False, True]
    assert listed(reading.records.scores, "pain", "between") == [None, 3, 2]


def test_technique_columns_as_marks_and_minutes(read):
    reading = read(
        "client,date,Swedish,Deep tissue,Minutes cupping\nA,2026-01-05,x,,15\n"
        "B,2026-01-06,no,30 min,\nC,2026-01-07,0,1,maybe\n"
    )
    treatments = reading.records.treatments
    assert list(zip(treatments["record"], treatments["technique"], strict=True)) == [
        (0, "swedish"), (0, "cupping"), (1, "deep_tissue"), (2, "deep_tissue"),
    ]  # fmt: skip
    assert plain(treatments["minutes"]) == [None, 15, 30, None]
    assert list(reading.issues["value"]) == ["maybe"]


def test_two_technique_columns_are_put_together(read):
    reading = read(
        "client,date,technique 1,technique 2\nA,2026-01-05,swedish 40,cupping\n"
        "B,2026-01-06,cupping,cupping\n"
    )
    assert reading.records.rows["technique"].tolist() == ["swedish", "cupping"]
    assert len(reading.records.treatments) == 3


def test_mode_column_sorts_motion_into_active_and_passive(read):
    reading = read(
        "client,date,mode,flexion left before\nA,2026-01-05,active,90\nA,2026-01-12,passive,110\n"
        "A,2026-01-19,,100\n"
    )
    scores = reading.records.scores
    assert listed(scores, "flexion_active", "before", "left") == [90, None, None]
    assert listed(scores, "flexion_passive", "before", "left") == [None, 110, None]
    assert listed(scores, "flexion", "before", "left") == [None, None, 100]


def test_items_are_fields_of_their_own(read):
    scores = read("client,date,HOOS-PS 1,HOOS-PS 2\nA,2026-01-05,3,7\n").records.scores
    assert listed(scores, "hoos_ps_1", "before", item="hoos_ps_1") == [3]
    assert listed(scores, "hoos_ps_2", "before", item="hoos_ps_2") == [None]


def test_answers_that_a_questionnaire_does_not_offer_are_refused(read):
    reading = read("client,date,VISA-G 2\nA,2026-01-05,5\nB,2026-01-05,6\n")
    assert listed(reading.records.scores, "visa_g_2", "before", item="visa_g_2") == [5, None]
    assert list(reading.issues["code"]) == ["item-missing", "range"]


def test_consultation_columns(read):
    rows = read(
        "client,date,pain before,year of birth,visit number,onset date,duration of complaint,"
        "earlier injuries,aftercare advised,homecare followed,next visit advised,pressure,history\n"
        'A,2026-01-05,5,1970,1,2025-12-22,2 weeks,fell 2019,"water, stretches",no,yes,firm,asthma\n'
        "A,2026-01-12,4,1970,2,,,no,,,no,,\n"
    ).records.rows
    assert rows["age"].tolist() == [55, 55]
    assert rows["first_visit"].tolist() == [True, False]
    assert plain(rows["onset_day"]) == [rows["day"][0] - 14, None]
    assert plain(rows["duration_weeks"]) == [2, None]
    assert rows["earlier_injuries"].tolist() == [True, False]
    assert plain(rows["aftercare_advised"]) == ["hydration;stretching", None]
    assert plain(rows["aftercare_followed"]) == ["no", None]
    assert rows["follow_up_advised"].tolist() == [True, False]
    assert plain(rows["pressure"]) == ["firm", None]
    assert plain(rows["history"]) == ["asthma", None]


def test_files_are_joined_by_patient(read):
    reading = read(
        "client,date,technique,pain before\nA,2026-01-05,swedish,5\nB,2026-01-06,cupping,6\n",
        "client,date,row type,pain before,age\nb,2026-02-20,text message,3,44\n"
        "C,2026-02-21,text message,2,\n",
    )
    rows = reading.records.rows
    assert rows["patient_id"].tolist() == [1, 2, 2, 3]
    assert rows["file"].tolist() == ["file0.csv"] * 2 + ["file1.csv"] * 2
    assert plain(rows["age"]) == [None, None, 44, None]
    assert plain(rows["technique"]) == ["swedish", "cupping", None, None]
    assert listed(reading.records.scores, "pain", "between") == [None, None, 3, 2]
    assert reading.records.treatments["record"].tolist() == [0, 1]


def test_rows_that_two_exports_share_count_once(read):
    head = "client,date,technique,pain before\n"
    one, two, three = (f"A,2026-01-{d:02d},swedish 30,5\n" for d in (5, 6, 7))
    reading = read(head + one + two, head + two + three)
    assert reading.records.rows["row"].tolist() == [2, 3, 3]
    assert reading.records.treatments["record"].tolist() == [0, 1, 2]
    assert [f.rows["duplicates"] for f in reading.accounting.files] == [0, 1]
    assert list(reading.issues["code"]) == ["duplicate-row"]


def test_two_files_of_one_name_are_told_apart(tmp_path):
    for folder in ("north", "south"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "may.csv").write_text(f"client,date,pain pre\n{folder},2026-05-01,4\n")
    paths = [tmp_path / "north" / "may.csv", tmp_path / "south" / "may.csv"]
    reading = read_files(paths, today=TODAY)
    assert [source.file for source in reading.sources] == ["north/may.csv", "south/may.csv"]


def test_files_of_two_shapes_are_asked_about(read):
    with pytest.raises(DecisionNeeded, match=r"file0\.csv: sessions, file1\.csv: episodes"):
        read("client,date,pain pre\nA,2026-01-05,5\n", "client,baseline pain,final pain\nA,5,3\n")


def test_rows_with_cells_out_of_place_are_quarantined(read):
    reading = read("client,date,pain before\nA,2026-01-05,5\nB,2026-01-05,5,extra\n")
    assert reading.accounting.rows["quarantined"] == 1
    assert list(reading.issues["code"]) == ["extra-cell"]


def test_a_heading_without_rows_is_refused(read):
    with pytest.raises(FileError, match="no rows below them"):
        read("client,date,pain before\n")


def test_a_file_of_only_bad_rows_names_the_reasons(read):
    with pytest.raises(NothingUsable) as refused:
        read("client,date,pain before\n,2026-01-05,5\n,2026-01-05,5\nA,someday,4\n")
    assert "No row of file0.csv could be used (3 rows)." in str(refused.value)
    assert "2 rows: The row does not say which client it is about." in str(refused.value)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("shape", "wide", "shape must be 'sessions' or 'episodes'; it is 'wide'."),
        ("date_order", "us", "date_order must be 'day-first' or 'month-first'; it is 'us'."),
        ("scale", "0-5", "scale must be '0-10' or '0-100'; it is '0-5'."),
        ("none_means", "no", "none_means must be 'zero' or 'missing'; it is 'no'."),
        ("constants", {"gadget": "x"}, "A constant must be 'device', "),
    ],
)
def test_wrong_options_name_what_is_allowed(read, option, value, words):
    with pytest.raises(ValueError, match="must be") as refused:
        read("client,date,pain before\nA,2026-01-05,5\n", **{option: value})
    assert words in str(refused.value)


def test_shuffled_rows_give_the_same_records(read):
    head, *rows = (FILES / "clinic.csv").read_text().splitlines()
    turned = read("\n".join([head, *reversed(rows)]) + "\n").records
    straight = read_files(FILES / "clinic.csv", today=TODAY).records

    def content(records):
        names = np.array(records.patients)[records.rows["patient_id"] - 1]
        scores = {str(f): plain(s) for f, s in records.scores.items()}
        frame = pd.DataFrame({"patient": names, "day": records.rows["day"], **scores})
        columns = sorted(frame.columns)
        return sorted(map(str, frame[columns].to_numpy(object).tolist()))

    assert content(turned) == content(straight)


def test_issues_fit_their_table():
    class Issues(Table):
        columns = ISSUES
        key = ("file", "sheet", "row", "column", "code")

    assert len(Issues(read_files(FILES / "clinic.csv", today=TODAY).issues)) == 9


def test_how_a_file_was_read_is_told_in_words():
    text = describe(read_files(FILES / "clinic.csv", today=TODAY))
    for words in (
        "clinic.csv: read as sessions",
        "encoding: utf-8",
        "'Notes': 2 cells",
        "dates in 'Visit date'",
        "'Hot rocks' (technique): 1 cells",
        "6 accepted, 2 quarantined",
    ):
        assert words in text
    line = next(line for line in text.splitlines() if line.strip().startswith("VAS before"))
    assert line.split() == ["VAS", "before", "pain", "before", "7", "|", "6-7", "|", "8"]
