"""A report folder is written whole or not at all, and never touches what is not ours."""

import stat
from pathlib import Path

import pytest

from hipoutcomes.errors import OutputError
from hipoutcomes.report.folder import (
    check_writable,
    files_in,
    files_of_earlier_report,
    move_into_place,
    staging_beside,
)


def stage(staging, files, text="new"):
    """A staged report of these files; its page lists them."""
    staged = staging / "new"
    staged.mkdir()
    for name in files:
        path = staged / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    listed = " ".join(sorted([*files, "report.html"]))
    page = f'<meta name="hipoutcomes-files" content="{listed}"><p>{text}</p>'
    (staged / "report.html").write_text(page)
    return staged


def put(directory, files, text="new"):
    with staging_beside(directory) as staging:
        staged = stage(staging, files, text)
        move_into_place(staged, directory, staging / "earlier")


def test_a_new_folder_holds_exactly_the_staged_files(tmp_path):
    put(tmp_path / "deep" / "report", ["charts/a.svg", "private/issues.csv"])
    assert files_in(tmp_path) == (
        "deep/report/charts/a.svg",
        "deep/report/private/issues.csv",
        "deep/report/report.html",
    )
    mode = stat.S_IMODE((tmp_path / "deep/report/private").stat().st_mode)
    assert mode == 0o700


def test_an_earlier_report_is_replaced_and_other_files_stay(tmp_path):
    target = tmp_path / "report"
    put(target, ["charts/old.svg", "tables/kept.csv"], "first")
    (target / "notes.txt").write_text("mine")
    (target / "charts" / "logo.png").write_text("mine too")
    put(target, ["charts/new.svg", "tables/kept.csv"], "second")
    assert files_in(target) == (
        "charts/logo.png",
        "charts/new.svg",
        "notes.txt",
        "report.html",
        "tables/kept.csv",
    )
    assert (target / "tables/kept.csv").read_text() == "second"
    assert (target / "notes.txt").read_text() == "mine"


def test_a_folder_of_the_earlier_report_that_became_empty_goes(tmp_path):
    put(tmp_path / "report", ["tables/a.csv"])
    put(tmp_path / "report", [])
    assert files_in(tmp_path / "report") == ("report.html",)
    assert not (tmp_path / "report" / "tables").exists()


def test_somebody_elses_file_under_one_of_our_names_stops_everything(tmp_path):
    target = tmp_path / "report"
    put(target, ["charts/a.svg"], "first")
    (target / "tables").mkdir()
    (target / "tables" / "a.csv").write_text("mine")
    with pytest.raises(OutputError) as caught:
        put(target, ["charts/a.svg", "tables/a.csv"], "second")
    assert str(caught.value) == (
        f"{target} already holds tables/a.csv, which hipoutcomes did not write.\n"
        "  It would be overwritten.\n"
        "  Name another folder with -o, or move that file away."
    )
    assert (target / "tables/a.csv").read_text() == "mine"
    assert (target / "charts/a.svg").read_text() == "first"


@pytest.mark.parametrize("fails_at", [1, 2, 3, 4, 5])
def test_a_move_that_fails_halfway_leaves_the_earlier_report_as_it_was(
    tmp_path, monkeypatch, fails_at
):
    target = tmp_path / "report"
    put(target, ["charts/a.svg", "tables/a.csv"], "first")
    before = {name: (target / name).read_text() for name in files_in(target)}
    real, calls = Path.rename, []

    def breaks(source, destination):
        calls.append(source)
        if len(calls) == fails_at:
            raise OSError(28, "No space left on device")
        return real(source, destination)

    monkeypatch.setattr(Path, "rename", breaks)
    with pytest.raises(OutputError, match="No space left on device"):
        put(target, ["charts/a.svg", "extra/b.csv"], "second")
    assert {name: (target / name).read_text() for name in files_in(tmp_path / "report")} == before
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    place = tmp_path / "report"
    place.write_text("a file")
    with pytest.raises(OutputError, match="is a file"):
        check_writable(place)
    assert place.read_text() == "a file"


def test_a_page_that_is_not_ours_is_refused_before_any_work(tmp_path):
    (tmp_path / "report.html").write_text("<html>somebody's own</html>")
    with pytest.raises(OutputError, match="did not write"):
        check_writable(tmp_path)
    assert files_in(tmp_path) == ("report.html",)


def test_checking_writes_nothing(tmp_path):
    assert check_writable(tmp_path / "new") == tmp_path / "new"
    assert list(tmp_path.iterdir()) == []


def test_a_list_of_files_cannot_reach_outside_its_folder(tmp_path):
    page = '<meta name="hipoutcomes-files" content="../../precious.txt /etc/hosts report.html">'
    (tmp_path / "report.html").write_text(page)
    assert files_of_earlier_report(tmp_path) == {"report.html"}


def test_an_interrupted_stage_leaves_nothing_behind(tmp_path):
    with pytest.raises(KeyboardInterrupt), staging_beside(tmp_path / "report") as staging:
        stage(staging, ["charts/a.svg"])
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
