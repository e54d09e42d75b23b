"""Page one and its sentences, from headlines made by hand with round numbers."""

import re
from dataclasses import replace

import pytest

from hipoutcomes.report.page_one.claims import (
    dont_say,
    how_much,
    may_say,
    mean_change,
    share_better,
)
from hipoutcomes.report.page_one.headline import Comparable, Headline, MeanChange, Shares
from hipoutcomes.report.page_one.page_one import findings, limits, page_one

PAIN = MeanChange("pain", "pain", "Pain, 0-10", "points", "lower", 48, 61, 5.6, 3.5, 2.1, 1.7, 2.5)
SHARES = Shares(
    30,
    14,
    4,
    48,
    48,
    2.0,
    "points",
    0.625,
    0.083,
    0.48,
    0.75,
    (0.20, 0.31),
    (0.08, 0.14),
    "Farrar 2001",
)
FLOW = {
    "already running": 10,
    "not yet due": 5,
    "no first score": 2,
    "not measured again": 13,
    "not comparable": 0,
    "measured": 48,
}
FULL = Headline(
    n_seen=78,
    n_sessions=410,
    flow=FLOW,
    when="around week 6",
    pain=PAIN,
    mobility=replace(
        PAIN, measure="lefs", noun="function", label="LEFS, 0-80", better="higher",
        first=50.0, later=56.0, improvement=6.0, low=3.0, high=9.0, n=20, n_due=61,
    ),
    shares=SHARES,
    immediate=replace(PAIN, n=70, improvement=1.2, low=1.0, high=1.4),
    comparable=(Comparable("technique", 4, 1, 64, "1 point"),),
)  # fmt: skip
EMPTY = Headline(
    n_seen=3,
    n_sessions=4,
    flow={"not yet due": 1, "no first score": 0, "not measured again": 2, "measured": 0},
    when="around week 6",
    pain=replace(PAIN, n=0, n_due=2, first=None, later=None, improvement=None, low=None, high=None),
)
NOTHING = Headline(n_seen=3, n_sessions=4, flow={}, when="around week 6", pain=None)

#: Words that would say what brought a change about.
CAUSAL = re.compile(
    r"\b(effect|effective|works?|caused?|causes|thanks to|because of (massage|care)|heals?|cures?"
    r"|helps?|helped|reduced|reduces|relieves?|proves?)\b",
    re.I,
)


def words_of(headline):
    """Everything on page one except what it asks not to say."""
    page = page_one(headline, ("a", "b", "c"), None)
    return [
        *page.findings, *page.limits, *page.may_say, page.outcomes_note,
        *(s.sentence for s in page.scores), *(c.under for c in page.counts),
    ]  # fmt: skip


def test_the_first_finding_has_both_numbers_of_people_and_the_likely_range():
    assert findings(FULL)[0] == (
        "48 of 61 clients who were due were measured again around week 6. Their mean pain score "
        "went from 5.6 to 3.5: 2.1 points lower (likely range 1.7 to 2.5)."
    )


def test_beside_better_stands_what_re_measuring_alone_would_give():
    assert findings(FULL)[1] == (
        "62% were better by 2 or more points; scores going up and down by themselves would give "
        "20% to 31%. The rest may be recovery, care or both: the records cannot tell these apart."
    )
    better, same, worse = page_one(FULL, (), None).outcomes
    assert (better.label, better.number, better.share) == ("Better (2+ points)", "30 of 48", "62%")
    assert better.expected == "20% to 31%"
    assert (same.number, same.share, same.expected) == ("14 of 48", "29%", "")
    assert (worse.number, worse.share, worse.expected) == ("4 of 48", "8%", "8% to 14%")


def test_a_share_within_the_range_of_re_measuring_is_no_more_than_that():
    chance = replace(FULL, shares=replace(SHARES, share_better=0.29, low=0.18, high=0.43))
    assert findings(chance)[1].endswith("so the records show no more than that.")
    assert "no more than scores going up and down by themselves" in share_better(chance.shares)


@pytest.mark.parametrize("headline", [FULL, EMPTY, NOTHING], ids=["full", "empty", "nothing"])
def test_no_sentence_says_what_brought_a_change_about(headline):
    assert not [s for s in words_of(headline) if CAUSAL.search(s)]


@pytest.mark.parametrize("headline", [FULL, EMPTY, NOTHING], ids=["full", "empty", "nothing"])
def test_there_is_always_a_finding_three_limits_and_something_to_say(headline):
    page = page_one(headline, ("a", "b", "c"), None)
    assert page.findings
    assert len(page.limits) == 3
    assert page.may_say
    assert page.dont_say


def test_beside_who_was_lost_stands_what_they_could_change():
    told = replace(FULL, missing="The finding fails only if those not measured got worse.")
    assert limits(told)[1] == (
        "13 of the 61 clients who were due were not measured again. They may have done better or "
        "worse than the others. The finding fails only if those not measured got worse."
    )
    assert limits(FULL)[1].endswith("better or worse than the others.")


def test_with_nothing_measured_again_page_one_says_where_clients_were_lost():
    assert findings(EMPTY) == (
        "3 clients came for 4 appointments, 1.3 each on average.",
        "0 clients have a first and a later pain score; a mean needs 10. Of the others, 1 is not "
        "yet due, 2 were not measured again.",
    )


def test_with_the_immediate_change_only_that_is_the_finding():
    said = findings(replace(EMPTY, immediate=FULL.immediate))
    assert said[0] == (
        "Straight after an appointment, the mean pain score was 1.2 points lower than just before "
        "it. "
        "That is the same day, not a lasting change."
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (PAIN, "2.1 points lower (likely range 1.7 to 2.5)"),
        (
            replace(PAIN, improvement=0.3, low=-0.2, high=0.8),
            "0.3 points lower (likely range 0.2 higher to 0.8 lower, which may be no change at "
            "all)",
        ),
        (
            replace(PAIN, improvement=-1.0, low=-1.5, high=-0.5),
            "1.0 points higher, which is worse (likely range 0.5 to 1.5)",
        ),
        (
            replace(PAIN, better="higher", improvement=4.0, low=1.0, high=7.0),
            "4.0 points higher (likely range 1.0 to 7.0)",
        ),
    ],
)
def test_size_and_direction_of_a_change(change, said):
    assert how_much(change) == said


def test_may_say_has_the_numbers_in_every_sentence():
    assert may_say(FULL) == (
        "78 clients came for 410 appointments.",
        "48 of the 61 clients who were due a later score were measured again around week 6 (79%).",
        mean_change(PAIN, "around week 6"),
        "30 of 48 clients (62%) were better by 2 or more points; 8% were worse by as much. "
        "Re-measuring alone would make 20% to 31% look better.",
    )


def test_those_who_began_too_well_are_not_in_the_share():
    shares = replace(SHARES, n_eligible=40, share_better=0.75)
    assert share_better(shares).startswith("30 of 40 clients (75%)")
    note = page_one(replace(FULL, shares=shares), (), None).outcomes_note
    assert "8 clients began too well to get better by as much and are left out of the share" in note


def test_few_clients_and_four_therapists_cannot_be_compared():
    small = replace(
        FULL,
        comparable=(
            Comparable("technique", 4, 0, 64, "1 point"),
            Comparable("therapist", 4, 0, 64, "1 point"),
        ),
    )
    said = " ".join(dont_say(small))
    assert (
        "These records can describe how pain changed; they cannot compare techniques or "
        "therapists. To see a difference of 1 point between two would take about 64 clients "
        "measured again for each."
    ) in said
    assert any("cannot compare techniques or therapists" in limit for limit in limits(small))


def test_the_share_of_those_measured_is_not_the_share_of_all():
    assert any(
        s.startswith("“62% of our clients get better.” That is the share among the 48 measured")
        and "13 who were due were not" in s
        for s in dont_say(FULL)
    )
