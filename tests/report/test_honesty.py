"""The report says no more than the data can."""

import re
import time

import pandas as pd
import pytest

import hipoutcomes as ho

DONT = "Please don't say"

#: Words that claim that care brought a change about.
CLAIMS = re.compile(
    r"\b(works?|effective(ly)?|effectiveness|caused|causes|thanks to"
    r"|due to (massage|care|treatment)"
    r"|because of (massage|care|treatment)|helps?|helped|heals?|healed|cures?|cured|reduced|reduces"
    r"|relieved|relieves|benefit(s|ed)?|successful|success rate|best technique|better technique"
    r"|proves?|proven|improved by (massage|care|treatment))\b",
    re.IGNORECASE,
)


#: The one sentence that names such a claim in order to deny it.
DENIED = "so a larger change in one does not mean that care works better for it."


def claims_in(page):
    lines = page.text(without=(DONT,)).replace(DENIED, "").splitlines()
    return [line for line in lines if CLAIMS.search(line)]


def test_on_the_null_scenario_no_sentence_claims_an_effect(null_page):
    assert claims_in(null_page) == []


@pytest.mark.parametrize("which", ["demo_page", "small_page"])
def test_nor_does_it_anywhere_else(which, request):
    assert claims_in(request.getfixturevalue(which)) == []


def test_effect_is_only_ever_denied(null_page):
    for line in null_page.text(without=(DONT,)).splitlines():
        for found in re.finditer(r"\beffects?\b", line):
            assert line[: found.start()].endswith("not the ")


def test_on_the_null_scenario_the_share_better_is_no_more_than_re_measuring(null_page):
    assert "so the records show no more than that" in null_page.source
    assert "this may be no more than scores going up and down by themselves" in null_page.source


def test_beside_better_and_beside_worse_stands_the_range_of_re_measuring(null_page):
    table = pd.read_csv(null_page.path.parent / "tables" / "responders-pain.csv").iloc[0]
    for low, high in (
        ("expected_low", "expected_high"),
        ("expected_worse_low", "expected_worse_high"),
    ):
        assert 0 < table[low] < table[high] < 1
        shown = f"{round(100 * table[low])}% to {round(100 * table[high])}%"
        assert f'<td class="number">{shown}</td>' in null_page.source
    assert table["expected_low"] <= table["share_better"] <= table["expected_high"]


def test_thirty_patients_and_four_therapists_cannot_compare(small_page):
    text = small_page.text()
    assert (
        "These records can describe how pain changed; they cannot compare techniques or therapists."
    ) in text
    needed = re.search(
        r"To see a difference of 1 point between two would take about (\d+) clients measured again "
        r"for each\.",
        text,
    )
    assert int(needed.group(1)) >= 30


@pytest.mark.parametrize("which", ["demo_page", "null_page", "small_page"])
def test_every_grouped_answer_carries_its_caution(which, request):
    source = request.getfixturevalue(which).source
    assert "Nobody was assigned a technique at random" in source
    assert "Clients choose how long to keep coming" in source
    assert "This is not a ranking" in source


def test_thresholds_that_are_not_verified_say_so(demo_page):
    assert "13 degrees or more (Pua 2008; not verified" in demo_page.source


@pytest.fixture(scope="module")
def nhs(real_data, tmp_path_factory, report_of):
    """The report of the real NHS England file, and the seconds it took."""

    began = time.monotonic()
    clinic = ho.load(real_data / "nhs-proms" / "hip_provider_1718.csv.gz", mapping="nhs-proms")
    page = report_of(tmp_path_factory.mktemp("nhs") / "report", clinic)
    return page, time.monotonic() - began


def test_the_national_file_gives_the_published_numbers(nhs):
    page, seconds = nhs
    table = pd.read_csv(
        page.path.parent / "tables" / "improvement-oxford-hip-score-by-procedure.csv"
    )
    revision = table[table["group"].str.contains("revision")].iloc[0]
    # NHS Digital, PROMs in England 2017/18: revision gain 13.9013, 1757 / 52 / 227.
    assert round(revision["estimate"], 4) == 13.9013
    assert list(revision[["n_improved", "n_unchanged", "n_worsened"]]) == [1757, 52, 227]
    assert revision["n_measured"] == 2036
    assert "13.9 (13.4 to 14.4)" in page.source
    assert seconds < 20


def test_hundreds_of_providers_are_cut_on_the_page_and_whole_beside_it(nhs):
    page, _ = nhs
    assert "Shown are the 30 largest of 268 groups. The order says nothing about quality." in (
        page.source
    )
    table = pd.read_csv(page.path.parent / "tables" / "improvement-oxford-hip-score-by-clinic.csv")
    assert len(table) == 268
