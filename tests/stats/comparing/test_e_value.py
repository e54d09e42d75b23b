import csv

import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.comparing.e_value import e_value, e_value_of_difference

#: The script's root is found to 1e-13 of a bounding factor that is flat near one.
SAME = 1e-6


def rows_of(folder, name):
    with (folder / name).open(newline="") as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "oracles" / "e_value"


def test_e_values_of_ratios_are_where_the_bounding_factor_meets_them(folder):
    rows = rows_of(folder, "ratios.csv")
    assert len(rows) == 6
    for row in rows:
        found = e_value(row["ratio"], row["conf_low"], row["conf_high"])
        assert found.estimate == pytest.approx(row["e_value"], rel=SAME)
        assert found.limit == pytest.approx(row["e_value_limit"], rel=SAME)


def test_the_first_example_of_the_paper():
    # VanderWeele & Ding (2017): 3.9 (1.8 to 8.7) gives 7.26, and 3.0 for the limit.
    found = e_value(3.9, 1.8, 8.7)
    assert (round(found.estimate, 2), round(found.limit, 1)) == (7.26, 3.0)


def test_e_values_of_differences_go_by_the_standardised_difference(folder):
    for row in rows_of(folder, "differences.csv"):
        found = e_value_of_difference(
            row["difference"], row["conf_low"], row["conf_high"], row["std_dev"]
        )
        assert found.estimate == pytest.approx(row["e_value"], rel=SAME)
        assert found.limit == pytest.approx(row["e_value_limit"], rel=SAME)


def test_turning_the_comparison_round_changes_nothing():
    there, back = e_value(2.0, 1.5, 2.6), e_value(1 / 2.0, 1 / 2.6, 1 / 1.5)
    assert there.estimate == pytest.approx(back.estimate)
    assert there.limit == pytest.approx(back.limit)
    up, down = (e_value_of_difference(*n, 2.0) for n in ((1, 0.5, 1.5), (-1, -1.5, -0.5)))
    assert (up.estimate, up.limit) == pytest.approx((down.estimate, down.limit))


def test_an_interval_that_holds_no_difference_needs_no_explaining():
    assert e_value(1.3, 0.9, 1.9).limit == 1.0
    assert e_value_of_difference(0.0, -1.0, 1.0, 2.0).estimate == 1.0


def test_what_is_no_ratio_or_no_interval_is_refused():
    with pytest.raises(ValueError, match=r"^ratio must lie between 0 and inf; it is -1\.$"):
        e_value(-1, 0.5, 2)
    with pytest.raises(ValueError) as caught:
        e_value(1.0, 2.0, 3.0)
    assert str(caught.value) == (
        "The limits must lie on either side of the ratio; they are 2.0, 1.0 and 3.0."
    )
    with pytest.raises(ValueError, match="must be finite"):
        e_value_of_difference(float("nan"), 0, 1, 1)
    with pytest.raises(NotEnoughData, match="does not vary within groups"):
        e_value_of_difference(1, 0, 2, 0.0)
