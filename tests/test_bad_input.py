"""Every bad input ends in one plain message and a documented exit code; nothing is half-written."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hipoutcomes.cli.main import main

FILE, ASKS, NOTHING = 2, 4, 6
GOOD = "client,date,pain before\n" + "".join(
    f"C{i % 9},2026-01-{i + 1:02d},{i % 7}\n" for i in range(28)
)


def truncated_workbook() -> bytes:
    """A workbook cut off in the middle, as a broken download is."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in GOOD.splitlines():
        book.active.append(row.split(","))
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()[: len(whole.getvalue()) // 2]


def a_zip() -> bytes:
    """A zip archive that is no workbook."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return whole.getvalue()


#: name: (file name, content or None for no file, further options, exit code, words of the message)
BAD = {
    "missing file": ("gone.csv", None, [], FILE, ["gone.csv", "no file"]),
    "empty file": ("empty.csv", b"", [], FILE, ["empty.csv", "empty"]),
    "only a byte order mark": ("bom.csv", b"\xef\xbb\xbf", [], FILE, ["bom.csv", "empty"]),
    "only a heading": ("head.csv", b"client,date,pain before\n", [], FILE, ["head.csv"]),
    "a picture": ("scan.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), [], FILE, ["scan.png"]),
    "a picture named csv": (
        "scan.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), [], FILE, ["scan.csv"],
    ),
    "a document": ("notes.docx", a_zip(), [], FILE, ["notes.docx"]),
    "a document named xlsx": ("notes.xlsx", a_zip(), [], FILE, ["notes.xlsx"]),
    "a pdf": ("notes.pdf", b"%PDF-1.7\n1 0 obj\n", [], FILE, ["notes.pdf"]),
    "truncated workbook": ("cut.xlsx", truncated_workbook(), [], FILE, ["cut.xlsx"]),
    "no recognisable column": (
        "other.csv", b"fruit,colour\napple,red\npear,green\n", [], FILE, ["other.csv", "fruit"],
    ),
    "no column for the client": (
        "who.csv", b"date,pain before\n2026-01-05,5\n", [], FILE, ["who.csv", "patient"],
    ),
    "two columns for one field": (
        "two.csv",
        b"client,client id,date,pain before\nA,B,2026-01-05,5\nA,B,2026-02-05,4\n",
        [], FILE, ["two.csv", "client id"],
    ),
    "ambiguous dates": (
        "dates.csv",
        b"client,date,pain before\nA,03/04/2026,5\nB,05/06/2026,4\nA,07/08/2026,3\n",
        [], ASKS, ["--date-order"],
    ),
    "dates in two orders": (
        "orders.csv",
        b"client,date,pain before\nA,25/04/2026,5\nB,05/26/2026,4\nA,07/28/2026,3\n",
        [], ASKS, ["--date-order"],
    ),
    "mixed scales": (
        "scales.csv",
        b"client,date,pain before\nA,2026-01-05,5\nB,2026-01-06,60\nC,2026-01-07,7\n"
        b"D,2026-01-08,80\nE,2026-01-09,3\nF,2026-01-10,45\n",
        [], ASKS, ["--scale"],
    ),
    "none as a score": (
        "none.csv", GOOD.encode() + b"C1,2026-02-05,none\n", [], ASKS, ["--none-means"],
    ),
    "wrong encoding": (
        "accents.csv",
        "client,date,pain before\nZo\u00eb,2026-01-05,5\n".encode("cp1252"),
        ["--encoding", "utf-8"], FILE, ["accents.csv", "utf-8"],
    ),
    "only bad rows": (
        "bad.csv",
        b"client,date,pain before\n,2026-01-05,5\nA,someday,4\n,,3\nB,99/99/9999,2\n",
        [], NOTHING, ["bad.csv"],
    ),
    "a profile that does not exist": (
        "good.csv", GOOD.encode(), ["--mapping", "no-such-profile"], FILE, ["no-such-profile"],
    ),
    "a mapping that is no TOML": (
        "good.csv", GOOD.encode(), ["--mapping", "good.csv"], FILE, ["good.csv"],
    ),
}  # fmt: skip


def ends(capsys, *arguments):
    """Run the command line here; its exit code and what it wrote to either stream."""
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    written = capsys.readouterr()
    return ended.value.code, written.out, written.err


def everything_in(folder: Path) -> dict[str, bytes]:
    """Every file under a folder with its content; every folder too."""
    return {
        str(p.relative_to(folder)): p.read_bytes() if p.is_file() else b"(folder)"
        for p in folder.rglob("*")
    }


@pytest.mark.parametrize("command", ["report", "inspect"])
@pytest.mark.parametrize("case", BAD)
def test_bad_input_ends_in_one_plain_message(case, command, tmp_path, capsys, monkeypatch):
    name, content, options, code, words = BAD[case]
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    before = everything_in(tmp_path)
    ended, out, err = ends(capsys, command, name, *options)
    assert ended == code, err
    assert out == ""
    assert "Traceback" not in err
    lines = err.splitlines()
    assert 2 <= len(lines) <= 6, err
    assert lines[0].startswith("hipoutcomes: ")
    for word in words:
        assert word in err
    assert str(tmp_path) not in err.replace(str(tmp_path / name), "")
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["report", "good.csv", "--date-order", "backwards"],
        ["report", "good.csv", "--gap", "0"],
        ["report", "good.csv", "--encoding", "utf-99"],
        ["report", "good.csv", "--delimiter", "x"],
        ["report", "good.csv", "--constant", "shoe=42"],
        ["report", "good.csv", "--constant", "goniometer"],
        ["report"],
        ["no-such-command"],
        ["report", "good.csv", "--scale", "0-7"],
    ],
)
def test_a_wrong_option_is_a_usage_error_that_names_what_is_allowed(
    arguments, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.csv").write_text(GOOD)
    ended, out, err = ends(capsys, *arguments)
    assert (ended, out) == (2, "")
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == [tmp_path / "good.csv"]


@pytest.mark.parametrize("place", ["taken", "taken/report", "taken/deep/report"])
def test_a_folder_that_cannot_be_made_stops_before_the_file_is_read(
    place, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("a file")
    ended, out, err = ends(capsys, "report", "gone.csv", "-o", place)
    assert (ended, out) == (2, "")
    assert "taken" in err
    assert "gone.csv" not in err
    assert len(err.splitlines()) == 3
    assert (tmp_path / "taken").read_text() == "a file"


@pytest.mark.parametrize("command", ["report", "demo"])
def test_a_folder_that_may_not_be_written_to(command, tmp_path, capsys, monkeypatch):
    import tempfile

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "good.csv").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "mkdtemp", refused)
    arguments = (
        ["report", "good.csv", "-o", "locked"] if command == "report" else ["demo", "locked"]
    )
    ended, out, err = ends(capsys, *arguments)
    assert (ended, out) == (2, "")
    assert "Permission denied" in err
    assert list(tmp_path.iterdir()) == [tmp_path / "good.csv"]


def test_somebody_elses_report_is_not_overwritten(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.csv").write_text(GOOD)
    (tmp_path / "report.html").write_text("mine")
    before = everything_in(tmp_path)
    ended, _, err = ends(capsys, "report", "good.csv", "-o", ".")
    assert ended == 2
    assert "did not write" in err
    assert everything_in(tmp_path) == before


def test_a_fault_of_the_program_is_an_apology_without_a_traceback(tmp_path, capsys, monkeypatch):
    import hipoutcomes.loading

    def broken(*_, **__):
        raise ZeroDivisionError("secret cell value")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hipoutcomes.loading, "load", broken)
    ended, out, err = ends(capsys, "report", "good.csv")
    assert (ended, out) == (1, "")
    assert "ZeroDivisionError" in err
    assert "Traceback" not in err
    assert "secret cell value" not in err
    monkeypatch.setenv("HIPOUTCOMES_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["report", "good.csv"])


def test_a_report_that_breaks_halfway_leaves_nothing(tmp_path, capsys, monkeypatch):
    import hipoutcomes.report.write

    def broken(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.csv").write_text(GOOD)
    monkeypatch.setattr(hipoutcomes.report.write, "write_private", broken)
    ended, _, err = ends(capsys, "report", "good.csv")
    assert ended == 2
    assert "No space left on device" in err
    assert list(tmp_path.iterdir()) == [tmp_path / "good.csv"]


def test_the_same_holds_for_the_installed_program(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "hipoutcomes.cli", "report", "gone.csv"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("hipoutcomes: ")
    assert "Traceback" not in done.stderr
