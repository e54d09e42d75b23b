"""hipoutcomes inspect: the whole plan for the owner, and the headings alone for anybody."""

import pytest
from typer.testing import CliRunner

from hipoutcomes.cli.main import app

LINES = [
    "Appointment Report", "",
    'Date,Client,"Pain, before",Technique,Odd,mika@example.org',
    "05/03/2026,C17,7,Swedish,sunny,1", "25/03/2026,C17,6,Hot rox,sunny,2",
    "26/03/2026,C18,5,Deep tissue,grey,3", ",C18,4,Swedish,grey,4",
]  # fmt: skip


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "visits.csv").write_text("\n".join(LINES) + "\n", encoding="cp1252")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def inspect(*arguments):
    done = CliRunner().invoke(app, ["inspect", *arguments])
    return done.exit_code, done.output


def test_the_whole_plan_is_printed(here):
    code, said = inspect("visits.csv", "--scale", "0-10")
    assert code == 0
    for words in (
        "encoding: utf-8", "delimiter: comma", "heading row: 3",
        "Client        patient      C17 | C18",
        "05/03/2026 | 25/03/2026 | 26/03/2026",
        "dates in 'Date': day-first (0 year first or typed as dates, 2 can only be day first",
        "scale of 'Pain, before': 0-10, as told",
        "Words not in our lists", "'Hot rox' (technique): 1 cells",
        "Would accept 3 of 4 rows and quarantine 1.",
        "'Odd': 4 cells",
    ):  # fmt: skip
        assert words in said, words
    assert [path.name for path in here.iterdir()] == ["visits.csv"]


def test_the_headings_alone_hold_no_data(here):
    code, said = inspect("visits.csv", "--header-only")
    assert code == 0
    assert said == 'Date,Client,"Pain, before",Technique,Odd,(left out)\n'


def test_headings_of_a_file_without_rows_and_of_several_files(here):
    (here / "new.csv").write_text("Klient;Datum;Pain before\n")
    code, said = inspect("new.csv", "visits.csv", "--header-only", "--encoding", "cp1252")
    assert code == 0
    assert said.splitlines()[0] == "Klient,Datum,Pain before"
    assert len(said.splitlines()) == 2


def test_the_headings_alone_keep_no_plan(here):
    code, _ = inspect("visits.csv", "--header-only", "--save", "m.toml")
    assert code == 2
    assert not (here / "m.toml").exists()
