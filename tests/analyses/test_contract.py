"""What every answer keeps, on the demo clinic: columns, order of numbers, samples, charts."""

import numpy as np
import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.vocabulary.columns import ESTIMATE_NAMES

ANSWERS = {
    "improvement": lambda c: ho.improvement(c, "pain"),
    "improvement of motion": lambda c: ho.improvement(c, "flexion_active"),
    "improvement by technique": lambda c: ho.improvement(c, "pain", by="technique"),
    "improvement by therapist": lambda c: ho.improvement(c, "pain", by="therapist"),
    "improvement by follow-ups": lambda c: ho.improvement(c, "pain", by="n_follow_ups"),
    "improvement by age": lambda c: ho.improvement(c, "pain", by="age_band"),
    "improvement by both": lambda c: ho.improvement(c, "pain", by=["technique", "condition"]),
    "improvement, all": lambda c: ho.improvement(c, "pain", episodes="all", rule=ho.last()),
    "responders": lambda c: ho.responders(c, "pain"),
    "responders by condition": lambda c: ho.responders(c, "pain", by="condition"),
    "responders without threshold": lambda c: ho.responders(c, "hoos_ps"),
    "natural course": lambda c: ho.natural_course(c, "pain"),
    "natural course of motion": lambda c: ho.natural_course(c, "flexion_active"),
    "natural course without threshold": lambda c: ho.natural_course(c, "hoos_ps"),
    "trajectory by session": lambda c: ho.trajectory(c, "pain"),
    "trajectory by week": lambda c: ho.trajectory(c, "pain", axis="week"),
    "immediate": lambda c: ho.immediate(c, "pain"),
    "immediate by technique": lambda c: ho.immediate(c, "pain", by="technique"),
    "dose": lambda c: ho.dose(c, "pain"),
    "dose of motion": lambda c: ho.dose(c, "flexion_active"),
    "carry-over": lambda c: ho.carry_over(c, "pain"),
    "completeness": lambda c: ho.completeness(c, "pain"),
    "sensitivity": lambda c: ho.sensitivity(c, "pain", n_imputations=5),
    "sensitivity of motion": lambda c: ho.sensitivity(c, "flexion_active", n_imputations=5),
    "sensitivity by technique": lambda c: ho.sensitivity(
        c, "pain", by="technique", n_imputations=5
    ),
    "sensitivity by therapist": lambda c: ho.sensitivity(
        c, "pain", by="therapist", n_imputations=5
    ),
    "sensitivity without threshold": lambda c: ho.sensitivity(c, "hoos_ps", n_imputations=5),
    "completeness of motion": lambda c: ho.completeness(c, "flexion_active"),
    "table one": lambda c: ho.table_one(c),
    "table one by technique": lambda c: ho.table_one(c, by="technique"),
    "discomfort": lambda c: ho.associations(c, "pain", "discomfort"),
    "aftercare": lambda c: ho.associations(c, "pain", "aftercare"),
    "shifts": lambda c: ho.shifts(c, "tension"),
    "precision": lambda c: ho.precision(c, "pain"),
    "precision of motion by therapist": lambda c: ho.precision(c, "flexion_active", "therapist"),
    "comparability": lambda c: ho.can_compare(c, "pain"),
    "comparison": lambda c: ho.comparison(c, "pain", resamples=100),
    "comparison by condition": lambda c: ho.comparison(c, "pain", "condition", resamples=0),
    "comparison refused": lambda c: ho.comparison(c, "hoos_ps", resamples=0),
}

#: Rows of one patient each, for the chart alone.
_NOT_ESTIMATES = ("pairs",)


@pytest.fixture(scope="module", params=ANSWERS)
def answer(request, demo_clinic):
    return ANSWERS[request.param](demo_clinic)


def tables_of(answer):
    return [
        answer.table,
        *(t for name, t in answer.supporting.items() if name not in _NOT_ESTIMATES),
    ]


def test_columns_come_from_the_glossary_and_rows_have_no_names(answer):
    for table in tables_of(answer):
        assert set(table) <= ESTIMATE_NAMES
        assert isinstance(table.index, pd.RangeIndex)
        assert len(table)


def test_numbers_are_raw_and_in_order(answer):
    for table in tables_of(answer):
        for low, middle, high in (
            ("conf_low", "estimate", "conf_high"),
            ("share_worse_low", "share_worse", "share_worse_high"),
            ("expected_low", "expected_low", "expected_high"),
        ):
            if high in table:
                known = table.dropna(subset=[low, middle, high])
                assert (known[low] <= known[middle] + 1e-12).all()
                assert (known[middle] <= known[high] + 1e-12).all()
        for name in table.columns[table.columns.str.startswith("n_")].drop(
            "n_follow_ups", errors="ignore"
        ):
            assert pd.api.types.is_integer_dtype(table[name])
            assert table[name].dropna().ge(0).all()


def test_a_row_has_an_estimate_or_a_reason(answer):
    table = answer.table
    if "reason" in table and "estimate" in table:
        assert (table["estimate"].isna() == table["reason"].ne("")).all()


def test_groups_of_fewer_than_ten_say_nothing_but_their_size(answer):
    table = answer.table
    if "reason" in table and "conf_low" in table and "n_patients" in table:
        few = table[table["n_patients"] < 10]
        assert few[["estimate", "conf_low", "conf_high"]].isna().all().all()


def test_the_sample_is_whole_numbers_and_the_flow_adds_up(answer):
    sample = answer.sample
    assert all(type(count) is int for count in sample.values())
    if "due" in sample:
        assert sample["due"] == (
            sample["measured"] + sample["not measured again"] + sample["not comparable"]
        )
        seen = sample.get("patients seen", sample.get("episodes seen"))
        assert seen == sample["due"] + sum(
            sample[name] for name in ("already running", "not yet due", "no first score")
        )


def test_it_says_something_in_sentences_with_a_method(answer):
    assert answer.question.endswith("?")
    assert answer.method.endswith((".", ")."))
    assert answer.words
    assert all(said.endswith((".", ":")) and "nan" not in said for said in answer.words)
    assert not [said for said in (*answer.words, *answer.notes) if "  " in said]


def test_the_chart_draws_on_the_axes_it_is_given_and_has_an_alternative(answer):
    if answer.chart is None:
        assert answer.alternative == ""
        return
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    assert answer.plot(ax=ax) is ax
    assert len(answer.alternative) > 40
    assert "nan" not in answer.alternative


def test_groups_add_up_to_everyone(demo_clinic):
    for by in ("technique", "condition", "therapist", "n_follow_ups", "age_band", "sex"):
        answer = ho.improvement(demo_clinic, "pain", by=by)
        assert answer.table["n_measured"].sum() == answer.sample["measured"]
        assert answer.table["n_due"].sum() == answer.sample["due"]
        whole = ho.improvement(demo_clinic, "pain").table["estimate"].iloc[0]
        if answer.table["estimate"].notna().all():
            weighted = np.average(answer.table["estimate"], weights=answer.table["n_patients"])
            assert weighted == pytest.approx(whole)
