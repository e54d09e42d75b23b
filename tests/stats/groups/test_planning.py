"""Half-widths, unequal groups and shared therapists against R."""

import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.planning import (
    design_effect,
    half_width,
    patients_for_half_width,
    patients_needed_in_clusters,
)
from hipoutcomes.stats.groups.precision import patients_needed, smallest_difference


@pytest.fixture
def rows(root):
    """Rows of one table of tests/oracles/planning/."""

    def read(name):
        path = root / "tests" / "oracles" / "planning" / f"{name}.csv"
        with path.open(newline="") as file:
            return list(csv.DictReader(file))

    return read


def test_unequal_groups_see_what_pwr_says(rows):
    found = rows("unequal")
    assert len(found) == 12
    for row in found:
        told = smallest_difference(
            int(row["n"]),
            float(row["std_dev"]),
            n_other=int(row["n_other"]),
            power=float(row["power"]),
        )
        # pwr's own search stops at about the fourth decimal of its root.
        assert told == pytest.approx(float(row["difference"]), rel=1e-4)


def test_half_widths_are_those_of_t_test(rows):
    found = rows("half_widths")
    assert len(found) == 8
    for row in found:
        told = half_width(int(row["n"]), float(row["std_dev"]), level=float(row["level"]))
        assert told == pytest.approx(float(row["half_width"]), rel=1e-9)


def test_patients_for_a_half_width_are_the_fewest():
    for width in (0.3, 0.5, 2.0):
        n = patients_for_half_width(width, 2.0)
        assert half_width(n, 2.0) <= width < half_width(n - 1, 2.0)


def test_design_effects_are_those_of_whole_covariance_matrices(rows):
    found = rows("design_effects")
    assert len(found) == 9
    for row in found:
        sizes = np.array([int(size) for size in row["sizes"].split(";")])
        told = design_effect(sizes, float(row["correlation"]))
        assert told == pytest.approx(float(row["design_effect"]), rel=1e-9)


def test_patients_of_so_many_therapists_are_the_fewest_that_do(rows):
    found = rows("clusters")
    assert len(found) == 27
    assert sum(row["n"] == "NA" for row in found) == 4
    for row in found:
        told = patients_needed_in_clusters(
            int(row["n_needed"]), int(row["n_clusters"]), float(row["correlation"])
        )
        assert told == (None if row["n"] == "NA" else int(row["n"])), row


def test_the_published_plans():
    # SD 2, 80 percent power: about 63 in each group for 1 point (64 by t), 700 for 0.3 (699 by t).
    assert (patients_needed(1, 2), patients_needed(0.3, 2)) == (64, 699)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: half_width(1, 2.0),
            NotEnoughData,
            "The interval of a mean needs 2 patients or more; there are 1.",
        ),
        (
            lambda: half_width(9, 0.0),
            ValueError,
            "std_dev must lie between 0 and inf; it is 0.0.",
        ),
        (
            lambda: patients_for_half_width(0.0, 2.0),
            ValueError,
            "width must lie between 0 and inf; it is 0.0.",
        ),
        (
            lambda: patients_for_half_width(1e-9, 2.0),
            ValueError,
            "A half-width of 1e-09 is too small to plan for.",
        ),
        (
            lambda: design_effect(np.array([], int), 0.01),
            NotEnoughData,
            "A design effect needs patients in at least one cluster.",
        ),
        (
            lambda: design_effect(np.array([3]), 1.5),
            ValueError,
            "correlation must lie from 0 to 1; it is 1.5.",
        ),
        (
            lambda: patients_needed_in_clusters(64, 0, 0.01),
            NotEnoughData,
            "A plan needs 1 therapist or more; there are 0.",
        ),
        (
            lambda: smallest_difference(30, 2.0, n_other=1),
            NotEnoughData,
            "A comparison needs 2 patients or more in each group; there are 1.",
        ),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
