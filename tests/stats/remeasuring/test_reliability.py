"""Intraclass correlations and errors of measurement against psych, R and published tables."""

import csv

import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.remeasuring.reliability import (
    intraclass_correlation,
    minimal_detectable_change,
    standard_error_of_measurement,
)

#: Shrout & Fleiss (1979), table 2: four judges, six targets.
JUDGES = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_correlations_limits_and_errors_are_those_of_r(root):
    folder = root / "tests" / "oracles" / "reliability"
    cells = rows_of(folder / "scores.csv")
    sets = {}
    for name in {cell["set"] for cell in cells}:
        own = [cell for cell in cells if cell["set"] == name]
        n, k = (max(int(cell[key]) for cell in own) for key in ("patient", "occasion"))
        sets[name] = np.zeros((n, k))
        for cell in own:
            sets[name][int(cell["patient"]) - 1, int(cell["occasion"]) - 1] = float(cell["score"])
    numbers = rows_of(folder / "numbers.csv")
    assert len(numbers) == 48
    for row in numbers:
        told = intraclass_correlation(
            sets[row["set"]],
            form=row["form"].strip(),
            averaged=row["averaged"].strip() == "yes",
            level=float(row["level"]),
        )
        for ours, theirs in (
            (told.estimate, "estimate"),
            (told.conf_low, "conf_low"),
            (told.conf_high, "conf_high"),
            (told.std_error_of_measurement, "sem"),
        ):
            assert ours == pytest.approx(float(row[theirs]), rel=1e-8, abs=1e-9), (row, theirs)


# Shrout & Fleiss (1979), table 4; limits of ICC(2,1) as McGraw & Wong's formulas give them.
@pytest.mark.parametrize(
    ("form", "averaged", "published"),
    [
        ("one-way", False, 0.17),
        ("agreement", False, 0.29),
        ("consistency", False, 0.71),
        ("one-way", True, 0.44),
        ("agreement", True, 0.62),
        ("consistency", True, 0.91),
    ],
)
def test_correlations_are_the_published_ones(form, averaged, published):
    told = intraclass_correlation(JUDGES, form=form, averaged=averaged)
    assert round(told.estimate, 2) == published
    assert (told.n_patients, told.n_occasions, told.n_averaged) == (6, 4, 4 if averaged else 1)


def test_scores_that_agree_in_everything_agree_perfectly():
    same = np.repeat([[1.0], [4], [6]], 2, axis=1)
    for form in ("one-way", "agreement", "consistency"):
        told = intraclass_correlation(same, form=form)
        assert (told.estimate, told.conf_low, told.conf_high) == (1, 1, 1)
        assert told.std_error_of_measurement == 0


def test_a_shift_between_occasions_counts_against_agreement_only():
    scores = np.random.default_rng(3).normal(5, 2, (200, 1))
    scores = scores + np.random.default_rng(4).normal(0, 0.5, (200, 2))
    shifted = scores + np.array([0, 2])
    kept = [intraclass_correlation(s, form="consistency").estimate for s in (scores, shifted)]
    lost = [intraclass_correlation(s, form="agreement").estimate for s in (scores, shifted)]
    assert kept[0] == pytest.approx(kept[1])
    assert lost[1] < lost[0] - 0.2


def test_error_and_detectable_change_of_the_published_example():
    # SD 5, reliability 0.8: SEM 2.2360680, standard error of a difference 3.1622777.
    sem = standard_error_of_measurement(5, 0.8)
    assert sem == pytest.approx(2.2360680, abs=5e-8)
    # 1.96 * 3.1622777 = 6.1980642 with the quantile rounded to 1.96.
    assert minimal_detectable_change(sem) == pytest.approx(6.1980642, rel=2e-5)
    # Alghadir (2018): SEM 0.48 and MDC 1.33 of pain 0-10.
    assert round(minimal_detectable_change(0.48), 2) == 1.33


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: intraclass_correlation(JUDGES, form="absolute"),
            ValueError,
            "form must be one of one-way, agreement, consistency; it is 'absolute'.",
        ),
        (
            lambda: intraclass_correlation(JUDGES[:, 0]),
            ValueError,
            "scores must have shape (people, occasions); they have (6,).",
        ),
        (
            lambda: intraclass_correlation(np.where(JUDGES == 10, np.nan, JUDGES)),
            ValueError,
            "scores holds 1 missing or infinite numbers of 24; leave out people without all "
            "scores first, and count them.",
        ),
        (
            lambda: intraclass_correlation(JUDGES[:1]),
            NotEnoughData,
            "How alike scores of one person are needs two people or more, two scores of each, and "
            "scores that differ; there are 1 people with 4 each.",
        ),
        (
            lambda: intraclass_correlation(np.full((5, 2), 3.0)),
            NotEnoughData,
            "How alike scores of one person are needs two people or more, two scores of each, and "
            "scores that differ; there are 5 people with 2 each.",
        ),
        (
            lambda: standard_error_of_measurement(0, 0.5),
            ValueError,
            "std_dev must lie between 0 and inf; it is 0.",
        ),
        (
            lambda: standard_error_of_measurement(2, 1.1),
            ValueError,
            "reliability must lie from 0 to 1; it is 1.1.",
        ),
        (
            lambda: minimal_detectable_change(1, 95),
            ValueError,
            "level must lie between 0 and 1; it is 95.",
        ),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
