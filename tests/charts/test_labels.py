import pandas as pd
import pytest

from hipoutcomes.charts import labels


@pytest.mark.parametrize(
    ("label", "noun", "span"),
    [
        ("Pain, 0-10", "pain", "0-10"),
        ("Oxford Hip Score, 0-48", "Oxford Hip Score", "0-48"),
        ("HOOS, JR., 0-100", "HOOS, JR.", "0-100"),
        ("Hip flexion, active", "hip flexion, active", ""),
        ("", "", ""),
    ],
)
def test_a_label_is_split_into_noun_and_range(label, noun, span):
    assert labels.noun_and_range(label) == (noun, span)


def test_an_axis_does_not_repeat_a_measure_that_the_quantity_names():
    row = {"quantity": "mean improvement in pain", "outcome_label": "Pain, 0-10", "unit": "points"}
    assert labels.axis_label(pd.DataFrame([row]), "Estimate") == (
        "Mean improvement in pain (points on 0-10)"
    )


def test_n_is_not_torn_from_its_number():
    for width in range(13, 40):
        lines = labels.wrapped("Trigger point therapy (n = 1,204)", width).split("\n")
        assert any("(n = 1,204)" in line for line in lines)


@pytest.mark.parametrize(
    ("share", "written"),
    [(0, "0%"), (0.005, "<1%"), (0.006, "1%"), (0.5, "50%"), (0.995, ">99%"), (1, "100%")],
)
def test_a_share_is_nobody_or_everybody_only_when_it_is(share, written):
    assert labels.number(share, unit="share") == written


def test_a_level_is_named_only_where_all_rows_share_it():
    assert labels.level_of(pd.DataFrame({"level": [0.9, 0.9]})) == "90% interval"
    assert labels.level_of(pd.DataFrame({"level": [0.9, 0.95]})) == "interval"
    assert labels.level_of(pd.DataFrame({"estimate": [1]})) == "interval"
