"""Castor EDC: codes and years that stand for missing, day first, archived records left out."""

import numpy as np

from hipoutcomes.ingest.read import read_files
from hipoutcomes.tables.records import ScoreField

TODAY = "2026-11-01"
HEADS = "record_id;institute;custom_name;parent;archived;survey_name;sent_on;visit_date;nprs;side"
ROWS = [
    "110001;Tidal;;;0;Six weeks;01-02-2026;05-03-2026;4;left",
    "110001;Tidal;;;0;Six weeks;01-02-2026;25-04-2026;-99;-98",
    "110002;Tidal;Mika;;False;Six weeks;01-02-2026;06-03-2026;7;-95",
    "110003;Tidal;;;1;Six weeks;01-02-2026;06-03-2026;7;left",
    "110004;Tidal;;;0;Six weeks;01-02-2026;01-01-2999;7;left",
    "-99;Tidal;;;0;Six weeks;01-02-2026;07-03-2026;2;left",
]


def test_castor(tmp_path):
    path = tmp_path / "castor.csv"
    path.write_text("\n".join([HEADS, *ROWS]) + "\n")
    reading = read_files(path, today=TODAY)
    plan, account = reading.plans[0], reading.accounting.rows
    assert plan.profile == "castor"
    assert plan.date_order == "day-first"
    assert account["accepted"] == 4
    assert account["skipped_not_a_visit"] == 1
    # A date that stands for "missing" is no date.
    assert account["quarantined"] == 1
    issues = reading.issues.set_index("row")
    assert issues.loc[6, "code"] == "no-date"
    rows = reading.records.rows
    days = rows["day"].to_numpy().astype("datetime64[D]").astype(str).tolist()
    assert days == ["2026-03-05", "2026-04-25", "2026-03-06", "2026-03-07"]
    assert not rows["is_visit"].any()
    pain = reading.records.scores[ScoreField("pain", "between")]
    np.testing.assert_array_equal(pain, [4, np.nan, 7, 2])
    assert rows["side"].isna().tolist() == [False, True, True, False]
    # A client's number is never a code for missing.
    assert list(reading.records.patients) == ["110001", "110002", "-99"]
    assert set(rows["clinic"]) == {"Tidal"}
    assert "Mika" not in rows.to_csv()
    assert len(reading.issues) == 1
