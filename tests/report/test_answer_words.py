"""Which sentences of an answer stand before its chart."""

import pandas as pd

from hipoutcomes.report.sections.answer_words import plain_words
from hipoutcomes.results import Estimates
from hipoutcomes.vocabulary.minimums import Minimums


def said(words, groups):
    table = pd.DataFrame({"group": groups, "estimate": 1.0})
    return plain_words(Estimates("name", "How?", words, table, "Means."), Minimums())


def test_groups_are_left_to_the_table_and_so_is_what_leads_up_to_them():
    words = ("All: two groups.", "Group by group:", "A: 1.0.", "B: 1.0.", "They differ.")
    assert said(words, ["A", "B"]) == ("All: two groups.", "They differ.")


def test_what_leads_up_to_sentences_that_are_said_is_said():
    words = ("Among those who came back:", "Visit 1 to 2: 0.7.", "The table goes on.")
    assert said(words, ["visit 1 to 2", "visit 2 to 3"]) == words


def test_nothing_is_led_up_to_at_the_end():
    assert said(("One.", "As follows:"), ["all", "other"]) == ("One.",)
