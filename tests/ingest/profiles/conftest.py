"""Exports as files."""

import pytest

from hipoutcomes.ingest.read import read_files

TODAY = "2026-11-01"


@pytest.fixture
def read(tmp_path):
    """Read a text as one file."""

    def reading(text, **options):
        path = tmp_path / "export.csv"
        path.write_text(text, encoding="utf-8")
        return read_files(path, today=TODAY, **options)

    return reading
