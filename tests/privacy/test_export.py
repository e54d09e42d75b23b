"""What an export holds, what it must not hold, and what it says of itself."""

import re
import stat

import numpy as np
import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.errors import OutputError
from hipoutcomes.privacy import export
from hipoutcomes.privacy.export import export_tables
from hipoutcomes.privacy.links import read_table

SECRET = bytes(range(32))
FILES = ("sessions", "treatments", "scores")


def lines_of_a_clinic() -> str:
    """Forty clients with names, two of them old, one with a rare device, and notes."""
    said = [
        "Client,Date,Therapist,Clinic,Technique,Condition,Age,Sex,Pain before,"
        "Active flexion before (degrees),Device,Position,History,Aftercare advised"
    ]
    for i in range(40):
        for visit, day in enumerate((3, 10 + i % 7, 28)):
            age = 88 + i + (visit > 1) if i < 3 else 30 + i
            device = "Mika's own phone" if i == 7 else "goniometer"
            said.append(
                f"Jane Doe {i},2025-{1 + i % 12:02d}-{day:02d},Cleo Quist,Harbour Street,"
                f"{'Cupping' if i == 5 else 'Swedish'},Osteoarthritis,{age},"
                f"{'F' if i % 2 else 'M'},{8 - visit},{100 + visit},{device},supine,"
                f"fell off Ravi's roof,{'=cmd;rest' if i == 9 else 'rest'}"
            )
    return "\n".join(said) + "\n"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "Jane Doe.csv"
    path.write_text(lines_of_a_clinic())
    return ho.load(path, today="2026-06-01")


def exported(clinic, folder, **options):
    """The tables of an export, its note, and all of its text."""
    outcome = export_tables(clinic, folder, **options)
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in FILES}
    text = "".join((folder / f"{name}.csv").read_text() for name in FILES)
    return outcome, tables, (folder / "README.txt").read_text(), text


@pytest.mark.parametrize("dates", ["exact", "shifted", "relative"])
@pytest.mark.parametrize("safe_harbor", [False, True])
def test_no_name_place_or_note_is_in_any_export(clinic, tmp_path, private, dates, safe_harbor):
    if safe_harbor and dates != "relative":
        with pytest.raises(ValueError, match="relative"):
            export_tables(clinic, tmp_path / "out", dates=dates, safe_harbor=True)
        return
    options = {"dates": dates, "safe_harbor": safe_harbor, "private": private, "secret": SECRET}
    _, _, readme, text = exported(clinic, tmp_path / "out", **options)
    for word in ("Jane", "Quist", "Harbour", "Mika", "Ravi", "roof", "cmd", "cupping"):
        assert word.lower() not in text.lower() and word.lower() not in readme.lower()


def test_tables_join_and_keep_every_score(clinic, tmp_path):
    outcome, tables, _, _ = exported(clinic, tmp_path / "out")
    sessions, scores = tables["sessions"], tables["scores"]
    assert (outcome.n_clients, outcome.n_sessions) == (40, 120)
    assert not sessions.duplicated(["study_id", "visit"]).any()
    joined = scores.merge(sessions, on=["study_id", "visit"], suffixes=("", "_visit"))
    assert len(joined) == len(scores) == 240
    assert (joined["date"] == joined["date_visit"]).all()
    pain = scores[scores["measure"] == "pain"].groupby("visit")["score"].agg(["min", "max"])
    assert pain.to_numpy().tolist() == [[8, 8], [7, 7], [6, 6]]
    assert tables["treatments"]["technique"].value_counts().to_dict() == {
        "swedish": 117, "other": 3,
    }  # fmt: skip


def test_exact_days_are_those_of_the_file(clinic, tmp_path):
    _, tables, readme, _ = exported(clinic, tmp_path / "out")
    days = set(clinic.sessions.frame["day"].map(lambda day: str(np.datetime64(int(day), "D"))))
    assert set(tables["sessions"]["date"]) == days
    assert "Coded, limited (dates exact)" in readme and "not anonymous" in readme


def test_shifted_days_keep_the_days_between(clinic, tmp_path):
    _, exact, _, _ = exported(clinic, tmp_path / "a", secret=SECRET)
    _, moved, readme, _ = exported(clinic, tmp_path / "b", dates="shifted", secret=SECRET)
    one, other = (t["sessions"].set_index(["study_id", "visit"])["date"] for t in (exact, moved))
    gone = pd.to_datetime(one) - pd.to_datetime(other)
    per_client = gone.groupby("study_id")
    assert (per_client.nunique() == 1).all()
    assert gone.dt.days.between(7, 364).all() and (gone.dt.days % 7 == 0).all()
    assert per_client.first().nunique() > 10
    assert "Coded, limited (dates shifted)" in readme
    assert "not de-identified by Safe Harbor" in readme


def test_safe_harbor_has_no_date_but_one_year_per_client(clinic, tmp_path):
    outcome, tables, readme, text = exported(
        clinic, tmp_path / "out", dates="relative", safe_harbor=True
    )
    assert not re.search(r"\d{4}-\d{2}", text)
    for name in ("sessions", "scores"):
        assert (tables[name].groupby("study_id")["first_year"].nunique() == 1).all()
    assert (tables["sessions"].groupby("study_id")["day"].min() == 0).all()
    assert not {"clinic", "onset", "date", "history", "file", "row"} & {
        column for table in tables.values() for column in table
    }
    assert "164.514(b)(2)" in readme and outcome.label.startswith("Without the identifiers")


def test_who_was_ever_ninety_is_ninety_or_more_on_every_visit(clinic, tmp_path):
    _, tables, _, _ = exported(clinic, tmp_path / "out", dates="relative", safe_harbor=True)
    ages = tables["sessions"].groupby("study_id")["age"]
    assert (ages.nunique() == 1).all()
    said = ages.first().astype(str)
    # Clients 1 (89, later 90) and 2 (90, 91); client 0 is 88 and 89 and keeps the age of 88.
    assert (said == "90+").sum() == 2 and (said == "88").sum() == 1
    assert said[said != "90+"].astype(int).max() == 88


def test_safe_harbor_numbers_are_random_even_with_a_secret(clinic, tmp_path):
    options = {"dates": "relative", "safe_harbor": True, "secret": SECRET}
    _, one, _, _ = exported(clinic, tmp_path / "a", **options)
    _, other, _, _ = exported(clinic, tmp_path / "b", **options)
    for column in ("study_id", "therapist"):
        assert not set(one["sessions"][column]) & set(other["sessions"][column])
    ids = one["sessions"]["study_id"].drop_duplicates().tolist()
    assert ids == sorted(ids)  # the order of first visits is gone


def test_coded_numbers_with_a_secret_are_the_same_in_every_export(clinic, tmp_path):
    _, one, _, _ = exported(clinic, tmp_path / "a", secret=SECRET)
    _, other, _, _ = exported(clinic, tmp_path / "b", secret=SECRET)
    assert one["scores"].equals(other["scores"])
    _, random, _, _ = exported(clinic, tmp_path / "c")
    assert not set(random["scores"]["study_id"]) & set(one["scores"]["study_id"])


def test_links_are_kept_only_in_the_private_folder(clinic, tmp_path, private):
    outcome, tables, _, _ = exported(
        clinic, tmp_path / "out", dates="relative", safe_harbor=True, private=private
    )
    assert sorted(p.name for p in outcome.directory.iterdir()) == [
        *("README.txt", "scores.csv", "sessions.csv", "treatments.csv")
    ]
    assert outcome.links.is_relative_to(private)
    assert stat.S_IMODE((outcome.links / "clients.csv").stat().st_mode) == 0o600
    clients = read_table(outcome.links / "clients.csv")
    assert set(clients) == set(tables["sessions"]["study_id"])
    assert set(clients.values()) == set(clinic.patients)
    staff = read_table(outcome.links / "staff.csv")
    assert {staff[code] for code in tables["sessions"]["therapist"]} == {"Cleo Quist"}


def test_rare_words_are_other_and_common_ones_stay(clinic, tmp_path):
    _, tables, _, _ = exported(clinic, tmp_path / "a")
    assert set(tables["scores"]["device"].dropna()) == {"goniometer", "other"}
    assert set(tables["sessions"]["aftercare_advised"]) == {"rest", "other;rest"}
    _, all_words, _, _ = exported(clinic, tmp_path / "b", least_clients=1)
    assert "cupping" in set(all_words["sessions"]["technique"])


def test_a_folder_with_something_in_it_is_left_alone(clinic, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds something"):
        export_tables(clinic, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_full_disk_leaves_no_half_export_and_no_links(clinic, tmp_path, private, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "_write", full)
    with pytest.raises(OutputError, match="No space left"):
        export_tables(clinic, tmp_path / "out", private=private)
    assert not (tmp_path / "out").exists()
    assert list((private / "exports").iterdir()) == []


def test_an_unknown_rule_of_dates_is_refused(clinic, tmp_path):
    with pytest.raises(ValueError, match="exact, shifted, relative"):
        export_tables(clinic, tmp_path / "out", dates="fuzzy")


def test_a_file_of_one_row_per_episode_is_exported_without_days(tmp_path):
    path = tmp_path / "courses.csv"
    lines = ["Client,Pain at baseline,Pain at discharge,Age"]
    path.write_text("\n".join(lines + [f"c{i},7,{i % 6},50" for i in range(20)]) + "\n")
    clinic = ho.load(path, shape="episodes")
    _, tables, _, _ = exported(clinic, tmp_path / "out", dates="relative", safe_harbor=True)
    assert len(tables["scores"]) == 40 and tables["scores"]["first_year"].isna().all()
