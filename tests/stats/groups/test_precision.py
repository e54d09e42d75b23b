import csv
from math import ceil

import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.precision import patients_needed, smallest_difference

#: R's search stops at its root to about this; its printout has fifteen digits.
ROOT_SEARCH = 1e-8


@pytest.fixture(scope="module")
def oracle(root):
    """R's power.t.test, from tests/oracles/precision/."""
    with (root / "tests" / "oracles" / "precision" / "numbers.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def rows_of(oracle, solved):
    return [
        {name: float(text) for name, text in row.items() if name != "solved"}
        for row in oracle
        if row["solved"] == solved
    ]


def test_patients_needed_are_those_of_power_t_test_rounded_up(oracle):
    rows = rows_of(oracle, "n_per_arm")
    assert len(rows) == 40
    for row in rows:
        needed = patients_needed(
            row["difference"], row["std_dev"], power=row["power"], level=row["level"]
        )
        assert needed == ceil(row["n_per_arm"])


def test_smallest_difference_is_that_of_power_t_test(oracle):
    rows = rows_of(oracle, "difference")
    assert len(rows) == 8
    for row in rows:
        told = smallest_difference(
            int(row["n_per_arm"]), row["std_dev"], power=row["power"], level=row["level"]
        )
        assert told == pytest.approx(row["difference"], rel=ROOT_SEARCH)


def test_the_sign_and_the_unit_of_the_difference_do_not_matter():
    assert patients_needed(-1, 2) == patients_needed(1, 2) == patients_needed(10, 20) == 64


def test_the_two_agree():
    enough, too_few = (smallest_difference(n, 2.0) for n in (64, 63))
    assert enough <= 1.0 < too_few


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"difference": 0}, r"the size of the difference must lie between 0 and inf; it is 0"),
        ({"std_dev": 0}, r"std_dev must lie between 0 and inf; it is 0"),
        ({"power": 1}, r"power must lie between 0 and 1; it is 1"),
        ({"level": 95}, r"level must lie between 0 and 1; it is 95"),
        ({"difference": 1e-9}, r"A difference of 1e-09 is too small to plan for\."),
    ],
)
def test_plans_that_make_no_sense_are_refused(asked, message):
    with pytest.raises(ValueError, match=message):
        patients_needed(**{"difference": 1, "std_dev": 2, **asked})


def test_groups_of_one_cannot_be_compared():
    with pytest.raises(NotEnoughData, match=r"2 patients or more in each group; there are 1\."):
        smallest_difference(1, 2.0)
    with pytest.raises(ValueError, match=r"power must exceed half of 1 - level; it is 0.02"):
        smallest_difference(20, 2.0, power=0.02)
