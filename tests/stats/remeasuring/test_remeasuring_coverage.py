"""How often the range of re-measuring alone holds the share expected when nothing changed."""

import numpy as np
import pytest
from scipy.special import ndtr

from hipoutcomes.stats.remeasuring.remeasuring import remeasuring

pytestmark = pytest.mark.slow

#: Samples for each setting: a share of 95 % then has a standard error of 0.7 points.
SAMPLES = 1_000

#: People simulated for the expected shares: standard error below 0.001.
EVERYONE = 1_000_000


def come_at_4(worse, recorded, rng):
    return recorded >= 4


def come_likelier_when_worse(worse, recorded, rng):
    return rng.random(len(worse)) < ndtr(worse - 5)


def come_always(worse, recorded, rng):
    return np.ones(len(worse), bool)


def people(come, reliability: float) -> tuple[np.ndarray, float, float]:
    """First scores of those who come, and the shares of them better and worse when asked again."""
    rng = np.random.default_rng(20240611)
    one, other = rng.standard_normal((2, EVERYONE))
    first = 5 + 2 * one
    second = 5 + 2 * (reliability * one + np.sqrt(1 - reliability**2) * other)
    recorded, again = (np.clip(np.rint(x), 0, 10) for x in (first, second))
    here = come(first, recorded, rng)
    fall = (recorded - again)[here]
    return recorded[here], (fall >= 2).mean(), (fall <= -2).mean()


def shares_held(come, reliability: float, n_patients: int) -> tuple[float, float]:
    """Share of samples whose range holds the expected share better, and worse."""
    first, better, worse = people(come, reliability)
    rng = np.random.default_rng(n_patients)
    held = []
    for _ in range(SAMPLES):
        sample = rng.choice(first, n_patients)
        alone = remeasuring(sample, threshold=2, sign=-1, lowest=0, highest=10, step=1)
        held.append(
            (
                alone.better_low <= better <= alone.better_high,
                alone.worse_low <= worse <= alone.worse_high,
            )
        )
    return tuple(np.mean(held, axis=0))


# Least share of samples that must hold the expected share better, and worse: what was found, less
# four standard errors, and what the docstring of `remeasuring` tells its reader.
@pytest.mark.parametrize(
    ("come", "reliability", "n_patients", "least_better", "least_worse"),
    [
        (come_at_4, 0.6, 30, 0.99, 0.79),
        (come_at_4, 0.6, 60, 0.99, 0.90),
        (come_at_4, 0.6, 200, 0.99, 0.99),
        (come_at_4, 0.4, 30, 0.99, 0.57),
        (come_at_4, 0.4, 200, 0.99, 0.81),
        (come_at_4, 0.8, 30, 0.99, 0.89),
        (come_at_4, 0.8, 200, 0.99, 0.99),
        (come_likelier_when_worse, 0.4, 30, 0.93, 0.88),
        (come_likelier_when_worse, 0.6, 30, 0.99, 0.92),
        (come_likelier_when_worse, 0.8, 200, 0.99, 0.98),
        (come_always, 0.6, 30, 0.99, 0.87),
        (come_always, 0.8, 200, 0.48, 0.49),
    ],
)
def test_range_holds_the_expected_share(come, reliability, n_patients, least_better, least_worse):
    better, worse = shares_held(come, reliability, n_patients)
    assert better >= least_better
    assert worse >= least_worse
