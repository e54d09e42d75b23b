"""The copy that leaves: what is in it, what is never in it, and when none is written."""

import csv
import json
import re
import runpy
from datetime import date
from pathlib import Path

import pytest

import hipoutcomes as ho
from hipoutcomes.errors import DecisionNeeded, NotEnoughData, OutputError
from hipoutcomes.report.shared import write_shared
from hipoutcomes.report.shared.write_shared import write_shared_report

read = runpy.run_path(str(Path(__file__).with_name("attack.py")))
DEMO = Path(__file__).resolve().parents[3] / "data" / "demo_sessions.csv"
DAY = date(2026, 10, 14)


@pytest.fixture(scope="module")
def clinic():
    return ho.load(DEMO)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A clinic small enough that protecting it takes a second."""
    path = tmp_path_factory.mktemp("small") / "sessions.csv"
    ho.simulate_clinic(60, seed=1).write_csv(path)
    return path


@pytest.fixture(scope="module")
def copy(clinic, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared")
    return write_shared_report(clinic, folder / "copy", today=DAY).parent


def everything(copy):
    """All text of a copy, file by file."""
    return {
        path.relative_to(copy).as_posix(): path.read_text(encoding="utf-8")
        for path in copy.rglob("*")
        if path.is_file() and path.suffix != ".png"
    }


def test_a_copy_holds_a_page_charts_and_tables_and_nothing_private(copy):
    assert sorted(p.name for p in copy.iterdir()) == ["charts", "report.html", "tables"]
    kept = sorted(p.name for p in (copy.parent / "copy-private").iterdir())
    assert kept == ["README.txt", "how-many-copies.json", "released-0001.json"]


def test_the_page_needs_no_other_file(copy):
    page = (copy / "report.html").read_text(encoding="utf-8")
    assert "@import" not in page
    assert not re.search(r'(src|href)="(?!#|tables/)[^"]', page)
    for name in re.findall(r'href="(tables/[^"]+)"', page):
        assert (copy / name).is_file()


def test_nothing_says_who_anybody_is(copy, clinic):
    text = "\n".join(everything(copy).values())
    for name in map(str, clinic.patients):
        assert not re.search(rf"\b{re.escape(name)}\b", text), "a client's id"
    codes = json.loads((copy.parent / "copy-private/released-0001.json").read_text())["therapists"][
        "codes"
    ]
    assert len(codes) == 5
    for name in codes:
        assert not re.search(rf"\b{re.escape(name)}\b", text), "a therapist's name"
    assert DEMO.name not in text
    assert clinic.sources[0].sha256 not in text


def test_no_day_is_named(copy):
    text = "\n".join(everything(copy).values())
    assert not re.search(r"\b\d{4}-\d{2}-\d{2}\b", text)
    months = "January|February|March|April|May|June|July|August|September|October|November"
    assert not re.search(rf"\b\d{{1,2}} (?:{months}|December)\b", text)
    assert "made in October 2026" in text


def test_tables_of_the_page_are_the_tables_beside_it(copy):
    page = read["read_copy"](copy)
    links = re.findall(r'href="(tables/[^"]+)"', (copy / "report.html").read_text("utf-8"))
    assert len(links) == len(page) == len(list((copy / "tables").iterdir()))
    for link, (_, _, rows) in zip(links, page, strict=True):
        lines = list(csv.DictReader((copy / link).read_text(encoding="utf-8").splitlines()))
        assert [next(iter(line.values())) for line in lines] == [row[0] for row in rows]
        for line, (_, numbers, means, _) in zip(lines, rows, strict=True):
            for heading, n in numbers.items():
                assert line[heading] == ("hidden" if n is None else str(int(n)))
            if means:
                start, low, high, change = means
                assert [float(line[h]) for h in line if h.startswith(("Mean", "Likely"))] == [
                    start, change, low, high
                ]  # fmt: skip


def test_charts_say_no_number_that_their_table_does_not(copy):
    page = (copy / "report.html").read_text(encoding="utf-8")
    described = re.findall(r"<desc[^>]*>([^<]+)</desc>", page)
    assert len(described) == len(list((copy / "charts").glob("*.svg"))) >= 3
    known = {0.0, 10.0, 95.0}
    for _, _, rows in read["read_copy"](copy):
        for label, numbers, means, _ in rows:
            known |= {float(n) for n in re.findall(r"\d+", label)}
            known |= {n for n in numbers.values() if n is not None}
            known |= {abs(x) for x in means or ()}
            if numbers.get("Better") is not None:
                n = numbers["Measured again"]
                known |= {float(round(100 * k / n)) for k in numbers.values() if k is not None}
    for text in described:
        for n in re.findall(r"\d+(?:\.\d+)?", text.replace(",", "")):
            assert float(n) in known, (n, text)


def test_no_number_from_one_to_ten_counts_clients(copy):
    for _, _, rows in read["read_copy"](copy):
        for label, numbers, _, _ in rows:
            assert all(n is None or n == 0 or n >= 11 for n in numbers.values()), label


def test_inside_the_clinic_five_can_be_asked_for(clinic, tmp_path, copy):
    inside = write_shared_report(clinic, tmp_path / "inside", minimum=5, today=DAY).parent

    def shown(folder):
        rows = [row for _, _, rows in read["read_copy"](folder) for row in rows]
        return sum(n is not None for _, numbers, _, _ in rows for n in numbers.values())

    assert shown(inside) > shown(copy)
    assert "from 1 to 4 is shown" in (inside / "report.html").read_text(encoding="utf-8")


def test_the_same_records_give_the_same_copy_again(small, tmp_path, monkeypatch):
    clinic = ho.load(small)
    monkeypatch.setattr(write_shared, "chart_of", lambda *given: (None, ""))
    first = everything(write_shared_report(clinic, tmp_path / "copy", today=DAY).parent)
    second = everything(write_shared_report(clinic, tmp_path / "copy", today=DAY).parent)
    # The second says that it repeats the first; every number is the same.
    assert {n: t for n, t in first.items() if n.startswith("tables/")} == {
        n: t for n, t in second.items() if n.startswith("tables/")
    }
    assert len(list((tmp_path / "copy-private").glob("released-*.json"))) == 1


def test_only_some_clients_are_refused(clinic, tmp_path):
    with pytest.raises(DecisionNeeded, match="only some clients"):
        write_shared_report(clinic.where(age_from=60), tmp_path / "copy")
    assert not any(tmp_path.iterdir())


def test_other_rules_are_refused(small, tmp_path, monkeypatch):
    clinic = ho.load(small)
    monkeypatch.setattr(write_shared, "chart_of", lambda *given: (None, ""))
    write_shared_report(clinic, tmp_path / "copy", today=DAY)
    other = ho.load(small, episode_rule=ho.EpisodeRule(gap=60))
    with pytest.raises(DecisionNeeded, match="course of care"):
        write_shared_report(other, tmp_path / "elsewhere", memory=tmp_path / "copy-private")
    assert not (tmp_path / "elsewhere").exists()


def test_what_is_private_cannot_lie_in_the_copy(clinic, tmp_path):
    with pytest.raises(ValueError, match="cannot lie inside"):
        write_shared_report(clinic, tmp_path / "copy", memory=tmp_path / "copy" / "private")


def test_too_few_clients_give_no_copy_and_no_memory(tmp_path):
    ho.simulate_clinic(12, seed=1).write_csv(tmp_path / "few.csv")
    with pytest.raises(NotEnoughData, match="too few clients"):
        write_shared_report(ho.load(tmp_path / "few.csv"), tmp_path / "copy")
    assert [p.name for p in tmp_path.iterdir()] == ["few.csv"]


def test_a_copy_that_could_not_be_written_is_not_remembered(small, tmp_path, monkeypatch):
    clinic = ho.load(small)
    monkeypatch.setattr(write_shared, "chart_of", lambda *given: (None, ""))

    def refuse(*given):
        raise OutputError("No room.")

    monkeypatch.setattr(write_shared, "move_into_place", refuse)
    with pytest.raises(OutputError):
        write_shared_report(clinic, tmp_path / "copy", today=DAY)
    assert not list((tmp_path / "copy-private").glob("released-*.json"))
    assert not (tmp_path / "copy").exists()


def test_words_typed_by_somebody_are_not_named(tmp_path, monkeypatch):
    monkeypatch.setattr(write_shared, "chart_of", lambda *given: (None, ""))
    sessions = ho.simulate_clinic(80, seed=2).sessions
    heading = next(name for name in sessions if "ex" in name.lower() and len(name) < 7)
    first = sessions[heading].unique()[0]
    typed = sessions[heading].replace({first: "=Mx (see note)"})
    sessions.assign(**{heading: typed}).to_csv(tmp_path / "typed.csv", index=False)
    page = write_shared_report(ho.load(tmp_path / "typed.csv"), tmp_path / "copy", today=DAY)
    assert "see note" not in "\n".join(everything(page.parent).values())


def test_a_file_of_one_row_per_course_is_shared_too(tmp_path, monkeypatch):
    import numpy as np
    import pandas as pd

    monkeypatch.setattr(write_shared, "chart_of", lambda *given: (None, ""))
    random = np.random.default_rng(5)
    n = 400
    before = random.integers(3, 10, n)
    table = pd.DataFrame(
        {
            "Client": [f"C{place}" for place in range(n)],
            "Technique": random.choice(["Swedish", "Deep tissue"], n),
            "Pain before": before,
            "Pain after": np.clip(before - random.integers(-4, 7, n), 0, 10),
        }
    )
    table.to_csv(tmp_path / "courses.csv", index=False)
    clinic = ho.load(tmp_path / "courses.csv", shape="episodes")
    page = write_shared_report(clinic, tmp_path / "copy", today=DAY)
    assert "400 were measured again later (100%)" in page.read_text(encoding="utf-8")


def test_twenty_thousand_clients_take_seconds(tmp_path):
    from time import perf_counter

    ho.simulate_clinic(20_000, seed=4, n_therapists=30).write_csv(tmp_path / "large.csv")
    clinic = ho.load(tmp_path / "large.csv")
    began = perf_counter()
    write_shared_report(clinic, tmp_path / "copy", today=DAY)
    assert perf_counter() - began < 60
