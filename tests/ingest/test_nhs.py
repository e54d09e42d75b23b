"""The public NHS England PROMs file, read by its profile; figures from its own publication.

The published file gives a health gain of 13.9013 for hip replacement revisions (2,036 modelled
records; 1,757 improved, 52 the same, 227 worse); the record-level file holds 35,965 modelled
primaries with a gain of 22.6819.
"""

import time
from pathlib import Path

import numpy as np
import pytest

from hipoutcomes.ingest.read import read_files
from hipoutcomes.tables.records import NO_DAY, ScoreField

FILE = (
    Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "nhs-proms"
    / "hip_provider_1718.csv.gz"
)  # fmt: skip
BEFORE = ScoreField("oxford_hip_score", "before")
LATER = ScoreField("oxford_hip_score", "between")


@pytest.fixture(scope="module")
def reading():
    if not FILE.exists():
        pytest.skip("the NHS file is not beside this checkout (../shared/data/nhs-proms)")
    started = time.perf_counter()
    reading = read_files(FILE)
    assert time.perf_counter() - started < 10
    return reading


def gains(reading, procedure):
    chosen = (reading.records.rows["procedure"] == procedure).to_numpy()
    gain = reading.records.scores[LATER] - reading.records.scores[BEFORE]
    return gain[chosen & ~np.isnan(gain)]


def test_the_file_is_known_by_its_headings(reading):
    assert reading.plans[0].profile == "nhs-proms"
    assert reading.records.shape == "episodes"
    assert len(reading.plans[0].ignored) == 81 - 7


def test_revisions_give_the_published_figures(reading):
    gain = gains(reading, "hip replacement, revision")
    assert len(gain) == 2036
    assert gain.mean() == pytest.approx(13.9013, abs=5e-5)
    assert ((gain > 0).sum(), (gain == 0).sum(), (gain < 0).sum()) == (1757, 52, 227)


def test_primaries_give_the_figures_of_the_record_file(reading):
    gain = gains(reading, "hip replacement, primary")
    assert len(gain) == 35_965
    assert gain.mean() == pytest.approx(22.6819, abs=5e-5)


def test_scores_that_were_not_modelled_are_left_out_and_counted(reading):
    aside = reading.records.extra["set_aside"]
    assert aside.sum() == 802
    assert np.isnan(reading.records.scores[LATER][aside]).all()
    assert np.isnan(reading.records.extra["expected"][aside]).all()
    line = reading.issues.iloc[0]
    assert (line["code"], line["row"]) == ("score-set-aside", 0)
    assert "802 scores" in line["message"]
    assert len(reading.issues) == 1


def test_every_row_is_a_patient_without_dates(reading):
    rows = reading.records.rows
    assert len(rows) == 39_323
    assert rows["patient_id"].nunique() == 39_323
    assert (rows["day"] == NO_DAY).all()
    assert rows["sex"].value_counts().to_dict() == {"female": 22_079, "male": 14_122}
    assert rows["age"].isna().sum() == 3122
    assert (rows["age"] == 74.5).sum() == 14_638
    assert rows["clinic"].nunique() > 250


def test_the_whole_file_is_accounted_for(reading):
    rows, cells = reading.accounting.rows, reading.accounting.cells
    assert (rows["rows_in_file"], rows["accepted"], rows["header"]) == (39_324, 39_323, 1)
    assert cells["cells_in_mapped_columns"] == 39_323 * 7
    assert cells["missing"] == 2 * 3122 + 408 + 520 + (39_323 - 38_001)
    assert cells["quarantined"] == cells["flagged"] == 0


def test_by_name_it_reads_the_same(reading):
    named = read_files(FILE, mapping="nhs-proms")
    assert named.records.rows.equals(reading.records.rows)
