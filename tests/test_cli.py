"""The command line: what each command prints, writes and returns."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import hipoutcomes as ho
from hipoutcomes.cli.app import ORDER
from hipoutcomes.cli.main import main
from hipoutcomes.cli.progress import progress_bar

ROWS = [
    f"C{i % 30:02d},2026-0{i // 30 + 1}-{i % 27 + 1:02d},{max(0, 7 - i // 30 - i % 3)},Swedish,yes"
    for i in range(90)
]
CLINIC = "client,date,pain before,technique,first visit\n" + "\n".join(ROWS) + "\n"


def run(capsys, *arguments):
    """Run a command that should succeed; what it printed."""
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    written = capsys.readouterr()
    assert ended.value.code == 0, written.err
    assert written.err == ""
    return written.out


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with one file, and nothing else."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clinic.csv").write_text(CLINIC)
    return tmp_path


def test_report_writes_beside_where_it_runs_and_says_where_to_look(here, capsys):
    said = run(capsys, "report", "clinic.csv").splitlines()
    assert 3 <= len(said) <= 8
    assert said[0] == "Read clinic.csv: 91 rows = 90 used + 1 not data"
    assert said[1] == "Found 30 clients and 90 appointments, 1 January 2026 to 27 March 2026"
    assert said[-1] == "Your report: hipoutcomes-report/report.html"
    assert (here / "hipoutcomes-report" / "report.html").stat().st_size > 20_000


def test_many_cells_set_aside_are_no_failure(here, capsys):
    bad = [f"D{i:02d},2026-01-05,terrible,Swedish,no" for i in range(40)]
    (here / "clinic.csv").write_text(CLINIC + "\n".join(bad) + "\n,2026-01-09,5,,\n")
    said = run(capsys, "report", "clinic.csv", "-o", "out", "--title", "Ours")
    assert "Set aside for you: 1 row and 40 cells, listed in out/private/issues.csv" in said
    assert "not for sharing" in said
    assert "<title>Ours</title>" in (here / "out" / "report.html").read_text()


def test_a_second_report_replaces_the_first_and_leaves_other_files(here, capsys):
    run(capsys, "report", "clinic.csv", "-o", "out")
    (here / "out" / "notes.txt").write_text("mine")
    run(capsys, "report", "clinic.csv", "-o", "out", "--gap", "20", "--run-in", "0")
    assert (here / "out" / "notes.txt").read_text() == "mine"
    assert "20 days without an appointment" in (here / "out" / "report.html").read_text()


def test_inspect_says_how_a_file_would_be_read_and_writes_nothing(here, capsys):
    said = run(capsys, "inspect", "clinic.csv")
    assert "pain before" in said
    assert "90 accepted" in said
    assert [p.name for p in here.iterdir()] == ["clinic.csv"]


def test_a_saved_plan_reads_the_file_the_same_way(here, capsys):
    said = run(capsys, "inspect", "clinic.csv", "--save", "mapping.toml")
    assert said.splitlines()[-1] == ("Next: hipoutcomes report clinic.csv --mapping mapping.toml")
    with_plan = ho.load("clinic.csv", mapping="mapping.toml")
    assert with_plan.changes("pain").frame.equals(ho.load("clinic.csv").changes("pain").frame)


def test_options_of_reading_reach_the_reader(here, capsys):
    rows = [f"C{i % 12:02d},0{i % 9 + 1}/0{i // 9 + 1}/2026,{i % 7}" for i in range(36)]
    (here / "dates.csv").write_text("client;date;pain before\n".replace(";", "\t")
                                    + "\n".join(rows).replace(",", "\t") + "\n")  # fmt: skip
    said = run(
        capsys, "inspect", "dates.csv", "--date-order", "day-first", "--delimiter", "tab",
        "--scale", "0-10", "--constant", "device=goniometer",
    )  # fmt: skip
    assert "day-first" in said
    assert "device, for every row: goniometer" in said


def test_demo_writes_a_clinic_that_can_be_read(tmp_path, capsys):
    said = run(capsys, "demo", tmp_path / "demo")
    path = Path(said.splitlines()[0].removeprefix("A made-up clinic: "))
    assert ho.load(path).measures


def test_sheet_writes_a_workbook_that_is_read_back(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(capsys, "sheet")
    assert [p.name for p in tmp_path.iterdir()] == ["score-sheet.xlsx"]


def test_lab_copies_notebooks_and_keeps_your_own(tmp_path, capsys):
    said = run(capsys, "lab", tmp_path / "lab", "--no-open")
    notebooks = sorted((tmp_path / "lab" / "notebooks").glob("*.ipynb"))
    assert len(notebooks) >= 4
    assert (tmp_path / "lab" / "data" / "demo_sessions.csv").is_file()
    assert said == f"Notebooks: {tmp_path / 'lab' / 'notebooks'}\n"
    assert json.loads(notebooks[0].read_text())["nbformat"] == 4
    notebooks[0].write_text("mine")
    said = run(capsys, "lab", tmp_path / "lab", "--no-open")
    assert "Already there and left as they are: " + notebooks[0].name in said
    assert notebooks[0].read_text() == "mine"


def test_version_and_help(capsys):
    assert run(capsys, "--version") == f"hipoutcomes {ho.__version__}\n"
    said = run(capsys, "--help")
    places = [said.index(f"\n  {command} ") for command in ORDER]
    assert places == sorted(places)
    listed = [line.split()[0] for line in said.partition("Commands:")[2].splitlines() if line]
    assert listed == list(ORDER)
    for words in ("Exit codes: 0 done", "1 a fault", "2 a file", "4 a question", "6 a file in"):
        assert words in " ".join(said.split())


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom hipoutcomes.cli.main import main\n"
        "try:\n    main(['report', '--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = ('pandas', 'numpy', 'matplotlib', 'scipy', 'jinja2')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_progress_is_shown_on_a_terminal_only(monkeypatch, capsys):
    with progress_bar() as show:
        show(0, 3, "Reading the files")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress_bar() as show:
        show(1, 3, "Reading the files")
    assert "Reading the files" in capsys.readouterr().err
