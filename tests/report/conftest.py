"""Reports that several tests read, each written once."""

from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

DAY = date(2026, 10, 1)
VOID = {"meta", "br", "link", "img", "input", "hr", "use", "path", "rect", "line", "circle"}


class Page(HTMLParser):
    """A page taken apart: its tags with attributes, and its text by the heading it stands under."""

    def __init__(self, path: Path):
        super().__init__()
        self.path, self.source = path, path.read_text(encoding="utf-8")
        self.tags, self.open, self.unbalanced = [], [], []
        self.under, self.sections = "", {"": []}
        self.feed(self.source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if "style" in self.open or not data.strip():
            return
        text = " ".join(data.split())
        if self.open and self.open[-1] in ("h1", "h2", "h3"):
            self.under = text
            self.sections.setdefault(text, [])
        else:
            self.sections[self.under].append(text)

    def all(self, tag):
        """Attributes of every such tag."""
        return [attrs for name, attrs in self.tags if name == tag]

    def text(self, *, without=()):
        """All text, without what stands under some headings."""
        return "\n".join(
            line for under, lines in self.sections.items() if under not in without for line in lines
        )


def written(folder, clinic, **options) -> Page:
    """A report, read back."""
    import hipoutcomes as ho

    return Page(ho.write_report(clinic, folder, **({"today": DAY} | options)))


def simulated(folder, n_patients, **options):
    """A simulated clinic, read from the file it would hand over."""
    import hipoutcomes as ho

    path = folder / "clinic.csv"
    ho.simulate_clinic(n_patients, **options).write_csv(path)
    return ho.load(path, today="2026-10-01")


@pytest.fixture(scope="session")
def demo_page(tmp_path_factory, demo_clinic) -> Page:
    """The report of the demo file."""
    return written(tmp_path_factory.mktemp("demo") / "report", demo_clinic)


@pytest.fixture(scope="session")
def null_page(tmp_path_factory) -> Page:
    """The report of a clinic where nothing works and nobody recovers; entry at pain of 4."""
    folder = tmp_path_factory.mktemp("null")
    clinic = simulated(folder, 300, seed=5, scenario="null")
    return written(folder / "report", clinic)


@pytest.fixture(scope="session")
def small_clinic(tmp_path_factory):
    """Thirty patients and four therapists, with messes."""
    folder = tmp_path_factory.mktemp("small")
    return simulated(folder, 30, seed=5, n_therapists=4, mess=0.08)


@pytest.fixture(scope="session")
def small_page(tmp_path_factory, small_clinic) -> Page:
    """The report of the small clinic."""
    return written(tmp_path_factory.mktemp("small-report") / "report", small_clinic)


@pytest.fixture(scope="session")
def report_of():
    """Writes a report of a clinic into a folder and reads it back."""
    return written
