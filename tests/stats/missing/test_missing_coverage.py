"""How often weights, imputation and bounds hold the truth, outcomes missing at random given age
and first score.
"""

import numpy as np
import pytest
from scipy.special import expit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.missing.bounds import mean_bounds
from hipoutcomes.stats.missing.imputation import matched_imputations
from hipoutcomes.stats.missing.pooling import pooled, share_limits
from hipoutcomes.stats.missing.response_weights import response_weights, weighted_mean

pytestmark = pytest.mark.slow

#: Samples for each setting, and data sets in each imputation.
SAMPLES, SETS = 2_000, 20

#: People drawn for the truth: its standard error is 0.001 points.
EVERYONE = 2_000_000

#: What approximations are asked for, and the standard errors by which 2,000 samples may leave it
#: before one of some thirty cells is taken to have failed (two-sided, 1 % over all cells).
BAND, PLAY = (0.93, 0.975), 3.6

#: Log odds of being measured at a first score of 6, and for each point above: a quarter missing,
#: the worse off likelier; four in ten missing, the better off likelier.
WORSE_LOST, BETTER_LOST = (1.0, -0.5), (0.5, 0.4)


def patients(rng, n, odds):
    """First score, improvement, whether measured: pain of 0 to 10, whole numbers."""
    first = np.clip(np.rint(rng.normal(5.5, 1.8, n)), 3, 10)
    later = np.clip(np.rint(rng.normal(1.5 + 0.4 * first, 1.8)), 0, 10)
    return first, first - later, rng.random(n) < expit(odds[0] + odds[1] * (first - 6))


def by_weights(first, improvement, measured, design, seed):
    made = response_weights(measured, design)
    mean = weighted_mean(improvement, made)
    share = weighted_mean(improvement >= 2, made)
    limits = share_limits(share.estimate, share.std_error, share.df, made.effective_n)
    return (mean.conf_low, mean.conf_high), limits


def by_imputation(first, improvement, measured, design, seed):
    n = len(first)
    lent = matched_imputations(
        (first - improvement)[measured], design[measured], design[~measured],
        n_imputations=SETS, seed=seed,
    )  # fmt: skip
    complete = np.tile(improvement, (SETS, 1))
    complete[:, ~measured] = first[~measured] - lent
    mean = pooled(complete.mean(axis=1), complete.var(axis=1, ddof=1) / n, n - 1)
    shares = (complete >= 2).mean(axis=1)
    share = pooled(shares, shares * (1 - shares) / n, n - 1)
    limits = share_limits(share.estimate, share.std_error, share.df, n)
    return (mean.conf_low, mean.conf_high), limits


def held(answer, n, odds):
    """Shares of samples whose intervals hold the mean and the share, and how many were refused."""
    _, everyone, _ = patients(np.random.default_rng(2024), EVERYONE, odds)
    truths = everyone.mean(), (everyone >= 2).mean()
    rng, inside, refused = np.random.default_rng(n), [], 0
    for seed in range(SAMPLES):
        first, improvement, measured = patients(rng, n, odds)
        design = np.column_stack([np.ones(n), first])
        try:
            intervals = answer(first, improvement, measured, design, seed)
        except NotEnoughData:
            refused += 1
            continue
        inside.append([low <= x <= high for x, (low, high) in zip(truths, intervals, strict=True)])
    return *np.mean(inside, axis=0), refused


@pytest.mark.parametrize("n", [30, 60, 200])
@pytest.mark.parametrize("odds", [WORSE_LOST, BETTER_LOST])
@pytest.mark.parametrize("answer", [by_weights, by_imputation])
def test_intervals_hold_the_truth(answer, odds, n):
    mean, share, refused = held(answer, n, odds)
    play = PLAY * (0.95 * 0.05 / SAMPLES) ** 0.5
    assert BAND[0] - play <= mean <= BAND[1] + play
    assert BAND[0] - play <= share <= BAND[1] + play
    # Of 30 patients a quarter of whom is missing, one sample in ten has fewer than five missing.
    assert refused <= (0.12 if n == 30 else 0.002) * SAMPLES


@pytest.mark.parametrize("n", [30, 200])
def test_the_interval_for_the_bounds_holds_the_mean_whatever_the_missing_did(n):
    rng, inside = np.random.default_rng(n), []
    for _ in range(SAMPLES):
        first, improvement, measured = patients(rng, n, WORSE_LOST)
        # Those not measured are exactly at their best: the mean lies on the upper bound.
        best = first[~measured]
        bounds = mean_bounds(improvement[measured], best - 10, best)
        inside.append((bounds.conf_low, bounds.conf_high))
    first, improvement, measured = patients(np.random.default_rng(7), EVERYONE, WORSE_LOST)
    truth = np.where(measured, improvement, first).mean()
    low, high = np.array(inside).T
    assert 0.93 <= ((low <= truth) & (truth <= high)).mean() <= 0.965
