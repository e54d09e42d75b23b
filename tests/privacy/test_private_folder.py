"""The private folder is open to its owner only, and written whole or not at all."""

import os
import stat

import pytest

from hipoutcomes.errors import OutputError
from hipoutcomes.privacy import private_folder
from hipoutcomes.privacy.private_folder import open_private_folder, write_private

posix = pytest.mark.skipif(os.name != "posix", reason="modes of files are of POSIX systems")


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_folder_and_files_are_the_owners_alone_whatever_the_mask(tmp_path):
    before = os.umask(0)
    try:
        private = open_private_folder(tmp_path / "clinic")
        write_private(private.path / "fix" / "rows.xlsx", b"1")
    finally:
        os.umask(before)
    assert private.told == ()
    assert mode(private.path) == mode(private.path / "fix") == 0o700
    files = [path for path in private.path.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert {mode(path) for path in files} == {0o600}


@posix
def test_wider_modes_are_narrowed_and_told(tmp_path):
    path = open_private_folder(tmp_path).path
    write_private(path / "clients.csv", b"code")
    path.chmod(0o755)
    (path / "clients.csv").chmod(0o644)
    again = open_private_folder(tmp_path)
    assert "2 places" in again.told[0] and "closed now" in again.told[0]
    assert (mode(path), mode(path / "clients.csv")) == (0o700, 0o600)
    assert open_private_folder(tmp_path).told == ()


@posix
def test_a_link_that_leads_out_of_the_folder_is_left_alone(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    outside.chmod(0o644)
    path = open_private_folder(tmp_path / "clinic").path
    (path / "link").symlink_to(outside)
    open_private_folder(tmp_path / "clinic")
    assert mode(outside) == 0o644


def test_windows_is_told_what_cannot_be_promised(tmp_path, monkeypatch):
    (tmp_path / "private").mkdir()
    monkeypatch.setattr(private_folder, "os", _Windows())
    assert "Windows" in open_private_folder(tmp_path).told[0]


class _Windows:
    """The os module of another system."""

    name = "nt"

    def __getattr__(self, name):
        return getattr(os, name)


def test_a_broken_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = open_private_folder(tmp_path).path
    write_private(path / "clients.csv", b"old")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_private(path / "clients.csv", b"new")
    assert (path / "clients.csv").read_bytes() == b"old"
    assert sorted(p.name for p in path.iterdir()) == [".gitignore", "README.txt", "clients.csv"]


def test_git_is_told_to_leave_it_out(tmp_path):
    assert (open_private_folder(tmp_path).path / ".gitignore").read_text() == "*\n"


def test_a_folder_that_cannot_be_made_is_one_message(tmp_path):
    (tmp_path / "clinic").write_text("a file")
    with pytest.raises(OutputError, match="cannot be written"):
        open_private_folder(tmp_path / "clinic")
