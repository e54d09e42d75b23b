"""From an export of booking software to a report in two commands, with the words of the README."""

import re
from pathlib import Path

import pytest

from hipoutcomes.cli.main import main
from hipoutcomes.simulate import simulate_clinic
from hipoutcomes.simulate_exports import appointments_of, fill_scores, write_appointments

README = Path(__file__).parents[1] / "README.md"


def shown_in_readme():
    """Each command of the README's walkthrough, with what it says."""
    (block,) = re.findall(
        r"```console\n(\$ hipoutcomes sheet .*?)```", README.read_text(), re.DOTALL
    )
    commands = block.removeprefix("$ ").split("\n$ ")
    return [command.partition("\n")[::2] for command in commands]


@pytest.fixture(scope="module")
def clinic():
    return simulate_clinic(120, seed=20261125)


def test_the_two_commands_say_what_the_readme_shows(clinic, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_appointments(appointments_of(clinic.sessions, seed=20261125), "appointments.xlsx")
    (sheet, said_of_sheet), (report, said_of_report) = shown_in_readme()
    main_says(sheet, said_of_sheet, capsys)
    fill_scores("scores.xlsx", clinic.sessions)
    main_says(report, said_of_report, capsys)
    page = Path("hipoutcomes-report/report.html").read_text()
    for name in set(appointments_of(clinic.sessions, seed=20261125)["patient_last_name"]):
        assert name not in page
    n_scores = clinic.sessions["Pain before"].notna().sum()
    assert n_scores > 500


def main_says(command, said, capsys):
    """Run a command as the README writes it, and compare every line that it prints."""
    try:
        main(command.split()[1:])
    except SystemExit as end:
        assert not end.code
    assert capsys.readouterr().out.strip() == said.strip()


def test_a_report_without_scores_says_what_to_do_next(clinic, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_appointments(appointments_of(clinic.sessions, seed=20261125), "appointments.xlsx")
    try:
        main(["report", "appointments.xlsx"])
    except SystemExit as end:
        assert not end.code
    said = capsys.readouterr().out
    assert "No scores are in it" in said
    assert "hipoutcomes sheet scores.xlsx --from appointments.xlsx" in said
