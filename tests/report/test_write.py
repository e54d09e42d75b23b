"""The report as a whole: self-contained, whole, accessible, private, and the same every time."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.report.folder import files_in

PAGES = ["demo_page", "null_page", "small_page"]


@pytest.fixture(params=PAGES)
def page(request):
    return request.getfixturevalue(request.param)


def test_nothing_is_loaded_from_anywhere(page):
    assert not page.all("script")
    assert not page.all("link")
    assert not page.all("img")
    assert not page.all("iframe")
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", page.source))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"url\((?!#)", page.source)
    assert "@import" not in page.source


def test_every_link_leads_to_a_place_on_the_page_or_a_file_beside_it(page):
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for attrs in page.all("a"):
        target = attrs["href"]
        if target.startswith("#"):
            assert target[1:] in ids
        else:
            assert (page.path.parent / target).is_file()


def test_the_page_lists_exactly_the_files_of_the_report(page):
    listed = next(a["content"] for a in page.all("meta") if a.get("name") == "hipoutcomes-files")
    assert tuple(sorted(listed.split())) == files_in(page.path.parent)


def test_the_page_is_well_formed_and_can_be_read_without_seeing(page):
    assert page.unbalanced == []
    assert page.open == []
    assert page.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all("scope" in attrs for attrs in page.all("th"))
    drawings = [a for a in page.all("svg") if a.get("role") == "img"]
    assert drawings
    assert all(len(a["aria-label"]) > 40 for a in drawings)


def test_no_cell_and_no_client_of_the_file_is_quoted(small_page, small_clinic):
    folder = small_page.path.parent
    shared = [p for p in folder.rglob("*") if p.suffix in (".html", ".csv", ".svg")]
    shared = [p for p in shared if "private" not in p.parts]
    issues = small_clinic.issues.frame
    cells = {v for v in issues["value"].dropna() if len(v) > 3 and not v.replace(".", "").isdigit()}
    quoted = cells | set(small_clinic.patients)
    assert len(cells) > 2
    for path in shared:
        text = path.read_text(encoding="utf-8")
        assert not [v for v in quoted if re.search(rf"(?<!\w){re.escape(v)}(?!\w)", text)], path
    private = (folder / "private" / "issues.csv").read_text(encoding="utf-8-sig")
    assert all(v.splitlines()[0].replace('"', '""') in private for v in cells)


def test_the_private_folder_is_named_as_not_for_sharing(page):
    assert "private/" in page.source
    assert "is not for sharing" in page.source


def test_no_group_of_one_to_four_clients_has_numbers(page):
    for path in sorted((page.path.parent / "tables").glob("*.csv")):
        table = pd.read_csv(path)
        size = next((n for n in ("n_patients", "n_measured") if n in table), None)
        if size is None or ("completeness" in path.name and "differences" not in path.name):
            continue
        assert not table[size].between(1, 4).any(), path.name
        if "reason" not in table:
            continue
        hidden = table[table["reason"] == "fewer than 5 clients; not shown"]
        for name in ("estimate", "std_dev", "baseline_mean", "median"):
            if name in hidden:
                assert hidden[name].isna().all()


def test_no_estimate_stands_for_fewer_than_ten(page):
    for path in sorted((page.path.parent / "tables").glob("improvement-*.csv")):
        table = pd.read_csv(path)
        assert table.loc[table["n_patients"].fillna(0) < 10, "estimate"].isna().all(), path.name


def test_a_report_follows_the_minimums_of_its_clinic(small_clinic, tmp_path, report_of):
    minimums = ho.Minimums(estimate=5, contrast=6, disclosure_inside=3)
    page = report_of(tmp_path / "report", replace(small_clinic, minimums=minimums))
    assert (
        "Small groups: no mean or share is given for fewer than 5 clients, nothing is compared "
        "with fewer than 6 in a group, and a report shows no numbers of groups of fewer than 3."
    ) in page.text()
    assert "With 6 or more measured again" in page.text()
    assert "groups with 5 or more clients the mean improvement was" in page.text()
    tables = [
        pd.read_csv(path) for path in (page.path.parent / "tables").glob("improvement-*-by-*.csv")
    ]
    table = pd.concat(tables)
    assert table["n_patients"].isin([3, 4]).any()
    assert not table["n_patients"].isin([1, 2]).any()
    assert table["reason"].eq("fewer than 3 clients; not shown").any()
    enough = table["n_patients"].ge(5)
    assert table.loc[enough, "n_patients"].lt(10).any()
    assert table["estimate"].notna().tolist() == enough.tolist()


def test_a_clinic_with_hardly_anybody_measured_again_gets_its_report(tmp_path, report_of):
    path = tmp_path / "clinic.csv"
    ho.simulate_clinic(10, seed=5).write_csv(path)
    clinic = ho.load(path, today="2026-10-01")
    assert 1 <= clinic.changes("pain").frame["status"].eq("measured").sum() <= 4
    assert "fewer than 5 clients; not shown" in report_of(tmp_path / "report", clinic).text()


def test_researchers_words_are_not_the_owners(page):
    research = re.compile(r"\b(patients?|sessions?|episodes?|baseline|responders?|quarantined)\b")
    lines = page.text(without=("How much change counts as better",)).splitlines()
    assert [line for line in lines if research.search(line) and ".csv" not in line] == []


def test_the_same_data_give_the_same_bytes(small_page, small_clinic, tmp_path):
    again = ho.write_report(small_clinic, tmp_path / "again", today=date(2026, 10, 1)).parent
    first = small_page.path.parent
    assert files_in(again) == files_in(first)
    for name in files_in(first):
        assert (again / name).read_bytes() == (first / name).read_bytes(), name


def test_only_the_date_line_depends_on_the_clock(small_page):
    lines = [line for line in small_page.source.splitlines() if "1 October 2026" in line]
    assert len(lines) == 1
    assert lines[0].startswith("Made on 1 October 2026")


def test_every_section_is_there_even_when_it_cannot_be_answered(tmp_path, report_of):

    path = tmp_path / "tiny.csv"
    path.write_text("client,date\nA,2026-01-05\nB,2026-01-06\nA,2026-01-12\n")
    page = report_of(tmp_path / "report", ho.load(path, today="2026-10-01"))
    assert "2 clients came for 3 appointments, 1.5 each on average." in page.source
    assert "nothing can be said about outcomes" in page.source
    assert "A pain score from 0 to 10 before treatment, at every appointment" in page.source
    titles = set(page.sections)
    for title in ("By technique", "By condition", "Scores over time", "Muscle tension"):
        assert title in titles
    assert page.source.count("Your records cannot answer this yet.") >= 10


def test_with_nothing_measured_again_there_is_still_a_finding(tmp_path, report_of):

    path = tmp_path / "once.csv"
    rows = [f"C{i},2026-01-{i % 27 + 1:02d},{i % 5 + 4},{i % 4 + 1},yes" for i in range(40)]
    path.write_text("client,date,pain before,pain after,first visit\n" + "\n".join(rows) + "\n")
    page = report_of(tmp_path / "report", ho.load(path, today="2026-10-01"))
    assert "Straight after an appointment, the mean pain score was" in page.source
    assert "That is the same day, not a lasting change." in page.source


def test_the_title_is_escaped(tmp_path, report_of):

    path = tmp_path / "tiny.csv"
    path.write_text("client,date\nA,2026-01-05\n")
    clinic = ho.load(path, today="2026-10-01")
    page = report_of(tmp_path / "report", clinic, title="Hips <script>alert(1)</script> & more")
    assert not page.all("script")
    assert "Hips &lt;script&gt;" in page.source


def test_progress_counts_up_to_its_total(tmp_path):
    path = tmp_path / "tiny.csv"
    path.write_text("client,date\nA,2026-01-05\n")
    steps = []
    ho.write_report(ho.load(path), tmp_path / "r", progress=lambda *step: steps.append(step))
    done = [step[0] for step in steps]
    assert done == list(range(len(done)))
    assert {step[1] for step in steps} == {len(done) + 1}
