"""Intervals of shares and their differences, coverage counted over every possible outcome."""

import numpy as np
import pytest
from scipy.special import gammaln, xlog1py, xlogy

from hipoutcomes.stats.groups.proportions import agresti_caffo, agresti_coull, wilson

pytestmark = pytest.mark.slow

MEAN, LEAST = (0.94, 0.96), 0.92
SHARES = np.linspace(0.01, 0.99, 99)
PAIRS = [(20, 20), (20, 40), (20, 100), (30, 30), (60, 60), (40, 150), (100, 100), (200, 200)]


def chances(n: int, shares: np.ndarray) -> np.ndarray:
    """Binomial probability of each count (columns) at each true share (rows)."""
    counts = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1)
    return np.exp(ways + xlogy(counts, shares[:, None]) + xlog1py(n - counts, -shares[:, None]))


def coverage_of_shares(interval) -> np.ndarray:
    """Coverage at each n from 10 to 200 and each true share."""
    found = []
    for n in range(10, 201):
        share = interval(np.arange(n + 1), np.full(n + 1, n))
        held = (share.conf_low <= SHARES[:, None]) & (SHARES[:, None] <= share.conf_high)
        found.append((chances(n, SHARES) * held).sum(axis=1))
    return np.array(found)


def test_shares(page):
    coverage = coverage_of_shares(agresti_coull)
    cell = page.enumerated(
        "share, Agresti-Coull", "shares of 1 to 99 %", "10 to 200", float(coverage.mean()),
        float(coverage.min()), MEAN, LEAST,
    )  # fmt: skip
    assert cell.holds, cell
    # Why it took the place of Wilson's interval.
    assert coverage_of_shares(wilson).min() < LEAST


def test_differences_of_shares(page):
    shares = SHARES[::2]
    for n, m in PAIRS:
        gap = agresti_caffo(np.arange(n + 1)[:, None], n, np.arange(m + 1)[None], m)
        first, second = chances(n, shares), chances(m, shares)
        coverage = np.empty((len(shares), len(shares)))
        for i, p in enumerate(shares):
            for j, q in enumerate(shares):
                held = (gap.conf_low <= p - q + 1e-12) & (p - q - 1e-12 <= gap.conf_high)
                coverage[i, j] = first[i] @ held @ second[j]
        cell = page.enumerated(
            "difference of shares, Agresti-Caffo", "shares of 1 to 99 %", f"{n} and {m}",
            float(coverage.mean()), float(coverage.min()), MEAN, LEAST,
        )  # fmt: skip
        assert cell.holds, cell
