"""Estimates as a notebook shows them: every number of the table, nothing twice."""

import pandas as pd

from hipoutcomes.results import Estimates

TABLE = pd.DataFrame(
    {
        "outcome": "pain",
        "outcome_label": "Pain, 0-10",
        "group": ["a", "b"],
        "estimate": [1.23456, None],
        "level": 0.95,
        "std_dev": [None, None],
        "reason": ["", "only 4 patients; an estimate needs 10"],
    }
)


def shown(table):
    answer = Estimates("name", "How much?", ("A & B.",), table, "Means.", notes=("Careful.",))
    return answer._repr_html_()


def test_a_notebook_shows_the_rows_without_what_the_question_says():
    html = shown(TABLE)
    assert "<h4>How much?</h4><p>A &amp; B.</p>" in html
    for name in ("group", "estimate", "reason"):
        assert f"<th>{name}</th>" in html
    for name in ("outcome", "outcome_label", "level", "std_dev"):
        assert f"<th>{name}</th>" not in html
    assert "1.235" in html
    assert "only 4 patients" in html


def test_outcomes_that_differ_are_shown():
    two = TABLE.assign(outcome=["pain", "hoos_ps"], outcome_label=["Pain", "HOOS-PS"])
    assert "<th>outcome</th>" in shown(two)
    assert "<th>outcome_label</th>" in shown(two)


def test_the_table_itself_keeps_every_column():
    answer = Estimates("name", "How much?", (), TABLE, "Means.")
    answer._repr_html_()
    assert list(answer.table) == list(TABLE)
